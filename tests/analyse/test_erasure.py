"""Style planted into vectors is gone, subjects stay; themes find their counterparts."""

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from constructed import passages
from helpers.analyse.erasure import counterparts, without_sources
from helpers.analyse.themes import Themes
from helpers.errors import InputError

D, EACH = 24, 60
SUBJECT, STYLE = np.eye(D)[:3], np.eye(D)[3:7]


def made(*, style=0.6, seed=4):
    """Four outlets with a style each, three subjects; the first outlet writes mostly of the first subject."""
    rng = np.random.default_rng(seed)
    outlet = np.repeat(np.arange(4), EACH)
    theme = np.where(outlet == 0, rng.choice(3, 4 * EACH, p=[0.8, 0.1, 0.1]), rng.integers(0, 3, 4 * EACH))
    vectors = SUBJECT[theme] + style * STYLE[outlet] + rng.normal(0, 0.1, (4 * EACH, D))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows = [(f"d{i:03}", "ab"[o // 2], f"outlet {o}", "text") for i, o in enumerate(outlet)]
    frame = passages(rows, theme=(theme + 1).tolist()).with_columns(
        pl.col("theme").cast(pl.Int32), embedding=pl.Series(vectors.astype(np.float32), dtype=pl.Array(pl.Float32, D))
    )
    return frame, outlet, theme


def themed(frame: pl.DataFrame, column="theme") -> Themes:
    placed = frame.drop("embedding", strict=False).with_columns(theme=pl.col(column).cast(pl.Int32))
    numbers = placed["theme"].drop_nulls().unique().sort()
    table = pl.DataFrame({"theme": numbers, "label": [f"label {n}" for n in numbers]})
    return Themes(placed, table, np.eye(len(numbers)), 1.0, 0.0, 7, 1)


def accuracy(frame: pl.DataFrame, truth: np.ndarray) -> float:
    vectors = frame["embedding"].to_numpy()
    return LogisticRegression(max_iter=500).fit(vectors[::2], truth[::2]).score(vectors[1::2], truth[1::2])


def test_the_outlet_cannot_be_read_any_more_and_the_subject_can():
    frame, outlet, theme = made()
    erased = without_sources(frame, themed(frame))
    same = theme == 1
    assert accuracy(frame, outlet) > 0.95 and accuracy(frame.filter(pl.Series(same)), outlet[same]) > 0.9
    assert accuracy(erased.filter(pl.Series(same)), outlet[same]) < 0.5  # chance is a quarter
    assert accuracy(erased, theme) > 0.95
    assert np.allclose(np.linalg.norm(erased["embedding"].to_numpy(), axis=1), 1, atol=1e-5)
    assert erased.drop("embedding").equals(frame.drop("embedding"))


def test_means_of_outlets_are_equal_within_themes():
    """LEACE by its definition: no covariance is left between the erased vectors and the outlets."""
    frame, outlet, theme = made()
    kept = np.ones(len(frame), dtype=bool)
    from helpers.analyse.erasure import _centred, _eraser

    vectors = frame["embedding"].to_numpy().astype(np.float64)
    is_of = (outlet[:, None] == np.arange(4)).astype(float)
    weights = np.ones(len(frame))
    x, z = _centred(vectors, theme, weights), _centred(is_of, theme, weights)
    erased = x[kept] @ _eraser(x, z, weights).T
    assert np.abs(erased.T @ z).max() < 1e-9
    # and what has nothing to do with outlets is left as it was
    other = np.eye(D)[10]
    assert abs((erased @ other).std() / (x @ other).std() - 1) < 0.2


def test_outlets_of_few_documents_are_one_and_rows_may_come_in_any_order():
    frame, outlet, _ = made()
    fewer = frame.filter(pl.Series((outlet == 0) | (np.arange(len(frame)) % 3 == 0)))
    assert fewer.group_by("outlet").len().sort("outlet")["len"].to_list() == [60, 20, 20, 20]
    straight = without_sources(fewer, themed(fewer))
    back = without_sources(fewer[::-1], themed(fewer)).reverse()
    assert np.allclose(straight["embedding"].to_numpy(), back["embedding"].to_numpy(), atol=1e-5)


def test_where_every_outlet_is_small_each_counts_for_itself():
    frame, outlet, _ = made()
    small = frame.filter(pl.Series(outlet > 0)).filter(pl.int_range(pl.len()) % 3 == 0)
    assert small.group_by("outlet").len()["len"].to_list() == [20, 20, 20]
    vectors = without_sources(small, themed(small))["embedding"].to_numpy()
    assert not np.allclose(vectors, small["embedding"].to_numpy(), atol=1e-3)
    alone = small.with_columns(outlet=pl.lit("Post"))
    with pytest.raises(InputError, match=r"nothing to erase.*found Post"):
        without_sources(alone, themed(alone))


def test_counterparts_are_paired_once_and_told_apart_from_strangers():
    rows = [(f"d{i:02}", "a", "Post", "text") for i in range(12)]
    first = [1] * 4 + [2] * 4 + [3] * 4
    other = [2] * 4 + [1, 1, 1, 3] + [3, 1, None, None]
    frame = passages(rows, theme=first, other=other)
    found = counterparts(themed(frame), themed(frame, "other"))
    # theme 3: one passage in 3, one in 1; 3 is free: overlap 1 of 3 (two of theme 3, one more of erased 3)
    assert found.table.select("theme", "erased", "jaccard", "found").rows() == [
        (1, 2, 1.0, True), (2, 1, 0.6, True), (3, 3, pytest.approx(1 / 3), False),
    ]  # fmt: skip
    assert 0 < found.shared < 1
    fewer = counterparts(themed(frame), themed(frame.with_columns(other=pl.lit(1)), "other"))
    assert fewer.table["erased"].to_list().count(None) == 2 and fewer.table["found"].sum() == 0
