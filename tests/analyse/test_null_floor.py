"""The null floor and the power of contrasts: by hand, against references, and by simulation (the long one is in
benchmarks/simulate_contrasts.py)."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analyse.null_floor import Stood, by_chance, detectable, detectable_side, shift_found, splits
from nested import Nested, contrast, nested

TAILS = (0.025, 0.975)


def stood(*members, counted=None):
    """A side of which each member is given by the values of its units."""
    units = [np.array(member, dtype=float)[:, None] for member in members]
    means = np.stack([unit.mean(0) for unit in units])
    return Stood(means, units, len(units) if counted is None else counted)


STILL = stood([0, 0], [0, 0], [0, 0], [0, 0])


def null_floor(first, other):
    """The floor and what was split."""
    found = by_chance(first, other)
    return found.floor(), found.kind


def test_a_floor_by_hand():
    """Outlets 0 0 0 4 beside four that do not differ. Splits of one against three: 4 apart once, 4/3 three times, by
    sqrt((1/4) / (1 + 1/3)) = sqrt(3)/4; of two against two: 2 apart three times, by 1/2. Of the seven sizes
    sqrt(3), sqrt(3)/3 and 1 the largest stands above the 95th percentile, for one in seven is it. Six degrees of
    freedom: t is 2.4469 where the normal is 1.95996."""
    floor, kind = null_floor(stood([0, 0], [0, 0], [0, 0], [4, 4]), STILL)
    assert kind == "outlets"
    assert floor[0] == pytest.approx(math.sqrt(3) * 2.446912 / 1.959964, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 9), st.integers(0, 10_000))
def test_splits_vary_exactly_as_the_mean_of_the_side(k, seed):
    """S^2 / k, with S^2 over k - 1: the number of outlets is made up for, whatever the groups' sizes."""
    means = np.random.default_rng(seed).gamma(1.0, size=k)
    made = splits(k, np.random.default_rng(1)) @ means
    assert len(made) == 2 ** (k - 1) - 1
    assert (made**2).mean() == pytest.approx(means.var(ddof=1) / k, rel=1e-9)


def test_random_splits_of_many_outlets_do_so_too():
    means = np.random.default_rng(2).gamma(1.0, size=40)
    made = splits(40, np.random.default_rng(1))
    assert made.shape == (1000, 40) and np.allclose(made.sum(1), 0)
    assert ((made @ means) ** 2).mean() == pytest.approx(means.var(ddof=1) / 40, rel=0.12)


def test_documents_by_hand():
    """One member's documents are 0 and 2, halves 2 apart, half of which is 1; the other's are the same. Half of the
    side's mean is each member's: .5, in every split."""
    floor, kind = null_floor(stood([0, 2], [1, 1]), stood([0, 0], [0, 0]))
    assert kind == "documents" and floor[0] == pytest.approx(0.5)


def test_members_of_one_document_are_split_together():
    """Two of three members have one document, 0 and 2: 1 apart by halves, and two thirds of the side."""
    floor, _ = null_floor(stood([0], [2], [5, 5], counted=0), stood([0, 0], [0, 0]))
    assert floor[0] == pytest.approx(2 / 3)


def test_where_nothing_can_be_split_there_is_no_floor():
    assert np.isnan(null_floor(stood([3.0]), stood([4.0]))[0][0])
    assert np.isnan(null_floor(stood([3.0, 3.0]), stood([4.0, 4.0]))[0][0])


def test_a_short_side_is_taken_to_vary_as_the_other_sides_outlets():
    """Outlets with no noise and variance 4, four of them beside one: sd sqrt(4/4 + 4/1), at normal quantiles about
    1.96 of it, widened by t at 3 degrees of freedom (3.182 for 1.960)."""
    floor, kind = null_floor(stood([0, 0], [0, 0], [0, 0], [4, 4]), stood([7, 7]))
    assert kind == "outlets"
    assert floor[0] == pytest.approx(math.sqrt(5) * 3.1824, rel=0.2)
    noisy = stood([-30, 30], [-30, 30], [-31, 31], [-26, 34])  # the outlets differ by less than their documents' noise
    alone, _ = null_floor(noisy, STILL)
    assert null_floor(noisy, stood([7, 7]))[0][0] == pytest.approx(alone[0] * 3.1824 / 2.4469, rel=0.05)


