"""The pages that lead to pages: one for a study, with its findings in words and their grades; one over all studies."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from helpers import html
from helpers.report import assets, cells
from helpers.report.about import About
from helpers.report.page import Entry, Page, lines

GRADES = {
    "claimed": "holds of the sides: outlet permutation reaches .05, every outlet can be left out, the measure is "
    "validated where it needs to be",
    "suggested": "stands when any one outlet is left out, and lies outside what controls show; not enough to claim",
    "described": "true of these outlets in these texts, and said of nothing else",
    "withheld": "asked, and not answered: the reason stands beside it",
}
SHOWN = 8
"""Findings of one grade that stand open on the index; the rest is behind a toggle."""


@dataclass(frozen=True)
class Shelf:
    """A study's pages as they come; `trouble` where the study could not be opened at all."""

    name: str
    title: str
    about: About | None
    entries: tuple[Entry, ...]
    pages: dict[str, Page]
    trouble: str | None


@dataclass(frozen=True)
class Finding:
    """A claim and the page it stands on."""

    entry: Entry
    shown: str


def findings(pages: Iterable[Page]) -> dict[str, list[Finding]]:
    """The claims of all pages by grade, strongest grade first; a sentence that stands on two pages is told once."""
    told: set[str] = set()
    made: dict[str, list[Finding]] = {grade: [] for grade in GRADES}
    for page in pages:
        for claim in page.claims:
            sentence = str(claim.get("sentence") or "")
            if sentence in told:
                continue
            told.add(sentence)
            grade = str(claim.get("grade"))
            made[grade if grade in made else "withheld"].append(Finding(page.entry, cells.Markup(cells.claim(claim))))
    return {grade: held for grade, held in made.items() if held}


def study_index(shelf: Shelf) -> str:
    """The index page of a study."""
    pages = [shelf.pages[entry.name] for entry in shelf.entries if entry.name in shelf.pages]
    record: dict[str, Any] = dict(shelf.about.record) if shelf.about else {}
    for page in pages:
        record |= page.run
    return assets.filled(
        "index.html",
        scripts=[assets.asset("page.js")],
        shelf=shelf,
        about=shelf.about,
        pages=pages,
        absent=[entry for entry in shelf.entries if entry.name not in shelf.pages],
        findings=findings(pages),
        grades=GRADES,
        most=SHOWN,
        record=lines(record),
    )


def all_studies(shelves: Iterable[Shelf], *, out: Path) -> str:
    """The index over the studies of this run and those that earlier runs left in `out`."""
    made = list(shelves)
    known = {shelf.name for shelf in made}
    earlier = [
        (path.parent.name, _title(path)) for path in sorted(out.glob("*/index.html")) if path.parent.name not in known
    ]
    shown = [(shelf, findings(shelf.pages.values()), _picture(shelf)) for shelf in made]
    return assets.filled("studies.html", scripts=[assets.asset("page.js")], shown=shown, earlier=earlier)


def _picture(shelf: Shelf) -> Page | None:
    return next((page for page in shelf.pages.values() if page.picture), None)


def _title(path: Path) -> str:
    """The title of an index that an earlier run wrote; the folder's name where it has none."""
    with path.open(encoding="utf-8", errors="replace") as file:
        found = re.search(r"<title>([^<]*)</title>", file.read(5000))
    return html.clean(unescape(found.group(1))) if found else path.parent.name
