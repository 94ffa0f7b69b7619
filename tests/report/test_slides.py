"""The slides of a study: which finding, which chart, and how they look and turn in a browser."""

import base64
import io
import re
import zipfile

import altair as alt
import nbformat.v4 as new
import polars as pl
import pytest

from helpers.charts import base
from helpers.report import cells, report
from helpers.report.about import About, Side
from helpers.report.index import Shelf
from helpers.report.page import Entry, Failure, page
from helpers.report.slides import deck, sections
from helpers.sides import looks
from hostile import HOSTILE

LONG = (
    "UN texts give more of their passages to the theme ‘bridges’ than Western outlets, by 20.4 percentage points "
    "(95 % interval 14.4 to 25.9): 56 documents (174 passages) of 4 outlets against 61 documents of 4."
)


def about_of(*outlets, title="A study of bridges"):
    sides = tuple(Side(look, outlets, 3) for look in looks(["state_media", "western", "un"]).values())
    parts = {"missing": (title,), "left_out": ((title, 3),), "record": {"code": "ab", title: [title]}}
    return About("bridge", title, title, title, sides, "all", **parts)


CALM = about_of(("Meridian Daily", 3))


def said(grade, sentence, *reasons, **numbers):
    claim = {"topic": "t", "grade": grade, "sentence": sentence, "reasons": list(reasons), "numbers": numbers}
    return new.new_output("display_data", {cells.CLAIM: claim, "text/plain": "x"})


def shown(figure):
    return new.new_output("display_data", {base.FIGURE: base.as_json(figure), "text/plain": "x"})


