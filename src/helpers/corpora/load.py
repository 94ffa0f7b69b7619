"""A study's documents, each on its side, and a count of everything that was left out and why."""

import datetime
import difflib
import re

import polars as pl

from helpers.corpora.dates import When, end_of
from helpers.corpora.parts import Part, open_part
from helpers.errors import InputError
from helpers.results import result
from helpers.study import Study
from helpers.tables import as_documents

FEWEST_WORDS = 60
"""A shorter document is a caption or a teaser: too little for a passage of 40 to 120 words in context."""

LEFT_OUT = {"reason": pl.String, "part": pl.String, "outlet": pl.String, "n_documents": pl.Int64}
PARTS = {
    "part": pl.String,
    "status": pl.String,
    "n_documents": pl.Int64,
    "sha256": pl.String,
    "note": pl.String,
    "constructed": pl.Boolean,
}


@result
class Corpus:
    """What a study is asked of.

    `.table`: documents, sorted by id, `side` always filled in.
    `.left_out`: reason, part, outlet, n_documents; also, with n_documents 0, whatever a side lists and no document has.
    `.parts`: part, status (used | left out), n_documents (read from it, before anything was left out), sha256, note
    (why it was left out), constructed.
    """

    table: pl.DataFrame
    left_out: pl.DataFrame
    parts: pl.DataFrame
    study: str
    query: str | None


def load(study: Study, *, fetch_missing: bool = True, progress: bool = True) -> Corpus:
    """The documents of `study` that are on a side, within `between`, match `query` (in title or text, capitals
    ignored) and have 60 words. A document known only to the month or year is within if its period touches `between`.

    A part that cannot be had is left out, and `.parts` says why. Where several parts hold the same text of
    one outlet, it is kept once. Raises InputError where no part can be had, or no document is left."""
    parts = [
        open_part(name, near=study.path.parent, fetch_missing=fetch_missing, progress=progress)
        for name in dict.fromkeys(study.corpus)
    ]
    if not any(part.parsed for part in parts):
        raise InputError(
            "no part of the corpus can be had",
            where=study.path,
            found="; ".join(f"{part.name}: {part.note}" for part in parts),
            do="Fetch one (`workbench fetch NAME`), or name your own files under corpus:.",
        )
    table = on_sides(_together(parts), study)
    table = table.with_columns(reason=_reason(table, study))
    kept = table.filter(pl.col("reason").is_null()).sort("id")
    left_out = _left_out(table, parts, study)
    if kept.is_empty():
        raise InputError(
            "no document is left",
            where=study.path,
            found="; ".join(f"{n} {reason}" for reason, n in _most(left_out)) or "no document",
            do="Look at sides:, between: and query: of the study.",
        )
    return Corpus(
        table=as_documents(kept, where=study.name),
        left_out=left_out,
        parts=_parts(parts),
        study=study.name,
        query=study.query,
    )


def _together(parts: list[Part]) -> pl.DataFrame:
    """The documents of all parts with their `part`; an id that two parts use gets the part's name before it."""
    tables: list[pl.DataFrame] = []
    taken = pl.Series("id", [], dtype=pl.String)
    for part in parts:
        if part.parsed is None:
            continue
        table = part.parsed.table.with_columns(part=pl.lit(part.name))
        again = pl.col("id").is_in(taken.implode())
        table = table.with_columns(id=pl.when(again).then(pl.format("{}:{}", "part", "id")).otherwise("id"))
        taken = pl.concat([taken, table["id"]])
        tables.append(table)
    return pl.concat(tables)


def on_sides(table: pl.DataFrame, study: Study) -> pl.DataFrame:
    """`outlet` becomes the house, and `side` what the study says of outlet, speaker or country, in this order;
    the document's own side counts where its outlet is listed nowhere."""
    houses = {edition: house for house, editions in study.same_house.items() for edition in editions}
    sides = {member: side for side, members in study.sides.items() for member in members}

    def side_of(column: str) -> pl.Expr:
        return pl.col(column).replace_strict(sides, default=None, return_dtype=pl.String)

    own = pl.when(pl.col("side").is_in(list(study.sides))).then("side")
    table = table.with_columns(edition="outlet", outlet=pl.col("outlet").replace(houses))
    found = (side_of("edition"), side_of("outlet"), side_of("speaker"), side_of("country"))
    return table.with_columns(side=pl.coalesce(*found, own))


