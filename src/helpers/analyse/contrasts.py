"""Differences between sides, with the two kinds of statement that are never mixed.

About these outlets: document-level intervals, by the rescaled bootstrap of documents within
outlets (Rao and Wu 1988). About a side: the outlet-equal mean, and the permutation of whole outlets
between the two sides, with the smallest p that could be reached.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl

from helpers.analyse.resampling import between_share, permute_members, pooled_sd, unit_weights
from helpers.analyse.units import COUNTS
from helpers.errors import InputError
from helpers.results import result

PAIR_COUNTS = ("n_documents", "n_passages", "n_texts")


@result
class Contrasts:
    """Sides compared on one or many values.

    table    one row per (value, side, other):
        difference       outlet-equal mean of `side` minus that of `other`, in the value's unit
        low, high        95 % interval: these outlets, other documents of theirs
        standardised     difference / pooled standard deviation of documents (std_low, std_high)
        p                outlet permutation, two-sided, without units that stand on several sides;
                         p_smallest what it could reach at best
        n_assignments    how many assignments of outlets to the two sides there are
        alone_low/high   range of the difference when each outlet is left out in turn
        flips            outlets whose omission turns the sign, or null
        between          share of variance that lies between outlets of one side, 0-1; null where no
                         side has two
        n_documents, n_passages, n_texts (copies of one text once), n_members, and other_n_... of the other
    sides    one row per (value, side): mean, low, high, documents_mean (each document equal), sd,
             n_units, n_documents, n_passages, n_texts, n_members (counted ones), n_set_aside (documents of
             members with too few), n_spanning (units that stand on several sides)
    members  one row per (value, side, member): mean, low, high, n_units, n_documents, n_passages,
             n_texts, counted
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    members: pl.DataFrame
    values: tuple[str, ...]
    unit: str
    level: float
    replicates: int
    seed: int


def compare(
    units: pl.DataFrame,
    values: Sequence[str],
    *,
    unit: str = "score",
    replicates: int = 2000,
    seed: int = 7,
    level: float = 0.95,
) -> Contrasts:
    """Compares every pair of sides on every value of a units table (helpers.analyse.units.units).

    `unit` says in words what a value is measured in. Units with a null value are left out of that
    value; a table without `n_texts` has one text a unit. Raises InputError where fewer than two sides are there."""
    names = sorted(units["side"].unique())
    if len(names) < 2:
        raise InputError(
            "nothing to compare",
            where="contrasts",
            expected="passages of at least two sides",
            found=", ".join(names) or "none",
            do="Check the sides of the study against the outlets of its corpus.",
        )
    if "n_texts" not in units.columns:
        units = units.with_columns(n_texts=pl.lit(1, pl.UInt32))
    groups = _complete_groups(units, values)
    sides, members, table = [], [], []
    for group in groups:
        rows = units.drop_nulls(list(group)).sort("side", "member", "unit")
        if rows.is_empty():
            continue
        draws = _Draws(rows, group, replicates=replicates, seed=seed, level=level)
        sides += draws.side_rows()
        members += draws.member_rows()
        for side, other in combinations([n for n in names if n in draws.means], 2):
            table += draws.pair_rows(side, other)
    order = {value: k for k, value in enumerate(values)}
    return Contrasts(
        table=_tidy(table, order),
        sides=_tidy(sides, order),
        members=_tidy(members, order),
        values=tuple(values),
        unit=unit,
        level=level,
        replicates=replicates,
        seed=seed,
    )


