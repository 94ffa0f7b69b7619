"""Pictures of themes: the map of passages, how large and how steady each theme is, and what to read in it."""

import altair as alt
import polars as pl
from IPython.display import HTML

from helpers import html
from helpers.analyse.neighbours import LOOSE
from helpers.analyse.themes import Themes
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.theme_map import fitting, map, titles
from helpers.phrases import count, per_cent
from helpers.results import shows

__all__ = ["central", "map", "sizes"]
STEADY, FAIR = 0.75, 0.6
"""Least mean Jaccard overlap of a steady theme, and of one whose core is there but whose edge is not (Hennig 2007,
Computational Statistics and Data Analysis 52, on clusters under resampling)."""


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
        "theme", "label", "words", "n_documents", "n_passages", "stability", "support", badge=_badge(),
        title=titles(found.table),
    )  # fmt: skip
    sort = table["title"].to_list()
    words = [html.clean(words) for words in table["words"]]
    drawn = table.drop("label").with_columns(
        pl.Series("words", words, dtype=pl.String),
        pl.Series("shown", [fitting(w, 60) for w in words], dtype=pl.String),
    )
    one = alt.Chart(drawn, height=alt.Step(24)).encode(
        y=alt.Y("title:N", sort=sort, title=None, axis=alt.Axis(labelLimit=255, labelFontWeight=600)),
        tooltip=["title", "words", "n_documents", "n_passages", alt.Tooltip("stability:Q", format=".2f"),
                 alt.Tooltip("support:Q", format=".2f"), "badge"],
    )  # fmt: skip
    bare = one.encode(y=alt.Y("title:N", sort=sort, title=None, axis=None))
    bars = one.encode(x=alt.X("n_documents:Q", title=None, axis=None, scale=alt.Scale(domain=[0, _top(table, 1.35)])))
    counts = bars.mark_bar(height=12, color=base.FAINT) + bars.mark_text(align="left", dx=5).encode(
        text=alt.Text("n_documents:Q", format=",d")
    )
    steady = bare.mark_point(size=70, color=base.INK).encode(
        shape=alt.Shape("badge:N", scale=alt.Scale(domain=_BADGES, range=_MARKS), legend=None),
        opacity=alt.Opacity("badge:N", scale=alt.Scale(domain=_BADGES, range=_STRENGTHS), legend=None),
        x=alt.value(8),
    )
    steady += bare.mark_text(align="left").encode(x=alt.value(18), text="badge:N")
    typical = bare.mark_text(align="left", color=base.FAINT).encode(x=alt.value(2), text="shown:N")
    doubtful = table.filter(~pl.col("badge").is_in(_BADGES[:2])).height
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
        f" {count(doubtful, 'theme')} weak, loose or held by a form.",
        how_to_read="Steady: a theme of mostly the same passages comes back in either half of the"
        f" {found.runs} runs (mean Jaccard overlap of {STEADY:g} and more). Fair: its core does ({FAIR:g} and more)."
        " Weak: another run may not show it. Loose: most of the passages nearest to its own stand in other themes or"
        " in none, so that it may be several subjects. Openings, closings: what its passages share is their place.",
        description="Table of themes with bars of documents, stability and typical words.",
        table=table.drop("title"),
        notes=("Labels are the most typical words, chosen by counting: read passages before naming a theme.",),
    )


@shows(Themes)
def _themes(found: Themes) -> str:
    table = found.table.select(
        "theme", "label", "words", "n_documents", "n_passages", "stability", "support", steady=_badge()
    )
    columns = {"theme": "no.", "label": "theme", "words": "typical words", "n_documents": "documents",
               "n_passages": "passages", "stability": "stability", "support": "support",
               "steady": "that is"}  # fmt: skip
    said = (
        f"{found.passages.height:,} passages, {per_cent(found.unassigned)} in no theme; agreement between halves of"
        f" the runs: AMI {found.agreement:.2f}. A theme is where comparison starts, and no finding."
    )
    return html.cell(
        html.table(table, columns=columns, rows=40, heading="Themes") + f'<p class="notes">{html.escape(said)}</p>'
    )


_BADGES = ["steady", "fair", "weak", "loose", "openings", "closings"]
_MARKS = ["circle", "diamond", "cross", "cross", "square", "square"]
_STRENGTHS = [1.0, 0.75, 0.5, 0.5, 0.5, 0.5]


def _badge() -> pl.Expr:
    """A form before what is loose, what is loose before what is weak."""
    steadiness = (
        pl.when(pl.col("stability") >= STEADY)
        .then(pl.lit(_BADGES[0]))
        .when(pl.col("stability") >= FAIR)
        .then(pl.lit(_BADGES[1]))
        .otherwise(pl.lit(_BADGES[2]))
    )
    return pl.coalesce("form", pl.when(pl.col("support") < LOOSE).then(pl.lit(_BADGES[3])), steadiness)


def _top(table: pl.DataFrame, room: float) -> float:
    return room * float(table["n_documents"].max() or 1)  # type: ignore[arg-type]


def _head(words: str) -> alt.TitleParams:
    return alt.TitleParams(words, frame="group", fontSize=12, fontWeight="normal")
