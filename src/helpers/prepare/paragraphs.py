"""A document's paragraphs, with their offsets: lines, or hard-wrapped lines joined again."""

import re
from collections.abc import Iterator
from statistics import median

FEWEST_LINES = 8
NARROW = 18
"""Words. A document of at least FEWEST_LINES lines, most of them under NARROW words and without
the end of a sentence, was wrapped by a typesetter: its lines are no paragraphs."""

_SENTENCE_END = re.compile(r"[.!?…。！？][\"”’')\]»]*\s*$")


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """(offset, paragraph) in order. A paragraph of joined lines has spaces for its line breaks, so
    that every offset into it is one into the document."""
    lines = list(_lines(text))
    filled = [line for _, line in lines if line.strip()]
    if not _wrapped(filled):
        yield from ((start, line) for start, line in lines if line.strip())
        return
    width = median(len(line) for line in filled)
    begun: int | None = None
    for start, line in lines:
        blank = not line.strip()
        if begun is None:
            begun = None if blank else start
        end = start + len(line)
        if begun is not None and (blank or (_SENTENCE_END.search(line) and len(line) < 0.75 * width)):
            yield begun, text[begun:end].replace("\n", " ").replace("\r", " ")
            begun = None
    if begun is not None:
        yield begun, text[begun:].replace("\n", " ").replace("\r", " ")


def _wrapped(filled: list[str]) -> bool:
    if len(filled) < FEWEST_LINES:
        return False
    narrow = median(len(line.split()) for line in filled) < NARROW
    ends = sum(_SENTENCE_END.search(line) is not None for line in filled)
    return narrow and ends / len(filled) < 0.4


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        start += len(line)
