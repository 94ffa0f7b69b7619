"""Pictures of themes: the map of passages, what each side writes about, and how large and steady each theme is."""

import textwrap
from collections.abc import Sequence

import altair as alt
import numpy as np
import polars as pl

from helpers import html
from helpers.analyse.claims import Claim, Gate, Wording, claims
from helpers.analyse.composition import UNASSIGNED, measures, value_of
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.themes import Themes
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.errors import InputError
from helpers.results import shows
from helpers.sides import looks, readable

MOST_POINTS = 3_000
"""Passages on the map; a sample beyond."""
EXCERPT, LINE = 200, 58
"""Characters shown of a passage, and of a line of it."""
LISTED = 6
"""Passages in each of the two lists under the map."""
STEADY, FAIR = 0.75, 0.6
"""Least mean Jaccard overlap of a steady theme, and of one whose core is there but whose edge is not (Hennig 2007,
Computational Statistics and Data Analysis 52, on clusters under resampling)."""

WIDTH, HEIGHT = 470, 440


def map(found: Themes, *, seed: int = 7) -> Figure:
    """Passages on the map of themes: near is alike. Drag a box: bars and passages are those inside it."""
    passages = found.passages
    sides = passages["side"].unique().to_list()
    sampled = passages.sample(MOST_POINTS, seed=seed) if len(passages) > MOST_POINTS else passages
    points = _points(sampled.sort("id"), found.table, sides)
    brush = alt.selection_interval(name="box")
    chart = (_dots(points, sides, brush) + _names(passages, found.table)) | _bars(points, found.table, sides, brush)
    lists = alt.hconcat(*(_list(points, sides, brush, column) for column in range(2)), spacing=20)
    counts = _counts(passages)
    notes = [
        f"{_per_cent(found.unassigned)} of the passages belong to no theme; they are on the map, and named as such.",
        "Distances across the map mean little, and a group of marks is not a finding.",
    ]
    if len(sampled) < len(passages):
        notes.append(f"{len(sampled):,} of {len(passages):,} passages are drawn, chosen at random.")
    if passages["constructed"].all():
        notes.append("Every passage here was constructed for teaching; nobody published it.")
    return finish(
        alt.vconcat(chart, lists, spacing=18).resolve_scale(color="shared"),
        title="A map of the passages",
        caption=f"{len(passages):,} passages ({counts}) by what they are about, in {len(found.table)} themes; agreement between"
        f" the themes of either half of the runs: AMI {found.agreement:.2f} (chance 0, the same 1).",
        how_to_read="Passages that are alike stand close together. Drag a box over the map: the bars count the passages inside"
        f" it, and below stand the {2 * LISTED} of them that are nearest to their theme’s centre.",
        description="Scatter plot of passages with the names of themes, a bar chart of themes by side, and a list of passages.",
        table=_map_table(passages, found.table),
        notes=notes,
    )


