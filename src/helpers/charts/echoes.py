"""Pictures of echoes: the likeness found beside its nulls, who follows whom, and the ledger to read, with what is
shared marked."""

import re

import altair as alt
import polars as pl
from IPython.display import HTML

from helpers import html
from helpers.analyse.claims import Claim
from helpers.analyse.echoes import Echoes
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.phrases import count, per_cent
from helpers.prepare.tokens import FUNCTION_WORDS
from helpers.results import shows

KINDS = {"verbatim": "same words", "quotation": "same words, quoted", "paraphrase": "same meaning"}
_MEANS = (
    "Same words: a run of seven or more in both outlets’ own voice, weighed by how rare its plain words are. Quoted: "
    "one or both quote it, perhaps from a third. Same meaning: alike in vectors and in rarer words, without such a run."
)
_AXES = {"paraphrase": "likeness (cosine of meanings + cosine of rarer words)"}
_OF = {"found": "found within the lag", "other days": "expected: as texts of other days",
       "own pairs": "expected: as one outlet’s own reports of the same days"}  # fmt: skip
_FEWEST = 5
"""Pairs within the lag that make a curve worth drawing."""
_LEAST_DRAWN = 0.5
"""Pairs. Less than this is not drawn on the logarithmic axis."""


def null(found: Echoes) -> Figure | Claim:
    """How many pairs are at least as alike, within the lag and as expected of texts that cannot echo each other; a
    withheld claim where there is no pair to be drawn."""
    drawn = found.shape.filter(pl.col("n") >= _LEAST_DRAWN).with_columns(of=pl.col("of").replace_strict(_OF))
    panels = []
    of = alt.Scale(domain=list(_OF.values()), range=[base.ACCENT, base.INK, base.FAINT])
    dash = alt.Scale(domain=list(_OF.values()), range=[[1, 0], [6, 3], [2, 3]])
    for row in found.kinds.iter_rows(named=True):
        mine = drawn.filter(pl.col("kind") == row["kind"])
        if row["n_candidates"] < _FEWEST:
            continue
        low, high = float(mine["value"].min()), float(mine["value"].max())  # type: ignore[arg-type]
        title = _AXES.get(row["kind"], "weight of the longest shared run (bits)")
        axis = alt.Axis(format=".2f" if row["kind"] in _AXES else "d")
        at = alt.X("value:Q", title=title, scale=alt.Scale(domain=[low, high], nice=False), axis=axis)
        chart = alt.Chart(mine, width=600, height=150, title=KINDS[row["kind"]]).encode(
            x=at, y=alt.Y("n:Q", title="document pairs", scale=_log(mine), axis=_powers())
        )
        lines = chart.mark_line(strokeWidth=2, interpolate="linear").encode(
            color=alt.Color("of:N", scale=of, legend=alt.Legend(title=None, orient="top", labelLimit=400)),
            strokeDash=alt.StrokeDash("of:N", scale=dash, legend=None),
            tooltip=["of", alt.Tooltip("value:Q", format=".2f"), alt.Tooltip("n:Q", format=",.1f")],
        )
        if row["threshold"] is not None:
            mark = alt.Chart(pl.DataFrame({"value": [row["threshold"]]})).encode(x=at)
            rule = mark.mark_rule(color=base.INK, strokeWidth=1.5)
            right = row["threshold"] > (low + high) / 2
            label = mark.mark_text(
                align="right" if right else "left", dx=-4 if right else 4, dy=-66, color=base.INK
            ).encode(text=alt.datum("threshold"))
            lines = lines + rule + label
        panels.append(lines)
    if not panels:
        sentence = "How alike texts must be to count as echoes cannot be asked of this corpus."
        return Claim("echoes", "withheld", sentence, tuple(said for said in found.kinds["said"] if said))
    return finish(
        alt.vconcat(*panels, spacing=14),
        title="How alike, and how alike without any echo",
        caption=_counted(found),
        how_to_read="The red line counts pairs of documents of two outlets within the lag with passages at least so "
        "alike. The others say how many there would be by the likeness of texts that cannot echo each other. The "
        "threshold is "
        f"where at most {per_cent(found.false_share)} of the pairs found are to be expected of the higher of these.",
        description="Lines of the number of document pairs by likeness, found and expected, with the threshold.",
        table=found.shape,
        notes=(
            *(
                f"{KINDS[k].capitalize()}: {said}."
                for k, said in found.kinds.select("kind", "said").iter_rows()
                if said
            ),
            "Runs of words are held against texts of other days alone: an event's own phrases are not in these.",
        ),
    )


