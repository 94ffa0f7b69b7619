import datetime

import polars as pl
import pytest

from helpers.analyse.portrait import portrait
from helpers.errors import InputError
from portrayed import corpus, cut, documents, two_sides


def test_counts_by_hand() -> None:
    table = documents(two_sides())
    found = portrait(corpus(table), table, cut(table))
    columns = ["side", "member", "n_documents", "n_units", "counted", "n_words", "n_passages", "quoted", "coverage"]
    # 18 words a document, of which 9 stand in its passage, a quarter of those quoted
    assert found.table.select(columns).rows() == [
        ("east", "Dawn", 10, 10, True, 180, 10, 0.25, 0.5),
        ("east", "Lamp", 2, 2, False, 36, 2, 0.25, 0.5),
        ("west", "Dusk", 12, 12, True, 216, 12, 0.25, 0.5),
    ]
    assert found.table["share"].to_list() == [10 / 12, 2 / 12, 1.0]
    assert found.sides.select("side", "n_members", "n_counted", "median", "n_empty", "n_undated").rows() == [
        ("east", 2, 1, 18.0, 0, 0), ("west", 1, 1, 18.0, 0, 0),
    ]  # fmt: skip
    assert found.kinds.rows() == [("east", "news report", 12, 1.0), ("west", "news report", 12, 1.0)]
    assert found.members == "outlet" and found.constructed and found.hits.is_empty()


def test_texts_of_several_outlets_count_for_none_of_them() -> None:
    rows = two_sides()
    rows[0] |= {"copy_cluster": "e00", "copy_rank": 0}
    rows[10] |= {"copy_cluster": "e00", "copy_rank": 1}
    table = documents(rows)
    found = portrait(corpus(table), table, cut(table))
    dawn = found.table.filter(member="Dawn").row(0, named=True)
    assert (dawn["n_documents"], dawn["n_units"], dawn["counted"]) == (10, 9, False)
    assert found.copies.rows() == [("east", 12, 1, 1 / 12, 1, 2, 0), ("west", 12, 0, 0.0, 0, 0, 0)]


def test_a_document_without_a_passage_is_counted_and_said() -> None:
    table = documents(two_sides())
    found = portrait(corpus(table), table, cut(table).filter(pl.col("document_id") != "w00"))
    assert found.sides.filter(side="west")["n_empty"].to_list() == [1]
    assert found.left_out.rows() == [("no passage of 40 words in it", None, "Dusk", 1)]


def test_parts_that_could_not_be_had_stand_first_among_what_was_left_out() -> None:
    table = documents(two_sides())
    gone = [("on no side", "made", "Moon", 3)]
    made = corpus(table, left_out=gone, parts=[("far", "left out", 0, None, "no internet", False)])
    assert portrait(made, table, cut(table)).left_out.rows() == [
        ("cannot be had: no internet", "far", None, None), ("on no side", "made", "Moon", 3),
    ]  # fmt: skip


def test_hits_of_the_query() -> None:
    # "order" twice in each run of six words: 6 in 18 words; and once in the title of w00
    rows = two_sides()
    rows[12]["title"] = "ORDER"
    table = documents(rows)
    gone = [("does not match the query", "made", "Dawn", 24), ("does not match the query", "made", "Dusk", 0)]
    found = portrait(corpus(table, query="order", left_out=gone), table, cut(table))
    assert found.hits.select("side", "n_documents", "n_not_matching", "share_matching", "n_hits").rows() == [
        ("east", 12, 24, 12 / 36, 72), ("west", 12, 0, 1.0, 73),
    ]  # fmt: skip
    assert found.hits["rate"].to_list() == [10_000 * 72 / 216, 10_000 * 73 / 216]


