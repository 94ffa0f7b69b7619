"""What a class will get wrong about a study, with the wrong number and the right one, for the teacher's questions.

Each trap is a way of counting that anybody would take first. Where a study does not have one (no copies, no gap), there
is no question about it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from helpers.html import number
from helpers.phrases import listed
from helpers.sides import readable
from helpers.tables import need

LARGEST_PART = 0.4
"""Share of a side's documents from which on an outlet is said to dominate it."""
FEWEST = 5
"""Documents of an outlet, or passages of a kind, below which no number is asked for."""


@dataclass(frozen=True)
class Trap:
    """A question, the answer that suggests itself, and the right one.

    wrong, right  numbers, in `unit`
    why           what the wrong answer overlooks
    notebook      the exercise on the same trap, where the study is the constructed one
    """

    title: str
    question: str
    wrong: float
    right: float
    unit: str
    why: str
    notebook: str

    def shown(self, value: float) -> str:
        """`value` with its unit, to read."""
        return f"{number(value, decimals=0 if float(value).is_integer() else 1)}{self.unit}"


def traps(passages: pl.DataFrame, labels: Mapping[str, str], *, unit: str) -> list[Trap]:
    """The traps that a study has. `passages`: columns side, outlet, document_id, voice, date, copy_cluster, and a
    column of values for each key of `labels` (value -> the frame's name to read), measured in `unit`. Documents
    count equally, whatever their length. Raises InputError where a column is absent."""
    columns = ["side", "outlet", "document_id", "voice", "date", "copy_cluster", *labels]
    need(passages, columns, where="traps", do="Mark copies, prepare and score first.")
    made = (_wire(passages), _dominant(passages, labels, unit), _quotation(passages, labels, unit), _gap(passages))
    return [trap for found in made for trap in found]


def _wire(passages: pl.DataFrame) -> Iterator[Trap]:
    copied = passages.drop_nulls("copy_cluster").unique("document_id")
    copied = copied.filter(pl.col("outlet").n_unique().over("copy_cluster") > 1)
    if copied.is_empty():
        return
    outlets = listed(copied["outlet"].unique().sort().to_list()[:6])
    yield Trap(
        "Wire copy",
        f"{copied.height} documents, printed by {outlets}, tell much the same stories. "
        "How many different texts are they?",
        copied.height, copied["copy_cluster"].n_unique(), " texts",
        "One text under several mastheads is one observation of how somebody writes, with other headlines or without. "
        "That an outlet prints it is a fact of its own, about what it takes over.",
        "1_wire_copy",
    )  # fmt: skip


def _dominant(passages: pl.DataFrame, labels: Mapping[str, str], unit: str) -> Iterator[Trap]:
    own = passages.filter(pl.col("voice") == "outlet", pl.col("copy_cluster").is_null())
    each = _documents(own, labels)
    part = each.group_by("side", "outlet").len().with_columns(share=pl.col("len") / pl.col("len").sum().over("side"))
    sides = part.filter(pl.len().over("side") > 2, pl.col("share") >= LARGEST_PART, pl.col("len") >= FEWEST)
    found: list[tuple[float, str, str, str, float, float]] = []
    for side, outlet in sides.sort("side", "outlet").select("side", "outlet").iter_rows():
        of_side = each.filter(pl.col("side") == side)
        others = of_side.filter(pl.col("outlet") != outlet, pl.len().over("outlet") >= FEWEST)
        by_outlet = others.group_by("outlet").agg(pl.col(list(labels)).mean())
        for value in labels if by_outlet.height > 1 else ():
            pooled, rest = _mean(of_side, value), _mean(by_outlet, value)
            found.append((abs(pooled - rest), side, outlet, value, pooled, rest))
    if found:
        _, side, outlet, value, pooled, rest = max(found)
        yield Trap(
            "The dominant outlet",
            f"All documents of the side ‘{readable(side)}’ in one heap come to {_number(pooled)}{unit} on the frame "
            f"‘{labels[value]}’. What do its outlets other than {outlet} come to?",
            pooled, rest, unit,
            f"{outlet} wrote so much of the heap that the heap says what {outlet} writes. An outlet is not its side: "
            "leave each one out in turn before a side is said to do anything.",
            "2_dominant_outlet",
        )  # fmt: skip


def _quotation(passages: pl.DataFrame, labels: Mapping[str, str], unit: str) -> Iterator[Trap]:
    quoted = passages.filter(pl.col("voice") == "quoted").group_by("side").len().filter(pl.col("len") >= FEWEST)
    found: list[tuple[float, str, str, float, float]] = []
    for side in quoted["side"].sort():
        rows = passages.filter(pl.col("side") == side)
        every, own = _documents(rows, labels), _documents(rows.filter(pl.col("voice") == "outlet"), labels)
        for value in labels:
            heap, words = _mean(every, value), _mean(own, value)
            found.append((abs(heap - words), side, value, heap, words))
    if found:
        _, side, value, heap, words = max(found)
        yield Trap(
            "Quotation",
            f"All that is printed on the side ‘{readable(side)}’ comes to {_number(heap)}{unit} on the frame "
            f"‘{labels[value]}’. What do its outlets come to in their own words?",
            heap, words, unit,
            "Part of it was said by others and quoted. Whom a side quotes on what is a question of its own; it is not "
            "how the side itself presents things.",
            "3_quotation",
        )  # fmt: skip


def _gap(passages: pl.DataFrame) -> Iterator[Trap]:
    dated = passages.drop_nulls("date").unique("document_id").with_columns(year=pl.col("date").dt.year())
    counts = {(side, year): n for side, year, n in dated.group_by("side", "year").len().iter_rows()}
    years = sorted({year for _, year in counts})
    for side in sorted({side for side, _ in counts}):
        for year in years:
            beside = counts.get((side, year - 1)), counts.get((side, year + 1))
            if (side, year) in counts or None in beside:
                continue
            yield Trap(
                "What is not there",
                f"A chart over time has a line for the side ‘{readable(side)}’. On how many documents of {year} does "
                "it rest?",
                sum(n for n in beside if n) / 2, 0, " documents",
                f"There is no document of {year}: a line drawn from year to year goes through it all the same. Whether "
                "the gap lies in the world or in the collecting, only whoever made the corpus can tell.",
                "4_what_is_not_there",
            )  # fmt: skip
            return


def _documents(rows: pl.DataFrame, labels: Mapping[str, str]) -> pl.DataFrame:
    return rows.group_by("side", "outlet", "document_id").agg(pl.col(list(labels)).mean())


def _mean(rows: pl.DataFrame, value: str) -> float:
    return float(rows[value].mean() or 0.0)  # type: ignore[arg-type]


def _number(value: float) -> str:
    return number(value, decimals=1)
