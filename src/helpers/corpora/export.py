"""What an export of a news database holds, once its reader (nexis, factiva, proquest) has understood it."""

from dataclasses import dataclass, field
from typing import Any

Article = dict[str, Any]
"""Roles (columns of `documents`) of one article as they stand in the export; text None where it holds none."""


@dataclass(frozen=True)
class Export:
    """The articles of one export, in order, and those that could not be used: number, reason, how it begins."""

    database: str
    columns: dict[str, str]
    articles: list[tuple[int, Article]] = field(default_factory=list)
    bad: list[tuple[int, str, str]] = field(default_factory=list)
