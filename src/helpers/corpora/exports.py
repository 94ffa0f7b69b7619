"""Recognises exports of news databases, whose one file holds many articles, whatever the file's kind.

Each database has a module (nexis, factiva, proquest) with one function: lines in, articles out, None where the lines
are no export of it. Layouts are those that users of other readers describe; databases change them without notice, so
what was not understood is listed, never dropped in silence.
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from helpers.corpora.lines import Lines

Article = dict[str, Any]
"""Roles (columns of `documents`) of one article as they stand in the export; text None where it holds none."""


@dataclass(frozen=True)
class Export:
    """The articles of one export, in order, and those that could not be used: number, reason, how it begins."""

    database: str
    columns: dict[str, str]
    articles: list[tuple[int, Article]] = field(default_factory=list)
    bad: list[tuple[int, str, str]] = field(default_factory=list)


def export_in(lines: Lines) -> Export | None:
    """The export that `lines` are, or None."""
    from helpers.corpora.factiva import factiva
    from helpers.corpora.nexis import nexis
    from helpers.corpora.proquest import proquest

    plain = dataclasses.replace(lines, lines=[line.replace("\xa0", " ").strip(" ") for line in lines.lines])
    for reader in (nexis, factiva, proquest):
        if (found := reader(plain)) is not None:
            return found
    return None
