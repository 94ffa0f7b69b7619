"""A class that never sat: codes and guesses made from what the writers of the teaching corpus planned, with errors.

It lets a seminar see, before it codes, what agreement, correction and refusal look like where the truth is known.
Everything made of it is constructed, as the corpus is; no study of real texts has it.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.errors import InputError
from helpers.paths import data_folder
from helpers.seminar.sample import Sample, population
from helpers.tables import need

CODERS, COMMON, OWN = 24, 40, 15
"""A seminar of 24 who read 55 passages each: two sessions."""


@dataclass(frozen=True)
class Errors:
    """How the constructed coders err, each a probability, whoever the coder and whichever the passage.

    misses   a passage that carries the frame is coded as if it did not
    sees     one that does not is coded as if it did
    unsure   no code is given
    right    the side is guessed right
    silent   no side is guessed
    """

    misses: float = 0.08
    sees: float = 0.01
    unsure: float = 0.02
    right: float = 0.6
    silent: float = 0.1


def constructed_codes(
    sample: Sample, passages: pl.DataFrame, *, errors: Errors | None = None, seed: int = 7
) -> pl.DataFrame:
    """Codes of the frames of a sample of the teaching corpus: coder, id, frame, code (1, 0, null). Leftovers of the
    scraper carry nothing."""
    errors = errors or Errors()
    asked = sample.table.select("coder", "id").join(pl.DataFrame({"frame": sample.design.frames}), how="cross")
    told = asked.join(gold(passages), on=["id", "frame"], how="left").sort("coder", "id", "frame")
    carries = told["gold"].fill_null(False).to_numpy()
    rng = np.random.default_rng(seed)
    code = rng.random(len(told)) < np.where(carries, 1 - errors.misses, errors.sees)
    made = told.with_columns(
        code=pl.Series(code.astype(np.int64)), _unsure=pl.Series(rng.random(len(told)) < errors.unsure)
    )
    return made.select("coder", "id", "frame", code=pl.when(~pl.col("_unsure")).then("code"))


def constructed_guesses(sample: Sample, *, errors: Errors | None = None, seed: int = 7) -> pl.DataFrame:
    """Guesses of the side: coder, id, guess (null: cannot tell); a wrong one is any of the other sides."""
    errors = errors or Errors()
    told = sample.table.select("coder", "id", "side").sort("coder", "id")
    names = sorted(told["side"].unique())
    rng = np.random.default_rng(seed)
    true = np.array([names.index(side) for side in told["side"]])
    other = (true + rng.integers(1, max(len(names), 2), len(told))) % len(names)
    guessed = np.where(rng.random(len(told)) < errors.right, true, other)
    silent = rng.random(len(told)) < errors.silent
    given = [None if mute else names[k] for k, mute in zip(guessed.tolist(), silent.tolist(), strict=True)]
    return told.select("coder", "id", guess=pl.Series(given, dtype=pl.String))


def gold_shares(passages: pl.DataFrame, *, voice: str = "outlet") -> pl.DataFrame:
    """One row per (frame, side): gold, the share (0-1) of the side's passages that were planned to carry the frame,
    outlets counting equally, documents within them, passages within these: what a correction estimates."""
    told, there = gold(passages), population(passages, voice=voice).select("id", "side", "weight")
    every = there.join(told.select("frame").unique(), how="cross").join(told, on=["id", "frame"], how="left")
    weighted = (pl.col("gold").fill_null(False).cast(pl.Float64) * pl.col("weight")).sum()
    return every.group_by("frame", "side").agg(gold=weighted).sort("frame", "side")


def gold(passages: pl.DataFrame) -> pl.DataFrame:
    """One row per (id, frame) of the teaching corpus: gold, whether a paragraph that the passage overlaps was planned
    to carry the frame. Leftovers of the scraper have no row.

    Raises InputError where a passage is not of the teaching corpus: no other has a gold."""
    need(passages, ["id", "document_id", "start", "end"], where="passages", do="Run prepare first.")
    told = pl.read_csv(data_folder() / "teaching" / "gold.csv")
    strangers = passages.join(told, on="document_id", how="anti")
    if len(strangers):
        raise InputError("only the teaching corpus has a known truth", where="constructed class",
                         found=strangers["document_id"][0], do="Use codes of a real class.")  # fmt: skip
    told = told.select("document_id", "frames", "junk", first="start", last="end")
    over = passages.select("id", "document_id", "start", "end").join(told, on="document_id")
    over = over.filter((pl.col("start") < pl.col("last")) & (pl.col("end") > pl.col("first")))
    names = sorted({name for held in told["frames"].drop_nulls() for name in held.split()})
    whole = over.group_by("id").agg(
        pl.col("frames").drop_nulls().str.join(" ").str.split(" "), junk=pl.col("junk").is_not_null().any()
    )
    each = whole.filter(~pl.col("junk")).join(pl.DataFrame({"frame": names}), how="cross")
    carried = pl.struct("frames", "frame").map_elements(lambda r: r["frame"] in r["frames"], return_dtype=pl.Boolean)
    return each.select("id", "frame", gold=carried).sort("id", "frame")
