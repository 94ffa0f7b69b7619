"""The two tables that flow through the workbench, declared once and checked where data enters.

Everything else is a function from one of these tables to a table.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from helpers.errors import InputError

PRECISIONS = ("day", "month", "year")
VOICES = ("outlet", "quoted")


@dataclass(frozen=True)
class Column:
    """What a column holds. `required`: must be there and never be null."""

    dtype: pl.DataType | type[pl.DataType]
    required: bool
    meaning: str


DOCUMENTS: dict[str, Column] = {
    "id": Column(pl.String, True, "unique name of the document"),
    "side": Column(pl.String, False, "side the study counts it to; null until a study has said"),
    "outlet": Column(pl.String, True, "who published it"),
    "speaker": Column(pl.String, False, "whose speech it is, where it is a speech"),
    "country": Column(pl.String, False, "country of the outlet or the speaker"),
    "kind": Column(pl.String, False, "news report, op-ed, resolution, statement, ..."),
    "date": Column(pl.Date, False, "day of publication; first day where only month or year is known"),
    "date_precision": Column(pl.String, False, "day, month or year"),
    "title": Column(pl.String, False, "headline"),
    "text": Column(pl.String, True, "the text, paragraphs on lines of their own"),
    "url": Column(pl.String, False, "address of the original"),
    "language": Column(pl.String, True, "two-letter code"),
    "source": Column(pl.String, True, "provenance: file and row, or address, and when retrieved"),
    "constructed": Column(pl.Boolean, True, "written for teaching; nobody published it"),
    "copy_cluster": Column(pl.String, False, "id of the earliest document of the same text; null: no copy known"),
    "copy_rank": Column(pl.Int32, False, "0 for the earliest of its cluster, then 1, 2, ..."),
}

LABELS = tuple(name for name in DOCUMENTS if name not in ("id", "text", "source"))
"""Columns that passages take over from their document."""

PASSAGES: dict[str, Column] = {
    "id": Column(pl.String, True, "document_id#position"),
    "document_id": Column(pl.String, True, "the document it was cut from"),
    "position": Column(pl.Int32, True, "0, 1, 2, ... within the document"),
    "text": Column(pl.String, True, "the passage: exactly document text [start:end]"),
    "start": Column(pl.Int32, True, "offset into the document's text, characters"),
    "end": Column(pl.Int32, True, "offset of the first character after the passage"),
    "voice": Column(pl.String, True, "outlet: the document's own voice; quoted: mostly quotation"),
    "quoted_share": Column(pl.Float32, True, "share of its words that are quoted or attributed"),
    "n_words": Column(pl.Int32, True, "words"),
    **{name: DOCUMENTS[name] for name in LABELS},
}


def as_documents(frame: pl.DataFrame, *, where: object = "documents") -> pl.DataFrame:
    """`frame` with exactly the columns of DOCUMENTS, cast; absent optional columns become null.

    Raises InputError where a required column is absent or empty, an id comes twice, or a
    precision is unknown. Other columns are dropped.
    """
    return _checked(frame, DOCUMENTS, where=where)


def as_passages(frame: pl.DataFrame, *, where: object = "passages") -> pl.DataFrame:
    """`frame` with the columns of PASSAGES, checked and cast, and any later column kept.

    Raises InputError as as_documents does, and where a voice is unknown."""
    later = [name for name in frame.columns if name not in PASSAGES]
    return _checked(frame, PASSAGES, where=where).with_columns(frame.select(later))


def need(frame: pl.DataFrame, columns: Iterable[str], *, where: str, do: str) -> None:
    """Raises InputError, with the next step `do`, unless `frame` has all `columns`."""
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise InputError(
            f"column {', '.join(map(repr, absent))} is absent",
            where=where,
            found=", ".join(frame.columns) or "no column",
            do=do,
        )


def _checked(frame: pl.DataFrame, declared: dict[str, Column], *, where: object) -> pl.DataFrame:
    required = [name for name, column in declared.items() if column.required]
    need(frame, required, where=str(where), do="Rename or add the column.")
    try:
        frame = frame.select(
            pl.col(name).cast(column.dtype) if name in frame.columns else pl.lit(None, dtype=column.dtype).alias(name)
            for name, column in declared.items()
        )
    except pl.exceptions.PolarsError as error:
        raise InputError(
            "a column has the wrong type",
            where=where,
            found=str(error).splitlines()[0].rstrip("."),
            do="See helpers.tables for the type of each column.",
        ) from error
    for name in required:
        nulls = frame[name].null_count()
        if nulls:
            row = frame[name].is_null().arg_true()[0]
            raise InputError(
                f"column {name!r} is empty in {nulls} rows, first in row {row + 1}",
                where=where,
                do="Fill it, or leave those rows out.",
            )
    if frame["id"].is_duplicated().any():
        twice = frame.filter(pl.col("id").is_duplicated())["id"][0]
        raise InputError(f"id {twice!r} comes more than once", where=where, do="Give each row an id of its own.")
    if "date_precision" in declared:
        odd = set(frame["date_precision"].drop_nulls().unique()) - set(PRECISIONS)
        if odd:
            raise InputError("unknown date_precision", where=where, expected="day, month or year", found=sorted(odd))
    if "voice" in declared:
        odd = set(frame["voice"].unique()) - set(VOICES)
        if odd:
            raise InputError("unknown voice", where=where, expected=" or ".join(VOICES), found=sorted(odd))
    return frame
