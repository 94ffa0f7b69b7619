"""The bias-corrected interval: by hand, against scipy, and where it parts from the percentile interval."""

import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from helpers.analyse.bca import acceleration, bca, differ
from helpers.analyse.contrasts import compare

ALL = [(np.arange(3), np.arange(3))]


def test_an_acceleration_by_hand():
    """The mean of 0 0 3: influences -1/3 -1/3 2/3, squares 6/9, cubes 6/27, over 6 (6/9)^1.5."""
    influence = np.array([[-1 / 3], [-1 / 3], [2 / 3]])
    assert acceleration(influence, ALL)[0] == pytest.approx((6 / 27) / (6 * (6 / 9) ** 1.5))
    assert acceleration(np.zeros((3, 1)), ALL)[0] == 0


def test_a_unit_in_two_rows_counts_once():
    """A copy on both sides: what it does to the one it undoes on the other, so that nothing is left."""
    influence = np.array([[0.5], [-0.5], [0.0]])
    assert acceleration(influence, [(np.arange(2), np.zeros(2, dtype=int))])[0] == 0


def units(*strata):
    rows = [(side, member, f"{member}{i}", float(v)) for side, member, x in strata for i, v in enumerate(x)]
    return pl.DataFrame(rows, schema=["side", "member", "unit", "score"], orient="row").with_columns(
        stratum="member", counted=pl.lit(True), spans_sides=pl.lit(False), n_documents=1, n_passages=1, n_texts=1
    )


def test_it_is_scipys_interval_on_scipys_draws():
    scipy_stats = pytest.importorskip("scipy.stats")
    samples = tuple(np.random.default_rng(k).lognormal(0, 1, size=n) for k, n in enumerate((12, 20, 15, 30)))
    found = scipy_stats.bootstrap(
        samples, lambda a, b, c, d, axis: (a.mean(axis) + b.mean(axis) - c.mean(axis) - d.mean(axis)) / 2,
        n_resamples=3000, method="BCa", rng=3,
    )  # fmt: skip
    ends = np.cumsum([0, *map(len, samples)])
    influence = np.concatenate(
        [sign * (x - x.mean()) / (2 * len(x)) for sign, x in zip((1, 1, -1, -1), samples, strict=True)]
    )[:, None]
    strata = [(np.arange(a, b), np.arange(b - a)) for a, b in pairwise(ends)]
    means = [x.mean() for x in samples]
    estimate = np.array([(means[0] + means[1] - means[2] - means[3]) / 2])
    made = bca(found.bootstrap_distribution[:, None], estimate, acceleration(influence, strata))
    assert made[:, 0] == pytest.approx(list(found.confidence_interval), rel=1e-6)


def test_contrasts_carry_it():
    """Two outlets a side, as scipy has it from its own draws: ends agree to a few per cent of the width."""
    scipy_stats = pytest.importorskip("scipy.stats")
    samples = tuple(np.random.default_rng(k).gamma(1.0, size=n) for k, n in enumerate((60, 90, 75, 80)))
    names = (("a", "P"), ("a", "Q"), ("b", "R"), ("b", "S"))
    frame = units(*((*name, x) for name, x in zip(names, samples, strict=True)))
    row = compare(frame, ["score"], replicates=8000).table.row(0, named=True)
    other = scipy_stats.bootstrap(
        samples, lambda a, b, c, d, axis: (a.mean(axis) + b.mean(axis) - c.mean(axis) - d.mean(axis)) / 2,
        n_resamples=8000, method="BCa", rng=3,
    ).confidence_interval  # fmt: skip
    width = other.high - other.low
    assert row["bca_low"] == pytest.approx(other.low, abs=0.05 * width)
    assert row["bca_high"] == pytest.approx(other.high, abs=0.05 * width)


def test_where_one_document_carries_the_difference_the_two_part():
    rng = np.random.default_rng(1)
    quiet = rng.normal(0, 0.1, 30)
    loud = np.append(rng.normal(0, 0.1, 29), 9.0)
    row = compare(units(("a", "P", loud), ("b", "R", quiet)), ["score"]).table.row(0, named=True)
    assert row["bca_differs"] and row["bca_high"] > row["high"]
    even = compare(units(("a", "P", quiet + 1), ("b", "R", -quiet)), ["score"]).table.row(0, named=True)
    assert not even["bca_differs"]


def test_when_two_intervals_differ_materially():
    """Width 1: an end may move by .1; zero must not change hands; what is not known differs from nothing."""
    shown = np.array([[0.2, 0.2, 0.01, 0.2], [1.2, 1.2, 1.01, 1.2]])
    check = np.array([[0.29, 0.31, -0.01, math.nan], [1.2, 1.2, 1.01, 1.2]])
    assert differ(shown, check).tolist() == [False, True, True, False]


def test_draws_all_on_one_side_of_the_estimate_tell_nothing():
    assert np.isnan(bca(np.ones((50, 1)), np.array([2.0]), np.zeros(1))).all()
