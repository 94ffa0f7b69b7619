"""The split of a difference: against the contrast, where the truth is planted, and what it will not say."""

import numpy as np
import polars as pl
import pytest

from helpers.analyse import decomposition
from helpers.analyse.contrasts import compare
from helpers.analyse.decomposition import CHOICES, decompose
from helpers.analyse.kitagawa import PARTS
from helpers.analyse.reclustered import compared, draws, under
from helpers.analyse.strata import weighted
from helpers.analyse.units import units
from helpers.errors import InputError
from planted import Plan, planted, presentation, selection


@pytest.fixture(autouse=True)
def quick(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    monkeypatch.setattr(decomposition, "RUNS", 6)
    monkeypatch.setattr(decomposition, "FEWER_RUNS", 2)
    monkeypatch.setattr(decomposition, "REPLICATES", 400)


def made(plan, seed=1, **settings):
    frame, truth = planted(plan, np.random.default_rng(seed))
    found = decompose(frame, values=["score"], count=settings.pop("count", 4), **settings)
    return found.table.rows_by_key("part", named=True, unique=True), truth, found, frame


def test_the_total_is_the_contrast_and_the_parts_add_up():
    rows, _, found, frame = made(Plan(selection().shares, selection().base, lift=0.3))
    contrast = compare(units(frame, ["score"]), ["score"], replicates=400, seed=7).table.row(0, named=True)
    for name in ("difference", "low", "high", "standardised", "std_low", "std_high"):
        assert rows["total"][name] == pytest.approx(contrast[name], rel=1e-9), name
    assert rows["total"]["flips"] == contrast["flips"]
    for table in (found.table, found.spread.filter(choice=CHOICES[1]), found.spread.filter(choice=CHOICES[3])):
        parts = dict(table.select("part", "standardised").iter_rows())
        assert sum(parts[p] for p in PARTS[1:]) == pytest.approx(parts["total"], abs=1e-12)


def test_planted_selection_is_selection():
    rows, truth, *_ = made(selection(), seed=2)
    # shares .35, .35, .15, .15 against .15, .15, .35, .35: .2 x (.6 + .2 + .2 + .6)
    assert truth == pytest.approx([0.32, 0.32, 0, 0])
    assert all(rows[part]["low"] <= value <= rows[part]["high"] for part, value in zip(PARTS[:3], truth, strict=False))
    assert rows["selection"]["lacking"] is None and rows["presentation"]["lacking"] is not None


def test_planted_presentation_is_presentation():
    rows, truth, *_ = made(presentation(), seed=2)
    assert truth == pytest.approx([0.5, 0, 0.5, 0])
    assert all(rows[part]["low"] <= value <= rows[part]["high"] for part, value in zip(PARTS[:3], truth, strict=False))
    assert rows["presentation"]["lacking"] is None


def test_themes_that_see_the_scores_take_presentation_for_selection():
    """A shift as large as the themes lie apart: who clusters on it finds themes of the one side and of the other."""
    found = made(presentation(1.6))[2]
    own = dict(found.table.select("part", "standardised").iter_rows())
    seeing = dict(found.spread.filter(choice=CHOICES[3]).select("part", "standardised").iter_rows())
    assert own["presentation"] > 0.9 * own["total"] > 0
    assert seeing["presentation"] < 0.7 * own["presentation"]


def test_a_theme_of_one_side_alone_is_set_apart():
    plan = Plan(np.array([[0.5, 0.2, 0.3], [0.6, 0.4, 0]]), np.array([0.0, 0.0, 2.0]))
    rows = made(plan, count=3)[0]
    assert rows["apart"]["difference"] == pytest.approx(rows["total"]["difference"], abs=0.15)
    assert rows["total"]["aside"] == pytest.approx(0.3, abs=0.1) and rows["total"]["other_aside"] < 0.05
    alone = Plan(np.array([[0.2, 0.1, 0.7], [0.6, 0.4, 0]]), np.array([0.0, 0.0, 2.0]), lift=1)
    rows = made(alone, count=3)[0]
    assert "lie outside the themes that both write about" in rows["presentation"]["lacking"]


def test_draws_add_up_and_follow_exact_resampling():
    """One clustering, 600 resamples: the linearised parts against the same split of every resample."""
    frame, _ = planted(Plan(selection().shares, selection().base, lift=0.3), np.random.default_rng(8))
    rows = units(frame, ["score"])
    kept = weighted(frame, rows)
    given = compared(rows, kept, ["score"], seed=7)
    one = under(given, kept["truth"].to_numpy(), 5)
    drawn = draws(given, one, replicates=600)[0, :, :, 0]
    assert drawn[:, 1:].sum(1) == pytest.approx(drawn[:, 0], abs=1e-10)
    exact = exact_draws(given, kept["truth"].to_numpy(), 5, replicates=600)
    assert drawn[:, 0] == pytest.approx(exact[:, 0], abs=1e-10)
    assert np.corrcoef(drawn[:, 1], exact[:, 1])[0, 1] > 0.99 and np.corrcoef(drawn[:, 2], exact[:, 2])[0, 1] > 0.99
    assert drawn.std(0)[:3] == pytest.approx(exact.std(0)[:3], rel=0.05)


def exact_draws(given, labels, n, *, replicates):
    from helpers.analyse.kitagawa import side_weights, split
    from helpers.analyse.resampling import unit_weights

    cell = given.at * n + labels
    shares = np.bincount(cell, given.weight, len(given.rows) * n).reshape(-1, n)
    sums = np.bincount(cell, given.weight * given.scores[:, 0], len(given.rows) * n).reshape(-1, n)
    weights = unit_weights(given.rows, replicates=replicates, seed=given.seed)
    both = [(w @ shares, (w @ sums)[..., None]) for w in (side_weights(given.rows, s, weights) for s in "ab")]
    return split(*both, np.arange(n) < n - 1)[..., 0]


def test_the_same_whatever_the_order_of_rows():
    frame, _ = planted(selection(), np.random.default_rng(3))
    first = decompose(frame, values=["score"], count=4).table
    other = decompose(frame.sample(fraction=1, shuffle=True, seed=1), values=["score"], count=4).table
    assert first.drop("flips", "lacking").to_numpy()[:, 4:].astype(float) == pytest.approx(
        other.drop("flips", "lacking").to_numpy()[:, 4:].astype(float), rel=1e-6, nan_ok=True
    )


def test_copies_across_sides_are_no_difference():
    frame, _ = planted(selection(), np.random.default_rng(3))
    both = frame.filter(document_id="a0000").with_columns(
        id=pl.format("c{}", "id"), document_id=pl.lit("c"), side=pl.lit("b"), outlet=pl.lit("b0")
    )
    marked = pl.when(pl.col("document_id").is_in(["a0000", "c"])).then(pl.lit("a0000")).alias("copy_cluster")
    whole = pl.concat([frame, both]).with_columns(marked)
    rows = units(whole, ["score"])
    assert rows.filter("spans_sides").height == 2
    found = decompose(whole, values=["score"], count=4).table.filter(part="total")
    contrast = compare(rows, ["score"], replicates=400, seed=7).table
    assert found["low"][0] == pytest.approx(contrast["low"][0], rel=1e-9)


def test_it_is_remembered_and_comes_back_the_same():
    frame, _ = planted(selection(), np.random.default_rng(3))
    first, again = (decompose(frame, values=["score"], count=4) for _ in range(2))
    assert first.table.equals(again.table) and first.spread.equals(again.spread) and again.values == ("score",)


def test_what_it_refuses():
    frame, _ = planted(selection(), np.random.default_rng(3))
    with pytest.raises(InputError, match="a score is empty in 1 passages"):
        decompose(frame.with_columns(score=pl.when(pl.col("id") != "a0000#0").then("score")), values=["score"])
    with pytest.raises(InputError, match="nothing to split"):
        decompose(frame.filter(side="a"), values=["score"])
    with pytest.raises(InputError, match="'embedding' is absent"):
        decompose(frame.drop("embedding"), values=["score"])
