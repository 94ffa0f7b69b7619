"""One theme's share over a grid of defensible choices: would another careful person have found the difference too?

Another number of themes, or vectors without the outlets' style, make other themes. Each specification is of that theme
of its own which has most passages in common with the one that is asked about, and says how much that is: where it is
little, the theme itself hangs on the choice, and so does whatever is said of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl

from helpers.analyse.composition import value_of
from helpers.analyse.erasure import without_sources
from helpers.analyse.robustness import Counting, Robustness, counted, over_counting, summed, telling
from helpers.analyse.themes import Themes, membership
from helpers.errors import InputError
from helpers.progress import steps
from helpers.study import Study
from helpers.tables import need

LEFT, ERASED = "left in", "erased"
RUNS = 150
"""Runs of k-means that vote in a specification: a quarter of what few passages are given on their own page. What the
fewer votes change is part of what the grid shows."""
STEP = 1 / 3
"""How far the other numbers of themes lie from the study's own, as a part of it."""


@dataclass(frozen=True)
class ThemeGrid(Counting):
    """What may be chosen of themes beside how documents are counted; the first of each is what the study has chosen.

    count     numbers of themes; None: the study's own only
    style     whether the outlets' style is LEFT in the vectors or ERASED from them
    """

    count: Sequence[int] | None = None
    style: Sequence[str] = (LEFT, ERASED)


def usual_themes(study: Study, found: Themes, *, anew: bool = True) -> ThemeGrid:
    """The grid of a study: its own choices first, then the others. `anew`: also other themes, a third fewer and a third
    more of them, from vectors with and without style, which have to be made."""
    own = len(found.table)
    others = (own, max(2, round(own * (1 - STEP))), round(own * (1 + STEP)))
    voice, copies = counted(study)
    style = (LEFT, ERASED) if anew else (LEFT,)
    return ThemeGrid(voice=voice, copies=copies, count=others if anew else None, style=style)


def theme_robustness(
    passages: pl.DataFrame,
    found: Themes,
    value: str,
    *,
    sides: tuple[str, str],
    grid: ThemeGrid | None = None,
    seed: int = 7,
) -> Robustness:
    """The difference between two sides in the share of their passages that belong to a theme, under every combination
    of choices.

    `passages` with embedding, of which `found` are the themes; `value`: the theme's, as composition names it. The table
    of what is returned has `overlap` besides (Jaccard, 0-1, of the passages of the specification's theme and of the one
    asked about). There is no floor: no theme is known on which sides do not differ. Raises InputError where there is no
    such theme, or a side has no document under some choice."""
    need(passages, ["id", "embedding", "side", "copy_cluster"], where="passages", do="Run encode(passages) first.")
    labels = {value_of(number): (number, label) for number, label in found.table.select("theme", "label").iter_rows()}
    if value not in labels:
        raise InputError("no such theme", where="theme_robustness", expected=", ".join(labels), found=value)
    theme, label = labels[value]
    grid = telling(grid or ThemeGrid(), passages.filter(pl.col("side").is_in(sides)))
    asked = passages.select("id").join(found.passages.select("id", "theme"), on="id", how="left", maintain_order="left")
    is_of = asked["theme"].eq_missing(pl.Series([theme], dtype=pl.Int32)).to_numpy()
    vectors = {style: passages if style == LEFT else without_sources(passages, found) for style in grid.style}
    plain = passages.drop("embedding")
    sets = list(product(grid.count or (len(found.table),), grid.style))
    rows: list[dict] = []
    for number, style in steps(sets, total=len(sets), name="choices"):
        first = not rows
        member = is_of if first else _nearest(membership(vectors[style], count=number, runs=RUNS, seed=seed), is_of)
        overlap = float((member & is_of).sum() / max((member | is_of).sum(), 1))
        marked = plain.with_columns(share=pl.Series(member.astype(np.float64)))
        given = {"themes": str(number), "style": style}
        for counted_so, (made,) in over_counting(marked, ["share"], sides, grid=grid, seed=seed):
            rows.append(given | counted_so | made | {"floor": None, "overlap": overlap})
    return summed(rows, value=value, label=label, sides=sides, seed=seed)


def _nearest(themes: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """(n,) whether a passage is in the one of `themes` (0: none) that overlaps most with `asked`."""
    numbers = np.unique(themes[themes > 0])
    overlaps = [((themes == k) & asked).sum() / max(((themes == k) | asked).sum(), 1) for k in numbers]
    return themes == numbers[int(np.argmax(overlaps))]
