"""How far sides and their outlets moved with an event: the picture, and what may be said of it."""

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from helpers import html
from helpers.analyse.before_after import NOT_SHOWN, BeforeAfter
from helpers.analyse.claims import Claim, Gate, claims
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.wording import Wording
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.claims import held
from helpers.phrases import count
from helpers.results import shows
from helpers.sides import side_name

_SAID = {
    "sd": ("sd", "the score of the frame ‘{}’", "carry more of the frame ‘{}’", "turned more to the frame ‘{}’"),
    "rate": ("rate", "the rate of the term ‘{}’", "use the term ‘{}’ more often", "came to use the term ‘{}’ more"),
    "share": ("points", "the share of documents with ‘{}’", "use ‘{}’ in more documents", "came to use ‘{}’ in more"),
}
"""of -> the gate's unit, what is compared, what a side does that has more of it, and that gained more of it."""


def changes(found: BeforeAfter, *, labels: Mapping[str, str], of: str = "sd", controls: Sequence[str] = ()) -> Figure:
    """How far each side (large marks) and each of its compared outlets (small ones) moved, for the values in `labels`.

    `of`: sd, rate or share, as in charts.over_time; `controls`: see change_claims."""
    scaled = of == "sd"
    names = {"low": "std_low", "high": "std_high", "change": "standardised"} if scaled else {}
    own = [pl.col(names.get(name, name)).alias(name) for name in ("change", "low", "high")]
    counts = ["n_before", "n_after"]
    spread = found.table.select("value", "side", _spread=pl.col("change") / pl.col("standardised"))
    sides = found.table.select("value", "side", *own, *counts, "n_outlets", of=pl.lit("mean of its outlets"))
    factor = pl.col("_spread") if scaled else pl.lit(1.0)
    outlets = found.outlets.filter("paired").join(spread, on=["value", "side"]).select(
        "value", "side", *(pl.col(n) / factor for n in ("change", "low", "high")), *counts,
        n_outlets=pl.lit(1, pl.Int64), of="member",
    )  # fmt: skip
    table = pl.concat([sides, outlets], how="diagonal").filter(pl.col("value").is_in(list(labels)))
    table = table.with_columns(
        pl.col("value").replace_strict(dict(labels)), kind=pl.col("of") == "mean of its outlets"
    )  # fmt: skip
    everyone = found.sides["side"].to_list()
    told = change_claims(found, labels=labels, of=of, controls=controls)
    one = alt.Chart(base.named(table), width=400, height=alt.Step(11)).encode(
        y=alt.Y("value:N", title=None, sort=list(labels.values()), axis=alt.Axis(labelLimit=260)),
        yOffset=alt.YOffset("side:N", sort=base.side_order(everyone)),
        color=base.side_colour(everyone),
    )
    unit = {"sd": "standard deviations", "rate": "per 10,000 words", "share": "share of documents"}[of]
    form = "+.1%" if of == "share" else "+.2f"
    x = alt.X(
        "change:Q",
        title=f"change, {unit}",
        axis=alt.Axis(format="+%" if of == "share" else "+~f", labelExpr=base.PLAIN_ZERO),
    )
    tooltip = ["value", "side", "of", *(alt.Tooltip(f"{n}:Q", format=form) for n in ("change", "low", "high")), *counts,
               "n_outlets"]  # fmt: skip
    whole, small = (one.transform_filter(alt.FieldEqualPredicate(field="kind", equal=k)) for k in (True, False))
    zero = alt.Chart(base.named(table)).mark_rule(color=base.RULE).encode(x=alt.datum(0))
    points = {"x": x, "shape": base.side_shape(everyone), "tooltip": tooltip}
    chart = (
        zero
        + whole.mark_rule(strokeWidth=1.6).encode(x="low:Q", x2="high:Q")
        + whole.mark_point(size=70, filled=True).encode(**points)
        + small.mark_point(size=24, filled=False, strokeWidth=1.3, opacity=1).encode(**points)
    )
    kept = [claim for claim in told if claim.grade != "withheld"]
    days = "" if found.window is None else f", {count(found.window, 'day')} on either side"
    return finish(
        chart,
        title=f"Before and after {found.label} ({found.date.day} {found.date:%B %Y})",
        caption=kept[0].sentence if kept else f"Of no change with {found.label} can anything be said.",
        how_to_read=f"Right of zero: more of it after than before{days}. Large marks: mean change of the outlets that "
        f"have enough documents on both sides of the date; small: each of them. Lines: 95 % intervals.",
        description=f"Dot chart of the change of each side with {found.label}.",
        table=table.drop("kind"),
        notes=(NOT_SHOWN, *found.sides["said"].drop_nulls()),
    )


def change_claims(
    found: BeforeAfter, *, labels: Mapping[str, str], of: str = "sd", controls: Sequence[str] = ()
) -> list[Claim]:
    """What the claim gate allows to be said of how far each side moved, and one side further than another.

    `controls`: values that had no reason to move (control frames); a change no larger than theirs is withheld. Sides
    that cannot be asked have a withheld claim each."""
    unit, quantity, more, gained = _SAID[of]
    day = f"{found.date.day} {found.date:%B %Y}"
    fixed = f"the same outlets before and after {found.label} ({day}), {held(found.voice, found.copies)}"
    one = Wording(labels, unit=unit, held=fixed, quantity=quantity, more=more)
    two = Wording(
        labels, unit=unit, held=fixed, quantity=f"the change in {quantity}", more=f"{gained} after {found.label}"
    )
    made = []
    for contrasts, wording in ((found.changes, one), (found.differences, two)):
        if contrasts.table.height:
            name = "the largest change of a control frame"
            gate = Gate(floors=_floors(contrasts, controls), floor_name=name, needs=of == "sd")
            made += claims(contrasts, wording=wording, gate=gate, values=list(labels))
    for side, said in found.sides.filter(~pl.col("asked")).select("side", "said").rows():
        sentence, _, why = said.partition(": ")
        pair = {"side": f"{side_name(side)} after {found.label}", "other": f"{side_name(side)} before {found.label}"}
        made.append(Claim("all of it", "withheld", f"{sentence}.", (why.rstrip("."),), pair))
    return made


def _floors(contrasts: Contrasts, controls: Sequence[str]) -> dict[str, float]:
    of_controls = contrasts.table.filter(pl.col("value").is_in(list(controls)))
    largest = of_controls.group_by("side", "other").agg(pl.col("standardised").abs().max())
    return {f"{side}|{other}": floor for side, other, floor in largest.rows() if floor is not None}


@shows(BeforeAfter)
def _before_after(found: BeforeAfter) -> str:
    columns = {"side": "side", "n_outlets": f"{found.members}s compared", "n_before": "documents before",
               "n_after": "after", "n_neither": "neither"}  # fmt: skip
    heading = f"Before and after {found.label} ({found.date.day} {found.date:%B %Y})"
    table = html.table(found.sides, columns=columns, heading=heading)
    said = "".join(html.claim("withheld", text) for text in found.sides["said"].drop_nulls())
    return html.cell(f'{table}{said}<p class="notes">{html.escape(NOT_SHOWN)}</p>' + html.folded(found.table, rows=40))
