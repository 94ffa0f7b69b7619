"""The sentence of an error: what, where, expected, found, what to do."""

import pytest

from helpers.errors import InputError


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "no text"),
        ({"where": "a.csv, row 3"}, "a.csv, row 3: no text"),
        ({"expected": "words", "found": 0}, "no text; expected words; found 0"),
        (
            {"where": "a.csv", "expected": "words", "found": "''", "do": "Fill it."},
            "a.csv: no text; expected words; found ''. Fill it.",
        ),
    ],
)
def test_parts_that_are_absent_are_left_out(given, message):
    error = InputError("no text", **given)
    assert str(error) == message
    assert isinstance(error, ValueError) and error.what == "no text"
    assert error.where == given.get("where") and error.do == given.get("do")
