"""What may be said of a text placed among the sides, in sentences: never more than described."""

from collections.abc import Iterable

import polars as pl

from helpers import html
from helpers.analyse.claims import Claim
from helpers.analyse.place import Placed
from helpers.charts.claims import held
from helpers.phrases import count, listed
from helpers.sides import side_name

LONGER = 2
"""A text of so many times the passages of the others is not measured as they are, and that is said."""
NOT_MEANT = (
    "alike in wording or in frames means alike in subject and phrase, which does not say who wrote a text, "
    "for whom, or why"
)


def said(placed: Placed) -> list[Claim]:
    """What may be said of each text: which side's mean it is nearest to, and how typical of its own side it is, in
    wording and in frames. Never more than described: it is of these outlets, and of one text."""
    made = []
    for document, name in names_of(placed).items():
        for measure in ("wording", "frames"):
            rows = placed.table.filter((pl.col("document_id") == document) & (pl.col("measure") == measure))
            if rows.is_empty():
                why = "no passage of it is in the voice that is compared, or no side has 10 texts"
                made.append(Claim(name, "withheld", f"How typical {name} is in {measure} cannot be asked.", (why,)))
            else:
                made.append(_claim(placed, name, rows.to_dicts()))
    return made


def _claim(placed: Placed, name: str, rows: list[dict]) -> Claim:
    measure, best = rows[0]["measure"], next(row for row in rows if row["nearest"])
    others = sorted((row for row in rows if not row["nearest"]), key=lambda row: -row["closeness"])
    sentences = []
    if others:
        away = ", ".join(f"{side_name(row['side'])} {_size(row)}" for row in others)
        sentences.append(
            f"In {measure}, {name} is nearest to the mean of {side_name(best['side'])} ({_far(best)}; {away})."
        )
    shown = next((row for row in rows if row["side"] == best["own_side"]), best)
    against = "the other texts" if shown["without"] == "text" else "the other outlets"
    lead = "It" if sentences else f"In {measure}, {name}"
    own = ", its own side," if shown["side"] == best["own_side"] else ""
    share = f"{shown['percentile']:.0f} % (95 % interval {shown['low']:.0f} to {shown['high']:.0f})"
    sentences.append(
        f"{lead} is nearer to the mean of {side_name(shown['side'])}{own} than {share} of that side’s "
        f"{shown['n_texts']} texts are to the mean of {against}; {held(placed.voice, placed.copies)}."
    )
    reasons = [NOT_MEANT, _whose(placed, [row["side"] for row in rows])]
    if best["right"] is not None:
        reasons.append(
            f"the same rule finds the side of {100 * best['right']:.0f} % of the corpus’s own texts, each left out in "
            f"turn{' with its outlet' if all(row['without'] == 'outlet' for row in rows) else ''} "
            f"(by chance {100 * best['by_chance']:.0f} %)"
        )
    n, usual = best["n_passages"], shown["usual_passages"]
    if not usual / LONGER < n < usual * LONGER:
        reasons.append(
            f"it has {count(n, 'passage')}, a text of that side {usual:.0f} as a rule: the mean of a longer text lies "
            "nearer to any mean"
        )
    absent = [side_name(side) for side in placed.sides if side not in {row["side"] for row in rows}]
    if absent:
        reasons.append(f"{listed(absent)} cannot be asked: fewer than 10 texts")
    if best["own_side"] is None:
        reasons.append("the study puts its outlet on no side")
    return Claim(f"{name}, {measure}", "described", " ".join(sentences), (*reasons, *same_text(placed)), best)


def _far(row: dict) -> str:
    return (
        f"cosine {_size(row)}" if row["measure"] == "wording" else f"{_size(row)} standard deviations of passages away"
    )


def _size(row: dict) -> str:
    return html.number(abs(row["closeness"]), decimals=2)


def _whose(placed: Placed, sides: Iterable[str]) -> str:
    """Whose texts the means are of, in words."""
    made = []
    for side in sides:
        members = placed.members.filter(side=side)["member"].to_list()
        more = f" and {len(members) - 6} more" if len(members) > 6 else ""
        made.append(f"{side_name(side)}: {', '.join(members[:6])}{more}")
    return f"the means are of these outlets and no others ({'; '.join(made)})"


def same_text(placed: Placed) -> tuple[str, ...]:
    """A note on the texts that the corpus has itself."""
    n = len(placed.left_out)
    if not n:
        return ()
    shown = ", ".join(placed.left_out[:5]) + (f" and {n - 5} more" if n > 5 else "")
    return (f"The corpus has the text itself, or copies of it, and they are left out here: {shown}.",)


def names_of(placed: Placed) -> dict[str, str]:
    """Document id -> how a sentence names the text."""
    first = placed.passages.unique("document_id", keep="first", maintain_order=True)
    rows = first.select("document_id", "title", "outlet").iter_rows()
    return {
        id: f"‘{html.clip(title, 90)}’ ({outlet})" if title else f"the text of {outlet}" for id, title, outlet in rows
    }
