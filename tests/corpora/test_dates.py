import datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.corpora.dates import FIRST_YEAR, LAST_YEAR, Unreadable, When, end_of, order_of, parse

DAY = datetime.date(2017, 2, 7)

dates = st.dates(datetime.date(FIRST_YEAR, 1, 1), datetime.date(LAST_YEAR, 12, 31))
FORMATS = [
    lambda d: d.isoformat(),
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.day:02}.{d.month:02}.{d.year}",
    lambda d: f"{d.year}{d.month:02}{d.day:02}",
    lambda d: f"{d.day} {d.strftime('%B')} {d.year}",
    lambda d: f"{d.strftime('%b')} {d.day} {d.year}",
    lambda d: f"{d.strftime('%B')} {d.day}, {d.year}",
    lambda d: f"{d.strftime('%A')}, {d.day} {d.strftime('%b')} {d.year}",
    lambda d: f"{d.isoformat()}T23:59:59Z",
    lambda d: f"{d.isoformat()}T10:11:12.123456+03:00",
    lambda d: f"{d.isoformat()} 7:05 PM",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: format_datetime(datetime.datetime(d.year, d.month, d.day, 23, 1, tzinfo=datetime.UTC)),
]


@given(dates, st.sampled_from(FORMATS))
def test_every_day_in_every_form_comes_back(day: datetime.date, form) -> None:
    assert parse(form(day)) == When(day, "day")


@given(dates)
def test_a_known_order_reads_every_day(day: datetime.date) -> None:
    assert parse(f"{day.day}/{day.month}/{day.year}", order="day first") == When(day, "day")
    assert parse(f"{day.month}/{day.day}/{day.year}", order="month first") == When(day, "day")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        when = parse(text)
    except Unreadable as reason:
        assert str(reason)
    else:
        assert when is None or FIRST_YEAR <= when.date.year <= LAST_YEAR


@given(st.one_of(st.integers(), st.floats(), st.booleans()))
def test_any_number_is_read_or_refused(value: object) -> None:
    try:
        when = parse(value)
    except Unreadable:
        return
    assert when is None or FIRST_YEAR <= when.date.year <= LAST_YEAR


@pytest.mark.parametrize(
    ("value", "date", "precision"),
    [
        ("Dienstag 7. Februar 2017", DAY, "day"),
        ("mardi 7 février 2017", DAY, "day"),
        ("martes 7 de febrero de 2017", DAY, "day"),
        ("February 7, 2017 Tuesday 11:58 PM GMT", DAY, "day"),
        ("2017-02", datetime.date(2017, 2, 1), "month"),
        ("February 2017", datetime.date(2017, 2, 1), "month"),
        ("201702", datetime.date(2017, 2, 1), "month"),
        ("2017", datetime.date(2017, 1, 1), "year"),
        (2017, datetime.date(2017, 1, 1), "year"),
        (2017.0, datetime.date(2017, 1, 1), "year"),
        ("1486425600", DAY, "day"),
        (1486425600000, DAY, "day"),
        (datetime.datetime(2017, 2, 7, 23, 59), DAY, "day"),
        (DAY, DAY, "day"),
        ("February 7, 2017 Tuesday 10:15 AM GMT", DAY, "day"),
        ("Sept. 7th, 2017", datetime.date(2017, 9, 7), "day"),
        ("25/12/2016", datetime.date(2016, 12, 25), "day"),
        ("12/25/2016", datetime.date(2016, 12, 25), "day"),
        ("03/03/2017", datetime.date(2017, 3, 3), "day"),
    ],
)
def test_precision_and_numbers(value: object, date: datetime.date, precision: str) -> None:
    assert parse(value) == When(date, precision)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["", None, "  ", "n/a", "NaN", float("nan")])
def test_nothing_is_no_date(value: object) -> None:
    assert parse(value) is None


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("03/04/2017", "ambiguous date: 03/04/2017"),
        ("03-04-2017", "ambiguous date"),
        ("31 September 2017", "no such day"),
        ("2017-02-30", "no such day"),
        ("13/13/2017", "no such day"),
        ("01/02/17", "year in two digits"),
        ("0042", "year outside"),
        ("yesterday", "not a date: yesterday"),
        ("3 goals 2017", "not a date"),
    ],
)
def test_what_cannot_be_known_is_refused(value: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(value)


def test_the_column_decides_the_order() -> None:
    assert order_of(["03/04/2017", "25/12/2016"]) == "day first"
    assert order_of(["03/04/2017", "12/25/2016"]) == "month first"
    assert order_of(["03/04/2017", "05/06/2017", None, 2017]) is None
    assert order_of(["25/12/2016", "12/25/2016"]) is None, "a column that contradicts itself decides nothing"
    assert order_of(["25.12.2016"]) is None, "dots say nothing about slashes"


def test_end_of_a_period() -> None:
    assert end_of(When(datetime.date(2017, 1, 1), "year")) == datetime.date(2017, 12, 31)
    assert end_of(When(datetime.date(2016, 2, 1), "month")) == datetime.date(2016, 2, 29)
    assert end_of(When(datetime.date(2016, 12, 1), "month")) == datetime.date(2016, 12, 31)
    assert end_of(When(DAY, "day")) == DAY
