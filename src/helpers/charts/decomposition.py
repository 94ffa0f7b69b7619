"""Pictures of how differences split: other themes, otherwise about the same themes, or no common ground."""

from typing import Any

import altair as alt
import polars as pl

from helpers import html
from helpers.analyse.claims import Claim
from helpers.analyse.decomposition import CHOICES, RUNS, Decomposition
from helpers.analyse.frames import Frames
from helpers.analyse.split_claims import NAMES, holding, split_claims
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.frames import frame_claims
from helpers.errors import InputError
from helpers.results import shows
from helpers.sides import readable

COLOURS = {"presentation": base.ACCENT, "selection": "#3f9142", "no common support": base.FAINT}
"""Of the parts: none of them a side's."""
SAID = {"holds": 0.95, "does not hold": 0.4, "withheld": 0.14}
LEAK = (
    "A theme is never quite free of the frames in it. Where all is presentation (the constructed corpus) a sixth is "
    "called selection, half at the worst; where subjects alone were drawn apart (real texts) a sixth of the "
    "selection is called presentation, two fifths at the worst (benchmarks/decomposition.json)."
)


def part_claims(found: Decomposition, scored: Frames) -> list[Claim]:
    """What the claim gate allows to be said of how each difference on a frame splits."""
    return split_claims([c for c in frame_claims(scored) if c.numbers["value"] in found.values], found)


def parts(found: Decomposition, scored: Frames) -> Figure:
    """The parts of every difference on a frame, with their intervals; one panel for each pair of sides."""
    labels = scored.codebook.labels()
    whole = [claim for claim in frame_claims(scored) if claim.numbers["value"] in found.values]
    table = _named(holding(found, whole), labels)
    split, total = table.filter(pl.col("part") != "total"), table.filter(part="total")
    order = [labels[value] for value in found.values]
    pairs = table["pair"].unique(maintain_order=True).to_list()
    reach = float(table.select(pl.max_horizontal(pl.col("std_low", "std_high").abs()).max()).item() or 1)
    panels = [
        _panel(split, total, pair=pair, order=order, reach=reach, place=k % 3 if len(pairs) > 1 else 1)
        for k, pair in enumerate(pairs)
    ]
    made = [claim for claim in split_claims(whole, found) if claim.grade != "withheld"]
    rows = [alt.hconcat(*panels[k : k + 3], spacing=10) for k in range(0, len(panels), 3)]
    return finish(
        rows[0] if len(rows) == 1 else alt.vconcat(*rows),
        title="What the differences are made of",
        caption=made[0].sentence if made else "No two sides differ on any frame by more than on a control frame.",
        how_to_read="Three bars a frame. Presentation: the sides write otherwise about the same themes. Selection: "
        "they write about other themes. No common support: what themes do that hardly any document of one side is "
        "about. Together they are the upright tick, the whole difference; right of zero the first side named scores "
        "higher. Lines: 95 % intervals over documents of these outlets. Faint: does not hold (its interval includes "
        "zero, or its sign turns without an outlet or with other themes); faintest: the whole difference is withheld.",
        description="Bars of the three parts of each difference between two sides, frame by frame, with intervals.",
        table=table.select("frame", "side", "other", "part", "standardised", "std_low", "std_high", "said", "lacking",
                           "shared_themes", "aside", "other_aside"),
        notes=(f"Means over {RUNS} clusterings into {found.n_themes} themes, each learned on half of the documents and "
               "applied to the other half, on vectors without what the scores are read from.", LEAK),
    )  # fmt: skip


def _panel(split: pl.DataFrame, total: pl.DataFrame, *, pair: str, order: list[str], reach: float, place: int) -> Any:
    """One pair of sides; `place`: 0 for the first of a row, which has the names of the frames."""
    here, height = alt.FieldEqualPredicate(field="pair", equal=pair), 34 * len(order)
    axis = alt.Axis(labels=place == 0, labelLimit=330)
    y = alt.Y("frame:N", sort=order, title=None, axis=axis, scale=alt.Scale(paddingInner=0.25))
    title = "standard deviations of documents" if place == 1 else None
    scale, offset = alt.Scale(domain=[-reach, reach]), alt.YOffset("part:N", sort=list(COLOURS))
    colour = alt.Color("part:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
                       legend=alt.Legend(title=None, orient="top", symbolOpacity=0.95))  # fmt: skip
    opacity = alt.Opacity("said:N", scale=alt.Scale(domain=list(SAID), range=list(SAID.values())), legend=None)
    numbers = [alt.Tooltip(f"{name}:Q", format="+.2f") for name in ("standardised", "std_low", "std_high")]
    one = alt.Chart(split, title=alt.TitleParams(pair, frame="group"), width=114, height=height).transform_filter(here)
    bars = one.mark_bar(height=7).encode(
        x=alt.X("standardised:Q", title=title, scale=scale), y=y, yOffset=offset, color=colour, opacity=opacity,
        tooltip=["frame", "pair", "part", *numbers, "said", "lacking", alt.Tooltip("shared_themes:Q", format=".0f")],
    )  # fmt: skip
    lines = one.mark_rule(strokeWidth=1.3, color=base.INK).encode(
        x=alt.X("std_low:Q", title=title), x2="std_high:Q", y=y, yOffset=offset, opacity=opacity
    )
    whole = alt.Chart(total, width=114, height=height).transform_filter(here)
    ticks = whole.mark_tick(thickness=2.4, size=24, color=base.INK).encode(
        x=alt.X("standardised:Q", title=title),
        y=y,
        opacity=opacity,
        tooltip=["frame", "pair", "part", *numbers, "said"],
    )
    return whole.mark_rule(color=base.RULE).encode(x=alt.datum(0)) + bars + lines + ticks


