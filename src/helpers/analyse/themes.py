"""Themes: what the passages write about, as clusters of their vectors.

A theme is a subject that a reader recognises, never a frame, and never a finding: it is where
comparison starts. A passage belongs to a theme or is said to belong to none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from helpers.analyse.consensus import consensus, how_many_runs, principal
from helpers.analyse.labels import label_words
from helpers.analyse.neighbours import forms, support
from helpers.errors import InputError
from helpers.results import remembered, result
from helpers.tables import need

ALONE = 0.25
"""A passage belongs to none where a smaller share of its nearest passages stands in its theme."""
FAR = 0.75
"""A passage belongs to none unless it is nearer to its theme's centre than this share of the
passages of all other themes: bylines, recipes and glued lines are near to nothing."""
SHOWN = 2_500
"""Passages placed on the map by t-SNE; all others are put beside their nearest placed ones."""
LEAST_PASSAGES = 60


@result
class Themes:
    """Themes of a set of passages.

    passages  as they came in, without embedding, with theme (1 is the largest; null: none), x, y (place
              on the map: near is alike, far means little), support (share of the nearest passages of
              other documents that stand in the same theme, 0-1), centrality (cosine to the theme's centre)
    table     one row per theme: theme, label, words (most typical ones), n_passages, n_documents,
              stability (mean Jaccard overlap with the theme most like it in each half of the runs,
              0-1), support (mean over its passages, 0-1), form (openings or closings, where it is the place
              in a document that holds it together, no subject; else null), central (ids of its three
              most central passages, of different texts)
    centroids (themes, d) unit vectors, in the order of table
    agreement AMI between the themes of either half of the runs, over passages (chance 0, same 1)
    unassigned share of passages that belong to no theme
    """

    passages: pl.DataFrame
    table: pl.DataFrame
    centroids: np.ndarray
    agreement: float
    unassigned: float
    seed: int
    runs: int


def how_many(n_passages: int) -> int:
    """The usual number of themes: 11 for 670 passages, 20 for 3,000, at most 36."""
    return int(np.clip(round(0.715 * n_passages**0.413), 4, 36))


@remembered
def themes(
    passages: pl.DataFrame,
    *,
    count: int | None = None,
    names: Mapping[int, str] | None = None,
    merge: Sequence[Sequence[int]] = (),
    runs: int | None = None,
    seed: int = 7,
) -> Themes:
    """Clusters the passages by their embeddings; sides weigh the same, and so do the texts of a side.

    `count`: number of themes (default how_many). `merge`: groups of theme numbers that become one (the
    first of each), `names`: the user's labels by number, both as numbered without merging. `runs` of k-means
    that vote (default how_many_runs).
    Raises InputError without embeddings, or with fewer than 60 passages."""
    rows = _checked(passages, "themes")
    with _one_thread():
        return _clustered(rows, count, names or {}, merge, runs, seed)


def membership(passages: pl.DataFrame, *, count: int, runs: int | None = None, seed: int = 7) -> np.ndarray:
    """(n,) the number of the theme that each of `passages` belongs to, in their order; 0: none. As `themes` makes them,
    without a map, labels or a measure of stability. Raises InputError as it does."""
    rows = _checked(passages, "membership")
    with _one_thread():
        made = _belonging(rows, count=count, merge=(), runs=runs or how_many_runs(len(rows)), seed=seed)
    out = np.zeros(len(rows), dtype=np.int64)
    out[rows["_row"].to_numpy()] = np.where(made.none, 0, made.labels + 1)
    return out


def _checked(passages: pl.DataFrame, where: str) -> pl.DataFrame:
    """The passages sorted by id, with `_row`, their place before, and copy_cluster."""
    need(passages, ["embedding", "side", "document_id"], where="passages", do="Run encode(passages) first.")
    if len(passages) < LEAST_PASSAGES:
        raise InputError(
            "too few passages for themes", where=where, expected=f"at least {LEAST_PASSAGES}", found=len(passages),
            do="Widen the study's query or dates.",
        )  # fmt: skip
    if "copy_cluster" not in passages.columns:
        passages = passages.with_columns(copy_cluster=pl.lit(None, pl.String))
    return passages.with_row_index("_row").sort("id")


def _one_thread() -> Any:
    """t-SNE and k-means lose more than they win by several threads where notebooks run side by side, and sums come out
    the same on any machine's number of cores."""
    import sklearn.cluster  # noqa: F401  (its thread pools can only be limited once they are there)
    from threadpoolctl import threadpool_limits

    return threadpool_limits(limits=1)


@dataclass(frozen=True, eq=False)
class _Belonging:
    """Of each row its theme (from 0, the largest first), whether it belongs to none, its support and its closeness to
    the theme's centre; the themes' centres; and the labels by either half of the runs."""

    labels: np.ndarray
    none: np.ndarray
    support: np.ndarray
    closeness: np.ndarray
    centres: np.ndarray
    halves: tuple[np.ndarray, np.ndarray]


def _belonging(rows: pl.DataFrame, *, count: int, merge: Sequence[Sequence[int]], runs: int, seed: int) -> _Belonging:
    vectors = rows["embedding"].to_numpy().astype(np.float32)
    places = principal(vectors)
    voted = consensus(places, min(count, len(rows) // 5), runs=runs, weights=_weights(rows), seed=seed)
    labels, centres = _by_size(voted.labels, vectors)
    labels, centres = _merged(labels, centres, vectors, merge)
    supported = support(places, labels, rows.select(_text()).to_series().rank("dense").to_numpy(), seed=seed)
    none = (supported < ALONE) | _far(vectors, labels, centres)
    return _Belonging(labels, none, supported, (vectors * centres[labels]).sum(1), centres, voted.halves)


def _clustered(
    rows: pl.DataFrame,
    count: int | None,
    names: Mapping[int, str],
    merge: Sequence[Sequence[int]],
    runs: int | None,
    seed: int,
) -> Themes:
    """The work of `themes`."""
    from sklearn.metrics import adjusted_mutual_info_score

    runs = runs or how_many_runs(len(rows))
    found = _belonging(rows, count=count or how_many(len(rows)), merge=merge, runs=runs, seed=seed)
    labels, none, centres = found.labels, found.none, found.centres
    place = _map(rows["embedding"].to_numpy().astype(np.float32), seed)
    made = rows.drop("embedding").with_columns(
        theme=pl.Series(np.where(none, 0, labels + 1), dtype=pl.Int32).replace(0, None),
        x=pl.Series(place[:, 0], dtype=pl.Float32),
        y=pl.Series(place[:, 1], dtype=pl.Float32),
        support=pl.Series(found.support, dtype=pl.Float32),
        centrality=pl.Series(found.closeness, dtype=pl.Float32),
    )
    stability = _stability(np.where(none, -1, labels), found.halves, len(centres))
    table = _described(made, stability, names)
    centres = centres[table["theme"].to_numpy() - 1]
    return Themes(
        made.sort("_row").drop("_row"),
        table,
        centres,
        float(adjusted_mutual_info_score(*found.halves)),
        float(none.mean()),
        seed,
        runs,
    )


def _weights(rows: pl.DataFrame) -> np.ndarray:
    """One for each passage on average; every side adds to the same, every text of a side too."""
    text = _text()
    share = 1 / (pl.len().over(text, "side") * text.n_unique().over("side"))
    scale = len(rows) / rows["side"].n_unique()
    return rows.select(share * scale).to_series().to_numpy()


def _text() -> pl.Expr:
    """The text that a passage is of: its document, copies of one together."""
    return pl.coalesce("copy_cluster", "document_id")


def _by_size(labels: np.ndarray, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    sizes = np.bincount(labels)
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    number = np.empty(len(sizes), dtype=int)
    number[order] = np.arange(len(order))
    labels = number[labels]
    return labels, _centres(labels, vectors, len(order))


def _centres(labels: np.ndarray, vectors: np.ndarray, k: int) -> np.ndarray:
    sums = np.zeros((k, vectors.shape[1]))
    np.add.at(sums, labels, vectors)
    return (sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)).astype(np.float32)


def _merged(
    labels: np.ndarray, centres: np.ndarray, vectors: np.ndarray, merge: Sequence[Sequence[int]]
) -> tuple[np.ndarray, np.ndarray]:
    """Joins groups of themes; the numbers of the others stay, those joined to another are empty."""
    numbers = [number for group in merge for number in group]
    twice = sorted({number for number in numbers if numbers.count(number) > 1})
    if twice:
        raise InputError("`merge` of the study's themes", expected="each number once", found=twice)
    for group in merge:
        odd = [number for number in group if not 1 <= number <= len(centres)]
        if odd:
            raise InputError("`merge` of the study's themes", expected=f"numbers from 1 to {len(centres)}", found=odd)
        labels = np.where(np.isin(labels, np.asarray(group) - 1), group[0] - 1, labels)
    return labels, _centres(labels, vectors, len(centres)) if merge else centres


def _far(vectors: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    near = vectors @ centres.T
    far = np.zeros(len(vectors), dtype=bool)
    for theme in range(len(centres)):
        mine = labels == theme
        if mine.any() and not mine.all():
            far[mine] = near[mine, theme] < np.quantile(near[~mine, theme], FAR)
    return far


def _stability(labels: np.ndarray, halves: tuple[np.ndarray, np.ndarray], k: int) -> list[float]:
    """Per theme, the mean over both halves of the best Jaccard overlap with a theme of that half,
    over the passages that belong to some theme."""
    kept = labels >= 0
    made = []
    for theme in range(k):
        mine = labels[kept] == theme
        best = []
        for half in halves:
            other = half[kept]
            common = np.bincount(other[mine], minlength=other.max() + 1)
            union = mine.sum() + np.bincount(other) - common
            best.append(float((common / union).max()) if mine.any() else 0.0)
        made.append(float(np.mean(best)))
    return made


def _map(vectors: np.ndarray, seed: int) -> np.ndarray:
    """(n, 2) places, mean 0, spread 1. t-SNE (van der Maaten and Hinton 2008) of at most SHOWN rows."""
    from sklearn.manifold import TSNE
    from sklearn.neighbors import NearestNeighbors

    n = len(vectors)
    chosen = np.sort(np.random.default_rng(seed).choice(n, min(n, SHOWN), replace=False))
    reducer = TSNE(2, init="pca", perplexity=min(30, len(chosen) / 4), metric="cosine", random_state=seed, max_iter=600)
    placed = reducer.fit_transform(vectors[chosen])
    placed = (placed - placed.mean(0)) / placed.std()
    place = np.empty((n, 2))
    place[chosen] = placed
    rest = np.setdiff1d(np.arange(n), chosen)
    if len(rest):
        nearest = NearestNeighbors(n_neighbors=3, metric="cosine").fit(vectors[chosen]).kneighbors(vectors[rest])[1]
        place[rest] = np.median(placed[nearest], axis=1)
    return place


def _described(passages: pl.DataFrame, stability: list[float], names: Mapping[int, str]) -> pl.DataFrame:
    assigned = passages.drop_nulls("theme")
    words = label_words(assigned, by="theme")
    table = (
        assigned.group_by("theme")
        .agg(
            pl.len().alias("n_passages"),
            pl.col("document_id").n_unique().alias("n_documents"),
            pl.col("support").mean().cast(pl.Float64),
        )
        .sort("theme")
    )
    central = (
        assigned.sort("centrality", "id", descending=[True, False])
        .with_columns(_unit=_text())
        .unique(["theme", "_unit"], keep="first", maintain_order=True)
        .group_by("theme", maintain_order=True)
        .agg(pl.col("id").head(3).alias("central"))
    )
    numbers, held = table["theme"].to_list(), forms(passages)
    return table.join(central, on="theme", how="left").select(
        "theme",
        label=pl.Series([names.get(t) or ", ".join(words[t][:3]) for t in numbers], dtype=pl.String),
        words=pl.Series([", ".join(words[t]) for t in numbers], dtype=pl.String),
        stability=pl.Series([stability[t - 1] for t in numbers], dtype=pl.Float64),
        support="support",
        form=pl.Series([held.get(t) for t in numbers], dtype=pl.String),
        n_passages="n_passages",
        n_documents="n_documents",
        central="central",
    )