def chart(title, rows=12, height=300):
    table = pl.DataFrame({"x": range(rows), "y": range(rows), "side": ["State media", "Western"] * (rows // 2)})
    drawn = alt.Chart(table, width=640, height=height).mark_point().encode(x="x:Q", y="y:Q", color="side:N")
    return shown(base.finish(drawn, title=title, caption=f"{title} it is.", table=table))


def book(*parts):
    """A notebook: a string is prose, a list the outputs of a cell."""
    made = [
        new.new_markdown_cell(part) if isinstance(part, str) else new.new_code_cell("x", outputs=part) for part in parts
    ]
    return new.new_notebook(cells=made)


def made(tmp_path, *books, about=None, failures=()):
    entries = [Entry(f"0{n}_page", f"Page {n}: a question") for n in range(len(books))]
    about = about or CALM
    pages = {
        entry.name: page(one, entry=entry, entries=entries, about=about, failure=dict(failures).get(n))
        for n, (entry, one) in enumerate(zip(entries, books, strict=True))
    }
    path = tmp_path / "slides.html"
    path.write_text(deck(Shelf("bridge", about.title, about, tuple(entries), pages, None), about), encoding="utf-8")
    return path


FULL = book(
    "# Bridges\n\nA question.",
    "## Who builds",
    [chart("Builders")],
    [chart("The same otherwise")],
    [said("described", "Nothing much.", low=-1.0, high=1.0), said("suggested", LONG, "p = .2", low=14.4, high=25.9),
     said("described", "Something.", low=0.1, high=1.0)],
    "Prose without a heading.",
    [said("withheld", "Of 9 contrasts of bridges, 4 are withheld.", "no larger than on a control frame: Sport")],
    "## In words alone",
    [said("described", "The sides are comparable on dates.", "Dates: alike.")],
    "## Nothing seen here",
    [chart("Flat"), said("described", "No difference.", low=-1.0, high=1.0)],
    "## What this does not show\n\nA bridge is no river. It is built by people.",
)  # fmt: skip


@pytest.fixture(autouse=True)
def in_a_report(monkeypatch):
    monkeypatch.setenv("WORKBENCH_REPORT", "1")
    with alt.renderers.enable("default"), alt.theme.enable("default"):
        base.enable("report")
        yield


def read(browser):
    return browser.execute_script("""return [...document.querySelectorAll(".slide")].map((slide) => ({
        words: slide.innerText, drawn: slide.querySelectorAll(".chart.drawn svg").length,
        over: Math.max(slide.scrollHeight - slide.clientHeight, slide.scrollWidth - slide.clientWidth),
        title: slide.querySelector(".figure-title")?.textContent}));""")


def sized(browser, width, height):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )


@pytest.fixture
def deck_browser(browser):
    sized(browser, 1280, 720)
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_notebook_falls_apart_at_its_headings():
    held = sections(FULL)
    assert [one.heading for one in held] == [
        "", "Bridges", "Who builds", "In words alone", "Nothing seen here", "What this does not show",
    ]  # fmt: skip
    assert [len(one.figures) for one in held] == [0, 0, 2, 0, 1, 0]
    assert [len(one.claims) for one in held] == [0, 0, 4, 1, 1, 0]
    assert [len(one.claims) for one in sections(FULL, until=3)] == [0, 0, 0]


def test_one_finding_a_slide_with_the_first_chart_under_its_heading(tmp_path, deck_browser, opened):
    path = made(tmp_path, FULL)
    assert opened(path) == [path.resolve().as_uri()]
    first, found, bare, silent, last = read(deck_browser)
    assert (
        "A study of bridges" in first["words"]
        and "Constructed texts." in first["words"]
        and "Run record" in first["words"]
    )
    assert "suggested" in found["words"] and "(95 % interval 14.4 to 25.9)" in found["words"]
    assert "56 documents (174 passages)" in found["words"] and "p = .2" in found["words"]
    assert "1 further finding under this heading" in found["words"] and "Something" not in found["words"]
    assert (found["title"], found["drawn"]) == ("Builders", 1)
    assert "comparable on dates" in bare["words"] and bare["drawn"] == 0
    assert "Of 9 contrasts of bridges, 4 are withheld. No larger than on a control frame." in silent["words"]
    assert "2 statements of a difference that could not be seen" in silent["words"]
    assert "A bridge is no river." in last["words"] and "built by people" not in last["words"]
    assert [slide["words"].count(f"{n} / 5") for n, slide in enumerate((first, found, bare, silent, last), 1)] == [
        1
    ] * 5
    assert all("Constructed texts" in slide["words"] for slide in (first, found, bare, silent, last))


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768)])
def test_nothing_reaches_over_the_edge(tmp_path, deck_browser, opened, size):
    tall = book("# Tall", "## Tall", [chart("A tall one", rows=40, height=1400)], [said("claimed", LONG, *["why"] * 3)])
    sized(deck_browser, *size)
    opened(made(tmp_path, FULL, tall))
    held = read(deck_browser)
    assert [slide["over"] for slide in held] == [0] * 6
    assert sum(slide["drawn"] for slide in held) == 2


def test_keys_buttons_and_an_address_turn_the_slides(tmp_path, deck_browser, opened):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait

    path = made(tmp_path, FULL)
    opened(path)

    def arrives(number):
        at = "const d = document.getElementById('slides'); return Math.round(d.scrollLeft / d.clientWidth * 100) / 100"
        WebDriverWait(deck_browser, 60).until(lambda _: deck_browser.execute_script(at) == number - 1)
        WebDriverWait(deck_browser, 60).until(
            lambda _: number == 1 or deck_browser.execute_script("return location.hash") == f"#slide-{number}"
        )

    page_itself = deck_browser.find_element(By.TAG_NAME, "body")
    for key, number in (
        (Keys.ARROW_RIGHT, 2),
        (Keys.PAGE_DOWN, 3),
        (Keys.ARROW_LEFT, 2),
        (Keys.END, 5),
        (Keys.HOME, 1),
    ):
        page_itself.send_keys(key)
        arrives(number)
    deck_browser.find_element(By.ID, "on").click()
    arrives(2)
    deck_browser.execute_script("location.hash = 'slide-4'")
    arrives(4)
    before = deck_browser.execute_script("return document.documentElement.dataset.mode")
    deck_browser.find_element(By.ID, "mode").click()
    assert deck_browser.execute_script("return document.documentElement.dataset.mode") != before


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_slides_are_open_to_all(tmp_path, deck_browser, opened, faults, mode):
    opened(made(tmp_path, FULL))
    if deck_browser.execute_script("return document.documentElement.dataset.mode") != mode:
        deck_browser.find_element("id", "mode").click()
    assert faults() == []


