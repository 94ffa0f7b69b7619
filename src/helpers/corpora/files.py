"""Reads a user's own texts: files, folders and patterns of every kind in `formats`, into the documents
table. The good part is kept; what is not comes back in `Reading.rejected`, each with its reason.
"""

import datetime
import glob
import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from helpers.corpora import dates
from helpers.corpora.addresses import lists_addresses, with_pages
from helpers.corpora.columns import recognise
from helpers.corpora.formats import KINDS, Bad, Sheet, excerpt, sheets
from helpers.corpora.text import clean, count_words, language_of, one_line, without_tags
from helpers.errors import InputError
from helpers.results import result
from helpers.tables import DOCUMENTS, PRECISIONS, as_documents

FEWEST_WORDS = 20
LONGEST_TEXT = 2_000_000
"""Characters; a longer document is a book or a whole archive in one cell."""

REJECTED = {"file": pl.String, "row": pl.Int64, "id": pl.String, "reason": pl.String, "excerpt": pl.String}
RECOGNISED = {"file": pl.String, "role": pl.String, "column": pl.String}

Paths = str | Path | Sequence[str | Path]


@result
class Reading:
    """What came of reading: `.table` documents; `.rejected` file, row (1 = first below the head; a line in
    JSONL; an article of an export), id, reason, excerpt (at most 80 characters); `.recognised` file, role (a column of
    documents; "export", with the news database it comes from; or "not used"), column."""

    table: pl.DataFrame
    rejected: pl.DataFrame
    recognised: pl.DataFrame


def read(
    paths: Paths,
    *,
    side: str | None = None,
    outlet: str | None = None,
    date: str | datetime.date | None = None,
    progress: bool = False,
    fetch: bool = False,
) -> Reading:
    """Documents from files, folders and patterns (`exports/*.csv`) of CSV, TSV, JSON, JSONL, Parquet, TXT, HTML, DOCX,
    PDF, RTF, and ZIP of these; exports of Nexis Uni, Factiva and ProQuest give one document an article. `side`,
    `outlet` and `date` hold for every document, over what its file says.

    `fetch`: where a table lists addresses and holds no texts, the pages are fetched (corpora/pages.py).

    Without them: outlet is the column's, else the address's host, else the file's name; side is null unless a
    column `side` says. Ids given are kept (with the file's name before them where two files use the same one), else
    made from outlet, date, title and text, so that they stay the same. Left out, with a reason: no text, under 20
    words, an unreadable or ambiguous date, the same row twice, an id used for another text.

    Raises InputError where there is nothing to read: no such file, no column with text, or no file readable."""
    day = _given_date(date)
    found = files_of(paths)
    gathered = _Gathered(side=side, outlet=outlet, when=day)
    failures: list[InputError] = []
    for path, name in _shown(found, progress):
        try:
            for sheet in sheets(path, name=name):
                if fetch and lists_addresses(sheet):
                    sheet = with_pages(sheet, progress=progress)
                if problem := gathered.add(sheet):
                    failures.append(problem)
        except InputError as error:
            failures.append(error)
            gathered.rejected.append(Bad(name, None, str(error)))
    if failures and not gathered.rows and not any(bad.row for bad in gathered.rejected):
        raise failures[0]
    return gathered.reading()


def gather(found: Iterable[Sheet]) -> Reading:
    """The Reading of sheets that a corpus's own reader has made; bad sheets come back as rejected rows."""
    gathered = _Gathered(side=None, outlet=None, when=None)
    for sheet in found:
        gathered.add(sheet)
    return gathered.reading()


