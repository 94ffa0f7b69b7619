"""Clusters by the votes of many runs: planted ones are found, whatever the order, the seed and the threads."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from threadpoolctl import threadpool_limits

from helpers.analyse.consensus import consensus, how_many_runs, principal


def planted(k=6, each=40, *, d=32, spread=0.15, seed=1):
    """k clusters of unit vectors around random directions, and where each row belongs."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(k, d))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    truth = np.repeat(np.arange(k), each)
    rows = centres[truth] + rng.normal(0, spread, (len(truth), d))
    order = rng.permutation(len(truth))
    vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True))[order].astype(np.float32)
    return principal(vectors), truth[order]


VECTORS, TRUTH = planted()


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def found():
    return consensus(VECTORS, 6, runs=10)


def test_planted_clusters_are_found(found):
    assert adjusted_rand_score(TRUTH, found.labels) >= 0.99
    assert found.labels.shape == (240,) and set(found.labels) == set(range(6))
    assert all(adjusted_rand_score(TRUTH, half) >= 0.97 for half in found.halves)


def test_the_same_seed_gives_the_same(found):
    again = consensus(VECTORS, 6, runs=10)
    assert np.array_equal(again.labels, found.labels)


def test_other_seeds_and_other_orders_give_the_same_partition(found):
    order = np.random.default_rng(5).permutation(240)
    assert adjusted_rand_score(found.labels[order], consensus(VECTORS[order], 6, runs=10).labels) >= 0.99
    assert adjusted_rand_score(found.labels, consensus(VECTORS, 6, runs=10, seed=8).labels) >= 0.99


def test_any_number_of_threads_gives_the_same():
    made = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            made.append(consensus(VECTORS, 6, runs=8))
    assert adjusted_rand_score(made[0].labels, made[1].labels) >= 0.99


def test_without_clusters_the_halves_of_the_runs_disagree():
    rng = np.random.default_rng(3)
    noise = rng.normal(size=(300, 32)).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    assert adjusted_mutual_info_score(*consensus(noise, 6, runs=10).halves) < 0.5


def test_few_passages_get_more_runs():
    assert [how_many_runs(n) for n in (100, 3_000, 6_000, 100_000)] == [600, 600, 300, 180]


def test_weights_say_how_much_a_row_draws_the_centres():
    """Rows of no weight may be moved anywhere without any other row changing its cluster."""
    moved = np.concatenate([VECTORS, -VECTORS[:60]])
    weights = np.concatenate([np.ones(240), np.full(60, 1e-9)])
    made = consensus(moved, 6, runs=10, weights=weights)
    assert adjusted_rand_score(TRUTH, made.labels[:240]) >= 0.95


@pytest.mark.parametrize("k", [1, 2, 3])
def test_few_clusters_can_be_asked_for(k):
    made = consensus(VECTORS[:80], k, runs=6)
    assert len(set(made.labels)) == k
