"""The arithmetic of the split: by hand, against published figures, against another implementation."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analyse.kitagawa import PARTS, side_weights, slopes, split

ALL = np.array([True, True])


def side(shares, means):
    """Shares and means by theme -> the pair that split takes, of one value."""
    p = np.array(shares, dtype=float)
    return p, (p * np.array(means, dtype=float))[:, None]


def parts(own, other, shared):
    return dict(zip(PARTS, split(own, other, np.array(shared))[:, 0], strict=True))


def test_two_themes_by_hand():
    """a: .8 x 1 + .2 x .5 = .9; b: .4 x .6 + .6 x .3 = .42."""
    made = parts(side([0.8, 0.2], [1, 0.5]), side([0.4, 0.6], [0.6, 0.3]), ALL)
    assert made["total"] == pytest.approx(0.9 - 0.42)
    # (.8 - .4) x (1 + .6) / 2 + (.2 - .6) x (.5 + .3) / 2 = .32 - .16
    assert made["selection"] == pytest.approx(0.16)
    # (.8 + .4) / 2 x (1 - .6) + (.2 + .6) / 2 x (.5 - .3) = .24 + .08
    assert made["presentation"] == pytest.approx(0.32)
    assert made["apart"] == 0


def test_a_theme_of_one_side_is_set_apart_by_hand():
    """a gives half of its passages, of mean 2, to a theme that b has not; within the others it is as above: its shares
    there are .8 and .2, its mean there .9. Apart: .5 x (2 - .9) = .55; the rest is as if the theme were not there."""
    made = parts(side([0.4, 0.1, 0.5], [1, 0.5, 2]), side([0.4, 0.6, 0], [0.6, 0.3, 0]), [True, True, False])
    assert made["apart"] == pytest.approx(0.55)
    assert (made["selection"], made["presentation"]) == (pytest.approx(0.16), pytest.approx(0.32))
    assert made["total"] == pytest.approx(0.4 + 0.05 + 1 - 0.42)


def test_where_no_theme_is_shared_all_of_it_is_apart():
    made = parts(side([1, 0], [3, 0]), side([0, 1], [0, 1]), ALL)
    assert made == {"total": 2, "selection": 0, "presentation": 0, "apart": 2}
    made = parts(side([0.5, 0.5], [3, 1]), side([0.5, 0.5], [1, 1]), [False, False])
    assert made == {"total": 1, "selection": 0, "presentation": 0, "apart": 1}


def test_published_figures_of_das_gupta():
    """Death rates of 1985 and 1970, two races by eleven ages: example 5.3 of Das Gupta 1993 (Standardization and
    Decomposition of Rates, US Bureau of the Census P23-186), figures as the R package DasGuptR 2.1.0 prints them: rate
    effect -2.2277254, effects of age and race 1.5217347 and 0.0197749, in all -0.6862158."""
    size_85 = [3041, 11577, 27450, 32711, 35480, 27411, 19555, 19795, 15254, 8022, 2472,
               707, 2692, 6473, 6841, 6547, 4352, 3034, 2540, 1749, 804, 236]  # fmt: skip
    size_70 = [2968, 11484, 34614, 30992, 21983, 20314, 20928, 16897, 11339, 5720, 1315,
               535, 2162, 6120, 4781, 3096, 2718, 2363, 1767, 1149, 448, 117]  # fmt: skip
    rate_85 = [9.163, 0.462, 0.248, 0.929, 1.084, 1.810, 4.715, 12.187, 27.728, 64.068, 157.570,
               17.208, 0.738, 0.328, 1.103, 2.045, 3.724, 8.052, 17.812, 34.128, 68.276, 125.161]  # fmt: skip
    rate_70 = [18.469, 0.751, 0.391, 1.146, 1.287, 2.672, 6.636, 15.691, 34.723, 79.763, 176.837,
               36.993, 1.352, 0.541, 2.040, 3.523, 6.746, 12.967, 24.471, 45.091, 74.902, 123.205]  # fmt: skip
    late, early = (side(np.array(n) / sum(n), r) for n, r in ((size_85, rate_85), (size_70, rate_70)))
    made = parts(late, early, np.ones(22, dtype=bool))
    assert made["presentation"] == pytest.approx(-2.2277254, abs=5e-8)
    assert made["selection"] == pytest.approx(1.5217347 + 0.0197749, abs=1e-7)
    assert made["total"] == pytest.approx(-0.6862158, abs=5e-8)
    assert (late[1].sum(), early[1].sum()) == (pytest.approx(8.735618, abs=5e-7), pytest.approx(9.421833, abs=5e-7))


def test_oaxaca_and_blinder_on_dummies_of_themes():
    """statsmodels' threefold decomposition: endowments and coefficients, each with half of the interaction."""
    oaxaca = pytest.importorskip("statsmodels.stats.oaxaca")
    rng = np.random.default_rng(3)
    sides = rng.integers(2, size=300)
    themes = np.where(rng.random(300) < 0.3 + 0.3 * sides, rng.integers(3, size=300), 3)
    scores = themes * 0.4 + sides * 0.5 * (themes == 1) + rng.normal(size=300)
    dummies = np.column_stack([sides, *(themes == t for t in (1, 2, 3))]).astype(float)
    model = oaxaca.OaxacaBlinder(scores, dummies, 0, hasconst=False, swap=False)
    endowments, coefficients, interaction, gap = model.three_fold().params
    own, other = (
        side([(themes[sides == s] == t).mean() for t in range(4)],
             [scores[(sides == s) & (themes == t)].mean() for t in range(4)])
        for s in (0, 1)
    )  # fmt: skip
    made = parts(own, other, np.ones(4, dtype=bool))
    assert made["total"] == pytest.approx(gap, rel=1e-9)
    assert made["selection"] == pytest.approx(endowments + interaction / 2, rel=1e-6)
    assert made["presentation"] == pytest.approx(coefficients + interaction / 2, rel=1e-6)


