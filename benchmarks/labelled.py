"""Frames and bias in real sentences that others coded by hand: benchmarks/labelled.json.

    python benchmarks/labelled.py FOLDER

FOLDER holds two tables: labelled_frac.parquet (FrAC, CC BY 4.0: sentences of opinion articles and readers' comments,
one of ten numbers each; a column frame_label) and labelled_babe.parquet (BABE: news sentences, label_bias Biased or
Non-biased). The numbers are those of the Media Frames Corpus (Card and others 2015), in which FrAC's own card joins 5
with 7 (law, crime) and 6 with 13 (policy, politics); 15 is "other", and is a no for every frame here.

Statements and word lists are ours (labelled_frac.yml, labelled_babe.yml); nothing was chosen on these figures.
Compared, per frame and on the same folds (5, a document's sentences together; three draws of the folds): cosine to the
label, to the mean of six examples, number of keywords, `analyse/frames.py`'s score, score and keywords (sum of
standardised values), a plain logistic regression on vectors, `analyse/heads.py`, and its features with keywords. AUC
over all sentences, out of fold where something is learned; F1 from a threshold chosen on the other folds. Intervals:
bootstrap of documents.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from helpers.analyse.frames import score
from helpers.analyse.heads import fit
from helpers.codebook import Codebook, open_codebook
from helpers.encode import encode

HERE = Path(__file__).resolve().parent
NUMBERS = {"economic": 1, "morality": 3, "fairness": 4, "legality": 5, "politics": 6, "security": 8, "health": 9,
           "culture": 11, "opinion": 12}  # fmt: skip
SEEDS = (7, 8, 9)
FOLDS, EXAMPLES, REPLICATES = 5, 6, 1000
FREE = ("label", "examples", "keywords", "score", "score_keywords")
LEARNED = ("logistic", "head", "head_keywords")
BASELINES = ("label", "examples", "logistic")


def frac(folder: Path) -> pl.DataFrame:
    given = pl.read_parquet(folder / "labelled_frac.parquet").unique("text", keep="first", maintain_order=True)
    codes = (pl.col("frame_label").eq(number).cast(pl.Int8).alias(f"code_{name}") for name, number in NUMBERS.items())
    return given.select("id", "text", "side", *codes, document_id="id")


def babe(folder: Path) -> pl.DataFrame:
    """Sentences of one article are one document, those without an address another."""
    given = pl.read_parquet(folder / "labelled_babe.parquet").filter(pl.col("label_bias") != "No agreement")
    given = given.unique("text", keep="first", maintain_order=True)
    return given.select(
        "id", "text", "side", document_id=pl.coalesce("url", "id"),
        code_slanted=pl.col("label_bias").eq("Biased").cast(pl.Int8),
    )  # fmt: skip


def free(passages: pl.DataFrame, codebook: Codebook) -> dict[str, np.ndarray]:
    """Method -> (passages, frames) of those that need no code."""
    x, frames = passages["embedding"].to_numpy(), list(codebook.frames.values())
    texts = [text for frame in frames for text in (frame.label, *frame.examples[:EXAMPLES])]
    told = encode(pl.DataFrame({"id": [str(i) for i in range(len(texts))], "text": texts}), progress=False)
    vectors = told["embedding"].to_numpy().reshape(len(frames), 1 + EXAMPLES, -1)
    means = vectors[:, 1:].mean(1)
    listed = [re.compile("|".join(rf"(?<!\w)(?:{word})(?!\w)" for word in f.keywords), re.I) for f in frames]
    hits = np.array([[len(one.findall(text)) for one in listed] for text in passages["text"]], float)
    scored = score(passages, codebook)[0].select(f"frame_{name}" for name in codebook.frames).to_numpy()
    both = standardised(scored) + standardised(np.minimum(hits, 2))
    return {"label": x @ vectors[:, 0].T, "examples": x @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T,
            "keywords": hits, "score": scored, "score_keywords": both}  # fmt: skip


def standardised(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(0)) / np.maximum(values.std(0), 1e-12)


def folds(y: np.ndarray, groups: np.ndarray, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    from sklearn.model_selection import StratifiedGroupKFold

    return StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed).split(y, y, groups)


def regression(features: np.ndarray, y: np.ndarray, groups: np.ndarray, *, penalty: float, seed: int) -> np.ndarray:
    """Out-of-fold margins of scikit-learn's logistic regression, yes and no weighing the same."""
    from sklearn.linear_model import LogisticRegression

    made = np.zeros(len(y))
    for train, test in folds(y, groups, seed):
        model = LogisticRegression(C=penalty, class_weight="balanced", max_iter=2000).fit(features[train], y[train])
        made[test] = model.decision_function(features[test])
    return made


