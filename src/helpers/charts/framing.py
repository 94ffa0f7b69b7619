"""Pictures of how a term is framed: what goes with it on each side, and on which side more."""

import altair as alt

from helpers import html
from helpers.analyse.claims import Claim, Gate, Wording, claims
from helpers.analyse.framing import Framing
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.claims import held
from helpers.results import shows


def framing_claims(found: Framing) -> list[Claim]:
    """What the claim gate allows to be said of each frame (controls aside) between each two sides that can be asked;
    one withheld claim where fewer than two can."""
    if found.contrasts is None:
        return [_unasked(found)]
    wording = Wording(
        found.codebook.labels(),
        held=f"each document compared with its own other passages, {held(found.voice, found.copies)}",
        quantity=f"what goes with ‘{found.term}’ of the frame ‘{{}}’",
        more=f"tie ‘{found.term}’ more closely to the frame ‘{{}}’",
    )
    gate = Gate(floors=found.floors)
    return claims(found.contrasts, wording=wording, gate=gate, values=found.codebook.columns(control=False))


def framing(found: Framing) -> Figure | Claim:
    """How much more of each frame passages with the term carry than the rest of their documents, by side; a withheld
    claim where fewer than two sides can be asked."""
    if found.contrasts is None:
        return _unasked(found)
    sides = found.sides["side"].to_list()
    order = found.table["label"].unique(maintain_order=True).to_list()
    drawn = base.named(found.table)
    chart = alt.Chart(drawn, width=440, height=alt.Step(15)).encode(
        y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=330)),
        yOffset=alt.YOffset("side:N", sort=base.side_order(sides)),
        color=base.side_colour(sides),
    )
    tooltip = ["label", "side", *(alt.Tooltip(f"{n}:Q", format="+.2f") for n in ("mean", "low", "high")),
               "n_documents", "n_passages"]  # fmt: skip
    title = "standard deviations of documents: with the term, less without it"
    rule = chart.mark_rule(strokeWidth=1.6).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    point = chart.mark_point(size=60, filled=True).encode(x="mean:Q", shape=base.side_shape(sides), tooltip=tooltip)
    zero = alt.Chart(drawn).mark_rule(color=base.RULE).encode(x=alt.datum(0))
    told = [claim for claim in framing_claims(found) if claim.grade != "withheld"]
    caption = told[0].sentence if told else _silent(found)
    return finish(
        zero + rule + point,
        title=f"What goes with ‘{found.term}’",
        caption=caption,
        how_to_read="Right of zero: a side’s passages with the term carry more of the frame than other passages of the "
        "same documents do. Lines: 95 % intervals over documents. The last frames are controls: no term has a reason "
        "to go with them.",
        description=f"Dot chart of how much more of each frame passages with ‘{found.term}’ carry, by side.",
        table=found.table.drop("frame"),
        notes=(
            "Scores are similarities to example statements: nobody has coded these passages by hand.",
            *found.sides["said"].drop_nulls(),
        ),
    )


def _silent(found: Framing) -> str:
    return f"Between no two sides is a difference in what goes with ‘{found.term}’ larger than on a control frame."


def _unasked(found: Framing) -> Claim:
    sentence = f"How the sides frame ‘{found.term}’ is not compared."
    return Claim(found.term, "withheld", sentence, tuple(found.sides["said"].drop_nulls()))


@shows(Framing)
def _framing(found: Framing) -> str:
    columns = {"side": "side", "n_using": "documents with the term", "n_documents": "with and without it",
               "n_passages": "passages with it"}  # fmt: skip
    said = "".join(f'<p class="notes">{html.escape(text)}</p>' for text in found.sides["said"].drop_nulls())
    return html.cell(html.table(found.sides, columns=columns, heading=f"‘{found.term}’") + said)
