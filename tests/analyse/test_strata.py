"""Themes learned on one half and applied to the other, and the weights of passages."""

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.strata import crossfitted, halves, points, weighted, without
from helpers.analyse.units import units

ROWS = [
    ("d1", "a", "P", 1.0, None),
    ("d1", "a", "P", 2.0, None),
    ("d2", "a", "P", 5.0, "w"),
    ("d3", "a", "Q", 7.0, "w"),
    ("d3", "a", "Q", 9.0, "w"),
    ("e1", "b", "R", 4.0, "v"),
    ("d4", "a", "P", 6.0, "v"),
    ("e2", "b", "R", 3.0, None),
]


def frame(**columns):
    return passages([(d, s, o, "x") for d, s, o, *_ in ROWS], score=[r[3] for r in ROWS],
                    copy_cluster=[r[4] for r in ROWS], **columns)  # fmt: skip


@pytest.mark.parametrize("copies", ["one", "all"])
def test_weights_make_the_units_again(copies):
    table = frame()
    rows = units(table, ["score"], copies=copies)
    kept = weighted(table, rows, copies=copies)
    made = np.bincount(kept["at"].to_numpy(), kept["weight"].to_numpy() * kept["score"].to_numpy(), len(rows))
    assert made == pytest.approx(rows["score"].to_numpy())
    assert np.bincount(kept["at"].to_numpy(), kept["weight"].to_numpy()) == pytest.approx(np.ones(len(rows)))


def test_a_copied_text_is_one_unit_by_hand():
    """Cluster w on side a: d2 (one passage) and d3 (two): its passages weigh 1/2, 1/4, 1/4."""
    table = frame()
    kept = weighted(table, units(table, ["score"]))
    assert dict(kept.filter(copy_cluster="w").select("id", "weight").iter_rows()) == {
        "d2#000": 0.5, "d3#000": 0.25, "d3#001": 0.25}  # fmt: skip


def test_weights_of_speakers():
    """One outlet carries both sides: state X has two speeches, of one and two passages."""
    rows = [("x1", "a", "UN", "X", 1.0), ("x2", "a", "UN", "X", 4.0), ("x2", "a", "UN", "X", 6.0),
            ("y1", "b", "UN", "Y", 2.0), ("z1", "a", "UN", "Z", 8.0)]  # fmt: skip
    table = passages([(d, s, o, "x") for d, s, o, *_ in rows], score=[r[4] for r in rows], speaker=[r[3] for r in rows])
    made = units(table, ["score"])
    kept = weighted(table, made)
    assert kept["weight"].to_list() == [0.5, 0.25, 0.25, 1, 1]
    sums = np.bincount(kept["at"].to_numpy(), kept["weight"].to_numpy() * kept["score"].to_numpy())
    assert sums == pytest.approx(made["score"].to_numpy()) and made["score"].to_list() == [3.0, 8.0, 2.0]


def test_what_a_score_is_read_from_is_taken_out_and_nothing_else():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(300, 6))
    direction = np.array([0.6, 0.8, 0, 0, 0, 0])
    left = without(vectors, (vectors @ direction)[:, None])
    assert left @ direction == pytest.approx(np.zeros(300), abs=1e-9)
    assert left[:, 2:] == pytest.approx(vectors[:, 2:], abs=1e-9)
    assert without(vectors, np.ones((300, 1))) == pytest.approx(vectors)


def test_halves_are_balanced_and_copies_stay_together():
    rows = pl.DataFrame(
        {"side": ["a"] * 21 + ["b"] * 11, "stratum": ["P"] * 10 + ["Q"] * 11 + ["R"] * 11,
         "unit": [f"u{i}" for i in range(20)] + ["w"] + [f"v{i}" for i in range(10)] + ["w"],
         "spans_sides": [i in (20, 31) for i in range(32)]}
    )  # fmt: skip
    drawn = np.stack([halves(rows, seed=s) for s in range(40)])
    assert (
        set(drawn[:, :10].sum(1)) == {5} and set(drawn[:, 10:20].sum(1)) == {5} and set(drawn[:, 21:31].sum(1)) == {5}
    )
    assert np.array_equal(drawn[:, 20], drawn[:, 31])
    assert 0.35 < drawn[:, 20].mean() < 0.65 and len({row.tobytes() for row in drawn}) > 30


def test_centres_of_one_half_find_the_themes_of_the_other():
    rng = np.random.default_rng(2)
    truth = rng.integers(4, size=600)
    place = np.eye(4)[truth] + rng.normal(0, 0.05, (600, 4))
    half = rng.integers(2, size=600)
    labels = crossfitted(points(place), half, weight=np.ones(600), count=4, seed=3)
    table = np.zeros((4, 5), dtype=int)
    np.add.at(table, (truth, labels), 1)
    assert table[:, :4].max(1).sum() > 0.97 * 600, "a number means the same in either half"
    assert len(set(table.argmax(1))) == 4
    again = crossfitted(points(place), half, weight=np.ones(600), count=4, seed=3)
    assert np.array_equal(labels, again)


def test_a_passage_near_to_nothing_belongs_to_none():
    rng = np.random.default_rng(4)
    truth = rng.integers(3, size=300)
    place = np.eye(3)[truth] + rng.normal(0, 0.05, (300, 3))
    half = np.arange(300) % 2
    place[0] = [-3, -3, -3]
    assert crossfitted(place, half, weight=np.ones(300), count=3, seed=1)[0] == 3
