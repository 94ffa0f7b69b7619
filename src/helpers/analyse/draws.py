"""Means of sides and outlets with their bootstrap draws, and the rows of a contrast that are made of them.

The machinery under helpers.analyse.contrasts, which says what the columns are.
"""

import numpy as np
import polars as pl

from helpers.analyse.bca import acceleration, bca, differ
from helpers.analyse.null_floor import Stood, by_chance, detectable, detectable_side
from helpers.analyse.resampling import (
    between_share,
    bootstrap_weights,
    permute_family,
    permute_members,
    pooled_sd,
    seed_of,
    strata,
    weighted_sums,
)
from helpers.analyse.units import COUNTS

PAIR_COUNTS = ("n_documents", "n_passages", "n_texts")


class Draws:
    """One set of complete rows: its means, their bootstrap replicates, and the rows made of them."""

    def __init__(
        self, rows: pl.DataFrame, values: tuple[str, ...], *, replicates: int, seed: int, level: float
    ) -> None:
        self.rows, self.values, self.seed = rows, values, seed
        self.level, self.tails = level, ((1 - level) / 2, (1 + level) / 2)
        self.x = rows.select(values).to_numpy().astype(np.float64)
        self.strata = strata(rows)
        self.at: dict[tuple[str, str], np.ndarray] = {}
        self.counted: dict[tuple[str, str], bool] = {}
        for key, part in rows.with_row_index().group_by("side", "member", maintain_order=True):
            self.at[(str(key[0]), str(key[1]))] = part["index"].to_numpy()
            self.counted[(str(key[0]), str(key[1]))] = bool(part["counted"][-1])
        self.member_means = {key: self.x[i].mean(0) for key, i in self.at.items()}
        sums, self.mass = self._drawn(replicates)
        self.member_draws = {key: sums[key] / np.where(self.mass[key] > 0, self.mass[key], np.nan) for key in self.at}
        self.means: dict[str, np.ndarray] = {}
        self.draws: dict[str, np.ndarray] = {}
        for side in rows["side"].unique(maintain_order=True):
            used = self.members_of(side)
            self.means[side] = np.mean([self.member_means[key] for key in used], axis=0)
            self.draws[side] = self._side_draws(used)
        alone = {key: i[~rows["spans_sides"].to_numpy()[i]] for key, i in self.at.items()}
        self.alone_means = {key: self.x[i].mean(0) if len(i) else self.member_means[key] for key, i in alone.items()}

    def _drawn(self, replicates: int) -> tuple[dict, dict]:
        """Of each member, the weighted sum of its units (replicates, v) and the sum of their weights (replicates, 1):
        spanning units carry their own stratum's draw, so that it may be other than their number."""
        sums = {key: np.zeros((replicates, len(self.values))) for key in self.at}
        mass = {key: np.zeros((replicates, 1)) for key in self.at}
        owner = np.empty(len(self.rows), dtype=np.intp)
        for number, index in enumerate(self.at.values()):
            owner[index] = number
        keys = list(self.at)
        for name, at, unit in self.strata:
            seed, members = seed_of(self.seed, name), np.unique(owner[at])
            if len(members) == 1:
                ordered = at[np.argsort(unit)]
                sums[keys[members[0]]] += weighted_sums(self.x[ordered], replicates=replicates, seed=seed)
                mass[keys[members[0]]] += len(at)
                continue
            weights = bootstrap_weights(int(unit.max()) + 1, replicates=replicates, seed=seed)
            for number in members:
                mine = owner[at] == number
                own = weights[:, unit[mine]]
                sums[keys[number]] += own @ self.x[at[mine]]
                mass[keys[number]] += own.sum(1, keepdims=True)
        return sums, mass

    def _side_draws(self, used: list[tuple[str, str]]) -> np.ndarray:
        """(replicates, v): the mean over members. A member of one unit (a speaker) is itself what is
        drawn, so it counts as often as it was; any other member counts once."""
        total = mass = np.zeros((len(self.mass[used[0]]), 1))
        for key in used:
            drawn = self.member_draws[key]
            times = self.mass[key] if len(self.at[key]) == 1 else np.ones_like(mass)
            times = np.where(np.isnan(drawn[:, :1]), 0.0, times)
            total = total + times * np.nan_to_num(drawn)
            mass = mass + times
        return total / np.where(mass > 0, mass, np.nan)

    def members_of(self, side: str) -> list[tuple[str, str]]:
        """The counted members of a side; all of them where none is."""
        all_of = [key for key in self.at if key[0] == side]
        return [key for key in all_of if self.counted[key]] or all_of

    def interval(self, draws: np.ndarray) -> np.ndarray:
        """(2, v) percentiles of draws (replicates, v)."""
        return np.nanquantile(draws, self.tails, axis=0)

    def _counts(self, index: np.ndarray) -> dict[str, int]:
        part = self.rows[index.tolist()]
        return {"n_units": len(part), **{name: int(part[name].sum()) for name in COUNTS}}

    def member_rows(self) -> list[dict]:
        """Rows of Contrasts.members."""
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
        """Rows of Contrasts.sides."""
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
        """Rows of Contrasts.table for two sides."""
        first, second = self.members_of(side), self.members_of(other)
        difference = self.means[side] - self.means[other]
        draws = self.draws[side] - self.draws[other]
        low, high = self.interval(draws)
        a, b = (np.concatenate([self.at[key] for key in keys]) for keys in (first, second))
        spread = pooled_sd(self.x[a], self.x[b])
        means = np.stack([self.alone_means[key] for key in [*first, *second]])
        p, smallest, total = permute_members(means, len(first), seed=self.seed)
        together = permute_family(np.nan_to_num(means / spread), len(first), seed=self.seed)
        alone, beside = self._left_out(first, second), self._beside(side, other, spread)
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
                 **{name: found if isinstance(found, str) else found[v].item() for name, found in beside.items()},
                 "p": p[v], "p_adjusted": together[v], "p_smallest": smallest, "n_assignments": total,
                 "alone_low": min(omitted.values(), default=None), "alone_high": max(omitted.values(), default=None),
                 "flips": ", ".join(flips) or None, "between": between_share(self.x[both, v], groups, sides=halves),
                 **counts}
            )  # fmt: skip
        return made

    def _beside(self, side: str, other: str, spread: np.ndarray) -> dict[str, np.ndarray | str]:
        """The check of the interval, the null floor and the power of one contrast, each (v,)."""
        difference, draws = self.means[side] - self.means[other], self.draws[side] - self.draws[other]
        keys = self.members_of(side), self.members_of(other)
        first, second = (
            Stood(np.stack([self.alone_means[key] for key in members]), [self.x[self.at[key]] for key in members],
                  sum(self.counted[key] for key in members))
            for members in keys
        )  # fmt: skip
        influence = self._influence(side) - self._influence(other)
        checked = bca(
            draws, difference, acceleration(influence, [(at, unit) for _, at, unit in self.strata]), level=self.level
        )
        chance = by_chance(first, second, seed=self.seed)
        return {
            "sd": spread, "bca_low": checked[0], "bca_high": checked[1],
            "bca_differs": differ(self.interval(draws), checked), "null_floor": chance.floor() / spread,
            "null_floor_kind": chance.kind,
            "null_floor_all": np.full(len(self.values), chance.floor_of_all(spread)),
            "detectable": detectable(draws, difference, tails=self.tails) / spread,
            "detectable_side": detectable_side(first.means, second.means) / spread,
        }  # fmt: skip

    def _influence(self, side: str) -> np.ndarray:
        """(units, v) what a unit's weight does to the mean of its side, first order."""
        members, made = self.members_of(side), np.zeros_like(self.x)
        for key in members:
            index = self.at[key]
            around = self.member_means[key] if len(index) > 1 else self.means[side]
            made[index] = (self.x[index] - around) / (len(index) * len(members))
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
