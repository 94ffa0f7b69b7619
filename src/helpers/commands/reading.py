"""`workbench read`: other people's files become one table of documents, and what was refused is listed beside it."""

import os
from collections.abc import Callable
from pathlib import Path

import polars as pl

from helpers.corpora import read
from helpers.errors import InputError
from helpers.html import csv
from helpers.phrases import count


def read_into(
    out: Path,
    paths: list[str],
    *,
    side: str | None = None,
    outlet: str | None = None,
    date: str | None = None,
    fetch: bool = False,
) -> Path:
    """Writes the documents in `paths` to `out` (Parquet) and, where rows were refused, their reasons to
    FILE.rejected.csv beside it; says what was recognised. `side`, `outlet`, `date`: of every document;
    `fetch`: also the pages that a list of addresses names.

    Returns `out`. Raises InputError where nothing can be read or `out` is no place for a table."""
    if out.suffix != ".parquet":
        raise InputError(
            "the table is written as Parquet", where=out, do=f"Name it {out.with_suffix('.parquet').name}."
        )
    target = out.expanduser().resolve()
    for path in map(Path, paths):
        if path.is_dir() and path.resolve() in target.parents:
            raise InputError(
                "the table would become part of what is read", where=out, do=f"Write it outside of {path}."
            )
        if path.resolve() == target:
            raise InputError("the table would overwrite what is read", where=out, do="Give it another name.")
    reading = read(paths, side=side, outlet=outlet, date=date, progress=True, fetch=fetch)
    refused = target.with_suffix(".rejected.csv")
    target.parent.mkdir(parents=True, exist_ok=True)
    _whole(target, lambda place: reading.table.write_parquet(place))
    if reading.rejected.height:
        _whole(refused, lambda place: place.write_text(csv(reading.rejected), encoding="utf-8"))
    else:
        refused.unlink(missing_ok=True)
    _tell(reading.table, reading.rejected, reading.recognised)
    print(
        f"{out}: {count(reading.table.height, 'document')}"
        + ("" if reading.table.height else "; nothing could be used")
    )
    if reading.rejected.height:
        print(f"{refused.name} beside it: {count(reading.rejected.height, 'row')} left out, with reasons")
    return out


def _whole(target: Path, write: Callable[[Path], object]) -> None:
    """Writes beside `target` and renames, so that a full disk or Ctrl-C leaves no half table."""
    scratch = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        write(scratch)
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


def _tell(table: pl.DataFrame, rejected: pl.DataFrame, recognised: pl.DataFrame) -> None:
    exports = dict(recognised.filter(pl.col("role") == "export").select("file", "column").iter_rows())
    said = recognised.filter(~pl.col("role").is_in(["not used", "export"]))
    for database in sorted(set(exports.values())):
        files = [file for file, name in exports.items() if name == database]
        print(f"export of {database} ({count(len(files), 'file')}): {_roles(said.filter(pl.col('file').is_in(files)))}")
    if roles := _roles(said.filter(~pl.col("file").is_in(list(exports)))):
        print(f"recognised: {roles}")
    outlets = table.group_by("outlet").len().sort("len", "outlet", descending=[True, False])
    for outlet, n in outlets.head(12).iter_rows():
        print(f"  {n:>7,}  {outlet}")
    if outlets.height > 12:
        print(f"  and {outlets.height - 12} more outlets")
    reasons = (
        rejected.group_by(pl.col("reason").str.slice(0, 120)).len().sort("len", "reason", descending=[True, False])
    )
    for reason, n in reasons.head(5).iter_rows():
        print(f"  left out {n:>6,}  {reason}")


def _roles(said: pl.DataFrame) -> str:
    used = said.select("role", "column").unique(maintain_order=True)
    return ", ".join(f"{role} in {column!r}" for role, column in used.head(20).iter_rows())
