import datetime

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.context import nearest, rated, senses, usage
from helpers.errors import InputError


def corpus() -> pl.DataFrame:
    """East: outlets A (10 documents, 6 with the term), B (10, 10 with it, twice); west: C (20, 3 with it)."""
    rows = [(f"a{k:02}", "east", "A", "order word word word" if k < 6 else "word word word word") for k in range(10)]
    rows += [(f"b{k:02}", "east", "B", "order Order") for k in range(10)]
    rows += [(f"c{k:02}", "west", "C", "word order" if k < 3 else "word word") for k in range(20)]
    return passages(rows)


def test_frequency_by_side_by_hand() -> None:
    found = usage(corpus(), "order", "order")
    east, west = found.table.iter_rows(named=True)
    # Outlet-equal: (6/10 + 10/10) / 2; rates (0.6 * 2,500 + 10,000) / 2 and 3/20 * 5,000.
    assert east["share"] == pytest.approx(0.8) and east["rate"] == pytest.approx(5750)
    assert west["share"] == pytest.approx(0.15) and west["rate"] == pytest.approx(750)
    assert (east["n_documents"], east["n_using"], east["n_matches"]) == (20, 16, 26)
    assert east["share_low"] < 0.8 < east["share_high"]
    assert east["asked"] and east["said"] is None
    assert not west["asked"] and west["said"] == (
        "The use of order in West cannot be asked of this corpus: 3 of 20 documents have it, 10 are needed."
    )
    assert found.outlets.select("member", "share", "n_using", "counted").rows() == [
        ("A", 0.6, 6, True), ("B", 1.0, 10, True), ("C", 0.15, 3, True),
    ]  # fmt: skip
    assert found.shares.table["difference"].to_list() == pytest.approx([0.65])
    assert found.passages.height == 19 and found.passages["n_matches"].sum() == 29


def test_time_has_its_gaps() -> None:
    frame = corpus().with_columns(
        date=pl.when(pl.col("side") == "west").then(datetime.date(2017, 3, 3)).otherwise(datetime.date(2017, 5, 1))
    )
    time = usage(frame, "order", "order").time
    assert time is not None and time.sides["period"].to_list() == ["month", "month"]
    assert time.table.filter(pl.col("value") == "used").select("side", "start", "n_documents", "mean").rows() == [
        ("east", datetime.date(2017, 3, 1), 0, None), ("east", datetime.date(2017, 4, 1), 0, None),
        ("east", datetime.date(2017, 5, 1), 20, 0.8), ("west", datetime.date(2017, 3, 1), 20, 0.15),
        ("west", datetime.date(2017, 4, 1), 0, None), ("west", datetime.date(2017, 5, 1), 0, None),
    ]  # fmt: skip
    years = usage(frame.with_columns(date_precision=pl.lit("year")), "order", "order").time
    assert years is not None and years.table["start"].unique().to_list() == [datetime.date(2017, 1, 1)]
    assert usage(frame.with_columns(date=pl.lit(None, pl.Date)), "order", "order").time is None


def test_passages_are_rated_by_their_documents() -> None:
    rows = [("a", "east", "A", "order word"), ("a", "east", "A", "word word"), ("b", "west", "B", "word")]
    made = rated(passages(rows), "order")
    assert made.select("n_matches", "used", "rate").rows() == [(1, 1, 2500), (0, 1, 2500), (0, 0, 0)]
    quoted = rated(passages(rows).with_columns(voice=pl.Series(["quoted", "outlet", "outlet"])), "order")
    assert quoted.select("used", "rate").rows() == [(0, 0), (0, 0)]


def test_a_term_that_nobody_uses_is_said_of_every_side() -> None:
    found = usage(corpus(), "hegemony", r"hegemon\w*")
    assert found.table["said"].null_count() == 0 and found.table["share"].to_list() == [0, 0]
    assert "0 of 20" in found.table["said"][0] and found.passages.is_empty()


def unit(*angles: float) -> pl.Series:
    vectors = np.array([[np.cos(a), np.sin(a), 0.0] for a in angles], dtype=np.float32)
    return pl.Series("embedding", vectors, dtype=pl.Array(pl.Float32, 3))


