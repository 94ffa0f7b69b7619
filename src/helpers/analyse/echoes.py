"""Echoes: who says what another has said shortly before, in the same words or in others (METHODS, Echoes).

An echo is a pair of passages of two outlets within a lag window that are more alike than texts that cannot echo each
other. It is no proof of borrowing: both may have it from a third, such as an agency or the person they report on.
"""

import numpy as np
import polars as pl

from helpers.analyse.echo_kinds import KINDS, Kind, kinds
from helpers.analyse.echo_rows import Rows, days_of, order, rows_of, usual_lag
from helpers.analyse.echo_tests import by_chance, lead, shuffled, stories, strata
from helpers.errors import InputError
from helpers.results import remembered, result
from helpers.tables import need


@result
class Echoes:
    """Echoes among the passages of a corpus.

    table    the ledger, one row per following passage: kind, quotation (either quotes the shared words), lag_least and
             lag_most (days), n_sources (documents), words (length of the shared run), shared (the run), likeness,
             cosine; and of its earliest known source and of itself, as source_... and follower_...: id, document,
             member, side, date, date_precision, title, url, language, constructed, voice (of the shared words), start,
             end (of the run, offsets into the document; without one, of the passage), text (of the passage)
    pairs    every pair beyond the threshold inside the window, with the same columns but n_sources, and story, order
             (known | unknown; where it is unknown, source and follower mean nothing)
    kinds    one row per kind (verbatim, quotation, paraphrase): threshold (bits, or likeness), n_found and n_candidates
             (pairs of documents inside the window, by their strongest pair of passages), n_pairs (of passages),
             expected_other_days, expected_own_pairs (document pairs to be expected by either null), false_share (the
             larger / n_found), n_undated (pairs of passages as alike whose dates are too rough for the window), seen
             and by_chance (share, 0-1, of the most alike pairs that lies inside the window, and when dates are
             shuffled), p of that, said (why none)
    follows  one row per pair of members (source, follower): source_side, follower_side, n (pairs of documents, in
             both's own voice), expected, expected_high (mean and 95th percentile over shuffled dates), n_back, n_same
             (of unknown order), stories, p (of direction, two-sided), p_smallest
    sides    the same for pairs of sides
    shape    kind, of (found | other days | own pairs), value, n: document pairs at least as alike, found or expected
    links    passages beyond a threshold whatever their dates: kind, id, other_id
    copies   copy_cluster, document_id, other_id, outlet, other_outlet: repeats of a whole document, counted apart
    left_out passages left out, by reason
    """

    table: pl.DataFrame
    pairs: pl.DataFrame
    kinds: pl.DataFrame
    follows: pl.DataFrame
    sides: pl.DataFrame
    shape: pl.DataFrame
    links: pl.DataFrame
    copies: pl.DataFrame
    lag: int
    false_share: float
    shuffles: int
    seed: int
    n_passages: int
    n_documents: int
    all_sides: tuple[str, ...]
    left_out: dict[str, int]


@remembered
def echoes(
    passages: pl.DataFrame,
    *,
    documents: pl.DataFrame | None = None,
    lag: int | None = None,
    false_share: float = 1 / 3,
    shuffles: int = 499,
    seed: int = 7,
) -> Echoes:
    """Looks for passages that repeat what another outlet wrote at most `lag` days before.

    `passages`: with embedding; theme (helpers.analyse.themes) makes the null sharper. `documents`: their texts, so
    that quotations are known that begin before a passage. `lag`: None: the usual one of the corpus, the shortest of 7,
    30, 90, 365 and 730 days within which a text has five documents of other outlets before it on average.
    `false_share`: share of the document pairs found (0-1) that may be expected to be false; it chooses the thresholds.
    One in three is loose: a list to be read. For counts to be quoted take less, and find less.
    Raises InputError without embeddings, dates, or a second outlet."""
    if not 0 < false_share < 1:
        raise InputError("`false_share` of echoes", expected="a share between 0 and 1", found=false_share)
    if lag is not None and lag < 0:
        raise InputError("`lag` of echoes", expected="days, 0 or more", found=lag)
    if documents is not None:
        need(documents, ["id", "text"], where="documents", do="Pass the documents the passages were cut from.")
    rows, left_out = rows_of(passages)
    if len(np.unique(rows.member)) < 2:
        raise InputError("one outlet alone echoes nobody", where="echoes", expected="passages of two outlets")
    lag = usual_lag(rows) if lag is None else lag
    dealt = shuffled(strata(rows), shuffles, seed=seed)
    found = kinds(rows, lag, documents=documents, false_share=false_share, dealt=dealt, seed=seed)
    pairs = pl.concat([_described(rows, kind) for kind in found]).sort("kind", "source_id", "follower_id")
    pairs = pairs.with_columns(story=_stories(rows, pairs))
    sides = rows.documents["side"].unique().sort().to_list()
    side = rows.documents["side"].replace_strict({s: k for k, s in enumerate(sides)}, return_dtype=pl.Int64).to_numpy()
    members = rows.documents["member"].unique().sort().to_list()
    side_of = dict(rows.documents.select("member", "side").unique("member", keep="first").iter_rows())
    follows = _follows(rows, found, pairs, (rows.member, members, "member"), (lag, dealt, seed))
    follows = follows.with_columns(
        pl.col(end).replace_strict(side_of, default=None, return_dtype=pl.String).alias(f"{end}_side")
        for end in ("source", "follower")
    )
    return Echoes(
        table=_ledger(pairs),
        pairs=pairs,
        kinds=pl.DataFrame([kind.row for kind in found], schema_overrides=_KIND_COLUMNS),
        follows=follows,
        sides=_follows(rows, found, pairs, (side, sides, "side"), (lag, dealt, seed)),
        shape=pl.concat([kind.shape for kind in found]),
        links=pl.concat([_links(rows, kind) for kind in found]),
        copies=_copies(passages),
        lag=lag,
        false_share=false_share,
        shuffles=shuffles,
        seed=seed,
        n_passages=len(rows.document),
        n_documents=len(rows.first),
        all_sides=tuple(sides),
        left_out=left_out,
    )


