"""The claim gate: every way to each grade, and the sentences literally."""

import json

import polars as pl
import pytest

from helpers.analyse.claims import GRADES, Claim, Gate, claims, is_open, judge, rest
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.thresholds import THRESHOLDS
from helpers.analyse.wording import Wording
from helpers.sides import side_name

ROW = {
    "value": "rights", "side": "state_media", "other": "western", "difference": -0.12, "low": -0.2, "high": -0.05,
    "standardised": -0.6, "std_low": -1.0, "std_high": -0.25, "sd": 0.2,
    "bca_low": -0.2, "bca_high": -0.05, "bca_differs": False, "null_floor": 0.3, "null_floor_kind": "outlets",
    "detectable": 0.54, "detectable_side": 0.9, "p": 2 / 70, "p_smallest": 2 / 70, "n_assignments": 70,
    "alone_low": -0.15, "alone_high": -0.08, "flips": None, "between": 0.1, "n_documents": 400, "n_texts": 390,
    "n_passages": 2000,
    "n_members": 4, "other_n_documents": 1500, "other_n_passages": 6000,
    "other_n_texts": 1450, "other_n_members": 4,
}  # fmt: skip
OPEN = Gate(validated={"rights": True})


def row(**changes):
    return {**ROW, **changes}


def test_a_contrast_that_passes_everything_is_claimed():
    assert judge(ROW, gate=OPEN) == ("claimed", ["permuting whole outlets gives p = 0.029 (smallest possible 0.029)"])


def test_a_claim_gives_the_p_of_its_family():
    told = judge(row(p_adjusted=0.04, n_values=12), gate=OPEN)
    why = "permuting whole outlets gives p = 0.029, 0.040 adjusted for 12 values (smallest possible 0.029)"
    assert told == ("claimed", [why])


CASES = [
    ("withheld", {"n_texts": 9}, OPEN, "cannot be asked of this corpus: 9 documents on one side, 10 needed"),
    ("withheld", {"other_n_texts": 0}, OPEN, "cannot be asked of this corpus: 0 documents on one side, 10 needed"),
    ("withheld", {"standardised": None}, OPEN, "the measure does not vary in these documents"),
    (
        "withheld",
        {},
        Gate(floors={"state_media|western": 0.7}, validated={"rights": True}),
        "its size, 0.60 standard deviations, is no larger than their largest difference on a control frame (0.70)",
    ),
    (
        "withheld",
        {},
        Gate(floors={"state_media|western": 0.6}, floor_name="the null floor"),
        "its size, 0.60 standard deviations, is no larger than the null floor (0.60)",
    ),
    (
        "described",
        {"low": -0.2, "high": 0.01},
        OPEN,
        "the interval includes zero; a difference under 0.54 standard deviations had less than an 80 % chance of being "
        "seen",
    ),
    ("described", {"low": 0.0, "high": 0.2, "detectable": None}, OPEN, "the interval includes zero"),
    (
        "suggested",
        {"p_adjusted": 0.2, "n_values": 12},
        OPEN,
        "permuting whole outlets gives p = 0.029, but 0.20 once adjusted for the 12 values that these two sides are "
        "compared on",
    ),
    (
        "described",
        {"unlike": "dates", "dates_alike": 0.54},
        OPEN,
        "the documents compared here are of other times (54 % alike): a difference may be one of times",
    ),
    (
        "described",
        {"unlike": "languages", "languages_alike": 0.0},
        OPEN,
        "the documents compared here are in other languages (0 % alike): a difference may be one of languages",
    ),
    (
        "suggested",
        {"unlike": "kinds", "kinds_alike": 0.0},
        OPEN,
        "the documents compared here are of other kinds (0 % alike): a difference may be one of kind",
    ),
    ("described", {"bca_high": 0.01}, OPEN, "the interval corrected for bias and skewness includes zero"),
    (
        "described",
        {"null_floor": 0.6},
        OPEN,
        "its size, 0.60 standard deviations, is inside the null floor (0.60): outlets of one side differ as much among "
        "themselves",
    ),
    (
        "described",
        {"null_floor": 0.7, "null_floor_kind": "documents"},
        OPEN,
        "its size, 0.60 standard deviations, is inside the null floor (0.70): halves of an outlet's documents differ "
        "as much, which is the optimistic measure",
    ),
    (
        "described",
        {"null_floor_all": 0.7, "n_values": 12},
        OPEN,
        "its size, 0.60 standard deviations, is inside the null floor of all 12 values (0.70): in one or another, "
        "outlets of one side differ as much among themselves",
    ),
    (
        "described",
        {"n_members": 2, "other_n_members": 2},
        OPEN,
        "neither side has 3 outlets: how far outlets of one side differ is not known",
    ),
    ("described", {"null_floor": None}, OPEN, "no null floor can be had"),
    ("described", {"low": None, "high": None}, OPEN, "no interval can be had"),
    (
        "described",
        {"n_members": 1},
        OPEN,
        "a side stands on 1 outlet of at least 10 documents: an outlet is not a side",
    ),
    (
        "described",
        {"other_n_members": 0},
        OPEN,
        "a side stands on 0 outlets of at least 10 documents: an outlet is not a side",
    ),
    (
        "described",
        {"alone_high": -0.03},
        OPEN,
        "leaving one outlet out leaves 25 % of it: it is that outlet's",
    ),
    ("described", {"flips": "TASS, Post"}, OPEN, "the sign turns when TASS or Post is left out"),
    (
        "suggested",
        {"p": 0.1, "p_smallest": 0.1},
        OPEN,
        "so few outlets cannot reach p = 0.05: the smallest possible is 0.10",
    ),
    (
        "suggested",
        {"p": 0.2},
        OPEN,
        "permuting whole outlets gives p = 0.20 (smallest possible 0.029); a difference under 0.90 standard deviations "
        "had less than an 80 % chance of p = 0.05",
    ),
    ("suggested", {"other_n_texts": 29}, OPEN, "29 documents on one side, 30 needed for a claim"),
    ("suggested", {}, Gate(), "the measure has not been validated by hand coding"),
    ("suggested", {}, Gate(validated={"rights": False}), "the measure has not been validated by hand coding"),
]