def composition(contrasts: Contrasts, found: Themes, *, gate: Gate | None = None) -> Figure:
    """Share of each side's passages in each theme, with document-level intervals; largest theme first."""
    names = {value_of(n): label or f"theme {n}" for n, label in found.table.select("theme", "label").rows()}
    names[UNASSIGNED] = UNASSIGNED
    unknown = [value for value in contrasts.values if value not in names]
    if unknown:
        raise InputError("not the composition of these themes", where="charts.themes.composition", found=", ".join(unknown),
                         do="Pass composition(themes) and the same themes.")  # fmt: skip
    table = contrasts.sides.with_columns(theme=pl.col("value").replace_strict(names)).select(
        "theme", "side", "mean", "low", "high", "documents_mean", "n_documents", "n_passages", "n_members", "n_set_aside",
        "value",
    )  # fmt: skip
    average = table.group_by("value", "theme").agg(pl.col("mean").mean())
    order = average.sort(pl.col("value") == UNASSIGNED, "mean", "theme", descending=[False, True, False])
    sides = table["side"].unique().to_list()
    rank = {value: k for k, value in enumerate(order["value"])}
    table = table.sort(pl.col("value").replace_strict(rank, return_dtype=pl.Int64), "side").drop("value")
    drawn = alt.Chart(base.named(table), width=440, height=alt.Step(8)).encode(
        y=alt.Y("theme:N", title=None, sort=order["theme"].to_list(), scale=alt.Scale(paddingInner=0.35)),
        yOffset=alt.YOffset("side:N", sort=base.side_order(sides)),
        color=base.side_colour(sides),
        tooltip=["theme", "side", *(alt.Tooltip(f"{name}:Q", format=".1%") for name in ("mean", "low", "high")), "n_documents",
                 "n_passages", alt.Tooltip("n_members:Q", title="outlets")],
    )  # fmt: skip
    axis = alt.Axis(format="%", tickCount=6)
    rules = drawn.mark_rule(strokeWidth=1.5).encode(x=alt.X("low:Q", title="share of passages", axis=axis), x2="high:Q")
    dots = drawn.mark_point(size=46).encode(x=alt.X("mean:Q", title="share of passages", axis=axis), shape=base.side_shape(sides))
    found_claims = composition_claims(contrasts, found, gate=gate)
    notes = ["A theme is what passages are about, as this clustering has it: a subject, and with it some of the outlets’ style."]
    if found_claims:
        notes.append(f"The sentence is the strongest of {_n(len(found_claims), 'contrast')} made here.")
    return finish(
        rules + dots,
        title="What each side writes about",
        caption=found_claims[0].sentence,
        how_to_read="Each mark is one side: the mean of its outlets, each counting the same, and within them each document."
        " Lines: 95 % intervals, had other documents of these outlets been drawn.",
        description="Dot chart of the share of each side’s passages in each theme, with intervals.",
        table=table,
        notes=notes,
    )


def composition_claims(contrasts: Contrasts, found: Themes, *, gate: Gate | None = None) -> list[Claim]:
    """What may be said of a composition, in percentage points, strongest first."""
    wording = Wording(measures(found), unit="points")
    return claims(contrasts, wording=wording, gate=gate or Gate(needs=False))


def sizes(found: Themes) -> Figure:
    """The themes with their words, their documents, and how steady they are."""
    table = found.table.select(
        "theme", "label", "words", "n_documents", "n_passages", "stability", badge=_badge(), title=_label(found.table)
    )
    sort = table["title"].to_list()
    drawn = table.with_columns(shown=pl.Series([html.clip(w, 62) for w in table["words"]], dtype=pl.String))
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
    words = bare.mark_text(align="left", color=base.FAINT).encode(x=alt.value(2), text="shown:N")
    unsteady = table.filter(pl.col("stability") < FAIR).height
    chart = alt.hconcat(
        counts.properties(width=130, title=_head("documents")),
        steady.properties(width=78, title=_head("stability")),
        words.properties(width=370, title=_head("most typical words")),
        spacing=8,
    )
    return finish(
        chart,
        title="The themes",
        caption=f"{len(table)} themes of {found.passages.height:,} passages, {_per_cent(found.unassigned)} in none;"
        f" {_n(unsteady, 'theme')} of weak stability (overlap between runs under {FAIR:g} of 1).",
        how_to_read=f"Steady: a theme of mostly the same passages comes back in either half of {found.runs} runs (mean Jaccard"
        f" overlap of {STEADY:g} and more). Fair: its core does ({FAIR:g} and more). Weak: another run may not show it.",
        description="Table of themes with bars of documents, stability and typical words.",
        table=table.drop("title"),
        notes=("Labels are the most typical words, chosen by counting: read passages before naming a theme.",),
    )


@shows(Themes)
def _themes(found: Themes) -> str:
    table = found.table.select(
        "theme", "label", "words", "n_documents", "n_passages", "stability", steady=_badge()
    )
    columns = {"theme": "no.", "label": "theme", "words": "typical words", "n_documents": "documents",
               "n_passages": "passages", "stability": "stability", "steady": "that is"}  # fmt: skip
    said = (
        f"{found.passages.height:,} passages, {_per_cent(found.unassigned)} in no theme; agreement between halves of the runs:"
        f" AMI {found.agreement:.2f}. A theme is where comparison starts, and no finding."
    )
    return html.cell(html.table(table, columns=columns, rows=40, heading="Themes") + f'<p class="notes">{html.escape(said)}</p>')


_BADGES = ["steady", "fair", "weak"]


def _badge() -> pl.Expr:
    return pl.when(pl.col("stability") >= STEADY).then(pl.lit(_BADGES[0])).when(pl.col("stability") >= FAIR).then(
        pl.lit(_BADGES[1])
    ).otherwise(pl.lit(_BADGES[2]))  # fmt: skip


