"""Which passages are shown of many: balanced over outlets, none twice, none that says the same as another.

`kept` in every function: passages with columns side, stratum (an outlet, or the small ones together) and
document_id, and copy_cluster where there; `vectors` their vectors of length 1, row for row.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

SAME = 0.95
"""Cosine from which on two passages are shown as one."""


def centre(kept: pl.DataFrame, vectors: np.ndarray, side: str) -> np.ndarray:
    """Mean over outlets of the mean over documents of the mean over passages, of length 1."""
    rows = kept.select("side", "stratum", "document_id").with_row_index("at").filter(pl.col("side") == side)
    weights = rows.with_columns(
        weight=1 / (pl.len().over("document_id") * pl.col("document_id").n_unique().over("stratum"))
    )
    mean = weights["weight"].to_numpy() @ vectors[weights["at"].to_numpy()]
    return mean / np.linalg.norm(mean)


def chosen(kept: pl.DataFrame, vectors: np.ndarray, score: np.ndarray, rows: np.ndarray, most: int) -> np.ndarray:
    """Positions in `kept`: the best of each stratum in turn, none of a document twice and none that says the
    same as one before it; then sorted by score."""
    order = rows[np.argsort(-score, kind="stable")]
    clusters = kept["copy_cluster"].to_list() if "copy_cluster" in kept.columns else [None] * kept.height
    stratum, document = kept["stratum"].to_list(), kept["document_id"].to_list()
    taken: list[int] = []
    seen: set[object] = set()
    for turn in _turns(order.tolist(), stratum):
        keys = {("document", document[turn])} | ({("cluster", clusters[turn])} if clusters[turn] is not None else set())
        if keys & seen or (taken and np.max(vectors[taken] @ vectors[turn]) > SAME):
            continue
        seen |= keys
        taken.append(turn)
        if len(taken) == most:
            break
    scores = dict(zip(rows.tolist(), score.tolist(), strict=True))
    return np.array(sorted(taken, key=lambda row: -scores[row]), dtype=np.intp)


def _turns(order: list[int], stratum: list[str]) -> Iterator[int]:
    queues: dict[str, list[int]] = {}
    for row in order:
        queues.setdefault(stratum[row], []).append(row)
    for place in range(max(map(len, queues.values()), default=0)):
        yield from (queue[place] for queue in queues.values() if place < len(queue))
