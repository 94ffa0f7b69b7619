"""Small constructed passages for the tests of words: a literal text, a side, an outlet."""

import datetime

import polars as pl

from helpers.tables import as_passages


def passages(rows: list[tuple], **columns: object) -> pl.DataFrame:
    """`rows`: (document, side, outlet, text), one passage each, beginning at offset 10 of its document;
    `columns`: further columns, a value or a list of them."""
    made = []
    seen: dict[str, int] = {}
    for document, side, outlet, text in rows:
        position = seen.get(document, 0)
        seen[document] = position + 1
        made.append(
            {"id": f"{document}#{position:03}", "document_id": document, "position": position, "text": text,
             "start": 10, "end": 10 + len(text), "voice": "outlet", "quoted_share": 0.0, "n_words": len(text.split()),
             "side": side, "outlet": outlet, "speaker": None, "country": None, "kind": None,
             "date": datetime.date(2017, 5, 1), "date_precision": "day", "title": None, "url": None, "language": "en",
             "constructed": True}
        )  # fmt: skip
    frame = as_passages(pl.DataFrame(made, infer_schema_length=None))
    extra = [pl.Series(n, v) if isinstance(v, list) else pl.lit(v).alias(n) for n, v in columns.items()]
    return frame.with_columns(extra) if extra else frame