def test_the_short_sides_own_documents_count():
    """A single outlet of ten noisy documents beside four outlets that hardly vary: its noise is the floor."""
    noise = np.random.default_rng(3).normal(size=10)
    floor, _ = null_floor(stood([0, 0], [0, 0], [0.01, 0.01], [0, 0]), stood(noise))
    spread = noise.std(ddof=1) / math.sqrt(10)
    assert floor[0] == pytest.approx(1.96 * spread * 3.1824 / 1.96, rel=0.12)


def test_small_outlets_that_are_not_counted_are_not_split():
    four = stood([0, 0], [0, 0], [0, 0], [4, 4], counted=0)
    assert null_floor(four, four)[1] == "documents"


def test_the_smallest_difference_an_interval_finds_is_the_textbooks():
    """(1.96 + .84) standard errors, of 200,000 normal draws."""
    draws = np.random.default_rng(1).normal(5, 0.1, (200_000, 1))
    assert detectable(draws, np.array([5.0]), tails=TAILS)[0] == pytest.approx((1.959964 + 0.841621) * 0.1, rel=0.01)


def test_with_skewed_noise_the_harder_direction_counts():
    draws = np.random.default_rng(1).exponential(1.0, (200_000, 1))
    low, weak, strong, high = (-math.log(1 - q) - 1 for q in (0.025, 0.2, 0.8, 0.975))
    found = detectable(draws, np.array([1.0]), tails=TAILS)[0]
    assert found == pytest.approx(max(-low - weak, high + strong), rel=0.02)
    assert np.isnan(detectable(np.ones((10, 1)), np.ones(1), tails=TAILS)[0])


def test_with_many_outlets_permuting_them_has_the_power_of_the_t_test():
    """Noncentral t with 30 + 30 - 2 degrees of freedom (statsmodels): the difference found with a power of .8."""
    power = pytest.importorskip("statsmodels.stats.power")
    wanted = power.TTestIndPower().solve_power(nobs1=30, alpha=0.05, power=0.8)
    assert shift_found(30, 30) == pytest.approx(wanted, rel=0.04)


def test_where_so_few_outlets_cannot_reach_05_no_difference_is_large_enough():
    assert math.isnan(shift_found(3, 3)) and math.isnan(shift_found(1, 6))
    assert shift_found(4, 4) > shift_found(4, 8) > shift_found(8, 8)
    one = np.array([[0.0]])
    assert np.isnan(detectable_side(one, one)).all()


def test_the_difference_between_sides_is_in_standard_deviations_of_outlets():
    """Outlets 0 0 2 2 and 1 1 3 3: squares 4 + 4 on 6 degrees of freedom."""
    first, other = np.array([[0.0], [0], [2], [2]]), np.array([[1.0], [1], [3], [3]])
    assert detectable_side(first, other)[0] == pytest.approx(shift_found(4, 4) * math.sqrt(8 / 6))


# By simulation.


def columns(drawn, *, seed, replicates=50):
    made = contrast(drawn, seed=seed, replicates=replicates)
    return {name: made[name].to_numpy() for name in made.columns if made[name].dtype == pl.Float64} | {
        "null_floor_kind": made["null_floor_kind"].to_list()
    }


@pytest.mark.parametrize("outlets", [3, 4, 6])
def test_sides_that_do_not_differ_lie_inside_the_floor(outlets):
    """In about 95 of 100; binomial error of 400 corpora 1.1 points. The interval of documents misses far more often."""
    drawn = nested(np.random.default_rng(outlets), 400, outlets=outlets, documents=25, passages=2, between=0.3)
    made = columns(drawn, seed=1, replicates=400)
    assert set(made["null_floor_kind"]) == {"outlets"}
    outside = np.abs(made["standardised"]) > made["null_floor"]
    assert 0.02 <= outside.mean() <= 0.095
    assert ((made["low"] > 0) | (made["high"] < 0)).mean() > 0.2


