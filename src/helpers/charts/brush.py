"""From a picture back to the table: the passages inside a box drawn over a chart, to read and to take along.

The box is live in JupyterLab alone. Draw the figure in one cell, drag a box over it, run the next:

    drawn = charts.themes.map(clusters)
    brushed = charts.brush.inside(drawn, clusters.passages)
    charts.brush.to_csv(brushed, "brushed.csv")
"""

from pathlib import Path

import polars as pl
from IPython.display import HTML

from helpers import html
from helpers.charts.base import Figure, reporting
from helpers.errors import InputError
from helpers.phrases import count
from helpers.results import result, shows
from helpers.sides import readable
from helpers.tables import need

SHOWN = 12
"""Passages shown of those in a box; the table and the file hold all."""
ONLY_LIVE = (
    "Chosen by hand, in JupyterLab: there, this cell shows all passages inside the box that was dragged over the map,"
    " and the next one writes them to a file."
)
NOTHING = "Nothing is chosen yet. Drag a box over the chart above, then run this cell again."


@result
class Brushed:
    """Passages inside a box.

    table   the passages, most central first where they say how central they are; no rows where nothing is chosen
    box     column -> lowest and highest value; empty where no box is drawn
    sides   all sides of the passages that the box was drawn over
    live    False on a page of a report, where no box can reach Python"""

    table: pl.DataFrame
    box: dict[str, tuple[float, float]]
    sides: tuple[str, ...]
    live: bool


def inside(figure: Figure, passages: pl.DataFrame) -> Brushed:
    """The rows of `passages` inside the box that is drawn over `figure`, those included that a chart of many passages
    did not draw.

    passages  has the columns that the box spans (`x`, `y` for a map), and id, document_id, side, outlet, text

    Without a box, and on a page of a report, no rows: the result says so where it is shown. Raises InputError where
    the figure has no box to draw, or `passages` lacks a column that it spans."""
    need(
        passages, ("id", "document_id", "side", "outlet", "text"), where="brush.inside", do="Pass a table of passages."
    )
    sides = tuple(passages["side"].drop_nulls().unique().sort())
    if reporting():
        return Brushed(passages.clear(), {}, sides, live=False)
    box = _box(figure)
    need(passages, tuple(box), where="brush.inside", do="Pass the passages that the figure was made from.")
    if not box:
        return Brushed(passages.clear(), {}, sides, live=True)
    rows = passages.filter(pl.col(name).is_between(low, high) for name, (low, high) in box.items())
    if "centrality" in rows.columns:
        rows = rows.sort(["centrality", "id"], descending=[True, False], nulls_last=True)
    return Brushed(rows, box, sides, live=True)


def to_csv(brushed: Brushed, path: str | Path) -> HTML | None:
    """Writes the passages of `brushed` to a CSV file for a spreadsheet, and says so; vectors are left out, and what a
    spreadsheet would run as a formula is disarmed (`html.csv`). A file of that name is replaced.

    Where nothing is chosen, nothing is written. A relative path begins in the notebook's folder."""
    if not brushed.live:
        return None
    if brushed.table.is_empty():
        return HTML(html.cell('<p class="notes">No passage is chosen, so no file is written.</p>'))
    target = Path(path)
    target.write_text("\ufeff" + html.csv(brushed.table), encoding="utf-8", newline="")
    rows = count(brushed.table.height, "passage")
    return HTML(html.cell(f'<p class="notes">{rows} written to <code>{html.escape(path)}</code>.</p>'))


def _box(figure: Figure) -> dict[str, tuple[float, float]]:
    """The box as it stands in the browser: column -> lowest and highest value."""
    names = figure.live.selections.trait_names()
    drawn = [getattr(figure.live.selections, name) for name in names]
    boxes = [one for one in drawn if isinstance(getattr(one, "value", None), dict)]
    if not boxes:
        raise InputError("no box can be drawn over this figure", where="brush.inside", found=repr(figure.title))
    spanned = boxes[0].value
    for name, ends in spanned.items():
        if not all(isinstance(end, int | float) for end in ends):
            raise InputError("a box over something else than numbers", where="brush.inside", found=name)
    return {str(name): (min(ends), max(ends)) for name, ends in spanned.items()}


@shows(Brushed)
def _brushed(brushed: Brushed) -> str:
    if not brushed.box:
        return f'<p class="notes">{NOTHING if brushed.live else ONLY_LIVE}</p>'
    table = brushed.table
    if table.is_empty():
        return '<p class="notes">No passage lies inside the box. Drag another.</p>'
    documents, outlets = table["document_id"].n_unique(), table["outlet"].n_unique()
    counted = table["side"].value_counts().sort(["count", "side"], descending=[True, False]).iter_rows()
    sides = ", ".join(f"{n:,} of {readable(side) if side else 'no side'}" for side, n in counted)
    said = (
        f"{count(table.height, 'passage')} in the box, of {count(documents, 'document')} of {count(outlets, 'outlet')}:"
        f" {sides}."
    )
    note = (
        "A box drawn by eye is no sample, and passages of one document say much the same: read them, and count nothing"
        " on them."
    )
    if table.height > SHOWN:
        note = f"The {SHOWN} most central ones are shown; table and file hold all {table.height:,}. {note}"
    words = f'<p class="caption">{html.escape(said)}</p><p class="notes">{html.escape(note)}</p>'
    return words + html.passages(table, rows=SHOWN, sides=brushed.sides)
