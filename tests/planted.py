"""Corpora in which it is known why two sides differ: they write about other themes, otherwise about the same, or both.

Passages in documents, documents in outlets, three outlets a side. A passage's vector is its theme's place, plus its
score along one direction, plus noise: themes can be found, and the score is read from the vector, as a frame's is.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.analyse.kitagawa import split

OUTLETS, DIMENSIONS = 3, 12
DOCUMENT_SD, PASSAGE_SD = 0.25, 0.35


@dataclass(frozen=True, eq=False)
class Plan:
    """What is planted.

    shares  (2, themes) of the passages of either side
    base    (themes,) mean score; lift: how much higher side a scores in every theme
    differ  standard deviation of outlets' levels; above 0 their shares differ too
    """

    shares: np.ndarray
    base: np.ndarray
    lift: float = 0.0
    differ: float = 0.0
    documents: int = 25
    passages: int = 5


def planted(plan: Plan, rng: np.random.Generator) -> tuple[pl.DataFrame, np.ndarray]:
    """Passages with embedding, score and true theme (`truth`), and the true total, selection, presentation and apart of
    these outlets (infinitely many documents of theirs)."""
    themes = len(plan.base)
    rows, vectors, sides = [], [], []
    for s, side in enumerate("ab"):
        drawn = rng.dirichlet(60 * plan.shares[s] + 1e-9, OUTLETS)
        own = drawn if plan.differ else np.tile(plan.shares[s], (OUTLETS, 1))
        level = plan.lift * (s == 0) + rng.normal(0, plan.differ, OUTLETS)
        sides.append((own.mean(0), (own * (plan.base + level[:, None])).mean(0)[:, None]))
        mix = np.concatenate([rng.dirichlet(4 * p + 1e-9, plan.documents) for p in own])
        effect = np.repeat(level, plan.documents) + rng.normal(0, DOCUMENT_SD, len(mix))
        for d, (share, moved) in enumerate(zip(mix, effect, strict=True)):
            theme = rng.choice(themes, plan.passages, p=share)
            score = plan.base[theme] + moved + rng.normal(0, PASSAGE_SD, plan.passages)
            outlet = f"{side}{d // plan.documents}"
            rows += [
                (f"{side}{d:04}#{k}", f"{side}{d:04}", side, outlet, t, x)
                for k, (t, x) in enumerate(zip(theme, score, strict=True))
            ]
            place = rng.normal(0, 0.12, (plan.passages, DIMENSIONS))
            place[np.arange(plan.passages), theme] += 1
            place[:, -1] = score
            vectors.append(place)
    frame = pl.DataFrame(rows, schema=["id", "document_id", "side", "outlet", "truth", "score"], orient="row")
    frame = frame.with_columns(
        voice=pl.lit("outlet"), speaker=pl.lit(None, pl.String), copy_cluster=pl.lit(None, pl.String),
        embedding=pl.Series(np.concatenate(vectors).astype(np.float32), dtype=pl.Array(pl.Float32, DIMENSIONS)),
    )  # fmt: skip
    return frame, split(*sides, np.ones(themes, dtype=bool))[:, 0]


def selection(size: float = 0.4) -> Plan:
    """The sides write about other themes, in the same way."""
    shares = np.full((2, 4), 0.25) + size / 4 * np.array([[1, 1, -1, -1], [-1, -1, 1, 1]])
    return Plan(shares, np.array([0.6, 0.2, -0.2, -0.6]))


def presentation(lift: float = 0.5) -> Plan:
    """The sides write about the same themes; side a otherwise."""
    return Plan(np.full((2, 4), 0.25), np.array([0.6, 0.2, -0.2, -0.6]), lift=lift)
