import datetime
from types import SimpleNamespace

import numpy as np
import polars as pl

from constructed import passages
from helpers.analyse.claims import Claim
from helpers.analyse.context import nearest, senses, usage
from helpers.charts import context as charts
from helpers.charts.base import Figure
from helpers.study import Event

ROWS = [(f"e{k}", "east", "AB"[k % 2], "order word" if k % 4 else "order order") for k in range(24)]
ROWS += [(f"w{k}", "west", "C", "word <b>order</b>" if k < 3 else "word") for k in range(12)]


def test_usage_draws_sides_and_outlets() -> None:
    figure = charts.usage(usage(passages(ROWS), "order", "order"), of="share")
    assert figure.table.select("side", "of", "value").rows() == [
        ("east", "mean of its outlets", 1.0), ("east", "A", 1.0), ("east", "B", 1.0),
        ("west", "mean of its outlets", 0.25), ("west", "C", 0.25),
    ]  # fmt: skip
    assert any("cannot be asked of this corpus: 3 of 12" in note for note in figure.notes)
    assert "term ‘order’" in figure.caption and len(figure.chart.to_dict()["vconcat"]) == 2


def test_time_draws_every_period_and_events() -> None:
    found = usage(passages(ROWS), "order", "order")
    event = Event(datetime.date(2017, 5, 9), "Summit")
    figure = charts.time(found, events=[event], of="share")
    # Three of the twelve documents of the west use it, ten are needed.
    assert figure.table.select("side", "mean").rows() == [("east", 1.0)]
    assert figure.notes[-1].startswith("Not drawn. The use of order in West cannot be asked of this corpus: 3 of 12")
    assert "Summit" in str(figure.chart.to_dict()["datasets"]) and figure.title == "‘order’ over time"
    withheld = charts.time(usage(passages(ROWS), "hegemony", "hegemony"))
    assert isinstance(withheld, Claim) and withheld.grade == "withheld"
    few = charts.time(usage(passages(ROWS), "b", "b"))
    assert isinstance(few, Claim) and few.grade == "withheld" and len(few.reasons) == 2
    undated = charts.time(usage(passages(ROWS).with_columns(date=pl.lit(None, pl.Date)), "order", "order"))
    assert isinstance(undated, Claim) and undated.reasons == ("no document has a date",)


def test_senses_draw_or_withhold() -> None:
    frame = passages(ROWS, theme=[1, 2] * 18)
    named = SimpleNamespace(table=pl.DataFrame({"theme": [1, 2], "label": ["goods, tariffs", "<b>peace</b>"]}))
    figure = charts.senses(senses(frame, "order", "order"), named)
    assert isinstance(figure, Figure) and set(figure.table["side"]) == {"east"}
    assert set(figure.table["theme"]) == {"1 goods, tariffs", "2 <b>peace</b>"}
    withheld = charts.senses(senses(frame, "hegemony", "hegemony"), named)
    assert isinstance(withheld, Claim) and withheld.grade == "withheld" and "cannot be asked" in withheld.reasons[0]


def test_results_show_themselves_and_run_nothing() -> None:
    vectors = np.random.default_rng(1).normal(size=(36, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    frame = passages(ROWS, theme=["<b>x</b>"] * 36)
    found = usage(frame, "<b>order</b>", "order")
    near = nearest(frame.with_columns(pl.Series("embedding", vectors, dtype=pl.Array(pl.Float32, 8))), "order", "order")
    for shown in (found._repr_html_(), near._repr_html_(), senses(frame, "order", "order")._repr_html_()):
        assert "<b>" not in shown and "cannot be asked of this corpus" in shown
    assert "<mark>order</mark>" in near._repr_html_()
