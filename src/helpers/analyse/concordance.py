"""Concordance: every place where an expression stands, with the words around it (KWIC)."""

import re

import polars as pl

from helpers.errors import InputError
from helpers.prepare.patterns import find_all
from helpers.results import result
from helpers.tables import need

_CONTEXT = ("left", "match", "right")
SORTS = ("right", "left", "side")
_LABELS = ("side", "outlet", "speaker", "date", "date_precision", "title", "url", "voice", "constructed")


@result
class Concordance:
    """The lines on which an expression stands.

    table    one row per line, sorted as asked:
        left, match, right     up to `width` words before and after, within the passage
        side, outlet, date, voice, ... of the passage
        document_id, id        document and passage
        start, end             offsets of the match into the document's text, characters
    sides    side, n_lines, n_passages, n_documents: of all lines, also those not in `table`
    n_found  how many lines there are; `table` has at most `most` of them
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    n_found: int
    pattern: str
    width: int
    sort: str


def concordance(
    passages: pl.DataFrame, pattern: str, *, width: int = 8, sort: str = "right", most: int = 500
) -> Concordance:
    """Lines of `pattern`, a word or a regular expression that matches whole words in any case.

    `sort`: right (by the words after it), left (by the words before it, the nearest first), side (by side,
    date and outlet). Of more than `most` lines, as many of each side as there is room for are taken, evenly
    over the corpus. Both voices are searched; the column `voice` tells them apart. Raises InputError
    where the expression is bad or never ends, or a setting is unknown."""
    if sort not in SORTS:
        raise InputError("`sort` of a concordance", expected=", ".join(SORTS), found=repr(sort))
    if width < 1 or most < 1:
        raise InputError("`width` and `most` of a concordance", expected="1 or more", found=f"{width} and {most}")
    columns = ["id", "document_id", "text", "start", "side", "outlet"]
    need(passages, columns, where="passages", do="Run prepare first.")
    found = find_all(passages["text"], pattern)
    labels = [name for name in _LABELS if name in passages.columns]
    there = passages.select("id", "document_id", "text", pl.col("start").alias("_start"), *labels)
    lines = there[found["row"]].hstack(found.select("start", "end")).sort("side", "id", "start", nulls_last=True)
    sides = lines.group_by("side").agg(
        n_lines=pl.len().cast(pl.Int64),
        n_passages=pl.col("id").n_unique().cast(pl.Int64),
        n_documents=pl.col("document_id").n_unique().cast(pl.Int64),
    )
    shown = _spread(lines, most) if lines.height > most else lines
    return Concordance(_sorted(_lines(shown, width), sort), sides.sort("side"), lines.height, pattern, width, sort)


def _lines(found: pl.DataFrame, width: int) -> pl.DataFrame:
    left, match, right = [], [], []
    for text, start, end in found.select("text", "start", "end").iter_rows():
        left.append(_words(text[:start], width, last=True))
        match.append(text[start:end])
        right.append(_words(text[end:], width, last=False))
    made = pl.DataFrame({"left": left, "match": match, "right": right}, schema=dict.fromkeys(_CONTEXT, pl.String))
    offsets = found.select((pl.col("_start") + pl.col(name)).alias(name) for name in ("start", "end"))
    labels = found.drop("text", "_start", "start", "end", "id", "document_id")
    return pl.concat([made, labels, found.select("document_id", "id"), offsets], how="horizontal")


def _words(text: str, width: int, *, last: bool) -> str:
    """The last or first `width` words, spaces made one; of a script without spaces twice as many characters."""
    words = text.split()
    if sum("\u3040" <= c <= "\u9fff" for c in text) > len(text) / 3:
        squeezed = " ".join(words)
        return squeezed[-2 * width :] if last else squeezed[: 2 * width]
    return " ".join(words[-width:] if last else words[:width])


def _spread(lines: pl.DataFrame, most: int) -> pl.DataFrame:
    """`most` lines: each side gets an equal share, what one does not need goes to the others; within a
    side evenly spaced over its lines, which are in the order of documents."""
    counts = lines.group_by("side").len().sort("len", "side")
    room, parts = most, []
    for position, (side, n) in enumerate(counts.iter_rows()):
        take = min(n, -(-room // (counts.height - position)) if position + 1 < counts.height else room)
        chosen = [k * n // take for k in range(take)]
        parts.append(lines.filter(pl.col("side").eq_missing(side))[chosen])
        room -= take
    return pl.concat(parts)


def _sorted(lines: pl.DataFrame, sort: str) -> pl.DataFrame:
    tie = [name for name in ("side", "date", "outlet", "id", "start") if name in lines.columns]
    if sort == "side":
        return lines.sort(tie, nulls_last=True)
    key = pl.col(sort).map_elements(lambda text: _key(text, backwards=sort == "left"), return_dtype=pl.String)
    return lines.with_columns(_key=key).sort("_key", *tie, nulls_last=True).drop("_key")


def _key(text: str, *, backwards: bool) -> str:
    """Words without punctuation, in lower case."""
    words = re.findall(r"\w+", text.lower())
    return " ".join(reversed(words) if backwards else words)