def test_hits_of_an_outlet_that_the_query_left_nothing_of() -> None:
    table = documents(two_sides())
    gone = [("does not match the query", "made", "Moon", 5)]
    found = portrait(corpus(table, query="order", left_out=gone), table, cut(table))
    assert found.hits.row(-1, named=True)["side"] is None and found.hits.row(-1, named=True)["n_not_matching"] == 5
    assert found.hits["share_matching"].null_count() == 3


def test_lengths_are_classes_of_words() -> None:
    rows = two_sides()
    rows[0]["text"] = "order " * 100
    rows[1]["text"] = "order " * 5000
    table = documents(rows)
    found = portrait(corpus(table), table, cut(table))
    east = found.lengths.filter((pl.col("side") == "east") & (pl.col("n_documents") > 0))
    assert east.select("least", "under", "n_documents").rows() == [(0, 100, 10), (100, 200, 1), (5000, None, 1)]
    assert found.lengths.group_by("side").agg(pl.col("share").sum().round(9))["share"].to_list() == [1.0, 1.0]


def test_speakers_are_the_members_where_one_outlet_carries_several_sides() -> None:
    rows = [
        {"id": f"{side}{k}", "side": side, "outlet": "Assembly", "speaker": f"{side} {k}"}
        for side in ("north", "south")
        for k in range(11)
    ]
    table = documents(rows)
    found = portrait(corpus(table), table, cut(table))
    assert found.members == "speaker" and found.table.height == 22 and found.table["counted"].all()
    assert found.voices.rows() == [("north", 11, 11, "north 0", 1), ("south", 11, 11, "south 0", 1)]
    assert "one outlet" not in found.pairs["aspect"].to_list()
    assert (
        "Speakers: 11 of North and 11 of South; permuting them" in found.pairs.filter(aspect="outlets")["sentence"][0]
    )


def test_verdicts_are_sentences_from_the_numbers() -> None:
    rows = [{**row, "kind": "resolution"} if row["side"] == "west" else row for row in two_sides()]
    table = documents(rows)
    (verdict,) = portrait(corpus(table), table, cut(table)).verdicts
    assert verdict.grade == "described"
    assert verdict.sentence == (
        "East (12 documents) and West (12 documents): comparable on dates, length, copies and language; not on kinds,"
        " number of outlets and balance of outlets."
    )
    assert verdict.reasons[0].startswith("Kinds: nothing in common") and verdict.numbers["kinds"] == 0.0


def test_what_cannot_be_asked_is_withheld() -> None:
    table = documents(two_sides(west=9))
    gone = [("listed on side un, but no document has it", None, "Assembly", 0)]
    few, absent = portrait(corpus(table, left_out=gone), table, cut(table)).verdicts
    assert few.grade == absent.grade == "withheld"
    assert few.sentence == "A comparison of East and West cannot be asked of this corpus."
    assert few.reasons == ("West: 9 documents, 10 needed",)
    assert absent.sentence == "Nothing of UN texts can be asked of this corpus."
    assert absent.reasons == ("no document of Assembly",)


def test_one_side_has_a_portrait_without_verdicts() -> None:
    table = documents(two_sides(west=0))
    found = portrait(corpus(table), table, cut(table))
    assert found.verdicts == () and found.sides.height == 1


def test_undated_documents_are_no_period() -> None:
    rows = two_sides()
    rows[0]["date"] = None
    table = documents(rows)
    found = portrait(corpus(table), table, cut(table))
    assert found.sides["n_undated"].to_list() == [1, 0]
    assert found.periods.select("side", "start", "n_documents").rows() == [
        ("east", datetime.date(2017, 5, 1), 11), ("west", datetime.date(2017, 5, 1), 12),
    ]  # fmt: skip


def test_what_is_absent_is_named() -> None:
    table = documents(two_sides())
    with pytest.raises(InputError, match="'copy_rank' is absent"):
        portrait(corpus(table), table.drop("copy_rank"), cut(table))
    with pytest.raises(InputError, match="'quoted_share' is absent"):
        portrait(corpus(table), table, cut(table).drop("quoted_share"))
