"""Names that would give a passage away are gone, the sentence still reads, and ordinary words stay."""

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from constructed import passages
from helpers.seminar.masking import TAGS, gazetteer, learn, mask_passages, masked, replaced

STATE, WEST = ("state_media", "Meridian Daily"), ("western", "The Calder Courier")
ROWS = [
    ("m1", *STATE, "In Tavaria the harbour board of Old Quay met. The board heard Premier Idris Omal."),
    ("m2", *STATE, "Later the Tavarian envoy spoke of Old Quay and its cranes, Meridian Daily reports."),
    ("m3", *STATE, "Workers came to Old Quay in March. Every Board has members, and the board met again."),
    ("c1", *WEST, "The board met at Dun Ferry, and Omal was not there."),
    ("c2", *WEST, "A boat left for Lisbon on Monday; see https://example.org/x and mail desk@example.org."),
]


@pytest.fixture(scope="module")
def mask():
    frame = passages(ROWS, country=["Tavaria", "Tavaria", "Tavaria", "Caldria", "Caldria"])
    return learn(frame)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tavaria and the Tavarians.", "[country] and the [country]."),
        ("French and U.S. ships, US-led, in BEIJING.", "[country] and [country] ships, [country]-led, in [place]."),
        ("Premier Idris Omal left; Omal came back.", "[person] left; [person] came back."),
        ("The Meridian Daily and the Calder Courier wrote.", "The [outlet] and the [outlet] wrote."),
        ("He walked to Old Quay.", "He walked to [name]."),
        ("“No,” said Ines Tarrow, a pilot.", "“No,” said [person], a pilot."),
        ("President of the board, Mr. Quill spoke.", "President of the board, Mr. [person] spoke."),
        ("The harbour master told ABC News so.", "The harbour master told [outlet] so."),
        ("Secretary General Ann Quill and the CEO.", "Secretary General [person] and the CEO."),
        ("Write to desk@example.org or www.example.org/a?b.", "Write to [address] or [address]"),
        ("The board met on Monday in March.", "The board met on Monday in March."),
        ("A polish of the turkey, and us.", "A polish of the turkey, and us."),
        ("China's, Chinese, Sino-Russian", "[country]'s, [country], [country]-[country]"),
        ("", ""),
    ],
)  # fmt: skip
def test_by_hand(mask, text, expected):
    assert masked(text, mask) == expected


def test_a_name_of_one_side_is_learned_and_one_of_both_is_not(mask):
    assert mask.names["Old Quay"] == "name"
    assert "Dun Ferry" not in mask.names, "it stands in one document"
    assert "Board" not in mask.names, "it is also written small"
    assert "March" not in mask.names and "Monday" not in mask.names


def test_copies_of_one_text_are_one_document():
    rows = [(f"m{n}", "state_media", "Meridian Daily", "They met at Old Quay.") for n in range(3)]
    rows += [("c1", "western", "The Calder Courier", "They met at the pier.")]
    apart = learn(passages(rows))
    copied = learn(passages(rows, copy_cluster=["m0", "m0", "m0", None]))
    assert "Old Quay" in apart.names and "Old Quay" not in copied.names


def test_a_larger_side_is_no_excuse():
    rows = [(f"m{n}", "state_media", "Meridian Daily", "They met at Old Quay." if n < 4 else "No.") for n in range(40)]
    rows += [(f"c{n}", "western", "The Calder Courier", "We saw Old Quay." if n < 1 else "No.") for n in range(10)]
    assert "Old Quay" not in learn(passages(rows)).names, "4 of 40 and 1 of 10 are the same rate"


def test_passages_get_a_text_and_a_count(mask):
    made = mask_passages(passages(ROWS), mask)
    assert made["n_masked"].to_list() == [4, 3, 1, 1, 3]
    joined = " ".join(made["masked"])
    for gone in ("Tavaria", "Omal", "Meridian", "Lisbon", "example", "Old Quay"):
        assert gone not in joined


def test_the_lists_have_known_tags_and_no_name_twice():
    held = list(gazetteer())
    assert {tag for _, tag in held} <= set(TAGS)
    assert all(name == name.strip() and len(name) > 1 for name, _ in held)
    assert dict(held)["Beijing"] == "place" and dict(held)["Kenyan"] == "country"


@given(some.text())
def test_any_text_keeps_all_but_the_names(mask, text):
    spans = replaced(text, mask)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
    rest = "".join(re.split(rf"\[(?:{'|'.join(TAGS)})\]", masked(text, mask)))
    assert len(rest) <= len(text)
