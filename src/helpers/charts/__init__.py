"""Pictures of results: one module for each of analyse/. How to write one stands at the head of base.py.

Importing this package also tells results how to show themselves in a notebook.
"""

from helpers.charts import (
    agreement,
    before_after,
    claims,
    composition,
    context,
    contrasts,
    copies,
    corpus,
    correction,
    decomposition,
    echoes,
    embedding_regression,
    frames,
    guess,
    matched,
    over_time,
    place,
    portrait,
    search,
    sense_claims,
    themes,
    typical,
    words,
)
from helpers.charts.base import enable

__all__ = [
    "agreement",
    "before_after",
    "claims",
    "composition",
    "context",
    "contrasts",
    "copies",
    "corpus",
    "correction",
    "decomposition",
    "echoes",
    "embedding_regression",
    "enable",
    "frames",
    "guess",
    "matched",
    "over_time",
    "place",
    "portrait",
    "search",
    "sense_claims",
    "themes",
    "typical",
    "words",
]
