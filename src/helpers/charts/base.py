"""What every chart shares: the look of the sides, the theme, and the frame around a picture.

How to write a chart
--------------------
One module for each of analyse/, one function for each picture, `result -> Figure`. It computes nothing: what it
draws stands in a table of the result (METHODS.md, rule 9). Column names are fixed by you, never by data.

    import altair as alt
    from helpers.charts import base
    from helpers.charts.base import Figure, finish

    def composition(shown: Themes) -> Figure:
        "Which share of each side's documents is about which theme."
        table = shown.composition                       # tidy: theme, side, share, low, high, n_documents
        sides = table["side"].unique().to_list()        # ALL sides of the study, before any filter
        chart = (
            alt.Chart(base.named(table), width=520)     # named(): state_media -> State media, in column `side`
            .mark_point()
            .encode(
                x=alt.X("share:Q", title="share of documents", axis=alt.Axis(format="%")),
                y=alt.Y("theme:N", title=None, sort="-x"),
                color=base.side_colour(sides),          # the one colour of each side, with its legend
                shape=base.side_shape(sides),           # and its mark: colour is never the only cue
                tooltip=["theme", "side", alt.Tooltip("share:Q", format=".1%"), "n_documents"],
            )
        )
        return finish(
            chart,
            title="Themes by side",
            caption=claim.sentence,                     # one sentence, with unit and uncertainty; from the claim gate
            how_to_read="Each mark is one side; further right: a larger share of its documents.",
            description="Dot chart of the share of each side's documents in each theme.",
            table=table,                                # the numbers as drawn, tidy; shown rounded, downloaded exact
            notes=("Unassigned passages are left out.",),
        )

Rules
- Give `width` as a number: up to 680 for one view, up to 900 in all for views side by side. Pages shrink a single
  view to the reader's screen, and put views side by side (`a | b`) below each other on a phone.
- Select the columns a chart needs, once, and use that same frame for views that are linked: pages keep one copy of
  a column however many charts use it. Never pass `embedding`. Over MOST_ROWS rows: sample, and say so in `notes`.
- Colours: `side_colour`, and INK (text, marks), FAINT (secondary), RULE (lines), ACCENT (one emphasis). INK, FAINT and
  RULE become lighter on a dark page; a literal "black" or "white" does not and is wrong.
- Layers share one legend: give `side_colour(sides)` to each layer alike (`legend=False` in one hides it in all).
- Small multiples or direct labels before legends, where it reads better. Zero is a rule, gaps in time are gaps.
- Intervals: `mark_rule` under `mark_point`; the tooltip says n passages, documents and outlets.
- Never build a Vega expression, a field name or an `href` from data. Text from data needs no escaping in a chart:
  it goes in as data. Titles and captions may hold any text; they are escaped where they are shown.
- A brush: `brush = alt.selection_interval()`; `.add_params(brush)` and, in the linked view, `.transform_filter(brush)`.
  In JupyterLab the box reaches Python: `charts.brush.inside(figure, passages)`.
- An absent side or term is no blank chart: show the claim ("cannot be asked of this corpus") and make no figure.

A notebook's first cell calls `enable()`: live charts in JupyterLab, offline; or, where WORKBENCH_REPORT is set by
`workbench report`, charts as data for the page. A Figure as the last line of a cell, or given to `display`, shows
itself in both; so do tables (polars DataFrames, as `html.table` does) and claims.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NotRequired, TypedDict, Unpack

import altair as alt
import polars as pl

from helpers import html
from helpers.charts.hover import told
from helpers.charts.linked import Panels, Reading
from helpers.errors import InputError
from helpers.sides import looks, readable

INK, FAINT, RULE, ACCENT = "#6f7681", "#858c96", "#9aa1ab", "#b8356b"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"
PLAIN_ZERO = "datum.value == 0 ? '0' : datum.label"
"""For labelExpr of an axis whose labels carry a sign: zero has none."""
FIGURE, VEGALITE = "application/vnd.workbench.figure+json", "application/vnd.vegalite.v6+json"
EMBEDDED = {"actions": {"export": True, "source": False, "compiled": False, "editor": False}}
"""A live chart's menu saves it as a picture; Vega's editor is on the internet."""
MANY = 1_500
"""Rows from which on a browser draws pixels, not shapes, so that a brush stays smooth."""
SHOWN_ROWS = 40
"""Rows of a figure's table that a page shows; the download has all."""
MOST_ROWS = 20_000
"""A page stays usable up to about so many marks in a view."""


