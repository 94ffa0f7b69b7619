"""Passages as the arrays that the search for echoes works on: whose they are, of what text, of which days.

A date known to the month or the year is an interval of days: what lies before what is then known, or it is not.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.analyse.units import members_are
from helpers.errors import InputError
from helpers.tables import need

COLUMNS = ("id", "document_id", "text", "start", "voice", "side", "outlet", "date", "date_precision", "embedding")


@dataclass(frozen=True, eq=False)
class Rows:
    """Passages sorted by id, and their documents sorted by id.

    table      the passages, without embedding
    vectors    (n, d) float32, of length 1
    document   (n,) row of `documents`
    theme      (n,) 0: none
    documents  document_id, side, member, date, date_precision, n_passages, theme (the one of most of its passages)
    member     (documents,) number of its member: the outlet, or the speaker where one outlet carries several sides
    first, last (documents,) the first and last day that it may be of, days since 1970
    """

    table: pl.DataFrame
    vectors: np.ndarray
    document: np.ndarray
    theme: np.ndarray
    documents: pl.DataFrame
    member: np.ndarray
    first: np.ndarray
    last: np.ndarray


def rows_of(passages: pl.DataFrame) -> tuple[Rows, dict[str, int]]:
    """The passages among which echoes are looked for, and how many were left out, by reason.

    Left out are documents without a date or a side, and repeats: of the copies of one text only the earliest stays.
    `theme` may be absent. Raises InputError where a column is absent or nothing is left."""
    need(passages, COLUMNS, where="passages", do="Run prepare(documents), then encode(passages).")
    frame = passages.sort("id")
    out = {"no side": int(frame["side"].null_count())}
    frame = frame.filter(pl.col("side").is_not_null())
    kind = members_are(frame)
    if "copy_rank" in frame.columns:
        repeats = pl.col("copy_rank").fill_null(0) > 0
        out["repeats of an earlier document"] = frame.filter(repeats).height
        frame = frame.filter(~repeats)
    out["no date"] = int(frame["date"].null_count())
    frame = frame.drop_nulls("date")
    if frame.is_empty():
        raise InputError("no dated passage", where="echoes", do="Echoes need dates: add them to the documents.")
    theme = pl.col("theme").fill_null(0).cast(pl.Int64) if "theme" in frame.columns else pl.lit(0, pl.Int64)
    frame = frame.with_columns(_member=pl.col(kind), _theme=theme)
    documents = (
        frame.group_by("document_id")
        .agg(
            pl.col("side", "date", "date_precision").first(),
            pl.col("_member").first().alias("member"),
            pl.len().cast(pl.Int64).alias("n_passages"),
            pl.col("_theme").filter(pl.col("_theme") > 0).mode().min().fill_null(0).alias("theme"),
        )
        .sort("document_id")
    )
    first, last = days(documents)
    at = frame.select("document_id").join(
        documents.select("document_id").with_row_index("at"), on="document_id", how="left", maintain_order="left"
    )["at"]  # fmt: skip
    rows = Rows(
        frame.drop("embedding", "_member", "_theme"),
        np.ascontiguousarray(frame["embedding"].to_numpy(), dtype=np.float32),
        at.to_numpy().astype(np.int64),
        frame["_theme"].to_numpy(),
        documents,
        documents["member"].rank("dense").to_numpy().astype(np.int64) - 1,
        first,
        last,
    )
    return rows, {reason: n for reason, n in out.items() if n}


def days(documents: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last day that each of `documents` (date, date_precision) may be of, days since 1970."""
    precision = pl.col("date_precision").fill_null("day")
    every = {"month": "1mo", "year": "1y"}
    begin, end = pl.col("date"), pl.col("date")
    for name, length in every.items():
        start = pl.col("date").dt.truncate(length)
        begin = pl.when(precision == name).then(start).otherwise(begin)
        end = pl.when(precision == name).then(start.dt.offset_by(length).dt.offset_by("-1d")).otherwise(end)
    made = documents.select(begin.to_physical().alias("first"), end.to_physical().alias("last")).cast(pl.Int64)
    return made["first"].to_numpy(), made["last"].to_numpy()


@dataclass(frozen=True, eq=False)
class Days:
    """First and last day that each of some texts may be of; of any shape that numpy can hold against another's."""

    first: np.ndarray
    last: np.ndarray


def days_of(rows: Rows, document: np.ndarray) -> Days:
    """The days of the documents with these numbers."""
    return Days(rows.first[document], rows.last[document])


def inside(one: Days, other: Days, lag: int) -> np.ndarray:
    """Whether two texts surely lie no more than `lag` days apart."""
    return np.maximum(other.last - one.first, one.last - other.first) <= lag


def outside(one: Days, other: Days, lag: int) -> np.ndarray:
    """Whether two texts surely lie more than `lag` days apart."""
    return np.maximum(other.first - one.last, one.first - other.last) > lag


def order(one: Days, other: Days) -> np.ndarray:
    """1 where `one` is surely the earlier, -1 where `other` is, 0 where that is not known: texts of one day, or of
    dates known too roughly."""
    return (one.last < other.first).astype(np.int8) - (other.last < one.first).astype(np.int8)


LAGS = (7, 30, 90, 365, 730)
"""Days that a corpus's usual lag is chosen from."""
COMPANY = 5
"""So many documents of other members a text needs before it within the lag, on average, for what it could echo to be
likely in the corpus."""


def usual_lag(rows: Rows) -> int:
    """The shortest of LAGS within which a text has at least COMPANY documents of other members before it, on average
    over all texts; the longest where none is enough.

    Where most dates are known to the month or year, no shorter than two of these: within less, nothing could be said
    of any pair."""
    n = len(rows.first)
    some = np.linspace(0, n - 1, min(n, 2_000)).astype(np.int64)
    rough = 2 * float(np.median(rows.last - rows.first + 1)) - 2
    all_of, one = days_of(rows, np.arange(n)[None]), days_of(rows, some[:, None])
    earlier = (order(all_of, one) == 1) & (rows.member[None] != rows.member[some, None])
    for lag in LAGS:
        if lag >= rough and (earlier & inside(all_of, one, lag)).sum(1).mean() >= COMPANY:
            return lag
    return LAGS[-1]
