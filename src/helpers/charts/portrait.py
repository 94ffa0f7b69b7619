"""Pictures of a corpus: documents over time, outlets, lengths; and what the sides can be compared on."""

import altair as alt
import polars as pl

from helpers import html
from helpers.analyse.periods import when
from helpers.analyse.portrait import Portrait
from helpers.analyse.units import FEWEST_DOCUMENTS
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.errors import InputError
from helpers.phrases import count
from helpers.results import shows
from helpers.sides import readable

MOST_MEMBERS = 20
"""Outlets (or speakers) of a side that a chart names; the rest is counted in a note."""


def time(found: Portrait) -> Figure:
    """Documents of each side by month, quarter or year, one row a side; periods without any are marked."""
    table = found.periods
    if table.is_empty():
        raise InputError("no document has a date", where="charts.portrait.time", do="Give documents a date column.")
    whens = [when(day, period) for day, period in table.select("start", "period").iter_rows()]
    drawn = base.named(table.with_columns(pl.Series("when", whens, dtype=pl.String)))
    span = [table["start"].min(), table["end"].max()]
    sides = found.sides["side"].to_list()
    order = [side for side in _ordered(sides) if side in table["side"]]
    period_of = dict(table.select("side", "period").unique().rows())
    panels = []
    for side in order:
        of_period = table.filter(pl.col("period") == period_of[side])
        top = int(of_period["n_documents"].max() or 1)  # type: ignore[arg-type]
        axis = alt.Axis(labels=side == order[-1], ticks=side == order[-1], format=_form(span), tickCount=8, grid=False)
        one = alt.Chart(drawn, width=620, height=78).transform_filter(base.only(side))
        one = one.encode(x=alt.X("start:T", title=None, axis=axis, scale=_days(span)), x2="end:T")
        scale = alt.Scale(domain=[0, top])
        bars = one.mark_rect(stroke=None).encode(
            y=alt.Y("n_documents:Q", title="documents", scale=scale, axis=alt.Axis(tickCount=3, format="d")),
            y2=alt.datum(0),
            color=alt.Color("side:N", scale=base.side_scale(sides), legend=None),
            tooltip=["side", "when", "n_documents", "n_words", "n_passages"],
        )
        missing = one.transform_filter(alt.FieldEqualPredicate(field="missing", equal=True))
        gaps = missing.mark_rect(fill=base.FAINT, fillOpacity=0.16, stroke=base.FAINT, strokeDash=[3, 3])
        gaps = gaps.encode(tooltip=["side", "when", "n_documents"])
        own = f", by {period_of[side]}" if len(set(period_of.values())) > 1 else ""
        panels.append((gaps + bars).properties(title=f"{readable(side)}{own}"))
    total, dated = int(found.sides["n_documents"].sum()), int(table["n_documents"].sum())
    periods = " or ".join(sorted(set(period_of.values())))
    undated = (
        f"{count(total - dated, 'document')} without a date, or with one less exact than others of its side: not drawn."
    )
    return finish(
        alt.vconcat(*panels, spacing=10),
        title=f"Documents by {periods}",
        caption=f"{dated:,} documents of this corpus by {periods} ({_counts(found)}).",
        how_to_read="Higher: more documents then. A dashed block is a time without any document of that side: nothing"
        " can be said of the side then.",
        description=f"Bars of documents by {periods} for each side, gaps marked.",
        table=table,
        notes=(*_gaps(found, order), *((undated,) if total > dated else ())),
    )


def _gaps(found: Portrait, order: list[str]) -> list[str]:
    made = []
    for side in order:
        none = found.periods.filter((pl.col("side") == side) & pl.col("missing"))
        names = [when(day, period) for day, period in none.select("start", "period").iter_rows()]
        if names:
            made.append(f"{readable(side)}: no document in {_listed(names)}.")
    return made


