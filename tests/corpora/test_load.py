import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from helpers.corpora import load, parts
from helpers.corpora.load import Corpus
from helpers.errors import InputError
from helpers.study import Study, open_study, parse_study, studies
from helpers.tables import DOCUMENTS

STORY = (
    "The council of the river states met on Monday to settle who may draw water in a dry year. "
    "Delegates of the upper basin said that the old treaty no longer served them, and asked for a vote on governance. "
    "Those of the lower basin answered that a treaty is not a coat to be changed with the weather, and that the word "
    "of a state is worth little if it lasts no longer than the rain. The vote was put off until the spring."
)


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text(
        "\n".join(json.dumps({"text": f"{STORY} Row {n} of {path.stem}.", **row}) for n, row in enumerate(rows)),
        encoding="utf-8",
    )
    return path


def study(tmp_path: Path, **given: Any) -> Study:
    given = {"name": "own", "corpus": ["a.jsonl"], "sides": {"upper": ["Hill Post"], "lower": ["Delta Times"]}, **given}
    return parse_study(json.dumps(given), path=tmp_path / "own.yml")


def left(corpus: Corpus) -> dict[tuple[str, str | None], int]:
    return {(reason, outlet): n for reason, _, outlet, n in corpus.left_out.rows()}


def test_sides_by_outlet_then_speaker_then_country(tmp_path: Path) -> None:
    write(
        tmp_path / "a.jsonl",
        {"id": "4", "outlet": "Hill Post", "speaker": "The Warden", "country": "LOW"},
        {"id": "3", "outlet": "Assembly", "speaker": "The Warden", "country": "UPP"},
        {"id": "2", "outlet": "Assembly", "speaker": "Nobody", "country": "LOW"},
        {"id": "1", "outlet": "Assembly", "speaker": "Nobody", "country": "ELS"},
    )
    corpus = load(study(tmp_path, sides={"upper": ["Hill Post"], "lower": ["The Warden", "LOW"]}))
    assert corpus.table.select("id", "side").rows() == [("2", "lower"), ("3", "lower"), ("4", "upper")]
    assert corpus.table.columns == list(DOCUMENTS)
    assert left(corpus) == {("on no side", "Assembly"): 1}


def test_own_side_counts_where_the_outlet_is_listed_nowhere(tmp_path: Path) -> None:
    write(
        tmp_path / "a.jsonl",
        {"id": "1", "outlet": "Hill Post", "side": "lower"},
        {"id": "2", "outlet": "Ferry News", "side": "lower"},
        {"id": "3", "outlet": "Ferry News", "side": "another"},
    )
    corpus = load(study(tmp_path))
    assert corpus.table.select("id", "side").rows() == [("1", "upper"), ("2", "lower")]
    assert left(corpus)[("on no side", "Ferry News")] == 1
    assert left(corpus)[("listed on side lower, but no document has it", "Delta Times")] == 0


def test_editions_of_one_house_are_one_outlet(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"id": "1", "outlet": "Hill Post Weekend"}, {"id": "2", "outlet": "Hill Post"})
    corpus = load(study(tmp_path, same_house={"Hill Post": ["Hill Post Weekend"]}))
    assert corpus.table["outlet"].to_list() == ["Hill Post", "Hill Post"]
    assert corpus.table["side"].to_list() == ["upper", "upper"]


def test_a_name_written_otherwise_gets_a_hint(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"outlet": "hill post"}, {"outlet": "Hill Post"})
    assert left(load(study(tmp_path)))[("on no side (is it 'Hill Post', written otherwise?)", "hill post")] == 1


def test_dates_query_and_length(tmp_path: Path) -> None:
    hill = {"outlet": "Hill Post"}
    write(
        tmp_path / "a.jsonl",
        {"id": "in", **hill, "date": "2017-03-01"},
        {"id": "year", **hill, "date": "2016"},
        {"id": "month", **hill, "date": "2017-12"},
        {"id": "before", **hill, "date": "2016-08-31"},
        {"id": "after", **hill, "date": "2018"},
        {"id": "undated", **hill},
        {
            "id": "title",
            **hill,
            "date": "2017-03-01",
            "title": "GOVERNANCE",
            "text": STORY.replace("governance", "rule"),
        },
        {"id": "word", **hill, "date": "2017-03-01", "text": STORY.replace("governance", "misgovernances")},
        {"id": "short", **hill, "date": "2017-03-01", "text": "governance " * 59},
    )
    corpus = load(study(tmp_path, between=None, query=r"\bgovernance\b"))
    assert set(corpus.table["id"]) == {"in", "year", "month", "before", "after", "undated", "title"}
    text = json.dumps(
        {"name": "own", "corpus": "a.jsonl", "sides": {"upper": ["Hill Post"]}, "query": r"\bgovernance\b"}
    )
    dated = parse_study(text[:-1] + ', "between": [2016-09-01, 2017-12-15]}', path=tmp_path / "own.yml")
    corpus = load(dated)
    assert corpus.table["id"].to_list() == ["in", "month", "title", "year"]
    assert left(corpus) == {
        ("no date", "Hill Post"): 1,
        ("outside 2016-09-01 to 2017-12-15", "Hill Post"): 2,
        ("does not match the query", "Hill Post"): 1,
        ("under 60 words", "Hill Post"): 1,
    }


