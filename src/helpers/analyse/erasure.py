"""Themes once the outlets' own style has been taken out of the vectors (METHODS, themes: raw and source-erased).

Vectors carry how an outlet writes as well as what it writes about, so that part of what sets sides apart in
themes may be style. Which outlet a passage is from is made unreadable to any linear method by LEACE (Belrose,
Schneider-Joseph, Ravfogel, Cotterell, Raff and Biderman 2023, theorem 4.3): x' = x - W+ P W (x - m), with W the
whitening of the vectors and P the projection on the whitened differences between outlets. The differences are
taken within themes, because between themes they are what outlets write about; some of that goes all the same.
Means of vectors or frames are never compared on erased vectors: there they are equal by construction.
"""

import numpy as np
import polars as pl

from helpers.analyse.themes import Themes
from helpers.errors import InputError
from helpers.results import result
from helpers.tables import need

FEWEST_OF_A_SOURCE = 30
"""Documents; outlets with fewer are taken together."""
OTHERS = "(other outlets)"
SAME = 0.5
"""Least Jaccard overlap of a theme with the erased theme that counts as its counterpart."""


@result
class Counterparts:
    """Which theme of the erased vectors is which theme of the vectors as they are.

    table   one row per theme: theme, label, erased (number of the erased theme most like it, each used once),
            jaccard (overlap of their passages, over those that have a theme under both, 0-1), found (jaccard
            at least SAME)
    shared  adjusted mutual information of the two sets of themes, over those passages
    """

    table: pl.DataFrame
    shared: float


def without_sources(passages: pl.DataFrame, themes: Themes) -> pl.DataFrame:
    """`passages` with vectors from which the outlets' style has been erased, to be given to themes() again.

    The erasure is estimated on passages that have a theme, each document weighing the same, from the
    differences between outlets within themes; outlets with fewer than FEWEST_OF_A_SOURCE documents count as one
    (each for itself where no other has more: what is erased is then more than style, and a claim is harder to make),
    speakers never count. Raises InputError where there is one outlet only."""
    need(passages, ["embedding", "id", "outlet", "document_id"], where="passages", do="Run encode(passages) first.")
    placed = passages.join(themes.passages.select("id", "theme"), on="id", how="left", maintain_order="left")
    documents = pl.col("document_id").n_unique().over("outlet")
    source = pl.when(documents >= FEWEST_OF_A_SOURCE).then("outlet").otherwise(pl.lit(OTHERS))
    rows = placed.with_columns(source=source, _row=pl.int_range(pl.len())).drop_nulls("theme").sort("id")
    if rows["source"].n_unique() < 2:
        rows = rows.with_columns(source="outlet")
    names = rows["source"].unique().sort()
    if len(names) < 2:
        raise InputError(
            "nothing to erase", where="without_sources", expected="documents of two outlets or more",
            found=", ".join(names), do="Use the themes as they are.",
        )  # fmt: skip
    vectors = passages["embedding"].to_numpy().astype(np.float64)
    weights = rows.select(1 / pl.len().over("document_id")).to_series().to_numpy()
    is_of = (rows["source"].to_numpy()[:, None] == names.to_numpy()).astype(np.float64)
    within = vectors[rows["_row"].to_numpy()]
    theme = rows["theme"].rank("dense").to_numpy().astype(np.int64) - 1
    erased = vectors @ _eraser(_centred(within, theme, weights), _centred(is_of, theme, weights), weights).T
    erased /= np.maximum(np.linalg.norm(erased, axis=1, keepdims=True), 1e-12)
    kind = pl.Array(pl.Float32, vectors.shape[1])
    return passages.with_columns(embedding=pl.Series(erased.astype(np.float32), dtype=kind))


def counterparts(themes: Themes, erased: Themes) -> Counterparts:
    """Pairs each theme with one erased theme, so that overlaps are largest together (Hungarian method)."""
    from scipy.optimize import linear_sum_assignment
    from sklearn.metrics import adjusted_mutual_info_score

    both = themes.passages.select("id", "theme").join(
        erased.passages.select("id", other="theme"), on="id", maintain_order="left"
    )
    both = both.drop_nulls()
    mine, others = themes.table["theme"].to_numpy(), erased.table["theme"].to_numpy()
    a = both["theme"].to_numpy()[:, None] == mine
    b = both["other"].to_numpy()[:, None] == others
    common = a.T.astype(np.float64) @ b
    overlap = common / np.maximum(a.sum(0)[:, None] + b.sum(0) - common, 1)
    rows, columns = linear_sum_assignment(-overlap)
    found = dict(zip(rows.tolist(), columns.tolist(), strict=True))
    jaccard = [float(overlap[k, found[k]]) if k in found else 0.0 for k in range(len(mine))]
    table = themes.table.select("theme", "label").with_columns(
        erased=pl.Series([int(others[found[k]]) if k in found else None for k in range(len(mine))], dtype=pl.Int32),
        jaccard=pl.Series(jaccard, dtype=pl.Float64),
        found=pl.Series([value >= SAME for value in jaccard], dtype=pl.Boolean),
    )
    return Counterparts(table, float(adjusted_mutual_info_score(both["theme"], both["other"])) if len(both) else 0.0)


def _centred(values: np.ndarray, group: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """`values` (n, d) less the weighted mean of their group."""
    mass = np.bincount(group, weights)
    sums = np.zeros((len(mass), values.shape[1]))
    np.add.at(sums, group, values * weights[:, None])
    return values - (sums / mass[:, None])[group]


def _eraser(vectors: np.ndarray, concept: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(d, d): what takes every linear trace of `concept` out of `vectors` and moves them least. The constant of the
    affine form is left out: it would move every vector alike, into the middle of nothing, before they are
    brought back to length one."""
    share = weights[:, None] / weights.sum()
    spread = vectors.T @ (share * vectors)
    values, axes = np.linalg.eigh(spread)
    kept = values > values.max() * 1e-9
    root, axes = np.sqrt(values[kept]), axes[:, kept]
    whiten, colour = (axes / root) @ axes.T, (axes * root) @ axes.T
    left, strengths, _ = np.linalg.svd(whiten @ (vectors.T @ (share * concept)), full_matrices=False)
    left = left[:, strengths > strengths.max() * 1e-6]
    return np.eye(len(spread)) - colour @ left @ left.T @ whiten
