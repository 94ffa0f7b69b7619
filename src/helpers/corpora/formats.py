"""Opens files of every kind that is read and gives their rows as they came, with what could not be opened.

Everything happens in memory: nothing in an archive is ever written to disk.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl

from helpers.corpora import lines
from helpers.corpora.archives import LARGEST_ARCHIVE, LARGEST_FILE, MOST_MEMBERS, member
from helpers.corpora.article import article_on
from helpers.corpora.exports import export_in
from helpers.corpora.text import clean, decode
from helpers.errors import InputError

TABLES = (".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet")
TEXTS = (".txt", ".text", ".md", ".html", ".htm", ".xhtml")
KINDS = (*TABLES, *TEXTS, *lines.KINDS, ".zip")
INSTEAD = {
    ".doc": "Open it in Word or LibreOffice and save it as .docx.",
    ".odt": "Open it in LibreOffice and save it as .docx.",
    ".pages": "Export it from Pages as .docx.",
    ".xls": "Open it in Excel or LibreOffice and save it as CSV (UTF-8).",
    ".xlsx": "Open it in Excel or LibreOffice and save it as CSV (UTF-8).",
    ".ods": "Open it in LibreOffice and save it as CSV (UTF-8).",
    ".epub": "Convert it to .txt or .html.",
    ".rar": "Unpack it, and read the folder.",
    ".7z": "Unpack it, and read the folder.",
    ".gz": "Unpack it, and read what is in it.",
}
"""Kind of file that is not read -> what to do."""

LARGEST_CELL = 20_000_000
"""Bytes of one cell or line: four times the Bible. More is a broken file (a quotation mark never closed)."""


@dataclass(frozen=True)
class Bad:
    """Something that is left out: where, why, and how it begins."""

    file: str
    row: int | None
    reason: str
    id: str | None = None
    excerpt: str = ""


@dataclass(frozen=True)
class Sheet:
    """One file's rows as they came, numbered from 1 (a line number in JSONL), and its bad rows.
    `single`: the file is one document and its columns are those of `documents`. `export`: the news database that the
    file was exported from; then its columns are those of `documents`, and `called` says what each is there."""

    file: str
    columns: list[str] = field(default_factory=list)
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    single: bool = False
    export: str | None = None
    called: dict[str, str] = field(default_factory=dict)


def sheets(path: Path, *, name: str) -> Iterator[Sheet]:
    """The sheets in the file at `path` (several in a ZIP), called `name` in messages.
    Raises InputError where the file as a whole cannot be read."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise _too_large(name, size)
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            "cannot be read", where=name, found=error.strerror, do="Check that it is there and yours to read."
        ) from None
    if path.suffix.lower() == ".zip":
        yield from _zipped(raw, name)
    else:
        yield one_sheet(raw, name=name)


def one_sheet(raw: bytes, *, name: str) -> Sheet:
    """The rows in the bytes of one file that is no archive; its kind is told by the ending of `name`."""
    kind = PurePosixPath(name).suffix.lower()
    if not raw.strip():
        raise InputError("the file is empty", where=name, do="Save it again from where it came.")
    if kind == ".parquet":
        return _parquet(raw, name)
    if kind in (".html", ".htm", ".xhtml"):
        return _exported(lines.lines_of_html(raw, name=name), name) or _html(raw, name)
    if kind in lines.KINDS:
        found = lines.lines_of(raw, name=name)
        return _exported(found, name) or _plain_text(_set_off(found), name)
    if kind not in KINDS:
        do = INSTEAD.get(kind)
        what = f"a file of kind {kind or 'unknown'} is not read"
        raise InputError(what, where=name, expected=None if do else ", ".join(KINDS), do=do)
    text, _ = decode(raw, where=name)
    if kind in (".jsonl", ".ndjson"):
        return _json_lines(text, name)
    if kind == ".json":
        return _json(text, name)
    if kind in TEXTS:
        return _exported(lines.Lines(re.split("\r\n?|\n", text)), name) or _plain_text(text, name)
    return _csv(text, name, tabs=kind in (".tsv", ".tab"))


def excerpt(value: object) -> str:
    """How a bad row begins: at most 80 characters, on one line, nothing unseen in it."""
    text = " ".join(clean(str(value)[:400]).split())
    return text if len(text) <= 80 else text[:79] + "…"


def _too_large(name: str, size: int) -> InputError:
    limit = f"at most {LARGEST_FILE // 1_000_000} MB"
    return InputError("too large", where=name, expected=limit, found=f"{size // 1_000_000} MB", do="Split the file.")


