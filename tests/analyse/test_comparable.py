import datetime

import polars as pl
import pytest

from helpers.analyse.comparable import LIMITS, pairs
from helpers.analyse.portrait import portrait
from portrayed import corpus, cut, documents, two_sides


def asked(rows: list[dict], **given: object) -> dict[str, tuple]:
    """aspect -> (comparable, value, sentence) for the only pair of sides."""
    table = documents(rows)
    made = portrait(corpus(table, **given), table, cut(table)).pairs  # type: ignore[arg-type]
    return {row["aspect"]: (row["comparable"], row["value"], row["sentence"]) for row in made.iter_rows(named=True)}


def each(rows: list[dict], **columns: object) -> list[dict]:
    """`rows` with columns by side: east=..., west=... are dicts."""
    return [{**row, **columns.get(row["side"], {})} for row in rows]  # type: ignore[dict-item]


def test_kinds() -> None:
    assert asked(two_sides())["kinds"] == (True, 1.0, "Kinds: all ‘news report’.")
    held, value, sentence = asked(each(two_sides(), west={"kind": "resolution"}))["kinds"]
    assert (held, value) == (False, 0.0)
    assert sentence == (
        "Kinds: nothing in common; most often ‘news report’ for East (100 %) and ‘resolution’ for West (100 %): a"
        " difference may be one of kind."
    )
    assert asked(each(two_sides(), west={"kind": None}))["kinds"] == (None, None, "Kinds: not known for most of West.")


def test_length() -> None:
    # 18 words against 54: three times as many, over the limit of 2
    held, value, sentence = asked(each(two_sides(), west={"text": "order " * 54}))["length"]
    assert (held, value) == (False, 3.0)
    assert sentence == "Length: median words of a document are 18 for East and 54 for West, 3.0 times as many."
    assert asked(two_sides())["length"][:2] == (True, 1.0)


def test_names_of_one_kind_count_as_one() -> None:
    rows = each(two_sides(), east={"kind": "op-ed"}, west={"kind": "column"})
    assert asked(rows)["kinds"] == (
        True, 1.0,
        "Kinds: alike to 100 % (column and op-ed counted as one); most often ‘op-ed’ for East (100 %) and ‘column’ for"
        " West (100 %).",
    )  # fmt: skip


def test_what_few_documents_make_by_chance_is_not_told() -> None:
    # of three and three, one of another kind each: overlap 2/3 - 1/3
    rows = [row | {"kind": "news" if i % 3 else f"kind {i}"} for i, row in enumerate(two_sides(3, 3))]
    rows[1]["kind"] = "letter"
    held, value, sentence = asked(rows)["kinds"]
    assert held is None and value == pytest.approx(1 / 3)
    assert sentence.startswith("Kinds: alike to 33 %, which so few documents can be by chance; most often")


def test_outlets() -> None:
    held, value, sentence = asked(two_sides())["outlets"]
    assert (held, value) == (False, 1.0)
    assert sentence.startswith("Outlets: only 1 of East and 1 of West with enough documents")
    rows = [
        {"id": f"{side}{o}{k}", "side": side, "outlet": f"{side} {o}"}
        for side in ("east", "west")
        for o in range(3)
        for k in range(10)
    ]
    held, value, sentence = asked(rows)["outlets"]
    # three against three: 2 of the 20 assignments are as far apart as the best, p = .1
    assert (held, value) == (True, 3.0) and "can reach p = 0.100, which is no claim about sides" in sentence


def test_one_outlet() -> None:
    held, value, sentence = asked(two_sides())["one outlet"]
    assert (held, value) == (False, 1.0)
    assert sentence.endswith("and Dusk carries 100 % of the documents of West: no other of its side counts.")
    rows = [
        {"id": f"{side}{k}", "side": side, "outlet": f"{side} {k % 4}"} for side in ("east", "west") for k in range(12)
    ]
    assert asked(rows)["one outlet"][:2] == (True, 0.25)
    # a quarter of the documents, and 90 / (90 + 3 * 18) of the words
    longer = [{**row, "text": "order " * 90} if row["outlet"] == "east 0" else row for row in rows]
    held, value, sentence = asked(longer)["one outlet"]
    assert held is False and value == pytest.approx(90 / 144)
    assert "east 0 carries 25 % of the documents of East (62 % of their words)" in sentence


def test_copies() -> None:
    rows = two_sides()
    for k in range(4):
        rows[k] |= {"copy_cluster": "e00", "copy_rank": k}
    held, value, sentence = asked(rows)["copies"]
    # three of twelve documents repeat the first
    assert (held, value) == (False, 0.25) and sentence.endswith("count copies once.")
    rows = two_sides()
    rows[0] |= {"copy_cluster": "e00", "copy_rank": 0}
    rows[-1] |= {"copy_cluster": "e00", "copy_rank": 1}
    held, _, sentence = asked(rows)["copies"]
    assert held is True
    assert sentence == "Copies: 0 % of East and 8 % of West repeat an earlier document; 1 text stands on both sides."


def test_speakers() -> None:
    assert "speakers" not in asked(two_sides())
    speeches = [{**row, "speaker": f"state {row['id']}"} if row["side"] == "west" else row for row in two_sides()]
    assert asked(speeches)["speakers"] == (False, pytest.approx(1 / 12), "Speakers: West are speeches, East are not.")
    one = [{**row, "speaker": "A. Orator" if row["side"] == "west" else row["id"]} for row in two_sides()]
    assert asked(one)["speakers"] == (False, 1.0, "Speakers: A. Orator speaks in 100 % of West.")
    many = [{**row, "speaker": row["id"]} for row in two_sides()]
    assert asked(many)["speakers"][2] == "Speakers: none has more than 8 % of a side."


def test_language() -> None:
    held, value, sentence = asked(each(two_sides(), west={"language": "fr"}))["language"]
    assert (held, value) == (False, 0.0) and sentence.endswith("words cannot be counted against each other.")
    assert asked(two_sides())["language"] == (True, 1.0, "Language: all ‘en’.")


def test_dates() -> None:
    rows = [{**row, "date": datetime.date(2017, 1 + (row["side"] == "west"), 5)} for row in two_sides()]
    held, value, sentence = asked(rows)["dates"]
    assert (held, value) == (False, 0.0)
    assert sentence == (
        "Dates: alike to 0 % only, month by month: no month has documents of both; no document of East in February"
        " 2017; no document of West in January 2017."
    )
    held, value, sentence = asked(each(two_sides(), west={"date": None}))["dates"]
    assert held is None and sentence == "Dates: known for 100 % of East and 0 % of West only."


def test_half_of_the_time_in_common_is_not_enough() -> None:
    rows = [
        {**row, "date": datetime.date(2017, 1 + (row["side"] == "west" and i % 2), 5)}
        for i, row in enumerate(two_sides())
    ]
    held, value, sentence = asked(rows)["dates"]
    assert (held, value) == (False, 0.5) and "alike to 50 % only, month by month: compare within a month" in sentence


def test_every_limit_has_its_reason_and_one_side_has_no_pair() -> None:
    assert all(limit.reason for limit in LIMITS.values())
    assert pairs({"sides": pl.DataFrame({"side": ["east"]})}, dated={}, speakers=False).is_empty()
