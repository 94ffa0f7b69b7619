"""Pictures of means over time: one small panel a value, one colour a side, with intervals, gaps and events."""

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from helpers import html
from helpers.analyse.over_time import FEWEST, OverTime
from helpers.analyse.periods import PERIODS, when
from helpers.charts import base, dates
from helpers.charts.base import Figure, finish
from helpers.charts.claims import held
from helpers.errors import InputError
from helpers.phrases import count, listed, per_cent
from helpers.results import shows
from helpers.sides import readable
from helpers.study import Event

_UNITS = {
    "sd": ("standard deviations", "+.2f", "+~f"),
    "rate": ("per 10,000 words", ".2~f", "~f"),
    "share": ("share of documents", ".1%", "%"),
}
"""of -> the axis title, the format of a tooltip, and of a tick."""
_SCALED = {"mean": "standardised", "low": "std_low", "high": "std_high", "steady": "std_steady"}


def over_time(
    found: OverTime,
    *,
    labels: Mapping[str, str] | None = None,
    events: Sequence[Event] = (),
    of: str = "sd",
    steady: bool = False,
) -> Figure:
    """The mean of each side in each period, for the values in `labels` (value -> its name; None: all).

    `of`: sd (standard deviations of documents around the mean of the sides), rate (per 10,000 words) or share.
    `steady` adds, dashed, the means as they would be, had the same outlets written in every period. Raises
    InputError on an unknown value or unit."""
    named = {value: value for value in found.values} if labels is None else dict(labels)
    absent = [value for value in named if value not in found.values]
    if absent or of not in _UNITS or not named:
        raise InputError("nothing to draw over time", where="charts.over_time", expected=", ".join(found.values),
                         found=", ".join(absent) or f"of={of!r}")  # fmt: skip
    table, span = _drawn(found, named, of)
    single = len(named) == 1
    at = dates.placed(events, span, width=620 if single else 296, numbered=not single)
    sides = found.sides["side"].to_list()
    chart = _panels(table, at, sides=sides, span=span, of=of, steady=steady)
    name = next(iter(named.values()))
    numbered = f" Rules: {dates.told(at)}." if at.height and not single else ""
    dashed = " Dashed: had every outlet of the side stood in every period." if steady else ""
    return finish(
        chart,
        title=f"{name} over time" if single else "Over time",
        caption=_caption(found, table, of),
        how_to_read="Lines: means of outlets, each counting the same. Bands: 95 % intervals, had other documents of "
        f"these outlets been drawn. Open marks: fewer than {FEWEST} documents; their interval may leave the panel. "
        "A line breaks where the side has no document."
        f"{dashed}{numbered}",
        description=f"Lines over time of {count(len(named), 'value')} for each side, with gaps where a side is absent.",
        table=table.drop("x", "x2", "run", "alone", "level", "under", "over"),
        notes=_notes(found, table, _UNITS[of][0] if of != "share" else "of 1"),
    )


def _drawn(found: OverTime, named: Mapping[str, str], of: str) -> tuple[pl.DataFrame, dates.Span]:
    """The rows to draw, in the unit asked for, with x and the runs of periods without a gap; and the days drawn: those
    of the sides that are dated most exactly. A side dated less exactly (level) is a bar across them."""
    chosen = [pl.col(_SCALED[name] if of == "sd" else name).alias(name) for name in _SCALED]
    table = found.table.filter(pl.col("value").is_in(list(named))).select(
        pl.col("value").replace_strict(named).alias("value"), "side", "period", "start", "end", *chosen, "n_documents",
        "n_passages", "n_outlets", "present", "thin", "missing",
    )  # fmt: skip
    finest = min(table["period"].unique(), key=list(PERIODS).index)
    fine = table.filter(pl.col("period") == finest)
    span: dates.Span = (fine["start"].min(), fine["end"].max())  # type: ignore[assignment]
    names = [when(day, period) for day, period in table.select("start", "period").rows()]
    level = pl.col("period") != finest
    middle = pl.col("start") + (pl.col("end") - pl.col("start")) / 2
    table = table.with_columns(
        pl.Series("when", names, dtype=pl.String),
        level=level,
        x=pl.when(level).then(pl.col("start").clip(*span)).otherwise(middle.cast(pl.Date)),
        x2=pl.col("end").clip(*span),
        run=pl.col("missing").cum_sum().over("value", "side"),
        **_bounded(),
    )
    alone = (~pl.col("missing")).sum().over("value", "side", "run") == 1
    return table.with_columns(alone=alone).filter(~level | (pl.col("x") < pl.col("x2"))), span


