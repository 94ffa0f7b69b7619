"""What share of a side's passages has a precursor: an earlier passage of another side, as the UN, that they echo.

Such a share means nothing alone: where one body writes much about a subject, others agree with it by chance. Beside it
stands a placebo of the same size and dates: the source's own documents with their dates dealt anew within outlet and
theme. It has the same texts, the same subjects and as many of them on each day, and only who came first is broken.
"""

import numpy as np
import polars as pl

from helpers.analyse.contrasts import Contrasts, compare
from helpers.analyse.draws import Draws
from helpers.analyse.echo_rows import Days, Rows, days_of, inside, order, rows_of
from helpers.analyse.echo_tests import shuffled, strata
from helpers.analyse.echoes import Echoes
from helpers.analyse.units import FEWEST_DOCUMENTS, units
from helpers.errors import InputError
from helpers.results import result

ROUGH = 2 * 366
"""Days. A source dated by the year is asked about for so long: two such dates surely lie within no less."""
VALUES = ("echoed", "placebo", "excess")
REPLICATES = 2_000


@result
class Precursors:
    """Shares of passages with a precursor in `source`, among those that have any text of it `within` days before.

    table      one row per other side, in the outlets' own voice, documents and outlets weighing the same: share (0-1),
               low, high (95 %, other documents of these outlets), placebo (mean over shuffles), placebo_low,
               placebo_high (95 % of the shuffles), excess (share - placebo), excess_low, excess_high, p (that shuffled
               dates give as much, one-sided), n_with (passages with a precursor), n_passages, n_documents, n_members,
               said (why it cannot be asked; null where it can)
    contrasts  the sides compared on `excess`, for the claim gate; None where fewer than two can be asked
    members    one row per outlet: side, member, share, placebo, excess, excess_low, excess_high, n_documents
    """

    table: pl.DataFrame
    contrasts: Contrasts | None
    members: pl.DataFrame
    source: str
    within: int
    n_source: int
    shuffles: int
    seed: int
    all_sides: tuple[str, ...]


def precursors(
    passages: pl.DataFrame,
    found: Echoes,
    *,
    source: str = "un",
    within: int | None = None,
    shuffles: int = 999,
    seed: int = 7,
) -> Precursors:
    """Counts, side by side, passages that echo one of `source` (a side) from at most `within` days before.

    `passages` and `found` = echoes(passages), whose thresholds say what an echo is. `within`: None: the lag of `found`,
    or two years where most of the source's dates are known to the year only. Quotations are left out. Raises
    InputError where no passage is of that side, or no other side is there."""
    rows, _ = rows_of(passages)
    of_source = (rows.documents["side"] == source).to_numpy()
    if not of_source.any() or of_source.all():
        raise InputError(
            f"no passage of side {source!r}" if not of_source.any() else "no other side",
            where="precursors",
            found=", ".join(rows.documents["side"].unique().sort()),
            do="Name the side whose echoes are looked for: source=...",
        )
    rough = float(np.median((rows.last - rows.first)[of_source])) > 31
    within = within if within is not None else max(found.lag, ROUGH) if rough else found.lag
    groups = np.where(of_source, strata(rows), -np.arange(len(of_source)) - 1)
    dealt = shuffled(groups, shuffles, seed=seed)
    row, seen, drawn = _hits(rows, found.links, of_source, within, dealt)
    own_voice = (rows.table["voice"] == "outlet").to_numpy()
    asked = own_voice & ~of_source[rows.document] & _at_risk(rows, of_source, within)[rows.document]
    kept = np.isin(row, np.flatnonzero(asked))
    row, seen, drawn = row[kept], seen[kept], drawn[:, kept]
    echoed, placebo = np.zeros(len(asked)), np.zeros(len(asked))
    echoed[row], placebo[row] = seen, drawn.mean(0)
    frame = rows.table.with_columns(
        echoed=pl.Series(echoed), placebo=pl.Series(placebo), excess=pl.Series(echoed - placebo)
    )
    sides = sorted(set(rows.documents["side"]) - {source})
    weight = _weights(rows, asked)
    table, members = _rows_of_sides(frame.filter(pl.Series(asked)), sides, seed)
    chance = _chance(rows, sides, weight, (row, seen, drawn))
    table = table.join(chance, on="side", how="left", maintain_order="left").with_columns(
        p=pl.when(pl.col("said").is_null()).then("p"),
        placebo_low=pl.when(pl.col("said").is_null()).then("placebo_low"),
        placebo_high=pl.when(pl.col("said").is_null()).then("placebo_high"),
    )
    able = table.filter(pl.col("said").is_null())["side"].to_list()
    contrasts = None
    if len(able) > 1:
        counted = frame.filter(pl.Series(asked)).filter(pl.col("side").is_in(able))
        contrasts = compare(units(counted, ["excess"]), ["excess"], unit="share", seed=seed)
    n_source = int(of_source[rows.document].sum())
    every = tuple(sorted(set(rows.documents["side"])))
    return Precursors(table, contrasts, members, source, within, n_source, shuffles, seed, every)


