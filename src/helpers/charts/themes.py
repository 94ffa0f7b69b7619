"""Pictures of themes: the map of passages, what each side writes about, and how large and steady each theme is."""

from dataclasses import replace

import altair as alt
import polars as pl
from IPython.display import HTML

from helpers import html
from helpers.analyse.claims import Claim, Gate, Wording, claims
from helpers.analyse.composition import UNASSIGNED, measures, value_of
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.themes import Themes
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.claims import held
from helpers.charts.theme_map import fitting, map, titles
from helpers.errors import InputError
from helpers.phrases import count, per_cent
from helpers.results import shows

__all__ = ["central", "composition", "composition_claims", "map", "sizes"]

NOT_ERASED = "made on the themes as they are, and not on themes from which the outlets’ style has been erased"
STEADY, FAIR = 0.75, 0.6
"""Least mean Jaccard overlap of a steady theme, and of one whose core is there but whose edge is not (Hennig 2007,
Computational Statistics and Data Analysis 52, on clusters under resampling)."""


def composition(contrasts: Contrasts, found: Themes, *, voice: str = "outlet", copies: str = "one") -> Figure:
    """Share of each side's passages in each theme, with document-level intervals; largest theme first.

    `contrasts`: composition(found), made with this `voice` and `copies`."""
    names = dict(zip([value_of(n) for n in found.table["theme"]], titles(found.table), strict=True))
    names[UNASSIGNED] = UNASSIGNED
    unknown = [value for value in contrasts.values if value not in names]
    if unknown:
        raise InputError(
            "not the composition of these themes",
            where="charts.themes.composition",
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
    made = composition_claims(contrasts, found, voice=voice, copies=copies)
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


def composition_claims(
    contrasts: Contrasts, found: Themes, *, voice: str = "outlet", copies: str = "one"
) -> list[Claim]:
    """What the claim gate allows to be said of each theme between each pair of sides, in percentage points.

    Nothing is claimed of these themes alone: that asks for the same sign on themes from which the outlets'
    style has been erased (METHODS, themes)."""
    wording = Wording(
        measures(found),
        unit="points",
        held=held(voice, copies),
        quantity="the share of passages in the theme ‘{}’",
        more="give more of their passages to the theme ‘{}’",
    )
    themes = [value for value in contrasts.values if value != UNASSIGNED]
    made = claims(contrasts, wording=wording, gate=Gate(needs=False), values=themes)
    return [
        replace(claim, grade="suggested", reasons=(NOT_ERASED, *claim.reasons)) if claim.grade == "claimed" else claim
        for claim in made
    ]


def central(found: Themes) -> HTML:
    """The three most central passages of each theme, of different documents, to read before it is named."""
    sides = found.passages["side"].drop_nulls().unique().to_list()
    parts = []
    for title, label, ids in zip(titles(found.table), found.table["label"], found.table["central"], strict=True):
        order = pl.DataFrame({"id": ids}, schema={"id": pl.String})
        chosen = order.join(found.passages, on="id", how="inner", maintain_order="left")
        heading = html.escape(title if label else f"theme {title}")
        parts.append(f'<p class="heading">{heading}</p>{html.passages(chosen, sides=sides)}')
    return HTML(html.cell("".join(parts)))


def sizes(found: Themes) -> Figure:
    """The themes with their words, their documents, and how steady they are."""
    table = found.table.select(
        "theme", "label", "words", "n_documents", "n_passages", "stability", badge=_badge(), title=titles(found.table)
    )
    sort = table["title"].to_list()
    words = [html.clean(words) for words in table["words"]]
    drawn = table.drop("label").with_columns(
        pl.Series("words", words, dtype=pl.String),
        pl.Series("shown", [fitting(w, 60) for w in words], dtype=pl.String),
    )
    one = alt.Chart(drawn, height=alt.Step(24)).encode(
        y=alt.Y("title:N", sort=sort, title=None, axis=alt.Axis(labelLimit=220, labelFontWeight=600)),
        tooltip=["title", "words", "n_documents", "n_passages", alt.Tooltip("stability:Q", format=".2f"), "badge"],
    )
    bare = one.encode(y=alt.Y("title:N", sort=sort, title=None, axis=None))
    bars = one.encode(x=alt.X("n_documents:Q", title=None, axis=None, scale=alt.Scale(domain=[0, _top(table, 1.35)])))
    counts = bars.mark_bar(height=12, color=base.FAINT) + bars.mark_text(align="left", dx=5).encode(
        text=alt.Text("n_documents:Q", format=",d")
    )
    steady = bare.mark_point(size=70, color=base.INK).encode(
        shape=alt.Shape("badge:N", scale=alt.Scale(domain=_BADGES, range=["circle", "diamond", "cross"]), legend=None),
        opacity=alt.Opacity("badge:N", scale=alt.Scale(domain=_BADGES, range=[1.0, 0.75, 0.5]), legend=None),
        x=alt.value(8),
    )
    steady += bare.mark_text(align="left").encode(x=alt.value(18), text="badge:N")
    typical = bare.mark_text(align="left", color=base.FAINT).encode(x=alt.value(2), text="shown:N")
    unsteady = table.filter(pl.col("stability") < FAIR).height
    chart = alt.hconcat(
        counts.properties(width=130, title=_head("documents")),
        steady.properties(width=78, title=_head("stability")),
        typical.properties(width=370, title=_head("most typical words")),
        spacing=8,
    )
    return finish(
        chart,
        title="The themes",
        caption=f"{len(table)} themes of {found.passages.height:,} passages, {per_cent(found.unassigned)} in none;"
        f" {count(unsteady, 'theme')} of weak stability (overlap between runs under {FAIR:g} of 1).",
        how_to_read="Steady: a theme of mostly the same passages comes back in either half of the"
        f" {found.runs} runs (mean Jaccard overlap of {STEADY:g} and more). Fair: its core does ({FAIR:g} and more)."
        " Weak: another run may not show it.",
        description="Table of themes with bars of documents, stability and typical words.",
        table=table.drop("title"),
        notes=("Labels are the most typical words, chosen by counting: read passages before naming a theme.",),
    )


@shows(Themes)
def _themes(found: Themes) -> str:
    table = found.table.select("theme", "label", "words", "n_documents", "n_passages", "stability", steady=_badge())
    columns = {"theme": "no.", "label": "theme", "words": "typical words", "n_documents": "documents",
               "n_passages": "passages", "stability": "stability", "steady": "that is"}  # fmt: skip
    said = (
        f"{found.passages.height:,} passages, {per_cent(found.unassigned)} in no theme; agreement between halves of"
        f" the runs: AMI {found.agreement:.2f}. A theme is where comparison starts, and no finding."
    )
    return html.cell(
        html.table(table, columns=columns, rows=40, heading="Themes") + f'<p class="notes">{html.escape(said)}</p>'
    )


_BADGES = ["steady", "fair", "weak"]


def _badge() -> pl.Expr:
    return pl.when(pl.col("stability") >= STEADY).then(pl.lit(_BADGES[0])).when(pl.col("stability") >= FAIR).then(
        pl.lit(_BADGES[1])
    ).otherwise(pl.lit(_BADGES[2]))  # fmt: skip


def _top(table: pl.DataFrame, room: float) -> float:
    return room * float(table["n_documents"].max() or 1)  # type: ignore[arg-type]


def _head(words: str) -> alt.TitleParams:
    return alt.TitleParams(words, frame="group", fontSize=12, fontWeight="normal")
