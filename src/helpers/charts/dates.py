"""An axis of time: ticks where periods begin, and a study's events as rules whose labels do not collide."""

import datetime
from collections.abc import Sequence

import altair as alt
import polars as pl

from helpers.charts import base
from helpers.study import Event

LETTER, ROW = 6.2, 13
"""Pixels: width of a letter of an event's label, on the wide side; height of a row of labels."""

Span = tuple[datetime.date, datetime.date]
"""The first day that is drawn, and the first that is not."""


def placed(events: Sequence[Event], span: Span, *, width: int, numbered: bool = False) -> pl.DataFrame:
    """The events within `span`, in order, each with a row (0 nearest to the plot) in which its label has room.

    Returns at, label, number (1, 2, ...), shown (what is written at the rule: the label, or its number), row, align
    (left: it stands right of its rule)."""
    first, last = span
    there = sorted((e for e in events if first <= e.date < last), key=lambda e: (e.date, e.label))
    at = [width * (event.date - first).days / max((last - first).days, 1) for event in there]
    made = []
    ends: list[float] = []
    for k, (event, x) in enumerate(zip(there, at, strict=True)):
        shown = str(k + 1) if numbered else event.label
        room = LETTER * len(shown) + 8
        # A label does not run over the next rule where there is room for it before its own.
        crowded = x + room > min([width, *at[k + 1 : k + 2]])
        align = "right" if crowded and x - room >= max([0.0, *ends[:1]]) else "left"
        begin = x if align == "left" else x - room
        row = next((n for n, end in enumerate(ends) if end <= begin), len(ends))
        ends[row : row + 1] = [begin + room]
        made.append((event.date, event.label, k + 1, shown, row, align))
    schema = {"at": pl.Date, "label": pl.String, "number": pl.Int64, "shown": pl.String, "row": pl.Int64,
              "align": pl.String}  # fmt: skip
    return pl.DataFrame(made, schema=schema, orient="row")


def rules(drawn: alt.Chart, found: pl.DataFrame, *, inside: bool = False) -> list[alt.Chart]:
    """Layers of rules and labels. `drawn`: a chart of the rows of `found` alone; labels stand above the plot, or
    inside it, at its top."""
    if found.is_empty():
        return []
    at = alt.X("at:T", title=None)
    tooltip = [alt.Tooltip("label:N", title="event"), alt.Tooltip("at:T", format="%-d %B %Y", title="date")]
    layers = [drawn.mark_rule(color=base.INK, strokeDash=[4, 3], strokeWidth=1.2).encode(x=at, tooltip=tooltip)]
    for row, align in found.select("row", "align").unique().sort("row", "align").rows():
        here = drawn.transform_filter(alt.FieldEqualPredicate(field="row", equal=row))
        here = here.transform_filter(alt.FieldEqualPredicate(field="align", equal=align))
        y = 9 + ROW * row if inside else -5 - ROW * row
        text = here.mark_text(align=align, dx=3 if align == "left" else -3, fontSize=11, baseline="middle")
        layers.append(text.encode(x=at, text="shown:N", y=alt.value(y)))
    return layers


def axis(starts: Sequence[datetime.date], period: str, *, most: int) -> alt.Axis:
    """An axis with a tick at the first day of periods, at most `most` of them, each label beside its tick."""
    every = -(-len(starts) // most)
    values = [alt.DateTime(year=day.year, month=day.month, date=day.day) for day in starts[::every]]
    form = "%Y" if period == "year" else "%b %Y"
    return alt.Axis(values=values, format=form, labelAlign="left", labelOffset=-2, labelBound=False, tickSize=6)


def scale(span: Span) -> alt.Scale:
    """From the first day to the last."""
    return alt.Scale(domain=[alt.DateTime(year=d.year, month=d.month, date=d.day) for d in span], nice=False)


def told(found: pl.DataFrame) -> str:
    """The events by number, for a sentence: "1 Davos (17 January 2017)"."""
    return "; ".join(
        f"{n} {label} ({at.day} {at:%B %Y})" for at, label, n in found.select("at", "label", "number").rows()
    )
