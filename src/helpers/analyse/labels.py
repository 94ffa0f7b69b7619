"""What a group of passages is about, in the few words that are most typical of it.

Words that nearly always stand together are one name: "hong kong", and not "hong" and "kong".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from helpers.analyse.association import log_odds
from helpers.prepare.counts import count_terms
from helpers.prepare.patterns import find_all, is_unspaced, pattern_of
from helpers.prepare.tokens import FUNCTION_WORDS

REPORTING = frozenset({"said", "says", "told", "added", "according", "asked"})
LEAST_DOCUMENTS = 5
LEAST_SHARE = 0.03
"""A label's word stands in at least so many documents, and in this share of the group's passages."""

TOGETHER, NEARLY_ALWAYS = 0.6, 0.8
"""Share of a word's uses in the group from which on it is shown as its phrase; and of a phrase's, from which on it is
shown as a longer one."""
HALF = 0.5
"""Share of the uses of a word taken already from which on its phrase takes its place."""
LONGEST = 4
"""Words of a phrase."""


def label_words(passages: pl.DataFrame, *, by: str, most: int = 8) -> dict[int, list[str]]:
    """For each value of the column `by`, its most typical words and phrases, by falling z of their
    log-odds against all other groups (Monroe, Colaresi and Quinn 2008), copies of one text together
    counting once; function words, verbs of reporting, numbers and what is said already are passed over.

    A word most of whose uses in the group are part of one phrase stands for that phrase, and the phrase for the
    longer one that it is nearly always part of ("china sea": "south china sea")."""
    groups = sorted(passages[by].unique())
    number = {group: i for i, group in enumerate(groups)}
    text = pl.coalesce("copy_cluster", "document_id")
    rows = passages.select(group=by, text=text, weight=1 / pl.col("document_id").n_unique().over(text))
    # A term counts for a group by the texts it stands in there: counted by text and group, then added up.
    rows = rows.with_columns(cell=(pl.struct("group", "text").rank("dense") - 1).cast(pl.Int64))
    cells = rows.unique("cell").sort("cell").with_columns(unit=(pl.col("text").rank("dense") - 1).cast(pl.Int64))
    counted = count_terms(
        passages,
        rows["cell"].to_numpy(),
        weight=rows["weight"].to_numpy(),
        unit=cells["unit"].to_numpy(),
        least=LEAST_DOCUMENTS,
    )
    group_of = cells["group"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    belongs = (group_of == np.arange(len(groups))[:, None]).astype(np.float64)
    counts = belongs @ counted.matrix
    totals = (belongs @ counted.totals)[:, counted.kind]
    sizes = np.bincount(group_of[rows["cell"].to_numpy()], minlength=len(groups))
    _, z = log_odds(counts, counts.sum(0) - counts, totals, totals.sum(0) - totals)
    terms = counted.terms["term"].to_list()
    of_word: dict[str, list[str]] = {}
    for phrase in (term for term in terms if " " in term and _telling(term)):
        for word in set(phrase.split()):
            of_word.setdefault(word, []).append(phrase)
    made = {}
    for i, group in enumerate(groups):
        own = dict(zip(terms, counts[i], strict=True))
        texts = passages.filter(pl.col(by) == group)["text"]
        phrases = _Phrases(own, of_word, texts, texts.str.to_lowercase())
        order = np.argsort(-np.where(np.isnan(z[i]), -np.inf, z[i]), kind="stable")
        ranked = (terms[at] for at in order if z[i, at] > 0 and counts[i, at] >= LEAST_SHARE * sizes[i])
        made[group] = _chosen(ranked, phrases, most)
    return made


def _chosen(ranked: Iterable[str], phrases: "_Phrases", most: int) -> list[str]:
    taken: list[str] = []
    for term in ranked:
        said = {part.rstrip("s") for other in taken for part in other.split()}
        if not _telling(term) or any(part.rstrip("s") in said for part in term.split()):
            continue
        name = phrases.name(term)
        inside = [other for other in taken if set(other.split()) <= set(name.split())]
        apart = [other for other in inside if phrases.share(term, other) < HALF]
        if apart and len(name.split()) == 2:
            continue  # one more word to a word that mostly stands without it ("trump") is no other name
        inside = [other for other in inside if other not in apart]
        at = taken.index(inside[0]) if inside else len(taken)
        taken = [other for other in taken if other not in inside]
        taken.insert(at, name)
        if len(taken) == most:
            break
    return taken


@dataclass(frozen=True, eq=False)
class _Phrases:
    """How often each term stands in a group (`counts`), the phrases of two words with each word, and the group's
    texts, as they are and in lower case."""

    counts: dict[str, float]
    of_word: dict[str, list[str]]
    texts: pl.Series
    lower: pl.Series

    def name(self, term: str) -> str:
        """The phrase that a word is mostly part of, and the longest that this one nearly always is, or the term."""
        term = self.pair(term)
        while 2 <= len(term.split()) < LONGEST and (longer := self.longer(term)):
            term = longer
        return term

    def pair(self, term: str) -> str:
        """The phrase of two words that a word is mostly part of, or the term itself."""
        if " " in term:
            return term
        around = [p for p in self.with_word(term) if self.counts[p] >= TOGETHER * self.counts[term]]
        return max(around, key=lambda phrase: self.counts[phrase], default=term)

    def share(self, term: str, other: str) -> float:
        """Share of the uses of `other` that are in the phrase of `term`, 0-1."""
        return self.counts[self.pair(term)] / self.counts[other] if other in self.counts else 1.0

    def with_word(self, word: str) -> list[str]:
        """The phrases of the group with the word in them that could be shown."""
        return [phrase for phrase in self.of_word.get(word, ()) if self.counts[phrase]]

    def longer(self, phrase: str) -> str | None:
        """The phrase with the word before or after it that nearly always stands there."""
        words = phrase.split()
        least = NEARLY_ALWAYS**2 * min(self.counts[f"{a} {b}"] for a, b in pairwise(words))
        made = []
        for other in {*self.with_word(words[0]), *self.with_word(words[-1])}:
            a, b = other.split()
            if self.counts[other] >= least and b == words[0] and a not in words:
                made.append(f"{a} {phrase}")
            if self.counts[other] >= least and a == words[-1] and b not in words:
                made.append(f"{phrase} {b}")
        if not made:
            return None
        # A search for plain letters is quick, and leaves few texts to the expression.
        plain = [word for word in words if word.isalpha()]
        there = self.texts.filter(
            pl.select(
                pl.all_horizontal(pl.lit(True), *(self.lower.str.contains(w, literal=True) for w in plain))
            ).to_series()
        )
        uses = find_all(there, pattern_of(phrase)).height
        counted = {one: find_all(there, pattern_of(one)).height for one in sorted(made)}
        best = max(counted, key=lambda one: counted[one])
        return best if uses and counted[best] >= NEARLY_ALWAYS * uses else None


def _telling(term: str) -> bool:
    """Whether a term is worth a place: no function words, verbs of reporting, numbers or short words in it."""
    return not any(
        part in FUNCTION_WORDS
        or part in REPORTING
        or not part[0].isalpha()
        or len(part) < (2 if is_unspaced(part) else 3)
        for part in term.split()
    )