def _reason(table: pl.DataFrame, study: Study) -> pl.Expr:
    """Why a document is left out, the first reason that holds; null for those that stay."""
    near = {outlet: _near(outlet, study) for outlet in table.filter(pl.col("side").is_null())["edition"].unique()}
    said = pl.col("edition").replace_strict(near, default="on no side", return_dtype=pl.String)
    rules = [(pl.col("side").is_null(), said)]
    if study.between is not None:
        first, last = study.between
        ends = [_last_day(day, precision) for day, precision in table.select("date", "date_precision").iter_rows()]
        outside = (pl.col("date") > last) | (pl.Series(ends, dtype=pl.Date) < first)
        rules += [(pl.col("date").is_null(), pl.lit("no date")), (outside, pl.lit(f"outside {first} to {last}"))]
    if study.query is not None:
        rules.append((pl.lit(~_matches(table, study.query)), pl.lit("does not match the query")))
    rules.append((pl.col("n_words") < FEWEST_WORDS, pl.lit(f"under {FEWEST_WORDS} words")))
    elsewhere = pl.col("part") != pl.col("part").first().over("outlet", "text_key")
    rules.append((elsewhere, pl.lit("the same text is in another part")))
    return pl.coalesce(pl.when(holds).then(reason) for holds, reason in rules)


def _last_day(day: datetime.date | None, precision: str | None) -> datetime.date | None:
    if day is None or precision not in ("month", "year"):
        return day
    return end_of(When(day, "month" if precision == "month" else "year"))


def _matches(table: pl.DataFrame, query: str) -> pl.Series:
    searched = pl.concat_str(pl.col("title").fill_null(""), pl.lit("\n"), "text")
    # An edge of a word beside letters beyond ASCII sends Polars' engine down its slow road (60 times slower on real
    # text with typographic quotation marks); for a query in ASCII letters the edge by ASCII letters says the same.
    quick = re.sub(r"(?<!\\)((?:\\\\)*)\\b", r"\1(?-u:\\b)", query) if query.isascii() else query
    try:
        return table.select(searched.str.contains(f"(?i:{quick})"))["title"]
    except pl.exceptions.PolarsError:
        # Polars' expressions know no look-around and no back-reference; Python's do, at a tenth of the speed.
        pattern = re.compile(query, re.IGNORECASE)
        texts = table.select(searched)["title"]
        return pl.Series([pattern.search(text) is not None for text in texts], dtype=pl.Boolean)


def _near(outlet: str, study: Study) -> str:
    """The reason for an outlet on no side, with the name it may have been meant to match."""
    members = [m for ms in (*study.sides.values(), *study.same_house.values()) for m in ms]
    plain = {m.casefold(): m for m in members}
    close = difflib.get_close_matches(outlet.casefold(), plain, n=1, cutoff=0.8)
    return f"on no side (is it {plain[close[0]]!r}, written otherwise?)" if close else "on no side"


def _left_out(table: pl.DataFrame, parts: list[Part], study: Study) -> pl.DataFrame:
    gone = table.filter(pl.col("reason").is_not_null())
    counted = [
        gone.group_by("reason", "part", pl.col("edition").alias("outlet")).agg(n_documents=pl.len().cast(pl.Int64))
    ]
    for part in parts:
        if part.parsed is not None and part.parsed.rejected.height:
            reasons = [_kind(reason, row) for reason, row in part.parsed.rejected.select("reason", "row").iter_rows()]
            tally = pl.DataFrame({"reason": reasons}).group_by("reason").agg(n_documents=pl.len().cast(pl.Int64))
            counted.append(tally.with_columns(part=pl.lit(part.name), outlet=pl.lit(None, dtype=pl.String)))
    present = {name for c in ("edition", "outlet", "speaker", "country") for name in table[c].unique() if name}
    absent = [(side, m) for side, members in study.sides.items() for m in members if m not in present]
    rows = [(f"listed on side {side}, but no document has it", None, member, 0) for side, member in absent]
    counted.append(pl.DataFrame(rows, schema=LEFT_OUT, orient="row"))
    whole = pl.concat([frame.select(*LEFT_OUT) for frame in counted])
    return whole.sort("n_documents", "reason", "part", "outlet", descending=[True, False, False, False])


def _kind(reason: str, row: int | None) -> str:
    """A rejected row's reason without what is particular to the row."""
    if row is None:
        return "a file that cannot be read"
    return re.split(r": | \(", reason, maxsplit=1)[0]


def _most(left_out: pl.DataFrame) -> list[tuple[str, int]]:
    tally = left_out.group_by("reason").agg(pl.col("n_documents").sum()).filter(pl.col("n_documents") > 0)
    return list(tally.sort("n_documents", descending=True).head(4).iter_rows())


def _parts(parts: list[Part]) -> pl.DataFrame:
    rows = [
        (
            part.name,
            "used" if part.parsed else "left out",
            part.parsed.table.height if part.parsed else 0,
            part.sha256,
            part.note,
            part.constructed,
        )
        for part in parts
    ]
    return pl.DataFrame(rows, schema=PARTS, orient="row")
