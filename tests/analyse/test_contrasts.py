"""Contrasts between sides: by hand, against references, and by simulation (the long one is in benchmarks/)."""

import math
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructed import passages
from helpers.analyse import resampling
from helpers.analyse.contrasts import compare
from helpers.analyse.resampling import between_share, bootstrap_weights, permute_members, pooled_sd, unit_weights
from helpers.analyse.units import SHARED, units
from helpers.errors import InputError
from nested import by_passages, contrast, cover, document_p, nested


def table(rows, **columns):
    """rows: (side, member, unit, value), all counted, none spanning."""
    frame = pl.DataFrame(rows, schema=["side", "member", "unit", "score"], orient="row")
    plain = {"stratum": pl.col("member"), "counted": pl.lit(True), "spans_sides": pl.lit(False),
             "n_documents": pl.lit(1), "n_passages": pl.lit(2), "n_texts": pl.lit(1)}  # fmt: skip
    given_ = {n: pl.Series(v) if isinstance(v, list) else v for n, v in columns.items()}
    return frame.with_columns(**{**plain, **given_})


# By hand. Side a: outlets P (documents 1, 3, mean 2) and Q (document 6). Side b: R (0, 2, mean 1) and S (1).
HAND = [("a", "P", "p1", 1.0), ("a", "P", "p2", 3.0), ("a", "Q", "q1", 6.0),
        ("b", "R", "r1", 0.0), ("b", "R", "r2", 2.0), ("b", "S", "s1", 1.0)]  # fmt: skip


def test_a_contrast_by_hand():
    made = compare(table(HAND), ["score"], replicates=200)
    row = made.table.row(0, named=True)
    assert (row["side"], row["other"]) == ("a", "b")
    # outlet-equal means: a (2 + 6) / 2 = 4, b (1 + 1) / 2 = 1
    assert row["difference"] == pytest.approx(3)
    # documents: a 1, 3, 6 (mean 10/3), squares 49/9 + 1/9 + 64/9 = 114/9; b 0, 2, 1, squares 2; sd^2 = (114/9 + 2) / 4
    sd = math.sqrt((114 / 9 + 2) / 4)
    assert row["standardised"] == pytest.approx(3 / sd)
    # without P: 6 - 1 = 5, without Q: 2 - 1 = 1, without R: 4 - 1 = 3, without S: 4 - 1 = 3
    assert (row["alone_low"], row["alone_high"], row["flips"]) == (1, 5, None)
    # means 2, 6 | 1, 1: the six assignments of two outlets to side a give 3, -0 (2+1 | 6+1 -> 1.5 - 3.5 = -2) twice,
    # 6+1 | 2+1 -> 2 twice, 1+1 | 2+6 -> -3. As large as 3: two of six.
    assert row["p"] == pytest.approx(2 / 6) and row["p_smallest"] == pytest.approx(2 / 6)
    assert row["n_assignments"] == 6
    assert (row["n_documents"], row["other_n_documents"], row["n_members"], row["other_n_members"]) == (3, 3, 2, 2)


def test_p_is_adjusted_for_the_values_of_a_pair():
    # The second value is the first one's negative: together they are one, and cost nothing.
    frame = table(HAND).with_columns(mirror=-pl.col("score"), gap=pl.when(pl.col("unit") != "p1").then(pl.col("score")))
    made = compare(frame, ["score", "mirror"], replicates=50).table
    assert made["p_adjusted"].to_list() == made["p"].to_list() == [pytest.approx(2 / 6)] * 2
    assert made["n_values"].to_list() == [2, 2]
    # A value that other units lack is a family of its own: twice, for two families.
    gaps = compare(frame, ["score", "gap"], replicates=50).table
    assert gaps["p_adjusted"].to_list() == [pytest.approx(min(1.0, 2 * p)) for p in gaps["p"]]


