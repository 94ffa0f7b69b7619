import numpy as np
import pandas as pd
import polars as pl
import pytest
import statsmodels.formula.api as smf

from constructed import passages
from helpers.analyse.frames import Frames
from helpers.analyse.framing import framing
from helpers.charts.framing import framing_claims, own_passages
from helpers.codebook import Codebook, Frame
from helpers.errors import InputError

BOOK = Codebook(
    "tiny",
    "tiny.yml",
    {
        name: Frame(name, name.title(), f"What {name} is.", (), (), ("x",), (), (), name == "weather")
        for name in ("rights", "weather")
    },
    {},
)


def scored(rows: list[tuple], values: list[float], weather: list[float] | None = None, **settings: str) -> Frames:
    frame = passages(rows, frame_rights=values, frame_weather=weather or [0.0] * len(rows))
    return Frames(frame, pl.DataFrame(), None, {}, BOOK, settings.get("voice", "outlet"), "one", 7)  # type: ignore[arg-type]


def corpus(*, lift: float = 2.0, level: float = 5.0) -> Frames:
    """Twelve documents a side of three passages, the first with the term. East scores `level` higher in whatever it
    writes, and `lift` more beside the term."""
    rows, values = [], []
    for side, plus, more in (("east", level, lift), ("west", 0.0, 0.0)):
        for k in range(12):
            rows += [(f"{side}{k:02}", side, f"{side} {k % 2}", text) for text in ("the order", "a word", "a word")]
            values += [plus + more + k % 3, plus + 1.0, plus - 1.0]
    return scored(rows, values)


def test_each_document_is_its_own_control_by_hand() -> None:
    found = framing(corpus(), "order", "order")
    # East: (5 + 2 + k % 3) - mean(6, 4) = 2 + k % 3, of which the mean over k is 3; west: k % 3, mean 1.
    east, west = found.pairs.sides.filter(pl.col("value") == "frame_rights").iter_rows(named=True)
    assert (east["mean"], west["mean"]) == pytest.approx((3.0, 1.0))
    row = found.pairs.table.row(0, named=True)
    assert row["difference"] == pytest.approx(2.0) and row["low"] <= 2.0 <= row["high"]
    assert found.sides.rows() == [("east", 12, 12, 12, True, None), ("west", 12, 12, 12, True, None)]
    # Between the sides: east's passages with the term, 5 + 2 + k % 3, against k % 3.
    assert found.frames.contrasts.table["difference"][0] == pytest.approx(7.0)
    spread = (east["sd"] + west["sd"]) / 2
    drawn = found.table.filter((pl.col("side") == "east") & ~pl.col("control"))
    assert drawn.select("label", "mean", "n_passages").rows() == [("Rights", pytest.approx(3 / spread), 12)]


def test_what_a_side_always_does_drops_out() -> None:
    same = framing(corpus(lift=0.0, level=50.0), "order", "order").pairs.table
    assert same.filter(pl.col("value") == "frame_rights")["difference"].to_list() == pytest.approx([0.0])


def test_without_pairs_a_difference_need_not_be_about_the_term() -> None:
    rows = [(f"e{k:02}", "east", f"A{k % 2}", "order") for k in range(20)] + [
        (f"w{k:02}", "west", f"B{k % 2}", text) for k in range(20) for text in ("order", "word")
    ]
    found = framing(
        scored(rows, [float(k % 4 + 9 * (row[1] == "east")) for k, row in enumerate(rows)]), "order", "order"
    )
    assert found.pairs is None and found.table.is_empty() and found.floors == {}
    assert found.sides.select("side", "n_using", "n_paired", "asked").rows() == [
        ("east", 20, 0, True), ("west", 20, 20, True),
    ]  # fmt: skip
    (claim,) = framing_claims(found)
    assert claim.grade == "described" and "the difference has no counterpart" in " ".join(claim.reasons)
    assert own_passages(found).grade == "withheld"


def test_a_side_that_hardly_uses_the_term_is_not_asked() -> None:
    rows = [
        (f"{s}{k:02}", s, s, text) for s, n in (("east", 11), ("west", 9)) for k in range(n) for text in ("order", "w")
    ]
    found = framing(scored(rows, [1.0] * len(rows)), "order", "order")
    (claim,) = framing_claims(found)
    assert found.frames is None and claim.grade == "withheld"
    assert claim.reasons == (
        "The framing of order in West cannot be asked of this corpus: 9 of 9 documents have it, 10 are needed.",
    )


def test_only_the_voice_that_was_scored() -> None:
    given = corpus()
    quoted = Frames(given.passages.with_columns(voice=pl.lit("quoted")), given.table, given.contrasts, {}, BOOK,
                    "outlet", "one", 7)  # fmt: skip
    with pytest.raises(InputError, match="no passage in voice 'outlet'"):
        framing(quoted, "order", "order")


def test_the_difference_of_sides_is_that_of_least_squares_with_an_effect_for_each_document() -> None:
    """With one passage with the term and one without in each document, the paired difference is the coefficient of the
    interaction in a regression on documents, the term, and the term on the side (statsmodels)."""
    rng = np.random.default_rng(3)
    rows = [(f"{s}{k:02}", s, s, text) for s in ("east", "west") for k in range(15) for text in ("order", "word")]
    frame = scored(rows, rng.normal(size=len(rows)).tolist())
    found = framing(frame, "order", "order").pairs.table.row(0, named=True)["difference"]
    wanted = frame.passages.select("document_id", y="frame_rights", term=(pl.col("text") == "order").cast(pl.Int8),
                                   east=(pl.col("side") == "east").cast(pl.Int8))  # fmt: skip
    data = pd.DataFrame(wanted.to_dict(as_series=False))
    fitted = smf.ols("y ~ C(document_id) + term + term:east", data=data).fit()
    assert found == pytest.approx(fitted.params["term:east"], abs=1e-9)


def test_a_register_is_no_finding_and_a_planted_tie_is_found() -> None:
    """Twenty corpora each: that sides differ by two standard deviations in all that they write is found about as often
    as chance has it; a tie of the term to the frame on one side is found in most."""
    rng = np.random.default_rng(11)
    rows = [(f"{s}{k:02}", s, f"{s} {k % 4}", text) for s in ("east", "west") for k in range(48)
            for text in ("the order", "a word", "a word")]  # fmt: skip
    first = np.array([row[3] == "the order" for row in rows])
    east = np.array([row[1] == "east" for row in rows])
    told = {"register": 0, "tie": 0}
    for kind, tie in (("register", 0.0), ("tie", 1.0)):
        for _ in range(20):
            document = np.repeat(rng.normal(size=96), 3)
            values = document + 2.0 * east + tie * (first & east) + rng.normal(size=len(rows))
            weather = document + 2.0 * east + rng.normal(size=len(rows))
            found = framing(scored(rows, values.tolist(), weather.tolist()), "order", "order")
            row = found.pairs.table.row(0, named=True)
            told[kind] += row["low"] > 0 or row["high"] < 0
    assert told["register"] <= 4 and told["tie"] >= 16, told


def test_the_gate_speaks_of_ties() -> None:
    found = framing(corpus(), "order", "order")
    claim = framing_claims(found)[0]
    assert "the frame ‘Rights’ in passages with ‘order’" in claim.sentence and "need not be" not in str(claim.reasons)
    turned = framing_claims(framing(corpus(lift=-1.0), "order", "order"))[0]
    assert turned.grade == "described" and "need not be about the term" in " ".join(turned.reasons)
    assert "compared with its own other passages" in own_passages(found).caption
