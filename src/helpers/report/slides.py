"""A study's findings as slides in one offline page: one finding a slide, with its grade and its chart.

They are made from the very outputs that the pages show. A finding is taken with the first chart under its own heading,
since that is the chart it is read from; where a heading has none, the slide has words alone. Of several findings under
one heading the strongest has the slide, and the others are counted.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from helpers.charts.base import FIGURE, theme
from helpers.phrases import count
from helpers.report import assets, cells
from helpers.report.about import About
from helpers.report.foot import foot
from helpers.report.index import GRADES, Finding, Shelf, findings, of_all, parted
from helpers.report.islands import Island
from helpers.report.page import Entry, Page

SILENT, LIMITS = 7, 8
"""Lines on the slide of what is withheld, and on that of what is not shown."""
_HEADING = re.compile(r"^#{1,3}\s+(.+)$", flags=re.MULTILINE)
_LIMITS = "what this does not show"


@dataclass(frozen=True)
class Slide:
    """One finding: its sentence in brief and the numbers behind it, why it has its grade, and its chart."""

    entry: Entry
    section: str
    grade: str
    brief: str
    numbers: str
    reasons: tuple[str, ...]
    more: str
    figure: Markup


@dataclass
class Section:
    """What a notebook shows under one heading."""

    heading: str
    prose: str = ""
    figures: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)


def deck(shelf: Shelf, about: About) -> str:
    """The slides of a study, from those of its pages that are made."""
    island = Island(config=theme())
    slides: list[Slide] = []
    silent: list[Finding] = []
    limits: list[tuple[Entry, Markup]] = []
    unseen = 0
    for page in shelf.shown:
        held = sections(page.notebook, until=page.failure.cell if page.failure else None) if page.notebook else []
        for section in held:
            found = findings(replace(page, claims=tuple(section.claims)))
            held_back = [one for one in found if one.grade == "withheld"]
            silent += [
                one for one in held_back if (page.entry, one.sentence) not in {(s.entry, s.sentence) for s in silent}
            ]
            told = [one for one in found if one.grade != "withheld" and one.seen]
            unseen += sum(one.grade != "withheld" and not one.seen for one in found)
            if told:
                slides.append(_slide(section, told, page, island))
        first = next((_sentence(one.prose) for one in held if one.heading.lower() == _LIMITS), "")
        if first:
            limits.append((page.entry, Markup(cells.markdown(first))))
    return assets.filled(
        "slides.html",
        scripts=[*assets.scripts(charts=bool(island.figures)), assets.asset("slides.js")],
        more_styles=[assets.asset("slides.css")],
        slides=slides,
        silent=silent[:SILENT],
        untold=len(silent) - len(silent[:SILENT]),
        unseen=count(unseen, "statement") if unseen else "",
        limits=limits[:LIMITS],
        incomplete=[page for page in shelf.shown if page.failure],
        grades=GRADES,
        island=Markup(island.text()),
        **foot(about, **of_all(shelf.shown, about)),
    )


def sections(notebook: NotebookNode, *, until: int | None = None) -> list[Section]:
    """A run notebook by its headings. `until`: the number of the cell to stop before."""
    made = [Section("")]
    for cell in notebook.cells[:until]:
        if cell.cell_type == "markdown":
            heading = _HEADING.search(cell.source)
            if heading:
                made.append(Section(re.sub(r"[*_`]", "", heading.group(1)).strip()))
            made[-1].prose += _HEADING.sub("", cell.source).strip() + "\n"
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if FIGURE in data:
                made[-1].figures.append(data[FIGURE])
            if cells.CLAIM in data:
                made[-1].claims.append(data[cells.CLAIM])
    return made


def _slide(section: Section, told: list[Finding], page: Page, island: Island) -> Slide:
    first = told[0]
    brief, numbers = parted(first.sentence)
    given = next(claim for claim in section.claims if claim.get("sentence") == first.sentence)
    drawn = Markup()
    if section.figures:
        figure = {name: section.figures[0].get(name) for name in ("title", "description", "spec")}
        drawn = Markup(cells.figure(figure | {"caption": "", "panels": None, "reading": None}, island))
    more = f"{count(len(told) - 1, 'further finding')} under this heading" if told[1:] else ""
    reasons = tuple(str(reason) for reason in given.get("reasons") or ())
    return Slide(page.entry, section.heading, first.grade, brief, numbers, reasons, more, drawn)


def _sentence(prose: str) -> str:
    """The first sentence of a paragraph of prose."""
    return re.split(r"(?<=[.!?])\s+(?=[A-Z])", prose.strip(), maxsplit=1)[0]