def _csv(text: str, name: str, *, tabs: bool) -> Sheet:
    header = text.lstrip("\n\r").split("\n", 1)[0]
    delimiter = "\t" if tabs else max(",;\t|", key=header.count)
    sheet = Sheet(name)
    limit = csv.field_size_limit(LARGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        number = 0
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error:
                number += 1
                sheet.bad.append(
                    Bad(
                        name,
                        number,
                        f"a cell of more than {LARGEST_CELL // 1_000_000} MB (an unclosed quotation mark?)",
                    )
                )
                continue
            if not any(cell.strip() for cell in cells):
                continue
            if not sheet.columns:
                sheet.columns.extend(cell.strip() or f"column {n}" for n, cell in enumerate(cells, start=1))
                continue
            number += 1
            if len(cells) > len(sheet.columns) and any(cells[len(sheet.columns) :]):
                counts = f"{len(cells)} for {len(sheet.columns)}"
                reason = f"more cells than the head has ({counts}; a {delimiter!r} outside quotation marks?)"
                sheet.bad.append(Bad(name, number, reason, excerpt=excerpt(delimiter.join(cells))))
            else:
                sheet.rows.append((number, dict(zip(sheet.columns, cells, strict=False))))
    finally:
        csv.field_size_limit(limit)
    return sheet


def _json_lines(text: str, name: str) -> Sheet:
    sheet = Sheet(name)
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if len(line) > LARGEST_CELL:
            sheet.bad.append(
                Bad(name, number, f"a line of more than {LARGEST_CELL // 1_000_000} MB", excerpt=excerpt(line))
            )
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            sheet.bad.append(Bad(name, number, f"not valid JSON: {str(error)[:80]}", excerpt=excerpt(line)))
            continue
        _add(sheet, number, record)
    return sheet


def _json(text: str, name: str) -> Sheet:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        if "\n" in text.strip() and text.lstrip().startswith("{"):
            lines = _json_lines(text, name)
            if lines.rows:
                return lines
        raise InputError("not valid JSON", where=name, found=str(error)[:80], do="Export it again.") from None
    if isinstance(given, dict):
        inside = [value for value in given.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        given = inside[0] if len(inside) == 1 else [given]
    sheet = Sheet(name)
    for number, record in enumerate(given if isinstance(given, list) else [given], start=1):
        _add(sheet, number, record)
    return sheet


def _add(sheet: Sheet, number: int, record: object) -> None:
    if not isinstance(record, dict):
        sheet.bad.append(Bad(sheet.file, number, "not a record of named values", excerpt=excerpt(record)))
        return
    sheet.rows.append((number, record))
    sheet.columns.extend(column for column in record if column not in sheet.columns)


def _parquet(raw: bytes, name: str) -> Sheet:
    try:
        frame = pl.read_parquet(io.BytesIO(raw))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError) as error:
        raise InputError(
            "not a readable Parquet file", where=name, found=str(error).splitlines()[0][:80], do="Export it again."
        ) from None
    wanted = [column for column, kind in frame.schema.items() if not isinstance(kind, (pl.Array, pl.Struct, pl.Binary))]
    return Sheet(name, wanted, list(enumerate(frame.select(wanted).iter_rows(named=True), start=1)))


def _exported(found: lines.Lines, name: str) -> Sheet | None:
    """The articles in lines that a news database has exported, or None."""
    export = export_in(found)
    if export is None:
        return None
    bad = [Bad(name, number, reason, excerpt=excerpt(begins)) for number, reason, begins in export.bad]
    return Sheet(name, list(export.columns), export.articles, bad, export=export.database, called=export.columns)


def _set_off(found: lines.Lines) -> str:
    """The text of a document whose first paragraph, where it is short, is taken for its title."""
    head, _, rest = found.text().lstrip("\n").partition("\n")
    return f"{head}\n\n{rest}"


def _plain_text(text: str, name: str) -> Sheet:
    """A first line set off by a blank line, short and without a full stop, is the title."""
    head, _, rest = text.lstrip().replace("\r\n", "\n").partition("\n")
    head = head.strip().lstrip("# ")
    set_off = (
        rest.startswith("\n") and rest.strip() and 0 < len(head) <= 160 and not head.endswith((".", ",", ";", ":"))
    )
    row = {"title": head, "text": rest} if set_off else {"title": None, "text": text}
    return Sheet(name, list(row), [(1, row)], single=True)


def _html(raw: bytes, name: str) -> Sheet:
    row = article_on(raw, name=name)
    return Sheet(name, [role for role, value in row.items() if value], [(1, row)], single=True)


def _zipped(raw: bytes, name: str) -> Iterator[Sheet]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
        members = [info for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise InputError(
            "not a whole ZIP archive", where=name, found=str(error)[:80], do="Fetch or copy it again."
        ) from None
    if len(members) > MOST_MEMBERS:
        raise InputError(
            "too many files in the archive", where=name, expected=f"at most {MOST_MEMBERS:,}", found=f"{len(members):,}"
        )
    unpacked = 0
    for info in members:
        inside = f"{name}/{info.filename}"
        if _hidden(PurePosixPath(info.filename).parts):
            continue
        try:
            if inside.lower().endswith(".zip"):
                raise InputError("an archive within an archive is not read", where=inside, do="Unpack the outer one.")
            content = member(archive, info, name=inside)
            unpacked += len(content)
            if unpacked > LARGEST_ARCHIVE:
                raise InputError("the archive unpacks to more than 2 GB", where=name, do="Split it.")
            yield one_sheet(content, name=inside)
        except InputError as error:
            yield Sheet(inside, bad=[Bad(inside, None, str(error))])


def _hidden(parts: Iterable[str]) -> bool:
    return any(part.startswith((".", "__MACOSX")) and part not in (".", "..") for part in parts)
