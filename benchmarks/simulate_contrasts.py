"""What the intervals and p-values of contrasts are worth, on 1,000 simulated corpora a setting.

    python benchmarks/simulate_contrasts.py

writes benchmarks/simulate_contrasts.json. Passages in documents in outlets on two sides that do not differ (or by the
planted amount). Outlets fixed: how often the 95 % interval holds the true difference of these outlets, with documents
and, wrongly, with passages as units. Outlets random: how often the sides are told apart at .05 by exchanging whole
outlets and, wrongly, documents; whether the p of whole outlets is uniform; how often sides that do not differ lie
outside the null floor; and how often a difference of the size that is said to be detectable is found.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from helpers.analyse.null_floor import SPLIT_FROM, shift_found  # noqa: E402
from nested import Nested, by_passages, contrast, cover, document_p, nested  # noqa: E402

CORPORA, BLOCK = 1000, 100
"""Corpora of one block share their bootstrap draws, and nothing else."""

FIXED = [(2, 20, 6), (3, 25, 6), (4, 40, 8), (3, 10, 6)]
"""Outlets a side, documents an outlet, passages a document."""
RANDOM = [(3, 25, 0.2), (4, 25, 0.2), (4, 25, 0.3), (5, 60, 0.3)]
"""Outlets a side, documents an outlet, standard deviation of outlets in that of document means."""
SHORT = [(2, 6, 0.3), (1, 4, 0.2)]
"""Outlets of a side too short to be split, outlets of the other, standard deviation of outlets; 25 documents each."""
FOUND = [(4, 40, 0.2), (5, 25, 0.3), (6, 25, 0.2)]
"""As RANDOM: planted is what the permutation is said to find with a power of 80 %."""
POWER = [(4, 40, 0.2, 0.3), (4, 40, 0.2, 0.5), (5, 40, 0.2, 0.5)]
"""As RANDOM, and the difference between the sides in standard deviations of document means."""


def fixed(outlets: int, documents: int, passages: int) -> dict:
    """Coverage with outlets fixed (they differ by .2)."""
    held, checked, wrongly, found = [], [], [], []
    for block in range(CORPORA // BLOCK):
        rng = np.random.default_rng([outlets, documents, block])
        drawn = nested(rng, BLOCK, outlets=outlets, documents=documents, passages=passages, between=0.2)
        made = contrast(drawn, seed=block, replicates=2000)
        held.append(cover(drawn, made["low"].to_numpy(), made["high"].to_numpy()))
        checked.append(cover(drawn, made["bca_low"].to_numpy(), made["bca_high"].to_numpy()))
        wrongly.append(cover(drawn, *by_passages(drawn, seed=1000 * block, replicates=500)))
        # Moved so that these outlets differ by exactly what is said to be detectable.
        spread = (0.6**2 + 0.8**2 / passages) ** 0.5
        drawn.values[:, :outlets] += (made["detectable"].mean() * spread - drawn.difference)[:, None, None, None]
        found.append(contrast(drawn, seed=block, replicates=2000)["low"].to_numpy() > 0)
    return {"outlets_a_side": outlets, "documents_an_outlet": documents, "passages_a_document": passages,
            "cover_documents": share(held), "cover_documents_bca": share(checked), "cover_passages": share(wrongly),
            "detectable_found": share(found)}  # fmt: skip


def random(outlets: int, documents: int, between: float, effect: float = 0.0) -> dict:
    """How often p is at most .05 with outlets random, and where it lies on its grid."""
    p, wrongly, held, outside, bare = [], [], [], [], []
    for block in range(CORPORA // BLOCK):
        rng = np.random.default_rng([outlets, documents, round(100 * between), block])
        drawn = nested(rng, BLOCK, outlets=outlets, documents=documents, passages=4, between=between)
        drawn.values[:, :outlets] += effect * (0.6**2 + 0.8**2 / 4) ** 0.5
        made = contrast(drawn, seed=block, replicates=400)
        p.append(made["p"].to_numpy())
        size, floor = made["standardised"].abs().to_numpy(), made["null_floor"].to_numpy()
        outside.append(size > floor)
        # Outlets enough are split; their floor without the allowance for few outlets.
        bare.append(size > floor * (t_over_normal(outlets) if outlets >= SPLIT_FROM else 1.0))
        held.append((made["low"].to_numpy() <= 0) & (made["high"].to_numpy() >= 0))
        wrongly.append(document_p(drawn, rng, draws=999) <= 0.05)
    found = np.concatenate(p)
    told = {"outlets_a_side": outlets, "documents_an_outlet": documents, "outlets_sd": between, "effect": effect,
            "p_smallest": round(2 / math.comb(2 * outlets, outlets), 4), "outlets_reject": share([found <= 0.05]),
            "documents_reject": share(wrongly)}  # fmt: skip
    if not effect:
        told["interval_of_documents_holds_zero"] = share(held)
        told["null_floor"] = {"kind": made["null_floor_kind"][0], "outside": share(outside)}
        if outlets >= SPLIT_FROM:
            told["null_floor"]["outside_without_t"] = share(bare)
        # Two assignments, mirrored, share each p: a grid of total / 2 equally likely values.
        steps = math.comb(2 * outlets, outlets) // 2
        counts = np.bincount(np.rint(found * steps).astype(int), minlength=steps + 1)[1:]
        told["p_grid"] = {"values": steps, "mean": round(float(found.mean()), 4),
                          "expected": round((1 + 1 / steps) / 2, 4), "chi2_p": round(chi2_p(counts), 4),
                          "ks_p": round(uniform_p(found, 1 / steps, seed=outlets), 4)}  # fmt: skip
    return told


def short(first: int, other: int, between: float) -> dict:
    """How often sides that do not differ lie outside the null floor where one has too few outlets to be split."""
    outside = []
    for block in range(CORPORA // BLOCK):
        rng = np.random.default_rng([first, other, block])
        drawn = nested(rng, BLOCK, outlets=other, documents=25, passages=4, between=between)
        kept = np.r_[:first, other : 2 * other]
        fewer = Nested(drawn.values[:, kept], drawn.truth[:, kept])
        made = contrast(fewer, seed=block, replicates=50, first=first)
        outside.append(made["standardised"].abs().to_numpy() > made["null_floor"].to_numpy())
    return {"outlets": first, "other_outlets": other, "outlets_sd": between, "kind": made["null_floor_kind"][0],
            "outside": share(outside)}  # fmt: skip


def found(outlets: int, documents: int, between: float) -> dict:
    """How often the permutation finds a difference of the size that it is said to find four times in five, and what
    size that is, from the true standard deviation of outlets and as told from each corpus."""
    spread = (0.6**2 + 0.8**2 / 4) ** 0.5
    needed = shift_found(outlets, outlets) * (between**2 + 1 / documents) ** 0.5
    p, told = [], []
    for block in range(CORPORA // BLOCK):
        rng = np.random.default_rng([outlets, documents, round(100 * between), 5, block])
        drawn = nested(rng, BLOCK, outlets=outlets, documents=documents, passages=4, between=between)
        drawn.values[:, :outlets] += needed * spread
        made = contrast(drawn, seed=block, replicates=50)
        p.append(made["p"].to_numpy() <= 0.05)
        told.append(made["detectable_side"].to_numpy())
    low, middle, high = np.quantile(np.concatenate(told), [0.1, 0.5, 0.9])
    return {"outlets_a_side": outlets, "documents_an_outlet": documents, "outlets_sd": between,
            "planted": round(needed, 3), "found": share(p),
            "told": {"median": round(middle, 3), "tenth": round(low, 3), "ninetieth": round(high, 3)}}  # fmt: skip


def t_over_normal(outlets: int) -> float:
    """By how much Student's t widens the floor of so many outlets a side, the other way round."""
    from scipy.stats import norm, t

    return float(norm.ppf(0.975) / t.ppf(0.975, 2 * outlets - 2))


