"""Corrected shares: by hand, against prediction-powered inference, and by simulation with a machine that is wrong."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from coded import CODEBOOK, Letters, coded_by, encoded, estimates, outcomes, runs
from helpers.analyse.claims import Gate, claims
from helpers.analyse.contrasts import compare
from helpers.analyse.units import units
from helpers.analyse.wording import Wording
from helpers.errors import InputError
from helpers.seminar import correction as module
from helpers.seminar.correction import Corrected, correct, on_log_odds, pseudo_outcomes, validated
from helpers.seminar.sample import Sample, draw

NAN = float("nan")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> tuple[pl.DataFrame, Sample, pl.DataFrame]:
    passages = encoded(np.random.default_rng(1))
    sample = draw(passages, coders=6, common=40, own=40, seed=2)
    return passages, sample, coded_by(sample, passages)


@pytest.fixture(scope="module")
def found(corpus, tmp_path_factory: pytest.TempPathFactory) -> Corrected:
    passages, sample, codes = corpus
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        return correct(passages, codes, sample=sample, codebook=CODEBOOK, encoder=Letters())


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))


def test_pseudo_outcomes_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    # One side, folds 0 0 1 1; passages 0 and 2 coded, drawn with 1/2 and 1/4; weights .1 .2 .3 .4.
    predicted, observed = np.array([[0.2], [0.4], [0.5], [0.7]]), np.array([[1.0], [NAN], [0.0], [NAN]])
    chance, weight = np.array([0.5, 1, 0.25, 1]), np.array([0.1, 0.2, 0.3, 0.4])
    given = {"weight": weight, "sides": np.zeros(4, int), "folds": np.array([0, 0, 1, 1])}
    # Standing .2 and 1.2, 1.4 in all and .7 typically; errors .8 and -.5. What fold 1 shows fold 0, and fold 0 fold 1,
    # five codes without an error at their side:  1.2 * -.5 / (1.2 + 3.5) = -.6/4.7,  .2 * .8 / (.2 + 3.5) = .16/3.7.
    shift = np.array([-0.6 / 4.7, -0.6 / 4.7, 0.16 / 3.7, 0.16 / 3.7])
    shifted = predicted[:, 0] + shift
    by_hand = [shifted[0] + 2 * (1 - shifted[0]), shifted[1], shifted[2] + 4 * (0 - shifted[2]), shifted[3]]
    assert pseudo_outcomes(predicted, observed, chance, **given)[:, 0].tolist() == pytest.approx(by_hand)
    monkeypatch.setattr(module, "PRIOR_CODES", 1e12)
    # Without the shift: y + (R / pi)(Y - y).
    plain = pseudo_outcomes(predicted, observed, chance, **given)[:, 0].tolist()
    assert plain == pytest.approx([0.2 + 2 * 0.8, 0.4, 0.5 - 4 * 0.5, 0.7])


def test_where_everything_is_coded_the_machine_has_no_say() -> None:
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, (40, 2)).astype(float)
    given = {"weight": np.full(40, 1 / 20), "sides": np.repeat([0, 1], 20), "folds": np.arange(40) % 5}
    assert np.allclose(pseudo_outcomes(rng.random((40, 2)), y, np.ones(40), **given), y)


def test_independent_codes_with_equal_chances_give_prediction_powered_inference() -> None:
    """Angelopoulos et al. 2023, Prediction-powered inference, Science 382, mean estimation: the mean prediction over
    all N plus the mean error of the n labelled ones, with variance var(y^) / N + var(Y - y^) / n."""
    rng = np.random.default_rng(6)
    n_all, n = 20_000, 1000
    y = (rng.random(n_all) < 0.3).astype(float)
    machine = np.clip(0.35 + 0.3 * y + rng.normal(0, 0.15, n_all), 0, 1)
    coded = np.zeros(n_all, bool)
    coded[rng.permutation(n_all)[:n]] = True
    fold = np.zeros(n_all, int)
    for part in (coded, ~coded):  # so that every fold has its part of both
        fold[part] = np.arange(part.sum()) % 5
    z = pseudo_outcomes(machine[:, None], np.where(coded, y, NAN)[:, None], np.full(n_all, n / n_all),
                        weight=np.full(n_all, 1 / n_all), sides=np.zeros(n_all, int), folds=fold)[:, 0]  # fmt: skip
    errors = (y - machine)[coded]
    assert z.mean() == pytest.approx(machine.mean() + errors.mean(), abs=1e-12)
    theirs = machine.var(ddof=1) / n_all + errors.var(ddof=1) / n
    assert z.var(ddof=1) / n_all == pytest.approx(theirs, rel=0.03)


def test_intervals_hold_what_they_say_and_those_of_the_machine_do_not() -> None:
    """A short run of benchmarks/correction.py: 95 % intervals of 120 x 2 shares hold the truth at least 90 % of the
    time (by chance alone under 90 % once in a thousand), the machine's almost never."""
    made = runs(np.random.default_rng(20), 120, share=0.3, codes=200)
    shares, differences = estimates(made, outcomes(made), seed=1, replicates=800)
    assert 0.9 <= shares["held"].mean() <= 0.99
    assert 0.87 <= differences["held"].mean() <= 1
    assert shares["share"].mean() == pytest.approx(0.3, abs=0.01)
    machine, of_machine = estimates(made, made.machine, seed=1, replicates=800)
    assert machine["held"].mean() < 0.05 and of_machine["held"].mean() < 0.05


