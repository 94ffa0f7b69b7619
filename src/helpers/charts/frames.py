"""Pictures of frames: how far sides differ on each, outlet by outlet, and the passages that carry them."""

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl
from IPython.display import HTML

from helpers import html
from helpers.analyse.claims import Claim, Gate, claims
from helpers.analyse.contrasts import compare
from helpers.analyse.frames import Frames, carriers
from helpers.analyse.units import units
from helpers.analyse.wording import Wording
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.claims import held
from helpers.results import shows
from helpers.sides import readable


def frame_claims(
    found: Frames, *, validated: Mapping[str, bool] | None = None, limits: Mapping[str, str] | None = None
) -> list[Claim]:
    """What the claim gate allows to be said of each frame (controls aside) between each pair of sides.

    `validated`: what hand codes bear out (helpers.seminar.correction.validated); None: nobody has coded. `limits`: of
    which nothing beyond described is said, and why (as in claims.Gate)."""
    labels = found.codebook.labels()
    return claims(
        found.contrasts,
        wording=Wording(
            labels,
            held=held(found.voice, found.copies),
            quantity="the score of the frame ‘{}’",
            more="carry more of the frame ‘{}’",
        ),
        gate=Gate(floors=found.floors, validated=validated or {}, limits=limits or {}),
        values=found.codebook.columns(control=False),
    )


