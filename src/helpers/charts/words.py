"""Pictures of words: keyness, rates, collocates; and concordance lines to read."""

from collections.abc import Iterable, Sequence

import altair as alt
import polars as pl

from helpers import html
from helpers.analyse.claims import Claim
from helpers.analyse.collocates import Collocates
from helpers.analyse.concordance import Concordance, concordance
from helpers.analyse.units import in_scope
from helpers.analyse.words import REST, Keyness, top
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.linked import Panels
from helpers.phrases import count
from helpers.prepare.patterns import pattern_of
from helpers.results import shows
from helpers.sides import looks, readable

EACH = 6
"""Lines that a key word leads to."""
PANELS = 640
"""Width of all panels together, their labels apart."""

_ABOUT = "p is about these documents (whole ones exchanged at random, corrected for all terms), never about a side."


def keyness(
    found: Keyness, *, other: str | None = None, most: int = 15, passages: pl.DataFrame | None = None
) -> Figure | Claim:
    """The terms most typical of each side, against all others or against one `other` side.

    Terms as `words.top` chooses them. Open marks: one outlet's own word; faint: a word of the query. With the
    `passages` that keyness was given, each word leads to its lines. A withheld
    claim where no term differs."""
    pairs = found.table.select("side", "other").unique().sort("side", "other")
    sides = found.sides["side"].to_list()
    against = {side: _against(pairs, side, other) for side in sides if side != other}
    picked = pl.concat([top(found, side, other=opponent, most=most) for side, opponent in against.items()])
    if picked.is_empty():
        sentence = "Which words are typical of each side cannot be asked of this corpus."
        return Claim("key words", "withheld", sentence, ("no term differs between the sides with p under .05",))
    table = picked.select(
        "side", "other", "term", "z_documents", "z", "p", "rate", "other_rate", "n_documents", "other_n_documents",
        "dispersion", "n_outlets", "main_outlet", "main_share", "one_outlet", "in_query",
    ).with_columns(
        whose=pl.when(pl.col("in_query").fill_null(False)).then(pl.lit(_QUERY))
        .when(pl.col("one_outlet").fill_null(False)).then(pl.lit(_OUTLET)).otherwise(pl.lit(_OWN))
    )  # fmt: skip
    chart = _panels(table, sides, x="z_documents", title="z, by document", marks="whose", tooltip=_TOLD)
    opponent = "all others" if other is None else readable(other)
    counts = ", ".join(
        f"{row['n_documents']:,} of {readable(row['side'])} ({count(row['n_outlets'], 'outlet')})"
        for row in found.sides.iter_rows(named=True)
    )
    return finish(
        chart,
        title="Words and phrases most typical of each side" + ("" if other is None else f", against {opponent}"),
        caption=f"Log-odds of words in these documents ({counts}) against {opponent}, ranked by z over documents; "
        f"all p < .05 over {found.permutations} permutations of whole documents.",
        how_to_read="Further right: more typical of the side, and in more of its documents. A filled mark is the "
        "side’s word, an open one mostly one outlet’s, a cross stands in the query that chose the documents.",
        description="For each side a dot chart of its key words by z.",
        table=table,
        panels=None if passages is None else _lines_of(found, passages, table),
        notes=(
            _ABOUT,
            "Function words and words that are mostly part of a longer phrase are not shown; they were counted.",
        ),
    )


def rates(found: Keyness, side: str, *, other: str | None = None, most: int = 400) -> Figure:
    """How often terms stand on a side and in the others: rates on logarithmic axes, the strongest named."""
    opponent = _against(found.table.select("side", "other").unique(), side, other)
    chosen = found.table.filter(
        (pl.col("side") == side) & (pl.col("other") == opponent) & ~pl.col("function_word") & pl.col("within").is_null()
    )
    table = (
        chosen.filter((pl.col("rate") > 0) & (pl.col("other_rate") > 0))
        .sort(pl.col("z_documents").abs(), "term", descending=[True, False], nulls_last=True)
        .head(most)
        .select("term", "rate", "other_rate", "z_documents", "z", "p", "n_documents", "other_n_documents", "dispersion")
    )
    named = pl.concat(
        [table.filter(pl.col("z_documents") > 0).head(20), table.filter(pl.col("z_documents") < 0).head(20)]
    )
    table = table.with_columns(
        label=pl.when(pl.col("term").is_in(named["term"].to_list())).then("term").otherwise(pl.lit(""))
    )
    tooltip = ["term", *_number("rate", "other_rate", "z_documents"), "n_documents", "other_n_documents"]
    axis = alt.Axis(values=[0.01, 0.1, 1, 10, 100, 1000], format="~g")
    scale = alt.Scale(type="log", nice=False, padding=12)
    drawn = alt.Chart(table, width=620, height=460).encode(
        x=alt.X("other_rate:Q", scale=scale, axis=axis, title=f"per 10,000 words, {_name(opponent)}"),
        y=alt.Y("rate:Q", scale=scale, axis=axis, title=f"per 10,000 words, {readable(side)}"),
    )
    points = drawn.mark_point(color=base.FAINT, size=30).encode(
        opacity=alt.condition("datum.p < 0.05", alt.value(0.9), alt.value(0.25)), tooltip=tooltip
    )
    chart = points + drawn.mark_text(dx=6, align="left", fontSize=11).encode(text="label:N")
    return finish(
        chart,
        title=f"Rates of words: {readable(side)} and {_name(opponent)}",
        caption=f"The {table.height:,} terms that differ most between {readable(side)} and {_name(opponent)} and that "
        "both use, by occurrences per 10,000 words of these documents.",
        how_to_read="Up: more frequent on this side. Right: more frequent in the others. Pale: p of .05 and more.",
        description="Scatter plot of word rates on logarithmic axes.",
        table=table.drop("label"),
        notes=(_ABOUT, "Terms that one of the two never uses have no place on a logarithmic axis; see the key words."),
    )