@pytest.mark.parametrize(("grade", "changes", "gate", "reason"), CASES)
def test_each_reason_alone_lowers_the_grade(grade, changes, gate, reason):
    assert judge(row(**changes), gate=gate) == (grade, [reason])


@pytest.mark.parametrize(
    ("changes", "gate"),
    [({"n_texts": 10}, OPEN), ({}, Gate(floors={"western|un": 9.0}, validated={"rights": True})),
     ({"p": 0.05}, OPEN), ({"n_texts": 30, "other_n_texts": 30}, OPEN), ({}, Gate(needs=False)),
     ({"n_members": 2, "other_n_members": 3}, OPEN), ({"bca_low": None, "bca_high": None}, OPEN),
     ({"null_floor": 0.599}, OPEN)],
)  # fmt: skip
def test_at_the_threshold_it_passes(changes, gate):
    grade, reasons = judge(row(**changes), gate=gate)
    assert grade == ("claimed" if changes != {"n_texts": 10} else "suggested"), reasons


def test_all_that_is_lacking_is_told_at_once():
    grade, reasons = judge(row(high=0.1, n_members=1, flips="Post"), gate=OPEN)
    assert grade == "described" and len(reasons) == 3
    grade, reasons = judge(row(p=0.3, n_texts=12), gate=Gate())
    assert grade == "suggested" and len(reasons) == 3


def test_copies_make_no_documents():
    """Twelve printings of one text are one text."""
    assert judge(row(n_documents=12, n_texts=1), gate=OPEN)[0] == "withheld"


def contrasts(*rows):
    outlets = [("state_media", "TASS", True), ("state_media", "Daily", True), ("state_media", "Tiny", False),
               ("western", "Post", True), ("western", "Ledger", True), ("western", "Courier", True),
               ("un", "Assembly", False)]  # fmt: skip
    members = pl.DataFrame(outlets, schema=["side", "member", "counted"], orient="row")
    table = pl.DataFrame(list(rows), infer_schema_length=None)
    return Contrasts(table, pl.DataFrame(), members, ("rights",), "score", 0.95, 2000, 7)


FRAME = Wording(
    {"rights": "Universal rights"}, quantity="the score of the frame ‘{}’", more="carry more of the frame ‘{}’"
)
THEME = Wording(
    {"rights": "trade"}, unit="points", quantity="the share of theme ‘{}’", more="write more of theme ‘{}’", held="held"
)
WORD = Wording({"rights": "order"}, unit="rate", quantity="the rate of ‘{}’", more="use ‘{}’ more often", held="held")


