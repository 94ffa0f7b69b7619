"""Opens one part of a study's corpus: an entry of corpora.yml or the user's own files.

What was read is kept as Parquet in the cache, by the checksum of the files and the version of the
code, so that opening a study again takes no reading.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from helpers.corpora.catalogue import read_catalogue
from helpers.corpora.debate import read_debate
from helpers.corpora.fetch import cached, fetch, sha256_of
from helpers.corpora.files import Reading, files_of, read
from helpers.corpora.news import read_news
from helpers.corpora.recipes import recipes
from helpers.corpora.text import count_words
from helpers.errors import InputError
from helpers.results import remembered, result


@result
class Parsed:
    """A part as read: `.table` documents, with `n_words` and `text_key` (a hash of letters and digits
    only); `.rejected` as in Reading."""

    table: pl.DataFrame
    rejected: pl.DataFrame


@dataclass(frozen=True)
class Part:
    """A part of a study's corpus, opened (`parsed`) or not, with the reason (`note`)."""

    name: str
    parsed: Parsed | None
    sha256: str | None = None
    note: str | None = None
    constructed: bool = False


def open_part(name: str, *, near: Path, fetch_missing: bool, progress: bool) -> Part:
    """The part `name`: a corpus of corpora.yml, or a path or pattern of files (from the working
    directory, else from the folder `near`). One that cannot be had comes back with the reason."""
    known = recipes()
    try:
        if name in known:
            recipe = known[name]
            shipped = recipe.reader == "teaching"
            path = fetch(name, progress=progress) if fetch_missing or shipped else cached(name)
            if path is None:
                return Part(
                    name,
                    None,
                    note=f"not fetched yet; `workbench fetch {name}` fetches it",
                    constructed=recipe.constructed,
                )
            files, reader = [path], recipe.reader
        else:
            files, reader = _own(name, near), "files"
        checksum = _checksum(files)
        parsed = parsed_files([str(f) for f in files], reader=reader, checksum=checksum)
    except InputError as error:
        listed = known.get(name)
        return Part(name, None, note=str(error), constructed=listed.constructed if listed else False)
    if parsed.table.is_empty():
        return Part(name, None, sha256=checksum, note="no document could be read from it")
    return Part(name, parsed, sha256=checksum, constructed=bool(parsed.table["constructed"].any()))


@remembered
def parsed_files(paths: list[str], *, reader: str, checksum: str) -> Parsed:
    """What `reader` makes of the files; `checksum` tells their content apart in the cache."""
    if reader == "news":
        reading = read_news(Path(paths[0]))
    elif reader == "debate":
        reading = read_debate(Path(paths[0]))
    elif reader == "addresses":
        reading = read_catalogue(Path(paths[0]))
    else:
        reading = read(paths)
    return with_keys(reading)


def with_keys(reading: Reading) -> Parsed:
    """A Reading with the words and the text key of each document counted once."""
    texts = reading.table["text"].to_list()
    table = reading.table.with_columns(
        pl.Series("n_words", [count_words(text) for text in texts], dtype=pl.Int32),
        pl.Series("text_key", [text_key(text) for text in texts], dtype=pl.String),
    )
    return Parsed(table=table, rejected=reading.rejected)


def text_key(text: str) -> str:
    """The same for texts that differ only in capitals, punctuation and blanks."""
    return hashlib.sha256(re.sub(r"[\W_]+", "", text.casefold()).encode()).hexdigest()[:32]


def _own(name: str, near: Path) -> list[Path]:
    try:
        return [path.resolve() for path, _ in files_of(name)]
    except InputError as missing:
        if Path(name).is_absolute():
            raise
        try:
            return [path.resolve() for path, _ in files_of(near / name)]
        except InputError:
            raise missing from None


def _checksum(files: list[Path]) -> str:
    if len(files) == 1:
        return sha256_of(files[0])
    lines = "".join(f"{sha256_of(file)} {file.name}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()
