"""Pictures of a term's contexts: how far apart sides use it, near to which words, and the lines to read."""

import altair as alt
import polars as pl

from helpers import html
from helpers.analyse.claims import Claim
from helpers.analyse.cosine_ratios import CosineRatios
from helpers.analyse.embedding_regression import Regression
from helpers.analyse.nearest_windows import NearestWindows
from helpers.analyse.windows import Windows
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.sense_claims import sense_claims
from helpers.phrases import count
from helpers.prepare.patterns import matched_words
from helpers.results import shows
from helpers.sides import readable

ELSEWHERE = "elsewhere in these documents"
WIDEST = 4.0
"""Ratios beyond so many times are drawn at the edge."""


def norms(found: Regression, elsewhere: Regression | None = None) -> Figure | Claim:
    """The squared norm of each pair of sides with its interval, beside what the same documents lie apart elsewhere
    (windows.elsewhere, regressed). A withheld claim where no pair can be asked."""
    told = sense_claims(found, elsewhere)
    table = found.table.filter("asked")
    if table.is_empty():
        return told[0]
    around = f"around ‘{found.term}’"
    parts = [table.with_columns(where=pl.lit(around))]
    if elsewhere is not None:
        there = elsewhere.table.filter("asked").join(table, on=["side", "other"], how="semi")
        parts.append(there.with_columns(where=pl.lit(ELSEWHERE)))
    columns = ["squared_norm", "low", "high", "naive", "relative", "p", "p_smallest", "n_texts", "other_n_texts",
               "n_windows", "other_n_windows", "n_members", "other_n_members"]  # fmt: skip
    both = pl.concat(parts).select(pl.format("{} – {}", *_readable(table)).alias("sides"), "where", *columns)
    order = both["where"].unique(maintain_order=True).to_list()
    panels = []
    reach = [0.0, *(value for name in ("low", "squared_norm", "high", "naive") for value in both[name].drop_nulls())]
    scale = alt.Scale(domain=[min(reach), max(reach)], nice=True)
    pairs = both["sides"].unique(maintain_order=True).to_list()
    drawn = both.with_columns(pl.lit(0.0).alias("zero"))
    for k, pair in enumerate(pairs):
        last = k == len(pairs) - 1
        one = alt.Chart(drawn, width=440, height=alt.Step(24), title=pair).transform_filter(
            alt.FieldEqualPredicate(field="sides", equal=pair)
        )
        x = alt.X("low:Q", title="squared distance of mean windows" if last else None, scale=scale,
                  axis=alt.Axis(labels=last, ticks=last))  # fmt: skip
        y = alt.Y("where:N", title=None, sort=order)
        here = alt.FieldEqualPredicate(field="where", equal=around)
        colour = alt.condition(here, alt.value(base.ACCENT), alt.value(base.INK))
        numbers = (alt.Tooltip(f"{name}:Q", format=".3f") for name in ("squared_norm", "low", "high", "naive"))
        tooltip = ["sides", "where", *numbers, alt.Tooltip("relative:Q", format=".0%"), "n_texts", "other_n_texts"]
        zero = one.mark_rule(strokeDash=[4, 3], strokeWidth=1.4, color=base.INK).encode(x=alt.X("zero:Q", scale=scale))
        line = one.mark_rule(strokeWidth=2).encode(x=x, x2="high:Q", y=y, color=colour)
        point = one.mark_point(size=90).encode(x="squared_norm:Q", y=y, color=colour, tooltip=tooltip)
        naive = one.mark_tick(thickness=2, size=11, color=base.FAINT).encode(x="naive:Q", y=y, tooltip=tooltip)
        panels.append(zero + naive + line + point)
    return finish(
        alt.vconcat(*panels, spacing=10),
        title=f"How far apart sides use ‘{found.term}’",
        caption=told[0].sentence,
        how_to_read="Squared distance between two sides’ mean windows "
        f"({found.words} words on either side of the term, which is masked), what chance adds taken off, with its 95 % "
        "interval: had other documents of these outlets been drawn. At the dashed zero the contexts are alike; below "
        "it lies chance alone. The small tick is the same number before chance was taken off. The second row is of the "
        "same documents where the term does not stand: only what is beyond that is about the term.",
        description=f"Squared distances between sides in the contexts of ‘{found.term}’, with intervals.",
        table=both,
        notes=tuple(dict.fromkeys(found.table["said"].drop_nulls())),
    )


