"""The passages of a class: whom each stands for, with which probability it is drawn, and who reads it."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructed import passages
from helpers.analyse.contrasts import compare
from helpers.analyse.units import units
from helpers.errors import InputError
from helpers.seminar.sample import (
    Asked,
    allotted,
    draw,
    drawn,
    inclusion,
    population,
    read_sample,
    stratified,
    write_sample,
)


def corpus(rows: list[tuple], **columns: object) -> pl.DataFrame:
    """(document, side, outlet, number of passages) -> passages."""
    return passages([(d, s, o, f"text {i}") for d, s, o, n in rows for i in range(n)], **columns)


def nested(*, seed: int = 1, documents: int = 14) -> pl.DataFrame:
    """Two sides of three outlets of `documents` documents of 1-6 passages, with two scores."""
    rng = np.random.default_rng(seed)
    rows = [(f"{s}{o}-{d:02}", s, f"{s}{o}", int(rng.integers(1, 7)))
            for s in ("east", "west") for o in range(3) for d in range(documents)]  # fmt: skip
    n = sum(row[3] for row in rows)
    return corpus(rows, frame_order=rng.normal(0, 0.1, n).tolist(), frame_trade=rng.normal(0.2, 0.3, n).tolist())


def test_what_a_passage_stands_for() -> None:
    rows = [("a1", "east", "Dawn", 1), ("a2", "east", "Dawn", 3), ("b1", "east", "Dusk", 2), ("w1", "west", "Noon", 4)]
    there = population(corpus(rows))
    # Two outlets, 1/2 each: Dawn's two documents 1/4 each, the second over three passages; Dusk's one over two.
    assert dict(zip(there["id"], there["weight"], strict=True)) == pytest.approx(
        {"a1#000": 1 / 4, "a2#000": 1 / 12, "a2#001": 1 / 12, "a2#002": 1 / 12, "b1#000": 1 / 4, "b1#001": 1 / 4}
        | {f"w1#00{i}": 1 / 4 for i in range(4)}
    )


def test_weights_are_those_of_the_contrasts() -> None:
    frame = nested()
    there = population(frame)
    means = there.group_by("side").agg((pl.col("frame_trade") * pl.col("weight")).sum()).sort("side")
    found = compare(units(frame, ["frame_trade"]), ["frame_trade"], replicates=10).sides
    assert means["frame_trade"].to_list() == pytest.approx(found["mean"].to_list(), rel=1e-12)


def test_weights_of_speakers_are_those_of_the_contrasts() -> None:
    rng = np.random.default_rng(3)
    rows = [(f"{who}{y}", side, "Assembly", int(rng.integers(1, 4)))
            for who, side in (("A", "east"), ("B", "east"), ("C", "west"), ("D", "west"))
            for y in range(1 + ord(who) % 3)]  # fmt: skip
    frame = corpus(rows).with_columns(speaker=pl.col("document_id").str.slice(0, 1))
    frame = frame.with_columns(score=pl.Series(rng.normal(size=len(frame))))
    means = population(frame).group_by("side").agg((pl.col("score") * pl.col("weight")).sum()).sort("side")
    found = compare(units(frame, ["score"]), ["score"], replicates=10).sides
    assert means["score"].to_list() == pytest.approx(found["mean"].to_list(), rel=1e-12)


def test_outlets_that_enter_no_mean_are_not_read() -> None:
    rows = [(f"d{i}", "east", "Dawn", 1) for i in range(10)] + [("k1", "east", "Dusk", 3), ("w1", "west", "Noon", 2)]
    there = population(corpus(rows))
    assert set(there["member"]) == {"Dawn", "Noon"}


def test_of_copies_there_is_the_earliest_of_each_side() -> None:
    rows = [("a1", "east", "Dawn", 1), ("a2", "east", "Dawn", 1), ("a3", "east", "Dawn", 2), ("w1", "west", "Noon", 1)]
    clusters = ["a2", "a2", None, None, "a2"]
    ranks = pl.Series([1, 0, None, None, 2], dtype=pl.Int32)
    frame = corpus(rows).with_columns(copy_cluster=pl.Series(clusters), copy_rank=ranks)
    there = population(frame)
    assert there.select("document_id", "group", "side").rows() == [
        ("a2", "a2", "east"), ("a3", "a3", "east"), ("a3", "a3", "east"), ("w1", "a2", "west"),
    ]  # fmt: skip
    assert there["weight"].to_list() == [1 / 2, 1 / 4, 1 / 4, 1.0]


def test_quotations_are_read_only_where_asked_for() -> None:
    frame = corpus([("a1", "east", "Dawn", 2), ("w1", "west", "Noon", 1)])
    frame = frame.with_columns(voice=pl.Series(["outlet", "quoted", "outlet"]))
    assert population(frame)["id"].to_list() == ["a1#000", "w1#000"]
    assert population(frame, voice="all")["id"].to_list() == ["a1#000", "a1#001", "w1#000"]


def test_strata_are_thirds_of_the_weight_by_the_largest_score() -> None:
    frame = corpus([(f"d{i}", "east", "Dawn", 1) for i in range(6)], frame_a=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
                   frame_b=[9.0, 0.0, 0.0, 0.0, 0.0, 0.0])  # fmt: skip
    of_one = stratified(population(frame), ["a"])
    assert of_one["stratum"].to_list() == [f"east: {k}" for k in ("low", "low", "middle", "middle", "high", "high")]
    # In standard deviations b of the first passage is 2.0; a of the last is 1.3.
    of_both = stratified(population(frame), ["a", "b"])["stratum"].to_list()
    assert of_both[0] == "east: high" and of_both[5] == "east: high" and of_both[4] == "east: middle"


def test_inclusion_by_hand() -> None:
    # One passage a document, so equal weights: 12 of 24, in strata of 8 each 3, 3 and 6.
    frame = corpus([(f"d{i:02}", "east", "Dawn", 1) for i in range(24)], frame_a=[i / 10 for i in range(24)])
    there = stratified(population(frame), ["a"])
    assert inclusion(there, 12).tolist() == pytest.approx([3 / 8] * 16 + [6 / 8] * 8)
    assert inclusion(there, 24).tolist() == [1.0] * 24
    with pytest.raises(InputError, match="25 passages, the corpus has 24"):
        inclusion(there, 25)


def test_sides_get_the_same_number_as_far_as_they_have_it() -> None:
    rows = [(f"a{i}", "east", "Dawn", 1) for i in range(4)] + [(f"w{i:02}", "west", "Noon", 1) for i in range(20)]
    there = stratified(population(corpus(rows, frame_a=[i / 10 for i in range(24)])), ["a"])
    chance = pl.Series(inclusion(there, 14))
    assert there.with_columns(c=chance).group_by("side").agg(pl.col("c").sum()).sort("side")["c"].to_list() == [4, 10]


@given(
    st.lists(st.tuples(st.floats(0.1, 9), st.integers(0, 30)), min_size=1, max_size=8), st.floats(0, 1),
)  # fmt: skip
def test_what_is_allotted_is_all_and_fits(cells: list[tuple[float, int]], part: float) -> None:
    parts, room = np.array([c[0] for c in cells]), [c[1] for c in cells]
    n = int(part * sum(room))
    made = allotted(parts, room, n)
    assert sum(made) == n and all(0 <= m <= most for m, most in zip(made, room, strict=True))


def test_passages_are_drawn_as_often_as_is_said() -> None:
    frame = nested()
    there = stratified(population(frame), ["order", "trade"])
    chance = inclusion(there, 80)
    runs = 6000
    times, draws = np.zeros(len(there)), drawn(there, chance, np.random.default_rng(11))
    for _ in range(runs):
        chosen = next(draws)
        assert len(chosen) == len(set(chosen.tolist())) == 80
        times[chosen] += 1
    open_ = chance < 1
    z = (times / runs - chance)[open_] / np.sqrt(chance * (1 - chance) / runs)[open_]
    assert (times[~open_] == runs).all()
    assert np.abs(z).max() < 4.5 and 0.85 < z.std() < 1.15
    # Probabilities are unequal: that is what had to be shown.
    assert chance[open_].max() > 3 * chance[open_].min()


def test_weighted_by_the_inverse_of_their_probability_passages_give_the_mean_of_all() -> None:
    there = stratified(population(nested()), ["trade"])
    chance, weight, y = inclusion(there, 90), there["weight"].to_numpy(), there["frame_trade"].to_numpy()
    draws = drawn(there, chance, np.random.default_rng(5))
    at = (there["side"] == "east").to_numpy()
    made = []
    for _ in range(2000):
        chosen = next(draws)
        chosen = chosen[at[chosen]]
        made.append((weight * y / chance)[chosen].sum())
    assert np.mean(made) == pytest.approx((weight * y)[at].sum(), abs=4 * np.std(made) / len(made) ** 0.5)


def test_sheets() -> None:
    made = draw(nested(), coders=5, common=12, own=9, seed=3)
    table, design = made.table, made.design
    assert table.columns == [
        "coder",
        "id",
        "position",
        "common",
        "inclusion",
        "stratum",
        "side",
        "document_id",
        "outlet",
    ]
    assert (design.coders, design.common, design.own, design.frames) == (5, 12, 9, ("order", "trade"))
    assert table["coder"].unique(maintain_order=True).to_list() == list("ABCDE")
    shared = table.filter("common")
    for (_,), sheet in table.group_by("coder"):
        assert sheet["position"].to_list() == list(range(1, 22))
        assert set(sheet.filter("common")["id"]) == set(shared["id"]) and sheet["common"].sum() == 12
        assert sheet["document_id"].n_unique() == 21
        assert (sheet.filter("common")["position"] > 12).any()
    own = table.filter(~pl.col("common"))
    assert own["id"].n_unique() == len(own) == 45 and not set(own["id"]) & set(shared["id"])
    assert shared.filter(coder="A").group_by("stratum").len()["len"].to_list() == [2] * 6
    spread = own.group_by("coder", "side").len()["len"]
    assert spread.max() - spread.min() <= 1


def test_a_sheet_has_two_passages_of_a_document_only_where_it_must() -> None:
    rows = [(f"{s}{i}", s, f"{s} press", 10) for s in ("east", "west") for i in range(2)]
    frame = corpus(rows, frame_a=[i / 40 for i in range(40)])
    for seed in range(20):
        made = draw(frame, coders=4, common=0, own=4, seed=seed).table
        counts = made.group_by("coder", "document_id").len().join(
            made.group_by("document_id").agg(of_document=pl.len()), on="document_id"
        )  # fmt: skip
        assert (counts["len"] <= (counts["of_document"] / 4).ceil()).all()


def test_the_same_seed_the_same_sheets_in_any_order_of_rows() -> None:
    frame = nested()
    one = draw(frame, coders=3, common=6, own=5, seed=4).table
    assert one.equals(draw(frame.sample(fraction=1.0, shuffle=True, seed=9), coders=3, common=6, own=5, seed=4).table)
    assert not one.equals(draw(frame, coders=3, common=6, own=5, seed=5).table)


def test_coders_beyond_the_alphabet() -> None:
    table = draw(nested(), coders=28, common=0, own=2, seed=4).table
    assert table["coder"].unique(maintain_order=True).to_list()[24:] == ["Y", "Z", "AA", "AB"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"coders": 0, "own": 5}, "`coders`.*from 1 on.*found 0"),
        ({"coders": 3, "own": -1}, "`own`"),
        ({"coders": 3, "common": 0, "own": 0}, "nothing to read"),
        ({"coders": 90, "own": 9}, "the class would read 830 passages"),
        ({"coders": 3, "own": 5, "asked": Asked(("faith",))}, "no score of the frame 'faith'.*order, trade"),
    ],
)
def test_what_cannot_be_drawn(settings: dict, told: str) -> None:
    with pytest.raises(InputError, match=told):
        draw(nested(), **settings)


def test_passages_without_scores() -> None:
    with pytest.raises(InputError, match="no scores of frames"):
        draw(corpus([("a1", "east", "Dawn", 2)]), coders=1, own=1, common=0)


def test_a_sample_is_kept_with_its_design(tmp_path: Path) -> None:
    made = draw(nested(), coders=3, common=6, own=5, asked=Asked(("trade",), "all"))
    write_sample(made, tmp_path / "deep" / "draw.parquet")
    again = read_sample(tmp_path / "deep" / "draw.parquet")
    assert again.table.equals(made.table) and again.design == made.design


def test_a_file_that_is_no_sample(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no sample here.*seminar sheet"):
        read_sample(tmp_path / "draw.parquet")
    (tmp_path / "draw.parquet").write_bytes(b"PAR1 nothing of the kind")
    with pytest.raises(InputError, match="not a sample"):
        read_sample(tmp_path / "draw.parquet")
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(InputError, match="not a sample"):
        read_sample(tmp_path / "other.parquet")
