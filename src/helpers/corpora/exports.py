"""Recognises exports of news databases, whose one file holds many articles, whatever the file's kind.

Each database has a module (nexis, factiva, proquest) with one function: lines in, articles out, None where the lines
are no export of it. Layouts are those that users of other readers describe; databases change them without notice, so
what was not understood is listed, never dropped in silence.
"""

import dataclasses

from helpers.corpora.export import Export
from helpers.corpora.factiva import factiva
from helpers.corpora.lines import Lines
from helpers.corpora.nexis import nexis
from helpers.corpora.proquest import proquest


def export_in(lines: Lines) -> Export | None:
    """The export that `lines` are, or None."""
    plain = dataclasses.replace(lines, lines=[line.replace("\xa0", " ").strip(" ") for line in lines.lines])
    for reader in (nexis, factiva, proquest):
        if (found := reader(plain)) is not None:
            return found
    return None
