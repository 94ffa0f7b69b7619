"""A run notebook as one self-contained page: opens from a file, offline, its charts live, its texts inert."""

import base64
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from helpers.charts.base import theme
from helpers.report import assets, cells
from helpers.report.about import About
from helpers.report.foot import foot
from helpers.report.islands import Island, cleaned

LARGEST_DRAWING = 150_000
"""Bytes; a picture for the index with more marks than that is given as pixels."""
PIXELS = 560
"""Width of a picture that is given as pixels."""
LONGEST_LABEL = 120
"""Characters of a text in that picture; measuring a long one takes seconds."""


@dataclass(frozen=True)
class Failure:
    """Where a notebook stopped and why, in plain words; `trace` for whoever can read it."""

    cell: int
    why: str
    trace: str = ""


@dataclass(frozen=True)
class Entry:
    """A page as the others link to it."""

    name: str
    title: str

    @property
    def short(self) -> str:
        """The title before its colon, for the navigation."""
        return self.title.split(":")[0]

    @property
    def file(self) -> str:
        """The file's name, beside the other pages."""
        return f"{self.name}.html"


@dataclass(frozen=True)
class Page:
    """A page and what the index tells of it.

    claims   as the claim gate gave them: topic, grade, sentence, reasons
    record   what it was made from, with what the notebook itself showed of its run
    day      when its notebook was run
    picture  its first chart as a data: address, or None; `words` is its text alternative, `caption` its sentence
    tables   the numbers of its charts: a name for a file -> CSV
    notebook  as it was run, for the slides
    """

    entry: Entry
    text: str
    claims: tuple[dict[str, Any], ...]
    record: dict[str, Any]
    day: datetime.date | None
    picture: str | None
    words: str
    caption: str
    tables: dict[str, str]
    failure: Failure | None
    notebook: NotebookNode | None = None


def page(
    notebook: NotebookNode, *, entry: Entry, entries: Sequence[Entry], about: About, failure: Failure | None = None
) -> Page:
    """The page of a run notebook. `entries`: all pages of the study, in order; `failure`: where the run stopped."""
    island = Island(config=theme())
    made = cells.parts(notebook, island, until=failure.cell if failure else None)
    record, day = about.record | made.run, day_of(notebook)
    scripts = assets.scripts(charts=bool(island.figures))
    place = [other.name for other in entries].index(entry.name)
    text = assets.filled(
        "page.html",
        scripts=scripts,
        entry=entry,
        entries=entries,
        before=entries[place - 1] if place else None,
        after=entries[place + 1] if place + 1 < len(entries) else None,
        title=made.title or entry.title,
        contents=made.contents,
        body=cells.body(made),
        island=cells.Markup(island.text()),
        failure=failure,
        **foot(about, record=record, day=day, page=made.title or entry.title),
    )
    picture, words = _picture(made.figures)
    caption = next((str(figure["caption"]) for figure in made.figures if figure.get("caption")), "")
    tables = {figure["name"]: figure["csv"] for figure in island.figures if figure["csv"]}
    return Page(entry, text, tuple(made.claims), record, day, picture, words, caption, tables, failure, notebook)


def day_of(notebook: NotebookNode) -> datetime.date | None:
    """The day on which a notebook was run, as `kernels.run_all` left it there."""
    try:
        return datetime.date.fromisoformat(notebook.metadata["workbench"]["day"])
    except (KeyError, TypeError, ValueError):
        return None


def entry_of(name: str, notebook: NotebookNode) -> Entry:
    """How the other pages name the page of that notebook: by its first heading."""
    return Entry(name, cells.title_of(notebook) or re.sub(r"^\d+_", "", name).replace("_", " ").capitalize())


def _picture(figures: Sequence[dict[str, Any]]) -> tuple[str | None, str]:
    """The first chart, or its first view, as a data: address for an <img>, where nothing in it can run; and its
    description."""
    for figure in figures:
        words = str(figure.get("description") or figure.get("title") or "")
        first, whole = _first_view(figure["spec"]), figure["spec"]
        for spec in (whole,) if first is whole else (first, whole):
            drawn = _drawn(spec)
            if drawn:
                return drawn, words
    return None, ""


def _drawn(spec: dict[str, Any]) -> str | None:
    import vl_convert

    plain = {key: cleaned(value) for key, value in spec.items() if key not in ("usermeta", "datasets")}
    plain["datasets"] = cleaned(spec.get("datasets") or {}, longest=LONGEST_LABEL)
    try:
        drawing = vl_convert.vegalite_to_svg(plain, vl_version=assets.VEGALITE, allowed_base_urls=[])
        content, kind = drawing.encode(), "svg+xml"
        if len(content) > LARGEST_DRAWING:
            width = re.search(r'<svg[^>]* width="([\d.]+)"', drawing)
            scale = min(1.0, PIXELS / float(width.group(1))) if width else 0.5
            content, kind = vl_convert.svg_to_png(drawing, scale=scale), "png"
    except ValueError:
        return None
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def _first_view(spec: dict[str, Any]) -> dict[str, Any]:
    """The first of views that are linked by a brush, with what it takes over from the whole; else the whole."""
    if not any("interval" in str(param.get("select")) for param in spec.get("params") or ()):
        return spec
    above = {key: spec[key] for key in ("$schema", "config", "datasets") if key in spec}
    named = spec.get("params") or []
    while inner := next((spec[key] for key in ("hconcat", "vconcat", "concat") if spec.get(key)), None):
        spec = ({"data": spec["data"]} if "data" in spec else {}) | inner[0]
        named = [*named, *(spec.get("params") or [])]
    views = {spec.get("name"), *(layer.get("name") for layer in spec.get("layer") or ())}
    params = [param for param in named if not param.get("views") or views & set(param["views"])]
    return above | spec | ({"params": params} if params else {})
