"""The class that never sat errs as often as is said, and only where there is a plan."""

import dataclasses
from pathlib import Path

import polars as pl
import pytest

from constructed import passages
from helpers.errors import InputError
from helpers.seminar.constructed_class import Errors, constructed_codes, constructed_guesses, gold, gold_shares
from helpers.seminar.sample import Design, Sample


@pytest.fixture(autouse=True)
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two documents: one with paragraphs of rights, of rights and order, and a leftover; one with none and of order."""
    (tmp_path / "studies").mkdir()
    (tmp_path / "teaching").mkdir()
    lines = ["document_id,paragraph,start,end,voice,junk,frames,copy_of,borrowed_from",
             "d1,0,0,30,outlet,,rights,,", "d1,1,31,60,outlet,,rights order,,", "d1,2,61,90,outlet,cookie banner,,,",
             "d2,0,0,40,outlet,,,,", "d2,1,41,80,outlet,,order,,"]  # fmt: skip
    (tmp_path / "teaching" / "gold.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))


def corpus() -> pl.DataFrame:
    """d1: its first paragraph, the second, the leftover; d2: both paragraphs in one passage."""
    made = passages([("d1", "east", "Dawn", "x")] * 3 + [("d2", "west", "Noon", "x")])
    ends = {"start": [0, 31, 61, 0], "end": [30, 60, 90, 80]}
    return made.with_columns(pl.Series(name, values, dtype=pl.Int32) for name, values in ends.items())


def sample(coders: int = 400) -> Sample:
    labels = corpus().select("id", "side", "document_id", "outlet")
    names = pl.DataFrame({"coder": [f"c{k:03}" for k in range(coders)]})
    return Sample(names.join(labels, how="cross"), Design(coders, 4, 0, 7, ("order", "rights"), "outlet", 4, 2))


def test_what_was_planned() -> None:
    assert gold(corpus()).rows() == [
        ("d1#000", "order", False), ("d1#000", "rights", True), ("d1#001", "order", True), ("d1#001", "rights", True),
        ("d2#000", "order", True), ("d2#000", "rights", False),
    ]  # fmt: skip


def test_planned_shares_are_of_all_passages_leftovers_too() -> None:
    assert gold_shares(corpus()).rows() == [
        ("order", "east", pytest.approx(1 / 3)), ("order", "west", 1.0),
        ("rights", "east", pytest.approx(2 / 3)), ("rights", "west", 0.0),
    ]  # fmt: skip


def test_without_errors_codes_are_the_plan() -> None:
    made = constructed_codes(sample(2), corpus(), errors=Errors(0, 0, 0, 1, 0))
    one = made.filter(coder="c000").sort("id", "frame")
    assert one["code"].to_list() == [0, 1, 1, 1, 0, 0, 1, 0]
    guessed = constructed_guesses(sample(2), errors=Errors(0, 0, 0, 1, 0)).filter(coder="c000").sort("id")
    assert guessed["guess"].to_list() == ["east"] * 3 + ["west"]


def test_errors_are_as_frequent_as_is_said() -> None:
    errors = Errors(misses=0.2, sees=0.05, unsure=0.1, right=0.7, silent=0.2)
    told = constructed_codes(sample(), corpus(), errors=errors).join(gold(corpus()), on=["id", "frame"])
    assert told["code"].null_count() / len(told) == pytest.approx(0.1, abs=0.02)
    share = dict(told.drop_nulls().group_by("gold").agg(pl.col("code").mean()).iter_rows())
    assert share[True] == pytest.approx(0.8, abs=0.03) and share[False] == pytest.approx(0.05, abs=0.02)
    guessed = constructed_guesses(sample(), errors=errors).join(corpus().select("id", "side"), on="id")
    assert guessed["guess"].null_count() / len(guessed) == pytest.approx(0.2, abs=0.03)
    right = guessed.drop_nulls("guess").select((pl.col("guess") == pl.col("side")).mean()).item()
    assert right == pytest.approx(0.7, abs=0.03)


def test_the_same_seed_the_same_class() -> None:
    one, again = (constructed_codes(sample(5), corpus(), seed=3) for _ in range(2))
    assert one.equals(again) and not one.equals(constructed_codes(sample(5), corpus(), seed=4))
    assert set(dataclasses.asdict(Errors())) == {"misses", "sees", "unsure", "right", "silent"}


def test_no_other_corpus_has_a_plan() -> None:
    with pytest.raises(InputError, match="only the teaching corpus has a known truth"):
        gold(passages([("real-1", "east", "Dawn", "x")]))
