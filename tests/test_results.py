"""What is kept of results, and what tells two inputs apart."""

import dataclasses
import json
import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.results import fingerprint, remembered, result, shows


@result
class Sums:
    table: pl.DataFrame
    matrix: np.ndarray
    names: tuple[str, ...]
    groups: tuple[tuple[int, ...], ...]
    share: float
    note: str | None


CALLS: list[int] = []


@remembered
def sums(frame: pl.DataFrame, *, times: int = 1, groups=()) -> Sums:
    CALLS.append(times)
    made = frame.with_columns(twice=pl.col("n") * times, lists=pl.Series([["a"], ["b", "c"]]))
    return Sums(made, np.arange(6.0).reshape(2, 3) / 7, ("a", "b"), tuple(map(tuple, groups)), 1 / 3, None)


FRAME = pl.DataFrame({"id": ["a", "b"], "n": [1, 2]})


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    CALLS.clear()
    return tmp_path


def entries(cache):
    return sorted((cache / "results" / "sums").iterdir())


def test_the_second_call_comes_from_disk_and_is_the_same():
    first, second = sums(FRAME, groups=[[1, 2], [3]]), sums(FRAME, groups=[[1, 2], [3]])
    assert CALLS == [1]
    assert first.table.equals(second.table) and first.table.schema == second.table.schema
    assert second.matrix.dtype == np.float64 and np.array_equal(first.matrix, second.matrix)
    assert second.names == ("a", "b") and second.groups == ((1, 2), (3,))
    assert second.share == 1 / 3 and second.note is None


def test_other_settings_and_other_inputs_are_other_entries(cache):
    sums(FRAME)
    sums(FRAME, times=2)
    sums(FRAME[::-1])
    sums(FRAME, times=1)
    assert CALLS == [1, 2, 1]
    assert len(entries(cache)) == 3


def test_nothing_is_pickled(cache):
    sums(FRAME)
    (entry,) = entries(cache)
    assert sorted(path.name for path in entry.iterdir()) == ["matrix.npy", "settings.json", "table.parquet"]
    json.loads((entry / "settings.json").read_text(encoding="utf-8"))
    assert np.load(entry / "matrix.npy", allow_pickle=False).shape == (2, 3)


