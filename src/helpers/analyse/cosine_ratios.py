"""Which words the contexts of a term are nearer to on one side than on the other: ratios of cosines.

A squared norm says that two uses lie apart, not in what. So words of the corpus are encoded as short texts and laid
beside each side's mean window: the ratio of the two cosines says which use a word is nearer to (Rodriguez, Spirling and
Stewart 2023). A long way to a word shortens all cosines of a side alike, and a mean of few documents is too long by
what chance adds to it; the length is therefore debiased, or the side with fewer documents would seem farther from
every word.
"""

from itertools import combinations

import numpy as np
import polars as pl

from helpers.analyse.debiased import fit, inner_products
from helpers.analyse.resampling import unit_weights
from helpers.analyse.term_texts import Texts, gathered
from helpers.analyse.units import FEWEST_DOCUMENTS
from helpers.analyse.windows import Windows
from helpers.encode import Encoder, encode
from helpers.prepare.counts import TermCounts, count_terms
from helpers.prepare.patterns import find_all
from helpers.prepare.tokens import FUNCTION_WORDS
from helpers.results import result
from helpers.tables import need

IN_WINDOWS = 2
"""Documents of a side in whose windows a word must stand to be shown for it: a word that the side never wrote beside
the term cannot be looked up, however near the encoder finds it."""
NEAR = 0.5
"""A word is near a side's mean where its cosine is at least so much of the nearest word's. Of a side with few documents
few words are, and the rest would be any words."""
ALIKE = 0.75
"""Cosine from which on two words are shown as one, the nearer to a side: "economy" and "economic"."""
REPLICATES = 2000
BLOCK = 250
"""Replicates at a time, so that memory stays small."""


@result
class CosineRatios:
    """Words by which side's use of a term they are nearer to.

    table    one row per (side, other, word), by falling ratio:
        word, kind               a word, or a phrase of two
        ratio, low, high         cosine to the mean window of `side` over that of `other`, lengths debiased; above 1:
                                 nearer to `side`. 95 % interval: these outlets, other documents of theirs; not adjusted
                                 for the number of words
        cosine, other_cosine     -1 to 1, but for debiased lengths, which may take it a little beyond
        n_documents, other_n_documents   documents of the side in whose windows the word stands
    sides    side, n_texts: of the sides that can be asked
    n_words  how many words were laid beside the sides
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    n_words: int
    term: str
    most: int
    encoder: str
    voice: str
    copies: str
    seed: int


def cosine_ratios(
    found: Windows,
    passages: pl.DataFrame,
    *,
    most: int = 12,
    encoder: str | Encoder = "default",
    copies: str = "one",
    seed: int = 7,
) -> CosineRatios:
    """The `most` nearest words of each side's mean window, and what they are nearer to.

    Words of `passages`: in FEWEST_DOCUMENTS of their documents or more, and in the windows of IN_WINDOWS documents of
    the side that they are shown for; no function words, no numbers, nothing that the term itself matches. A word whose
    cosine to either side is not above 0 has no ratio and is left out. `encoder`: the one of the windows."""
    need(passages, ["document_id", "text", "language"], where="cosine_ratios", do="Run prepare first.")
    texts = gathered(found, copies=copies)
    sides = texts.rows.group_by("side").agg(n_texts=pl.len().cast(pl.Int64)).sort("side")
    words, using = _words(found, passages)
    table = _empty()
    if sides.height > 1 and words.height:
        encoded = encode(words.select(id="word", text="word"), encoder=encoder)
        # The words' vectors go with the words, so that one can never stand beside the other's.
        words = words.with_columns(encoded["embedding"])
        table = _compared(texts, sides["side"].to_list(), words, using, most=most, seed=seed)
    return CosineRatios(table, sides, words.height, found.term, most, found.encoder, found.voice, copies, seed)


def _words(found: Windows, passages: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """word, kind of all candidates; and word, side, n_documents in whose windows it stands."""
    table = found.table.select("text", "language", "document_id", "side").with_columns(
        pl.col("text").str.replace_all(found.mask, " . ", literal=True)
    )
    near, of_near = _counted(table, IN_WINDOWS)
    common, _ = _counted(passages, FEWEST_DOCUMENTS)
    words = near.terms.with_row_index("at").join(common.terms, on=["term", "kind"], how="semi", maintain_order="left")
    empty = (
        pl.col("term")
        .str.split(" ")
        .list.eval(pl.element().is_in(list(FUNCTION_WORDS)) | ~pl.element().str.contains(r"\p{L}{3}|\p{Han}"))
    )
    own = find_all(words["term"], found.pattern)["row"].unique().to_list()
    words = words.filter(~empty.list.any() & ~pl.int_range(pl.len()).is_in(own))
    side = table.with_columns(at=of_near).unique("at", keep="first").sort("at")["side"]
    cells = near.matrix[:, words["at"].to_numpy()].tocoo()
    using = pl.DataFrame({"word": words["term"].gather(cells.col), "side": side.gather(cells.row)})
    return words.select(word="term", kind="kind"), using.group_by("word", "side").agg(
        n_documents=pl.len().cast(pl.Int64)
    )


def _counted(table: pl.DataFrame, least: int) -> tuple[TermCounts, pl.Series]:
    """The words of `least` documents or more, and the row of each text's document."""
    document = (table["document_id"].rank("dense") - 1).cast(pl.Int64)
    units = np.arange(document.n_unique())
    at = document.to_numpy()
    return count_terms(table, at, weight=np.ones(table.height), unit=units, least=least), document


