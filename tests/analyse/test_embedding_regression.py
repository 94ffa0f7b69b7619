import datetime
from dataclasses import replace

import numpy as np
import pytest

from helpers.analyse.embedding_regression import regress
from helpers.analyse.term_texts import REST, gathered
from helpers.errors import InputError
from windowed import windowed


def unit(*angles: float) -> np.ndarray:
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def many(side: str, outlet: str, n: int, *, prefix: str) -> list[tuple]:
    return [(f"{prefix}{k:02}", side, outlet) for k in range(n)]


def test_documents_outlets_and_copies_weigh_as_they_should() -> None:
    # East: outlet A ten documents at (1, 0), one of them with three windows; B ten at (0, 1), of which b08 and b09 are
    # one text; west: C ten at (0, 1).
    rows = [*many("east", "A", 10, prefix="a"), ("a00", "east", "A"), ("a00", "east", "A"),
            *many("east", "B", 11, prefix="b"), *many("west", "C", 10, prefix="c")]  # fmt: skip
    vectors = np.array([[1.0, 0.0]] * 12 + [[0.0, 1.0]] * 21)
    clusters = [None] * 12 + [None] * 9 + ["b09"] * 2 + [None] * 10
    found = windowed(rows, vectors, copy_cluster=clusters, without={"east": 3})
    made = regress(found)
    row = made.table.row(0, named=True)
    # Means (1/2, 1/2) and (0, 1); nothing varies within an outlet.
    assert made.senses == pytest.approx(np.array([[0.5, 0.5], [0.0, 1.0]]))
    assert row["squared_norm"] == pytest.approx(0.5) and row["naive"] == pytest.approx(0.5) and row["low"] is None
    assert (row["n_documents"], row["n_windows"], row["n_texts"], row["n_members"]) == (21, 23, 20, 2)
    assert (row["other_n_documents"], row["other_n_texts"], row["other_n_members"]) == (10, 10, 1)
    # Without A east is (0, 1): nothing is left of the difference.
    assert row["weakest"] == "A" and row["alone_low"] == pytest.approx(0) and row["alone_high"] == pytest.approx(2)
    # Outlets of the east are 2 apart (squared): their variance 1, times (1/2 + 1/1).
    assert row["by_outlets"] == pytest.approx(1.5)
    counts = made.sides.select("side", "n_documents", "n_using", "n_set_aside").rows()
    assert counts == [("east", 24, 21, 0), ("west", 10, 10, 0)]
    each = regress(found, copies="all").table.row(0, named=True)
    assert each["n_texts"] == 21


def test_debiased_by_hand() -> None:
    # East ten texts at +-(1, 0), west ten at +-(0, 1): means 0, s^2 = 10/9 each, s^2 / n = 1/9 each.
    vectors = np.concatenate([unit(*[0, np.pi] * 5), unit(*[np.pi / 2, -np.pi / 2] * 5)])
    rows = [*many("east", "A", 10, prefix="a"), *many("west", "C", 10, prefix="c")]
    row = regress(windowed(rows, vectors)).table.row(0, named=True)
    assert row["naive"] == pytest.approx(0, abs=1e-12) and row["squared_norm"] == pytest.approx(-2 / 9)
    assert row["relative"] == pytest.approx(-1 / 10) and row["low"] < row["squared_norm"] < row["high"]
    assert (row["p"], row["p_smallest"], row["n_assignments"]) == (1.0, 1.0, 2)


def test_small_outlets_stand_together_and_count_as_no_outlet() -> None:
    rows = [*many("east", "A", 6, prefix="a"), *many("east", "B", 5, prefix="b"), *many("west", "C", 12, prefix="c"),
            *many("west", "D", 4, prefix="d")]  # fmt: skip
    found = windowed(rows, unit(*np.linspace(0, 1, 27)))
    texts = gathered(found)
    assert texts.cells.rows() == [("east", REST), ("west", "C")]
    made = regress(found)
    row = made.table.row(0, named=True)
    assert (row["n_texts"], row["n_members"], row["other_n_texts"], row["other_n_members"]) == (11, 0, 12, 1)
    assert row["p"] is None and row["weakest"] is None
    assert made.members.select("member", "counted", "in_mean").rows() == [
        ("A", False, True), ("B", False, True), ("C", True, True), ("D", False, False),
    ]  # fmt: skip
    assert made.sides.filter(side="west")["n_set_aside"].item() == 4


