import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from helpers.analyse import heads as module
from helpers.analyse.heads import Heads, apply, fit
from helpers.codebook import Codebook, Frame
from helpers.errors import InputError

D = 8


class Letters:
    """A toy encoder: how often a, b, ... stand in a text."""

    name = "letters"
    dimension = D
    fingerprint = "letters of heads"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        counts = np.array([[text.count(letter) for letter in "abcdefgh"] for text in texts], dtype=np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


class Wide(Letters):
    dimension, fingerprint = 64, "wide letters of heads"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.pad(super().encode(texts), ((0, 0), (0, 56)))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))


def codebook(*names: str) -> Codebook:
    made = {n: Frame(n, n.title(), "", (), (), ("a", "ab"), ("c",)) for n in names or ("order", "chance")}
    return Codebook("toy", "toy.yml", made, {})


def table(vectors: np.ndarray, documents: Sequence[str], sides: Sequence[str], **columns: object) -> pl.DataFrame:
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    embedding = pl.Series("embedding", vectors.astype(np.float32), dtype=pl.Array(pl.Float32, vectors.shape[1]))
    frame = pl.DataFrame(
        {"id": [f"{d}#{i:03}" for i, d in enumerate(documents)], "document_id": documents, "side": sides}
    )
    return frame.with_columns(embedding, *(pl.Series(name, values) for name, values in columns.items()))