def side_scale(sides: Iterable[str]) -> alt.Scale:
    """The colour scale of all sides of a study; its domain holds readable names (see `named`)."""
    seen = looks(sides).values()
    return alt.Scale(domain=[look.name for look in seen], range=[look.colour for look in seen])


def side_colour(sides: Iterable[str], *, field: str = "side", legend: bool = True) -> alt.Color:
    """The colour channel of `field`, which holds readable names of sides."""
    shown = alt.Legend(title=None, orient="top") if legend else None
    return alt.Color(f"{field}:N", scale=side_scale(sides), legend=shown)


def side_shape(sides: Iterable[str], *, field: str = "side", legend: bool = True) -> alt.Shape:
    """The shape channel of `field`: the second cue beside colour, for points."""
    seen = looks(sides).values()
    scale = alt.Scale(domain=[look.name for look in seen], range=[look.mark for look in seen])
    return alt.Shape(f"{field}:N", scale=scale, legend=alt.Legend(title=None, orient="top") if legend else None)


def side_order(sides: Iterable[str]) -> list[str]:
    """Readable names in the order of the colours, for `sort=` of an axis or a facet."""
    return [look.name for look in looks(sides).values()]


def named(table: pl.DataFrame, columns: Sequence[str] = ("side",)) -> pl.DataFrame:
    """`table` with readable names of sides in `columns`; nulls stay null."""
    return table.with_columns(
        pl.col(column).replace_strict({s: readable(s) for s in table[column].drop_nulls().unique()}, default=None)
        for column in columns
    )


def only(side: str) -> alt.FieldEqualPredicate:
    """The rows of one side, in a table with readable names (see `named`): for small multiples."""
    return alt.FieldEqualPredicate(field="side", equal=readable(side))


def theme() -> dict[str, Any]:
    """The Vega-Lite configuration of every chart; its greys read on white and on dark."""
    text = {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"continuousWidth": 520, "continuousHeight": 320, "stroke": None},
        "axis": {
            **text,
            "domainColor": RULE,
            "gridColor": RULE,
            "gridOpacity": 0.3,
            "tickColor": RULE,
            "labelLimit": 330,
            "titlePadding": 8,
        },
        "axisBand": {"domain": False, "ticks": False, "grid": False},
        "legend": {**text, "symbolStrokeWidth": 2, "symbolSize": 90, "labelLimit": 260},
        "header": {**text, "title": None, "labelFontWeight": 600, "labelFontSize": 13},
        "title": {"color": INK, "fontSize": 13, "fontWeight": 600, "anchor": "start", "subtitleColor": FAINT},
        "mark": {"color": INK},
        "point": {"filled": True, "size": 64, "opacity": 0.9},
        "rule": {"color": RULE},
        "text": {"color": INK, "fontSize": 12},
        "range": {"category": list(side_scale(["state_media", "western", "un", "a", "b", "c", "d", "e"])["range"])},
    }


def enable(mode: str | None = None) -> None:
    """Chooses how charts show themselves; called once, in a notebook's first cell.

    mode    "lab": live in JupyterLab without the internet; "report": as data for a page; None: "report" where the
            environment variable WORKBENCH_REPORT is set, "lab" elsewhere
    """
    mode = mode or ("report" if reporting() else "lab")
    if mode not in ("lab", "report"):
        raise InputError("unknown mode", where="charts.enable", expected="lab or report", found=repr(mode))
    alt.theme.register("workbench", enable=True)(lambda: alt.theme.ThemeConfig(config=theme()))  # type: ignore[typeddict-item]
    alt.data_transformers.enable("default", max_rows=None)
    if mode == "report":
        alt.renderers.register("workbench", lambda spec, **_: {VEGALITE: spec, "text/plain": "a chart"})
        alt.renderers.enable("workbench")
    else:
        alt.renderers.enable("jupyter", offline=True, embed_options=EMBEDDED)
    _show_tables()


