"""Key words of the teaching corpus beside another implementation of the same equations (topica, where installed).

    python benchmarks/words.py

writes benchmarks/words.json: the largest difference of z over all words of each two sides.
"""

import json
from pathlib import Path

import numpy as np
import polars as pl
import topica

from helpers.analyse.association import log_odds
from helpers.corpora import load
from helpers.prepare import prepare
from helpers.prepare.tokens import tokens
from helpers.study import open_study

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    study = open_study("teaching")
    passages = prepare(load(study).table, words=study.words)
    words = passages.select("side", word=tokens(passages["text"]))
    sides = sorted(words["side"].unique())
    figures = []
    for k, side in enumerate(sides):
        for other in sides[k + 1 :]:
            given = [words.filter(pl.col("side") == one)["word"].to_list() for one in (side, other)]
            # With 1 the prior is the words' counts in both together, as here.
            theirs = dict(topica.fighting_words(*given, prior=1.0, informative=True))
            long = words.explode("word").group_by("word").agg(
                a=(pl.col("side") == side).sum().cast(pl.Float64), b=(pl.col("side") == other).sum().cast(pl.Float64)
            )  # fmt: skip
            long = long.filter(pl.col("a") + pl.col("b") > 0)
            a, b = long["a"].to_numpy(), long["b"].to_numpy()
            _, z = log_odds(a, b, a.sum(), b.sum())
            apart = np.abs(z - np.array([theirs[word] for word in long["word"]]))
            figures.append({"side": side, "other": other, "words": len(long), "largest_difference": float(apart.max())})
    made = {"topica": topica.__version__, "z": figures}
    (HERE / "words.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
