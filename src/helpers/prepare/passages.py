"""Documents -> passages: stretches of whole sentences of about 40-120 words.

The cut of each document is the one of least cost: passages near the wanted length, paragraphs
kept together, voices kept apart. It is found by dynamic programming over the sentences, so that
it depends on nothing but the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from helpers.errors import InputError
from helpers.prepare.leftovers import is_leftover, stretches
from helpers.prepare.paragraphs import paragraphs
from helpers.prepare.voice import quoted_words, words
from helpers.tables import LABELS, PASSAGES, as_documents, as_passages

SHORTEST, LONGEST = 40, 120
"""Words of a passage. What cannot be made into one (a lone paragraph of 30 words) is left out."""

CUT_INSIDE_PARAGRAPH = 0.15
JOIN_SHORT_PARAGRAPHS = 0.03
JOIN_LONG_PARAGRAPHS = 0.60
MIXED_VOICES = 0.50
"""Costs, in units of the squared relative distance from the wanted length."""

_CLAUSE = re.compile(r"(?<=[;:,。；，])\s*")


@dataclass(frozen=True)
class _Sentence:
    start: int
    end: int
    n_words: int
    n_quoted: int
    paragraph: int
    paragraph_words: int


def prepare(documents: pl.DataFrame, *, words: int = 80) -> pl.DataFrame:
    """Cuts documents into passages of about `words` words (40-120 at the most).

    Returns a passages table (helpers.tables.PASSAGES), one row per passage, in the documents' order:
        text, start, end   exactly the document's text[start:end] (Python string offsets)
        quoted_share       share of the passage's words that are quoted or attributed, 0-1
        voice              quoted where quoted_share > 0.5, else outlet
    Bylines, captions and headings are in no passage, and no passage reaches across one; neither are
    remains of fewer than 40 words. Raises InputError where `words` is outside 40-120 or `documents`
    is not a documents table."""
    if not SHORTEST <= words <= LONGEST:
        raise InputError("`words` of prepare", expected=f"{SHORTEST}-{LONGEST}", found=words)
    documents = as_documents(documents)
    rows: dict[str, list] = {
        name: [] for name in ("document_id", "position", "text", "start", "end", "quoted_share", "n_words")
    }
    for document_id, text, language in documents.select("id", "text", "language").iter_rows():
        for position, group in enumerate(_cut(text, language, words)):
            start, end = group[0].start, group[-1].end
            n = sum(s.n_words for s in group)
            rows["document_id"].append(document_id)
            rows["position"].append(position)
            rows["text"].append(text[start:end])
            rows["start"].append(start)
            rows["end"].append(end)
            rows["quoted_share"].append(sum(s.n_quoted for s in group) / n)
            rows["n_words"].append(n)
    made = pl.DataFrame(rows, schema={name: PASSAGES[name].dtype for name in rows})
    made = made.with_columns(
        id=pl.format("{}#{}", "document_id", pl.col("position").cast(pl.String).str.zfill(3)),
        voice=pl.when(pl.col("quoted_share") > 0.5).then(pl.lit("quoted")).otherwise(pl.lit("outlet")),
    )
    labels = documents.select(pl.col("id").alias("document_id"), *LABELS)
    return as_passages(made.join(labels, on="document_id", how="left", maintain_order="left"))


def _cut(text: str, language: str, wanted: int) -> Iterator[list[_Sentence]]:
    for section in _sections(text, language):
        yield from _best_cut(section, wanted)


def _sections(text: str, language: str) -> Iterator[list[_Sentence]]:
    """The sentences that may stand in one passage: those between what is set aside."""
    section: list[_Sentence] = []
    for number, (start, line) in enumerate(paragraphs(text)):
        at = 0
        for offset, part in stretches(line):
            set_aside = is_leftover(part)
            if set_aside or offset > at:
                yield section
                section = []
            if not set_aside:
                section += _sentences(part, start + offset, language, number)
            at = offset + len(part)
        if at < len(line):
            yield section
            section = []
    yield section


def _sentences(line: str, offset: int, language: str, paragraph: int) -> list[_Sentence]:
    from sentencex import segment

    spans, at = [], 0
    for sentence in segment(language, line):
        body = sentence.strip()
        if not body:
            continue
        start = line.index(body, at)
        at = start + len(body)
        spans += _shortened(line, start, at)
    quoted = quoted_words(line, spans)
    lengths = [max(1, words(line[a:b])) for a, b in spans]
    return [
        _Sentence(offset + a, offset + b, n, min(q, n), paragraph, sum(lengths))
        for (a, b), n, q in zip(spans, lengths, quoted, strict=True)
    ]


def _shortened(line: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sentence, or, where it is longer than a passage may be, its clauses, or runs of words."""
    if words(line[start:end]) <= LONGEST:
        return [(start, end)]
    edges = [start + m.end() for m in _CLAUSE.finditer(line[start:end])]
    pieces = _joined(line, start, end, edges)
    if any(words(line[a:b]) > LONGEST for a, b in pieces):
        edges = [start + m.end() for m in re.finditer(r"\s+|(?<=[\u3040-\u9fff])", line[start:end])]
        pieces = _joined(line, start, end, edges)
    return pieces


def _joined(line: str, start: int, end: int, edges: list[int]) -> list[tuple[int, int]]:
    """Cuts [start, end) at some of `edges`, pieces of at most about two thirds of LONGEST words."""
    pieces, a, last = [], start, start
    for edge in [*edges, end]:
        if edge > a and words(line[a:edge]) > LONGEST * 2 // 3 and last > a:
            pieces.append((a, last))
            a = last
        last = edge
    if end > a:
        pieces.append((a, end))
    trimmed = ((p, p + len(line[p:q].rstrip())) for p, q in pieces)
    return [(p, q) for p, q in trimmed if q > p]


def _best_cut(section: list[_Sentence], wanted: int) -> list[list[_Sentence]]:
    """The passages of least total cost; sentences that fit into none are left out at a high cost."""
    n = len(section)
    best = [0.0] + [float("inf")] * n
    came = [(0, False)] * (n + 1)
    for j in range(1, n + 1):
        skip = best[j - 1] + 0.1 * section[j - 1].n_words
        if skip < best[j]:
            best[j], came[j] = skip, (j - 1, False)
        length = quoted = 0
        joints = 0.0
        for i in range(j - 1, -1, -1):
            sentence = section[i]
            length += sentence.n_words
            quoted += sentence.n_quoted
            if length > LONGEST:
                break
            if i < j - 1:
                joints += _joint(sentence, section[i + 1])
            if length < SHORTEST:
                continue
            share = quoted / length
            cost = ((length - wanted) / wanted) ** 2 + joints + MIXED_VOICES * 4 * share * (1 - share)
            if i > 0 and section[i - 1].paragraph == sentence.paragraph:
                cost += CUT_INSIDE_PARAGRAPH
            if best[i] + cost < best[j]:
                best[j], came[j] = best[i] + cost, (i, True)
    passages, j = [], n
    while j > 0:
        i, kept = came[j]
        if kept:
            passages.append(section[i:j])
        j = i
    return passages[::-1]


def _joint(left: _Sentence, right: _Sentence) -> float:
    if left.paragraph == right.paragraph:
        return 0.0
    both_stand = min(left.paragraph_words, right.paragraph_words) >= SHORTEST
    return JOIN_LONG_PARAGRAPHS if both_stand else JOIN_SHORT_PARAGRAPHS
