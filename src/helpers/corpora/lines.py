"""Turns DOCX, PDF, RTF and HTML into lines of text, as a reader would see them: one paragraph, or one row of a table
with tabs between its cells, a line; in a PDF one printed line, without running heads and page numbers.
"""

import io
import logging
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from helpers.corpora.archives import LARGEST_FILE, refuse_unlikely
from helpers.corpora.text import decode
from helpers.errors import InputError

KINDS = (".docx", ".pdf", ".rtf")
MOST_PAGES = 2_000
"""Of a PDF. A longer one is a volume, not a document."""

_PAGE_NUMBER = re.compile(r"(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?", re.I)
_ENDED = (".", "!", "?", "”", '"', ":", "’", "»")


@dataclass(frozen=True)
class Lines:
    """Lines of text. `wrapped`: they end where the printed line does, and paragraphs are to be found."""

    lines: list[str]
    wrapped: bool = False

    def text(self, first: int = 0, last: int | None = None) -> str:
        """The lines from `first` up to `last`, one paragraph a line."""
        wanted = self.lines[first:last]
        return "\n".join(paragraphs(wanted) if self.wrapped else wanted)


def lines_of(raw: bytes, *, name: str) -> Lines:
    """The lines in the bytes of a DOCX, PDF or RTF, told by the ending of `name`.
    Raises InputError where it is damaged, locked, or holds no text."""
    kind = PurePosixPath(name).suffix.lower()
    try:
        made = {".docx": _docx, ".pdf": _pdf, ".rtf": _rtf}[kind](raw, name)
    except InputError:
        raise
    except Exception as error:  # parsers of other people's files raise errors of many families
        raise InputError(
            f"not a readable {kind[1:].upper()}",
            where=name,
            found=f"{type(error).__name__}: {str(error).splitlines()[0][:80] if str(error) else 'no message'}",
            do="Open it in the program that made it and save it again.",
        ) from None
    if not any(line.strip() for line in made.lines):
        scan = "Its pages may be pictures: run a text recognition (OCR) over them." if kind == ".pdf" else None
        raise InputError("there is no text in it", where=name, do=scan or "Open it and see whether it is empty.")
    return made


def lines_of_html(raw: bytes, *, name: str) -> Lines:
    """The lines of a page, menus and all; one row of a table is one line. Empty where it cannot be parsed."""
    import lxml.etree
    import lxml.html

    text, _ = decode(raw, where=name)
    try:
        tree = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (lxml.etree.LxmlError, ValueError):
        return Lines([])
    found = "".join(_shown(tree))
    return Lines([re.sub(r"[^\S\t]+", " ", line).strip(" ") for line in found.split("\n")])


def paragraphs(lines: list[str]) -> list[str]:
    """Printed lines joined into paragraphs, and words parted at the end of a line put together: without the hyphen,
    unless the word stands with it elsewhere in these lines.

    A paragraph ends at a blank line, or where a sentence ends on a line clearly shorter than most."""
    full = sorted(len(line) for line in lines if line.strip())
    width = full[int(len(full) * 0.75)] if full else 0
    hyphened = set(re.findall(r"\b[^\W\d_]+-[^\W\d_]+\b", " ".join(lines)))
    made: list[str] = []
    fresh = True
    for line in (line.strip() for line in lines):
        if not line:
            fresh = True
            continue
        if fresh or not made:
            made.append(line)
        elif match := re.search(r"([^\W\d_]+)-$", made[-1]):
            second = re.match(r"[^\W\d_]*", line)
            whole = f"{match[1]}-{second[0] if second else ''}"
            parted = line[:1].islower() and whole not in hyphened
            made[-1] = (made[-1][:-1] if parted else made[-1]) + line
        else:
            made[-1] += " " + line
        fresh = line.endswith(_ENDED) and len(line) < 0.8 * width
    return made


def _docx(raw: bytes, name: str) -> Lines:
    import docx

    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(
            "locked with a password, or an old .doc renamed", where=name, do="Open it and save it as .docx, unlocked."
        )
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        members = archive.infolist()
        for info in members:
            refuse_unlikely(info, name=name)
        if sum(info.file_size for info in members) > LARGEST_FILE:
            raise InputError("unpacks to an unlikely size", where=name)
    return Lines([line for block in docx.Document(io.BytesIO(raw)).iter_inner_content() for line in _block(block)])


