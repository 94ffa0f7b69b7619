import datetime

import polars as pl
import pytest

from constructed import passages
from helpers.analyse.before_after import NOT_SHOWN, before_after
from helpers.analyse.claims import rest
from helpers.analyse.over_time import over_time
from helpers.charts import before_after as changes
from helpers.charts import over_time as charts
from helpers.errors import InputError
from helpers.study import Event

EVENT = Event(datetime.date(2017, 3, 1), "<b>Summit</b>")
NAMES = {"x": "Order", "y": "Peace"}


def frame(*, west: bool = True) -> pl.DataFrame:
    """East: two outlets, January to May, the second from March; west: one, none in February."""
    rows = []
    for side, outlet, months in (("east", "A", (1, 2, 3, 4, 5)), ("east", "B", (3, 4, 5)), ("west", "C", (1, 4, 5))):
        rows += [(f"{outlet}{m}{k}", side, outlet, m, k) for m in months for k in range(6) if west or side == "east"]
    made = passages([(d, s, o, "word") for d, s, o, *_ in rows])
    return made.with_columns(
        date=pl.Series([datetime.date(2017, m, 5 + k) for *_, m, k in rows]),
        x=pl.Series([float(m + k % 3) for *_, m, k in rows]),
        y=pl.Series([float(k) for *_, k in rows]),
    )


@pytest.fixture(scope="module")
def found():
    return over_time(frame(), ["x", "y"], period="month")


def drawn(spec: dict) -> list[dict]:
    return max(spec["datasets"].values(), key=len)


def test_small_multiples_have_gaps_and_events_by_number(found) -> None:
    figure = charts.over_time(found, labels=NAMES, events=[EVENT])
    spec = figure.chart.to_dict()
    assert spec["columns"] == 2 and spec["facet"]["sort"] == ["Order", "Peace"]
    west = [r for r in drawn(spec) if r["side"] == "West" and r["value"] == "Order"]
    assert [(r["when"], r["missing"], r["run"], r["alone"]) for r in west] == [
        ("January 2017", False, 0, True), ("February 2017", True, 1, False), ("March 2017", True, 2, False),
        ("April 2017", False, 2, False), ("May 2017", False, 2, False),
    ]  # fmt: skip
    assert sum(r["kind"] == "event" for r in drawn(spec)) == 2
    assert "1 <b>Summit</b> (1 March 2017)" in figure.how_to_read
    assert "West: no document in February 2017, March 2017." in figure.notes
    assert any("80 % of its 2 outlets stand in a period" in note for note in figure.notes)
    assert "48 documents of East (2 outlets)" in figure.caption


def test_one_value_is_large_and_its_events_are_words(found) -> None:
    figure = charts.over_time(found, labels={"x": "Order"}, events=[EVENT], of="rate", steady=True)
    spec = figure.chart.to_dict()
    assert spec["width"] == 620 and "facet" not in spec
    assert figure.table["mean"].to_list() == found.table.filter(pl.col("value") == "x")["mean"].to_list()
    # B begins in March, as A goes on, and nothing differs between them but the level of the month.
    assert any(note.endswith("outlets coming and going.") for note in figure.notes)


def test_no_interval_leaves_the_others_without_room(found) -> None:
    rows = drawn(charts.over_time(found, labels=NAMES).chart.to_dict())
    enough = [r for r in rows if not r["thin"] and r["low"] is not None and r["value"] == "Order"]
    low, high = min(r["low"] for r in enough), max(r["high"] for r in enough)
    flat = charts.over_time(over_time(frame().with_columns(z=pl.lit(1.0)), ["z"], period="month")).chart.to_dict()
    assert {r["over"] for r in drawn(flat)} == {None}
    assert all(r["under"] >= low - 0.1 * (high - low) for r in rows if r["value"] == "Order" and r["under"] is not None)


def test_a_side_dated_by_year_is_a_bar_across(found) -> None:
    years = frame().with_columns(
        date_precision=pl.when(pl.col("side") == "west").then(pl.lit("year")).otherwise("date_precision"),
        date=pl.when(pl.col("side") == "west").then(datetime.date(2017, 1, 1)).otherwise("date"),
    )
    rows = drawn(charts.over_time(over_time(years, ["x"]), labels={"x": "Order"}).chart.to_dict())
    west = [r for r in rows if r["side"] == "West"]
    assert [(r["level"], r["x"][:10], r["x2"][:10]) for r in west] == [(True, "2017-01-01", "2017-06-01")]


def test_an_unknown_value_is_refused(found) -> None:
    with pytest.raises(InputError, match="expected x, y"):
        charts.over_time(found, labels={"z": "No"})


def test_changes_draw_sides_and_outlets_and_say_what_they_do_not_show(found) -> None:
    compared = before_after(found, EVENT)
    figure = changes.changes(compared, labels=NAMES)
    assert figure.notes[0] == NOT_SHOWN and figure.chart.to_dict()
    # Outlet B begins in March and has nothing to be compared with.
    assert set(figure.table.select("side", "of").rows()) == {
        ("east", "mean of its outlets"), ("east", "A"), ("west", "mean of its outlets"), ("west", "C"),
    }  # fmt: skip
    order = figure.table.filter((pl.col("value") == "Order") & (pl.col("side") == "east"))
    assert order["change"].to_list() == pytest.approx([order["change"][0]] * 2)
    shown = compared._repr_html_() + found._repr_html_()
    assert "<b>Summit" not in shown and "does not make what happened then the cause" in shown


def test_claims_of_changes_come_from_the_gate(found) -> None:
    told = changes.change_claims(before_after(found, EVENT), labels={"x": "Order"})
    own = [claim for claim in told if claim.numbers["side"] == "East after <b>Summit</b>"]
    assert [claim.grade for claim in own] == ["described"]
    assert "of A (after)" in own[0].sentence and "the same outlets before and after <b>Summit</b>" in own[0].sentence
    assert any("an outlet is not a side" in reason for reason in own[0].reasons)
    # What a control moved by is no finding.
    silent = changes.change_claims(before_after(found, EVENT), labels={"y": "Peace"}, controls=["x"])
    assert {claim.grade for claim in silent} == {"withheld"}
    alone = before_after(over_time(frame(west=False), ["x"], period="month"), Event(datetime.date(2019, 1, 1), "Late"))
    withheld_claims = changes.change_claims(alone, labels={"x": "Order"})
    assert [claim.grade for claim in withheld_claims] == ["withheld"]
    assert (
        "cannot be asked" in withheld_claims[0].sentence
        and "no outlet has 5 documents" in withheld_claims[0].reasons[0]
    )
    assert "East after Late and East before Late" in rest(withheld_claims, [], topic="changes").reasons[0]
