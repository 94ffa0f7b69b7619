"""What stands on each coder's sheet, and the key that leads back from it.

A sheet knows nothing of where a passage comes from: its passages carry random tokens, other ones on every sheet, and
only the teacher's key says which passage a token stands for. The tokens are random and not made from the seed, because
a student who has the study could make those again.
"""

import datetime
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from helpers.analyse.frames import Frames
from helpers.codebook import Codebook, Frame
from helpers.errors import InputError
from helpers.sides import looks
from helpers.tables import need

VERSION = 1
MOST_FRAMES = 4
"""Frames on a sheet where none are named: more than a class can hold in mind for half an hour."""
WORDS_A_MINUTE = 200
SECONDS_A_FRAME, SECONDS_A_GUESS = 6, 6
"""For the estimate of how long a sheet takes; the sheets measure what it took."""


@dataclass(frozen=True)
class Key:
    """What the teacher keeps: which passage each token of each sheet stands for.

    draw      a random name of this draw; every file that comes back carries it
    made      the day, ISO
    frames    names of the frames that are coded
    sides     names of the sides, in the order of the buttons: the guess "s1" is the first of them
    settings  coders, common, own, seed: what made the draw
    sheets    coder -> (token, passage id), in the order of the sheet
    """

    study: str
    draw: str
    made: str
    frames: tuple[str, ...]
    sides: tuple[str, ...]
    settings: dict[str, Any]
    sheets: dict[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Sheet:
    """One coder's sheet as its page shows it: nothing in it says where a passage comes from.

    passages  (token, masked text, language), in order
    guesses   (what the file says, what the button says)
    minutes   how long it takes, an estimate
    """

    coder: str
    draw: str
    passages: tuple[tuple[str, str, str], ...]
    frames: tuple[Frame, ...]
    guesses: tuple[tuple[str, str], ...]
    minutes: int
    constructed: bool


def choose_frames(found: Frames, *, wanted: Sequence[str] = (), most: int = MOST_FRAMES) -> tuple[str, ...]:
    """The frames to code, in the codebook's order: those `wanted` ("all": every one but the controls), else the
    `most` on which two sides differ most by the machine. Raises InputError where the codebook has no such frame."""
    frames = found.codebook.frames
    plain = [name for name, frame in frames.items() if not frame.control]
    if list(wanted) == ["all"]:
        return tuple(plain)
    unknown = [name for name in wanted if name not in frames]
    if unknown:
        raise InputError(f"no frame {unknown[0]!r}", where=found.codebook.path, expected=", ".join(plain), do="Or: all")
    if wanted:
        return tuple(name for name in frames if name in wanted)
    size = pl.col("standardised").abs().max()
    table = found.contrasts.table.group_by("value").agg(size).sort("standardised", "value", descending=[True, False])
    largest = [value.removeprefix("frame_") for value in table["value"] if value.removeprefix("frame_") in plain]
    return tuple(name for name in plain if name in largest[:most])


def new_key(drawn: pl.DataFrame, *, study: str, frames: Sequence[str], sides: Sequence[str], settings: dict) -> Key:
    """A key with fresh random tokens for a sample's table (columns coder, id, position)."""
    need(drawn, ["coder", "id", "position"], where="sample", do="Pass the table of draw().")
    taken: set[str] = set()
    sheets: dict[str, tuple[tuple[str, str], ...]] = {}
    ordered = drawn.sort(pl.col("coder").str.len_chars(), "coder", "position")
    for coder, rows in ordered.group_by("coder", maintain_order=True):
        sheets[str(coder[0])] = tuple((_token(taken), str(passage)) for passage in rows["id"])
    day = datetime.date.today().isoformat()
    return Key(study, secrets.token_hex(6), day, tuple(frames), tuple(looks(sides)), dict(settings), sheets)


def write_key(key: Key, path: Path) -> None:
    """Writes the key as JSON."""
    held = {"what": "key of a draw of coding sheets; for the teacher alone", "version": VERSION, **asdict(key)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def read_key(path: Path) -> Key:
    """The key in that file. Raises InputError where there is none, or it is not as `write_key` made it."""
    try:
        held = json.loads(path.read_text(encoding="utf-8-sig"))
        if held.pop("version") != VERSION:
            raise ValueError("of another version")
        held.pop("what")
        sheets = {str(c): tuple((str(t), str(i)) for t, i in rows) for c, rows in held.pop("sheets").items()}
        frames, sides = tuple(map(str, held.pop("frames"))), tuple(map(str, held.pop("sides")))
        return Key(**held, frames=frames, sides=sides, sheets=sheets)
    except FileNotFoundError:
        raise InputError("no sheets were drawn here", where=path, do="`workbench seminar sheet STUDY` first.") from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(
            "not the key of a draw", where=path, found=error, do="Put the file back as `seminar sheet` wrote it."
        ) from None


def sheets(key: Key, passages: pl.DataFrame, codebook: Codebook) -> list[Sheet]:
    """The sheets of a key, one a coder. `passages`: those drawn, with the column `masked` (helpers.seminar.masking).

    Raises InputError where a passage or a frame of the key is not there: texts or codebook have changed."""
    need(passages, ["id", "masked", "n_words"], where="passages", do="Run mask_passages first.")
    held = {row["id"]: row for row in passages.iter_rows(named=True)}
    absent = [i for rows in key.sheets.values() for _, i in rows if i not in held]
    gone = [name for name in key.frames if name not in codebook.frames]
    if absent or gone:
        raise InputError(
            f"{'passage' if absent else 'frame'} {(absent or gone)[0]!r} of the key is not there any more",
            where=f"study {key.study}",
            do="The corpus or the codebook has changed since the draw. Draw again with --fresh.",
        )
    frames = tuple(_for_readers(codebook.frames[name], codebook) for name in key.frames)
    guesses = tuple((code, looks(key.sides)[side].name) for code, side in guess_codes(key).items())
    made = []
    for coder, rows in key.sheets.items():
        chosen = [held[passage] for _, passage in rows]
        texts = tuple(
            (token, row["masked"], row.get("language") or "") for (token, _), row in zip(rows, chosen, strict=True)
        )
        minutes = minutes_for([row["n_words"] for row in chosen], n_frames=len(frames))
        made.append(
            Sheet(coder, key.draw, texts, frames, guesses, minutes, any(row.get("constructed") for row in chosen))
        )
    return made


def guess_codes(key: Key) -> dict[str, str]:
    """What a file says for a guess -> the side: {"s1": "state_media", ...}."""
    return {f"s{number}": side for number, side in enumerate(key.sides, 1)}


def minutes_for(words: Sequence[int], *, n_frames: int) -> int:
    """Minutes that passages of so many words take to read, code and guess; an estimate, rounded up."""
    seconds = sum(60 * n / WORDS_A_MINUTE + n_frames * SECONDS_A_FRAME + SECONDS_A_GUESS for n in words)
    return max(1, int(-(-seconds // 60)))


def _for_readers(frame: Frame, codebook: Codebook) -> Frame:
    """`frame` with other frames called by their labels where its include and exclude lines refer to them."""
    labels = {f"({name})": f"({other.label})" for name, other in codebook.frames.items()}

    def line(text: str) -> str:
        return re.sub(r"\([a-z][a-z0-9_]*\)", lambda found: labels.get(found[0], found[0]), text)

    include, exclude = (tuple(map(line, lines)) for lines in (frame.include, frame.exclude))
    return replace(frame, include=include, exclude=exclude)


def _token(taken: set[str]) -> str:
    """A token that no other passage of this draw has."""
    while (made := secrets.token_hex(4)) in taken:
        pass
    taken.add(made)
    return made
