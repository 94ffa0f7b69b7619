"""How fast the bootstrap and the permutation are beside plain loops over replicates, the same numbers coming out.

    python benchmarks/resampling.py

writes benchmarks/resampling.json. Constructed scores of 100,000 passages in 8,000 documents of 13 outlets on two
sides; 2,000 replicates of the bootstrap, and all 1,716 assignments of the outlets. Ours is what every contrast runs:
passages to documents (helpers.analyse.units), then all replicates as one product of matrices. Two plain loops stand
beside it: over passages, as one writes it first, and over documents' means, as one writes it second. All run on one
thread, in one process, from the same random numbers. A time is the processor's, the best of some turns.
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from zlib import crc32

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402
import polars as pl  # noqa: E402

from helpers.analyse.draws import Draws  # noqa: E402
from helpers.analyse.resampling import permute_members  # noqa: E402
from helpers.analyse.units import units  # noqa: E402

HERE = Path(__file__).resolve().parent
PASSAGES, DOCUMENTS, OUTLETS, FIRST, REPLICATES, SEED = 100_000, 8_000, 13, 6, 2_000, 7
AT_LEAST = {"bootstrap": 25, "permutation": 40}
"""How many times faster than the loop over passages ours must be; the script ends with an error where it is not."""


def constructed(values: int) -> pl.DataFrame:
    """Passages with `values` scores, of documents of unequal length, of outlets of unequal size."""
    rng = np.random.default_rng(values)
    outlet = np.sort(rng.choice(OUTLETS, DOCUMENTS, p=np.arange(4, 4 + OUTLETS) / np.arange(4, 4 + OUTLETS).sum()))
    lengths = rng.multinomial(PASSAGES - DOCUMENTS, rng.dirichlet(np.full(DOCUMENTS, 2.0))) + 1
    document = np.repeat(np.arange(DOCUMENTS), lengths)
    scores = rng.normal(size=(DOCUMENTS, values))[document] + rng.normal(size=(PASSAGES, values))
    of = outlet[document]
    return pl.DataFrame(
        {"side": np.where(of < FIRST, "a", "b"), "outlet": [f"o{o:02}" for o in of], "speaker": None,
         "voice": "outlet", "document_id": [f"d{d:05}" for d in document]}
    ).with_columns(pl.Series(f"v{v:02}", scores[:, v]) for v in range(values))  # fmt: skip


def ours(passages: pl.DataFrame, names: list[str]) -> np.ndarray:
    """(replicates, values) draws of the difference."""
    drawn = Draws(units(passages, names), tuple(names), replicates=REPLICATES, seed=SEED, level=0.95)
    return drawn.draws["a"] - drawn.draws["b"]


def numbered(passages: pl.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Numbers of the document of each passage and of the outlet of each document, passages of each document, and
    documents of each outlet."""
    document = passages["document_id"].str.slice(1).cast(pl.Int64).to_numpy()
    outlet = np.empty(DOCUMENTS, dtype=np.int64)
    outlet[document] = passages["outlet"].str.slice(1).cast(pl.Int64).to_numpy()
    return document, outlet, np.bincount(document), np.bincount(outlet)


def generators(outlets: int) -> list[np.random.SFC64]:
    """The random numbers of each outlet, as the workbench seeds them."""
    return [np.random.SFC64(crc32(f"{SEED}|{'a' if o < FIRST else 'b'}|o{o:02}".encode())) for o in range(outlets)]


def loop_over_passages(passages: pl.DataFrame, names: list[str]) -> np.ndarray:
    """Draw documents, weigh their passages, average: once for each replicate."""
    document, outlet, lengths, sizes = numbered(passages)
    scores, of = passages.select(names).to_numpy(), outlet[document]
    made = np.empty((REPLICATES, len(names)))
    drawing = generators(OUTLETS)
    for replicate in range(REPLICATES):
        weight = np.concatenate([drawn(rng, n) for rng, n in zip(drawing, sizes, strict=True)])
        each = (weight / lengths)[document]
        total = np.bincount(of, each)
        means = np.stack([np.bincount(of, each * scores[:, v]) / total for v in range(len(names))], axis=1)
        made[replicate] = means[:FIRST].mean(0) - means[FIRST:].mean(0)
    return made


def loop_over_documents(passages: pl.DataFrame, names: list[str]) -> np.ndarray:
    """Documents' means first; then, once for each replicate, a weighted average of them."""
    document, _, lengths, sizes = numbered(passages)
    scores = passages.select(names).to_numpy()
    x = np.stack([np.bincount(document, scores[:, v]) / lengths for v in range(len(names))], axis=1)
    parts = np.split(x, np.cumsum(sizes)[:-1])
    made = np.empty((REPLICATES, len(names)))
    drawing = generators(OUTLETS)
    for replicate in range(REPLICATES):
        means = np.stack([drawn(rng, len(part)) @ part / len(part) for rng, part in zip(drawing, parts, strict=True)])
        made[replicate] = means[:FIRST].mean(0) - means[FIRST:].mean(0)
    return made


