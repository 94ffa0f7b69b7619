"""One difference over choices: the first is the contrast itself, weights by hand, shares against an analysis of
variance, and what survives and what is made by a choice, planted."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from chosen import SURVIVES, TURNS, codebook, corpus
from helpers.analyse.claims import Claim
from helpers.analyse.contrasts import compare
from helpers.analyse.frames import frames
from helpers.analyse.robust_claims import limits, over_choices
from helpers.analyse.robustness import (
    ALL_EXAMPLES,
    WEIGHTS,
    Grid,
    differences,
    robustness,
    summed,
    usual,
)
from helpers.encode import encode
from helpers.errors import InputError
from helpers.prepare import prepare
from helpers.study import open_study
from reproduced import Words


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))


def grid(**given):
    return replace(Grid(encoder=(Words(),), voice=("outlet",), copies=("one",), wording=False), **given)


def over(documents, **given):
    return robustness(documents, codebook(), frame="order", sides=("a", "b"), grid=grid(**given))


def test_the_first_specification_is_the_contrast_itself():
    documents = corpus(np.random.default_rng(3), **SURVIVES)
    documents = documents.with_columns(
        copy_cluster=pl.when(pl.col("id").is_in(["a003", "a105", "b007"])).then(pl.lit("a003")),
        copy_rank=pl.when(pl.col("id").is_in(["a105", "b007"])).then(pl.lit(1, pl.Int32)),
    )
    other = corpus(np.random.default_rng(4), **SURVIVES).filter(side="a").with_columns(
        pl.format("c{}", "id").alias("id"), side=pl.lit("c"), outlet=pl.format("C{}", "outlet")
    )  # fmt: skip
    documents = pl.concat([documents, other.with_columns(copy_cluster=pl.when(id="ca003").then(pl.lit("a003")))])
    found = over(documents, words=(80, 50), voice=("outlet", "all"), copies=("one", "all"), mask=str.upper)
    passages = encode(prepare(documents), encoder=Words())
    contrasts = frames(passages, codebook(), encoder=Words()).contrasts
    row = contrasts.table.row(by_predicate=(pl.col("value") == "frame_order") & (pl.col("other") == "b"), named=True)
    first = found.table.row(0, named=True)
    assert first["main"] and found.table["main"].sum() == 1
    for name, held in (("estimate", "standardised"), ("low", "std_low"), ("high", "std_high")):
        assert first[name] == pytest.approx(row[held], abs=1e-9)
    assert [first[n] for n in ("n_documents", "other_n_documents")] == [row["n_documents"], row["other_n_documents"]]
    control = contrasts.table.filter(value="frame_weather", side="a", other="b")["standardised"][0]
    assert first["floor"] == pytest.approx(abs(control), abs=1e-9)
    assert len(found.table) == 2 * 2 * 2 * len(WEIGHTS), "copies are a choice here, and voice is none: nobody is quoted"


def rows(*given):
    """(side, member, unit, n_passages, value)"""
    made = pl.DataFrame(list(given), schema=["side", "member", "unit", "n_passages", "v"], orient="row")
    return made.with_columns(stratum="member", counted=pl.lit(True), spans_sides=pl.lit(False), n_documents=pl.lit(1),
                             n_texts=pl.lit(1))  # fmt: skip


SMALL = rows(("a", "A", "1", 1, 0.0), ("a", "A", "2", 3, 4.0), ("a", "B", "3", 1, 8.0),
             ("b", "C", "4", 2, 1.0), ("b", "C", "5", 2, 3.0))  # fmt: skip


@pytest.mark.parametrize(
    ("weights", "difference"),
    [
        ("outlets", (2 + 8) / 2 - 2),  # A: (0 + 4) / 2 = 2, B: 8
        ("documents", (0 + 4 + 8) / 3 - 2),
        ("passages", (1 * 0 + 3 * 4 + 1 * 8) / 5 - (2 * 1 + 2 * 3) / 4),
    ],
)
def test_what_counts_equally_by_hand(weights, difference):
    # Squares around the sides' own means: a 16 + 0 + 16 = 32, b 1 + 1 = 2; degrees 3 + 2 - 2 = 3.
    (made,) = differences(SMALL, ["v"], ("a", "b"), weights=weights, seed=7)
    assert made["estimate"] == pytest.approx(difference / (34 / 3) ** 0.5, rel=1e-12)
    assert (made["n_documents"], made["other_n_documents"]) == (3, 2)


def test_few_documents_of_an_outlet_count_in_a_heap_only():
    table = SMALL.with_columns(counted=pl.col("member") != "B")
    outlets, documents = (
        differences(table, ["v"], ("a", "b"), weights=w, seed=7)[0]["n_documents"] for w in ("outlets", "documents")
    )
    assert (outlets, documents) == (2, 3)


@pytest.mark.parametrize("kind", ["outlets", "speakers"])
def test_outlets_are_weighed_as_in_the_contrasts(kind):
    rng = np.random.default_rng(11)
    member = [f"o{k // 12}" if kind == "outlets" else f"s{k:02}" for k in range(72)]
    table = pl.DataFrame(
        {"side": np.repeat(["a", "b", "c"], 24), "member": member, "unit": [f"u{k:02}" for k in range(72)],
         "n_passages": rng.integers(1, 9, 72), "v": rng.normal(size=72), "w": rng.normal(size=72)}
    )  # fmt: skip
    table = table.with_columns(
        stratum="member" if kind == "outlets" else "side", counted=pl.lit(True), n_documents=pl.lit(1),
        n_texts=pl.lit(1), spans_sides=pl.lit(False),
    )  # fmt: skip
    table = pl.concat([table, table[[3, 40, 60]].with_columns(unit=pl.lit("x"), spans_sides=pl.lit(True))])
    table = table.sort("side", "member", "unit")
    made = differences(table, ["v", "w"], ("b", "c"), weights="outlets", seed=3)
    held = compare(table, ["v", "w"], seed=3).table.filter(side="b", other="c")
    for one, row in zip(made, held.iter_rows(named=True), strict=True):
        for name, column in (("estimate", "standardised"), ("low", "std_low"), ("high", "std_high")):
            assert one[name] == pytest.approx(row[column], abs=1e-9)


def test_shares_of_variance_by_hand():
    # Means by voice 1.5 and 3.5, by copies 2 and 3; grand mean 2.5; squares 4 * 1 + 4 * .25 = 5 of 5.
    estimates = (("outlet", "one", 1.0), ("outlet", "all", 2.0), ("all", "one", 3.0), ("all", "all", 4.0))
    given = [{"voice": v, "copies": c, "estimate": e, "low": e - 2, "high": e + 2, "floor": None}
             for v, c, e in estimates]  # fmt: skip
    found = summed(given, value="v", label="V", sides=("a", "b"), seed=7)
    assert found.choices.select("choice", "share", "lowest", "highest").rows() == [
        ("voice", pytest.approx(0.8), "outlet", "all"),
        ("copies", pytest.approx(0.2), "one", "all"),
        ("together", pytest.approx(0.0, abs=1e-12), None, None),
    ]
    assert found.share("same") == 1 and found.share("away") == 0.5
    assert found.options.filter(option="all", choice="voice").row(0, named=True)["mean"] == 3.5


def test_a_negative_difference_is_away_on_its_own_side():
    given = [{"voice": v, "estimate": e, "low": e - 1, "high": e + 1, "floor": 1.5}
             for v, e in (("outlet", -3.0), ("all", -1.2), ("quoted", 2.0))]  # fmt: skip
    table = summed(given, value="v", label="V", sides=("a", "b"), seed=7).table
    assert table["same"].to_list() == [True, True, False]
    assert table["away"].to_list() == [True, True, False]
    assert table["beyond"].to_list() == [True, False, False]


def test_shares_of_variance_are_those_of_an_analysis_of_variance():
    ols = pytest.importorskip("statsmodels.formula.api").ols
    anova_lm = pytest.importorskip("statsmodels.stats.anova").anova_lm
    rng = np.random.default_rng(2)
    given = [
        {"voice": v, "copies": c, "weights": w, "estimate": rng.normal() + (v == "all"), "low": 0.0, "high": 1.0}
        | {"floor": None} for v in ("outlet", "all") for c in ("one", "all", "original") for w in WEIGHTS
    ]  # fmt: skip
    found = summed(given, value="v", label="V", sides=("a", "b"), seed=7)
    frame = pytest.importorskip("pandas").DataFrame(given)
    fitted = ols("estimate ~ C(voice) + C(copies) + C(weights)", frame).fit()
    for squares in (anova_lm(fitted, typ=kind)["sum_sq"] for kind in (1, 2)):
        for choice, share in found.choices.select("choice", "share").iter_rows():
            name = "Residual" if choice == "together" else f"C({choice})"
            assert share == pytest.approx(squares[name] / squares.sum(), abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_difference_survives_every_choice(seed):
    found = over(corpus(np.random.default_rng(seed), **SURVIVES), words=(80, 50), wording=True)
    assert found.share("same") == found.share("away") == found.share("beyond") == 1 and limits(found) == {}
    assert len(found.table) == 2 * len(WEIGHTS) * 7 and found.table["wording"][0] == ALL_EXAMPLES


@pytest.mark.parametrize("seed", range(3))
def test_a_difference_that_a_choice_makes_turns_with_it(seed):
    found = over(corpus(np.random.default_rng(seed), **TURNS), wording=True)
    means = dict(found.options.filter(choice="weights").select("option", "mean").rows())
    assert means["outlets"] > 0 > means["passages"]
    assert found.choices["choice"][0] == "weights" and found.choices["share"][0] > 0.8
    why = limits(found)
    assert set(why) == {"frame_order|a|b", "frame_order|b|a"}
    assert "its sign turns in 7 of 21 specifications" in why["frame_order|a|b"]
    assert why["frame_order|a|b"].endswith("what counts equally: passages (100 % of these)")


def test_what_it_adds_to_a_claim():
    found = over(corpus(np.random.default_rng(1), **TURNS))
    numbers = {"value": "frame_order", "side": "a", "other": "b"}
    told = over_choices(Claim("Order", "described", "It differs.", ("why",), numbers), found)
    assert told.grade == "described" and told.reasons == ("why",) and told.numbers["same"] == pytest.approx(2 / 3)
    low, high = (found.table["estimate"].min(), found.table["estimate"].max())
    assert told.sentence.startswith("It differs. Over 3 specifications of defensible choices the difference runs from")
    assert f"{low:.2f} to {high:.2f} standard deviations" in told.sentence
    assert "it has this sign in 2, is larger" in told.sentence
    silent = Claim("Order", "withheld", "Nothing is said.", ("why",), numbers)
    assert over_choices(silent, found) is silent


@pytest.mark.filterwarnings("ignore:invalid value")
def test_a_mask_changes_the_text_that_is_encoded():
    documents = corpus(np.random.default_rng(1), **SURVIVES)
    found = over(documents, weights=("outlets",), mask=lambda text: text.replace("order", "bread"))
    assert found.table["names"].to_list() == ["kept", "masked"]
    assert 0 < found.table["estimate"][1] < found.table["estimate"][0]
    with pytest.raises(InputError, match=r"does not vary.*names: masked"):
        over(documents, mask=lambda text: "meadow " * 50)


@pytest.mark.parametrize(("words", "other"), [(80, 50), (60, 110)])
def test_the_study_s_own_choices_come_first(words, other):
    study = replace(open_study("teaching"), words=words, voice="all", copies="original")
    made = usual(study)
    assert (made.words, made.voice, made.copies) == ((words, other), ("all", "outlet"), ("original", "one", "all"))
    assert usual(study, anew=False).words == (words,)
    assert usual(replace(study, voice="quoted")).voice == ("quoted",)


def test_what_cannot_be_compared_is_said():
    documents = corpus(np.random.default_rng(1), **SURVIVES)
    with pytest.raises(InputError, match="no such frame"):
        robustness(documents, codebook(), frame="peace", sides=("a", "b"))
    with pytest.raises(InputError, match="no document of side 'z'"):
        robustness(documents, codebook(), frame="order", sides=("a", "z"), grid=grid())
