"""Pictures of what each side writes about, beside the same without the outlets' style."""

from collections.abc import Mapping

import altair as alt
import polars as pl

from helpers.analyse.claims import Claim, Gate, claims
from helpers.analyse.composition import UNASSIGNED, measures, value_of
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.erasure import SAME, Counterparts
from helpers.analyse.neighbours import LOOSE
from helpers.analyse.themes import Themes
from helpers.analyse.wording import Wording
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.claims import held
from helpers.charts.theme_map import titles
from helpers.errors import InputError
from helpers.phrases import count, per_cent
from helpers.sides import readable

Erased = tuple[Contrasts, Counterparts]
"""composition(themes without the outlets' style), and counterparts(themes, those)."""


def shares(
    contrasts: Contrasts, found: Themes, *, erased: Erased, voice: str = "outlet", copies: str = "one"
) -> Figure:
    """Share of each side's passages in each theme, with document-level intervals; largest theme first.

    `contrasts`: composition(found), made with this `voice` and `copies`; `erased` as for `told`."""
    names = dict(zip([value_of(n) for n in found.table["theme"]], titles(found.table), strict=True))
    names[UNASSIGNED] = UNASSIGNED
    unknown = [value for value in contrasts.values if value not in names]
    if unknown:
        raise InputError(
            "not the composition of these themes",
            where="charts.composition",
            found=", ".join(unknown),
            do="Pass composition(themes) and the same themes.",
        )
    counts = ("n_documents", "n_passages", "n_members", "n_set_aside")
    table = contrasts.sides.with_columns(theme=pl.col("value").replace_strict(names)).select(
        "theme", "side", "mean", "low", "high", "documents_mean", *counts
    )
    average = table.group_by("theme").agg(pl.col("mean").mean())
    order = average.sort(pl.col("theme") == UNASSIGNED, "mean", "theme", descending=[False, True, False])[
        "theme"
    ].to_list()
    sides = table["side"].unique().to_list()
    rank = {theme: k for k, theme in enumerate(order)}
    table = table.sort(pl.col("theme").replace_strict(rank, return_dtype=pl.Int64), "side")
    drawn = alt.Chart(base.named(table), width=440, height=alt.Step(7)).encode(
        y=alt.Y("theme:N", title=None, sort=order, axis=alt.Axis(labelPadding=12), scale=alt.Scale(paddingInner=0.3)),
        yOffset=alt.YOffset("side:N", sort=base.side_order(sides)),
        color=base.side_colour(sides),
        tooltip=["theme", "side", *(alt.Tooltip(f"{name}:Q", format=".1%") for name in ("mean", "low", "high")),
                 "n_documents", "n_passages", alt.Tooltip("n_members:Q", title="outlets")],
    )  # fmt: skip
    axis = alt.Axis(format="%", tickCount=6)
    x = alt.X("mean:Q", title="share of passages", axis=axis)
    rules = drawn.mark_rule(strokeWidth=1.5).encode(x=alt.X("low:Q", title="share of passages", axis=axis), x2="high:Q")
    dots = drawn.mark_point(size=46).encode(x=x, shape=base.side_shape(sides))
    made = told(contrasts, found, erased=erased, voice=voice, copies=copies)
    return finish(
        rules + dots,
        title="What each side writes about",
        caption=made[0].sentence,
        how_to_read="Each mark is one side: the mean of its outlets, each counting the same, and in them each document."
        " Lines: 95 % intervals, had other documents of these outlets been drawn.",
        description="Dot chart of the share of each side’s passages in each theme, with intervals.",
        table=table,
        notes=(
            f"The sentence is the strongest of {count(len(made), 'contrast')} made here.",
            "A theme is what passages are about, as this clustering has it, and with it some of the outlets’ style.",
        ),
    )


def told(
    contrasts: Contrasts,
    found: Themes,
    *,
    erased: Erased,
    voice: str = "outlet",
    copies: str = "one",
    limits: Mapping[str, str] | None = None,
) -> list[Claim]:
    """What the claim gate allows to be said of each theme between each pair of sides, in percentage points.

    `erased`: the composition of the themes without the outlets' style, and which of them is which. No sentence goes
    beyond these outlets where the theme is loose or a form, or where the difference turns or goes without the style
    (METHODS, themes). `limits`: further reasons of that kind, as in claims.Gate (helpers.analyse.robust_claims)."""
    wording = Wording(
        measures(found),
        unit="points",
        held=held(voice, copies),
        quantity="the share of passages in the theme ‘{}’",
        more="give more of their passages to the theme ‘{}’",
    )
    doubts = _doubts(found) | dict(limits or {})
    for row in _beside(contrasts, erased).iter_rows(named=True):
        if row["without"] is None:
            doubts.setdefault(row["value"], "the theme does not come back once the outlets’ style is erased")
        elif row["without"] * row["difference"] <= 0:
            doubts[f"{row['value']}|{row['side']}|{row['other']}"] = "the sign turns once the outlets’ style is erased"
    themes = [value for value in contrasts.values if value != UNASSIGNED]
    return claims(contrasts, wording=wording, gate=Gate(needs=False, limits=doubts), values=themes)


