import itertools

import numpy as np
import pytest

from helpers.analyse import debiased
from helpers.analyse.debiased import estimable, fit, inner_products, interval, null_floor, permute, squared_norm

LENGTHS = 1 / np.arange(1, 61) ** 0.8
LENGTHS /= LENGTHS.sum()
"""Variances of 60 dimensions, like those of sentence vectors: some large, most small; the trace is 1."""


def drawn(rng: np.random.Generator, means: np.ndarray, sizes: list[int]) -> tuple[np.ndarray, np.ndarray]:
    cell = np.repeat(np.arange(len(sizes)), sizes)
    return means[cell] + rng.normal(size=(len(cell), len(LENGTHS))) * np.sqrt(LENGTHS), cell


def test_two_cells_by_hand() -> None:
    # Means (1, 0) and (0, 4); the squared deviations of each cell sum to 2, s^2 = 2 / 1, s^2 / n = 1.
    y = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 3.0], [0.0, 5.0]])
    found = fit(y, np.array([0, 0, 1, 1]))
    assert squared_norm(found, np.array([1.0, -1.0])) == pytest.approx((1 + 16 - 1 - 1, 17))
    assert inner_products(found) == pytest.approx(np.array([[1 - 1.0, 0.0], [0.0, 16 - 1.0]]))
    # The mean of three cells against one: weights 1/3, so that each takes off a ninth of its s^2 / n.
    four = fit(np.vstack([y, y]), np.repeat([0, 1, 2, 3], 2))
    contrast = np.array([1 / 3, 1 / 3, 1 / 3, -1.0])
    mean = np.array([2 / 3, 4 / 3]) - [0.0, 4.0]
    assert squared_norm(four, contrast) == pytest.approx((mean @ mean - 3 / 9 - 1, mean @ mean))


def test_it_may_be_below_zero() -> None:
    y = np.array([[-1.0], [1.0], [-1.1], [1.1]])
    debiased_norm, naive = squared_norm(fit(y, np.array([0, 0, 1, 1])), np.array([1.0, -1.0]))
    assert naive == pytest.approx(0) and debiased_norm == pytest.approx(-(1 + 1.21))


def test_coefficients_are_those_of_statsmodels() -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(4)
    y, cell = drawn(rng, rng.normal(size=(4, 60)), [7, 5, 9, 4])
    others = rng.normal(size=(len(y), 2))
    found = fit(y, cell, others)
    reference = sm.OLS(y, np.hstack([np.eye(4)[cell], others - others.mean(0)])).fit()
    assert found.inverse @ y == pytest.approx(reference.params, abs=1e-10)
    assert found.residual == pytest.approx(np.asarray(reference.resid), abs=1e-10)
    influence = sm.OLS(y[:, 0], found.design).fit().get_influence()
    assert found.leverage == pytest.approx(influence.hat_matrix_diag)
    # Without covariates a side as the mean of its outlets is weighted least squares on the side alone.
    plain = fit(y, cell)
    weights = 1 / np.bincount(cell)[cell]
    side = (cell >= 2).astype(float)
    weighted = sm.WLS(y[:, 5], sm.add_constant(side), weights=weights).fit().params[1]
    assert (np.array([-0.5, -0.5, 0.5, 0.5]) @ plain.means)[5] == pytest.approx(weighted, abs=1e-10)


def test_left_out_is_what_a_new_fit_gives() -> None:
    rng = np.random.default_rng(5)
    y, cell = drawn(rng, rng.normal(size=(3, 60)), [6, 4, 8])
    others = np.stack([rng.normal(size=len(y)), (np.arange(len(y)) == 3) * 1.0], axis=1)
    contrast = np.array([0.5, 0.5, -1.0])
    for covariates in (None, others[:, :1], others):
        found = fit(y, cell, covariates)
        left = debiased._left_out(found, contrast)
        for out in range(len(y)):
            kept = np.arange(len(y)) != out
            again = fit(y[kept], cell[kept], None if covariates is None else covariates[kept])
            # A new fit centres the covariates anew, which no difference of cells sees.
            assert left[out] == pytest.approx(squared_norm(again, contrast)[0], abs=1e-8), out


