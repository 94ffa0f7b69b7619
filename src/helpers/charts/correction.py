"""Pictures of corrected shares: what hand codes make of the machine's answer, and what may be said of it."""

import altair as alt
import polars as pl

from helpers import html
from helpers.analyse.claims import Claim, Gate, claims
from helpers.analyse.wording import Wording
from helpers.charts import base
from helpers.charts.agreement import _nobody
from helpers.charts.base import Figure, finish
from helpers.charts.claims import held
from helpers.phrases import count
from helpers.results import shows
from helpers.seminar.correction import Corrected, validated
from helpers.sides import readable

CORRECTED, ALONE, PLANNED = "corrected", "machine alone", "as planned"


def shares(found: Corrected, *, gold: pl.DataFrame | None = None) -> Figure | Claim:
    """Corrected and uncorrected shares of each frame by side, with intervals, and where the corpus is constructed the
    planned share (`gold`: frame, side, gold). A withheld claim where nobody has coded."""
    if found.table.is_empty():
        return _nobody("shares of passages")
    table = _long(found, gold)
    sides = found.table["side"].unique().to_list()
    kinds = [kind for kind in (CORRECTED, ALONE, PLANNED) if kind in table["kind"].to_list()]
    drawn = base.named(table)
    highest = float(drawn.select(pl.max_horizontal("share", "high").max()).item() or 1)
    scale = alt.Scale(domain=[0, min(1.0, highest * 1.04)])
    marks = alt.Scale(domain=kinds, range=["circle", "square", "diamond"][: len(kinds)])
    alone = alt.FieldEqualPredicate(field="kind", equal=ALONE)
    behind = alt.when(alone).then(alt.value(0.5)).otherwise(alt.value(1))
    grey = alt.Legend(title=None, orient="top", symbolFillColor=base.INK, symbolStrokeColor=base.INK)
    panels = []
    labels = list(found.labels.values())
    for k, label in enumerate(labels):
        last = k == len(labels) - 1
        axis = alt.Axis(format="%", labels=last, ticks=last)
        one = alt.Chart(drawn, width=430, height=alt.Step(13)).transform_filter(
            alt.FieldEqualPredicate(field="frame", equal=label))  # fmt: skip
        one = one.encode(
            y=alt.Y("side:N", title=None, sort=base.side_order(sides)), yOffset=alt.YOffset("kind:N", sort=kinds),
            color=base.side_colour(sides, legend=False),
        )  # fmt: skip
        x = alt.X("share:Q", title="share of the side’s passages" if last else None, axis=axis, scale=scale)
        rule = one.mark_rule(strokeWidth=1.8).encode(
            x=alt.X("low:Q", scale=scale), x2="high:Q", opacity=behind,
            strokeDash=alt.StrokeDash("validated:N", legend=None,
                                      scale=alt.Scale(domain=["no", "yes"], range=[[2, 3], [1, 0]])),
        )  # fmt: skip
        point = one.mark_point(size=70, strokeWidth=2).encode(
            x=x,
            shape=alt.Shape("kind:N", scale=marks, legend=grey if k == 0 else None),
            fill=alt.Fill("side:N", scale=base.side_scale(sides), legend=None), opacity=behind,
            tooltip=["frame", "side", "kind", *(alt.Tooltip(f"{c}:Q", format=".1%") for c in ("share", "low", "high")),
                     "validated", "n_codes", "n_yes"],
        )  # fmt: skip
        panels.append((rule + point).properties(title=label))
    n_valid = int(found.table["validated"].sum())
    apart = (
        found.table.with_columns(moved=(pl.col("share") - pl.col("machine")).abs()).sort("moved").row(-1, named=True)
    )
    return finish(
        alt.vconcat(*panels, spacing=10),
        title="Shares of passages, corrected by hand codes",
        caption=f"Codes move the machine’s share by {100 * apart['moved']:.0f} percentage points at the most. That is "
        f"‘{found.labels[apart['frame']]}’ in {readable(apart['side'])}, from {apart['machine']:.0%} to "
        f"{apart['share']:.0%} (95 % interval {apart['low']:.0%} to {apart['high']:.0%}). {n_valid} of "
        f"{len(found.table)} shares are validated.",
        how_to_read="Circles: what the machine says of all passages, corrected by what coders say of those drawn. "
        "Squares: the machine alone, its line short because it takes its own answers for true. Lines: 95 % "
        "intervals over documents of these outlets. Dotted: not validated; the table says what is wanting.",
        description="Dot charts, one for each frame, of the corrected and the uncorrected share on each side.",
        table=_table(found, gold),
        notes=("Constructed: corpus, plan and class. Nobody published these texts, and nobody coded them.",)
        if gold is not None
        else (),
    )


def share_claims(found: Corrected) -> list[Claim]:
    """What the claim gate allows to be said of each coded frame's share between each two sides."""
    if found.table.is_empty():
        return []
    n = count(found.n_coders, "coder")
    wording = Wording(
        {f"share_{name}": label for name, label in found.labels.items()}, unit="points",
        held=f"{held(found.voice, 'one')}, shares corrected by the codes of {n}",
        quantity="the share of passages that carry the frame ‘{}’",
        more="carry the frame ‘{}’ in more of their passages",
    )  # fmt: skip
    return claims(found.contrasts, wording=wording, gate=Gate(validated=validated(found)))


def _long(found: Corrected, gold: pl.DataFrame | None) -> pl.DataFrame:
    """One row per mark."""
    keys = ["frame", "side", "n_codes", "n_yes"]
    verdict = pl.when("validated").then(pl.lit("yes")).otherwise(pl.lit("no"))
    parts = [
        found.table.select(*keys, "share", "low", "high", kind=pl.lit(CORRECTED), validated=verdict),
        found.table.select(*keys, share="machine", low="machine_low", high="machine_high", kind=pl.lit(ALONE),
                           validated=pl.lit("yes")),
    ]  # fmt: skip
    if gold is not None:
        planned = found.table.select(keys).join(gold, on=["frame", "side"])
        none = pl.lit(None, pl.Float64)
        parts.append(
            planned.select(*keys, share="gold", low=none, high=none, kind=pl.lit(PLANNED), validated=pl.lit("yes"))
        )
    return pl.concat(parts).with_columns(frame=pl.col("frame").replace_strict(found.labels))


def _table(found: Corrected, gold: pl.DataFrame | None) -> pl.DataFrame:
    table = found.table.join(gold, on=["frame", "side"], how="left") if gold is not None else found.table
    return table.with_columns(frame=pl.col("frame").replace_strict(found.labels))


@shows(Corrected)
def _corrected(found: Corrected) -> str:
    if found.table.is_empty():
        return html.cell("<p>Nobody has coded these passages by hand.</p>")
    columns = {"frame": "frame", "side": "side", "share": "corrected", "low": "from", "high": "to",
               "machine": "machine alone", "coders_low": "without one coder, from", "coders_high": "to ",
               "n_codes": "passages coded", "n_yes": "yes", "validated": "validated",
               "wanting": "what is wanting"}  # fmt: skip
    shares = ["share", "low", "high", "machine", "coders_low", "coders_high"]
    return html.cell(
        html.table(_table(found, None), columns=columns, rows=60, percent=shares, heading="Corrected shares")
    )
