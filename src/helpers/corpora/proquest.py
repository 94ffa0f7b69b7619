"""Reads exports of ProQuest (TXT, HTML, RTF, DOCX, PDF): articles between long lines of underscores, each with its
title and then fields such as `Publication title: ...`; the text follows `Full text:` up to the next field.
"""

import re

from helpers.corpora.export import Article, Export
from helpers.corpora.lines import Lines, paragraphs

COLUMNS = {
    "id": "ProQuest document ID",
    "title": "Title",
    "outlet": "Publication title",
    "date": "Publication date",
    "text": "Full text",
    "language": "Language of publication",
    "url": "Document URL",
    "kind": "Document type",
}
LABELS = (
    *("Title", "Author", "Publication info", "Publication title", "Publication year", "Publication date"),
    *("Publication subject", "Publisher", "Place of publication", "Country of publication", "Full text", "Abstract"),
    *("Abstract (summary)", "Links", "Subject", "Business indexing term", "Location", "People", "Identifier / keyword"),
    *("Company / organization", "Company", "Classification", "Section", "Pages", "First page", "Volume", "Issue"),
    *(
        "ISSN",
        "e-ISSN",
        "Source type",
        "Source",
        "Language of publication",
        "Language",
        "Document type",
        "Document feature",
    ),
    *("ProQuest document ID", "Document URL", "Copyright", "Last updated", "Database", "Dateline", "Column", "Edition"),
    *("Credit", "Illustration", "Alternate title", "Supplement", "Number of pages", "Publication frequency", "DOI"),
    *("Correspondence author", "Contact", "Caption", "Ethnicity"),
)

_LABEL = re.compile(rf"({'|'.join(sorted(map(re.escape, LABELS), key=len, reverse=True))})\s*:(?:\s+(.*)|$)")
_RULE = re.compile(r"_{20,}")
_COUNT = re.compile(r"(?:Document|Dokument|Documento)\s+\d+\s+(?:of|von|de|sur)\s+\d+", re.I)


def proquest(lines: Lines) -> Export | None:
    """The articles of an export of ProQuest, or None where the lines are none."""
    labels = {match[1] for line in lines.lines if (match := _LABEL.fullmatch(line))}
    if not {"Publication title", "ProQuest document ID"} <= labels:
        return None
    export = Export("ProQuest", COLUMNS)
    for number, part in enumerate(_parts(lines.lines), start=1):
        article = _article(part, wrapped=lines.wrapped)
        if article["text"] is None:
            reason = "the export holds no full text of it, only its title and abstract"
            export.bad.append((number, reason, article["title"] or ""))
        else:
            export.articles.append((number, article))
    return export


def _parts(lines: list[str]) -> list[list[str]]:
    """The lines of each article: between rules, or from one `ProQuest document ID` on, where there are no rules, to the
    next title; what carries no field (a list of titles, a copyright notice) is none."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if _RULE.fullmatch(line):
            parts.append([])
        else:
            parts[-1].append(line)
    if len(parts) == 1:
        ends = [n for n, line in enumerate(lines) if line.startswith("Database:")]
        parts = [lines[a:b] for a, b in zip([0, *(n + 1 for n in ends)], [*(n + 1 for n in ends), None], strict=True)]
    return [part for part in parts if any(line.startswith("ProQuest document ID") for line in part)]


def _article(lines: list[str], *, wrapped: bool) -> Article:
    fields: dict[str, list[str]] = {}
    head: list[str] = []
    label = ""
    for line in lines:
        match = _LABEL.fullmatch(line)
        # A line of the text may begin like a field that never follows the text in an export.
        if match and not (label == "Full text" and match[1] in ("Title", "Author", "Caption", "Contact", "Source")):
            label = match[1]
            fields.setdefault(label, []).append(match[2] or "")
        elif label:
            fields[label].append(line)
        elif line and not _COUNT.fullmatch(line):
            head.append(line)
    text = fields.get("Full text", [])
    whole = "\n".join(paragraphs(text) if wrapped else text).strip()

    def of(name: str) -> str | None:
        return " ".join(part for part in fields.get(name, []) if part).strip() or None

    outlet = of("Publication title")
    return {
        "id": of("ProQuest document ID"),
        "title": of("Title") or (head[0] if head else None),
        "outlet": outlet.split(";")[0].strip() if outlet else None,
        "date": of("Publication date") or of("Publication year"),
        "text": None if not whole or re.fullmatch(r"(?:full text )?not available\.?", whole, re.I) else whole,
        "language": of("Language of publication"),
        "url": of("Document URL"),
        "kind": of("Document type"),
    }