def files_of(paths: Paths) -> list[tuple[Path, str]]:
    """Every file that `paths` name, sorted, each with its name as shown in messages (from the folder
    on). Raises InputError where a path names nothing."""
    found: dict[Path, str] = {}
    for given in [paths] if isinstance(paths, (str, Path)) else paths:
        path = Path(given).expanduser()
        if path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not _is_hidden(p.relative_to(path))]
            if not any(p.suffix.lower() in KINDS for p in inside):
                raise InputError("no file to read in the folder", where=path, expected=", ".join(KINDS))
            found |= {p: f"{path.name}/{p.relative_to(path).as_posix()}" for p in inside}
        elif path.exists():
            found[path] = path.name
        else:
            matched = sorted(glob.glob(str(path), recursive=True)) if re.search(r"[*?\[]", str(given)) else []  # noqa: PTH207
            files = [p for p in map(Path, matched) if p.is_file()]
            if not files:
                raise InputError(
                    "no such file",
                    where=given,
                    do="Check the path; a folder or a pattern such as exports/*.csv will do.",
                )
            found |= {p: p.name for p in files}
    return list(found.items())


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX", "~$")) for part in path.parts)


def _shown(found: list[tuple[Path, str]], progress: bool) -> Iterable[tuple[Path, str]]:
    if not progress:
        return found
    from tqdm.auto import tqdm

    return tqdm(found, desc="reading", unit="file", leave=False)


def _given_date(date: str | datetime.date | None) -> dates.When | None:
    try:
        return dates.parse(date)
    except dates.Unreadable as error:
        raise InputError(
            "the date given cannot be read", found=error, do="Write it as 2024-03-26, 2024-03 or 2024."
        ) from None


class _Gathered:
    """The documents so far; knows the ids that are taken."""

    def __init__(self, *, side: str | None, outlet: str | None, when: dates.When | None) -> None:
        self.side, self.outlet, self.when = side, outlet, when
        self.rows: list[dict[str, Any]] = []
        self.rejected: list[Bad] = []
        self.recognised: list[tuple[str, str, str]] = []
        self.taken: dict[str, tuple[str, str]] = {}

    def add(self, sheet: Sheet) -> InputError | None:
        """Takes over the good rows of a sheet; returns the error where none can be used."""
        self.rejected.extend(sheet.bad)
        if not sheet.rows:
            if not sheet.bad:
                error = InputError("there are no rows below the head", where=sheet.file)
                self.rejected.append(Bad(sheet.file, None, str(error)))
                return error
            return None
        try:
            known = sheet.single or sheet.export
            roles = {c: c for c in sheet.columns} if known else recognise(sheet.columns, where=sheet.file)
        except InputError as error:
            self.rejected.append(Bad(sheet.file, None, str(error)))
            return error
        if sheet.export:
            self.recognised.append((sheet.file, "export", sheet.export))
        self.recognised += [(sheet.file, role, sheet.called.get(column, column)) for role, column in roles.items()]
        self.recognised += [(sheet.file, "not used", c) for c in sheet.columns if c not in roles.values()]
        order = dates.order_of(row.get(roles["date"]) for _, row in sheet.rows) if "date" in roles else None
        ours = set(DOCUMENTS) <= set(sheet.columns)
        for number, raw in sheet.rows:
            row = {role: raw.get(column) for role, column in roles.items()}
            given = _text(row.get("id"))
            try:
                made = self._document(row, sheet, number, order=order)
                if ours and _text(raw.get("source")):
                    made["source"] = _text(raw["source"])
                self._name(made, given, sheet)
            except ValueError as reason:
                shown = excerpt(row.get("title") or row.get("text") or "")
                self.rejected.append(Bad(sheet.file, number, str(reason), given, shown))
        return None

    def _document(self, row: dict[str, Any], sheet: Sheet, number: int, *, order: dates.Order | None) -> dict[str, Any]:
        """Raises ValueError with the reason where the row cannot be used."""
        text = _body(row.get("text"))
        n_words = count_words(text)
        if not n_words:
            raise ValueError("no text")
        if n_words < FEWEST_WORDS:
            raise ValueError(f"text of under {FEWEST_WORDS} words ({n_words})")
        when = self.when or dates.parse(row.get("date"), order=order)
        precision: str | None = when.precision if when else None
        said = _text(row.get("date_precision"))
        if when and self.when is None and said in PRECISIONS:
            precision = said
        url = _text(row.get("url"))
        outlet = self.outlet or _text(row.get("outlet")) or (url and _host(url)) or Path(sheet.file).stem
        return {
            "side": self.side or _text(row.get("side")),
            "outlet": outlet,
            "speaker": _text(row.get("speaker")),
            "country": _text(row.get("country")),
            "kind": _text(row.get("kind")),
            "date": when.date if when else None,
            "date_precision": precision,
            "title": _text(row.get("title")),
            "text": text,
            "url": url,
            "language": _language(row.get("language")) or language_of(text),
            "source": sheet.file if sheet.single else f"{sheet.file}, {'article' if sheet.export else 'row'} {number}",
            "constructed": str(row.get("constructed")).strip().casefold() in ("true", "1", "yes", "1.0"),
        }

    def _name(self, made: dict[str, Any], given: str | None, sheet: Sheet) -> None:
        """Gives the document its id, or raises ValueError where it is there already."""
        content = hashlib.sha256(
            "\x1f".join(str(made[k]) for k in ("outlet", "date", "title", "text")).encode()
        ).hexdigest()
        name = given or content[:16]
        if name in self.taken:
            other, file = self.taken[name]
            if other == content:
                raise ValueError("the same row twice")
            if file == sheet.file or not given:
                raise ValueError(f"the id of another text: {name!r}")
            name = f"{Path(sheet.file).stem}:{name}"
            if name in self.taken:
                raise ValueError(f"the id of another text: {name!r}")
        self.taken[name] = (content, sheet.file)
        self.rows.append({"id": name, **made})

    def reading(self) -> Reading:
        schema = {name: column.dtype for name, column in DOCUMENTS.items()}
        table = as_documents(pl.DataFrame(self.rows, schema=schema, orient="row"))
        rejected = [(b.file, b.row, b.id, b.reason, b.excerpt) for b in self.rejected]
        return Reading(
            table=table,
            rejected=pl.DataFrame(rejected, schema=REJECTED, orient="row"),
            recognised=pl.DataFrame(self.recognised, schema=RECOGNISED, orient="row"),
        )