def choices(found: Decomposition, scored: Frames, frame: str) -> Figure:
    """How much the parts of the differences on one frame hang on the choice of themes."""
    value = f"frame_{frame}"
    if value not in found.values:
        raise InputError(
            f"{frame!r} has not been split", where="charts.decomposition", expected=", ".join(found.values)
        )
    labels = scored.codebook.labels()
    table = _named(found.spread.filter(value=value).filter(pl.col("part") != "total"), labels)
    drawn = table.with_columns(themes=pl.format("{} ({})", "choice", "n_themes")).drop(
        "value", "side", "other", "choice"
    )
    order = drawn["themes"].unique(maintain_order=True).to_list()
    reach = float(drawn.select(pl.max_horizontal(pl.col("std_low", "std_high").abs()).max()).item() or 1)
    pairs = drawn["pair"].unique(maintain_order=True).to_list()
    columns = [
        alt.vconcat(*(_choice(drawn, pair, part, order, reach, last=pair == pairs[-1]) for pair in pairs), spacing=8)
        for part in COLOURS
    ]
    said = [claim for claim in part_claims(found, scored) if claim.numbers["value"] == value]
    return finish(
        alt.hconcat(*columns, spacing=12),
        title=f"How much hangs on the themes: ‘{labels[value]}’",
        caption=said[0].sentence,
        how_to_read="A mark is the mean over clusterings of one kind, its line goes from the smallest to the largest. "
        f"{CHOICES[0][:1].upper()}{CHOICES[0][1:]}: the clusterings that the parts are means of. Themes that see the "
        "scores are made on the vectors as they are, and take a frame for a theme more easily.",
        description="Dot charts of the parts of the differences on one frame under four choices of themes.",
        table=table.select("frame", "side", "other", "part", "choice", "n_themes", "runs", "standardised", "std_low",
                           "std_high", "same_sign"),
        notes=("Lines are not intervals: the documents are the same, the themes others.",),
    )  # fmt: skip


def _choice(drawn: pl.DataFrame, pair: str, part: str, order: list[str], reach: float, *, last: bool) -> Any:
    """One part of one pair of sides under every choice of themes."""
    first = part == next(iter(COLOURS))
    title = alt.TitleParams(pair, frame="group", fontSize=11)
    one = alt.Chart(drawn, width=134, height=18 * len(order), title=title)
    one = one.transform_filter(alt.FieldEqualPredicate(field="pair", equal=pair))
    zero = one.mark_rule(color=base.RULE).encode(x=alt.datum(0))
    one = one.transform_filter(alt.FieldEqualPredicate(field="part", equal=part)).encode(
        y=alt.Y("themes:N", sort=order, title=None, axis=alt.Axis(labels=first, labelLimit=240)),
        color=alt.Color("part:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
                        legend=alt.Legend(title=None, orient="top", symbolOpacity=1)),
    )  # fmt: skip
    unit = "standard deviations of documents" if last and part == list(COLOURS)[1] else None
    axis, scale = alt.Axis(labels=last, ticks=last, domain=last), alt.Scale(domain=[-reach, reach])
    numbers = [alt.Tooltip(f"{name}:Q", format="+.2f") for name in ("standardised", "std_low", "std_high")]
    lines = one.mark_rule(strokeWidth=2, opacity=0.55).encode(
        x=alt.X("std_low:Q", title=unit, scale=scale, axis=axis), x2="std_high:Q"
    )
    dots = one.mark_point(size=55, opacity=1).encode(
        x=alt.X("standardised:Q", title=unit),
        tooltip=["themes", "pair", "part", "runs", *numbers, alt.Tooltip("same_sign:Q", format=".0%")],
    )
    return zero + lines + dots


def _named(table: pl.DataFrame, labels: dict[str, str]) -> pl.DataFrame:
    """With `frame` and `pair` in words, and parts as a reader sees them."""
    pair = [f"{readable(a)} − {readable(b)}" for a, b in table.select("side", "other").iter_rows()]
    return table.with_columns(
        frame=pl.col("value").replace_strict(labels),
        pair=pl.Series(pair, dtype=pl.String),
        part=pl.col("part").replace(NAMES),
    )


@shows(Decomposition)
def _decomposition(found: Decomposition) -> str:
    columns = {"value": "value", "side": "side", "other": "against", "part": "part", "standardised": "difference (sd)",
               "std_low": "from", "std_high": "to", "lacking": "does not hold because"}  # fmt: skip
    table = found.table.with_columns(pl.col("part").replace(NAMES))
    said = (
        f"Differences of means of outlets, split over {found.n_themes} themes ({RUNS} clusterings), in standard "
        "deviations of documents; the parts add up to the total. A sentence about sides is the claim gate’s."
    )
    shown = html.table(table, columns=columns, rows=24, heading="What differences are made of")
    return html.cell(f'{shown}<p class="notes">{html.escape(said)}</p>')
