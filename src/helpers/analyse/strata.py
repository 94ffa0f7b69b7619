"""Strata of a comparison: themes that are learned on one half of the texts and applied to the other.

A cluster that was made from a passage lies nearer to it than to its like, and a theme that was made from the
scores to be compared is a frame and no subject. So the centres come from texts that they are not applied to, and
may be learned on vectors that the scores have been taken out of. One plain run of k-means each: many are made, and
what they agree on is what counts; the consensus that the reader's themes are made by would take too long.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from helpers.analyse.consensus import principal
from helpers.analyse.themes import FAR
from helpers.analyse.units import SHARED, in_scope, members_are
from helpers.tables import need

LEARNED_FROM = 4_000
"""Passages of a half that its centres are learned from, at most; all are then assigned."""


def weighted(passages: pl.DataFrame, rows: pl.DataFrame, *, voice: str = "outlet", copies: str = "one") -> pl.DataFrame:
    """The passages that a table of units was made from, with the weight of each in it, sorted by id.

    `rows`: units(passages, ..., voice=, copies=). Returns the passages in scope with `at` (row of `rows`) and
    `weight`, 0-1: a unit's value is the sum of weight x value over its passages, and its weights sum to one."""
    need(passages, ["id", "document_id", "side"], where="strata", do="Pass a table of passages.")
    kept = in_scope(passages, voice=voice, copies=copies).sort("id")
    cluster = pl.col("copy_cluster") if copies == "one" and "copy_cluster" in kept.columns else pl.lit(None, pl.String)
    keyed = kept.with_columns(_unit=pl.coalesce(cluster, "document_id"), _member=pl.col(members_are(passages)))
    whose = pl.when(pl.col("_member").n_unique().over("_unit", "side") > 1).then(pl.lit(SHARED)).otherwise("_member")
    keyed = keyed.with_columns(_member=whose)
    share = 1 / (pl.len().over("document_id", "side", "_unit") * pl.col("document_id").n_unique().over("_unit", "side"))
    if members_are(passages) == "speaker":
        share = share / pl.col("_unit").n_unique().over("side", "_member")
        keys = {"side": "side", "_member": "member"}
    else:
        keys = {"side": "side", "_unit": "unit"}
    made = keyed.with_columns(weight=share).join(
        rows.select(*keys.values()).with_row_index("at"),
        left_on=list(keys), right_on=list(keys.values()), how="inner", maintain_order="left",
    )  # fmt: skip
    return made.drop("_unit", "_member", strict=False).with_columns(pl.col("at").cast(pl.Int64))


def without(vectors: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """`vectors` (n, d) with the directions taken out that `scores` (n, f) are read from: nothing linear in what is
    left tells them, except where the rest of a passage goes with its score.

    A direction is the linear predictor of a score from the vector; for a frame's score, which is a cosine, it is
    the frame's own direction. Projected out together (Bolukbasi et al. 2016); regressing the vectors on the scores
    instead would take the subjects along that a score goes with."""
    x = vectors.astype(np.float64)
    centred, values = x - x.mean(0), scores - scores.mean(0)
    directions = np.linalg.pinv(centred.T @ centred, rcond=1e-9, hermitian=True) @ (centred.T @ values)
    basis, sizes, _ = np.linalg.svd(directions, full_matrices=False)
    basis = basis[:, sizes > 1e-9 * max(float(sizes.max(initial=0.0)), 1e-300)]
    return x - (x @ basis) @ basis.T


def points(vectors: np.ndarray, scores: np.ndarray | None = None) -> np.ndarray:
    """What the strata are learned on: principal components of the vectors, of all passages; with `scores`, of the
    vectors without them."""
    return principal(vectors if scores is None else without(vectors, scores))


def halves(rows: pl.DataFrame, *, seed: int | Sequence[int]) -> np.ndarray:
    """(units,) 0 or 1: the units of each member in two halves, equal or one apart, drawn at random. A unit that stands
    on several sides is in one half everywhere."""
    rng = np.random.default_rng(seed)
    order = pl.Series(rng.permutation(len(rows)))
    group = pl.when("spans_sides").then(pl.lit("")).otherwise(pl.format("{}|{}", "side", "stratum"))
    drawn = rows.select("unit", "spans_sides", _order=order, _group=group).with_columns(
        _order=pl.when("spans_sides").then(pl.col("_order").min().over("unit")).otherwise("_order")
    )
    odd = dict(zip(sorted(set(drawn["_group"])), rng.integers(2, size=drawn["_group"].n_unique()), strict=True))
    place = pl.col("_order").rank("dense").over("_group")
    return (
        drawn.select((place + pl.col("_group").replace_strict(odd, return_dtype=pl.UInt32)) % 2).to_series().to_numpy()
    )


def crossfitted(
    points: np.ndarray, half: np.ndarray, *, weight: np.ndarray, count: int, seed: int | Sequence[int]
) -> np.ndarray:
    """(n,) stratum of each passage, 0 to count - 1, or count: none. Centres are learned on either `half` (n,) of 0 and
    1 and applied to the other; the second half starts from the centres of the first, so that a number means the same.

    A passage belongs to none by the rule of helpers.analyse.themes (FAR): it is nearer to its centre than too few
    of the learning half's passages of all other themes. Themes' other rule, of its neighbours, is left out: it would
    take as long as all the rest. `weight` (n,): how much a passage counts in the learning."""
    rng = np.random.default_rng(seed)
    sides = [np.flatnonzero(half == h) for h in rng.permutation(2)]
    count = min(count, *(max(len(part) // 5, 1) for part in sides))
    labels = np.full(len(points), count)
    start: np.ndarray | None = None
    for learned, applied in (sides, sides[::-1]):
        start = _centres(points[learned], weight[learned], count, start, rng)
        labels[applied] = _assigned(points[learned], points[applied], start)
    return labels


def _centres(
    points: np.ndarray, weight: np.ndarray, count: int, start: np.ndarray | None, rng: np.random.Generator
) -> np.ndarray:
    from sklearn.cluster import KMeans

    part = np.sort(rng.choice(len(points), min(len(points), LEARNED_FROM), replace=False))
    made = KMeans(count, init="k-means++" if start is None else start, n_init=1, max_iter=30,
                  random_state=int(rng.integers(2**31)))  # fmt: skip
    return made.fit(points[part], sample_weight=weight[part] / weight[part].mean()).cluster_centers_


def _assigned(learned: np.ndarray, applied: np.ndarray, centres: np.ndarray) -> np.ndarray:
    own, far = _distances(learned, centres), _distances(applied, centres)
    mine, nearest = own.argmin(1), far.argmin(1)
    limit = np.full(len(centres), np.inf)
    for theme in range(len(centres)):
        others = own[mine != theme, theme]
        if len(others):
            limit[theme] = np.quantile(others, 1 - FAR)
    return np.where(far[np.arange(len(far)), nearest] > limit[nearest], len(centres), nearest)


def _distances(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(points, centres) squared distances."""
    return (points**2).sum(1)[:, None] - 2 * points @ centres.T + (centres**2).sum(1)
