import datetime

import polars as pl

from helpers.analyse.periods import longer, periods, periods_of, when


def dated(rows: list[tuple]) -> pl.DataFrame:
    """`rows`: side, date, precision; each document has 100 words and 2 passages."""
    schema = {"side": pl.String, "date": pl.Date, "date_precision": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(n_words=100, n_passages=2)


def day(month: int, of: int = 2017) -> datetime.date:
    return datetime.date(of, month, 3)


def test_a_gap_is_a_period_without_a_document() -> None:
    rows = [("east", day(1), "day")] * 2 + [("east", day(3), "month"), ("west", day(2), "day"), ("west", None, None)]
    made = periods(dated(rows), {"east": "month", "west": "month"})
    assert made.select("side", "start", "end", "n_documents", "n_words", "n_passages", "missing").rows() == [
        ("east", datetime.date(2017, 1, 1), datetime.date(2017, 2, 1), 2, 200, 4, False),
        ("east", datetime.date(2017, 2, 1), datetime.date(2017, 3, 1), 0, 0, 0, True),
        ("east", datetime.date(2017, 3, 1), datetime.date(2017, 4, 1), 1, 100, 2, False),
        ("west", datetime.date(2017, 1, 1), datetime.date(2017, 2, 1), 0, 0, 0, True),
        ("west", datetime.date(2017, 2, 1), datetime.date(2017, 3, 1), 1, 100, 2, False),
        ("west", datetime.date(2017, 3, 1), datetime.date(2017, 4, 1), 0, 0, 0, True),
    ]


def test_a_side_dated_by_year_is_counted_by_year_and_the_others_as_exactly_as_they_are() -> None:
    rows = [("news", day(m), "day") for m in (1, 2, 3) for _ in range(5)] + [("un", day(1), "year")] * 9
    each = dated(rows)
    assert periods_of(each) == {"news": "month", "un": "year"}
    made = periods(each, periods_of(each))
    assert made.filter(side="un").select("start", "n_documents").rows() == [(datetime.date(2017, 1, 1), 9)]
    assert made.filter(side="news")["n_documents"].to_list() == [5, 5, 5]


def test_periods_are_long_enough_to_hold_five_documents_a_side() -> None:
    def chosen(a_month: int, months: int) -> str:
        rows = [
            ("east", datetime.date(2000 + m // 12, m % 12 + 1, 1), "day") for m in range(months) for _ in range(a_month)
        ]
        return periods_of(dated(rows))["east"]

    assert [chosen(5, 12), chosen(2, 12), chosen(1, 36)] == ["month", "quarter", "year"]


def test_a_document_known_to_the_year_stands_in_no_month() -> None:
    rows = [("east", day(1), "day"), ("east", day(1), "year")]
    assert periods(dated(rows), {"east": "month"})["n_documents"].to_list() == [1]


def test_nothing_dated_is_an_empty_table() -> None:
    each = dated([("east", None, None)])
    assert periods_of(each) == {"east": "year"}
    assert periods(each, {"east": "year"}).height == 0


def test_names_of_periods() -> None:
    first = datetime.date(2017, 4, 1)
    assert [when(first, p) for p in ("year", "quarter", "month")] == ["2017", "Q2 2017", "April 2017"]
    assert longer("month", "year") == longer("year", "month") == "year"
