"""A small constructed corpus for the tests of portraits: documents, copies marked, and their passages."""

import datetime

import polars as pl

from constructed import passages
from helpers.corpora.load import LEFT_OUT, PARTS, Corpus
from helpers.tables import as_documents

WORDS = "order holds where order is kept "


def documents(rows: list[dict]) -> pl.DataFrame:
    """Documents from what differs: id, side, outlet, and any other column; 18 words, 5 May 2017 by default."""
    usual = {"text": (WORDS * 3).strip(), "language": "en", "source": "constructed", "constructed": True,
             "kind": "news report", "date": datetime.date(2017, 5, 5), "date_precision": "day"}  # fmt: skip
    return as_documents(pl.DataFrame([{**usual, **row} for row in rows], infer_schema_length=None))


def cut(table: pl.DataFrame, *, words: int = 9, quoted: float = 0.25) -> pl.DataFrame:
    """One passage of the first `words` words of each document, `quoted` of them quoted."""
    rows = [(i, side, outlet, " ".join(text.split()[:words])) for i, side, outlet, text in
            table.select("id", "side", "outlet", "text").iter_rows()]  # fmt: skip
    columns = {name: table[name].to_list() for name in ("speaker", "copy_cluster", "copy_rank")}
    types = {"speaker": pl.String, "copy_cluster": pl.String, "copy_rank": pl.Int32}
    made = passages(rows).with_columns(pl.Series(n, v, dtype=types[n]) for n, v in columns.items())
    return made.with_columns(quoted_share=pl.lit(quoted, pl.Float32))


def corpus(
    table: pl.DataFrame, *, query: str | None = None, left_out: list[tuple] = (), parts: list[tuple] = ()
) -> Corpus:  # type: ignore[assignment]
    """A corpus of `table`; `left_out`: reason, part, outlet, n_documents; `parts`: as in Corpus.parts."""
    gone = pl.DataFrame(list(left_out), schema=LEFT_OUT, orient="row")
    used = [("made", "used", table.height, None, None, True), *parts]
    return Corpus(table, gone, pl.DataFrame(used, schema=PARTS, orient="row"), "trial", query)


def two_sides(east: int = 12, west: int = 12) -> list[dict]:
    """Rows of two sides: two outlets of the east, one of the west."""
    rows = [{"id": f"e{k:02}", "side": "east", "outlet": "Dawn" if k < 10 else "Lamp"} for k in range(east)]
    return rows + [{"id": f"w{k:02}", "side": "west", "outlet": "Dusk"} for k in range(west)]