def test_sides_and_members_by_hand():
    made = compare(table(HAND), ["score"], replicates=200)
    a = made.sides.row(0, named=True)
    assert a["mean"] == 4 and a["documents_mean"] == pytest.approx(10 / 3)
    assert a["sd"] == pytest.approx(math.sqrt(114 / 9 / 2))
    assert (a["n_units"], a["n_documents"], a["n_passages"], a["n_members"], a["n_set_aside"]) == (3, 3, 6, 2, 0)
    means = dict(made.members.select("member", "mean").rows())
    assert means == {"P": 2, "Q": 6, "R": 1, "S": 1}
    assert made.members.filter(pl.col("member") == "Q").select("low", "high").row(0) == (None, None)


def test_documents_weigh_the_same_whatever_their_passages():
    """Document d1 has passages 0 and 1, d2 one passage of 1: the mean of document means is .75, of passages 2/3."""
    rows = [("d1", "a", "P", 0.0), ("d1", "a", "P", 1.0), ("d2", "a", "P", 1.0),
            ("e1", "b", "R", 0.25), ("e2", "b", "R", 0.25)]  # fmt: skip
    frame = passages([(d, s, o, "x") for d, s, o, _ in rows], score=[v for *_, v in rows])
    made = compare(units(frame, ["score"]), ["score"], replicates=50)
    assert made.table["difference"].to_list() == [pytest.approx(0.5)]


def test_an_outlet_whose_omission_turns_the_sign_is_named():
    rows = [("a", "P", "p", 9.0), ("a", "Q", "q", 0.0), ("b", "R", "r", 1.0), ("b", "S", "s", 2.0)]
    row = compare(table(rows), ["score"], replicates=50).table.row(0, named=True)
    # without P: 0 - 1.5 < 0
    assert row["difference"] == 3 and row["flips"] == "P" and row["alone_low"] == -1.5


def test_small_outlets_are_described_and_enter_no_mean():
    small = table([*HAND, ("a", "T", "t1", 100.0)], counted=[True] * 6 + [False])
    made = compare(small, ["score"], replicates=50)
    assert made.table["difference"][0] == pytest.approx(3)
    a = made.sides.row(0, named=True)
    assert a["n_set_aside"] == 1 and a["n_members"] == 2 and a["documents_mean"] == pytest.approx(110 / 4)
    assert made.members.filter(pl.col("member") == "T").select("mean", "counted").row(0) == (100, False)


def test_where_no_outlet_is_large_all_are_used_and_none_is_counted():
    made = compare(table(HAND, counted=pl.lit(False)), ["score"], replicates=50)
    row = made.table.row(0, named=True)
    assert row["difference"] == 3 and (row["n_members"], row["other_n_members"]) == (0, 0)


def test_copies_over_outlets_of_a_side_are_no_third_outlet():
    """Three outlets against three reach p = 2 / 20; the texts they share must not make it 1 / 35."""
    rows = []
    for side, outlets in (("a", "PQR"), ("b", "STU")):
        rows += [(f"{side}{o}{i}", side, o, float(i + 5 * (side == "a")), None) for o in outlets for i in range(12)]
        rows += [(f"{side}w{i}{o}", side, o, 3.0, f"{side}w{i}") for o in outlets[:2] for i in range(12)]
    frame = passages([(d, s, o, "x") for d, s, o, *_ in rows], score=[r[3] for r in rows],
                     copy_cluster=[r[4] for r in rows])  # fmt: skip
    made = compare(units(frame, ["score"]), ["score"], replicates=50)
    row = made.table.row(0, named=True)
    assert row["n_members"] == 3 and row["p_smallest"] == pytest.approx(0.1) and row["difference"] == pytest.approx(5)
    assert made.members.filter(pl.col("member") == SHARED)["n_units"].to_list() == [12, 12]
    assert made.sides["n_set_aside"].to_list() == [24, 24]


