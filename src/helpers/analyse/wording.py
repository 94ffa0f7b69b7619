"""How the claim gate words what it grades: what was measured, how much text it stands on, what was held fixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpers.phrases import count, listed
from helpers.sides import side_name

MOST_NAMED = 3
"""Outlets of a side that a sentence names; more are counted, and named among its reasons."""


@dataclass(frozen=True)
class Wording:
    """How the sentence names what was measured.

    measure   value -> its label: "Universal rights", "tariffs, trade"
    quantity  what is compared, {} being the label: "the score of the frame ‘{}’"
    more      what the higher side does: "carry more of the frame ‘{}’"
    unit      sd (standard deviations of documents), points (percentage points; values are shares
              0-1) or rate (per 10,000 words)
    held      what was held fixed, for the end of the sentence
    """

    measure: Mapping[str, str]
    unit: str = "sd"
    held: str = "the outlets' own voice, copies counted once"
    quantity: str = "the score of {}"
    more: str = "carry more of {}"


def sentence(row: Mapping, grade: str, *, wording: Wording, members: Mapping[str, tuple[str, ...]]) -> str:
    """The sentence of one row of a contrasts table at that grade. `members`: the outlets of each side."""
    label = wording.measure.get(row["value"], row["value"])
    a, b = row["side"], row["other"]
    if grade == "withheld":
        return f"Nothing is said of {wording.quantity.format(label)} between {side_name(a)} and {side_name(b)}."
    difference, low, high = _scaled(row, wording.unit)
    base_a, base_b = _based(row, ""), _based(row, "other_")
    if difference < 0:
        a, b, base_a, base_b, difference = b, a, base_b, base_a, -difference
        low, high = (None, None) if low is None or high is None else (-high, -low)
    unit = {"sd": "standard deviations", "points": "percentage points", "rate": "per 10,000 words"}[wording.unit]
    digits = 2 if wording.unit == "sd" else 1
    interval = "no interval" if low is None else f"95 % interval {low:z.{digits}f} to {high:z.{digits}f}"
    size = f"{difference:.{digits}f} {unit} ({interval})"
    quantity = wording.quantity.format(label)
    if grade == "described" and low is not None and low <= 0:
        least = _missed(row, wording.unit, unit, digits)
        return (
            f"Between these {base_a} of {outlets(members[a])} and these {base_b} of {outlets(members[b])}, "
            f"{quantity} differs by {size}, which may be nothing{least}; {wording.held}."
        )
    if grade == "described":
        return (
            f"In these {base_a} of {outlets(members[a])}, {quantity} is higher by {size} than in these {base_b} of "
            f"{outlets(members[b])}; {wording.held}."
        )
    lead = f"{side_name(a)} {wording.more.format(label)} than {side_name(b)}"
    stands_on = f"{base_a} of {count(_n_members(row, a), 'outlet')} against {base_b} of {_n_members(row, b)}"
    return f"{lead[0].upper()}{lead[1:]}, by {size}: {stands_on}, whichever outlet is left out; {wording.held}."


def _based(row: Mapping, prefix: str) -> str:
    """How much text one side's number rests on."""
    documents = count(row[f"{prefix}n_documents"], "document")
    return f"{documents} ({count(row[f'{prefix}n_passages'], 'passage')})"


def _n_members(row: Mapping, side: str) -> int:
    return row["n_members"] if side == row["side"] else row["other_n_members"]


def _scaled(row: Mapping, unit: str) -> tuple[float, float | None, float | None]:
    if unit == "sd":
        return row["standardised"], row["std_low"], row["std_high"]
    factor = 100 if unit == "points" else 1
    low, high = (None if row[name] is None else factor * row[name] for name in ("low", "high"))
    return factor * row["difference"], low, high


def _missed(row: Mapping, unit: str, noun: str, digits: int) -> str:
    """What would not have been seen, in the unit of the sentence."""
    if row["detectable"] is None:
        return ""
    least = row["detectable"] * {"sd": 1.0, "points": 100 * row["sd"], "rate": row["sd"]}[unit]
    return f": a difference under {least:.{digits}f} {noun} would not reliably have been seen"


def outlets(names: Sequence[str]) -> str:
    """The outlets of a side inside a sentence: by name, or counted where they are many."""
    return listed(names) if len(names) <= MOST_NAMED else count(len(names), "outlet")


def unnamed(members: Mapping[str, Sequence[str]], most: int = 20) -> list[str]:
    """The outlets of each side that a sentence has only counted, for its reasons."""
    made = []
    for side, names in members.items():
        if len(names) > MOST_NAMED:
            shown = listed(names) if len(names) <= most else f"{', '.join(names[:most])} and {len(names) - most} others"
            made.append(f"the {len(names)} of {side_name(side)}: {shown}")
    return made
