"""When a share may be relied on, and what is said to be wanting where it may not."""

import re

import polars as pl
import pytest

from helpers.seminar.validation import needed_codes, verdicts

ROW = {"frame": "order", "side": "east", "share": 0.3, "low": 0.22, "high": 0.38, "half_width": 8.0, "n_codes": 100,
       "n_yes": 30, "n_no": 70, "coding": 0.0016}  # fmt: skip
AGREED = {"frame": "order", "alpha": 0.8, "low": 0.6, "n_passages": 20, "n_yes": 8, "n_no": 12}


def verdict(row: dict | None = None, agreed: dict | None = None) -> dict:
    made = verdicts(pl.DataFrame([ROW | (row or {})]), pl.DataFrame([AGREED | (agreed or {})]))
    return made.row(0, named=True)


def test_all_is_well() -> None:
    made = verdict()
    assert (made["validated"], made["wanting"], made["more"]) == (True, None, 0)
    assert (made["alpha"], made["alpha_low"]) == (0.8, 0.6)


def test_needed_codes_by_hand() -> None:
    # V(100) = (.1568 / 1.96)^2 = .0064, V* = (.0784 / 1.96)^2 = .0016, A = .006, so documents make out .0004.
    # m = 100 / (1 - (.0064 - .0016) / .006) = 500: with it V = .0004 + .006 * 100 / 500 = .0016.
    assert needed_codes(100, half_width=15.68, coding=0.006, widest=7.84) == 500
    assert needed_codes(100, half_width=7.84, coding=0.006, widest=7.84) == 100
    # Documents alone make out .0064 - .004 = .0024, more than .0016.
    assert needed_codes(100, half_width=15.68, coding=0.004, widest=7.84) is None
    assert needed_codes(100, half_width=15.68, coding=0.0, widest=7.84) is None


@pytest.mark.parametrize(
    ("row", "agreed", "told", "more"),
    [
        ({"half_width": 12.0, "coding": 0.003}, {}, "± 12.0 points wide, 10 is the most: about 62 codes more", 62),
        ({"half_width": 12.0, "coding": 0.0001}, {}, "documents differ so much among themselves", None),
        ({"n_yes": 2}, {}, "5 codes of yes are needed on this side, 2 are there: about 150 codes more", 150),
        ({"n_no": 0}, {}, "5 codes of no are needed on this side, 0 are there: nobody can say how many more", None),
        ({"share": None, "low": None}, {}, "no passage of this side was coded", None),
        ({}, {"alpha": 0.5, "low": 0.2}, "coders agree too little \\(alpha 0.50, 0.667 needed\\)", 0),
        ({}, {"alpha": 0.8, "low": 0.4}, "alpha 0.80, from 0.40; 0.5 needed\\): about 16 passages more", 0),
        (
            {},
            {"alpha": 0.8, "low": None, "n_yes": 3},
            "yes to 3 of the 20 passages.*about 14 passages more that all",
            0,
        ),
        ({}, {"alpha": None, "low": None, "n_passages": 0}, "no two coders read the same passage", 0),
    ],
)
def test_what_is_wanting(row: dict, agreed: dict, told: str, more: int | None) -> None:
    made = verdict(row, agreed)
    assert not made["validated"] and re.search(told, made["wanting"]) and made["more"] == more


def test_several_things_may_be_wanting() -> None:
    assert verdict({"n_yes": 2}, {"alpha": 0.1, "low": 0.0})["wanting"].count(";") == 1