def _before(source: Days, other: Days, within: int) -> np.ndarray:
    return (order(source, other) == 1) & inside(source, other, within)


def _at_risk(rows: Rows, of_source: np.ndarray, within: int) -> np.ndarray:
    """(documents,) whether any document of the source is surely earlier and within the span. A shuffle of the source's
    dates changes nothing in that."""
    theirs = days_of(rows, np.flatnonzero(of_source))
    made = np.zeros(len(of_source), dtype=bool)
    for k in range(0, len(made), 500):
        one = days_of(rows, np.arange(k, min(k + 500, len(made))))
        made[k : k + 500] = _before(
            Days(theirs.first[None], theirs.last[None]), Days(one.first[:, None], one.last[:, None]), within
        ).any(1)
    return made & ~of_source


def _hits(
    rows: Rows, links: pl.DataFrame, of_source: np.ndarray, within: int, dealt: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows that are linked with the source at all; whether such a link is to an earlier text within the span; and the
    same under each shuffle, (shuffles, rows)."""
    number = pl.DataFrame({"id": rows.table["id"], "row": np.arange(len(rows.document))})
    kept = links.filter(pl.col("kind") != "quotation").join(number, on="id", how="inner")
    kept = kept.join(number, left_on="other_id", right_on="id", how="inner", suffix="_other")
    ends = kept.select("row", "row_other").to_numpy()
    ends = np.concatenate([ends, ends[:, ::-1]])
    ends = ends[of_source[rows.document[ends[:, 0]]] & ~of_source[rows.document[ends[:, 1]]]]
    ends = ends[np.lexsort((ends[:, 0], ends[:, 1]))]
    if not len(ends):
        return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros((len(dealt), 0))
    row, begin = np.unique(ends[:, 1], return_index=True)
    source, other = rows.document[ends[:, 0]], days_of(rows, rows.document[ends[:, 1]])
    seen = np.maximum.reduceat(_before(days_of(rows, source), other, within), begin)
    drawn = np.maximum.reduceat(_before(days_of(rows, dealt[:, source]), other, within), begin, axis=1)
    return row, seen.astype(float), drawn.astype(float)


def _weights(rows: Rows, asked: np.ndarray) -> np.ndarray:
    """(passages,) what each weighs in the mean of its side: as in helpers.analyse.units, documents of an outlet and
    counted outlets of a side the same; 0 for those of outlets with too few."""
    frame = pl.DataFrame(
        {"row": np.arange(len(asked)), "document": rows.document, "member": rows.member[rows.document]}
    ).with_columns(side=rows.table["side"]).filter(pl.Series(asked))  # fmt: skip
    speakers = rows.documents["member"].n_unique() > rows.table["outlet"].n_unique()
    frame = frame.with_columns(n=pl.col("document").n_unique().over("side", "member"))
    counted = pl.col("n") >= (1 if speakers else FEWEST_DOCUMENTS)
    frame = frame.filter(counted | ~counted.any().over("side"))
    weight = 1 / (pl.len().over("document") * pl.col("n") * pl.col("member").n_unique().over("side"))
    made = np.zeros(len(asked))
    made[frame["row"].to_numpy()] = frame.select(weight).to_series().to_numpy()
    return made


def _rows_of_sides(asked: pl.DataFrame, sides: list[str], seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    empty = pl.DataFrame(schema={"value": pl.String, "side": pl.String, "member": pl.String, "mean": pl.Float64,
                                 "low": pl.Float64, "high": pl.Float64, "n_documents": pl.Int64,
                                 "n_members": pl.Int64})  # fmt: skip
    whole, members = empty, empty
    if len(asked):
        counted = units(asked, list(VALUES))
        draws = Draws(counted, VALUES, replicates=REPLICATES, seed=seed, level=0.95)
        whole, members = (
            pl.DataFrame(rows, infer_schema_length=None) for rows in (draws.side_rows(), draws.member_rows())
        )
    counts = asked.group_by("side").agg(
        pl.col("echoed").sum().cast(pl.Int64).alias("n_with"), n_passages=pl.len().cast(pl.Int64),
        n_documents=pl.col("document_id").n_unique().cast(pl.Int64),
    )  # fmt: skip
    table = pl.DataFrame({"side": sides}, schema={"side": pl.String})
    for value, name in zip(VALUES, ("share", "placebo", "excess"), strict=True):
        of = whole.filter(pl.col("value") == value)
        columns = {"echoed": ["low", "high"], "placebo": [], "excess": ["excess_low", "excess_high"]}[value]
        chosen = of.select("side", pl.col("mean").alias(name), *(pl.col(c.split("_")[-1]).alias(c) for c in columns))
        table = table.join(chosen, on="side", how="left", maintain_order="left")
    n_members = whole.filter(pl.col("value") == "excess").select("side", pl.col("n_members").cast(pl.Int64))
    table = table.join(n_members, on="side", how="left", maintain_order="left")
    table = table.join(counts, on="side", how="left", maintain_order="left").with_columns(
        pl.col("n_with", "n_passages", "n_documents", "n_members").fill_null(0)
    )
    few = pl.format(
        "cannot be asked: {} of its documents have any text of the source before them in that span, {} needed",
        "n_documents", pl.lit(FEWEST_DOCUMENTS),
    )  # fmt: skip
    measured = ["share", "low", "high", "placebo", "excess", "excess_low", "excess_high"]
    table = table.with_columns(said=pl.when(pl.col("n_documents") < FEWEST_DOCUMENTS).then(few))
    table = table.with_columns(pl.when(pl.col("said").is_null()).then(pl.col(c)).alias(c) for c in measured)
    wide = members.pivot(on="value", index=["side", "member", "n_documents"], values=["mean", "low", "high"])
    names = {"mean_echoed": "share", "mean_placebo": "placebo", "mean_excess": "excess", "low_excess": "excess_low",
             "high_excess": "excess_high"}  # fmt: skip
    wide = wide.with_columns(pl.lit(None, pl.Float64).alias(c) for c in names if c not in wide.columns)
    return table, wide.select("side", "member", *(pl.col(c).alias(name) for c, name in names.items()), "n_documents")


def _chance(rows: Rows, sides: list[str], weight: np.ndarray, hits: tuple) -> pl.DataFrame:
    """Range of the placebo and p of each side."""
    row, seen, drawn = hits
    side = rows.table["side"].to_numpy()[row]
    made = []
    for name in sides:
        mine = np.where(side == name, weight[row], 0.0)
        values, observed = drawn @ mine, float(seen @ mine)
        low, high = np.quantile(values, [0.025, 0.975])
        p = (int((values >= observed - 1e-12).sum()) + 1) / (len(values) + 1)
        made.append({"side": name, "placebo_low": float(low), "placebo_high": float(high), "p": p})
    return pl.DataFrame(made)
