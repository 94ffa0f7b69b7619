"""Mean scores and rates by month, quarter or year, side by side, with the periods of which nothing is known.

A line over time is drawn from other documents in every period, and often from other outlets. So each
period says how many of the side's outlets stand in it, and beside the mean stands the one that the side
would have, had the same outlets written in every period.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from helpers.analyse.intervals import as_rows, cells, over_strata, with_interval
from helpers.analyse.periods import PERIODS, periods, periods_of
from helpers.analyse.units import COUNTS, in_scope, members_are, units
from helpers.errors import InputError
from helpers.results import result
from helpers.tables import need

FEWEST = 5
"""Documents (copies being one) of a side in a period. Fewer are marked: their interval rests on how the side's
documents spread at other times more than on their own."""

_LAST = {"day": "1d", "month": "1mo", "year": "1y"}


@result
class OverTime:
    """Means of sides by period.

    table    one row per (value, side, start):
        period, start, end      month, quarter or year; its first day, and the first day after it
        mean                    outlet-equal over the outlets present in the period, in the value's unit; an outlet
                                enters with at least FEWEST_DOCUMENTS documents in all (helpers.analyse.units), or
                                where no outlet of the side has so many; null where none of them has a document
        low, high               95 % interval: these outlets, other documents of theirs in that period
                                (helpers.analyse.intervals); not below 0 where no document is
        standardised, std_low, std_high   the same, less the mean of the sides, in standard deviations of documents
        steady, std_steady      the mean, had every outlet of the side stood in every period (its own level held
                                fixed); null where that cannot be told
        n_documents, n_passages, n_texts (copies once), n_outlets    what the mean stands on
        n_set_aside             documents of outlets with too few, and texts that several outlets carry
        present                 n_outlets in those of the side, 0-1
        thin                    fewer than FEWEST texts, and at least one
        missing                 no mean
    sides    one row per side: period, n_documents (in the table), n_set_aside, n_undated, n_coarse (dated less exactly
             than the period, and in none), n_outlets, present (mean over the periods that have some)
    units    what was counted: one row per unit, side and date, with first, last (days between which it is dated)
    members  outlet or speaker
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    units: pl.DataFrame
    values: tuple[str, ...]
    members: str
    voice: str
    copies: str


def over_time(
    passages: pl.DataFrame,
    values: Sequence[str],
    *,
    period: str | None = None,
    voice: str = "outlet",
    copies: str = "one",
) -> OverTime:
    """The mean of each of the `values` (columns of passages) for each side and period.

    `period`: month, quarter or year; None: for each side the shortest that its dates and documents bear
    (helpers.analyse.periods). A document that is dated less exactly than the period stands in none. Copies of one
    text have one date, the earliest on their side. `voice` and `copies` as in helpers.analyse.units. Raises
    InputError where a column is absent or no document has a date."""
    columns = ["side", "outlet", "document_id", "date", "date_precision", "n_words", *values]
    need(passages, columns, where="passages", do="Run the step that makes it first.")
    if period is not None and period not in PERIODS:
        raise InputError("`period` of over_time", expected="month, quarter, year or None", found=repr(period))
    kept = in_scope(passages.drop("embedding", strict=False), voice=voice, copies=copies).drop_nulls("side")
    kept = _dated(kept, copies)
    each = kept.group_by("side", "document_id").agg(
        pl.col("date", "date_precision").first(), pl.col("n_words").sum(), n_passages=pl.len()
    )
    period_of = dict.fromkeys(each["side"].unique(), period) if period else periods_of(each)
    grid = periods(each, period_of)
    if grid.is_empty():
        raise InputError(
            "no document is dated" + (f" to the {period}" if period else ""),
            where="over_time",
            do="Give documents a date column, or a longer period.",
        )
    begins = pl.coalesce(
        pl.when(pl.col("side").replace_strict(period_of) == name).then(pl.col("date").dt.truncate(every))
        for name, every in PERIODS.items()
    )
    exact = (pl.col("side").replace_strict(period_of) == "year") | (pl.col("date_precision") != "year")
    placed = kept.with_columns(start=pl.when(exact).then(begins))
    rows = _used(units(placed.drop_nulls("start"), values, by=["start"], voice="all", copies=copies))
    dated = units(kept.drop_nulls("date"), values, by=["first", "last"], voice="all", copies=copies)
    table = _table(rows, grid, values)
    return OverTime(
        table, _sides(rows, table, placed, period_of), dated, tuple(values), members_are(kept), voice, copies
    )


