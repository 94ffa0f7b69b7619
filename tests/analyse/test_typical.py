import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.typical import REST, cosine, likeness, measured, texts


def many(side: str, outlet: str, values: list[float], *, prefix: str) -> tuple[list[tuple], list[float]]:
    return [(f"{prefix}{k:02}", side, outlet, "word") for k in range(len(values))], values


def corpus(*parts: tuple[list[tuple], list[float]], **columns: object) -> tuple[pl.DataFrame, np.ndarray]:
    rows = [row for part in parts for row in part[0]]
    values = np.array([[value] for part in parts for value in part[1]])
    return passages(rows, **columns), values


def test_closeness_by_hand() -> None:
    vectors = np.array([[3.0, 4.0], [0.0, 2.0]])
    assert cosine(vectors, np.array([0.0, 7.0])) == pytest.approx([0.8, 1.0])
    assert likeness(vectors, np.array([0.0, 0.0])) == pytest.approx([-np.sqrt(12.5), -np.sqrt(2)])


def test_texts_count_once_and_small_outlets_wait() -> None:
    a = many("east", "A", [0.0] * 10, prefix="a")
    few = many("east", "F", [9.0] * 3, prefix="f")
    b = many("west", "B", [5.0] * 9 + [6.0, 8.0], prefix="b")
    both = ([("s0", "east", "A", "word"), ("s1", "west", "B", "word")], [1.0, 1.0])
    clusters = [None] * 10 + [None] * 3 + [None] * 9 + ["b09"] * 2 + ["s0"] * 2
    frame, values = corpus(a, few, b, both, copy_cluster=clusters)
    found = texts(frame, [values], member="outlet", copies="one")
    # F has three texts, too few for a stratum, and there are no others to stand with; s0 and s1 are one text on both
    # sides; b09 and b10 are one text, which leaves B ten.
    assert found.table.group_by("side", "stratum").len().sort("side").rows() == [("east", "A", 10), ("west", "B", 10)]
    whole = found.table.filter(unit="b09")
    assert found.means[0][whole["at"][0], 0] == 7.0 and whole["n_passages"][0] == 2
    each = texts(frame, [values], member="outlet", copies="all")
    assert each.table.filter(stratum="B").height == 12


def test_small_outlets_stand_together_where_they_are_ten_texts() -> None:
    small = [many("east", f"F{k}", [1.0] * 4, prefix=f"f{k}") for k in range(3)]
    frame, values = corpus(*small)
    found = texts(frame, [values], member="outlet", copies="one")
    assert found.table["stratum"].unique().to_list() == [REST] and found.table.height == 12


def test_a_text_of_a_known_outlet_by_hand() -> None:
    # East: outlet A at 0, ..., 9 (mean 4.5), B ten texts at 20. West: C ten at 100.
    frame, values = corpus(
        many("east", "A", [float(k) for k in range(10)], prefix="a"),
        many("east", "B", [20.0] * 10, prefix="b"),
        many("west", "C", [100.0] * 10, prefix="c"),
    )
    found = texts(frame, [values], member="outlet", copies="one")
    rows = measured(found, 0, np.array([[10.25]]), likeness, members=["A"])
    east, west = rows.sort("side").iter_rows(named=True)
    # Outlet-equal mean of east: (4.5 + 20) / 2 = 12.25; the text lies 2 from it.
    assert east["closeness"] == pytest.approx(-2.0) and east["nearest"] and east["without"] == "text"
    # A text of A at k, against the mean without itself: A's own mean becomes (45 - k) / 9, and k lies
    # |((45 - k) / 9 + 20) / 2 - k| away, from 12.5 for k = 0 to 3.0 for k = 9. Each of B lies |12.25 - 20| = 7.75
    # away. None is as near as 2.
    assert east["percentile"] == 100.0 and east["n_texts"] == 20
    assert west["closeness"] == pytest.approx(-89.75) and not west["nearest"]
    # Texts of C lie 0 from the mean of the others, though the text is not C's: with no other outlet there is no
    # other way to leave one out.
    assert west["without"] == "text" and west["percentile"] == 0.0
    # Whose side is nearest: all of C's, and all of A's and B's.
    assert east["right"] == 1.0 and east["by_chance"] == 0.5


def test_a_text_of_a_new_outlet_is_held_against_texts_without_their_outlet() -> None:
    frame, values = corpus(
        many("east", "A", [0.0] * 10, prefix="a"),
        many("east", "B", [8.0] * 10, prefix="b"),
        many("west", "C", [5.0] * 10, prefix="c"),
        many("west", "D", [5.0] * 10, prefix="d"),
    )
    found = texts(frame, [values], member="outlet", copies="one")
    rows = measured(found, 0, np.array([[10.0], [10.0]]), likeness, members=["A", "New"])
    known, new = rows.filter(side="east").iter_rows(named=True)
    # East's mean is 4: the text lies 6 away. Without itself, a text of A lies 4 from the mean, as does one of B: none
    # is less near. Without its outlet, a text of A lies 8 from B: all are less near.
    assert (known["without"], known["percentile"]) == ("text", 0.0)
    assert (new["without"], new["percentile"]) == ("outlet", 100.0)
    # Without itself a text of A lies 4 from east and 5 from west, which is right; one of B 4 and 3, which is wrong.
    # Without their outlet both lie 8 from east. All of west's are right: (1/2 + 1) / 2 and (0 + 1) / 2.
    assert (known["right"], new["right"]) == (0.75, 0.5)
    # 0 of 20 by Wilson: 0 to 16.1 per cent.
    assert (known["low"], known["high"]) == (pytest.approx(0.0), pytest.approx(16.11, abs=0.01))


def test_ties_count_half() -> None:
    frame, values = corpus(many("east", "A", [1.0] * 10, prefix="a"), many("east", "B", [1.0] * 10, prefix="b"))
    found = texts(frame, [values], member="outlet", copies="one")
    near = measured(found, 0, np.array([[1.0]]), likeness, members=["A"]).row(0, named=True)
    assert near["percentile"] == 50.0 and near["nearest"] and near["right"] is None


def test_no_side_with_enough_texts_gives_no_row() -> None:
    frame, values = corpus(many("east", "A", [1.0] * 9, prefix="a"))
    found = texts(frame, [values], member="outlet", copies="one")
    assert found.table.is_empty()
    rows = measured(found, 0, np.array([[1.0]]), likeness, members=["A"])
    assert rows.is_empty() and "percentile" in rows.columns


def test_typical_of_a_random_side_is_uniform() -> None:
    """A text drawn as those of the side are is as typical as the next one: its percentile is uniform."""
    rng = np.random.default_rng(3)
    got = []
    for _ in range(200):
        draw = rng.normal(size=(31, 4))
        parts = [(f"a{k:02}", "east", "AB"[k % 2], "word") for k in range(30)]
        found = texts(passages(parts), [draw[:30]], member="outlet", copies="one")
        got.append(measured(found, 0, draw[30:], likeness, members=["A"])["percentile"][0])
    # Mean of 200 uniform percentiles: 50, standard error 2.
    assert 44 < np.mean(got) < 56 and 3 <= (np.array(got) < 10).sum() <= 40
