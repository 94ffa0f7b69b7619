"""A run notebook's cells as parts of a page, in their order: prose, folded code, figures, claims, tables.

Nothing of an output is trusted: prose is rendered with its HTML escaped, HTML goes through nh3 with a short list of
tags and no style, claims and figures are written anew from their data.
"""

import base64
import re
from collections.abc import Set
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import mistune
import nh3
from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from helpers import html
from helpers.charts.base import FIGURE, VEGALITE
from helpers.report.islands import Island

CLAIM, RUN = "application/vnd.workbench.claim+json", "application/vnd.workbench.run+json"
GRADES = ("claimed", "suggested", "described", "withheld")
LONGEST_PRINT = 20_000
"""Characters of printed text that a page shows."""

_TAGS = {
    *(
        "a",
        "abbr",
        "b",
        "bdi",
        "blockquote",
        "br",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
    ),
    *("em", "figcaption", "figure", "h2", "h3", "h4", "hr", "i", "li", "mark", "ol", "p", "pre", "q", "s", "section"),
    *("small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time"),
    *("tr", "u", "ul", "wbr"),
}
_ATTRIBUTES = {
    "*": {"class", "lang", "dir", "title", "role", "aria-label", "tabindex", "data-sign"},
    "a": {"href", "rel", "target"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "time": {"datetime"},
}
_PICTURES = ("image/png", "image/jpeg", "image/svg+xml")


@dataclass
class Parts:
    """What the cells of a notebook come to."""

    title: str = ""
    body: list[str] = field(default_factory=list)
    contents: list[tuple[int, str, str]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)
    run: dict[str, Any] = field(default_factory=dict)
    figures: list[dict[str, Any]] = field(default_factory=list)


def parts(notebook: NotebookNode, island: Island, *, until: int | None = None) -> Parts:
    """The parts of a run notebook; charts go into `island`. `until`: the number of the cell to stop before."""
    made = Parts()
    code: list[str] = []
    for cell in notebook.cells[:until]:
        if cell.cell_type == "markdown":
            _flush(code, made)
            made.body.append(_prose(cell.source, made))
        elif cell.cell_type == "code" and cell.source.strip():
            code.append(cell.source.strip())
            shown = [text for output in cell.outputs if (text := _output(output, made, island))]
            if shown:
                _flush(code, made)
                made.body.extend(shown)
    _flush(code, made)
    return made


def title_of(notebook: NotebookNode) -> str | None:
    """The first heading of the first level, as plain text."""
    for cell in notebook.cells:
        found = re.search(r"^#\s+(.+)$", cell.source, flags=re.MULTILINE) if cell.cell_type == "markdown" else None
        if found:
            return _plain(found.group(1))
    return None


def _plain(heading: str) -> str:
    return re.sub(r"[*_`]", "", heading).strip()


def safe(fragment: str, *, also: Set[str] = frozenset()) -> str:
    """`fragment` with the tags that a page knows, links to the web only, and nothing that runs or styles. `also`:
    attributes that it may have beside the usual ones."""
    return nh3.clean(
        html.clean(fragment),
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES | {"*": _ATTRIBUTES["*"] | also},
        url_schemes={"http", "https"},
        link_rel=None,
        attribute_filter=_attribute,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return value if html.address(value) or re.fullmatch(r"#[\w-]+|[\w-]+\.html(#[\w-]+)?", value) else None
    if name == "rel":
        return "noopener noreferrer nofollow"
    return value


def markdown(text: str) -> str:
    """Markdown as safe HTML; HTML in it is shown as text."""
    render = mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])
    return safe(str(render(html.clean(text))))


def _prose(text: str, made: Parts) -> str:
    heading = re.search(r"^#\s+(.+)$", text, flags=re.MULTILINE)
    if heading and not made.title:
        made.title = _plain(heading.group(1))
        text = text[: heading.start()] + text[heading.end() :]

    def anchored(found: re.Match[str]) -> str:
        level, words = int(found.group(1)), found.group(2)
        plain = unescape(re.sub(r"<[^>]+>", "", words))
        slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "section"
        name = slug if all(slug != other for _, other, _ in made.contents) else f"{slug}-{len(made.contents)}"
        made.contents.append((level, name, plain))
        return f'<h{level} id="{name}">{words}</h{level}>'

    return f'<div class="prose">{re.sub(r"<h([23])>(.*?)</h[23]>", anchored, markdown(text), flags=re.DOTALL)}</div>'


