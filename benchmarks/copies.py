"""How fast near-verbatim copies are found among 20,000 texts, beside datasketch tuned to the same recall.

    python benchmarks/copies.py [--texts 20000] [--rounds 3] [--corpus FILE.parquet]

Half of the texts are articles (of the development corpus where it is there, else constructed), half are edited copies
of them: runs of words replaced until 1 to 25 % are others, so that their Jaccard similarities lie on both sides of .7.
Which pairs are at .7 or more is computed by comparing all that share a single run of five words. Both sides have to
find at least 99 in 100 of these, and both have every pair that they report verified by its exact Jaccard.

datasketch is tuned in its favour: it gets runs of words already hashed by us (its own way, a Python loop and SHA-1, is
`datasketch_plain_s`), MinHash.update_batch over whole texts, and, of every number of permutations and every cut into
bands that reaches the recall on the first 4,000 texts, the one that was fastest there. The rounds run one after the
other in one process: ours, theirs, ours, ... Writes copies.json: seconds and processor seconds of each round, median
ratios, recalls.
"""

import argparse
import json
import os
import platform
import random
import re
import statistics
import time
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

import numpy as np
from datasketch import MinHash, MinHashLSH

from helpers.analyse.copies import _shingles, near_pairs

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[1] / "shared" / "corpora" / "dev_corpus.parquet"
LEAST, RECALL, SEED = 0.7, 0.99, 7
GRID = [
    (p, b, p // b) for p in (16, 24, 32, 48, 64, 96, 128) for b in range(2, p + 1) if p % b == 0 and 2 <= p // b <= 8
]


def articles(n: int, corpus: Path) -> tuple[list[list[str]], str]:
    """Words of n articles of 120 to 600 words, and where they are from."""
    draw = random.Random(SEED)
    if corpus.is_file():
        import polars as pl

        texts = pl.read_parquet(corpus, columns=["id", "text"]).sort("id")["text"].to_list()
        draw.shuffle(texts)
        words = [w[: draw.randrange(120, 600)] for w in (text.split() for text in texts) if len(w) >= 120]
        if len(words) >= n:
            return words[:n], "development corpus"
    vocabulary = [f"w{k}" for k in range(30_000)]
    weights = [1 / (k + 10) for k in range(30_000)]
    return [draw.choices(vocabulary, weights, k=draw.randrange(120, 600)) for _ in range(n)], "constructed"


def made(n: int, corpus: Path) -> tuple[list[str], str]:
    """n texts: articles, and as many edited copies of them."""
    originals, source = articles(n // 2, corpus)
    draw = random.Random(SEED + 1)
    texts = [" ".join(words) for words in originals]
    for words in originals[: n - len(texts)]:
        copy, changed, share = words.copy(), 0, draw.uniform(0.01, 0.25)
        while changed < share * len(copy):
            at, run = draw.randrange(len(copy)), draw.randrange(3, 15)
            other = draw.choice(originals)
            copy[at : at + run] = other[:run]
            changed += run
        texts.append(" ".join(copy))
    draw.shuffle(texts)
    return texts, source


def truth(texts: list[str]) -> set[tuple[int, int]]:
    """All pairs of Jaccard LEAST or more, by comparing all that share a run of words at all."""
    from scipy.sparse import csr_array

    hashes, starts = _shingles(texts)
    codes = np.unique(hashes, return_inverse=True)[1]
    matrix = csr_array((np.ones(len(codes), dtype=np.int32), codes, starts), shape=(len(texts), int(codes.max()) + 1))
    sizes = np.diff(starts)
    pairs: set[tuple[int, int]] = set()
    turned = matrix.T.tocsr()
    for top in range(0, len(texts), 500):
        common = (matrix[top : top + 500] @ turned).tocoo()
        i, j, n = common.row + top, common.col, common.data
        kept = (i < j) & (n >= LEAST * (sizes[i] + sizes[j] - n) - 1e-9)
        pairs |= set(zip(i[kept].tolist(), j[kept].tolist(), strict=True))
    return pairs


def ours(texts: list[str]) -> set[tuple[int, int]]:
    return {(i, j) for i, j, _ in near_pairs(texts, least_jaccard=LEAST)}


def same(value: int) -> int:
    """datasketch's hash function of what is hashed already."""
    return value


def theirs(texts: list[str], permutations: int, bands: int, rows: int) -> set[tuple[int, int]]:
    """datasketch, from runs of words that are hashed already; every pair verified."""
    hashes, starts = _shingles(texts)
    parts = [hashes[a:b] for a, b in pairwise(starts)]
    narrow = (hashes & np.uint64(0xFFFFFFFF)).tolist()
    sketches = []
    for a, b in pairwise(starts):
        sketch = MinHash(num_perm=permutations, hashfunc=same, seed=1)
        if b > a:
            sketch.update_batch(narrow[a:b])
        sketches.append(sketch)
    return _joined(parts, sketches, permutations, bands, rows)


def theirs_plain(texts: list[str], permutations: int, bands: int, rows: int) -> set[tuple[int, int]]:
    """datasketch as its documentation shows it: sets of runs of words, SHA-1."""
    sketches, parts = [], []
    for text in texts:
        words = re.findall(r"\w+", text.lower())
        runs = {" ".join(words[k : k + 5]) for k in range(max(1, len(words) - 4))}
        sketch = MinHash(num_perm=permutations, seed=1)
        sketch.update_batch([run.encode() for run in runs])
        sketches.append(sketch)
        parts.append(np.array(sorted(hash(run) for run in runs)))
    return _joined(parts, sketches, permutations, bands, rows)


def _joined(parts: list, sketches: list, permutations: int, bands: int, rows: int) -> set[tuple[int, int]]:
    index = MinHashLSH(num_perm=permutations, params=(bands, rows))
    found = set()
    for i, sketch in enumerate(sketches):
        for j in index.query(sketch):
            a, b = parts[i], parts[j]
            common = len(np.intersect1d(a, b, assume_unique=True))
            if common >= LEAST * (len(a) + len(b) - common) - 1e-9:
                found.add((j, i))
        index.insert(i, sketch, check_duplication=False)
    return found


def tuned(texts: list[str]) -> tuple[int, int, int]:
    """The fastest choice that reaches the recall on these texts."""
    wanted = truth(texts)
    best, chosen = float("inf"), None
    for permutations, bands, rows in GRID:
        # What a cut into bands would find is known beforehand; hopeless ones need no run.
        if 1 - (1 - LEAST**rows) ** bands < 0.9:
            continue
        begun = time.perf_counter()
        found = theirs(texts, permutations, bands, rows)
        took = time.perf_counter() - begun
        if len(found & wanted) >= RECALL * len(wanted) and took < best:
            best, chosen = took, (permutations, bands, rows)
    assert chosen, "no choice reaches the recall"
    return chosen


def timed(function, *args) -> tuple[float, float, set[tuple[int, int]]]:
    """Seconds, processor seconds, what was found."""
    begun, busy = time.perf_counter(), time.process_time()
    found = function(*args)
    return time.perf_counter() - begun, time.process_time() - busy, found


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--texts", type=int, default=20_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--corpus", type=Path, default=CORPUS)
    given = asked.parse_args()
    texts, source = made(given.texts, given.corpus)
    choice = tuned(texts[:4_000])
    wanted = truth(texts)
    rounds = []
    for _ in range(given.rounds):
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
        mine, mine_cpu, found = timed(ours, texts)
        other, other_cpu, theirs_found = timed(theirs, texts, *choice)
        made_of = {"ours_s": mine, "ours_cpu_s": mine_cpu, "datasketch_s": other, "datasketch_cpu_s": other_cpu}
        rounds.append({name: round(value, 2) for name, value in made_of.items()} | {"load_average": load})
    plain, _, plain_found = timed(theirs_plain, texts, *choice)
    figures = {
        "texts": len(texts), "source": source, "words_mean": round(statistics.mean(len(t.split()) for t in texts), 1),
        "pairs_at_least_0.7": len(wanted),
        "recall_ours": round(len(found & wanted) / len(wanted), 4),
        "recall_datasketch": round(len(theirs_found & wanted) / len(wanted), 4),
        "wrong_ours": len(found - wanted), "wrong_datasketch": len(theirs_found - wanted),
        "datasketch_choice": dict(zip(("permutations", "bands", "rows"), choice, strict=True)),
        "rounds": rounds,
        "ratio": round(statistics.median(r["datasketch_s"] / r["ours_s"] for r in rounds), 2),
        "ratio_cpu": round(statistics.median(r["datasketch_cpu_s"] / r["ours_cpu_s"] for r in rounds), 2),
        "datasketch_plain_s": round(plain, 2),
        "recall_plain": round(len(plain_found & wanted) / len(wanted), 4),
        "cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version(),
        "versions": {name: version(name) for name in ("datasketch", "numpy", "polars")},
    }  # fmt: skip
    (HERE / "copies.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