def test_what_the_data_cannot_tell_apart() -> None:
    cell = np.repeat([0, 1, 2], 4)
    year = np.array([0.0, 1.0] * 4 + [2.0] * 4)
    found = fit(np.eye(12), cell, np.stack([year == 1, year == 2], axis=1).astype(float))
    assert estimable(found, np.array([1.0, -1.0, 0.0]))
    assert not estimable(found, np.array([1.0, 0.0, -1.0]))


def test_permutation_by_hand() -> None:
    # Outlets at 0, 1 and at 10, 12: of the six assignments only the given one and its mirror are as far apart.
    means = np.array([[0.0], [1.0], [10.0], [12.0]])
    assert permute(means, np.zeros(4), 2) == (pytest.approx(2 / 6), pytest.approx(2 / 6), 6)
    rng = np.random.default_rng(6)
    means, noise = rng.normal(size=(5, 7)), rng.random(5)
    sizes = []
    for first in itertools.combinations(range(5), 2):
        rest = [k for k in range(5) if k not in first]
        apart = means[list(first)].mean(0) - means[rest].mean(0)
        sizes.append(apart @ apart - noise[list(first)].sum() / 4 - noise[rest].sum() / 9)
    expected = np.mean(np.array(sizes) >= sizes[0] - 1e-12)
    assert permute(means, noise, 2)[0] == pytest.approx(expected)


@pytest.mark.parametrize("truth", [0.0, 0.1])
def test_unbiased_where_the_naive_norm_is_not(truth: float) -> None:
    rng = np.random.default_rng(7)
    means = np.zeros((3, 60))
    means[:2] = np.sqrt(truth) * rng.permutation(np.eye(60))[0]
    contrast, sizes = np.array([0.5, 0.5, -1.0]), [10, 30, 15]
    got = np.array([squared_norm(fit(*drawn(rng, means, sizes)), contrast) for _ in range(400)])
    error = got[:, 0].std() / 20
    assert abs(got[:, 0].mean() - truth) < 3 * error
    # Chance adds the trace (1) over the numbers of texts: 1/4 (1/10 + 1/30) + 1/15.
    added = (1 / 10 + 1 / 30) / 4 + 1 / 15
    assert got[:, 1].mean() - truth == pytest.approx(added, abs=3 * error) and added > 15 * error
    if not truth:
        assert 0.3 < (got[:, 0] < 0).mean() < 0.7


@pytest.mark.parametrize("truth", [0.0, 0.05, 0.4])
def test_intervals_cover(truth: float) -> None:
    rng = np.random.default_rng(8)
    direction = rng.normal(size=60) * np.sqrt(LENGTHS)
    means = np.zeros((3, 60))
    means[2] = direction * np.sqrt(truth) / np.linalg.norm(direction)
    limits = np.array([
        interval(fit(*drawn(rng, means, [12, 20, 40])), np.array([-0.5, -0.5, 1.0])) for _ in range(300)
    ])  # fmt: skip
    covered = ((limits[:, 0] <= truth) & (truth <= limits[:, 1])).mean()
    assert covered >= 0.91  # .95, less three times its error in 300 runs


def test_no_interval_where_nothing_varies() -> None:
    found = fit(np.array([[1.0], [1.0], [2.0], [2.0]]), np.array([0, 0, 1, 1]))
    assert np.isnan(interval(found, np.array([1.0, -1.0]))).all()
    assert squared_norm(found, np.array([1.0, -1.0])) == pytest.approx((1, 1))


def test_null_floor_holds_its_level() -> None:
    """Outlets that differ, sides that do not: some 5 of 100 lie beyond the floor, with few outlets twice as many."""
    rng = np.random.default_rng(9)
    beyond = []
    for _ in range(200):
        means = rng.normal(size=(10, 60)) * np.sqrt(LENGTHS) * 0.3
        found = fit(*drawn(rng, means, [12] * 10))
        norm, naive = squared_norm(found, np.repeat([0.2, -0.2], 5))
        beyond.append(norm > null_floor(found.means[:5], found.means[5:], naive - norm))
    assert np.mean(beyond) < 0.15
