"""Pictures of a text among the passages of a corpus: on the map, by frame, and beside the passages nearest to it."""

import altair as alt
import numpy as np
import polars as pl

from helpers import html
from helpers.analyse.place import ALL, Placed
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.claims import held
from helpers.charts.theme_map import HEIGHT, WIDTH, apart
from helpers.charts.typical import names_of, same_text
from helpers.errors import InputError
from helpers.phrases import count, listed
from helpers.results import shows
from helpers.sides import looks, readable, side_name

MOST_POINTS = 3_000
"""Passages of the corpus on the map; a sample beyond."""
BESIDE = 2
"""Passages of each side that are shown beside one of the text; the table has all."""
TOP = 3
"""Frames that are named beside a passage."""


def map(placed: Placed, *, seed: int = 7) -> Figure:
    """The corpus's passages, faint, in the colours of their sides, and the text's own, numbered."""
    sides, own = list(placed.sides), _numbered(placed)
    some = placed.mapped if len(placed.mapped) <= MOST_POINTS else placed.mapped.sample(MOST_POINTS, seed=seed)
    points = base.named(some.sort("id").select("side", "outlet", "theme", pl.col("x", "y").round(3)))
    drawn = own.select(
        "number", "x", "y", theme=pl.col("label").fill_null("none"),
        said=pl.Series([html.clip(html.clean(text), 200) for text in own["text"]], dtype=pl.String),
    )  # fmt: skip
    x, y = (alt.X("x:Q", axis=None, scale=alt.Scale(nice=False, zero=False, padding=10)),
            alt.Y("y:Q", axis=None, scale=alt.Scale(nice=False, zero=False, padding=10)))  # fmt: skip
    themes = placed.mapped.drop_nulls("theme").group_by(pl.col("theme").alias("words"))
    named = themes.agg(pl.col("x", "y").cast(pl.Float64).median(), n=pl.len()).sort(
        "n", "words", descending=[True, False]
    )
    named = named.select("x", "y", words=pl.Series([_short(words) for words in named["words"]], dtype=pl.String))
    marks = drawn.select(pl.col("x", "y").cast(pl.Float64), words="number")
    numbers, names = _apart(marks, named, placed)
    text = alt.Text("words:N")
    chart = (
        alt.Chart(points, width=WIDTH, height=HEIGHT)
        .mark_point(size=16, opacity=0.42)
        .encode(
            x=x, y=y, color=base.side_colour(sides), shape=base.side_shape(sides), tooltip=["side", "outlet", "theme"]
        )
        + alt.Chart(names).mark_text(fontSize=11, fontWeight=600, color=base.INK).encode(x=x, y=y, text=text)
        + alt.Chart(drawn)
        .mark_point(shape="diamond", size=150, color=base.ACCENT, opacity=1)
        .encode(x=x, y=y, tooltip=["number", "theme", "said"])
        + alt.Chart(numbers).mark_text(fontSize=14, fontWeight=700, color=base.ACCENT).encode(x=x, y=y, text=text)
    )
    none = own["label"].null_count()
    notes = ["A passage of the text stands at the median of the five passages of the corpus nearest to it. Distances "
             "across the map mean little."]  # fmt: skip
    if none:
        notes.append(f"{none} of the text’s {len(own)} passages belong to no theme: none is near enough.")
    if len(some) < len(placed.mapped):
        notes.append(f"{len(some):,} of the corpus’s passages are drawn, chosen at random.")
    return finish(
        chart,
        title="Where the text stands among the passages",
        caption=f"{listed(names_of(placed).values())}: {count(len(own), 'passage')} laid beside "
        f"{len(placed.mapped):,} of the corpus, by what they are about.",
        how_to_read="Diamonds are the passages of the text, numbered in their order. Faint marks are those of the "
        "corpus, one colour and shape for each side.",
        description="Scatter plot of the corpus’s passages with those of the text marked and numbered.",
        table=own.select("number", "id", "outlet", theme="label", nearest_theme="near_label", closeness="centrality",
                         x="x", y="y"),
        notes=(*notes, *same_text(placed)),
    )  # fmt: skip


