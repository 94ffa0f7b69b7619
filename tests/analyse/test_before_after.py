"""Before and after a date: each outlet against itself; what is planted comes back, what comes and goes does not."""

import datetime

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.before_after import before_after
from helpers.analyse.over_time import over_time
from helpers.charts.before_after import change_claims
from helpers.study import Event

EVENT = Event(datetime.date(2017, 7, 1), "Summit")
MARCH, JULY, OCTOBER = datetime.date(2017, 3, 1), EVENT.date, datetime.date(2017, 10, 1)


def dated(rows: list[tuple], **columns) -> pl.DataFrame:
    """`rows`: document, side, outlet, date, value."""
    made = passages([(d, s, o, "x") for d, s, o, *_ in rows], x=[float(row[4]) for row in rows])
    made = made.with_columns(date=pl.Series([row[3] for row in rows], dtype=pl.Date))
    return made.with_columns(pl.Series(name, values) for name, values in columns.items())


def outlet(side: str, name: str, before: list[float], after: list[float]) -> list[tuple]:
    dates = [MARCH] * len(before) + [OCTOBER] * len(after)
    return [(f"{name}{k:03}", side, name, at, x) for k, (at, x) in enumerate(zip(dates, before + after, strict=True))]


def compared(rows: list[tuple], **settings):
    return before_after(over_time(dated(rows), ["x"], period="year"), EVENT, **settings)


def test_a_change_is_the_mean_of_what_outlets_changed_by() -> None:
    # A: 1 -> 2; B: 4 -> 7; C writes after the event only, and enters nothing.
    rows = outlet("east", "A", [0, 1, 1, 1, 2], [1, 2, 2, 2, 3]) + outlet("east", "B", [3, 4, 4, 4, 5], [6, 7, 7, 7, 8])
    rows += outlet("east", "C", [], [50.0] * 6)
    found = compared(rows)
    row = found.table.row(0, named=True)
    assert (row["before"], row["after"], row["change"], row["n_outlets"]) == (2.5, 4.5, 2, 2)
    assert (row["n_before"], row["n_after"]) == (10, 10) and (row["alone_low"], row["alone_high"]) == (1, 3)
    assert row["flips"] is None and row["p_smallest"] == 0.5 and row["p"] == 0.5
    # Squares of a cell are 2 (C's are 0), so the usual spread is 8 / (4 * 4 + 5); each cell's mean has variance
    # (2 + 4 * 8 / 21) / 8 / 5, a change twice that, and the mean of two changes half of a change's.
    assert row["variance"] == pytest.approx((2 + 4 * 8 / 21) / 8 / 5)
    assert row["low"] < 2 < row["high"] and row["standardised"] == pytest.approx(2 / row["sd"])
    assert found.outlets.select("member", "change", "paired").rows() == [
        ("A", 1, True),
        ("B", 3, True),
        ("C", None, False),
    ]
    assert found.sides.row(0, named=True) == {
        "side": "east", "asked": True, "said": None, "n_outlets": 2, "n_before": 10, "n_after": 16, "n_neither": 0,
    }  # fmt: skip


def test_the_difference_in_differences_by_hand() -> None:
    flat, up = [0.0, 1, 1, 1, 2], [2.0, 3, 3, 3, 4]
    rows = outlet("east", "A", flat, up) + outlet("east", "B", flat, up) + outlet("west", "C", flat, flat)
    found = compared(rows)
    row = found.differences.table.row(0, named=True)
    assert (row["side"], row["other"], row["difference"]) == ("east", "west", 2)
    # Two outlets of one against one: three ways to name the one, and the given one is the largest.
    assert (row["p"], row["p_smallest"]) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
    assert (row["n_members"], row["other_n_members"], row["n_texts"], row["n_documents"]) == (2, 1, 10, 20)
    own = dict(found.table.select("side", "variance").rows())
    half = row["high"] - row["difference"]
    assert half > 1.96 * np.sqrt(own["east"] + own["west"]) and row["low"] == pytest.approx(row["difference"] - half)


