"""Documents by month, quarter or year, with the periods in which a side has none.

A side whose dates are known to the year is counted by year, the others by the shortest period in which
a gap means something.
"""

import datetime
from collections.abc import Mapping

import polars as pl

PERIODS = {"month": "1mo", "quarter": "3mo", "year": "1y"}
EXPECTED = 5
"""Documents per side and period on average. With fewer, a period without any is common by chance alone
(exp(-5) is under one in a hundred) and is no gap."""
COARSE = 0.05
"""A side is counted by year where a larger share of its dated documents is known to the year only."""


def periods_of(each: pl.DataFrame) -> dict[str, str]:
    """Side -> month, quarter or year: the shortest one that holds EXPECTED documents per side, for all sides dated
    exactly enough; year for the others. `each`: one row per document with side, date, date_precision."""
    dated = each.drop_nulls("date")
    coarse = dated.group_by("side").agg((pl.col("date_precision") == "year").fill_null(False).mean().alias("part"))
    fine = coarse.filter(pl.col("part") <= COARSE)["side"].to_list()
    dated = dated.filter(pl.col("side").is_in(fine))
    period = "year"
    if len(dated):
        first, last = dated["date"].min(), dated["date"].max()
        assert isinstance(first, datetime.date) and isinstance(last, datetime.date)
        months = 12 * (last.year - first.year) + last.month - first.month + 1
        for shorter, length in (("quarter", 3), ("month", 1)):
            if len(dated) / len(fine) / -(-months // length) >= EXPECTED:
                period = shorter
    return {side: period if side in fine else "year" for side in each["side"].unique()}


def longer(first: str, second: str) -> str:
    """The longer of two periods."""
    return max(first, second, key=list(PERIODS).index)


def periods(each: pl.DataFrame, period_of: Mapping[str, str]) -> pl.DataFrame:
    """One row per side and period, from the first to the last that any side counted by that period has: side, period,
    start, end (exclusive), n_documents, n_words, n_passages, missing (no document).

    `each`: one row per document with side, date, date_precision, n_words, n_passages. Documents dated less exactly
    than their side's period are not counted."""
    counts = ("n_documents", "n_words", "n_passages")
    columns = {"side": pl.String, "period": pl.String, "start": pl.Date, "end": pl.Date,
               **dict.fromkeys(counts, pl.Int64), "missing": pl.Boolean}  # fmt: skip
    made = [pl.DataFrame(schema=columns)]
    for period, every in PERIODS.items():
        sides = [side for side, own in period_of.items() if own == period]
        dated = each.drop_nulls("date").filter(pl.col("side").is_in(sides))
        if period != "year":
            dated = dated.filter(pl.col("date_precision").fill_null("day") != "year")
        if dated.is_empty():
            continue
        dated = dated.with_columns(start=pl.col("date").dt.truncate(every))
        starts = dated.select(pl.date_range(pl.col("start").min(), pl.col("start").max(), every).alias("start"))
        counted = dated.group_by("side", "start").agg(
            pl.len().alias("n_documents"), pl.col("n_words", "n_passages").sum()
        )
        grid = pl.DataFrame({"side": sides}).join(starts, how="cross").join(counted, on=["side", "start"], how="left")
        grid = grid.with_columns(
            pl.col(counts).fill_null(0), end=pl.col("start").dt.offset_by(every), period=pl.lit(period)
        ).with_columns(missing=pl.col("n_documents") == 0)
        made.append(grid.select(pl.col(name).cast(kind) for name, kind in columns.items()))
    return pl.concat(made).sort("side", "start")


def when(day: datetime.date, period: str) -> str:
    """A period's first day as its name: "2017", "Q2 2017", "May 2017"."""
    return {"year": f"{day.year}", "quarter": f"Q{(day.month + 2) // 3} {day.year}"}.get(period, f"{day:%B %Y}")
