"""Files that come back: what is used, what is refused and why, and that nothing goes by in silence."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from helpers.errors import InputError
from helpers.seminar.codes import STATES, read_codes, summary
from helpers.seminar.sheet import Key

KEY = Key(
    study="bridge", draw="d1d1d1", made="2026-03-02", frames=("rights", "growth"), sides=("state_media", "western"),
    settings={}, sheets={"A": (("a1", "one#000"), ("a2", "two#000")), "B": (("b1", "one#000"), ("b2", "six#001"))},
)  # fmt: skip


def saved(coder="A", *, draw="d1d1d1", when="2026-03-02T10:00:00.000Z", answers=None):
    """A file as a sheet saves it; by default both passages of sheet A with every code and guess."""
    full = [
        {"id": "a1", "codes": {"rights": 1, "growth": 0}, "guess": "s2", "seconds": 40},
        {"id": "a2", "codes": {"rights": None, "growth": 1}, "guess": None, "seconds": 25},
    ]
    return {"what": "codes of a coding sheet", "version": 1, "draw": draw, "coder": coder, "saved": when,
            "answers": full if answers is None else answers}  # fmt: skip


def put(folder, name, content):
    path = folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())


def files(returned):
    return {row["file"]: row for row in returned.files.iter_rows(named=True)}


NAME = "codes-A-d1d1d1.json"


def test_a_sheet_becomes_rows(tmp_path):
    put(tmp_path, NAME, saved())
    returned = read_codes(tmp_path, KEY)
    assert returned.codes.rows() == [
        ("A", "one#000", "growth", 0, 40.0),
        ("A", "one#000", "rights", 1, 40.0),
        ("A", "two#000", "growth", 1, 25.0),
        ("A", "two#000", "rights", None, 25.0),
    ]
    assert returned.guesses.rows() == [("A", "one#000", "western", 40.0), ("A", "two#000", None, 25.0)]
    assert returned.files.rows() == [(NAME, "A", "used", 2, 2, "2026-03-02T10:00:00+00:00", "")]
    assert summary(returned, KEY) == [
        "1 file; 1 of 2 sheets came back, with 3 codes (1 more unsure) and 1 guesses of the side",
        "not come back: B",
    ]


def test_the_latest_by_content_is_used_and_the_others_are_told(tmp_path):
    early = saved(when="2026-03-02T09:00:00Z", answers=[{"id": "a1", "codes": {"rights": 0}, "seconds": 5}])
    put(tmp_path, NAME, early)
    put(tmp_path, "codes-A-d1d1d1 (1).json", saved())
    put(tmp_path, "mail/codes-A-d1d1d1 (2).json", saved(when="2026-03-02T10:00:00.000Z"))
    returned = read_codes(tmp_path, KEY)
    told = files(returned)
    assert {name: row["state"] for name, row in told.items()} == {
        NAME: "older", "codes-A-d1d1d1 (1).json": "same", "mail/codes-A-d1d1d1 (2).json": "used",
    }  # fmt: skip
    assert told[NAME]["note"].endswith("is used; 1 code changed in between, or two people at sheet A")
    assert returned.codes.filter(frame="rights", id="one#000")["code"].to_list() == [1]


def test_part_of_a_sheet_is_used_and_said(tmp_path):
    put(tmp_path, NAME, saved(answers=[{"id": "a2", "codes": {"rights": 1}, "seconds": 9}]))
    returned = read_codes(tmp_path, KEY)
    assert returned.codes.rows() == [("A", "two#000", "rights", 1, 9.0)]
    assert files(returned)[NAME]["state"] == "part"
    assert files(returned)[NAME]["note"] == "sheet A: 0 of 2 passages coded"


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"", "empty"),
        (b"\x89PNG\x00\xff\xfe", "not text"),
        (b"hello", "no file that a coding sheet saves"),
        (b"[1, 2]", "no file that a coding sheet saves"),
        (json.dumps(saved()).encode()[:150], "cut off"),
        (json.dumps(saved(draw="0ther")).encode(), "of other sheets than these"),
        (json.dumps(saved(answers=[])).encode(), "without a single code"),
        (json.dumps(saved(coder="Q", answers=[])).encode(), "of no sheet"),
        (json.dumps(saved(answers=[{"id": t, "codes": {}} for t in ("a1", "b1")])).encode(), "sheets A and B"),
        (b" " * 2_000_001, "too large"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_reason_and_the_good_one_kept(tmp_path, content, note):
    put(tmp_path, NAME, saved())
    put(tmp_path, "zzz.json", content)
    returned = read_codes(tmp_path, KEY)
    assert files(returned)["zzz.json"]["state"] == "refused"
    assert note in files(returned)["zzz.json"]["note"]
    assert returned.codes.height == 4
    assert any("zzz.json" in line and note in line for line in summary(returned, KEY))


@pytest.mark.parametrize(
    "mangled",
    [
        json.dumps(saved()).replace('"', "”").encode(),
        b"Dear teacher, here it is:\n\n" + json.dumps(saved(), indent=1).encode() + b"\n\nBest, student A",
        ("\ufeff" + json.dumps(saved())).encode(),
        json.dumps(saved()).encode("utf-16"),
    ],
)
def test_what_mail_programs_do_is_mended(tmp_path, mangled):
    put(tmp_path, "codes-A-d1d1d1.txt", mangled)
    returned = read_codes(tmp_path, KEY)
    assert returned.codes.height == 4 and returned.guesses.height == 2


def test_a_renamed_file_and_a_wrong_letter_are_said(tmp_path):
    put(tmp_path, "from Ada.json", saved(coder="B"))
    row = files(read_codes(tmp_path, KEY))["from Ada.json"]
    assert row["coder"] == "A" and row["state"] == "used"
    assert row["note"] == "says sheet B, holds the passages of sheet A: taken as that; renamed; it is sheet A"


def test_answers_that_the_sheet_cannot_give_are_left_out_and_counted(tmp_path):
    answers = [
        {"id": "a1", "codes": {"rights": 7, "growth": True, "wealth": 1}, "guess": "s9", "seconds": "long"},
        {"id": "zz", "codes": {"rights": 1}},
        {"id": "a2", "codes": {"rights": 1, "growth": 0}, "guess": "s1", "seconds": -3},
        "nothing",
    ]
    put(tmp_path, NAME, saved(answers=answers))
    returned = read_codes(tmp_path, KEY)
    assert returned.codes.rows() == [("A", "two#000", "growth", 0, None), ("A", "two#000", "rights", 1, None)]
    assert returned.guesses.rows() == [("A", "two#000", "state_media", None)]
    assert "6 answers that this sheet cannot give" in files(returned)[NAME]["note"]


def test_files_with_the_same_fault_are_told_in_one_line(tmp_path):
    for n in range(5):
        put(tmp_path, f"old-{n}.json", saved(draw="0ther"))
    (line,) = [line for line in summary(read_codes(tmp_path, KEY), KEY) if "old-" in line]
    assert line.startswith("  old-0.json, old-1.json, old-2.json and 2 more: of other sheets than these")


def test_nothing_to_read_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        read_codes(tmp_path / "nowhere", KEY)
    with pytest.raises(InputError, match="no file has come back"):
        read_codes(tmp_path, KEY)


anything = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-2, 2)
    | some.text(max_size=5)
    | some.sampled_from(["a1", "b2", "s1"]),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.dictionaries(some.sampled_from(["id", "codes", "rights", "guess", "seconds", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=some.lists(anything, max_size=4), coder=anything, when=anything)
def test_whatever_stands_in_a_file_it_is_told_of(tmp_path, answers, coder, when):
    put(tmp_path, NAME, {"draw": "d1d1d1", "coder": coder, "saved": when, "answers": answers})
    returned = read_codes(tmp_path, KEY)
    (row,) = returned.files.iter_rows(named=True)
    assert row["state"] in STATES and (row["state"] == "used" or row["note"])
    assert set(returned.codes["code"].drop_nulls()) <= {0, 1}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=some.binary(max_size=200))
def test_any_bytes_are_no_crash(tmp_path, content):
    put(tmp_path, NAME, content)
    assert read_codes(tmp_path, KEY).files["state"].to_list() == ["refused"]