def test_a_side_without_an_outlet_on_both_sides_cannot_be_asked() -> None:
    rows = outlet("east", "A", [1.0] * 4, [2.0] * 9) + outlet("west", "B", [1.0, 2, 3, 2, 1], [1.0, 2, 3, 2, 1])
    found = compared(rows)
    assert found.table["side"].to_list() == ["west"] and found.differences.table.height == 0
    said = found.sides.filter(pl.col("side") == "east")["said"][0]
    assert "cannot be asked of this corpus: no outlet has 5 documents both before and after it (A 4 and 9)" in said
    assert compared(rows, least=4).sides["asked"].to_list() == [True, True]


def test_what_never_varies_is_withheld() -> None:
    """As the rate of a term that nobody uses: there is no spread to measure a change by."""
    found = compared(outlet("east", "A", [0.0] * 5, [0.0] * 6) + outlet("west", "B", [0.0] * 5, [0.0] * 5))
    for contrasts in (found.changes, found.differences):
        assert contrasts.table["standardised"].dtype == pl.Float64 and contrasts.table["standardised"].is_null().all()
    made = change_claims(found, labels={"x": "the term"}, of="rate")
    assert len(made) == 3 and {claim.grade for claim in made} == {"withheld"}


def test_dates_that_cannot_tell_are_on_neither_side() -> None:
    rows = outlet("east", "A", [1.0] * 6, [2.0] * 6)
    rows += [
        ("same", "east", "A", JULY, 9.0),
        ("month", "east", "A", datetime.date(2017, 7, 1), 9.0),
        ("year", "east", "A", datetime.date(2017, 1, 1), 9.0),
        ("last", "east", "A", datetime.date(2016, 1, 1), 1.0),
    ]
    precise = ["day"] * 13 + ["month", "year", "year"]
    found = before_after(over_time(dated(rows, date_precision=precise), ["x"]), EVENT)
    side = found.sides.row(0, named=True)
    assert (side["n_before"], side["n_after"], side["n_neither"]) == (7, 6, 3)
    near = before_after(over_time(dated(rows, date_precision=precise), ["x"]), EVENT, window=30, least=1)
    assert near.sides.row(0, named=True)["n_neither"] == 16


def test_speakers_are_compared_with_their_own_speeches() -> None:
    rows = [(f"{s}{y}", side, "Assembly", datetime.date(y, 9, 1), float(k + (2 if y > 2016 else 0)))
            for side, states in (("east", "ABCD"), ("west", "EFG")) for k, s in enumerate(states)
            for y in (2016, 2018)]  # fmt: skip
    found = before_after(over_time(dated(rows, speaker=[r[0][0] for r in rows]), ["x"]), EVENT)
    assert found.members == "speaker" and found.table["change"].to_list() == [2, 2]
    # All changed alike: there is no spread among those who were drawn.
    assert found.table["low"].to_list() == [None, None] and found.table["n_outlets"].to_list() == [4, 3]


def test_what_was_under_way_all_the_time_is_inside_the_null_floor() -> None:
    rng = np.random.default_rng(3)
    days = [datetime.date(2017, 1, 1) + datetime.timedelta(days=int(d)) for d in rng.integers(0, 365, 600)]
    at = np.array([(d - datetime.date(2017, 1, 1)).days for d in days])
    jump = (at > 181) * 1.5
    noise = rng.normal(size=600)
    kinds = {}
    for name, course in (("trend", at / 365 * 3), ("jump", jump)):
        rows = [
            (f"d{k:03}", "east", "ABC"[k % 3], d, float(x))
            for k, (d, x) in enumerate(zip(days, course + noise, strict=True))
        ]
        row = compared(rows).changes.table.row(0, named=True)
        assert row["standardised"] > 0.5
        kinds[name] = (abs(row["standardised"]) > row["null_floor"], row["null_floor_kind"])
    assert kinds["jump"][0] and kinds["trend"] == (False, "dates")


