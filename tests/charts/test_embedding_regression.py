import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from helpers import charts
from helpers.analyse.claims import Claim, rest
from helpers.analyse.cosine_ratios import CosineRatios
from helpers.analyse.embedding_regression import regress
from helpers.analyse.nearest_windows import nearest_windows
from helpers.charts.base import Figure
from helpers.charts.sense_claims import judge, sense_claims
from windowed import windowed


def corpus(apart: float, *, seed: int = 1, n: int = 30, sides: int = 2):
    """Sides of four outlets each, `apart` radians between them, outlets .02 and texts .3 around them."""
    rng = np.random.default_rng(seed)
    rows = [(f"{side}{o}-{k:02}", f"side_{side}", f"Outlet {side}{o}")
            for side in "abc"[:sides] for o in range(4) for k in range(n)]  # fmt: skip
    angles = np.repeat(np.arange(sides) * apart, 4 * n) + np.repeat(rng.normal(0, 0.02, 4 * sides), n)
    angles = angles + rng.normal(0, 0.3, len(rows))
    return windowed(rows, np.stack([np.cos(angles), np.sin(angles)], axis=1), without={"side_z": 40})


FAR, NEAR = regress(corpus(0.8)), regress(corpus(0.0, seed=2))


def test_the_grades() -> None:
    told = sense_claims(FAR, NEAR)
    assert [claim.grade for claim in told] == ["claimed", "withheld", "withheld"]
    assert told[0].sentence.startswith("Side a use ‘term’ in other contexts than Side b: a squared distance of 0.")
    assert "120 documents (120 uses of the term) of 4 outlets against" in told[0].sentence
    assert "the same documents lie" in told[0].sentence and "copies counted once" in told[0].sentence
    assert told[1].reasons == (
        "cannot be asked of this corpus: 0 of 40 documents of Side z have ‘term’, and 10 texts are needed",
    )
    assert "How Side a and Side z use the term ‘term’ is not compared." in [claim.sentence for claim in told]
    # The contexts are alike: the interval holds zero. And far apart, but no farther than elsewhere.
    alike = sense_claims(NEAR, NEAR)[0]
    assert alike.grade == "described" and "which may be nothing" in alike.sentence
    same = sense_claims(FAR, FAR)[0]
    assert same.grade == "described" and "lie no farther apart than the same documents do elsewhere" in same.sentence
    assert any("no more than what the same documents differ" in reason for reason in same.reasons)
    assert "stands in other contexts than" not in same.sentence
    assert sense_claims(FAR)[0].grade == "described"


def test_each_threshold_by_hand() -> None:
    row = FAR.table.row(0, named=True)
    control = {"squared_norm": 0.0}
    assert judge(row, control=control)[0] == "claimed"
    for change, grade, words in (
        ({"low": -0.01}, "described", "the interval includes zero"),
        ({"low": -0.3, "high": -0.1, "squared_norm": -0.2}, "described", "the interval includes zero"),
        ({"low": None}, "described", "no interval can be had"),
        ({"null_floor": 9.0}, "described", "outlets of one side differ as much"),
        ({"null_floor": None, "by_outlets": 9.0}, "described", "what outlets of one side differ by"),
        ({"n_members": 1, "p": None, "p_smallest": None}, "described", "1 outlet with the term"),
        ({"alone_low": 0.0, "weakest": "Outlet a0"}, "described", "leaving Outlet a0 out leaves 0 % of it"),
        ({"p_smallest": 0.1, "p": 0.1}, "suggested", "cannot reach p = 0.05"),
        ({"p": 0.2}, "suggested", "gives p = 0.20"),
        ({"n_texts": 20}, "suggested", "20 documents on one side, 30 needed"),
        ({"asked": False, "said": "Year cannot be held fixed."}, "withheld", "year cannot be held fixed"),
    ):
        given, reasons = judge(row | change, control=control)
        assert given == grade and any(words in reason for reason in reasons), change
    assert "interval does not" not in judge(row, control=None)[1][0]


