"""What a class said of each passage and how many of its guesses were right, counted by hand."""

import polars as pl

from constructed import passages
from helpers.seminar.codes import CODES, FILES, GUESSES, Returned
from helpers.seminar.reveal import read_by_class

SAMPLE = passages([("d1", "east", "One", "First."), ("d2", "west", "Two", "Second."), ("d3", "west", "Two", "Third.")])
ONE, TWO, THREE = "d1#000", "d2#000", "d3#000"


def returned(codes, guesses):
    return Returned(
        pl.DataFrame(codes, schema=CODES, orient="row"), pl.DataFrame(guesses, schema=GUESSES, orient="row"),
        pl.DataFrame(schema=FILES), "d1d1d1",
    )  # fmt: skip


READ = read_by_class(
    returned(
        [
            ("A", ONE, "rights", 1, 30.0),
            ("A", ONE, "growth", 0, 30.0),
            ("A", TWO, "rights", None, 60.0),
            ("B", ONE, "rights", 0, 90.0),
            ("B", ONE, "growth", 0, 90.0),
        ],
        [("A", ONE, "east", 30.0), ("A", TWO, "east", 60.0), ("B", ONE, None, 90.0)],
    ),
    SAMPLE,
)


def test_coders():
    assert READ.coders.rows() == [
        # coder, n_coded, n_codes, n_unsure, n_guesses, n_right, right, minutes
        ("A", 2, 2, 1, 2, 1, 0.5, 1.5),
        ("B", 1, 2, 0, 1, 0, 0.0, 1.5),
    ]


def test_passages_that_nobody_read_are_left_out_and_those_read_by_most_come_first():
    held = READ.passages.select("id", "n_coders", "differ", "n_guesses", "n_right")
    # Of the one pair of codes for rights on the first passage, all differ.
    assert held.rows() == [(ONE, 2, 1.0, 2, 1), (TWO, 1, 0.0, 1, 0)]
    assert READ.passages["text"].to_list() == ["First.", "Second."]


def test_codes_and_guesses_by_passage():
    assert READ.codes.rows() == [(ONE, "growth", 0, 2, 0), (ONE, "rights", 1, 1, 0), (TWO, "rights", 0, 0, 1)]
    assert sorted(READ.guesses.rows(), key=str) == sorted([(ONE, "east", 1), (ONE, None, 1), (TWO, "east", 1)], key=str)


def test_a_class_that_guessed_nothing():
    read = read_by_class(returned([("A", ONE, "rights", 1, 30.0)], []), SAMPLE)
    assert read.coders.rows() == [("A", 1, 1, 0, 0, 0, None, 0.5)]
    assert read.guesses.is_empty() and read.passages["n_guesses"].to_list() == [0]
