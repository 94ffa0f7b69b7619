"""Reads exports of Nexis Uni and Nexis Advance (DOCX, RTF, PDF; one file for all articles, or one each).

An article is a title, the source, the date, lines such as `Length: 355 words`, the line `Body`, the text, sometimes
`Classification`, and `End of Document`. Before the first may stand a cover with the search and a list of titles.
"""

import re

from helpers.corpora import dates
from helpers.corpora.export import Article, Export
from helpers.corpora.lines import Lines

COLUMNS = {
    "title": "first line",
    "outlet": "line above the date",
    "date": "line of the date",
    "text": "Body",
    "language": "Language",
}

_END = re.compile(r"(?:End of Document|Dokumentende|Fin du document|Fin del documento|Einde van document)", re.I)
_BODY = re.compile(r"(?:Body|Textkörper|Volltext|Corps|Cuerpo)", re.I)
_LENGTH = re.compile(r"(?:Length|Länge|Longueur|Longitud|Lengte)\s*:\s*\d[\d.,\s]*\s*\w+", re.I)
_AFTER = re.compile(r"(?:Classification|Klassifizierung|Graphic|Notes|Correction(?:-Date)?|Load-Date)(?:\s*:.*)?", re.I)
_LABEL = re.compile(
    r"(?:Copyright\b|©|Section|Rubrik|Length|Länge|Longueur|Longitud|Lengte|Byline|Autor|Auteur|Highlight|Dateline"
    r"|Series|Column|Edition|Distribution)\b",
    re.I,
)
_COVER = re.compile(r"(?:Job Number|Documents? \(\d+\)|User Name|Date and Time)\b", re.I)
_LANGUAGE = re.compile(r"(?:Language|Sprache|Langue)\s*:\s*([^;,(]+)", re.I)


def nexis(lines: Lines) -> Export | None:
    """The articles of an export of Nexis Uni, or None where the lines are none.
    An article whose date cannot be found is listed as bad, because its title and source cannot be told either."""
    ends = [n for n, line in enumerate(lines.lines) if _END.fullmatch(line)]
    if not ends or not any(_LENGTH.match(line) or _BODY.fullmatch(line) for line in lines.lines):
        return None
    export = Export("Nexis Uni", COLUMNS)
    first = 0
    for number, end in enumerate(ends, start=1):
        found = _article(lines, first, end)
        if isinstance(found, str):
            begins = next((line for line in lines.lines[first:end] if line), "")
            export.bad.append((number, found, begins))
        else:
            export.articles.append((number, found))
        first = end + 1
    if any(_BODY.fullmatch(line) for line in lines.lines[first:]):
        export.bad.append((len(ends) + 1, "the export breaks off within this article", ""))
    return export


def _article(lines: Lines, first: int, end: int) -> Article | str:
    """The article between two lines, or the reason why there is none."""
    within = range(first, end)
    at = lines.lines
    lengths = [n for n in within if _LENGTH.match(at[n])]
    body = next((n for n in within if _BODY.fullmatch(at[n]) and (not lengths or n > lengths[0])), None)
    if body is None and not lengths:
        return "neither `Body` nor `Length:` stands in it, so that its text cannot be told from its head"
    start = body if body is not None else lengths[0]
    dated = next((n for n in reversed(range(first, start)) if _is_date(at[n])), None)
    head = [n for n in range(first, dated if dated is not None else start) if at[n]]
    head = [n for n in head if not _LABEL.match(at[n])]
    if dated is None or not head:
        return "no line of a date between title and text"
    source, above = head[-1], head[:-1]
    if any(_COVER.match(at[n]) for n in above):
        above = above[-1:]
    last = next((n for n in range(start + 1, end) if _AFTER.fullmatch(at[n])), end)
    language = next((m[1] for n in range(start, end) if (m := _LANGUAGE.match(at[n]))), None)
    return {
        "title": " ".join(at[n] for n in above) or None,
        "outlet": at[source],
        "date": at[dated],
        "text": lines.text(start + 1, last),
        "language": language,
    }


def _is_date(line: str) -> bool:
    """Whether a line is a whole date and nothing else."""
    if not 8 <= len(line) <= 60 or not re.search(r"\d", line):
        return False
    try:
        when = dates.parse(line)
    except dates.Unreadable:
        return False
    return when is not None and not re.fullmatch(r"[\d\s]+", line)
