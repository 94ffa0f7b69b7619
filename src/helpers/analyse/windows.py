"""A term's contexts: each place where it stands, with the words around it and the term itself masked.

The term is masked because a vector of the window would else hold the word as much as its use: every window of a
term would be near every other, and "global governance" would differ from "good governance" by its spelling.
"""

from bisect import bisect_left, bisect_right
from dataclasses import replace

import numpy as np
import polars as pl
import regex

from helpers.analyse.units import in_scope
from helpers.encode import Encoder, encode
from helpers.errors import InputError
from helpers.prepare.patterns import find_all
from helpers.results import result
from helpers.tables import need

WORDS = 20
"""On each side of the term: about the sentence that it stands in and the nearer half of its neighbours. The encoders
were made for sentences; six words, as is usual for averaged word vectors, are no sentence."""

MASK = "[…]"
"""What stands for the term: a mark of omission, the same in every language, with no word in it that has a meaning."""

_PIECE = regex.compile(r"[\u3040-\u9fff]{1,2}|[^\s\u3040-\u9fff]+")
"""A word, as far as windows go; of a script without spaces two characters."""
_LABELS = ("side", "outlet", "speaker", "country", "kind", "date", "date_precision", "title", "url", "language",
           "voice", "constructed", "copy_cluster", "copy_rank")  # fmt: skip


@result
class Windows:
    """Where a term stands, match by match.

    table    one row per match, sorted by passage and place:
        id                      passage's id @ number of the match in it
        passage_id, document_id
        text                    the window, every match of the term in it masked: what is encoded
        before, match, after    the same as it stood, for a reader
        start, end              of the window, offsets into the document's text, characters
        match_start, match_end  of the match, likewise
        side, outlet, date, ... of the passage
        embedding               of `text`
    sides    side, n_documents: all documents of each side in that voice, with the term or without
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    term: str
    pattern: str
    words: int
    mask: str
    encoder: str
    voice: str


def windows(
    passages: pl.DataFrame,
    term: str,
    pattern: str,
    *,
    words: int = WORDS,
    encoder: str | Encoder = "default",
    voice: str = "outlet",
) -> Windows:
    """The window of `words` words on each side of every match of `pattern`, within its passage, masked and encoded.

    `term` is the name shown. Vectors are kept in the cache by their text, so that a second call takes a second.
    A match with no word beside it has no context and no row. Raises InputError where the expression is bad or
    `words` is under 1."""
    if words < 1:
        raise InputError("`words` of a window", expected="1 or more", found=words)
    columns = ["id", "document_id", "text", "start", "side", "outlet"]
    need(passages, columns, where="passages", do="Run prepare first.")
    kept = in_scope(passages.drop("embedding", strict=False), voice=voice).drop_nulls("side").sort("id")
    found = find_all(kept["text"], pattern)
    table = _table(kept, found, words)
    sides = kept.group_by("side").agg(n_documents=pl.col("document_id").n_unique().cast(pl.Int64)).sort("side")
    name = encoder if isinstance(encoder, str) else encoder.name
    return Windows(encode(table, encoder=encoder), sides, term, pattern, words, MASK, name, voice)


def elsewhere(passages: pl.DataFrame, found: Windows, *, encoder: str | Encoder = "default", seed: int = 7) -> Windows:
    """Windows of the same documents from passages without the term, as many of each as it has with it: what the sides
    differ by wherever one looks, beside which what they differ by around the term has to be seen.

    A random word is masked in each, so that they look alike. Documents whose every passage has the term have none."""
    need(passages, ["id", "document_id", "text", "start", "side", "outlet"], where="passages", do="Run prepare first.")
    kept = in_scope(passages.drop("embedding", strict=False), voice=found.voice).drop_nulls("side").sort("id")
    without = ~pl.int_range(pl.len()).is_in(find_all(kept["text"], found.pattern)["row"].implode())
    wanted = found.table.group_by("document_id", "side").agg(n=pl.len())
    rng = np.random.default_rng(seed)
    free = kept.filter(without & pl.col("text").str.contains(r"\w")).join(wanted, on=["document_id", "side"])
    free = free.sort("id").with_columns(_draw=pl.Series(rng.random(free.height), dtype=pl.Float64))
    free = free.filter(pl.col("_draw").rank("ordinal").over("document_id", "side") <= pl.col("n")).drop("_draw", "n")
    at = []
    for row, text in enumerate(free["text"]):
        pieces = [piece.span() for piece in _PIECE.finditer(text)]
        at.append((row, *pieces[rng.integers(len(pieces))]))
    spots = pl.DataFrame(at, schema={"row": pl.UInt32, "start": pl.Int32, "end": pl.Int32}, orient="row")
    table = encode(_table(free, spots, found.words), encoder=encoder)
    return replace(found, table=table, term=f"other words where ‘{found.term}’ stands")


def _table(kept: pl.DataFrame, found: pl.DataFrame, words: int) -> pl.DataFrame:
    """Windows.table without vectors: the windows of the matches `found` (row, start, end) in the passages `kept`."""
    labels = [name for name in _LABELS if name in kept.columns]
    at = kept.select(pl.col("id").alias("passage_id"), "document_id", pl.col("start").alias("_offset"), *labels)
    cut = pl.concat([_cut(kept["text"], found, words), at[found["row"]]], how="horizontal")
    cut = cut.filter(pl.col("text").str.replace_all(MASK, "", literal=True).str.contains(r"\w"))
    number = pl.int_range(pl.len()).over("passage_id").cast(pl.String)
    offsets = [pl.col(name) + pl.col("_offset") for name in ("start", "end", "match_start", "match_end")]
    return cut.with_columns(*offsets, id=pl.concat_str("passage_id", pl.lit("@"), number)).select(
        "id", "passage_id", "document_id", "text", "before", "match", "after", "start", "end", "match_start",
        "match_end", *labels,
    )  # fmt: skip


def _cut(texts: pl.Series, found: pl.DataFrame, words: int) -> pl.DataFrame:
    """text, before, match, after, start, end, match_start, match_end: one row for each row of `found`; offsets into
    the passage."""
    made = []
    for (row,), part in found.group_by("row", maintain_order=True):
        text, matches = texts[int(row)], part.select("start", "end").rows()  # type: ignore[call-overload]
        pieces = [piece.span() for piece in _PIECE.finditer(text)]
        begins, ends = [first for first, _ in pieces], [last for _, last in pieces]
        for first, last in matches:
            left = max(bisect_right(ends, first) - words, 0)
            right = min(bisect_left(begins, last) - 1 + words, len(pieces) - 1)
            start, end = min(begins[left], first), max(ends[right], last)
            # An expression of several words is masked whole, or a part of it would tell what it was.
            start = min([start, *(a for a, b in matches if a < start < b)])
            end = max([end, *(b for a, b in matches if a < end < b)])
            made.append(
                (_masked(text, start, end, matches), text[start:first], text[first:last], text[last:end],
                 start, end, first, last)
            )  # fmt: skip
    names = ("text", "before", "match", "after")
    schema = dict.fromkeys(names, pl.String) | dict.fromkeys(("start", "end", "match_start", "match_end"), pl.Int32)
    return pl.DataFrame(made, schema=schema, orient="row")


def _masked(text: str, start: int, end: int, matches: list[tuple[int, int]]) -> str:
    made, last = [], start
    for a, b in matches:
        if a >= start and b <= end:
            made += [text[last:a], MASK]
            last = b
    return "".join(made) + text[last:end]
