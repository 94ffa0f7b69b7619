"""Words counted by side, outlet and unit, and what their keyness is when whole units are exchanged.

The machinery of helpers.analyse.words: a unit is a document, or a cluster of copies.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from helpers.analyse.association import log_odds
from helpers.analyse.units import members_are, unit_of
from helpers.prepare.counts import count_terms

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PERMUTATIONS = 500
TERMS_AT_ONCE = 1_000
"""So many rows of permuted counts stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Counted:
    """What was counted: `parts` (side, unit, member; a copy cluster has one for each outlet) are the
    rows of `by_part`, `units` (side, unit, spans) those of `by_unit`. Totals: words, phrases."""

    parts: pl.DataFrame
    units: pl.DataFrame
    by_part: "csr_array"
    by_unit: "csr_array"
    part_totals: np.ndarray
    unit_totals: np.ndarray
    terms: pl.DataFrame
    kind: np.ndarray

    def of_side(self, frame: pl.DataFrame, side: object) -> np.ndarray:
        """Row numbers of a side in `parts` or `units`."""
        return (frame["side"] == side).arg_true().to_numpy()


def count_sides(passages: pl.DataFrame, *, by: str, copies: str, least: int) -> Counted:
    """Counts words and phrases; those in fewer than `least` units get no column. Words in n copies of one
    text weigh 1/n where `copies` is one."""
    from scipy.sparse import csr_array

    labelled = passages.select(
        "text", "language", pl.col(by).alias("side"), pl.col(members_are(passages)).alias("member"),
        unit_of(passages, copies).alias("unit"), "document_id",
    )  # fmt: skip
    sizes = labelled.group_by("unit").agg(
        (1 / pl.col("document_id").n_unique()).alias("weight"), (pl.col("side").n_unique() > 1).alias("spans")
    )
    labelled = labelled.join(sizes, on="unit", how="left", maintain_order="left")
    units = labelled.select("side", "unit", "spans").unique().sort("side", "unit").with_row_index("at")
    parts = labelled.select("side", "unit", "member").unique().sort("side", "unit", "member").with_row_index("part")
    parts = parts.join(units, on=["side", "unit"], how="left", maintain_order="left")
    at = labelled.join(parts, on=["side", "unit", "member"], how="left", maintain_order="left", nulls_equal=True)
    counts = count_terms(
        labelled,
        at["part"].to_numpy(),
        weight=labelled["weight"].to_numpy(),
        unit=parts["unit"].rank("dense").to_numpy().astype(np.int64),
        least=least,
    )
    index = (parts["at"].to_numpy(), np.arange(parts.height))
    gather = csr_array((np.ones(parts.height), index), shape=(units.height, parts.height))
    return Counted(
        parts,
        units,
        counts.matrix,
        (gather @ counts.matrix).tocsr(),
        counts.totals,
        gather @ counts.totals,
        counts.terms,
        counts.kind,
    )


def permuted(
    counted: Counted, first: np.ndarray, second: np.ndarray, z: np.ndarray, *, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """z_documents and p of each term. Whole units are dealt to the two sides anew; each term's z is
    measured in the standard deviations that it then has, and p is Westfall and Young's single-step
    one: how often the largest of all terms is as large, (b + 1) / (m + 1). Units that stand on several
    sides stay where they are. nan where nothing can be exchanged."""
    fixed = counted.units["spans"].to_numpy()
    free_first, free_second = first[~fixed[first]], second[~fixed[second]]
    if not len(free_first) or not len(free_second):
        return np.full(len(z), np.nan), np.full(len(z), np.nan)
    free, stay = np.concatenate([free_first, free_second]), first[fixed[first]]
    both = np.concatenate([first, second])
    dealt = np.zeros((PERMUTATIONS, len(free)), dtype=np.float32)
    dealt[:, : len(free_first)] = 1
    dealt = np.ascontiguousarray(np.random.default_rng(seed).permuted(dealt, axis=1).T)
    stay_n = counted.unit_totals[stay].sum(0)[:, None]
    n = (stay_n + counted.unit_totals[free].T @ dealt).astype(np.float32)
    other_n = counted.unit_totals[both].sum(0)[:, None].astype(np.float32) - n
    terms = counted.by_unit[free].astype(np.float32).T.tocsr()
    stays, whole = (np.asarray(counted.by_unit[rows].sum(0), dtype=np.float32).ravel() for rows in (stay, both))
    largest = np.zeros(PERMUTATIONS + 1)
    by_document, compared = np.full(len(z), np.nan), np.full(len(z), np.nan)
    for begin in range(0, len(z), TERMS_AT_ONCE):
        block = slice(begin, begin + TERMS_AT_ONCE)
        there = np.flatnonzero(whole[block] > 0) + begin
        counts = stays[there, None] + terms[there] @ dealt
        kind = counted.kind[there]
        _, drawn = log_odds(counts, np.maximum(whole[there, None] - counts, 0), n[kind], other_n[kind])
        mean, spread = drawn.mean(1), drawn.std(1)
        by_document[there] = (z[there] - mean) / np.where(spread > 0, spread, np.nan)
        # The observed deal is one of the deals: only with it in mean and spread is p exact.
        every = np.concatenate([z[there, None].astype(np.float32), drawn], axis=1)
        spread = every.std(1)
        size = np.abs(every - every.mean(1)[:, None]) / np.where(spread > 0, spread, np.inf)[:, None]
        compared[there] = size[:, 0]
        # A term that is all there is of its kind has no odds; it must not stand for the largest of all others.
        largest = np.maximum(largest, np.fmax.reduce(size, axis=0, initial=0))
    ordered = np.sort(largest)
    beyond = len(ordered) - np.searchsorted(ordered, compared * (1 - 1e-6), side="left")
    return by_document, np.where(np.isnan(compared), np.nan, np.maximum(beyond, 1) / len(ordered))