def test_of_many_values_some_change_at_any_date() -> None:
    # x jumps by .8 at the event, y by 2 in April. Alone, x is beyond its floor; beside y, which changes by more at
    # another date, a jump of .8 in one value of two says nothing of the event.
    rng = np.random.default_rng(3)
    days = [datetime.date(2017, 1, 1) + datetime.timedelta(days=int(d)) for d in rng.integers(0, 365, 600)]
    at = np.array([(d - datetime.date(2017, 1, 1)).days for d in days])
    rows = [(f"d{k:03}", "east", "ABC"[k % 3], d, float(x)) for k, (d, x) in enumerate(
        zip(days, (at > 181) * 0.8 + rng.normal(size=600), strict=True))]  # fmt: skip
    frame = dated(rows, y=(at > 100) * 2.0 + rng.normal(size=600))
    alone, beside = (
        before_after(over_time(frame, values, period="year"), EVENT).changes.table.row(0, named=True)
        for values in (["x"], ["x", "y"])
    )
    assert alone["standardised"] == beside["standardised"] > alone["null_floor"]
    assert beside["null_floor"] == alone["null_floor"] and beside["null_floor_all"] > 1
    quiet = {f"q{k}": rng.normal(size=600) for k in range(11)}
    among = before_after(over_time(dated(rows, **quiet), ["x", *quiet], period="year"), EVENT).changes.table
    held = among.row(0, named=True)
    assert held["standardised"] > held["null_floor_all"], "among quiet ones it is still beyond chance"
    assert not among[1:].select((pl.col("standardised").abs() > pl.col("null_floor_all")).any()).item()
    told = change_claims(before_after(over_time(frame, ["x", "y"], period="year"), EVENT), labels={"x": "X"})
    assert told[0].grade == "described" and "in one or another, cut at other dates" in " ".join(told[0].reasons)


def test_phases_of_other_kinds_are_told() -> None:
    rows = outlet("east", "A", [0.0, 1.0] * 6, [3.0, 4.0] * 6) + outlet("east", "B", [0.0, 1.0] * 6, [3.0, 4.0] * 6)
    kinds = ["resolution" if at == MARCH else "report" for *_, at, _ in rows]
    frame = dated(rows, kind=kinds)
    row = before_after(over_time(frame, ["x"], period="year"), EVENT).changes.table.row(0, named=True)
    assert (row["kinds_alike"], row["unlike"]) == (0.0, "kinds"), "that dates differ is what is asked about"


def simulated(seed: int, *, jump: float = 0.0, turnover: bool = False) -> pl.DataFrame:
    """change, low, high of 150 corpora of six outlets at different levels, 12 documents before and after; `turnover`:
    of two outlets one writes before only, the other, higher by three, after only."""
    rng = np.random.default_rng(seed)
    rows, values = [], []
    for k, name in enumerate("ABCDEF"):
        n = [0 if turnover and k == 5 else 12, 0 if turnover and k == 4 else 12]
        rows += outlet("east", name, [0.0] * n[0], [0.0] * n[1])
        steps = np.repeat([0.0, jump], n)[:, None] + (3 if turnover and k == 5 else 0)
        values.append(rng.normal(size=150) + steps + rng.normal(size=(sum(n), 150)))
    scores = pl.DataFrame(np.concatenate(values), schema=[f"v{k}" for k in range(150)])
    frame = pl.concat([dated(rows), scores], how="horizontal")
    return before_after(over_time(frame, scores.columns, period="year"), EVENT).table.select("change", "low", "high")


def test_a_planted_change_comes_back_and_outlets_that_come_and_go_are_none() -> None:
    for truth, found in ((0.8, simulated(1, jump=0.8)), (0.0, simulated(2, turnover=True))):
        assert found["change"].mean() == pytest.approx(truth, abs=0.05)
        held = found.select(pl.lit(truth).is_between("low", "high").mean()).item()
        # 95 %, less than three standard errors of 150 corpora away.
        assert 0.91 <= held <= 0.99
    assert simulated(1, jump=0.8).select((pl.col("low") > 0).mean()).item() > 0.9
    # What a naive mean of the side would say where one outlet comes after the event.
    rows = outlet("east", "A", [0.0] * 10, [0.0] * 10) + outlet("east", "B", [], [3.0] * 10)
    naive = over_time(dated(rows), ["x"], period="month").table.drop_nulls("mean")
    assert naive["mean"].to_list() == [0, 1.5] and compared(rows).table["change"].to_list() == [0]
