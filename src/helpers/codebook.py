"""A codebook: the YAML file that defines frames by examples, read into frozen dataclasses."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from helpers.errors import InputError
from helpers.paths import data_folder

FEWEST_EXAMPLES = 6


@dataclass(frozen=True)
class Frame:
    """A way of presenting an issue. `control`: a negative control, which no side should carry more of."""

    name: str
    label: str
    definition: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    examples: tuple[str, ...]
    counter_examples: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    control: bool = False


@dataclass(frozen=True)
class Axis:
    """A bipolar axis: statements of the low pole against statements of the high pole."""

    name: str
    label: str
    low_label: str
    low: tuple[str, ...]
    high_label: str
    high: tuple[str, ...]


@dataclass(frozen=True)
class Codebook:
    """The frames and axes of one file, in its order. `background`: statements that carry no frame, in the
    registers of the corpus; what they have in common is taken out of every score."""

    name: str
    path: str
    frames: dict[str, Frame]
    axes: dict[str, Axis]
    background: tuple[str, ...] = ()

    def labels(self) -> dict[str, str]:
        """Column frame_<name> -> the frame's label."""
        return {f"frame_{name}": frame.label for name, frame in self.frames.items()}

    def columns(self, *, control: bool) -> list[str]:
        """Score columns of the control frames, or of all others."""
        return [f"frame_{name}" for name, frame in self.frames.items() if frame.control == control]


def open_codebook(name: str | Path, *, near: Path | None = None) -> Codebook:
    """The codebook of that name in data/codebooks, or at that path (relative paths: beside `near`).

    Raises InputError naming the frame and what it lacks."""
    places = [Path(name), data_folder() / "codebooks" / name]
    if near is not None:
        places.insert(0, near.parent / name)
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        known = ", ".join(p.name for p in sorted((data_folder() / "codebooks").glob("*.yml")))
        raise InputError("no such codebook", where=name, expected=known, do="Check `codebook:` of the study.")
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark else path
        raise InputError(
            "not valid YAML",
            where=where,
            found=getattr(error, "problem", error),
            do="Check quotes and indentation there.",
        ) from None
    if not isinstance(given, dict) or not isinstance(given.get("frames"), dict) or not given["frames"]:
        raise InputError("a codebook has a key `frames:` with at least one frame", where=path, do="See governance.yml.")
    frames = {str(key): _frame(str(key), value, path) for key, value in given["frames"].items()}
    axes = {str(key): _axis(str(key), value, path) for key, value in (given.get("axes") or {}).items()}
    return Codebook(str(given.get("name", path.stem)), path.name, frames, axes, _texts(given, "background", str(path)))


def _frame(name: str, given: Any, path: Path) -> Frame:
    where = f"{path}, frame {name!r}"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise InputError("a frame's name is in small letters, digits and _", where=where)
    if not isinstance(given, dict):
        raise InputError("a frame is a list of `key: value` lines", where=where, found=repr(given))
    examples = _texts(given, "examples", where)
    if len(examples) < FEWEST_EXAMPLES:
        raise InputError(
            "too few examples",
            where=where,
            expected=f"at least {FEWEST_EXAMPLES}",
            found=len(examples),
            do="Write more, in your own words.",
        )
    keywords = _texts(given, "keywords", where)
    for word in keywords:
        try:
            re.compile(word)
        except re.error as error:
            raise InputError(f"keyword {word!r} is no regular expression", where=where, found=error) from None
    for key in ("label", "definition"):
        if not isinstance(given.get(key), str):
            raise InputError(f"`{key}` is absent", where=where, do="Add it: readers see it beside every score.")
    return Frame(
        name,
        given["label"],
        given["definition"],
        _texts(given, "include", where),
        _texts(given, "exclude", where),
        examples,
        _texts(given, "counter_examples", where),
        keywords,
        bool(given.get("control", False)),
    )


def _axis(name: str, given: Any, path: Path) -> Axis:
    where = f"{path}, axis {name!r}"
    try:
        low, high = given["low"], given["high"]
        return Axis(
            name,
            given["label"],
            low["label"],
            _texts(low, "examples", where),
            high["label"],
            _texts(high, "examples", where),
        )
    except (KeyError, TypeError) as error:
        raise InputError(
            "an axis has label, low and high, each pole label and examples", where=where, found=error
        ) from None


def _texts(given: dict, key: str, where: str) -> tuple[str, ...]:
    value = given.get(key) or []
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise InputError(f"`{key}` is a list of texts", where=where, found=repr(value)[:80])
    return tuple(v.strip() for v in value)
