"""What the intervals and p-values of contrasts are worth, on 1,000 simulated corpora a setting.

    python benchmarks/simulate_contrasts.py

writes benchmarks/simulate_contrasts.json. Passages in documents in outlets on two sides that do not differ (or by the
planted amount). Outlets fixed: how often the 95 % interval holds the true difference of these outlets, with documents
and, wrongly, with passages as units. Outlets random: how often the sides are told apart at .05 by exchanging whole
outlets and, wrongly, documents; and how the p of whole outlets lies on its grid.
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from nested import by_passages, contrast, cover, document_p, nested  # noqa: E402

CORPORA, BLOCK = 1000, 100
"""Corpora of one block share their bootstrap draws, and nothing else."""

FIXED = [(2, 20, 6), (3, 25, 6), (4, 40, 8), (3, 10, 6)]
"""Outlets a side, documents an outlet, passages a document."""
RANDOM = [(3, 25, 0.2), (4, 25, 0.2), (4, 25, 0.3), (5, 60, 0.3)]
"""Outlets a side, documents an outlet, standard deviation of outlets in that of document means."""
POWER = [(4, 40, 0.2, 0.3), (4, 40, 0.2, 0.5), (5, 40, 0.2, 0.5)]
"""As RANDOM, and the difference between the sides in standard deviations of document means."""


def fixed(outlets: int, documents: int, passages: int) -> dict:
    """Coverage with outlets fixed (they differ by .2)."""
    held, wrongly = [], []
    for block in range(CORPORA // BLOCK):
        rng = np.random.default_rng([outlets, documents, block])
        drawn = nested(rng, BLOCK, outlets=outlets, documents=documents, passages=passages, between=0.2)
        made = contrast(drawn, seed=block, replicates=2000)
        held.append(cover(drawn, made["low"].to_numpy(), made["high"].to_numpy()))
        wrongly.append(cover(drawn, *by_passages(drawn, seed=1000 * block, replicates=500)))
    return {"outlets_a_side": outlets, "documents_an_outlet": documents, "passages_a_document": passages,
            "cover_documents": share(held), "cover_passages": share(wrongly)}  # fmt: skip


def random(outlets: int, documents: int, between: float, effect: float = 0.0) -> dict:
    """How often p is at most .05 with outlets random, and where it lies on its grid."""
    p, wrongly, held = [], [], []
    for block in range(CORPORA // BLOCK):
        rng = np.random.default_rng([outlets, documents, round(100 * between), block])
        drawn = nested(rng, BLOCK, outlets=outlets, documents=documents, passages=4, between=between)
        drawn.values[:, :outlets] += effect * (0.6**2 + 0.8**2 / 4) ** 0.5
        made = contrast(drawn, seed=block, replicates=400)
        p.append(made["p"].to_numpy())
        held.append((made["low"].to_numpy() <= 0) & (made["high"].to_numpy() >= 0))
        wrongly.append(document_p(drawn, rng, draws=999) <= 0.05)
    found = np.concatenate(p)
    told = {"outlets_a_side": outlets, "documents_an_outlet": documents, "outlets_sd": between, "effect": effect,
            "p_smallest": round(2 / math.comb(2 * outlets, outlets), 4), "outlets_reject": share([found <= 0.05]),
            "documents_reject": share(wrongly)}  # fmt: skip
    if not effect:
        told["interval_of_documents_holds_zero"] = share(held)
        # Two assignments, mirrored, share each p: a grid of total / 2 equally likely values.
        steps = math.comb(2 * outlets, outlets) // 2
        counts = np.bincount(np.rint(found * steps).astype(int), minlength=steps + 1)[1:]
        told["p_grid"] = {"values": steps, "mean": round(float(found.mean()), 4),
                          "expected": round((1 + 1 / steps) / 2, 4), "chi2_p": round(chi2_p(counts), 4)}  # fmt: skip
    return told


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
    made: dict = {"corpora": CORPORA, "outlets_fixed": [], "outlets_random": [], "planted": []}
    for name, function, grid in (
        ("outlets_fixed", fixed, FIXED), ("outlets_random", random, RANDOM), ("planted", random, POWER),
    ):  # fmt: skip
        for setting in grid:
            made[name].append(function(*setting))
            print(made[name][-1], flush=True)
    made["cpu_seconds"] = round(time.process_time() - began)
    (HERE / "simulate_contrasts.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
