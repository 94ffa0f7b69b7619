"""`workbench seminar`: from the plan to the codes, what is written, and what is said when something is not there."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from helpers import cli
from helpers.seminar.sheet import read_key
from seminar.conftest import workplace  # noqa: F401  (the fixture)

SHEET = ("seminar", "sheet", "town", "--coders", "3", "--common", "6", "--own", "2")
FOLDER = Path("seminar/town")


def answered(key, coder, *, said=1):
    """A file that sheet `coder` could have saved: `said` for every code, the first side guessed."""
    answers = [
        {"id": token, "codes": dict.fromkeys(key.frames, said), "guess": "s1", "seconds": 30}
        for token, _ in key.sheets[coder]
    ]
    return {"draw": key.draw, "coder": coder, "saved": "2026-03-02T10:00:00Z", "answers": answers}


def put(key, coder, **more):
    path = FOLDER / "returned" / f"codes-{coder}-{key.draw}.json"
    path.write_text(json.dumps(answered(key, coder, **more)), encoding="utf-8")


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    monkeypatch.delenv("WORKBENCH_REPORT", raising=False)


def test_a_sheet_is_drawn_once_and_written_again_with_the_same_tokens(workplace, capsys):  # noqa: F811
    assert cli.main(list(SHEET)) == 0
    told = capsys.readouterr().out
    assert (
        "3 sheets in" in told and "8 passages each" in told and "how far a classifier still tells sides apart" in told
    )
    key = read_key(FOLDER / "key.json")
    assert key.settings["coders"] == 3 and key.settings["seed"] == 7
    names = {"key.json", "draw.parquet", "sample.parquet", "names.csv", "sheets", "returned"}
    assert {path.name for path in FOLDER.iterdir()} == names
    (FOLDER / "sheets" / "coder-B.html").unlink()
    assert cli.main(list(SHEET)) == 0
    assert read_key(FOLDER / "key.json") == key
    assert sorted(path.name for path in (FOLDER / "sheets").iterdir()) == [f"coder-{c}.html" for c in "ABC"]


def test_other_sheets_are_no_accident(workplace, capsys):  # noqa: F811
    assert cli.main(list(SHEET)) == 0
    key = read_key(FOLDER / "key.json")
    put(key, "A")
    assert cli.main([*SHEET[:-1], "3"]) == 2
    said = capsys.readouterr().err
    assert "other sheets of this study were drawn before" in said and "--fresh" in said
    assert read_key(FOLDER / "key.json") == key
    assert cli.main([*SHEET[:-1], "3", "--fresh"]) == 0
    assert read_key(FOLDER / "key.json").draw != key.draw
    assert read_key(FOLDER / "earlier" / key.draw / "key.json") == key, "nothing that was handed out is lost"
    assert len(list((FOLDER / "earlier" / key.draw / "returned").iterdir())) == 1
    assert list((FOLDER / "returned").iterdir()) == []


def test_no_sheet_says_whose_a_passage_is(workplace):  # noqa: F811
    assert cli.main(list(SHEET)) == 0
    sample = pl.read_parquet(FOLDER / "sample.parquet")
    for path in (FOLDER / "sheets").iterdir():
        page = path.read_text(encoding="utf-8")
        for row in sample.iter_rows(named=True):
            for secret in (row["outlet"], row["document_id"], row["url"], row["title"], "state_media"):
                assert secret not in page


def test_codes_of_a_part_of_the_class(workplace, capsys):  # noqa: F811
    assert cli.main(list(SHEET)) == 0
    key = read_key(FOLDER / "key.json")
    put(key, "A")
    put(key, "C", said=0)
    (FOLDER / "returned" / "holiday.jpg").write_bytes(b"\xff\xd8\xff")
    capsys.readouterr()
    assert cli.main(["seminar", "codes", "town"]) == 0
    told = capsys.readouterr().out
    assert "3 files; 2 of 3 sheets came back, with 32 codes" in told
    assert "not come back: B" in told and "holiday.jpg: not text" in told
    assert "agreement of coders" in told and "machine against coders" in told
    codes = pl.read_parquet(FOLDER / "codes.parquet")
    assert codes.columns == ["coder", "id", "frame", "code", "seconds"] and codes.height == 2 * 8 * 2
    assert codes.group_by("coder").agg(pl.col("code").sum()).sort("coder").rows() == [("A", 16), ("C", 0)]
    for name in ("codes", "guesses", "returned", "agreement", "pairs", "disputed", "machine"):
        assert (FOLDER / f"{name}.csv").is_file()
    assert pl.read_csv(FOLDER / "returned.csv").filter(pl.col("state") == "refused")["file"].to_list() == [
        "holiday.jpg"
    ]


def test_files_may_lie_elsewhere(workplace, capsys):  # noqa: F811
    assert cli.main(list(SHEET)) == 0
    put(read_key(FOLDER / "key.json"), "A")
    shutil.move(FOLDER / "returned", "inbox")
    assert cli.main(["seminar", "codes", "town"]) == 2
    assert "no such folder" in capsys.readouterr().err
    assert cli.main(["seminar", "codes", "town", "--from", "inbox"]) == 0


def test_what_is_not_there_is_said_with_the_next_step(workplace, capsys):  # noqa: F811
    assert cli.main(["seminar", "codes", "town"]) == 2
    assert "`workbench seminar sheet STUDY` first" in capsys.readouterr().err
    assert cli.main(list(SHEET)) == 0
    assert cli.main(["seminar", "reveal", "town"]) == 2
    assert "no file has come back yet" in capsys.readouterr().err
    (FOLDER / "returned" / "a.json").write_text("{}", encoding="utf-8")
    assert cli.main(["seminar", "codes", "town"]) == 2
    assert "no file could be used" in capsys.readouterr().err
    assert cli.main(["seminar", "sheet", "town", "--frames", "rigths"]) == 2
    assert "no frame 'rigths'" in capsys.readouterr().err
    assert cli.main(["seminar", "sheet", "town", "--coders", "500"]) == 2
    assert "the class would read" in capsys.readouterr().err


def test_a_plan_before_and_after_the_sheets(workplace, capsys):  # noqa: F811
    shipped = Path(__file__).resolve().parents[2] / "notebooks" / "seminar"
    shutil.copytree(shipped, workplace / "notebooks" / "seminar")
    assert cli.main(["seminar", "plan", "town", "--coders", "9", "--common", "5", "--own", "5"]) == 0
    assert capsys.readouterr().out.endswith(f"open {(FOLDER / 'plan.html').resolve().as_uri()}\n")
    page = (FOLDER / "plan.html").read_text(encoding="utf-8")
    assert "9 coders, 10 passages each" in page and "Growth" in page
    assert "workbench seminar sheet town --coders 9 --common 5 --own 5</code>" in page
    assert cli.main(list(SHEET)) == 0
    assert cli.main(["seminar", "plan", "town"]) == 0
    page = (FOLDER / "plan.html").read_text(encoding="utf-8")
    assert "3 coders, 8 passages each" in page
    assert f"workbench {' '.join(SHEET)}</code>" in page, "the command that writes these sheets again"
    for who, there in (("students", False), ("teacher", True)):
        books = sorted((FOLDER / "notebooks" / who).glob("*.ipynb"))
        assert len(books) == 4
        assert all(("For the teacher" in book.read_text(encoding="utf-8")) == there for book in books)
