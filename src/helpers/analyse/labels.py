"""What a group of passages is about, in the few words that are most typical of it."""

import numpy as np
import polars as pl

from helpers.analyse.association import log_odds
from helpers.prepare.counts import count_terms
from helpers.prepare.tokens import FUNCTION_WORDS

REPORTING = frozenset({"said", "says", "told", "added", "according", "asked"})
LEAST_DOCUMENTS = 5
LEAST_SHARE = 0.03
"""A label's word stands in at least so many documents, and in this share of the group's passages."""


def label_words(passages: pl.DataFrame, *, by: str, most: int = 8) -> dict[int, list[str]]:
    """For each value of the column `by`, its most typical words and phrases, by falling z of their
    log-odds against all other groups (Monroe, Colaresi and Quinn 2008), copies of one text together
    counting once; function words, verbs of reporting, numbers and what is said already are passed over."""
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
    made = {}
    for i, group in enumerate(groups):
        order = np.argsort(-np.where(np.isnan(z[i]), -np.inf, z[i]), kind="stable")
        taken: list[str] = []
        for at in order:
            if len(taken) == most or z[i, at] <= 0:
                break
            if counts[i, at] >= LEAST_SHARE * sizes[i] and _tells(terms[at], taken):
                taken.append(terms[at])
        made[group] = taken
    return made


def _tells(term: str, taken: list[str]) -> bool:
    """Whether `term` is worth a place: no function words or numbers in it, nor said already."""
    parts = term.split()
    if any(part in FUNCTION_WORDS or part in REPORTING or not part[0].isalpha() or len(part) < 3 for part in parts):
        return False
    said = {part for other in taken for part in other.split()}
    stems = {word.rstrip("s") for word in said}
    return not any(part in said or part.rstrip("s") in stems for part in parts)