def _text(value: object) -> str | None:
    """A label on one line, or None where the cell is empty."""
    if value is None or isinstance(value, (list, dict)) or value != value:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return one_line(str(value)[:2000]) or None


def _body(value: object) -> str:
    if isinstance(value, list):
        value = "\n".join(str(part) for part in value if isinstance(part, str))
    if value is None or isinstance(value, dict):
        return ""
    text = str(value)
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"text of over {LONGEST_TEXT:,} characters ({len(text):,})")
    return clean(without_tags(text))


def _host(url: str) -> str | None:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.") or None
    except ValueError:
        return None


_LANGUAGES = {
    **dict.fromkeys(("english", "eng"), "en"),
    **dict.fromkeys(("french", "fra", "fre", "français"), "fr"),
    **dict.fromkeys(("spanish", "spa", "español"), "es"),
    **dict.fromkeys(("german", "deu", "ger", "deutsch"), "de"),
    **dict.fromkeys(("chinese", "zho", "chi", "中文"), "zh"),
    **dict.fromkeys(("russian", "rus", "русский"), "ru"),
    **dict.fromkeys(("arabic", "ara", "العربية"), "ar"),
    **dict.fromkeys(("portuguese", "por", "português"), "pt"),
    **dict.fromkeys(("italian", "ita", "italiano"), "it"),
}


def _language(value: object) -> str | None:
    said = (_text(value) or "").casefold()
    if said in _LANGUAGES:
        return _LANGUAGES[said]
    code = re.split(r"[-_]", said)[0]
    return code if re.fullmatch(r"[a-z]{2}", code) else None
