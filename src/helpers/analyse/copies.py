"""The same text under several mastheads: exact and near-verbatim copies among documents.

Wire copy is not agreement: a cluster of copies is one unit of evidence (METHODS, rule 4).
Near copies are found by bottom-k sketches of word shingles (Broder 1997; Thorup 2013); every pair
reported has had its Jaccard similarity computed exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import combinations, pairwise

import numpy as np
import polars as pl

from helpers.results import result
from helpers.tables import need

SHINGLE = 5
"""Words in a row that count as one shingle."""
SKETCH = 48
"""Smallest hashes kept of each text. A pair of Jaccard .6 shares about 29 of them, give or take 3."""
COMMONPLACE = 300
"""A shingle in more different texts than this is a stock phrase and suggests no pair."""

AT_ONCE = 1_000
"""Texts whose words are hashed together: as many as a processor's cache holds."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_BITS = np.uint64(52)


@result
class Copies:
    """Copies among documents.

    table      documents, with copy_cluster (id of the earliest document of the cluster) and copy_rank
               (0 the earliest); null where no copy is known
    pairs      document_id, other_id, outlet, other_outlet, side, other_side, jaccard (0-1), kind (exact
               | near): every verified pair
    clusters   one row per cluster: copy_cluster, n_documents, n_outlets, n_sides, outlets, first, last
    """

    table: pl.DataFrame
    pairs: pl.DataFrame
    clusters: pl.DataFrame
    least_jaccard: float


def copies(documents: pl.DataFrame, *, least_jaccard: float = 0.6) -> Copies:
    """Marks exact copies (same words) and near-verbatim ones (Jaccard of 5-word shingles at least
    `least_jaccard`), and joins what is linked into clusters. Earliest = by date, then by id;
    undated documents come last."""
    need(
        documents,
        ["id", "text", "outlet", "side", "date"],
        where="documents",
        do="Load them with helpers.corpora.load.",
    )
    ordered = documents.sort("date", "id", nulls_last=True)
    ids = ordered["id"].to_list()
    found = near_pairs(ordered["text"].to_list(), least_jaccard=least_jaccard)
    labels = ordered.select("id", "outlet", "side")
    pairs = pl.DataFrame(
        {
            "document_id": [ids[i] for i, _, _ in found],
            "other_id": [ids[j] for _, j, _ in found],
            "jaccard": [jaccard for _, _, jaccard in found],
        },
        schema={"document_id": pl.String, "other_id": pl.String, "jaccard": pl.Float64},
    )
    pairs = (
        pairs.join(labels, left_on="document_id", right_on="id", how="left")
        .join(
            labels.rename({"outlet": "other_outlet", "side": "other_side"}),
            left_on="other_id",
            right_on="id",
            how="left",
        )
        .with_columns(kind=pl.when(pl.col("jaccard") == 1.0).then(pl.lit("exact")).otherwise(pl.lit("near")))
        .sort("document_id", "other_id")
    )
    root = _linked(len(ids), ((i, j) for i, j, _ in found))
    rank: dict[int, int] = defaultdict(int)
    cluster: list[str | None] = []
    ranks: list[int | None] = []
    linked = {i for pair in found for i in pair[:2]}
    for i in range(len(ids)):
        if i not in linked:
            cluster.append(None)
            ranks.append(None)
            continue
        cluster.append(ids[root[i]])
        ranks.append(rank[root[i]])
        rank[root[i]] += 1
    marked = ordered.with_columns(
        copy_cluster=pl.Series(cluster, dtype=pl.String), copy_rank=pl.Series(ranks, dtype=pl.Int32)
    )
    clusters = (
        marked.drop_nulls("copy_cluster")
        .group_by("copy_cluster")
        .agg(
            pl.len().alias("n_documents"),
            pl.col("outlet").n_unique().alias("n_outlets"),
            pl.col("side").n_unique().alias("n_sides"),
            pl.col("outlet").unique().sort().str.join(", ").alias("outlets"),
            pl.col("date").min().alias("first"),
            pl.col("date").max().alias("last"),
        )
        .sort(["n_documents", "copy_cluster"], descending=[True, False])
    )
    return Copies(marked.sort("id"), pairs, clusters, least_jaccard)


