"""What outlets changed by, in the form that the claim gate judges: a side after with itself before, and the change of
one side with that of another (difference in differences).

The null floor of a change is what it would be, if outlets moved as far as these do around their mean, each in a
direction of its own; with fewer than SPLIT_FROM outlets what other documents of them would make of it. Where the
same corpus, cut at other dates, changes by more, in this value or in any other that is looked at (in standard
deviations), it is that: what was under way all the time is no event, and of many values some change at any date.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from helpers.analyse.alike import of_units
from helpers.analyse.contrasts import Contrasts, as_table
from helpers.analyse.intervals import LEVEL, over_strata, with_interval
from helpers.analyse.null_floor import POWER, SPLIT_FROM, detectable_side
from helpers.analyse.resampling import permute_members
from helpers.analyse.units import COUNTS
from helpers.sides import side_name

PHASES = ("before", "after")
FEWEST_DATES = 4
"""Other dates, for the largest change at them to say anything."""


def of_sides(
    table: pl.DataFrame, moved: pl.DataFrame, kept: pl.DataFrame, elsewhere: pl.DataFrame, label: str
) -> Contrasts:
    """Each side after with itself before: the rows of BeforeAfter.table.

    `moved`: its outlets that are compared; `kept`: their units, with `phase`; `elsewhere`: value, side, date, change at
    other dates; `label`: of the event."""
    rows, members = [], []
    at_dates: dict[tuple[str, str], pl.DataFrame] = {}
    alike: dict[str, dict] = {}
    for row in table.iter_rows(named=True):
        side, k = row["side"], row["n_outlets"]
        name = {phase: f"{side_name(side)} {phase} {label}" for phase in PHASES}
        if side not in alike:
            at_dates[name["after"], name["before"]] = elsewhere.filter(pl.col("side") == side)
            phases = kept.filter(pl.col("side") == side).with_columns(side="phase")
            alike[side] = of_units(phases, PHASES, fixed=["year"]).get(PHASES, {})
        of_side = moved.filter((pl.col("value") == row["value"]) & (pl.col("side") == side))
        changes = of_side["change"].to_numpy()
        rows.append(
            {"value": row["value"], "side": name["after"], "other": name["before"], "difference": row["change"],
             **{n: row[n] for n in ("low", "high", "sd", "standardised", "std_low", "std_high")},
             **_beside(row, [changes], _found_by_signs(changes, row["p_smallest"]),
                       elsewhere.filter(value=row["value"], side=side)["change"].to_numpy()),
             **{n: row[n] for n in ("p", "p_smallest", "alone_low", "alone_high", "flips")},
             **_based(kept, side, ["after"], ""), "n_members": k,
             **_based(kept, side, ["before"], "other_"), "other_n_members": k, **alike[side]}
        )  # fmt: skip
        members += [
            {"value": row["value"], "side": name[phase], "member": f"{member} ({phase})", "mean": mean, "counted": True}
            for phase in PHASES
            for member, mean in of_side.select("member", phase).iter_rows()
        ]
    return _contrasts(_held_against_all(rows, at_dates), members)


def between_sides(table: pl.DataFrame, moved: pl.DataFrame, kept: pl.DataFrame, elsewhere: pl.DataFrame) -> Contrasts:
    """How much further one side moved than another, for each two sides. Parameters as in of_sides."""
    rows, members = [], []
    names = sorted(table["side"].unique())
    at_dates = {pair: _further(elsewhere, *pair) for pair in combinations(names, 2)}
    alike = of_units(kept, names)
    for value in table["value"].unique(maintain_order=True):
        of_value = {row["side"]: row for row in table.filter(pl.col("value") == value).iter_rows(named=True)}
        changes = {
            side: moved.filter((pl.col("value") == value) & (pl.col("side") == side)).select("member", "change")
            for side in of_value
        }
        members += [
            {"value": value, "side": side, "member": member, "mean": change, "counted": True}
            for side, part in changes.items()
            for member, change in part.iter_rows()
        ]
        for side, other in combinations(sorted(of_value), 2):
            dates = at_dates[side, other].filter(value=value)["change"].to_numpy()
            row = _difference((of_value[side], of_value[other]), changes, kept, dates)
            rows.append(row | alike.get((side, other), {}))
    return _contrasts(_held_against_all(rows, at_dates), members)


def _held_against_all(rows: list[dict], at_dates: Mapping[tuple[str, str], pl.DataFrame]) -> list[dict]:
    """`rows` with n_values, and null_floor_all: their null floor, or the largest change of any value of the same sides
    at another date, in standard deviations. `at_dates`: (side, other) -> value, date, change."""
    spread: dict[tuple[str, str], dict] = {pair: {} for pair in at_dates}
    for row in rows:
        spread[row["side"], row["other"]][row["value"]] = row["sd"]
    largest = {}
    for pair, changes in at_dates.items():
        sizes = [
            abs(change) / sd for v, change in changes.select("value", "change").rows() if (sd := spread[pair].get(v))
        ]
        largest[pair] = max(sizes, default=0.0) if changes["date"].n_unique() >= FEWEST_DATES else 0.0
    made = []
    for row in rows:
        pair, own = (row["side"], row["other"]), row["null_floor"]
        of_all = None if own is None else max(own, largest[pair])
        kind = row["null_floor_kind"] if of_all == own else "dates"
        made.append(row | {"null_floor_all": of_all, "null_floor_all_kind": kind, "n_values": len(spread[pair])})
    return made


def _further(elsewhere: pl.DataFrame, side: str, other: str) -> pl.DataFrame:
    """value, date, change: how much further `side` moved than `other` at other dates."""
    one, two = (elsewhere.filter(pl.col("side") == name) for name in (side, other))
    both = one.join(two, on=["value", "date"])
    return both.select("value", "date", change=pl.col("change") - pl.col("change_right"))


def _difference(
    pair: tuple[dict, dict], changes: dict[str, pl.DataFrame], kept: pl.DataFrame, dates: np.ndarray
) -> dict[str, Any]:
    one, two = pair
    parts = [changes[row["side"]] for row in (one, two)]
    a, b = (part["change"].to_numpy() for part in parts)
    difference = one["change"] - two["change"]
    both = pl.DataFrame([one, two], infer_schema_length=None).select(
        "variance", "degrees", side=pl.lit("both"), mean=pl.lit(difference)
    )
    # The variances of both add up, where over_strata takes the variance of a mean of two.
    summed = with_interval(over_strata(both, by=["side"]).with_columns(pl.col("variance") * 4))
    row = summed.select("low", "high", "variance", "degrees").row(0, named=True)
    spread = _spread(kept, one["value"], [one["side"], two["side"]])
    p, smallest, _ = permute_members(np.concatenate([a, b])[:, None], len(a))
    alone: dict[str, float] = {}
    for part, own, rest, sign in ((parts[0], a, b, 1), (parts[1], b, a, -1)):
        if len(own) > 1:
            alone |= dict(zip(part["member"], sign * ((own.sum() - own) / (len(own) - 1) - rest.mean()), strict=True))
    scaled = {"standardised": difference, "std_low": row["low"], "std_high": row["high"]}
    return {
        "value": one["value"], "side": one["side"], "other": two["side"], "difference": difference, "low": row["low"],
        "high": row["high"], "sd": spread,
        **{n: None if v is None or spread is None else v / spread for n, v in scaled.items()},
        **_beside({**row, "sd": spread}, [a, b], float(detectable_side(a[:, None], b[:, None])[0]), dates),
        "p": float(p[0]), "p_smallest": smallest,
        "alone_low": min(alone.values(), default=None), "alone_high": max(alone.values(), default=None),
        "flips": ", ".join(sorted(name for name, d in alone.items() if d * difference <= 0)) or None,
        **_based(kept, one["side"], PHASES, ""), "n_members": len(a),
        **_based(kept, two["side"], PHASES, "other_"), "other_n_members": len(b),
    }  # fmt: skip


def _beside(row: dict[str, Any], changes: list[np.ndarray], found: float, dates: np.ndarray) -> dict[str, Any]:
    """Null floor and power of one contrast of changes (one side's, or those of two), as in Contrasts.table; `dates`:
    the same contrast at other dates."""
    from scipy.special import stdtrit

    names = ("bca_low", "bca_high", "bca_differs", "null_floor", "null_floor_kind", "detectable", "detectable_side")
    made: dict[str, Any] = dict.fromkeys(names)
    spread, variance = row["sd"], row["variance"]
    if not spread or not variance:
        return made
    error = float(np.sqrt(variance))
    degrees = sum(len(part) - 1 for part in changes)
    if max(len(part) for part in changes) >= SPLIT_FROM:
        squares = sum(((part - part.mean()) ** 2).sum() for part in changes)
        chance = np.sqrt(squares / degrees * sum(1 / len(part) for part in changes)) * stdtrit(degrees, 0.975)
        kind = "outlets"
    else:
        chance, kind = error * stdtrit(row["degrees"], 0.975), "documents"
    if len(dates) >= FEWEST_DATES and np.abs(dates).max() > chance:
        chance, kind = np.abs(dates).max(), "dates"
    seen = error * (stdtrit(row["degrees"], 0.975) + stdtrit(row["degrees"], POWER))
    return made | {
        "null_floor": float(chance) / spread, "null_floor_kind": kind, "detectable": float(seen) / spread,
        "detectable_side": found / spread,
    }  # fmt: skip


def _found_by_signs(changes: np.ndarray, smallest: float) -> float:
    """The mean change that turning signs finds at .05 in 80 of 100 cases, about that of a t test; nan where it
    cannot reach .05."""
    from scipy.special import stdtrit

    k = len(changes)
    if smallest > 1 - LEVEL:
        return float("nan")
    return float(changes.std(ddof=1) / np.sqrt(k) * (stdtrit(k - 1, 0.975) + stdtrit(k - 1, POWER)))


def _based(kept: pl.DataFrame, side: str, phases: Sequence[str], prefix: str) -> dict[str, int]:
    """Counts of a side; of both phases together, n_texts are those of the smaller."""
    parts = [kept.filter((pl.col("side") == side) & (pl.col("phase") == phase)) for phase in phases]
    sums = [part.select(pl.col(COUNTS).sum()).row(0, named=True) for part in parts]
    return {f"{prefix}{n}": min(s[n] for s in sums) if n == "n_texts" else sum(s[n] for s in sums) for n in COUNTS}


def _spread(kept: pl.DataFrame, value: str, sides: list[str]) -> float | None:
    """Standard deviation of documents within side and phase; None where none varies."""
    within = pl.col(value) - pl.col(value).mean().over("side", "phase")
    part = kept.filter(pl.col("side").is_in(sides)).drop_nulls(value)
    squares = float(part.select((within**2).sum()).item())
    degrees = part.height - part.select("side", "phase").n_unique()
    return float(np.sqrt(squares / degrees)) if squares > 0 and degrees > 0 else None


def _contrasts(rows: list[dict], members: list[dict]) -> Contrasts:
    table, of_members = as_table(rows), as_table(members)
    values = tuple(table["value"].unique(maintain_order=True)) if rows else ()
    return Contrasts(table, pl.DataFrame(), of_members, values, "change", LEVEL, 0, 0)
