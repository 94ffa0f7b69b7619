"""Pictures of agreement: alpha by frame, what coders differ on, and the machine held against them."""

from collections.abc import Mapping

import altair as alt
import polars as pl
from IPython.display import HTML

from helpers import html
from helpers.analyse.claims import Claim
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.phrases import count, listed
from helpers.results import shows
from helpers.seminar.agreement import Against, Agreement
from helpers.seminar.coding import Coding
from helpers.seminar.validation import LEAST_ALPHA, LEAST_LOWER_LIMIT
from helpers.sides import readable


def alphas(found: Agreement, *, labels: Mapping[str, str] | None = None) -> Figure | Claim:
    """Alpha of each frame with its interval, and the line it has to pass; a withheld claim where nobody has coded.

    `labels`: frame -> its name in the codebook."""
    if found.table.is_empty():
        return _nobody("how far coders agree")
    table = found.table.with_columns(frame=_named(found.table["frame"], labels)).sort("alpha", descending=True)
    one = alt.Chart(table, width=420, height=alt.Step(26))
    y = alt.Y("frame:N", title=None, sort=table["frame"].to_list(), axis=alt.Axis(labelLimit=330))
    least = float(min(0.0, *(v for name in ("alpha", "low") for v in table[name].drop_nulls())))
    scale = alt.Scale(domain=[least, 1])
    line = one.mark_rule(color=base.ACCENT, strokeDash=[5, 4], strokeWidth=1.5).encode(x=alt.datum(LEAST_ALPHA))
    rule = one.mark_rule(strokeWidth=1.8, color=base.INK).encode(x=alt.X("low:Q", scale=scale), x2="high:Q", y=y)
    point = one.mark_point(size=80, filled=True, color=base.INK).encode(
        x=alt.X("alpha:Q", title="Krippendorff’s alpha", scale=scale), y=y,
        tooltip=["frame", *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("alpha", "low", "high")),
                 alt.Tooltip("agreement:Q", format=".1%"), "n_coders", "n_passages", "n_yes", "n_no"],
    )  # fmt: skip
    passed = table.filter((pl.col("alpha") >= LEAST_ALPHA) & (pl.col("low") >= LEAST_LOWER_LIMIT))["frame"].to_list()
    bare = table.filter(pl.col("low").is_null())["frame"].to_list()
    said = f"Coders agree well enough on {listed(passed)}" if passed else "Coders agree well enough on no frame"
    return finish(
        line + rule + point,
        title="How far coders agree",
        caption=f"{said}: alpha at least {LEAST_ALPHA}, its 95 % interval above {LEAST_LOWER_LIMIT}; "
        f"{count(max(table['n_passages']), 'passage')} that several coders read.",
        how_to_read="One: no two coders differ. Zero: no better than if the codes had been dealt at random. Lines: "
        f"95 % intervals over passages. Dashed: {LEAST_ALPHA}, below which conclusions should wait.",
        description="Dot chart of Krippendorff's alpha for each frame with its interval.",
        table=table,
        notes=(f"Without an interval, for most coders see too few with or without it: {listed(bare)}.",)
        if bare
        else (),
    )


def disputed(
    found: Agreement, passages: pl.DataFrame, *, labels: Mapping[str, str] | None = None, most: int = 6
) -> HTML:
    """The passages that coders differ on most, to read and talk about. `passages`: of the study, with their text."""
    top = found.disputed.unique("id", keep="first", maintain_order=True).head(most)
    if top.is_empty():
        coded = "No two coders differ on any passage." if len(found.table) else "Nobody has coded these passages."
        return HTML(html.cell(f"<p>{coded}</p>"))
    rows = passages.drop("embedding", strict=False).join(top, on="id", how="inner")
    rows = rows.join(top.select("id").with_row_index("_at"), on="id").sort("_at")
    said = [f"{r['n_yes']} of {r['n_coders']} coders see it" for r in rows.iter_rows(named=True)]
    rows = rows.with_columns(frame=_named(rows["frame"], labels), coders=pl.Series(said))
    return HTML(html.cell(html.passages(rows, rows=most, show=["frame", "coders"])))


