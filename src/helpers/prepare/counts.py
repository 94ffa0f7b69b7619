"""Texts -> how often each word and each two-word phrase stands in each of their groups."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from helpers.prepare.spelling import one_spelling
from helpers.prepare.tokens import token_table

if TYPE_CHECKING:
    from scipy.sparse import csr_array

KINDS = ("word", "phrase")
"""A phrase is two words with no punctuation between."""


@dataclass(frozen=True, eq=False)
class TermCounts:
    """matrix   (groups, terms) float64, the sums of weights
    terms    term, kind; sorted by kind (words first) and term
    totals   (groups, 2): all words, and all phrases, of each group, rare ones too
    """

    matrix: "csr_array"
    terms: pl.DataFrame
    totals: np.ndarray

    @property
    def kind(self) -> np.ndarray:
        """(terms,) 0 for a word, 1 for a phrase: the column of `totals` that is the term's own."""
        return (self.terms["kind"] == KINDS[1]).to_numpy().astype(np.intp)


def count_terms(
    passages: pl.DataFrame, group: np.ndarray, *, weight: np.ndarray, unit: np.ndarray, least: int = 1
) -> TermCounts:
    """Counts terms of `passages` (columns `text`, `language`) by `group` (0, 1, ..., of each passage).

    `weight`: what an occurrence in each passage counts. Terms in fewer than `least` different units
    (`unit`: 0, 1, ..., of each group) get no column; the totals have all. Spellings of one word are one term."""
    from scipy.sparse import csr_array

    table = token_table(passages)
    words = table.filter(~pl.col("ends_phrase"))["token"].unique().sort()
    spelled = one_spelling(words)
    numbers = pl.DataFrame({"token": words, "spelled": spelled})
    words = spelled.unique().sort()
    codes_of = pl.DataFrame({"spelled": words, "code": np.arange(len(words))})
    numbers = numbers.join(codes_of, on="spelled", how="left", maintain_order="left").select("token", "code")
    codes = table.join(numbers, on="token", how="left", maintain_order="left")["code"].fill_null(-1).to_numpy()
    row = table["row"].to_numpy()
    joined = (row[1:] == row[:-1]) & (codes[1:] >= 0) & (codes[:-1] >= 0)
    n_groups, all_differ = len(unit), len(np.unique(unit)) == len(unit)
    occurrences = (
        (codes[codes >= 0], row[codes >= 0]),
        (codes[:-1][joined] * len(words) + codes[1:][joined], row[1:][joined]),
    )
    cells, terms, totals, first = [], [], [], 0
    for kind, (code, at) in zip(KINDS, occurrences, strict=True):
        totals.append(np.bincount(group[at], weight[at], minlength=n_groups))
        cell, n = _summed(code * n_groups + group[at], weight[at])
        kept = _frequent(cell // n_groups, None if all_differ else unit[cell % n_groups], least)
        column = np.searchsorted(kept, cell // n_groups).clip(max=max(len(kept) - 1, 0))
        there = kept[column] == cell // n_groups if len(kept) else np.zeros(len(cell), dtype=bool)
        cells.append((n[there], (cell % n_groups)[there], column[there] + first))
        terms.append(_names(kept, words, kind))
        first += len(kept)
    n, rows, columns = (np.concatenate(part) for part in zip(*cells, strict=True))
    matrix = csr_array((n, (rows, columns)), shape=(n_groups, first))
    matrix.sort_indices()
    return TermCounts(matrix, pl.concat(terms), np.stack(totals, axis=1))


def _summed(keys: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different keys in order, and the sum of the weights of each."""
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[begins], np.add.reduceat(weights[order], begins) if len(begins) else weights[:0]


def _frequent(code: np.ndarray, unit: np.ndarray | None, least: int) -> np.ndarray:
    """The codes, sorted, that stand in at least `least` units; `code` is sorted, `unit` None where each cell of a
    code is another unit."""
    begins = np.flatnonzero(np.diff(code, prepend=-1))
    cells = np.diff(begins, append=len(code))
    if unit is None:
        return code[begins][cells >= least]
    # Most terms are rare, and those in too few cells need no closer look.
    likely = np.repeat(cells >= least, cells)
    n_units = int(unit.max(initial=0)) + 1
    pairs = np.unique(code[likely] * n_units + unit[likely])
    codes, units = np.unique(pairs // n_units, return_counts=True)
    return codes[units >= least]


def _names(codes: np.ndarray, words: pl.Series, kind: str) -> pl.DataFrame:
    if kind == KINDS[0]:
        named = words.gather(codes)
    else:
        first, second = words.gather(codes // len(words)), words.gather(codes % len(words))
        named = first + " " + second if len(codes) else pl.Series([], dtype=pl.String)
    return pl.DataFrame({"term": named}, schema={"term": pl.String}).with_columns(kind=pl.lit(kind))
