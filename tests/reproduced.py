"""What a study comes to, computed in a process of its own so that its threads can be counted.

    python tests/reproduced.py given|shuffled PASSAGES

writes contrasts and themes as JSON to the standard output; PASSAGES is a Parquet file of passages with embeddings and
the columns `score` and `other`.
"""

import json
import sys
from zlib import crc32

import numpy as np
import polars as pl

from constructed import passages
from helpers.analyse.contrasts import compare
from helpers.analyse.themes import themes
from helpers.analyse.units import units


def small() -> pl.DataFrame:
    """240 passages of 80 documents of eight outlets on two sides, in four heaps; two documents are copies."""
    rng = np.random.default_rng(5)
    documents = [number // 3 for number in range(240)]
    vectors = rng.normal(0, 0.12, (240, 24))
    vectors[np.arange(240), [document % 4 for document in documents]] += 1
    words = ("the law of the sea", "trade in the ports", "judges of a court", "the price of grain")
    rows = [(f"d{d:02}", "ab"[d % 8 >= 4], f"o{d % 8}", " ".join([words[d % 4]] * 4)) for d in documents]
    frame = passages(
        rows,
        copy_cluster=[f"d{d % 8:02}" if d in (9, 18) else None for d in documents],
        score=(rng.normal(size=240) + vectors[:, 0]).tolist(),
        other=rng.gamma(1.0, size=240).tolist(),
    )
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return frame.with_columns(embedding=pl.Series(vectors.astype(np.float32), dtype=pl.Array(pl.Float32, 24)))


class Words:
    """A toy encoder: a text is the words that it uses, each thrown into one of 96 bins."""

    name, dimension, fingerprint = "bins", 96, "bins"

    def encode(self, texts):
        """(n, 96) float32, L2-normalised."""
        made = np.full((len(texts), 96), 1e-3, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                made[row, crc32(word.encode()) % 96] += 1
        return made / np.linalg.norm(made, axis=1, keepdims=True)


def computed(given: pl.DataFrame) -> dict:
    """Every number of the contrasts of `score` and `other`, and the theme of each passage by its id."""
    values = ["score", "other"]
    made = compare(units(given, values), values, replicates=500)
    found = themes.__wrapped__(given, runs=20, seed=7)  # not the one that is remembered
    told = found.passages.sort("id").select("id", pl.col("theme").fill_null(0))
    return {
        "contrasts": [getattr(made, name).to_dicts() for name in ("table", "sides", "members")],
        "themes": dict(told.rows()),
    }


if __name__ == "__main__":
    order, path = sys.argv[1:]
    table = pl.read_parquet(path)
    json.dump(computed(table.sample(fraction=1, shuffle=True, seed=3) if order == "shuffled" else table), sys.stdout)
