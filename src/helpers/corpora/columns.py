"""Recognises what the columns of other people's files hold, so that nobody has to rename them.

Databases and archives call the same thing Headline, hed or Title. What was recognised is always
said (`Reading.recognised`), because a wrong guess must be seen.
"""

import re
import unicodedata
from collections.abc import Iterable

from helpers.errors import InputError

NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "documentid", "docid", "articleid", "storyid", "storiesid", "guid", "uid", "accessionnumber"),
    "side": ("side",),
    "outlet": (
        *("outlet", "publication", "publicationtitle", "publicationname", "pubtitle", "newspaper", "newspapername"),
        *("publisher", "mediaoutlet", "medianame", "media", "sourcename", "sourcetitle", "source", "sitename"),
        *("site", "website", "domain"),
    ),
    "speaker": ("speaker", "speakername", "deliveredby", "orator"),
    "country": ("country", "countrycode", "countryiso", "iso3", "iso3code", "nation", "countryofpublication"),
    "kind": ("kind", "documenttype", "doctype", "articletype", "contenttype", "genre", "type"),
    "date": (
        *("date", "publicationdate", "publishdate", "datepublished", "published", "publishedat", "publishedon"),
        *("publishedtime", "pubdate", "pubtime", "datetime", "timestamp", "createdat", "created", "day", "year"),
    ),
    "date_precision": ("dateprecision",),
    "title": ("title", "headline", "hed", "articletitle", "headlinetext", "heading"),
    "text": (
        *(
            "fulltext",
            "text",
            "articletext",
            "bodytext",
            "body",
            "articlebody",
            "maintext",
            "content",
            "articlecontent",
        ),
        *("fullarticle", "article", "story", "transcript", "speech", "statement", "documenttext", "document"),
    ),
    "url": (
        "url",
        "link",
        "articleurl",
        "articlelink",
        "weburl",
        "webaddress",
        "address",
        "permalink",
        "sourceurl",
        "documenturl",
    ),
    "language": ("language", "lang", "languagecode", "languageofpublication"),
    "constructed": ("constructed",),
}
"""Role -> names by which it goes, the surest first (small letters and digits only)."""


def recognise(columns: Iterable[str], *, where: object = "the file") -> dict[str, str]:
    """Role (a column of `documents`) -> the column that holds it; each column is used once.

    Capitals, blanks and punctuation in names do not matter. `source` holds the outlet unless
    another column does. Raises InputError listing the columns where none holds the text."""
    columns = list(columns)
    found = roles_of(columns)
    if "text" not in found and "url" in found:
        shown = ", ".join(repr(column[:40]) for column in columns[:12])
        raise InputError(
            "it lists addresses, not texts (as Media Cloud and GDELT do)",
            where=where,
            expected="a column named text, body, content, full text or article",
            found=shown + (f" and {len(columns) - 12} more" if len(columns) > 12 else ""),
            do="With --fetch, `workbench read` fetches the pages that may be fetched; or save them as HTML or PDF in a "
            "folder, and read that.",
        )
    if len(columns) in (58, 61) and str(columns[-1]).startswith("http"):
        raise InputError(
            "these are GDELT's events, which carry addresses and no texts",
            where=where,
            found=f"{len(columns)} columns without names",
            do="Make a CSV with one column, url, of the last one, and read that with --fetch.",
        )
    if "text" not in found:
        shown = ", ".join(repr(column[:40]) for column in columns[:30]) or "no column"
        raise InputError(
            "no column holds the text",
            where=where,
            expected="a column named text, body, content, full text or article",
            found=shown + (f" and {len(columns) - 30} more" if len(columns) > 30 else ""),
            do="Rename the column that holds the articles to `text`.",
        )
    return found


def roles_of(columns: Iterable[str]) -> dict[str, str]:
    """As recognise, but without asking for a text."""
    by_name: dict[str, str] = {}
    for column in columns:
        by_name.setdefault(_plain(column), column)
    found: dict[str, str] = {}
    for role, names in NAMES.items():
        name = next((name for name in names if name in by_name), None)
        if name is not None:
            found[role] = by_name[name]
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", unicodedata.normalize("NFKC", str(name)).casefold())
