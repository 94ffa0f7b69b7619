"""Clusters that do not hang on one random start: the consensus of many k-means runs.

One run of k-means on passages agrees with the next to an AMI of about .7. Here many runs, over random
parts of the passages and with random numbers of clusters, vote; passages are then clustered by
their votes (evidence accumulation, Fred and Jain 2005, in the spectral form of cluster ensembles,
Fern and Brodley 2004). Linear in the number of passages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.progress import steps

DIMENSIONS = 50
"""Principal components that k-means runs on."""
LARGEST_PART = 5_000
"""Passages a single run learns from, at most; all are then assigned."""


@dataclass(frozen=True, eq=False)
class Consensus:
    """labels (n,) int; halves: labels by the first and by the second half of the runs alone."""

    labels: np.ndarray
    halves: tuple[np.ndarray, np.ndarray]


def how_many_runs(n: int) -> int:
    """600 for up to 3,000 passages, fewer for more, 180 from 10,000 on: few passages are clustered quickly, and
    need many votes to be clustered alike from one seed to the next (benchmarks/themes.json)."""
    return int(np.clip(1_800_000 // max(n, 1), 180, 600))


def consensus(
    places: np.ndarray, n_clusters: int, *, runs: int, weights: np.ndarray | None = None, seed: int = 7
) -> Consensus:
    """Clusters rows of `places` (n, d; see `principal`) into `n_clusters` by the votes of `runs` k-means runs.

    `weights` (n,): how much a row counts in each run. Rows come in an order of the caller's: the
    same rows in the same order with the same seed give the same labels."""
    numbers = steps(range(runs), total=runs, name="themes")
    votes = [_run(places, n_clusters, weights, np.random.default_rng([seed, r])) for r in numbers]
    middle = runs // 2
    whole, first, second = (_by_votes(part, n_clusters, seed) for part in (votes, votes[:middle], votes[middle:]))
    return Consensus(whole, (first, second))


def principal(vectors: np.ndarray) -> np.ndarray:
    """(n, DIMENSIONS at most) float32 coordinates on the first principal components, each of a fixed sign."""
    centred = vectors.astype(np.float64) - vectors.mean(0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :DIMENSIONS]
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])])
    return (centred @ axes).astype(np.float32)


def _run(reduced: np.ndarray, n_clusters: int, weights: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """One vote of each row: (n,) labels of a k-means run on a random 80 % with about `n_clusters`."""
    from sklearn.cluster import KMeans

    n = len(reduced)
    fewest = max(2, round(0.7 * n_clusters))
    k = int(rng.integers(fewest, max(fewest, round(1.4 * n_clusters)) + 1))
    size = min(n, LARGEST_PART, max(round(0.8 * n), 4 * k))
    part = np.sort(rng.choice(n, size, replace=False))
    made = KMeans(min(k, size), n_init=1, max_iter=40, random_state=int(rng.integers(2**31)))
    made.fit(reduced[part], sample_weight=None if weights is None else weights[part])
    return made.predict(reduced)


def _by_votes(votes: Sequence[np.ndarray], n_clusters: int, seed: int) -> np.ndarray:
    """(n,) clusters of the rows by their votes: k-means on the leading singular vectors of the table of rows by
    clusters of all runs, each cluster weighed by one over the root of its size."""
    from scipy.sparse import csr_matrix
    from sklearn.cluster import KMeans
    from sklearn.utils.extmath import randomized_svd

    ends = np.cumsum([0, *(labels.max() + 1 for labels in votes)])
    columns = np.stack([labels + start for labels, start in zip(votes, ends[:-1], strict=True)], 1)
    sizes = np.bincount(columns.ravel(), minlength=ends[-1])
    entries = (1 / np.sqrt(np.maximum(sizes, 1)))[columns]
    starts = np.arange(len(columns) + 1) * len(votes)
    ballots = csr_matrix((entries.ravel(), columns.ravel(), starts), shape=(len(columns), int(ends[-1])))
    left, strengths, _ = randomized_svd(ballots, n_clusters, n_oversamples=20, n_iter=6, random_state=seed)
    placed = left * strengths
    placed /= np.maximum(np.linalg.norm(placed, axis=1, keepdims=True), 1e-12)
    return KMeans(n_clusters, n_init=20, random_state=seed).fit(placed).labels_