def test_the_interval_on_log_odds() -> None:
    # .2 with ends .1 and .3: log-odds of .2 less and plus .1 / (.2 * .8) = .625.
    low, high = on_log_odds(np.array([0.2, 0.0]), np.array([0.1, -0.1]), np.array([0.3, 0.1]))
    odds = np.exp(np.log(0.25) + np.array([-0.625, 0.625]))
    assert [low[0], high[0]] == pytest.approx((odds / (1 + odds)).tolist())
    assert [low[1], high[1]] == [0.0, 0.1]


def test_the_table(found: Corrected, corpus) -> None:
    passages, sample, _ = corpus
    assert found.table.select("frame", "side").rows() == [("order", "a"), ("order", "b")]
    for row in found.table.iter_rows(named=True):
        here = passages.filter(side=row["side"]).join(sample.table.unique("id"), on="id")
        assert (row["n_drawn"], row["n_codes"]) == (len(here), len(here))
        assert row["n_yes"] == here["carries"].sum() and row["n_yes"] + row["n_no"] == len(here)
        assert row["coded_share"] == pytest.approx(here["carries"].mean())
        assert row["low"] < row["share"] < row["high"]
        assert row["half_width"] == pytest.approx(50 * (row["high"] - row["low"]))
        assert row["coders_low"] <= row["share"] <= row["coders_high"]
        truth = 0.25 * sum(
            part.group_by("document_id").agg(pl.col("carries").mean())["carries"].mean()
            for _, part in passages.filter(side=row["side"]).group_by("outlet")
        )
        assert row["low"] <= truth <= row["high"]
    assert found.table["alpha"].to_list() == [1.0, 1.0] and found.table["validated"].all()
    assert (found.n_coders, found.frames, found.labels) == (6, ("order",), {"order": "Order"})


def test_the_share_is_the_weighted_sum_of_pseudo_outcomes(found: Corrected) -> None:
    sums = found.passages.group_by("side").agg((pl.col("corrected_order") * pl.col("weight")).sum()).sort("side")
    assert sums["corrected_order"].to_list() == pytest.approx(found.table["share"].to_list(), rel=1e-9)
    machine = found.passages.group_by("side").agg((pl.col("share_order") * pl.col("weight")).sum()).sort("side")
    assert machine["share_order"].to_list() == pytest.approx(found.table["machine"].to_list(), rel=1e-6)


def test_sides_are_compared_on_corrected_shares(found: Corrected) -> None:
    row = found.contrasts.table.row(0, named=True)
    shares = found.table["share"].to_list()
    assert (row["value"], row["side"], row["other"]) == ("share_order", "a", "b")
    assert row["difference"] == pytest.approx(shares[0] - shares[1])


def test_rows_and_codes_in_any_order(found: Corrected, corpus) -> None:
    passages, sample, codes = corpus
    again = correct(passages.sample(fraction=1, shuffle=True, seed=1), codes.reverse(), sample=sample,
                    codebook=CODEBOOK, encoder=Letters())  # fmt: skip
    floats = found.table.select(pl.selectors.float())
    assert np.allclose(floats.to_numpy(), again.table.select(pl.selectors.float()).to_numpy(), rtol=1e-6)


