"""A lesson of 90 minutes around a draw of sheets: when which step begins, and what the class will answer wrong.

The words of the lesson stand in report/template/plan.html; here is what is computed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from helpers.codebook import Codebook, Frame
from helpers.seminar.traps import Trap
from helpers.sides import readable

MINUTES = 90
FIXED = {"predict": 8, "codebook": 10, "code": 0, "hand_in": 5, "agreement": 12, "reveal": 14, "traps": 0, "closing": 4}
"""Minutes of each step, in order; `code` takes what a sheet takes, `traps` what is left."""
LEAST_TRAPS = 10
"""Minutes for the questions on traps below which the lesson is said to be too long."""
SPARE = 2
"""Minutes added to the time a sheet takes, for opening it and for the slowest."""


@dataclass(frozen=True)
class Class:
    """The numbers of a draw: coders, passages on a sheet, minutes a sheet takes, the frames that are coded; `options`:
    what `workbench seminar sheet` is given to make it."""

    coders: int
    passages: int
    minutes: int
    frames: tuple[str, ...]
    options: str


@dataclass(frozen=True)
class Step:
    """A part of the lesson: `name` is a key of FIXED, `at` the minute it begins."""

    name: str
    at: int
    minutes: int


@dataclass(frozen=True)
class Lesson:
    """A lesson plan.

    study     as the commands name it
    practice  (frame, a statement that carries it, one that comes close and does not)
    minutes   of the whole; `too_long`: by how many it is over 90
    """

    title: str
    study: str
    held: Class
    sides: tuple[str, ...]
    practice: tuple[tuple[Frame, str, str], ...]
    steps: tuple[Step, ...]
    traps: tuple[Trap, ...]
    minutes: int
    too_long: int


def lesson(
    title: str, *, study: str, sides: Sequence[str], codebook: Codebook, held: Class, traps: Sequence[Trap]
) -> Lesson:
    """The plan of a lesson for a study and a draw of sheets (or the numbers that a draw would have)."""
    coding = held.minutes + SPARE
    lengths = FIXED | {"code": coding, "traps": max(LEAST_TRAPS, MINUTES - sum(FIXED.values()) - coding)}
    steps, at = [], 0
    for name, minutes in lengths.items():
        steps.append(Step(name, at, minutes))
        at += minutes
    chosen = [codebook.frames[name] for name in held.frames]
    practice = tuple((frame, frame.examples[0], (*frame.counter_examples, "")[0]) for frame in chosen)
    names = tuple(readable(side) for side in sides)
    return Lesson(title, study, held, names, practice, tuple(steps), tuple(traps), at, max(0, at - MINUTES))
