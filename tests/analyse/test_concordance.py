import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructed import passages
from helpers.analyse.concordance import concordance
from helpers.errors import InputError

LINES = passages(
    [
        ("d1", "east", "Meridian Daily", "Global governance needs reform, and good governance needs law."),
        ("d2", "west", "The Harbour", "Bad governance breeds anger."),
        ("d3", "west", "The Harbour", "Nothing of the kind."),
    ]
)


def test_lines_with_their_context_and_offsets() -> None:
    shown = concordance(LINES, "governance", width=2)
    assert shown.n_found == 3
    assert shown.table.select("left", "match", "right").rows() == [
        ("Bad", "governance", "breeds anger."),
        ("and good", "governance", "needs law."),
        ("Global", "governance", "needs reform,"),
    ]
    # Passages begin at offset 10 of their documents: "Global " is 7 long.
    assert shown.table.row(2, named=True)["start"] == 17 and shown.table.row(2, named=True)["end"] == 27
    assert shown.sides.rows() == [("east", 2, 1, 1), ("west", 1, 1, 1)]


def test_sorted_by_what_stands_before_and_by_side() -> None:
    assert concordance(LINES, "governance", sort="left").table["left"].to_list() == [
        "Bad", "Global", "Global governance needs reform, and good",
    ]  # fmt: skip
    assert concordance(LINES, "governance", sort="side").table["side"].to_list() == ["east", "east", "west"]


def test_of_too_many_lines_every_side_has_its_share() -> None:
    many = passages([(f"e{k}", "east", "A", "order order") for k in range(40)] + [("w", "west", "B", "order")])
    shown = concordance(many, "order", most=11)
    assert shown.n_found == 81 and shown.table.height == 11
    assert shown.table["side"].value_counts().sort("side").rows() == [("east", 10), ("west", 1)]


def test_no_match_is_an_empty_table_of_the_same_columns() -> None:
    shown = concordance(LINES, "hegemony")
    assert shown.n_found == 0 and shown.table.columns == concordance(LINES, "governance").table.columns


def test_the_order_of_rows_does_not_matter() -> None:
    turned = concordance(LINES.reverse(), "governance", most=2)
    assert turned.table.equals(concordance(LINES, "governance", most=2).table)


def test_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="not a regular expression"):
        concordance(LINES, "(")
    with pytest.raises(InputError, match="right, left, side"):
        concordance(LINES, "law", sort="middle")
    monkeypatch.setattr("helpers.prepare.patterns.SECONDS", 0.2)
    with pytest.raises(InputError, match="takes longer"):
        concordance(passages([("d", "east", "A", "b " + "a" * 100 + " b")]), "(a|a)*b")


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60), min_size=1, max_size=4))
def test_offsets_always_give_the_match(texts: list[str]) -> None:
    words = [f"{text} order {text}" for text in texts]
    frame = passages([(f"d{k}", "east", "A", text) for k, text in enumerate(words)])
    shown = concordance(frame, r"order|\w\w", width=3).table
    documents = {f"d{k}": " " * 10 + text for k, text in enumerate(words)}
    assert shown.height >= len(texts)
    for row in shown.iter_rows(named=True):
        assert documents[row["document_id"]][row["start"] : row["end"]] == row["match"]


def test_scripts_without_spaces_get_characters_around() -> None:
    frame = passages([("d", "east", "A", "我们支持世界多极化进程和全球治理体系改革")]).with_columns(
        language=pl.lit("zh")
    )
    assert concordance(frame, "多极化", width=2).table.select("left", "right").row(0) == ("支持世界", "进程和全")