def _dated(kept: pl.DataFrame, copies: str) -> pl.DataFrame:
    """With one date for all copies of a text on a side, and first, last: the days between which it lies."""
    kept = kept.with_columns(pl.col("date_precision").fill_null("day"))
    if copies == "one" and "copy_cluster" in kept.columns:
        # The most exactly dated copy is the one that can be the earliest; the first of January of a year cannot.
        rank = pl.col("date_precision").replace_strict({"day": 0, "month": 1, "year": 2})
        rank = pl.when(pl.col("date").is_null()).then(3).otherwise(rank)
        first = (
            pl.col(name).sort_by(rank, "date").first().over("side", "copy_cluster")
            for name in ("date", "date_precision")
        )
        alone = pl.col("copy_cluster").is_null()
        kept = kept.with_columns(
            pl.when(alone).then(name).otherwise(one).alias(name)
            for name, one in zip(("date", "date_precision"), first, strict=True)
        )
    precise = pl.col("date_precision")
    ends = (pl.when(precise == name).then(pl.col("date").dt.offset_by(step)) for name, step in _LAST.items())
    return kept.with_columns(first="date", last=pl.coalesce(ends).dt.offset_by("-1d"))


def _used(rows: pl.DataFrame) -> pl.DataFrame:
    """With _enters: whether a unit enters a mean, which is the same for all periods of a side."""
    return rows.with_columns(_enters=pl.col("counted") | ~pl.col("counted").any().over("side"))


def _table(rows: pl.DataFrame, grid: pl.DataFrame, values: Sequence[str]) -> pl.DataFrame:
    used = rows.filter("_enters")
    keys = ["value", "side", "start"]
    means = with_interval(over_strata(cells(used, values, by=["start"]), by=keys))
    long = as_rows(used, values, index=["side", "start", "member", *COUNTS])
    counts = (
        long.drop_nulls("_x").group_by(keys).agg(pl.col(COUNTS).sum(), n_outlets=pl.col("member").n_unique())
    )  # fmt: skip
    least = long.group_by("value").agg(least=pl.col("_x").min())
    aside = rows.filter(~pl.col("_enters")).group_by("side", "start").agg(n_set_aside=pl.col("n_documents").sum())
    of_side = used.group_by("side").agg(n_of_side=pl.col("member").n_unique())
    order = pl.DataFrame({"value": list(values), "_order": range(len(values))})
    frame = (
        grid.select("side", "period", "start", "end")
        .join(order, how="cross")
        .join(means, on=keys, how="left")
        .join(counts, on=keys, how="left")
        .join(aside, on=["side", "start"], how="left")
        .join(of_side, on="side", how="left")
        .join(_steady(used, values), on=keys, how="left")
        .join(_scale(used, values).join(least, on="value"), on="value", how="left")
    )
    counted = (*COUNTS, "n_outlets", "n_set_aside")
    frame = frame.with_columns(
        pl.col(counted).fill_null(0).cast(pl.Int64),
        low=pl.when(pl.col("least") >= 0).then(pl.max_horizontal("low", 0.0)).otherwise("low"),
        missing=pl.col("mean").is_null(),
    )
    frame = frame.with_columns(
        pl.when(pl.col("high").is_not_null()).then("low"),
        thin=pl.col("n_texts").is_between(1, FEWEST - 1),
        present=(pl.col("n_outlets") / pl.col("n_of_side")).fill_null(0.0),
    )
    scaled = {"standardised": "mean", "std_low": "low", "std_high": "high", "std_steady": "steady"}
    frame = frame.with_columns(
        ((pl.col(name) - pl.col("centre")) / pl.col("spread")).alias(new) for new, name in scaled.items()
    )
    return frame.sort("_order", "side", "start").select(
        "value", "side", "period", "start", "end", "mean", "low", "high", *list(scaled)[:3], "steady", "std_steady",
        *counted, "present", "thin", "missing",
    )  # fmt: skip


