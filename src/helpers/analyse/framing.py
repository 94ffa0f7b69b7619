"""How a term is framed: what its passages carry beyond the other passages of the same documents.

A side that carries a frame in whatever it writes carries it beside any term, and its register moves every score. So
each document is its own control: the mean score of its passages with the term, less that of its passages without it
(a paired difference). What a side, an outlet or an author always does drops out, and what is left goes with the term.
"""

import polars as pl

from helpers.analyse.contrasts import Contrasts, compare
from helpers.analyse.frames import Frames, control_floors
from helpers.analyse.units import in_scope, units
from helpers.codebook import Codebook
from helpers.errors import InputError
from helpers.prepare.patterns import find_all
from helpers.results import result

FEWEST = 10
"""Documents of a side that must have passages with the term and without it, before the side is compared."""


@result
class Framing:
    """What goes with a term, frame by frame and side by side.

    table     one row per (frame, side) of the sides that can be asked: frame (its column), label, control, mean
              (standard deviations of documents, outlets weighing the same; > 0: passages with the term carry more of it
              than the rest of the same documents), low, high (95 %, over documents of these outlets), n_documents,
              n_passages (with the term)
    sides     one row per side: side, n_using (documents with the term), n_documents (of these, with a passage without
              it too), n_passages (with the term, in those), asked, said (why not)
    contrasts of the paired differences between sides (helpers.analyse.contrasts), control frames included; None where
              fewer than two sides can be asked
    floors    "side|other" -> the largest difference on a control frame, with which no term has a reason to go
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    contrasts: Contrasts | None
    floors: dict[str, float]
    codebook: Codebook
    term: str
    pattern: str
    voice: str
    copies: str


def framing(scored: Frames, term: str, pattern: str) -> Framing:
    """The paired differences of `pattern` (whole words, any case) in the passages that `frames` has scored, in the
    voice and with the copies that it was given. `term` is its name in what is shown.

    Raises InputError where the expression is bad or no passage is in that voice."""
    kept = in_scope(scored.passages.drop("embedding", strict=False), voice=scored.voice, copies=scored.copies)
    kept = kept.drop_nulls("side")
    if kept.is_empty():
        raise InputError(f"no passage in voice {scored.voice!r}", where="framing", do="Use voice 'all'.")
    book = scored.codebook
    columns = book.columns(control=False) + book.columns(control=True)
    of_term, rest = _parts(kept, columns, pattern)
    paired = of_term.join(rest, on="document_id").with_columns(pl.col(c) - pl.col(f"_{c}") for c in columns)
    paired = paired.drop(f"_{c}" for c in columns)
    sides = _sides(kept, of_term, paired, term)
    asked = paired.join(sides.filter("asked").select("side"), on="side", how="semi")
    contrasts = None
    if asked["side"].n_unique() > 1:
        table = units(asked, columns, voice="all", copies=scored.copies)
        contrasts = compare(table, columns, unit="score with the term less score without it", seed=scored.seed)
    floors = {} if contrasts is None else control_floors(contrasts, book)
    return Framing(_table(contrasts, book), sides, contrasts, floors, book, term, pattern, scored.voice, scored.copies)


def _parts(kept: pl.DataFrame, columns: list[str], pattern: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The passages with the term; and for each document the mean scores (_<column>) of those without it."""
    rows = find_all(kept["text"], pattern)["row"].unique()
    has = pl.Series("has", range(kept.height)).is_in(rows.implode())
    rest = kept.filter(~has).group_by("document_id").agg(pl.col(c).mean().alias(f"_{c}") for c in columns)
    return kept.filter(has).sort("id"), rest


def _sides(kept: pl.DataFrame, of_term: pl.DataFrame, paired: pl.DataFrame, term: str) -> pl.DataFrame:
    documents = pl.col("document_id").n_unique().cast(pl.Int64)
    pairs = paired.group_by("side").agg(n_documents=documents, n_passages=pl.len().cast(pl.Int64))
    counted = (
        kept.select("side")
        .unique()
        .join(of_term.group_by("side").agg(n_using=documents), on="side", how="left")
        .join(pairs, on="side", how="left")
        .with_columns(pl.col("n_using", "n_documents", "n_passages").fill_null(0))
    )
    few = pl.format(
        f"How this side frames {{}} cannot be asked of this corpus: {{}} documents have passages with it and without "
        f"it, {FEWEST} are needed.",
        pl.lit(term), "n_documents",
    )  # fmt: skip
    asked = pl.col("n_documents") >= FEWEST
    return counted.with_columns(asked=asked, said=pl.when(~asked).then(few)).sort("side")


def _table(contrasts: Contrasts | None, book: Codebook) -> pl.DataFrame:
    """Each side's mean in the standard deviation of its documents, averaged over the sides."""
    schema = {"frame": pl.String, "label": pl.String, "control": pl.Boolean, "side": pl.String, "mean": pl.Float64,
              "low": pl.Float64, "high": pl.Float64, "n_documents": pl.Int64, "n_passages": pl.Int64}  # fmt: skip
    if contrasts is None:
        return pl.DataFrame(schema=schema)
    controls = book.columns(control=True)
    spread = pl.col("sd").mean().over("value")
    return contrasts.sides.select(
        pl.col("value").alias("frame"),
        pl.col("value").replace_strict(book.labels()).alias("label"),
        pl.col("value").is_in(controls).alias("control"),
        "side",
        *(pl.when(spread > 0).then(pl.col(name) / spread).alias(name) for name in ("mean", "low", "high")),
        pl.col("n_documents").cast(pl.Int64),
        pl.col("n_passages").cast(pl.Int64),
    )
