"""No passage is judged by a head that has seen its document."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from coded import CODEBOOK, Letters, encoded
from helpers.errors import InputError
from helpers.seminar.unseen import unseen


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))


def corpus() -> tuple[pl.DataFrame, pl.DataFrame]:
    table = encoded(np.random.default_rng(4), documents=12)
    coded = table.sample(120, seed=2).with_columns(code_order=pl.col("carries").cast(pl.Int64))
    return table, coded


def judged(table: pl.DataFrame, coded: pl.DataFrame) -> pl.DataFrame:
    return unseen(table, coded, CODEBOOK, encoder=Letters(), seed=3)


def test_codes_of_a_document_do_not_touch_what_is_said_of_it() -> None:
    table, coded = corpus()
    document = coded["document_id"][0]
    turned = coded.with_columns(
        code_order=pl.when(document_id=document).then(1 - pl.col("code_order")).otherwise("code_order")
    )
    before, after = judged(table, coded), judged(table, turned)
    same = before["share_order"] == after["share_order"]
    fold = before.filter(document_id=document)["fold"]
    assert fold.n_unique() == 1
    assert same.to_list() == (before["fold"] == fold[0]).to_list()


def test_nor_do_those_of_a_copy_on_the_other_side() -> None:
    table, coded = corpus()
    first, other = (table.filter(side=side)["document_id"][0] for side in ("a", "b"))
    cluster = pl.when(pl.col("document_id").is_in([first, other])).then(pl.lit("copies"))
    table, coded = (frame.with_columns(copy_cluster=cluster) for frame in (table, coded))
    assert judged(table, coded).filter(pl.col("copy_cluster").is_not_null())["fold"].n_unique() == 1


def test_every_fold_has_its_part_of_the_codes() -> None:
    table, coded = corpus()
    folds = (
        judged(table, coded).join(coded.select("id"), on="id").group_by("fold").agg(pl.col("document_id").n_unique())
    )
    assert len(folds) == 5 and folds["document_id"].max() - folds["document_id"].min() <= 1


def test_what_can_be_told_is() -> None:
    table, coded = corpus()
    made = judged(table, coded).filter(side="a")
    mean = made.group_by("carries").agg(pl.col("share_order").mean(), pl.col("has_order").mean()).sort("carries")
    assert mean["share_order"][1] > mean["share_order"][0] + 0.2
    assert mean["has_order"][1] > mean["has_order"][0] + 0.4


def test_with_too_few_codes_their_share_stands_for_all() -> None:
    table, coded = corpus()
    few = coded.with_columns(code_order=pl.when(pl.int_range(pl.len()) < 9).then(1).otherwise(0))
    made = judged(table, few)
    assert made.group_by("fold").agg(pl.col("share_order").n_unique())["share_order"].to_list() == [1] * 5
    assert not made["has_order"].any()
    fold = made["fold"][0]
    others = few.join(made.select("id", "fold"), on="id").filter(pl.col("fold") != fold)["code_order"]
    assert made["share_order"][0] == pytest.approx((others.sum() + 0.5) / (len(others) + 1), rel=1e-5)


def test_what_must_be_there() -> None:
    table, coded = corpus()
    with pytest.raises(InputError, match="'embedding' is absent"):
        judged(table.drop("embedding"), coded)
    with pytest.raises(InputError, match="codes of no frame"):
        judged(table, coded.drop("code_order"))
