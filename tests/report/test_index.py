"""The first screen of a study: the strongest of each page, what is withheld and why, and nothing twice."""

from helpers.report.index import counted, findings, in_short
from helpers.report.page import Entry, Page

LONG = (
    "UN texts give more of their passages to the theme ‘bridges’ than Western outlets, by 20.4 percentage points "
    "(95 % interval 14.4 to 25.9): 56 documents (174 passages) of 4 outlets against 61 documents of 4."
)
NONE = {"grade": "described", "sentence": "Of 3 contrasts of themes, 0 are withheld.", "reasons": []}


def claim(grade, sentence, *reasons, **numbers):
    return {"grade": grade, "sentence": sentence, "reasons": list(reasons), "numbers": numbers}


def page(name, *claims):
    return Page(Entry(name, f"{name}: a question"), "", claims, {}, None, None, "", "", {}, None)


def test_strongest_first_each_once_and_what_was_seen_before_what_was_not():
    found = findings(
        page(
            "themes",
            claim("described", "Nothing much.", low=-1.0, high=1.0),
            claim("described", "Something.", low=0.1, high=1.0),
            claim("claimed", LONG, "p = .029", low=14.4, high=25.9),
            claim("described", "Something.", low=0.1, high=1.0),
            NONE,
        )
    )
    assert [(one.grade, one.seen, one.sentence) for one in found] == [
        ("claimed", True, LONG),
        ("described", True, "Something."),
        ("described", False, "Nothing much."),
    ]
    assert counted(found) == {"claimed": 1, "described": 2}


def test_a_long_sentence_stands_short_with_its_numbers_folded():
    (one,) = findings(page("themes", claim("claimed", LONG, "p = .029", low=1.0, high=2.0)))
    before, folded = one.shown.split("<details>")
    assert "(95 % interval 14.4 to 25.9)</p>" in before and "174 passages" not in before
    assert "174 passages" in folded and "p = .029" in folded


def test_why_something_is_withheld_is_said_without_its_list():
    reason = "between UN texts and state media, no larger than on a control frame: Rights, Order"
    (one,) = findings(page("frames", claim("withheld", "Of 3 contrasts, 2 are withheld.", reason)))
    assert one.why == "No larger than on a control frame."
    (bare,) = findings(page("frames", claim("withheld", "Not shown.")))
    assert bare.why == ""


def test_the_head_has_one_finding_of_each_page_and_none_that_was_not_seen():
    pages = [
        page("a", claim("described", "A.", low=1.0, high=2.0), claim("described", "A too.", low=1.0, high=2.0)),
        page("b", claim("claimed", "B.", "p", low=1.0, high=2.0)),
        page("c", claim("described", "C may be nothing.", low=-1.0, high=2.0)),
        page("d", claim("withheld", "D.", "too few")),
        page("e"),
        page("f", claim("claimed", "B.", "p", low=1.0, high=2.0), claim("described", "F.", low=1.0, high=2.0)),
    ]
    assert [one.sentence for one in in_short([findings(each) for each in pages])] == ["B.", "A.", "F."]


def test_an_unknown_grade_is_withheld():
    (one,) = findings(page("a", {"grade": "<b>proven</b>", "sentence": "A."}))
    assert one.grade == "withheld" and "proven" not in one.shown
