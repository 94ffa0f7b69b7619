"""Pictures of how a term is framed: the frames of its passages, and what of that goes with the term itself."""

import altair as alt

from helpers import html
from helpers.analyse.claims import Claim, Gate, claims
from helpers.analyse.framing import Framing
from helpers.analyse.wording import Wording
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.charts.claims import held
from helpers.charts.frames import differences
from helpers.results import shows


def framing_claims(found: Framing) -> list[Claim]:
    """What the claim gate allows to be said of each frame (controls aside) in passages with the term, between each two
    sides that can be asked; one withheld claim where fewer than two can.

    Nothing is more than described unless the paired difference goes the same way: it need not be about the term."""
    if found.frames is None:
        return [_unasked(found)]
    scored = found.frames
    wording = Wording(
        scored.codebook.labels(),
        held=held(scored.voice, scored.copies),
        quantity=f"the score of the frame ‘{{}}’ in passages with ‘{found.term}’",
        more=f"carry more of the frame ‘{{}}’ in passages with ‘{found.term}’",
    )
    gate = Gate(floors=scored.floors, limits=_limits(found))
    return claims(scored.contrasts, wording=wording, gate=gate, values=scored.codebook.columns(control=False))


def framing(found: Framing) -> Figure | Claim:
    """How far the sides differ on each frame in passages with the term; a withheld claim where fewer than two sides can
    be asked."""
    if found.frames is None:
        return _unasked(found)
    title = f"How far sides differ on each frame in passages with ‘{found.term}’"
    return differences(found.frames, made=framing_claims(found), title=title)


def own_passages(found: Framing) -> Figure | Claim:
    """How much more of each frame passages with the term carry than the rest of their documents, by side; a withheld
    claim where fewer than two sides have such documents."""
    if found.pairs is None or found.frames is None:
        return _unasked(found)
    sides = found.sides["side"].to_list()
    order = found.table["label"].unique(maintain_order=True).to_list()
    drawn = base.named(found.table)
    chart = alt.Chart(drawn, width=440, height=alt.Step(11)).encode(
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
    told = [claim for claim in _own_claims(found) if claim.grade != "withheld"]
    none = f"Between no two sides does what goes with ‘{found.term}’ differ by more than on a control frame."
    return finish(
        zero + rule + point,
        title=f"What goes with ‘{found.term}’, beyond the rest of the same documents",
        caption=told[0].sentence if told else none,
        how_to_read="Right of zero: a side’s passages with the term carry more of the frame than other passages of the "
        "same documents do. Lines: 95 % intervals over documents. The last frames are controls: no side has a "
        "reason to differ on them.",
        description=f"Dot chart of how much more of each frame passages with ‘{found.term}’ carry, by side.",
        table=found.table,
        notes=tuple(found.sides["said"].drop_nulls()),
    )


def _own_claims(found: Framing) -> list[Claim]:
    assert found.pairs is not None and found.frames is not None
    book = found.frames.codebook
    wording = Wording(
        book.labels(),
        held=f"each document compared with its own other passages, {held(found.frames.voice, found.frames.copies)}",
        quantity=f"what goes with ‘{found.term}’ of the frame ‘{{}}’",
        more=f"tie ‘{found.term}’ more closely to the frame ‘{{}}’",
    )
    return claims(found.pairs, wording=wording, gate=Gate(floors=found.floors), values=book.columns(control=False))


def _limits(found: Framing) -> dict[str, str]:
    """value|side|other -> why the difference need not be about the term."""
    assert found.frames is not None
    pairs = [] if found.pairs is None else found.pairs.table.iter_rows(named=True)
    paired = {(row["value"], row["side"], row["other"]): row["standardised"] for row in pairs}
    made = {}
    for row in found.frames.contrasts.table.iter_rows(named=True):
        key = (row["value"], row["side"], row["other"])
        own = paired.get(key)
        if own is None or (row["standardised"] or 0.0) * own <= 0:
            size = "has no counterpart" if own is None else f"is {own:+.2f} standard deviations"
            made["|".join(key)] = (
                "it need not be about the term: compared with the other passages of the same documents, "
                f"the difference {size}"
            )
    return made


def _unasked(found: Framing) -> Claim:
    sentence = f"How the sides frame ‘{found.term}’ is not compared."
    return Claim(found.term, "withheld", sentence, tuple(found.sides["said"].drop_nulls()))


@shows(Framing)
def _framing(found: Framing) -> str:
    columns = {"side": "side", "n_using": "documents with the term", "n_passages": "passages with it",
               "n_paired": "documents with passages without it, too"}  # fmt: skip
    said = "".join(f'<p class="notes">{html.escape(text)}</p>' for text in found.sides["said"].drop_nulls())
    return html.cell(html.table(found.sides, columns=columns, heading=f"‘{found.term}’") + said)
