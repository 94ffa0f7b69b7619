import math

import pytest

from constructed import passages
from helpers.analyse.collocates import collocates
from helpers.charts import words as charts


def test_counts_by_hand() -> None:
    # Each of three documents: good governance matters here today . far away good
    rows = [(f"d{k}", "east", "A", "good governance matters here today. Far away good") for k in range(3)]
    found = collocates(passages(rows), "governance", window=1)
    table = {row["term"]: row for row in found.table.iter_rows(named=True)}
    assert set(table) == {"good", "matters"}
    # Words but the node: 7 x 3 = 21; in windows 2 x 3 = 6; "good" 6 times, 3 of them near.
    good = table["good"]
    assert (good["count"], good["term_count"], good["n_documents"]) == (3, 6, 3)
    assert good["expected"] == pytest.approx(6 * 6 / 21)
    # Cells 3, 3, 3, 12 of 21: 2 sum o log(o / e), e = 12/7, 30/7, 30/7, 75/7
    by_hand = 2 * (3 * math.log(7 / 4) + 6 * math.log(0.7) + 12 * math.log(12 * 7 / 75))
    assert good["log_likelihood"] == pytest.approx(by_hand)
    assert good["log_dice"] == pytest.approx(14 + math.log2(2 * 3 / (3 + 6)))
    assert good["rate"] == pytest.approx(100)
    assert found.sides.rows() == [("east", 3.0, 3, 21.0)]


def test_windows_end_with_the_passage_and_words_between_two_matches_count_once() -> None:
    rows = [("d1", "e", "A", "order far order"), ("d1", "e", "A", "near"), ("d2", "e", "A", "order far order"),
            ("d2", "e", "A", "near"), ("d3", "e", "A", "order far order"), ("d3", "e", "A", "near")]  # fmt: skip
    table = collocates(passages(rows), "order", window=5).table
    assert dict(table.select("term", "count").iter_rows()) == {"far": 3}


def test_what_avoids_the_expression_has_a_sign() -> None:
    rows = [(f"d{k}", "e", "A", "order common" + " common" * 20 + " and some of the other words too") for k in range(3)]
    table = collocates(passages(rows), "order", window=2).table
    both = dict(table.select("term", "log_likelihood").iter_rows())
    assert both["common"] > 0
    rows = [(f"d{k}", "e", "A", "order seldom w x y z" + " seldom" * 20) for k in range(3)]
    table = collocates(passages(rows), "order", window=5).table
    assert dict(table.select("term", "log_likelihood").iter_rows())["seldom"] < 0


def test_copies_count_once() -> None:
    rows = [(f"d{k}", "e", "A", "good order") for k in range(4)]
    frame = passages(rows, copy_cluster=["c", "c", None, None])
    assert collocates(frame, "order").sides["n_matches"].to_list() == [3]
    assert collocates(frame, "order").sides["n_documents"].to_list() == [3]
    assert collocates(frame, "order", copies="all").sides["n_matches"].to_list() == [4]
    # "good" stands beside it in three texts, and in two once all three documents of one text are copies.
    assert collocates(frame, "order").table["term"].to_list() == ["good"]
    frame = passages(rows, copy_cluster=["c", "c", "c", None])
    assert collocates(frame, "order").table.is_empty()


def test_sides_stand_beside_each_other() -> None:
    rows = [(f"e{k}", "east", "A", "just order") for k in range(3)] + [
        (f"w{k}", "west", "B", "new order") for k in range(3)
    ]
    table = collocates(passages(rows), "order").table
    assert table.select("side", "term").rows() == [("east", "just"), ("west", "new")]


def test_a_term_that_is_nowhere() -> None:
    """It is an empty table that a chart turns into "cannot be asked of this corpus", and no error."""
    found = collocates(passages([("d", "e", "A", "some words")]), "hegemony")
    assert found.table.is_empty()
    assert found.sides.select("side", "n_matches", "n_documents").rows() == [("e", 0, 0)]
    shown = charts.collocates(found)
    assert shown.grade == "withheld" and "cannot be asked of this corpus" in shown.sentence