def _flush(code: list[str], made: Parts) -> None:
    if code:
        formatter = HtmlFormatter(nowrap=True)
        lines = highlight(html.clean("\n\n".join(code)), PythonLexer(), formatter)
        count = sum(len(cell.splitlines()) for cell in code)
        words = f"Code, {count} {'line' if count == 1 else 'lines'}"
        made.body.append(f'<details class="code"><summary>{words}</summary><pre tabindex="0">{lines}</pre></details>')
        code.clear()


def _output(output: NotebookNode, made: Parts, island: Island) -> str:
    if output.output_type == "stream":
        return _printed(output.text) if output.name == "stdout" else _messages(output.text)
    if output.output_type not in ("display_data", "execute_result"):
        return ""
    data = output.data
    if CLAIM in data:
        made.claims.append(data[CLAIM])
        return claim(data[CLAIM])
    if RUN in data:
        made.run.update(data[RUN])
        return ""
    if FIGURE in data:
        made.figures.append(data[FIGURE])
        return figure(data[FIGURE], island)
    if VEGALITE in data:
        words = str(data[VEGALITE].get("description") or "A chart.")
        return figure({"title": "", "caption": "", "description": words, "spec": data[VEGALITE]}, island)
    if "application/vnd.jupyter.widget-view+json" in data:
        return ""
    return _rich(data)


def _rich(data: dict[str, Any]) -> str:
    if "text/html" in data:
        made = safe(data["text/html"])
        return made if 'class="workbench"' in made else f'<div class="workbench"><div class="scroll">{made}</div></div>'
    for kind in _PICTURES:
        if kind in data:
            return _picture(kind, data[kind], str(data.get("text/plain", "a picture")))
    if "text/markdown" in data:
        return f'<div class="prose">{markdown(data["text/markdown"])}</div>'
    return _printed(data.get("text/plain", ""))


def _picture(kind: str, content: str, words: str) -> str:
    coded = base64.b64encode(content.encode()).decode() if kind == "image/svg+xml" else re.sub(r"\s", "", content)
    if not re.fullmatch(r"[A-Za-z0-9+/=]*", coded):
        return ""
    return f'<img class="picture" alt="{html.escape(words)}" src="data:{kind};base64,{coded}">'


def _printed(text: str) -> str:
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).rstrip()
    return f'<pre class="printed" tabindex="0">{html.escape(html.clip(text, LONGEST_PRINT))}</pre>' if text else ""


def _messages(text: str) -> str:
    lines = [line for line in text.splitlines() if "\r" not in line and "%|" not in line and line.strip()]
    shown = _printed("\n".join(lines))
    return f'<details class="messages"><summary>Messages of this step</summary>{shown}</details>' if shown else ""


def claim(given: dict[str, Any]) -> str:
    """A claim's data as HTML, written anew."""
    grade = given["grade"] if given.get("grade") in GRADES else "withheld"
    reasons = [str(reason) for reason in given.get("reasons") or ()]
    return f'<div class="workbench">{html.claim(grade, str(given.get("sentence") or ""), reasons)}</div>'


def figure(given: dict[str, Any], island: Island) -> str:
    """A chart's place on the page, with its caption, reading aid, numbers and download."""
    title = str(given.get("title") or "")
    name = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:60] or "chart"
    number = island.add(given["spec"], csv=given.get("csv"), name=name, reading=given.get("reading"))
    words = html.escape(given.get("description") or title)
    heading = f'<p class="figure-title" id="figure-{number}-title">{html.escape(title)}</p>' if title else ""
    about = (
        html.beside(given["caption"], given.get("how_to_read"), given.get("notes") or ()) if given["caption"] else ""
    )
    table = ""
    if given.get("table"):
        rows = int(given.get("rows") or 0)
        table = (
            f"<details><summary>The numbers ({rows:,} {'row' if rows == 1 else 'rows'})</summary>{safe(given['table'])}"
            f'<p><button type="button" class="take" data-figure="{number}">Download as CSV</button></p></details>'
        )
    panels = safe(given["panels"], also={"data-fields", "data-key"}) if given.get("panels") else ""
    reading = f'<div class="behind" data-figure="{number}"></div>' if given.get("reading") else ""
    return (
        f'<figure class="workbench" id="figure-{number}">{heading}'
        f'<div class="chart" data-figure="{number}"><p class="faint">{words}</p></div>'
        f"<figcaption>{about}{panels}{table}</figcaption>{reading}</figure>"
    )


def body(made: Parts) -> Markup:
    """The parts joined, safe to put into a page."""
    return Markup("\n".join(made.body))