@pytest.mark.parametrize(
    "query", [r"(?<!mis)governance", r"(?P<w>gov)ernance", r"GOVERNANCE\b", "управлени|governance"]
)
def test_queries_of_every_kind(tmp_path: Path, query: str) -> None:
    write(
        tmp_path / "a.jsonl",
        {"outlet": "Hill Post"},
        {"outlet": "Hill Post", "text": STORY.replace("governance", "rule")},
    )
    assert load(study(tmp_path, query=query)).table.height == 1


def test_a_part_that_cannot_be_had_is_left_out_and_said(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", {"outlet": "Hill Post", "constructed": True}, {"outlet": "Hill Post", "text": "short"})
    corpus = load(study(tmp_path, corpus=["nowhere.csv", "a.jsonl", "un-general-debate"]), fetch_missing=False)
    rows = corpus.parts.select("part", "status", "n_documents", "note", "constructed").rows()
    assert [row[:3] for row in rows] == [
        ("nowhere.csv", "left out", 0),
        ("a.jsonl", "used", 1),
        ("un-general-debate", "left out", 0),
    ]
    assert "no such file" in rows[0][3] and "workbench fetch un-general-debate" in rows[2][3]
    assert rows[1][4] is True and corpus.parts["sha256"][1] is not None
    assert left(corpus)[("text of under 20 words", None)] == 1


def test_no_part_and_no_document(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no part of the corpus can be had; found nowhere\.csv: .*no such file"):
        load(study(tmp_path, corpus="nowhere.csv"))
    write(tmp_path / "a.jsonl", {"outlet": "Ferry News"})
    with pytest.raises(InputError, match="no document is left; found 1 on no side"):
        load(study(tmp_path))


def test_parts_that_overlap(tmp_path: Path) -> None:
    write(
        tmp_path / "a.jsonl",
        {"id": "1", "outlet": "Hill Post", "text": STORY},
        {"id": "2", "outlet": "Delta Times", "text": STORY},
    )
    write(
        tmp_path / "b.jsonl",
        {"id": "1", "outlet": "Hill Post", "text": STORY.replace(". ", " .  ").upper()},
        {"id": "2", "outlet": "Hill Post"},
    )
    corpus = load(study(tmp_path, corpus=["a.jsonl", "b.jsonl"]))
    assert corpus.table["id"].to_list() == ["1", "2", "b.jsonl:2"], (
        "a text under two mastheads stays: it may be wire copy"
    )
    assert left(corpus)[("the same text is in another part", "Hill Post")] == 1


def test_a_pattern_from_the_study_and_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a1.jsonl", {"outlet": "Hill Post"})
    write(tmp_path / "a2.jsonl", {"outlet": "Hill Post"})
    assert load(study(tmp_path, corpus="a*.jsonl")).table.height == 2
    here = tmp_path / "here"
    here.mkdir()
    write(here / "a1.jsonl", {"outlet": "Hill Post"})
    monkeypatch.chdir(here)
    assert load(study(tmp_path, corpus="a*.jsonl")).table.height == 1, "the working folder comes first"


def test_a_second_load_reads_no_file_again_until_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[object] = []
    real = parts.read
    monkeypatch.setattr(parts, "read", lambda paths: read.append(paths) or real(paths))
    write(tmp_path / "a.jsonl", {"id": "1", "outlet": "Hill Post"})
    first, second = load(study(tmp_path)), load(study(tmp_path))
    assert len(read) == 1 and first.table.equals(second.table)
    write(tmp_path / "a.jsonl", {"id": "1", "outlet": "Hill Post"}, {"id": "2", "outlet": "Hill Post"})
    assert load(study(tmp_path)).table.height == 2 and len(read) == 2


@pytest.mark.parametrize("name", ["teaching", "world-2017", "un-general-debate", "ai-governance"])
def test_shipped_studies_are_valid(name: str) -> None:
    assert name in studies()
    assert open_study(name).sides


def test_the_teaching_study_keeps_every_document() -> None:
    corpus = load(open_study("teaching"), progress=False)
    assert corpus.left_out.is_empty() and corpus.table["constructed"].all()
    outlets = corpus.table.group_by("side").agg(pl.col("outlet").n_unique())
    assert dict(outlets.iter_rows()) == {"state_media": 4, "western": 4, "un": 4}
