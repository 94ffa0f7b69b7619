"""The texts that use a term, as they are compared: their windows one mean, outlets the cells of a regression."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.analyse.units import COUNTS, FEWEST_DOCUMENTS, members_are, units
from helpers.analyse.windows import Windows
from helpers.tables import need

REST = "(other outlets)"


@dataclass(frozen=True, eq=False)
class Texts:
    """Texts with the term, of the sides that can be asked.

    rows    unit, side, member, stratum (what it is resampled within), spans_sides, counts
    cells   side, member: whose each cell of the regression is; REST for small outlets together
    cell    (n,) the cell of each row
    y       (n, d) mean window of each
    others  (n, q) covariates
    """

    rows: pl.DataFrame
    cells: pl.DataFrame
    cell: np.ndarray
    y: np.ndarray
    others: np.ndarray

    def share(self, side: str) -> np.ndarray:
        """(k,): each cell's share of the mean of `side`."""
        mine = (self.cells["side"] == side).to_numpy()
        return mine / max(mine.sum(), 1)


def gathered(found: Windows, everything: pl.DataFrame | None = None, *, copies: str = "one") -> Texts:
    """The texts with the term of each side that has FEWEST_DOCUMENTS of them, and the cells they are in."""
    table = text_units(found, (), copies) if everything is None else everything
    own = table.filter(~pl.col("spans_sides"))
    by_speaker = members_are(found.table) == "speaker"
    cell = pl.col("side") if by_speaker else pl.when("counted").then("member").otherwise(pl.lit(REST))
    own = own.with_columns(_cell=cell).filter(pl.len().over("side", "_cell") >= FEWEST_DOCUMENTS)
    own = own.with_columns(stratum=pl.col("_cell")).sort("side", "_cell", "unit")
    cells = own.select("side", "_cell").unique(maintain_order=True).with_row_index("at")
    at = own.join(cells, on=["side", "_cell"], how="left", maintain_order="left")["at"].to_numpy().astype(np.intp)
    vectors = [name for name in own.columns if name.startswith("_v")]
    others = [name for name in own.columns if name.startswith("_x")]
    return Texts(
        rows=own.drop(*vectors, *others, "_cell"),
        cells=cells.select("side", member="_cell"),
        cell=at,
        y=own.select(vectors).to_numpy(),
        others=own.select(others).to_numpy().astype(np.float64).reshape(own.height, len(others)),
    )


def text_units(found: Windows, adjust: Sequence[str], copies: str) -> pl.DataFrame:
    """units() of the windows' vectors (columns _v...) and of indicators of `adjust` (_x...)."""
    table = found.table
    need(table, [name for name in adjust if name != "year"], where="regress", do="Name columns that the windows have.")
    vectors = table["embedding"].to_numpy().astype(np.float64)
    parts = [table.drop("embedding"), pl.DataFrame(vectors, schema=[f"_v{k}" for k in range(vectors.shape[1])])]
    for name in adjust:
        of = pl.col("date").dt.year() if name == "year" else pl.col(name)
        column = table.select(of.cast(pl.String).fill_null("unknown")).to_series()
        for value in column.unique().sort()[1:]:
            parts.append(pl.DataFrame({f"_x{name} {value}": (column == value).cast(pl.Float64)}))
    frame = pl.concat(parts, how="horizontal")
    measured = [name for name in frame.columns if name.startswith(("_v", "_x"))]
    if frame.is_empty():
        labels: dict = dict.fromkeys(("side", "member", "unit", "stratum"), pl.String)
        labels |= dict.fromkeys(("counted", "spans_sides"), pl.Boolean) | dict.fromkeys(COUNTS, pl.UInt32)
        return pl.DataFrame(schema=labels | dict.fromkeys(measured, pl.Float64))
    return units(frame, measured, voice="all", copies=copies)