def outlets(found: Portrait) -> Figure:
    """Documents of each outlet (or speaker), one panel a side; hollow bars enter no mean over outlets."""
    sides = found.sides["side"].to_list()
    order = _ordered(sides)
    table = found.table.with_columns(rank=pl.int_range(pl.len()).over("side")).filter(pl.col("rank") < MOST_MEMBERS)
    drawn = base.named(table.drop("rank", "first", "last"))
    top = max(int(table["n_documents"].max() or 1), FEWEST_DOCUMENTS)  # type: ignore[arg-type]
    panels = []
    for side in order:
        last = side == order[-1]
        axis = alt.Axis(labels=last, ticks=last, format="d", tickMinStep=1)
        x = alt.X(
            "n_documents:Q", title="documents" if last else None, axis=axis, scale=alt.Scale(domain=[0, 1.08 * top])
        )
        one = alt.Chart(drawn, width=430, height=alt.Step(22)).transform_filter(base.only(side))
        bars = one.encode(
            x=x,
            y=alt.Y("member:N", title=None, sort=None),
            tooltip=["side", "member", "n_documents", "n_units", "n_words", "n_passages", "n_copies",
                     alt.Tooltip("share:Q", format=".0%"), alt.Tooltip("quoted:Q", format=".0%"),
                     alt.Tooltip("coverage:Q", format=".0%")],
        )  # fmt: skip
        colour = alt.Color("side:N", scale=base.side_scale(sides), legend=None)
        panel = bars.transform_filter(_counted(True)).mark_bar(height=13).encode(color=colour)
        hollow = bars.transform_filter(_counted(False)).mark_bar(
            height=12, strokeWidth=1.5, strokeDash=[3, 2], fillOpacity=0.12
        )
        panel += hollow.encode(stroke=alt.Stroke("side:N", scale=base.side_scale(sides), legend=None), fill=alt.Fill(
            "side:N", scale=base.side_scale(sides), legend=None))  # fmt: skip
        panel += bars.mark_text(align="left", dx=5, fontSize=11).encode(text=alt.Text("n_documents:Q", format=",d"))
        panels.append(panel.properties(title=alt.TitleParams(readable(side), frame="group")))
    noun = found.members
    few = found.table.filter(~pl.col("counted"))
    why = [
        f"{row['member']} ({readable(row['side'])}) has {count(row['n_units'], 'document')} that count,"
        f" fewer than {FEWEST_DOCUMENTS}: it is described, and enters no mean over outlets."
        + (" Texts that several outlets carry count for none of them." if row["n_units"] < row["n_documents"] else "")
        for row in few.head(3).iter_rows(named=True)
    ]
    why += [f"So have {count(few.height - 3, 'further ' + noun)}."] if few.height > 3 else []
    more = found.table.height - table.height
    why += [f"{count(more, noun)} with fewer documents are not drawn."] if more else []
    return finish(
        alt.vconcat(*panels, spacing=12),
        title=f"Documents by {noun}",
        caption=f"Documents of each {noun} in this corpus ({_counts(found)}).",
        how_to_read=f"Each bar is one {noun}. Filled: it counts in comparisons of sides, as much as every other filled"
        " one, whatever its length. Dashed: too few documents of its own.",
        description=f"Bars of documents for each {noun}, within its side.",
        table=found.table,
        notes=tuple(why),
    )


def lengths(found: Portrait) -> Figure:
    """How long the documents of each side are, one row a side."""
    sides = found.sides["side"].to_list()
    order = _ordered(sides)
    used = found.lengths.group_by("least").agg(pl.col("n_documents").sum()).filter(pl.col("n_documents") > 0)["least"]
    low, high = used.min(), used.max()
    table = found.lengths.filter(pl.col("least").is_between(low, high))
    words = [_class(*row) for row in table.select("least", "under").rows()]
    drawn = base.named(table.with_columns(pl.Series("words", words, dtype=pl.String)))
    n_classes = table["least"].n_unique()
    top = float(table["share"].max() or 1)  # type: ignore[arg-type]
    panels = []
    for side in order:
        last = side == order[-1]
        axis = alt.Axis(labels=last, labelAngle=0, format=",d")
        x = alt.X("least:O", title="words of a document, at least" if last else None, axis=axis)
        y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, top]), axis=alt.Axis(format="%", tickCount=3))
        one = alt.Chart(drawn, width=min(620, 78 * n_classes), height=70).transform_filter(base.only(side)).encode(
            x=x,
            y=y,
            color=alt.Color("side:N", scale=base.side_scale(sides), legend=None),
            tooltip=["side", "words", "n_documents", alt.Tooltip("share:Q", format=".1%")],
        )  # fmt: skip
        panels.append(one.mark_bar().properties(title=readable(side)))
    said = ", ".join(
        f"{readable(row['side'])} {row['median']:,.0f} ({row['lower']:,.0f} to {row['upper']:,.0f})"
        for row in _by_side(found.sides, order)
    )
    return finish(
        alt.vconcat(*panels, spacing=10),
        title="Length of documents",
        caption=f"Median words of a document, and the middle half: {said}.",
        how_to_read="Each bar is the share of the side’s documents of that length; classes are wider for longer ones.",
        description="Bars of the share of documents by length, for each side.",
        table=table,
    )


