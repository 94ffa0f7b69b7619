"""Who speaks in a paragraph: quotation marks of several languages, and verbs of reporting."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.prepare.voice import attributed, changes, quotations, quoted_words, words


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("", 0),
        ("... — !", 0),
        ("One two, three.", 3),
        ("rules-based order", 2),
        ("the world’s and the world's", 5),
        ("In 2017, 3.5 per cent", 6),
        ("人类命运共同体", 3),
        ("全球治理 and 多极化", 3),
        ("naïve Übergröße", 2),
    ],
)
def test_words(text, n):
    assert words(text) == n


QUOTED = [
    ("He said “we will not yield to it” today.", ["“we will not yield to it”"]),
    ('He said "we will not yield to it" today.', ['"we will not yield to it"']),
    ("Il a dit « nous ne céderons pas ici » hier.", ["« nous ne céderons pas ici »"]),
    ("Er sagte „wir geben heute nicht nach“ und ging.", ["„wir geben heute nicht nach“"]),
    ("Powiedział „nie ustąpimy ani na krok” wczoraj.", ["„nie ustąpimy ani na krok”"]),
    ("他说「我们不会在此让步」然后离开。", ["「我们不会在此让步」"]),
    ("彼は『我々はここで譲歩しない』と述べた。", ["『我々はここで譲歩しない』"]),
    ("他说“我们不会在此让步”然后离开。", ["“我们不会在此让步”"]),
    ("So-called “rules-based order” talk.", []),
    ("“Stop,” he said, “we will not yield to it.”", ["“we will not yield to it.”"]),
    ("“He told me ‘no way at all’ and then left”", ["“He told me ‘no way at all’ and then left”"]),
    ("“The first of several paragraphs is left open", ["“The first of several paragraphs is left open"]),
    ("A stray mark ” stands here and means nothing at all", []),
    ("A stray mark “ stands here and means nothing at all", []),
    ("Mixed “one two three four” and «five six seven eight».", ["“one two three four”", "«five six seven eight»"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "found"), QUOTED)
def test_quotations(text, found):
    assert [text[a:b] for a, b in quotations(text)] == found


@pytest.mark.parametrize(
    "sentence",
    [
        "The minister said that the treaty was dead.",
        "The treaty was dead, he said.",
        "The treaty was dead, said Anna Ortmann.".replace("said Anna", "Anna").replace("Ortmann.", "Ortmann said."),
        "The treaty was dead, the minister of trade warned.",
        "According to the ministry, the treaty was dead.",
        "The treaty, according to Ortmann, was dead.",
        "In her view the treaty was dead.",
        "“Dead,” added Ortmann, is the word.",
        "He also said: “dead”.",
    ],
)
def test_what_is_attributed(sentence):
    assert attributed(sentence) is True


@pytest.mark.parametrize(
    "sentence",
    [
        "The treaty was dead.",
        "It goes without saying that trade fell.",
        "The rules according to which ships sail were changed.",
        "The word is often said.",
        "",
    ],
)
def test_what_is_not(sentence):
    assert attributed(sentence) is False


def test_words_of_others_are_counted_sentence_by_sentence():
    first, second, third = "The treaty is dead.", "He said that it was.", "All agreed on “a new and better one” soon."
    paragraph = " ".join((first, second, third))
    cuts = [(0, 19), (20, 40), (41, len(paragraph))]
    assert [paragraph[a:b] for a, b in cuts] == [first, second, third]
    assert quoted_words(paragraph, cuts) == [0, 5, 5]


def test_a_quotation_over_two_sentences_counts_in_both():
    paragraph = "“We will not yield. We will stand.” They left."
    assert quoted_words(paragraph, [(0, 19), (20, 35), (36, len(paragraph))]) == [4, 3, 0]


def test_paragraphs_of_one_quotation_each_open_anew():
    """Each paragraph of a long quotation opens with a mark; only the last one closes it."""
    for paragraph in ("“We will never yield to them here.", "“We will stand where we stand.”"):
        assert quoted_words(paragraph, [(0, len(paragraph))]) == [words(paragraph)]


def test_changes_of_voice():
    assert changes([0.0, 0.4, 0.6, 1.0, 0.5]) == [False, True, False, True]
    assert changes([1.0]) == [] and changes([]) == []


@settings(max_examples=200, deadline=None)
@given(st.text("ab \n“”„«»「」『』\"'.,", max_size=120))
def test_quotations_lie_in_the_text_in_order_and_apart(text):
    found = quotations(text)
    assert all(0 <= a < b <= len(text) for a, b in found)
    assert all(b <= c for (_, b), (c, _) in pairwise(found))
    assert all(words(text[a:b]) >= 4 for a, b in found)
    assert quoted_words(text, [(0, len(text))])[0] <= max(words(text), 0) + 1
