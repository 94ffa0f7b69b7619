"""Resampling and sums of squares under the contrasts: whole documents drawn anew within outlets, whole
outlets exchanged between sides, and how much of what varies lies between outlets.
"""

import math
from collections.abc import Iterator
from itertools import combinations
from zlib import crc32

import numpy as np
import polars as pl

MOST_ENUMERATED = 50_000
"""Beyond so many assignments of outlets to sides, DRAWN random ones stand for all of them."""
DRAWN = 9_999
DRAWN_AT_ONCE = 2**15
"""Units are drawn in blocks of replicates of about so many draws, which a processor's cache holds."""
FEW_VALUES = 3
"""For fewer values, adding up those that were drawn is faster than counting the draws for a product of matrices."""


def bootstrap_weights(n: int, *, replicates: int, seed: int) -> np.ndarray:
    """Rao-Wu rescaled bootstrap weights of one stratum: (replicates, n) float64, each row summing to
    n. n - 1 draws with replacement, rescaled by n / (n - 1); a single unit keeps weight 1."""
    weights = np.ones((replicates, n))
    for rows, drawn in _drawn(n, replicates, seed):
        weights[rows] = _counted(drawn, n)
    return weights


def weighted_sums(x: np.ndarray, *, replicates: int, seed: int) -> np.ndarray:
    """(replicates, v): the product of bootstrap_weights of the units of `x` (n, v) with them. The weights are never
    all there: writing and reading them takes longer than the product."""
    n, columns = len(x), np.ascontiguousarray(x.T)
    sums = np.tile(x.sum(0), (replicates, 1))
    for rows, drawn in _drawn(n, replicates, seed):
        if len(columns) < FEW_VALUES:
            sums[rows] = np.stack([np.take(column, drawn).sum(1) for column in columns], axis=1) * (n / (n - 1))
        else:
            sums[rows] = _counted(drawn, n) @ x
    return sums