def test_codes_that_are_missing_are_made_up_for_by_others_of_their_stratum(
    corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    passages, sample, codes = corpus
    fewer = codes.with_columns(code=pl.when(pl.col("coder") != "A").then("code"))
    found = correct(passages, fewer, sample=sample, codebook=CODEBOOK, encoder=Letters())
    assert (found.table["n_codes"] < found.table["n_drawn"]).all()
    # Weights of the coded ones over their probability, times what their stratum lacks, sum to one for each side.
    monkeypatch.setattr(module, "PRIOR_CODES", 1e12)
    predicted = np.zeros((len(found.passages), 1))
    judged = found.passages.join(sample.table.unique("id").select("id", "inclusion", "stratum"), on="id", how="left")
    said = module._observed(module.majority(fewer), judged["id"], ["order"])
    ones = np.where(np.isnan(said), NAN, 1.0)
    sums = judged.with_columns(z=pl.Series(module._outcomes(judged, predicted, ones)[:, 0]))
    assert sums.group_by("side").agg((pl.col("z") * pl.col("weight")).sum())["z"].to_list() == pytest.approx([1, 1])


def test_a_side_that_nobody_coded_has_no_share(corpus) -> None:
    passages, sample, codes = corpus
    own = codes.join(passages.filter(side="a").select("id"), on="id")
    found = correct(passages, own, sample=sample, codebook=CODEBOOK, encoder=Letters())
    row = found.table.filter(side="b").row(0, named=True)
    assert row["share"] is None and not row["validated"] and "no passage of this side was coded" in row["wanting"]
    assert validated(found) == {"frame_order": False, "frame_order|a|b": False, "frame_order|b|a": False,
                                "share_order": False, "share_order|a|b": False, "share_order|b|a": False}  # fmt: skip


def test_what_is_validated_may_be_claimed(found: Corrected) -> None:
    held = validated(found)
    assert held["share_order|a|b"] and held["frame_order"]
    wording = Wording({"share_order": "Order"}, unit="points")
    row = found.contrasts.table.with_columns(difference=pl.lit(0.2), low=pl.lit(0.1), high=pl.lit(0.3),
        standardised=pl.lit(1.0), alone_low=pl.lit(0.18), alone_high=pl.lit(0.22), flips=pl.lit(None, pl.String),
        p=pl.lit(0.02), p_adjusted=pl.lit(0.03), null_floor=pl.lit(0.1), bca_low=pl.lit(0.1),
        bca_high=pl.lit(0.3))  # fmt: skip
    surely = replace(found.contrasts, table=row)
    told = [claims(surely, wording=wording, gate=Gate(validated=v))[0] for v in (held, {})]
    assert [claim.grade for claim in told] == ["claimed", "suggested"]
    assert "the measure has not been validated by hand coding" in told[1].reasons


def test_a_score_that_codes_contradict_is_not_valid(found: Corrected) -> None:
    sure = found.contrasts.table.with_columns(difference=pl.lit(0.2), low=pl.lit(0.1), high=pl.lit(0.3))
    made = replace(found, contrasts=replace(found.contrasts, table=sure))
    score = sure.with_columns(value=pl.lit("frame_order"), difference=pl.lit(-0.01))
    scores = replace(found.contrasts, table=score)
    held = validated(made, scores=scores)
    assert not held["frame_order|a|b"] and not held["frame_order"] and held["share_order|a|b"]
    agreeing = replace(scores, table=score.with_columns(difference=pl.lit(0.01)))
    assert validated(made, scores=agreeing)["frame_order"]


def test_without_codes_everything_is_empty(corpus) -> None:
    passages, sample, codes = corpus
    found = correct(passages, codes.clear(), sample=sample, codebook=CODEBOOK, encoder=Letters())
    assert found.table.is_empty() and found.frames == () and validated(found) == {}


def test_what_does_not_belong_together(corpus) -> None:
    passages, sample, codes = corpus
    first = codes["id"][0]
    with pytest.raises(InputError, match=r"of the sample are not in this corpus.*The study has changed"):
        correct(passages.filter(pl.col("id") != first), codes, sample=sample, codebook=CODEBOOK, encoder=Letters())
    with pytest.raises(InputError, match="a coded passage was not drawn"):
        strange = codes.with_columns(id=pl.lit("x#000") + pl.col("id"))
        correct(passages, strange, sample=sample, codebook=CODEBOOK, encoder=Letters())
    with pytest.raises(InputError, match=r"no codes of a frame of the codebook.*found faith"):
        correct(passages, codes.with_columns(frame=pl.lit("faith")), sample=sample, codebook=CODEBOOK,
                encoder=Letters())  # fmt: skip


def test_intervals_of_whole_classes_hold() -> None:
    """Heads and all: of eight classes on eight corpora at most two of sixteen intervals miss the share of all."""
    missed = 0
    for seed in range(8):
        passages = encoded(np.random.default_rng(100 + seed))
        sample = draw(passages, coders=4, common=20, own=40, seed=seed)
        found = correct(passages, coded_by(sample, passages), sample=sample, codebook=CODEBOOK, encoder=Letters())
        valued = passages.with_columns(pl.col("carries").cast(pl.Float64))
        truth = compare(units(valued, ["carries"]), ["carries"], replicates=10).sides.select("side", truth="mean")
        both = found.table.join(truth, on="side")
        missed += int(both.select(~pl.col("truth").is_between("low", "high")).to_series().sum())
    assert missed <= 2
