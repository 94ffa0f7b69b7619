"""Corpora drawn as they come, in which nobody echoes anybody but where that was planted: outlets write on the same
themes, and, where asked, on the same events, each document on its own."""

import datetime
from dataclasses import dataclass

import numpy as np
import polars as pl

from constructed import passages

DIMENSION, THEMES, SPAN = 48, 4, 400


@dataclass(frozen=True)
class Drawn:
    """Passages with vectors and themes, and the pairs (source, follower) of passage ids that were planted."""

    passages: pl.DataFrame
    planted: tuple[tuple[str, str], ...]


def drawn(
    seed: int, *, documents: int = 80, outlets: int = 4, planted: int = 0, events: int = 0, verbatim: bool = False
) -> Drawn:
    """`documents` a side of two, three passages each, over SPAN days. `events`: so many days on which half of all
    documents tell of one thing. `planted`: passages that take over one of another outlet, one to six days before, its
    meaning, or, with `verbatim`, eleven of its words."""
    rng = np.random.default_rng(seed)
    centres = _unit(rng.normal(size=(THEMES, DIMENSION)))
    n = 2 * documents
    outlet, theme = rng.integers(outlets, size=n), rng.integers(THEMES, size=n)
    day = rng.integers(SPAN, size=n)
    of_document = _unit(centres[theme] + 0.9 * _unit(rng.normal(size=(n, DIMENSION))))
    if events:
        there = np.flatnonzero(rng.random(n) < 0.5)
        event = rng.integers(events, size=len(there))
        when, what = rng.integers(SPAN, size=events), _unit(rng.normal(size=(events, DIMENSION)))
        day[there] = (when[event] + rng.integers(-1, 2, size=len(there))).clip(0, SPAN)
        of_document[there] = _unit(of_document[there] + 1.6 * what[event])
    vectors = _unit(np.repeat(of_document, 3, axis=0) + 0.9 * _unit(rng.normal(size=(3 * n, DIMENSION))))
    words = [[f"w{k}" for k in rng.integers(4000, size=40)] for _ in range(3 * n)]
    ids = [f"d{k // 3:04}#{k % 3:03}" for k in range(3 * n)]
    pairs = []
    order = rng.permutation(n)
    for k in range(planted):
        one, other = int(order[2 * k]), int(order[2 * k + 1])
        outlet[other] = (outlet[one] + 1 + rng.integers(outlets - 1)) % outlets
        day[one] = min(day[one], SPAN - 7)
        day[other] = day[one] + rng.integers(1, 7)
        a, b = 3 * one + int(rng.integers(3)), 3 * other + int(rng.integers(3))
        if verbatim:
            words[b][5:16] = words[a][10:21]
        else:
            vectors[b] = _unit(vectors[a] + 0.25 * _unit(rng.normal(size=DIMENSION)))
            words[b][::3] = words[a][::3]
        pairs.append((ids[a], ids[b]))
    rows = [(f"d{k // 3:04}", "ab"[outlet[k // 3] % 2], f"o{outlet[k // 3]}", " ".join(words[k])) for k in range(3 * n)]
    begin = datetime.date(2017, 1, 1)
    table = passages(
        rows,
        date=[begin + datetime.timedelta(days=int(day[k // 3])) for k in range(3 * n)],
        theme=[int(theme[k // 3]) + 1 for k in range(3 * n)],
    ).with_columns(pl.Series("embedding", vectors.astype(np.float32), dtype=pl.Array(pl.Float32, DIMENSION)))
    return Drawn(table, tuple(pairs))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
