"""Whole documents that tell the same thing in other words: copies that neither a hash nor shared words can find.

Two documents are called paraphrases where most passages of the shorter have counterparts of their own in the longer.
That is what a rewritten text looks like, and also what two full reports of one event look like: read before saying so.
"""

import numpy as np
import polars as pl

from helpers.analyse.echo_pairs import BLOCK, TILE
from helpers.analyse.echo_rows import Rows, rows_of
from helpers.errors import InputError
from helpers.results import result

SHORTEST = 3
"""Passages. Of a shorter document one passage would be a third or more."""


@result
class Paraphrases:
    """Documents that repeat another in other words, exact and near-verbatim copies left out.

    table   the most alike first: document_id (the earlier by date, then id), other_id, outlet, other_outlet, side,
            other_side, days (between their dates), share (0-1, of the shorter document's passages that have a
            counterpart), cosine (mean over these), n_passages (of the shorter), kind (paraphrased)
    """

    table: pl.DataFrame
    least_cosine: float
    least_share: float
    n_documents: int


def paraphrases(passages: pl.DataFrame, *, least_cosine: float = 0.7, least_share: float = 0.5) -> Paraphrases:
    """Pairs of documents of which at least `least_share` (0-1) of the shorter one's passages, and at least SHORTEST,
    are alike (`least_cosine`, -1 to 1) to passages of the other, one to one.

    `passages` with embedding, as echoes takes them. Raises InputError for shares outside 0-1."""
    if not 0 < least_share <= 1:
        raise InputError("`least_share` of paraphrases", expected="a share above 0, up to 1", found=least_share)
    rows, _ = rows_of(passages)
    i, j, cosine = _near(rows, least_cosine)
    # One to one: each passage is the other's nearest in its document, so that one formula fills no document.
    a, b = rows.document[i], rows.document[j]
    near = pl.DataFrame({"i": i, "j": j, "a": a, "b": b, "cosine": cosine})
    nearest = [pl.col("cosine") == pl.col("cosine").max().over(*key) for key in (("i", "b"), ("j", "a"))]
    best = near.filter(pl.all_horizontal(nearest))
    for key in (["i", "b"], ["j", "a"]):
        best = best.unique(key, keep="first", maintain_order=True)
    size = rows.documents["n_passages"]
    grouped = best.group_by("a", "b").agg(pl.len().alias("n"), pl.col("cosine").mean())
    grouped = grouped.with_columns(
        n_passages=pl.min_horizontal(size.gather(grouped["a"]), size.gather(grouped["b"])),
    ).with_columns(share=pl.col("n") / pl.col("n_passages"))
    kept = grouped.filter((pl.col("share") >= least_share) & (pl.col("n") >= SHORTEST))
    return Paraphrases(_named(rows, kept), least_cosine, least_share, len(rows.first))


def _near(rows: Rows, least: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs i < j of different documents of at least SHORTEST passages, block by block."""
    long = (rows.documents["n_passages"].to_numpy() >= SHORTEST)[rows.document]
    at = np.flatnonzero(long)
    vectors, document = rows.vectors[at], rows.document[at]
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))]
    for top in range(0, len(at), BLOCK):
        for left in range(top, len(at), TILE):
            near = vectors[top : top + BLOCK] @ vectors[left : left + TILE].T
            a, b = np.nonzero(near >= least)
            value, a, b = near[a, b], a + top, b + left
            kept = (a < b) & (document[a] != document[b])
            found.append((at[a[kept]], at[b[kept]], value[kept]))
    i, j, cosine = (np.concatenate([part[k] for part in found]) for k in range(3))
    # Rows are sorted by id and ids begin with their document's, but a < b of rows need not be a < b of documents.
    swap = rows.document[i] > rows.document[j]
    i, j = np.where(swap, j, i), np.where(swap, i, j)
    sort = np.lexsort((j, i))
    return i[sort], j[sort], cosine[sort].astype(np.float64)


def _named(rows: Rows, kept: pl.DataFrame) -> pl.DataFrame:
    outlets = rows.table.group_by("document_id").agg(pl.col("outlet").first())
    labels = rows.documents.join(outlets, on="document_id", how="left", maintain_order="left")
    late = [(rows.first[a], a) > (rows.first[b], b) for a, b in kept.select("a", "b").iter_rows()]
    ends = kept.select(
        first=pl.when(pl.Series(late, dtype=pl.Boolean)).then("b").otherwise("a"),
        second=pl.when(pl.Series(late, dtype=pl.Boolean)).then("a").otherwise("b"),
    )
    one, other = labels[ends["first"].to_list()], labels[ends["second"].to_list()]
    return pl.DataFrame(
        {"document_id": one["document_id"], "other_id": other["document_id"], "outlet": one["outlet"],
         "other_outlet": other["outlet"], "side": one["side"], "other_side": other["side"],
         "days": (other["date"] - one["date"]).dt.total_days(), "share": kept["share"].clip(0, 1),
         "cosine": kept["cosine"], "n_passages": kept["n_passages"]}
    ).with_columns(kind=pl.lit("paraphrased")).sort(
        "share", "cosine", "document_id", "other_id", descending=[True, True, False, False]
    )  # fmt: skip