def uniform_p(found: np.ndarray, step: float, *, seed: int) -> float:
    """p of Kolmogorov and Smirnov's test that `found`, less a random part of its step, is uniform."""
    from scipy.stats import kstest

    return float(kstest(found - np.random.default_rng(seed).random(len(found)) * step, "uniform").pvalue)


def chi2_p(counts: np.ndarray) -> float:
    """p of the chi-squared test that all values are equally likely."""
    from scipy.stats import chisquare

    return float(chisquare(counts).pvalue)


def share(parts: list) -> dict:
    """Share of true values and its binomial standard error."""
    value = float(np.concatenate(parts).mean())
    return {"share": round(value, 4), "error": round((value * (1 - value) / CORPORA) ** 0.5, 4)}


def main() -> None:
    """All settings, one line each as they are done, then the file."""
    began = time.process_time()
    made: dict = {"corpora": CORPORA, "outlets_fixed": [], "outlets_random": [], "short_sides": [],
                  "detectable_sides": [], "planted": []}  # fmt: skip
    for name, function, grid in (
        ("outlets_fixed", fixed, FIXED), ("outlets_random", random, RANDOM), ("short_sides", short, SHORT),
        ("detectable_sides", found, FOUND), ("planted", random, POWER),
    ):  # fmt: skip
        for setting in grid:
            made[name].append(function(*setting))
            print(made[name][-1], flush=True)
    made["cpu_seconds"] = round(time.process_time() - began)
    (HERE / "simulate_contrasts.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