def machine(found: Against, *, labels: Mapping[str, str] | None = None) -> Figure | Claim:
    """Precision and recall of the machine by side, against the coders; a withheld claim where nobody has coded."""
    if found.table.is_empty():
        return _nobody("how far the machine agrees with coders")
    long = [
        found.table.select("frame", "side", pl.lit(of).alias("of"), pl.col(of).alias("share"), low=f"{of}_low",
                           high=f"{of}_high", n="n_machine" if of == "precision" else "n_yes")
        for of in ("precision", "recall")
    ]  # fmt: skip
    table = pl.concat(long).with_columns(frame=_named(pl.concat(long)["frame"], labels))
    sides = table["side"].unique().to_list()
    drawn, panels = base.named(table), []
    frames = table["frame"].unique(maintain_order=True).to_list()
    for k, of in enumerate(("precision", "recall")):
        one = alt.Chart(drawn, width=230, height=alt.Step(15), title=of.capitalize())
        one = one.transform_filter(alt.FieldEqualPredicate(field="of", equal=of)).encode(
            y=alt.Y("frame:N", title=None, sort=frames, axis=alt.Axis(labels=k == 0, labelLimit=250)),
            yOffset=alt.YOffset("side:N", sort=base.side_order(sides)),
        )
        x = alt.X("share:Q", title=None, axis=alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1]),
                  scale=alt.Scale(domain=[0, 1]))  # fmt: skip
        rule = one.mark_rule(strokeWidth=1.6).encode(
            x=alt.X("low:Q", scale=alt.Scale(domain=[0, 1])), x2="high:Q", color=base.side_colour(sides))  # fmt: skip
        point = one.mark_point(size=56, filled=True).encode(
            x=x, color=base.side_colour(sides), shape=base.side_shape(sides),
            tooltip=["frame", "side", "of", "n",
                     *(alt.Tooltip(f"{name}:Q", format=".0%") for name in ("share", "low", "high"))],
        )  # fmt: skip
        panels.append(rule + point)
    worst = table.filter(pl.col("share").is_not_null()).sort("share").row(0, named=True)
    return finish(
        alt.hconcat(*panels, spacing=14),
        title="The machine held against the coders",
        caption=f"Lowest: {worst['of']} of ‘{worst['frame']}’ in {readable(worst['side'])}, {worst['share']:.0%}; for "
        "passages whose document no head had seen, 95 % intervals over documents.",
        how_to_read="Precision: of the passages the machine says yes to, the part that coders say yes to. Recall: of "
        "the passages coders say yes to, the part that the machine finds. Where one side’s marks lie apart from the "
        "others’, the machine errs differently there, and its shares cannot be compared as they are.",
        description="Two dot charts, precision and recall of each frame by side, with intervals.",
        table=table,
        notes=("Passages stand for those that were not drawn: each counts by what it weighs over its probability.",),
    )


def _named(frames: pl.Series, labels: Mapping[str, str] | None) -> pl.Series:
    return pl.Series("frame", [(labels or {}).get(name) or readable(name) for name in frames], dtype=pl.String)


def _nobody(what: str) -> Claim:
    return Claim("hand codes", "withheld", f"Nothing is said of {what}.", ("nobody has coded these passages by hand",))


@shows(Coding)
def _coding(found: Coding) -> str:
    badge = '<span class="badge">constructed</span> ' if found.constructed else ""
    shown = html.cell(f"<p>{badge}{html.escape(found.said)}</p>")
    if found.codes.is_empty():
        return shown
    rows = found.codes.group_by("frame", maintain_order=True).agg(
        passages=pl.col("id").n_unique(), coders=pl.col("coder").n_unique(), yes=(pl.col("code") == 1).sum(),
        no=(pl.col("code") == 0).sum(), unsure=pl.col("code").null_count(),
    )  # fmt: skip
    return shown + html.cell(html.table(rows.sort("frame"), rows=40, heading="Codes"))


@shows(Agreement)
def _agreement(found: Agreement) -> str:
    if found.table.is_empty():
        return html.cell("<p>Nobody has coded these passages by hand.</p>")
    return html.cell(html.table(found.table, rows=40, percent=["agreement"], heading="Agreement of coders"))


@shows(Against)
def _against(found: Against) -> str:
    if found.table.is_empty():
        return html.cell("<p>Nobody has coded these passages by hand.</p>")
    shares = [f"{of}{end}" for of in ("precision", "recall") for end in ("", "_low", "_high")]
    return html.cell(html.table(found.table, rows=40, percent=shares, heading="The machine held against the coders"))
