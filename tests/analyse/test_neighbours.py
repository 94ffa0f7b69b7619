"""Neighbours by hand, whatever the block and the sample; themes that are held by a place in documents."""

import numpy as np
import pytest

from constructed import passages
from helpers.analyse import neighbours
from helpers.analyse.neighbours import forms, support


def test_support_is_the_share_of_neighbours_with_the_same_label(monkeypatch):
    monkeypatch.setattr(neighbours, "NEAREST", 2)
    places = np.array([[0.0], [1.0], [2.1], [3.3], [9.0]], dtype=np.float32)
    labels, texts = np.array([1, 1, 1, 2, 2]), np.arange(5)
    # nearest two of each: 1 2 | 0 2 | 1 3 | 2 1 | 3 2
    assert support(places, labels, texts).tolist() == [1.0, 1.0, 0.5, 0.0, 0.5]


def test_rows_of_one_text_are_no_neighbours(monkeypatch):
    monkeypatch.setattr(neighbours, "NEAREST", 1)
    places = np.array([[0.0], [0.1], [5.0], [5.2]], dtype=np.float32)
    assert support(places, np.array([1, 1, 2, 2]), np.array([0, 0, 1, 2])).tolist() == [0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize("block", [7, 64, 1_000])
def test_blocks_change_nothing(monkeypatch, block):
    rng = np.random.default_rng(2)
    places = rng.normal(size=(90, 5)).astype(np.float32)
    labels = rng.integers(0, 3, 90)
    gaps = ((places[:, None] - places[None]) ** 2).sum(2)
    np.fill_diagonal(gaps, np.inf)
    nearest = np.argsort(gaps, axis=1)[:, : neighbours.NEAREST]
    monkeypatch.setattr(neighbours, "BLOCK", block)
    assert np.allclose(support(places, labels, np.arange(90)), (labels[nearest] == labels[:, None]).mean(1))


def test_of_many_passages_a_sample_is_asked(monkeypatch):
    monkeypatch.setattr(neighbours, "MOST_ASKED", 200)
    rng = np.random.default_rng(2)
    labels = np.repeat([0, 1], 300)
    places = (rng.normal(size=(600, 3)) + 20 * labels[:, None]).astype(np.float32)
    assert support(places, labels, np.arange(600)).min() == 1.0


def test_a_theme_of_thanks_is_a_form_and_no_subject():
    """Twelve documents of eight passages: theme 1 opens each, theme 3 ends each, theme 2 is all between."""
    rows = [(f"d{i}", "a", "Post", "text") for i in range(12) for _ in range(8)]
    theme = [1, 1, 2, 2, 2, None, 3, 3] * 12
    assert forms(passages(rows, theme=theme)) == {1: "openings", 3: "closings"}
    assert forms(passages(rows, theme=[1, 2, 1, 2, 1, 2, 1, 2] * 12)) == {}
    assert forms(passages(rows, theme=[1] * 96)) == {}
