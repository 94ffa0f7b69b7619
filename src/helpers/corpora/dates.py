"""Reads dates as people write them, and says how exact they are; never guesses day against month.

03/04/2017 is 3 April in one country and 4 March in another. The whole column decides: one day
above 12 anywhere fixes the order. Where nothing does, the date is refused with a reason.
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Order = Literal["day first", "month first"]
Precision = Literal["day", "month", "year"]

FIRST_YEAR, LAST_YEAR = 1500, 2100
"""A year outside is a misreading (a page number, a count), not a date."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero janeiro gennaio",
            "february feb februar février febrero fevereiro febbraio",
            "march mar märz mars marzo março",
            "april apr avril abril aprile",
            "may mai mayo maio maggio",
            "june jun juni juin junio junho giugno",
            "july jul juli juillet julio julho luglio",
            "august aug août agosto",
            "september sept sep septembre septiembre setembro settembre",
            "october oct oktober octobre octubre outubro ottobre",
            "november nov novembre noviembre novembro",
            "december dec dezember décembre diciembre dezembro dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?P<year>\d{4})"
_WEEKDAY = re.compile(
    r"\b(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|lunes|martes|miércoles|jueves|viernes|sábado|domingo)\b\.?,?",
    re.I,
)
_TIME = re.compile(
    r"[T,\s]*(?:\bat\b)?\s*(?<!\d)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?"
    r"\s*(?:Z|UTC|GMT|[A-Z]{2,4}T)?\s*(?:[+-]\d{2}:?\d{2}|[+-]\d{2})?\s*(?:\([^)]{1,40}\)|\[[^\]]{1,40}\])?\s*$",
    re.I,
)
_WRITTEN = [
    re.compile(pattern, re.I)
    for pattern in (
        rf"{_DAY}(?:\s+(?:of|de))?[\s\-]*{_MONTH}[\s,\-]+(?:de\s+)?{_YEAR}",
        rf"{_MONTH}\s*{_DAY},?\s+{_YEAR}",
        rf"{_YEAR}[\s,\-]+{_MONTH}[\s\-]+{_DAY}",
        rf"{_MONTH}[\s,\-]+{_YEAR}",
        rf"{_YEAR}[\s\-]+{_MONTH}",
        r"(?P<year>\d{4})\s*年\s*(?:(?P<month>\d{1,2})\s*月\s*(?:(?P<day>\d{1,2})\s*日)?)?",
    )
]
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})(?:\2(?P<day>\d{1,2}))?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})")


@dataclass(frozen=True)
class When:
    """A date as far as it is known: the first day of the period that `precision` names."""

    date: datetime.date
    precision: Precision


class Unreadable(ValueError):
    """A date that cannot be read for certain; the message is the reason."""


def order_of(values: Iterable[object]) -> Order | None:
    """What a column of dates says about 03/04/2017: "day first" or "month first" where at least
    one date has a part above 12 and none says the opposite; else None."""
    said: set[Order] = set()
    for value in values:
        match = _YEAR_LAST.fullmatch(_bare(str(value))) if isinstance(value, str) else None
        if match and match[2] != ".":
            first, second = int(match[1]), int(match[3])
            if first > 12 >= second:
                said.add("day first")
            elif second > 12 >= first:
                said.add("month first")
    return said.pop() if len(said) == 1 else None


def parse(value: object, *, order: Order | None = None) -> When | None:
    """The date in `value`: a date or datetime, a text in a common form, or seconds or milliseconds
    since 1970 (UTC). None where there is nothing. Times and time zones are dropped: the day as written.

    `order`: how to read 03/04/2017, from `order_of` the column. 07.02.2017 is day first, as in every
    country that writes dots. Raises Unreadable with the reason."""
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, datetime.datetime):
        return When(value.date(), "day")
    if isinstance(value, datetime.date):
        return When(value, "day")
    if isinstance(value, bool):
        raise Unreadable(f"not a date: {value}")
    if isinstance(value, float):
        if not value.is_integer():
            value = round(value) if abs(value) < 1e15 else str(value)
        else:
            value = int(value) if abs(value) < 1e15 else str(value)
    text = _bare(str(value))
    if text.casefold() in ("", "none", "null", "nan", "nat", "n/a", "na", "-", "unknown", "n.d.", "undated"):
        return None
    if re.fullmatch(r"\d+(?:\.0+)?", text):
        return _from_digits(text.split(".")[0])
    if match := _YEAR_FIRST.fullmatch(text):
        return _made(text, match["year"], match["month"], match["day"])
    if match := _YEAR_LAST.fullmatch(text):
        return _from_year_last(text, match, order)
    for pattern in _WRITTEN:
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            month = parts["month"]
            number = _MONTHS.get(month.casefold(), month) if month else None
            return _made(text, parts["year"], number, parts.get("day"))
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2}", text):
        raise Unreadable(f"year in two digits: {text}; write it in four")
    raise Unreadable(f"not a date: {text[:40]}")


def _bare(text: str) -> str:
    """Without weekday and time of day."""
    text = " ".join(text.split()).strip(" ,;")
    if len(text) > 80:
        return text
    text = _TIME.sub("", text)
    return " ".join(_WEEKDAY.sub(" ", text).split()).strip(" ,;")


def _from_digits(text: str) -> When:
    if len(text) == 4:
        return _made(text, text, None, None)
    if len(text) == 6:
        return _made(text, text[:4], text[4:], None)
    if len(text) == 8:
        return _made(text, text[:4], text[4:6], text[6:])
    if len(text) in (9, 10, 12, 13):
        seconds = int(text) / (1000 if len(text) > 10 else 1)
        day = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
        return _made(text, day.year, day.month, day.day)
    raise Unreadable(f"not a date: {text[:40]}")


def _from_year_last(text: str, match: re.Match[str], order: Order | None) -> When:
    first, second, year = int(match[1]), int(match[3]), match[4]
    if match[2] == ".":
        return _made(text, year, second, first)
    if first > 12 or first == second:
        order = "day first"
    elif second > 12:
        order = "month first"
    if order is None:
        raise Unreadable(
            f"ambiguous date: {text} can be day first or month first, and the column does not say; write {year}-MM-DD"
        )
    return _made(text, year, second, first) if order == "day first" else _made(text, year, first, second)


def _made(text: str, year: object, month: object, day: object) -> When:
    try:
        made = datetime.date(int(str(year)), int(str(month or 1)), int(str(day or 1)))
    except ValueError:
        raise Unreadable(f"no such day: {text[:40]}") from None
    if not FIRST_YEAR <= made.year <= LAST_YEAR:
        raise Unreadable(f"year outside {FIRST_YEAR}-{LAST_YEAR}: {text[:40]}")
    return When(made, "day" if day else "month" if month else "year")


def end_of(when: When) -> datetime.date:
    """The last day of the period: 2017-12-31 for the year 2017."""
    day = when.date
    if when.precision == "day":
        return day
    if when.precision == "year":
        return datetime.date(day.year, 12, 31)
    first = datetime.date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return first - datetime.timedelta(days=1)
