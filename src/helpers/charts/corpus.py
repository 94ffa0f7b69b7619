"""How a corpus shows itself: its documents by side and outlet, its parts, and what was left out."""

import polars as pl

from helpers import html
from helpers.corpora.load import Corpus
from helpers.results import shows
from helpers.sides import readable


@shows(Corpus)
def _corpus(corpus: Corpus) -> str:
    per_outlet = (
        corpus.table.group_by("side", "outlet")
        .agg(
            pl.len().cast(pl.Int64).alias("n_documents"),
            pl.col("date").min().alias("first"),
            pl.col("date").max().alias("last"),
            pl.col("language").unique().sort().str.join(", ").alias("languages"),
        )
        .sort(["side", "n_documents", "outlet"], descending=[False, True, False])
    )
    sides = ", ".join(
        f"{n:,} of {readable(side)}" for side, n in corpus.table.group_by("side").len().sort("side").iter_rows()
    )
    query = f" that match ‘{corpus.query}’" if corpus.query else ""
    said = f"{corpus.table.height:,} documents{query}: {sides}."
    columns = {"side": "side", "outlet": "outlet", "n_documents": "documents", "first": "first", "last": "last",
               "languages": "language"}  # fmt: skip
    parts = [
        f'<p class="caption">{html.escape(said)}</p>',
        html.table(per_outlet, columns=columns, rows=40, heading=f"Documents of the study {corpus.study}"),
        html.table(
            corpus.parts,
            columns={"part": "part", "status": "status", "n_documents": "documents read", "note": "note"},
            heading="Where they come from",
        ),
    ]
    if corpus.left_out.height:
        columns = {"reason": "why", "part": "part", "outlet": "outlet", "n_documents": "documents"}
        parts.append(html.table(corpus.left_out, columns=columns, rows=12, heading="What was left out"))
    if corpus.parts.filter(pl.col("status") == "used")["constructed"].any():
        parts.append('<p class="notes">Texts here were constructed for teaching; nobody published them.</p>')
    return html.cell("".join(parts))
