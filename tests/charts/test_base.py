import altair as alt
import polars as pl
import pytest

from helpers.charts import base
from helpers.errors import InputError

SIDES = ["western", "state_media", "un"]


@pytest.fixture(autouse=True)
def altair_as_it_was(monkeypatch):
    with alt.renderers.enable("default"), alt.theme.enable("default"):
        yield


def composition(table: pl.DataFrame) -> base.Figure:
    """A chart as the head of base.py tells to write it."""
    sides = table["side"].unique().to_list()
    chart = (
        alt.Chart(base.named(table), width=520)
        .mark_point()
        .encode(x="share:Q", y="theme:N", color=base.side_colour(sides), shape=base.side_shape(sides))
    )
    return base.finish(chart, title="Themes by side", caption="A sentence.", table=table, description="Dots.")


TABLE = pl.DataFrame({"theme": ["a", "a", "b"], "side": SIDES, "share": [0.1, 0.2, 0.3]})


def test_sides_have_one_colour_and_mark():
    scale = base.side_scale(SIDES)
    assert scale["domain"] == ["State media", "Western", "UN"]
    assert scale["range"] == ["#c8590a", "#3f6bb5", "#0ea1a0"]
    assert base.side_shape(SIDES)["scale"]["range"] == ["circle", "square", "triangle-up"]
    assert base.side_order(SIDES) == ["State media", "Western", "UN"]


def test_named_keeps_nulls():
    frame = pl.DataFrame({"side": ["un", None], "other": ["western", "un"]})
    assert base.named(frame, ("side", "other")).rows() == [("UN", "Western"), (None, "UN")]


def test_a_report_gets_chart_texts_and_numbers(monkeypatch):
    monkeypatch.setenv("WORKBENCH_REPORT", "1")
    base.enable()
    given = base.as_json(composition(TABLE))
    assert given["spec"]["description"] == "Dots."
    assert given["spec"]["$schema"].startswith("https://vega.github.io/schema/vega-lite/v6")
    assert list(given["spec"]["datasets"].values()) == [
        [
            {"theme": "a", "side": "Western", "share": 0.1},
            {"theme": "a", "side": "State media", "share": 0.2},
            {"theme": "b", "side": "UN", "share": 0.3},
        ]
    ]
    assert given["spec"]["config"] == base.theme()
    assert given["csv"] == "theme,side,share\na,western,0.1\na,state_media,0.2\nb,un,0.3\n"
    assert given["rows"] == 3
    assert "<td>State media</td>" in given["table"]


def test_a_plain_chart_in_a_report_is_data():
    base.enable("report")
    bundle = alt.Chart(TABLE).mark_bar().encode(x="share:Q")._repr_mimebundle_()
    assert base.VEGALITE in bundle


def test_charts_in_the_lab_are_live_and_offline():
    base.enable("lab")
    assert alt.renderers.active == "jupyter"
    assert alt.renderers.options == {"offline": True, "embed_options": base.EMBEDDED}


def test_many_rows_are_no_error():
    base.enable("report")
    many = pl.DataFrame({"x": range(6000)})
    assert len(next(iter(alt.Chart(many).mark_bar().encode(x="x:Q").to_dict()["datasets"].values()))) == 6000


def test_vectors_do_not_enter_the_table():
    frame = TABLE.with_columns(embedding=pl.Series([[1.0]] * 3, dtype=pl.Array(pl.Float32, 1)))
    chart = alt.Chart(TABLE).mark_bar()
    assert base.finish(chart, title="t", caption="c", table=frame).table.columns == ["theme", "side", "share"]


def test_no_chart_without_a_sentence():
    with pytest.raises(InputError, match="a chart without caption"):
        base.finish(alt.Chart(TABLE).mark_bar(), title="t", caption=" ", table=TABLE)


def test_unknown_mode():
    with pytest.raises(InputError, match="unknown mode"):
        base.enable("paper")
