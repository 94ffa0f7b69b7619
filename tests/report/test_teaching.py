"""Every page of the shipped study, as it stands after `workbench report teaching`: whole, small, and open to all.

Making them takes minutes, so this looks at them where a report of the study was made on this machine before."""

import os
import re
import zipfile
from pathlib import Path

import pytest

from helpers.paths import cache_folder
from helpers.report import report

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 3_000_000


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    if not (cache_folder() / "runs" / "teaching").is_dir():
        pytest.skip("no report of the study teaching was made here; workbench report teaching makes one")
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        out = tmp_path_factory.mktemp("reports")
        report("teaching", out=out, progress=False)
    finally:
        os.chdir(before)
    return sorted(out.rglob("*.html"))


def test_every_page_is_open_to_all_and_asks_for_nothing(pages, browser, opened, faults):
    found = {}
    for page in pages:
        if page.stem != "slides":
            assert opened(page) == [page.resolve().as_uri()]
            assert browser.find_elements("css selector", ".undrawn") == []
            found[page.name] = faults()
    assert len(found) > 8 and {name: held for name, held in found.items() if held} == {}


def test_every_page_is_small_and_every_chart_has_its_words(pages):
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert page.stat().st_size < LARGEST, page.name
        figures = () if page.stem == "slides" else re.findall(r"<figure .*?</figure>", text, flags=re.DOTALL)
        for figure in figures:  # on a slide the finding itself is the caption
            assert 'class="caption"' in figure and "Download as CSV" in figure and "How to read this" in figure


def test_the_study_is_packed_with_all_its_pages(pages):
    folder = next(page.parent for page in pages if page.name == "00_start_here.html")
    with zipfile.ZipFile(folder.parent / "teaching.zip") as held:
        names = {name.removeprefix("teaching/") for name in held.namelist()}
    assert {page.name for page in pages if page.parent == folder} <= names
    assert {"citation.bib", "records.json", "source/study.yml", "source/codebook.yml"} <= names
