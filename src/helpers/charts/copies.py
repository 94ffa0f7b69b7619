"""How copies show themselves: how many texts stand more than once, and where."""

import polars as pl

from helpers import html
from helpers.analyse.copies import Copies
from helpers.results import shows
from helpers.sides import readable


@shows(Copies)
def _copies(found: Copies) -> str:
    repeated = found.table.filter(pl.col("copy_rank") > 0)
    said = (
        f"{repeated.height:,} of {found.table.height:,} documents repeat an earlier one: of the runs of five words that"
        f" either has, both have at least {100 * found.least_jaccard:.0f} %. {found.clusters.height:,} texts stand more"
        " than once; each counts once, under however many names it stands."
    )
    if found.clusters.is_empty():
        said = f"No document repeats another ({found.table.height:,} were compared)."
        return html.cell(f'<p class="notes">{html.escape(said)}</p>')
    named = found.table.drop_nulls("copy_cluster").group_by("copy_cluster").agg(
        pl.col("side").unique().sort().alias("sides"),
        pl.col("title").sort_by("copy_rank").drop_nulls().first() if "title" in found.table.columns else pl.lit(None),
    )  # fmt: skip
    sides = pl.Series("sides", [", ".join(readable(s) for s in names) for names in named["sides"]], dtype=pl.String)
    table = found.clusters.join(named.with_columns(sides), on="copy_cluster", how="left", maintain_order="left")
    columns = {"title": "title of the earliest", "n_documents": "documents", "n_outlets": "outlets", "outlets": "where",
               "sides": "on", "first": "first", "last": "last"}  # fmt: skip
    shown = html.table(table, columns=columns, rows=12, heading="Texts that stand more than once")
    return html.cell(f'{shown}<p class="notes">{html.escape(said)}</p>')