def verdicts(found: Portrait) -> None:
    """Shows on what each pair of sides can be compared, and on what not, one claim below the other."""
    from IPython.display import display

    for claim in found.verdicts:
        display(claim)


@shows(Portrait)
def _portrait(found: Portrait) -> str:
    noun = found.members
    common = {"n_documents": "documents", "n_words": "words", "n_passages": "passages"}
    parts = [
        html.table(
            found.sides,
            columns={"side": "side", **common, "n_members": f"{noun}s", "n_counted": "that count",
                     "median": "median words", "quoted": "quoted", "coverage": "in passages", "n_copies": "copies"},
            percent=["quoted", "coverage"], heading="The sides",
        ),
        html.table(
            found.table,
            columns={"side": "side", "member": noun, "n_documents": "documents", "n_units": "that count",
                     "share": "of its side", "n_words": "words", "quoted": "quoted", "n_copies": "copies"},
            percent=["share", "quoted"], heading=f"The {noun}s", rows=40,
        ),
        _by(found.kinds, "kind", "Kinds of documents"),
        _by(found.languages, "language", "Languages"),
    ]  # fmt: skip
    if found.hits.height:
        columns = {"side": "side", "n_documents": "documents that match", "n_not_matching": "left out",
                   "share_matching": "matching", "n_hits": "hits", "rate": "per 10,000 words"}  # fmt: skip
        heading = f"The query ‘{found.query}’"
        parts.append(html.table(found.hits, columns=columns, percent=["share_matching"], heading=heading))
    parts.append(_left_out(found.left_out))
    if found.constructed:
        parts.append('<p class="notes">Every text here was constructed for teaching; nobody published it.</p>')
    return html.cell("".join(parts))


def _by(table: pl.DataFrame, column: str, heading: str) -> str:
    """Documents of each side by kind or language; nothing where there is one for all."""
    if table[column].n_unique() < 2:
        return ""
    columns = {"side": "side", column: column, "n_documents": "documents", "share": "of its side"}
    return html.table(table, columns=columns, percent=["share"], heading=heading, rows=24)


def _left_out(table: pl.DataFrame) -> str:
    if table.is_empty():
        return '<p class="notes">Nothing was left out.</p>'
    columns = {"reason": "why", "part": "part", "outlet": "outlet", "n_documents": "documents"}
    return html.table(table, columns=columns, heading="What was left out", rows=12)


def _ordered(sides: list[str]) -> list[str]:
    """Sides in the order of their colours."""
    return sorted(sides, key=lambda side: base.side_order(sides).index(readable(side)))


def _by_side(table: pl.DataFrame, order: list[str]) -> list[dict]:
    return [table.row(by_predicate=pl.col("side") == side, named=True) for side in order]


def _counts(found: Portrait) -> str:
    order = _ordered(found.sides["side"].to_list())
    return ", ".join(
        f"{row['n_documents']:,} of {readable(row['side'])} from {count(row['n_members'], found.members)}"
        for row in _by_side(found.sides, order)
    )


def _form(span: list) -> str:
    """How days are told on an axis: by year, or by month where all are within three years."""
    return "%b %Y" if (span[1] - span[0]).days < 3 * 366 else "%Y"


def _days(span: list) -> alt.Scale:
    return alt.Scale(domain=[alt.DateTime(year=day.year, month=day.month, date=day.day) for day in span], nice=False)


def _class(least: int, under: int | None) -> str:
    """A class of length as its axis calls it."""
    if under is None:
        return f"{least:,}+"
    return f"under {under:,}" if not least else f"{least:,}–{under - 1:,}"


def _listed(names: list[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _counted(held: bool) -> alt.FieldEqualPredicate:
    return alt.FieldEqualPredicate(field="counted", equal=held)
