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

    `weight`: what an occurrence in each passage counts. Terms in fewer than `least` different `unit`
    get no column; the totals have all. Spellings of one word are one term."""
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
    n_groups = int(group.max()) + 1 if len(group) else 0
    occurrences = (
        (codes[codes >= 0], row[codes >= 0]),
        (codes[:-1][joined] * len(words) + codes[1:][joined], row[1:][joined]),
    )
    cells, terms, totals, first = [], [], [], 0
    for kind, (code, at) in zip(KINDS, occurrences, strict=True):
        totals.append(np.bincount(group[at], weight[at], minlength=n_groups))
        kept = _frequent(code, unit[at], least)
        counted = (
            pl.DataFrame({"code": code, "group": group[at], "n": weight[at]})
            .join(kept, on="code", how="inner")
            .group_by("column", "group")
            .agg(pl.col("n").sum())
        )
        cells.append(counted.with_columns(pl.col("column").cast(pl.Int64) + first))
        terms.append(_names(kept["code"].to_numpy(), words, kind))
        first += kept.height
    cell = pl.concat(cells)
    at_cell = (cell["group"].to_numpy(), cell["column"].to_numpy())
    matrix = csr_array((cell["n"].to_numpy(), at_cell), shape=(n_groups, first))
    matrix.sort_indices()
    return TermCounts(matrix, pl.concat(terms), np.stack(totals, axis=1))


def _frequent(code: np.ndarray, unit: np.ndarray, least: int) -> pl.DataFrame:
    """code, column: the terms in at least `least` units, by code, which is alphabetical."""
    seen = pl.DataFrame({"code": code, "unit": unit}).unique()
    enough = seen.group_by("code").len().filter(pl.col("len") >= least).sort("code")
    return enough.select("code").with_row_index("column")


def _names(codes: np.ndarray, words: pl.Series, kind: str) -> pl.DataFrame:
    if kind == KINDS[0]:
        named = words.gather(codes)
    else:
        first, second = words.gather(codes // len(words)), words.gather(codes % len(words))
        named = first + " " + second if len(codes) else pl.Series([], dtype=pl.String)
    return pl.DataFrame({"term": named}, schema={"term": pl.String}).with_columns(kind=pl.lit(kind))