def drawn(words: np.random.SFC64, n: int) -> np.ndarray:
    """Weights of n documents in one replicate."""
    picked = words.random_raw(n // 2).view(np.uint32)[: n - 1] * np.uint64(n) >> np.uint64(32)
    return np.bincount(picked.view(np.int64), minlength=n) * (n / (n - 1))


def permuted(passages: pl.DataFrame, names: list[str]) -> np.ndarray:
    """(values,) our p of exchanging outlets."""
    table = units(passages, names).group_by("member").agg(pl.col(names).mean()).sort("member")
    return permute_members(table.select(names).to_numpy(), FIRST)[0]


def permuted_over_passages(passages: pl.DataFrame, names: list[str]) -> np.ndarray:
    """Deal outlets to the sides, average their passages, compare: once for each assignment."""
    document, outlet, lengths, sizes = numbered(passages)
    scores, of = passages.select(names).to_numpy(), outlet[document]
    each = (1 / lengths / sizes[outlet])[document]
    found = []
    for chosen in combinations(range(OUTLETS), FIRST):
        first = np.zeros(OUTLETS)
        first[list(chosen)] = 1
        signed = each * (first / FIRST - (1 - first) / (OUTLETS - FIRST))[of]
        found.append([np.bincount(of, signed * scores[:, v]).sum() for v in range(len(names))])
    return p_of(np.abs(found))


def permuted_over_outlets(passages: pl.DataFrame, names: list[str]) -> np.ndarray:
    """Outlets' means first; then one difference for each assignment."""
    document, _, lengths, sizes = numbered(passages)
    scores = passages.select(names).to_numpy()
    x = np.stack([np.bincount(document, scores[:, v]) / lengths for v in range(len(names))], axis=1)
    means = np.stack([part.mean(0) for part in np.split(x, np.cumsum(sizes)[:-1])])
    found = []
    for chosen in combinations(range(OUTLETS), FIRST):
        first = np.zeros(OUTLETS, dtype=bool)
        first[list(chosen)] = True
        found.append(means[first].mean(0) - means[~first].mean(0))
    return p_of(np.abs(found))


def p_of(sizes: np.ndarray) -> np.ndarray:
    """Share of assignments at least as large as the given one, which comes first."""
    return (sizes >= sizes[0] * (1 - 1e-9)).mean(0)


def clocked(function: Callable, *given: object, turns: int) -> tuple[np.ndarray, float]:
    """What the function returns, and the processor seconds of its fastest turn."""
    best = float("inf")
    for _ in range(turns):
        began = time.process_time()
        made = function(*given)
        best = min(best, time.process_time() - began)
    return made, best


def measured(values: int) -> dict:
    """Times and how far the numbers agree, for both resamplings, with so many values a passage."""
    passages = constructed(values)
    names = [f"v{v:02}" for v in range(values)]
    made: dict = {"values": values}
    for what, fast, loop, better in (
        ("bootstrap", ours, loop_over_passages, loop_over_documents),
        ("permutation", permuted, permuted_over_passages, permuted_over_outlets),
    ):
        mine, seconds = clocked(fast, passages, names, turns=7)
        plain, plain_seconds = clocked(loop, passages, names, turns=2)
        second, second_seconds = clocked(better, passages, names, turns=3)
        scale = np.abs(mine).max()
        made[what] = {
            "seconds": round(seconds, 4), "loop_over_passages": round(plain_seconds, 2),
            "loop_over_means": round(second_seconds, 3), "times_faster": round(plain_seconds / seconds, 1),
            "times_faster_than_loop_over_means": round(second_seconds / seconds, 1),
            "largest_difference": float(f"{max(np.abs(mine - plain).max(), np.abs(mine - second).max()) / scale:.1e}"),
        }  # fmt: skip
        print(values, what, made[what], flush=True)
        assert made[what]["largest_difference"] < 1e-9, "the same numbers must come out"
    return made


def main() -> None:
    """Measures with one value and with as many as a codebook of 15 frames has, and writes the file."""
    made = {"passages": PASSAGES, "documents": DOCUMENTS, "outlets": OUTLETS, "replicates": REPLICATES,
            "python": platform.python_version(), "numpy": np.__version__, "threads": 1,
            "measured": [measured(1), measured(15)]}  # fmt: skip
    (HERE / "resampling.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    slow = [f"{what} with {row['values']} values: {row[what]['times_faster']} times" for row in made["measured"]
            for what, least in AT_LEAST.items() if row[what]["times_faster"] < least]  # fmt: skip
    if slow:
        sys.exit("not fast enough: " + "; ".join(slow))


if __name__ == "__main__":
    main()
