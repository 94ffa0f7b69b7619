"""Pictures of echoes, precursors and paraphrases: drawn, withheld where nothing can be asked, and harmless."""

import dataclasses
import datetime

import polars as pl

from echoed import drawn
from helpers.analyse.claims import Claim
from helpers.analyse.echoes import echoes
from helpers.analyse.paraphrases import paraphrases
from helpers.analyse.precursors import ROUGH, precursors
from helpers.charts import echoes as charts
from helpers.charts import precursors as before
from helpers.charts.base import Figure

HOSTILE = "<script>alert(1)</script>"


def found(**columns):
    frame = drawn(3, planted=20).passages.with_columns(**columns)
    return frame, echoes.__wrapped__(frame, lag=7, shuffles=49)


def test_the_null_is_drawn_beside_what_was_found():
    _, made = found()
    figure = charts.null(made)
    assert isinstance(figure, Figure) and "same meaning: 2" in figure.caption and "Within 7 days" in figure.caption
    assert set(figure.table["of"]) == {"found", "other days", "own pairs"} and figure.chart.to_dict()["vconcat"]


def test_who_follows_whom_stands_beside_chance():
    _, made = found()
    figure = charts.follows(made)
    assert isinstance(figure, Figure) and figure.chart.to_dict()
    assert {"source", "follower", "n", "expected", "expected_high", "p", "p_smallest"} <= set(figure.table.columns)
    assert f"{figure.table['n'].sum()} pairs of documents" in figure.caption


def test_where_nothing_is_found_it_is_said():
    frame = drawn(3, documents=20).passages
    made = echoes.__wrapped__(frame, lag=7, shuffles=9)
    assert isinstance(charts.follows(made), Claim) and charts.follows(made).reasons == ("no echo was found",)
    assert "No echo of known order" in charts.ledger(made).data and "No echo is found within 7 days" in charts._counted(
        made
    )


def test_the_ledger_marks_what_is_shared_and_runs_nothing():
    frame, made = found(title=pl.lit(HOSTILE), url=pl.lit("javascript:alert(1)"))
    shown = charts.ledger(made, most=2).data
    assert shown.count("earliest known") == 2 and "<mark>w" in shown and "more in the result" in shown
    for text in (shown, made._repr_html_(), paraphrases(frame, least_cosine=0.3)._repr_html_()):
        assert "<script>" not in text and "javascript:" not in text
    assert "&lt;script&gt;" in shown


def test_a_run_is_marked_whole():
    frame = drawn(3, planted=20, verbatim=True).passages
    made = echoes.__wrapped__(frame.with_columns(text=pl.col("text").str.replace("w1", "w1 <b>")), lag=7, shuffles=9)
    shown = charts.ledger(made, kind="verbatim", most=1).data
    assert shown.count("<mark>") == 2 and "<b>" not in shown and "words in a row" in shown


def test_precursors_are_drawn_with_their_placebo():
    frame, made = found()
    shares = precursors(frame, made, source="a", shuffles=49)
    figure = before.shares(shares)
    assert (
        isinstance(figure, Figure) and figure.chart.to_dict() and "mean of its outlets" in figure.table["of"].to_list()
    )
    assert before.precursor_claims(shares) == [], "one side alone is asked"
    assert "placebo" in shares._repr_html_()
    assert f"within {shares.within} days" in figure.notes[0]
    long = before.shares(dataclasses.replace(shares, within=ROUGH))
    assert "within two years (most of its dates are known to the year only)" in long.notes[0]


def test_two_sides_are_compared_through_the_gate():
    frame, made = found(side=pl.col("outlet").replace({"o0": "un", "o1": "east", "o2": "west", "o3": "west"}))
    shares = precursors(frame, made, shuffles=49)
    (claim,) = before.precursor_claims(shares)
    assert claim.grade in ("described", "withheld") and "earlier UN texts" in claim.sentence
    assert before.shares(shares).caption == claim.sentence


def test_a_source_that_nothing_follows_is_withheld():
    frame, made = found(side=pl.when(pl.col("outlet") == "o0").then(pl.lit("un")).otherwise(pl.lit("east")))
    late = frame.with_columns(
        date=pl.when(pl.col("side") == "un").then(pl.lit(datetime.date(2030, 1, 1))).otherwise("date")
    )
    withheld = before.shares(precursors(late, made, shuffles=9))
    assert isinstance(withheld, Claim) and "cannot be asked" in withheld.sentence
