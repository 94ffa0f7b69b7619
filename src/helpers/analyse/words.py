"""Keyness: the words and two-word phrases that are more typical of one side than of another.

Log-odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, eq. 15-22), ranked by
z. That z takes every word for an independent draw, which the words of one document are not: beside it
stands what it is worth when whole documents are exchanged (z_documents, p), and how far a word is
spread (documents, outlets, Gries' DP).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from zlib import crc32

import numpy as np
import polars as pl

from helpers.analyse.association import dispersion, log_odds
from helpers.analyse.counted import PERMUTATIONS, Counted, count_sides, permuted
from helpers.analyse.units import in_scope
from helpers.errors import InputError
from helpers.prepare.patterns import is_unspaced
from helpers.prepare.tokens import FUNCTION_WORDS, tokens
from helpers.results import result
from helpers.tables import need

__all__ = ["FUNCTION_WORDS", "REST", "Keyness", "dispersion", "keyness", "log_odds", "mark_query", "tokens", "top"]

REST = "(all others)"
"""Name of all other sides together, in the column `other`."""

ONE_OUTLET = 4.0
"""Times the odds that any word of the side is this outlet's: beyond, a key word is called that outlet's
own (house style, or a subject that it alone has)."""

MOSTLY = 0.8
"""Share of a word's uses from which on it is shown as its phrase."""

MOST_IN_PAIRS = 6
"""Of more groups than that (themes), each is compared with the rest only."""


@result
class Keyness:
    """Words and phrases by how typical they are of a side.

    table    one row per (side, other, term), by falling z_documents:
        side, other            `other` is a side, or REST
        term, kind             kind: word or phrase (two words with no punctuation between)
        log_odds, z            > 0: more typical of `side`
        z_documents            z in standard deviations of what it is when whole documents are dealt
                               to the two sides at random: a word that few documents use often does
                               not lead; by this the rows are sorted
        p                      two-sided, corrected for all terms (Westfall-Young, largest |z_documents|), over
                               permutations of whole documents: about these documents, never about
                               a side in general; null where no document could be exchanged
        count, other_count     occurrences; those in n copies of one text weigh 1/n
        rate, other_rate       occurrences per 10,000 words
        n_documents, other_n_documents   documents with it; copies of one text are one
        dispersion             Gries' DP over the documents of `side`, 0 (even) to 1 (in one
                               document); null where `side` has none of it
        n_outlets              outlets (speakers) of `side` that use it
        main_outlet, main_share   the one with most of it, and its share of `count`, 0-1
        main_of_all            that outlet's share of all words of `side`, 0-1: a main_share far above
                               it is one outlet's word
        one_outlet             whether it is: its odds are ONE_OUTLET times those of all words; null
                               where the side has one outlet
        within                 the phrase that 80 % and more of its uses are part of ("kong": "hong kong")
        function_word          a function word, or a phrase with one in it
        in_query               matches the expressions that selected the documents, and so is
                               conditioned on; null until mark_query has said
    sides    one row per side: n_words, n_documents (units: copies are one), n_outlets,
             n_spanning (copy clusters that stand on several sides, never exchanged)
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    by: str
    voice: str
    copies: str
    least_documents: int
    permutations: int
    seed: int


def keyness(
    passages: pl.DataFrame,
    *,
    by: str = "side",
    voice: str = "outlet",
    copies: str = "one",
    least_documents: int = 10,
    seed: int = 7,
) -> Keyness:
    """Compares each value of column `by` with all others and, up to MOST_IN_PAIRS, with each other.

    Terms in fewer than `least_documents` documents (copies being one) are left out of the table and
    stay in the totals. Counts are of words, so a long document weighs more than a short one; what a
    single one does to a term is seen in n_documents, dispersion and p. Raises InputError where
    fewer than two sides have words."""
    need(passages, [by, "outlet", "document_id", "text", "language"], where="passages", do="Run prepare first.")
    kept = in_scope(passages, voice=voice, copies=copies).drop_nulls(by)
    counted = count_sides(kept, by=by, copies=copies, least=least_documents)
    names = counted.units["side"].unique().sort().to_list()
    if len(names) < 2:
        raise InputError(
            "nothing to compare",
            where="keyness",
            expected=f"passages with at least two values of {by!r}",
            found=", ".join(map(str, names)) or "none",
            do="Check the sides of the study, or use voice 'all'.",
        )
    described = {name: _described(counted, name) for name in names}
    parts = []
    for side, other in _contrasts(names):
        compared = _compare(counted, side, other, seed=seed)
        parts.append(_rows(compared, described[side], counted, (side, other)))
        if other in described:
            parts.append(_rows(_swapped(compared), described[other], counted, (other, side)))
    table = pl.concat(parts).sort(["side", "other", "z_documents", "term"], descending=[False, False, True, False])
    return Keyness(table, _sides(counted), by, voice, copies, least_documents, PERMUTATIONS, seed)


def top(
    found: Keyness, side: str, *, other: str | None = None, most: int = 25, kind: str | None = None
) -> pl.DataFrame:
    """The `most` terms most typical of `side` against `other` (None: all others) that are worth a
    look: no function words, nothing that is mostly part of a longer phrase, p under .05.

    Nothing else is left out: `one_outlet` and `in_query` are to be shown beside. Raises InputError
    where there is no such comparison."""
    pairs = found.table.select("side", "other").unique()
    against = pairs.filter(pl.col("side") == side)["other"].to_list()
    other = other or (REST if REST in against else next(iter(against), None))
    if other not in against:
        raise InputError(
            f"no keyness of {side!r} against {other!r}",
            where="keyness",
            expected="; ".join(f"{a} against {b}" for a, b in pairs.sort("side", "other").iter_rows()),
        )
    of_kind = pl.lit(True) if kind is None else pl.col("kind") == kind
    chosen = (pl.col("side") == side) & (pl.col("other") == other) & (pl.col("z_documents") > 0) & (pl.col("p") < 0.05)
    shown = found.table.filter(chosen & ~pl.col("function_word"))
    said = pl.col("within").is_in(shown["term"].to_list()).fill_null(False)
    return shown.filter(of_kind & ~said).head(most)


def mark_query(found: Keyness, *patterns: str | None) -> Keyness:
    """`found` with `in_query` filled: terms that match one of the regular expressions (a study's
    query and terms). Their keyness says how documents were chosen, not how a side writes."""
    compiled = [_searched(pattern) for pattern in patterns if pattern]
    terms = found.table["term"].unique()
    written = [term.replace(" ", "") if is_unspaced(term) else term for term in terms]
    matches = [any(pattern.search(term) for pattern in compiled) for term in written]
    marked = pl.DataFrame({"term": terms, "in_query": matches}, schema={"term": pl.String, "in_query": pl.Boolean})
    table = found.table.drop("in_query").join(marked, on="term", how="left", maintain_order="left")
    return replace(found, table=table.select(found.table.columns))  # type: ignore[type-var]


def _searched(pattern: str) -> re.Pattern[str]:
    """As a study's query is searched: anywhere, also within a word."""
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise InputError("not a regular expression", where="query", found=f"{pattern!r} ({error})") from None


