"""A term in its contexts: who uses it, how often and when; in which passages; about what.

A side that uses a term in fewer than FEWEST documents has no usage to speak of: its frequency is told,
its contexts "cannot be asked of this corpus".
"""

import numpy as np
import polars as pl

from helpers.analyse.contrasts import Contrasts, compare
from helpers.analyse.over_time import OverTime, over_time
from helpers.analyse.picking import centre, chosen
from helpers.analyse.units import in_scope, members_are, unit_of, units
from helpers.prepare.patterns import find_all
from helpers.results import result
from helpers.sides import side_name
from helpers.tables import need

FEWEST = 10
"""Documents of a side that must use a term, before anything is said of how."""

REST = "(other outlets)"


@result
class Usage:
    """How often a term is used, by whom and when.

    table     one row per side:
        n_documents, n_using, n_matches      documents; those that use the term; occurrences
        share, share_low, share_high         share of documents that use it, 0-1; outlet-equal mean and 95 %
                                             interval over documents
        rate, rate_low, rate_high            occurrences per 10,000 words of a document; likewise
        asked, said                          whether FEWEST documents use it; else what is said in place
    outlets   one row per (side, member): the same, and `counted` (has enough documents to enter the mean)
    time      rate and used (the share) by month, quarter or year (helpers.analyse.over_time); None where no document
              has a date
    passages  the passages with the term, with n_matches and without vectors
    shares, rates   the contrasts between sides (helpers.analyse.contrasts)
    """

    table: pl.DataFrame
    outlets: pl.DataFrame
    time: OverTime | None
    passages: pl.DataFrame
    shares: Contrasts
    rates: Contrasts
    term: str
    pattern: str
    voice: str
    copies: str


@result
class Nearest:
    """Passages in which a side uses a term, to read.

    table    side, way (typical: nearest to the mean of that side's passages with the term; distinct: nearer
             to it than to the other sides' means), rank, similarity (cosine to the side's mean), ahead (that,
             less the cosine to the nearest other side's mean), and the passages' columns without vectors
    sides    side, n_documents, n_passages, asked, said
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    term: str
    pattern: str


@result
class Senses:
    """What passages with a term are about.

    table    side, theme, n_passages, n_documents, share of the side's documents with the term (each weighing
             one, divided over its passages), 0-1; sides that can be asked only
    sides    side, n_documents, n_passages, asked, said
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    term: str
    pattern: str


def usage(
    passages: pl.DataFrame, term: str, pattern: str, *, voice: str = "outlet", copies: str = "one", seed: int = 7
) -> Usage:
    """Counts `pattern` (whole words, any case) in the documents of each side and outlet.

    `term` is its name in what is shown. Raises InputError where the expression is bad or fewer than two
    sides have passages in that voice."""
    need(passages, ["date", "date_precision"], where="passages", do="Run prepare first.")
    valued = rated(passages, pattern, voice=voice, copies=copies)
    table = units(valued, ["used", "rate"], voice="all", copies=copies)
    shares = compare(table, ["used"], unit="share of documents that use the term", seed=seed)
    rates = compare(table, ["rate"], unit="occurrences per 10,000 words", seed=seed)
    kind = members_are(valued)
    counts = _counts(valued.rename({kind: "member"}) if kind != "member" else valued)
    sides = counts.group_by("side").agg(pl.col("n_documents", "n_using", "n_matches").sum())
    dated = valued["date"].null_count() < valued.height
    return Usage(
        _with_said(sides.join(_both(shares.sides, rates.sides, ["side"]), on="side").sort("side"), term),
        counts.join(_both(shares.members, rates.members, ["side", "member"]), on=["side", "member"], how="left").sort(
            "side", "member"
        ),
        over_time(valued, ["rate", "used"], voice=voice, copies=copies) if dated else None,
        valued.filter(pl.col("n_matches") > 0).drop("used", "rate"),
        shares,
        rates,
        term,
        pattern,
        voice,
        copies,
    )  # fmt: skip


def rated(passages: pl.DataFrame, pattern: str, *, voice: str = "outlet", copies: str = "one") -> pl.DataFrame:
    """The passages in that voice, without vectors, with n_matches, and of their document used (1: it has the term,
    else 0) and rate (occurrences per 10,000 words), as over_time takes them."""
    columns = ["id", "document_id", "text", "n_words", "side", "outlet"]
    need(passages, columns, where="passages", do="Run prepare first.")
    kept = in_scope(passages.drop("embedding", strict=False), voice=voice, copies=copies).drop_nulls("side")
    kept = kept.with_columns(n_matches=_counted(kept, pattern))
    of_document = pl.col("n_matches").sum().over("document_id")
    words = pl.col("n_words").sum().over("document_id")
    return kept.with_columns(used=(of_document > 0).cast(pl.Float64), rate=1e4 * of_document / words)


