"""How alike the documents of two sides are, by hand; and what the gate makes of it."""

import datetime
import math

import polars as pl
import pytest

from constructed import passages
from helpers.analyse.alike import FACTS, LIMITS, compared, family, of_units, overlap, unlike
from helpers.analyse.contrasts import compare
from helpers.analyse.units import units


def counts(*rows: tuple) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["side", "kind", "n_documents"], orient="row")


def documents(east: list[dict], west: list[dict]) -> pl.DataFrame:
    usual = {"date": datetime.date(2017, 5, 5), "date_precision": "day", "kind": "news", "language": "en"}
    rows = [{"side": side, **usual, **row} for side, of in (("east", east), ("west", west)) for row in of]
    return pl.DataFrame(rows, infer_schema_length=None)


def test_overlap_is_the_sum_of_the_smaller_shares() -> None:
    # east: 3/4 a, 1/4 b; west: 1/2 a, 1/2 c (a null is left out): min(3/4, 1/2) = 1/2
    table = counts(("east", "a", 3), ("east", "b", 1), ("west", "a", 2), ("west", "c", 2), ("west", None, 9))
    assert overlap(table, "east", "west", "kind") == 0.5
    assert overlap(table, "west", "east", "kind") == 0.5
    assert overlap(table, "east", "north", "kind") is None


def test_what_a_draw_of_the_same_documents_makes_is_not_told_apart() -> None:
    # East: n a; West: n/2 a, n/2 b. Overlap 1/2. Of 2n documents, n/2 of them b, a draw of n has none or all of b with
    # 2 C(3n/2, n) / C(2n, n): .43 of four against four, .014 of twelve against twelve.
    for n, held in ((4, None), (12, False)):
        chance = 2 * math.comb(3 * n // 2, n) / math.comb(2 * n, n)
        assert (chance < 0.05) is (held is False)
        table = counts(("east", "a", n), ("west", "a", n // 2), ("west", "b", n // 2))
        assert compared(table, "east", "west", "kind", limit=2 / 3) == (held, 0.5)
    assert compared(table, "east", "west", "kind", limit=0.5) == (True, 0.5)


def test_what_is_not_known_of_half_of_a_side_is_not_compared() -> None:
    table = counts(("east", "a", 9), ("west", "a", 5), ("west", None, 6))
    assert compared(table, "east", "west", "kind", limit=0.5) == (None, None)
    assert compared(table, "east", "north", "kind", limit=0.5) == (None, None)


def test_names_of_one_kind_are_one_kind() -> None:
    named = pl.DataFrame({"kind": ["Op-ed", "column ", "wire report", "resolution", None]})
    assert named.select(family()).to_series().to_list() == ["opinion", "opinion", "news", "resolution", None]


def test_two_sides_by_hand() -> None:
    # Kinds: op-ed and column are one; resolution is not. Dates: 20 in May and 20 in June, against 20 in May.
    may, june = ({"date": datetime.date(2017, month, 5)} for month in (5, 6))
    east = [{"kind": "op-ed", **may}] * 20 + [{"kind": "op-ed", **june}] * 20
    (row,) = unlike(documents(east, [{"kind": "column", **may}] * 20), ["east", "west"]).values()
    assert row == {"dates_alike": 0.5, "kinds_alike": 1.0, "languages_alike": 1.0, "unlike": "dates"}
    (row,) = unlike(documents(east, [{"kind": "resolution", "language": "fr"}] * 20), ["east", "west"]).values()
    assert row == {"dates_alike": 0.5, "kinds_alike": 0.0, "languages_alike": 0.0, "unlike": "dates, kinds, languages"}
    (row,) = unlike(documents(east, [{"date": None, "kind": "op-ed"}] * 20), ["east", "west"]).values()
    assert row == {"dates_alike": None, "kinds_alike": 1.0, "languages_alike": 1.0, "unlike": None}


@pytest.fixture
def frame() -> pl.DataFrame:
    """Twelve documents a side, of two outlets each; east of 2016, west of 2017; two of east are copies of one text."""
    rows = [(f"{side}{k:02}", side, f"{side} {k % 2}", "x") for side in ("east", "west") for k in range(12)]
    years = [datetime.date(2016 if side == "east" else 2017, 1 + k % 12, 5) for k, (_, side, *_) in enumerate(rows)]
    clusters = pl.Series("copy_cluster", ["east00" if row[0] in ("east00", "east01") else None for row in rows])
    made = passages(rows, date=years, kind="news", score=[float(k % 5) for k in range(24)])
    return made.with_columns(clusters, copy_rank=pl.lit(0))


def test_units_tell_of_all_their_documents(frame: pl.DataFrame) -> None:
    made = units(frame, ["score"])
    assert made.height == 23
    assert made.filter(unit="east00")["documents"].list.len().to_list() == [2]
    assert made["documents"].explode().struct.fields == list(FACTS)
    speakers = frame.with_columns(outlet=pl.lit("Assembly"), speaker=pl.col("outlet"))
    assert units(speakers, ["score"], copies="all")["documents"].list.len().to_list() == [6, 6, 6, 6]
    assert "documents" not in units(frame.drop("kind"), ["score"]).columns


def test_a_contrast_says_what_else_differs(frame: pl.DataFrame) -> None:
    row = compare(units(frame, ["score"]), ["score"], replicates=50).table.row(0, named=True)
    assert (row["dates_alike"], row["kinds_alike"], row["languages_alike"], row["unlike"]) == (0.0, 1.0, 1.0, "dates")
    assert "unlike" not in compare(units(frame.drop("kind"), ["score"]), ["score"], replicates=50).table.columns
    (held,) = of_units(units(frame, ["score"]), ["east", "west"], fixed=["year"]).values()
    assert held["unlike"] is None and held["dates_alike"] == 0.0


def test_the_limits_are_those_of_the_portrait_and_of_the_gate() -> None:
    from helpers.analyse import comparable, thresholds

    assert {f"{name}_alike": limit for name, limit in LIMITS.items()}.items() <= {
        name: threshold.value for name, threshold in thresholds.THRESHOLDS.items()
    }.items()
    assert [comparable.LIMITS[name].value for name in ("dates", "kinds", "language")] == list(LIMITS.values())
