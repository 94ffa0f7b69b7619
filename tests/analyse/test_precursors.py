"""Precursors: shares and placebo by hand, what cannot be asked, and a placebo that gives as much where order is not."""

import datetime

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.echo_rows import rows_of
from helpers.analyse.echoes import echoes
from helpers.analyse.precursors import precursors
from helpers.errors import InputError

DAY = datetime.date(2016, 1, 1)
LONG = "grain barges crossing beneath painted bridges carried lanterns salted plums and letters nobody had opened"


def corpus(*, echoing, source_first, seed=1, n=24):
    """`n` documents each of a source with one outlet and of two other sides with two, a passage each, ten days apart.
    Of side a, `echoing` passages repeat one of the source, six days later, or, without `source_first`, earlier."""
    rng = np.random.default_rng(seed)
    rows, dates = [], []

    def words():
        return " ".join(f"w{k}" for k in rng.integers(8000, size=25))

    for k in range(n):
        source = words()
        rows.append((f"s{k:02}", "source", "S", source))
        dates.append(DAY + datetime.timedelta(days=10 * k))
        for side in "ab":
            text = words()
            if side == "a" and k < echoing:
                text = " ".join([*text.split()[:8], *source.split()[4:18]])
            rows.append((f"{side}{k:02}", side, f"{side}{k % 2}", text))
            step = 6 if source_first else -6
            dates.append(DAY + datetime.timedelta(days=10 * k + step))
    vectors = rng.normal(size=(len(rows), 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return passages(rows, date=dates).with_columns(pl.Series("embedding", vectors, dtype=pl.Array(pl.Float32, 16)))


def asked(frame, **kwargs):
    found = echoes.__wrapped__(frame, lag=7, shuffles=19)
    return precursors(frame, found, source="source", shuffles=400, **kwargs)


def test_the_share_and_its_placebo_by_hand():
    """Six of 24 passages of side a echo one from six days before. A shuffled source lies within seven days before its
    follower in 1 case of 24, so that the placebo is 6/24 * 1/24."""
    made = asked(corpus(echoing=6, source_first=True))
    a, b = made.table.sort("side").iter_rows(named=True)
    assert (a["side"], a["share"], a["n_with"], a["n_passages"], a["n_members"]) == ("a", 0.25, 6, 24, 2)
    assert a["placebo"] == pytest.approx(0.25 / 24, abs=0.004) and a["p"] == pytest.approx(1 / 401)
    assert a["excess"] == pytest.approx(a["share"] - a["placebo"]) and a["placebo_high"] < a["share"]
    assert a["excess_low"] < a["excess"] < a["excess_high"]
    assert (b["side"], b["share"], b["placebo"], b["p"]) == ("b", 0.0, 0.0, 1.0)
    assert made.contrasts is not None
    row = made.contrasts.table.row(0, named=True)
    assert row["difference"] == pytest.approx(a["excess"])


def test_who_comes_first_has_no_precursor():
    made = asked(corpus(echoing=6, source_first=False))
    assert made.table["n_with"].to_list() == [0, 0]


def test_shuffled_dates_keep_the_dates():
    made = asked(corpus(echoing=6, source_first=True))
    assert made.table["n_passages"].to_list() == [24, 24], "each of them has a text of the source within seven days"
    few = asked(corpus(echoing=6, source_first=True), within=5)
    assert few.table["n_passages"].to_list() == [0, 0], "six days are more than five"
    assert all(said.startswith("cannot be asked: 0 of its documents") for said in few.table["said"])
    assert few.contrasts is None and few.table["share"].null_count() == 2 and few.members.height == 0


def test_a_source_dated_by_the_year_is_asked_about_for_two():
    frame = corpus(echoing=6, source_first=True)
    yearly = pl.when(pl.col("side") == "source").then(pl.lit("year")).otherwise(pl.lit("day"))
    made = asked(frame.with_columns(date_precision=yearly))
    assert made.within == 732 and made.table["n_passages"].to_list() == [0, 0], "all of one year: no order is known"


def test_without_order_the_placebo_gives_as_much():
    """Passages that are like some source, of no matter which date: p is spread, and the excess is around nothing."""
    p = []
    for seed in range(30):
        frame = corpus(echoing=12, source_first=True, seed=seed)
        of = frame["side"] == "source"
        dates = frame["date"].to_list()
        at = [k for k, flag in enumerate(of) if flag]
        dealt = np.random.default_rng(seed + 100).permutation(at)
        for k, m in zip(at, dealt, strict=True):
            dates[k] = frame["date"][int(m)]
        shuffled = frame.with_columns(date=pl.Series(dates))
        found = echoes.__wrapped__(frame, lag=7, shuffles=19)
        p.append(precursors(shuffled, found, source="source", shuffles=99).table.sort("side")["p"][0])
    assert sum(value <= 0.1 for value in p) <= 7 and float(np.mean(p)) > 0.4


def test_errors():
    frame = corpus(echoing=2, source_first=True)
    found = echoes.__wrapped__(frame, lag=7, shuffles=9)
    with pytest.raises(InputError, match="no passage of side 'un'"):
        precursors(frame, found)
    with pytest.raises(InputError, match="no other side"):
        precursors(frame.filter(side="source"), found, source="source")
    assert rows_of(frame)[1] == {}
