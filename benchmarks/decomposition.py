"""What the split of a difference into selection and presentation is worth, where the answer is known.

    python benchmarks/decomposition.py [known] [learnt] [teaching] [real]

writes benchmarks/decomposition.json (the parts named; all without a name).

known     1,000 simulated corpora a setting, themes given: how often the 95 % intervals hold the true parts
learnt    1,000 simulated corpora a setting, themes learned as the workbench does
teaching  the constructed corpus: parts of every planted difference, beside those that its gold frames and the subjects
          of its documents give, on themes that cannot see the scores and on themes that can
real      real texts (study world-2017, statements at the UN), drawn into two sides by their subjects alone, which words
          tell: all that the subjects' own split calls selection is selection; how much of it is called so over themes
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from helpers.analyse.decomposition import FEWER_RUNS, LEVEL, REPLICATES, RUNS  # noqa: E402
from helpers.analyse.kitagawa import PARTS  # noqa: E402
from helpers.analyse.reclustered import Compared, Parts, compared, draws, over, under  # noqa: E402
from helpers.analyse.strata import points, weighted  # noqa: E402
from helpers.analyse.themes import how_many  # noqa: E402
from helpers.analyse.units import units  # noqa: E402
from planted import Plan, planted, presentation, selection  # noqa: E402

CORPORA = {"known": 1000, "learnt": 1000}
PLANS = {
    "selection": selection(),
    "presentation": presentation(),
    "both, outlets differ": Plan(selection().shares, selection().base, lift=0.4, differ=0.1),
    "neither, outlets differ": Plan(presentation().shares, presentation().base, differ=0.1),
    "both, 12 documents an outlet": Plan(selection().shares, selection().base, lift=0.4, documents=12),
    "both, 12 themes": Plan(
        np.stack([np.linspace(1, 3, 12) / 24, np.linspace(3, 1, 12) / 24]), np.linspace(-1, 1, 12), 0.4
    ),
}
TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


def simulated(name: str, *, learnt: bool) -> dict:
    """Bias and coverage of each part under one plan."""
    plan, runs = PLANS[name], CORPORA["learnt" if learnt else "known"]
    n, made, truths, held = len(plan.base), [], [], []
    for corpus in range(runs):
        frame, truth = planted(plan, np.random.default_rng([corpus, learnt]))
        rows = units(frame, ["score"])
        kept = weighted(frame, rows)
        given = compared(rows, kept, ["score"], seed=corpus)
        parts = _clustered(given, kept, n) if learnt else under(given, kept["truth"].to_numpy(), n + 1)
        low, high = np.quantile(draws(given, parts, replicates=REPLICATES)[0, :, :, 0], TAILS, axis=0)
        made.append(parts.parts[:, 0, :, 0].mean(0))
        truths.append(truth)
        held.append((low <= truth) & (truth <= high))
    told: dict = {"plan": name, "corpora": runs}
    for p, part in enumerate(PARTS[:3]):
        share = float(np.mean([one[p] for one in held]))
        told[part] = {"true": _round(np.mean(truths, 0)[p]), "mean": _round(np.mean(made, 0)[p]),
                      "sd": _round(np.std(np.array(made) - np.array(truths), 0)[p]), "cover": _round(share),
                      "error": _round((share * (1 - share) / runs) ** 0.5)}  # fmt: skip
    return told


def _clustered(given: Compared, kept: pl.DataFrame, count: int) -> Parts:
    return over(given, points(kept["embedding"].to_numpy(), given.scores), count, FEWER_RUNS)


def _round(value: float) -> float:
    return round(float(value), 3)


def teaching() -> dict:
    """Parts of each planted difference: of gold frames over the documents' subjects, of scores over subjects, and of
    scores over themes."""
    import yaml

    study, passages, scored, codebook = _study("teaching")
    folder = HERE.parent / "data" / "teaching"
    gold, labels = _gold(scored, folder, [name for name, frame in codebook.frames.items() if not frame.control])
    columns = codebook.columns(control=False)
    rows = units(gold, [*columns, *labels])
    kept = weighted(gold, rows)
    subject = kept["subject"].rank("dense").to_numpy().astype(int) - 1
    given = {
        "gold": compared(rows, kept, labels, seed=study.seed),
        "scores": compared(rows, kept, columns, seed=study.seed),
    }
    n = how_many(len(passages))
    vectors = kept["embedding"].to_numpy()
    blind, seeing = points(vectors, given["scores"].scores), points(vectors)
    found = {
        "gold_frames_over_subjects": (given["gold"], under(given["gold"], subject, subject.max() + 1)),
        "scores_over_subjects": (given["scores"], under(given["scores"], subject, subject.max() + 1)),
        "themes_that_cannot_see_the_scores": (given["scores"], over(given["scores"], blind, n, RUNS)),
        "themes_that_see_the_scores": (given["scores"], over(given["scores"], seeing, n, RUNS)),
        "gold_frames_over_themes_that_cannot_see": (given["gold"], over(given["gold"], blind, n, RUNS)),
        "gold_frames_over_themes_that_see": (given["gold"], over(given["gold"], seeing, n, RUNS)),
    }
    truth = yaml.safe_load((folder / "truth.yml").read_text(encoding="utf-8"))["planted_differences"]
    told = []
    for planted_ in truth:
        frame, pair = planted_["frame"], (planted_["side"], planted_["other"])
        row: dict = {"frame": frame, "side": pair[0], "other": pair[1]}
        for name, (compared_, parts) in found.items():
            k, sign = next((k, 1 if p == pair else -1) for k, p in enumerate(compared_.pairs) if set(p) == set(pair))
            v = columns.index(f"frame_{frame}")
            values = sign * parts.parts[:, k, :, v].mean(0) / compared_.sd[k, v]
            row[name] = {part: _round(value) for part, value in zip(PARTS, values, strict=True)}
        told.append(row)
    return {"unit": "pooled standard deviations of documents", "themes": n, "planted": told}


def _gold(scored: pl.DataFrame, folder: Path, names: list[str]) -> tuple[pl.DataFrame, list[str]]:
    """The passages with a 0/1 column of each gold frame of the paragraph that they overlap most, and their subject."""
    gold = pl.read_csv(folder / "gold.csv").select("document_id", "frames", from_="start", to="end")
    both = scored.select("id", "document_id", "start", "end").join(gold, on="document_id", how="left")
    common = pl.min_horizontal("end", "to") - pl.max_horizontal("start", "from_")
    best = both.sort(common, descending=True).unique("id", keep="first", maintain_order=True)
    subjects = pl.read_ndjson(folder / "documents.jsonl").select("subject", document_id="id")
    carried = [
        pl.col("frames").fill_null("").str.split(" ").list.contains(n).cast(pl.Float64).alias(f"gold_{n}")
        for n in names
    ]
    made = scored.join(best.select("id", *carried), on="id").join(subjects, on="document_id")
    return made, [f"gold_{n}" for n in names]


def real() -> dict:
    """Documents drawn into two sides by how far their subjects (k-means on TF-IDF) lean to a frame: which part of the
    difference over the subjects' own split is found again over themes."""
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    _, _, scored, codebook = _study("world-2017")
    columns = codebook.columns(control=False)
    whole = scored.filter((pl.col("side") == "un") & (pl.col("voice") == "outlet")).sort("id")
    words = TfidfVectorizer(stop_words="english", min_df=5, max_df=0.3, sublinear_tf=True).fit_transform(
        whole["text"].to_list()
    )
    subject = KMeans(25, n_init=3, random_state=0).fit_predict(
        normalize(TruncatedSVD(60, random_state=0).fit_transform(words))
    )
    whole = whole.with_columns(subject=pl.Series(subject, dtype=pl.Int64))
    vectors, scores = whole["embedding"].to_numpy(), whole.select(columns).to_numpy().astype(float)
    blind, seeing = points(vectors, scores), points(vectors)
    rng = np.random.default_rng(7)
    told = []
    for column in columns:
        drawn = []
        for _ in range(4):
            table = _leaning(whole, column, rng)
            rows = units(table, [column])
            kept = weighted(table, rows)
            given = compared(rows, kept, [column], seed=7)
            ways = {
                "subjects_by_words": under(given, kept["subject"].to_numpy(), 25),
                "themes_that_cannot_see_the_scores": over(given, blind, 36, 3),
                "themes_that_see_the_scores": over(given, seeing, 36, 3),
            }
            drawn.append([parts.parts[:, 0, :, 0].mean(0) / given.sd[0, 0] for parts in ways.values()])
        row: dict = {"frame": column.removeprefix("frame_")}
        for way, values in zip(ways, np.mean(drawn, 0), strict=True):
            row[way] = {part: _round(value) for part, value in zip(PARTS, values, strict=True)}
        told.append(row)
    return {
        "unit": "pooled standard deviations of documents",
        "documents": whole["document_id"].n_unique(),
        "frames": told,
    }


