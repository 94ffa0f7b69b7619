"""How far two sides differ by chance alone, and how far they must differ to be told apart (METHODS, rule 7).

The null floor. A side's mean is the mean of k outlets. Split them into groups of h and k - h: over all splits the
difference of the groups has variance S^2 (1/h + 1/(k - h)), where S^2, the variance of the outlets' means, holds both
what outlets differ by and the noise of their documents. The side's own mean has S^2 / k. A group has fewer outlets
than the side, so that a split varies more than the contrast does; scaled by sqrt((1/k) / (1/h + 1/(k - h))), which is
one half for two halves, it varies exactly as the side's mean, in both parts: no outlet is cut, each keeps its
documents, and only the number of outlets has to be made up for (McCarthy 1969, Review of the International Statistical
Institute 37(3), for halves). A contrast varies as a split of the one side and a split of the other together: every one
is paired with every other, with either sign, and the floor is the 95th percentile of their sizes. Few outlets tell
their variance badly, so that it is widened as Student's t is beside the normal: of four outlets a side that do not
differ 13 % would lie outside without it, and 6 to 8 % do with it (benchmarks/simulate_contrasts.json); of three 8 %
(benchmarks/gate.json). Of two there is one split: nothing is known of how they differ.

A side with too few outlets to be split is taken to vary as the other side's outlets do: a second split of those, of
its variance the part beyond the noise of their documents, at the number of outlets of the short side; and with that
the splits of its own documents. Where neither side can be split, documents are split at random within their outlets.
That is optimistic: it knows nothing of how outlets of one side differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from helpers.analyse.resampling import assignments, smallest_p

SPLIT_FROM = 3
"""Outlets of a side from which on they are split: two could be split in one way only."""
PERCENTILE = 0.95
POWER = 0.80
LEVEL = 0.05
"""Of the tests whose power is told."""

_ENUMERATED, _DRAWN, _PAIRED, _SIMULATED = 10, 1000, 4000, 2000
"""Members up to which every split is made; splits, pairs of splits and samples of outlets drawn where not all are."""


@dataclass(frozen=True, eq=False)
class Stood:
    """What one side of a contrast stands on.

    means    (k, v) mean of each member, without units that stand on several sides
    units    of each member, (n, v) the values of its units
    counted  how many members are counted
    """

    means: np.ndarray
    units: Sequence[np.ndarray]
    counted: int

    @property
    def can_be_split(self) -> bool:
        """Whether it has outlets enough to be split into two groups."""
        return self.counted >= SPLIT_FROM


@dataclass(frozen=True, eq=False)
class Chance:
    """What chance alone makes of a contrast at its number of outlets and documents. See the head of this module.

    differences  (splits, v) in the values' unit
    degrees      of freedom of the outlets' variance; 0 where it is not known
    kind         what was split, "outlets" or "documents" (the latter optimistic)
    """

    differences: np.ndarray
    degrees: int
    kind: str

    def floor(self) -> np.ndarray:
        """(v,) the 95th percentile of the absolute differences; nan where no member has two units."""
        floor = np.quantile(np.abs(self.differences), PERCENTILE, axis=0) * _widened(self.degrees)
        return np.where(floor > 0, floor, np.nan)

    def floor_of_all(self, spread: np.ndarray) -> float:
        """The 95th percentile of the largest difference of any value, each in its `spread` (v,): what a difference has
        to be larger than, where one of v is picked because it is large. Values that go together are split together.
        nan as in floor."""
        with np.errstate(divide="ignore", invalid="ignore"):
            sizes = np.nan_to_num(np.abs(self.differences) / spread, posinf=0.0)
        floor = float(np.quantile(sizes.max(1), PERCENTILE)) * _widened(self.degrees)
        return floor if floor > 0 else float("nan")


def by_chance(first: Stood, other: Stood, *, seed: int = 7) -> Chance:
    """Splits of the two sides of a contrast, every one of the first with every one of the other."""
    rng = np.random.default_rng(seed)
    splittable = [side for side in (first, other) if side.can_be_split]
    parts = [
        _of_members(side, rng)
        if side.can_be_split
        else _of_documents(side, rng) + (_borrowed(splittable[0], len(side.means), rng) if splittable else 0.0)
        for side in (first, other)
    ]
    a, b = (np.arange(len(part)) for part in parts)
    if len(a) * len(b) <= _PAIRED:
        a, b = np.repeat(a, len(b)), np.tile(b, len(a))
    else:
        a, b = rng.choice(a, _PAIRED), rng.choice(b, _PAIRED)
    both = np.concatenate([parts[0][a] + parts[1][b], parts[0][a] - parts[1][b]])
    degrees = sum(len(side.means) - 1 for side in splittable)
    return Chance(both, degrees, "outlets" if splittable else "documents")


def detectable(draws: np.ndarray, estimate: np.ndarray, *, tails: tuple[float, float]) -> np.ndarray:
    """(v,) the smallest difference of these outlets that a document-level interval tells from zero with a power of
    80 %, in the values' unit.

    `draws` (replicates, v): bootstrap of the difference, `estimate` (v,); `tails`: where the interval is cut. A planted
    difference is found where the noise of the draws around it leaves the interval's near end beyond zero: with normal
    noise (1.96 + .84) standard errors. The larger one of a difference up and one down. nan where nothing varies."""
    noise = draws - estimate
    low, weak, strong, high = np.nanquantile(noise, [tails[0], 1 - POWER, POWER, tails[1]], axis=0)
    needed = np.maximum(-low - weak, high + strong)
    return np.where(needed > 0, needed, np.nan)


def detectable_side(first: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(v,) the smallest difference between sides that the permutation of whole outlets finds at .05 with a power of
    80 %, in the values' unit; nan where so few outlets cannot reach .05, however far the sides differ.

    `first`, `other` (k, v): the members' means. Outlets of a side are taken to be normal around it, with the standard
    deviation that these have within their sides."""
    squares = ((first - first.mean(0)) ** 2).sum(0) + ((other - other.mean(0)) ** 2).sum(0)
    degrees = len(first) + len(other) - 2
    if not degrees:
        return np.full(first.shape[1], np.nan)
    return shift_found(len(first), len(other)) * np.sqrt(squares / degrees)


