"""Whether echoes are more than chance, and whether one outlet leads: tests on whole documents.

Excess: dates are dealt anew among the documents of one outlet and theme, so that what an outlet writes about, and when
it writes at all, stay as they are. Direction: shuffling dates would break up the days that both report on, and find
direction wherever texts lie close in time (benchmarks/echoes.json); so time is turned round, story by story, a story
being what is linked.
"""

from itertools import product

import numpy as np
import polars as pl

from helpers.analyse.echo_rows import Rows, days_of, inside, order

FEW = 5
"""Documents of one outlet and theme. Smaller groups of an outlet are dealt together: among one or two documents there
is nothing to shuffle."""
MOST_ENUMERATED = 14
"""Stories. Up to 2^14 ways of turning them round are gone through, beyond that DRAWN random ones."""
DRAWN = 9_999
BLOCK = 100


def strata(rows: Rows) -> np.ndarray:
    """(documents,) number of the group among which a document's date is dealt: outlet, theme, exactness of the date."""
    frame = rows.documents.select(
        "date_precision", member=pl.Series(rows.member), theme=pl.col("theme")
    ).with_columns(few=pl.len().over("member", "theme", "date_precision") < FEW)  # fmt: skip
    theme = pl.when("few").then(-1).otherwise("theme")
    return (
        frame.select(pl.struct("member", "date_precision", theme.alias("theme")).rank("dense")).to_series().to_numpy()
    )


def shuffled(groups: np.ndarray, times: int, *, seed: int) -> np.ndarray:
    """(times, documents): whose date each document gets, within its group."""
    rng = np.random.default_rng(seed)
    dealt = np.tile(np.arange(len(groups), dtype=np.int32), (times, 1))
    for group in np.unique(groups):
        mine = np.flatnonzero(groups == group).astype(np.int32)
        if len(mine) > 1:
            dealt[:, mine] = mine[np.argsort(rng.random((times, len(mine))), axis=1)]
    return dealt


def excess(
    rows: Rows, links: tuple[np.ndarray, np.ndarray], strength: np.ndarray, lag: int, dealt: np.ndarray
) -> tuple[float, float, float]:
    """The strength of the links (pairs of documents, chosen without a look at their dates) that lie inside the window;
    its mean over the shuffles; and p = (b + 1) / (m + 1) that shuffled dates give as much."""
    a, b = links
    seen = float(strength[inside(days_of(rows, a), days_of(rows, b), lag)].sum())
    drawn = []
    for top in range(0, len(dealt), BLOCK):
        deal = dealt[top : top + BLOCK]
        drawn.append(inside(days_of(rows, deal[:, a]), days_of(rows, deal[:, b]), lag) @ strength)
    values = np.concatenate(drawn) if drawn else np.zeros(0)
    beyond = int((values >= seen - 1e-9).sum())
    return seen, float(values.mean()) if len(values) else 0.0, (beyond + 1) / (len(values) + 1)


def by_chance(
    rows: Rows, links: tuple[np.ndarray, np.ndarray], group: np.ndarray, lag: int, dealt: np.ndarray
) -> np.ndarray:
    """(shuffles, groups, groups): links inside the window from a group's document to a later one of another group.
    `group`: (documents,) 0, 1, ...; the outlet or the side."""
    a, b = links
    n = int(group.max(initial=0)) + 1
    made = [np.zeros((0, n, n))]
    for top in range(0, len(dealt), BLOCK):
        deal = dealt[top : top + BLOCK]
        one, other = days_of(rows, deal[:, a]), days_of(rows, deal[:, b])
        way = order(one, other) * inside(one, other, lag)
        cells = np.where(way > 0, group[a] * n + group[b], group[b] * n + group[a])
        cells += np.arange(len(deal))[:, None] * n * n
        made.append(np.bincount(cells[way != 0], minlength=len(deal) * n * n).reshape(-1, n, n).astype(np.float64))
    return np.concatenate(made)


def stories(n_documents: int, links: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """(links,) number of the story, which is what is linked, that a link of two documents belongs to."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    a, b = links
    linked = coo_array((np.ones(len(a)), (a, b)), shape=(n_documents, n_documents))
    return connected_components(linked, directed=False)[1][a]


def lead(ways: np.ndarray, story: np.ndarray, *, seed: int) -> tuple[float, float, int]:
    """Whether one of two outlets leads. `ways`: 1 for each link from the first to the second, -1 back, 0 unknown.

    Turns each story's time round or not: without a leader, either way is as likely. Returns the two-sided p of the sum
    (enumerated, or (b + 1) / (m + 1) over DRAWN random ways), the smallest it could be, the number of stories."""
    sums = np.bincount(story, ways) if len(ways) else np.zeros(0)
    sums = sums[sums != 0]
    k = len(sums)
    if not k:
        return 1.0, 1.0, 0
    if k <= MOST_ENUMERATED:
        signs, extra = np.array(list(product((1.0, -1.0), repeat=k))), 0
    else:
        signs = np.random.default_rng(seed).integers(0, 2, (DRAWN, k)) * 2.0 - 1
        extra = 1
    beyond = int((np.abs(signs @ sums) >= abs(sums.sum()) - 1e-9).sum())
    smallest = 2 / len(signs) if not extra else 1 / (DRAWN + 1)
    return (beyond + extra) / (len(signs) + extra), smallest, k