def frames(placed: Placed, *, document: str | None = None) -> Figure:
    """Where each passage of one text scores among the passages of its own side and of each other, frame by frame.

    `document`: its id, where there are several; else the first. Raises InputError where there is none of that id."""
    id, name = _one(placed, document)
    rows = placed.frames.filter(~pl.col("control") & (pl.col("document_id") == id))
    rows = rows.join(_numbered(placed).select("id", "number"), on="id", maintain_order="left")
    own = placed.passages.filter(pl.col("document_id") == id)["side"][0]
    there = set(rows["among"])
    panels = [side for side in ([own] if own else []) + [s for s in looks(placed.sides) if s != own] if side in there]
    rank = rows.filter(among=panels[0]).group_by("label").agg(pl.col("percentile").mean()).sort("percentile", "label")
    order = rank["label"].to_list()[::-1]
    table = rows.filter(pl.col("among") != ALL).select(
        "number", "id", frame="label", side="among", score="score", percentile="percentile", n_passages="n_passages",
        n_texts="n_texts",
    )  # fmt: skip
    drawn = base.named(table.drop("id")).with_columns(pl.col("percentile").round(1))
    over = alt.selection_point(name="passage", fields=["number"], on="pointerover", clear="pointerout", empty=True)
    charts = []
    for k, side in enumerate(panels):
        title = f"among {readable(side)}" + (", its own side" if side == own else "")
        one = alt.Chart(drawn, title=title, width=180, height=alt.Step(22))
        one = one.transform_filter(alt.FieldEqualPredicate(field="side", equal=readable(side)))
        y = alt.Y("frame:N", sort=order, title=None, axis=alt.Axis(labels=k == 0, labelLimit=260, grid=True))
        axis = alt.Axis(values=[0, 25, 50, 75, 100])
        x = alt.X("percentile:Q", title="percentile", scale=alt.Scale(domain=[0, 100]), axis=axis)
        middle = one.mark_tick(thickness=3, size=17, color=base.INK).encode(
            y=y, x=alt.X("mean(percentile):Q", title="percentile")
        )
        dots = one.mark_point(size=60).encode(
            x=x, y=y, opacity=alt.condition(over, alt.value(0.75), alt.value(0.12)),
            color=base.side_colour(placed.sides, legend=False),
            shape=base.side_shape(placed.sides, legend=False),
            tooltip=["number", "frame", "side", alt.Tooltip("percentile:Q", format=".0f"),
                     alt.Tooltip("score:Q", format=".2f"), "n_passages", "n_texts"],
        )  # fmt: skip
        charts.append(dots + middle if k else (dots.add_params(over) + middle))
    counts = ", ".join(
        f"{side_name(side)} ({n_texts:,} texts)"
        for side, n_texts in rows.select("among", "n_texts").unique(maintain_order=True).iter_rows()
        if side != ALL
    )
    return finish(
        alt.hconcat(*charts, spacing=14),
        title="Which frames its passages carry, beside each side",
        caption=f"{name}: percentiles of its {count(rows['id'].n_unique(), 'passage')} on each frame among the "
        f"passages of {counts}, each text weighing the same; {held(placed.voice, placed.copies)}.",
        how_to_read="Each mark is a passage of the text; the upright bar is their mean. At 90, nine in ten passages of "
        "that side score lower on the frame. Point at a mark to see the same passage everywhere.",
        description="Dot charts, one for each side, of the percentiles of the text’s passages on each frame.",
        table=table,
        notes=(
            "A score is likeness to the statements of a codebook: weak evidence of a frame, until hand coding has "
            "validated it.",
            "Control frames are in the result’s table, and not drawn.",
            *same_text(placed),
        ),
    )


