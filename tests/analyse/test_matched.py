"""Pairs of passages across sides: who is whose nearest, which are kept, and what a reader sees first."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse import matched as module
from helpers.analyse.matched import matched
from helpers.errors import InputError

# document, side, outlet, theme, place (what it is about), score
ROWS = [
    ("a1", "a", "P", 1, (1.0, 0.1, 0.0), 0.9),
    ("a2", "a", "P", 1, (0.1, 1.0, 0.0), 0.2),
    ("a3", "a", "Q", 2, (0.0, 0.1, 1.0), 0.1),
    ("a4", "a", "Q", 2, (0.9, 0.0, 0.5), 0.5),
    ("b1", "b", "R", 1, (1.0, 0.0, 0.5), 0.1),
    ("b2", "b", "R", 1, (0.0, 1.0, 0.5), 0.4),
    ("b3", "b", "S", 2, (0.4, 0.0, 1.0), 0.6),
    ("b4", "b", "S", None, (0.0, 0.1, 1.0), 0.3),
]


def corpus(rows=ROWS, **columns):
    """The passages, their score read from the last of four coordinates, and their themes."""
    frame = passages([(d, s, o, f"about {d}") for d, s, o, *_ in rows], **columns).with_columns(
        frame_x=pl.Series([r[5] for r in rows]),
        embedding=pl.Series([[*r[4], r[5]] for r in rows], dtype=pl.Array(pl.Float32, 4)),
    )
    themes = frame.select("id").with_columns(theme=pl.Series([r[3] for r in rows], dtype=pl.Int32))
    table = pl.DataFrame({"theme": [1, 2], "label": ["ships", "trade"]}, schema_overrides={"theme": pl.Int32})
    return frame, SimpleNamespace(passages=themes, table=table)


def pairs(frame, themes, between=("a", "b"), **settings):
    return matched(frame, themes=themes, value="frame_x", between=between, **settings)


@pytest.fixture
def anything(monkeypatch):
    """However far apart."""
    monkeypatch.setattr(module, "CALIPER", 0.0)


def ids(found):
    return [(a, b) for a, b in found.table.select("document_id", "other_document_id").iter_rows()]


def test_each_is_the_others_nearest_within_a_theme(anything):
    """Theme 1: a1 with b1, a2 with b2. Theme 2: b3 is the nearest of a3 (cosine .92) and a4 (.78), and a3 is its own;
    a4 is left alone. b4 has no theme."""
    found = pairs(*corpus())
    assert found.n_mutual == 3 and set(ids(found)) == {("a1", "b1"), ("a2", "b2"), ("a3", "b3")}
    row = found.table.filter(document_id="a1").row(0, named=True)
    # without the score: (1, .1, 0) and (1, 0, .5)
    assert row["similarity"] == pytest.approx(1 / (1.01**0.5 * 1.25**0.5), abs=1e-6)
    scores = np.array([r[5] for r in ROWS])
    assert row["difference"] == pytest.approx((0.9 - 0.1) / scores.std(), rel=1e-6)
    assert (row["theme"], row["label"], row["outlet"], row["other_outlet"]) == (1, "ships", "P", "R")
    assert (row["start"], row["end"], row["text"], row["other_text"]) == (10, 18, "about a1", "about b1")


def test_the_largest_difference_comes_first_and_directions_take_turns(anything):
    """Differences .8 (a1 higher), -.2 (b2), -.5 (b3): the larger of a side's turn first."""
    assert ids(pairs(*corpus())) == [("a1", "b1"), ("a3", "b3"), ("a2", "b2")]
    assert ids(pairs(*corpus(), between=("b", "a"))) == [("b3", "a3"), ("b1", "a1"), ("b2", "a2")]


def test_outlets_take_turns():
    """Three pairs of P and R differ by 1, .9 and .8, one of Q and S by .5: it comes second, before .9 / 2."""
    size, one, other = np.array([1.0, 0.9, 0.8, 0.5]), np.array([*"PPPQ"]), np.array([*"RRRS"])
    assert list(module._turns(np.arange(4), size, one, other)) == [0, 3, 1, 2]


def test_a_document_is_in_one_pair(anything):
    rows = [("a1", *r[1:]) if r[0] in ("a1", "a2", "a3") else r for r in ROWS]
    assert ids(pairs(*corpus(rows))) == [("a1", "b1")]


def test_copies_of_one_text_are_no_pair_and_count_as_one(anything):
    clusters = ["w" if r[0] in ("a1", "b1") else None for r in ROWS]
    assert ("a1", "b1") not in ids(pairs(*corpus(copy_cluster=clusters)))
    twice = ["w" if r[0] in ("a1", "a2", "a3") else None for r in ROWS]
    assert ids(pairs(*corpus(copy_cluster=twice))) == [("a1", "b1")]


def test_nearly_the_same_words_are_counted_and_left_out(anything):
    rows = [(*r[:4], (1.0, 0.1, 0.05), r[5]) if r[0] == "b1" else r for r in ROWS]
    found = pairs(*corpus(rows))
    assert found.n_same == 1 and ids(found) == [("a3", "b3"), ("a2", "b2")]


def test_the_caliper_is_a_quantile_of_all_that_could_be():
    counts = np.zeros(module.BINS, dtype=int)
    counts[1000], counts[3000] = 990, 10  # similarities of -.5 and .5: 1 in 100 are .5
    assert module._quantile(counts) == pytest.approx(0.5005)
    counts[1000], counts[3000] = 999, 1
    assert module._quantile(counts) == pytest.approx(-0.4995)
    assert module._quantile(counts * 0) == 1.0
    found = pairs(*corpus())
    # theme 1: 2 x 2, theme 2: 2 x 1
    assert found.n_possible == 6 and found.n_far + found.n_same + len(found.table) == found.n_mutual


def test_the_score_has_no_say_in_who_is_alike(anything):
    """b1 and a1 differ in the score alone, and are alike; with the score left in they would be far apart."""
    rows = [(*r[:4], (1.0, 0.2, 0.0), -0.9) if r[0] == "b1" else r for r in ROWS]
    found = pairs(*corpus(rows))
    assert found.n_same >= 1
    vectors = np.array([[*r[4], r[5]] for r in rows])
    a, b = vectors[0], vectors[4]
    assert a @ b / np.linalg.norm(a) / np.linalg.norm(b) < 0.3


@pytest.mark.parametrize("between", [("a", "c"), ("a", "a")])
def test_sides_that_are_not_there(between):
    with pytest.raises(InputError, match="no two sides to match"):
        pairs(*corpus(), between=between)


def test_themes_of_other_passages():
    frame, themes = corpus()
    themes.passages = themes.passages.head(3)
    with pytest.raises(InputError, match="not of the same passages"):
        pairs(frame, themes)
    with pytest.raises(InputError, match="'embedding' is absent"):
        pairs(frame.drop("embedding"), themes)


def test_without_a_common_theme_there_is_no_pair():
    rows = [(*r[:3], 1 if r[1] == "a" else 2, *r[4:]) for r in ROWS]
    found = pairs(*corpus(rows))
    assert found.table.is_empty() and found.n_possible == 0 and "other_text" in found.table.columns
