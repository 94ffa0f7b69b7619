"""The data of a page: charts as JSON that holds each column once, and that no text in it can break out of.

A page keeps one island, `{"columns": {...}, "datasets": {...}, "figures": [...], "config": ...}`. A dataset names its
columns by a hash of their values, so that ten charts over the same passages share one copy.
"""

import hashlib
import itertools
import json
import math
from collections.abc import Iterable
from typing import Any

from helpers.html import clean, clip

DIGITS = 6
"""Significant digits kept of a drawn number; the table and the download have all."""
LONGEST = 5_000
"""Characters kept of a string that a chart draws or tells; far more than can be read there."""
DROPPED = ("datasets", "usermeta", "$schema")
"""Left out of a specification: lifted, or (usermeta) able to change how the page embeds it."""


class Island:
    """Filled while a page is put together; `text()` is what its script reads."""

    def __init__(self, *, config: dict[str, Any]) -> None:
        self.config = config
        self.columns: dict[str, Any] = {}
        self.datasets: dict[str, Any] = {}
        self.figures: list[dict[str, Any]] = []

    def add(self, spec: dict[str, Any], *, name: str, csv: str | None = None, reading: Any = None) -> int:
        """Takes in a Vega-Lite specification and the CSV beside it; returns the figure's number on the page.
        `name` of its file; a number is put to one that is taken. `reading`: passages behind it, as
        helpers.charts.linked.Reading has them."""
        datasets = spec.get("datasets") or {}
        for key, rows in datasets.items():
            self.datasets[key] = self._lift(rows)
        taken = {figure["name"] for figure in self.figures}
        name = next(one for n in itertools.count(1) if (one := name if n == 1 else f"{name}-{n}") not in taken)
        rest = cleaned({key: value for key, value in spec.items() if key not in DROPPED})
        if rest.get("config") == self.config:
            del rest["config"]
        figure = {"spec": rest, "datasets": sorted(datasets), "name": name, "csv": csv}
        if reading:
            held = f"reading {len(self.figures)}"
            self.datasets[held] = self._lift(reading["rows"])
            figure["reading"] = cleaned(reading | {"rows": held})
        self.figures.append(figure)
        return len(self.figures) - 1

    def text(self) -> str:
        """The island as JSON that is inert inside a script element."""
        held = {name: getattr(self, name) for name in ("columns", "datasets", "figures", "config")}
        return inert(held)

    def _lift(self, rows: list[Any]) -> dict[str, Any]:
        if not rows or not all(isinstance(row, dict) for row in rows):
            return {"rows": cleaned(rows)}
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns = {}
        for name in names:
            column = _packed(_plain(row.get(name)) for row in rows)
            key = hashlib.sha256(inert(column).encode()).hexdigest()[:12]
            self.columns[key] = column
            columns[clean(name)] = key
        return {"length": len(rows), "columns": columns}


def inert(value: Any) -> str:
    """`value` as JSON without a character that HTML could read as markup."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def cleaned(value: Any, *, longest: int = LONGEST) -> Any:
    """`value` (of JSON) with every string, also of keys, as `html.clean` leaves it, cut to `longest` characters, and
    every number finite."""
    if isinstance(value, dict):
        return {clean(key): cleaned(held, longest=longest) for key, held in value.items()}
    if isinstance(value, list):
        return [cleaned(held, longest=longest) for held in value]
    if isinstance(value, str):
        return clip(clean(value), longest)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    return cleaned(value)


def _packed(values: Iterable[Any]) -> dict[str, Any]:
    """A column: its values, or, where strings repeat, the distinct ones and a code for each row."""
    held = list(values)
    strings = [value for value in held if isinstance(value, str)]
    distinct = list(dict.fromkeys(strings))
    if len(strings) < len(held) or 2 * len(distinct) > len(strings):
        return {"values": held}
    code = {value: number for number, value in enumerate(distinct)}
    return {"distinct": distinct, "codes": [code[value] for value in held]}