def test_units_on_both_sides_are_left_out_of_the_permutation_and_counted():
    rows = [("a", "P", "p", 4.0), ("a", "P", "w", 0.0), ("a", "Q", "q", 4.0), ("a", "Q", "q2", 4.0),
            ("b", "R", "r", 1.0), ("b", "R", "w", 0.0), ("b", "S", "s", 1.0), ("b", "S", "s2", 1.0)]  # fmt: skip
    spans = [unit == "w" for _, _, unit, _ in rows]
    made = compare(table(rows, spans_sides=spans), ["score"], replicates=400)
    row = made.table.row(0, named=True)
    # with w: a (2 + 4) / 2 = 3, b (.5 + 1) / 2 = .75; without it the outlets are 4, 4 | 1, 1, the largest split of six
    assert row["difference"] == pytest.approx(2.25) and row["p"] == pytest.approx(2 / 6)
    assert made.sides["n_spanning"].to_list() == [1, 1]
    weights = unit_weights(table(rows, spans_sides=spans), replicates=400, seed=7)
    assert np.array_equal(weights[:, 1], weights[:, 5]), "one weight everywhere"


def test_values_with_gaps_are_compared_on_the_units_that_have_them():
    frame = table(HAND).with_columns(other=pl.when(pl.col("unit") != "q1").then("score"))
    made = compare(frame, ["other", "score"], replicates=50)
    assert made.table["value"].to_list() == ["other", "score"]
    assert made.table["difference"].to_list() == [pytest.approx(1), pytest.approx(3)]
    assert made.table["n_documents"].to_list() == [2, 3]


def test_a_value_that_does_not_vary_has_no_standardised_difference():
    rows = [(side, member, unit, 1.0) for side, member, unit, _ in HAND]
    row = compare(table(rows), ["score"], replicates=50).table.row(0, named=True)
    assert row["standardised"] is None and row["difference"] == 0 and row["p"] == 1


def test_one_side_is_nothing_to_compare():
    with pytest.raises(InputError, match="nothing to compare; expected passages of at least two sides; found a"):
        compare(table(HAND[:3]), ["score"])


def test_every_pair_of_sides_is_compared_and_the_order_of_rows_is_no_matter():
    three = table([*HAND, ("c", "T", "t1", 5.0), ("c", "T", "t2", 7.0)])
    made = compare(three, ["score"], replicates=300)
    assert made.table.select("side", "other").rows() == [("a", "b"), ("a", "c"), ("b", "c")]
    again = compare(three.sample(fraction=1, shuffle=True, seed=3), ["score"], replicates=300)
    assert again.table.equals(made.table) and again.sides.equals(made.sides) and again.members.equals(made.members)


def test_another_seed_draws_otherwise_and_the_same_one_the_same():
    x = np.random.default_rng(1).normal(size=60)
    rows = [("ab"[i % 2], "PQ"[i % 2], f"d{i}", v) for i, v in enumerate(x)]
    lows = [compare(table(rows), ["score"], replicates=300, seed=seed).table["low"][0] for seed in (7, 7, 8)]
    assert lows[0] == lows[1] != lows[2]


# The rescaled bootstrap.


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(0, 1000))
def test_weights_of_a_stratum_sum_to_its_size(n, seed):
    weights = bootstrap_weights(n, replicates=50, seed=seed)
    assert weights.shape == (50, n) and (weights >= 0).all()
    assert np.allclose(weights.sum(1), n)


@pytest.mark.parametrize("n", [2, 3, 5, 12])
def test_rescaling_gives_the_variance_of_the_mean_its_textbook_value(n):
    """s^2 / n with s^2 over n - 1; the plain bootstrap gives (n - 1) / n of it. 60,000 draws: error under 1.5 %."""
    x = np.random.default_rng(n).gamma(2.0, size=n)
    means = bootstrap_weights(n, replicates=60_000, seed=1) @ x / n
    assert means.mean() == pytest.approx(x.mean(), rel=0.01)
    assert means.var() == pytest.approx(x.var(ddof=1) / n, rel=0.03)


def test_single_documents_are_drawn_together_within_their_side():
    rows = [
        ("a", "P", "p", 1.0),
        ("a", "Q", "q", 2.0),
        ("a", "R", "r", 3.0),
        ("b", "S", "s1", 0.0),
        ("b", "S", "s2", 1.0),
    ]
    weights = unit_weights(table(rows), replicates=500, seed=7)
    assert np.allclose(weights[:, :3].sum(1), 3) and np.allclose(weights[:, 3:].sum(1), 2)
    assert weights[:, :3].min() == 0 and weights[:, :3].max() > 1


