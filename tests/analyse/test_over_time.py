"""Means by period: by hand, with gaps as gaps, dates no finer than known, and outlets that come and go."""

import datetime
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from constructed import passages
from helpers.analyse.over_time import over_time
from helpers.errors import InputError
from helpers.prepare import prepare
from helpers.study import open_study
from helpers.tables import as_documents

TEACHING = Path(__file__).resolve().parents[2] / "data" / "teaching"


def day(month: int, year: int = 2017, of: int = 3) -> datetime.date:
    return datetime.date(year, month, of)


def dated(rows: list[tuple], **columns) -> pl.DataFrame:
    """`rows`: document, side, outlet, date, value; `columns`: further ones."""
    made = passages([(d, s, o, "x") for d, s, o, *_ in rows], x=[row[4] for row in rows])
    made = made.with_columns(date=pl.Series([row[3] for row in rows], dtype=pl.Date))
    return made.with_columns(pl.Series(name, values) for name, values in columns.items())


def many(side: str, outlet: str, dates: list, values: list[float]) -> list[tuple]:
    return [(f"{outlet}{k:03}", side, outlet, at, x) for k, (at, x) in enumerate(zip(dates, values, strict=True))]


def row(found, side: str, start: datetime.date) -> dict:
    return found.table.filter((pl.col("side") == side) & (pl.col("start") == start)).row(0, named=True)


def test_a_mean_gives_each_outlet_the_same_weight_and_a_gap_is_one() -> None:
    # January: A has 0, 1, 2 (mean 1), B has 5: mean 3. March: A alone, 4.
    rows = many("east", "A", [day(1)] * 3 + [day(3)] * 8, [0, 1, 2] + [4] * 8)
    rows += many("east", "B", [day(1)] + [day(4)] * 9, [5] + [6] * 9)
    found = over_time(dated(rows), ["x"], period="month")
    january, february, march = (row(found, "east", day(m, of=1)) for m in (1, 2, 3))
    assert (january["mean"], january["n_documents"], january["n_outlets"], january["present"]) == (3, 4, 2, 1)
    assert january["thin"] and not january["missing"] and january["end"] == day(2, of=1)
    assert february["missing"] and february["mean"] is None and february["low"] is None and not february["thin"]
    assert (march["mean"], march["present"], march["thin"]) == (4, 0.5, False)
    assert found.sides.row(0, named=True) == {
        "side": "east", "period": "month", "n_documents": 21, "n_set_aside": 0, "n_undated": 0, "n_coarse": 0,
        "n_outlets": 2, "present": pytest.approx((1 + 0.5 + 0.5) / 3),
    }  # fmt: skip


def test_a_document_known_to_the_year_enters_no_month() -> None:
    rows = many("east", "A", [day(1)] * 10 + [datetime.date(2017, 1, 1)] * 2 + [None], [1.0] * 10 + [9.0] * 3)
    precision = ["day"] * 8 + ["month"] * 2 + ["year"] * 2 + [None]
    frame = dated(rows, date_precision=precision)
    months = over_time(frame, ["x"], period="month")
    assert row(months, "east", day(1, of=1))["mean"] == 1 and months.table.height == 1
    assert months.sides.select("n_documents", "n_coarse", "n_undated").row(0) == (10, 2, 1)
    years = over_time(frame, ["x"], period="year")
    assert row(years, "east", day(1, of=1))["mean"] == pytest.approx((10 + 18) / 12)
    assert years.sides["n_coarse"].to_list() == [0]


def test_each_side_has_the_period_that_its_dates_bear() -> None:
    rows = many("news", "A", [day(m) for m in (1, 2, 3) for _ in range(6)], [1.0] * 18)
    rows += many("un", "U", [datetime.date(2017, 1, 1)] * 12, [2.0] * 12)
    found = over_time(dated(rows, date_precision=["day"] * 18 + ["year"] * 12), ["x"])
    assert found.sides.select("side", "period").rows() == [("news", "month"), ("un", "year")]
    assert found.table.group_by("side").len().sort("side").rows() == [("news", 3), ("un", 1)]


def test_copies_have_the_earliest_date_of_their_side() -> None:
    rows = many("east", "A", [day(2), day(1), *[day(3)] * 10], [4.0, 2.0, *[1.0] * 10])
    frame = dated(rows, copy_cluster=["c", "c", *[None] * 10])
    found = over_time(frame, ["x"], period="month")
    january = row(found, "east", day(1, of=1))
    assert (january["mean"], january["n_documents"], january["n_texts"]) == (3, 2, 1)
    assert row(found, "east", day(2, of=1))["missing"]
    # A copy known to the year is not the earliest for that.
    vague = frame.with_columns(
        date=pl.when(pl.col("document_id") == "A001").then(datetime.date(2017, 1, 1)).otherwise("date"),
        date_precision=pl.when(pl.col("document_id") == "A001").then(pl.lit("year")).otherwise("date_precision"),
    )
    assert over_time(vague, ["x"], period="month").table["start"].to_list()[0] == day(2, of=1)
    assert row(over_time(frame, ["x"], period="month", copies="all"), "east", day(2, of=1))["mean"] == 4