def _leaning(whole: pl.DataFrame, column: str, rng: np.random.Generator) -> pl.DataFrame:
    """The passages on two sides of one outlet each: a document is the likelier on the first the more its subjects,
    not its own passages, score on `column`."""
    of_subject = whole.with_columns(lean=pl.col(column).mean().over("subject"))
    documents = of_subject.group_by("document_id").agg(pl.col("lean").mean()).sort("document_id")
    z = (documents["lean"] - documents["lean"].mean()) / documents["lean"].std()
    sides = pl.Series(np.where(rng.random(len(z)) < 1 / (1 + np.exp(-1.5 * z.to_numpy())), "a", "b"))
    chosen = documents.select("document_id", side=sides, outlet=sides)
    return whole.drop("side", "outlet").join(chosen, on="document_id", maintain_order="left")


def _study(name: str) -> tuple:
    from helpers.analyse.copies import copies
    from helpers.analyse.frames import frames
    from helpers.codebook import open_codebook
    from helpers.corpora import load
    from helpers.encode import encode
    from helpers.prepare import prepare
    from helpers.study import open_study

    study = open_study(name)
    passages = encode(prepare(copies(load(study).table).table, words=study.words), encoder=study.encoder)
    codebook = open_codebook(study.codebook, near=study.path)
    return study, passages, frames(passages, codebook, seed=study.seed).passages, codebook


def main() -> None:
    """The parts named, each written as soon as it is done."""
    path = HERE / "decomposition.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name in sys.argv[1:] or ["known", "learnt", "teaching", "real"]:
        began = time.process_time()
        if name in CORPORA:
            plans = [plan for plan in PLANS if name == "known" or "12" not in plan]
            made: dict = {"plans": [simulated(plan, learnt=name == "learnt") for plan in plans]}
        else:
            made = {"teaching": teaching, "real": real}[name]()
        told[name] = {**made, "cpu_seconds": round(time.process_time() - began)}
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
