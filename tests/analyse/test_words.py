import math

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.words import REST, keyness, log_odds, mark_query, top
from helpers.errors import InputError

RNG = np.random.default_rng(11)


def documents(side: str, outlet: str, n: int, words: dict[str, float], *, length: int = 30) -> list[tuple]:
    """`n` documents of `length` words, drawn with the given weights."""
    names, weights = list(words), np.array(list(words.values()))
    return [
        (f"{side}-{outlet}-{k}", side, outlet, " ".join(RNG.choice(names, length, p=weights / weights.sum())))
        for k in range(n)
    ]


def row(found, side: str, other: str, term: str) -> dict:
    chosen = (pl.col("side") == side) & (pl.col("other") == other) & (pl.col("term") == term)
    return found.table.filter(chosen).row(0, named=True)


def test_one_row_by_hand() -> None:
    # East: 10 documents "peace order peace" and 10 "order"; west: 20 documents "order war order".
    rows = [(f"a{k}", "east", "A", "peace order peace") for k in range(10)]
    rows += [(f"b{k}", "east", "B", "order") for k in range(10)]
    rows += [(f"w{k}", "west", "C", "order war order") for k in range(20)]
    found = keyness(passages(rows))
    peace = row(found, "east", "west", "peace")
    assert (peace["count"], peace["other_count"], peace["n_documents"], peace["other_n_documents"]) == (20, 0, 10, 0)
    assert peace["rate"] == pytest.approx(1e4 * 20 / 40) and peace["other_rate"] == 0
    # Prior 20 of 100 words: (20+20)/(40+100-40) against (0+20)/(60+100-20)
    assert peace["log_odds"] == pytest.approx(math.log((40 / 100) / (20 / 140)))
    assert peace["z"] == pytest.approx(peace["log_odds"] / math.sqrt(1 / 40 + 1 / 20))
    # Ten parts of 3 words hold it all, ten of 1 word none: (10 |1/10 - 3/40| + 10 * 1/40) / 2
    assert peace["dispersion"] == pytest.approx(0.25)
    assert (peace["main_outlet"], peace["main_share"], peace["main_of_all"]) == ("A", 1, 0.75)
    assert peace["n_outlets"] == 1 and peace["one_outlet"] is True
    order = row(found, "east", "west", "order")
    assert order["one_outlet"] is False and order["n_outlets"] == 2
    war = row(found, "east", "west", "war")
    assert war["dispersion"] is None and war["main_outlet"] is None and war["n_outlets"] == 0
    assert row(found, "west", "east", "peace")["z"] == pytest.approx(-peace["z"])
    assert row(found, "west", "east", "order")["one_outlet"] is None
    # "order war" and "war order" are phrases of the west; no phrase reaches across documents.
    assert row(found, "west", "east", "war order")["count"] == 20
    assert set(found.table.filter(pl.col("kind") == "phrase")["term"]) == {
        "peace order", "order peace", "order war", "war order",
    }  # fmt: skip
    assert found.sides.rows() == [("east", 40.0, 20, 2, 0), ("west", 60.0, 20, 1, 0)]


def test_every_side_against_the_rest_and_in_pairs() -> None:
    rows = [r for s in "abc" for r in documents(s, s.upper(), 12, {"order": 5, f"own{s}": 1, "word": 3})]
    found = keyness(passages(rows), least_documents=5)
    assert found.table.select("side", "other").unique().sort("side", "other").rows() == [
        ("a", REST), ("a", "b"), ("a", "c"), ("b", REST), ("b", "a"), ("b", "c"), ("c", REST), ("c", "a"), ("c", "b"),
    ]  # fmt: skip
    counts = {s: np.array([row(found, s, REST, t)["count"] for t in ("order", "word")]) for s in "abc"}
    sizes = dict(found.sides.select("side", "n_words").iter_rows())
    odds, z = log_odds(counts["a"], counts["b"] + counts["c"], sizes["a"], sizes["b"] + sizes["c"])
    for k, term in enumerate(("order", "word")):
        assert row(found, "a", REST, term)["log_odds"] == pytest.approx(odds[k])
        assert row(found, "a", REST, term)["z"] == pytest.approx(z[k])


def test_a_word_of_one_document_does_not_lead() -> None:
    shared = {"order": 5, "word": 5, "and": 5}
    rows = documents("east", "A", 20, {**shared, "peace": 1}) + documents("west", "B", 20, shared)
    rows.append(("odd", "east", "A", "harvest " * 60))
    rows += [(f"h{k}", side, "A", "harvest") for k, side in enumerate(["east", "west"] * 5)]
    found = keyness(passages(rows))
    first, second = (row(found, "east", "west", term) for term in ("peace", "harvest"))
    assert second["z"] > first["z"]
    assert first["z_documents"] > second["z_documents"]
    assert first["p"] < 0.05 < second["p"]
    assert "harvest" not in top(found, "east")["term"].to_list() and "peace" in top(found, "east")["term"].to_list()


