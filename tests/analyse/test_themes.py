"""Themes of constructed vectors: found, named, merged, refused; what belongs to none."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from constructed import passages
from helpers.analyse.labels import label_words
from helpers.analyse.themes import how_many, themes
from helpers.errors import InputError

SUBJECTS = (
    "harbour ferry dock quay",
    "vaccine clinic nurse ward",
    "tariff import duty customs",
    "orbit rocket probe crew",
)
EACH = (40, 32, 26, 22)
D = 96


def made_of(extra=0, *, seed=1):
    """Passages of four subjects of one domain, on two sides; `extra` rows lie nowhere near it."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(4, D))
    centres = centres / np.linalg.norm(centres, axis=1, keepdims=True) + 0.8 * np.eye(D)[0]
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    truth = np.repeat(np.arange(4), EACH)
    vectors = centres[truth] + rng.normal(0, 0.06, (len(truth), D))
    rows = []
    for i, subject in enumerate(truth):
        words = SUBJECTS[subject].split()
        side = "ab"[i % 2]
        text = f"The {words[i % 4]} and the {words[(i + 1) % 4]} said something about a {words[(i + 2) % 4]}."
        rows.append((f"d{i // 2:03}{side}", side, f"{side}-{i % 3}", text))
    if extra:
        vectors = np.concatenate([vectors, rng.normal(size=(extra, D))])
        truth = np.concatenate([truth, np.full(extra, -1)])
        rows += [(f"x{i:03}", "ab"[i % 2], "other", "By Mara Quill") for i in range(extra)]
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    frame = passages(rows).with_columns(embedding=pl.Series(vectors, dtype=pl.Array(pl.Float32, D)))
    return frame, truth


FRAME, TRUTH = made_of()


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        with threadpool_limits(1):
            yield


@pytest.fixture(scope="module")
def found():
    return themes(FRAME, count=4, runs=8)


def test_planted_subjects_are_found_in_order_of_size(found):
    theme = found.passages["theme"].fill_null(0).to_numpy()
    kept = theme > 0
    assert adjusted_rand_score(TRUTH[kept], theme[kept]) >= 0.99 and kept.mean() >= 0.95
    assert found.table["theme"].to_list() == [1, 2, 3, 4]
    assert found.unassigned == pytest.approx(1 - kept.mean())
    assert found.agreement >= 0.95 and found.table["stability"].min() >= 0.9


def test_passages_come_back_in_their_order_with_their_theme(found):
    assert found.passages["id"].to_list() == FRAME["id"].to_list()
    assert "embedding" not in found.passages.columns
    assert {"theme", "x", "y", "support", "centrality"} <= set(found.passages.columns)
    assert found.passages.select("x", "y").null_count().sum_horizontal()[0] == 0


def test_counts_words_and_central_passages_are_those_of_the_theme(found):
    for row in found.table.iter_rows(named=True):
        mine = found.passages.filter(pl.col("theme") == row["theme"])
        assert row["n_passages"] == mine.height and row["n_documents"] == mine["document_id"].n_unique()
        of = mine.sort("centrality", descending=True)["centrality"]
        central = mine.filter(pl.col("id").is_in(row["central"]))
        assert len(row["central"]) == 3 and central["document_id"].n_unique() == 3
        assert central["centrality"].max() == of[0]
    # Where a text is printed twice, its passage stands among the central ones once.
    first, second = (FRAME.filter(pl.col("id") == name)["document_id"][0] for name in found.table["central"][0][:2])
    cluster = pl.when(pl.col("document_id").is_in([first, second])).then(pl.lit("wire"))
    central = themes(FRAME.with_columns(copy_cluster=cluster), count=4, runs=8).table["central"][0]
    assert (
        FRAME.filter(pl.col("id").is_in(central.to_list()) & (pl.col("document_id").is_in([first, second]))).height == 1
    )
    firsts = [set(words.split(", ")[:3]) for words in found.table["words"]]
    assert all(any(first <= set(subject.split()) for subject in SUBJECTS) for first in firsts), firsts


def test_centroids_are_unit_vectors_in_the_order_of_the_table(found):
    assert found.centroids.shape == (4, D)
    assert np.allclose(np.linalg.norm(found.centroids, axis=1), 1, atol=1e-5)
    theme = found.passages["theme"].to_numpy()
    for number, centre in zip(found.table["theme"], found.centroids, strict=True):
        mine = FRAME["embedding"].to_numpy()[theme == number]
        assert (mine @ centre).mean() > 0.8


