"""Reads exports of Factiva (RTF, HTML, PDF): with field codes ("Full Article/Report plus Indexing"), or without
("Article Format").

With codes, each field begins with two or three capitals: HD headline, SN source, PD date, LP lead paragraph, TD the
rest. Without, an article is its title, `355 words`, the date, sometimes the time, the source, its code, the language,
the copyright, and the text. Both end with `Document` and a number.
"""

import re

from helpers.corpora import dates
from helpers.corpora.export import Article, Export
from helpers.corpora.lines import Lines, paragraphs

CODES = (
    *(
        "SE",
        "HD",
        "CR",
        "BY",
        "WC",
        "PD",
        "ET",
        "SN",
        "SC",
        "ED",
        "PG",
        "VOL",
        "LA",
        "CY",
        "LP",
        "TD",
        "CT",
        "RF",
        "ART",
    ),
    *("CO", "IN", "NS", "RE", "PUB", "AN", "IPD", "IPC", "CLM", "DLN", "CX", "RST"),
)
WITH_CODES = {"id": "AN", "title": "HD", "outlet": "SN", "date": "PD", "text": "LP and TD", "language": "LA"}
WITHOUT = {
    "id": "Document",
    "title": "first line",
    "outlet": "line below the date",
    "date": "line below the words",
    "text": "from the copyright on",
    "language": "line above the copyright",
}

_CODE = re.compile(rf"({'|'.join(CODES)})(?:\t+\s*|\s{{2,}}|$)(.*)")
_NUMBER = re.compile(r"(?:Document|Dokument|Documento)\s+([A-Za-z0-9]{10,40})")
_WORDS = re.compile(r"\d[\d.,\s]*\s(?:words|mots|wörter|palabras|palavras|parole|woorden)", re.I)
_BY = re.compile(r"(?:by|par|von|por|di)\s", re.I)
_COPYRIGHT = re.compile(r"(?:\(c\)|©|copyright\b)", re.I)


def factiva(lines: Lines) -> Export | None:
    """The articles of an export of Factiva, or None where the lines are none."""
    coded = {match[1] for line in lines.lines if (match := _CODE.fullmatch(line))}
    if {"HD", "PD", "SN"} <= coded and coded & {"LP", "TD"}:
        return _with_codes(lines)
    ends = [n for n, line in enumerate(lines.lines) if _NUMBER.fullmatch(line)]
    if ends and any(_WORDS.fullmatch(line) for line in lines.lines):
        return _without_codes(lines, ends)
    return None


def _with_codes(lines: Lines) -> Export:
    export = Export("Factiva", WITH_CODES)
    fields: dict[str, list[str]] = {}
    code = ""
    number = 0

    def finish() -> None:
        nonlocal fields, code, number
        if "HD" in fields or "TD" in fields or "LP" in fields:
            number += 1
            _add(export, number, fields, wrapped=lines.wrapped)
        fields, code = {}, ""

    for line in lines.lines:
        match = _CODE.fullmatch(line)
        if match and match[1] in fields and match[1] in ("HD", "SE", "PD", "SN"):
            finish()  # a layout without AN: the next article begins where a field comes again
        if match:
            code = match[1]
            fields.setdefault(code, []).append(match[2].strip())
        elif code:
            fields[code].append(line.strip())
        if code == "AN" and _NUMBER.fullmatch(line.split("\t")[-1].strip()):
            finish()
    finish()
    return export


def _add(export: Export, number: int, fields: dict[str, list[str]], *, wrapped: bool) -> None:
    def of(code: str) -> str | None:
        return " ".join(part for part in fields.get(code, []) if part) or None

    text = [part for code in ("LP", "TD") for part in fields.get(code, [])]
    title = of("HD")
    if not any(text):
        reason = "neither LP nor TD holds a text: export it as Full Article/Report plus Indexing"
        export.bad.append((number, reason, title or ""))
        return
    named = _NUMBER.search(of("AN") or "")
    article: Article = {
        "id": named[1] if named else None,
        "title": title,
        "outlet": of("SN"),
        "date": of("PD"),
        "text": "\n".join(paragraphs(text) if wrapped else text),
        "language": of("LA"),
    }
    export.articles.append((number, article))


def _without_codes(lines: Lines, ends: list[int]) -> Export:
    export = Export("Factiva", WITHOUT)
    first = 0
    for number, end in enumerate(ends, start=1):
        found = _plain(lines, first, end)
        if isinstance(found, str):
            export.bad.append((number, found, next((line for line in lines.lines[first:end] if line), "")))
        else:
            export.articles.append((number, found))
        first = end + 1
    return export


def _plain(lines: Lines, first: int, end: int) -> Article | str:
    at = lines.lines
    filled = [n for n in range(first, end) if at[n]]
    words = next((n for n in filled if _WORDS.fullmatch(at[n])), None)
    if words is None:
        return "no line with the number of words: its head cannot be told from its text"
    below = [n for n in filled if n > words][:10]
    if not below or not _is_date(at[below[0]]):
        return "no date below the number of words"
    source = next((n for n in below[1:] if not re.fullmatch(r"\d{1,2}:\d{2}.*", at[n])), None)
    rights = next((n for n in below if _COPYRIGHT.match(at[n])), None)
    if source is None or rights is None or rights <= source:
        return "no line of the copyright: its head cannot be told from its text"
    above = [at[n] for n in filled if n < words and not _BY.match(at[n])]
    named = _NUMBER.fullmatch(at[end])
    return {
        "id": named[1] if named else None,
        "title": max(above, key=len, default=None),  # beside the title may stand a section and a name
        "outlet": at[source],
        "date": at[below[0]],
        "text": lines.text(rights + 1, end),
        "language": at[rights - 1] or next((at[n] for n in reversed(below) if n < rights), None),
    }


def _is_date(line: str) -> bool:
    try:
        return dates.parse(line) is not None
    except dates.Unreadable:
        return False
