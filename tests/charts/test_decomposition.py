"""Pictures of splits: what they draw, how wide they are, and that no caption says more than the gate."""

import re

import numpy as np
import polars as pl
import pytest
import vl_convert

from helpers.analyse import decomposition
from helpers.analyse.contrasts import compare
from helpers.analyse.frames import Frames
from helpers.analyse.units import units
from helpers.charts import decomposition as charts
from helpers.codebook import Codebook, Frame
from helpers.errors import InputError
from planted import Plan, planted, selection

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A decomposition of two frames between two sides, and the frames it is of."""
    patch = pytest.MonkeyPatch()
    patch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
    for name, value in (("RUNS", 4), ("FEWER_RUNS", 2), ("REPLICATES", 200)):
        patch.setattr(decomposition, name, value)
    frame, _ = planted(Plan(selection().shares, selection().base, lift=0.5), np.random.default_rng(2))
    frame = frame.with_columns(frame_rights=pl.col("score"), frame_order=-pl.col("score"))
    columns = ["frame_rights", "frame_order"]
    entries = {n: Frame(n, label, "d", (), (), ("e",), ()) for n, label in (("rights", HOSTILE), ("order", "Order"))}
    contrasts = compare(units(frame, columns), columns, replicates=200)
    scored = Frames(frame, pl.DataFrame(), contrasts, {}, Codebook("c", "c.yml", entries, {}), "outlet", "one", 7)
    found = decomposition.decompose(frame, values=columns, count=4)
    yield found, scored
    patch.undo()


def width(figure):
    """Of the picture as it is drawn, pixels."""
    drawn = vl_convert.vegalite_to_svg(figure.chart.to_dict())
    return float(re.search(r'<svg[^>]* width="([\d.]+)"', drawn)[1])


def test_the_parts_are_drawn_with_their_whole(made):
    figure = charts.parts(*made)
    assert set(figure.table["part"]) == {"total", "selection", "presentation", "no common support"}
    assert figure.table.height == 2 * 4 and set(figure.table["frame"]) == {HOSTILE, "Order"}
    assert "is presentation, found within the same themes" in figure.caption
    assert "clusterings into 4 themes" in figure.notes[0]
    assert width(figure) <= 680


def test_every_choice_of_themes_is_drawn(made):
    figure = charts.choices(*made, "order")
    assert set(figure.table["choice"]) == set(decomposition.CHOICES) and set(figure.table["frame"]) == {"Order"}
    assert figure.table.height == 3 * 4 and width(figure) <= 680
    with pytest.raises(InputError, match="'peace' has not been split"):
        charts.choices(*made, "peace")


def test_claims_are_those_of_the_frames_and_no_stronger(made):
    told = charts.part_claims(*made)
    assert {claim.topic for claim in told} == {HOSTILE, "Order"}
    assert all(claim.grade in ("suggested", "described") for claim in told)


def test_where_everything_is_withheld_the_caption_says_so(made):
    found, scored = made
    floors = {"a|b": 99.0}
    silent = Frames(scored.passages, scored.table, scored.contrasts, floors, scored.codebook, "outlet", "one", 7)
    figure = charts.parts(found, silent)
    assert figure.caption == "No two sides differ on any frame by more than on a control frame."
    assert set(figure.table["said"]) == {"withheld"}


def test_it_shows_itself_safely(made):
    found, _ = made
    table = found.table.with_columns(side=pl.lit(HOSTILE), lacking=pl.lit(HOSTILE))
    hostile = decomposition.Decomposition(table, found.spread, found.values, 4, "outlet", "one", 7)
    shown = hostile._repr_html_()
    assert "<script>" not in shown and "<img" not in shown and "&lt;script&gt;" in shown
    assert "no common support" in shown and "the parts add up to the total" in shown
