"""Where a shared run of words stands in its document, and whether it stands there in quotation marks.

A passage is mostly one voice, a run of ten words in it may be the other: so quotations are looked up in the
document, where they begin and end.
"""

import re

import numpy as np
import polars as pl

from helpers.analyse.echo_pairs import Pairs, word_spans
from helpers.analyse.echo_rows import Rows
from helpers.prepare.paragraphs import paragraphs
from helpers.prepare.voice import attributed, quotations

_OPENED = re.compile(r"[\"“„«]\s*$")
_CLOSED = re.compile(r"^[.,!?…]{0,2}\s?[\"”»]")

_CREDIT = re.compile(r"\bphotos?\s?[/:]|REUTERS/|AFP/|Getty Images|\bvia (?:REUTERS|AP)\b", re.IGNORECASE)
_CREDIT_WITHIN = 120
"""Characters after a run."""


def run_spans(rows: Rows, pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """(pairs, 2) start and end (characters of the passage) of each run, in i and in j."""
    used = np.unique(np.concatenate([pairs.i, pairs.j]))
    words = word_spans(rows.table["text"][used.tolist()])
    begin = np.searchsorted(words["row"].to_numpy(), np.arange(len(used)))
    start, end = words["start"].to_numpy(), words["end"].to_numpy()
    made = []
    for row, at in ((pairs.i, pairs.at_i), (pairs.j, pairs.at_j)):
        first = begin[np.searchsorted(used, row)] + at
        last = first + pairs.words - 1
        made.append(np.stack([start[first], end[last]], axis=1) if len(first) else np.zeros((0, 2), dtype=np.int64))
    return made[0], made[1]


def in_captions(rows: Rows, row: np.ndarray, spans: np.ndarray) -> np.ndarray:
    """Whether each span holds the credit of a picture, or is followed by one on its line: agencies' captions are
    printed with the pictures, and nobody says anything in them."""
    texts = rows.table["text"]
    lines = [
        texts[r][a : b + _CREDIT_WITHIN].split("\n")[0] for r, (a, b) in zip(row.tolist(), spans.tolist(), strict=True)
    ]
    return np.array([_CREDIT.search(line) is not None for line in lines], dtype=bool)


def quoted_runs(rows: Rows, row: np.ndarray, spans: np.ndarray, documents: pl.DataFrame | None) -> np.ndarray:
    """Whether more than half of each span (characters of passage `row`) is quoted or in a sentence that reports what
    somebody said, or the span begins or ends at a quotation mark, for marks go astray where paragraphs are glued.
    Without `documents` (id, text, language) only the passage is looked at, and a quotation that begins before it is
    missed."""
    table, names = rows.table, rows.documents["document_id"]
    texts: dict[str, str] = {}
    if documents is not None:
        wanted = names[np.unique(rows.document[row]).tolist()]
        texts = dict(documents.filter(pl.col("id").is_in(wanted.implode())).select("id", "text").iter_rows())
    offset, passage, name = table["start"], table["text"], table["document_id"]
    language = table["language"] if "language" in table.columns else None
    known: dict[object, list[tuple[int, int]]] = {}
    made = np.zeros(len(row), dtype=bool)
    for k, (r, (start, end)) in enumerate(zip(row.tolist(), spans.tolist(), strict=True)):
        whole = texts.get(name[r])
        key = name[r] if whole is not None else r
        if key not in known:
            known[key] = quoted_spans(
                whole if whole is not None else passage[r], language[r] if language is not None else "en"
            )
        shift = offset[r] if whole is not None else 0
        a, b = start + shift, end + shift
        inside = sum(max(0, min(b, last) - max(a, first)) for first, last in known[key])
        text = passage[r]
        at_mark = _OPENED.search(text[max(0, start - 4) : start]) or _CLOSED.match(text[end : end + 4])
        made[k] = inside > (b - a) / 2 or at_mark is not None
    return made


def quoted_spans(text: str, language: str) -> list[tuple[int, int]]:
    """The stretches (characters) of a text that are not its own voice, none twice: quotations, and sentences that
    report what somebody said."""
    from sentencex import segment

    found: list[tuple[int, int]] = []
    for offset, line in paragraphs(text):
        found += [(offset + a, offset + b) for a, b in quotations(line)]
        at = 0
        for sentence in segment(language, line):
            start = line.find(sentence, at)
            if start < 0:
                continue
            at = start + len(sentence)
            if attributed(sentence):
                found.append((offset + start, offset + at))
    merged: list[tuple[int, int]] = []
    for a, b in sorted(found):
        if merged and a <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(b, merged[-1][1]))
        else:
            merged.append((a, b))
    return merged