def test_a_side_with_too_few_texts_is_not_asked() -> None:
    rows = [
        *many("east", "A", 12, prefix="a"),
        *many("west", "C", 9, prefix="c"),
        ("s", "east", "A"),
        ("t", "west", "C"),
    ]
    spanning = [None] * 21 + ["s", "s"]
    found = windowed(rows, unit(*np.linspace(0, 1, 23)), copy_cluster=spanning, without={"west": 90, "un": 40})
    made = regress(found)
    assert made.sides.select("side", "n_texts", "n_spanning", "asked").rows() == [
        ("east", 12, 1, True), ("un", 0, 0, False), ("west", 0, 1, False),
    ]  # fmt: skip
    assert made.table["asked"].to_list() == [False] * 3 and made.table["squared_norm"].null_count() == 3
    assert made.sides.filter(side="west")["said"].item() == (
        "Cannot be asked of this corpus: 10 of 100 documents of West have ‘term’, and 10 texts are needed."
    )
    assert np.isnan(made.senses[1:]).all() and not np.isnan(made.senses[0]).any()


def test_nobody_uses_it_and_only_one_side() -> None:
    empty = windowed([("a", "east", "A")], unit(0.0), without={"west": 5})
    none = regress(replace(empty, table=empty.table.clear()))
    assert none.table["asked"].to_list() == [False] and np.isnan(none.coefficients).all()
    with pytest.raises(InputError, match="two sides or more"):
        regress(windowed([("a", "east", "A")], unit(0.0)))


def test_a_year_held_fixed_takes_its_part_out() -> None:
    # Each side's windows point to 0 in 2016 and to 1 in 2017; east has more of the one, west of the other.
    rng = np.random.default_rng(1)
    rows = [*many("east", "A", 40, prefix="a"), *many("west", "C", 40, prefix="c")]
    late = np.array([k % 4 == 0 for k in range(40)] + [k % 4 != 0 for k in range(40)])
    vectors = unit(*(1.0 * late + rng.normal(0, 0.02, 80)))
    dates = [datetime.date(2017 if y else 2016, 3, 1) for y in late]
    given = windowed(rows, vectors, date=dates, kind=["news"] * 40 + ["talk"] * 40)
    plain, held = (regress(given, adjust=adjust).table.row(0, named=True) for adjust in ((), ["year"]))
    assert plain["low"] > 0.05 and held["squared_norm"] < 0.001
    kinds = regress(given, adjust=["kind"]).table.row(0, named=True)
    assert not kinds["asked"] and kinds["said"] == "Kind cannot be held fixed: it is never the same on both sides."
    with pytest.raises(InputError, match="'mood' is absent"):
        regress(given, adjust=["mood"])


def test_whole_outlets_are_permuted() -> None:
    rng = np.random.default_rng(2)
    rows, vectors = [], []
    for k, (side, outlet) in enumerate([("east", "A"), ("east", "B"), ("east", "C"), ("west", "D"), ("west", "E")]):
        rows += many(side, outlet, 12, prefix=outlet)
        vectors.append(unit(*rng.normal(0.1 * k + (side == "west"), 0.2, 12)))
    row = regress(windowed(rows, np.concatenate(vectors))).table.row(0, named=True)
    # Three against two: ten assignments, and no other is as far apart as the given one.
    assert (row["p"], row["p_smallest"], row["n_assignments"]) == (pytest.approx(0.1), pytest.approx(0.1), 10)
    assert row["low"] > row["by_outlets"] > 0 and row["null_floor"] is None


def test_speakers_are_units_and_are_permuted() -> None:
    rng = np.random.default_rng(3)
    rows = [(f"{side}{k}-{y}", side, "Hall") for side in ("east", "west") for k in range(12) for y in (1, 2)]
    speakers = [document.split("-")[0] for document, _, _ in rows]
    vectors = unit(*(rng.normal(0, 0.3, 48) + np.repeat([0.0, 0.6], 24)))
    row = regress(windowed(rows, vectors, speaker=speakers)).table.row(0, named=True)
    assert row["n_texts"] == 12 and row["n_documents"] == 24 and row["n_assignments"] == 2704156
    assert row["p"] < 0.05 and row["by_outlets"] is None


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(4)
    rows = [*many("east", "A", 15, prefix="a"), *many("west", "C", 15, prefix="c")]
    vectors = unit(*rng.normal(0, 1, 30))
    shuffled = rng.permutation(30)
    one, two = regress(windowed(rows, vectors)), regress(windowed([rows[k] for k in shuffled], vectors[shuffled]))
    for name in ("squared_norm", "low", "high", "naive"):
        assert one.table[name][0] == pytest.approx(two.table[name][0], rel=1e-9)