def _doubts(found: Themes) -> dict[str, str]:
    """Value of a theme -> why it is no subject that sides could be compared on; those in doubt only."""
    made = {}
    for number, form, support in found.table.select("theme", "form", "support").rows():
        if form:
            made[value_of(number)] = f"the theme is held together by a form, {form} of texts"
        elif support < LOOSE:
            made[value_of(number)] = f"only {per_cent(support)} of the passages nearest to the theme’s own stand in it"
    return made


def _beside(contrasts: Contrasts, erased: Erased) -> pl.DataFrame:
    """value, side, other, difference, low, high, and those of the counterpart: without, without_low, without_high;
    null where the theme has none."""
    compared, counterparts = erased
    known = counterparts.table.filter("found").select(
        value=pl.format("theme_{}", "theme"), counterpart=pl.format("theme_{}", "erased")
    )
    others = compared.table.select(
        "side", "other", counterpart="value", without="difference", without_low="low", without_high="high"
    )
    return (
        contrasts.table.select(
            "value", "side", "other", "difference", "low", "high", "n_documents", "other_n_documents"
        )
        .filter(pl.col("value") != UNASSIGNED)
        .join(known, on="value", how="left")
        .join(others, on=["counterpart", "side", "other"], how="left", maintain_order="left")
    )


def without_style(contrasts: Contrasts, found: Themes, *, erased: Erased) -> Figure:
    """Differences between sides in the share of passages, on the themes as they are and on those without the outlets'
    style, theme by theme."""
    names = dict(zip([value_of(n) for n in found.table["theme"]], titles(found.table), strict=True))
    rows, counterparts = _beside(contrasts, erased), erased[1]
    scaled = ("difference", "low", "high", "without", "without_low", "without_high")
    table = rows.select(
        pl.col("value").replace_strict(names).alias("theme"), "side", "other",
        *((100 * pl.col(name)).alias(name) for name in scaled), "n_documents", "other_n_documents",
    )  # fmt: skip
    pairs = table.select("side", "other").unique(maintain_order=True).rows()
    drawn = table.with_columns(
        pair=pl.concat_str([base.named(table, [c])[c] for c in ("side", "other")], separator=" − ")
    )
    order = table["theme"].unique(maintain_order=True).to_list()
    reach = float(table.select(pl.max_horizontal(pl.col("low", "high", "without").abs()).max()).item() or 1)
    panels = []
    for k, (side, other) in enumerate(pairs):
        pair = f"{readable(side)} − {readable(other)}"
        one = alt.Chart(drawn, title=pair, width=150, height=alt.Step(18)).transform_filter(
            alt.FieldEqualPredicate(field="pair", equal=pair)
        )
        one = one.encode(y=alt.Y("theme:N", sort=order, title=None, axis=alt.Axis(labels=k == 0, labelLimit=230)))
        x = alt.X("difference:Q", title="percentage points" if k == len(pairs) // 2 else None,
                  scale=alt.Scale(domain=[-reach, reach]))  # fmt: skip
        tooltip = ["theme", "pair", *(alt.Tooltip(f"{name}:Q", format="+.1f") for name in scaled),
                   "n_documents", "other_n_documents"]  # fmt: skip
        panels.append(
            one.mark_rule(color=base.RULE).encode(x=alt.datum(0), y=alt.Y())
            + one.mark_rule(color=base.INK, strokeWidth=1.4).encode(x=alt.X("low:Q"), x2="high:Q")
            + one.mark_point(size=56, color=base.INK, filled=True).encode(x=x, tooltip=tooltip)
            + one.mark_point(size=70, color=base.ACCENT, filled=False, strokeWidth=2).encode(
                x="without:Q", tooltip=tooltip
            )
        )
    turned = table.filter(pl.col("difference") * pl.col("without") < 0).height
    gone = counterparts.table.filter(~pl.col("found")).height
    return finish(
        alt.hconcat(*panels, spacing=10),
        title="The same without the outlets’ style",
        caption=f"Once the outlets’ style is erased, the sign of {turned} of {count(len(table), 'difference')} turns,"
        f" and {gone} of {count(len(counterparts.table), 'theme')} cannot be found again.",
        how_to_read="Filled, with 95 % intervals over documents: the themes as they are. Open: the themes made again"
        " from vectors that no longer tell one outlet from another within a theme. Where the two lie apart, part of"
        " the difference was style, or a subject that one outlet alone writes about in its way.",
        description="Differences between sides in the share of each theme, with and without the outlets’ style.",
        table=table,
        notes=(
            f"Adjusted mutual information of the two sets of themes: {counterparts.shared:.2f}. A theme is found again"
            f" where at least {SAME:g} of the passages in either are in both.",
        ),
    )