def _scale(used: pl.DataFrame, values: Sequence[str]) -> pl.DataFrame:
    """value, centre (mean of the sides' means over outlets), spread (of documents within sides; null: none varies)."""
    members = used.group_by("side", "member").agg(pl.col(values).mean())
    centres = members.group_by("side").agg(pl.col(values).mean()).select(pl.col(values).mean())
    spreads = used.group_by("side").agg(pl.col(values).var()).select(pl.col(values).mean().sqrt())
    spread = [s if s and s > 0 else None for s in spreads.row(0)]
    return pl.DataFrame(
        {"value": list(values), "centre": centres.row(0), "spread": spread},
        schema={"value": pl.String, "centre": pl.Float64, "spread": pl.Float64},
    )


def _steady(used: pl.DataFrame, values: Sequence[str]) -> pl.DataFrame:
    """value, side, start, steady: period effects of a two-way additive model of the means of outlets by period, each
    weighing the same, around the mean of the outlets' effects. Null where outlets and periods hang together in
    separate groups, which no line can join."""
    cells = used.group_by("side", "member", "start").agg(pl.col(values).mean())
    made = []
    for (side,), part in cells.group_by("side", maintain_order=True):
        for value in values:
            there = part.drop_nulls(value)
            outlets, o = np.unique(there["member"].to_numpy(), return_inverse=True)
            starts = there["start"].unique().sort()
            t = len(outlets) + starts.search_sorted(there["start"]).to_numpy().astype(np.int64)
            steady = _effects(o, t, there[value].to_numpy())[len(outlets) :]
            made.append(pl.DataFrame({"value": value, "side": side, "start": starts, "steady": steady}))
    schema = {"value": pl.String, "side": pl.String, "start": pl.Date, "steady": pl.Float64}
    return pl.concat([pl.DataFrame(schema=schema), *made]).with_columns(pl.col("steady").fill_nan(None))


def _effects(outlet: np.ndarray, period: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Least squares of y on outlets and periods (numbered on from the outlets): the mean outlet's level added to the
    effect of each period, that of the mean period to each outlet's; nan where they are not connected."""
    size = int(period.max(initial=-1)) + 1
    n_outlets = int(outlet.max(initial=-1)) + 1
    both = np.zeros((size, size))
    right = np.zeros(size)
    for a in (outlet, period):
        np.add.at(right, a, y)
        for b in (outlet, period):
            np.add.at(both, (a, b), 1.0)
    effects, _, rank, _ = np.linalg.lstsq(both, right, rcond=1e-10)
    if rank < size - 1:
        return np.full(size, np.nan)
    levels = np.where(np.arange(size) < n_outlets, effects[n_outlets:].mean(), effects[:n_outlets].mean())
    return effects + levels


def _sides(rows: pl.DataFrame, table: pl.DataFrame, placed: pl.DataFrame, period_of: Mapping[str, str]) -> pl.DataFrame:
    there = table.filter((pl.col("value") == pl.col("value").first()) & ~pl.col("missing"))
    used = rows.group_by("side").agg(
        n_documents=pl.col("n_documents").filter("_enters").sum().cast(pl.Int64),
        n_set_aside=pl.col("n_documents").filter(~pl.col("_enters")).sum().cast(pl.Int64),
        n_outlets=pl.col("member").filter("_enters").n_unique().cast(pl.Int64),
    )
    dates = placed.unique(["side", "document_id"]).group_by("side").agg(
        n_undated=pl.col("date").is_null().sum().cast(pl.Int64),
        n_coarse=(pl.col("date").is_not_null() & pl.col("start").is_null()).sum().cast(pl.Int64),
    )  # fmt: skip
    made = dates.join(used, on="side", how="left").join(
        there.group_by("side").agg(pl.col("present").mean()), on="side", how="left"
    )
    return made.select(
        "side",
        pl.col("side").replace_strict(dict(period_of), return_dtype=pl.String).alias("period"),
        pl.col("n_documents", "n_set_aside").fill_null(0),
        "n_undated",
        "n_coarse",
        pl.col("n_outlets").fill_null(0),
        "present",
    ).sort("side")
