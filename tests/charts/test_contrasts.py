"""The picture of what could be seen: the table's numbers, and what is out of reach said in words."""

import polars as pl
import pytest

from helpers import charts
from helpers.analyse.contrasts import Contrasts


def contrasts(*rows):
    names = ["value", "side", "other", "detectable", "null_floor", "null_floor_kind", "detectable_side", "p_smallest"]
    table = pl.DataFrame(list(rows), schema=names, orient="row")
    return Contrasts(table, pl.DataFrame(), pl.DataFrame(), ("a", "b"), "score", 0.95, 2000, 7)


FEW = contrasts(
    ("a", "state_media", "un", 0.4, 0.3, "documents", None, 1 / 3),
    ("b", "state_media", "un", 0.6, 0.5, "documents", None, 1 / 3),
    ("a", "un", "western", 0.2, 0.4, "outlets", 0.9, 2 / 70),
    ("b", "un", "western", 0.4, 0.6, "outlets", 1.1, 2 / 70),
)


@pytest.fixture(autouse=True)
def report():
    charts.enable("report")


def test_every_size_stands_in_the_table_and_the_middle_in_the_caption():
    made = charts.contrasts.power(FEW, labels={"a": "Order"})
    assert made.table.filter(measure="Order", pair="UN − Western")["size"].to_list() == [0.2, 0.4, 0.9]
    assert made.table.height == 12
    assert made.caption == (
        "What could have been seen, in standard deviations, for the middle measure: 0.50 in these outlets of state "
        "media and UN texts, between sides none; 0.30 in these outlets of UN texts and Western outlets, between sides "
        "1.00."
    )
    assert made.notes == (
        "State media − UN: the null floor is of documents, and optimistic, since neither side has 3 outlets.",
    )
    said = str(made.chart.to_dict())
    assert "out of reach: p cannot be under 0.33" in said and "out of reach: p cannot be under 0.03" not in said


def test_some_values_only():
    made = charts.contrasts.power(FEW, values=["b"])
    assert set(made.table["measure"]) == {"b"} and "0.60 in these outlets of state media" in made.caption