SENTENCES = [
    (
        ROW,
        OPEN,
        FRAME,
        "claimed",
        "Western outlets carry more of the frame ‘Universal rights’ than state media, by 0.60 standard deviations "
        "(95 % interval 0.25 to 1.00): 1,500 documents (6,000 passages) of 4 outlets against 400 documents "
        "(2,000 passages) of 4, whichever outlet is left out; "
        "the outlets' own voice, copies counted once.",
    ),
    (
        row(difference=0.12, low=0.05, high=0.2, alone_low=0.08, alone_high=0.15),
        Gate(),
        THEME,
        "suggested",
        "State media write more of theme ‘trade’ than Western outlets, by 12.0 percentage points "
        "(95 % interval 5.0 to 20.0): 400 documents (2,000 passages) of 4 outlets against 1,500 documents "
        "(6,000 passages) of 4, whichever outlet is left out; held.",
    ),
    (
        row(high=0.04),
        OPEN,
        WORD,
        "described",
        "Between these 1,500 documents (6,000 passages) of Courier, Ledger and Post and these 400 documents "
        "(2,000 passages) of Daily and TASS, the rate of ‘order’ differs by 0.1 per 10,000 words "
        "(95 % interval 0.0 to 0.2), which may be nothing: a difference under 0.1 per 10,000 words would not reliably "
        "have been seen; held.",
    ),
    (
        row(low=None, high=None, std_low=None, std_high=None),
        OPEN,
        FRAME,
        "described",
        "In these 1,500 documents (6,000 passages) of Courier, Ledger and Post, the score of the frame ‘Universal "
        "rights’ is higher by 0.60 standard deviations (no interval) than in these 400 documents (2,000 passages) "
        "of Daily and TASS; the outlets' own voice, copies counted once.",
    ),
    (
        row(other="un", n_texts=3),
        OPEN,
        FRAME,
        "withheld",
        "Nothing is said of the score of the frame ‘Universal rights’ between state media and UN texts.",
    ),
]


@pytest.mark.parametrize(("numbers", "gate", "wording", "grade", "sentence"), SENTENCES)
def test_sentences_literally(numbers, gate, wording, grade, sentence):
    (made,) = claims(contrasts(numbers), wording=wording, gate=gate)
    assert (made.grade, made.sentence) == (grade, sentence)
    assert made.numbers["difference"] == numbers["difference"] and made.reasons


def test_a_described_sentence_names_outlets_and_never_sides():
    (made,) = claims(contrasts(row(flips="Post")), wording=FRAME, gate=OPEN)
    assert "TASS" in made.sentence and "Post" in made.sentence
    assert "state media" not in made.sentence.lower() and "western" not in made.sentence.lower()


def test_many_contrasts_are_counted_and_sorted_by_grade_and_size():
    rows = [row(n_texts=2), row(standardised=-0.4), row(standardised=-0.9), row(high=0.3), row(p=0.5)]
    made = claims(contrasts(*rows), wording=FRAME, gate=OPEN)
    assert [claim.grade for claim in made] == ["claimed", "claimed", "suggested", "described", "withheld"]
    assert [claim.numbers["standardised"] for claim in made[:2]] == [-0.9, -0.4]
    for claim in made:
        told = "one of 5 contrasts made here; p is not adjusted for their number" in claim.reasons
        assert told == (claim.grade in ("claimed", "suggested"))
    assert claims(contrasts(*rows), wording=FRAME, values=["other"]) == []


def test_an_interval_that_its_check_does_not_bear_out_is_told():
    (made,) = claims(contrasts(row(bca_differs=True, bca_low=-0.24, bca_high=-0.02)), wording=FRAME, gate=OPEN)
    assert made.grade == "claimed"
    assert made.reasons[-1] == "corrected for bias and skewness the interval is -1.20 to -0.10 standard deviations"


@pytest.mark.parametrize(
    ("wording", "least"),
    [(FRAME, "a difference under 0.54 standard deviations"), (THEME, "a difference under 10.8 percentage points"),
     (WORD, "a difference under 0.1 per 10,000 words")],
)  # fmt: skip
def test_what_could_not_have_been_seen_is_told_in_the_unit_of_the_sentence(wording, least):
    """.54 standard deviations of .2 each are .108: 10.8 points of a share."""
    (made,) = claims(contrasts(row(high=0.01, std_high=0.05)), wording=wording, gate=OPEN)
    assert f"which may be nothing: {least} would not reliably have been seen;" in made.sentence
    (silent,) = claims(contrasts(row(high=0.01, std_high=0.05, detectable=None)), wording=wording, gate=OPEN)
    assert "which may be nothing;" in silent.sentence


