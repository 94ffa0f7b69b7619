"""Which share of its passages each side gives to which theme.

A share of passages says what a side writes about, and not how. Themes carry house style as well as
subjects, so that a difference is one of these themes first.
"""

from typing import Protocol

import polars as pl

from helpers.analyse.contrasts import Contrasts, compare
from helpers.analyse.units import units
from helpers.errors import InputError
from helpers.tables import need

UNASSIGNED = "unassigned"
"""The value for passages that belong to no theme: a part of the whole like the others."""


class Themed(Protocol):
    """What composition needs of themes: helpers.analyse.themes.Themes has it.

    passages  with side, outlet, document_id, voice and theme (null: none)
    table     one row per theme: theme, label
    """

    @property
    def passages(self) -> pl.DataFrame:
        """The passages with their theme."""

    @property
    def table(self) -> pl.DataFrame:
        """The themes with their labels."""


def composition(themes: Themed, *, voice: str = "outlet", copies: str = "one", seed: int = 7) -> Contrasts:
    """Sides compared on the share (0-1) of passages in each theme, unassigned ones being a theme of their own.

    A document's shares are over its own passages, and documents (copies of one text together) count
    the same; the shares of a side sum to one. Values are `theme_1`, `theme_2`, ... and `unassigned`, named
    in words by `measures`. `voice` and `copies` as in helpers.analyse.units. Raises InputError without
    themes, or where fewer than two sides are there."""
    need(themes.passages, ["theme"], where="composition", do="Run themes(passages) first.")
    numbers = themes.table["theme"].to_list()
    if not numbers:
        raise InputError("no theme", where="composition", do="Run themes(passages) on more passages.")
    one_hot = [pl.col("theme").eq_missing(number).cast(pl.Float64).alias(value_of(number)) for number in numbers]
    rest = pl.col("theme").is_in(numbers).fill_null(False).not_().cast(pl.Float64).alias(UNASSIGNED)
    marked = themes.passages.with_columns(*one_hot, rest)
    values = [*(value_of(number) for number in numbers), UNASSIGNED]
    return compare(units(marked, values, voice=voice, copies=copies), values, unit="share", seed=seed)


def value_of(theme: int) -> str:
    """The name of a theme's share among the values: `theme_1`."""
    return f"theme_{theme}"


def measures(themes: Themed) -> dict[str, str]:
    """Value -> the label of its theme, for claims.Wording (whose unit is points, for shares)."""
    named = {value_of(n): label or f"number {n}" for n, label in themes.table.select("theme", "label").rows()}
    return {**named, UNASSIGNED: UNASSIGNED}
