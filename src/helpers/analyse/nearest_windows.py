"""Which contexts of a term to read: for each side those nearest to its mean, and those most unlike the others'."""

import numpy as np
import polars as pl

from helpers.analyse.embedding_regression import Regression
from helpers.analyse.picking import chosen
from helpers.analyse.term_texts import REST
from helpers.analyse.units import FEWEST_DOCUMENTS
from helpers.analyse.windows import Windows
from helpers.results import result


@result
class NearestWindows:
    """Windows to read, by side.

    table    side, way (typical: nearest to the side's mean window; distinct: nearer to it than to the other sides'
             means), rank, similarity (cosine to the side's mean), ahead (that, less the cosine to the nearest other
             side's), and the columns of Windows.table but the vector
    sides    side, n_using (documents with the term), asked, said
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    term: str
    pattern: str


def nearest_windows(found: Windows, regression: Regression, *, most: int = 3) -> NearestWindows:
    """The `most` windows of each way for each side that `regression` could ask: of different documents and, of copies,
    one; outlets in turn; none that says the same as one before it (cosine over picking.SAME). Distinct ones are other
    windows than the typical, and from the half nearest to the side's own mean, so that no stray is shown for it."""
    kept = found.table.sort("id")
    enough = pl.col("document_id").n_unique().over("side", "outlet") >= FEWEST_DOCUMENTS
    kept = kept.with_columns(stratum=pl.when(enough).then("outlet").otherwise(pl.lit(REST)))
    vectors = kept["embedding"].to_numpy().astype(np.float64)
    lengths = np.linalg.norm(regression.senses, axis=1, keepdims=True)
    cosines = vectors @ (regression.senses / lengths).T
    bare = kept.drop("embedding", "stratum")
    parts = [bare.head(0).with_columns(way=pl.lit(""), rank=pl.lit(0, pl.Int64), similarity=0.0, ahead=0.0)]
    for k, row in enumerate(regression.sides.iter_rows(named=True)):
        rows = (kept["side"] == row["side"]).arg_true().to_numpy()
        if not row["asked"] or not len(rows):
            continue
        near = cosines[rows, k]
        others = np.delete(cosines[rows], k, axis=1)
        others = others[:, ~np.isnan(others).any(0)]
        ahead = near - others.max(1) if others.shape[1] else np.full(len(rows), np.nan)
        shown: list[int] = []
        for way, score in (("typical", near), ("distinct", ahead)):
            use = np.ones(len(rows), dtype=bool)
            if way == "distinct":
                use = ~np.isnan(ahead) & (near >= np.median(near)) & ~np.isin(rows, shown)
            picked = chosen(kept, vectors, score[use], rows[use], most)
            shown += picked.tolist()
            at = np.searchsorted(rows, picked)
            parts.append(bare[picked.tolist()].with_columns(
                way=pl.lit(way), rank=pl.int_range(1, len(picked) + 1), similarity=pl.Series(near[at]),
                ahead=pl.Series(ahead[at]).fill_nan(None),
            ))  # fmt: skip
    table = pl.concat(parts).select("side", "way", "rank", "similarity", "ahead", pl.exclude("side", "way", "rank",
                                    "similarity", "ahead"))  # fmt: skip
    return NearestWindows(table, regression.sides.select("side", "n_using", "asked", "said"), found.term, found.pattern)
