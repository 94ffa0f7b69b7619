"""What an analysis returns: a frozen dataclass with `.table` and the settings that made it.

`@result` makes such a class; `@shows(Class)` in helpers.charts registers how it is shown in a
notebook, so that no analysis imports a chart; `@remembered` keeps results on disk (Parquet and
JSON, never pickle), keyed by inputs, settings and the code's own version.
"""

import contextlib
import dataclasses
import functools
import hashlib
import inspect
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, dataclass_transform

import numpy as np
import polars as pl

from helpers import html
from helpers.paths import cache_folder

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R")

_SHOWN: dict[type, Callable[[Any], str]] = {}


@dataclass_transform(frozen_default=True, eq_default=False)
def result(cls: type[T]) -> type[T]:
    """A frozen dataclass that shows itself in a notebook as registered with `shows`."""
    made = dataclasses.dataclass(frozen=True, eq=False)(cls)
    made._repr_html_ = _as_html  # type: ignore[attr-defined]
    return made


def shows(cls: type[T]) -> Callable[[Callable[[T], str]], Callable[[T], str]]:
    """Registers a function result -> safe HTML as the way results of `cls` show themselves."""

    def register(function: Callable[[T], str]) -> Callable[[T], str]:
        _SHOWN[cls] = function
        return function

    return register


def _as_html(shown: Any) -> str:
    if type(shown) in _SHOWN:
        return html.cell(_SHOWN[type(shown)](shown))
    return f"<pre>{html.escape(repr(shown))}</pre>"


def fingerprint(value: Any) -> str:
    """sha256 (hex) of the content of a table, an array, a dataclass, or anything that JSON can hold, also
    nested in lists and mappings.

    Tables are hashed by name, type and values of every column, embeddings included, and by the order of
    their rows; nothing is shortened. Other objects go by their `str`."""
    digest = hashlib.sha256()
    if isinstance(value, pl.DataFrame):
        for name in value.columns:
            digest.update(f"{name}:{value.schema[name]};".encode())
        columns = [pl.col(n).arr.to_list() if isinstance(t, pl.Array) else pl.col(n) for n, t in value.schema.items()]
        if value.width and value.height:
            digest.update(value.select(columns).hash_rows(seed=7).to_numpy().tobytes())
    elif isinstance(value, pl.Series):
        digest.update(fingerprint(value.to_frame()).encode())
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype}{value.shape}".encode())
        # An array of objects holds addresses, which are other ones tomorrow.
        held = fingerprint(value.tolist()).encode() if value.dtype.hasobject else np.ascontiguousarray(value).tobytes()
        digest.update(held)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            digest.update(f"{field.name}={fingerprint(getattr(value, field.name))};".encode())
    else:
        digest.update(_as_json(value).encode())
    return digest.hexdigest()


def _as_json(value: Any) -> str:
    """Plain values as they are; what JSON cannot hold by the fingerprints of its parts."""
    try:
        return json.dumps(value, sort_keys=True)
    except (TypeError, ValueError):
        pass
    if isinstance(value, Mapping):
        return json.dumps(sorted([fingerprint(key), fingerprint(held)] for key, held in value.items()))
    if isinstance(value, list | tuple):
        return json.dumps([fingerprint(held) for held in value])
    if isinstance(value, set | frozenset):
        return json.dumps(sorted(fingerprint(held) for held in value))
    return json.dumps(str(value))


@functools.cache
def code_version() -> str:
    """sha256 (first 16 hex digits) of every Python file of this package."""
    digest = hashlib.sha256()
    root = Path(__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """Keeps what `function` returns (a `@result`) in the user's cache and returns it from there
    when inputs, settings and code are the same. A damaged entry is computed again."""
    made = inspect.signature(function).return_annotation
    if not dataclasses.is_dataclass(made):
        raise TypeError(f"{function.__name__} must be annotated to return a result class")

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        given = inspect.signature(function).bind(*args, **kwargs)
        given.apply_defaults()
        key = fingerprint(
            [code_version(), function.__qualname__, {n: fingerprint(v) for n, v in given.arguments.items()}]
        )
        folder = cache_folder() / "results" / function.__name__ / key[:32]
        kept = _load(folder, made)
        if kept is not None:
            return kept
        fresh = function(*args, **kwargs)
        _save(folder, fresh)
        return fresh

    return wrapper


def _save(folder: Path, shown: Any) -> None:
    """Writes into a folder beside, then renames: a killed process leaves no half entry. Where the disk
    is full or another process was first, nothing is kept: the result itself is at hand."""
    with contextlib.suppress(OSError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as scratch:
            there = Path(scratch) / "entry"
            there.mkdir()
            _write(there, shown)
            if folder.exists():  # it was damaged, else it had been read
                folder.replace(Path(scratch) / "damaged")
            there.replace(folder)


def _write(there: Path, shown: Any) -> None:
    plain: dict[str, Any] = {}
    for field in dataclasses.fields(shown):
        value = getattr(shown, field.name)
        if isinstance(value, pl.DataFrame):
            value.write_parquet(there / f"{field.name}.parquet")
        elif isinstance(value, np.ndarray):
            np.save(there / f"{field.name}.npy", value, allow_pickle=False)
        else:
            plain[field.name] = value
    sums = {path.name: _sha256(path) for path in sorted(there.iterdir())}
    settings = json.dumps(plain, ensure_ascii=False)
    entry = {"settings": settings, "sha256": {**sums, "settings": fingerprint(settings)}}
    (there / "settings.json").write_text(json.dumps(entry, ensure_ascii=False), encoding="utf-8")


def _load(folder: Path, made: Any) -> Any:
    """The result kept in `folder`, or None where there is none or a byte of it has changed."""
    try:
        entry = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        sums = entry["sha256"]
        if sums.pop("settings") != fingerprint(entry["settings"]):
            return None
        plain = {name: _as_tuples(value) for name, value in json.loads(entry["settings"]).items()}
        for name, expected in sums.items():
            path = folder / name
            if _sha256(path) != expected:
                return None
            plain[path.stem] = pl.read_parquet(path) if path.suffix == ".parquet" else np.load(path, allow_pickle=False)
        return made(**plain)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, pl.exceptions.PolarsError):
        return None


def _as_tuples(value: Any) -> Any:
    return tuple(_as_tuples(held) for held in value) if isinstance(value, list) else value


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
