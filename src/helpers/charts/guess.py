"""Pictures of guessing the side: the class beside a classifier, on outlets that it knows and on others."""

import altair as alt
import polars as pl

from helpers import html
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.results import shows
from helpers.seminar.guess import CLASS, CLASSIFIER, UNSEEN, Guess
from helpers.sides import readable

_WHO = {CLASS: "the class", CLASSIFIER: "classifier, outlets it knows", UNSEEN: "classifier, outlets it has not seen"}


def aucs(found: Guess) -> Figure:
    """How well each two sides are told apart, by whom."""
    asked = "judged" if CLASS in found.table["who"].to_list() else "all"
    table = found.table.filter(pl.col("asked") == asked).with_columns(
        who=pl.col("who").replace_strict(_WHO), pair=_pairs(found.table.filter(pl.col("asked") == asked))
    )
    kinds = [name for name in _WHO.values() if name in table["who"].to_list()]
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=320)
    pairs = table["pair"].unique(maintain_order=True).to_list()
    one = alt.Chart(table, width=420, height=alt.Step(17)).encode(
        y=alt.Y("pair:N", title=None, sort=pairs, axis=alt.Axis(labelLimit=280)),
        yOffset=alt.YOffset("who:N", sort=kinds),
        color=alt.Color("who:N", legend=legend, sort=kinds,
                        scale=alt.Scale(domain=kinds, range=[_MARKS[kind][1] for kind in kinds])),
    )  # fmt: skip
    least = float(table.select(pl.min_horizontal("auc", "low").min()).item() or 0)
    scale = alt.Scale(domain=[min(0.4, round(least - 0.05, 1)), 1])
    chance = alt.Chart(table).mark_rule(color=base.RULE, strokeDash=[5, 4]).encode(x=alt.XDatum(0.5, scale=scale))
    rule = one.mark_rule(strokeWidth=1.7).encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    shape = alt.Scale(domain=kinds, range=[_MARKS[kind][0] for kind in kinds])
    point = one.mark_point(size=75, filled=True, opacity=1).encode(
        x=alt.X("auc:Q", title="AUC: how often the likelier of two passages is the right one", scale=scale),
        shape=alt.Shape("who:N", scale=shape, sort=kinds, legend=legend),
        tooltip=["pair", "who", *(alt.Tooltip(f"{c}:Q", format=".2f") for c in ("auc", "low", "high")), "n_passages",
                 "n_documents"],
    )  # fmt: skip
    return finish(
        chance + rule + point,
        title="How well the sides can be told apart without names",
        caption=_caption(found, asked),
        how_to_read="Dashed: chance. One: every passage is known for what it is. Lines: 95 % intervals over documents, "
        "for outlets not seen over outlets; the models are taken as learned, so a line that just misses chance says "
        "nothing. What the classifier loses on outlets it has not seen, it knew by the outlet and not by the side.",
        description="Dot chart of the AUC of the class and of two classifiers for each two sides.",
        table=found.table,
        notes=found.said,
    )


_MARKS = {
    _WHO[CLASS]: ("circle", base.ACCENT),
    _WHO[CLASSIFIER]: ("square", base.INK),
    _WHO[UNSEEN]: ("diamond", base.INK),
}


def _pairs(table: pl.DataFrame) -> pl.Series:
    rows = table.select("side", "other").iter_rows()
    return pl.Series([f"{readable(a)} or {readable(b)}" for a, b in rows], dtype=pl.String)


def _caption(found: Guess, asked: str) -> str:
    rows = {row["who"]: row for row in found.accuracy.iter_rows(named=True)}
    if CLASS in rows:
        one, other = rows[CLASS], rows[CLASSIFIER]
        return (
            f"The class guesses the side of {one['accuracy']:.0%} of passages (95 % interval {one['low']:.0%} to "
            f"{one['high']:.0%}), the classifier of {other['accuracy']:.0%} ({other['low']:.0%} to "
            f"{other['high']:.0%}); chance is {one['chance']:.0%}. {one['n_guesses']} guesses, "
            f"{one['n_cannot_tell']} of them “cannot tell”."
        )
    best = found.table.filter(pl.col("asked") == asked).sort("auc").row(-1, named=True)
    return (
        f"Best told apart are {readable(best['side'])} and {readable(best['other'])}: AUC {best['auc']:.2f} "
        f"({best['who']}), {best['n_documents']:,} documents."
    )


@shows(Guess)
def _guess(found: Guess) -> str:
    shown = html.table(found.table, rows=40, heading="Told apart (AUC)")
    if not found.accuracy.is_empty():
        shown += html.table(
            found.accuracy, percent=["accuracy", "low", "high", "chance"], heading="Guesses that are right"
        )
    return html.cell(shown + "".join(f'<p class="notes">{html.escape(said)}</p>' for said in found.said))