def test_what_is_withheld_is_counted_by_reason():
    gate = Gate(floors={"state_media|western": 0.7})
    rows = [ROW, row(other="un"), row(n_texts=2), row(other="un", n_texts=2)]
    made = claims(contrasts(*rows), wording=FRAME, gate=gate)
    summary = rest(made, [claim for claim in made if claim.grade != "withheld"], topic="frames")
    assert summary.grade == "withheld" and summary.sentence == "Of 4 contrasts of frames, 3 are withheld."
    assert summary.reasons == (
        "between state media and UN texts, cannot be asked of this corpus, with too few documents on one side: "
        "Universal rights",
        "between state media and Western outlets, cannot be asked of this corpus, with too few documents on one side: "
        "Universal rights",
        "between state media and Western outlets, no larger than what the two sides differ by on a control frame: "
        "Universal rights",
    )
    (alone,) = claims(contrasts(ROW), wording=FRAME, gate=OPEN)
    assert rest([alone], [alone], topic="frames") is None


def test_what_may_be_nothing_and_what_is_not_told_is_counted():
    made = claims(contrasts(ROW, row(high=0.01, std_high=0.05), row(other="un")), wording=FRAME, gate=OPEN)
    assert sorted(map(is_open, made)) == [False, False, True]
    summary = rest(made, [claim for claim in made if not is_open(claim)][:1], topic="frames")
    assert summary.sentence == "Of 3 contrasts of frames, 1 may be nothing and 1 more stands in the table."
    assert summary.grade == "withheld"
    assert summary.reasons == ("between state media and Western outlets, the interval includes zero: Universal rights",)


def test_what_is_withheld_comes_first_and_names_with_commas_are_parted():
    made = [
        Claim(topic, "withheld", "Nothing.", ("the measure does not vary",), {"side": "western", "other": "un"})
        for topic in ("wto, trade", "war")
    ]
    open_ = Claim("un, charter", "described", "It may.", (), {"side": "a", "other": "b", "low": -1.0, "high": 1.0})
    assert rest([open_, *made], [], topic="themes").reasons == (
        "between Western outlets and UN texts, the measure does not vary: war; wto, trade",
        "between A and B, the interval includes zero: un, charter",
    )


def test_a_side_without_the_term_is_counted_in_words_and_without_its_own_sentence():
    why = "How UN texts use order cannot be asked of this corpus: 3 of 20 documents have it, 10 are needed."
    silent = Claim("order", "withheld", "Nothing.", (why,), {"side": "western", "other": "un"})
    (told,) = rest([silent], [], topic="rates").reasons
    assert told.endswith("UN texts, cannot be asked of this corpus, with too few documents on one side: order")


def test_every_threshold_has_a_reason_and_is_used():
    assert set(THRESHOLDS) == {
        "documents_to_ask", "documents_to_claim", "outlets_to_suggest", "kept_to_suggest", "null_percentile",
        "outlets_to_split", "power", "p_to_claim", "dates_alike", "kinds_alike", "languages_alike",
    }  # fmt: skip
    assert all(len(threshold.reason) > 30 for threshold in THRESHOLDS.values())
    assert {grade for grade, *_ in CASES} | {"claimed"} == set(GRADES)


def test_a_claim_shows_itself_as_text_html_and_json_and_hostile_names_do_nothing():
    claim = Claim("<b>", "described", "<script>alert(1)</script>", ("<img src=x>",), {"p": 0.1, "low": None})
    shown = claim._repr_mimebundle_()
    assert shown["text/plain"] == "[described] <script>alert(1)</script>\n  - <img src=x>"
    assert "<script>" not in shown["text/html"] and "<img" not in shown["text/html"]
    kept = json.loads(json.dumps(shown["application/vnd.workbench.claim+json"]))
    assert kept["grade"] == "described" and kept["numbers"] == {"p": 0.1, "low": None}


def test_many_outlets_are_counted_and_named_among_the_reasons():
    outlets = pl.DataFrame([("a", f"O{i:02}", True) for i in range(23)] + [("b", "P", True)], orient="row",
                           schema=["side", "member", "counted"])  # fmt: skip
    one = row(side="a", other="b", flips="P", difference=0.12, standardised=0.6, std_low=0.25, std_high=1.0)
    made = Contrasts(pl.DataFrame([one]), pl.DataFrame(), outlets, ("rights",), "score", 0.95, 2000, 7)
    (claim,) = claims(made, wording=FRAME, gate=OPEN)
    assert "passages) of 23 outlets, the score" in claim.sentence
    assert claim.sentence.endswith("passages) of P; the outlets' own voice, copies counted once.")
    assert claim.reasons[-1].startswith("the 23 of A: O00, O01") and claim.reasons[-1].endswith("O19 and 3 others")


def test_names_of_sides():
    assert [side_name(side) for side in ("state_media", "western", "un", "brics_plus")] == [
        "state media", "Western outlets", "UN texts", "Brics plus",
    ]  # fmt: skip
