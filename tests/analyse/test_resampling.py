"""Resampling under the contrasts: what is not already shown by tests of contrasts."""

import math

import numpy as np
import pytest

from helpers.analyse.resampling import (
    assignments,
    bootstrap_weights,
    permute_family,
    permute_members,
    smallest_p,
    weighted_sums,
)
from nested import contrast, nested


@pytest.mark.parametrize(("k", "first"), [(2, 1), (5, 2), (6, 3)])
def test_every_assignment_comes_once_the_given_one_first(k, first):
    chosen, extra = assignments(k, first)
    assert chosen.shape == (math.comb(k, first), k) and extra == 0
    assert (chosen.sum(1) == first).all() and len({tuple(row) for row in chosen}) == len(chosen)
    assert chosen[0].tolist() == [1.0] * first + [0.0] * (k - first)


def test_random_assignments_stand_for_too_many():
    chosen, extra = assignments(10, 5, most=100, drawn=99)
    assert chosen.shape == (99, 10) and extra == 1 and (chosen.sum(1) == 5).all()


def test_the_smallest_p():
    assert smallest_p(6, 3) == 2 / 20 and smallest_p(5, 2) == 1 / 10 and smallest_p(40, 20) == 1 / 10_000


def test_weights_of_many_blocks_are_those_of_one(monkeypatch):
    whole = bootstrap_weights(50, replicates=40, seed=3)
    monkeypatch.setattr("helpers.analyse.resampling.DRAWN_AT_ONCE", 120)
    assert np.array_equal(bootstrap_weights(50, replicates=40, seed=3), whole)


@pytest.mark.parametrize("values", [1, 2, 3, 15])
def test_sums_are_the_product_with_the_weights(monkeypatch, values):
    x = np.random.default_rng(1).normal(size=(50, values))
    wanted = bootstrap_weights(50, replicates=40, seed=3) @ x
    assert np.allclose(weighted_sums(x, replicates=40, seed=3), wanted, rtol=1e-13)
    monkeypatch.setattr("helpers.analyse.resampling.DRAWN_AT_ONCE", 120)
    assert np.allclose(weighted_sums(x, replicates=40, seed=3), wanted, rtol=1e-13)
    assert np.array_equal(weighted_sums(x[:1], replicates=5, seed=3), np.tile(x[:1], (5, 1)))


def test_each_unit_is_drawn_as_often_as_chance_would():
    """Counts of one unit in 9 draws of 10: binomial, mean .9 and variance .81; 40,000 replicates."""
    counts = bootstrap_weights(10, replicates=40_000, seed=1)[:, 4] * 0.9
    assert counts.mean() == pytest.approx(0.9, abs=0.015) and counts.var() == pytest.approx(0.81, abs=0.02)


def test_p_is_uniform_where_sides_do_not_differ():
    """Six outlets a side, 462 values of p that are equally likely: p less a random part of its step is uniform
    (Kolmogorov and Smirnov, 600 corpora)."""
    kstest = pytest.importorskip("scipy.stats").kstest
    rng = np.random.default_rng(11)
    drawn = nested(rng, 600, outlets=6, documents=12, passages=2, between=0.3)
    p = contrast(drawn, seed=1, replicates=20)["p"].to_numpy()
    assert kstest(p - rng.random(600) / math.comb(12, 6) * 2, "uniform").pvalue > 0.01


def test_random_permutations_are_uniform_too():
    """Ten against ten is beyond enumeration: p on 10,000 steps, of 600 draws of outlets that do not differ."""
    kstest = pytest.importorskip("scipy.stats").kstest
    p, smallest, _ = permute_members(np.random.default_rng(12).normal(size=(20, 600)), 10)
    assert smallest == 1 / 10_000 and kstest(p, "uniform").pvalue > 0.01


def test_the_p_of_a_family_by_hand():
    """Two against two: six assignments, two and two with the same differences. First value: means 3, 5 | 0, 0 give
    4, and otherwise (3, 0 | 5, 0) 1 and (5, 0 | 3, 0) 1. Second: 0, 2 | 1, 1 give 0, and otherwise (0, 1 | 2, 1) 1 and
    1. The largest of both: 4, 1, 1. So 4 is beaten by none but its mirror image, 0 by all six."""
    means = np.array([[3.0, 0.0], [5.0, 2.0], [0.0, 1.0], [0.0, 1.0]])
    assert permute_family(means, 2).tolist() == [2 / 6, 1.0]
    assert permute_members(means, 2)[0].tolist() == [2 / 6, 1.0]
    # a third value that moves more than the first when outlets are exchanged takes its place from it
    wild = np.column_stack([means, [6.0, -6.0, 6.0, -6.0]])
    assert permute_family(wild, 2).tolist() == [4 / 6, 1.0, 1.0]
    assert permute_members(wild, 2)[0].tolist() == [2 / 6, 1.0, 1.0]


def test_a_family_is_seldom_found_where_nothing_is():
    """Of 400 families of twelve values that do not differ, some value passes .05 in no more than 5 % once adjusted (3
    standard errors above), and in far more than that without. One value alone is what it was."""
    rng = np.random.default_rng(14)
    families = rng.normal(size=(400, 8, 12))
    adjusted = np.array([permute_family(means, 4).min() for means in families])
    plain = np.array([permute_members(means, 4)[0].min() for means in families])
    assert (adjusted <= 0.05).mean() <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)
    assert (plain <= 0.05).mean() > 0.2
    one = families[0][:, :1]
    assert permute_family(one, 4) == permute_members(one, 4)[0]
