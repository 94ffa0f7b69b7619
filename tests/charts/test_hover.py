import altair as alt
import polars as pl

from helpers.charts.hover import told

TABLE = pl.DataFrame({"low": [1.0], "high": [2.0], "mean": [1.5], "n_documents": [3], "other_n_documents": [4]})
TOLD = ["interval from", "to", "mean", "documents", "documents, other side"]


def titles(layer):
    return [field["title"] for field in layer["encoding"]["tooltip"]]


def test_an_interval_tells_what_its_point_tells_and_a_line_of_reference_nothing():
    one = alt.Chart(TABLE)
    zero = one.mark_rule().encode(x=alt.datum(0))
    stem = one.mark_rule().encode(x="mean:Q", x2=alt.datum(0))
    interval = one.mark_rule().encode(x="low:Q", x2="high:Q")
    point = one.mark_point().encode(x="mean:Q", tooltip=list(TABLE.columns))
    layers = told(alt.hconcat(zero + stem + interval + point).to_dict())["hconcat"][0]["layer"]
    assert ["tooltip" in layer["encoding"] for layer in layers] == [False, False, True, True]
    assert titles(layers[2]) == titles(layers[3]) == TOLD


def test_a_title_is_kept_and_given_only_once():
    fields = ["n_members", alt.Tooltip("n_outlets:Q"), alt.Tooltip("low:Q", title="least")]
    chart = alt.Chart(TABLE.with_columns(n_members=1, n_outlets=2)).mark_point().encode(x="low:Q", tooltip=fields)
    shown = told(chart.to_dict())["encoding"]["tooltip"]
    assert [field.get("title") for field in shown] == ["outlets", None, "least"]


def test_data_is_left_as_it_is():
    rows = {"a": [{"layer": [{"encoding": {"tooltip": [{"field": "low"}]}}], "tooltip": [1]}]}
    assert told({"datasets": rows, "mark": "point"})["datasets"] == rows