def _block(block: Any) -> Iterator[str]:
    if hasattr(block, "rows"):
        for row in block.rows:
            cells = {id(cell._tc): cell.text for cell in row.cells}  # a merged cell comes once for each it spans
            first, *rest = "\t".join(text.strip() for text in cells.values()).split("\n")
            yield from (first, *rest)
        yield ""
    else:
        yield from block.text.split("\n")
        yield ""


def _rtf(raw: bytes, name: str) -> Lines:
    from striprtf.striprtf import rtf_to_text

    if not raw.lstrip().startswith(b"{\\rtf"):
        raise InputError("this is no RTF", where=name, expected="a file that begins with {\\rtf")
    # The address behind a link is an instruction (fldinst) that striprtf would print beside the link's words.
    source = raw.decode("cp1252", errors="replace").lstrip().replace("\\fldinst", "\\fldtype")
    text = rtf_to_text(_with_plain_fonts(source), errors="replace")
    return Lines([re.sub(r"\s*\|\s*", "\t", line).rstrip("\t") for line in text.split("\n")])


def _with_plain_fonts(source: str) -> str:
    """`source` with a table of fonts that holds only their numbers and character sets: striprtf's own reading of one
    takes minutes where a stranger has made it long."""
    start = re.search(r"\{[^{}]{0,50}\\fonttbl", source)
    end = source.find("}}", start.end()) if start else -1
    table = source[start.end() : end if end > 0 else start.end() + 200_000] if start else ""
    fonts = re.findall(r"\\f(\d{1,5})(?!\d)[^;{}]{0,200}?\\fcharset(\d{1,3})", table)
    plain = "".join(f"{{\\f{number}\\fcharset{characters} x;}}" for number, characters in dict(fonts).items())
    head = re.match(r"\{\\rtf\d*", source)
    at = head.end() if head else 0
    return f"{source[:at]}{{\\fonttbl{plain}}}{source[at:].replace(chr(92) + 'fonttbl', chr(92) + 'filetbl')}"


def _pdf(raw: bytes, name: str) -> Lines:
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of every small fault of a file that it mends
    reader = pypdf.PdfReader(io.BytesIO(raw))
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError("locked with a password", where=name, do="Save it without the password.")
    if len(reader.pages) > MOST_PAGES:
        raise InputError(
            "too many pages", where=name, expected=f"at most {MOST_PAGES:,}", found=f"{len(reader.pages):,}"
        )
    pages = [[line.strip() for line in (page.extract_text() or "").split("\n")] for page in reader.pages]
    return Lines(_without_running_heads(pages), wrapped=True)


def _without_running_heads(pages: list[list[str]]) -> list[str]:
    """The lines of all pages without page numbers and what stands first or last (within three lines) on most pages."""
    edges = Counter(key for page in pages for key in {_key(line) for line in _edge(page)} if key)
    often = {key for key, n in edges.items() if n >= max(3, len(pages) / 2)}
    kept: list[str] = []
    for page in pages:
        filled = [line for line in page if line]
        top, bottom = 0, len(filled)
        while top < min(3, bottom) and _runs(filled[top], often):
            top += 1
        while bottom > max(len(filled) - 3, top) and _runs(filled[bottom - 1], often):
            bottom -= 1
        kept += filled[top:bottom]
    return kept


def _edge(page: list[str]) -> list[str]:
    filled = [line for line in page if line]
    return filled[:3] + filled[-3:]


def _key(line: str) -> str:
    return re.sub(r"\d+", "0", line).strip()


def _runs(line: str, often: set[str]) -> bool:
    return _key(line) in often or _PAGE_NUMBER.fullmatch(line) is not None


_BLOCKS = {
    *("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "figcaption", "figure"),
    *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre"),
    *("section", "table", "tbody", "text", "thead", "tr", "ul"),
}
_SILENT = {"button", "head", "iframe", "noscript", "object", "script", "select", "style", "svg", "template", "textarea"}


def _shown(root: Any) -> Iterator[str]:
    """The text of an element tree as it is shown; written without recursion, because pages can be nested deeply."""
    todo: list[Any] = [root]
    while todo:
        item = todo.pop()
        if isinstance(item, str):
            yield item
            continue
        todo.append((item.tail or "").replace("\n", " "))
        tag = item.tag if isinstance(item.tag, str) else ""
        if not tag or tag in _SILENT:
            continue
        if tag == "br":
            todo.append("\n")
            continue
        mark = "\n" if tag in _BLOCKS else "\t" if tag in ("td", "th") else ""
        todo.append(mark)
        todo += reversed(item)
        todo.append((item.text or "") if tag == "pre" else (item.text or "").replace("\n", " "))
        todo.append(mark if mark == "\n" else "")
