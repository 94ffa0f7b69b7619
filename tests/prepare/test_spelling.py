import polars as pl
import pytest

from helpers.prepare.spelling import one_spelling, spellings


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("programme", "program"),
        ("programmes", "programs"),
        ("globalisation", "globalization"),
        ("defence", "defense"),
        ("labour", "labor"),
        ("neighbouring", "neighboring"),
        ("centre", "center"),
        ("centres", "centers"),
        ("dialogue", "dialog"),
        ("travelled", "traveled"),
        ("analyse", "analyze"),
        ("ageing", "aging"),
        ("non-organised", "non-organized"),
        ("judgement", "judgment"),
    ],
)
def test_two_spellings_become_one_where_both_stand_in_the_corpus(british: str, american: str) -> None:
    parts = [part for word in (british, american) for part in word.split("-")]
    words = pl.Series(list(dict.fromkeys([british, american, *parts])))
    assert one_spelling(words)[0] == american
    assert one_spelling(pl.Series([british]))[0] == british


def test_other_words_stay_as_they_are() -> None:
    words = pl.Series(["exercise", "four", "for", "hour", "promise", "our", "or", "tour", "tor", "called", "wise"])
    assert one_spelling(words).to_list() == words.to_list()


@pytest.mark.parametrize(
    ("word", "other"),
    [("organize", "organise"), ("labor", "labour"), ("center", "centre"), ("defense", "defence"),
     ("program", "programme"), ("traveled", "travelled"), ("judgment", "judgement"), ("gray", "grey"),
     ("dialog", "dialogue")],
)  # fmt: skip
def test_spellings_are_those_that_become_one(word: str, other: str) -> None:
    assert other in spellings(word) and spellings(word)[0] == word
    assert one_spelling(pl.Series([word, other])).to_list() == [word, word]


def test_a_word_of_one_spelling_has_one() -> None:
    assert spellings("peace") == ["peace"] and spellings("exercise") == ["exercise"]
    assert spellings("well-organized") == ["well-organized", "well-organised"]
