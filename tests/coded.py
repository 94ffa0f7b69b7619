"""Corpora of which the shares are known, a machine that is wrong about one side, and classes that code a part of them.

Passages in documents in outlets on two sides; many corpora at once, each a column. The draw and the estimate are the
workbench's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.analyse.contrasts import compare
from helpers.analyse.heads import FOLDS
from helpers.analyse.units import units
from helpers.codebook import Codebook, Frame
from helpers.seminar.correction import on_log_odds, pseudo_outcomes
from helpers.seminar.sample import Sample, drawn, inclusion, population, stratified

OUTLETS = (0.7, 1.1, 1.3, 0.9)
"""How much more or less than its side each of four outlets carries the frame."""
WITHIN = 0.2
"""Correlation of the passages of one document."""
BIAS = 0.9
"""Log-odds by which the machine takes every passage of side b for a likelier carrier than it is."""


@dataclass(frozen=True, eq=False)
class Runs:
    """passages (n rows); carries, machine (n, runs): whether a passage carries the frame, and the machine's
    probability; inclusion (n, runs); coded (n, runs) whether it was drawn; fold (n,); truth (2,): the share of each
    side, documents random."""

    passages: pl.DataFrame
    carries: np.ndarray
    machine: np.ndarray
    inclusion: np.ndarray
    coded: np.ndarray
    fold: np.ndarray
    truth: np.ndarray


def passages(rng: np.random.Generator) -> pl.DataFrame:
    """Four outlets a side, 50-149 documents an outlet, 1 and more passages a document (5 on average)."""
    rows = [
        (side, f"{side}{o}", f"{side}{o}-{d:03}", i)
        for side in "ab" for o in range(len(OUTLETS)) for d in range(int(rng.integers(50, 150)))
        for i in range(1 + rng.poisson(4))
    ]  # fmt: skip
    made = pl.DataFrame(rows, schema=["side", "outlet", "document_id", "position"], orient="row")
    named = pl.format("{}#{}", "document_id", pl.col("position").cast(pl.String).str.zfill(3))
    return made.with_columns(id=named, voice=pl.lit("outlet"), speaker=pl.lit(None, pl.String)).sort("id")


def runs(rng: np.random.Generator, n_runs: int, *, share: float, codes: int) -> Runs:
    """`n_runs` corpora in which `share` of passages carry the frame on both sides, `codes` of each side coded."""
    table = passages(rng)
    there = population(table)
    side = (table["side"] == "b").to_numpy()
    document = np.unique(table["document_id"].to_numpy().astype(str), return_inverse=True)[1]
    first = np.unique(document, return_index=True)[1]
    of_outlet = share * np.array(OUTLETS)
    mean = of_outlet[table["outlet"].str.slice(1).cast(pl.Int64).to_numpy()[first]][:, None]
    spread = (1 - WITHIN) / WITHIN
    of_document = rng.beta(mean * spread, (1 - mean) * spread, (len(first), n_runs))
    carries = (rng.random((len(table), n_runs)) < of_document[document]).astype(float)
    signal = rng.normal(0, 1, carries.shape) + 1.2 * carries + 0.5 * side[:, None]
    machine = 1 / (1 + np.exp(-(1.2 * signal - 1.2 + np.log(share / (1 - share)) + BIAS * side[:, None])))
    chance, coded = np.ones(carries.shape), np.zeros(carries.shape, bool)
    for r in range(n_runs):
        strata = stratified(there.with_columns(frame_x=pl.Series(signal[:, r])), ["x"])
        chance[:, r] = inclusion(strata, 2 * codes)
        coded[next(drawn(strata, chance[:, r], rng)), r] = True
    fold = rng.permutation(len(first))[document] % FOLDS
    return Runs(table, carries, machine, chance, coded, fold, np.repeat(of_outlet.mean(), 2))


def outcomes(drawn: Runs) -> np.ndarray:
    """(n, runs) the workbench's pseudo-outcomes."""
    observed = np.where(drawn.coded, drawn.carries, np.nan)
    sides = (drawn.passages["side"] == "b").to_numpy().astype(int)
    weight = population(drawn.passages)["weight"].to_numpy()
    return pseudo_outcomes(drawn.machine, observed, drawn.inclusion, weight=weight, sides=sides, folds=drawn.fold)


