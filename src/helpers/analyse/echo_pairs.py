"""Pairs of passages that share a run of words, or mean nearly the same, among passages of different documents.

Runs are found by their shingles and measured word by word; likeness is the cosine of all pairs, block by block, so
that the memory needed grows with the number of passages and not with its square.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.analyse.echo_rows import Rows, days_of, inside

SHINGLE = 5
"""Words in a row by which a shared run is found; also the shortest run there is."""
FORMULA = 10
"""Five words in a row that stand in more different documents than this are a formula (a title, a greeting, an
agency's signature), and are no part of a run."""
MOST_PAIRS = 1_000_000
"""About so many pairs are kept, the most alike, of those across outlets, and of one outlet's own."""
ALIKE = 0.05
"""At the most this share of pairs is kept: what is not among the most alike is no candidate."""
RARE = 0.05
"""Share of passages. A word in more of them belongs to the subject, not to the thought."""
BLOCK, TILE, CHUNK = 1_024, 8_192, 100_000
SAMPLE = 2_000


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs i < j of rows, sorted by i, then j: `value` is words of the longest shared run, or likeness; `at_i` and
    `at_j` where that run begins in either passage (words; 0 for likeness)."""

    i: np.ndarray
    j: np.ndarray
    value: np.ndarray
    at_i: np.ndarray
    at_j: np.ndarray

    def where(self, kept: np.ndarray) -> "Pairs":
        """Those of which `kept` is true."""
        return Pairs(self.i[kept], self.j[kept], self.value[kept], self.at_i[kept], self.at_j[kept])


def word_spans(texts: pl.Series) -> pl.DataFrame:
    """One row per word of `texts`: row, place (0, 1, ... in the text), word (lower case), start, end (characters)."""
    import re

    found = [
        (row, place, match.group().lower(), match.start(), match.end())
        for row, text in enumerate(texts)
        for place, match in enumerate(re.finditer(r"\w+", text))
    ]
    schema = {"row": pl.Int64, "place": pl.Int64, "word": pl.String, "start": pl.Int64, "end": pl.Int64}
    return pl.DataFrame(found, schema=schema, orient="row")


def shared_runs(rows: Rows) -> Pairs:
    """The longest run of at least SHINGLE words that two passages of different documents share, formulas left out;
    of several that are as long, the first."""
    words = (
        rows.table.select(word=pl.col("text").str.to_lowercase().str.extract_all(r"\w+"))
        .with_row_index("row")
        .explode("word", empty_as_null=False)
        .drop_nulls("word")
    )
    owner = words["row"].to_numpy().astype(np.int64)
    codes = words["word"].rank("dense").to_numpy().astype(np.uint64)
    length = np.bincount(owner, minlength=len(rows.document))
    place = np.arange(len(owner)) - np.repeat(np.cumsum(length) - length, length)
    hashed = np.zeros(len(codes), dtype=np.uint64)
    for k in range(SHINGLE):
        hashed = (hashed ^ np.roll(codes, -k)) * np.uint64(0x9E3779B97F4A7C15)
        hashed ^= hashed >> np.uint64(29)
    whole = place + SHINGLE <= length[owner]
    shingles = pl.DataFrame(
        {"hash": hashed[whole], "row": owner[whole], "place": place[whole], "document": rows.document[owner[whole]]}
    )
    shingles = shingles.filter(pl.col("document").n_unique().over("hash").is_between(2, FORMULA)).sort("row", "place")
    met = shingles.join(shingles, on="hash", suffix="_other").filter(
        (pl.col("row") < pl.col("row_other")) & (pl.col("document") != pl.col("document_other"))
    )
    # Shingles that follow each other in both passages are one run: they lie on one diagonal, each a word on.
    met = met.with_columns(across=pl.col("place") - pl.col("place_other")).sort("row", "row_other", "across", "place")
    same = pl.all_horizontal(pl.col(c) == pl.col(c).shift(1) for c in ("row", "row_other", "across"))
    begins = ~(same & (pl.col("place") == pl.col("place").shift(1) + 1)).fill_null(False)
    runs = met.group_by("row", "row_other", begins.cum_sum().alias("run"), maintain_order=True).agg(
        pl.col("place", "place_other").first(), (pl.len() + SHINGLE - 1).alias("words")
    )
    best = runs.sort("row", "row_other", "words", "place", "place_other", descending=[False, False, True, False, False])
    best = best.unique(["row", "row_other"], keep="first", maintain_order=True)
    columns = [best[c].to_numpy().astype(np.int64) for c in ("row", "row_other", "words", "place", "place_other")]
    return _verified(Pairs(columns[0], columns[1], columns[2].astype(np.float64), *columns[3:]), codes, length)


def _verified(pairs: Pairs, codes: np.ndarray, length: np.ndarray) -> Pairs:
    """The pairs whose runs are the same word for word: two shingles may have one hash."""
    begin = np.cumsum(length) - length
    a, b = begin[pairs.i] + pairs.at_i, begin[pairs.j] + pairs.at_j
    same = np.ones(len(a), dtype=bool)
    for k in range(int(pairs.value.max(initial=0))):
        inside = k < pairs.value
        same[inside] &= codes[a[inside] + k] == codes[b[inside] + k]
    return pairs.where(same)


def alike(rows: Rows, lag: int, *, seed: int) -> tuple[Pairs, np.ndarray]:
    """The pairs of passages whose meanings are most alike: across members, and of one member's own documents inside
    the window. `value` is their likeness: the cosine of their vectors (second result) plus that of their rarer words,
    for who puts a thought into other words keeps its names and numbers."""
    floor = _floor(rows, lag, seed=seed)
    n = len(rows.document)
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for top in range(0, n, BLOCK):
        for left in range(top, n, TILE):
            near = rows.vectors[top : top + BLOCK] @ rows.vectors[left : left + TILE].T
            a, b = np.nonzero(near >= floor)
            cosine, a, b = near[a, b], a + top, b + left
            kept = (a < b) & _asked(rows, rows.document[a], rows.document[b], lag)
            found.append((a[kept], b[kept], cosine[kept]))
    i, j, cosine = (np.concatenate([part[k] for part in found]) for k in range(3))
    sort = np.lexsort((j, i))
    i, j, cosine = i[sort], j[sort], cosine[sort].astype(np.float64)
    none = np.zeros(len(i), dtype=np.int64)
    return Pairs(i, j, cosine + _rarer_words(rows, i, j), none, none), cosine


def _asked(rows: Rows, document: np.ndarray, other: np.ndarray, lag: int) -> np.ndarray:
    """Across members, or of one's own documents inside the window; the arrays are held against each other."""
    own = rows.member[document] == rows.member[other]
    near = inside(days_of(rows, document), days_of(rows, other), lag)
    return (document != other) & (~own | near)


def _floor(rows: Rows, lag: int, *, seed: int) -> float:
    """The cosine from which on about MOST_PAIRS pairs are kept, and no more than the share ALIKE, of those across
    members and of one's own alike: the higher of the two, from a sample of passages."""
    n = len(rows.document)
    some = np.sort(np.random.default_rng(seed).permutation(n)[:SAMPLE])
    near = rows.vectors[some] @ rows.vectors[some].T
    document = rows.document[some]
    asked = np.triu(_asked(rows, document[:, None], document[None], lag), 1)
    own = rows.member[document][:, None] == rows.member[document][None]
    floors = []
    for values in (near[asked & ~own], near[asked & own]):
        every = len(values) * (n / len(some)) ** 2
        floors.append(float(np.quantile(values, 1 - min(ALIKE, MOST_PAIRS / every))) if len(values) else -1.0)
    return max(floors)


def _rarer_words(rows: Rows, i: np.ndarray, j: np.ndarray) -> np.ndarray:
    """Cosine (0-1) of the words of each pair that stand in at most the share RARE of passages, by tf-idf."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = rows.table["text"].to_list()
    try:
        words = TfidfVectorizer(sublinear_tf=True, max_df=RARE, token_pattern=r"\w+").fit_transform(texts)
    except ValueError:  # no word is rare
        return np.zeros(len(i))
    parts = [
        np.asarray(words[i[top : top + CHUNK]].multiply(words[j[top : top + CHUNK]]).sum(1)).ravel()
        for top in range(0, len(i), CHUNK)
    ]
    return np.concatenate([np.zeros(0), *parts])