@shows(Placed)
def _placed(placed: Placed) -> str:
    parts = []
    own, names = _numbered(placed), names_of(placed)
    top = placed.frames.filter((pl.col("among") == ALL) & ~pl.col("control")).sort(
        "percentile", "frame", descending=[True, False]
    )
    for document, name in names.items():
        parts.append(f'<p class="heading">{html.escape(name)}</p>')
        for row, passage in enumerate(own.filter(document_id=document).iter_slices(1)):
            about = passage.row(0, named=True)
            highest = top.filter(id=about["id"]).head(TOP)
            carried = ", ".join(
                f"{label} {int(value)}" for label, value in highest.select("label", "percentile").iter_rows()
            )
            parts.append(
                f'<p class="faint">{html.escape(about["number"])} · theme: {html.escape(about["label"] or "none")} · '
                f"highest frames, percentile in the corpus: {html.escape(carried)}</p>"
            )
            parts.append(html.passages(passage, sides=placed.sides))
            opened = " open" if row == 0 else ""
            parts.append(
                f"<details{opened}><summary>Nearest on each side</summary>{_abreast(placed, about['id'])}</details>"
            )
    parts += [f'<p class="notes">{html.escape(note)}</p>' for note in same_text(placed)]
    parts.append(html.folded(placed.table.drop("document_id")))
    return html.cell("".join(parts))


def _abreast(placed: Placed, id: str) -> str:
    """The passages nearest to one, side by side."""
    near = placed.near.filter((pl.col("focus_id") == id) & (pl.col("rank") <= BESIDE))
    made = []
    for side in looks(placed.sides):
        shown = html.passages(near.filter(side=side), sides=placed.sides, show=["similarity"])
        made.append(f'<div><p class="heading">{html.escape(readable(side))}</p>{shown}</div>')
    return f'<div class="abreast">{"".join(made)}</div>'


def _numbered(placed: Placed) -> pl.DataFrame:
    """The texts' passages with `number`: 1, 2, ...; with a letter for each text where there are several."""
    several = placed.passages["document_id"].n_unique() > 1
    letters = {id: chr(ord("a") + k % 26) if several else "" for k, id in enumerate(names_of(placed))}
    place = (pl.col("position").rank("ordinal").over("document_id")).cast(pl.String)
    return placed.passages.with_columns(number=pl.col("document_id").replace_strict(letters) + place)


def _one(placed: Placed, document: str | None) -> tuple[str, str]:
    names = names_of(placed)
    if document is not None and document not in names:
        raise InputError(f"no text {document!r} was placed", where="charts.place", expected=", ".join(names))
    id = document or next(iter(names))
    return id, names[id]


def _apart(marks: pl.DataFrame, names: pl.DataFrame, placed: Placed) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The numbers of `marks` beside them, and `names` of themes, moved up or down until none lies on another. Both
    have columns x, y, words."""
    both = pl.concat([marks, names])
    (x0, wide), (y0, high) = (
        (float(np.min(v)), float(np.ptp(v)) or 1.0) for v in placed.mapped.select("x", "y").to_numpy().T
    )
    right = np.where(np.arange(len(both)) < len(marks), 14, 0)
    across = (both["x"].to_numpy() - x0) / wide * WIDTH + right
    down = (both["y"].to_numpy() - y0) / high * HEIGHT
    # A number's diamond needs its room as well.
    letters = [len(words) + (4 if k < len(marks) else 0) for k, words in enumerate(both["words"])]
    across, down = apart(across, down, letters)
    moved = both.with_columns(
        x=pl.Series((x0 + across / WIDTH * wide).round(3)), y=pl.Series((y0 + down / HEIGHT * high).round(3))
    )
    return moved[: len(marks)], moved[len(marks) :]


def _short(label: str) -> str:
    return html.clip(", ".join(html.clean(label).split(", ")[:2]), 26)
