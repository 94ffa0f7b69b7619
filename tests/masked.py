"""Passages as vectors in which a side, an outlet, or nothing can be told."""

import numpy as np
import polars as pl


def corpus(
    *,
    seed: int = 1,
    outlets: int = 3,
    documents: int = 12,
    sides: str = "ab",
    of_side: float = 0.0,
    of_outlet: float = 0.0,
) -> pl.DataFrame:
    """Three passages a document; vectors of noise, a part `of_side` and a part `of_outlet` (their length in that of the
    noise of one dimension)."""
    rng = np.random.default_rng(seed)
    d, rows, vectors = 10, [], []
    side_means = {s: of_side * rng.normal(size=d) for s in sides}
    for s in sides:
        for o in range(outlets):
            mean = side_means[s] + of_outlet * rng.normal(size=d)
            for k in range(documents):
                for i in range(3):
                    rows.append((f"{s}{o}-{k:02}#{i}", f"{s}{o}-{k:02}", s, f"{s}{o}"))
                    vectors.append(mean + rng.normal(size=d))
    x = np.array(vectors, dtype=np.float32)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    table = pl.DataFrame(rows, schema=["id", "document_id", "side", "outlet"], orient="row")
    return table.with_columns(
        pl.Series("embedding", x, dtype=pl.Array(pl.Float32, d)),
        voice=pl.lit("outlet"),
        speaker=pl.lit(None, pl.String),
    )
