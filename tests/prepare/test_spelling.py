import polars as pl
import pytest

from helpers.prepare.spelling import one_spelling


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