def nearest(
    passages: pl.DataFrame, term: str, pattern: str, *, most: int = 5, voice: str = "outlet", copies: str = "one"
) -> Nearest:
    """For each side the passages most typical of its use of the term, and those most unlike the others'.

    A side's mean gives each outlet the same weight, and within it each document; outlets with fewer than
    FEWEST documents with the term are together one. Shown are at most one passage of a document and of a
    copy cluster, outlets in turn, and none that says the same as one above it (cosine over picking.SAME);
    distinct ones are from the half nearest to the side's own mean. Needs column `embedding`."""
    need(
        passages, ["embedding", "id", "document_id", "text", "side", "outlet"], where="passages", do="Run encode first."
    )
    kept = _matching(passages, pattern, voice=voice, copies=copies)
    enough = pl.col("document_id").n_unique().over("side", "outlet") >= FEWEST
    kept = kept.with_columns(stratum=pl.when(enough).then("outlet").otherwise(pl.lit(REST)))
    sides = _asked(kept, passages, term)
    names = sides.filter("asked")["side"].to_list()
    vectors = kept["embedding"].to_numpy().astype(np.float64)
    centres = {name: centre(kept, vectors, name) for name in names}
    parts = []
    for name in names:
        rows = (kept["side"] == name).arg_true().to_numpy()
        near = vectors[rows] @ centres[name]
        others = [vectors[rows] @ mean for other, mean in centres.items() if other != name]
        ahead = near - np.max(others, axis=0) if others else np.full(len(rows), np.nan)
        for way, score in (("typical", near), ("distinct", ahead)):
            if way == "distinct" and not others:
                continue
            usable = rows if way == "typical" else rows[near >= np.median(near)]
            picked = chosen(kept, vectors, score[np.isin(rows, usable)], usable, most)
            at = np.searchsorted(rows, picked)
            parts.append(
                kept[picked.tolist()].drop("embedding", "stratum").select(
                    pl.lit(way).alias("way"), rank=pl.int_range(1, len(picked) + 1), similarity=pl.Series(near[at]),
                    ahead=pl.Series(ahead[at]).fill_nan(None), rest=pl.struct(pl.all()),
                ).unnest("rest")
            )  # fmt: skip
    empty = (
        kept.drop("embedding", "stratum")
        .head(0)
        .with_columns(way=pl.lit(""), rank=pl.lit(0), similarity=0.0, ahead=0.0)
    )
    return Nearest(pl.concat(parts) if parts else empty, sides, term, pattern)


def senses(passages: pl.DataFrame, term: str, pattern: str, *, voice: str = "outlet", copies: str = "one") -> Senses:
    """The passages with the term by their theme (column `theme`; null is "unassigned"), for each side.

    No claim that themes are meanings: it says what passages with the term are about."""
    need(passages, ["theme", "document_id", "text", "side"], where="passages", do="Run themes first.")
    kept = _matching(passages, pattern, voice=voice, copies=copies)
    sides = _asked(kept, passages, term)
    weighed = (
        kept.with_columns(unit=unit_of(kept, copies), theme=pl.col("theme").cast(pl.String).fill_null("unassigned"))
        .join(sides.filter("asked").select("side"), on="side", how="semi")
        .with_columns(weight=1 / pl.len().over("side", "unit"))
    )
    table = weighed.group_by("side", "theme").agg(
        n_passages=pl.len().cast(pl.Int64),
        n_documents=pl.col("unit").n_unique().cast(pl.Int64),
        share=pl.col("weight").sum(),
    )
    table = table.with_columns(pl.col("share") / pl.col("share").sum().over("side"))
    return Senses(table.sort("side", "share", "theme", descending=[False, True, False]), sides, term, pattern)


def _counted(kept: pl.DataFrame, pattern: str) -> pl.Series:
    rows = find_all(kept["text"], pattern)["row"].to_numpy()
    return pl.Series("n_matches", np.bincount(rows, minlength=kept.height), dtype=pl.Int64)


def _matching(passages: pl.DataFrame, pattern: str, *, voice: str, copies: str) -> pl.DataFrame:
    kept = in_scope(passages, voice=voice, copies=copies).drop_nulls("side")
    return kept.with_columns(n_matches=_counted(kept, pattern)).filter(pl.col("n_matches") > 0).sort("id")


def _counts(valued: pl.DataFrame) -> pl.DataFrame:
    return (
        valued.group_by("side", "member", "document_id")
        .agg(pl.col("used").first(), pl.col("n_matches").sum())
        .group_by("side", "member")
        .agg(
            n_documents=pl.len().cast(pl.Int64),
            n_using=pl.col("used").sum().cast(pl.Int64),
            n_matches=pl.col("n_matches").sum(),
        )
    )


def _both(shares: pl.DataFrame, rates: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """share, share_low, share_high, rate, ...: means and intervals of both contrasts."""
    means = ("mean", "low", "high")
    one, two = (
        frame.rename(dict(zip(means, (name, f"{name}_low", f"{name}_high"), strict=True)))
        for name, frame in (("share", shares), ("rate", rates))
    )
    columns = [name for name in two.columns if name.startswith("rate") or name == "counted"]
    return one.select(*keys, "share", "share_low", "share_high").join(two.select(*keys, *columns), on=keys)


def _with_said(table: pl.DataFrame, term: str) -> pl.DataFrame:
    using = pl.col("n_using")
    name = pl.col("side").map_elements(side_name, return_dtype=pl.String)
    few = pl.format(
        f"The use of {{}} in {{}} cannot be asked of this corpus: {{}} of {{}} documents have it, {FEWEST} are needed.",
        pl.lit(term), name, using, "n_documents",
    )  # fmt: skip
    return table.with_columns(asked=using >= FEWEST, said=pl.when(using < FEWEST).then(few))


def _asked(kept: pl.DataFrame, passages: pl.DataFrame, term: str) -> pl.DataFrame:
    """side, n_documents (with the term), n_passages, asked, said; every side of the passages has its row."""
    all_sides = (
        passages.drop_nulls("side").group_by("side").agg(n_documents=pl.col("document_id").n_unique().cast(pl.Int64))
    )
    using = kept.group_by("side").agg(
        n_using=pl.col("document_id").n_unique().cast(pl.Int64), n_passages=pl.len().cast(pl.Int64)
    )
    joined = all_sides.join(using, on="side", how="left").with_columns(pl.col("n_using", "n_passages").fill_null(0))
    return (
        _with_said(joined, term)
        .select("side", pl.col("n_using").alias("n_documents"), "n_passages", "asked", "said")
        .sort("side")
    )
