"""The arithmetic of the split: two sides' shares and sums by theme -> total, selection, presentation, apart.

The equations stand at the head of helpers.analyse.decomposition. Arrays: `shares` (..., t) of a side's passages in each
theme, summing to one; `sums` (..., t, v) of the scores of v values in them; a side is the pair of both.
"""

import numpy as np
import polars as pl

PARTS = ("total", "selection", "presentation", "apart")

Side = tuple[np.ndarray, np.ndarray]


def split(own: Side, other: Side, shared: np.ndarray) -> np.ndarray:
    """(..., 4, v): the PARTS of the difference between two sides. `shared` (t,): which themes may be compared within;
    one that a side has no passage in is apart all the same. Where no theme is shared, all of it is apart."""
    use = shared & (own[0] > 0) & (other[0] > 0)
    (q, m, mean), (q2, m2, mean2) = _within(own, use), _within(other, use)
    selection = ((q - q2)[..., None] * (m + m2) / 2).sum(-2)
    presentation = ((q + q2)[..., None] / 2 * (m - m2)).sum(-2)
    total = own[1].sum(-2) - other[1].sum(-2)
    rests = []
    for (shares, sums), inside in ((own, mean), (other, mean2)):
        outside = np.where(use, 0.0, shares).sum(-1)[..., None]
        rests.append(np.where(use[..., None], 0.0, sums).sum(-2) - outside * inside)
    return np.stack([total, selection, presentation, rests[0] - rests[1]], axis=-2)


def _within(side: Side, use: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """q (..., t), m (..., t, v) and m_C (..., v), zero outside the themes in `use`."""
    shares = np.where(use, side[0], 0.0)
    m = np.where(use[..., None], side[1], 0.0) / np.where(shares > 0, shares, 1.0)[..., None]
    whole = shares.sum(-1, keepdims=True)
    q = shares / np.where(whole > 0, whole, 1.0)
    return q, m, (q[..., None] * m).sum(-2)


def slopes(own: Side, other: Side, shared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How the PARTS change with the first side's shares (t, 4, v) and with its sums (t, 4): their derivatives, for the
    linearised value of each document. Those of the second side are minus what `slopes(other, own, shared)` gives."""
    use = shared & (own[0] > 0) & (other[0] > 0)
    (q, m, _), (q2, m2, _) = _within(own, use), _within(other, use)
    p, whole = np.where(use, own[0], 1.0), max(float(own[0][use].sum()), 1e-300)
    by_share, by_sum = np.zeros((len(p), 4, m.shape[1])), np.zeros((len(p), 4))
    by_sum[:, 0] = 1.0
    for part, weight, value in ((1, (q - q2) / 2, (m + m2) / 2), (2, (q + q2) / 2, (m - m2) / 2)):
        by_sum[:, part] = np.where(use, weight / p, 0.0)
        moved = (value - (q[:, None] * value).sum(0)) / whole - (weight / p)[:, None] * m
        by_share[:, part] = np.where(use[:, None], moved, 0.0)
    for made in (by_share, by_sum):
        made[:, 3] = made[:, 0] - made[:, 1] - made[:, 2]
    return by_share, by_sum


def side_weights(rows: pl.DataFrame, side: str, weights: np.ndarray) -> np.ndarray:
    """(r, units): what each unit weighs in the mean of `side`, rows summing to one, under each row of `weights`
    (r, units): members count the same, and their units as they are drawn. A member of one unit (a speaker) is itself
    what is drawn. Members that are counted; all of them where none is (as in helpers.analyse.contrasts)."""
    own = rows.with_row_index("_at").filter(pl.col("side") == side)
    own = own.filter("counted") if own["counted"].any() else own
    made = np.zeros(weights.shape)
    mass = np.zeros((len(weights), 1))
    for _, part in own.group_by("member", maintain_order=True):
        index = part["_at"].to_numpy()
        drawn = weights[:, index]
        summed = drawn.sum(1, keepdims=True)
        made[:, index] = drawn if len(index) == 1 else drawn / np.where(summed > 0, summed, 1.0)
        mass += drawn if len(index) == 1 else summed > 0
    return made / np.where(mass > 0, mass, np.nan)
