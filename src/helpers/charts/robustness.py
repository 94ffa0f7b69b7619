"""Pictures of one difference over a grid of choices: every specification, which choice moves it most, and, for all
frames of two sides, how large a difference is beside what chance makes and what could have been seen."""

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl
import polars.selectors as cs

from helpers import html
from helpers.analyse.claims import Claim
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.frames import Frames
from helpers.analyse.robust_claims import limits, over_choices, said
from helpers.analyse.robustness import CHOICES, LEVEL, Robustness
from helpers.analyse.thresholds import THRESHOLDS
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.frames import frame_claims
from helpers.errors import InputError
from helpers.phrases import count, per_cent
from helpers.results import shows
from helpers.sides import readable

AWAY, TOUCHES, TURNED = "away from zero", "zero inside", "other sign"
COLOURS = {AWAY: "#3f6bb5", TOUCHES: "#b98a17", TURNED: base.ACCENT}
MARKS = {AWAY: "circle", TOUCHES: "square", TURNED: "cross"}
OWN = "the study’s own"
SEEN, FLOOR, OF_ALL, SIDES = "seen in these outlets", "null floor", "null floor of all", "found between sides"
SIZES = {SEEN: "#3f6bb5", FLOOR: base.FAINT, OF_ALL: "#b98a17", SIDES: base.ACCENT}
TOGETHER = "several together"
SHORT = {
    "words": "{} words",
    "names": "names {}",
    "weights": "equal: {}",
    "wording": "{}",
    "themes": "{} themes",
    "style": "style {}",
}
"""How the strip names an option; any other: choice and option."""


def robust_claim(found: Robustness, scored: Frames, *, validated: Mapping[str, bool] | None = None) -> Claim:
    """What the claim gate allows to be said of a frame's difference, now that its specifications are known.

    `scored`: the frames that the first specification is of; `validated`: as for frame_claims. Raises InputError where
    they hold no such contrast."""
    return claim_of(found, frame_claims(scored, validated=validated, limits=limits(found)))


def claim_of(found: Robustness, told: Sequence[Claim]) -> Claim:
    """The one of `told` that is of the same contrast, with what other choices make of it. `told`: made with
    `limits(found)`. Raises InputError where there is none."""
    keys = {"value": found.value, "side": found.side, "other": found.other}
    own = [claim for claim in told if all(claim.numbers.get(key) == held for key, held in keys.items())]
    if not own:
        raise InputError("no claim of this contrast", where="charts.robustness", found=keys)
    return over_choices(own[0], found)


def curve(found: Robustness, told: Claim) -> Figure:
    """Every specification, sorted by its estimate, above the options it has. `told`: robust_claim of it."""
    sign = 1 if found.table["estimate"][0] > 0 else -1
    what = pl.when("away").then(pl.lit(AWAY)).when("same").then(pl.lit(TOUCHES)).otherwise(pl.lit(TURNED))
    table = found.table.sort(sign * pl.col("estimate"), maintain_order=True).with_columns(
        rank=pl.int_range(1, pl.len() + 1), what=what, minus=-pl.col("floor")
    )
    choices = [choice for choice in CHOICES if choice in found.choices["choice"]]
    drawn = table.select("rank", "estimate", "low", "high", "floor", "minus", "what", "main", *choices,
                         "n_documents", "other_n_documents", cs.by_name("overlap", require_all=False))  # fmt: skip
    x = alt.X("rank:Q", title=None, scale=alt.Scale(domain=[0, len(table) + 1], nice=False), axis=None)
    one = alt.Chart(drawn, width=470, height=210).encode(x=x)
    y = alt.Y("estimate:Q", title="standard deviations", scale=alt.Scale(zero=True))
    legend = alt.Legend(title=None, orient="top", columns=2)
    colour, shape = (alt.Scale(domain=list(held), range=list(held.values())) for held in (COLOURS, MARKS))
    thin = max(0.6, min(4.0, 300 / len(table)))
    layers = [
        one.mark_rule(strokeWidth=thin, opacity=0.35, color=base.INK).encode(y=alt.Y("low:Q"), y2="high:Q"),
        one.mark_rule(color=base.RULE).encode(x=alt.X(), y=alt.datum(0)),
        one.mark_point(size=max(8, min(50, 9000 / len(table))), filled=True, opacity=1).encode(
            y=y, color=alt.Color("what:N", scale=colour, legend=legend),
            shape=alt.Shape("what:N", scale=shape, legend=legend),
            tooltip=[*choices, "what", *(alt.Tooltip(f"{n}:Q", format="+.2f") for n in ("estimate", "low", "high")),
                     *(alt.Tooltip(f"{n}:Q", format=".2f") for n in ("floor", "overlap") if n in drawn.columns),
                     "n_documents", "other_n_documents"],
        ),
        one.mark_point(size=130, filled=False, strokeWidth=2, color=base.INK, shape="diamond")
        .encode(y=alt.Y("estimate:Q")).transform_filter(alt.FieldEqualPredicate(field="main", equal=True)),
    ]  # fmt: skip
    if not table["floor"].null_count():
        band = one.mark_area(color=base.FAINT, opacity=0.16, interpolate="step")
        layers.insert(0, band.encode(y=alt.Y("minus:Q"), y2="floor:Q"))
    panels = [alt.layer(*layers)] + ([_strip(drawn, choices, found.table)] if choices else [])
    return finish(
        alt.vconcat(*panels, spacing=6),
        title=f"{found.label}: {count(len(table), 'specification')} of one difference",
        caption=told.sentence if told.grade == "withheld" else said(found),
        how_to_read=f"One column is one way to compute {readable(found.side)} minus {readable(found.other)}: the "
        f"estimate, its {per_cent(LEVEL)} interval over documents, and below it the options that were taken. The "
        "diamond is the study’s own. "
        + ("Grey: as far as the two differ on a control frame under the same choices." if len(layers) > 4 else ""),
        description=f"Specification curve: estimates with intervals, sorted, above a strip of options. {told.sentence}",
        table=table.drop("rank", "minus"),
        notes=("Specifications share their documents: that many of them agree is no independent confirmation, and no p "
               "is computed from their number.",),
    )  # fmt: skip


