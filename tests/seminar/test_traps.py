"""Traps by hand: each wrong and each right number computed on paper, and none asked for where there is no trap."""

import datetime

import pytest

from constructed import passages
from helpers.errors import InputError
from helpers.seminar.traps import traps

LABELS = {"ways": "Ways"}


def rows(*given, **columns):
    """(document, side, outlet) with value, voice, year and cluster by column; one passage each."""
    frame = passages([(document, side, outlet, "Text.") for document, side, outlet in given])
    defaults = {"ways": 0.0, "voice": "outlet", "year": 2020, "copy_cluster": None}
    import polars as pl

    for name, default in defaults.items():
        held = columns.get(name, [default] * len(given))
        if name == "year":
            frame = frame.with_columns(date=pl.Series([datetime.date(y, 5, 1) for y in held]))
        else:
            frame = frame.with_columns(pl.Series(name, held, dtype=pl.String if name == "copy_cluster" else None))
    return frame


def only(found, title):
    return [trap for trap in found if trap.title == title]


def test_wire_copy_counts_texts_and_documents():
    given = [(f"d{n}", "east", f"Outlet {n % 3}") for n in range(5)]
    found = traps(rows(*given, copy_cluster=["d0", "d0", "d0", "d3", "d3"]), LABELS, unit=" %")
    (trap,) = only(found, "Wire copy")
    assert (trap.wrong, trap.right) == (5, 2)
    assert trap.shown(5) == "5 texts" and "Outlet 0, Outlet 1 and Outlet 2" in trap.question


def test_an_outlet_that_repeats_itself_is_no_wire():
    given = [("a", "east", "One"), ("b", "east", "One")]
    assert only(traps(rows(*given, copy_cluster=["a", "a"]), LABELS, unit=" %"), "Wire copy") == []


def test_the_dominant_outlet():
    # One: 10 documents at 50; Two and Three: 5 documents each at 2 and 4.
    # In one heap (10 * 50 + 5 * 2 + 5 * 4) / 20 = 26.5; the other outlets (2 + 4) / 2 = 3.
    given = [
        (f"{outlet}{n}", "east", outlet) for outlet, m in (("One", 10), ("Two", 5), ("Three", 5)) for n in range(m)
    ]
    found = traps(rows(*given, ways=[50.0] * 10 + [2.0] * 5 + [4.0] * 5), LABELS, unit=" %")
    (trap,) = only(found, "The dominant outlet")
    assert (trap.wrong, trap.right) == pytest.approx((26.5, 3))
    assert "other than One" in trap.question and trap.shown(trap.wrong) == "26.5 %"


def test_a_side_of_equal_outlets_has_none():
    given = [(f"{outlet}{n}", "east", outlet) for outlet in ("One", "Two", "Three") for n in range(6)]
    assert only(traps(rows(*given), LABELS, unit=" %"), "The dominant outlet") == []


def test_quotation():
    # Ten documents; in five of them a quoted passage of 100 beside one of 0. Heap: (5 * 50 + 5 * 0) / 10 = 25; own: 0.
    own = [(f"d{n}", "west", "One") for n in range(10)]
    quoted = [(f"d{n}", "west", "One") for n in range(5)]
    table = rows(*own, *quoted, ways=[0.0] * 10 + [100.0] * 5, voice=["outlet"] * 10 + ["quoted"] * 5)
    (trap,) = only(traps(table, LABELS, unit=" %"), "Quotation")
    assert (trap.wrong, trap.right) == (25, 0)


def test_too_few_quotations_are_no_question():
    given = [("d0", "west", "One"), ("d0", "west", "One")]
    assert only(traps(rows(*given, voice=["outlet", "quoted"]), LABELS, unit=" %"), "Quotation") == []


def test_a_year_that_is_not_there():
    given = [(f"d{n}", "west", "One") for n in range(6)] + [("e", "east", "Two")]
    table = rows(*given, year=[2018, 2018, 2020, 2020, 2020, 2020, 2019])
    (trap,) = only(traps(table, LABELS, unit=" %"), "What is not there")
    assert (trap.wrong, trap.right) == (3, 0), "between 2 documents of 2018 and 4 of 2020"
    assert "West" in trap.question and "2019" in trap.question


def test_the_end_of_a_corpus_is_no_gap():
    given = [("a", "west", "One"), ("b", "east", "Two"), ("c", "east", "Two")]
    assert only(traps(rows(*given, year=[2018, 2018, 2019]), LABELS, unit=" %"), "What is not there") == []


def test_a_column_that_is_absent_is_said():
    with pytest.raises(InputError, match="'ways'"):
        traps(rows(("a", "west", "One")).drop("ways"), LABELS, unit=" %")
