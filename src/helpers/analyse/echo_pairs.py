"""Pairs of passages that share a run of words, or mean nearly the same, among passages of different documents.

Runs are found by their shingles and measured word by word; likeness is the cosine of all pairs, block by block, so
that the memory needed grows with the number of passages and not with its square.
"""

from dataclasses import dataclass, replace

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
    """Pairs i < j of rows, sorted by i, then j. `value` is how strong they are: the weight of the longest shared run
    in bits, or likeness. `at_i` and `at_j`: where that run begins in either passage, `words`: how long it is (in
    words; 0 for likeness)."""

    i: np.ndarray
    j: np.ndarray
    value: np.ndarray
    at_i: np.ndarray
    at_j: np.ndarray
    words: np.ndarray

    def where(self, kept: np.ndarray) -> "Pairs":
        """Those of which `kept` is true."""
        columns = (self.i, self.j, self.value, self.at_i, self.at_j, self.words)
        return Pairs(*(column[kept] for column in columns))


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
    of several that are as long, the first.

    Its `value` is its weight in bits: the sum of log2(documents / documents with the word) over its plain words, which
    either passage writes small. So phrases of words that everybody uses weigh little, and names and numbers nothing:
    they come in long runs wherever they are mentioned. (In languages that write nouns large, runs weigh less.)"""
    words = (
        rows.table.select(token=pl.col("text").str.extract_all(r"\w+"))
        .with_row_index("row")
        .explode("token", empty_as_null=False)
        .drop_nulls("token")
        .with_columns(word=pl.col("token").str.to_lowercase(), plain=~pl.col("token").str.contains(r"^[\p{Lu}\p{N}]"))
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
    i, j, length_of, at_i, at_j = (
        best[c].to_numpy().astype(np.int64) for c in ("row", "row_other", "words", "place", "place_other")
    )
    pairs = Pairs(i, j, np.zeros(len(i)), at_i, at_j, length_of)
    here = pl.DataFrame({"code": codes, "document": rows.document[owner]})
    spread = here.unique().group_by("code").len().sort("code")["len"].to_numpy()
    bits = np.log2(len(rows.first) / spread)[codes.astype(np.int64) - 1]
    return _verified(pairs, codes, (words["plain"].to_numpy(), bits), np.cumsum(length) - length)


def _verified(pairs: Pairs, codes: np.ndarray, weighed: tuple[np.ndarray, np.ndarray], begin: np.ndarray) -> Pairs:
    """The pairs whose runs are the same word for word, for two shingles may have one hash, with their weight.
    `weighed`: of each word whether it is plain, and its bits; `begin`: where each passage's words begin among all."""
    plain, bits = weighed
    a, b = begin[pairs.i] + pairs.at_i, begin[pairs.j] + pairs.at_j
    same, value = np.ones(len(a), dtype=bool), np.zeros(len(a))
    for k in range(int(pairs.words.max(initial=0))):
        inside = np.flatnonzero(k < pairs.words)
        one, other = a[inside] + k, b[inside] + k
        same[inside] &= codes[one] == codes[other]
        value[inside] += bits[one] * (plain[one] | plain[other])
    return replace(pairs, value=value).where(same)


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
    return Pairs(i, j, cosine + _rarer_words(rows, i, j), none, none, none), cosine


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
