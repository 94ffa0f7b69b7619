"""How a page is cited, whatever its title holds."""

import datetime
import re
from dataclasses import replace

import pytest

from helpers.report.about import About
from helpers.report.foot import cite, foot, latex, lines
from helpers.results import fingerprint
from hostile import HOSTILE

RECORD = {"study": {"file": "bridge.yml", "seed": 7}, "code": "c0de"}
ABOUT = About("bridge", "How sides write about a bridge", "", "", (), "all", (), (),
              {"code": "c0de", "versions": {"text-workbench": "0.1.0"}})  # fmt: skip
DAY = datetime.date(2026, 3, 2)


def test_a_citation_names_study_version_day_and_record():
    key = fingerprint(RECORD)[:16]
    made = cite(ABOUT, record=RECORD, day=DAY, page="Themes")
    assert made.record == key
    assert made.line == (
        "“Themes”, in: How sides write about a bridge (study bridge, constructed texts). "
        f"Text workbench 0.1.0, code c0de, 2 March 2026. Run record {key}."
    )
    assert made.bibtex == (
        f"@misc{{bridge-{key[:8]},\n"
        "  title = {{Themes, in: How sides write about a bridge}},\n"
        "  howpublished = {Text workbench 0.1.0, code c0de},\n"
        "  year = {2026},\n"
        "  month = {3},\n"
        f"  note = {{Study bridge, constructed texts; 2 March 2026; run record {key}}}\n}}"
    )
    assert cite(ABOUT, record=RECORD, day=DAY).line.startswith("How sides write about a bridge (study bridge")
    assert cite(ABOUT, record=RECORD | {"code": "other"}, day=DAY).record != key
    assert "constructed" not in cite(replace(ABOUT, constructed=""), record=RECORD, day=DAY).line


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_title_breaks_out_of_its_field(text):
    made = cite(replace(ABOUT, title=text, name=text[:60]), record=RECORD, day=DAY, page=text).bibtex
    assert len(made) < 9000
    assert made.count("@misc{") == 1 or "@misc" in text
    assert re.fullmatch(r"@misc\{[a-z0-9-]+,", made.splitlines()[0])
    depth = 0
    for sign in made:
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    fields = [line.split(" = ")[0].strip() for line in made.splitlines()[1:-1]]
    assert fields == ["title", "howpublished", "year", "month", "note"]


def test_latex_reads_no_command_in_a_title():
    assert (
        latex(r"50 % of \input{x} & a_b") == r"50 \% of \textbackslash{}input\textbraceleft{}x\textbraceright{} \& a\_b"
    )


def test_a_record_in_lines_begins_with_its_hash():
    made = foot(ABOUT, record=RECORD, day=DAY)
    assert made["record"] == [
        ("hash of this record", fingerprint(RECORD)[:16]),
        ("study, file", "bridge.yml"),
        ("study, seed", "7"),
        ("code", "c0de"),
    ]
    assert lines({"a": [{"b": 1}, {"b": 2}], "c": [1, 2]}) == [("a 1, b", "1"), ("a 2, b", "2"), ("c", "1; 2")]
