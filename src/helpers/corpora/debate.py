"""Reads the UN General Debate Corpus (Jankin, Baturo & Dasandi; CC0; doi:10.7910/DVN/0TJX8Y) as published: an
archive or a folder of it, with files `ISO_session_year.txt` in folders like `Session 72 - 2017`.

A statement's outlet is the venue ("UN General Debate"); whose voice it is stands in `speaker` (the state's name) and
`country` (ISO 3166 alpha-3; EU, VAT and PSE as the corpus writes them). The date is known to the year.

Removed, because nobody said it: page numbers with document symbols (`17-29716 5/28`), running heads, notes of the
record (`The President took the Chair.`, `(spoke in French)`), numbers of paragraphs. Repaired: words parted at the end
of a line (`Secretary- General`), and paragraphs broken off within a sentence or at a fixed width.
"""

import csv
import functools
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from helpers.corpora.archives import LARGEST_FILE, member
from helpers.corpora.files import Reading, gather
from helpers.corpora.formats import Bad, Sheet, excerpt
from helpers.corpora.text import clean, decode
from helpers.errors import InputError
from helpers.paths import data_folder

OUTLET = "UN General Debate"

_NAME = re.compile(r"([A-Z]{2,4})_(\d{1,3})_(\d{4})\.txt", re.I)
_SYMBOL = r"(?:[ASE]/)?(?:\d{1,3}|ES-\d+)/PV\.\d+"
_PAGE = re.compile(
    r"\b\d{2}-\d{5}\s+\d{1,3}/\d{1,3}(?!\d)|(?<!\d)\d{1,3}/\d{1,3}\s+\d{2}-\d{5}\b|\b\d{2}-\d{5} \([A-Z]\)(?: \*\d+\*)?"
    rf"|\b{_SYMBOL}\s+\d{{2}}/\d{{2}}/\d{{4}}\b|\b\d{{2}}/\d{{2}}/\d{{4}}\s+{_SYMBOL}|_{{5,}}"
)
_NOTE = re.compile(
    r"\((?:spoke|interpretation from|continued in|translated from)[^()]{2,80}\)"
    r"|^The (?:Acting )?President (?:took|returned to) the Chair\.$"
    r"|^(?:He|She) (?:continued|spoke) ?(?:in \w+)?:$|^\W*\):\s*",
    re.I | re.M,
)
_PARTED = re.compile(r"(?<=\w)- (?!(?:and|or|to|nor|but|as|than|versus)\b)(?=\w)")
_NUMBER = re.compile(r"^\d{1,3}\.\s+(?=[A-Z“\"])", re.M)


@functools.cache
def states() -> dict[str, str]:
    """Code of a state (or observer) -> its name, from data/states.csv."""
    with (data_folder() / "states.csv").open(encoding="utf-8", newline="") as opened:
        return {row["iso3"]: row["name"] for row in csv.DictReader(opened)}


def read_debate(path: Path) -> Reading:
    """The statements in the archive (.zip, .tar.gz, .tgz, .tar) or folder at `path`.
    Raises InputError where there are none, or the archive is damaged."""
    sheet = Sheet(
        "un-general-debate",
        columns=["id", "outlet", "speaker", "country", "kind", "date", "title", "text"],
    )
    for number, (name, raw) in enumerate(_found(path), start=1):
        _add(sheet, number, name, raw)
    return gather([sheet])


def has_statements(path: Path) -> None:
    """Raises InputError unless the archive or folder at `path` is whole and holds statements."""
    for _ in _found(path):
        pass


def _found(path: Path) -> Iterator[tuple[str, bytes]]:
    none_yet = True
    try:
        for found in _members(path):
            none_yet = False
            yield found
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, zlib.error) as error:
        raise InputError(
            "the archive is damaged or no archive",
            where=path,
            found=(str(error) or type(error).__name__).splitlines()[0][:80],
            do="Fetch or copy it again.",
        ) from None
    if none_yet:
        raise InputError(
            "no statement found",
            where=path,
            expected="files named like USA_72_2017.txt",
            do="Give the archive or folder as published.",
        )


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each statement, sorted by name. Nothing is unpacked to disk."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if _NAME.fullmatch(file.name) and file.is_file():
                yield file.relative_to(path).as_posix(), file.read_bytes()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.filename):
                if _NAME.fullmatch(PurePosixPath(info.filename).name):
                    yield info.filename, member(archive, info, name=info.filename)
    elif path.is_file():
        with tarfile.open(path) as packed:
            found = {}
            for entry in packed:
                if entry.isfile() and entry.size < LARGEST_FILE and _NAME.fullmatch(PurePosixPath(entry.name).name):
                    opened = packed.extractfile(entry)
                    found[entry.name] = opened.read() if opened else b""
        yield from sorted(found.items())
    else:
        raise InputError("no such archive or folder", where=path)


def _add(sheet: Sheet, number: int, name: str, raw: bytes) -> None:
    match = _NAME.fullmatch(PurePosixPath(name).name)
    assert match is not None
    code, session, year = match[1].upper(), int(match[2]), int(match[3])
    speaker = states().get(code, code)
    try:
        text, _ = decode(raw, where=name)
    except InputError as error:
        sheet.bad.append(Bad(sheet.file, number, str(error), f"ungd-{code}-{session}", excerpt(name)))
        return
    made = {
        "id": f"ungd-{code}-{session:02d}",
        "outlet": OUTLET,
        "speaker": speaker,
        "country": code,
        "kind": "statement",
        "date": str(year),
        "title": f"{speaker}, General Debate, session {session} ({year})",
        "text": tidied(text),
    }
    sheet.rows.append((number, made))


def tidied(text: str) -> str:
    """A statement without the page's and the record's additions, one paragraph a line."""
    text = clean(text)
    text = clean(_NOTE.sub("", _PAGE.sub(" ", text)))
    if len(_NUMBER.findall(text)) >= 3:
        text = _NUMBER.sub("\n\n", text)
    lines = [line for line in text.split("\n") if line.strip()]
    typical = sorted(map(len, lines))[len(lines) // 2] if lines else 0
    ended = sum(line.rstrip().endswith((".", "!", "?", "”", '"')) for line in lines)
    wrapped = len(lines) >= 8 and typical < 100 and ended < len(lines) / 2
    paragraphs: list[str] = []
    for line in lines:
        open_ended = bool(paragraphs) and not paragraphs[-1].endswith((".", "!", "?", "”", '"', ":", ";"))
        if open_ended and (wrapped or line[0].islower()):
            paragraphs[-1] += " " + line
        else:
            paragraphs.append(line)
    return "\n".join(_PARTED.sub("-", paragraph) for paragraph in paragraphs)


def packed(folder: Path) -> bytes:
    """A folder of statements as a ZIP that is the same, byte by byte, for the same statements."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in _members(folder):
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, raw)
    return held.getvalue()
