from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.search import read, search
from helpers.errors import InputError

LETTERS = "abcd"


class Letters:
    """A toy encoder: how often a, b, c, d stand in a text."""

    name = "letters"
    dimension = 4
    fingerprint = "letters"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        counts = np.array([[text.count(letter) for letter in LETTERS] for text in texts], dtype=np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


def corpus(**columns: object) -> pl.DataFrame:
    frame = passages(
        [("d1", "east", "A", "aaab"), ("d1", "east", "A", "bb aaab aaab"), ("d2", "west", "B", "b"),
         ("d3", "west", "B", "cd b"), ("d4", "un", "C", "d")], **columns,
    )  # fmt: skip
    vectors = Letters().encode(frame["text"].to_list())
    return frame.with_columns(pl.Series("embedding", vectors, dtype=pl.Array(pl.Float32, 4)))


def test_by_meaning() -> None:
    found = search(corpus(), "a", by="meaning", most=2, encoder=Letters())
    assert found.table["id"].to_list() == ["d1#000", "d1#001"]
    # cosine of (3, 1, 0, 0) and (1, 0, 0, 0)
    assert found.table["similarity"][0] == pytest.approx(3 / 10**0.5)
    assert found.table["n_matches"].null_count() == 2 and "embedding" not in found.table.columns
    assert found.encoder == "letters"


def test_by_word() -> None:
    found = search(corpus().drop("embedding"), r"a+b", by="word")
    assert found.table.select("id", "n_matches", "rank").rows() == [("d1#001", 2, 1), ("d1#000", 1, 2)]
    assert found.table["similarity"].null_count() == 2 and found.encoder is None
    assert found.sides.rows() == [("east", 2, 2), ("un", 1, 0), ("west", 2, 0)]


def test_by_both_joins_the_two_lists() -> None:
    found = search(corpus(), "b", encoder=Letters())
    # Meaning: d2 first. Word: d2 and d3 have it once. No other passage has the word.
    assert found.table["id"].to_list()[0] == "d2#000" and found.table["id"].to_list()[1] == "d3#000"
    assert found.table.height == 5
    assert search(corpus().drop("embedding"), "zz", by="both").table.is_empty()
    assert search(corpus(), "zz", by="both", encoder=Letters()).table.height == 5


def test_each_side_is_shown() -> None:
    found = search(corpus(), "a", by="meaning", each_side=1, encoder=Letters())
    assert found.table.select("side", "rank").rows() == [("east", 1), ("un", 1), ("west", 1)]


def test_one_of_each_copy() -> None:
    frame = corpus(copy_cluster=[None, None, "c", "c", None])
    shown = search(frame, "b", by="word").table
    assert shown["document_id"].to_list() == ["d2"]


def test_search_errors() -> None:
    with pytest.raises(InputError, match="nothing to search for"):
        search(corpus(), "  ")
    with pytest.raises(InputError, match="Run encode first"):
        search(corpus().drop("embedding"), "a", by="meaning")
    with pytest.raises(InputError, match="not this encoder's"):
        narrow = corpus().with_columns(embedding=pl.Series([[1.0, 0.0]] * 5, dtype=pl.Array(pl.Float32, 2)))
        search(narrow, "a", encoder=Letters())
    with pytest.raises(InputError, match="meaning, word, both"):
        search(corpus(), "a", by="sound")


def documents() -> pl.DataFrame:
    texts = ["0123456789aaab\nbb aaab aaab", "0123456789b"]
    return pl.DataFrame({"id": ["d1", "d2"], "text": texts, "outlet": ["A", "B"], "title": ["On letters", None]})


def test_a_passage_where_it_stood() -> None:
    place = read(
        documents(),
        "d1#000",
        passages=corpus().with_columns(end=pl.when(pl.col("id") == "d1#000").then(14).otherwise("end")),
    )
    assert (place.before, place.passage, place.after) == ("0123456789", "aaab", "\nbb aaab aaab")
    assert (place.previous, place.next, place.title, place.outlet) == (None, "d1#001", "On letters", "A")
    assert place.table.select("id", "here").rows() == [("d1#000", True), ("d1#001", False)]


def test_a_whole_document() -> None:
    place = read(documents(), "d2")
    assert (place.before, place.passage, place.after, place.next) == ("0123456789b", "", "", None)


def test_read_errors() -> None:
    with pytest.raises(InputError, match="no document or passage 'd9#000'"):
        read(documents(), "d9#000", passages=corpus())
    with pytest.raises(InputError, match="not the one that passage"):
        read(documents(), "d1#001", passages=corpus())
