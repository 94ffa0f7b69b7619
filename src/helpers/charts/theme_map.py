"""The map of passages: places, names of themes, and what a box drawn over it holds."""

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import polars as pl

from helpers import html
from helpers.analyse.composition import UNASSIGNED
from helpers.analyse.themes import Themes
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.linked import Reading, reading
from helpers.codebook import Codebook
from helpers.sides import looks, readable

MOST_POINTS = 3_000
"""Passages on the map; a sample beyond."""
EXCERPT, LINE = 200, 58
"""Characters shown of a passage, and of a line of it."""
LISTED = 6
"""Passages in each of the two lists under the map."""
WIDTH, HEIGHT = 470, 440


def map(
    found: Themes, *, scored: pl.DataFrame | None = None, codebook: Codebook | None = None, seed: int = 7
) -> Figure:
    """Passages on the map of themes: near is alike. Drag a box: bars and passages are those inside it.

    scored, codebook  the same passages with their frame scores (helpers.analyse.frames.score), by which a page says
                      what frames the passages in the box are near to"""
    passages = found.passages
    sides = passages["side"].unique().to_list()
    sampled = passages.sample(MOST_POINTS, seed=seed) if len(passages) > MOST_POINTS else passages
    sampled = sampled.sort("id")
    points = _points(sampled, found.table, sides)
    many = len(points) > 1500
    brush = alt.selection_interval(name="box")
    chart = (_dots(points, sides, brush, many=many) + _names(passages, found.table)) | _bars(
        points, found.table, sides, brush
    )
    behind = _reading(sampled, points, found.table, scored, codebook) if base.reporting() else None
    views = [_own_scales(chart)]
    if behind is None:
        lists = (_list(points, sides, brush, column) for column in range(2))
        views.append(_own_scales(alt.hconcat(*lists, spacing=20)))
    notes = [
        f"{100 * found.unassigned:.0f} % of the passages belong to no theme; they are on the map, and named as such.",
        "Distances across the map mean little, and a group of marks is not a finding.",
    ]
    if len(sampled) < len(passages):
        notes.append(f"{len(sampled):,} of {len(passages):,} passages are drawn, chosen at random.")
    if passages["constructed"].all():
        notes.append("Every passage here was constructed for teaching; nobody published it.")
    notes += behind.notes if behind else ()
    listed = "those of them that" if behind else f"the {2 * LISTED} of them that"
    return finish(
        _own_scales(alt.vconcat(*views, spacing=18)),
        title="A map of the passages",
        caption=f"{len(passages):,} passages ({_counts(passages)}) by what they are about; {len(found.table)} themes,"
        f" those of either half of the runs agreeing by an AMI of {found.agreement:.2f} (chance 0, the same 1).",
        how_to_read="Passages that are alike stand close together. Drag a box over the map: the bars count the passages"
        f" inside it, and below stand {listed} are nearest to their theme’s centre.",
        description="Scatter plot of passages with names of themes, bars of themes by side, and a list of passages.",
        table=_map_table(passages, found.table),
        notes=notes,
        reading=behind,
    )


def _reading(
    passages: pl.DataFrame,
    points: pl.DataFrame,
    table: pl.DataFrame,
    scored: pl.DataFrame | None,
    codebook: Codebook | None,
) -> Reading:
    """The passages behind the marks, those nearest to their theme’s centre first."""
    labels: dict[str, str] = {}
    behind = passages.with_columns(points["x"], points["y"], points["about"])
    if scored is not None and codebook is not None:
        labels = {name: codebook.labels()[name] for name in codebook.columns(control=False)}
        behind = behind.join(scored.select("id", *labels), on="id", how="left", maintain_order="left")
    return reading(
        behind.sort("centrality", "id", descending=[True, False], nulls_last=True),
        selection="box",
        words=dict(zip(titles(table), table["words"].fill_null(""), strict=True)),
        scores=labels,
        sides=passages["side"].unique().to_list(),
    )


def titles(table: pl.DataFrame, most: int = 34) -> pl.Series:
    """Number and label of each theme: "3 hull, ashore, fish"; the number keeps two themes of one label apart."""
    made = [
        f"{n} {fitting(html.clean(label or ''), most)}".strip() for n, label in table.select("theme", "label").rows()
    ]
    return pl.Series("title", made, dtype=pl.String)


def fitting(words: str, most: int) -> str:
    """As many of the `words`, parted by commas, as `most` characters hold; at least a part of the first."""
    kept = ""
    for word in words.split(", "):
        longer = f"{kept}, {word}" if kept else word
        if len(longer) > most:
            return kept or html.clip(word, most)
        kept = longer
    return kept


def _points(passages: pl.DataFrame, table: pl.DataFrame, sides: Sequence[str]) -> pl.DataFrame:
    """What the map, its bars and its lists need of each passage, and no more."""
    named = dict(zip(table["theme"], titles(table), strict=True))
    signs = {side: look.sign for side, look in looks(sides).items()}
    turn = {side: k for k, side in enumerate(signs)}
    heads, texts = [], []
    columns = ["side", "outlet", "speaker", "date", "date_precision", "text"]
    for side, outlet, speaker, date, precision, text in passages.select(columns).iter_rows():
        day = html.day(date, precision)
        whose = html.clip(speaker or outlet, LINE - len(day) - 12)
        heads.append(html.clean(f"{signs.get(side, '')} {whose}" + (f" · {day}" if day else "")))
        lines = textwrap.wrap(textwrap.shorten(html.clean(text[: 4 * EXCERPT]), EXCERPT, placeholder=" …"), LINE)
        texts.append("\n".join(lines[:4]))
    made = passages.select(
        "side",
        pl.col("x", "y", "centrality").cast(pl.Float64).round(3),
        pl.col("theme").replace_strict(named, default=UNASSIGNED, return_dtype=pl.String).alias("about"),
        pl.col("side").replace_strict(turn, default=None, return_dtype=pl.Int64).alias("turn"),
        pl.Series("head", heads, dtype=pl.String),
        pl.Series("said", texts, dtype=pl.String),
    )
    return base.named(made)


