"""Pictures of a term in its contexts: who uses it, when, about what; and the passages to read."""

from collections.abc import Sequence
from dataclasses import replace

import altair as alt
import polars as pl

from helpers import html
from helpers.analyse.claims import GRADES, Claim, Gate, claims
from helpers.analyse.context import Nearest, Senses, Usage
from helpers.analyse.themes import Themes
from helpers.analyse.wording import Wording
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.claims import held
from helpers.charts.over_time import over_time
from helpers.charts.theme_map import titles
from helpers.prepare.patterns import matched_words
from helpers.results import shows
from helpers.sides import readable, side_name
from helpers.study import Event

_UNITS = {"share": "share of documents that use it", "rate": "per 10,000 words"}


def usage(found: Usage, *, of: str = "rate") -> Figure:
    """How often sides (large marks) and their outlets (small ones) use the term, with 95 % intervals.

    `of`: rate (occurrences per 10,000 words of a document) or share (of documents that use it)."""
    columns = ["n_documents", "n_using", "n_matches", of, f"{of}_low", f"{of}_high"]
    sides = found.table["side"].to_list()
    outlets = found.outlets.select(
        "side",
        pl.col("member").alias("of"),
        *columns,
        kind=pl.when("counted").then(pl.lit("outlet")).otherwise(pl.lit("few")),
    )
    whole = found.table.select("side", pl.lit("mean of its outlets").alias("of"), *columns, kind=pl.lit("side"))
    table = pl.concat([whole, outlets]).rename({of: "value", f"{of}_low": "low", f"{of}_high": "high"})
    order = pl.col("side").replace_strict({side: k for k, side in enumerate(sides)})
    table = table.sort(order, pl.col("kind") != "side", "n_documents", descending=[False, False, True])
    format_ = ".1%" if of == "share" else ".2~f"
    panels = []
    drawn = base.named(table)
    high = float(table.select(pl.max_horizontal("value", "high").max()).item() or 1)
    for k, side in enumerate(sides):
        last = k == len(sides) - 1
        axis = alt.Axis(format="%" if of == "share" else "~f", labels=last, ticks=last)
        one = alt.Chart(drawn, width=460, height=alt.Step(20)).transform_filter(base.only(side))
        one = one.encode(
            y=alt.Y("of:N", title=readable(side), sort=None),
            x=alt.X("value:Q", title=_UNITS[of] if last else None, axis=axis, scale=alt.Scale(domain=[0, high])),
            color=alt.Color("side:N", scale=base.side_scale(sides), legend=None),
        )
        tooltip = ["side", "of", *(alt.Tooltip(f"{name}:Q", format=format_) for name in ("value", "low", "high")),
                   "n_documents", "n_using", "n_matches"]  # fmt: skip
        panel = one.mark_rule(strokeWidth=1.5).encode(x="low:Q", x2="high:Q")
        for kind, size, filled in (("side", 110, True), ("outlet", 36, True), ("few", 36, False)):
            of_kind = one.transform_filter(alt.FieldEqualPredicate(field="kind", equal=kind))
            panel += of_kind.mark_point(size=size, filled=filled).encode(tooltip=tooltip)
        panels.append(panel)
    return finish(
        alt.vconcat(*panels, spacing=6),
        title=f"How often ‘{found.term}’ is used",
        caption=_claimed(found).sentence,
        how_to_read="Large marks: mean of the side’s outlets, each counting the same. Small marks: outlets, "
        "open where they have too few documents to enter the mean. Lines: 95 % intervals, "
        "had other documents of these outlets been drawn.",
        description=f"Dot chart of how often each side and outlet uses ‘{found.term}’.",
        table=table.drop("kind"),
        notes=tuple(found.table["said"].drop_nulls()),
    )


def time(found: Usage, *, of: str = "rate", events: Sequence[Event] = ()) -> Figure | Claim:
    """How often each side uses the term by month, quarter or year, with gaps, intervals and `events` as rules.

    `of`: rate or share, as in usage. Sides that cannot be asked are not drawn, which is said. A withheld claim where
    none can be asked, no document uses it, or none has a date."""
    lacking = "no document uses it" if not found.table["n_using"].sum() else None
    if lacking or found.time is None:
        sentence = f"When ‘{found.term}’ is used cannot be asked of this corpus."
        return Claim(found.term, "withheld", sentence, (lacking or "no document has a date",))
    said = tuple(found.table["said"].drop_nulls())
    if not found.table["asked"].any():
        return Claim(found.term, "withheld", f"When ‘{found.term}’ is used cannot be asked of this corpus.", said)
    asked = found.table.filter("asked").select("side")
    value = {"rate": "rate", "share": "used"}[of]
    figure = over_time(
        replace(found.time, table=found.time.table.join(asked, on="side", how="semi", maintain_order="left")),
        labels={value: f"‘{found.term}’"}, events=events, of=of,
    )  # fmt: skip
    return replace(figure, notes=(*figure.notes, *(f"Not drawn. {why}" for why in said)))


