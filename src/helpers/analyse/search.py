"""Finding passages by meaning and by word, and reading one where it stood in its document."""

import datetime
from typing import Any

import numpy as np
import polars as pl

from helpers.encode import open_encoder
from helpers.encode.encoders import Encoder
from helpers.errors import InputError
from helpers.prepare.patterns import find_all
from helpers.results import result
from helpers.tables import need

WAYS = ("meaning", "word", "both")

FUSION = 60
"""Reciprocal rank fusion's constant (Cormack, Clarke and Buettcher 2009): two lists are joined by the sum
of 1 / (FUSION + rank)."""


@result
class Found:
    """Passages that answer a search, the best first.

    table    the passages' columns without `embedding`, and
        rank         1, 2, ... within the side where `each_side` was asked, else over all
        similarity   cosine to the text searched for, -1 to 1; null where meaning was not searched
        n_matches    how often the expression stands in it; null where words were not searched
    sides    side, n_passages searched, n_with_word (null where words were not searched)
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    text: str
    by: str
    encoder: str | None
    each_side: int | None


@result
class Place:
    """A passage where it stood: `before + passage + after` is the document's text.

    `passage` is empty where a whole document was asked for. `previous` and `next` are ids of the passages
    beside it, None at an end.
    table    the document's passages: id, position, start, end, voice, here
    """

    table: pl.DataFrame
    id: str
    before: str
    passage: str
    after: str
    title: str | None
    side: str | None
    outlet: str
    speaker: str | None
    date: datetime.date | None
    date_precision: str | None
    url: str | None
    constructed: bool
    previous: str | None
    next: str | None


def search(
    passages: pl.DataFrame,
    text: str,
    *,
    most: int = 10,
    by: str = "both",
    each_side: int | None = None,
    encoder: str | Encoder = "default",
) -> Found:
    """The passages nearest to `text`.

    `by`: meaning (cosine; needs column `embedding`, made by the same `encoder`), word (`text` as a regular
    expression of whole words, the most matches first), both (the two lists joined by rank; the meaning alone
    where there is no `embedding` or no match decides). `each_side`: so many of each side, in place of `most`
    over all. One document of each copy cluster is shown. Raises InputError where the text is empty, the
    expression bad, or the vectors are another encoder's."""
    if by not in WAYS:
        raise InputError("`by` of search", expected=", ".join(WAYS), found=repr(by))
    if not text.strip():
        raise InputError("nothing to search for", where="search", do="Give a word or a sentence.")
    need(passages, ["id", "document_id", "text", "side", "outlet"], where="passages", do="Run prepare first.")
    if by == "meaning":
        need(passages, ["embedding"], where="passages", do="Run encode first, or search by='word'.")
    meant = by != "word" and "embedding" in passages.columns
    opened = open_encoder(encoder) if meant and isinstance(encoder, str) else encoder
    columns: dict[str, Any] = {"similarity": None, "n_matches": None}
    if meant and not isinstance(opened, str):
        columns["similarity"] = _similarity(passages, text, opened)
    if by != "meaning":
        rows = find_all(passages["text"], text, where="search")["row"].to_numpy()
        columns["n_matches"] = np.bincount(rows, minlength=passages.height)
    scored = passages.drop("embedding", strict=False).with_columns(
        pl.lit(None, pl.Float64).alias("similarity")
        if columns["similarity"] is None
        else pl.Series("similarity", columns["similarity"], dtype=pl.Float64),
        pl.lit(None, pl.Int64).alias("n_matches")
        if columns["n_matches"] is None
        else pl.Series("n_matches", columns["n_matches"], dtype=pl.Int64),
    )
    sides = scored.group_by("side").agg(
        n_passages=pl.len().cast(pl.Int64),
        n_with_word=pl.when(pl.col("n_matches").is_not_null().all()).then((pl.col("n_matches") > 0).sum()),
    )
    ranked = _one_of_each_copy(_ranked(scored))
    if each_side is not None:
        ranked = ranked.with_columns(rank=pl.int_range(1, pl.len() + 1).over("side")).sort("side", "rank")
        shown = ranked.filter(pl.col("rank") <= each_side)
    else:
        shown = ranked.with_columns(rank=pl.int_range(1, pl.len() + 1)).head(most)
    name = opened.name if meant and not isinstance(opened, str) else None
    return Found(shown, sides.sort("side"), text, by, name, each_side)


