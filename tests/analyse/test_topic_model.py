"""A second opinion on themes: counterparts and differences by hand, and the library's own model on a planted corpus."""

import sys

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse import topic_model
from helpers.analyse.composition import composition
from helpers.analyse.themes import Themes
from helpers.analyse.topic_model import ALIKE, installed, second_opinion
from helpers.errors import InputError

WORDS = {1: "harbour ship cargo port crane dock sailor anchor", 2: "judge court trial lawyer verdict appeal bench jury"}


def made(documents=40, seed=3):
    """Themes 1 and 2 of two sides: side a writes three quarters of its passages about 1, side b a quarter. A passage of
    every document is in no theme, and of the first theme's words."""
    rng = np.random.default_rng(seed)
    rows, theme = [], []
    for side, share in (("a", 0.75), ("b", 0.25)):
        for d in range(documents):
            for k in range(4):
                kind = 1 if k < 4 * share else 2
                rows.append((f"{side}{d:02}", side, f"{side} {d % 3}", " ".join(rng.choice(WORDS[kind].split(), 20))))
                theme.append(kind)
    frame = passages(rows, theme=pl.Series(theme, dtype=pl.Int32).to_list(), copy_cluster=None)
    table = pl.DataFrame({"theme": [1, 2], "label": ["the sea", "the law"]})
    return Themes(frame, table, np.zeros((2, 2)), 1.0, 0.0, 7, 1)


def swapped(texts, covariate, count, seed):
    """A model that finds both themes, in the other order, nine tenths sure."""
    sea = np.array([sum(word in WORDS[1] for word in text) > len(text) / 2 for text in texts])
    assert covariate.shape == (len(texts), 1) and count == 2
    return np.where(sea[:, None], [[0.1, 0.9]], [[0.9, 0.1]])


def test_themes_find_their_topics_and_differences_theirs():
    themes = made()
    found = second_opinion(themes, composition(themes), fit=swapped)
    assert found.themes.select("theme", "topic", "jaccard", "found").rows() == [(1, 2, 1.0, True), (2, 1, 1.0, True)]
    assert set(found.themes["words"][0].split(", ")) <= set(WORDS[1].split())
    # Shares .75 and .25: a difference of .5. Topics: .9 * .75 + .1 * .25 = .7 and .3, a difference of .4.
    rows = {row["theme"]: row for row in found.table.iter_rows(named=True)}
    assert rows[1]["difference"] == pytest.approx(0.5) and rows[1]["topic_difference"] == pytest.approx(0.4)
    assert rows[2]["topic_difference"] == pytest.approx(-0.4)
    assert found.table["same"].all() and found.table["clear"].all() and found.shared == pytest.approx(1)


def test_a_theme_without_a_topic_like_it_is_not_compared():
    themes = made()

    def other(texts, covariate, count, seed):
        return np.tile([[0.9, 0.1]], (len(texts), 1))

    found = second_opinion(themes, composition(themes), fit=other)
    assert found.themes["found"].to_list() == [True, False] and found.themes["jaccard"][1] < ALIKE
    assert set(found.table["theme"]) == {1}


def test_a_sign_that_is_another_one_is_told():
    themes = made()

    def against(texts, covariate, count, seed):
        sure = swapped(texts, covariate, count, seed)
        return np.clip(sure + 0.35 * np.where(covariate == 1, [[-1, 1]], [[1, -1]]), 0.01, 1)

    found = second_opinion(themes, composition(themes), fit=against)
    assert found.table.filter(theme=1)["same"].to_list() == [False]


def test_without_the_library_or_without_words_it_is_said(monkeypatch):
    themes = made()
    shares = composition(themes)
    monkeypatch.setattr(topic_model, "find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "topica", None)
    assert not installed()
    with pytest.raises(InputError, match=r"topica is not installed.*pip install topica"):
        second_opinion(themes, shares)
    empty = Themes(
        themes.passages.with_columns(text=pl.lit("of the and")), themes.table, themes.centroids, 1.0, 0.0, 7, 1
    )
    with pytest.raises(InputError, match="too few passages with words"):
        second_opinion(empty, shares, fit=swapped)


@pytest.mark.skipif(not installed(), reason="topica is not installed")
def test_the_structural_topic_model_finds_what_was_planted():
    themes = made(documents=60)
    found = second_opinion(themes, composition(themes))
    assert found.themes["found"].all() and found.shared > 0.8
    assert found.table["same"].all()
    assert found.table["topic_difference"].abs().to_list() == pytest.approx([0.5, 0.5], abs=0.1)
    again = second_opinion(themes, composition(themes))
    assert again.table.equals(found.table)
