"""What is said of a split: never more than of the whole."""

import polars as pl
import pytest

from helpers.analyse.claims import Claim
from helpers.analyse.decomposition import Decomposition
from helpers.analyse.split_claims import NOT_CLAIMED, NOTHING_HOLDS, holding, split_claims
from helpers.errors import InputError

PARTS = {"total": (0.5, 0.3, 0.7), "selection": (0.1, -0.1, 0.3), "presentation": (0.45, 0.2, 0.6),
         "apart": (-0.05, -0.1, 0.0)}  # fmt: skip


def split(turn=1, **lacking):
    rows = []
    for part, (value, *ends) in PARTS.items():
        low, high = sorted(turn * end for end in ends)
        rows.append(
            {"value": "frame_x", "side": "state_media", "other": "western", "part": part, "standardised": turn * value,
             "std_low": low, "std_high": high, "lacking": lacking.get(part), "aside": 0.25, "other_aside": 0.5}
        )  # fmt: skip
    return Decomposition(pl.DataFrame(rows), pl.DataFrame(), ("frame_x",), 8, "outlet", "one", 7)


def whole(grade, standardised=0.5, **numbers):
    row = {"value": "frame_x", "side": "state_media", "other": "western", "standardised": standardised} | numbers
    return Claim("Rights", grade, "The whole is so.", ("a reason",), row)


def test_the_parts_follow_the_whole():
    (made,) = split_claims([whole("suggested")], split(selection="its interval includes zero"))
    assert made.sentence == (
        "The whole is so. Of this, 0.45 (0.20 to 0.60) is presentation, found within the same themes; 0.10 (-0.10 to "
        "0.30; does not hold) is selection, by the themes they write about; -0.05 (-0.10 to 0.00) comes of themes "
        "without common support, which hold 25 % of the passages of state media and 50 % of those of Western outlets."
    )
    assert made.grade == "suggested" and made.topic == "Rights"
    assert made.reasons == ("a reason", "selection: its interval includes zero")
    assert (made.numbers["presentation"], made.numbers["selection"]) == (0.45, 0.1)


def test_signs_are_those_of_the_higher_side():
    (made,) = split_claims([whole("described", -0.5)], split(turn=-1))
    assert "Of this, 0.45 (0.20 to 0.60) is presentation" in made.sentence
    assert "-0.05 (-0.10 to 0.00) comes of themes" in made.sentence
    assert "50 % of the passages of Western outlets and 25 % of those of state media" in made.sentence


def test_no_grade_above_the_whole_and_none_above_suggested():
    assert split_claims([whole("claimed")], split())[0].grade == "suggested"
    assert split_claims([whole("claimed")], split())[0].reasons == (NOT_CLAIMED, "a reason")
    assert split_claims([whole("described")], split())[0].grade == "described"
    neither = split(selection="so", presentation="and so")
    (made,) = split_claims([whole("suggested")], neither)
    assert made.grade == "described" and made.reasons[0] == NOTHING_HOLDS


def test_of_what_is_withheld_nothing_is_said():
    (made,) = split_claims([whole("withheld")], split())
    assert made.grade == "withheld" and made.reasons == ("a reason",)
    assert made.sentence == (
        "Nothing is said of how the difference on ‘Rights’ between state media and Western outlets splits."
    )


def test_the_strongest_come_first_and_an_absent_one_is_an_error():
    made = split_claims([whole("withheld", 3.0), whole("described", 0.1), whole("described", -0.6)], split())
    assert [c.grade for c in made] == ["described", "described", "withheld"]
    assert [c.numbers["standardised"] for c in made] == [-0.6, 0.1, 3.0]
    with pytest.raises(InputError, match="'Rights' has not been split"):
        split_claims([whole("described", value="frame_y")], split())


def test_which_parts_are_drawn_how():
    found = split(selection="so")
    assert holding(found, [whole("described")])["said"].to_list() == ["holds", "does not hold", "holds", "holds"]
    assert set(holding(found, [whole("withheld")])["said"]) == {"withheld"}