def test_strata_are_drawn_apart_and_one_does_not_depend_on_the_others():
    both = unit_weights(table(HAND), replicates=300, seed=7)
    alone = unit_weights(table(HAND[:2]), replicates=300, seed=7)
    assert np.array_equal(both[:, :2], alone)
    assert abs(np.corrcoef(both[:, 0], both[:, 3])[0, 1]) < 0.2


def test_speakers_have_the_variance_of_a_mean_of_speakers():
    """States that speak once each are drawn themselves: the interval is that of their mean."""
    x = np.random.default_rng(3).normal(size=(2, 40))
    rows = [
        (side, f"{side}{i}", f"{side}{i}", v)
        for side, values in zip("ab", x, strict=True)
        for i, v in enumerate(values)
    ]
    made = compare(table(rows, stratum=pl.col("side")), ["score"], replicates=6000)
    row = made.sides.row(0, named=True)
    assert (row["high"] - row["low"]) / (2 * 1.96) == pytest.approx(x[0].std(ddof=1) / 40**0.5, rel=0.05)
    difference = made.table.row(0, named=True)
    wanted = math.hypot(x[0].std(ddof=1), x[1].std(ddof=1)) / 40**0.5
    assert (difference["high"] - difference["low"]) / (2 * 1.96) == pytest.approx(wanted, rel=0.05)


# Against references.


def test_intervals_agree_with_scipys_bootstrap():
    scipy_stats = pytest.importorskip("scipy.stats")
    x = np.random.default_rng(5).gamma(1.5, size=(2, 80))
    rows = [(side, side, f"{side}{i}", v) for side, values in zip("ab", x, strict=True) for i, v in enumerate(values)]
    row = compare(table(rows), ["score"], replicates=6000).table.row(0, named=True)
    other = scipy_stats.bootstrap(
        tuple(x), lambda a, b, axis: a.mean(axis) - b.mean(axis), n_resamples=6000, method="percentile", rng=1
    ).confidence_interval
    width = other.high - other.low
    assert row["low"] == pytest.approx(other.low, abs=0.06 * width)
    assert row["high"] == pytest.approx(other.high, abs=0.06 * width)


@pytest.mark.parametrize(("first", "second"), [(2, 2), (2, 3), (3, 3), (4, 5)])
def test_the_permutation_agrees_with_scipys_exact_one(first, second):
    scipy_stats = pytest.importorskip("scipy.stats")
    means = np.random.default_rng(first * 10 + second).normal(size=(first + second, 4))
    p, smallest, total = permute_members(means, first)
    assert total == math.comb(first + second, first)
    for v in range(4):
        exact = scipy_stats.permutation_test(
            (means[:first, v], means[first:, v]),
            lambda a, b, axis: np.abs(a.mean(axis) - b.mean(axis)),
            vectorized=True, alternative="greater", n_resamples=np.inf,
        ).pvalue  # fmt: skip
        assert p[v] == pytest.approx(exact, abs=1e-12)
    assert (p >= smallest - 1e-12).all()


@pytest.mark.parametrize(
    ("first", "second", "smallest"), [(3, 3, 0.1), (4, 4, 2 / 70), (2, 3, 0.1), (1, 1, 1.0), (1, 4, 0.2)]
)
def test_the_smallest_p_that_can_be_reached(first, second, smallest):
    means = np.concatenate([np.linspace(10, 11, first), np.linspace(0, 1, second)])[:, None]
    p, told, _ = permute_members(means, first)
    assert told == pytest.approx(smallest) and p[0] == pytest.approx(smallest)


def test_beyond_the_enumerable_p_is_never_zero():
    means = np.concatenate([np.ones(12), np.zeros(12)])[:, None] + np.random.default_rng(1).normal(0, 0.01, (24, 1))
    p, smallest, total = permute_members(means, 12)
    assert total == math.comb(24, 12) > resampling.MOST_ENUMERATED
    assert p[0] == smallest == 1 / (resampling.DRAWN + 1)
    none, *_ = permute_members(np.random.default_rng(2).normal(size=(24, 1)), 12)
    exact = _normal_p(np.random.default_rng(2).normal(size=(24, 1))[:, 0], 12)
    assert none[0] == pytest.approx(exact, abs=0.1)