def test_copies_count_once_and_spanning_ones_stay_where_they_are() -> None:
    rows = [(f"e{k}", "east", "ABC"[k % 3], "peace order") for k in range(12)]
    rows += [(f"w{k}", "west", "D", "war order") for k in range(12)]
    clusters = ["c", "c", "c", *[None] * 8, "s", "s", *[None] * 11]
    found = keyness(passages(rows, copy_cluster=clusters), least_documents=2)
    # East: 8 alone, the cluster of three as one, and half of the cluster that stands on both sides.
    assert row(found, "east", "west", "peace")["count"] == pytest.approx(9.5)
    assert row(found, "east", "west", "peace")["n_documents"] == 10
    assert found.sides["n_spanning"].to_list() == [1, 1]
    assert found.sides["n_words"].to_list() == [19.0, 23.0]
    assert keyness(passages(rows, copy_cluster=clusters), copies="all").sides["n_words"].to_list() == [24.0, 24.0]


def test_terms_in_too_few_documents_are_left_out_and_stay_in_the_totals() -> None:
    rows = [(f"{s}{k}", s, s, "order" if k else "order rare") for s in ("east", "west") for k in range(10)]
    found = keyness(passages(rows))
    assert found.table["term"].unique().to_list() == ["order"]
    assert found.sides["n_words"].to_list() == [11.0, 11.0]


def test_words_that_are_mostly_a_phrase_and_function_words_are_marked() -> None:
    rows = documents("west", "B", 12, {"order": 1, "the": 1})
    rows += [(f"e{k}", "east", "A", "Port Valdis and the order") for k in range(12)]
    found = keyness(passages(rows))
    assert row(found, "east", "west", "valdis")["within"] == "port valdis"
    assert row(found, "east", "west", "order")["within"] is None
    assert row(found, "east", "west", "and the")["function_word"]
    assert top(found, "east")["term"].to_list() == ["port valdis"]


def test_a_word_is_left_to_its_phrase_only_where_that_is_shown() -> None:
    # No phrase stands in the west, so that none can differ: the words are all there is.
    rows = [(f"e{k}", "east", "A", "Port Valdis, order") for k in range(12)]
    rows += [(f"w{k}", "west", "B", "liberty, order") for k in range(12)]
    assert set(top(keyness(passages(rows)), "east")["term"]) == {"port", "valdis"}


def test_words_of_the_query_are_marked() -> None:
    rows = documents("east", "A", 12, {"order": 1, "word": 1}) + documents("west", "B", 12, {"order": 1, "word": 1})
    found = keyness(passages(rows))
    assert found.table["in_query"].null_count() == found.table.height
    marked = mark_query(found, "ORDE", None, r"x(?=y)")
    assert dict(marked.table.select("term", "in_query").unique().iter_rows())["order"] is True
    assert dict(marked.table.select("term", "in_query").unique().iter_rows())["word"] is False
    assert marked.table.columns == found.table.columns
    with pytest.raises(InputError, match="not a regular expression"):
        mark_query(found, "(")


def test_same_seed_same_numbers_in_any_order_of_rows() -> None:
    words = {"order": 3, "word": 2, "peace": 1}
    frame = passages(documents("east", "A", 15, words) + documents("west", "B", 15, words))
    first, second = keyness(frame), keyness(frame.sample(fraction=1, shuffle=True, seed=3))
    assert first.table.equals(second.table)
    assert not first.table["p"].equals(keyness(frame, seed=8).table["p"])


def test_one_side_cannot_be_compared() -> None:
    with pytest.raises(InputError, match="nothing to compare"):
        keyness(passages(documents("east", "A", 3, {"order": 1})))
    with pytest.raises(InputError, match="no keyness of 'moon'"):
        rows = documents("east", "A", 12, {"order": 1}) + documents("west", "B", 12, {"order": 1})
        top(keyness(passages(rows)), "moon")


def test_the_smallest_p_is_uniform_where_sides_do_not_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    # Documents with their own tastes (a Dirichlet draw each), sides dealt at random: the smallest p of all
    # terms is the family-wise one, and must be under .05 in 5 % of corpora.
    monkeypatch.setattr("helpers.analyse.counted.PERMUTATIONS", 99)
    rng = np.random.default_rng(5)
    vocabulary = np.array([f"w{chr(97 + k)}" for k in range(25)])
    smallest = []
    for _ in range(150):
        tastes = rng.dirichlet(np.full(25, 0.4), size=24)
        texts = [" ".join(rng.choice(vocabulary, 40, p=taste)) for taste in tastes]
        rows = [(f"d{k}", "east" if k < 10 else "west", "A", text) for k, text in enumerate(texts)]
        smallest.append(keyness(passages(rows), least_documents=4, seed=int(rng.integers(1e9))).table["p"].min())
    under = [np.mean(np.array(smallest) <= level) for level in (0.05, 0.25, 0.5)]
    # Three standard errors of 150 draws.
    assert abs(under[0] - 0.05) < 0.054 and abs(under[1] - 0.25) < 0.107 and abs(under[2] - 0.5) < 0.123