def test_nearest_passages_by_hand() -> None:
    # East points to 0, west to 90 degrees; outlet A has ten documents, B ten, the others one each.
    angles_a, angles_b = np.linspace(-0.9, -0.3, 10), np.linspace(0.3, 0.9, 10)
    rows = [(f"a{k:02}", "east", "A", "order") for k in range(10)] + [
        (f"b{k:02}", "east", "B", "order") for k in range(10)
    ]
    rows += [(f"c{k:02}", "west", "C", "order") for k in range(12)] + [
        ("m0", "moon", "M", "order"),
        ("x", "east", "A", "no"),
    ]
    angles = [*angles_a, *angles_b, *np.linspace(1.2, 1.9, 12), 3.0, 0.0]
    frame = passages(rows).with_columns(unit(*angles))
    found = nearest(frame, "order", "order", most=2)
    assert found.sides.select("side", "n_documents", "asked").rows() == [
        ("east", 20, True), ("moon", 1, False), ("west", 12, True),
    ]  # fmt: skip
    assert set(found.table["side"]) == {"east", "west"} and "embedding" not in found.table.columns
    typical = found.table.filter((pl.col("side") == "east") & (pl.col("way") == "typical"))
    assert typical.height == 2 and set(typical["outlet"]) == {"A", "B"}
    mean_a, mean_b = (np.array([np.cos(a).mean(), np.sin(a).mean()]) for a in (angles_a, angles_b))
    centre = (mean_a + mean_b) / 2
    centre /= np.linalg.norm(centre)
    first = typical.row(0, named=True)
    angle = dict(zip([r[0] for r in rows], angles, strict=True))[first["document_id"]]
    assert first["similarity"] == pytest.approx(np.cos(angle) * centre[0] + np.sin(angle) * centre[1], abs=1e-6)
    # The most distinct passage of the east lies away from the west, and is none of the outlying half.
    distinct = found.table.filter((pl.col("side") == "east") & (pl.col("way") == "distinct"))
    assert distinct["ahead"].max() > typical["ahead"].max()
    assert distinct["similarity"].min() >= np.median(np.cos(np.concatenate([angles_a, angles_b]))) - 0.02


def test_nearest_shows_nothing_twice() -> None:
    rows = [(f"a{k:02}", "east", "A", "order") for k in range(12)] + [
        (f"c{k:02}", "west", "C", "order") for k in range(12)
    ]
    frame = passages(rows).with_columns(unit(*[0.0] * 11, 0.6, *np.linspace(1.2, 2.9, 12)))
    east = nearest(frame, "order", "order", most=5).table.filter(pl.col("side") == "east", pl.col("way") == "typical")
    assert east.height == 2
    clustered = frame.with_columns(copy_cluster=pl.when(pl.col("side") == "west").then(pl.lit("c")))
    west = nearest(clustered, "order", "order", most=5).table.filter(
        pl.col("side") == "west", pl.col("way") == "typical"
    )
    assert west.height == 1


def test_senses_by_hand() -> None:
    rows = [(f"a{k:02}", "east", "A", "order") for k in range(10)] + [("a00", "east", "A", "order")]
    rows += [("c0", "west", "C", "order"), ("c1", "west", "C", "no")]
    themes = ["trade", *["peace"] * 8, None, "peace", "trade", "trade"]
    found = senses(passages(rows, theme=themes), "order", "order")
    # Document a00 is half trade, half peace; the other nine: 8 peace, 1 unassigned.
    assert found.table.rows() == [
        ("east", "peace", 9, 9, 0.85), ("east", "unassigned", 1, 1, 0.1), ("east", "trade", 1, 1, 0.05),
    ]  # fmt: skip
    assert "1 of 2 documents" in found.sides["said"][1]


def test_columns_that_are_needed_are_named() -> None:
    with pytest.raises(InputError, match="Run themes first"):
        senses(corpus(), "order", "order")
    with pytest.raises(InputError, match="Run encode first"):
        nearest(corpus(), "order", "order")
