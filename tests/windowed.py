"""Windows of a term with literal vectors, for the tests of what is made of them."""

import numpy as np
import polars as pl

from constructed import passages
from helpers.analyse.windows import MASK, Windows


def windowed(
    rows: list[tuple], vectors: np.ndarray, *, without: dict[str, int] | None = None, **columns: object
) -> Windows:
    """`rows`: (document, side, outlet), one window each, row for row with `vectors` (n, d); `without`: documents of
    each side that lack the term, 0 where absent; `columns`: further columns of the windows, a value or a list."""
    made = passages([(document, side, outlet, "before term after") for document, side, outlet in rows], **columns)
    table = made.select(
        pl.concat_str("id", pl.lit("@0")).alias("id"), pl.col("id").alias("passage_id"), "document_id",
        pl.lit(f"before {MASK} after").alias("text"), pl.lit("before ").alias("before"), pl.lit("term").alias("match"),
        pl.lit(" after").alias("after"), "start", "end", pl.exclude("id", "document_id", "text", "start", "end"),
    ).with_columns(pl.Series("embedding", np.asarray(vectors, dtype=np.float32),
                             dtype=pl.Array(pl.Float32, np.shape(vectors)[1])))  # fmt: skip
    more = without or {}
    sides = made.group_by("side").agg(n_documents=pl.col("document_id").n_unique().cast(pl.Int64))
    absent = pl.DataFrame({"side": list(set(more) - set(sides["side"]))}, schema={"side": pl.String})
    sides = pl.concat([sides, absent.with_columns(n_documents=pl.lit(0, pl.Int64))]).with_columns(
        n_documents=pl.col("n_documents") + pl.col("side").replace_strict(more, default=0, return_dtype=pl.Int64)
    )
    return Windows(table, sides.sort("side"), "term", "term", 20, MASK, "toy", "outlet")
