"""Pictures of precursors: the share of passages with an earlier counterpart, beside a placebo of shuffled dates."""

import altair as alt
import polars as pl

from helpers import html
from helpers.analyse.claims import Claim, Gate, claims
from helpers.analyse.precursors import ROUGH, Precursors
from helpers.analyse.wording import Wording
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.phrases import count
from helpers.results import shows
from helpers.sides import readable, side_name


def shares(made: Precursors) -> Figure | Claim:
    """The share of each side's and outlet's passages with an earlier passage that they echo, beside a placebo of the
    same size and dates; a withheld claim where no side can be asked."""
    asked = made.table.filter(pl.col("said").is_null())
    named = side_name(made.source)
    if asked.is_empty():
        why = tuple(f"{readable(side)}: {said}" for side, said in made.table.select("side", "said").iter_rows())
        return Claim("precursors", "withheld", f"Whether {named} come first cannot be asked of this corpus.", why)
    if not asked.select(pl.max_horizontal("share", "placebo").max()).item():
        n = asked["n_passages"].sum()
        why = (f"none of {n:,} passages echoes one of theirs within {_span(made)}, nor would one with "
               "shuffled dates",)  # fmt: skip
        return Claim("precursors", "withheld", f"Whether {named} come first is not told by this corpus.", why)
    columns = ["side", "share", "placebo", "n_documents"]
    whole = asked.select(*columns, "low", "high", "placebo_low", "placebo_high", of=pl.lit("mean of its outlets"))
    each = made.members.filter(pl.col("side").is_in(asked["side"].implode())).select(*columns, of="member")
    table = pl.concat([whole, each], how="diagonal").sort("side", pl.col("of") != "mean of its outlets", "of")
    drawn = base.named(table).with_columns(size=pl.when(pl.col("low").is_null()).then(36).otherwise(110))
    high = float(table.select(pl.max_horizontal("share", "high", "placebo", "placebo_high").max()).item()) or 0.01
    panels = []
    sides = asked["side"].to_list()
    for k, side in enumerate(sides):
        last = k == len(sides) - 1
        axis = alt.Axis(format=".1~%", labels=last, ticks=last)
        x = alt.X("share:Q", title="share of passages" if last else None, axis=axis, scale=alt.Scale(domain=[0, high]))
        one = alt.Chart(drawn, width=440, height=alt.Step(22)).transform_filter(base.only(side))
        one = one.encode(y=alt.Y("of:N", title=readable(side), sort=None, axis=alt.Axis(labelPadding=10)))
        colour = alt.Color("side:N", scale=base.side_scale(made.all_sides), legend=None)
        tooltip = ["side", "of", *(alt.Tooltip(f"{c}:Q", format=".2%") for c in ("share", "placebo")), "n_documents"]
        panels.append(
            one.mark_bar(height=9, opacity=0.45, color=base.FAINT).encode(x=alt.X("placebo_low:Q"), x2="placebo_high:Q")
            + one.mark_tick(thickness=2.5, size=15, color=base.INK).encode(x="placebo:Q")
            + one.mark_rule(strokeWidth=1.6).encode(x="low:Q", x2="high:Q", color=colour)
            + one.mark_point().encode(x=x, color=colour, size=alt.Size("size:Q", scale=None), tooltip=tooltip,
                                      shape=base.side_shape(made.all_sides, legend=False))
        )  # fmt: skip
    told = precursor_claims(made)
    said = "; ".join(
        f"{readable(row['side'])} {row['share']:.1%} of {row['n_passages']:,} passages (placebo {row['placebo']:.1%}, "
        f"p = {row['p']:.3f})" for row in asked.iter_rows(named=True)
    )  # fmt: skip
    unasked = [f"{readable(s)}: {w}." for s, w in made.table.select("side", "said").iter_rows() if w]
    return finish(
        alt.vconcat(*panels, spacing=6),
        title=f"Passages with a precursor in {named}",
        caption=told[0].sentence if told else f"Share with a precursor within {_span(made)}: {said}.",
        how_to_read="Marks: the share found, large for a side, small for its outlets; lines: 95 % intervals over "
        "documents. Upright strokes: the placebo, the same texts with dates shuffled; grey: 95 % of the shuffles.",
        description="Dot chart of the share of passages with an earlier counterpart, beside a placebo.",
        table=table,
        notes=(f"Share with a precursor within {_span(made)}: {said}.", *unasked),
    )


def precursor_claims(made: Precursors) -> list[Claim]:
    """What the gate allows to be said of sides that echo more than their placebo; empty where one side is asked."""
    if made.contrasts is None:
        return []
    chance = dict(made.table.select("side", "p").iter_rows())
    limits = {}
    for row in made.contrasts.table.iter_rows(named=True):
        more = row["side"] if row["difference"] >= 0 else row["other"]
        if chance[more] is None or chance[more] > 0.05:
            limits[f"excess|{row['side']}|{row['other']}"] = (
                f"shuffled dates give {side_name(more)} as large a share as often as not (p = {chance[more] or 1:.2f})"
                if (chance[more] or 1) > 0.5
                else f"shuffled dates give {side_name(more)} as large a share too (p = {chance[more]:.2f})"
            )
    wording = Wording(
        {"excess": side_name(made.source)}, unit="points", held="quotations left out, copies counted once",
        quantity="the share of passages that echo earlier {}, above what shuffled dates give,",
        more="echo earlier {} in more of their passages, above what shuffled dates give,",
    )  # fmt: skip
    return claims(made.contrasts, wording=wording, gate=Gate(limits=limits))


@shows(Precursors)
def _precursors(made: Precursors) -> str:
    columns = {"side": "side", "share": "share", "low": "from", "high": "to", "placebo": "placebo",
               "excess": "above it", "p": "p", "n_with": "passages with", "n_passages": "of passages",
               "n_documents": "documents"}  # fmt: skip
    percent = ["share", "low", "high", "placebo", "excess"]
    shown = html.table(made.table, columns=columns, percent=percent, heading="Passages with a precursor")
    said = "".join(html.claim("withheld", f"{readable(s)}: {why}.") for s, why in
                   made.table.select("side", "said").iter_rows() if why)  # fmt: skip
    return html.cell(shown + said)


def _span(made: Precursors) -> str:
    """How long before a passage a precursor may stand, in words."""
    if made.within == ROUGH:
        return "two years (most of its dates are known to the year only)"
    return count(made.within, "day")