def _strip(drawn: pl.DataFrame, choices: Sequence[str], given: pl.DataFrame) -> alt.Chart:
    """A bar wherever specifications have an option, neighbours in one; options in the order of the grid."""
    parts, order = [], []
    for choice in choices:
        name = pl.format(SHORT.get(choice, f"{CHOICES[choice]}: {{}}"), choice).alias("option")
        order += given.select(name)["option"].unique(maintain_order=True).to_list()
        runs = drawn.select("rank", name, run=pl.col(choice).rle_id()).group_by("run", "option")
        parts.append(runs.agg(first=pl.col("rank").min() - 0.5, last=pl.col("rank").max() + 0.5).sort("first"))
    axis = alt.Axis(labels=False, ticks=False, grid=False)
    x = alt.X("first:Q", title="specifications, sorted by estimate", axis=axis,
              scale=alt.Scale(domain=[0, len(drawn) + 1], nice=False))  # fmt: skip
    return (
        alt.Chart(pl.concat(parts).drop("run"), width=470, height=alt.Step(13))
        .mark_bar(height=9, color=base.INK, opacity=0.8)
        .encode(x=x, x2="last:Q", y=alt.Y("option:N", sort=order, title=None, axis=alt.Axis(labelFontSize=11)))
    )


def moves(found: Robustness) -> Figure:
    """Mean estimate under each option, choice by choice, the one that moves it most first."""
    if found.choices.is_empty():
        raise InputError("one specification only", where="charts.robustness", do="Give the grid a second option.")
    named = _with_share(_named(found.choices))
    called = named.select("choice", "share", "called")
    table = found.options.join(called, on="choice", how="left", maintain_order="left")
    order = named.filter(pl.col("choice") != "together")["called"].to_list()
    ends = named.drop_nulls("low")
    one = alt.Chart(table, width=440, height=alt.Step(24)).encode(y=alt.Y("called:N", sort=order, title=None))
    points = one.mark_point(size=60, filled=True, color=base.INK).encode(
        x=alt.X("mean:Q", title="mean estimate, standard deviations", scale=alt.Scale(zero=True)),
        tooltip=["called", "option", alt.Tooltip("mean:Q", format="+.2f"), "n",
                 *(alt.Tooltip(f"{name}:Q", format=".0%") for name in ("same", "away", "beyond"))],
    )  # fmt: skip
    spans = one.mark_rule(strokeWidth=2, color=base.INK, opacity=0.5).encode(x="low:Q", x2="high:Q")
    spans = spans.properties(data=ends.select("called", "low", "high"))
    rules = one.mark_rule(color=base.RULE).encode(x=alt.datum(0), y=alt.Y())
    first = _named(found.choices).row(0, named=True)
    return finish(
        rules + spans + points,
        title=f"{found.label}: which choice moves it most",
        caption=f"{first['called'].capitalize()}: {per_cent(first['share'])} of the variance over specifications; the "
        f"mean goes from {first['low']:z.2f} ({first['lowest']}) to {first['high']:z.2f} ({first['highest']}).",
        how_to_read="One dot for each option of a choice: the mean of all specifications that have it. The further the "
        "dots of a choice lie apart, the more the answer hangs on it. In brackets: its share of the variance over all "
        "specifications.",
        description="Dot chart of the mean estimate under each option of each choice.",
        table=table.select("share", "option", "mean", "same", "away", "beyond", "n", choice="called"),
        notes=tuple(
            f"{per_cent(row['share'])} of the variance goes with no choice alone, but with {TOGETHER}."
            for row in named.filter(choice="together").iter_rows(named=True)
        ),
    )