def _bounded() -> dict[str, pl.Expr]:
    """under, over: low and high as far as a panel reaches, which is as far as means and the intervals of periods with
    enough documents do. The interval of a single document would leave the others no room."""
    enough = ~pl.col("thin")
    least = pl.min_horizontal(pl.col("low").filter(enough).min(), pl.col("mean").min()).over("value")
    most = pl.max_horizontal(pl.col("high").filter(enough).max(), pl.col("mean").max()).over("value")
    room = 0.06 * (most - least)
    bottom = pl.when(least >= 0).then(pl.max_horizontal(least - room, 0.0)).otherwise(least - room)
    known = pl.when(pl.col("low").is_not_null())
    return {
        "under": known.then(pl.max_horizontal("low", bottom)),
        "over": known.then(pl.min_horizontal("high", most + room)),
    }


def _panels(
    table: pl.DataFrame, at: pl.DataFrame, *, sides: list[str], span: dates.Span, of: str, steady: bool
) -> alt.LayerChart | alt.FacetChart:
    """One panel a value, two in a row; a single one large, with the events in words."""
    values = table["value"].unique(maintain_order=True).to_list()
    single = len(values) == 1
    unit, form, ticks = _UNITS[of]
    means = base.named(table.with_columns(kind=pl.lit("mean")))
    # Facets share one table: events stand in it once for each panel.
    rows = at.join(pl.DataFrame({"value": values}), how="cross").with_columns(kind=pl.lit("event"))
    drawn = alt.Chart(pl.concat([means, rows], how="diagonal"))
    mean = drawn.transform_filter(_is("kind", "mean") & _is("missing", False))
    starts = table.filter(~pl.col("level"))["start"].unique().sort().to_list()
    period = table.filter(~pl.col("level"))["period"].first()
    x = alt.X("x:T", title=None, axis=dates.axis(starts, str(period), most=10 if single else 5),
              scale=dates.scale(span))  # fmt: skip
    y_axis = alt.Axis(format=ticks, tickCount=6 if single else 4, labelExpr=base.PLAIN_ZERO)
    colour = base.side_colour(sides)
    tooltip: list[str | alt.Tooltip] = [
        "side", alt.Tooltip("when:N", title="period"),
        *(alt.Tooltip(f"{name}:Q", format=form) for name in ("mean", "low", "high")),
        "n_documents", "n_passages", "n_outlets", alt.Tooltip("present:Q", format=".0%", title="of its outlets"),
    ]  # fmt: skip
    y, spread = alt.Y("mean:Q", title=unit, axis=y_axis), alt.Y("under:Q", title=unit)
    exact = mean.transform_filter(_is("level", False)).encode(x=x, color=colour)
    level = mean.transform_filter(_is("level", True)).encode(x=x, x2="x2:T", color=colour, tooltip=tooltip)
    lines = exact.encode(y=y, detail="run:N")
    layers = [
        *([drawn.mark_rule(color=base.RULE).encode(y=alt.datum(0))] if of == "sd" else []),
        level.mark_rect(fillOpacity=0.16, stroke=None).encode(y=spread, y2="over:Q"),
        level.mark_rule(strokeWidth=2).encode(y=y),
        exact.mark_area(fillOpacity=0.16).encode(y=spread, y2="over:Q", detail="run:N"),
        exact.transform_filter(_is("alone", True)).mark_rule(strokeWidth=1.6).encode(y=spread, y2="over:Q"),
        lines.mark_line(strokeWidth=1.8),
        *([lines.mark_line(strokeWidth=1.4, strokeDash=[3, 3]).encode(y=alt.Y("steady:Q", title=unit))]
          if steady else []),
    ]  # fmt: skip
    for thin, filled in ((False, True), (True, False)):
        marks = lines.transform_filter(_is("thin", thin)).mark_point(size=38, filled=filled, strokeWidth=1.6)
        layers.append(marks.encode(shape=base.side_shape(sides), tooltip=tooltip))
    layers += dates.rules(drawn.transform_filter(_is("kind", "event")), at, inside=not single)
    if single:
        return alt.layer(*layers).properties(width=620, height=280)
    panels = alt.layer(*layers).properties(width=296, height=120)
    faceted = panels.facet(facet=alt.Facet("value:N", sort=values, title=None), columns=2)
    return faceted if of == "sd" else faceted.resolve_scale(y="independent")


