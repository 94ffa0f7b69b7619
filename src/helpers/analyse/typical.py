"""How typical a text is of a side: how near its mean vector is to the side's, and how many of the side's own texts
are less near to a mean that they, too, are no part of.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.analyse.association import wilson
from helpers.analyse.units import FEWEST_DOCUMENTS, SHARED

REST = "(smaller outlets together)"

Near = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(n, d) vectors and (n, d) or (d,) means -> (n,) closeness; higher is nearer."""


@dataclass(frozen=True, eq=False)
class Texts:
    """The texts of a corpus, copies counted once, those that stand on several sides left out.

    table   unit, side, members (outlets or speakers of its documents), n_passages, stratum (the member; REST for
            members of fewer than FEWEST_DOCUMENTS texts), at (row of `means`)
    means   (n, d) of each measure: mean over a text's documents of the mean over the document's passages
    """

    table: pl.DataFrame
    means: list[np.ndarray]


def cosine(vectors: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Cosine of each row to its mean, -1 to 1."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(means, axis=-1)
    return (vectors * means).sum(1) / np.maximum(lengths, 1e-12)


def likeness(vectors: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Minus the root mean square difference of each row to its mean, 0 at the most."""
    return -np.sqrt(((vectors - means) ** 2).mean(1))


def texts(passages: pl.DataFrame, values: Sequence[np.ndarray], *, member: str, copies: str) -> Texts:
    """The texts that `passages` (columns document_id, side, and `member`: outlet or speaker) stand in, with the means
    of `values`, arrays row for row with `passages`. `copies`: as in units.in_scope. A side with fewer than
    FEWEST_DOCUMENTS texts in its strata has no row."""
    there = copies == "one" and "copy_cluster" in passages.columns
    cluster = pl.col("copy_cluster") if there else pl.lit(None, pl.String)
    rows = passages.select("document_id", "side", member=pl.col(member), unit=pl.coalesce(cluster, "document_id"))
    rows = rows.with_columns(document=(pl.col("document_id").rank("dense") - 1).cast(pl.Int64))
    documents = rows.group_by("document").agg(
        pl.col("side", "member", "unit").first(), n_passages=pl.len().cast(pl.Int64)
    ).sort("document")  # fmt: skip
    documents = documents.with_columns(at=(pl.struct("unit", "side").rank("dense") - 1).cast(pl.Int64))
    to_document, to_unit = rows["document"].to_numpy(), documents["at"].to_numpy()
    means = [_means(_means(np.asarray(v, dtype=np.float64), to_document), to_unit) for v in values]
    whole = documents.group_by("at").agg(
        pl.col("unit", "side").first(), members=pl.col("member").unique().sort(), n_passages=pl.col("n_passages").sum()
    )
    whole = whole.filter(pl.col("unit").count().over("unit") == 1).with_columns(
        stratum=pl.when(pl.col("members").list.len() > 1).then(pl.lit(SHARED)).otherwise(pl.col("members").list.first())
    )
    size = pl.len().over("side", "stratum")
    large = (pl.col("stratum") != SHARED) & ((size >= FEWEST_DOCUMENTS) | pl.lit(member == "speaker"))
    whole = whole.with_columns(stratum=pl.when(large).then("stratum").otherwise(pl.lit(REST)))
    # A handful of leftovers would weigh as much as an outlet; they count only where there are as many as one needs.
    enough = (pl.col("stratum") != REST) | (size >= FEWEST_DOCUMENTS)
    table = whole.filter(enough).filter(pl.len().over("side") >= FEWEST_DOCUMENTS).sort("side", "unit")
    return Texts(table, means)


def _means(values: np.ndarray, group: np.ndarray) -> np.ndarray:
    sums = np.zeros((int(group.max(initial=-1)) + 1, values.shape[1]))
    np.add.at(sums, group, values)
    return sums / np.bincount(group)[:, None]


def measured(
    found: Texts, measure: int, placed: np.ndarray, near: Near, *, members: Sequence[str | None]
) -> pl.DataFrame:
    """Where each row of `placed` (f, d) stands among the texts of each side, by one measure.

    `members`: whose each placed text is. Where that is one of the side's, a text of the side is held against the mean
    without itself; else against the mean without its whole outlet, as the placed one has none of its own in it.
    Returns columns: placed (row), side, closeness, percentile (0-100: texts of the side that are less near, half of
    those as near), low, high (95 %, Wilson: had other texts been drawn), without (text | outlet), n_texts, nearest
    (whether the side's mean is the nearest), right (share of texts, sides weighing the same, whose own side is
    nearest by the same rule, 0-1), by_chance (1 / sides)."""
    vectors = found.means[measure][found.table["at"].to_numpy()]
    table = found.table.with_row_index("row")
    sides = table["side"].unique().sort().to_list()
    to_side, alone = _held_against(table, vectors, near, sides)
    of_placed = np.stack([near(placed, mean) for mean in to_side], axis=1) if sides else np.empty((len(placed), 0))
    of_texts = np.stack([near(vectors, mean) for mean in to_side], axis=1) if sides else np.empty((0, 0))
    right = {way: _right(of_texts, values, table, sides) for way, values in alone.items()}
    made = []
    for i, member in enumerate(members):
        nearest = int(np.argmax(of_placed[i])) if sides else -1
        known = table.explode("members").filter(pl.col("members") == member)["side"].unique().to_list()
        for k, side in enumerate(sides):
            mine = (table["side"] == side).to_numpy()
            way = "text" if side in known or np.isnan(alone["outlet"][mine]).any() else "outlet"
            own = alone[way][mine]
            less = float((own < of_placed[i, k]).sum() + (own == of_placed[i, k]).sum() / 2)
            share, low, high = (100 * float(v) for v in wilson(np.array(less), np.array(len(own))))
            made.append(
                {"placed": i, "side": side, "closeness": float(of_placed[i, k]), "percentile": share, "low": low,
                 "high": high, "without": way, "n_texts": len(own), "nearest": k == nearest,
                 "right": right["text" if known or right["outlet"] is None else "outlet"], "by_chance": 1 / len(sides)}
            )  # fmt: skip
    schema = {"placed": pl.Int64, "side": pl.String, "closeness": pl.Float64, "percentile": pl.Float64,
              "low": pl.Float64, "high": pl.Float64, "without": pl.String, "n_texts": pl.Int64, "nearest": pl.Boolean,
              "right": pl.Float64, "by_chance": pl.Float64}  # fmt: skip
    return pl.DataFrame(made, schema=schema)


def _held_against(
    table: pl.DataFrame, vectors: np.ndarray, near: Near, sides: list[str]
) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    """The sides' outlet-equal means, and the closeness (n,) of each text to that of its own side without it
    ("text") and without its outlet ("outlet"; nan where the side has no other)."""
    to_side, alone = [], {"text": np.full(len(vectors), np.nan), "outlet": np.full(len(vectors), np.nan)}
    for side in sides:
        strata = [
            part["row"].to_numpy() for _, part in table.filter(side=side).group_by("stratum", maintain_order=True)
        ]
        means = np.stack([vectors[rows].mean(0) for rows in strata])
        whole, n = means.mean(0), len(strata)
        to_side.append(whole)
        for mean, rows in zip(means, strata, strict=True):
            others = (n * whole - mean) / (n - 1) if n > 1 else None
            if others is not None:
                alone["outlet"][rows] = near(vectors[rows], others)
            if len(rows) > 1:
                left = (len(rows) * mean - vectors[rows]) / (len(rows) - 1)
                alone["text"][rows] = near(vectors[rows], whole + (left - mean) / n)
            elif others is not None:
                alone["text"][rows] = near(vectors[rows], others)
    return to_side, alone


def _right(of_texts: np.ndarray, alone: np.ndarray, table: pl.DataFrame, sides: list[str]) -> float | None:
    """Share of texts, sides weighing the same, that are nearer to their own side than to any other."""
    if len(sides) < 2 or np.isnan(alone).any():
        return None
    shares = []
    for k, side in enumerate(sides):
        mine = (table["side"] == side).to_numpy()
        others = np.delete(of_texts[mine], k, axis=1).max(1)
        shares.append(float((alone[mine] > others).mean()))
    return float(np.mean(shares))
