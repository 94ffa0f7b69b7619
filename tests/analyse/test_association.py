import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.analyse.association import dispersion, log_dice, log_likelihood, log_odds, wilson


def test_log_odds_by_hand() -> None:
    # Side 1: (6, 3, 1), 10 words; side 2: (2, 3, 5), 10 words. Prior: the sums (8, 6, 6), 20.
    # Term 1: odds (6+8)/(10+20-14) = 14/16 against (2+8)/(10+20-10) = 10/20; log(14/16 * 20/10) = log 1.75
    #         variance 1/14 + 1/10 = 6/35
    # Term 2: the same odds on both sides: 0
    # Term 3: (1+6)/(30-7) = 7/23 against (5+6)/(30-11) = 11/19; variance 1/7 + 1/11 = 18/77
    odds, z = log_odds(np.array([6.0, 3, 1]), np.array([2.0, 3, 5]), 10.0, 10.0)
    assert odds == pytest.approx([math.log(1.75), 0, math.log(7 * 19 / (23 * 11))], abs=1e-12)
    assert z == pytest.approx(
        [math.log(1.75) / math.sqrt(6 / 35), 0, math.log(133 / 253) / math.sqrt(18 / 77)], abs=1e-12
    )


def monroe(y: list[list[int]]) -> list[tuple[float, float]]:
    """Equations 15-22 for two groups, term by term, as they are printed."""
    alpha = [a + b for a, b in zip(*y, strict=True)]
    alpha_0 = sum(alpha)
    n = [sum(row) for row in y]
    made = []
    for w, prior in enumerate(alpha):
        omega = [(y[i][w] + prior) / (n[i] + alpha_0 - y[i][w] - prior) for i in range(2)]
        delta = math.log(omega[0]) - math.log(omega[1])
        made.append((delta, delta / math.sqrt(1 / (y[0][w] + prior) + 1 / (y[1][w] + prior))))
    return made


def test_log_odds_against_a_loop_over_random_counts() -> None:
    rng = np.random.default_rng(3)
    y = rng.negative_binomial(0.6, 0.02, size=(2, 300)) + np.eye(2, 300, dtype=int)
    y[:, y.sum(0) == 0] = 1
    odds, z = log_odds(y[0], y[1], y[0].sum(), y[1].sum())
    expected = np.array(monroe(y.tolist()))
    assert odds == pytest.approx(expected[:, 0], abs=1e-6, rel=1e-6)
    assert z == pytest.approx(expected[:, 1], abs=1e-6, rel=1e-6)


def test_dispersion_of_the_published_example() -> None:
    # Gries 2008, section 2: the word "a" 1, 2, 3, 4, 5 times in five parts of 9, 10, 10, 10, 11 words: DP = .18
    assert dispersion(np.array([1.0, 2, 3, 4, 5]), np.array([9.0, 10, 10, 10, 11])) == pytest.approx(0.18, abs=1e-12)


def test_dispersion_of_the_corrected_example() -> None:
    # Lijffijt and Gries 2012, table 1: three equal parts, 2/3 and 1/3 of the occurrences: (1/3 + 0 + 1/3) / 2
    assert dispersion(np.array([2.0, 1, 0]), np.array([5.0, 5, 5])) == pytest.approx(1 / 3)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 500)), min_size=1, max_size=30))
def test_dispersion_lies_between_0_and_1(parts: list[tuple[int, int]]) -> None:
    counts, sizes = np.array(parts, dtype=float).T
    found = dispersion(counts, sizes)
    assert math.isnan(found) if counts.sum() == 0 else 0 <= found <= 1


def test_log_likelihood_of_the_published_bigram() -> None:
    # Dunning 1993, table 2, "the swiss": 110 together, 2442 and 111 apart, 29114 neither: 270.72
    assert log_likelihood(110, 110 + 2442, 110 + 111, 110 + 2442 + 111 + 29114) == pytest.approx(270.72, abs=0.005)


def test_log_likelihood_of_independence_is_0_and_of_empty_cells_finite() -> None:
    assert log_likelihood(10, 100, 100, 1000) == pytest.approx(0, abs=1e-9)
    # All of 20 in half of 40: 2 (20 log 2 + 20 log 2)
    assert log_likelihood(20, 20, 20, 40) == pytest.approx(2 * 40 * math.log(2))


def test_log_dice_as_described_by_its_author() -> None:
    # Rychly 2008: 14 where two words stand only together; 0 at one in 16,384; one more for twice as often.
    assert log_dice(7, 7, 7) == pytest.approx(14)
    assert log_dice(1, 16384, 16384) == pytest.approx(0)
    assert log_dice(2, 16384, 16384) == pytest.approx(1)


def test_wilson_of_published_figures() -> None:
    # Newcombe 1998, table I: 81 of 263 (.2553, .3662), 15 of 148 (.0624, .1605), 0 of 20 (0, .1611),
    # 29 of 29 (.8830, 1)
    share, low, high = wilson(np.array([81, 15, 0, 29]), np.array([263, 148, 20, 29]))
    assert share == pytest.approx([81 / 263, 15 / 148, 0, 1])
    assert low == pytest.approx([0.2553, 0.0624, 0, 0.8830], abs=5e-5)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 1], abs=5e-5)
    assert math.isnan(wilson(np.array([0]), np.array([0]))[0][0])
