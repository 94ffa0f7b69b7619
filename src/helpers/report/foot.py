"""What stands at the foot of every page: how to cite it, from what it was made, and the hash of that."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from helpers import html
from helpers.report.about import About
from helpers.results import fingerprint

LONGEST_TITLE = 300
_LATEX = {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
          "^": r"\textasciicircum{}"} | {sign: f"\\{sign}" for sign in "&%$#_"}  # fmt: skip


@dataclass(frozen=True)
class Citation:
    """A page as a scholar names it.

    line    one line of text to paste
    bibtex  the same as an entry for BibTeX
    record  sha256 (first 16 hex digits) of the page's run record: the same texts, settings, code and versions have
            the same one
    """

    line: str
    bibtex: str
    record: str


def foot(about: About, *, record: dict[str, Any], day: datetime.date | None, page: str = "") -> dict[str, Any]:
    """What the template of the foot needs: `about`, the `record` in lines, and how the page is `cited`.

    day   when it was computed; None: today
    page  its title; empty for the study's own page"""
    cited = cite(about, record=record, day=day or datetime.date.today(), page=page)
    return {"about": about, "record": [("hash of this record", cited.record), *lines(record)], "cited": cited}


def cite(about: About, *, record: dict[str, Any], day: datetime.date, page: str = "") -> Citation:
    """How the page of a study is cited; constructed texts say so, wherever the citation goes."""
    key = fingerprint(record)[:16]
    title, page, name = (_one_line(text) for text in (about.title, page, about.name))
    kind = {"all": "constructed texts", "part": "partly constructed texts"}.get(about.constructed, "")
    study = f"study {name}" + (f", {kind}" if kind else "")
    version = about.record.get("versions", {}).get("text-workbench", "")
    made = f"Text workbench {version}".strip() + f", code {about.record.get('code', '')}"
    line = f"“{page}”, in: {title} ({study}). " if page else f"{title} ({study}). "
    entry = {
        "title": "{" + latex(f"{page}, in: {title}" if page else title) + "}",
        "howpublished": latex(made),
        "year": str(day.year),
        "month": str(day.month),
        "note": latex(f"{study[:1].upper()}{study[1:]}; {html.day(day)}; run record {key}"),
    }
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40] or "study"
    fields = "".join(f",\n  {name} = {{{value}}}" for name, value in entry.items())
    return Citation(f"{line}{made}, {html.day(day)}. Run record {key}.", f"@misc{{{slug}-{key[:8]}{fields}\n}}", key)


def _one_line(text: str) -> str:
    return html.clip(re.sub(r"\s+", " ", html.clean(text)).strip(), LONGEST_TITLE)


def latex(text: str) -> str:
    """`text` with what LaTeX would read as a command made plain, and braces that always balance."""
    return re.sub(r"[\\{}~^&%$#_]", lambda found: _LATEX[found.group()], text)


def lines(record: Any, *, above: str = "") -> list[tuple[str, str]]:
    """A nested record as (name, value) lines: {"study": {"seed": 7}} -> [("study, seed", "7")]."""
    if isinstance(record, dict):
        return [
            line
            for key, value in record.items()
            for line in lines(value, above=f"{above}, {key}" if above else str(key).replace("_", " "))
        ]
    if isinstance(record, list | tuple):
        if all(not isinstance(value, dict | list | tuple) for value in record):
            return [(above, "; ".join(html.clean(value) for value in record))] if record else []
        return [line for number, value in enumerate(record, 1) for line in lines(value, above=f"{above} {number}")]
    return [(html.clean(above), html.clip(html.clean("" if record is None else record), 500))]
