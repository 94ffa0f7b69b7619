from dataclasses import replace

import numpy as np
import polars as pl

from helpers.charts import theme_map
from helpers.charts import themes as charts
from themed import made

HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)"> \u202eorder'


def drawn(spec: dict) -> list[dict]:
    return max(spec["datasets"].values(), key=len)


def test_the_map_links_bars_and_lists_to_the_box() -> None:
    figure = charts.map(made())
    spec = figure.chart.to_dict()
    (box,) = [param for param in spec["params"] if param["select"]["type"] == "interval"]
    above, below = spec["vconcat"]
    listed = [layer for view in below["hconcat"] for layer in view["layer"]]
    linked = [*above["hconcat"][1]["vconcat"], *listed]
    assert len(linked) == 6
    assert all(view["transform"][0] == {"filter": {"param": box["name"]}} for view in linked)
    ranks = [layer["transform"][-1]["filter"]["range"] for layer in listed]
    assert ranks == [[1, 6], [1, 6], [7, 12], [7, 12]]
    assert "24 passages (12 of East in 12 documents, 12 of West in 12 documents)" in figure.caption


def test_a_point_carries_what_is_shown_of_it_and_no_more() -> None:
    figure = charts.map(made(text="long word " * 60))
    row = drawn(figure.chart.to_dict())[0]
    assert set(row) == {"side", "x", "y", "centrality", "about", "turn", "head", "said"}
    assert row["head"] == "◆ east A · 1 May 2017"
    lines = row["said"].split("\n")
    assert len(lines) <= 4 and max(map(len, lines)) <= theme_map.LINE and len(row["said"]) <= theme_map.EXCERPT
    assert row["said"].endswith(" …")


def test_the_map_is_sampled_and_says_so() -> None:
    figure = charts.map(made(1_600))
    assert len(drawn(figure.chart.to_dict())) == theme_map.MOST_POINTS
    assert "3,000 of 3,200 passages are drawn, chosen at random." in figure.notes
    assert figure.table["n_passages"].sum() == 3_200
    assert drawn(figure.chart.to_dict()) == drawn(charts.map(made(1_600)).chart.to_dict())


def test_labels_keep_off_each_other_and_inside() -> None:
    across = np.array([200.0, 205.0, 210.0, 0.0, 460.0])
    down = np.array([100.0, 100.0, 101.0, 200.0, 439.0])
    x, y = theme_map.apart(across, down, [12] * 5)
    assert (y[0], x[0]) == (100.0, 200.0)
    assert all(abs(a - b) >= 14 for i, a in enumerate(y[:3]) for b in y[:i])
    half = (12 * 7.0 + 8) / 2
    assert (x[3], x[4]) == (half, theme_map.WIDTH - half)
    assert y[3] == 200.0 and y[4] == 432.0  # seven pixels up from 439, which is within eight of the edge


def test_sizes_tell_how_steady_a_theme_is() -> None:
    figure = charts.sizes(made())
    assert figure.table["badge"].to_list() == ["steady", "fair"]
    assert figure.caption.startswith("2 themes of 24 passages, 29 % in none; 0 themes weak, loose or held by a form")
    assert [view["title"]["text"] for view in figure.chart.to_dict()["hconcat"]] == [
        "documents", "stability", "most typical words",
    ]  # fmt: skip


def test_loose_themes_and_forms_are_marked() -> None:
    found = made()
    doubtful = found.table.with_columns(support=pl.Series([0.4, 0.4]), form=pl.Series([None, "openings"]))
    figure = charts.sizes(replace(found, table=doubtful))
    assert figure.table["badge"].to_list() == ["loose", "openings"]
    assert "2 themes weak, loose or held by a form" in figure.caption


def test_words_that_fit() -> None:
    assert theme_map.fitting("order, rule, law", 12) == "order, rule"
    assert theme_map.fitting("order, rule, law", 40) == "order, rule, law"
    assert theme_map.fitting("interdependence", 8) == "interde…"
    assert theme_map.fitting("", 8) == ""


def test_central_passages_are_shown_and_run_nothing() -> None:
    shown = charts.central(made(text=HOSTILE, labels=(HOSTILE, "trade"))).data
    assert "<script>" not in shown and "<img" not in shown and "\u202e" not in shown
    assert shown.count("<blockquote") == 2 and "2 trade" in shown


def test_themes_show_themselves_and_run_nothing() -> None:
    found = made(labels=(HOSTILE, "trade"))
    shown = found._repr_html_()
    assert "<script>" not in shown and "<img" not in shown and "steady" in shown and "29 % in no theme" in shown
    for figure in (charts.map(found), charts.sizes(found)):
        assert "\u202e" not in str(figure.chart.to_dict()["datasets"])
