import json

from hypothesis import given
from hypothesis import strategies as st

from helpers.report.islands import Island, cleaned, inert

ROWS = [{"x": 0.123456789, "side": "UN"}, {"x": 2.0, "side": "UN"}, {"x": float("nan"), "side": "UN"}]


def read(island: Island) -> dict:
    """What the page's script makes of the island."""
    held = json.loads(island.text())

    def value(key, row):
        column = held["columns"][key]
        return column["values"][row] if "values" in column else column["distinct"][column["codes"][row]]

    return {
        name: [{f: value(k, row) for f, k in data["columns"].items()} for row in range(data["length"])]
        for name, data in held["datasets"].items()
    }


def test_a_column_is_kept_once_for_all_charts():
    island = Island(config={})
    island.add({"datasets": {"a": ROWS}, "mark": "point"}, name="one")
    island.add({"datasets": {"b": [{"x": row["x"], "n": 1} for row in ROWS]}, "mark": "bar"}, name="two")
    assert len(island.columns) == 3
    assert read(island)["a"] == [{"x": 0.123457, "side": "UN"}, {"x": 2.0, "side": "UN"}, {"x": None, "side": "UN"}]
    assert read(island)["b"][2] == {"x": None, "n": 1}


def test_repeated_strings_are_coded():
    island = Island(config={})
    island.add({"datasets": {"a": ROWS}}, name="one")
    assert {"distinct": ["UN"], "codes": [0, 0, 0]} in island.columns.values()


def test_rows_of_different_fields():
    island = Island(config={})
    island.add({"datasets": {"a": [{"x": 1}, {"y": "2"}], "b": [1, 2], "c": []}}, name="one")
    assert json.loads(island.text())["datasets"]["b"] == {"rows": [1, 2]}
    assert json.loads(island.text())["datasets"]["c"] == {"rows": []}


def test_what_could_change_the_page_is_left_out():
    island = Island(config={"font": "x"})
    island.add({"usermeta": {"embedOptions": {"ast": False}}, "config": {"font": "x"}, "mark": "bar"}, name="one")
    assert island.figures[0]["spec"] == {"mark": "bar"}


VALUES = st.recursive(
    st.text() | st.floats() | st.none(), lambda held: st.lists(held) | st.dictionaries(st.text(), held)
)


@given(VALUES)
def test_any_value_is_inert_and_comes_back(value):
    text = inert(cleaned(value))
    assert not set("<>&") & set(text)
    assert json.loads(text) == cleaned(value)
    text.encode("utf-8")
