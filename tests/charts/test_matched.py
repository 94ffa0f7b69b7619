"""Pairs side by side: everything a reader needs to judge them, and nothing that a text could do to the page."""

from types import SimpleNamespace

import polars as pl

from constructed import passages
from helpers.analyse import matched as module
from helpers.analyse.matched import matched
from helpers.charts import matched as charts
from helpers.stylesheet import STYLE

HOSTILE = '</script><script>alert(1)</script><img src=x onerror="alert(2)"> \u202eright to left'

ROWS = [("a1", "state_media", "P", (1.0, 0.1, 0.0), 0.9), ("a2", "state_media", "Q", (0.1, 1.0, 0.0), 0.2),
        ("b1", "western", "R", (1.0, 0.0, 0.5), 0.1), ("b2", "western", "S", (0.0, 1.0, 0.5), 0.4),
        ("b3", "western", "S", (0.5, 0.5, 0.9), 0.6)]  # fmt: skip


def made(monkeypatch, *, caliper=0.0, text="about {}", **columns):
    monkeypatch.setattr(module, "CALIPER", caliper)
    rows = [(d, s, o, text.format(d)) for d, s, o, *_ in ROWS]
    frame = passages(rows, **columns).with_columns(
        frame_x=pl.Series([r[4] for r in ROWS]),
        embedding=pl.Series([[*r[3], r[4]] for r in ROWS], dtype=pl.Array(pl.Float32, 4)),
    )
    table = pl.DataFrame(
        {"theme": [1], "label": [columns.get("title") or "ships"]}, schema_overrides={"theme": pl.Int32}
    )
    themes = SimpleNamespace(passages=frame.select("id", theme=pl.lit(1, pl.Int32)), table=table)
    return matched(frame, themes=themes, value="frame_x", between=("state_media", "western"))


def test_pairs_stand_side_by_side_with_all_that_is_known(monkeypatch):
    shown = charts.pairs(made(monkeypatch, title="A title", url="https://example.org/a")).data
    assert shown.count('<div class="pair">') == 2 and shown.count("<blockquote") == 4
    first = shown.split('<div class="pair">')[1]
    assert first.index("about a1") < first.index("about b1")
    for words in (
        "A title",
        "1 May 2017",
        "score 0.9",
        "score 0.1",
        "a1#000",
        "b1#000",
        "10–18",
        "State media",
        "Western",
    ):
        assert words in first, words
    assert 'href="https://example.org/a"' in first and "similarity 0.89" in shown
    assert "higher: " in shown and "they are chosen for their difference" in " ".join(shown.split())


def test_two_columns_become_one_where_the_room_is_narrow():
    rule = STYLE.split(".workbench .pair {")[1].split("}")[0]
    # two columns of 21.25 rem and the gap between them need 44.25 rem, 708 pixels
    assert "auto-fit" in rule and "min(100%, 21.25rem)" in rule and "1.75rem" in rule


def test_nothing_of_a_text_runs(monkeypatch):
    found = made(monkeypatch, text=HOSTILE + " {}", title=HOSTILE, url="javascript:alert(3)")
    for shown in (charts.pairs(found).data, found._repr_html_()):
        assert "<script>" not in shown and "<img" not in shown and "javascript:" not in shown and "\u202e" not in shown
        assert "&lt;script&gt;" in shown


def test_the_rest_is_counted_and_none_is_said(monkeypatch):
    found = made(monkeypatch)
    assert "1 more pair<" in charts.pairs(found, most=1).data
    none = made(monkeypatch, caliper=1.0)
    assert none.table.is_empty()
    assert "No passages of state media and Western outlets within one theme are near enough" in none._repr_html_()
