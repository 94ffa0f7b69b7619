"""Resampling and sums of squares under the contrasts: whole documents drawn anew within outlets, whole
outlets exchanged between sides, and how much of what varies lies between outlets.
"""

import math
from itertools import combinations
from zlib import crc32

import numpy as np
import polars as pl

MOST_ENUMERATED = 50_000
"""Beyond so many assignments of outlets to sides, DRAWN random ones stand for all of them."""
DRAWN = 9_999


def bootstrap_weights(n: int, *, replicates: int, seed: int) -> np.ndarray:
    """Rao-Wu rescaled bootstrap weights of one stratum: (replicates, n) float64, each row summing to
    n. n - 1 draws with replacement, rescaled by n / (n - 1); a single unit keeps weight 1."""
    if n == 1:
        return np.ones((replicates, 1))
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(n - 1, np.full(n, 1 / n), size=replicates)
    return counts * (n / (n - 1))


def unit_weights(rows: pl.DataFrame, *, replicates: int, seed: int) -> np.ndarray:
    """(replicates, units). Each stratum of a side is drawn on its own, from a seed of its own name, so
    that no stratum's draw depends on another's; single units are pooled within their side; units
    that span sides are one stratum, and each carries one weight on every side."""
    weights = np.ones((replicates, len(rows)))
    keyed = rows.with_columns(
        _size=(~pl.col("spans_sides")).sum().over("side", "stratum"), _at=pl.int_range(pl.len(), dtype=pl.Int64)
    ).with_columns(
        _key=pl.when(pl.col("spans_sides")).then(pl.lit("spans"))
        .otherwise(
            pl.format("{}|{}", "side", pl.when(pl.col("_size") > 1).then("stratum").otherwise(pl.lit("(single)")))
        )
    )  # fmt: skip
    for (key,), part in keyed.group_by("_key", maintain_order=True):
        names, index = np.unique(part["unit"].to_numpy().astype(str), return_inverse=True)
        drawn = bootstrap_weights(len(names), replicates=replicates, seed=crc32(f"{seed}|{key}".encode()))
        weights[:, part["_at"].to_numpy()] = drawn[:, index]
    return weights


def permute_members(means: np.ndarray, n_first: int, *, seed: int = 7) -> tuple[np.ndarray, float, int]:
    """Permutation of whole members (outlets) between two sides.

    `means` (k, v): the members' means, the first side's first. Returns p (v,), two-sided on the
    difference of outlet-equal means; the smallest p that this many members can reach; the number of
    assignments. Enumerated (p = count / total, identity included) up to MOST_ENUMERATED, else
    (b + 1) / (m + 1) over DRAWN random ones (Phipson and Smyth 2010)."""
    k = len(means)
    total = math.comb(k, n_first)
    observed = np.abs(means[:n_first].mean(0) - means[n_first:].mean(0))
    if total <= MOST_ENUMERATED:
        chosen = np.zeros((total, k))
        for row, picked in enumerate(combinations(range(k), n_first)):
            chosen[row, list(picked)] = 1
        extra, mirrored = 0, 2 if 2 * n_first == k else 1
        smallest = mirrored / total
    else:
        rng = np.random.default_rng(seed)
        chosen = np.zeros((DRAWN, k))
        drawn = rng.permuted(np.tile(np.arange(k), (DRAWN, 1)), axis=1)[:, :n_first]
        np.put_along_axis(chosen, drawn, 1.0, axis=1)
        extra, smallest = 1, 1 / (DRAWN + 1)
    sums = chosen @ means
    differences = np.abs(sums / n_first - (means.sum(0) - sums) / (k - n_first)) if k > n_first else sums * 0
    beyond = (differences >= observed * (1 - 1e-9) - 1e-12).sum(0)
    return (beyond + extra) / (len(chosen) + extra), smallest, total


def between_share(values: np.ndarray, groups: np.ndarray, *, sides: np.ndarray | None = None) -> float:
    """Share of variance between groups, of what is there within `sides` (None: all are one side), 0-1.

    Intraclass correlation, estimator of the one-way, or with sides of the nested analysis of variance
    (Searle, Casella and McCulloch 1992, section 5.3; a negative component counts as 0). nan where no
    side has a second group or no group a second unit."""
    sides = np.zeros(len(values), dtype=int) if sides is None else np.unique(sides, return_inverse=True)[1]
    _, first, index = np.unique(np.stack([sides, np.unique(groups, return_inverse=True)[1]]), axis=1,
                                return_index=True, return_inverse=True)  # fmt: skip
    sizes, side = np.bincount(index), sides[first]
    of_side = np.bincount(side, sizes)
    k, n, n_sides = len(sizes), len(values), len(of_side)
    if k <= n_sides or n <= k:
        return math.nan
    means = np.bincount(index, values) / sizes
    side_means = np.bincount(side, sizes * means) / of_side
    within = float(((values - means[index]) ** 2).sum() / (n - k))
    among = float((sizes * (means - side_means[side]) ** 2).sum() / (k - n_sides))
    typical = (n - (np.bincount(side, sizes**2) / of_side).sum()) / (k - n_sides)
    variance = max(0.0, (among - within) / typical)
    return variance / (variance + within) if variance + within > 0 else math.nan


def pooled_sd(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pooled standard deviation of units of the two sides; nan where none varies."""
    squares = ((a - a.mean(0)) ** 2).sum(0) + ((b - b.mean(0)) ** 2).sum(0)
    n = len(a) + len(b) - 2
    spread = np.sqrt(squares / n) if n > 0 else np.full(a.shape[1], np.nan)
    return np.where(spread > 0, spread, np.nan)