def read(documents: pl.DataFrame, id: str, *, passages: pl.DataFrame | None = None) -> Place:
    """The passage `id` in its document; or a whole document, where `id` is a document's.

    Raises InputError where there is none of that id, a passage is asked for without `passages`, or the
    documents are not those that the passages were cut from."""
    need(documents, ["id", "text", "outlet"], where="documents", do="Pass the corpus's table.")
    cut = None if passages is None else passages.filter(pl.col("id") == id)
    document_id = id if cut is None or cut.is_empty() else cut["document_id"][0]
    document = documents.filter(pl.col("id") == document_id)
    if document.is_empty():
        raise InputError(
            f"no document or passage {id!r}",
            where="read",
            do="Give passages= as well to read a passage; ids stand in the column `id` of each table.",
        )
    labels: dict[str, Any] = document.row(0, named=True)
    text = labels["text"]
    start, end = (len(text), len(text)) if cut is None or cut.is_empty() else (cut["start"][0], cut["end"][0])
    if cut is not None and not cut.is_empty() and text[start:end] != cut["text"][0]:
        raise InputError(
            f"the text of document {document_id!r} is not the one that passage {id!r} was cut from",
            where="read",
            do="Cut the passages anew: passages = prepare(documents).",
        )
    columns = ("id", "position", "start", "end", "voice")
    around = pl.DataFrame(schema=dict.fromkeys(columns)) if passages is None else (
        passages.filter(pl.col("document_id") == document_id).select(columns).sort("position")
    )  # fmt: skip
    ids = around["id"].to_list()
    at = ids.index(id) if id in ids else None
    return Place(
        table=around.with_columns(here=pl.col("id") == id),
        id=id,
        before=text[:start],
        passage=text[start:end],
        after=text[end:],
        outlet=labels["outlet"],
        constructed=bool(labels.get("constructed")),
        previous=ids[at - 1] if at else None,
        next=ids[at + 1] if at is not None and at + 1 < len(ids) else None,
        **{name: labels.get(name) for name in ("title", "side", "speaker", "date", "date_precision", "url")},
    )


def _similarity(passages: pl.DataFrame, text: str, encoder: Encoder) -> np.ndarray:
    kind = passages.schema["embedding"]
    width = kind.shape[0] if isinstance(kind, pl.Array) else None
    if width != encoder.dimension:
        raise InputError(
            "the passages' vectors are not this encoder's",
            where="search",
            expected=f"{encoder.dimension} dimensions of {encoder.name!r}",
            found=f"{width}",
            do="Pass the encoder that encode() was given.",
        )
    return passages["embedding"].to_numpy() @ encoder.encode([text])[0]


def _ranked(scored: pl.DataFrame) -> pl.DataFrame:
    """The passages that were found at all, the best first."""
    ways = []
    if scored["similarity"].null_count() == 0:
        ways.append(pl.col("similarity").rank("ordinal", descending=True))
    if scored["n_matches"].null_count() == 0 and (scored["n_matches"].sum() or not ways):
        matches = pl.col("n_matches")
        if not ways:
            scored = scored.filter(matches > 0)
        place = pl.when(matches > 0).then(matches.rank("min", descending=True))
        ways.append(place)
    score = pl.sum_horizontal([(1 / (FUSION + way)).fill_null(0) for way in ways])
    return scored.sort("id").with_columns(_score=score).sort("_score", "id", descending=[True, False]).drop("_score")


def _one_of_each_copy(ranked: pl.DataFrame) -> pl.DataFrame:
    if "copy_cluster" not in ranked.columns:
        return ranked
    first = pl.col("document_id").first().over("copy_cluster", "side")
    return ranked.filter(pl.col("copy_cluster").is_null() | (pl.col("document_id") == first))
