"""How a side looks and is called: one colour, one mark and one name each, the same in every chart, table and page.

The colours were chosen by search: a contrast of at least 3 on white and on the page's dark ground, and the three
fixed ones at least 12 apart (OKLab x 100) in normal sight, protanopia, deuteranopia and tritanopia
(Machado 2009). With six sides and more colours come close, so the mark (circle, square, ...) always goes with them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

FIXED = {"state_media": 0, "western": 1, "un": 2}
COLOURS = ("#c8590a", "#3f6bb5", "#0ea1a0", "#9a6ae8", "#95525b", "#84822f", "#b8735f", "#4981b5")
MARKS = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-right", "triangle-left")
SIGNS = ("●", "■", "▲", "◆", "✚", "▼", "▶", "◀")
NAMES = {"un": "UN", "eu": "EU", "us": "US", "uk": "UK", "ngo": "NGO", "ngos": "NGOs"}


@dataclass(frozen=True)
class Look:
    """How one side shows itself.

    name    as a reader sees it: "State media"
    colour  #rrggbb
    mark    Vega's name of the point shape
    sign    the same shape as a character
    number  0 and up; the style sheet knows it as .side-0, .side-1, ...
    """

    name: str
    colour: str
    mark: str
    sign: str
    number: int


def readable(side: str) -> str:
    """A side's label as a reader sees it: "state_media" -> "State media", "un" -> "UN"."""
    if side in NAMES:
        return NAMES[side]
    words = side.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def side_name(side: str) -> str:
    """How a side is called inside a sentence: "Western outlets", "UN texts"."""
    fixed = {"state_media": "state media", "western": "Western outlets", "un": "UN texts"}
    return fixed.get(side) or readable(side)


def looks(sides: Iterable[str]) -> dict[str, Look]:
    """The look of each side, the three fixed ones first, then the others by name.

    Give all sides of the study, also where one of them has nothing to show: an unfixed side takes the
    next free colour by sorted name, so that its colour depends on the sides beside it."""
    given = sorted(set(sides), key=lambda side: (FIXED.get(side, len(FIXED)), side))
    others = [side for side in given if side not in FIXED]
    made = {}
    for side in given:
        number = FIXED[side] if side in FIXED else len(FIXED) + others.index(side)
        colour, mark = COLOURS[number % len(COLOURS)], MARKS[number % len(MARKS)]
        made[side] = Look(readable(side), colour, mark, SIGNS[number % len(SIGNS)], number % len(COLOURS))
    return made
