"""Squared distances between means of vectors, without what chance adds to them.

The mean of few vectors lies away from its expectation in each of hundreds of dimensions, and a squared distance adds
all of that up: two random halves of one side lie apart, and the further, the fewer their documents (Rodriguez,
Spirling and Stewart 2023, p. 1272; Green et al. 2025). Here that part is estimated and taken off. What is left is
unbiased: about 0 where nothing differs, and so below 0 half of the time, which is never cut off.
"""

import math
from dataclasses import dataclass

import numpy as np

from helpers.analyse.null_floor import PERCENTILE, splits
from helpers.analyse.resampling import assignments, smallest_p

BLOCK = 512
"""Units left out at a time: an array of all units by so many is what the jackknife holds in memory."""


@dataclass(frozen=True, eq=False)
class Fit:
    """Multivariate least squares of n vectors on k cells and on covariates.

    y         (n, d) vectors, one for each unit
    cell      (n,) which cell each unit is in, 0 to k - 1
    design    (n, p): an indicator for each cell, then the covariates less their means
    inverse   (p, n): the design's pseudoinverse; inverse @ y are the coefficients
    residual  (n, d)
    leverage  (n,) diagonal of design @ inverse
    """

    y: np.ndarray
    cell: np.ndarray
    design: np.ndarray
    inverse: np.ndarray
    residual: np.ndarray
    leverage: np.ndarray

    @property
    def n_cells(self) -> int:
        """k, the number of cells."""
        return int(self.cell.max()) + 1

    @property
    def means(self) -> np.ndarray:
        """(k, d): the cells' means, at the covariates' means."""
        return self.inverse[: self.n_cells] @ self.y

    @property
    def left_out(self) -> np.ndarray:
        """(n, d): each vector less what the others predict for it; 0 where they predict nothing."""
        return self.residual * _ratio(1.0, 1 - self.leverage)[:, None]

    @property
    def noise(self) -> np.ndarray:
        """(n,): an unbiased estimate of the trace of each unit's own covariance, y . (y less what the others predict),
        which assumes nothing of how units vary (Kline, Saggio and Soelvsten 2020, eq. 2)."""
        return (self.y * self.left_out).sum(1)


def fit(y: np.ndarray, cell: np.ndarray, covariates: np.ndarray | None = None) -> Fit:
    """Least squares of `y` (n, d) on indicators of `cell` (n,) and on `covariates` (n, q)."""
    y = np.asarray(y, dtype=np.float64)
    cells = np.eye(int(cell.max()) + 1)[cell]
    others = np.empty((len(y), 0)) if covariates is None else covariates - covariates.mean(0)
    design = np.hstack([cells, others])
    inverse = np.linalg.pinv(design)
    residual = y - design @ (inverse @ y)
    return Fit(y, cell, design, inverse, residual, (design * inverse.T).sum(1))


def estimable(found: Fit, contrast: np.ndarray) -> bool:
    """Whether the data tell `contrast` (k,) of the cells' means from the covariates: not so where a covariate never
    takes the same value in both."""
    k = found.n_cells
    asked = np.concatenate([contrast, np.zeros(found.design.shape[1] - k)])
    return bool(np.allclose((contrast @ found.inverse[:k]) @ found.design, asked, atol=1e-8))


def squared_norm(found: Fit, contrast: np.ndarray) -> tuple[float, float]:
    """The squared norm of a contrast (k,) of the cells' means, debiased and naive.

    With c the weight of each unit in the contrast: naive |sum c y|^2, debiased naive - sum c^2 noise. Without
    covariates that is naive - sum over cells of contrast^2 s^2 / n, s^2 the trace of the cell's sample covariance."""
    weight = contrast @ found.inverse[: found.n_cells]
    naive = float(((weight @ found.y) ** 2).sum())
    return naive - float(weight**2 @ found.noise), naive


def inner_products(found: Fit) -> np.ndarray:
    """(k, k): unbiased inner products of the cells' means; q @ this @ q is squared_norm(found, q)."""
    weight = found.inverse[: found.n_cells]
    means = weight @ found.y
    return means @ means.T - (weight * found.noise) @ weight.T


def interval(found: Fit, contrast: np.ndarray, *, level: float = 0.95) -> tuple[float, float]:
    """The interval of a squared norm: what its debiased estimate does not rule out. nan where nothing varies.

    The variance of the estimate has a part that grows with the truth, linear in each unit, and a part of pairs of
    units that is there at 0 too. The jackknife over units counts the pairs' part twice (Efron and Stein 1981), so that
    part is estimated by itself: the linear one is what the jackknife has beyond. At the near end, where chance is
    skewed, the tail is that of a scaled chi-square of the same variance and effective dimension; elsewhere t's. Beside
    it, in benchmarks/embedding_regression.json: estimate +- t times the jackknife's error is too wide at 0 and misses
    larger truths where few dimensions vary; a bootstrap of the naive norm holds the truth hardly ever; and one that is
    debiased in each replicate is too wide by far near 0, where no bootstrap of such a form is right (Arcones and Gine
    1992)."""
    from scipy.stats import chi2, norm, t

    estimate, naive = squared_norm(found, contrast)
    jackknife, pairs = _variance(found, contrast)
    chance = naive - estimate
    weight = contrast @ found.inverse[: found.n_cells]
    if chance <= 1e-9 * float(weight**2 @ (found.y**2).sum(1)) or pairs <= 0:
        return float("nan"), float("nan")
    used = weight != 0
    high = float(t.ppf((1 + level) / 2, max((1 - found.leverage[used]).sum(), 1)))
    dimension = 2 * chance**2 / pairs
    skewed = (chi2.ppf((1 + level) / 2, dimension) - dimension) / np.sqrt(2 * dimension)
    low = high * float(skewed / norm.ppf((1 + level) / 2))
    # How fast the variance grows with the truth: by the direction that was found where there is one to speak of, else
    # by the typical one.
    size = np.sqrt(pairs)
    growth = (max(jackknife - 2 * pairs, 0.0) + 2 * pairs / chance * size) / (max(estimate, 0.0) + size)
    return _end(estimate, growth, pairs, -low), _end(estimate, growth, pairs, high)