def _dots(points: pl.DataFrame, sides: Sequence[str], brush: alt.Parameter, *, many: bool) -> alt.Chart:
    legend = alt.Legend(title=None, orient="top", symbolOpacity=1, symbolSize=90)
    return (
        alt.Chart(points, width=WIDTH, height=HEIGHT)
        .mark_point(size=11 if many else 24)
        .encode(
            x=alt.X("x:Q", axis=None, scale=alt.Scale(nice=False, padding=8)),
            y=alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, padding=8)),
            color=alt.Color("side:N", scale=base.side_scale(sides), legend=legend),
            shape=alt.Shape("side:N", scale=base.side_shape(sides)["scale"], legend=legend),
            opacity=alt.condition(brush, alt.value(0.34 if many else 0.5), alt.value(0.08)),
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
        .mark_text(fontSize=12, fontWeight=700, color=base.INK)
        .encode(x="x:Q", y="y:Q", text="name:N", tooltip=alt.value(None))
    )


def apart(across: np.ndarray, down: np.ndarray, letters: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Places of labels, pixels, in the order given: each where it belongs or, where another is already there, at
    the nearest free height; none reaches over an edge."""
    widths = np.array(letters) * 7.0 + 8
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
    return fitting(", ".join(html.clean(label or "").split(", ")[:2]), 26)


def _bars(points: pl.DataFrame, table: pl.DataFrame, sides: Sequence[str], brush: alt.Parameter) -> alt.VConcatChart:
    """Passages in the box: by side, and by theme and side."""
    order = [*titles(table), UNASSIGNED]
    step = int(np.clip((HEIGHT - 22 * len(sides) - 70) / len(order), 10, 22))
    one = alt.Chart(points, width=190).transform_filter(brush)
    count = alt.X("count():Q", title=None, axis=alt.Axis(tickCount=4, format="d", tickMinStep=1))
    whose = one.mark_bar(height=12).encode(
        x=count, y=alt.Y("side:N", title=None, sort=base.side_order(sides)), color=_plain(sides),
        tooltip=["side", alt.Tooltip("count():Q", title="passages")],
    )  # fmt: skip
    small = alt.Axis(labelFontSize=min(12, step), labelLimit=200)
    about = one.mark_bar(height=max(7, step - 5)).encode(
        x=alt.X("count():Q", title="passages in the box", axis=alt.Axis(tickCount=4, format="d", tickMinStep=1)),
        y=alt.Y("about:N", title=None, sort=order, axis=small, scale=alt.Scale(domain=order)),
        color=_plain(sides),
        order=alt.Order("turn:Q"),
        tooltip=["about", "side", alt.Tooltip("count():Q", title="passages")],
    )
    both = alt.vconcat(whose.properties(height=alt.Step(20)), about.properties(height=alt.Step(step)), spacing=6)
    return _own_scales(both)


def _list(points: pl.DataFrame, sides: Sequence[str], brush: alt.Parameter, column: int) -> alt.LayerChart:
    """Six passages in the box, the most central ones first; the second column goes on where the first ends."""
    first = column * LISTED + 1
    one = (
        alt.Chart(points, width=390, height=LISTED * 82)
        .transform_filter(brush)
        .transform_window(
            rank="row_number()", sort=[alt.SortField("centrality", order="descending"), alt.SortField("head")]
        )
        .transform_filter(alt.FieldRangePredicate(field="rank", range=[first, first + LISTED - 1]))
        .encode(y=alt.Y("rank:O", axis=None, scale=alt.Scale(domain=list(range(first, first + LISTED)), padding=0)))
    )
    heads = one.mark_text(align="left", baseline="top", fontWeight=600, dy=-38).encode(
        text="head:N", x=alt.value(0), color=_plain(sides), tooltip=["about", "side"]
    )
    texts = one.mark_text(align="left", baseline="top", dy=-21, lineBreak="\n", lineHeight=15)
    return heads + texts.encode(text="said:N", x=alt.value(0))


def _own_scales(views: Any) -> Any:
    """The views with a scale each, all of one domain: only so has the map its legend, and the others none."""
    return views.resolve_scale(color="independent", shape="independent")


def _plain(sides: Sequence[str]) -> alt.Color:
    """The colour of a side, its legend being that of the map."""
    return alt.Color("side:N", scale=base.side_scale(sides), legend=None)


def _map_table(passages: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Passages and documents by theme and side."""
    named = dict(zip(table["theme"], table["label"], strict=True))
    made = passages.group_by("theme", "side").agg(
        pl.len().cast(pl.Int64).alias("n_passages"),
        pl.col("document_id").n_unique().cast(pl.Int64).alias("n_documents"),
    )
    label = pl.Series("label", [named.get(n, UNASSIGNED) for n in made["theme"]], dtype=pl.String)
    return (
        made.with_columns(label)
        .sort("theme", "side", nulls_last=True)
        .select("theme", "label", "side", "n_passages", "n_documents")
    )


def _counts(passages: pl.DataFrame) -> str:
    made = passages.group_by("side").agg(pl.len(), pl.col("document_id").n_unique().alias("n")).sort("side")
    return ", ".join(f"{n:,} of {readable(side)} in {documents:,} documents" for side, n, documents in made.rows())
