"""A class that never sat: codes and guesses made from what the writers of the teaching corpus planned, with stated errors.

It lets a seminar see, before it codes, what agreement, correction and refusal look like where the truth is known.
Everything made of it is constructed, as the corpus is; no study of real texts has it.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.errors import InputError
from helpers.paths import data_folder
from helpers.seminar.sample import Sample
from helpers.tables import need


@dataclass(frozen=True)
class Errors:
    """How the constructed coders err, each a probability.

    misses   a passage that carries the frame is coded as if it did not
    sees     one that does not is coded as if it did
    unsure   no code is given
    strange  share of coders with twice these errors
    guesses  a guess of the side is right
    """

    misses: float = 0.08
    sees: float = 0.02
    unsure: float = 0.02
    strange: float = 0.0
    guesses: float = 0.6


def gold(passages: pl.DataFrame) -> pl.DataFrame:
    """One row per (id, frame) of the teaching corpus: gold, whether a paragraph that the passage overlaps was planned to
    carry the frame. Leftovers of the scraper have no row.

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