def _compared(
    texts: Texts, sides: list[str], words: pl.DataFrame, using: pl.DataFrame, *, most: int, seed: int
) -> pl.DataFrame:
    vectors = words["embedding"].to_numpy().astype(np.float64)
    fitted = fit(texts.y, texts.cell)
    shares = np.stack([texts.share(side) for side in sides])
    chance = ((shares @ fitted.inverse) ** 2) @ fitted.noise
    squared = np.einsum("sk,kl,sl->s", shares, inner_products(fitted), shares)
    cosines = (shares @ fitted.means) @ vectors.T / np.sqrt(np.where(squared > 0, squared, np.nan))[:, None]
    used = np.stack([_used(words, using, side) for side in sides])
    near = np.where(cosines >= NEAR * cosines.max(1, keepdims=True), used, 0)
    pairs = {}
    for a, b in combinations(range(len(sides)), 2):
        own = np.where((cosines[[a, b]] > 0).all(0), near[[a, b]], 0)
        pairs[a, b] = _nearest(cosines[[a, b]], own, vectors, most)
    shown = np.unique(np.concatenate(list(pairs.values())))
    drawn = _replicates(texts, shares, vectors[shown], chance, seed)
    made = []
    for (a, b), picked in pairs.items():
        at = np.searchsorted(shown, picked)
        low, high = _limits(drawn[:, a][:, at], drawn[:, b][:, at])
        part = words[picked.tolist()].with_columns(
            side=pl.lit(sides[a]), other=pl.lit(sides[b]), ratio=pl.Series(cosines[a, picked] / cosines[b, picked]),
            low=pl.Series(low), high=pl.Series(high), cosine=pl.Series(cosines[a, picked]),
            other_cosine=pl.Series(cosines[b, picked]),
        )  # fmt: skip
        for side, name in (("side", "n_documents"), ("other", "other_n_documents")):
            counts = using.rename({"side": side, "n_documents": name})
            part = part.join(counts, on=["word", side], how="left").with_columns(pl.col(name).fill_null(0))
        made.append(part.select(pl.col(name).cast(kind) for name, kind in _empty().schema.items()))
    return pl.concat(made).sort("side", "other", "ratio", "word", descending=[False, False, True, False])


def _limits(above: np.ndarray, below: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of the ratios of replicates (replicates, words). Where the cosine below is not above 0, or a
    mean has no length left, the ratio has no upper limit; so limits are order statistics and no means of two."""
    if not above.shape[1]:
        return np.empty(0), np.empty(0)
    ratios = np.divide(above, below, out=np.full(above.shape, np.inf), where=(below > 0) & ~np.isnan(above))
    low, high = np.quantile(ratios, [0.025, 0.975], axis=0, method="inverted_cdf")
    return low, high


def _used(words: pl.DataFrame, using: pl.DataFrame, side: str) -> np.ndarray:
    """(words,): documents of `side` in whose windows each word stands, 0 where too few to be shown."""
    counts = words.join(using.filter(side=side), on="word", how="left", maintain_order="left")["n_documents"]
    return np.where(counts.fill_null(0).to_numpy() >= IN_WINDOWS, counts.fill_null(0).to_numpy(), 0)


def _replicates(texts: Texts, shares: np.ndarray, vectors: np.ndarray, chance: np.ndarray, seed: int) -> np.ndarray:
    """(replicates, sides, words): cosines of means of documents drawn anew within their cells. A mean drawn from a
    mean is too long twice over: by the chance in the one and in the other."""
    weights = unit_weights(texts.rows, replicates=REPLICATES, seed=seed)
    inside = np.eye(shares.shape[1])[texts.cell]
    products, onto = texts.y @ texts.y.T, texts.y @ vectors.T
    made = np.empty((REPLICATES, len(shares), len(vectors)), dtype=np.float32)
    for begin in range(0, REPLICATES, BLOCK):
        block = weights[begin : begin + BLOCK]
        each = (shares / (block @ inside)[:, None])[:, :, texts.cell] * block[:, None]
        flat = each.reshape(-1, each.shape[2])
        squared = ((flat @ products) * flat).sum(1).reshape(each.shape[:2]) - 2 * chance
        lengths = np.sqrt(np.where(squared > 0, squared, np.nan))
        made[begin : begin + BLOCK] = (flat @ onto).reshape(*each.shape[:2], -1) / lengths[:, :, None]
    return made


def _nearest(cosines: np.ndarray, used: np.ndarray, vectors: np.ndarray, most: int) -> np.ndarray:
    """Positions of the `most` nearest words of each row that are used there; of words alike the most used stands for
    them all ("reforms" for "reforms aimed")."""
    taken: list[int] = []
    for row, times in zip(cosines, used, strict=True):
        n, left = 0, times > 0
        for at in np.argsort(-row, kind="stable").tolist():
            if n == most or not left[at]:
                continue
            alike = np.flatnonzero(left & (vectors @ vectors[at] > ALIKE))
            left[alike] = False
            best = int(max(alike, key=lambda k: (times[k], row[k])))
            if not taken or (vectors[taken] @ vectors[best]).max() <= ALIKE:
                taken.append(best)
            n += 1
    return np.array(taken, dtype=np.intp)


def _empty() -> pl.DataFrame:
    schema: dict = dict.fromkeys(("side", "other", "word", "kind"), pl.String)
    schema |= dict.fromkeys(("ratio", "low", "high", "cosine", "other_cosine"), pl.Float64)
    return pl.DataFrame(schema=schema | dict.fromkeys(("n_documents", "other_n_documents"), pl.Int64))
