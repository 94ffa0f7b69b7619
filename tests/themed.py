"""Two constructed themes over two constructed sides, each passage at a place of its own on the map."""

import numpy as np
import polars as pl

from constructed import passages
from helpers.analyse.themes import Themes


def made(
    n: int = 12, *, text: str = "order holds", labels: tuple[str, ...] = ("order, rule, law", "trade, goods")
) -> Themes:
    """`n` documents of one passage a side: theme 1, 2 and none in turn; the east's half in theme 1."""
    rows = [(f"{s}{k:04}", s, f"{s} {'AB'[k % 2]}", f"{text} {k}") for s in ("east", "west") for k in range(n)]
    theme = [(1, 2, None)[k % 3] if s == "west" else (1, 1, 2, None)[k % 4] for s in ("east", "west") for k in range(n)]
    place = np.random.default_rng(3).normal(size=(len(rows), 2)).round(2)
    frame = passages(rows, x=place[:, 0].tolist(), y=place[:, 1].tolist(), support=1.0)
    frame = frame.with_columns(
        theme=pl.Series(theme, dtype=pl.Int32),
        centrality=pl.Series(np.linspace(0, 1, len(rows)), dtype=pl.Float32),
    )
    sizes = [sum(t == number for t in theme) for number in (1, 2)]
    table = pl.DataFrame(
        {"theme": [1, 2], "label": labels, "words": ["order, rule, law, court", "trade, goods"],
         "stability": [0.9, 0.61], "support": [0.8, 0.7], "form": [None, None],
         "n_passages": sizes, "n_documents": sizes, "central": [["east0000", "gone"], ["east0002"]]},
        schema_overrides={"theme": pl.Int32, "form": pl.String},
    ).with_columns(pl.col("central").list.eval(pl.element() + "#000"))  # fmt: skip
    return Themes(frame, table, np.eye(2), 0.8, sum(t is None for t in theme) / len(theme), 7, 60)
