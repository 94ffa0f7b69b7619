import numpy as np
import polars as pl

from helpers.prepare.counts import count_terms

TEXTS = pl.DataFrame({"text": ["a b a b", "b c. a", "a b"], "language": "en"})


def test_words_and_phrases_by_group() -> None:
    # group 0: a b a b | group 1: b c . a (no phrase "c a") and a b
    counts = count_terms(TEXTS, np.array([0, 1, 1]), weight=np.ones(3), unit=np.array([0, 1]))
    table = dict(zip(counts.terms["term"], counts.matrix.toarray().T.tolist(), strict=True))
    assert table == {"a": [2, 2], "b": [2, 2], "c": [0, 1], "a b": [2, 1], "b a": [1, 0], "b c": [0, 1]}
    assert counts.totals.tolist() == [[4, 3], [5, 2]]
    assert counts.kind.tolist() == [0, 0, 0, 1, 1, 1]


def test_weights_and_the_least_number_of_units() -> None:
    counts = count_terms(TEXTS, np.array([0, 1, 1]), weight=np.array([1, 0.5, 0.5]), unit=np.array([0, 1]), least=2)
    table = dict(zip(counts.terms["term"], counts.matrix.toarray().T.tolist(), strict=True))
    assert table == {"a": [2, 1], "b": [2, 1], "a b": [2, 0.5]}
    assert counts.totals.tolist() == [[4, 3], [2.5, 1]]


def test_spellings_are_one_term() -> None:
    frame = pl.DataFrame({"text": ["the programme", "the program"], "language": "en"})
    counts = count_terms(frame, np.array([0, 1]), weight=np.ones(2), unit=np.array([0, 1]))
    assert counts.terms["term"].to_list() == ["program", "the", "the program"]


def test_no_text_gives_no_term() -> None:
    frame = pl.DataFrame({"text": ["...", ""], "language": "en"})
    counts = count_terms(frame, np.array([0, 1]), weight=np.ones(2), unit=np.array([0, 1]))
    assert counts.matrix.shape == (2, 0) and counts.totals.tolist() == [[0, 0], [0, 0]]


def test_groups_of_one_unit_are_one_towards_the_least() -> None:
    frame = pl.DataFrame({"text": ["a b", "a", "b"], "language": "en"})
    counts = count_terms(frame, np.array([0, 1, 2]), weight=np.ones(3), unit=np.array([0, 0, 1]), least=2)
    assert counts.terms["term"].to_list() == ["b"] and counts.matrix.toarray().tolist() == [[1], [0], [1]]
