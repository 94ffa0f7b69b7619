"""Passages as a class sees them, names taken out, as vectors: what is left for a classifier to guess the side by."""

from collections.abc import Iterable

import polars as pl

from helpers.encode import Encoder, encode
from helpers.seminar.masking import learn, mask_passages

MOST_MASKED = 1500
"""Passages on which a classifier guesses the side: more would take minutes to encode and tell the same."""


def masked_vectors(
    passages: pl.DataFrame, *, keep: Iterable[str] = (), encoder: str | Encoder = "default", seed: int = 7
) -> pl.DataFrame:
    """The passages named in `keep`, and others of every side alike up to MOST_MASKED in all, drawn at random: `text` is
    the masked text (helpers.seminar.masking; the mask is learned from all of `passages`), `embedding` that of it."""
    there, kept = passages.drop("embedding", strict=False).sort("id"), set(keep)
    own = pl.col("id").is_in(kept)
    fill = there.filter(~own).sample(fraction=1.0, shuffle=True, seed=seed)
    fill = fill.with_columns(_turn=pl.int_range(pl.len()).over("side")).sort("_turn", "id").drop("_turn")
    chosen = pl.concat([there.filter(own), fill.head(max(0, MOST_MASKED - len(kept)))])
    masked = mask_passages(chosen, learn(passages))
    return encode(masked.with_columns(text="masked").drop("masked"), encoder=encoder)
