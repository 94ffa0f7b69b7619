import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import html
from helpers.errors import InputError


def test_escape_disarms_markup_and_controls():
    assert html.escape("<b>\"'&") == "&lt;b&gt;&quot;&#x27;&amp;"
    assert html.escape("safe\u202eexe.txt\u2066\x00\x1b") == "safeexe.txt"
    assert html.escape("line\n\ttab") == "line\n\ttab"


@given(st.text())
def test_escaped_text_holds_no_markup(text):
    made = html.escape(text)
    assert not set("<>\"'") & set(made)
    made.encode("utf-8")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://example.org/a?b=1&c=2", "https://example.org/a?b=1&c=2"),
        ("HTTP://example.org", "HTTP://example.org"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("//example.org", None),
        ("https://", None),
        ("https://user@example.org", None),
        ('https://example.org/"onmouseover="x', None),
        ("https://example.org/\u202egpj", None),
        ("http://[::1", None),
        (None, None),
        ("", None),
    ],
)
def test_only_web_addresses_become_links(value, expected):
    assert html.address(value) == expected
    assert html.link(value, "words").startswith("<a ") == (expected is not None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234567, "1,234,567"),
        (-3, "−3"),
        (0.031416, "0.031"),
        (0.31416, "0.31"),
        (3.14159, "3.14"),
        (31.4159, "31.4"),
        (3141.59, "3,142"),
        (-0.5, "−0.50"),
        (0.00001234, "1.2e-05"),
        (0.0, "0.00"),
        (float("nan"), "–"),
        (float("-inf"), "−∞"),
    ],
)
def test_numbers_to_read(value, shown):
    assert html.number(value) == shown


def test_number_as_percent():
    assert html.number(0.1234, percent=True) == "12.3 %"


def test_table_cells():
    frame = pl.DataFrame(
        {
            "side": ["state_media", None],
            "share": [0.25, None],
            "n_documents": [1200, 3],
            "sure": [True, False],
            "on": [datetime.date(2020, 1, 2), None],
            "embedding": pl.Series([[1.0, 0.0], [0.0, 1.0]], dtype=pl.Array(pl.Float32, 2)),
        }
    )
    made = html.table(frame, percent=["share"], heading="A <table>")
    assert (
        '<tr><td>State media</td><td class="n">25.0 %</td><td class="n">1,200</td><td>yes</td><td>2020-01-02</td></tr>'
        in made
    )
    assert '<tr><td>–</td><td class="n">–</td><td class="n">3</td><td>no</td><td>–</td></tr>' in made
    assert "<caption>A &lt;table&gt;</caption>" in made
    assert "embedding" not in made


def test_table_shows_some_rows_and_counts_the_rest():
    made = html.table(pl.DataFrame({"n": range(25)}), rows=20)
    assert made.count("<tr>") == 21
    assert "5 more rows" in made
    assert "no rows" in html.table(pl.DataFrame({"n": []}))


def test_a_column_has_one_number_of_decimals():
    made = html.table(pl.DataFrame({"v": [1.5, 0.04, 2.25]}))
    assert [c for c in ("1.50", "0.04", "2.25") if f">{c}<" in made] == ["1.50", "0.04", "2.25"]
    assert ">0.0004<" in html.table(pl.DataFrame({"v": [1.5, 0.0004, 2.25]})), "a number is never shown as none"


def test_long_words_may_break_and_long_cells_are_clipped():
    made = html.table(pl.DataFrame({"t": ["x" * 1_000_000]}))
    assert len(made) < 1500
    assert "<wbr>" in made


def test_table_of_absent_column():
    with pytest.raises(InputError, match="'b' is absent"):
        html.table(pl.DataFrame({"a": [1]}), columns=["b"])


def test_csv_disarms_formulas_and_leaves_numbers():
    texts = ["=1+1", "+x", "-x", "@x", "\t=x", " =x", "plain", "\ufeff\u200b=x", "\uff1dx", "|x", "a=b"]
    frame = pl.DataFrame({"text": texts, "n": [-1, *range(2, 12)]})
    assert html.csv(frame).splitlines() == [
        "text,n",
        "'=1+1,-1",
        "'+x,2",
        "'-x,3",
        "'@x,4",
        "'\t=x,5",
        "' =x,6",
        "plain,7",
        "'\ufeff\u200b=x,8",
        "'\uff1dx,9",
        "'|x,10",
        "a=b,11",
    ]
    assert html.csv(pl.DataFrame({"=1+1": [["=x"]], "b": [{"c": "=x"}]})).splitlines() == ["'=1+1,b", "'=x,{'c': '=x'}"]


def test_day_is_no_finer_than_known():
    day = datetime.date(2017, 2, 7)
    assert [html.day(day, p) for p in ("day", "month", "year", None)] == [
        "7 February 2017",
        "February 2017",
        "2017",
        "7 February 2017",
    ]
    assert html.day(None) == ""


def test_passages_to_read():
    frame = pl.DataFrame(
        {
            "text": ["A bridge & a <b>gap</b>."],
            "side": ["western"],
            "outlet": ["The Calder Courier"],
            "date": [datetime.date(2020, 5, 1)],
            "date_precision": ["month"],
            "title": ["A gap"],
            "url": ["javascript:alert(1)"],
            "language": ['en" onclick="x'],
            "constructed": [True],
            "similarity": [0.8123],
        }
    )
    made = html.passages(frame, show=["similarity"], mark="BRIDGE|<b>")
    assert "<mark>bridge</mark> &amp; a <mark>&lt;b&gt;</mark>gap" in made
    assert '<li class="side-1">' in made
    assert "May 2020" in made
    assert "similarity 0.81" in made
    assert "constructed</span>" in made
    assert "javascript" not in made
    assert "onclick" not in made


def test_passages_need_their_columns():
    with pytest.raises(InputError, match="'outlet' is absent"):
        html.passages(pl.DataFrame({"text": ["x"], "side": ["un"]}))


def test_a_cell_brings_its_style_only_to_the_notebook(monkeypatch):
    monkeypatch.delenv("WORKBENCH_REPORT", raising=False)
    assert html.cell("x").startswith("<style>")
    monkeypatch.setenv("WORKBENCH_REPORT", "1")
    assert html.cell("x") == '<div class="workbench">x</div>'


def test_claim_is_escaped():
    made = html.claim("claimed", "<script>x</script>", ["<i>why</i>"])
    assert "<script" not in made
    assert "&lt;i&gt;why" in made
