"""The catalogue of addresses (data/catalogue.csv): its pages fetched into the user's cache and read as documents.

The list is facts and ships; the texts are their publishers' and do not.
"""

import collections
import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from helpers.corpora import dates
from helpers.corpora.article import article_in
from helpers.corpora.files import Reading, gather
from helpers.corpora.formats import Bad, Sheet
from helpers.corpora.pages import NOT_TRIED, UNREACHED, Kept, Missed, collect, keep
from helpers.corpora.polite import Page
from helpers.corpora.recipes import Recipe
from helpers.errors import InputError
from helpers.html import csv as as_csv
from helpers.paths import data_folder
from helpers.tables import DOCUMENTS

KINDS = {".html": "text/html", ".htm": "text/html", ".pdf": "application/pdf", ".txt": "text/plain"}


def entries(wanted: Recipe) -> list[dict[str, str]]:
    """The rows of data/catalogue.csv that `wanted` selects. Raises InputError where the list is absent or damaged."""
    path = data_folder() / "catalogue.csv"
    try:
        with path.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        chosen = [row for row in rows if all(row[key] == value for key, value in (wanted.select or {}).items())]
        if not chosen or not all(row["id"] and row["url"] for row in chosen):
            raise KeyError("id or url")
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, TypeError) as error:
        do = "Restore the file as it ships with the workbench."
        raise InputError("the list of addresses cannot be read", where=path, found=error, do=do) from None
    return chosen


def fetch_pages(wanted: Recipe, folder: Path, *, source: Path | None = None, progress: bool = True) -> Path:
    """Fetches the pages of a recipe and writes into `folder` the list of them, pages.json, and not-fetched.csv (id,
    url, outlet, side, reason). Pages saved by hand are taken from the folder `source`: files named after the id.

    Returns pages.json. Raises InputError where no page at all could be had."""
    chosen = entries(wanted)
    if source is not None:
        _by_hand(chosen, source)
    by_address = {row["url"]: row for row in chosen}
    asked = [(row["url"], row["date"] or None) for row in chosen]
    found = {one.address: one for one in collect(asked, progress=progress)}
    kept = [(row, page) for row in chosen if isinstance(page := found[row["url"]], Kept)]
    missed = [(by_address[one.address], one.reason) for one in found.values() if isinstance(one, Missed)]
    if not kept:
        (reason, n), *_ = collections.Counter(reason for _, reason in missed).most_common(1)
        raise InputError(
            f"{wanted.name}: no page could be fetched",
            found=UNREACHED if reason == NOT_TRIED else f"{n} of {len(missed)}: {reason}",
            do=f"Check the network, and run `workbench fetch {wanted.name}`; or save pages by hand under their id in "
            f"{data_folder() / 'catalogue.csv'}, and add --from FOLDER.",
        )
    listed = [{"entry": row, "page": asdict(page)} for row, page in kept]
    gone = [{"entry": row, "reason": reason} for row, reason in missed]
    manifest = folder / "pages.json"
    manifest.write_text(json.dumps({"pages": listed, "missed": gone}, indent=1, ensure_ascii=False), encoding="utf-8")
    columns = ("id", "url", "outlet", "side", "reason")
    rows = [[row[c] for c in columns[:-1]] + [reason] for row, reason in missed]
    table = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").sort("reason", "id")
    (folder / "not-fetched.csv").write_text(as_csv(table), encoding="utf-8")
    return manifest


def told(manifest: Path) -> str:
    """One line on what was fetched, side by side, and where the rest is listed."""
    given = json.loads(manifest.read_text(encoding="utf-8"))
    had = collections.Counter(listed["entry"]["side"] for listed in given["pages"])
    lost = collections.Counter(listed["entry"]["side"] for listed in given["missed"])
    sides = ", ".join(f"{side} {had[side]} of {had[side] + lost[side]}" for side in sorted(had | lost))
    listed = f"; the others are listed with reasons in {manifest.with_name('not-fetched.csv')}" if lost else ""
    return f"{had.total()} of {had.total() + lost.total()} pages ({sides}){listed}"


def read_catalogue(manifest: Path) -> Reading:
    """The documents on the pages that pages.json lists; what could not be fetched or read is in `.rejected`."""
    given = json.loads(manifest.read_text(encoding="utf-8"))
    sheet = Sheet("catalogue", columns=list(DOCUMENTS))
    for number, listed in enumerate(given["pages"], start=1):
        entry, page = listed["entry"], Kept(**listed["page"])
        content = page.content()
        try:
            if content is None:
                raise InputError("its page is no longer in the cache", do="Fetch the corpus again.")
            article = article_in(content, kind=page.kind, charset=page.charset, name=entry["id"])
        except InputError as error:
            sheet.bad.append(Bad("catalogue", None, str(error), entry["id"], entry["title"][:80]))
            continue
        sheet.rows.append((number, _document(entry, page, article)))
    for listed in given["missed"]:
        entry = listed["entry"]
        sheet.bad.append(Bad("catalogue", 0, f"not fetched: {listed['reason']}", entry["id"], entry["title"][:80]))
    return gather([sheet])


def _document(entry: dict[str, str], page: Kept, article: dict[str, Any]) -> dict[str, Any]:
    cut = entry["title"].endswith(("…", "(…)", "..."))
    own = article.get("title") if entry["title_by"] != "publisher" or cut else None
    via = {"archive": f" through {page.answered}", "by hand": ", saved by hand"}.get(page.via, "")
    return {
        **{name: entry.get(name) or None for name in ("id", "side", "outlet", "country", "kind", "language", "url")},
        "date": _date(entry["date"], article.get("date")),
        "title": own or entry["title"],
        "text": article["text"],
        "source": f"{entry['url']}, retrieved {page.retrieved}{via}",
        "constructed": False,
    }


def _date(listed: str, on_page: str | None) -> str | None:
    """The catalogue's date; the page's own where that is more exact and agrees, or the catalogue has none."""
    try:
        when = dates.parse(on_page)
    except dates.Unreadable:
        when = None
    if when is None or when.precision != "day":
        return listed or None
    return when.date.isoformat() if when.date.isoformat().startswith(listed) else listed


def _by_hand(chosen: list[dict[str, str]], source: Path) -> None:
    if not source.is_dir():
        raise InputError("no such folder", where=source, do="Give the folder with the pages that you saved.")
    files = {path.stem: path for path in sorted(source.iterdir()) if path.suffix.lower() in KINDS}
    matched = [(row, files[row["id"]]) for row in chosen if row["id"] in files]
    if not matched:
        raise InputError(
            "no file there is named after an entry of the catalogue",
            where=source,
            expected=f"names like {chosen[0]['id']}.html",
            found=", ".join(sorted(path.name for path in files.values())[:3]) or "no HTML, PDF or TXT",
        )
    for row, path in matched:
        page = Page(row["url"], path.read_bytes(), KINDS[path.suffix.lower()], None)
        article_in(page.content, kind=page.kind, charset=None, name=path.name)
        keep(row["url"], page, via="by hand")
