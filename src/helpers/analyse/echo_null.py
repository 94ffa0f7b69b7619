"""How alike passages are that cannot echo each other, and the threshold from which on few of the pairs found are false.

Two nulls. *Other days*: pairs of the same members, of the same theme or not, that lie outside the lag window; they
say how alike texts are that write about one subject. *Own pairs*: documents of one outlet inside the window; they say
how alike texts are that report one event, for an outlet follows itself no more than it follows others. Runs of words
are held against the first alone, since outlets do repeat themselves word for word.
"""

from dataclasses import dataclass

import numpy as np

from helpers.analyse.echo_pairs import Pairs
from helpers.analyse.echo_rows import Rows, days_of, inside, outside

TAIL = 30
"""So many of the highest pairs of a null make its tail, which is taken for exponential beyond them: the fewest whose
mean tells its slope to about a fifth."""
SCARCE = 1_000
"""A stratum with fewer pairs in the null says nothing of how alike its most alike are; such strata are pooled."""
BLOCK = 500


@dataclass(frozen=True, eq=False)
class Counts:
    """Numbers of pairs of passages, each (members, members, 2): the last axis is another theme, the same theme.
    `inside` and `outside` the window between two members (both halves filled); the diagonals are one's own."""

    inside: np.ndarray
    outside: np.ndarray


def when(rows: Rows, pairs: Pairs, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Whether the two passages of each pair surely lie inside the window, and whether surely outside it."""
    one, other = days_of(rows, rows.document[pairs.i]), days_of(rows, rows.document[pairs.j])
    return inside(one, other, lag), outside(one, other, lag)


def count_pairs(rows: Rows, lag: int, *, kept: np.ndarray) -> Counts:
    """All pairs of the passages `kept` (a mask), of different documents."""
    n, n_members = len(rows.first), int(rows.member.max()) + 1
    themes = np.zeros((n, int(rows.theme.max(initial=0)) + 1))
    np.add.at(themes, (rows.document[kept], rows.theme[kept]), 1)
    size, themed = themes.sum(1), themes.copy()
    themed[:, 0] = 0
    of_member = np.eye(n_members)[rows.member]
    made = np.zeros((2, n_members, n_members, 2))
    for top in range(0, n, BLOCK):
        part = slice(top, top + BLOCK)
        one, other = days_of(rows, np.arange(n)[part, None]), days_of(rows, np.arange(n)[None])
        different = np.arange(n)[part, None] != np.arange(n)[None]
        same = themed[part] @ themed.T
        for k, mask in enumerate((inside(one, other, lag) & different, outside(one, other, lag) & different)):
            for flag, pairs in enumerate((size[part, None] * size[None] - same, same)):
                made[k, :, :, flag] += of_member[part].T @ (mask * pairs) @ of_member
    made[:, np.arange(n_members), np.arange(n_members)] /= 2
    return Counts(made[0], made[1])


def weights_of(rows: Rows, counts: Counts, pairs: Pairs, *, own: bool) -> np.ndarray:
    """What each null pair stands for: so many pairs inside the window, across members, of its stratum (its two members
    and whether the themes are the same; own pairs: its member). Strata with a SCARCE null are one together, and where
    they are scarce together, all are."""
    a, b = rows.member[rows.document[pairs.i]], rows.member[rows.document[pairs.j]]
    flag = ((rows.theme[pairs.i] == rows.theme[pairs.j]) & (rows.theme[pairs.i] > 0)).astype(np.int64)
    everyone = np.arange(len(counts.inside))
    wanted = counts.inside.copy()
    wanted[everyone, everyone] = 0
    if own:
        # Half of a member's pairs with others stand for it, the other half for them.
        wanted, there = wanted.sum(1) / 2, counts.inside[everyone, everyone]
        at: tuple[np.ndarray, ...] = (a, flag)
    else:
        there, at = counts.outside.copy(), (a, b, flag)
        there[everyone, everyone] = 0
        wanted, there = wanted / 2, there / 2
    rich = there >= SCARCE
    weight = np.where(rich, wanted / np.maximum(there, 1), 0.0)
    poor_there, poor_wanted = there[~rich].sum(), wanted[~rich].sum()
    if poor_there >= SCARCE:
        weight = np.where(rich, weight, poor_wanted / poor_there)
    elif poor_wanted:
        weight = weight + poor_wanted / max(there.sum(), 1)
    return weight[at]


@dataclass(frozen=True, eq=False)
class Null:
    """Pairs that cannot be echoes.

    values, weights  of those that are alike enough to be candidates: how strong they are, what each stands for
    floor            the least value of a candidate
    slope            in what an exponential tail falls by a factor of e where nothing better is known
    unit             what a pair of the whole null stands for on average; infinite where the null has no pair at all
    """

    values: np.ndarray
    weights: np.ndarray
    floor: float
    slope: float
    unit: float


def unit_of(counts: Counts, *, own: bool) -> float:
    """Pairs inside the window, across members, for one of the null; infinite where there is none."""
    diagonal = np.eye(len(counts.inside), dtype=bool)
    wanted = counts.inside[~diagonal].sum() / 2
    there = counts.inside[diagonal].sum() if own else counts.outside[~diagonal].sum() / 2
    return float(wanted / there) if there else float("inf")


def expected_beyond(null: Null, at: np.ndarray) -> np.ndarray:
    """How many pairs a null lets expect at `at` and above: the weights of its pairs up to its TAIL highest, beyond
    them an exponential tail of the same mean excess. A null with fewer candidates has its tail from the floor on, and
    counts as if it had one more, with an excess of `slope`: that none was seen does not mean that there can be none."""
    at = np.asarray(at, dtype=np.float64)
    if not np.isfinite(null.unit):
        return np.full(at.shape, np.inf)
    order = np.argsort(-null.values, kind="stable")
    values, weights = null.values[order], null.weights[order]
    counted = np.concatenate([[0.0], np.cumsum(weights)])[np.searchsorted(-values, -at, side="right")]
    top, one = null.floor, 0.0
    if len(values) > TAIL:
        top = values[TAIL - 1]
        counted = np.where(at > top, 0, counted)
    else:
        one = null.unit if len(values) else max(1.0, null.unit)
    excess, weights = values[:TAIL] - top, weights[:TAIL]
    mass = weights.sum() + one
    slope = max(float((weights @ excess + one * null.slope) / mass), 1e-9) if mass else null.slope
    return np.maximum(counted, np.where(at > top, mass * np.exp(-(at - top) / slope), 0))


def threshold(found: np.ndarray, expected: np.ndarray, share: float) -> float:
    """The lowest of the values `found` (descending, `expected` beside) from which on expected / found is at most
    `share`; infinite where there is none."""
    number = np.searchsorted(-found, -found, side="right")  # ties count together
    good = np.flatnonzero(expected <= share * number)
    return float(found[good[-1]]) if len(good) else float("inf")
