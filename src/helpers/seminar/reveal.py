"""What a class did, once the names may be said: who coded and guessed what, and what was said of each passage."""

import polars as pl

from helpers.results import result
from helpers.seminar.codes import Returned
from helpers.tables import need


@result
class Read:
    """What a class read and said.

    coders    one row per coder that sent a file: coder, n_coded (passages with a code), n_codes, n_unsure, n_guesses,
              n_right (guesses of the true side), right (0-1; null without a guess), minutes (sum over passages)
    passages  one row per passage that somebody coded or guessed, those that most coders read first, then by how much
              they differ: the columns of the sample (text, side, outlet, date, url, ...), n_coders, differ (0-1,
              largest share of pairs of codes of one frame that differ), n_guesses, n_right
    codes     one row per (id, frame): n_yes, n_no, n_unsure
    guesses   one row per (id, guess): n; guess null: cannot tell
    """

    coders: pl.DataFrame
    passages: pl.DataFrame
    codes: pl.DataFrame
    guesses: pl.DataFrame


def read_by_class(returned: Returned, sample: pl.DataFrame) -> Read:
    """`sample`: the passages that were drawn, with their labels (sample.parquet)."""
    need(sample, ["id", "text", "side", "outlet"], where="sample", do="Take the one that `seminar sheet` wrote.")
    true = sample.select("id", "side")
    guessed = returned.guesses.join(true, on="id").with_columns(
        right=(pl.col("guess") == pl.col("side")).fill_null(False)
    )
    yes, no, unsure = ((pl.col("code") == 1).sum(), (pl.col("code") == 0).sum(), pl.col("code").is_null().sum())
    codes = returned.codes.group_by("id", "frame").agg(n_yes=yes, n_no=no, n_unsure=unsure).sort("id", "frame")
    n = pl.col("n_yes") + pl.col("n_no")
    differ = pl.when(n > 1).then(2 * pl.col("n_yes") * pl.col("n_no") / (n * (n - 1))).otherwise(0.0)
    of_passage = codes.group_by("id").agg(differ=differ.max())
    readers = pl.concat([returned.codes.select("coder", "id"), returned.guesses.select("coder", "id")]).unique()
    of_guess = guessed.group_by("id").agg(n_guesses=pl.len(), n_right=pl.col("right").sum())
    passages = (
        sample.join(readers.group_by("id").agg(n_coders=pl.len()), on="id")
        .join(of_passage, on="id", how="left")
        .join(of_guess, on="id", how="left")
        .with_columns(pl.col("differ", "n_guesses", "n_right").fill_null(0))
        .sort("n_coders", "differ", "id", descending=[True, True, False])
    )
    return Read(
        _coders(returned, guessed), passages, codes,
        guessed.group_by("id", "guess").agg(n=pl.len()).sort("id", "n", "guess", descending=[False, True, False]),
    )  # fmt: skip


def _coders(returned: Returned, guessed: pl.DataFrame) -> pl.DataFrame:
    both = pl.concat(
        [returned.codes.select("coder", "id", "seconds"), returned.guesses.select("coder", "id", "seconds")]
    )
    minutes = both.unique(["coder", "id"]).group_by("coder").agg(minutes=pl.col("seconds").sum() / 60)
    coded = returned.codes.group_by("coder").agg(
        n_coded=pl.col("id").n_unique(),
        n_codes=pl.col("code").is_not_null().sum(),
        n_unsure=pl.col("code").is_null().sum(),
    )
    told = guessed.group_by("coder").agg(n_guesses=pl.len(), n_right=pl.col("right").sum())
    made = minutes.join(coded, on="coder", how="left").join(told, on="coder", how="left")
    counts = ["n_coded", "n_codes", "n_unsure", "n_guesses", "n_right"]
    made = made.with_columns(pl.col(counts).fill_null(0).cast(pl.Int64))
    right = pl.when(pl.col("n_guesses") > 0).then(pl.col("n_right") / pl.col("n_guesses"))
    order = pl.col("coder").str.len_chars()
    return made.with_columns(right=right).sort(order, "coder").select("coder", *counts, "right", "minutes")
