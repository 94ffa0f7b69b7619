"""The parts of a split under many clusterings of the same passages, and what documents and outlets do to them.

The equations stand at the head of helpers.analyse.decomposition.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import polars as pl

from helpers.analyse.kitagawa import Side, side_weights, slopes, split
from helpers.analyse.resampling import pooled_sd, unit_weights
from helpers.analyse.strata import crossfitted, halves
from helpers.errors import InputError
from helpers.progress import steps

FEWEST = 5
"""Documents of either side that a theme needs to be compared within."""


@dataclass(frozen=True, eq=False)
class Compared:
    """What does not change with the themes.

    rows, at, weight, scores (n, v)   units; of each passage its unit, its weight in it, and its scores
    pairs   the two sides of each comparison
    means   side -> (units,) weights of its mean; without: side -> (members, units), without each member
    sd      (pairs, v) pooled standard deviations of documents
    """

    rows: pl.DataFrame
    at: np.ndarray
    weight: np.ndarray
    scores: np.ndarray
    pairs: list[tuple[str, str]]
    means: dict[str, np.ndarray]
    without: dict[str, tuple[list[str], np.ndarray]]
    sd: np.ndarray
    seed: int


def compared(rows: pl.DataFrame, kept: pl.DataFrame, values: Sequence[str], *, seed: int) -> Compared:
    """The comparison of every pair of sides in a table of units, on `values` of its passages (strata.weighted).

    Raises InputError where a score is empty, or where fewer than two sides are there."""
    scores = kept.select(values).to_numpy().astype(np.float64)
    names = sorted(rows["side"].unique())
    empty = int((~np.isfinite(scores)).any(1).sum())
    if empty or len(names) < 2:
        raise InputError(
            f"a score is empty in {empty} passages" if empty else "nothing to split", where="decompose",
            expected="passages of at least two sides, each with its scores", found=", ".join(names),
            do="Check the sides of the study, and leave passages without a score out.",
        )  # fmt: skip
    ones = np.ones((1, len(rows)))
    means = {side: side_weights(rows, side, ones)[0] for side in names}
    pairs = list(combinations(names, 2))
    x = rows.select(values).to_numpy()
    sd = np.stack([pooled_sd(x[means[a] > 0], x[means[b] > 0]) for a, b in pairs])
    without = {side: _without(rows, means[side]) for side in names}
    return Compared(rows, kept["at"].to_numpy(), kept["weight"].to_numpy(), scores, pairs, means, without, sd, seed)


def _without(rows: pl.DataFrame, mean: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The members that a mean is made of, and its weights without each; none where it has but one."""
    member = rows["member"].to_numpy()
    names = sorted(set(member[mean > 0]))
    if len(names) < 2:
        return [], np.empty((0, len(rows)))
    kept = np.stack([np.where(member == name, 0.0, mean) for name in names])
    return names, kept / kept.sum(1, keepdims=True)


@dataclass(frozen=True, eq=False)
class Parts:
    """Parts over several clusterings.

    parts   (runs, pairs, 4, v)
    linear  (pairs, units, 4, v) linearised value of each unit, mean over the clusterings
    alone   for each pair, (side, member) -> (4, v): the parts without it, mean over the clusterings
    shared  (runs, pairs) number of shared themes; aside (runs, pairs, 2): share of either side outside these
    """

    parts: np.ndarray
    linear: np.ndarray
    alone: list[dict[tuple[str, str], np.ndarray]]
    shared: np.ndarray
    aside: np.ndarray


def over(given: Compared, places: np.ndarray, count: int, runs: int) -> Parts:
    """The parts under `runs` clusterings of `places` (n, dimensions), each of halves and from starts of its own."""
    sides = given.rows["side"].to_numpy()[given.at]
    texts = {side: given.rows.filter(pl.col("side") == side)["unit"].n_unique() for side in given.means}
    learnt = given.weight / np.array([texts[side] for side in sides])
    made = []
    linear: np.ndarray | float = 0.0
    for run in steps(range(runs), total=runs, name="clusterings"):
        seed = [given.seed, count, run]
        half = halves(given.rows, seed=seed)[given.at]
        labels = crossfitted(places, half, weight=learnt, count=count, seed=seed)
        made.append(under(given, labels, count + 1))
        # One of these is as large as a table of documents: only their mean is kept.
        linear = linear + made[-1].linear / runs
        made[-1] = replace(made[-1], linear=np.empty(0))
    alone = [
        {m: np.mean([one.alone[k][m] for one in made], axis=0) for m in made[0].alone[k]}
        for k in range(len(given.pairs))
    ]
    parts, shared, aside = (
        np.concatenate([getattr(one, name) for one in made]) for name in ("parts", "shared", "aside")
    )
    return Parts(parts, np.asarray(linear), alone, shared, aside)


def under(given: Compared, labels: np.ndarray, n: int) -> Parts:
    """The parts under one clustering: `labels` (n_passages,) of 0 to n - 1, the passages of no theme having one too."""
    table = _by_theme(given, labels, n)
    seen = {side: (table[0][mean > 0] > 0).sum(0) for side, mean in given.means.items()}
    at = {side: _mean(mean, table) for side, mean in given.means.items()}
    alone = {side: _mean(means, table) for side, (_, means) in given.without.items()}
    parts, linear, members, shared, aside = [], [], [], [], []
    for a, b in given.pairs:
        both = (seen[a] >= FEWEST) & (seen[b] >= FEWEST)
        parts.append(split(at[a], at[b], both))
        linear.append(
            _linear(table, *slopes(at[a], at[b], both), given.means[a])
            - _linear(table, *slopes(at[b], at[a], both), given.means[b])
        )
        left_out = ((a, split(alone[a], at[b], both)), (b, split(at[a], alone[b], both)))
        members.append(
            {(s, m): drawn for s, made in left_out for m, drawn in zip(given.without[s][0], made, strict=True)}
        )
        shared.append(both.sum())
        aside.append([at[side][0][~both].sum() for side in (a, b)])
    return Parts(np.stack(parts)[None], np.stack(linear), members, np.array([shared], float), np.array([aside]))


def _mean(weights: np.ndarray, table: Side) -> Side:
    return weights @ table[0], np.tensordot(weights, table[1], 1)


def _by_theme(given: Compared, labels: np.ndarray, n: int) -> Side:
    """Shares (units, n) and sums (units, n, v) of every unit."""
    cell, size = given.at * n + labels, len(given.rows) * n
    shares = np.bincount(cell, given.weight, size).reshape(-1, n)
    sums = [np.bincount(cell, given.weight * values, size).reshape(-1, n) for values in given.scores.T]
    return shares, np.stack(sums, axis=-1)


def _linear(table: Side, by_share: np.ndarray, by_sum: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """(units, 4, v): the first-order change of the parts with a unit's weight in its side's `mean`."""
    own = mean > 0
    made = np.zeros((len(own), *by_share.shape[1:]))
    made[own] = np.tensordot(table[0][own], by_share, 1) + np.einsum("utv,tp->upv", table[1][own], by_sum)
    return made


def draws(given: Compared, made: Parts, *, replicates: int) -> np.ndarray:
    """(pairs, replicates, 4, v): the parts under bootstrap weights of the units."""
    weights = unit_weights(given.rows, replicates=replicates, seed=given.seed)
    moved = {side: side_weights(given.rows, side, weights) - mean for side, mean in given.means.items()}
    return np.stack([
        made.parts[:, k].mean(0) + np.tensordot(moved[a] + moved[b], made.linear[k], 1)
        for k, (a, b) in enumerate(given.pairs)
    ])  # fmt: skip
