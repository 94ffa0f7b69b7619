"""What the interval of a classifier's AUC is worth where nothing can be told, and what outlets never seen make of it.

    python benchmarks/guess.py

writes benchmarks/guess.json. Two sides, three passages a document, vectors of ten numbers: noise alone; a part that all
outlets of a side share; a part of each outlet's own. 200 corpora a setting, three minutes.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from helpers.seminar.guess import guess  # noqa: E402
from masked import corpus  # noqa: E402

RUNS = 200
SETTINGS = [(3, 12, 0.0, 0.0), (3, 40, 0.0, 0.0), (3, 12, 0.8, 0.0), (3, 12, 0.0, 1.2), (5, 20, 0.0, 1.2)]
"""Outlets a side, documents an outlet; how much of a vector is the side's, and how much the outlet's."""


def setting(outlets: int, documents: int, of_side: float, of_outlet: float) -> list[dict]:
    """One row per kind of classifier."""
    tables = [
        guess(
            corpus(seed=seed, outlets=outlets, documents=documents, of_side=of_side, of_outlet=of_outlet),
            replicates=500,
        ).table
        for seed in range(RUNS)
    ]
    rows = []
    for (who,), part in pl.concat(tables).group_by("who", maintain_order=True):
        chance = part.select((pl.col("low") <= 0.5) & (pl.col("high") >= 0.5)).to_series()
        spread, shown = part["auc"].std(), (part["high"] - part["low"]).mean() / 3.92
        rows.append(
            {"outlets_a_side": outlets, "documents_an_outlet": documents, "of_side": of_side,
             "of_outlet": of_outlet, "who": who,
             "auc": round(part["auc"].mean(), 3), "auc_spread": round(spread, 3),
             "auc_error_shown": round(shown, 3), "interval_holds_chance": round(chance.mean(), 3)}
        )  # fmt: skip
    return rows


def main() -> None:
    """All settings, then the file."""
    began = time.process_time()
    made = {"runs": RUNS, "error_of_share": round(float(np.sqrt(0.25 / RUNS)), 3),
            "rows": [row for one in SETTINGS for row in setting(*one)]}  # fmt: skip
    made["cpu_seconds"] = round(time.process_time() - began)
    (HERE / "guess.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