def _label(table: pl.DataFrame, most: int = 34) -> pl.Series:
    """Number and label: "3 hull, ashore, fish"; the number keeps two themes of one label apart."""
    return pl.Series("title", [f"{n} {html.clip(label or '', most)}".strip() for n, label in table.select("theme", "label").rows()])


def _points(passages: pl.DataFrame, table: pl.DataFrame, sides: Sequence[str]) -> pl.DataFrame:
    """What the map, its bars and its lists need of each passage, and no more."""
    titles = dict(zip(table["theme"], _label(table), strict=True))
    seen = looks(sides)
    heads, texts, theme = [], [], []
    columns = ["side", "outlet", "speaker", "date", "date_precision", "text", "theme"]
    for row in passages.select(columns).iter_rows(named=True):
        named = titles.get(row["theme"], UNASSIGNED)
        whose = [row["speaker"] or row["outlet"], html.day(row["date"], row["date_precision"])]
        look = seen.get(row["side"])
        heads.append(html.clip(html.clean(" · ".join([look.sign if look else "", *filter(None, whose)])), LINE))
        excerpt = html.clip(html.clean(" ".join(row["text"].split())), EXCERPT)
        texts.append("\n".join(textwrap.wrap(excerpt, LINE, max_lines=4, placeholder=" …")))
        theme.append(named)
    made = passages.select("x", "y", "side", "centrality").with_columns(
        pl.Series("about", theme, dtype=pl.String), pl.Series("head", heads, dtype=pl.String), pl.Series("said", texts, dtype=pl.String)
    )
    return base.named(made.with_columns(pl.col("x", "y", "centrality").cast(pl.Float64).round(3)))


def _dots(points: pl.DataFrame, sides: Sequence[str], brush: alt.Parameter) -> alt.Chart:
    return (
        alt.Chart(points, width=WIDTH, height=HEIGHT)
        .mark_point(size=22 if len(points) < 1500 else 12)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(nice=False, padding=8)),
            y=alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, padding=8)),
            color=base.side_colour(sides),
            shape=base.side_shape(sides),
            opacity=alt.condition(brush, alt.value(0.42), alt.value(0.1)),
            tooltip=["head", "about", "said"],
        )
        .add_params(brush)
    )


def _names(passages: pl.DataFrame, table: pl.DataFrame) -> alt.Chart:
    """Labels of themes at the medians of their passages, moved up or down until none lies on another."""
    middle = passages.drop_nulls("theme").group_by("theme").agg(pl.col("x", "y").cast(pl.Float64).median())
    named = table.select("theme", "n_passages", name=pl.Series([_short(label) for label in table["label"]]))
    placed = named.join(middle, on="theme").sort("n_passages", descending=True)
    spans = [(float(passages[a].min()), float(passages[a].max())) for a in ("x", "y")]  # type: ignore[arg-type]
    (x0, x1), (y0, y1) = spans
    across = (placed["x"].to_numpy() - x0) / max(x1 - x0, 1e-9) * WIDTH
    down = (placed["y"].to_numpy() - y0) / max(y1 - y0, 1e-9) * HEIGHT
    across, down = apart(across, down, [len(name) for name in placed["name"]])
    placed = placed.select(
        "name",
        pl.Series("x", x0 + across / WIDTH * (x1 - x0)).round(3),
        pl.Series("y", y0 + down / HEIGHT * (y1 - y0)).round(3),
    )
    return (
        alt.Chart(placed)
        .mark_text(fontSize=11, fontWeight=700, color=base.INK)
        .encode(x="x:Q", y="y:Q", text="name:N", tooltip=alt.value(None))
    )


