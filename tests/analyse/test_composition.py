from dataclasses import dataclass

import polars as pl
import pytest

from constructed import passages
from helpers.analyse.composition import composition, measures
from helpers.errors import InputError


@dataclass(frozen=True)
class Made:
    passages: pl.DataFrame
    table: pl.DataFrame


def themed(rows: list[tuple], labels: dict[int, str | None], **columns: object) -> Made:
    """`rows`: document, side, outlet, theme."""
    frame = passages([(d, s, o, "text") for d, s, o, _ in rows], theme=[t for *_, t in rows], **columns)
    table = pl.DataFrame(
        {"theme": list(labels), "label": list(labels.values())}, schema={"theme": pl.Int32, "label": pl.String}
    )
    return Made(frame.with_columns(pl.col("theme").cast(pl.Int32)), table)


ROWS = [
    ("e1", "east", "A", 1), ("e1", "east", "A", 1), ("e1", "east", "A", 2), ("e1", "east", "A", None),
    ("e2", "east", "A", 1),
    ("w1", "west", "B", 2), ("w2", "west", "B", None), ("w2", "west", "B", 2),
]  # fmt: skip


def test_documents_count_equally_and_unassigned_is_a_part_of_the_whole() -> None:
    # east: e1 gives 2/4 to theme 1, 1/4 to theme 2, 1/4 to none; e2 all to theme 1. west: w1 all to 2; w2 half to none.
    made = composition(themed(ROWS, {1: "trade", 2: "peace"}))
    assert made.values == ("theme_1", "theme_2", "unassigned") and made.unit == "share"
    assert made.sides.select("value", "side", "mean").rows() == [
        ("theme_1", "east", 0.75), ("theme_1", "west", 0.0),
        ("theme_2", "east", 0.125), ("theme_2", "west", 0.75),
        ("unassigned", "east", 0.125), ("unassigned", "west", 0.25),
    ]  # fmt: skip
    assert made.sides.group_by("side").agg(pl.col("mean").sum())["mean"].to_list() == [1.0, 1.0]
    assert made.table.filter(pl.col("value") == "theme_1")["difference"].to_list() == [0.75]


def test_copies_are_one_unit() -> None:
    rows = [("e1", "east", "A", 1), ("e2", "east", "A", 1), ("e3", "east", "A", 2), ("w1", "west", "B", 2)]
    clusters = ["e1", "e1", None, None]
    both = themed(rows, {1: "trade", 2: "peace"}, copy_cluster=clusters)
    assert composition(both).sides["mean"].to_list()[0] == 0.5
    assert composition(both, copies="all").sides["mean"].to_list()[0] == pytest.approx(2 / 3)


def test_a_theme_that_was_taken_out_is_unassigned() -> None:
    made = composition(themed(ROWS, {1: "trade"}))
    assert made.values == ("theme_1", "unassigned")
    assert made.sides.filter(value="unassigned", side="west")["mean"].to_list() == [1.0]


def test_voices_are_apart() -> None:
    voices = ["outlet", "quoted", "quoted", "quoted", "outlet", "outlet", "quoted", "outlet"]
    made = composition(themed(ROWS, {1: "trade", 2: "peace"}, voice=voices), voice="quoted")
    assert made.sides.filter(value="unassigned", side="west")["mean"].to_list() == [1.0]


def test_the_same_seed_gives_the_same_intervals() -> None:
    first, second = (composition(themed(ROWS, {1: "trade", 2: "peace"})) for _ in range(2))
    assert first.sides.equals(second.sides) and first.seed == 7


def test_measures_name_every_value() -> None:
    assert measures(themed(ROWS, {1: "trade, tariffs", 2: None})) == {
        "theme_1": "trade, tariffs", "theme_2": "number 2", "unassigned": "unassigned",
    }  # fmt: skip


def test_no_theme_is_said() -> None:
    made = themed(ROWS, {1: "trade"})
    with pytest.raises(InputError, match="column 'theme' is absent"):
        composition(Made(made.passages.drop("theme"), made.table))
    with pytest.raises(InputError, match="no theme"):
        composition(Made(made.passages, made.table.head(0)))
