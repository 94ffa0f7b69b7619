"""Pictures of choices: what they draw, that no caption says more than the gate, and that nothing hostile runs."""

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import vl_convert

from chosen import TURNS, codebook, corpus
from helpers import charts
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.frames import frames
from helpers.analyse.robustness import Grid, robustness, summed
from helpers.charts.robustness import AWAY, TURNED, curve, moves, robust_claim, strip
from helpers.encode import encode
from helpers.errors import InputError
from helpers.prepare import prepare
from reproduced import Words

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A difference that passages in one heap turn, and the frames that it is of."""
    patch = pytest.MonkeyPatch()
    patch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
    charts.enable("report")
    documents = corpus(np.random.default_rng(5), **TURNS)
    twice = pl.when(pl.col("id").is_in(["a000", "a002"])).then(pl.lit("a000"))
    documents = documents.with_columns(copy_cluster=twice)
    grid = Grid(encoder=(Words(),), voice=("outlet",), copies=("one", "all"))
    scored = frames(encode(prepare(documents), encoder=Words()), codebook(), encoder=Words())
    yield robustness(documents, codebook(), frame="order", sides=("a", "b"), grid=grid), scored
    patch.undo()


def width(figure):
    """Of the picture as it is drawn, pixels."""
    drawn = vl_convert.vegalite_to_svg(figure.chart.to_dict())
    return float(re.search(r'<svg[^>]* width="([\d.]+)"', drawn)[1])


def test_every_specification_is_a_row_and_the_gate_writes_the_caption(made):
    found, scored = made
    told = robust_claim(found, scored)
    figure = curve(found, told)
    assert told.sentence.endswith(figure.caption) and figure.table.height == len(found.table) == 2 * 3 * 7
    assert set(figure.table["what"]) >= {AWAY, TURNED} and figure.table["estimate"].is_sorted()
    assert "42 specifications" in figure.title and width(figure) <= 720
    options = {row["option"] for data in figure.chart.to_dict()["datasets"].values() for row in data if "option" in row}
    assert {"copies: one", "copies: all", "equal: passages", "all examples"} <= options
    assert not any(option.startswith("voice") for option in options), "a choice without a second option is none"


def test_a_difference_that_turns_is_no_more_than_described(made):
    found, scored = made
    told = robust_claim(found, scored)
    assert told.grade == "described"
    assert any(reason.startswith("its sign turns in 14 of 42 specifications") for reason in told.reasons)
    with pytest.raises(InputError, match="no claim of this contrast"):
        robust_claim(replace(found, value="frame_peace"), scored)


def test_what_moves_it_most_comes_first(made):
    figure = moves(made[0])
    assert figure.caption.startswith("What counts equally: 100 % of") and "(passages) to" in figure.caption
    assert re.fullmatch(r"what counts equally \(100 %\)", figure.table.sort("share", descending=True)["choice"][0])
    assert set(figure.table["n"]) == {14, 21, 6}
    assert width(figure) <= 720
    alone = summed(
        [{"voice": "outlet", "estimate": 1.0, "low": 0.0, "high": 2.0, "floor": None}],
        value="v", label="V", sides=("a", "b"), seed=7,
    )  # fmt: skip
    with pytest.raises(InputError, match="one specification only"):
        moves(alone)


def contrasts(*rows):
    names = ["value", "side", "other", "standardised", "null_floor", "null_floor_kind", "null_floor_all", "detectable",
             "detectable_side", "p_smallest"]  # fmt: skip
    table = pl.DataFrame(list(rows), schema=names, orient="row")
    return Contrasts(table, pl.DataFrame(), pl.DataFrame(), ("x", "y"), "score", 0.95, 2000, 7)


BOTH = contrasts(
    ("x", "a", "b", -1.2, 0.4, "outlets", 0.5, 0.5, 0.9, 0.03),
    ("y", "a", "b", 0.45, 0.4, "outlets", 0.5, 0.5, 0.9, 0.03),
    ("x", "a", "c", 0.3, 0.4, "documents", 0.5, 0.5, None, 0.33),
)


def test_sizes_stand_beside_chance_and_power():
    figure = strip(BOTH, ("a", "b"), labels={"x": HOSTILE})
    assert figure.table["measure"].to_list() == [HOSTILE, "y"] and figure.notes == ()
    assert figure.caption == (
        "Of 2 differences, 2 are larger than their null floor, 1 than what chance makes of the largest, 1 than what "
        "these documents would reliably show; 1 than what exchanging whole outlets would reliably find."
    )
    few = strip(BOTH, ("a", "c"), labels={})
    assert few.caption.endswith("so few outlets cannot show any between sides.") and "optimistic" in few.notes[0]
    assert strip(BOTH, ("a", "b"), labels={}, values=["y"]).table["measure"].to_list() == ["y"]
    with pytest.raises(InputError, match="no contrast of these sides"):
        strip(BOTH, ("a", "z"), labels={})


def test_it_shows_itself_safely(made):
    shown = replace(made[0], label=HOSTILE)._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;" in shown
    assert "What moves the answer" in shown and "42 specifications" in shown
