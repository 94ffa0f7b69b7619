"""`workbench study new`: a file that is valid before and after the sides are filled in."""

import datetime
import re

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from helpers.commands.new_study import new_study, quoted, template
from helpers.corpora import load
from helpers.errors import InputError
from helpers.study import open_study, parse_study

SENTENCE = "The assembly of the lower valley met again on the question of the bridge and found no answer that held. "


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path / "house" / "data"))
    (tmp_path / "house" / "data" / "studies").mkdir(parents=True)
    (tmp_path / "house" / "data" / "corpora.yml").write_text("{}", encoding="utf-8")


def documents(path, outlets, **more):
    rows = [
        {"outlet": outlet, "text": f"Report {n} of {outlet}. " + SENTENCE * 5, "date": f"2024-03-{n + 1:02}", **more}
        for outlet, count in outlets.items()
        for n in range(count)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(rows).write_csv(path)
    return path


def filled(text):
    """What the comment in the file tells the user to do: each outlet under a side, without its #."""
    loose = [line[1:] for line in text.splitlines() if line.startswith("#    - ")]
    kept = [line for line in text.splitlines() if not line.startswith("#")]
    for place, line in (("  state_media:", loose[0]), ("  western:", loose[1])):
        kept.insert(kept.index(place) + 1, line)
    return "\n".join(kept)


def test_lists_outlets_with_counts_and_loads_once_filled(tmp_path):
    source = documents(tmp_path / "texts.csv", {"Meridian Daily": 3, "Harbour Times": 2})
    path = new_study("bridge", corpus=[str(source)])
    text = path.read_text(encoding="utf-8")
    assert re.search(r'#    - "Meridian Daily"  # 3 documents\n#    - "Harbour Times"   # 2 documents\n', text)
    assert "# between: [2024-03-01, 2024-03-03]" in text
    assert open_study("bridge").sides == {"state_media": (), "western": (), "un": ()}
    path.write_text(filled(text), encoding="utf-8")
    corpus = load(open_study("bridge"), progress=False)
    assert dict(corpus.table.group_by("side").len().rows()) == {"state_media": 3, "western": 2}


def test_outlets_whose_side_is_known_stand_under_it(tmp_path):
    source = documents(tmp_path / "one.csv", {"Meridian Daily": 2}, side="state_media")
    path = new_study("placed", corpus=[str(source)])
    assert open_study("placed").sides == {"state_media": ("Meridian Daily",)}
    assert load(open_study(path), progress=False).table.height == 2


def test_never_overwrites_without_force(tmp_path):
    source = documents(tmp_path / "texts.csv", {"Meridian Daily": 1})
    path = new_study("mine", corpus=[str(source)])
    path.write_text("name: mine\n# my work\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"there is a study of that name.*--force"):
        new_study("mine", corpus=[str(source)])
    assert path.read_text(encoding="utf-8") == "name: mine\n# my work\n"
    new_study("mine", corpus=[str(source)], force=True)
    assert open_study("mine").corpus == (source.as_posix(),)


def test_path_is_relative_inside_the_workbench_and_holds_from_elsewhere(tmp_path, monkeypatch):
    source = documents(tmp_path / "house" / "texts" / "a.csv", {"Meridian Daily": 1}, side="state_media")
    monkeypatch.chdir(tmp_path / "house")
    new_study("inside", corpus=["texts"])
    assert open_study("inside").corpus == ("../../texts",)
    monkeypatch.chdir(source.parent)
    assert load(open_study("inside"), progress=False).table.height == 1


@pytest.mark.parametrize("name", ["", "a b", "../x", "x.yml", "a/b", "x" * 61])
def test_names_that_will_not_do(name):
    with pytest.raises(InputError, match="name will not do"):
        new_study(name, corpus=["x.csv"])


def test_a_part_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.csv.*no such file"):
        new_study("x", corpus=[str(tmp_path / "nowhere.csv")])


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_any_outlet_is_one_valid_line(outlet):
    assert yaml.safe_load(f"- {quoted(outlet)}") == [outlet]
    second = f"{outlet} B"  # another outlet, whatever the first is called
    table = pl.DataFrame({"outlet": [outlet, second], "side": [None, None], "date": [datetime.date(2024, 1, 1)] * 2})
    text = template("x", corpus=["a.csv"], documents=table.with_columns(pl.col("side").cast(pl.String)))
    study = parse_study(filled(text), path=tmp_study())
    assert {m for members in study.sides.values() for m in members} == {outlet, second}


def tmp_study():
    from pathlib import Path

    return Path("x.yml")