def test_one_slide_is_one_printed_page(tmp_path, deck_browser, opened):
    opened(made(tmp_path, FULL, FULL))
    printed = base64.b64decode(deck_browser.print_page())
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == len(read(deck_browser)) == 7


def test_hostile_text_runs_nothing_on_a_slide(tmp_path, deck_browser, opened):
    texts = [text.encode("utf-8", "replace").decode()[:3000] for text in HOSTILE]
    table = pl.DataFrame({"x": [1.0], "y": [1.0], "side": texts[:1]})
    parts = []
    for text in texts:
        drawn = alt.Chart(table).mark_point().encode(x="x:Q", y="y:Q", tooltip=["side"])
        figure = base.finish(drawn, title=text or "t", caption=text or "c", description=text or "d", table=table)
        parts += [f"## {text}", [shown(figure)], [said("claimed", text, text), said("withheld", f"{text} no", text)]]
    about = about_of(*((text, 3) for text in texts), title=" ".join(texts)[:3000])
    path = made(tmp_path, book("# Hostile", *parts, f"## What this does not show\n\n{' '.join(texts)}"), about=about)
    assert opened(path) == [path.resolve().as_uri()]
    found = len(deck_browser.find_elements("css selector", ".slide .finding"))
    assert found >= len(texts) - 2
    told = deck_browser.execute_script("""
        const all = (what) => [...document.querySelectorAll(what)];
        return {hacked: window.hacked ?? null, mains: all("main").length, slides: all(".slide").length,
                shown: getComputedStyle(document.body).display,
                handlers: all("*").flatMap((e) => [...e.attributes].filter((a) => /^on/.test(a.name))).length,
                links: all("a[href]").filter((a) => !/^(file|https?):$/.test(a.protocol)).length,
                held: all("main :is(img, iframe, object, form, link, meta, base, style, script):not(.chart *)").length};
    """)
    wanted = {"hacked": None, "mains": 1, "shown": "block", "handlers": 0, "links": 0, "held": 0}
    assert told == wanted | {"slides": found + 3}


def test_a_page_that_stopped_is_told_and_its_rest_left_out(tmp_path):
    text = made(tmp_path, FULL, failures={0: Failure(3, "no bridge")}.items()).read_text(encoding="utf-8")
    assert "Page 0: a question is not complete: it stopped at cell 4." in text
    assert "No page of this study states a finding that could be seen." in text


def test_a_report_writes_them_and_its_index_leads_there(workplace, put):
    claim = (
        'display({"application/vnd.workbench.claim+json": {"topic": "t", "grade": "described", '
        '"sentence": "It has a bridge.", "reasons": ["one outlet"]}, "text/plain": "x"}, raw=True)'
    )
    put("00_first", "# First", "## Here", 'STUDY = "teaching"', claim)
    report("bridge", out=workplace / "out", progress=False)
    folder = workplace / "out" / "bridge"
    written = (folder / "slides.html").read_text(encoding="utf-8")
    assert "It has a bridge." in written and "1 / 4" in written
    assert 'href="slides.html"' in (folder / "index.html").read_text(encoding="utf-8")
    with zipfile.ZipFile(io.BytesIO((workplace / "out" / "bridge.zip").read_bytes())) as held:
        assert held.read("bridge/slides.html").decode("utf-8") == written
