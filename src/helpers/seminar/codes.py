"""Files that come back from a class, read with patience: what can be used is used, the rest is told with its reason.

A class sends what it has: the same file twice, half a sheet, one renamed, one pasted into a mail that turned its
quotation marks, one of last year's draw. No file is passed over in silence, and none stops the others.
"""

import datetime
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from helpers.errors import InputError
from helpers.html import clean
from helpers.phrases import count, listed
from helpers.results import result
from helpers.seminar.sheet import Key, guess_codes

LARGEST = 2_000_000
"""Bytes; a sheet of a hundred passages makes about 20,000."""
MOST_NAMED = 3
"""Files with the same fault that a line names; returned.csv has them all."""
STATES = ("used", "part", "older", "same", "refused")
CODES = {"coder": pl.String, "id": pl.String, "frame": pl.String, "code": pl.Int8, "seconds": pl.Float64}
GUESSES = {"coder": pl.String, "id": pl.String, "guess": pl.String, "seconds": pl.Float64}
FILES = {"file": pl.String, "coder": pl.String, "state": pl.String, "n_coded": pl.Int64, "n_passages": pl.Int64,
         "saved": pl.String, "note": pl.String}  # fmt: skip


@result
class Returned:
    """What came back.

    codes    one row per (coder, id, frame) that was answered, sorted: code (1 yes, 0 no, null unsure), seconds (on
             that passage, all its frames and the guess together)
    guesses  one row per (coder, id) that was guessed: guess (a side; null: cannot tell), seconds
    files    one row per file, by name: file, coder, state (used; part: used, and not all of the sheet is coded; older:
             the coder sent a later one; same: like one that is used; refused), n_coded (passages with every frame
             answered), n_passages (of the sheet), saved (when, as the file says), note (what was odd)
    """

    codes: pl.DataFrame
    guesses: pl.DataFrame
    files: pl.DataFrame
    draw: str


@dataclass(frozen=True)
class _File:
    """One file that is of this draw."""

    name: str
    coder: str
    saved: str
    answers: dict[str, dict[str, Any]]
    n_coded: int
    notes: tuple[str, ...]


def read_codes(folder: Path, key: Key) -> Returned:
    """The codes in the files of `folder` and its subfolders, by the key of their draw.

    Of several files of one coder the latest by the time within it is used, whatever their names. Raises InputError
    where the folder is not there or holds no file."""
    if not folder.is_dir():
        raise InputError(
            "no such folder", where=folder, do="Put the files that came back there, or name another --from."
        )
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    if not paths:
        raise InputError("no file has come back yet", where=folder, do="Put the files of the class there.")
    read: list[_File] = []
    rows: list[dict[str, Any]] = []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            read.append(_opened(path, name, key))
        except InputError as error:
            said = ". ".join(filter(None, [str(error.what), error.do]))
            rows.append({"file": clean(name), "state": "refused", "note": said})
    used = list(_latest(read, key, rows))
    codes = [row for file in used for row in _code_rows(file, key)]
    guesses = [row for file in used for row in _guess_rows(file, key)]
    return Returned(
        pl.DataFrame(codes, schema=CODES, orient="row").sort("coder", "id", "frame"),
        pl.DataFrame(guesses, schema=GUESSES, orient="row").sort("coder", "id"),
        pl.DataFrame(rows, schema=FILES, orient="row").sort("file"),
        key.draw,
    )


def summary(returned: Returned, key: Key) -> list[str]:
    """What came back in lines to read: how many sheets, who is missing, and every file that is not simply used."""
    used = returned.files.filter(pl.col("state").is_in(["used", "part"]))
    absent = [coder for coder in key.sheets if coder not in set(used["coder"])]
    unsure, guesses = returned.codes["code"].null_count(), returned.guesses["guess"].drop_nulls().len()
    lines = [
        f"{count(returned.files.height, 'file')}; {used.height} of {count(len(key.sheets), 'sheet')} came back, with "
        f"{count(returned.codes.height - unsure, 'code')} ({unsure:,} more unsure) and {guesses:,} guesses of the side"
    ]
    if absent:
        lines.append(f"not come back: {listed(absent)}")
    odd = returned.files.filter(pl.col("note") != "").group_by("note", maintain_order=True).agg("file")
    for note, files in odd.iter_rows():
        more = f" and {len(files) - MOST_NAMED} more" if len(files) > MOST_NAMED else ""
        lines.append(f"  {', '.join(files[:MOST_NAMED])}{more}: {note}")
    return lines


def _opened(path: Path, name: str, key: Key) -> _File:
    held, notes = _parsed(path)
    if not isinstance(held, dict) or not isinstance(held.get("answers"), list) or "draw" not in held:
        raise InputError("no file that a coding sheet saves", do="Was another file put here?")
    if held["draw"] != key.draw:
        raise InputError(
            "of other sheets than these: another study, or sheets drawn at another time",
            do=f"Only files of the draw {key.draw} (its key is of {key.made}) can be read with this key.",
        )
    owner = {token: coder for coder, rows in key.sheets.items() for token, _ in rows}
    answers, strangers = _answers(held["answers"], set(owner), key)
    owners = {owner[token] for token in answers}
    coder = str(held.get("coder"))
    if len(owners) > 1:
        raise InputError(f"passages of the sheets {listed(sorted(owners))} in one file", do="Ask for the file again.")
    if owners and coder not in owners:
        notes.append(f"says sheet {clean(coder)[:20]}, holds the passages of sheet {next(iter(owners))}: taken as that")
        coder = next(iter(owners))
    if coder not in key.sheets:
        raise InputError("of no sheet of this draw", do="Ask for the file again.")
    if not answers:
        raise InputError(f"sheet {coder} without a single code", do="Ask for the file again.")
    if strangers:
        notes.append(f"{count(strangers, 'answer')} that this sheet cannot give: left out")
    n_coded = sum(all(frame in row["codes"] for frame in key.frames) for row in answers.values())
    n_sheet = len(key.sheets[coder])
    if n_coded < n_sheet:
        notes.append(f"sheet {coder}: {n_coded} of {n_sheet} passages coded")
    expected = f"codes-{coder}-{key.draw}"
    if not re.sub(r"[\W_]", "", Path(name).name).startswith(re.sub(r"\W", "", expected)):
        notes.append(f"renamed; it is sheet {coder}")
    return _File(clean(name), coder, _time(held.get("saved")), answers, n_coded, tuple(notes))