def test_documents_are_the_optimistic_measure():
    """With two outlets a side that differ, the floor of documents is too low."""
    drawn = nested(np.random.default_rng(3), 300, outlets=2, documents=25, passages=2, between=0.3)
    made = columns(drawn, seed=1)
    assert set(made["null_floor_kind"]) == {"documents"}
    assert (np.abs(made["standardised"]) > made["null_floor"]).mean() > 0.15


def test_without_differences_of_outlets_the_floor_of_documents_is_right():
    drawn = nested(np.random.default_rng(4), 400, outlets=2, documents=25, passages=2, between=0.0)
    made = columns(drawn, seed=1)
    assert 0.02 <= (np.abs(made["standardised"]) > made["null_floor"]).mean() <= 0.09


def test_the_largest_of_many_values_lies_inside_the_floor_of_all():
    """Twelve values in 60 corpora whose sides do not differ: one of them is outside its own floor in half of these, the
    largest outside the floor of all in 5 %, give or take 3 points each way twice over."""
    own, of_all = [], []
    for seed in range(60):
        drawn = nested(np.random.default_rng(100 + seed), 12, outlets=4, documents=15, passages=2, between=0.3)
        made = columns(drawn, seed=seed)
        size = np.abs(made["standardised"])
        own.append((size > made["null_floor"]).any())
        of_all.append((size > made["null_floor_all"]).any())
        assert (made["null_floor_all"] >= made["null_floor"].min()).all() and len(set(made["null_floor_all"])) == 1
    assert np.mean(own) > 0.25 and np.mean(of_all) <= 0.11


def test_one_value_alone_has_the_floor_of_all_for_its_own():
    drawn = nested(np.random.default_rng(6), 1, outlets=4, documents=15, passages=2, between=0.3)
    made = columns(drawn, seed=2)
    assert made["null_floor_all"] == pytest.approx(made["null_floor"])


def test_two_outlets_beside_six_borrow_how_those_differ():
    """Two of the one side's six outlets are kept: the variance of its mean trebles, and the floor knows."""
    rng = np.random.default_rng(5)
    drawn = nested(rng, 400, outlets=6, documents=25, passages=2, between=0.3)
    kept = np.r_[:2, 6:12]
    made = contrast(Nested(drawn.values[:, kept], drawn.truth[:, kept]), seed=1, replicates=50, first=2)
    assert made["null_floor_kind"].unique().to_list() == ["outlets"]
    outside = (made["standardised"].abs() > made["null_floor"]).mean()
    assert 0.02 <= outside <= 0.10


def test_a_difference_that_the_interval_is_said_to_find_is_found():
    """Outlets fixed and alike: planted at the mean detectable size, four in five; binomial error 2 points."""
    drawn = nested(np.random.default_rng(6), 400, outlets=3, documents=25, passages=4, between=0.0)
    made = columns(drawn, seed=1, replicates=600)
    drawn.values[:, :3] += np.mean(made["detectable"]) * math.sqrt(0.36 + 0.64 / 4)
    found = columns(drawn, seed=1, replicates=600)
    assert 0.73 <= (found["low"] > 0).mean() <= 0.87


def test_a_difference_between_sides_that_is_said_to_be_found_is_found():
    """Outlets random: sd .3 of documents' .721 plus the noise of 25 documents; planted at shift_found times that."""
    drawn = nested(np.random.default_rng(7), 400, outlets=5, documents=25, passages=4, between=0.3)
    spread = math.sqrt(0.36 + 0.64 / 4)
    of_outlets = spread * math.sqrt(0.3**2 + 1 / 25)
    made = columns(drawn, seed=1)
    assert np.sqrt(np.mean(made["detectable_side"] ** 2)) == pytest.approx(
        shift_found(5, 5) * of_outlets / spread, rel=0.08
    )
    drawn.values[:, :5] += shift_found(5, 5) * of_outlets
    assert 0.73 <= (columns(drawn, seed=1)["p"] <= 0.05).mean() <= 0.87