def estimates(drawn: Runs, values: np.ndarray, *, seed: int, replicates: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Per (run, side) share, low, high, held (whether the interval holds the truth), and carriers (codes of yes); per
    run the difference of the sides, with its interval and whether that holds the true difference, 0."""
    names = [f"v{r:04}" for r in range(values.shape[1])]
    table = pl.concat([drawn.passages, pl.DataFrame(values, schema=names)], how="horizontal")
    found = compare(units(table, names), names, replicates=replicates, seed=seed)
    low, high = on_log_odds(*(found.sides[column].to_numpy() for column in ("mean", "low", "high")))
    side = (drawn.passages["side"] == "b").to_numpy()
    yes = drawn.coded & (drawn.carries > 0)
    carriers = np.stack([yes[~side].sum(0), yes[side].sum(0)], axis=1).ravel()
    truth = float(drawn.truth[0])
    shares = found.sides.sort("value", "side").select("value", "side", share="mean")
    order = found.sides.select("value", "side").with_columns(low=pl.Series(low), high=pl.Series(high))
    shares = shares.join(order, on=["value", "side"], maintain_order="left").with_columns(
        held=(pl.col("low") <= truth) & (truth <= pl.col("high")), carriers=pl.Series(carriers)
    )
    differences = found.table.select("value", "difference", "low", "high").with_columns(
        held=(pl.col("low") <= 0) & (pl.col("high") >= 0)
    )
    return shares, differences


class Letters:
    """A toy encoder: how often a, b, ... stand in a text."""

    name, dimension, fingerprint = "letters", 8, "letters of coded"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        counts = np.array([[text.count(letter) for letter in "abcdefgh"] for text in texts], dtype=np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)


CODEBOOK = Codebook("toy", "toy.yml", {"order": Frame("order", "Order", "", (), (), ("a", "ab"), ("c",))}, {})


def encoded(rng: np.random.Generator, *, share: float = 0.3, documents: int = 40) -> pl.DataFrame:
    """Passages of two sides, four outlets each, with `carries` and an embedding that shows it: well on side a, badly on
    b, whose passages look like carriers all alike; and frame_order, the score."""
    rows = [
        (side, f"{side}{o}", f"{side}{o}-{d:03}", i)
        for side in "ab" for o in range(4) for d in range(documents) for i in range(1 + rng.poisson(2))
    ]  # fmt: skip
    table = pl.DataFrame(rows, schema=["side", "outlet", "document_id", "position"], orient="row")
    named = pl.format("{}#{}", "document_id", pl.col("position").cast(pl.String).str.zfill(3))
    table = table.with_columns(id=named, voice=pl.lit("outlet"), speaker=pl.lit(None, pl.String)).sort("id")
    document = np.unique(table["document_id"].to_numpy().astype(str), return_inverse=True)[1]
    outlet = table["outlet"].str.slice(1).cast(pl.Int64).to_numpy()
    mean = share * np.array(OUTLETS)[outlet[np.unique(document, return_index=True)[1]]]
    spread = (1 - WITHIN) / WITHIN
    carries = rng.random(len(table)) < rng.beta(mean * spread, (1 - mean) * spread)[document]
    b = (table["side"] == "b").to_numpy()
    vectors = rng.normal(0, 0.3, (len(table), 8))
    vectors[:, 0] += np.where(b, 0.5, 1.0 * carries)
    vectors[:, 1] += np.where(b, 0.3 * carries, 0.0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    embedding = pl.Series("embedding", vectors.astype(np.float32), dtype=pl.Array(pl.Float32, 8))
    return table.with_columns(embedding, carries=pl.Series(carries), frame_order=pl.Series(vectors[:, 0]))


def coded_by(sample: Sample, passages: pl.DataFrame) -> pl.DataFrame:
    """What coders say who never err."""
    truth = passages.select("id", code=pl.col("carries").cast(pl.Int64))
    return sample.table.join(truth, on="id").select("coder", "id", "code", frame=pl.lit("order"))