def test_an_outlet_of_few_documents_is_set_aside_in_every_period() -> None:
    rows = many("east", "A", [day(1)] * 10, [1.0] * 10) + many("east", "B", [day(1), day(2)], [9.0, 9.0])
    found = over_time(dated(rows), ["x"], period="month")
    assert row(found, "east", day(1, of=1))["mean"] == 1
    february = row(found, "east", day(2, of=1))
    assert february["missing"] and february["n_set_aside"] == 1 and february["n_documents"] == 0
    # Where no outlet has enough, all of them are the side.
    few = over_time(dated(rows[:3] + rows[-2:]), ["x"], period="month")
    assert row(few, "east", day(1, of=1))["mean"] == 5 and row(few, "east", day(2, of=1))["mean"] == 9


def test_outlets_that_come_and_go_move_the_line_and_not_the_steady_one() -> None:
    # A always writes 1, B always 5. B is not there in February: the line falls, the side does not.
    rows = many("east", "A", [day(m) for m in (1, 2, 3) for _ in range(5)], [1.0] * 15)
    rows += many("east", "B", [day(m) for m in (1, 3) for _ in range(5)], [5.0] * 10)
    found = over_time(dated(rows), ["x"], period="month")
    assert found.table["mean"].to_list() == [3, 1, 3]
    assert found.table["steady"].to_list() == pytest.approx([3, 3, 3])
    assert found.table["present"].to_list() == [1, 0.5, 1]


def test_a_steady_line_that_nothing_joins_is_not_told() -> None:
    rows = many("east", "A", [day(1)] * 10, [1.0] * 10) + many("east", "B", [day(2)] * 10, [5.0] * 10)
    assert over_time(dated(rows), ["x"], period="month").table["steady"].to_list() == [None, None]


def test_where_every_outlet_writes_always_both_are_one() -> None:
    rng = np.random.default_rng(2)
    dates = [day(m) for m in (1, 2, 3, 4) for _ in range(4)]
    rows = [r for o in "ABC" for r in many("east", o, dates, list(rng.normal(size=16)))]
    table = over_time(dated(rows), ["x"], period="month").table
    assert table["steady"].to_list() == pytest.approx(table["mean"].to_list())


def test_states_that_speak_are_the_units_of_each_year() -> None:
    rows = [(f"{s}{y}", side, "Assembly", day(9, y), float(k + y - 2015))
            for side, states in (("east", "ABC"), ("west", "DEF")) for k, s in enumerate(states)
            for y in (2015, 2016)]  # fmt: skip
    frame = dated(rows, speaker=[r[0][0] for r in rows])
    found = over_time(frame, ["x"], period="year")
    assert found.members == "speaker"
    assert found.table.filter(pl.col("side") == "east")["mean"].to_list() == [1, 2]
    assert found.table["n_outlets"].to_list() == [3] * 4


def test_a_rate_has_no_interval_below_zero() -> None:
    rows = many("east", "A", [day(1)] * 8 + [day(2)] * 8, [0.0] * 7 + [1.0] + [0.0] * 8)
    found = over_time(dated(rows), ["x"], period="month")
    assert found.table["low"].to_list() == [0, 0]
    # None of eight uses it in February, and that does not prove that none would.
    assert found.table["high"].to_list()[1] > 0


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(5)
    rows = [
        r for o in "AB" for r in many("east", o, [day(int(m)) for m in rng.integers(1, 5, 20)], list(rng.random(20)))
    ]
    frame = dated(rows)
    one, two = (
        over_time(f, ["x"], period="month").table for f in (frame, frame.sample(fraction=1, shuffle=True, seed=1))
    )
    for name in one.columns:
        if one[name].dtype == pl.Float64:
            assert one[name].to_list() == pytest.approx(two[name].to_list(), rel=1e-9, nan_ok=True)
        else:
            assert one[name].equals(two[name])


def test_what_cannot_be_drawn_is_said() -> None:
    frame = dated(many("east", "A", [None] * 3, [1.0] * 3))
    with pytest.raises(InputError, match="no document is dated"):
        over_time(frame, ["x"])
    with pytest.raises(InputError, match="month, quarter, year"):
        over_time(frame, ["x"], period="week")
    with pytest.raises(InputError, match="'y' is absent"):
        over_time(frame, ["y"])


def test_the_missing_year_of_the_teaching_corpus_is_a_gap() -> None:
    trap = yaml.safe_load((TEACHING / "truth.yml").read_text(encoding="utf-8"))["traps"]["missing_period"]
    lines = (TEACHING / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    frame = pl.DataFrame([json.loads(line) for line in lines], infer_schema_length=None)
    table = as_documents(frame.with_columns(
        pl.col("date").str.to_date(), source=pl.lit("documents.jsonl"), date_precision=pl.lit("day")))  # fmt: skip
    cut = prepare(table, words=open_study("teaching").words).with_columns(x=pl.col("n_words").cast(pl.Float64))
    found = over_time(cut, ["x"]).table
    gaps = found.filter("missing").select("side", "start", "end").rows()
    first, last = (datetime.date.fromisoformat(d) for d in trap["between"])
    assert gaps == [(trap["side"], first, last + datetime.timedelta(days=1))]


def test_the_event_of_the_teaching_study_happens_in_its_texts() -> None:
    lines = (TEACHING / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    documents = [json.loads(line) for line in lines]
    for event in open_study("teaching").events:
        told = [d for d in documents if d["date"] == event.date.isoformat() and event.label in d["text"]]
        assert [d["id"] for d in told] == ["t-gc-07"] and "establishes" in told[0]["text"]