_FLOATS = ("threshold", "expected_other_days", "expected_own_pairs", "false_share", "seen", "by_chance", "p")
_KIND_COLUMNS = {**dict.fromkeys(_FLOATS, pl.Float64), "said": pl.String}
_LABELS = ("title", "url", "language", "constructed")
_SHARED = ("id", "document", "member", "side", "date", "date_precision", *_LABELS, "voice", "start", "end", "text")


def _described(rows: Rows, kind: Kind) -> pl.DataFrame:
    """The pairs of a kind beyond its threshold inside the window, the earlier passage as the source."""
    kept = kind.inside & (kind.pairs.value >= kind.threshold)
    pairs, spans, quoted = kind.pairs.where(kept), kind.spans[kept], kind.quoted[kept]
    a, b = rows.document[pairs.i], rows.document[pairs.j]
    way = order(days_of(rows, a), days_of(rows, b))
    # Of unknown order, the one that may be earlier comes first, then the first by id.
    swap = (way < 0) | ((way == 0) & (rows.first[a] > rows.first[b]))
    ends = []
    for name, first in (("source", ~swap), ("follower", swap)):
        row = np.where(first, pairs.i, pairs.j)
        span = np.where(first[:, None], spans[:, :2], spans[:, 2:])
        voice = np.where(first, quoted[:, 0], quoted[:, 1]) if len(row) else np.zeros(0, dtype=bool)
        ends.append(_end(rows, row, span, voice, name))
    source, follower = (np.where(flag, b, a) for flag in (swap, ~swap))
    texts = rows.table["text"]
    runs = [texts[r][start:end] for r, (start, end) in zip(pairs.i.tolist(), spans[:, :2].tolist(), strict=True)]
    values = pairs.value
    verbatim = kind.name != "paraphrase"
    return pl.concat(
        [
            pl.DataFrame(
                {
                    "kind": pl.Series([kind.name] * len(a), dtype=pl.String),
                    "quotation": quoted.any(1),
                    "order": pl.Series(["known" if w else "unknown" for w in way.tolist()], dtype=pl.String),
                    "lag_least": np.maximum(0, rows.first[follower] - rows.last[source]),
                    "lag_most": rows.last[follower] - rows.first[source],
                    "words": pairs.words,
                    "shared": pl.Series(runs if verbatim else [None] * len(a), dtype=pl.String),
                    "likeness": np.full(len(a), np.nan) if verbatim else values,
                    "cosine": kind.cosine[kept],
                }
            ).with_columns(pl.col("likeness", "cosine").fill_nan(None), pl.col("words").replace(0, None)),
            *ends,
        ],
        how="horizontal",
    )


def _end(rows: Rows, row: np.ndarray, span: np.ndarray, quoted: np.ndarray, name: str) -> pl.DataFrame:
    """The columns of one end of pairs, `name`_...; a passage has the labels of its document."""
    table = rows.table[row.tolist()]
    kinds_of = {"constructed": pl.Boolean}
    table = table.with_columns(
        pl.lit(None, kinds_of.get(c, pl.String)).alias(c) for c in _LABELS if c not in table.columns
    )
    made = table.with_columns(
        document=pl.col("document_id"),
        member=rows.documents["member"][rows.document[row].tolist()],
        end=pl.col("start") + pl.Series(span[:, 1], dtype=pl.Int64),
        start=pl.col("start") + pl.Series(span[:, 0], dtype=pl.Int64),
        voice=pl.when(pl.Series(quoted, dtype=pl.Boolean)).then(pl.lit("quoted")).otherwise(pl.lit("outlet")),
    )
    return made.select(pl.col(c).alias(f"{name}_{c}") for c in _SHARED)


