"""Texts drawn as they come: passages in documents, documents in outlets, outlets on two sides that do not differ.

Many such corpora at once, each a value of one table of units, so that a thousand cost little more than one.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.analyse.contrasts import compare
from helpers.analyse.resampling import bootstrap_weights

DOCUMENT_SD, PASSAGE_SD = 0.6, 0.8
"""Passages of one document are correlated by .36; the mean of n of them has variance .36 + .64 / n."""


@dataclass(frozen=True, eq=False)
class Nested:
    """values (corpora, 2 * outlets, documents, passages); truth (corpora, 2 * outlets): the outlets' means; the
    first half of the outlets is side a."""

    values: np.ndarray
    truth: np.ndarray

    @property
    def difference(self) -> np.ndarray:
        """(corpora,) true difference of the sides' outlets, these outlets given."""
        half = self.truth.shape[1] // 2
        return self.truth[:, :half].mean(1) - self.truth[:, half:].mean(1)


def nested(
    rng: np.random.Generator, corpora: int, *, outlets: int, documents: int, passages: int, between: float
) -> Nested:
    """`outlets` a side, no difference between the sides; `between`: standard deviation of outlets' means, in that of
    document means."""
    spread = np.sqrt(DOCUMENT_SD**2 + PASSAGE_SD**2 / passages)
    truth = rng.normal(0, between * spread, (corpora, 2 * outlets))
    means = truth[:, :, None] + rng.normal(0, DOCUMENT_SD, (corpora, 2 * outlets, documents))
    return Nested(means[..., None] + rng.normal(0, PASSAGE_SD, (*means.shape, passages)), truth)


def contrast(drawn: Nested, *, seed: int, replicates: int, first: int | None = None) -> pl.DataFrame:
    """The table that the workbench makes of each corpus, one row for each. `first`: outlets of side a, if not half."""
    corpora, outlets, documents, passages = drawn.values.shape
    member = np.repeat(np.arange(outlets), documents)
    frame = pl.DataFrame(
        {"side": np.where(member < (first or outlets // 2), "a", "b"), "member": [f"o{m:02}" for m in member],
         "unit": [f"d{i:05}" for i in range(len(member))]}
    ).with_columns(
        stratum="member", counted=pl.lit(True), spans_sides=pl.lit(False), n_documents=pl.lit(1),
        n_passages=pl.lit(passages), n_texts=pl.lit(1),
    )  # fmt: skip
    names = [f"v{c:04}" for c in range(corpora)]
    scores = pl.DataFrame(drawn.values.mean(3).reshape(corpora, -1).T, schema=names)
    return compare(pl.concat([frame, scores], how="horizontal"), names, replicates=replicates, seed=seed).table


def cover(drawn: Nested, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """(corpora,) whether the interval holds the true difference of these outlets."""
    return (low <= drawn.difference) & (drawn.difference <= high)


def by_passages(drawn: Nested, *, seed: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """What must not be done: the same interval with passages for units."""
    flat = drawn.values.reshape(*drawn.values.shape[:2], -1)
    n, half = flat.shape[2], flat.shape[1] // 2
    means = np.stack([bootstrap_weights(n, replicates=replicates, seed=seed + o) @ flat[:, o].T / n
                      for o in range(2 * half)])  # fmt: skip
    low, high = np.quantile(means[:half].mean(0) - means[half:].mean(0), [0.025, 0.975], axis=0)
    return low, high


def document_p(drawn: Nested, rng: np.random.Generator, *, draws: int) -> np.ndarray:
    """What must not be done: (corpora,) p of exchanging documents between the sides, (b + 1) / (m + 1)."""
    x = drawn.values.mean(3).reshape(len(drawn.values), -1)
    half = x.shape[1] // 2
    observed = np.abs(x[:, :half].mean(1) - x[:, half:].mean(1))
    dealt = np.zeros((draws, x.shape[1]))
    dealt[:, :half] = 1
    dealt = rng.permuted(dealt, axis=1)
    first = x @ dealt.T / half
    beyond = np.abs(first - (x.sum(1)[:, None] / half - first)) >= observed[:, None] * (1 - 1e-12)
    return (beyond.sum(1) + 1) / (draws + 1)
