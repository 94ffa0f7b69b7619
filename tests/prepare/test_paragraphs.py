"""Paragraphs of a text, with offsets that hold."""

from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.prepare.paragraphs import paragraphs

SEPARATORS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def test_lines_are_paragraphs_and_empty_ones_are_none():
    assert list(paragraphs("One.\n\n  \nTwo.\r\nThree.")) == [(0, "One."), (9, "Two."), (15, "Three.")]
    assert list(paragraphs("")) == [] and list(paragraphs("\n \n")) == []


WRAPPED = """The council met on Tuesday to consider the
treaty that both of its neighbours had signed
in the spring of that year, and which neither
of them had yet brought before a parliament.

It adjourned without a vote. The delegates of
the northern ports asked for more time, and
the chair, who had hoped for a decision, let
them have it until the first week of autumn
when the harbours close.
Nothing else was decided on that day, and the
record of the meeting has not been published.
"""


def test_hard_wrapped_lines_are_joined_with_a_space_for_each_line_break():
    found = list(paragraphs(WRAPPED))
    assert [start for start, _ in found] == [0, WRAPPED.index("It adj"), WRAPPED.index("Nothing")]
    assert found[0][1].rstrip().endswith("had yet brought before a parliament.")
    assert "consider the treaty that" in found[0][1] and found[1][1].endswith("when the harbours close.")
    for start, paragraph in found:
        assert paragraph == WRAPPED[start : start + len(paragraph)].replace("\n", " ")


def test_short_lines_that_end_sentences_are_not_joined():
    text = "\n".join(f"Line {i} is a sentence of its own." for i in range(12))
    assert len(list(paragraphs(text))) == 12


def test_few_lines_are_never_joined():
    text = "one two three\nfour five six\nseven eight nine"
    assert len(list(paragraphs(text))) == 3


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["", " ", "a b c", "The end.", "一二。", "x " * 30, "w", "\t"]), max_size=20).flatmap(
    lambda lines: st.lists(st.sampled_from(["\n", "\r\n", "\n\n", "\v", "\u2028"]), min_size=len(lines),
                           max_size=len(lines)).map(lambda ends: "".join(map("".join, zip(lines, ends, strict=True))))
))  # fmt: skip
def test_each_paragraph_stands_at_its_offset_and_no_letter_is_lost(text):
    found = list(paragraphs(text))
    last = 0
    for start, paragraph in found:
        assert start >= last and paragraph.strip()
        there = text[start : start + len(paragraph)]
        assert paragraph == there.replace("\n", " ").replace("\r", " ")
        last = start + len(paragraph)
    kept = "".join(paragraph for _, paragraph in found)
    assert "".join(kept.split()) == "".join(text.split())
