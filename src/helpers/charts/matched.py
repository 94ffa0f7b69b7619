"""Pairs of passages side by side: how two sides present the same thing."""

import polars as pl
from IPython.display import HTML

from helpers import html
from helpers.analyse.matched import CALIPER, Matched
from helpers.phrases import count
from helpers.results import shows
from helpers.sides import looks, side_name

MOST = 6
SHOWN = ("score", "id", "characters")


def pairs(found: Matched, *, most: int = MOST) -> HTML:
    """The first `most` pairs, one side left, the other right; below each other on a narrow screen."""
    return HTML(html.cell(_pairs(found, most)))


def _pairs(found: Matched, most: int) -> str:
    made = [_pair(row) for row in found.table.head(most).iter_slices(1)]
    rest = len(found.table) - len(made)
    more = f'<p class="more">{count(rest, "more pair")}</p>' if rest > 0 else ""
    return f"{_said(found)}{''.join(made)}{more}"


def _pair(row: pl.DataFrame) -> str:
    about = row.row(0, named=True)
    higher = about["side"] if about["difference"] > 0 else about["other_side"]
    marks = looks([about["side"], about["other_side"]])
    theme = html.escape(about["label"] or f"theme {about['theme']}")
    size = html.number(abs(about["difference"]), decimals=1)
    alike = html.number(about["similarity"])
    line = f"{theme} · similarity {alike} · {size} standard deviations higher: {html.chip(marks[higher])}"
    sides = []
    for prefix in ("", "other_"):
        own = [name for name in row.columns if f"other_{name}" in row.columns]
        passage = row.select(pl.col(f"{prefix}{name}").alias(name) for name in own)
        passage = passage.with_columns(characters=pl.format("{}–{}", "start", "end"))
        sides.append(html.passages(passage, sides=(about["side"], about["other_side"]), show=SHOWN))
    return f'<p class="heading">{about["pair"]}</p><p class="faint">{line}</p><div class="pair">{"".join(sides)}</div>'


def _said(found: Matched) -> str:
    """How the pairs were found, and what they are not."""
    between = f"{side_name(found.side)} and {side_name(found.other)}"
    if found.table.is_empty():
        said = f"No passages of {between} within one theme are near enough to be a pair."
    else:
        said = (
            f"{count(len(found.table), 'pair')} of {between}. They are each other’s nearest within a theme "
            f"and more alike (cosine {found.caliper:.2f} and more, the score’s own direction left out) than "
            f"{100 * CALIPER:g} % of the {found.n_possible:,} pairs that they could make within their themes. "
            "A document stands in one pair. The largest differences of the score come first, outlets and directions "
            "by turns: they are chosen for their difference, and do not show how large it is on the whole."
        )
    same = f" {count(found.n_same, 'pair')} of nearly the same words are left out." if found.n_same else ""
    return f'<p class="notes">{html.escape(said + same)}</p>'


@shows(Matched)
def _matched(found: Matched) -> str:
    columns = ("pair", "label", "similarity", "difference", "outlet", "id", "score")
    numbers = found.table.select(*columns, *(f"other_{name}" for name in columns[-3:]))
    return html.cell(_pairs(found, MOST) + html.folded(numbers))