class _Draws:
    """One set of complete rows: its means, their bootstrap replicates, and the rows made of them."""

    def __init__(
        self, rows: pl.DataFrame, values: tuple[str, ...], *, replicates: int, seed: int, level: float
    ) -> None:
        self.rows, self.values, self.seed = rows, values, seed
        self.tails = [(1 - level) / 2, (1 + level) / 2]
        self.x = rows.select(values).to_numpy().astype(np.float64)
        self.weights = unit_weights(rows, replicates=replicates, seed=seed)
        self.at: dict[tuple[str, str], np.ndarray] = {}
        for key, part in rows.with_row_index().group_by("side", "member", maintain_order=True):
            self.at[(str(key[0]), str(key[1]))] = part["index"].to_numpy()
        counted = dict(zip(zip(rows["side"], rows["member"], strict=True), rows["counted"], strict=True))
        self.counted = {key: bool(counted[key]) for key in self.at}
        self.member_means = {key: self.x[i].mean(0) for key, i in self.at.items()}
        self.member_draws = {key: self._weighted(i) for key, i in self.at.items()}
        self.means: dict[str, np.ndarray] = {}
        self.draws: dict[str, np.ndarray] = {}
        for side in rows["side"].unique(maintain_order=True):
            used = self.members_of(side)
            self.means[side] = np.mean([self.member_means[key] for key in used], axis=0)
            self.draws[side] = self._side_draws(used)
        alone = {key: i[~rows["spans_sides"].to_numpy()[i]] for key, i in self.at.items()}
        self.alone_means = {key: self.x[i].mean(0) if len(i) else self.member_means[key] for key, i in alone.items()}

    def _weighted(self, index: np.ndarray) -> np.ndarray:
        """(replicates, v). Spanning units carry their own stratum's draw, so a row may sum to other
        than n: the mean is a ratio."""
        weights = self.weights[:, index]
        total = weights.sum(1, keepdims=True)
        return (weights @ self.x[index]) / np.where(total > 0, total, np.nan)

    def _side_draws(self, used: list[tuple[str, str]]) -> np.ndarray:
        """(replicates, v): the mean over members. A member of one unit (a speaker) is itself what is
        drawn, so it counts as often as it was; any other member counts once."""
        total = mass = np.zeros((len(self.weights), 1))
        for key in used:
            drawn, index = self.member_draws[key], self.at[key]
            times = self.weights[:, index] if len(index) == 1 else np.ones((len(self.weights), 1))
            times = np.where(np.isnan(drawn[:, :1]), 0.0, times)
            total = total + times * np.nan_to_num(drawn)
            mass = mass + times
        return total / np.where(mass > 0, mass, np.nan)

    def members_of(self, side: str) -> list[tuple[str, str]]:
        """The counted members of a side; all of them where none is."""
        all_of = [key for key in self.at if key[0] == side]
        return [key for key in all_of if self.counted[key]] or all_of

    def interval(self, draws: np.ndarray) -> np.ndarray:
        return np.nanquantile(draws, self.tails, axis=0)

    def _counts(self, index: np.ndarray) -> dict[str, int]:
        part = self.rows[index.tolist()]
        return {"n_units": len(part), **{name: int(part[name].sum()) for name in COUNTS}}

    def member_rows(self) -> list[dict]:
        made = []
        for key, index in self.at.items():
            low, high = self.interval(self.member_draws[key])
            counts = self._counts(index)
            for v, value in enumerate(self.values):
                alone = len(index) < 2
                made.append(
                    {"value": value, "side": key[0], "member": key[1], "mean": self.member_means[key][v],
                     "low": None if alone else low[v], "high": None if alone else high[v],
                     **counts, "counted": self.counted[key]}
                )  # fmt: skip
        return made

    def side_rows(self) -> list[dict]:
        made = []
        for side, mean in self.means.items():
            used = self.members_of(side)
            index = np.concatenate([self.at[key] for key in used])
            whole = np.concatenate([i for key, i in self.at.items() if key[0] == side])
            low, high = self.interval(self.draws[side])
            counts = self._counts(index)
            aside = int(self.rows[whole.tolist()]["n_documents"].sum()) - counts["n_documents"]
            spanning = int(self.rows[whole.tolist()]["spans_sides"].sum())
            spread = self.x[index].std(0, ddof=1) if len(index) > 1 else np.full(len(self.values), np.nan)
            for v, value in enumerate(self.values):
                made.append(
                    {"value": value, "side": side, "mean": mean[v], "low": low[v], "high": high[v],
                     "documents_mean": self.x[whole].mean(0)[v], "sd": spread[v], **counts,
                     "n_members": sum(self.counted[key] for key in used), "n_set_aside": aside,
                     "n_spanning": spanning}
                )  # fmt: skip
        return made

    def pair_rows(self, side: str, other: str) -> list[dict]:
        first, second = self.members_of(side), self.members_of(other)
        difference = self.means[side] - self.means[other]
        draws = self.draws[side] - self.draws[other]
        low, high = self.interval(draws)
        a, b = (np.concatenate([self.at[key] for key in keys]) for keys in (first, second))
        spread = pooled_sd(self.x[a], self.x[b])
        means = np.stack([self.alone_means[key] for key in [*first, *second]])
        p, smallest, total = permute_members(means, len(first), seed=self.seed)
        alone = self._left_out(first, second)
        both = np.concatenate([a, b])
        groups = np.repeat([f"{k[0]} {k[1]}" for k in [*first, *second]], [len(self.at[k]) for k in [*first, *second]])
        counts: dict[str, int] = {}
        for prefix, index, keys in (("", a, first), ("other_", b, second)):
            counts |= {f"{prefix}{name}": n for name, n in self._counts(index).items() if name in PAIR_COUNTS}
            counts[f"{prefix}n_members"] = sum(self.counted[key] for key in keys)
        halves = np.repeat([0, 1], [len(a), len(b)])
        made = []
        for v, value in enumerate(self.values):
            omitted = {name: d[v] for name, d in alone.items()}
            flips = sorted(name for name, d in omitted.items() if d * difference[v] <= 0)
            made.append(
                {"value": value, "side": side, "other": other,
                 "difference": difference[v], "low": low[v], "high": high[v],
                 "standardised": difference[v] / spread[v],
                 "std_low": low[v] / spread[v], "std_high": high[v] / spread[v],
                 "p": p[v], "p_smallest": smallest, "n_assignments": total,
                 "alone_low": min(omitted.values(), default=None), "alone_high": max(omitted.values(), default=None),
                 "flips": ", ".join(flips) or None, "between": between_share(self.x[both, v], groups, sides=halves),
                 **counts}
            )  # fmt: skip
        return made

    def _left_out(self, first: list, second: list) -> dict[str, np.ndarray]:
        """The difference without each member that is not its side's only one."""
        made = {}
        for keys, others, sign in ((first, second, 1), (second, first, -1)):
            if len(keys) < 2:
                continue
            rest = np.mean([self.member_means[key] for key in others], axis=0)
            for key in keys:
                without = np.mean([self.member_means[k] for k in keys if k != key], axis=0)
                made[key[1] if len(key[1]) else key[0]] = sign * (without - rest)
        return made


def _complete_groups(units: pl.DataFrame, values: Sequence[str]) -> list[tuple[str, ...]]:
    """Values grouped by which units lack them, so that each group is one matrix without gaps."""
    groups: dict[bytes, list[str]] = {}
    for value in values:
        groups.setdefault(units[value].is_null().to_numpy().tobytes(), []).append(value)
    return [tuple(group) for group in groups.values()]


def _tidy(rows: list[dict], order: dict[str, int]) -> pl.DataFrame:
    if not rows:
        return pl.DataFrame()
    frame = pl.DataFrame(rows, infer_schema_length=None)
    keys = [c for c in ("side", "other", "member") if c in frame.columns]
    ranked = frame.with_columns(_order=pl.col("value").replace_strict(order, return_dtype=pl.Int64))
    return ranked.sort("_order", *keys).drop("_order").with_columns(pl.selectors.float().fill_nan(None))