def near_pairs(texts: Sequence[str], *, least_jaccard: float = 0.6) -> list[tuple[int, int, float]]:
    """(i, j, Jaccard) for i < j of all pairs found with Jaccard at least `least_jaccard`, each computed
    exactly on the sets of 5-word shingles. Texts without a word pair with nothing. Of more than COMMONPLACE
    texts that are all the same, each is paired with the first only."""
    hashes, starts = _shingles(texts)
    parts = [hashes[a:b] for a, b in pairwise(starts)]
    same: dict[bytes, list[int]] = defaultdict(list)
    for i, part in enumerate(parts):
        if len(part):
            same[sha256(part.tobytes()).digest()].append(i)
    groups = list(same.values())
    found = [(i, j, 1.0) for group in groups for i, j in _within(group)]
    different = [parts[group[0]] for group in groups]
    if different:
        ends = np.cumsum([0, *map(len, different)])
        for g, h in _candidates(np.concatenate(different), ends, least_jaccard):
            a, b = different[g], different[h]
            common = len(np.intersect1d(a, b, assume_unique=True))
            jaccard = common / (len(a) + len(b) - common)
            if jaccard >= least_jaccard:
                found += [(min(i, j), max(i, j), jaccard) for i in groups[g] for j in groups[h]]
    return sorted(found)


def _within(group: list[int]) -> Iterable[tuple[int, int]]:
    if len(group) > COMMONPLACE:
        return ((group[0], other) for other in group[1:])
    return combinations(group, 2)


def _shingles(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Sorted distinct hashes (52 bits) of each text's runs of SHINGLE words, end to end, and where each text's begin
    (n + 1 offsets). A text shorter than a run is one shingle."""
    parts = [_hashed(texts[top : top + AT_ONCE]) for top in range(0, len(texts), AT_ONCE)]
    hashes = np.concatenate([np.zeros(0, dtype=np.uint64), *(part[0] for part in parts)])
    return hashes, np.cumsum(np.concatenate([[0], *(part[1] for part in parts)]))


def _hashed(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """The hashes of at most AT_ONCE texts, and how many each has. The text's number stands before the bits of the hash,
    so that one sort of plain numbers orders both."""
    words = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
        word=pl.col("text").str.to_lowercase().str.extract_all(r"\w+")
    )["word"]
    length = words.list.len().to_numpy().astype(np.int64)
    codes = words.explode(empty_as_null=False).hash(seed=5).to_numpy()
    left = np.repeat(np.cumsum(length), length) - np.arange(len(codes))
    following = np.concatenate([codes, np.zeros(SHINGLE, dtype=np.uint64)])
    mixed = np.zeros(len(codes), dtype=np.uint64)
    for k in range(SHINGLE):
        further = (mixed ^ following[k : k + len(codes)]) * _MULTIPLIER
        further ^= further >> np.uint64(29)
        mixed = np.where(left > k, further, mixed)
    whole = (left >= SHINGLE) | (left == np.repeat(length, length))
    owner = np.repeat(np.arange(len(texts), dtype=np.uint64), length)
    keys = (owner[whole] << _BITS) | (mixed[whole] >> (np.uint64(64) - _BITS))
    keys.sort()
    keys = keys[np.diff(keys, prepend=~keys[:1]) != 0]
    number = np.bincount((keys >> _BITS).astype(np.int64), minlength=len(texts))
    return keys & ((np.uint64(1) << _BITS) - np.uint64(1)), number


def _candidates(hashes: np.ndarray, starts: np.ndarray, least_jaccard: float) -> list[tuple[int, int]]:
    """Pairs whose sketches (the SKETCH smallest hashes) share at least 0.4 of what a pair of
    `least_jaccard` is expected to share."""
    sizes = np.minimum(np.diff(starts), SKETCH)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    sketch = pl.DataFrame({"i": owner, "hash": hashes[starts[owner] + place]})
    sketch = sketch.filter(pl.len().over("hash").is_between(2, COMMONPLACE))
    shared = (
        sketch.join(sketch, on="hash", suffix="_other")
        .filter(pl.col("i") < pl.col("i_other"))
        .group_by("i", "i_other")
        .len()
        .sort("i", "i_other")
    )
    i, j = shared["i"].to_numpy(), shared["i_other"].to_numpy()
    expected = least_jaccard * np.minimum(sizes[i], sizes[j])
    enough = shared["len"].to_numpy() >= np.maximum(1, 0.4 * expected)
    return list(zip(i[enough].tolist(), j[enough].tolist(), strict=True))


def _linked(n: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of n, the smallest number that it is linked to (connected components)."""
    root = list(range(n))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, j in pairs:
        a, b = find(i), find(j)
        root[max(a, b)] = min(a, b)
    return [find(i) for i in range(n)]
