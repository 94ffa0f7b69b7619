"""What is one unit: documents, copies of one text, and states that speak."""

import polars as pl
import pytest

from constructed import passages
from helpers.analyse.units import SHARED, in_scope, members_are, units
from helpers.errors import InputError


def scored(rows, **columns):
    """rows: (document, side, outlet, score)."""
    return passages([(d, s, o, "x") for d, s, o, _ in rows], score=[v for *_, v in rows], **columns)


def test_a_document_weighs_the_same_however_long_it_is():
    made = units(scored([("a", "x", "Post", 1.0), ("a", "x", "Post", 3.0), ("b", "x", "Post", 5.0)]), ["score"])
    assert made.select("unit", "n_documents", "n_passages", "n_texts", "score").rows() == [
        ("a", 1, 2, 1, 2.0),
        ("b", 1, 1, 1, 5.0),
    ]


ROWS = [("a", "x", "Post", 1.0), ("a", "x", "Post", 2.0), ("b", "x", "Post", 4.0), ("c", "x", "Daily", 8.0)]


def test_copies_of_one_text_are_one_unit():
    frame = scored(ROWS, copy_cluster=["a", "a", "a", None])
    made = units(frame, ["score"])
    # unit a: mean over its documents of (1 + 2) / 2 and 4
    assert made.select("unit", "member", "n_documents", "n_passages", "n_texts", "score").rows() == [
        ("c", "Daily", 1, 1, 1, 8.0),
        ("a", "Post", 2, 3, 1, 2.75),
    ]
    assert units(frame, ["score"], copies="all")["unit"].to_list() == ["c", "a", "b"]


def test_a_cluster_over_outlets_of_a_side_is_shared_and_is_no_outlet():
    rows = [(f"d{i}", "x", "Post" if i % 2 else "Daily", float(i)) for i in range(24)]
    made = units(scored(rows, copy_cluster=[f"k{i // 2}" for i in range(24)]), ["score"])
    assert made["member"].unique().to_list() == [SHARED] and made.height == 12
    assert not made["counted"].any()


def test_a_cluster_over_sides_is_marked_on_each():
    rows = [("a", "x", "Post", 1.0), ("b", "y", "Daily", 3.0), ("c", "y", "Daily", 5.0)]
    made = units(scored(rows, copy_cluster=["a", "a", None]), ["score"])
    assert made.select("side", "unit", "spans_sides", "score").rows() == [
        ("x", "a", True, 1.0),
        ("y", "a", True, 3.0),
        ("y", "c", False, 5.0),
    ]


def test_an_outlet_counts_from_ten_documents_on():
    rows = [(f"p{i}", "x", "Post", 0.0) for i in range(10)] + [(f"d{i}", "x", "Daily", 0.0) for i in range(9)]
    made = units(scored(rows), ["score"])
    assert dict(made.select("member", "counted").unique().rows()) == {"Post": True, "Daily": False}


SPEECHES = [
    ("f1", "x", "Debate", 1.0),
    ("f2", "x", "Debate", 3.0),
    ("g1", "x", "Debate", 5.0),
    ("h1", "y", "Debate", 7.0),
]


def test_where_an_outlet_carries_all_sides_speakers_are_the_units():
    frame = scored(SPEECHES, speaker=["F", "F", "G", "H"])
    assert members_are(frame) == "speaker"
    made = units(frame, ["score"])
    assert made.select("side", "member", "unit", "stratum", "n_documents", "n_texts", "score", "counted").rows() == [
        ("x", "F", "F", "x", 2, 2, 2.0, True),
        ("x", "G", "G", "x", 1, 1, 5.0, True),
        ("y", "H", "H", "y", 1, 1, 7.0, True),
    ]
    assert members_are(scored(SPEECHES)) == "outlet", "without speakers there is nobody else"


def test_null_and_nan_values_are_left_out_of_the_mean():
    rows = [("a", "x", "Post", 1.0), ("a", "x", "Post", float("nan")), ("b", "x", "Post", None)]
    made = units(scored(rows), ["score"])
    assert made["score"].to_list() == [1.0, None] and made["n_passages"].to_list() == [2, 1]


def test_scope_by_voice_and_by_copies():
    frame = scored(ROWS, voice=["outlet", "quoted", "outlet", "quoted"], copy_rank=[0, 0, 1, None])
    frame = frame.with_columns(pl.col("copy_rank").cast(pl.Int32))
    assert in_scope(frame)["document_id"].to_list() == ["a", "b"]
    assert in_scope(frame, voice="quoted")["document_id"].to_list() == ["a", "c"]
    assert in_scope(frame, voice="all", copies="original")["document_id"].to_list() == ["a", "a", "c"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"voice": "theirs"}, "`voice`; expected outlet, quoted or all; found 'theirs'"),
        ({"copies": "none"}, "`copies`; expected all, one or original; found 'none'"),
        ({"voice": "quoted"}, "no passage in voice 'quoted'"),
    ],
)
def test_what_cannot_be_asked_is_said(given, message):
    with pytest.raises(InputError, match=message):
        units(scored(ROWS), ["score"], **given)


def test_a_value_that_is_not_there_is_said():
    with pytest.raises(InputError, match="column 'other' is absent"):
        units(scored(ROWS), ["other"])


def test_the_order_of_rows_is_no_matter():
    frame = scored(ROWS, copy_cluster=["a", "a", "a", None])
    assert units(frame, ["score"]).equals(units(frame[::-1], ["score"]))


def test_units_are_told_apart_by_columns_of_their_documents():
    rows = [(f"d{i:02}", "x", "Post", float(i)) for i in range(12)]
    made = units(scored(rows, period=[1] * 6 + [2] * 6), ["score"], by=["period"])
    assert made.group_by("period").agg(pl.col("score").mean()).sort("period").rows() == [(1, 2.5), (2, 8.5)]
    assert made["counted"].all() and not made["spans_sides"].any()


def test_a_speaker_has_one_unit_in_each_period():
    rows = [(f"{s}{y}", s, "Assembly", float(y)) for s in ("x", "y") for y in range(4)]
    frame = scored(
        rows, speaker=["P" if s == "x" else "Q" for s, *_ in [(r[1],) for r in rows]], period=[1, 1, 2, 2] * 2
    )
    made = units(frame, ["score"], by=["period"])
    assert made.select("side", "unit", "period", "score", "n_documents").rows() == [
        ("x", "P", 1, 0.5, 2), ("x", "P", 2, 2.5, 2), ("y", "Q", 1, 0.5, 2), ("y", "Q", 2, 2.5, 2),
    ]  # fmt: skip
