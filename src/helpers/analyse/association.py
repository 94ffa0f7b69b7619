"""Measures on counts alone: log-odds, dispersion, log-likelihood, log Dice, the interval of a share."""

import numpy as np

Numbers = np.ndarray | float


def log_odds(counts: Numbers, other: Numbers, n: Numbers, other_n: Numbers) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds ratio and z of each term; arrays of any one shape, `n` all words of each side.

    Prior: the terms' counts in both together, as many words as there are (Monroe, Colaresi and Quinn
    2008: point estimate eq. 16, variance eq. 20, z eq. 22). A term that neither has is nan."""
    prior, prior_n = counts + other, n + other_n
    a, b = counts + prior, other + prior
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = np.log(a / (n + prior_n - a) * ((other_n + prior_n - b) / b))
        return difference, difference / np.sqrt(1 / a + 1 / b)


def dispersion(counts: np.ndarray, sizes: np.ndarray) -> float:
    """Gries' deviation of proportions DP of one term: 0 (spread as the parts' sizes) to nearly 1 (in
    one small part). `counts`: occurrences in each part; `sizes`: words of each part. nan where it
    does not occur. Gries 2008, International Journal of Corpus Linguistics 13(4)."""
    total = counts.sum()
    return float(np.abs(counts / total - sizes / sizes.sum()).sum() / 2) if total > 0 else float("nan")


def log_likelihood(both: Numbers, first: Numbers, second: Numbers, total: Numbers) -> np.ndarray:
    """Dunning's log-likelihood ratio (-2 log lambda) of the 2 x 2 table, 0 and more.

    `both`: how often together; `first`, `second`: how often each; `total`: of how many. The sign of
    the association is not in it. Dunning 1993, Computational Linguistics 19(1)."""
    cells = (
        (both, first, second),
        (first - both, first, total - second),
        (second - both, total - first, second),
        (total - first - second + both, total - first, total - second),
    )
    summed = np.zeros(np.broadcast(both, first, second, total).shape)
    for seen, row, column in cells:
        with np.errstate(divide="ignore", invalid="ignore"):
            part = seen * np.log(seen * total / (np.asarray(row) * column))
        summed = summed + np.where(np.asarray(seen) > 0, part, 0.0)
    return np.maximum(2 * summed, 0)


def log_dice(both: Numbers, first: Numbers, second: Numbers) -> np.ndarray:
    """Log Dice, 14 + log2(2 both / (first + second)): 14 at the most, one more for twice the share,
    whatever the corpus's size. Rychly 2008, RASLAN."""
    with np.errstate(divide="ignore"):
        return 14 + np.log2(2 * np.asarray(both) / (np.asarray(first) + second))


def wilson(part: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Share (0-1) and its 95 % interval, of independent units; nan where `whole` is 0. Wilson 1927."""
    z2 = 1.959963984540054**2
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.asarray(part) / whole
        middle = share + z2 / (2 * whole)
        half = np.sqrt(z2 * (share * (1 - share) / whole + z2 / (4 * np.asarray(whole) ** 2)))
        return share, (middle - half) / (1 + z2 / whole), (middle + half) / (1 + z2 / whole)
