"""How alike two sides' documents are in what is not how they write: dates, kinds, languages.

A difference between documents of other years is one of years as much as of sides. Two sides drawn from the same
documents differ too, the more the fewer they are: what such a draw makes as often as one time in twenty is not told
from it.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import polars as pl

from helpers.analyse.periods import longer, periods, periods_of

LIMITS: dict[str, float] = {"dates": 2 / 3, "kinds": 2 / 3, "languages": 0.9}
"""Overlap of the two sides' shares of documents, 0-1 (1: the same), from which they count as alike."""
KNOWN = 0.5
"""Share of a side's documents whose kind, language or date must be known, for it to be compared."""
CHANCE = 0.05
"""How often two draws of the same documents overlap as little as what is still put down to chance."""
DRAWS = 2000
_HELD = {"dates": "year", "kinds": "kind", "languages": "language"}
FACTS = ("date", "date_precision", "kind", "language")
"""Columns of a document that are compared."""

Found = dict[str, float | str | None]

FAMILIES: dict[str, tuple[str, ...]] = {
    "opinion": ("analysis", "column", "comment", "commentary", "editorial", "essay", "op-ed", "opinion",
                "opinion piece", "perspective"),
    "news": ("article", "dispatch", "news", "news article", "news report", "report from the field", "wire report"),
}  # fmt: skip
"""Names of kinds that one outlet gives to what another calls otherwise. A kind that is not here stands for itself."""


def family(kind: str = "kind") -> pl.Expr:
    """What the kinds in that column are compared as: their family, or they themselves."""
    of = {name: of for of, names in FAMILIES.items() for name in names}
    return pl.col(kind).str.strip_chars().str.to_lowercase().replace(of)


def overlap(table: pl.DataFrame, a: str, b: str, by: str) -> float | None:
    """Sum over the values of `by` of the smaller of the two sides' shares of documents: 0 (nothing in common) to 1
    (the same distribution); one minus the total variation distance. None where a side has no value."""
    counts = _counted(table, a, b, by)
    return _overlap(counts) if counts.sum(1).all() else None


def compared(table: pl.DataFrame, a: str, b: str, by: str, *, limit: float) -> tuple[bool | None, float | None]:
    """Whether two sides are alike in `by` (None: cannot be told), and their overlap.

    `table`: one row per side and value of `by` (null: not known) with n_documents. Where less than KNOWN of a side is
    known, or the overlap is under the limit and two draws of the same documents would overlap as little more often
    than CHANCE, it cannot be told."""
    for side in (a, b):
        of_side = table.filter(pl.col("side") == side)
        n, known = (int(part["n_documents"].sum()) for part in (of_side, of_side.drop_nulls(by)))
        if known < max(KNOWN * n, 1):
            return None, None
    counts = _counted(table, a, b, by)
    both = _overlap(counts)
    if both >= limit:
        return True, both
    return (False if both < _by_chance(counts) else None), both


def of_units(units: pl.DataFrame, sides: Sequence[str], *, fixed: Sequence[str] = ()) -> dict[tuple[str, str], Found]:
    """`unlike` of the documents of a units table, those of members that count for nothing too; empty where it does
    not tell of them. `fixed`: what the comparison holds fixed (year, kind, language), which is no difference then."""
    if "documents" not in units.columns:
        return {}
    documents = units.select("side", "documents").explode("documents").unnest("documents")
    return unlike(documents, sides, aspects=[name for name, held in _HELD.items() if held not in fixed])


def unlike(
    documents: pl.DataFrame, sides: Sequence[str], *, aspects: Sequence[str] = tuple(LIMITS)
) -> dict[tuple[str, str], Found]:
    """For each two of `sides`, in this order: dates_alike, kinds_alike, languages_alike (overlap, 0-1; null: not
    known), and unlike (the aspects in which they are not alike, with commas between; null: in none).

    `documents`: one row per document with side and the columns FACTS. `aspects`: those that unlike may name."""
    each = documents.with_columns(kind=family(), n_words=pl.lit(0, pl.Int64), n_passages=pl.lit(0, pl.Int64))
    tables = {
        aspect: (by, each.group_by("side", by).agg(n_documents=pl.len()))
        for aspect, by in (("kinds", "kind"), ("languages", "language"))
    }
    period_of = periods_of(each)
    made = {}
    for a, b in combinations(sides, 2):
        dated = {"dates": ("start", in_periods(each, (a, b), period_of))}
        found = {
            aspect: compared(table, a, b, by, limit=LIMITS[aspect]) for aspect, (by, table) in (dated | tables).items()
        }
        row: Found = {f"{aspect}_alike": both for aspect, (_, both) in found.items()}
        differ = [name for name in aspects if found[name][0] is False]
        made[a, b] = row | {"unlike": ", ".join(differ) or None}
    return made


def in_periods(each: pl.DataFrame, sides: tuple[str, str], period_of: Mapping[str, str]) -> pl.DataFrame:
    """periods() of two sides, in one that the dates of both bear; and a row without a start for each side's documents
    that are not in it."""
    both = each.filter(pl.col("side").is_in(sides))
    counted = periods(both, dict.fromkeys(sides, longer(*(period_of.get(side, "year") for side in sides))))
    placed = dict(counted.group_by("side").agg(pl.col("n_documents").sum()).rows())
    rest = [(side, (both["side"] == side).sum() - placed.get(side, 0)) for side in sides]
    undated = pl.DataFrame(rest, schema={"side": pl.String, "n_documents": counted.schema["n_documents"]}, orient="row")
    return pl.concat([counted, undated], how="diagonal")


def _counted(table: pl.DataFrame, a: str, b: str, by: str) -> np.ndarray:
    """(2, k) documents of each side with each value."""
    known = table.drop_nulls(by)
    values = known.select(pl.col(by).unique().sort())
    columns = []
    for side in (a, b):
        of_side = known.filter(pl.col("side") == side).group_by(by).agg(pl.col("n_documents").sum())
        columns.append(values.join(of_side, on=by, how="left", maintain_order="left")["n_documents"].fill_null(0))
    return np.array([column.to_numpy() for column in columns], dtype=np.int64).reshape(2, -1)


def _overlap(counts: np.ndarray) -> float:
    return float((counts / counts.sum(1, keepdims=True)).min(0).sum())


def _by_chance(counts: np.ndarray) -> float:
    """The overlap under which two draws of these documents together, as large as the sides, seldom come."""
    n, m = counts.sum(1)
    pooled = counts.sum(0)
    drawn = np.random.default_rng(7).multivariate_hypergeometric(pooled, n, size=DRAWS)
    return float(np.quantile(np.minimum(drawn / n, (pooled - drawn) / m).sum(1), CHANCE))