def _parsed(path: Path) -> tuple[Any, list[str]]:
    """What is in the file, and what had to be mended to read it."""
    if path.stat().st_size > LARGEST:
        raise InputError("too large for a coding sheet", do="Was another file put here?")
    raw = path.read_bytes()
    if not raw.strip():
        raise InputError("empty", do="Ask for the file again.")
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise InputError("not text", do="Ask for the file that the sheet saves (codes-….json).") from None
    plain = re.sub("[“”„‟«»″]", '"', text).replace("\xa0", " ")
    body = plain[plain.find("{") : plain.rfind("}") + 1]
    for attempt, note in ((text, ""), (body, "text around the codes left out, or quotation marks mended")):
        try:
            return json.loads(attempt), [note] if note else []
        except (ValueError, RecursionError):
            continue
    cut = text.lstrip("\ufeff \n\r\t").startswith("{") and '"draw"' in plain
    if cut:
        raise InputError("cut off: the end of the file is missing", do="Ask for the file again.")
    raise InputError("no file that a coding sheet saves", do="Was another file put here?")


def _answers(given: list[Any], known: set[str], key: Key) -> tuple[dict[str, dict[str, Any]], int]:
    """Token -> {codes, guess?, seconds} of what can be an answer, and how many others there were."""
    sides = guess_codes(key)
    made: dict[str, dict[str, Any]] = {}
    strangers = 0
    for row in given:
        if not isinstance(row, dict) or str(row.get("id")) not in known or not isinstance(row.get("codes"), dict):
            strangers += 1
            continue
        codes = {}
        for frame, code in row["codes"].items():
            if frame in key.frames and (code is None or (type(code) is int and code in (0, 1))):
                codes[frame] = code
            else:
                strangers += 1
        held: dict[str, Any] = {"codes": codes, "seconds": _seconds(row.get("seconds"))}
        guess = row.get("guess", "")
        if guess is None or (isinstance(guess, str) and guess in sides):
            held["guess"] = None if guess is None else sides[guess]
        elif guess != "":
            strangers += 1
        made[str(row["id"])] = held
    return made, strangers


def _seconds(given: object) -> float | None:
    return float(given) if isinstance(given, int | float) and 0 <= given < 1e6 else None


def _time(given: object) -> str:
    """The time as the file says it, in one form so that times can be compared; "" where it says none."""
    try:
        read = datetime.datetime.fromisoformat(str(given).replace("Z", "+00:00"))
    except ValueError:
        return ""
    if read.tzinfo is None:
        read = read.replace(tzinfo=datetime.UTC)
    return read.astimezone(datetime.UTC).isoformat(timespec="seconds")


def _latest(read: Iterable[_File], key: Key, rows: list[dict[str, Any]]) -> Iterable[_File]:
    """The file to use of each coder; adds a row for each file."""
    by_coder: dict[str, list[_File]] = {}
    for file in read:
        by_coder.setdefault(file.coder, []).append(file)
    for coder in key.sheets:
        sent = sorted(by_coder.get(coder, []), key=lambda f: (f.saved, f.n_coded, f.name), reverse=True)
        for file in sent:
            best, notes = sent[0], list(file.notes)
            state = "used" if file.n_coded == len(key.sheets[coder]) else "part"
            if file is not best and file.answers == best.answers:
                state, notes = "same", [*notes, f"the same codes as {best.name}"]
            elif file is not best:
                state = "older"
                notes.append(f"sheet {coder} came again: {best.name} is later and is used")
                if differing := _differing(file, best):
                    notes.append(f"{count(differing, 'code')} changed in between, or two people at sheet {coder}")
            rows.append(
                {"file": file.name, "coder": coder, "state": state, "n_coded": file.n_coded,
                 "n_passages": len(key.sheets[coder]), "saved": file.saved, "note": "; ".join(notes)}
            )  # fmt: skip
        yield from sent[:1]


def _differing(one: _File, other: _File) -> int:
    """Codes that both give, and give otherwise."""
    return sum(
        code != other.answers[token]["codes"][frame]
        for token, row in one.answers.items()
        for frame, code in row["codes"].items()
        if frame in other.answers.get(token, {"codes": {}})["codes"]
    )


def _code_rows(file: _File, key: Key) -> Iterable[tuple]:
    passage = dict(key.sheets[file.coder])
    for token, row in file.answers.items():
        for frame, code in row["codes"].items():
            yield file.coder, passage[token], frame, code, row["seconds"]


def _guess_rows(file: _File, key: Key) -> Iterable[tuple]:
    passage = dict(key.sheets[file.coder])
    for token, row in file.answers.items():
        if "guess" in row:
            yield file.coder, passage[token], row["guess"], row["seconds"]