def test_withheld_ones_are_counted_with_their_reason() -> None:
    made = sense_claims(FAR, NEAR)
    told = rest(made, made[:1], topic="contexts")
    assert told.sentence == "Of 3 contrasts of contexts, 2 are withheld."
    assert told.reasons[0].endswith("cannot be asked of this corpus, with too few documents on one side: term")


def test_norms_draw_zero_negative_values_and_the_control() -> None:
    figure = charts.embedding_regression.norms(NEAR, NEAR)
    assert isinstance(figure, Figure)
    assert figure.table["where"].to_list() == ["around ‘term’", "elsewhere in these documents"]
    spec = figure.chart.to_dict()
    assert figure.table["low"].min() < 0 and json.dumps(spec).count('"domain": [') >= 1
    low = figure.table["low"].min()
    assert f'"domain": [{low}' in json.dumps(spec)
    assert any("Cannot be asked of this corpus: 0 of 40" in note for note in figure.notes)
    nothing = charts.embedding_regression.norms(regress(corpus(0.0, n=2)))
    assert isinstance(nothing, Claim) and nothing.grade == "withheld"


@pytest.fixture
def ratios() -> CosineRatios:
    table = pl.DataFrame(
        {"side": "side_a", "other": "side_b", "word": ["<b>law</b>", "peace", "war"], "kind": "word",
         "ratio": [6.0, 1.1, 0.5], "low": [3.0, 0.8, 0.3], "high": [float("inf"), 1.4, 0.9], "cosine": [0.6, 0.5, 0.2],
         "other_cosine": [0.1, 0.45, 0.4], "n_documents": [3, 4, 0], "other_n_documents": [0, 2, 5]}
    )  # fmt: skip
    sides = pl.DataFrame({"side": ["side_a", "side_b"], "n_texts": [30, 40]})
    return CosineRatios(table, sides, 3, "term", 12, "toy", "outlet", "one", 7)


def test_words_diverge_and_are_cut_at_the_edge(ratios: CosineRatios) -> None:
    figure = charts.embedding_regression.words(ratios, "side_a", "side_b")
    assert isinstance(figure, Figure)
    assert figure.caption.startswith(
        "Contexts of ‘term’ in 30 texts of Side a and 40 texts of Side b. Of 3 words near them, 2 lie nearer"
    )
    assert figure.notes == ("1 word with a ratio or limit beyond 4 times drawn to the edge.",)
    assert figure.table["high"].max() == float("inf")
    drawn = json.dumps(figure.chart.to_dict())
    assert "Infinity" not in drawn and '"type": "log"' in drawn
    absent = charts.embedding_regression.words(ratios, "side_a", "side_z")
    assert isinstance(absent, Claim) and "cannot be asked" in absent.reasons[0]


def test_results_show_themselves_and_run_nothing(ratios: CosineRatios) -> None:
    found = corpus(0.4, n=12)
    hostile = found.table.with_columns(
        before=pl.lit("<script>alert(1)</script> "), match=pl.lit("TERM"), after=pl.lit(" of term</blockquote>"),
        title=pl.lit("<img src=x onerror=alert(1)>"),
    )  # fmt: skip
    found = replace(found, table=hostile, term="<i>term</i>")
    made = regress(found)
    near = nearest_windows(found, made)
    for shown in (found._repr_html_(), made._repr_html_(), near._repr_html_(), ratios._repr_html_()):
        assert not any(tag in shown for tag in ("<script", "<img", "<i>", "<b>law"))
    read = near._repr_html_()
    # Every place that was masked is marked where it stood.
    assert "<mark>TERM</mark> of <mark>term</mark>" in read and "&lt;script&gt;" in read
    assert "Cannot be asked of this corpus" in made._repr_html_() and "cannot be asked" in read.lower()
