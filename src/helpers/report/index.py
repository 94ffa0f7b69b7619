"""The pages that lead to pages: one for a study, with its findings in words and their grades; one over all studies."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from helpers import html
from helpers.report import assets
from helpers.report.about import About
from helpers.report.foot import foot
from helpers.report.page import Entry, Page

GRADES = {
    "claimed": "holds of the sides: outlet permutation reaches .05, every outlet can be left out, the measure is "
    "validated where it needs to be",
    "suggested": "stands when any one outlet is left out, and lies outside what controls show; not enough to claim",
    "described": "true of these outlets in these texts, and said of nothing else",
    "withheld": "asked, and not answered: the reason stands beside it",
}
SHORT, SHOWN = 5, 3
"""Findings that stand at the head of a study's index, of one page each, and beside each page; the rest is folded."""
LONGEST_WHY = 200
"""Characters of the reasons for withholding that stand open."""
_NUMBERS = re.compile(r"(?<=\)): (?=[\d,]+ documents?\b)")
"""Where a sentence of the claim gate goes on to say of how many documents and outlets it holds."""


@dataclass(frozen=True)
class Shelf:
    """A study's pages as they come; `trouble` where the study could not be opened at all."""

    name: str
    title: str
    about: About | None
    entries: tuple[Entry, ...]
    pages: dict[str, Page]
    trouble: str | None

    @property
    def shown(self) -> list[Page]:
        """The pages that are made, in the order of the notebooks."""
        return [self.pages[entry.name] for entry in self.entries if entry.name in self.pages]


@dataclass(frozen=True)
class Finding:
    """A claim and the page it stands on.

    seen   whether its interval lies on one side of zero, as far as it has one
    shown  it in short, with the whole and its reasons folded; `why`: its first reason, without the list of what
           it was given for
    """

    entry: Entry
    grade: str
    sentence: str
    seen: bool
    shown: Markup
    why: str


def findings(page: Page) -> list[Finding]:
    """What a page says of sides and outlets, strongest grade first, in a grade what was seen before what was not; each
    sentence once. What only says that nothing is withheld is left out."""
    claims = {str(claim.get("sentence") or ""): claim for claim in reversed(page.claims)}
    made = []
    for sentence, claim in reversed(claims.items()):
        grade = claim["grade"] if claim.get("grade") in GRADES else "withheld"
        reasons = [str(reason) for reason in claim.get("reasons") or ()]
        numbers = claim.get("numbers") or {}
        if grade == "described" and not reasons and not numbers:
            continue
        low, high = (held if isinstance(held := numbers.get(end), int | float) else 1.0 for end in ("low", "high"))
        brief, _ = parted(sentence)
        shown = html.claim(grade, sentence, reasons, brief=brief if brief != sentence else None)
        shown = Markup(f'<div class="workbench">{shown}</div>')
        made.append(Finding(page.entry, grade, sentence, not low <= 0 <= high, shown, _why(reasons)))
    return sorted(made, key=lambda finding: (list(GRADES).index(finding.grade), not finding.seen))


def parted(sentence: str) -> tuple[str, str]:
    """A sentence of the claim gate in short, and of how many documents and outlets it holds; "" where it says none."""
    brief, *numbers = _NUMBERS.split(sentence, maxsplit=1)
    return brief, numbers[0] if numbers else ""


def _why(reasons: Sequence[str]) -> str:
    """What the first reason for withholding says: "between a and b, no larger than chance: rights" comes down to
    "No larger than chance."."""
    words = re.sub(r"^between .+? and .+?, |: [^:]*$", "", reasons[0]).strip(" .") if reasons else ""
    return html.clip(words[:1].upper() + words[1:] + "." * bool(words), LONGEST_WHY)


def in_short(found: Iterable[Sequence[Finding]]) -> list[Finding]:
    """The strongest finding of each page that no page before it has, in the order of the pages within a grade; at most
    SHORT."""
    firsts: dict[str, Finding] = {}
    for of_page in found:
        begun = {
            _NUMBERS.split(one.sentence)[0]: one for one in reversed(of_page) if one.grade != "withheld" and one.seen
        }
        fresh = [(words, one) for words, one in reversed(begun.items()) if words not in firsts]
        firsts |= dict(fresh[:1])
    return sorted(firsts.values(), key=lambda finding: list(GRADES).index(finding.grade))[:SHORT]


def counted(found: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each grade, strongest first; grades without any are absent."""
    counts = Counter(finding.grade for finding in found)
    return {grade: counts[grade] for grade in GRADES if counts[grade]}


def study_index(shelf: Shelf, *, zipped: str | None) -> str:
    """The index page of a study. `zipped`: where the zip of all its pages is, seen from here; None: in that zip."""
    pages = shelf.shown
    found = {page.entry.name: findings(page) for page in pages}
    every = [finding for of_page in found.values() for finding in of_page]
    return assets.filled(
        "index.html",
        scripts=[assets.asset("page.js")],
        shelf=shelf,
        pages=pages,
        absent=[entry for entry in shelf.entries if entry.name not in shelf.pages],
        found={name: [one for one in held if one.grade != "withheld"] for name, held in found.items()},
        said={one.sentence for one in every},
        counts=counted(every),
        short=in_short(found.values()),
        silent=[finding for finding in every if finding.grade == "withheld"],
        grades=GRADES,
        most=SHOWN,
        zipped=zipped if pages else None,
        packed=zipped is None,
        **(foot(shelf.about, **of_all(pages, shelf.about)) if shelf.about else {"about": None}),
    )


def of_all(pages: Sequence[Page], about: About) -> dict[str, Any]:
    """The run record of a study with that of its pages, and the last day on which one of them was run."""
    record = dict(about.record)
    for page in pages:
        record |= page.record
    return {"record": record, "day": max((page.day for page in pages if page.day), default=None)}


def all_studies(shelves: Iterable[Shelf], *, out: Path) -> str:
    """The index over the studies of this run and those that earlier runs left in `out`."""
    made = list(shelves)
    known = {shelf.name for shelf in made}
    earlier = [
        (path.parent.name, _title(path)) for path in sorted(out.glob("*/index.html")) if path.parent.name not in known
    ]
    shown = [(shelf, counted(one for page in shelf.shown for one in findings(page)), _picture(shelf)) for shelf in made]
    return assets.filled("studies.html", scripts=[assets.asset("page.js")], shown=shown, earlier=earlier)


def _picture(shelf: Shelf) -> Page | None:
    return next((page for page in shelf.shown if page.picture), None)


def _title(path: Path) -> str:
    """The title of an index that an earlier run wrote; the folder's name where it has none."""
    with path.open(encoding="utf-8", errors="replace") as file:
        found = re.search(r"<title>([^<]*)</title>", file.read(5000))
    return html.clean(unescape(found.group(1))) if found else path.parent.name
