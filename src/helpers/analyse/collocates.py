"""Collocates: the words that stand near an expression more often than their frequency would have it."""

from typing import Any

import numpy as np
import polars as pl

from helpers.analyse.association import log_dice, log_likelihood
from helpers.analyse.units import in_scope, unit_of
from helpers.errors import InputError
from helpers.prepare.patterns import find_all
from helpers.prepare.tokens import FUNCTION_WORDS, NODE, token_table
from helpers.results import result
from helpers.tables import need

LEAST_TOGETHER = 3
"""Documents. What stands near the expression in fewer is left out: log-likelihood and log Dice of so few
say who wrote once, and not how a side writes."""


@result
class Collocates:
    """Words near an expression, by side.

    table    one row per (side, term), by falling log_likelihood within the side:
        count            how often within the window; `n_documents` in how many documents (copies of a text: one)
        expected         how often it would be, if it stood there as often as elsewhere on that side
        log_likelihood   Dunning's, with the sign of the association: below 0, it avoids the expression
        log_dice         14 at the most; comparable between sides of different size
        rate             occurrences in the window per 100 occurrences of the expression
        term_count       occurrences on that side, the expression itself apart
        function_word
    sides    one row per side: n_matches, n_documents, n_words
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    pattern: str
    window: int
    by: str
    voice: str
    copies: str


def collocates(
    passages: pl.DataFrame,
    pattern: str,
    *,
    window: int = 5,
    by: str = "side",
    voice: str = "outlet",
    copies: str = "one",
) -> Collocates:
    """Words within `window` words before or after `pattern`, in the same passage, for each `by`.

    A word between two matches counts once. Words in n copies of one text weigh 1/n. The measures are of
    words and know nothing of documents: they rank, n_documents judges. An expression that is
    nowhere found gives an empty table. Raises InputError where it is bad."""
    need(passages, [by, "document_id", "text", "language"], where="passages", do="Run prepare first.")
    if window < 1:
        raise InputError("`window` of collocates", expected="1 or more words", found=window)
    kept = in_scope(passages, voice=voice, copies=copies).drop_nulls(by)
    found = find_all(kept["text"], pattern)
    text = unit_of(kept, copies).alias("text_id")
    labels = kept.select(pl.col(by).cast(pl.String).alias("side"), text, _weight(kept, copies).alias("weight"))
    table = token_table(_with_nodes(kept, found)).filter(~pl.col("ends_phrase"))
    near = _near(table["row"].to_numpy(), (table["token"] == NODE).to_numpy(), window)
    words = table.with_columns(labels[table["row"]], near=pl.Series(near))
    nodes = words.filter(pl.col("token") == NODE).group_by("side").agg(
        n_matches=pl.col("weight").sum(), n_documents=pl.col("text_id").n_unique().cast(pl.Int64)
    )  # fmt: skip
    words = words.filter(pl.col("token") != NODE)
    totals = words.group_by("side").agg(
        n_words=pl.col("weight").sum(), _near_all=pl.col("weight").filter(pl.col("near")).sum()
    )
    sides = totals.join(nodes, on="side", how="left").with_columns(pl.col("n_matches", "n_documents").fill_null(0))
    counted = words.group_by("side", "token").agg(
        count=pl.col("weight").filter(pl.col("near")).sum(),
        term_count=pl.col("weight").sum(),
        n_documents=pl.col("text_id").filter(pl.col("near")).n_unique().cast(pl.Int64),
    )
    counted = counted.filter(pl.col("n_documents") >= LEAST_TOGETHER)
    return Collocates(
        _measured(counted, sides),
        sides.select("side", "n_matches", "n_documents", "n_words").sort("side"),
        pattern,
        window,
        by,
        voice,
        copies,
    )


def _measured(counted: pl.DataFrame, sides: pl.DataFrame) -> pl.DataFrame:
    joined = counted.join(sides.select("side", "n_matches", "n_words", "_near_all"), on="side")
    both, term = joined["count"].to_numpy(), joined["term_count"].to_numpy()
    near, total, nodes = (joined[name].to_numpy().astype(float) for name in ("_near_all", "n_words", "n_matches"))
    expected = near * term / total
    together: dict[str, Any] = {
        "expected": expected,
        "log_likelihood": np.where(both < expected, -1, 1) * log_likelihood(both, near, term, total),
        # A window may hold a word twice; no more than once for each match, so that 14 stays the limit.
        "log_dice": log_dice(np.minimum(both, nodes), nodes, term),
        "rate": 100 * both / nodes,
    }
    return (
        joined.with_columns(pl.Series(name, values) for name, values in together.items())
        .with_columns(function_word=pl.col("token").is_in(list(FUNCTION_WORDS)))
        .select("side", pl.col("token").alias("term"), "count", "expected", "log_likelihood", "log_dice", "rate",
                "term_count", "n_documents", "function_word")
        .sort("side", "log_likelihood", "term", descending=[False, True, False])
    )  # fmt: skip


def _weight(kept: pl.DataFrame, copies: str) -> pl.Expr:
    if copies != "one" or "copy_cluster" not in kept.columns:
        return pl.lit(1.0)
    size = pl.col("document_id").n_unique().over("copy_cluster")
    return pl.when(pl.col("copy_cluster").is_null()).then(1.0).otherwise(1 / size)


def _with_nodes(kept: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """The texts with NODE for each match, so that one rule finds the words around it."""
    texts = kept["text"].to_list()
    for (row,), part in found.sort("row", "start", descending=True).group_by("row", maintain_order=True):
        text = texts[int(row)]  # type: ignore[call-overload]
        for start, end in part.select("start", "end").iter_rows():
            text = f"{text[:start]} {NODE} {text[end:]}"
        texts[int(row)] = text  # type: ignore[call-overload]
    return kept.select("language").with_columns(text=pl.Series(texts, dtype=pl.String))


def _near(row: np.ndarray, node: np.ndarray, window: int) -> np.ndarray:
    """Whether each word is within `window` words of a node of its own passage."""
    at = np.arange(len(row))
    far = len(row) + window + 1
    before = np.maximum.accumulate(np.where(node, at, -far)) if len(row) else at
    after = np.minimum.accumulate(np.where(node, at, 2 * far)[::-1])[::-1] if len(row) else at
    near = np.zeros(len(row), dtype=bool)
    for nearest in (before, after):
        there = np.abs(at - nearest) <= window
        inside = np.clip(nearest, 0, max(len(row) - 1, 0))
        near |= there & (row[inside] == row)
    return near & ~node