numbers = st.lists(st.floats(0.01, 1), min_size=4, max_size=4)


@settings(max_examples=60, deadline=None)
@given(numbers, numbers, numbers, numbers, st.lists(st.booleans(), min_size=4, max_size=4), st.floats(-5, 5))
def test_parts_add_up_whatever_the_zero_and_turn_with_the_sides(p, m, p2, m2, shared, zero):
    p, p2 = np.array(p) / sum(p), np.array(p2) / sum(p2)
    made = parts(side(p, m), side(p2, m2), shared)
    assert made["selection"] + made["presentation"] + made["apart"] == pytest.approx(made["total"], abs=1e-12)
    moved = parts(side(p, np.array(m) + zero), side(p2, np.array(m2) + zero), shared)
    turned = parts(side(p2, m2), side(p, m), shared)
    for part in PARTS:
        assert moved[part] == pytest.approx(made[part], abs=1e-11)
        assert turned[part] == pytest.approx(-made[part], abs=1e-12)


def test_slopes_are_the_derivatives():
    rng = np.random.default_rng(5)
    shared = np.array([True, True, True, False])
    p, p2 = rng.dirichlet(np.ones(4), 2)
    s, s2 = rng.normal(size=(2, 4, 2))
    by_share, by_sum = slopes((p, s), (p2, s2), shared)
    step = 1e-6
    for t in range(4):
        bump = step * (np.arange(4) == t)
        change = (split((p + bump, s), (p2, s2), shared) - split((p - bump, s), (p2, s2), shared)) / (2 * step)
        # The parts are of shares that sum to one: on these, what a constant in every slope adds is nothing.
        gap = change - by_share[t]
        if t == 0:
            first = gap
        assert gap == pytest.approx(first, abs=1e-7)
        for v in range(2):
            sums = s + 0.0
            sums[t, v] += step
            change = (split((p, sums), (p2, s2), shared) - split((p, s), (p2, s2), shared)) / step
            assert change[:, v] == pytest.approx(by_sum[t], abs=1e-6)


def test_side_weights_by_hand():
    """P has two units, Q one, R is not counted: P's weigh a quarter each. Drawn 2 and 0 of P, 3 of Q: P's mean is its
    first unit's, Q counts thrice."""
    rows = pl.DataFrame(
        {"side": ["a"] * 4 + ["b"], "member": ["P", "P", "Q", "R", "S"], "counted": [True, True, True, False, True]}
    )
    made = side_weights(rows, "a", np.array([[1.0, 1, 1, 1, 1], [2, 0, 3, 5, 1], [0, 0, 1, 1, 1]]))
    assert made[0] == pytest.approx([0.25, 0.25, 0.5, 0, 0])
    assert made[1] == pytest.approx([0.25, 0, 0.75, 0, 0])
    assert made[2] == pytest.approx([0, 0, 1, 0, 0])
    assert side_weights(rows.with_columns(counted=False), "a", np.ones((1, 5)))[0] == pytest.approx(
        [1 / 6, 1 / 6, 1 / 3, 1 / 3, 0]
    )