def _end(estimate: float, growth: float, pairs: float, tail: float) -> float:
    """The x with estimate - x = -tail sqrt(pairs + growth max(x, 0))."""
    flat = estimate + tail * np.sqrt(pairs)
    if flat <= 0:
        return float(flat)
    half = tail**2 * growth / 2
    return float(estimate + half + np.copysign(np.sqrt(half**2 + tail**2 * (growth * estimate + pairs)), tail))


def _variance(found: Fit, contrast: np.ndarray) -> tuple[float, float]:
    """The variance of squared_norm by the jackknife, units left out within their cells, and its part of pairs."""
    left = _left_out(found, contrast)
    size = np.bincount(found.cell)
    deviation = left - (np.bincount(found.cell, left) / size)[found.cell]
    jackknife = float((((size - 1) / size)[found.cell] * deviation**2).sum())
    weight = contrast @ found.inverse[: found.n_cells]
    scaled = found.residual * (weight * _ratio(1.0, np.sqrt(np.maximum(1 - found.leverage, 0))))[:, None]
    alone = float(((scaled**2).sum(1) ** 2).sum())
    return jackknife, 2 * (float(((scaled.T @ scaled) ** 2).sum()) - alone)


def _left_out(found: Fit, contrast: np.ndarray) -> np.ndarray:
    """(n,): squared_norm without each unit, by the rank-one update of least squares."""
    k = found.n_cells
    weight, y, ahead = contrast @ found.inverse[:k], found.y, found.left_out
    own = (y * found.residual).sum(1)
    whole = weight @ y
    naive = (whole**2).sum() - 2 * weight * (ahead @ whole) + weight**2 * (ahead**2).sum(1)
    room = 1 - found.leverage
    bias = np.empty(len(y))
    for begin in range(0, len(y), BLOCK):
        out = np.arange(begin, min(begin + BLOCK, len(y)))
        hat = found.design @ found.inverse[:, out]
        step = hat * _ratio(1.0, room[out])
        counts = weight[:, None] + step * weight[out]
        noise = _ratio(own[:, None] + hat * (y @ ahead[out].T), room[:, None] - hat * step)
        noise[out, np.arange(len(out))] = 0.0
        bias[out] = (counts**2 * noise).sum(0)
    return naive - bias


def permute(means: np.ndarray, noise: np.ndarray, n_first: int, *, seed: int = 7) -> tuple[float, float, int]:
    """Permutation of whole members (outlets) between two sides, on the debiased squared distance of their means.

    `means` (k, d): the members', the first side's first; `noise` (k,): the part of each one's squared norm that is
    chance. Returns p, the smallest p that so many members can reach, and the number of assignments (enumerated with
    the identity, or drawn; see resampling.assignments)."""
    k = len(means)
    chosen, extra = assignments(k, n_first, seed=seed)
    given = np.arange(k) < n_first
    signed = np.vstack([given, chosen]) / n_first - (1 - np.vstack([given, chosen])) / (k - n_first)
    distances = ((signed @ (means @ means.T - np.diag(noise))) * signed).sum(1)
    beyond = int((distances[1:] >= distances[0] - 1e-9 * np.abs(distances).max()).sum())
    return (beyond + extra) / (len(chosen) + extra), smallest_p(k, n_first), math.comb(k, n_first)


def null_floor(first: np.ndarray, other: np.ndarray, chance: float) -> float:
    """The squared distance that 95 of 100 pairs of sides stay under whose outlets differ as these do within their sides
    and not between them: each side's outlets are split into two groups in all ways, and the groups' differences, scaled
    to the variance of a side's mean (null_floor.splits), are put together in pairs, with either sign. Of so few
    outlets it is somewhat low: with four a side 10 of 100 lie beyond it, with five 8 (benchmarks, as above).

    `first`, `other` (k, d): the outlets' means; `chance`: what is taken off a naive norm of these sides."""
    a, b = splits(len(first), np.random.default_rng(7)) @ first, splits(len(other), np.random.default_rng(7)) @ other
    squares, cross = (a**2).sum(1)[:, None] + (b**2).sum(1), 2 * a @ b.T
    return float(np.quantile(np.concatenate([squares + cross, squares - cross]), PERCENTILE)) - chance


def _ratio(above: np.ndarray | float, below: np.ndarray) -> np.ndarray:
    """above / below, 0 where below is: a unit that alone has its covariate says nothing of anything else."""
    there = np.abs(below) > 1e-9
    return np.where(there, above / np.where(there, below, 1.0), 0.0)