def words(found: CosineRatios, side: str, other: str) -> Figure | Claim:
    """The words that the term's contexts on `side` and on `other` are near to, by which of the two they are nearer to;
    a withheld claim where the two are not compared."""
    given = found.table.filter((pl.col("side") == side) & (pl.col("other") == other))
    if given.is_empty():
        sentence = f"Which words ‘{found.term}’ is near to for {readable(side)} and {readable(other)} is not compared."
        why = "fewer than 10 texts with the term on a side, or no word near it: it cannot be asked of this corpus"
        return Claim(found.term, "withheld", sentence, (why,))
    nearer = pl.when(pl.col("ratio") >= 1).then(pl.lit(side)).otherwise(pl.lit(other))
    table = given.with_columns(nearer=nearer, apart=(pl.col("low") > 1) | (pl.col("high") < 1))
    inside = [pl.col(name).clip(1 / WIDEST, WIDEST) for name in ("ratio", "low", "high")]
    drawn = base.named(table.with_columns(inside, one=pl.lit(1.0)), columns=("nearer",)).select(
        "word", "nearer", "ratio", "low", "high", "apart", "one", "cosine", "other_cosine", "n_documents",
        "other_n_documents",
    )  # fmt: skip
    sides = found.sides["side"].to_list()
    scale = alt.Scale(type="log", domain=[1 / WIDEST, WIDEST], clamp=True, nice=False)
    ticks = alt.Axis(values=[0.25, 0.5, 1, 2, 4], format="~g", grid=True)
    title = f"← nearer to {readable(other)} · ratio of cosines · nearer to {readable(side)} →"
    one = alt.Chart(drawn, width=430, height=alt.Step(20))
    y = alt.Y("word:N", title=None, sort=table["word"].to_list())
    colour = alt.Color("nearer:N", scale=base.side_scale(sides), legend=None)
    tooltip = ["word", "nearer", *(alt.Tooltip(f"{name}:Q", format=".2f") for name in ("ratio", "low", "high", "cosine",
               "other_cosine")), "n_documents", "other_n_documents"]  # fmt: skip
    rule = one.mark_rule(strokeDash=[4, 3]).encode(x=alt.X("one:Q", scale=scale))
    line = one.mark_rule(strokeWidth=1.8).encode(
        x=alt.X("low:Q", scale=scale, title=title, axis=ticks), x2="high:Q", y=y, color=colour
    )
    shape = alt.Shape("nearer:N", scale=base.side_shape(sides)["scale"], legend=None)
    firm = alt.FieldEqualPredicate(field="apart", equal=True)
    point = one.mark_point(size=70, filled=True).encode(x="ratio:Q", y=y, color=colour, shape=shape, tooltip=tooltip)
    loose = one.mark_point(size=60, filled=False).encode(x="ratio:Q", y=y, color=colour, shape=shape, tooltip=tooltip)
    chart = (
        rule + line + point.transform_filter(firm) + loose.transform_filter(alt.LogicalNotPredicate(**{"not": firm}))
    )
    away = int(table["apart"].sum())
    beyond = table.filter(pl.any_horizontal(pl.col("low", "high", "ratio").is_between(1 / WIDEST, WIDEST).not_()))
    return finish(
        chart,
        title=f"What ‘{found.term}’ is near to: {readable(side)} and {readable(other)}",
        caption=f"Contexts of ‘{found.term}’ in {_texts(found, side)} and {_texts(found, other)}. Of "
        f"{count(table.height, 'word')} near them, {away} {'lies' if away == 1 else 'lie'} nearer to one of the two by "
        "more than the choice of documents (95 % intervals, not adjusted for the number of words).",
        how_to_read="Cosine of each word to the mean window of one side, over that to the other’s. At 1 it is as near "
        "to both. Filled marks: the interval does not hold 1. A word is near in meaning, as the encoder has it; how "
        "often it stands beside the term is in the table.",
        description=f"Dot chart of words by the ratio of their cosines to the contexts of ‘{found.term}’ on two sides.",
        table=table.drop("apart"),
        notes=(f"{count(beyond.height, 'word')} with a ratio or limit beyond {WIDEST:g} times drawn to the edge.",)
        if beyond.height
        else (),
    )