def _contrasts(names: Sequence[object]) -> Iterator[tuple[object, object]]:
    """Each against the rest, unless the rest is one; and in pairs, unless they are too many."""
    if len(names) > 2:
        yield from ((name, REST) for name in names)
    if len(names) <= MOST_IN_PAIRS:
        yield from combinations(names, 2)


def _compare(counted: Counted, side: object, other: object, *, seed: int) -> pl.DataFrame:
    """at (the term), log_odds, z, z_documents, p, and count, rate and n_documents of both."""
    first = counted.of_side(counted.units, side)
    rest = np.setdiff1d(np.arange(counted.units.height), first)
    second = rest if other == REST else counted.of_side(counted.units, other)
    columns: dict[str, np.ndarray] = {}
    for prefix, rows in (("", first), ("other_", second)):
        matrix = counted.by_unit[rows]
        totals = counted.unit_totals[rows].sum(0)
        columns[prefix + "count"] = np.asarray(matrix.sum(0)).ravel()
        columns[prefix + "rate"] = 1e4 * columns[prefix + "count"] / max(totals[0], 1e-300)
        columns[prefix + "n_documents"] = np.bincount(matrix.indices, minlength=matrix.shape[1])
        columns[prefix + "n"] = totals[counted.kind]
    odds, z = log_odds(columns["count"], columns["other_count"], columns.pop("n"), columns.pop("other_n"))
    by_document, p = permuted(counted, first, second, z, seed=crc32(f"{seed}|{side}|{other}".encode()))
    frame = pl.DataFrame({"log_odds": odds, "z": z, "z_documents": by_document, "p": p, **columns})
    return frame.with_row_index("at").filter(pl.col("count") + pl.col("other_count") > 0)


