"""The texts of a study's own that are to be placed among its corpus: `focus:` of the study file."""

from pathlib import Path

import polars as pl

from helpers.corpora.files import files_of, read
from helpers.corpora.load import on_sides
from helpers.errors import InputError
from helpers.study import Study
from helpers.tables import DOCUMENTS, as_documents

AGAIN = "the same row twice"


def load_focus(study: Study) -> pl.DataFrame:
    """The documents that `focus:` of the study names, in its order; none where it names none.

    An entry is a path or pattern of files as `read` takes them, the table that `workbench read` wrote included:
    looked for beside the study file, then in the working directory. `side` is what the study says of the outlet,
    speaker or country, else the document's own where it is a side of the study, else null. Neither `between`,
    `query` nor the 60 words that a corpus asks for hold here.

    Raises InputError naming the entry that cannot be read whole: a text that was named is not silently left out."""
    tables: list[pl.DataFrame] = []
    texts: dict[str, str] = {}
    for entry in dict.fromkeys(study.focus):
        table = _documents(entry, study)
        names = [_name(row, entry, texts) for row in table.select("id", "text").iter_rows()]
        table = table.with_columns(id=pl.Series(names, dtype=pl.String)).drop_nulls("id")
        texts |= dict(table.select("id", "text").iter_rows())
        tables.append(table)
    if not tables:
        return as_documents(pl.DataFrame(schema={name: column.dtype for name, column in DOCUMENTS.items()}))
    return as_documents(on_sides(pl.concat(tables), study), where=f"focus of {study.name}")


def _name(row: tuple[str, str], entry: str, texts: dict[str, str]) -> str | None:
    """The id; the entry's name before it where another text has it; None where the same text was named before."""
    name, text = row
    if name not in texts:
        return name
    return None if texts[name] == text else f"{entry}:{name}"


def _documents(entry: str, study: Study) -> pl.DataFrame:
    try:
        reading = read([path for path, _ in _files(entry, near=study.path.parent)])
    except InputError as error:
        raise InputError(
            f"focus {entry!r} cannot be read",
            where=study.path,
            found=error,
            do="Check `focus:` of the study.",
        ) from None
    lost = reading.rejected.filter(pl.col("reason") != AGAIN)
    if not lost.is_empty() or reading.table.is_empty():
        bad = lost.row(0, named=True) if not lost.is_empty() else {"file": entry, "row": None, "reason": "no document"}
        row = f", row {bad['row']}" if bad["row"] is not None else ""
        raise InputError(
            f"focus {entry!r} cannot be read whole",
            where=study.path,
            found=f"{bad['file']}{row}: {bad['reason']}",
            do="Mend it; or name under focus: the table that `workbench read` makes of it, which keeps the good rows.",
        )
    return reading.table


def _files(entry: str, *, near: Path) -> list[tuple[Path, str]]:
    if Path(entry).expanduser().is_absolute():
        return files_of(entry)
    try:
        return files_of(near / entry)
    except InputError:
        return files_of(entry)
