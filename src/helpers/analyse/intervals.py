"""Means of few documents, and how exact they are.

A bootstrap needs documents to draw from. Where an outlet has one to four in a month, an interval drawn
from these covers 50-80 % in place of 95 (benchmarks/over_time.json). So the variance is the one that Rao
and Wu's weights have in expectation, s^2 / n of each outlet, but s^2 leans on how documents of that side
spread at other times: as if PRIOR degrees of freedom of it had been seen as well (a moderated t: Smyth 2004,
Statistical Applications in Genetics and Molecular Biology 3(1), eq. 3, prior degrees set and not estimated).
"""

from collections.abc import Sequence

import polars as pl

LEVEL = 0.95

PRIOR = 4
"""Degrees of freedom: five documents have them. Covers 93-97 % with one document as with a hundred."""


def cells(rows: pl.DataFrame, values: Sequence[str], *, by: Sequence[str]) -> pl.DataFrame:
    """One row per value, side, the columns `by`, and stratum, of a units table (helpers.analyse.units).

    Returns value, side, *by, stratum, n (units with the value), mean, variance (of that mean), degrees. The spread
    that a cell leans on is that within all cells of its value and side; variance is null where no cell has two."""
    keys = ["value", "side", *by, "stratum"]
    long = as_rows(rows, values, index=["side", *by, "stratum"])
    squares = ((pl.col("_x") - pl.col("_x").mean()) ** 2).sum()
    kept = long.drop_nulls("_x").group_by(keys)
    made = kept.agg(n=pl.len().cast(pl.Int64), mean=pl.col("_x").mean(), squares=squares)
    own = pl.col("n") - 1
    usual = pl.col("squares").sum().over("value", "side") / own.sum().over("value", "side")
    made = made.with_columns(_usual=usual.fill_nan(None), degrees=own + PRIOR)
    spread = (pl.col("squares") + PRIOR * pl.col("_usual")) / pl.col("degrees")
    return made.with_columns(variance=spread / pl.col("n")).select(*keys, "n", "mean", "variance", "degrees")


def as_rows(rows: pl.DataFrame, values: Sequence[str], *, index: Sequence[str]) -> pl.DataFrame:
    """One row per row and value: value, its number in _x, and the columns `index`."""
    # A value may be called "value" itself.
    long = rows.unpivot(on=list(values), index=list(index), variable_name="_value", value_name="_x")
    return long.select(pl.col("_value").alias("value"), *index, "_x")


def over_strata(parts: pl.DataFrame, *, by: Sequence[str]) -> pl.DataFrame:
    """The mean over strata (`parts`: as from cells), each weighing the same, for each of `by`, with its variance and
    its degrees of freedom (Welch and Satterthwaite's)."""
    own = pl.col("variance") ** 2 / pl.col("degrees")
    return parts.group_by(by, maintain_order=True).agg(
        n_strata=pl.len().cast(pl.Int64),
        mean=pl.col("mean").mean(),
        # A sum passes over nulls, and a variance that lacks a part is none.
        variance=pl.when(pl.col("variance").null_count() == 0).then(pl.col("variance").sum() / pl.len() ** 2),
        degrees=(pl.col("variance").sum() ** 2 / own.sum()).fill_nan(None),
    )


def with_interval(means: pl.DataFrame, *, level: float = LEVEL) -> pl.DataFrame:
    """With low and high, null where there is no variance to go by, or none at all varies."""
    from scipy.special import stdtrit

    known = (pl.col("variance") > 0) & pl.col("degrees").is_not_null()
    times = stdtrit(means["degrees"].fill_null(1.0).to_numpy(), (1 + level) / 2)
    half = pl.when(known).then(pl.lit(pl.Series(times, dtype=pl.Float64)) * pl.col("variance").sqrt())
    return means.with_columns(low=pl.col("mean") - half, high=pl.col("mean") + half)