def _texts(found: CosineRatios, side: str) -> str:
    n = found.sides.filter(side=side)["n_texts"][0]
    return f"{count(n, 'text')} of {readable(side)}"


def _readable(table: pl.DataFrame) -> list[pl.Expr]:
    names = {side: readable(side) for name in ("side", "other") for side in table[name]}
    return [pl.col(name).replace_strict(names) for name in ("side", "other")]


@shows(Windows)
def _windows(found: Windows) -> str:
    counts = found.table.group_by("side").agg(
        n_using=pl.col("document_id").n_unique().cast(pl.Int64), n_windows=pl.len().cast(pl.Int64)
    )
    table = found.sides.join(counts, on="side", how="left").with_columns(pl.col("n_using", "n_windows").fill_null(0))
    columns = {"side": "side", "n_documents": "documents", "n_using": "with the term", "n_windows": "uses"}
    heading = f"‘{found.term}’ with {count(found.words, 'word')} on either side"
    return html.cell(html.table(table, columns=columns, heading=heading))


@shows(Regression)
def _regression(found: Regression) -> str:
    columns = {"side": "side", "other": "other", "squared_norm": "squared distance", "low": "from", "high": "to",
               "naive": "with chance", "relative": "of two documents’", "p": "p", "p_smallest": "smallest p",
               "n_texts": "texts", "other_n_texts": "texts "}  # fmt: skip
    table = html.table(found.table, columns=columns, percent=["relative"], heading=f"Contexts of ‘{found.term}’")
    said = "".join(f'<p class="notes">{html.escape(text)}</p>' for text in found.sides["said"].drop_nulls())
    return html.cell(table + said)


@shows(CosineRatios)
def _ratios(found: CosineRatios) -> str:
    columns = {"side": "side", "other": "other", "word": "word", "ratio": "ratio", "low": "from", "high": "to",
               "n_documents": "documents beside it", "other_n_documents": "of the other"}  # fmt: skip
    return html.cell(html.table(found.table, columns=columns, heading=f"Words near ‘{found.term}’", rows=30))


@shows(NearestWindows)
def _nearest(found: NearestWindows) -> str:
    parts = []
    for row in found.sides.iter_rows(named=True):
        parts.append(f'<p class="heading">{html.escape(readable(row["side"]))}</p>')
        if not row["asked"]:
            parts.append(html.claim("withheld", row["said"] or ""))
            continue
        for way, said in (("typical", "typical of this side"), ("distinct", "unlike the others")):
            chosen = found.table.filter((pl.col("side") == row["side"]) & (pl.col("way") == way))
            if chosen.height:
                parts.append(f'<p class="faint">{said}</p>{_lines(chosen, found)}')
    return html.cell("".join(parts))


def _lines(chosen: pl.DataFrame, found: NearestWindows) -> str:
    """Windows as they stood, every place marked that was masked when they were measured."""
    whole = chosen.with_columns(text=pl.concat_str("before", "match", "after"))
    marked = matched_words(whole["text"], found.pattern)
    shown = whole.with_columns(text=pl.format("… {} …", pl.col("text").str.strip_chars()))
    return html.passages(shown, sides=found.sides["side"].to_list(), show=["similarity"], mark=marked)
