"""Passages: exact offsets, 40 to 120 words, whole sentences, labels, the same every time."""

import datetime

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.errors import InputError
from helpers.prepare import prepare
from helpers.prepare.voice import words
from helpers.tables import LABELS, PASSAGES


def documents(*texts, language="en", **columns):
    return pl.DataFrame(
        {"id": [f"d{i}" for i in range(len(texts))], "outlet": "Post", "text": texts, "language": language,
         "source": "test", "constructed": True, **columns}
    )  # fmt: skip


def sentence(n, name="word"):
    """A sentence of n words."""
    return "The " + " ".join(f"{name}{i}" for i in range(n - 2)) + " ends."


def held(made, texts):
    """What must be so of any passages whatever."""
    assert made.columns == list(PASSAGES) and made["id"].is_unique().all()
    of = dict(zip([f"d{i}" for i in range(len(texts))], texts, strict=True))
    last = {}
    for row in made.iter_rows(named=True):
        assert row["text"] == of[row["document_id"]][row["start"] : row["end"]]
        assert 40 <= row["n_words"] <= 120 and 0 <= row["quoted_share"] <= 1
        assert row["voice"] == ("quoted" if row["quoted_share"] > 0.5 else "outlet")
        position, end = last.get(row["document_id"], (-1, 0))
        assert row["position"] == position + 1 and row["start"] >= end and row["end"] > row["start"]
        assert row["id"] == f"{row['document_id']}#{row['position']:03}"
        assert row["text"] == row["text"].strip()
        last[row["document_id"]] = row["position"], row["end"]


def test_a_paragraph_of_the_wanted_length_is_one_passage():
    text = f"{sentence(40)} {sentence(40)}"
    made = prepare(documents(text))
    assert made.select("text", "start", "end", "n_words", "position").rows() == [(text, 0, len(text), 80, 0)]


def test_what_is_too_short_for_a_passage_is_in_none():
    assert prepare(documents(sentence(39))).height == 0
    assert prepare(documents(sentence(40))).height == 1
    assert prepare(documents("", "\n\n")).height == 0
    assert prepare(documents()).columns == list(PASSAGES)


def test_short_paragraphs_are_joined_and_long_ones_are_not():
    short = "\n".join(sentence(27) for _ in range(3))
    assert prepare(documents(short))["n_words"].to_list() == [81]
    two = f"{sentence(50)}\n{sentence(50)}"
    assert prepare(documents(two))["n_words"].to_list() == [50, 50]


def test_sentences_stay_whole():
    sentences = [sentence(n, f"w{n}x") for n in (17, 23, 31, 11, 29, 19, 37, 13, 26, 22)]
    text = " ".join(sentences)
    made = prepare(documents(text))
    assert sum(made["n_words"]) == 228 and made.height == 3
    starts = {text.index(s) for s in sentences}
    ends = {text.index(s) + len(s) for s in sentences}
    assert set(made["start"]) <= starts and set(made["end"]) <= ends


def test_a_sentence_longer_than_a_passage_is_cut_at_clauses():
    text = "; ".join(" ".join(f"c{i}w{j}" for j in range(30)) for i in range(9)) + "."
    made = prepare(documents(text))
    assert sum(made["n_words"]) == 270
    assert all(t.endswith((";", ".")) for t in made["text"])


def test_without_any_clause_it_is_cut_between_words():
    text = " ".join(f"word{i}" for i in range(400))
    made = prepare(documents(text))
    assert sum(made["n_words"]) == 400
    assert " ".join(made["text"]) == text


def test_no_passage_reaches_across_a_byline():
    text = f"{sentence(30)}\nBy Mara Quill and Tom Ashby\n{sentence(30)}"
    assert prepare(documents(text)).height == 0
    text = f"{sentence(60)}\nBy Mara Quill and Tom Ashby\n{sentence(60)}"
    made = prepare(documents(text))
    assert made["n_words"].to_list() == [60, 60] and not made["text"].str.contains("Quill").any()


def test_no_passage_holds_a_caption_or_reaches_across_one():
    caption = "Dockers wait for the ferry in Port Senn. [Photo/Agencies]"
    assert prepare(documents(f"{sentence(30)} {caption} {sentence(30)}\n{caption}\n{sentence(30)}")).height == 0
    text = f"{caption} {sentence(60, 'first')}\n{caption}\n{sentence(60, 'second')}"
    assert prepare(documents(text))["text"].to_list() == [sentence(60, "first"), sentence(60, "second")]
    held(prepare(documents(text)), [text])


def test_voices_are_told_apart():
    own = " ".join(sentence(20, "own") for _ in range(3))
    quoted = "“" + " ".join(sentence(20, "their") for _ in range(3)) + "”"
    made = prepare(documents(f"{own}\n{quoted}\n{own}"))
    assert made["voice"].to_list() == ["outlet", "quoted", "outlet"]
    assert made["quoted_share"].to_list() == [0, 1, 0]


def test_a_quotation_of_several_paragraphs():
    opened = "\n".join("“" + " ".join(sentence(25, f"q{i}x") for _ in range(2)) for i in range(3)) + "”"
    assert prepare(documents(opened))["voice"].to_list() == ["quoted"] * 3