def test_the_order_of_rows_is_no_matter(found):
    again = themes(FRAME[::-1], count=4, runs=8)
    joined = found.passages.select("id", "theme").join(again.passages.select("id", other="theme"), on="id")
    assert joined.filter(~pl.col("theme").eq_missing(pl.col("other"))).height == 0
    assert np.allclose(found.centroids, again.centroids, rtol=1e-6, atol=1e-7)


def test_what_is_off_the_domain_belongs_to_none():
    frame, truth = made_of(extra=12)
    theme = themes(frame, count=4, runs=8).passages["theme"]
    assert theme.filter(pl.Series(truth == -1)).null_count() >= 9
    assert theme.filter(pl.Series(truth >= 0)).null_count() <= 12


def test_names_are_the_users(found):
    named = themes(FRAME, count=4, runs=8, names={2: "Health"})
    assert named.table["label"].to_list()[1] == "Health"
    assert named.table["label"].to_list()[0] == ", ".join(found.table["words"][0].split(", ")[:3])


def test_merged_themes_are_one_and_the_others_keep_their_number(found):
    merged = themes(FRAME, count=4, runs=8, merge=[[1, 3]])
    assert merged.table["theme"].to_list() == [1, 2, 4]
    sizes = dict(found.table.select("theme", "n_passages").rows())
    assert merged.table["n_passages"][0] >= sizes[1]
    assert merged.centroids.shape == (3, D) and np.allclose(np.linalg.norm(merged.centroids, axis=1), 1, atol=1e-5)
    assert np.allclose(merged.centroids[1:], found.centroids[[1, 3]], atol=1e-6)


@pytest.mark.parametrize(("merge", "told"), [([[1, 9]], "numbers from 1 to 4; found \\[9\\]"),
                                             ([[0, 1]], "found \\[0\\]"),
                                             ([[1, 2], [2, 3]], "each number once; found \\[2\\]")])  # fmt: skip
def test_merging_what_is_not_there_is_refused(merge, told):
    with pytest.raises(InputError, match=told):
        themes(FRAME, count=4, runs=8, merge=merge)


def test_too_few_passages_and_no_vectors_are_refused():
    with pytest.raises(InputError, match="at least 60; found 59"):
        themes(FRAME.head(59))
    with pytest.raises(InputError, match=r"column 'embedding' is absent.*Run encode"):
        themes(FRAME.drop("embedding"))


def test_another_call_comes_from_the_cache_and_is_the_same(found):
    again = themes(FRAME, count=4, runs=8)
    assert again.passages.equals(found.passages) and again.table.equals(found.table)
    assert np.array_equal(again.centroids, found.centroids)


@pytest.mark.parametrize(("n", "k"), [(60, 4), (670, 11), (3_000, 20), (100_000, 36)])
def test_the_usual_number_of_themes(n, k):
    assert how_many(n) == k


def test_labels_are_the_words_that_set_a_group_apart():
    rows = []
    for i in range(40):
        subject = "the river and the ferry were late" if i < 20 else "the court and the judge were late"
        rows.append((f"d{i}", "a", "Post", f"{subject}, he said."))
    frame = passages(rows, theme=[1] * 20 + [2] * 20)
    made = label_words(frame, by="theme")
    assert set(made) == {1, 2}
    assert {"river", "ferry"} <= {part for term in made[1] for part in term.split()}
    assert {"court", "judge"} <= {part for term in made[2] for part in term.split()}
    every = {part for terms in made.values() for term in terms for part in term.split()}
    assert not every & {"the", "and", "were", "late", "he", "said"}
    assert all(len(label_words(frame, by="theme", most=1)[g]) == 1 for g in (1, 2))


def test_copies_count_once_in_a_label():
    """A word in one text printed eight times stands in one text, and the least is five."""
    rows = [(f"d{i}", "a", "Post", "the ferry was late") for i in range(20)]
    rows += [(f"e{i}", "a", "Post", "the judge was late") for i in range(20)]
    rows += [(f"c{i}", "a", "Post", "the zeppelin was late") for i in range(8)]
    frame = passages(rows, theme=[1] * 20 + [2] * 20 + [1] * 8)
    assert "zeppelin" in label_words(frame, by="theme")[1]
    marked = frame.with_columns(copy_cluster=pl.when(pl.col("document_id").str.starts_with("c")).then(pl.lit("c0")))
    assert "zeppelin" not in label_words(marked, by="theme")[1]
