"""The picture of a second opinion: both differences of a theme, and no sentence that names a side."""

import re

import polars as pl
import pytest
import vl_convert

from helpers import charts
from helpers.analyse.topic_model import SecondOpinion
from helpers.charts.topic_model import TOPIC, signs
from helpers.errors import InputError

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'
ROW = {"theme": 1, "label": HOSTILE, "topic": 2, "words": "sea, ship", "jaccard": 0.6, "side": "state_media",
       "other": "western", "difference": 0.1, "low": 0.05, "high": 0.15, "topic_difference": 0.08, "topic_low": 0.02,
       "topic_high": 0.1, "clear": True, "same": True}  # fmt: skip


def opinion(*rows):
    themes = pl.DataFrame({"theme": [1, 2], "label": [HOSTILE, "law"], "topic": [2, 1], "words": ["", ""],
                           "jaccard": [0.6, 0.1], "found": [True, False]})  # fmt: skip
    return SecondOpinion(pl.DataFrame(list(rows), schema=None if rows else list(ROW)), themes, 0.42, 600, 7)


@pytest.fixture(autouse=True)
def report():
    charts.enable("report")


def test_both_differences_are_drawn_and_counted():
    turned = ROW | {"other": "un", "topic_difference": -0.01, "topic_low": -0.05, "clear": False, "same": False}
    figure = signs(opinion(ROW, turned))
    assert figure.caption == "1 of 2 differences have the same sign in both; of the 1 that both tell from zero, 1."
    assert figure.table["topic_difference"].to_list() == [8.0, -1.0], "in percentage points"
    assert figure.notes[0].endswith("0.42 (600 passages).") and figure.notes[1].startswith("1 theme of 2 have no topic")
    assert TOPIC in str(figure.chart.to_dict())
    drawn = vl_convert.vegalite_to_svg(figure.chart.to_dict())
    assert float(re.search(r'<svg[^>]* width="([\d.]+)"', drawn)[1]) <= 720 and "<script>" not in drawn


def test_without_a_counterpart_there_is_no_picture():
    with pytest.raises(InputError, match="no theme has a topic like it"):
        signs(opinion())