@cache
def shift_found(n_first: int, n_other: int) -> float:
    """The difference between two sides of so many outlets, in standard deviations of outlets, that their permutation
    finds at .05 in 80 % of 2,000 simulated samples; nan where p cannot reach .05."""
    if smallest_p(n_first + n_other, n_first) > LEVEL:
        return float("nan")
    chosen, extra = assignments(n_first + n_other, n_first, most=_DRAWN, drawn=_DRAWN - 1)
    weights = chosen / n_first - (1 - chosen) / n_other
    noise = np.random.default_rng(7).normal(size=(_SIMULATED, n_first + n_other))
    effect = np.repeat([1.0, 0.0], [n_first, n_other])
    seen, truly = noise @ weights.T, weights @ effect
    own = noise[:, :n_first].mean(1) - noise[:, n_first:].mean(1)

    def found(shift: float) -> float:
        beyond = np.abs(seen + shift * truly) >= np.abs(own + shift)[:, None] * (1 - 1e-9)
        return float(((beyond.sum(1) + extra) / (len(chosen) + extra) <= LEVEL).mean())

    low, high = 0.0, 1.0
    while found(high) < POWER:
        low, high = high, 2 * high
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (low, middle) if found(middle) >= POWER else (middle, high)
    return high


def splits(k: int, rng: np.random.Generator) -> np.ndarray:
    """(splits, k) weights of k members, one row for each split into two groups: their product with the members' means
    is the groups' difference, scaled to the variance of the mean of all k. Every split of up to ten members (mirrored
    ones once), a thousand random ones of more."""
    if k <= _ENUMERATED:
        group = (np.arange(1, 2 ** (k - 1))[:, None] >> np.arange(k) & 1).astype(float)
    else:
        group = (rng.random((_DRAWN, k)) < 0.5).astype(float)
        group[:, 0], group[:, 1] = np.where(np.ptp(group, axis=1) > 0, group[:, :2].T, [[1.0], [0.0]])
    h = group.sum(1, keepdims=True)
    return (group / h - (1 - group) / (k - h)) * np.sqrt(1 / k / (1 / h + 1 / (k - h)))


def _of_members(side: Stood, rng: np.random.Generator) -> np.ndarray:
    return splits(len(side.means), rng) @ side.means


def _borrowed(side: Stood, k: int, rng: np.random.Generator) -> np.ndarray:
    """(_DRAWN, v) of k outlets that differ as those of `side` do, their documents' noise taken out."""
    made = _of_members(side, rng)
    noise = np.mean([part.var(0, ddof=1) / len(part) if len(part) > 1 else 0 * part[0] for part in side.units], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = np.nan_to_num(np.clip(1 - noise / side.means.var(0, ddof=1), 0, None))
    signs = rng.choice([-1.0, 1.0], (_DRAWN, 1))
    return signs * rng.choice(made, _DRAWN) * np.sqrt(beyond * len(side.means) / k)


def _of_documents(side: Stood, rng: np.random.Generator) -> np.ndarray:
    """(_DRAWN, v) differences of halves of the documents of each member, scaled as `splits` are; the members of a
    single document are split together."""
    made = np.zeros((_DRAWN, side.means.shape[1]))
    single = [part for part in side.units if len(part) == 1]
    strata = [part for part in side.units if len(part) > 1] + ([np.concatenate(single)] if len(single) > 1 else [])
    for part in strata:
        n, h = len(part), len(part) // 2
        weights = np.repeat([1 / h, -1 / (n - h)], [h, n - h]) * np.sqrt(1 / n / (1 / h + 1 / (n - h)))
        share = len(single) if part is strata[-1] and len(single) > 1 else 1
        made += share / len(side.units) * (rng.permuted(np.tile(weights, (_DRAWN, 1)), axis=1) @ part)
    return made


def _widened(degrees: int) -> float:
    """How much wider a two-sided interval of Student's t is than the normal's; 1 without degrees of freedom."""
    from scipy.special import ndtri, stdtrit

    tail = (1 + PERCENTILE) / 2
    if not degrees:
        return 1.0
    return float(stdtrit(degrees, tail) / ndtri(tail))