def collocates(found: Collocates, *, term: str | None = None, most: int = 15) -> Figure | Claim:
    """The words that stand near the expression on each side, ranked by log-likelihood, drawn by log Dice.

    `term`: what the expression is called (None: as it is written).
    A withheld claim where no word stands near it in three documents of any side."""
    name = term or found.pattern
    near = found.table.filter(~pl.col("function_word") & (pl.col("log_likelihood") > 0))
    table = near.group_by("side", maintain_order=True).head(most)
    if table.is_empty():
        sentence = f"Which words stand near ‘{name}’ cannot be asked of this corpus."
        return Claim(name, "withheld", sentence, ("no word is near it in three documents of any side",))
    sides = found.sides["side"].to_list()
    tooltip = ["term", *_number("log_dice", "log_likelihood", "count", "expected", "rate"), "n_documents"]
    counts = ", ".join(
        f"{row['n_matches']:,.0f} in {count(row['n_documents'], 'document')} of {readable(row['side'])}"
        for row in found.sides.iter_rows(named=True)
    )
    return finish(
        _panels(table, sides, x="log_dice", title="log Dice", marks=None, tooltip=tooltip),
        title=f"Words near ‘{name}’",
        caption=f"Words within {found.window} words of ‘{name}’ ({counts}), the {most} of highest "
        "log-likelihood on each side.",
        how_to_read="Further right: a larger part of the word’s and the expression’s uses are together (14 at the "
        "most). Log Dice can be compared between sides of different size.",
        description="For each side a dot chart of collocates by log Dice.",
        table=table,
        notes=(
            "Function words are not shown; words near it in fewer than three documents are not counted.",
            *(
                f"{readable(side)}: no word is near it in three documents."
                for side in sides
                if side not in table["side"]
            ),
        ),
    )


@shows(Keyness)
def _keyness(found: Keyness) -> str:
    columns = {"term": "term", "z_documents": "z by document", "p": "p", "rate": "per 10,000 words",
               "other_rate": "elsewhere", "n_documents": "documents", "dispersion": "DP", "n_outlets": "outlets",
               "main_outlet": "most in", "main_share": "its share", "in_query": "in query"}  # fmt: skip
    pairs = found.table.select("side", "other").unique().sort("side", "other")
    parts = [
        html.table(
            top(found, side, other=_against(pairs, side, None)),
            columns=columns,
            rows=10,
            heading=f"{readable(side)} against {_name(_against(pairs, side, None))}",
            percent=["main_share"],
        )
        for side in found.sides["side"]
    ]
    return html.cell("".join(parts) + f'<p class="notes">{html.escape(_ABOUT)}</p>')


@shows(Collocates)
def _collocates(found: Collocates) -> str:
    columns = {"term": "word", "count": "together", "expected": "expected", "log_likelihood": "log-likelihood",
               "log_dice": "log Dice", "n_documents": "documents"}  # fmt: skip
    shown = found.table.filter(~pl.col("function_word"))
    parts = [
        html.table(
            shown.filter(pl.col("side") == side), columns=columns, rows=10,
            heading=f"{readable(side)}: {n:,.0f} times in {documents:,} documents",
        )
        for side, n, documents in found.sides.select("side", "n_matches", "n_documents").iter_rows()
    ]  # fmt: skip
    return html.cell("".join(parts))


def _lines_of(found: Keyness, passages: pl.DataFrame, table: pl.DataFrame) -> Panels:
    """For each key word in `table` up to EACH of its lines, of that side and voice, evenly over its documents: does the
    side say what the word alone suggests?"""
    scope = in_scope(passages, voice=found.voice, copies=found.copies)
    groups: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for row in table.iter_rows(named=True):
        own = scope.filter(pl.col(found.by).cast(pl.String) == row["side"])
        there = concordance(own, pattern_of(row["term"]), most=EACH)
        told = f" {count(row['n_documents'], 'document')}, {count(row['n_outlets'], 'outlet')}"
        told += f", mostly {row['main_outlet']}" if row["one_outlet"] else ""
        told += "; a word of the query" if row["in_query"] else ""
        summary = f'<b>{html.escape(row["term"])}</b><span class="faint">{html.escape(told)}</span>'
        name = readable(row["side"])
        shown = _lines(there, row["term"], rows=EACH, sides=found.sides["side"])
        groups.setdefault(name, []).append(((name, row["term"]), summary, shown))
    heading = "Lines of each word: choose its mark in the chart, or open it here."
    return Panels(heading, ("side", "term"), groups)