def _caption(found: OverTime, table: pl.DataFrame, of: str) -> str:
    periods = listed(sorted(table["period"].unique(), key=list(PERIODS).index))
    what = {
        "sd": "Mean scores, in standard deviations of documents from the mean of the sides",
        "rate": "Mean occurrences per 10,000 words of a document",
        "share": "Mean shares of documents",
    }[of]
    counts = ", ".join(
        f"{count(n, 'document')} of {readable(side)} ({count(k, found.members)})"
        for side, n, k in found.sides.select("side", "n_documents", "n_outlets").rows()
    )
    return f"{what}, by {periods}: {counts}; {held(found.voice, found.copies)}."


def _notes(found: OverTime, table: pl.DataFrame, unit: str) -> list[str]:
    """What a reader must know of a line: outlets that come and go, gaps, documents that stand in no period."""
    made = []
    for row in found.sides.iter_rows(named=True):
        side = readable(row["side"])
        of_side = table.filter(pl.col("side") == row["side"])
        gaps = of_side.filter("missing")["when"].unique(maintain_order=True).to_list()
        if gaps:
            shown = ", ".join(gaps[:6]) + (f" and {len(gaps) - 6} more" if len(gaps) > 6 else "")
            made.append(f"{side}: no document in {shown}.")
        if row["present"] is not None and row["present"] < 1:
            apart = of_side.filter(~pl.col("thin")).select((pl.col("mean") - pl.col("steady")).abs().max()).item()
            made.append(
                f"{side}: on average {per_cent(row['present'])} of its {count(row['n_outlets'], found.members)} stand "
                "in a period, so that a move of the line may be outlets coming and going"
                + (
                    f"; with the same ones throughout, up to {apart:.2f} {unit} away."
                    if apart and apart >= 0.005
                    else "."
                )
            )
        if row["period"] != found.sides["period"].min() and of_side["level"].any():
            made.append(f"{side}: dates known to the {row['period']} only, drawn as bars across it.")
        if row["n_undated"] + row["n_coarse"]:
            made.append(
                f"{side}: {count(row['n_undated'], 'document')} without a date and {row['n_coarse']:,} dated less "
                "exactly stand in no period."
            )
    return made


@shows(OverTime)
def _over_time(found: OverTime) -> str:
    columns = {"side": "side", "period": "by", "n_documents": "documents", "n_outlets": f"{found.members}s",
               "present": "of them in a period", "n_set_aside": "set aside", "n_undated": "undated",
               "n_coarse": "dated less exactly"}  # fmt: skip
    table = html.table(found.sides, columns=columns, percent=["present"], heading="What the means over time stand on")
    return html.cell(table + html.folded(found.table, rows=40))


def _is(field: str, equal: str | bool) -> alt.FieldEqualPredicate:
    return alt.FieldEqualPredicate(field=field, equal=equal)