def senses(found: Senses, themes: Themes, *, most: int = 15) -> Figure | Claim:
    """The themes of the passages with the term, by side, as they are named in `themes`; a withheld claim where no side
    can be asked."""
    if found.table.is_empty():
        said = tuple(found.sides["said"].drop_nulls())
        return Claim(found.term, "withheld", f"What passages with ‘{found.term}’ are about is not shown.", said)
    names = dict(zip(themes.table["theme"].cast(pl.String), titles(themes.table), strict=True))
    named = found.table.with_columns(pl.col("theme").replace(names))
    shares = named.group_by("theme").agg(pl.col("share").max()).sort("share", "theme", descending=[True, False])
    kept = shares.head(most)["theme"].to_list()
    table = named.filter(pl.col("theme").is_in(kept))
    sides = found.sides["side"].to_list()
    chart = (
        alt.Chart(base.named(table), width=460, height=alt.Step(22))
        .mark_point()
        .encode(
            x=alt.X("share:Q", title="share of the side’s documents with the term", axis=alt.Axis(format="%")),
            y=alt.Y("theme:N", title=None, sort=kept),
            color=base.side_colour(sides),
            shape=base.side_shape(sides),
            tooltip=["theme", "side", alt.Tooltip("share:Q", format=".1%"), "n_documents", "n_passages"],
        )
    )
    asked = found.sides.filter("asked")
    counts = ", ".join(
        f"{n:,} documents of {readable(side)}" for side, n in asked.select("side", "n_documents").iter_rows()
    )
    return finish(
        chart,
        title=f"What passages with ‘{found.term}’ are about",
        caption=f"Themes of the passages with ‘{found.term}’, each document weighing the same ({counts}).",
        how_to_read="Each mark is one side. Further right: a larger part of its documents with the term are about "
        "the theme.",
        description=f"Dot chart of the themes of passages with ‘{found.term}’ by side.",
        table=table,
        notes=(
            "Themes say what a passage is about, and not what the term means in it.",
            *([f"{len(shares) - most} rarer themes are not drawn."] if len(shares) > most else []),
            *found.sides["said"].drop_nulls(),
        ),
    )


def usage_claims(found: Usage) -> list[Claim]:
    """What the claim gate allows to be said of the term's rate between each pair of sides that can be asked."""
    wording = Wording(
        {"rate": found.term}, unit="rate", quantity="the rate of the term ‘{}’", more="use the term ‘{}’ more often",
        held=held(found.voice, found.copies),
    )  # fmt: skip
    unasked = {row["side"]: row["said"] for row in found.table.iter_rows(named=True) if not row["asked"]}
    made = claims(found.rates, wording=wording, gate=Gate(needs=False))
    return [_unasked(claim, unasked) for claim in made]


def _unasked(claim: Claim, unasked: dict[str, str]) -> Claim:
    """The claim, withheld where one of its sides uses the term in too few documents."""
    why = tuple(unasked[side] for side in (claim.numbers["side"], claim.numbers["other"]) if side in unasked)
    if not why:
        return claim
    a, b = (side_name(str(claim.numbers[key])) for key in ("side", "other"))
    sentence = f"How {a} and {b} use the term ‘{claim.topic}’ is not compared."
    return replace(claim, grade="withheld", sentence=sentence, reasons=why)


def _claimed(found: Usage) -> Claim:
    return min(usage_claims(found), key=lambda claim: GRADES.index(claim.grade))


@shows(Usage)
def _usage(found: Usage) -> str:
    columns = {"side": "side", "n_documents": "documents", "n_using": "with the term", "share": "share",
               "share_low": "from", "share_high": "to", "rate": "per 10,000 words", "rate_low": "from ",
               "rate_high": "to "}  # fmt: skip
    table = html.table(
        found.table, columns=columns, heading=f"‘{found.term}’", percent=["share", "share_low", "share_high"]
    )
    said = "".join(f'<p class="notes">{html.escape(text)}</p>' for text in found.table["said"].drop_nulls())
    return html.cell(table + said)


@shows(Nearest)
def _nearest(found: Nearest) -> str:
    parts = []
    marked = matched_words(found.table["text"], found.pattern)
    for row in found.sides.iter_rows(named=True):
        parts.append(f'<p class="heading">{html.escape(readable(row["side"]))}</p>')
        if not row["asked"]:
            parts.append(html.claim("withheld", row["said"]))
            continue
        for way, words in (("typical", "typical of this side"), ("distinct", "unlike the others")):
            chosen = found.table.filter((pl.col("side") == row["side"]) & (pl.col("way") == way))
            if chosen.height:
                parts.append(f'<p class="faint">{words}</p>')
                passages = html.passages(chosen, sides=found.sides["side"].to_list(), show=["similarity"], mark=marked)
                parts.append(passages)
    return html.cell("".join(parts))


@shows(Senses)
def _senses(found: Senses) -> str:
    said = "".join(html.claim("withheld", text) for text in found.sides["said"].drop_nulls())
    columns = {"side": "side", "theme": "theme", "share": "share of documents", "n_documents": "documents",
               "n_passages": "passages"}  # fmt: skip
    return html.cell(html.table(found.table, columns=columns, percent=["share"]) + said)
