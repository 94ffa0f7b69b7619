"""Clusters that do not hang on one random start: the consensus of many k-means runs.

One run of k-means on passages agrees with the next to an AMI of about .7. Here many runs, over random
parts of the passages and with random numbers of clusters, vote; passages are then clustered by
their votes (evidence accumulation, Fred and Jain 2005, in the spectral form of cluster ensembles,
Fern and Brodley 2004). Linear in the number of passages.
"""

from dataclasses import dataclass

import numpy as np

DIMENSIONS = 50
"""Principal components that k-means runs on."""
LARGEST_PART = 5_000
"""Passages a single run learns from, at most; all are then assigned."""


@dataclass(frozen=True, eq=False)
class Consensus:
    """labels (n,) int; clarity (n,) float, cosine of a passage's votes to its cluster's mean vote
    (1: all runs agree); halves: labels by the first and by the second half of the runs alone."""

    labels: np.ndarray
    clarity: np.ndarray
    halves: tuple[np.ndarray, np.ndarray]


def consensus(
    vectors: np.ndarray, n_clusters: int, *, runs: int = 60, weights: np.ndarray | None = None, seed: int = 7
) -> Consensus:
    """Clusters rows of `vectors` (n, d) into `n_clusters` by the votes of `runs` k-means runs.

    `weights` (n,): how much a row counts in each run. Rows come in an order of the caller's: the
    same rows in the same order with the same seed give the same labels."""
    reduced = _principal(vectors)
    votes = [_run(reduced, n_clusters, weights, np.random.default_rng([seed, r])) for r in range(runs)]
    labels, clarity = _by_votes(votes, n_clusters, seed)
    middle = runs // 2
    halves = tuple(_by_votes(part, n_clusters, seed)[0] for part in (votes[:middle], votes[middle:]))
    return Consensus(labels, clarity, halves)  # type: ignore[arg-type]


def _principal(vectors: np.ndarray) -> np.ndarray:
    """Coordinates on the first principal components, each of a fixed sign."""
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


def _by_votes(votes: list[np.ndarray], n_clusters: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    from sklearn.cluster import KMeans

    columns = []
    for labels in votes:
        one_hot = np.zeros((len(labels), labels.max() + 1))
        one_hot[np.arange(len(labels)), labels] = 1
        columns.append(one_hot / np.sqrt(np.maximum(one_hot.sum(0), 1)))
    ballots = np.concatenate(columns, 1)
    _, axes = np.linalg.eigh(ballots.T @ ballots)
    placed = ballots @ axes[:, ::-1][:, :n_clusters]
    placed /= np.maximum(np.linalg.norm(placed, axis=1, keepdims=True), 1e-12)
    made = KMeans(n_clusters, n_init=20, random_state=seed).fit(placed)
    centres = made.cluster_centers_ / np.maximum(np.linalg.norm(made.cluster_centers_, axis=1, keepdims=True), 1e-12)
    return made.labels_, (placed * centres[made.labels_]).sum(1)
