"""A box over a map, told as the browser tells it, and the passages that come of it."""

import csv
import io

import altair as alt
import numpy as np
import polars as pl
import pytest

from helpers.charts import brush
from helpers.charts import themes as charts
from helpers.charts.base import Figure, finish
from helpers.errors import InputError
from themed import made


def drag(figure: Figure, **box: list) -> None:
    """Does what the browser does when a box was dragged: no name in `box`, no box."""
    figure.live._vl_selections = {"box": {"value": box or None, "store": []}}


def test_what_lies_in_the_box_comes_back_most_central_first() -> None:
    found = made()
    figure = charts.map(found)
    drag(figure, x=[-0.5, 1.0], y=[0.75, -1.0])  # a box drawn upwards has its ends the other way round
    brushed = brush.inside(figure, found.passages)
    x, y = (found.passages[name].to_numpy() for name in "xy")
    expected = {i for i, a, b in zip(found.passages["id"], x, y, strict=True) if -0.5 <= a <= 1 and -1 <= b <= 0.75}
    assert 0 < len(expected) < len(x)
    assert set(brushed.table["id"]) == expected
    assert brushed.table["centrality"].is_sorted(descending=True)
    assert brushed.box == {"x": (-0.5, 1.0), "y": (-1.0, 0.75)}


def test_passages_that_the_map_did_not_draw_are_there_too() -> None:
    found = made(1_600)
    figure = charts.map(found)
    assert "3,000 of 3,200 passages are drawn" in " ".join(figure.notes)
    drag(figure, x=[-99, 99], y=[-99, 99])
    shown = brush.inside(figure, found.passages)
    assert shown.table.height == 3_200
    told = shown._repr_html_()
    assert "3,200 passages in the box, of 3,200 documents of 4 outlets: 1,600 of East, 1,600 of West." in told
    assert "The 12 most central ones are shown; table and file hold all 3,200." in told
    assert told.count("<blockquote") == 12


def test_without_a_box_it_says_what_to_do() -> None:
    found = made()
    figure = charts.map(found)
    for empty in (brush.inside(figure, found.passages), (drag(figure), brush.inside(figure, found.passages))[1]):
        assert empty.table.is_empty() and empty.table.columns == found.passages.columns
        assert "Nothing is chosen yet. Drag a box" in empty._repr_html_()


def test_an_empty_box_is_no_missing_box() -> None:
    found = made()
    figure = charts.map(found)
    drag(figure, x=[50, 51], y=[50, 51])
    assert "No passage lies inside the box" in brush.inside(figure, found.passages)._repr_html_()


def test_the_file_is_for_a_spreadsheet(tmp_path) -> None:
    found = made(2, text='=HYPERLINK("https://example.org")')
    passages = found.passages.with_columns(pl.Series("embedding", np.ones((4, 3)), dtype=pl.Array(pl.Float32, 3)))
    figure = charts.map(found)
    drag(figure, x=[-99, 99], y=[-99, 99])
    told = brush.to_csv(brush.inside(figure, passages), tmp_path / "brushed.csv")
    assert told is not None and "4 passages written to" in told.data
    raw = (tmp_path / "brushed.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" not in raw
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == 4 and "embedding" not in rows[0]
    assert all(row["text"].startswith("'=HYPERLINK") for row in rows)
    assert {row["document_id"] for row in rows} == set(passages["document_id"])


def test_nothing_chosen_writes_nothing_and_leaves_an_older_file(tmp_path) -> None:
    found = made()
    (tmp_path / "brushed.csv").write_text("older", encoding="utf-8")
    told = brush.to_csv(brush.inside(charts.map(found), found.passages), tmp_path / "brushed.csv")
    assert told is not None and "no file is written" in told.data
    assert (tmp_path / "brushed.csv").read_text(encoding="utf-8") == "older"


def test_on_a_page_it_says_where_it_is_live_and_writes_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("WORKBENCH_REPORT", "1")
    found = made()
    shown = brush.inside(charts.map(found), found.passages)
    assert "Chosen by hand, in JupyterLab" in shown._repr_html_() and shown.table.is_empty()
    assert brush.to_csv(shown, tmp_path / "brushed.csv") is None
    assert not (tmp_path / "brushed.csv").exists()


def test_what_cannot_be_brushed_says_so() -> None:
    found = made()
    table = found.passages.select("side", "x")
    plain = finish(alt.Chart(table).mark_point().encode(x="x:Q"), table=table, title="Plain", caption="No box.")
    with pytest.raises(InputError, match=r"no box can be drawn over this figure.*'Plain'"):
        brush.inside(plain, found.passages)
    figure = charts.map(found)
    drag(figure, x=[0, 1], y=[0, 1])
    with pytest.raises(InputError, match="y"):
        brush.inside(figure, found.passages.drop("y"))
    figure.live._vl_selections = {"box": {"value": {"side": ["east", "west"]}, "store": []}}
    with pytest.raises(InputError, match="something else than numbers"):
        brush.inside(figure, found.passages)


def test_a_figure_is_one_and_the_same_live_chart() -> None:
    figure = charts.map(made())
    assert figure.live is figure.live
    assert figure.live.embed_options["actions"]["editor"] is False
    assert "esm.sh" not in figure.live._esm