def _show_tables() -> None:
    """Tables that stand last in a cell show themselves as html.table does: escaped, rounded, without vectors."""
    from IPython import get_ipython

    shell = get_ipython()  # type: ignore[no-untyped-call]
    if shell is not None:
        kind = shell.display_formatter.formatters["text/html"]
        kind.for_type(pl.DataFrame, lambda table: html.cell(html.table(table)))


def reporting() -> bool:
    """Whether this runs under `workbench report`."""
    return bool(os.environ.get("WORKBENCH_REPORT"))


@dataclass(frozen=True, eq=False)
class Figure:
    """A chart with all that must stand beside it; `finish` makes one.

    chart        altair chart, live in JupyterLab
    title        a few words; plain text
    caption      one sentence, from the claim gate; plain text
    description  the picture in words, for those who do not see it
    how_to_read  a sentence or two; None where the chart needs none
    table        the numbers that are drawn
    notes        what is left out, sampled or withheld; a sentence each
    panels       what a click on a mark opens; None where nothing
    reading      passages that a box drawn over the chart lists, on a page; None where none
    """

    chart: Any
    title: str
    caption: str
    description: str
    how_to_read: str | None
    table: pl.DataFrame
    notes: tuple[str, ...]
    panels: Panels | None = None
    reading: Reading | None = None

    @cached_property
    def live(self) -> alt.JupyterChart:
        """The chart as JupyterLab shows it; what is selected in the browser stands in its `selections`."""
        alt.JupyterChart.enable_offline()
        rows = sum(map(len, self.chart.to_dict().get("datasets", {}).values()))
        return alt.JupyterChart(self.chart, embed_options=EMBEDDED | {"renderer": "canvas" if rows > MANY else "svg"})

    def _ipython_display_(self) -> None:
        from IPython.display import HTML, display

        if reporting():
            display({FIGURE: as_json(self), "text/plain": f"{self.title}. {self.caption}"}, raw=True)
            return
        display(HTML(html.cell(f'<p class="figure-title">{html.escape(self.title)}</p>')))
        display(self.live)
        words = html.beside(self.caption, self.how_to_read, self.notes)
        panels = self.panels.shown() if self.panels else ""
        display(HTML(html.cell(words + panels + html.folded(self.table, rows=SHOWN_ROWS))))


class Words(TypedDict):
    """The words beside a chart, as `finish` takes them; see `Figure`."""

    title: str
    caption: str
    how_to_read: NotRequired[str | None]
    description: NotRequired[str | None]
    notes: NotRequired[Sequence[str]]
    panels: NotRequired[Panels | None]
    reading: NotRequired[Reading | None]


def finish(chart: Any, *, table: pl.DataFrame, **words: Unpack[Words]) -> Figure:
    """The chart with title, caption, how_to_read, description, notes, table, and what it leads to. See `Figure` for the
    parts; without a description, title and caption stand for the picture.

    Raises InputError where title or caption is empty: no chart goes without a sentence."""
    title, caption = words["title"].strip(), words["caption"].strip()
    for name, value in (("title", title), ("caption", caption)):
        if not value:
            raise InputError(f"a chart without {name}", where="charts.finish", do=f"Give {name}=, one line of text.")
    said = words.get("description") or f"{title}. {caption}"
    return Figure(
        chart=chart.properties(description=said),
        title=title,
        caption=caption,
        description=said,
        how_to_read=words.get("how_to_read"),
        table=table.drop([name for name, kind in table.schema.items() if isinstance(kind, pl.Array)]),
        notes=tuple(words.get("notes") or ()),
        panels=words.get("panels"),
        reading=words.get("reading"),
    )


def as_json(figure: Figure) -> dict[str, Any]:
    """What a report gets of a figure: texts, the Vega-Lite specification, the table to read and to take along."""
    return {
        "title": figure.title,
        "caption": figure.caption,
        "description": figure.description,
        "how_to_read": figure.how_to_read,
        "notes": list(figure.notes),
        "table": html.table(figure.table, rows=SHOWN_ROWS),
        "rows": figure.table.height,
        "csv": html.csv(figure.table),
        "spec": told(figure.chart.to_dict()),
        "panels": figure.panels.shown() if figure.panels else None,
        "reading": figure.reading.as_json() if figure.reading else None,
    }
