"""The whole study as one zip: what is in it, under which names, and the same bytes each time."""

import io
import json
import zipfile

import pytest

from helpers.report import pack, report
from hostile import HOSTILE

STUDY = 'STUDY = "teaching"'
CHART = """
import altair as alt, polars as pl
from helpers.charts import base
base.enable()
table = pl.DataFrame({"x": [1, 2], "said": ["=1+1", "b"]})
base.finish(alt.Chart(table).mark_point().encode(x="x:Q"), title="../Bridge", caption="Two.", table=table)
"""


def test_a_study_is_packed_whole_and_stands_alone(workplace, put):
    put("00_first", "# First", STUDY, CHART, CHART)
    put("01_second", "# Second", STUDY, "1")
    report("bridge", out=workplace / "out", progress=False)
    path = workplace / "out" / "bridge.zip"
    with zipfile.ZipFile(path) as held:
        names = held.namelist()
        texts = {name.removeprefix("bridge/"): held.read(name).decode("utf-8") for name in names}
    assert names == sorted(names)
    assert set(texts) == {
        "00_first.html", "01_second.html", "index.html", "slides.html", "README.txt", "citation.bib", "records.json",
        "tables/00_first-bridge.csv", "tables/00_first-bridge-2.csv", "source/study.yml",
    }  # fmt: skip
    assert texts["tables/00_first-bridge.csv"].splitlines() == ["\ufeffx,said", "1,'=1+1", "2,b"]
    assert texts["00_first.html"] == (workplace / "out" / "bridge" / "00_first.html").read_text(encoding="utf-8")
    assert json.loads(texts["records.json"])["00_first.html"]["study"]["seed"] == 7
    assert texts["source/study.yml"] == (workplace / "data" / "studies" / "bridge.yml").read_text(encoding="utf-8")
    assert "../" not in texts["index.html"] and 'href="00_first.html"' in texts["index.html"]
    beside = (workplace / "out" / "bridge" / "index.html").read_text(encoding="utf-8")
    assert 'href="../bridge.zip"' in beside and 'href="../index.html"' in beside

    before = path.read_bytes()
    report("bridge", out=workplace / "out", progress=False)
    assert path.read_bytes() == before


def test_the_zip_has_no_clock_in_it():
    members = {"b.txt": "b", "a.txt": b"a"}
    made = pack.packed("town", members)
    assert made == pack.packed("town", dict(reversed(members.items())))
    with zipfile.ZipFile(io.BytesIO(made)) as held:
        assert [(one.filename, one.date_time[0]) for one in held.infolist()] == [
            ("town/a.txt", 1980),
            ("town/b.txt", 1980),
        ]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_leaves_the_folder(text):
    with zipfile.ZipFile(io.BytesIO(pack.packed(text, {f"tables/{pack.slug(text)}.csv": ""}))) as held:
        (name,) = held.namelist()
    folder, tables, file = name.split("/")
    assert tables == "tables" and len(name) < 200
    assert not {folder, file} & {"", ".", ".."} and not set(name) & set('\\:*?"<>|\0')
