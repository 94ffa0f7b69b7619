"""Each difference between two sides, split: do they write about other themes, or otherwise about the same?

A side's mean score is made of its themes t: with p_t the share of its passages in t and s_t the sum of their scores,
both as means of outlets of means of documents of means of passages (the weights of every contrast of the workbench),

    p_t = mean over outlets of mean over documents of (passages in t / passages)              sum over t of p_t = 1
    s_t = mean over outlets of mean over documents of (scores summed over passages in t / passages)
    M = sum over t of s_t,    m_t = s_t / p_t

M is the side's mean in helpers.analyse.contrasts, and m_t its mean score within the theme; outlets and documents that
write more about the theme weigh more in m_t, as they must if the parts are to add up. Let C be the themes that at
least FEWEST documents of either side are about, q_t = p_t / (sum over C of p_t), m_C = sum over C of q_t m_t. Then, an
apostrophe marking the other side,

    M - M' = selection + presentation + apart
    selection    = sum over C of (q_t - q'_t) (m_t + m'_t) / 2             writes about other themes
    presentation = sum over C of (q_t + q'_t) / 2 (m_t - m'_t)             writes otherwise about the same theme
    apart        = (M - m_C) - (M' - m'_C)                                 what themes without common support do to M

The first two are Kitagawa's composition and rate effects (1955, Journal of the American Statistical Association 50; the
symmetric form of Das Gupta 1978, Demography 15: the joint doing of both goes half to either); in terms of Oaxaca and of
Blinder (1973) endowments and coefficients, each with half of the interaction, on dummies of themes. The third is how
Nopo (2008, Review of Economics and Statistics 90) sets apart what has no counterpart: M - m_C is the share of what lies
outside C times how far its mean is from the mean inside. Nothing is imputed, and no part changes when a constant is
added to all scores (cosines have no natural zero). Passages of no theme are one stratum like the others.

Themes here are those of helpers.analyse.strata: learned on half of the documents and applied to the other, and on
vectors from which the scores have been taken out, because a theme that is a frame calls every difference of frames
selection. RUNS such clusterings are made and the parts are their means, which add up as each one's do. Intervals are
for other documents of these outlets, the clusterings given: the house's bootstrap weights, applied to the parts'
linearised values (Deville 1999, Survey Methodology 25), so that a theme with few documents needs no exception; the
total's is exactly that of the contrast. What hangs on the themes stands beside it, in `spread`.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from helpers.analyse.kitagawa import PARTS
from helpers.analyse.reclustered import Compared, Parts, compared, draws, over
from helpers.analyse.strata import points, weighted
from helpers.analyse.themes import how_many
from helpers.analyse.units import units
from helpers.phrases import per_cent
from helpers.results import remembered, result
from helpers.sides import side_name
from helpers.tables import need

RUNS, FEWER_RUNS = 50, 10
"""Clusterings that the parts are means of; of each other choice of themes."""
SAME_SIGN = 0.95
"""Least share of the RUNS clusterings in which a part that is said to hold has its sign; of the other choices of themes
the mean must have it."""
MOST_ASIDE = 0.5
"""Where more of a side's passages lie outside the shared themes, what is found within them is not the side's."""
REPLICATES, LEVEL = 2000, 0.95
CHOICES = ("other starts and halves", "half as many themes", "twice as many themes", "themes that see the scores")


@result
class Decomposition:
    """Differences of mean scores, split over themes.

    table   one row per (value, side, other, part), parts in the order of PARTS:
        difference, low, high   the part and its 95 % interval, in the value's unit
        standardised, std_low, std_high   the same in pooled standard deviations of documents, as in contrasts
        flips           outlets whose omission turns the part's sign, or null
        lacking         why the part is not said to hold, or null: it holds (its interval is off zero, its sign is the
                        same without any outlet and under the other choices of themes, and not too much of either side
                        lies outside the shared themes)
        shared_themes   themes that FEWEST documents of either side are about, mean over clusterings
        aside, other_aside   share (0-1) of either side's passages outside these
    spread  one row per (value, side, other, part, choice of CHOICES): standardised (mean over its clusterings),
            std_low, std_high (smallest and largest), same_sign (share of them, 0-1, with the sign that `table` has),
            runs, n_themes
    """

    table: pl.DataFrame
    spread: pl.DataFrame
    values: tuple[str, ...]
    n_themes: int
    voice: str
    copies: str
    seed: int


@remembered
def decompose(
    passages: pl.DataFrame,
    *,
    values: Sequence[str],
    count: int | None = None,
    voice: str = "outlet",
    copies: str = "one",
    seed: int = 7,
) -> Decomposition:
    """Splits the difference of every pair of sides on every value (a column of scores of passages, as frames() makes).

    `count`: how many themes (default: as many as themes() makes). `voice`, `copies`: as in helpers.analyse.units.
    Raises InputError without embeddings, where a score is empty, or where fewer than two sides are there."""
    import sklearn.cluster  # noqa: F401  (its thread pools can only be limited once they are there)
    from threadpoolctl import threadpool_limits

    need(passages, ["embedding", *values], where="decompose", do="Run encode(passages), then frames(...).")
    rows = units(passages, values, voice=voice, copies=copies)
    kept = weighted(passages, rows, voice=voice, copies=copies)
    given = compared(rows, kept, values, seed=seed)
    n = count or how_many(len(passages))
    with threadpool_limits(limits=1):
        vectors = kept["embedding"].to_numpy()
        blind, seeing = points(vectors, given.scores), points(vectors)
        main = over(given, blind, n, RUNS)
        choices = [main, over(given, blind, max(2, round(n / 2)), FEWER_RUNS),
                   over(given, blind, 2 * n, FEWER_RUNS), over(given, seeing, n, FEWER_RUNS)]  # fmt: skip
    counts = (n, max(2, round(n / 2)), 2 * n, n)
    spread = _spread(given, choices, counts, values)
    return Decomposition(_table(given, main, spread, values), spread, tuple(values), n, voice, copies, seed)


def _spread(given: Compared, choices: list[Parts], counts: Sequence[int], values: Sequence[str]) -> pl.DataFrame:
    made = []
    sign = np.sign(choices[0].parts.mean(0))
    for choice, n, parts in zip(CHOICES, counts, (choice.parts for choice in choices), strict=True):
        scaled, same = parts / given.sd[:, None], (np.sign(parts) == sign).mean(0)
        for k, (side, other) in enumerate(given.pairs):
            for p, part in enumerate(PARTS):
                for v, value in enumerate(values):
                    drawn = scaled[:, k, p, v]
                    made.append(
                        {"value": value, "side": side, "other": other, "part": part, "choice": choice,
                         "standardised": drawn.mean(), "std_low": drawn.min(), "std_high": drawn.max(),
                         "same_sign": same[k, p, v], "runs": len(drawn), "n_themes": n}
                    )  # fmt: skip
    return _ordered(made, values)


def _table(given: Compared, made: Parts, spread: pl.DataFrame, values: Sequence[str]) -> pl.DataFrame:
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    low, high = np.nanquantile(draws(given, made, replicates=REPLICATES), tails, axis=1)
    turned = _turned(spread)
    rows = []
    for k, (side, other) in enumerate(given.pairs):
        for p, part in enumerate(PARTS):
            for v, value in enumerate(values):
                drawn, sd = float(made.parts[:, k, p, v].mean()), given.sd[k, v]
                ends = float(low[k, p, v]), float(high[k, p, v])
                flips = sorted(name for (_, name), without in made.alone[k].items() if without[p, v] * drawn <= 0)
                outside = dict(zip((side, other), made.aside[:, k].mean(0), strict=True)) if p in (1, 2) else {}
                lacking = _lacking(ends, flips, turned.get((value, side, other, part), []), outside)
                rows.append(
                    {"value": value, "side": side, "other": other, "part": part, "difference": drawn,
                     "low": ends[0], "high": ends[1], "standardised": drawn / sd, "std_low": ends[0] / sd,
                     "std_high": ends[1] / sd, "flips": ", ".join(flips) or None, "lacking": lacking,
                     "shared_themes": made.shared[:, k].mean(), "aside": made.aside[:, k, 0].mean(),
                     "other_aside": made.aside[:, k, 1].mean()}
                )  # fmt: skip
    return _ordered(rows, values)


def _turned(spread: pl.DataFrame) -> dict[tuple, list[str]]:
    """(value, side, other, part) -> which other choices of themes do not give it its sign, in words."""
    keys = ("value", "side", "other", "part")
    sign = pl.col("standardised").sign()
    first = sign.filter(pl.col("choice") == CHOICES[0]).first().over(keys)
    rows = spread.select(*keys, "choice", "same_sign", kept=sign == first)
    made: dict[tuple, list[str]] = {}
    for *key, choice, same, kept in rows.iter_rows():
        if choice == CHOICES[0] and same < SAME_SIGN:
            made.setdefault(tuple(key), []).append(
                f"{choice} take its sign away in {per_cent(1 - same)} of {RUNS} clusterings"
            )
        elif not kept:
            made.setdefault(tuple(key), []).append(f"{choice} do not give it this sign")
    return made


def _lacking(ends: tuple[float, float], flips: list[str], turned: list[str], outside: dict[str, float]) -> str | None:
    """Why a part is not said to hold, in words; None where it does."""
    made = ["its interval includes zero"] if ends[0] <= 0 <= ends[1] else []
    made += [f"its sign turns without {', '.join(flips)}"] if flips else []
    made += turned
    made += [
        f"{per_cent(share)} of the passages of {side_name(side)} lie outside the themes that both write about"
        for side, share in outside.items()
        if share > MOST_ASIDE
    ]
    return "; ".join(made) or None


def _ordered(rows: list[dict], values: Sequence[str]) -> pl.DataFrame:
    frame = pl.DataFrame(rows).with_columns(pl.selectors.float().fill_nan(None))
    ranks = {"value": list(values), "part": list(PARTS), "choice": list(CHOICES)}
    keys = [
        pl.col(c).replace_strict({n: i for i, n in enumerate(names)}, return_dtype=pl.Int64)
        for c, names in ranks.items()
        if c in frame.columns
    ]
    return frame.sort(keys[0], "side", "other", *keys[1:])