def _normal_p(values, first):
    """The permutation distribution of a difference of means is nearly normal with a known variance."""
    n, other = len(values), len(values) - first
    difference = values[:first].mean() - values[first:].mean()
    spread = values.std(ddof=1) * math.sqrt(1 / first + 1 / other)
    return math.erfc(abs(difference) / spread / math.sqrt(2)) if n else math.nan


def anova(values, formula):
    """Mean squares and degrees of freedom by term."""
    pytest.importorskip("statsmodels")
    import pandas as pd
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    found = anova_lm(ols(formula, pd.DataFrame(values)).fit())
    return found["mean_sq"], found["df"]


def test_the_share_between_outlets_agrees_with_statsmodels_one_way_table():
    """Balanced: variance between = (MS among - MS within) / n."""
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(6), 9)
    x = rng.normal(size=54) + rng.normal(0, 1, 6)[groups]
    (among, within), _ = anova({"x": x, "g": groups}, "x ~ C(g)")
    component = (among - within) / 9
    assert between_share(x, groups) == pytest.approx(component / (component + within), abs=1e-9)


def test_a_textbook_table():
    """Calcium in four leaves, four measurements each (Snedecor and Cochran 1967, table 10.13.1): mean squares .2961
    and .0066, components .0724 and .0066."""
    leaves = [[3.28, 3.09, 3.03, 3.03], [3.52, 3.48, 3.38, 3.38], [2.88, 2.80, 2.81, 2.76], [3.34, 3.38, 3.23, 3.26]]
    found = between_share(np.ravel(leaves), np.repeat(np.arange(4), 4))
    assert found == pytest.approx(0.0724 / (0.0724 + 0.0066), abs=5e-4)


def test_a_table_by_hand():
    """1 3 | 5 7 | 9 11: squares within 6 on 3, mean 2; among 2 (16 + 0 + 16) on 2, mean 32; (32 - 2) / 2 = 15."""
    assert between_share(np.array([1.0, 3, 5, 7, 9, 11]), np.array([0, 0, 1, 1, 2, 2])) == pytest.approx(15 / 17)


def test_an_unbalanced_table_by_hand():
    """Groups 0 2 4 | 5 7: means 2, 6, grand 18/5. Squares within 8 + 2 = 10 on 3, among
    3 * 2.56 + 2 * 5.76 = 19.2 on 1. n0 = (5 - 13/5) / 1 = 2.4. component (19.2 - 10/3) / 2.4."""
    component = (19.2 - 10 / 3) / 2.4
    found = between_share(np.array([0.0, 2, 4, 5, 7]), np.array([0, 0, 0, 1, 1]))
    assert found == pytest.approx(component / (component + 10 / 3))


def test_a_difference_between_sides_is_no_variance_between_outlets():
    """Two sides of three balanced outlets: the nested table, outlets within sides on 4 degrees of freedom."""
    rng = np.random.default_rng(8)
    groups, sides = np.repeat(np.arange(6), 10), np.repeat([0, 1], 30)
    x = rng.normal(size=60) + rng.normal(0, 0.7, 6)[groups]
    squares, df = anova({"x": x, "s": sides, "o": groups % 3}, "x ~ C(s) + C(s):C(o)")
    assert df["C(s):C(o)"] == 4
    component = (squares["C(s):C(o)"] - squares["Residual"]) / 10
    within = squares["Residual"]
    wanted = component / (component + within)
    assert between_share(x, groups, sides=sides) == pytest.approx(wanted, abs=1e-9)
    assert between_share(x + 100 * sides, groups, sides=sides) == pytest.approx(wanted, abs=1e-9)
    assert between_share(x + 100 * sides, groups) > 0.99