def _drawn(n: int, replicates: int, seed: int) -> Iterator[tuple[slice, np.ndarray]]:
    """Numbers of the n - 1 units drawn in each replicate, some replicates after others; none of a single unit.

    Half a random word times n, its upper half (Lemire 2019, ACM Transactions on Modeling and Computer Simulation 29(1),
    without his rejections): three times as fast as numpy's own, and no unit's chance is off by more than n / 2^32."""
    words = np.random.SFC64(seed)
    block = max(1, DRAWN_AT_ONCE // n)
    for first in range(0, replicates if n > 1 else 0, block):
        rows = slice(first, min(first + block, replicates))
        halves = words.random_raw((rows.stop - first) * (n // 2)).view(np.uint32).reshape(rows.stop - first, -1)
        yield rows, (halves[:, : n - 1] * np.uint64(n) >> np.uint64(32)).view(np.int64)


def _counted(drawn: np.ndarray, n: int) -> np.ndarray:
    """Weights (replicates, n) from the numbers of the units that were drawn."""
    places = drawn + n * np.arange(len(drawn))[:, None]
    return np.bincount(places.ravel(), minlength=n * len(drawn)).reshape(-1, n) * (n / (n - 1))


def unit_weights(rows: pl.DataFrame, *, replicates: int, seed: int) -> np.ndarray:
    """(replicates, units). Each stratum of a side is drawn on its own, from a seed of its own name, so
    that no stratum's draw depends on another's."""
    weights = np.empty((replicates, len(rows)))
    for key, at, unit in strata(rows):
        weights[:, at] = bootstrap_weights(int(unit.max()) + 1, replicates=replicates, seed=seed_of(seed, key))[:, unit]
    return weights


def seed_of(seed: int, stratum: str) -> int:
    """The seed of a stratum's own draws."""
    return crc32(f"{seed}|{stratum}".encode())


def strata(rows: pl.DataFrame) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """What is drawn together: (name, places among the rows, number of the unit at each place). Single units are pooled
    within their side; units that span sides are one stratum, and each is one unit on every side."""
    keyed = rows.with_columns(
        _size=(~pl.col("spans_sides")).sum().over("side", "stratum"), _at=pl.int_range(pl.len(), dtype=pl.Int64)
    ).with_columns(
        _key=pl.when(pl.col("spans_sides")).then(pl.lit("spans"))
        .otherwise(
            pl.format("{}|{}", "side", pl.when(pl.col("_size") > 1).then("stratum").otherwise(pl.lit("(single)")))
        )
    ).with_columns(_unit=pl.col("unit").rank("dense").over("_key").cast(pl.Int64) - 1)  # fmt: skip
    parts = keyed.select("_key", "_at", "_unit").partition_by("_key", maintain_order=True)
    return [(part["_key"][0], part["_at"].to_numpy(), part["_unit"].to_numpy()) for part in parts]


def permute_members(means: np.ndarray, n_first: int, *, seed: int = 7) -> tuple[np.ndarray, float, int]:
    """Permutation of whole members (outlets) between two sides.

    `means` (k, v): the members' means, the first side's first. Returns p (v,), two-sided on the
    difference of outlet-equal means; the smallest p that this many members can reach; the number of
    assignments. Enumerated (p = count / total, identity included) up to MOST_ENUMERATED, else
    (b + 1) / (m + 1) over DRAWN random ones (Phipson and Smyth 2010)."""
    differences, observed, extra = _exchanged(means, n_first, seed)
    p = _share_beyond(differences, observed, extra)
    return p, smallest_p(len(means), n_first), math.comb(len(means), n_first)


def permute_family(means: np.ndarray, n_first: int, *, seed: int = 7) -> np.ndarray:
    """(v,) p of each value, adjusted for all of them: how often the largest difference of any value is as large as its
    own when whole members are permuted (Westfall and Young 1993, section 2.5, single-step maxT). Values that go
    together cost less than so many independent ones would.

    Parameters as for permute_members; `means` in units in which values may be compared (standard deviations)."""
    differences, observed, extra = _exchanged(means, n_first, seed)
    return _share_beyond(differences.max(1, keepdims=True), observed, extra)


def _exchanged(means: np.ndarray, n_first: int, seed: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Absolute differences of the two sides' means: (ways, v) under each assignment of members, (v,) as observed; and
    what assignments adds."""
    k = len(means)
    observed = np.abs(means[:n_first].mean(0) - means[n_first:].mean(0))
    chosen, extra = assignments(k, n_first, seed=seed)
    sums = chosen @ means
    differences = np.abs(sums / n_first - (means.sum(0) - sums) / (k - n_first)) if k > n_first else sums * 0
    return differences, observed, extra


def _share_beyond(differences: np.ndarray, observed: np.ndarray, extra: int) -> np.ndarray:
    beyond = (differences >= observed * (1 - 1e-9) - 1e-12).sum(0)
    return (beyond + extra) / (len(differences) + extra)


def smallest_p(k: int, n_first: int) -> float:
    """The smallest two-sided p that `permute_members` can give: with as many members on either side, every assignment
    has a mirror image that is as large."""
    total = math.comb(k, n_first)
    return (2 if 2 * n_first == k else 1) / total if total <= MOST_ENUMERATED else 1 / (DRAWN + 1)


def assignments(
    k: int, n_first: int, *, most: int = MOST_ENUMERATED, drawn: int = DRAWN, seed: int = 7
) -> tuple[np.ndarray, int]:
    """Ways to put `n_first` of k members on the first side: (ways, k) of 1 and 0, and what to add to a count of them
    and to their number: 0 where all are there, the given one first; 1 where there are more than `most`, and `drawn`
    random ones stand for them."""
    if math.comb(k, n_first) <= most:
        picked = np.array(list(combinations(range(k), n_first)), dtype=np.intp).reshape(-1, n_first)
    else:
        rng = np.random.default_rng(seed)
        picked = rng.permuted(np.tile(np.arange(k), (drawn, 1)), axis=1)[:, :n_first]
    chosen = np.zeros((len(picked), k))
    np.put_along_axis(chosen, picked, 1.0, axis=1)
    return chosen, int(math.comb(k, n_first) > most)


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