def _rows(
    compared: pl.DataFrame, described: pl.DataFrame, counted: Counted, pair: tuple[object, object]
) -> pl.DataFrame:
    """The rows of one contrast as in Keyness.table."""
    parts = pl.col("term").str.split(" ")
    names = counted.terms.with_row_index("at").with_columns(
        function_word=parts.list.eval(pl.element().is_in(list(FUNCTION_WORDS))).list.any()
    )
    side, other = (pl.lit(str(name)) for name in pair)
    # Half an occurrence is added, so that ten of ten are no proof.
    of_main = pl.col("main_share") * pl.col("count")
    odds = (of_main + 0.5) / (pl.col("count") - of_main + 0.5)
    expected = pl.col("main_of_all") / (1 - pl.col("main_of_all"))
    several = counted.parts.filter(pl.col("side") == pair[0])["member"].n_unique() > 1
    table = compared.join(names, on="at", how="left", maintain_order="left")
    table = table.join(described, on="at", how="left", maintain_order="left")
    return (
        table.join(_phrases(table), on="term", how="left", maintain_order="left")
        .with_columns(side=side, other=other, in_query=pl.lit(None, pl.Boolean))
        .with_columns(
            pl.col("n_outlets").fill_null(0),
            pl.selectors.float().fill_nan(None),
            one_outlet=(odds >= ONE_OUTLET * expected) if several else pl.lit(None, pl.Boolean),
        )
        .select(
            "side", "other", "term", "kind", "log_odds", "z", "z_documents", "p", "count", "other_count", "rate",
            "other_rate", pl.col("n_documents", "other_n_documents").cast(pl.Int64), "dispersion", "n_outlets",
            "main_outlet", "main_share", "main_of_all", "one_outlet", "within", "function_word", "in_query",
        )
    )  # fmt: skip


def _phrases(table: pl.DataFrame) -> pl.DataFrame:
    """term, within: words most of whose uses on the side are part of one phrase of other than
    function words."""
    words = table.filter(pl.col("kind") == "word").select("term", total="count")
    return (
        table.filter((pl.col("kind") == "phrase") & ~pl.col("function_word"))
        .select("count", pl.col("term").alias("within"), term=pl.col("term").str.split(" "))
        .explode("term")
        .join(words, on="term")
        .filter(pl.col("count") >= MOSTLY * pl.col("total"))
        .sort("count", "within", descending=[True, False])
        .unique("term", keep="first", maintain_order=True)
        .select("term", "within")
    )


def _swapped(compared: pl.DataFrame) -> pl.DataFrame:
    """The same contrast, told of the other side."""
    names = ("count", "rate", "n_documents")
    there = {name: f"other_{name}" for name in names}
    return compared.rename({**there, **{new: old for old, new in there.items()}}).with_columns(
        -pl.col("log_odds", "z", "z_documents")
    )


def _described(counted: Counted, side: object) -> pl.DataFrame:
    """at, dispersion, n_outlets, main_outlet, main_share: each term that the side has."""
    rows = counted.of_side(counted.units, side)
    matrix = counted.by_unit[rows].tocoo()
    sizes = counted.unit_totals[rows][:, 0]
    share = sizes / sizes.sum() if sizes.sum() > 0 else sizes
    total = np.asarray(matrix.sum(0)).ravel()
    unit, term = matrix.coords
    difference = np.abs(matrix.data / total[term] - share[unit]) - share[unit]
    spread = (1 + np.bincount(term, difference, minlength=len(total))) / 2
    parts = counted.of_side(counted.parts, side)
    cells = counted.by_part[parts].tocoo()
    by_member = (
        pl.DataFrame({"at": cells.coords[1], "n": cells.data, "row": cells.coords[0]})
        .with_columns(member=counted.parts["member"].gather(parts).gather(pl.Series(cells.coords[0])))
        .group_by("at", "member")
        .agg(pl.col("n").sum())
        .sort("at", "n", "member", descending=[False, True, False])
        .group_by("at", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("n_outlets"),
            pl.col("member").first().alias("main_outlet"),
            (pl.col("n").first() / pl.col("n").sum()).alias("main_share"),
        )
        .join(
            counted.parts.with_columns(n=pl.Series(counted.part_totals[:, 0]))
            .gather(parts)
            .group_by("member")
            .agg((pl.col("n").sum() / sizes.sum()).alias("main_of_all")),
            left_on="main_outlet",
            right_on="member",
            how="left",
            nulls_equal=True,
        )
    )
    there = pl.DataFrame({"at": np.arange(len(total)), "dispersion": np.clip(spread, 0, 1)})
    return by_member.join(there, on="at", how="left").with_columns(pl.col("at").cast(pl.UInt32))


def _sides(counted: Counted) -> pl.DataFrame:
    rows = counted.units.with_columns(n_words=pl.Series(counted.unit_totals[:, 0]))
    outlets = counted.parts.group_by("side").agg(pl.col("member").n_unique().cast(pl.Int64).alias("n_outlets"))
    sides = rows.group_by("side").agg(
        pl.col("n_words").sum(),
        pl.len().cast(pl.Int64).alias("n_documents"),
        pl.col("spans").sum().cast(pl.Int64).alias("n_spanning"),
    )
    joined = sides.join(outlets, on="side").with_columns(pl.col("side").cast(pl.String))
    return joined.select("side", "n_words", "n_documents", "n_outlets", "n_spanning").sort("side")
