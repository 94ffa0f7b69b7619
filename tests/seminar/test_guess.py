"""Guess the side: by hand, against scikit-learn, and where the side, the outlet or nothing can be told."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import roc_auc_score

from helpers.errors import InputError
from helpers.seminar import guess as module
from helpers.seminar.guess import CLASS, CLASSIFIER, UNSEEN, guess
from masked import corpus


def guesses(rows: list[tuple]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"coder": pl.String, "id": pl.String, "guess": pl.String}, orient="row")


def auc(found, who: str, asked: str = "all") -> float:
    return found.table.filter((pl.col("who") == who) & (pl.col("asked") == asked))["auc"].item()


def test_the_class_by_hand() -> None:
    said = guesses([
        ("A", "a0-00#0", "a"), ("B", "a0-00#0", "a"), ("A", "a0-01#0", "b"), ("B", "a0-01#0", "a"),
        ("A", "b0-00#0", None), ("A", "b0-01#0", "b"), ("B", "b0-01#0", "b"),
    ])  # fmt: skip
    found = guess(corpus(), said, replicates=200)
    # For a less for b: a's passages 1 and 0, b's 0 and -1. Pairs: 1 > 0, 1 > -1, 0 = 0, 0 > -1: 3.5 of 4.
    assert auc(found, CLASS, "judged") == pytest.approx(3.5 / 4)
    own = found.accuracy.filter(who=CLASS).row(0, named=True)
    # Right: 3 of 4 on side a, 2 of 3 on side b ("cannot tell" is no right guess).
    assert own["accuracy"] == pytest.approx((3 / 4 + 2 / 3) / 2)
    assert (own["n_guesses"], own["n_cannot_tell"], own["chance"]) == (7, 1, 0.5)
    assert found.guesses.rows() == [("a", "a", 3), ("a", "b", 1), ("b", None, 1), ("b", "b", 2)]
    assert found.accuracy.filter(who=CLASSIFIER)["n_guesses"].item() == 4


def test_one_block_is_the_auc_of_the_library() -> None:
    table = corpus(documents=5).with_row_index("row")
    made = module._corpus(table, [], voice="outlet", seed=7)
    rng = np.random.default_rng(2)
    score = np.round(rng.normal(size=len(made.side)) + 0.7 * (made.side == 0), 1)
    rows = [np.flatnonzero(made.side == s) for s in (0, 1)]
    for weight in (np.ones(len(score)), rng.random(len(score))):
        drawn = module._Resampling(weight, made.side, 200, 1)
        ours = module._auc([(rows[0], rows[1], score[rows[0]], score[rows[1]])], made, drawn)
        assert ours["auc"] == pytest.approx(roc_auc_score(made.side == 0, score, sample_weight=weight), abs=1e-9)
        assert ours["low"] < ours["auc"] < ours["high"]


def test_one_document_a_side_has_no_interval() -> None:
    made = module._corpus(corpus(outlets=1, documents=10), [], voice="outlet", seed=7)
    rows = [np.flatnonzero(made.side == s)[:3] for s in (0, 1)]  # one document a side
    told = module._auc(
        [(*rows, np.arange(3.0), np.arange(3.0))], made, module._Resampling(made.weight, made.side, 50, 1)
    )
    assert told["low"] is None and told["n_documents"] == 2 and told["auc"] == pytest.approx(0.5)


def test_what_is_the_side_s_is_told_on_outlets_never_seen() -> None:
    found = guess(corpus(of_side=0.8))
    assert auc(found, CLASSIFIER) > 0.85 and auc(found, UNSEEN) > 0.85
    assert found.said == ("Nobody has guessed: the classifier stands alone.",)
    assert (found.table["low"] < found.table["auc"]).all() and (found.table["auc"] < found.table["high"]).all()


def test_what_is_the_outlet_s_is_not() -> None:
    found = [guess(corpus(seed=seed, of_outlet=1.2), replicates=50) for seed in range(12)]
    assert np.mean([auc(f, CLASSIFIER) for f in found]) > 0.9
    assert np.mean([auc(f, UNSEEN) for f in found]) == pytest.approx(0.5, abs=0.15)


def test_where_nothing_can_be_told_nothing_is() -> None:
    found = [guess(corpus(seed=seed), replicates=400) for seed in range(30)]
    for who in (CLASSIFIER, UNSEEN):
        values = [auc(f, who) for f in found]
        assert np.mean(values) == pytest.approx(0.5, abs=4 * np.std(values) / 30**0.5)


def test_three_sides_are_told_apart_two_by_two() -> None:
    found = guess(corpus(sides="abc", of_side=0.8), guesses([("A", "a0-00#0", "c"), ("A", "b0-00#0", "b")]))
    judged = found.table.filter(asked="judged").select("who", "side", "other").rows()
    assert (CLASS, "a", "b") in judged and not [row for row in judged if "c" in row[1:]]
    # A guess of a third side says nothing between these two: 0 against -1.
    assert auc(found, CLASS, "judged") == 1.0
    assert found.table.filter(asked="all").height == 6 and found.accuracy["chance"].to_list() == [1 / 3, 1 / 3]


def test_a_side_of_one_outlet_cannot_be_tested_on_another() -> None:
    found = guess(corpus(outlets=1))
    assert found.table["who"].to_list() == [CLASSIFIER]
    assert "A and B: one outlet, which cannot be left out." in found.said


def test_copies_stay_in_one_fold_and_texts_of_both_sides_out() -> None:
    table = corpus().with_columns(
        copy_cluster=pl.when(pl.col("document_id").is_in(["a0-00", "a1-00"])).then(pl.lit("one"))
        .when(pl.col("document_id").is_in(["a0-01", "b0-01"])).then(pl.lit("both"))
    )  # fmt: skip
    made = module._corpus(table, [], voice="outlet", seed=7)
    assert not set(made.of["document_id"]) & {"a0-01", "b0-01"}
    folds = dict(zip(made.of["document_id"], made.fold.tolist(), strict=True))
    assert all(len({made.fold[k] for k in np.flatnonzero(made.document == d)}) == 1 for d in np.unique(made.document))
    assert {sum(v == k for v in folds.values()) for k in range(5)} <= {12, 13, 14, 15}


def test_long_documents_are_looked_at_in_part_and_weigh_the_same() -> None:
    table = corpus(documents=12)
    one = table.filter(document_id="a0-00")
    long = pl.concat([table, *(one.with_columns(id=pl.col("id") + f"x{k}") for k in range(9))])
    asked = long.filter(document_id="a0-00")["id"].to_list()[:8]
    made = module._corpus(long, [], voice="outlet", seed=7)
    assert made.of.filter(document_id="a0-00").height == module.MOST_OF_A_DOCUMENT
    assert set(asked) <= set(module._corpus(long, asked, voice="outlet", seed=7).of["id"])
    assert made.of.group_by("side").agg(pl.col("weight").sum())["weight"].to_list() == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([("A", "nowhere#0", "a")], "a guess is of no passage"),
        ([("A", "a0-00#0", "c")], "a guess is of no side.*found c"),
    ],
)
def test_guesses_that_cannot_be(said: list, told: str) -> None:
    with pytest.raises(InputError, match=told):
        guess(corpus(), guesses(said))


def test_one_side() -> None:
    with pytest.raises(InputError, match="nothing to tell apart"):
        guess(corpus(sides="a"))