def strip(
    found: Contrasts, between: tuple[str, str], *, labels: Mapping[str, str], values: Sequence[str] | None = None
) -> Figure:
    """Every difference of two sides beside its null floor and the smallest that could have been seen.

    `labels`: value -> its name; `values`: which (None: all)."""
    rows = found.table.filter(side=between[0], other=between[1])
    rows = rows if values is None else rows.filter(pl.col("value").is_in(list(values)))
    rows = rows.drop_nulls("standardised")
    if rows.is_empty():
        raise InputError("no contrast of these sides", where="charts.robustness", found=", ".join(between))
    table = rows.sort(pl.col("standardised").abs(), descending=True).select(
        pl.col("value").replace_strict(dict(labels), default=pl.col("value")).alias("measure"), "standardised",
        size=pl.col("standardised").abs(), null_floor="null_floor", null_floor_kind="null_floor_kind",
        null_floor_all="null_floor_all",
        detectable="detectable", detectable_side="detectable_side", p_smallest="p_smallest",
    )  # fmt: skip
    names = {"detectable": SEEN, "null_floor": FLOOR, "null_floor_all": OF_ALL, "detectable_side": SIDES}
    lines = table.rename(names).unpivot([*SIZES], index="measure", variable_name="what", value_name="at")
    y = alt.Y("measure:N", sort=table["measure"].to_list(), title=None)
    ticks = (
        alt.Chart(lines.drop_nulls("at"), width=440, height=alt.Step(22))
        .mark_tick(thickness=2.5, size=16, opacity=1)
        .encode(
            x=alt.X("at:Q", title="standard deviations of documents", scale=alt.Scale(zero=True)),
            y=y,
            color=alt.Color("what:N", scale=alt.Scale(domain=list(SIZES), range=list(SIZES.values())),
                            legend=alt.Legend(title=None, orient="top", columns=1)),
            tooltip=["measure", "what", alt.Tooltip("at:Q", format=".2f")],
        )
    )  # fmt: skip
    dots = alt.Chart(table).mark_point(size=75, filled=True, color=base.INK, opacity=1).encode(
        x="size:Q", y=y, tooltip=["measure", alt.Tooltip("standardised:Q", format="+.2f"), "null_floor_kind",
                                  *(alt.Tooltip(f"{name}:Q", format=".2f") for name in names)],
    )  # fmt: skip
    beyond = {name: table.filter(pl.col("size") > pl.col(name)).height for name in names}
    few = table["detectable_side"].null_count() == len(table)
    reach = (
        "so few outlets cannot show any between sides"
        if few
        else f"{beyond['detectable_side']} than what exchanging whole outlets would reliably find"
    )
    optimistic = "documents" in table["null_floor_kind"]
    return finish(
        ticks + dots,
        title=f"Beside chance and power: {readable(between[0])} and {readable(between[1])}",
        caption=f"Of {count(len(table), 'difference')}, {beyond['null_floor']} are larger than their null floor, "
        f"{beyond['null_floor_all']} than what chance makes of the largest, {beyond['detectable']} than what these "
        f"documents would reliably show; {reach}.",
        how_to_read=f"The dot is the size of the difference, whatever its sign. {FLOOR.capitalize()}: what chance "
        f"alone makes in 95 of 100 cases; {OF_ALL}: what it makes of the largest of them. {SEEN.capitalize()}, "
        f"{SIDES}: the smallest difference that the interval, or the permutation of whole outlets, finds with a chance "
        f"of {per_cent(THRESHOLDS['power'].value)}. A dot left of a line says little: also its absence would not have "
        "been seen.",
        description="Dots for the size of each difference, with ticks for its null floor and the smallest sizes seen.",
        table=table.drop("size"),
        notes=("The null floor is of documents, and optimistic: neither side has "
               f"{THRESHOLDS['outlets_to_split'].value:.0f} outlets.",) if optimistic else (),
    )  # fmt: skip


def _named(choices: pl.DataFrame) -> pl.DataFrame:
    return choices.with_columns(called=pl.col("choice").replace_strict({**CHOICES, "together": TOGETHER}))


def _with_share(named: pl.DataFrame) -> pl.DataFrame:
    return named.with_columns(called=pl.format("{} ({} %)", "called", (100 * pl.col("share")).round().cast(pl.Int64)))


@shows(Robustness)
def _robustness(found: Robustness) -> str:
    columns = {"called": "choice", "n_options": "options", "share": "of the variance", "lowest": "lowest with",
               "low": "mean", "highest": "highest with", "high": "mean "}  # fmt: skip
    floored = found.table["floor"].null_count() < len(found.table)
    beyond = f", larger than a control frame’s in {per_cent(found.share('beyond'))}" if floored else ""
    said = (
        f"{count(len(found.table), 'specification')} of the difference between {readable(found.side)} and "
        f"{readable(found.other)} on ‘{found.label}’, in standard deviations of documents;"
        f" {per_cent(LEVEL)} intervals from {found.replicates:,} resamples. Same sign as the study’s own in"
        f" {per_cent(found.share('same'))}, with an interval away from zero in {per_cent(found.share('away'))}{beyond}."
    )
    shown = html.table(_named(found.choices), columns=columns, percent=["share"], heading="What moves the answer")
    return html.cell(f'{shown}<p class="notes">{html.escape(said)}</p>')