def _log(drawn: pl.DataFrame) -> alt.Scale:
    return alt.Scale(type="log", domain=[_LEAST_DRAWN, float(drawn["n"].max())], nice=False)  # type: ignore[arg-type]


def _powers() -> alt.Axis:
    return alt.Axis(values=[1, 10, 100, 1_000, 10_000, 100_000], format="~s", grid=True)


def _counted(found: Echoes) -> str:
    """What was found, in one sentence: of the corpus, and of no side."""
    parts = []
    for row in found.kinds.iter_rows(named=True):
        if row["n_found"]:
            expected = max(row["expected_other_days"] or 0, row["expected_own_pairs"] or 0)
            parts.append(
                f"{KINDS[row['kind']]}: {count(row['n_found'], 'document pair')}, {expected:.1f} of them expected false"
            )
    among = f"among {found.n_passages:,} passages of {found.n_documents:,} documents"
    if not parts:
        return f"No echo is found within {count(found.lag, 'day')} {among}."
    return f"Within {count(found.lag, 'day')}, {among}: {'; '.join(parts)}."


def follows(found: Echoes, *, most: int = 15) -> Figure | Claim:
    """Who follows whom: pairs of documents with an echo in both's own voice, beside what shuffled dates give; a
    withheld claim where no order is known."""
    known = found.follows.filter(pl.col("n") > 0)
    same = int(found.follows["n_same"].sum()) // 2
    if known.is_empty():
        why = f"{count(same, 'pair')} of documents with an echo, none of known order" if same else "no echo was found"
        return Claim("echoes", "withheld", "Who follows whom cannot be asked of this corpus.", (why,))
    table = known.head(most).with_columns(
        pair=pl.format("{} → {}", pl.col("source").map_elements(html.clean, pl.String),
                       pl.col("follower").map_elements(html.clean, pl.String)),
        side=pl.col("follower_side"),
    )  # fmt: skip
    sides = list(found.all_sides)
    drawn = base.named(table, ("side",))
    high = float(table.select(pl.max_horizontal("n", "expected_high").max()).item())
    x = alt.X("n:Q", title="pairs of documents", scale=alt.Scale(domain=[0, high * 1.05]), axis=alt.Axis(tickMinStep=1))
    chart = alt.Chart(drawn, width=380, height=alt.Step(24)).encode(y=alt.Y("pair:N", sort=None, title=None))
    tooltip = ["source", "follower", "n", alt.Tooltip("expected:Q", format=".2f"),
               alt.Tooltip("expected_high:Q", format=".1f"), "n_back", "n_same", "stories",
               alt.Tooltip("p:Q", format=".3f"), alt.Tooltip("p_smallest:Q", format=".3f")]  # fmt: skip
    picture = (
        chart.mark_bar(height=8, opacity=0.45, color=base.FAINT).encode(x="expected_high:Q")
        + chart.mark_tick(thickness=2, size=14, color=base.INK).encode(x="expected:Q")
        + chart.mark_point(size=90).encode(
            x=x, color=base.side_colour(sides), shape=base.side_shape(sides), tooltip=tooltip
        )
    )  # fmt: skip
    notes = ["p of direction turns time round, story by story: what is linked is one story, so that few stories can "
             "never show a leader (see the smallest p).",
             "To come first in this corpus is not to be the source: both may have it from a third."]  # fmt: skip
    if same:
        notes.append(
            f"{count(same, 'pair')} of documents with an echo are not drawn: of one day, or of dates too rough."
        )
    if known.height > most:
        notes.append(f"{known.height - most} more pairs of outlets stand in the result’s table.")
    return finish(
        picture,
        title="Who follows whom",
        caption=f"{count(int(known['n'].sum()), 'pair')} of documents of two outlets with an echo in both’s own voice "
        f"within {count(found.lag, 'day')}, the earlier one left of the arrow; shuffled dates would give "
        f"{known['expected'].sum():.1f}.",
        how_to_read="Marks: pairs found, in the colour of the side that follows. Upright strokes: the mean when dates "
        "are shuffled among an outlet’s documents on a theme; grey: up to their 95th percentile.",
        description="Dot chart of the number of echoes for each ordered pair of outlets, beside chance.",
        table=known.drop("source_side"),
        notes=notes,
    )


