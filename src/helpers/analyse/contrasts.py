"""Differences between sides, with the two kinds of statement that are never mixed.

About these outlets: document-level intervals, by the rescaled bootstrap of documents within
outlets (Rao and Wu 1988). About a side: the outlet-equal mean, and the permutation of whole outlets
between the two sides, with the smallest p that could be reached.
"""

from collections.abc import Sequence
from itertools import combinations

import polars as pl

from helpers.analyse.alike import of_units
from helpers.analyse.draws import Draws
from helpers.errors import InputError
from helpers.results import result

_TYPES = {
    "flips": pl.String,
    "null_floor_all_kind": pl.String,
    "null_floor_kind": pl.String,
    "bca_differs": pl.Boolean,
    "unlike": pl.String,
}


@result
class Contrasts:
    """Sides compared on one or many values.

    table    one row per (value, side, other):
        difference       outlet-equal mean of `side` minus that of `other`, in the value's unit
        low, high        95 % interval: these outlets, other documents of theirs
        standardised     difference / sd, the pooled standard deviation of documents (std_low, std_high)
        bca_low/high     the bias-corrected and accelerated interval (helpers.analyse.bca), and bca_differs: whether
                         the two differ materially
        null_floor       what chance alone makes of it in 95 of 100 cases, and null_floor_kind, "outlets" or
                         "documents", the latter optimistic (helpers.analyse.null_floor); as standardised
        null_floor_all   the same of the largest difference of all n_values: what is picked because it is large has to
                         be larger
        detectable       the smallest difference that the interval finds with a power of 80 %: about these outlets;
                         detectable_side that the outlet permutation finds, null where p cannot reach .05: about
                         the sides. Both as standardised
        p                outlet permutation, two-sided, without units that stand on several sides;
                         p_smallest what it could reach at best
        p_adjusted       the same, adjusted for all n_values that these two sides are compared on: how often any of them
                         differs as much (helpers.analyse.resampling.permute_family)
        n_assignments    how many assignments of outlets to the two sides there are
        alone_low/high   range of the difference when each outlet is left out in turn
        flips            outlets whose omission turns the sign, or null
        between          share of variance that lies between outlets of one side, 0-1; null where no
                         side has two
        n_documents, n_passages, n_texts (copies of one text once), n_members, and other_n_... of the other
        dates_alike, kinds_alike, languages_alike   overlap of what the sides' documents are, 0-1, and unlike: in which
                         of them they are not alike, or null (helpers.analyse.alike); where units tell of documents
    sides    one row per (value, side): mean, low, high, documents_mean (each document equal), sd,
             n_units, n_documents, n_passages, n_texts, n_members (counted ones), n_set_aside (documents of
             members with too few), n_spanning (units that stand on several sides)
    members  one row per (value, side, member): mean, low, high, n_units, n_documents, n_passages,
             n_texts, counted
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    members: pl.DataFrame
    values: tuple[str, ...]
    unit: str
    level: float
    replicates: int
    seed: int


def compare(
    units: pl.DataFrame,
    values: Sequence[str],
    *,
    unit: str = "score",
    replicates: int = 2000,
    seed: int = 7,
    level: float = 0.95,
) -> Contrasts:
    """Compares every pair of sides on every value of a units table (helpers.analyse.units.units).

    `unit` says in words what a value is measured in. Units with a null value are left out of that
    value; a table without `n_texts` has one text a unit. Raises InputError where fewer than two sides are there."""
    names = sorted(units["side"].unique())
    if len(names) < 2:
        raise InputError(
            "nothing to compare",
            where="contrasts",
            expected="passages of at least two sides",
            found=", ".join(names) or "none",
            do="Check the sides of the study against the outlets of its corpus.",
        )
    if "n_texts" not in units.columns:
        units = units.with_columns(n_texts=pl.lit(1, pl.UInt32))
    alike = of_units(units, names)
    groups = _complete_groups(units, values)
    sides, members, table = [], [], []
    for group in groups:
        rows = units.drop_nulls(list(group)).sort("side", "member", "unit")
        if rows.is_empty():
            continue
        draws = Draws(rows, group, replicates=replicates, seed=seed, level=level)
        sides += draws.side_rows()
        members += draws.member_rows()
        for side, other in combinations([n for n in names if n in draws.means], 2):
            beside = alike.get((side, other), {}) | {"n_values": len(values)}
            table += [_adjusted(row, len(groups)) | beside for row in draws.pair_rows(side, other)]
    order = {value: k for k, value in enumerate(values)}
    return Contrasts(
        table=_tidy(table, order),
        sides=_tidy(sides, order),
        members=_tidy(members, order),
        values=tuple(values),
        unit=unit,
        level=level,
        replicates=replicates,
        seed=seed,
    )


def _adjusted(row: dict, n_groups: int) -> dict:
    """Values that other units lack are a family of their own: Bonferroni for the number of families."""
    return row | {"p_adjusted": min(1.0, n_groups * row["p_adjusted"])}


def _complete_groups(units: pl.DataFrame, values: Sequence[str]) -> list[tuple[str, ...]]:
    """Values grouped by which units lack them, so that each group is one matrix without gaps."""
    groups: dict[bytes, list[str]] = {}
    for value in values:
        groups.setdefault(units[value].is_null().to_numpy().tobytes(), []).append(value)
    return [tuple(group) for group in groups.values()]


def as_table(rows: list[dict]) -> pl.DataFrame:
    """Rows of a contrast as a table: nan is null, and a column in which nothing could be had keeps its type."""
    frame = pl.DataFrame(rows, infer_schema_length=None)
    absent = [name for name, kind in frame.schema.items() if kind == pl.Null]
    return frame.cast({name: _TYPES.get(name, pl.Float64) for name in absent}).with_columns(
        pl.selectors.float().fill_nan(None)
    )


def _tidy(rows: list[dict], order: dict[str, int]) -> pl.DataFrame:
    if not rows:
        return pl.DataFrame()
    frame = as_table(rows)
    keys = [c for c in ("side", "other", "member") if c in frame.columns]
    ranked = frame.with_columns(_order=pl.col("value").replace_strict(order, return_dtype=pl.Int64))
    return ranked.sort("_order", *keys).drop("_order")
