"""What a corpus is made of, before anything is asked of it: whose texts, when, of what kind, how long, how much is
copied or quoted, what was left out; and what each two sides can be compared on.

The counts of outlets are those that contrasts use: an outlet enters a mean with at least ten documents of its own.
"""

import re
from itertools import combinations

import polars as pl

from helpers.analyse.alike import in_periods
from helpers.analyse.claims import Claim
from helpers.analyse.comparable import pairs, verdicts
from helpers.analyse.periods import periods, periods_of
from helpers.analyse.units import SHARED, members_are, units
from helpers.corpora.load import Corpus
from helpers.prepare.voice import words
from helpers.results import result
from helpers.tables import need

LENGTHS = (0, 100, 200, 300, 400, 600, 800, 1000, 1500, 2000, 3000, 5000)
"""Lower ends of the classes of length, in words."""

_ABSENT = re.compile(r"listed on side (.+), but no document has it")


@result
class Portrait:
    """What a corpus is made of. Shares are 0-1, lengths in words, dates the first and last known.

    table      one row per (side, member), member being the outlet, or the speaker where one outlet carries several
               sides: n_documents, n_units (documents that count: copies over outlets apart), n_words, n_passages,
               counted (enters means over outlets), share (of its side's documents), first, last, quoted (share of
               the passages' words that are quoted or attributed), coverage (share of the words that stand in
               passages), n_copies (documents that repeat an earlier one)
    sides      one row per side: as table, and n_members, n_counted, n_undated, n_empty (documents without a passage),
               lower, median, upper (quartiles of words of a document)
    periods    one row per (side, start): period (month, quarter or year; year for a side whose dates are no more
               exact), end (exclusive), n_documents, n_words, n_passages, missing (no document though sides of that
               period have some before or after); documents dated less exactly than the period are not in it
    kinds      side, kind (null: not known), n_documents, share
    languages  side, language, n_documents, share
    lengths    side, least, under (null: open), n_documents, share
    hits       side (null: outlets of which no document is left), n_documents, n_not_matching (documents that the query
               left out), share_matching, n_hits, rate (hits per 10,000 words); empty without a query
    copies     side, n_documents, n_copies, share, n_clusters, n_across_outlets, n_across_sides (documents whose text
               stands in other outlets of the side, on other sides)
    voices     side, n_documents (speeches: those with a speaker), n_speakers, speaker (of most), n_most
    left_out   reason, part, outlet, n_documents: what the study left out, parts of the corpus that could not be
               had (n_documents null), and documents of which no passage was made
    pairs      side, other, aspect, comparable, value, sentence (helpers.analyse.comparable)
    verdicts   a claim for each pair of sides: comparable on what, not on what
    members    outlet or speaker
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    periods: pl.DataFrame
    kinds: pl.DataFrame
    languages: pl.DataFrame
    lengths: pl.DataFrame
    hits: pl.DataFrame
    copies: pl.DataFrame
    voices: pl.DataFrame
    left_out: pl.DataFrame
    pairs: pl.DataFrame
    verdicts: tuple[Claim, ...]
    members: str
    query: str | None
    constructed: bool


def portrait(corpus: Corpus, documents: pl.DataFrame, passages: pl.DataFrame) -> Portrait:
    """The portrait of `corpus`; `documents`: its table after copies(), `passages`: all that prepare made of it.

    Raises InputError where a column is absent; a corpus of one side has a portrait without verdicts."""
    need(documents, ["id", "side", "outlet", "text", "copy_cluster", "copy_rank"], where="documents",
         do="Pass copies(corpus.table).table.")  # fmt: skip
    need(passages, ["document_id", "side", "outlet", "n_words", "quoted_share", "voice"], where="passages",
         do="Run prepare(documents).")  # fmt: skip
    kind = members_are(passages)
    each = _each(documents, passages, kind)
    period_of = periods_of(each)
    tables = {
        "table": _members(each, passages, kind),
        "periods": periods(each, period_of),
        "kinds": _shared_out(each, "kind"),
        "languages": _shared_out(each, "language"),
        "copies": _copies(each),
        "voices": _voices(each),
    }
    tables["sides"] = _sides(each, tables["table"])
    clusters = each.select("side", "copy_cluster")
    dated = {(a, b): in_periods(each, (a, b), period_of) for a, b in combinations(tables["sides"]["side"], 2)}
    found = pairs({**tables, "clusters": clusters}, dated=dated, speakers=kind == "speaker")
    return Portrait(
        **tables,
        lengths=_lengths(each),
        hits=_hits(each, corpus),
        left_out=_left_out(each, corpus),
        pairs=found,
        verdicts=verdicts(found, tables["sides"], _absent(corpus)),
        members=kind,
        query=corpus.query,
        constructed=bool(each["constructed"].all()),
    )


def _each(documents: pl.DataFrame, passages: pl.DataFrame, kind: str) -> pl.DataFrame:
    """One row per document with what is counted of it."""
    per_document = passages.group_by("document_id").agg(
        pl.len().cast(pl.Int64).alias("n_passages"),
        pl.col("n_words").cast(pl.Int64).sum().alias("passage_words"),
        (pl.col("n_words") * pl.col("quoted_share").cast(pl.Float64)).sum().alias("quoted_words"),
    )
    counted = pl.Series("n_words", [words(text) for text in documents["text"]], dtype=pl.Int64)
    return (
        documents.with_columns(counted, member=pl.col(kind), is_copy=pl.col("copy_rank").fill_null(0) > 0)
        .join(per_document, left_on="id", right_on="document_id", how="left")
        .with_columns(pl.col("n_passages", "passage_words").fill_null(0), pl.col("quoted_words").fill_null(0.0))
        .sort("side", "id")
    )


_COUNTS = (
    pl.len().cast(pl.Int64).alias("n_documents"),
    pl.col("n_words").sum(),
    pl.col("n_passages").sum(),
    pl.col("date").min().alias("first"),
    pl.col("date").max().alias("last"),
    (pl.col("quoted_words").sum() / pl.col("passage_words").sum()).fill_nan(None).alias("quoted"),
    (pl.col("passage_words").sum() / pl.col("n_words").sum()).fill_nan(None).alias("coverage"),
    pl.col("is_copy").sum().cast(pl.Int64).alias("n_copies"),
)


def _members(each: pl.DataFrame, passages: pl.DataFrame, kind: str) -> pl.DataFrame:
    voice = "outlet" if (passages["voice"] == "outlet").any() else "all"
    counted = (
        units(passages, [], voice=voice)
        .filter(pl.col("member") != SHARED)
        .group_by("side", "member")
        .agg(pl.len().cast(pl.Int64).alias("n_units"), pl.col("counted").first())
    )
    made = each.group_by("side", "member").agg(*_COUNTS)
    return (
        made.join(counted, on=["side", "member"], how="left")
        .with_columns(
            pl.col("n_units").fill_null(0),
            pl.col("counted").fill_null(False),
            share=pl.col("n_documents") / pl.col("n_documents").sum().over("side"),
        )
        .select("side", "member", "n_documents", "n_units", "counted", "share", "n_words", "n_passages", "first",
                "last", "quoted", "coverage", "n_copies")
        .sort(["side", "n_documents", "member"], descending=[False, True, False])
    )  # fmt: skip


def _sides(each: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    made = each.group_by("side").agg(
        *_COUNTS,
        pl.col("date").null_count().cast(pl.Int64).alias("n_undated"),
        (pl.col("n_passages") == 0).sum().cast(pl.Int64).alias("n_empty"),
        *(
            pl.col("n_words").quantile(q, "linear").alias(name)
            for q, name in ((0.25, "lower"), (0.5, "median"), (0.75, "upper"))
        ),
    )
    of_side = members.group_by("side").agg(
        pl.len().cast(pl.Int64).alias("n_members"), pl.col("counted").sum().cast(pl.Int64).alias("n_counted")
    )
    return made.join(of_side, on="side").sort("side")


def _shared_out(each: pl.DataFrame, by: str) -> pl.DataFrame:
    made = each.group_by("side", by).agg(pl.len().cast(pl.Int64).alias("n_documents"))
    made = made.with_columns(share=pl.col("n_documents") / pl.col("n_documents").sum().over("side"))
    return made.sort(["side", "n_documents", by], descending=[False, True, False])


def _lengths(each: pl.DataFrame) -> pl.DataFrame:
    classes = pl.DataFrame({"least": LENGTHS, "under": [*LENGTHS[1:], None]})
    of = sum((pl.col("n_words") >= least).cast(pl.Int64) for least in LENGTHS[1:])
    counted = each.with_columns(least=pl.lit(pl.Series(LENGTHS)).gather(of)).group_by("side", "least").len()
    grid = each.select("side").unique().join(classes, how="cross")
    made = grid.join(counted, on=["side", "least"], how="left")
    made = made.with_columns(n_documents=pl.col("len").fill_null(0).cast(pl.Int64)).drop("len")
    return made.with_columns(share=pl.col("n_documents") / pl.col("n_documents").sum().over("side")).sort(
        "side", "least"
    )


def _hits(each: pl.DataFrame, corpus: Corpus) -> pl.DataFrame:
    """Hits of the query in title and text, capitals ignored, and what it left out."""
    columns = {"side": pl.String, "n_documents": pl.Int64, "n_not_matching": pl.Int64, "share_matching": pl.Float64,
               "n_hits": pl.Int64, "rate": pl.Float64}  # fmt: skip
    if corpus.query is None:
        return pl.DataFrame(schema=columns)
    pattern = re.compile(corpus.query, re.IGNORECASE)
    texts = each.select(pl.concat_str(pl.col("title").fill_null(""), pl.lit("\n"), "text")).to_series()
    n_hits = pl.Series("n_hits", [sum(1 for _ in pattern.finditer(text)) for text in texts], dtype=pl.Int64)
    of_outlet = each.group_by("outlet").agg(pl.col("side").unique()).filter(pl.col("side").list.len() == 1)
    gone = (
        corpus.left_out.filter(pl.col("reason") == "does not match the query")
        .join(of_outlet.select("outlet", pl.col("side").list.first()), on="outlet", how="left")
        .group_by("side")
        .agg(pl.col("n_documents").sum().alias("n_not_matching"))
    )
    kept = each.with_columns(n_hits).group_by("side").agg(*_COUNTS[:2], pl.col("n_hits").sum())
    told = gone["side"].null_count() == 0
    made = kept.join(gone, on="side", how="full", coalesce=True, nulls_equal=True).with_columns(
        pl.col("n_documents", "n_not_matching").fill_null(0),
        rate=10_000 * pl.col("n_hits") / pl.col("n_words"),
    )
    share = pl.col("n_documents") / (pl.col("n_documents") + pl.col("n_not_matching"))
    made = made.with_columns(share_matching=share if told else pl.lit(None, pl.Float64))
    return made.select(pl.col(name).cast(kind) for name, kind in columns.items()).sort("side", nulls_last=True)


def _copies(each: pl.DataFrame) -> pl.DataFrame:
    spread = each.with_columns(
        outlets=pl.col("outlet").n_unique().over("copy_cluster", "side"),
        sides=pl.col("side").n_unique().over("copy_cluster"),
    )
    linked = pl.col("copy_cluster").is_not_null()
    made = spread.group_by("side").agg(
        _COUNTS[0],
        _COUNTS[-1],
        pl.col("copy_cluster").drop_nulls().n_unique().cast(pl.Int64).alias("n_clusters"),
        (linked & (pl.col("outlets") > 1)).sum().cast(pl.Int64).alias("n_across_outlets"),
        (linked & (pl.col("sides") > 1)).sum().cast(pl.Int64).alias("n_across_sides"),
    )
    share = pl.col("n_copies") / pl.col("n_documents")
    return made.select("side", "n_documents", "n_copies", share.alias("share"), "n_clusters", "n_across_outlets",
                       "n_across_sides").sort("side")  # fmt: skip


def _voices(each: pl.DataFrame) -> pl.DataFrame:
    spoken = each.drop_nulls("speaker").group_by("side", "speaker").agg(pl.len().cast(pl.Int64).alias("n_most"))
    ranked = spoken.sort(["side", "n_most", "speaker"], descending=[False, True, False])
    return ranked.group_by("side", maintain_order=True).agg(
        pl.col("n_most").sum().alias("n_documents"),
        pl.len().cast(pl.Int64).alias("n_speakers"),
        pl.col("speaker").first(),
        pl.col("n_most").first(),
    )


def _left_out(each: pl.DataFrame, corpus: Corpus) -> pl.DataFrame:
    empty = each.filter(pl.col("n_passages") == 0).group_by("outlet").agg(pl.len().cast(pl.Int64).alias("n_documents"))
    columns = ["reason", "part", "outlet", "n_documents"]
    null = pl.lit(None, pl.String)
    why = pl.format("cannot be had: {}", pl.col("note").fill_null("no reason known"))
    parts = corpus.parts.filter(pl.col("status") != "used").with_columns(
        reason=why, outlet=null, n_documents=pl.lit(None, pl.Int64)
    )
    empty = empty.with_columns(reason=pl.lit("no passage of 40 words in it"), part=null).sort("outlet")
    return pl.concat(table.select(columns) for table in (parts, corpus.left_out, empty))


def _absent(corpus: Corpus) -> dict[str, list[str]]:
    """Sides of the study without any document, and the outlets it lists for them."""
    there = set(corpus.table["side"])
    made: dict[str, list[str]] = {}
    for reason, outlet in corpus.left_out.select("reason", "outlet").rows():
        found = _ABSENT.fullmatch(reason)
        if found and found[1] not in there:
            made.setdefault(found[1], []).append(outlet)
    return made
