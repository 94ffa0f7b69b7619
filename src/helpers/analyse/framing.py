"""How each side frames a term: the frames of the passages that use it, and what of that goes with the term itself.

A side that carries a frame in whatever it writes carries it beside any term, and its register moves every score. So
the passages with the term are compared twice: between the sides, as all passages are in helpers.analyse.frames; and
each document with itself, the mean score of its passages with the term less that of its passages without it (a paired
difference), from which drops out what a side, an outlet or an author always does.
"""

from dataclasses import replace

import polars as pl

from helpers.analyse.contrasts import Contrasts, compare
from helpers.analyse.frames import Frames, control_floors
from helpers.analyse.units import in_scope, units
from helpers.errors import InputError
from helpers.prepare.patterns import find_all
from helpers.results import result
from helpers.sides import side_name

FEWEST = 10
"""Documents of a side that must use the term, before the side is compared."""


@result
class Framing:
    """The frames of a term.

    sides   one row per side: side, n_using (documents with the term), n_passages (with the term), n_paired (documents
            that have passages without it too), asked, said (why not)
    frames  the scores of the passages with the term, of the sides that can be asked, with their contrasts and the
            floors that the control frames set among them; None where fewer than two sides can be asked
    pairs   contrasts of the paired differences between those sides; None where fewer than two have any
    table   one row per (frame, side) of `pairs`: label, control, side, mean (standard deviations of documents, outlets
            weighing the same; > 0: the passages with the term carry more of it than the rest of the same documents),
            low, high (95 %, over documents of these outlets), n_documents, n_passages (with the term)
    floors  of the pairs: "side|other" -> largest difference on a control frame, with which no term has reason to go
    """

    sides: pl.DataFrame
    frames: Frames | None
    pairs: Contrasts | None
    table: pl.DataFrame
    floors: dict[str, float]
    term: str
    pattern: str


def framing(scored: Frames, term: str, pattern: str) -> Framing:
    """Compares the sides on the passages with `pattern` (whole words, any case), in the voice and with the copies that
    `frames` had. `term` is its name in what is shown.

    Raises InputError where the expression is bad or no passage is in that voice."""
    kept = in_scope(scored.passages.drop("embedding", strict=False), voice=scored.voice, copies=scored.copies)
    kept = kept.drop_nulls("side")
    if kept.is_empty():
        raise InputError(f"no passage in voice {scored.voice!r}", where="framing", do="Use voice 'all'.")
    columns = scored.codebook.columns(control=False) + scored.codebook.columns(control=True)
    using, rest = _parts(kept, columns, pattern)
    paired = using.join(rest, on="document_id").with_columns(pl.col(c) - pl.col(f"_{c}") for c in columns)
    sides = _sides(kept, using, paired, term)
    asked = sides.filter("asked").select("side")
    levels = _compared(using.join(asked, on="side", how="semi"), columns, scored, "score")
    pairs = _compared(paired.join(asked, on="side", how="semi"), columns, scored, "score with the term less without it")
    frames = None
    if levels is not None:
        floors = control_floors(levels, scored.codebook)
        frames = replace(scored, passages=using, contrasts=levels, floors=floors)  # type: ignore[type-var]
    floors = {} if pairs is None else control_floors(pairs, scored.codebook)
    return Framing(sides, frames, pairs, _table(pairs, scored), floors, term, pattern)


def _parts(kept: pl.DataFrame, columns: list[str], pattern: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The passages with the term; and for each document the mean scores (_<column>) of those without it."""
    rows = find_all(kept["text"], pattern)["row"].unique()
    has = pl.Series("has", range(kept.height)).is_in(rows.implode())
    rest = kept.filter(~has).group_by("document_id").agg(pl.col(c).mean().alias(f"_{c}") for c in columns)
    return kept.filter(has).sort("id"), rest


def _compared(passages: pl.DataFrame, columns: list[str], scored: Frames, unit: str) -> Contrasts | None:
    if passages["side"].n_unique() < 2:
        return None
    table = units(passages, columns, voice="all", copies=scored.copies)
    return compare(table, columns, unit=unit, seed=scored.seed)


def _sides(kept: pl.DataFrame, using: pl.DataFrame, paired: pl.DataFrame, term: str) -> pl.DataFrame:
    documents = pl.col("document_id").n_unique().cast(pl.Int64)
    counted = (
        kept.group_by("side")
        .agg(_all=documents)
        .join(using.group_by("side").agg(n_using=documents, n_passages=pl.len().cast(pl.Int64)), on="side", how="left")
        .join(paired.group_by("side").agg(n_paired=documents), on="side", how="left")
        .with_columns(pl.col("n_using", "n_passages", "n_paired").fill_null(0))
    )
    name = pl.col("side").map_elements(side_name, return_dtype=pl.String)
    few = pl.format(
        f"The framing of {{}} in {{}} cannot be asked of this corpus: {{}} of {{}} documents have it, {FEWEST} are "
        "needed.",
        pl.lit(term), name, "n_using", "_all",
    )  # fmt: skip
    asked = pl.col("n_using") >= FEWEST
    return counted.with_columns(asked=asked, said=pl.when(~asked).then(few)).drop("_all").sort("side")


def _table(pairs: Contrasts | None, scored: Frames) -> pl.DataFrame:
    """Each side's mean in the standard deviation of its documents, averaged over the sides."""
    schema = {"label": pl.String, "control": pl.Boolean, "side": pl.String, "mean": pl.Float64, "low": pl.Float64,
              "high": pl.Float64, "n_documents": pl.Int64, "n_passages": pl.Int64}  # fmt: skip
    if pairs is None:
        return pl.DataFrame(schema=schema)
    spread = pl.col("sd").mean().over("value")
    return pairs.sides.select(
        pl.col("value").replace_strict(scored.codebook.labels()).alias("label"),
        pl.col("value").is_in(scored.codebook.columns(control=True)).alias("control"),
        "side",
        *(pl.when(spread > 0).then(pl.col(name) / spread).alias(name) for name in ("mean", "low", "high")),
        pl.col("n_documents", "n_passages").cast(pl.Int64),
    )
