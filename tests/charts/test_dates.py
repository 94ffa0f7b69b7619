import datetime

import altair as alt
import polars as pl

from helpers.charts import dates
from helpers.study import Event

SPAN = (datetime.date(2017, 1, 1), datetime.date(2018, 1, 1))


def event(month: int, day: int, label: str) -> Event:
    return Event(datetime.date(2017, month, day), label)


def overlaps(found: pl.DataFrame, width: int) -> list[tuple]:
    """Pairs of labels that run over each other."""
    boxes = []
    for at, shown, row, align in found.select("at", "shown", "row", "align").rows():
        x = width * (at - SPAN[0]).days / 365
        wide = dates.LETTER * len(shown)
        boxes.append((row, x if align == "left" else x - wide, x + wide if align == "left" else x))
    return [(a, b) for k, a in enumerate(boxes) for b in boxes[:k] if a[0] == b[0] and a[1] < b[2] and b[1] < a[2]]


def test_labels_of_events_close_together_do_not_collide() -> None:
    given = [event(6, d, f"the number {d} of many events") for d in range(1, 8)]
    found = dates.placed(given, SPAN, width=620)
    assert found["row"].n_unique() > 2 and overlaps(found, 620) == []
    two = dates.placed([event(6, 1, "Davos"), event(6, 4, "Inauguration")], SPAN, width=620)
    assert two["align"].to_list() == ["right", "left"] and two["row"].to_list() == [0, 0]


def test_a_label_at_the_edge_stands_inside() -> None:
    found = dates.placed([event(12, 30, "The last of all"), event(1, 2, "The first")], SPAN, width=620)
    assert found.select("label", "align").rows() == [("The first", "left"), ("The last of all", "right")]


def test_events_outside_are_not_drawn_and_numbers_stand_for_words() -> None:
    later = Event(datetime.date(2019, 1, 1), "Later")
    found = dates.placed([later, event(2, 3, "Vote"), event(1, 17, "Davos")], SPAN, width=296, numbered=True)
    assert found.select("number", "shown", "label").rows() == [(1, "1", "Davos"), (2, "2", "Vote")]
    assert dates.told(found) == "1 Davos (17 January 2017); 2 Vote (3 February 2017)"
    drawn = alt.Chart(found)
    assert dates.rules(drawn, found.head(0)) == [] and len(dates.rules(drawn, found)) >= 2


def test_an_axis_has_no_more_ticks_than_there_is_room_for() -> None:
    starts = [datetime.date(2000 + k, 1, 1) for k in range(23)]
    values = dates.axis(starts, "year", most=5).to_dict()["values"]
    assert len(values) == 5 and values[0]["year"] == 2000
