"""`workbench study new`: a study file that lists what the corpus holds, so that only the sides are left to fill in."""

import os
import re
from pathlib import Path

import polars as pl

from helpers.corpora.parts import open_part
from helpers.corpora.recipes import recipes
from helpers.errors import InputError
from helpers.paths import data_folder

SIDES = ("state_media", "western", "un")
MOST_OUTLETS = 300


def new_study(name: str, *, corpus: list[str], force: bool = False) -> Path:
    """Writes data/studies/NAME.yml for the given files, folders or corpora and returns its path.

    The outlets found stand in it with their number of documents, most first; under the side that the documents
    themselves name, else as comments to be moved. Raises InputError where the name will not do, the study exists
    (unless `force`), or nothing can be read."""
    if not re.fullmatch(r"[\w-]{1,60}", name):
        raise InputError("this name will not do for a study", found=repr(name), expected="letters, digits, - and _")
    path = data_folder() / "studies" / f"{name}.yml"
    if path.exists() and not force:
        raise InputError(
            "there is a study of that name", where=path, do="Take another name, or overwrite it with --force."
        )
    parts = [open_part(part, near=Path.cwd(), fetch_missing=True, progress=True) for part in corpus]
    for part in parts:
        if part.parsed is None:
            raise InputError("this part of the corpus cannot be read", where=part.name, found=part.note)
    table = pl.concat([part.parsed.table for part in parts if part.parsed])
    text = template(name, corpus=[_lasting(part, path.parent) for part in corpus], documents=table)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def template(name: str, *, corpus: list[str], documents: pl.DataFrame) -> str:
    """The text of a study file: valid YAML as it stands and once the outlets are moved under sides."""
    counted = documents.group_by("outlet", "side").len().sort("len", "outlet", descending=[True, False]).rows()
    placed: dict[str, list[str]] = {side: [] for _, side, _ in counted if side}
    width = max(len(quoted(outlet)) for outlet, _, _ in counted[:MOST_OUTLETS])
    loose: list[str] = []
    for outlet, side, n in counted:
        line = f"    - {quoted(outlet):<{width}}  # {n:,} documents"
        if side is None:
            loose.append(line)
        elif not any(line.split("  #")[0] == other.split("  #")[0] for lines in placed.values() for other in lines):
            placed[side].append(line)
    lines = [
        f"name: {name}",
        f"title: {name}",
        "corpus:",
        *(f"  - {quoted(part)}" for part in corpus),
        *_between(documents),
        "# query: governance|sovereign\\w*   # only documents in which this occurs; remove the first # to use it",
        "sides:   # a side, and its outlets, speakers or countries; what is listed nowhere is left out",
    ]
    for side in placed or SIDES:
        lines += [f"  {quoted(side) if placed else side}:", *placed.get(side, [])]
    if loose:
        lines.append("# Outlets on no side yet: move each under its side and remove the # before it.")
        lines += [f"#{line}" for line in loose[:MOST_OUTLETS]]
        if len(loose) > MOST_OUTLETS:
            lines.append(f"# and {len(loose) - MOST_OUTLETS:,} more with fewer documents")
    lines += [
        "codebook: governance.yml",
        'terms: {governance: "governance", multipolarity: "multi-?polar\\\\w*"}',
        "passages: {words: 80}",
        "seed: 7",
        "",
    ]
    return "\n".join(lines)


def quoted(text: str) -> str:
    """`text` as a double-quoted YAML scalar on one line, whatever stands in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else _escape(c) for c in escaped) + '"'


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _between(documents: pl.DataFrame) -> list[str]:
    days = documents["date"].drop_nulls().sort()
    if days.is_empty():
        return ["# The documents carry no date."]
    undated = documents["date"].null_count()
    note = f"; {undated:,} of {documents.height:,} documents carry no date and would be left out" if undated else ""
    return [f"# between: [{days[0]}, {days[-1]}]   # the documents' first and last day{note}"]


def _lasting(part: str, folder: Path) -> str:
    """A path that holds from any working directory: relative to the study where both are in the
    workbench's folder, else absolute. Names of corpora stay."""
    if part in recipes():
        return part
    whole = Path(part).expanduser().resolve()
    root = folder.resolve().parents[1]
    if root in whole.parents:
        return Path(os.path.relpath(whole, folder.resolve())).as_posix()
    return whole.as_posix()