def test_the_share_between_is_right_on_average():
    """True share .3, two sides of five outlets of unequal size; 400 tables, standard error about .007."""
    rng = np.random.default_rng(9)
    groups = np.repeat(np.arange(10), [8, 12, 20, 30, 15, 10, 25, 9, 40, 11])
    sides = (groups >= 5).astype(int)
    components = []
    for _ in range(400):
        x = rng.normal(0, 0.7**0.5, len(groups)) + rng.normal(0, 0.3**0.5, 10)[groups] + 2 * sides
        components.append(between_share(x, groups, sides=sides))
    assert np.mean(components) == pytest.approx(0.28, abs=0.035)  # the ratio is biased down a little, the parts are not


@pytest.mark.parametrize(
    ("groups", "sides"),
    [([0, 0, 0], None), ([0, 1, 2], None), ([0, 0, 1, 1], [0, 0, 1, 1])],
)
def test_without_a_second_outlet_on_a_side_there_is_no_share(groups, sides):
    x = np.arange(float(len(groups)))
    assert math.isnan(between_share(x, np.array(groups), sides=None if sides is None else np.array(sides)))


def test_no_variance_between_outlets_is_a_share_of_zero():
    assert between_share(np.array([1.0, 2, 1, 2]), np.array([0, 0, 1, 1])) == 0


def test_the_pooled_standard_deviation():
    a, b = np.array([[1.0], [3.0]]), np.array([[0.0], [0.0], [3.0]])
    # squares 2 and 6, on 3 degrees of freedom
    assert pooled_sd(a, b)[0] == pytest.approx(math.sqrt(8 / 3))
    assert np.isnan(pooled_sd(np.ones((2, 1)), np.ones((2, 1)))[0])


# By simulation. The figures of 1,000 runs are in benchmarks/simulate_contrasts.json.


def test_with_outlets_fixed_documents_cover_and_passages_do_not():
    drawn = nested(np.random.default_rng(1), 400, outlets=3, documents=25, passages=6, between=0.2)
    made = contrast(drawn, seed=1, replicates=1000)
    # binomial error of 400 corpora: 1.1 points
    assert 0.92 <= cover(drawn, made["low"].to_numpy(), made["high"].to_numpy()).mean() <= 0.98
    assert cover(drawn, *by_passages(drawn, seed=1, replicates=500)).mean() <= 0.80


def test_with_outlets_random_only_the_permutation_of_outlets_holds_its_level():
    rng = np.random.default_rng(2)
    drawn = nested(rng, 400, outlets=4, documents=25, passages=2, between=0.3)
    made = contrast(drawn, seed=1, replicates=50)
    p = made["p"].to_numpy()
    assert (document_p(drawn, rng, draws=199) <= 0.05).mean() >= 0.2, "documents exchanged: far too often"
    # reachable: 2/70; standard error of the share .008
    assert (p <= 0.05).mean() <= 0.06
    # on its grid of 35 values uniform, so that its mean is (1 + 1/35) / 2; standard error .0145
    assert p.mean() == pytest.approx((1 + 1 / 35) / 2, abs=0.045)


def test_a_planted_difference_comes_back():
    drawn = nested(np.random.default_rng(3), 400, outlets=3, documents=25, passages=4, between=0.0)
    drawn.values[:, :3] += 0.5
    made = contrast(drawn, seed=1, replicates=200)
    assert made["difference"].mean() == pytest.approx(0.5, abs=0.015)
    # documents have variance .36 + .64 / 4 = .52
    assert made["standardised"].mean() == pytest.approx(0.5 / 0.52**0.5, abs=0.03)


def test_all_assignments_are_equally_likely_to_be_the_largest():
    """The p of every assignment of six given outlets, each once: exactly its own grid."""
    means = np.random.default_rng(6).normal(size=6)
    found = []
    for picked in combinations(range(6), 3):
        order = [*picked, *(i for i in range(6) if i not in picked)]
        found.append(permute_members(means[order][:, None], 3)[0][0])
    assert sorted(found) == pytest.approx(sorted(np.repeat(np.arange(1, 11) / 10, 2)))