def differences(
    found: Frames, *, made: Sequence[Claim] | None = None, title: str = "How far sides differ on each frame"
) -> Figure:
    """How far each pair of sides differs on each frame, with the floor that control frames set. `made`: what the gate
    says of these differences; None: frame_claims."""
    made = frame_claims(found) if made is None else made
    grades = {(c.topic, c.numbers["side"], c.numbers["other"]): c.grade for c in made}
    labels = found.codebook.labels()
    rows = found.contrasts.table.select(
        "value", "side", "other", "standardised", "std_low", "std_high", "p", "p_adjusted", "p_smallest",
        "n_documents", "other_n_documents", "n_members", "other_n_members", "flips",
    )  # fmt: skip
    table = rows.with_columns(
        frame=pl.col("value").replace_strict(labels),
        pair=pl.struct("side", "other").map_elements(lambda r: _pair(r["side"], r["other"]), return_dtype=pl.String),
        floor=pl.format("{}|{}", "side", "other").replace_strict(found.floors, default=0.0, return_dtype=pl.Float64),
        grade=pl.struct("value", "side", "other").map_elements(
            lambda r: grades.get((labels[r["value"]], r["side"], r["other"]), "control"), return_dtype=pl.String
        ),
    ).drop("value")
    order = [frame.label for frame in found.codebook.frames.values()]
    drawn = table.with_columns(minus=-pl.col("floor"))
    pairs = drawn["pair"].unique(maintain_order=True).to_list()
    reach = float(drawn.select(pl.max_horizontal(pl.col("std_low", "std_high", "floor").abs()).max()).item() or 1)
    unit, reaching = "standard deviations", alt.Scale(domain=[-reach, reach])
    panels = []
    for k, pair in enumerate(pairs):
        one = alt.Chart(drawn, title=pair, width=160, height=alt.Step(21))
        one = one.transform_filter(alt.FieldEqualPredicate(field="pair", equal=pair))
        axis = alt.Axis(labels=k == 0, labelLimit=330)
        y = alt.Y("frame:N", sort=order, title=None, axis=axis)
        floor = one.mark_bar(color=base.FAINT, opacity=0.16, height=21).encode(x="minus:Q", x2="floor:Q", y=y)
        zero = one.mark_rule(color=base.RULE).encode(x=alt.datum(0))
        interval = one.mark_rule(strokeWidth=1.6, color=base.INK).encode(x="std_low:Q", x2="std_high:Q", y=y)
        grade = alt.Scale(
            domain=["claimed", "suggested", "described", "withheld", "control"],
            range=["#0c8a5a", "#3f6bb5", "#b98a17", "#858c96", "#858c96"],
        )
        shape = alt.Scale(
            domain=["claimed", "suggested", "described", "withheld", "control"],
            range=["circle", "circle", "square", "cross", "diamond"],
        )
        point = one.mark_point(size=60, filled=True).encode(
            x=alt.X("standardised:Q", title=unit if k == len(pairs) // 2 else None, scale=reaching),
            y=y,
            color=alt.Color("grade:N", scale=grade, legend=alt.Legend(title=None, orient="top") if k == 0 else None),
            shape=alt.Shape("grade:N", scale=shape, legend=alt.Legend(title=None, orient="top") if k == 0 else None),
            tooltip=["frame", "pair", "grade", alt.Tooltip("standardised:Q", format="+.2f"),
                     alt.Tooltip("std_low:Q", format="+.2f"), alt.Tooltip("std_high:Q", format="+.2f"),
                     *(alt.Tooltip(f"{name}:Q", format=".3f") for name in ("p", "p_adjusted", "p_smallest")),
                     "n_documents", "other_n_documents", "n_members", "other_n_members", "flips"],
        )  # fmt: skip
        panels.append(alt.layer(floor, zero, interval, point))
    kept = [c for c in made if c.grade != "withheld"]
    return finish(
        alt.hconcat(*panels, spacing=12),
        title=title,
        caption=kept[0].sentence if kept else "No two sides differ on any frame by more than on a control frame.",
        how_to_read="Right of zero: the first side named scores higher. Lines: 95 % intervals over documents of these "
        "outlets. Grey bands: as far as the two sides differ on a control frame (weather, sport, recipes), "
        "which neither has a reason to carry; what lies inside is withheld.",
        table=table.select("frame", "side", "other", "standardised", "std_low", "std_high", "floor", "grade", "p",
                           "p_adjusted", "p_smallest", "n_documents", "other_n_documents", "n_members",
                           "other_n_members", "flips"),
        notes=("Scores are similarities to example statements, not shares: nobody has coded these passages by hand.",),
    )  # fmt: skip


def outlets(found: Frames, frame: str) -> Figure:
    """Mean score of each outlet on one frame, in standard deviations of documents around the mean of all."""
    column, label = f"frame_{frame}", found.codebook.frames[frame].label
    rows = found.contrasts.members.filter(pl.col("value") == column)
    sides = found.contrasts.sides.filter(pl.col("value") == column)
    centre = float(sides["mean"].mean() or 0.0)  # type: ignore[arg-type]
    spread = float(sides["sd"].mean() or 1.0) or 1.0  # type: ignore[arg-type]
    table = rows.select(
        "side", outlet="member", mean=(pl.col("mean") - centre) / spread, low=(pl.col("low") - centre) / spread,
        high=(pl.col("high") - centre) / spread, n_documents="n_documents", n_passages="n_passages", counted="counted",
    ).sort("side", "mean")  # fmt: skip
    names = found.contrasts.sides["side"].unique(maintain_order=True).to_list()
    drawn = base.named(table)
    chart = alt.Chart(drawn, width=460, height=alt.Step(20)).encode(y=alt.Y("outlet:N", sort=None, title=None))
    tooltip = ["side", "outlet", alt.Tooltip("mean:Q", format="+.2f"), alt.Tooltip("low:Q", format="+.2f"),
               alt.Tooltip("high:Q", format="+.2f"), "n_documents", "n_passages", "counted"]  # fmt: skip
    rule = chart.mark_rule(strokeWidth=1.6).encode(x="low:Q", x2="high:Q", color=base.side_colour(names))
    point = chart.mark_point(size=70, filled=True).encode(
        x=alt.X("mean:Q", title="standard deviations from the mean of the sides"),
        color=base.side_colour(names),
        shape=base.side_shape(names),
        opacity=alt.condition("datum.counted", alt.value(0.95), alt.value(0.35)),
        tooltip=tooltip,
    )
    said = [c for c in frame_claims(found) if c.topic == found.codebook.labels()[column]]
    return finish(
        alt.Chart(drawn).mark_rule(color=base.RULE).encode(x=alt.datum(0)) + rule + point,
        title=f"Outlets on the frame ‘{label}’",
        caption=said[0].sentence if said else f"Mean score of each outlet on the frame ‘{label}’.",
        how_to_read="A side whose outlets lie apart has no common position. Faint: fewer than 10 documents, "
        "which enters no mean of a side. Lines: 95 % intervals over documents.",
        table=table,
    )


def voices(own: Frames, every: Frames) -> Figure:
    """Mean score of each side on each frame in its outlets' own voice, and with quoted passages taken in.

    Both in standard deviations of documents around the mean of the sides in their own voice."""
    labels = own.codebook.labels()
    reference = own.contrasts.sides.group_by("value").agg(centre=pl.col("mean").mean(), spread=pl.col("sd").mean())
    both = own.contrasts.sides.join(every.contrasts.sides, on=["value", "side"], suffix="_all").join(
        reference, on="value"
    )
    in_units = {name: (pl.col(name) - pl.col("centre")) / pl.col("spread") for name in ("mean", "mean_all")}
    table = (
        both.filter(pl.col("value").is_in(own.codebook.columns(control=False)))
        .select(
            "side",
            frame=pl.col("value").replace_strict(labels),
            own=in_units["mean"],
            with_quotations=in_units["mean_all"],
            n_passages="n_passages",
            n_quoted=pl.col("n_passages_all") - pl.col("n_passages"),
        )
        .with_columns(moved=pl.col("with_quotations") - pl.col("own"))
    )
    names = own.contrasts.sides["side"].unique(maintain_order=True).to_list()
    order = [frame.label for frame in own.codebook.frames.values() if not frame.control]
    chart = alt.Chart(base.named(table), width=440, height=alt.Step(22)).encode(
        y=alt.Y("frame:N", sort=order, title=None), color=base.side_colour(names)
    )
    tooltip = ["frame", "side", *(alt.Tooltip(f"{n}:Q", format="+.2f") for n in ("own", "with_quotations", "moved")),
               "n_passages", "n_quoted"]  # fmt: skip
    title = "standard deviations from the mean of the sides"
    most = table.sort(pl.col("moved").abs(), descending=True).row(0, named=True)
    return finish(
        chart.mark_rule(strokeWidth=2.5).encode(x=alt.X("own:Q", title=title), x2="with_quotations:Q")
        + chart.mark_point(size=64, filled=True).encode(x="own:Q", shape=base.side_shape(names), tooltip=tooltip),
        title="What taking in quotations would change",
        caption=f"Taking in quoted passages moves the mean of a side by {abs(most['moved']):.2f} standard deviations "
        f"at the most. That is {readable(most['side'])} on ‘{most['frame']}’.",
        how_to_read="Marks: passages in the outlets' own voice. The tail leads to where the mark would be with "
        "passages that mostly quote somebody taken in. A long tail: part of the score would be its sources'.",
        table=table,
    )


def axes(found: Frames) -> Figure:
    """Mean bias of each side on each axis of the codebook, with document-level intervals."""
    columns = [f"axis_{name}" for name in found.codebook.axes]
    compared = compare(units(found.passages, columns, voice=found.voice, copies=found.copies), columns, seed=found.seed)
    labels = {f"axis_{name}": f"{axis.low_label} ← → {axis.high_label}" for name, axis in found.codebook.axes.items()}
    centre, spread = pl.col("mean").mean().over("value"), pl.col("sd").mean().over("value")
    table = compared.sides.select(
        "side", axis=pl.col("value").replace_strict(labels), bias=(pl.col("mean") - centre) / spread,
        low=(pl.col("low") - centre) / spread, high=(pl.col("high") - centre) / spread, n_documents="n_documents",
    )  # fmt: skip
    names = table["side"].unique(maintain_order=True).to_list()
    drawn = base.named(table)
    one = alt.Chart(drawn, width=440, height=alt.Step(16)).encode(
        y=alt.Y("axis:N", title=None, sort=list(labels.values()), axis=alt.Axis(labelLimit=360)),
        yOffset=alt.YOffset("side:N", sort=base.side_order(names)),
    )
    tooltip = ["axis", "side", *(alt.Tooltip(f"{n}:Q", format="+.2f") for n in ("bias", "low", "high")), "n_documents"]
    zero = alt.Chart(drawn).mark_rule(color=base.RULE).encode(x=alt.datum(0))
    rule = one.mark_rule(strokeWidth=1.6).encode(x="low:Q", x2="high:Q", color=base.side_colour(names))
    point = one.mark_point(size=64, filled=True).encode(
        x=alt.X("bias:Q", title="standard deviations from the mean of the sides"),
        color=base.side_colour(names), shape=base.side_shape(names), tooltip=tooltip,
    )  # fmt: skip
    widest = table.group_by("axis").agg(gap=pl.col("bias").max() - pl.col("bias").min()).sort("gap").row(-1, named=True)
    return finish(
        zero + rule + point,
        title="Where the sides lie between two poles",
        caption=f"The means of the sides lie furthest apart on {widest['axis']}: {widest['gap']:.2f} standard "
        "deviations of documents between the outer two. No grade: the axes have no controls and no hand codes.",
        how_to_read="Left and right are the poles of each axis as the codebook's statements define them; zero is the "
        "mean of the sides, so that a mark says where a side lies among these, and not for or against anything.",
        table=table,
    )


def passages(found: Frames, frame: str, *, most: int = 3) -> HTML:
    """The passages of each side that score highest on a frame, to read: does it mean what it says?"""
    label = found.codebook.frames[frame]
    heading = f"{label.label}: {label.definition}"
    return HTML(html.cell(f"<p>{html.escape(heading)}</p>" + html.passages(carriers(found, frame, most=most))))


@shows(Frames)
def _frames(found: Frames) -> str:
    table = found.table.select("label", "definition", "control", "n_examples", "mean", "sd", "wording")
    pairs = ", ".join(f"{_pair(*key.split('|'))} {value:.2f}" for key, value in found.floors.items())
    note = f"Floors of the control frames, in standard deviations of documents: {pairs or 'none'}."
    return html.cell(html.table(table, rows=40) + f"<p>{html.escape(note)}</p>")


def _pair(side: str, other: str) -> str:
    return f"{readable(side)} − {readable(other)}"