def _ledger(pairs: pl.DataFrame) -> pl.DataFrame:
    """One row per following passage and kind of layer, with its earliest known source."""
    known = pairs.filter(pl.col("order") == "known").with_columns(
        _kind=pl.col("kind").replace_strict({k: n for n, k in enumerate(KINDS)}, return_dtype=pl.Int64),
        n_sources=pl.col("source_document").n_unique().over("follower_id", "quotation"),
    )
    first = known.sort("source_date", "_kind", "words", "likeness", "source_id",
                       descending=[False, False, True, True, False], nulls_last=True)  # fmt: skip
    first = first.unique(["follower_id", "quotation"], keep="first", maintain_order=True)
    front = ["kind", "quotation", "lag_least", "lag_most", "n_sources", "words", "shared", "likeness", "cosine"]
    ends = [c for c in pairs.columns if c.startswith(("source_", "follower_"))]
    return first.sort("quotation", "_kind", "source_date", "source_id", "follower_date", "follower_id").select(
        *front, *ends
    )


def _stories(rows: Rows, pairs: pl.DataFrame) -> pl.Series:
    number = {name: k for k, name in enumerate(rows.documents["document_id"])}
    ends = [
        np.array([number[name] for name in pairs[f"{end}_document"]], dtype=np.int64) for end in ("source", "follower")
    ]
    return pl.Series(stories(len(number), (ends[0], ends[1])), dtype=pl.Int64)


def _follows(
    rows: Rows, found: list[Kind], pairs: pl.DataFrame, groups: tuple[np.ndarray, list[str], str], settings: tuple
) -> pl.DataFrame:
    """Who follows whom, in pairs of documents and both's own voice. `groups`: (documents,) numbers, names, column."""
    group, names, column = groups
    lag, dealt, seed = settings
    own = [kind for kind in found if kind.name != "quotation"]
    linked = [np.empty((0, 2), dtype=np.int64)]
    for kind in own:
        best = kind.pairs.where(kind.pairs.value >= kind.threshold)
        linked.append(np.stack([rows.document[best.i], rows.document[best.j]], axis=1))
    both = np.unique(np.sort(np.concatenate(linked), axis=1), axis=0)
    drawn = by_chance(rows, (both[:, 0], both[:, 1]), group, lag, dealt)
    counted = pairs.filter(~pl.col("quotation")).unique(["source_document", "follower_document"], maintain_order=True)
    ends = (f"source_{column}", f"follower_{column}")
    parts = {(key[0], key[1]): part for key, part in counted.group_by(ends, maintain_order=True)}
    none, number = counted.clear(), {name: k for k, name in enumerate(names)}
    made = []
    for source, follower in sorted({*parts, *((b, a) for a, b in parts)}):
        if source == follower:
            continue
        both_ways = [parts.get(key, none) for key in ((source, follower), (follower, source))]
        to, back = (part.filter(pl.col("order") == "known") for part in both_ways)
        ways = np.concatenate([np.ones(len(to)), -np.ones(len(back))])
        p, smallest, n_stories = lead(ways, pl.concat([to, back])["story"].to_numpy(), seed=seed)
        chance = drawn[:, number[source], number[follower]]
        made.append(
            {"source": source, "follower": follower, "n": len(to), "expected": float(chance.mean()),
             "expected_high": float(np.quantile(chance, 0.95)), "n_back": len(back),
             "n_same": sum(map(len, both_ways)) - len(to) - len(back), "stories": n_stories, "p": p,
             "p_smallest": smallest}
        )  # fmt: skip
    schema = {"source": pl.String, "follower": pl.String, "n": pl.Int64, "expected": pl.Float64,
              "expected_high": pl.Float64, "n_back": pl.Int64, "n_same": pl.Int64, "stories": pl.Int64, "p": pl.Float64,
              "p_smallest": pl.Float64}  # fmt: skip
    return pl.DataFrame(made, schema=schema).sort("n", "source", "follower", descending=[True, False, False])


def _links(rows: Rows, kind: Kind) -> pl.DataFrame:
    best = kind.pairs.where(kind.pairs.value >= kind.threshold)
    ids = rows.table["id"]
    return pl.DataFrame(
        {"kind": pl.Series([kind.name] * len(best.i), dtype=pl.String), "id": ids[best.i.tolist()],
         "other_id": ids[best.j.tolist()]}
    )  # fmt: skip


def _copies(passages: pl.DataFrame) -> pl.DataFrame:
    """Repeats of a whole document in another outlet, each beside the earliest of its cluster."""
    columns = {"copy_cluster": pl.String, "document_id": pl.String, "other_id": pl.String, "outlet": pl.String,
               "other_outlet": pl.String}  # fmt: skip
    if "copy_cluster" not in passages.columns:
        return pl.DataFrame(schema=columns)
    each = passages.drop_nulls("copy_cluster").unique("document_id").select("document_id", "copy_cluster", "outlet")
    first = each.filter(pl.col("document_id") == pl.col("copy_cluster")).select("copy_cluster", first="outlet")
    made = each.filter(pl.col("document_id") != pl.col("copy_cluster")).join(first, on="copy_cluster", how="left")
    made = made.filter(pl.col("outlet") != pl.col("first").fill_null(""))
    return made.select(
        "copy_cluster", pl.col("copy_cluster").alias("document_id"), pl.col("document_id").alias("other_id"),
        pl.col("first").alias("outlet"), pl.col("outlet").alias("other_outlet"),
    ).sort("copy_cluster", "other_id")  # fmt: skip
