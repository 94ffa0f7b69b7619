import json
from pathlib import Path
from typing import Any

import pytest

from helpers.cli import main
from helpers.corpora import load_focus
from helpers.errors import InputError
from helpers.study import Study, parse_study
from helpers.tables import DOCUMENTS

STORY = (
    "The council of the river states met on Monday to settle who may draw water in a dry year, and heard from all of "
    "its members before it put the vote off until the spring."
)


def study(folder: Path, *focus: str, **given: Any) -> Study:
    given = {"name": "own", "corpus": "a.jsonl", "focus": list(focus),
             "sides": {"upper": ["Hill Post"], "lower": ["Delta Times", "The Warden"]}, **given}  # fmt: skip
    return parse_study(json.dumps(given), path=folder / "own.yml")


def test_a_text_that_workbench_read_wrote(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(STORY, encoding="utf-8")
    out = tmp_path / "article.parquet"
    options = ["--side", "upper", "--outlet", "Ferry News", "--date", "2024-03", "--out", str(out)]
    assert main(["read", str(tmp_path / "article.txt"), *options]) == 0
    found = load_focus(study(tmp_path, "article.parquet"))
    assert found.columns == list(DOCUMENTS)
    row = found.row(0, named=True)
    assert (row["side"], row["outlet"], row["text"], row["date_precision"]) == ("upper", "Ferry News", STORY, "month")
    assert str(row["date"]) == "2024-03-01" and found.height == 1


def test_sides_are_those_of_the_study(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "outlet": "Hill Post", "side": "lower", "text": STORY},
        {"id": "2", "outlet": "Assembly", "speaker": "The Warden", "text": f"{STORY} And again."},
        {"id": "3", "outlet": "Assembly", "side": "elsewhere", "text": f"{STORY} And once more."},
        {"id": "4", "outlet": "Hill Post (Sunday)", "text": f"{STORY} Amen."},
    ]
    (tmp_path / "new.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    found = load_focus(study(tmp_path, "new.jsonl", same_house={"Hill Post": ["Hill Post (Sunday)"]}))
    assert found.select("id", "side", "outlet").rows() == [
        ("1", "upper", "Hill Post"), ("2", "lower", "Assembly"), ("3", None, "Assembly"), ("4", "upper", "Hill Post"),
    ]  # fmt: skip


def test_beside_the_study_then_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, studies = tmp_path / "here", tmp_path / "studies"
    for folder in (here, studies):
        folder.mkdir()
        (folder / "a.txt").write_text(f"{STORY} In {folder.name}.", encoding="utf-8")
    (here / "b.txt").write_text(f"{STORY} Only here.", encoding="utf-8")
    monkeypatch.chdir(here)
    found = load_focus(study(studies, "a.txt", "b.txt", str(here / "b.txt"), "a.txt"))
    assert [text[len(STORY) :] for text in found["text"]] == [" In studies.", " Only here."]
    assert found["outlet"].to_list() == ["a", "b"]


def test_an_id_of_two_texts_stands_for_both(tmp_path: Path) -> None:
    for name in ("a", "b"):
        row = {"id": "1", "outlet": "X", "text": f"{STORY} Of {name}."}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row), encoding="utf-8")
    assert load_focus(study(tmp_path, "a.jsonl", "b.jsonl"))["id"].to_list() == ["1", "b.jsonl:1"]


def test_no_focus_is_no_document(tmp_path: Path) -> None:
    found = load_focus(study(tmp_path))
    assert found.is_empty() and found.columns == list(DOCUMENTS)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("gone.txt", None, "no such file"),
        ("short.txt", "Too short a text.", "under 20 words"),
        ("empty.txt", "", "empty.txt"),
        ("half.jsonl", json.dumps({"text": STORY}) + "\n" + json.dumps({"text": "short"}), "half.jsonl, row 2"),
    ],
)
def test_one_that_cannot_be_read_is_named(tmp_path: Path, name: str, content: str | None, told: str) -> None:
    (tmp_path / "good.txt").write_text(STORY, encoding="utf-8")
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=f"focus '{name}' cannot be read") as caught:
        load_focus(study(tmp_path, "good.txt", name))
    assert told in str(caught.value) and "own.yml" in str(caught.value)