def damages(path):
    whole = path.read_bytes()
    half = bytearray(whole)
    half[len(half) // 2] ^= 1
    return {"empty": b"", "cut": whole[: len(whole) // 2], "one bit": bytes(half), "other": b"[]", "null": b"null"}


@pytest.mark.parametrize("name", ["matrix.npy", "settings.json", "table.parquet"])
@pytest.mark.parametrize("how", ["empty", "cut", "one bit", "other", "null", "absent"])
def test_a_damaged_entry_is_computed_again_and_replaced(cache, name, how):
    good = sums(FRAME)
    path = entries(cache)[0] / name
    if how == "absent":
        path.unlink()
    else:
        path.write_bytes(damages(path)[how])
    again = sums(FRAME)
    assert CALLS == [1, 1] and again.table.equals(good.table) and np.array_equal(again.matrix, good.matrix)
    sums(FRAME)
    assert CALLS == [1, 1], "the damaged entry was not replaced"
    assert len(entries(cache)) == 1, "what was damaged is still there"


def test_a_process_killed_while_writing_leaves_no_entry(cache):
    script = """
import os, sys
import numpy as np, polars as pl
import helpers.results as results
kept = results.np.save
def killed(*args, **kwargs):
    os._exit(9)
results.np.save = killed
sys.path.insert(0, sys.argv[1])
import test_results
test_results.sums(test_results.FRAME)
"""
    folder = __file__.rsplit("test_results", 1)[0]
    done = subprocess.run([sys.executable, "-c", script, folder], check=False)
    assert done.returncode == 9
    assert not [path for path in (cache / "results" / "sums").iterdir() if (path / "settings.json").exists()]
    assert sums(FRAME).names == ("a", "b") and CALLS == [1]


def test_a_full_disk_costs_the_entry_and_not_the_result(monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    assert sums(FRAME).share == 1 / 3
    assert sums(FRAME).share == 1 / 3
    assert CALLS == [1, 1]


def test_only_results_are_remembered():
    with pytest.raises(TypeError, match="must be annotated"):

        @remembered
        def plain(x: int) -> int:
            return x


def test_a_result_shows_itself_as_registered_and_escaped_before():
    @result
    class Unseen:
        table: str

    unseen = Unseen("<script>")
    assert "<script>" not in unseen._repr_html_()
    shows(Unseen)(lambda shown: f"<b>{len(shown.table)}</b>")
    assert "<b>8</b>" in unseen._repr_html_()
    with pytest.raises(dataclasses.FrozenInstanceError):
        unseen.table = "other"


def with_vectors(rows):
    return pl.DataFrame({"id": ["a", "b"], "embedding": pl.Series(rows, dtype=pl.Array(pl.Float32, 2))})


DIFFERENT = [
    (FRAME, FRAME[::-1]),
    (FRAME, FRAME.with_columns(n=pl.Series([1, 3]))),
    (FRAME, FRAME.with_columns(n=pl.Series([1, None]))),
    (FRAME, FRAME.with_columns(pl.col("n").cast(pl.Int32))),
    (FRAME, FRAME.rename({"n": "m"})),
    (FRAME.head(0), FRAME.head(0).rename({"n": "m"})),
    (pl.DataFrame({"a": [1], "b": [2]}), pl.DataFrame({"a": [2], "b": [1]})),
    (with_vectors([[1, 2], [3, 4]]), with_vectors([[1, 2], [3, 4.001]])),
    (with_vectors([[1, 2], [3, 4]]), with_vectors([[3, 4], [1, 2]])),
    (pl.DataFrame({"c": [["x", "y"]]}), pl.DataFrame({"c": [["y", "x"]]})),
    (np.arange(3), np.arange(3.0)),
    (np.arange(6), np.arange(6).reshape(2, 3)),
    ([np.arange(5000)], [np.where(np.arange(5000) == 2500, -1, np.arange(5000))]),
    ({"f": FRAME}, {"f": FRAME[::-1]}),
    (pl.Series("s", range(500)), pl.Series("s", [*range(250), -1, *range(251, 500)])),
    (np.array(["a", None], dtype=object), np.array(["b", None], dtype=object)),
    ((1, 2), (2, 1)),
    ({1, 2}, {1, 3}),
    ("1", 1),
    (None, ""),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_whatever_differs_has_another_fingerprint(one, other):
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(one) == fingerprint(one) and fingerprint(other) == fingerprint(other)


def test_a_fingerprint_is_the_same_in_another_process_and_the_order_of_keys_is_no_matter():
    code = (
        "import polars as pl; from helpers.results import fingerprint as f;"
        "print(f([{'b': 1, 'a': {'x', 'y', 'z'}}, pl.DataFrame({'id': ['a', 'b'], 'n': [1, 2]})]))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert told == fingerprint([{"a": {"z", "y", "x"}, "b": 1}, FRAME])


@dataclasses.dataclass(frozen=True)
class Holder:
    frame: pl.DataFrame
    names: dict


def test_dataclasses_are_told_by_their_fields():
    assert fingerprint(Holder(FRAME, {1: "a"})) == fingerprint(Holder(FRAME.clone(), {1: "a"}))
    assert fingerprint(Holder(FRAME, {1: "a"})) != fingerprint(Holder(FRAME, {1: "b"}))
    assert fingerprint(Holder(FRAME, {})) != fingerprint(Holder(FRAME[::-1], {}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(JSON, JSON)
def test_fingerprints_agree_exactly_where_json_does(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (fingerprint(one) == fingerprint(other)) == same