def ledger(found: Echoes, *, kind: str | None = None, most: int = 6) -> HTML:
    """Echoes to read, each source beside its follower with what they share marked; without quotations, unless
    `kind` (verbatim, quotation, paraphrase) asks for them."""
    rows = found.table.filter(pl.col("kind") == kind if kind else ~pl.col("quotation"))
    if rows.is_empty():
        return HTML(html.cell('<p class="more">No echo of known order.</p>'))
    parts = [_pair(row, found) for row in rows.head(most).iter_rows(named=True)]
    rest = f'<p class="more">{rows.height - most:,} more in the result’s table.</p>' if rows.height > most else ""
    return HTML(html.cell("".join(parts) + rest))


def _pair(row: dict, found: Echoes) -> str:
    mark = _shared(row)
    ends = []
    for name, words in (("source", "earliest known"), ("follower", "follows")):
        columns = ("text", "side", "date", "date_precision", "title", "url", "voice", "language", "constructed")
        one = pl.DataFrame([{c: row[f"{name}_{c}"] for c in columns} | {"outlet": row[f"{name}_member"]}],
                           infer_schema_length=None)  # fmt: skip
        shown = html.passages(one, sides=found.all_sides, mark=mark)
        ends.append(f'<div><p class="faint">{words}</p>{shown}</div>')
    days = row["lag_least"] if row["lag_least"] == row["lag_most"] else f"{row['lag_least']} to {row['lag_most']}"
    how = f"{row['words']} words in a row" if row["words"] else f"likeness {row['likeness']:.2f}"
    said = f"{KINDS[row['kind']]} · {how} · {days} {'day' if days == 1 else 'days'} later"
    return f'<p class="heading">{html.escape(said)}</p><div class="abreast">{"".join(ends)}</div>'


def _shared(row: dict) -> str | None:
    """A regular expression of what two passages share: the run of words, or the words that carry meaning."""
    if row["shared"]:
        return r"\W+".join(re.escape(word) for word in re.findall(r"\w+", row["shared"]))
    one, other = ({w.lower() for w in re.findall(r"\w+", row[f"{end}_text"])} for end in ("source", "follower"))
    both = sorted(re.escape(w) for w in one & other if len(w) > 2 and w not in FUNCTION_WORDS)
    return rf"\b(?:{'|'.join(both)})\b" if both else None


@shows(Echoes)
def _echoes(found: Echoes) -> str:
    table = found.kinds.with_columns(
        what=pl.col("kind").replace_strict(KINDS),
        expected=pl.max_horizontal("expected_other_days", "expected_own_pairs"),
    )
    columns = {"what": "kind", "n_found": "document pairs", "expected": "expected false", "false_share": "share",
               "threshold": "from", "n_undated": "dates too rough", "seen": "most alike in lag",
               "by_chance": "by chance", "p": "p"}  # fmt: skip
    shown = html.table(table, columns=columns, percent=["false_share", "seen", "by_chance"], heading="Echoes")
    said = [
        _MEANS,
        f"Lag: {count(found.lag, 'day')}. {found.n_passages:,} passages of {found.n_documents:,} documents; "
        f"{count(found.copies.height, 'repeat')} of whole documents in another outlet, which are copies, not counted.",
    ]
    said += [
        f"{KINDS[k][0].upper()}{KINDS[k][1:]}: {why}." for k, why in table.select("kind", "said").iter_rows() if why
    ]
    said += [f"Left out: {count(n, 'passage')} ({why})." for why, n in found.left_out.items()]
    return html.cell(shown + "".join(f'<p class="notes">{html.escape(text)}</p>' for text in said))
