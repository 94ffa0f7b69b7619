"""Passages -> the units that are counted, resampled and permuted (METHODS: rules 1, 3 and 4).

A document is one unit and weighs the same however long it is; copies of one text are one unit; a
member is whose documents they are: the outlet, or the speaker where one outlet carries the
speeches of several sides.
"""

from collections.abc import Sequence

import polars as pl

from helpers.analyse.alike import FACTS
from helpers.errors import InputError
from helpers.tables import VOICES, need

SHARED = "(shared by outlets)"
"""Stratum of the copy clusters that stand in several outlets of one side."""

FEWEST_DOCUMENTS = 10
"""An outlet with fewer units is described, and enters no mean over outlets: one odd document would
move a mean over outlets as much as ten."""

COUNTS = ("n_documents", "n_passages", "n_texts")


def in_scope(passages: pl.DataFrame, *, voice: str = "outlet", copies: str = "one") -> pl.DataFrame:
    """The passages that an analysis runs on.

    `voice`: outlet (own words), quoted, or all. `copies`: all; one (clusters become one unit later,
    every passage stays); original (only the earliest document of each cluster, needs `copy_rank`)."""
    if voice not in (*VOICES, "all"):
        raise InputError("`voice`", expected="outlet, quoted or all", found=repr(voice))
    if copies not in ("all", "one", "original"):
        raise InputError("`copies`", expected="all, one or original", found=repr(copies))
    kept = passages if voice == "all" else passages.filter(pl.col("voice") == voice)
    if copies == "original":
        need(kept, ["copy_rank"], where="passages", do="Run copies.mark(documents) before prepare.")
        kept = kept.filter(pl.col("copy_rank").fill_null(0) == 0)
    return kept


def unit_of(passages: pl.DataFrame, copies: str) -> pl.Expr:
    """The text that a passage is of: its document, copies of one text together where `copies` is one."""
    together = copies == "one" and "copy_cluster" in passages.columns
    document = pl.col("document_id")
    return pl.coalesce(pl.col("copy_cluster").cast(pl.String), document) if together else document


def members_are(passages: pl.DataFrame) -> str:
    """'speaker' where some outlet's documents stand on more than one side, or where a side is one
    outlet of several speakers on every side; else 'outlet'."""
    sides_of_outlet = passages.group_by("outlet").agg(pl.col("side").n_unique())["side"]
    shared = bool((sides_of_outlet > 1).any())
    return "speaker" if shared and passages["speaker"].null_count() == 0 else "outlet"


def units(
    passages: pl.DataFrame,
    values: Sequence[str],
    *,
    by: Sequence[str] = (),
    voice: str = "outlet",
    copies: str = "one",
) -> pl.DataFrame:
    """One row per unit and side, sorted by side, member and unit.

    `by`: columns that are the same for all passages of a side's unit or of a speaker's document (a period); the
    rows are told apart by them, and carry them. `counted` is over all of them together.

    Returns columns
        unit          document id, copy cluster, or speaker
        side, member  whose it is; member is SHARED for clusters over several outlets of a side
        stratum       within what it is resampled: the member; the side for speakers
        counted       whether its member has at least FEWEST_DOCUMENTS units (speakers: always). SHARED never
                      is: it is no outlet, and to exchange it between sides would exchange its outlets twice
        spans_sides   a cluster that stands on several sides
        n_documents, n_passages, n_texts (documents, copies of one text once)
        documents     list of structs, what its documents are (alike.FACTS); only where passages have these columns
        <value>...    mean over the unit's documents of the mean over the document's passages
    Passages whose value is null or nan are left out of that value's mean. Raises InputError where a column
    is absent or nothing is left."""
    need(passages, ["side", "outlet", "document_id", *values], where="passages", do="Run the step that makes it first.")
    kept = in_scope(passages, voice=voice, copies=copies)
    if kept.is_empty():
        raise InputError(f"no passage in voice {voice!r}", where="passages", do="Use voice 'all'.")
    kind = members_are(passages)
    facts = [pl.struct(FACTS).first().alias("documents")] if set(FACTS) <= set(kept.columns) else []
    documents = (
        kept.with_columns(_unit=unit_of(kept, copies), _member=pl.col(kind))
        .group_by("document_id", "side", "_unit", "_member", *by)
        .agg(
            pl.len().alias("n_passages"),
            *facts,
            *(pl.col(v).cast(pl.Float64).fill_nan(None).mean() for v in values),
        )
    )
    per_unit = documents.group_by("_unit", "side", *by).agg(
        pl.when(pl.col("_member").n_unique() > 1)
        .then(pl.lit(SHARED))
        .otherwise(pl.col("_member").first())
        .alias("member"),
        pl.len().alias("n_documents"),
        pl.col("n_passages").sum(),
        pl.lit(1, pl.UInt32).alias("n_texts"),
        pl.col("^documents$"),
        *(pl.col(v).mean() for v in values),
    )
    per_unit = per_unit.with_columns(spans_sides=pl.col("side").n_unique().over("_unit") > 1)
    if kind == "speaker":
        per_unit = _by_speaker(per_unit, values, by)
    large = (pl.len().over("side", "member") >= FEWEST_DOCUMENTS) & (pl.col("member") != SHARED)
    enough = pl.lit(True) if kind == "speaker" else large
    stratum = pl.col("side") if kind == "speaker" else pl.col("member")
    columns = ("side", "member", "unit", "stratum", *by, "counted", "spans_sides", *COUNTS, "^documents$", *values)
    made = per_unit.with_columns(counted=enough, stratum=stratum, unit="_unit").select(columns)
    return made.sort("side", "member", "unit", *by)


def _by_speaker(per_unit: pl.DataFrame, values: Sequence[str], by: Sequence[str]) -> pl.DataFrame:
    """A state speaks once a year: its speeches are one unit, and states are what is resampled."""
    return per_unit.group_by("side", "member", *by).agg(
        pl.col("member").first().alias("_unit"),
        pl.col("n_documents").sum(),
        pl.col("n_passages").sum(),
        pl.col("n_texts").sum(),
        pl.lit(False).alias("spans_sides"),
        pl.col("^documents$").explode(),
        *(pl.col(v).mean() for v in values),
    )
