"""What an analysis returns: a frozen dataclass with `.table` and the settings that made it.

`@result` makes such a class; `@shows(Class)` in helpers.charts registers how it is shown in a
notebook, so that no analysis imports a chart; `@remembered` keeps results on disk (Parquet and
JSON, never pickle), keyed by inputs, settings and the code's own version.
"""

import dataclasses
import functools
import hashlib
import inspect
import json
import os
import tempfile
from collections.abc import Callable
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
    """sha256 (hex) of a table's content, an array, or anything that JSON can hold.

    Embeddings do not enter by value: a table's vectors are told by `encoder` and text, which
    do. Tables are hashed by rows in their order and by column name and type.
    """
    digest = hashlib.sha256()
    if isinstance(value, pl.DataFrame):
        for name in value.columns:
            digest.update(f"{name}:{value.schema[name]};".encode())
        numbers = [
            pl.col(name).cast(pl.Array(pl.Float32, t.size)).arr.to_list() if isinstance(t, pl.Array) else pl.col(name)
            for name, t in value.schema.items()
        ]
        if value.width and value.height:
            digest.update(value.select(numbers).hash_rows(seed=7).to_numpy().tobytes())
    elif isinstance(value, np.ndarray):
        digest.update(f"{value.dtype}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            digest.update(f"{field.name}={fingerprint(getattr(value, field.name))};".encode())
    else:
        digest.update(json.dumps(value, sort_keys=True, default=str).encode())
    return digest.hexdigest()


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
    """Writes into a folder beside, then renames: a killed process leaves no half entry."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    plain: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as scratch:
        there = Path(scratch) / "entry"
        there.mkdir()
        for field in dataclasses.fields(shown):
            value = getattr(shown, field.name)
            if isinstance(value, pl.DataFrame):
                value.write_parquet(there / f"{field.name}.parquet")
            elif isinstance(value, np.ndarray):
                np.save(there / f"{field.name}.npy", value, allow_pickle=False)
            else:
                plain[field.name] = value
        text = json.dumps(plain, ensure_ascii=False)
        (there / "settings.json").write_text(text, encoding="utf-8")
        try:
            os.replace(there, folder)
        except OSError:
            return  # another process was first, or the disk is full: the result itself is at hand


def _load(folder: Path, made: Any) -> Any:
    try:
        plain = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        for path in folder.glob("*.parquet"):
            plain[path.stem] = pl.read_parquet(path)
        for path in folder.glob("*.npy"):
            plain[path.stem] = np.load(path, allow_pickle=False)
        return made(**{n: tuple(v) if isinstance(v, list) else v for n, v in plain.items()})
    except (OSError, ValueError, TypeError, pl.exceptions.PolarsError):
        return None
