"""Do corrected shares hold what they say, when the machine is wrong about one side, and does the tool refuse in time?

    python benchmarks/correction.py

writes benchmarks/correction.json. 1,000 simulated corpora a setting: passages in documents in outlets on two sides with
the same share of carriers, a machine that takes side b for likelier to carry the frame, and a class whose passages are
drawn by the workbench's own design (unequal probabilities, stratified by score). How often the 95 % interval of each
side's share, and of their difference, holds the truth: corrected, and the machine alone. Then: whether the number of
codes that the tool asks for suffices; whole classes, heads learned from their codes included; and what the interval of
Krippendorff's alpha is worth. A quarter of an hour.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from coded import CODEBOOK, Letters, Runs, coded_by, encoded, estimates, outcomes, runs  # noqa: E402
from helpers.seminar.agreement import FEWEST_OF_A_KIND as READ_BY_ALL  # noqa: E402
from helpers.seminar.agreement import agreement, alpha  # noqa: E402
from helpers.seminar.correction import correct  # noqa: E402
from helpers.seminar.sample import draw, population  # noqa: E402
from helpers.seminar.validation import FEWEST_OF_A_KIND, WIDEST, needed_codes  # noqa: E402

RUNS, BLOCK = 1000, 100
"""Corpora of one block share their outlets, the sizes of their documents and their bootstrap draws."""
SETTINGS = [(0.5, 200), (0.3, 200), (0.2, 200), (0.1, 200), (0.05, 200), (0.02, 200), (0.3, 60), (0.1, 60), (0.05, 60)]
"""Share of carriers, codes a side."""
TOO_FEW = [(0.5, 40), (0.3, 40)]
CLASSES_THAT_SIT = 300
WHOLE = [(0.3, 60), (0.1, 85)]
"""Share of carriers, passages that each coder reads alone."""
CLASSES = [(20, 12, 0.3, 0.1, 0.03), (20, 12, 0.5, 0.1, 0.1), (20, 3, 0.4, 0.1, 0.05), (40, 12, 0.2, 0.1, 0.03),
           (40, 24, 0.2, 0.08, 0.01), (100, 3, 0.2, 0.1, 0.03)]  # fmt: skip
"""Passages that all read, coders, share of carriers, carriers missed, others seen."""


def coverage(share: float, codes: int) -> dict:
    """How often intervals hold the truth at one setting; `refused`: the share of intervals that the tool would not let
    stand; `let_stand_and_wrong`: of all intervals, those that it lets stand and that miss the truth."""
    parts: dict[str, list[pl.DataFrame]] = {"corrected": [], "difference": [], "machine": [], "machine_difference": []}
    for block in range(RUNS // BLOCK):
        made = runs(np.random.default_rng([round(1000 * share), codes, block]), BLOCK, share=share, codes=codes)
        for name, values in (("corrected", outcomes(made)), ("machine", made.machine)):
            shares, differences = estimates(made, values, seed=block, replicates=2000)
            parts[name].append(shares)
            parts["difference" if name == "corrected" else "machine_difference"].append(differences)
    held = {name: pl.concat(tables) for name, tables in parts.items()}
    corrected = held["corrected"].with_columns(half=50 * (pl.col("high") - pl.col("low")))
    stands = (pl.col("carriers") >= FEWEST_OF_A_KIND) & (pl.col("half") <= WIDEST)
    told = {"share": share, "codes_a_side": codes}
    for side in "ab":
        own = corrected.filter(pl.col("side") == side)
        told[f"cover_{side}"] = rounded(own["held"])
        told[f"cover_machine_{side}"] = rounded(held["machine"].filter(pl.col("side") == side)["held"])
        told[f"bias_points_{side}"] = round(100 * (float(own["share"].mean()) - share), 2)
    return told | {
        "cover_difference": rounded(held["difference"]["held"]),
        "cover_machine_difference": rounded(held["machine_difference"]["held"]),
        "half_width_points": round(float(corrected["half"].mean()), 1),
        "refused": rounded(corrected.select(~stands).to_series()),
        "let_stand_and_wrong": rounded(corrected.select(stands & ~pl.col("held")).to_series()),
        "error_of_cover": round((0.95 * 0.05 / RUNS) ** 0.5, 4),
    }


def wanted(share: float, codes: int) -> dict:
    """The codes that the tool asks for where an interval is too wide, and how wide it is with as many."""
    made = runs(np.random.default_rng([7, round(1000 * share), codes]), BLOCK, share=share, codes=codes)
    shares, _ = estimates(made, outcomes(made), seed=7, replicates=2000)
    half = shares.with_columns(half=50 * (pl.col("high") - pl.col("low")))["half"].to_numpy().reshape(-1, 2)
    asked = [
        needed_codes(codes, half_width=h, coding=a) for h, a in zip(half.ravel(), coding(made).ravel(), strict=True)
    ]
    typical = round(float(np.median([m for m in asked if m])))
    then = runs(np.random.default_rng([8, round(1000 * share), codes]), BLOCK, share=share, codes=typical)
    after, _ = estimates(then, outcomes(then), seed=8, replicates=2000)
    return {"share": share, "codes_a_side": codes, "half_width_points": round(float(half.mean()), 1),
            "asked_for": typical, "none_would_do": sum(m is None for m in asked),
            "half_width_with_these": round(50 * float((after["high"] - after["low"]).mean()), 1)}  # fmt: skip


def coding(made: Runs) -> np.ndarray:
    """(runs, sides) what validation.needed_codes takes."""
    weight = population(made.passages)["weight"].to_numpy()[:, None]
    side = (made.passages["side"] == "b").to_numpy()
    document = np.unique(made.passages["document_id"].to_numpy().astype(str), return_inverse=True)[1]
    both = []
    for of_side in (~side, side):
        coded = made.coded & of_side[:, None]
        error = np.where(coded, made.carries - made.machine, 0)
        error = np.where(coded, error - error.sum(0) / coded.sum(0), 0)
        sums = np.zeros((document.max() + 1, made.coded.shape[1]))
        np.add.at(sums, document, weight / made.inclusion * error)
        both.append((sums**2).sum(0))
    return np.stack(both, axis=1)


def whole(share: float, own: int) -> dict:
    """Heads, folds and all, on corpora in which the machine finds carriers on side a and hardly on b: how often the
    interval holds the share of the outlets, documents random. 60 passages that all of four coders read."""
    held: dict[str, list[bool]] = {"corrected": [], "machine": []}
    n_codes, refused = [], []
    for seed in range(CLASSES_THAT_SIT):
        passages = encoded(np.random.default_rng([seed, round(1000 * share)]), share=share, documents=60)
        sample = draw(passages, coders=4, common=60, own=own, seed=seed)
        found = correct(passages, coded_by(sample, passages), sample=sample, codebook=CODEBOOK, encoder=Letters()).table
        for name, ends in (("corrected", ("low", "high")), ("machine", ("machine_low", "machine_high"))):
            held[name] += found.select((pl.col(ends[0]) <= share) & (share <= pl.col(ends[1]))).to_series().to_list()
        n_codes += found["n_codes"].to_list()
        refused += (~found["validated"]).to_list()
    return {"share": share, "codes_a_side": round(float(np.mean(n_codes))), "classes": CLASSES_THAT_SIT,
            "cover": rounded(pl.Series(held["corrected"])), "cover_machine": rounded(pl.Series(held["machine"])),
            "refused": rounded(pl.Series(refused)),
            "error_of_cover": round((0.95 * 0.05 / 2 / CLASSES_THAT_SIT) ** 0.5, 4)}  # fmt: skip


def of_alpha(passages: int, coders: int, share: float, missed: float, seen: float) -> dict:
    """How often the interval of alpha holds the alpha of a hundred thousand such passages."""
    rng = np.random.default_rng([passages, coders, round(100 * share)])
    truth = alpha(codes_of(rng, 100_000, coders, share, missed, seen))
    ids = np.repeat([f"p{i:03}" for i in range(passages)], coders)
    names = np.tile([f"c{k:02}" for k in range(coders)], passages)
    frames, tables = [f"f{r:04}" for r in range(RUNS)], []
    for frame in frames:
        values = codes_of(rng, passages, coders, share, missed, seen).ravel().astype(int)
        tables.append(pl.DataFrame({"coder": names, "id": ids, "frame": [frame] * len(ids), "code": values}))
    found = agreement(pl.concat(tables)).table
    told = found.drop_nulls("low")
    return {"passages": passages, "coders": coders, "share": share, "missed": missed, "seen": seen,
            "alpha": round(truth, 3), "cover": rounded((told["low"] <= truth) & (truth <= told["high"])),
            "lower_limit_above": rounded(told["low"] > truth),
            f"fewer_than_{READ_BY_ALL}_of_a_kind": round(1 - len(told) / len(found), 3)}  # fmt: skip


def codes_of(rng: np.random.Generator, n: int, coders: int, share: float, missed: float, seen: float) -> np.ndarray:
    """(passages, coders) codes 1 and 0."""
    carries = rng.random((n, 1)) < share
    return (rng.random((n, coders)) < np.where(carries, 1 - missed, seen)).astype(float)


def rounded(values: pl.Series) -> float:
    return round(float(values.mean()), 3)


def main() -> None:
    """All settings, one line each as they are done, then the file."""
    began = time.process_time()
    made: dict = {"runs": RUNS, "coverage": [], "needed": [], "whole": [], "alpha": []}
    steps = (("coverage", coverage, SETTINGS), ("needed", wanted, TOO_FEW), ("whole", whole, WHOLE),
             ("alpha", of_alpha, CLASSES))  # fmt: skip
    for name, function, grid in steps:
        for setting in grid:
            made[name].append(function(*setting))
            print(made[name][-1], flush=True)
    made["cpu_seconds"] = round(time.process_time() - began)
    (HERE / "correction.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