def apart(across: np.ndarray, down: np.ndarray, letters: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Places of labels, pixels, in the order given: each where it belongs or, where another is already there, at
    the nearest free height; none reaches over an edge."""
    widths = np.array(letters) * 6.6 + 8
    across = np.clip(across, np.minimum(widths / 2, WIDTH / 2), np.maximum(WIDTH - widths / 2, WIDTH / 2))
    placed = np.array(down, dtype=float)
    for k in range(len(placed)):
        near = np.abs(across[:k] - across[k]) < (widths[:k] + widths[k]) / 2
        steps = sorted(range(-16, 17), key=lambda step: (abs(step), step))
        for step in steps:
            height = placed[k] + 7 * step
            if 8 <= height <= HEIGHT - 8 and not (near & (np.abs(placed[:k] - height) < 14)).any():
                placed[k] = height
                break
    return across, placed


def _short(label: str | None) -> str:
    """The first two words of a label, for a place on the map."""
    return html.clip(", ".join((label or "").split(", ")[:2]), 26)


def _bars(points: pl.DataFrame, table: pl.DataFrame, sides: Sequence[str], brush: alt.Parameter) -> alt.VConcatChart:
    """Passages in the box: by side, and by theme and side."""
    order = [*_label(table), UNASSIGNED]
    step = int(np.clip((HEIGHT - 22 * len(sides) - 70) / len(order), 10, 22))
    one = alt.Chart(points, width=190).transform_filter(brush)
    count = alt.X("count():Q", title=None, axis=alt.Axis(tickCount=4, format="d", tickMinStep=1))
    whose = one.mark_bar(height=12).encode(
        x=count, y=alt.Y("side:N", title=None, sort=base.side_order(sides)), color=base.side_colour(sides),
        tooltip=["side", alt.Tooltip("count():Q", title="passages")],
    )  # fmt: skip
    small = alt.Axis(labelFontSize=min(12, step), labelLimit=180)
    about = one.mark_bar(height=max(7, step - 5)).encode(
        x=alt.X("count():Q", title="passages in the box", axis=alt.Axis(tickCount=4, format="d", tickMinStep=1)),
        y=alt.Y("about:N", title=None, sort=order, axis=small, scale=alt.Scale(domain=order)),
        color=base.side_colour(sides),
        order=alt.Order("side:N"),
        tooltip=["about", "side", alt.Tooltip("count():Q", title="passages")],
    )
    return alt.vconcat(whose.properties(height=alt.Step(20)), about.properties(height=alt.Step(step)), spacing=6)


def _list(points: pl.DataFrame, sides: Sequence[str], brush: alt.Parameter, column: int) -> alt.LayerChart:
    """Six passages in the box, the most central ones first; the second column goes on where the first ends."""
    first = column * LISTED + 1
    one = (
        alt.Chart(points, width=390, height=LISTED * 86)
        .transform_filter(brush)
        .transform_window(rank="row_number()", sort=[alt.SortField("centrality", order="descending"), alt.SortField("head")])
        .transform_filter(alt.FieldRangePredicate(field="rank", range=[first, first + LISTED - 1]))
        .encode(y=alt.Y("rank:O", axis=None, scale=alt.Scale(domain=list(range(first, first + LISTED)), padding=0)))
    )
    text = {"align": "left", "baseline": "top", "clip": False}
    heads = one.mark_text(**text, fontWeight=600, dy=-40).encode(
        text="head:N", x=alt.value(0), color=base.side_colour(sides), tooltip=["about", "side"]
    )
    return heads + one.mark_text(**text, dy=-24, lineBreak="\n", lineHeight=15).encode(text="said:N", x=alt.value(0))


def _map_table(passages: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Passages and documents by theme and side."""
    titles = dict(zip(table["theme"], table["label"], strict=True))
    made = passages.group_by("theme", "side").agg(
        pl.len().cast(pl.Int64).alias("n_passages"), pl.col("document_id").n_unique().cast(pl.Int64).alias("n_documents")
    )
    label = pl.Series("label", [titles.get(n, UNASSIGNED) for n in made["theme"]], dtype=pl.String)
    return made.with_columns(label).sort("theme", "side", nulls_last=True).select("theme", "label", "side", "n_passages", "n_documents")


def _top(table: pl.DataFrame, room: float) -> float:
    return room * float(table["n_documents"].max() or 1)  # type: ignore[arg-type]


def _head(words: str) -> alt.TitleParams:
    return alt.TitleParams(words, frame="group", fontSize=12, fontWeight="normal")


def _counts(passages: pl.DataFrame) -> str:
    made = passages.group_by("side").agg(pl.len(), pl.col("document_id").n_unique().alias("n")).sort("side")
    return ", ".join(f"{n:,} of {readable(side)} in {_n(documents, 'document')}" for side, n, documents in made.rows())


def _per_cent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _n(n: int, noun: str) -> str:
    return f"{n:,} {noun}" + ("" if n == 1 else "s")