def separable(n_documents: int = 40, *, seed: int = 1, noise: float = 0.15) -> pl.DataFrame:
    """Three passages a document; a quarter of all carry the frame, which is the first direction."""
    rng = np.random.default_rng(seed)
    n = 3 * n_documents
    y = (np.arange(n) % 4 == 0).astype(int)
    vectors = rng.normal(0, noise, (n, D))
    vectors[:, 0] += y
    vectors[:, 1] += 1 - y
    documents = [f"d{i // 3:03}" for i in range(n)]
    return table(vectors, documents, ["east", "west"] * (n // 2), code_order=y)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Heads:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        return fit(separable(), codebook(), encoder=Letters())


def test_what_can_be_told_apart_is(fitted: Heads) -> None:
    row = fitted.table.row(0, named=True)
    counted = ("frame", "label", "n_coded", "n_positive", "n_documents", "n_positive_documents", "coded_share")
    assert [row[name] for name in counted] == ["order", "Order", 120, 30, 40, 30, 0.25]
    assert row["auc"] == 1.0 and row["f1"] == row["precision"] == row["recall"] == 1.0
    assert row["share"] == pytest.approx(0.25, abs=0.02)
    assert fitted.passages["has_order"].to_list() == [bool(code) for code in separable()["code_order"]]
    assert (fitted.codebook, fitted.encoder, fitted.seed) == ("toy", "Letters", 7)
    assert fitted.refused.is_empty() and fitted.weights.shape == (1, D)


def test_heads_say_of_new_passages_what_they_learned(fitted: Heads) -> None:
    new = separable(20, seed=9).drop("code_order")
    made = apply(fitted, new)
    assert made.columns == [*new.columns, "share_order", "has_order"]
    assert made["has_order"].to_list() == [i % 4 == 0 for i in range(60)]
    assert made["share_order"].mean() == pytest.approx(0.25, abs=0.03)
    row = fitted.table.row(0, named=True)
    log_odds = new["embedding"].to_numpy() @ fitted.weights[0] + row["intercept"]
    assert made["share_order"].to_list() == pytest.approx((1 / (1 + np.exp(-log_odds))).tolist(), rel=1e-5)


def test_the_order_of_rows_does_not_matter(fitted: Heads) -> None:
    shuffled = fit(separable().sample(fraction=1.0, shuffle=True, seed=3), codebook(), encoder=Letters())
    assert shuffled.table.equals(fitted.table) and shuffled.sides.equals(fitted.sides)
    assert shuffled.passages.equals(fitted.passages)


def own_worlds(n_documents: int = 40) -> tuple[np.ndarray, list[int], list[str]]:
    """Documents whose four passages are nearly equal and whose code was drawn by lot: whoever has seen one
    passage knows the other three, and nothing can be known of a document not seen."""
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(n_documents, 64))
    codes = rng.permutation(np.arange(n_documents) % 2)
    vectors = np.repeat(centres, 4, axis=0) + rng.normal(0, 0.05, (4 * n_documents, 64))
    return vectors, np.repeat(codes, 4).tolist(), [f"d{i:02}" for i in np.repeat(np.arange(n_documents), 4)]


def test_no_document_and_no_copy_leaks_into_its_own_prediction() -> None:
    vectors, codes, documents = own_worlds()
    apart = [f"p{i}" for i in range(len(codes))]
    sides = ["east"] * len(codes)

    def auc(**columns: object) -> float:
        given = table(vectors, columns.pop("documents"), sides, code_order=codes, **columns)
        return fit(given, codebook(), encoder=Wide()).table["auc"][0]

    assert auc(documents=apart) > 0.95  # passages of one document in different folds: the leak there would be
    assert auc(documents=documents) < 0.65
    assert auc(documents=apart, copy_cluster=documents) < 0.65


def test_folds_keep_groups_whole_and_spread_the_codes() -> None:
    groups = np.repeat([f"d{i}" for i in range(20)], 3)
    y = (np.arange(60) % 6 == 0).astype(int)
    folds = list(module._folds(y, groups, seed=7))
    assert sorted(np.concatenate([test for _, test in folds]).tolist()) == list(range(60))
    for train, test in folds:
        assert not set(groups[train]) & set(groups[test])
        assert y[test].sum() == 2


def test_probabilities_have_the_mean_of_the_codes() -> None:
    rng = np.random.default_rng(2)
    y = (rng.random(300) < 0.1).astype(int)
    margins = rng.normal(y * 1.5 - 4, 1)
    slope, shift = module._platt(margins, y)
    assert slope > 0
    assert module._probability(slope * margins + shift).mean() == pytest.approx(y.mean(), abs=1e-5)


def test_platt_against_maximum_likelihood() -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(3)
    y = (rng.random(2000) < 0.3).astype(int)
    margins = rng.normal(y * 1.0, 1)
    expected = sm.Logit(y, sm.add_constant(margins)).fit(disp=False).params
    slope, shift = module._platt(margins, y)
    # the weak penalty on the slope moves it in the third digit
    assert (shift, slope) == pytest.approx(tuple(expected), rel=2e-3)


def test_margins_that_rank_the_wrong_way_give_everybody_the_share() -> None:
    y = np.array([1, 0, 0, 0] * 10)
    assert module._platt(-y.astype(float), y) == (0.0, pytest.approx(np.log(1 / 3)))
    assert module._platt(np.zeros(40), y) == (0.0, pytest.approx(np.log(1 / 3)))


@pytest.mark.parametrize(
    ("share", "y", "threshold"),
    [
        ([0.9, 0.8, 0.3, 0.1], [1, 1, 0, 0], 0.55),
        ([0.9, 0.5, 0.3, 0.1], [1, 0, 1, 0], 0.2),  # F1 of the first 1, 2, 3, 4: .67, .5, .8, .67
        ([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0], 0.3),  # equal ones are called alike: .67, .8, .67
        ([0.1, 0.9, 0.3, 0.8], [0, 1, 0, 1], 0.55),
        ([0.4, 0.4, 0.4, 0.4], [1, 0, 0, 0], 0.2),
    ],
)
def test_the_threshold_gives_the_best_f1(share: list, y: list, threshold: float) -> None:
    assert module._threshold(np.array(share), np.array(y)) == pytest.approx(threshold)


def test_one_vector_says_what_the_regression_says() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(4)
    x, direction = rng.normal(size=(80, 5)), rng.normal(size=5)
    y = (x[:, 0] + rng.normal(size=80) > 0.5).astype(int)
    own = x @ direction
    features = np.column_stack([5 * x, (own - own.mean()) / own.std()])
    model = LogisticRegression(C=0.1, class_weight="balanced", max_iter=1000).fit(features, y)
    weights, intercept = module._regression(x, direction, y)
    assert (x @ weights + intercept).tolist() == pytest.approx(model.decision_function(features).tolist(), rel=1e-6)


def test_the_error_of_a_sides_share_by_hand() -> None:
    # east: d1 with codes 1, 0 and probabilities .5, .3; d2 with code 0 and .2. Documents weigh the same:
    # errors of .4 - .5 = -.1 and of .2, in all 5 points
    rows = module._side_rows(
        "order", np.array(["east", "east", "east", "west"]), np.array(["d1", "d1", "d2", "d3"]),
        np.array([1, 0, 0, 1]), np.array([0.5, 0.3, 0.2, 0.75]), seed=7,
    )  # fmt: skip
    east, west = rows
    assert (east["n_coded"], east["n_documents"]) == (3, 2)
    assert [east[name] for name in ("coded_share", "share", "bias")] == pytest.approx([0.25, 0.3, 5.0])
    # with two documents a resample is one of them twice
    assert (east["low"], east["high"]) == (pytest.approx(-10.0), pytest.approx(20.0))
    assert west["bias"] == pytest.approx(-25.0) and west["low"] is None and west["high"] is None


def test_frames_with_too_few_codes_are_refused_with_what_is_wanting() -> None:
    given = separable()
    few = (np.arange(120) % 13 == 0).astype(int)  # ten; the first of them is taken back below
    few[0] = 0
    alone = given.select(code_chance=pl.Series(few))
    told = r"no frame has enough codes.*10 codes of yes are needed, 9 are there: 1 more, about 14 passages more"
    with pytest.raises(InputError, match=told):
        fit(given.drop("code_order").with_columns(alone["code_chance"]), codebook(), encoder=Letters())
    made = fit(given.with_columns(alone["code_chance"]), codebook(), encoder=Letters())
    assert made.table["frame"].to_list() == ["order"]
    assert made.refused.select("frame", "n_coded", "n_positive").rows() == [("chance", 120, 9)]
    assert "share_chance" not in made.passages.columns


@pytest.mark.parametrize(
    ("codes", "documents", "told"),
    [
        ([1] * 12 + [0] * 28, ["d1"] * 12 + [f"e{i}" for i in range(28)], "in 5 documents are needed, .* in 1: 4 more"),
        ([1] * 38 + [0] * 2, [f"e{i}" for i in range(40)], "10 codes of no are needed, 2 are there"),
        ([0] * 40, [f"e{i}" for i in range(40)], "10 codes of yes are needed, 0 are there: 10 more$"),
    ],
)
def test_what_else_is_wanting(codes: list, documents: list, told: str) -> None:
    wanting = module.wanting_of(np.array(codes), np.array(documents))
    assert wanting is not None and re.search(told, wanting), wanting


def test_passages_that_nobody_coded_get_no_prediction_from_the_folds(fitted: Heads) -> None:
    extra = separable(50, seed=1).with_columns(code_order=pl.lit(None, pl.Int64)).tail(30)
    made = fit(pl.concat([separable(), extra]), codebook(), encoder=Letters())
    assert made.table.equals(fitted.table)
    tail = made.passages.filter(pl.col("code_order").is_null())
    assert len(tail) == 30 and tail["share_order"].null_count() == tail["has_order"].null_count() == 30


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"code_order": pl.lit(2)}, "code_order holds other than codes.*1, 0 or null.*2"),
        ({"code_order": pl.lit("yes")}, "code_order holds no numbers"),
        ({"code_weather": pl.lit(0)}, "code_weather names no frame"),
    ],
)
def test_odd_codes_are_told(change: dict, told: str) -> None:
    with pytest.raises(InputError, match=told):
        fit(separable().with_columns(**change), codebook(), encoder=Letters())


def test_what_is_absent_is_told(fitted: Heads) -> None:
    with pytest.raises(InputError, match="Run encode"):
        fit(separable().drop("embedding"), codebook(), encoder=Letters())
    with pytest.raises(InputError, match=r"codes of no frame.*code_order"):
        fit(separable().drop("code_order"), codebook(), encoder=Letters())
    with pytest.raises(InputError, match="Run encode"):
        apply(fitted, separable().drop("embedding"))
    with pytest.raises(InputError, match=r"expected dimension 8.*found dimension 3|dimension 3.*dimension 8"):
        apply(fitted, table(np.eye(3), ["a", "b", "c"], ["east"] * 3))