@shows(Concordance)
def _concordance(found: Concordance) -> str:
    return html.cell(_lines(found, found.pattern, rows=60, sides=found.sides["side"].drop_nulls()))


def _lines(found: Concordance, name: str, *, rows: int, sides: Iterable[str]) -> str:
    """The first lines of a concordance as a table, the others counted; `name`: what they are lines of. `sides`: all
    sides of the study."""
    cells, known = [], looks(sides)
    for row in found.table.head(rows).iter_rows(named=True):
        about = ", ".join(
            str(part)
            for part in (row["outlet"], html.day(row.get("date"), row.get("date_precision")))
            if part
        )  # fmt: skip
        quoted = " (quoted)" if row.get("voice") == "quoted" else ""
        side = html.chip(known[row["side"]]) if row["side"] in known else ""
        cells.append(
            f'<tr><td class="n"><bdi>{html.escape(row["left"])}</bdi></td>'
            f"<td><mark>{html.escape(row['match'])}</mark></td>"
            f"<td><bdi>{html.escape(row['right'])}</bdi></td>"
            f'<td class="faint">{side}<br><bdi>{html.escape(about + quoted)}</bdi></td></tr>'
        )
    counts = ", ".join(
        f"{readable(side or '')} {n:,} in {count(documents, 'document')}"
        for side, n, documents in found.sides.select("side", "n_lines", "n_documents").iter_rows()
    )
    shown = min(rows, found.table.height)
    heads = '<th class="n" scope="col">before</th>' + "".join(
        f'<th scope="col">{name}</th>' for name in ("match", "after", "where")
    )
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="concordance"><table class="lines">'
        f"<caption>{html.escape(f'{found.n_found:,} lines of ‘{name}’')}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(cells)}</tbody></table></div>"
        f'<p class="more">{shown:,} of {found.n_found:,} lines shown. {html.escape(counts)}</p>'
    )


_TOLD = [
    "term",
    *(
        alt.Tooltip(f"{name}:Q", format=".3~g")
        for name in ("z_documents", "z", "p", "rate", "other_rate", "dispersion")
    ),
    "n_documents",
    "other_n_documents",
    "n_outlets",
    "main_outlet",
    alt.Tooltip("main_share:Q", format=".0%"),
]


_OWN, _OUTLET, _QUERY = "the side’s", "one outlet’s own", "word of the query"
_MARKS: dict[str, dict] = {
    _OWN: {"size": 70, "filled": True},
    _OUTLET: {"size": 70, "filled": False},
    _QUERY: {"size": 70, "filled": False, "shape": "cross"},
}


def _panels(
    table: pl.DataFrame, sides: Sequence[str], *, x: str, title: str, marks: str | None, tooltip: list
) -> alt.HConcatChart:
    """One dot chart beside the other for each side, all on one scale."""
    there = [side for side in sides if side in table["side"]]
    width = max(110, PANELS // len(there))
    high = float(table[x].max() or 1)  # type: ignore[arg-type]
    scale = alt.Scale(domain=[0, high], nice=True)
    colours = base.side_scale(sides)
    panels = []
    drawn = base.named(table)
    for side in there:
        name = readable(side)
        one = alt.Chart(drawn, width=width, height=alt.Step(18)).transform_filter(
            alt.FieldEqualPredicate(field="side", equal=name)
        )
        one = one.encode(
            y=alt.Y("term:N", title=None, sort=alt.EncodingSortField(x, order="descending")),
            x=alt.X(f"{x}:Q", title=title, scale=scale),
            color=alt.Color("side:N", scale=colours, legend=None),
        )
        panel = one.mark_rule(opacity=0.35).encode(x2=alt.datum(0))
        for kind, look in _MARKS.items() if marks else [(None, _MARKS[_OWN])]:
            of_kind = (
                one if kind is None else one.transform_filter(alt.FieldEqualPredicate(field=str(marks), equal=kind))
            )
            panel += of_kind.mark_point(**look).encode(tooltip=tooltip)
        panels.append(panel.properties(title=name))
    return alt.hconcat(*panels, spacing=24)


def _against(pairs: pl.DataFrame, side: str, other: str | None) -> str:
    known = pairs.filter(pl.col("side") == side)["other"].to_list()
    if other is not None:
        return other
    return REST if REST in known else known[0]


def _name(side: str) -> str:
    return "all others" if side == REST else readable(side)


def _number(*names: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{name}:Q", format=".3~g") for name in names]