def test_the_share_of_quoted_words_is_exact():
    text = f"{sentence(40)} They wrote of “one two three four five six seven eight nine ten” {sentence(27)}"
    made = prepare(documents(text))
    assert made["n_words"].to_list() == [80]
    assert made["quoted_share"].to_list() == [pytest.approx(10 / 80)]


CHINESE = "各国应当共同努力推动全球治理体系改革，维护世界和平与发展。" * 12


def test_chinese_counts_two_characters_a_word_and_is_cut_at_its_full_stops():
    made = prepare(documents(CHINESE, language="zh"))
    held(made, [CHINESE])
    assert made.height >= 2 and all(t.endswith("。") for t in made["text"])
    assert "".join(made["text"]) == CHINESE
    solid = "治" * 1000
    assert "".join(prepare(documents(solid, language="zh"))["text"]) == solid


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r", "\n\n", "\r\n\r\n", "\u2028"])
def test_line_ends_of_any_kind_cut_the_same_passages(ends):
    texts = [sentence(60), sentence(70), sentence(80)]
    whole = ends.join(texts)
    made = prepare(documents(whole))
    held(made, [whole])
    assert made["text"].to_list() == texts


def test_hard_wrapped_text_is_cut_into_sentences_and_not_into_lines():
    tokens = " ".join(sentence(33, f"s{i}x") for i in range(6)).split()
    text = "\n".join(" ".join(tokens[i : i + 9]) for i in range(0, len(tokens), 9))
    made = prepare(documents(text))
    held(made, [text])
    assert sum(made["n_words"]) == 198
    assert all(" ".join(t.split()).startswith("The ") and t.endswith("ends.") for t in made["text"])


def test_offsets_count_characters_and_not_bytes():
    text = f"😀 — “Ünïcödé” 𝔘𝔫𝔦. {sentence(50)}"
    made = prepare(documents(text))
    held(made, [text])
    assert made.height == 1


def test_labels_are_those_of_the_document():
    labelled = documents(
        sentence(50), sentence(60), side=["a", None], speaker=["X", "Y"], date=[datetime.date(2017, 1, 2), None],
        date_precision=["month", None], title=["T", None], copy_cluster=["d0", None], copy_rank=[0, None],
    )  # fmt: skip
    made = prepare(labelled)
    assert made.select("document_id", "side", "speaker", "date", "title", "copy_rank", "outlet").rows() == [
        ("d0", "a", "X", datetime.date(2017, 1, 2), "T", 0, "Post"),
        ("d1", None, "Y", None, None, None, "Post"),
    ]
    assert set(LABELS) < set(made.columns)


@pytest.mark.parametrize("asked", [39, 121, 0, -1])
def test_a_length_outside_the_bounds_is_refused(asked):
    with pytest.raises(InputError, match="40-120"):
        prepare(documents("x"), words=asked)


@pytest.mark.parametrize("asked", [40, 60, 120])
def test_other_lengths_are_aimed_at(asked):
    text = " ".join(sentence(10, f"s{i}x") for i in range(72))
    made = prepare(documents(text), words=asked)
    assert sum(made["n_words"]) == 720 and abs(made["n_words"].mean() - asked) <= asked * 0.1


def test_a_document_is_cut_the_same_whatever_stands_beside_it():
    texts = [" ".join(sentence(n, f"s{i}x") for i, n in enumerate((20, 35, 14, 60, 22, 41))), sentence(70), CHINESE]
    together = prepare(documents(*texts))
    assert together.equals(prepare(documents(*texts)))
    alone = prepare(documents(texts[0]))
    assert together.filter(pl.col("document_id") == "d0")["text"].to_list() == alone["text"].to_list()


PIECES = st.sampled_from(
    ["word", "Word.", "rules-based", "“", "”", '"', "«", "»", "said that", "By Mara", "\n", "\r\n", "\n\n", "  ", "\t",
     "。", "，", "治理", "U.N.", "3.5", "!", "?", "…", "e\u0301", "😀", "\u2028", "x" * 300, ";", ",", ": ", "-",
     "\x00", "\u200f", "สวัสดี", "안녕하세요", "[1]", "https://a.example", "\ufeff"]
)  # fmt: skip
JOINED = st.lists(PIECES, max_size=400)
TEXTS = JOINED.map(" ".join) | JOINED.map("".join) | st.text(max_size=600)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(TEXTS, max_size=3), st.sampled_from(["en", "zh", "fr", "xx"]), st.integers(40, 120))
def test_any_text_is_cut_at_exact_offsets(texts, language, asked):
    held(prepare(documents(*texts, language=language), words=asked), texts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(3, 60), min_size=1, max_size=30), st.integers(1, 6))
def test_of_plain_sentences_all_words_are_counted_once(lengths, every):
    text = ""
    for i, n in enumerate(lengths):
        text += sentence(n, f"s{i}x") + ("\n" if i % every == 0 else " ")
    made = prepare(documents(text))
    held(made, [text])
    assert all(words(row) == n for row, n in made.select("text", "n_words").iter_rows())
    assert made["n_words"].sum() <= sum(lengths)