def learned(
    passages: pl.DataFrame, codebook: Codebook, told: dict[str, np.ndarray], seed: int
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Method -> (passages, frames) out of fold; and the yeses of heads.py, whose threshold is chosen within."""
    x, groups = passages["embedding"].to_numpy().astype(float), passages["document_id"].to_numpy().astype(str)
    heads = fit(passages, codebook, seed=seed).passages
    plain, words = [], []
    for k, name in enumerate(codebook.frames):
        y = passages[f"code_{name}"].to_numpy()
        plain.append(regression(x, y, groups, penalty=1.0, seed=seed))
        own = np.column_stack(
            [5 * x, standardised(told["score"][:, k]), standardised(np.minimum(told["keywords"][:, k], 2))]
        )
        words.append(regression(own, y, groups, penalty=0.1, seed=seed))
    made = {"logistic": np.column_stack(plain), "head_keywords": np.column_stack(words)}
    made["head"] = heads.select(f"share_{name}" for name in codebook.frames).to_numpy().astype(float)
    return made, heads.select(f"has_{name}" for name in codebook.frames).to_numpy()


def yeses(values: np.ndarray, y: np.ndarray, groups: np.ndarray, seed: int) -> np.ndarray:
    """Whether each row is at or above the threshold that gives the best F1 on the other folds."""
    from sklearn.metrics import precision_recall_curve

    made = np.zeros(len(y), bool)
    for train, test in folds(y, groups, seed):
        precision, recall, at = precision_recall_curve(y[train], values[train])
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
        made[test] = values[test] >= at[int(np.argmax(f1[:-1]))]
    return made


def auc(values: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(frames,) areas: (mean rank of the yeses - (their number + 1) / 2) / number of noes."""
    from scipy.stats import rankdata

    n = y.sum(0)
    return ((rankdata(values, axis=0) * y).sum(0) / n - (n + 1) / 2) / (len(y) - n)


def macro_intervals(
    values: dict[str, np.ndarray], y: np.ndarray, groups: np.ndarray
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """95 % intervals of each method's macro AUC, and of its difference from the best baseline of its kind (the
    examples for what needs no code, the plain regression for what is learned); documents drawn with replacement."""
    rng, found = np.random.default_rng(7), {method: [] for method in values}
    _, index = np.unique(groups, return_inverse=True)
    rows_of = [np.flatnonzero(index == g) for g in range(index.max() + 1)]
    while len(found["label"]) < REPLICATES:
        rows = np.concatenate([rows_of[g] for g in rng.integers(0, len(rows_of), len(rows_of))])
        if y[rows].sum(0).min() > 0:
            for method, one in values.items():
                found[method].append(float(auc(one[rows], y[rows]).mean()))
    drawn = {method: np.array(v) for method, v in found.items()}
    over = {m: "examples" if m in FREE else "logistic" for m in values if m not in BASELINES}
    return (
        {m: np.quantile(v, [0.025, 0.975]).tolist() for m, v in drawn.items()},
        {f"{m} - {b}": np.quantile(drawn[m] - drawn[b], [0.025, 0.975]).tolist() for m, b in over.items()},
    )


def measured(passages: pl.DataFrame, codebook: Codebook) -> dict:
    from sklearn.metrics import f1_score

    passages = encode(passages, progress=False).sort("id")
    y = passages.select(f"code_{name}" for name in codebook.frames).to_numpy()
    groups = passages["document_id"].to_numpy().astype(str)
    told = free(passages, codebook)
    runs = [learned(passages, codebook, told, seed) for seed in SEEDS]
    rows: dict[str, dict] = {}
    for method in (*FREE, *LEARNED):
        areas, f1s = [], []
        for seed, (values, has) in zip(SEEDS, runs, strict=True):
            of = told[method] if method in FREE else values[method]
            areas.append(auc(of, y))
            called = has if method == "head" else np.column_stack(
                [yeses(of[:, k], y[:, k], groups, seed) for k in range(y.shape[1])]
            )  # fmt: skip
            f1s.append([f1_score(y[:, k], called[:, k]) for k in range(y.shape[1])])
        rows[method] = {
            "macro_auc": float(np.mean(areas)), "macro_f1": float(np.mean(f1s)),
            "macro_auc_of_draws": [float(np.mean(a)) for a in areas],
            "auc": dict(zip(codebook.frames, np.mean(areas, 0).tolist(), strict=True)),
            "f1": dict(zip(codebook.frames, np.mean(f1s, 0).tolist(), strict=True)),
        }  # fmt: skip
    intervals, differences = macro_intervals({**told, **runs[0][0]}, y, groups)
    for method, bounds in intervals.items():
        rows[method]["macro_auc_interval"] = bounds
    return {
        "sentences": len(passages), "documents": len(np.unique(groups)), "folds": FOLDS, "draws": list(SEEDS),
        "yes": dict(zip(codebook.frames, y.sum(0).tolist(), strict=True)), "methods": rows,
        "difference_of_macro_auc_interval": differences,
    }  # fmt: skip


def rounded(given: object) -> object:
    if isinstance(given, float):
        return round(given, 3)
    if isinstance(given, dict):
        return {key: rounded(value) for key, value in given.items()}
    return [rounded(value) for value in given] if isinstance(given, list | tuple) else given


def main() -> None:
    folder, result = Path(sys.argv[1]), {}
    for name, read in (("frac", frac), ("babe", babe)):
        result[name] = measured(read(folder), open_codebook(HERE / f"labelled_{name}.yml"))
        for method, row in result[name]["methods"].items():
            print(f"{name} {method:15s} AUC {row['macro_auc']:.3f}  F1 {row['macro_f1']:.3f}", flush=True)
    (HERE / "labelled.json").write_text(json.dumps(rounded(result), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
