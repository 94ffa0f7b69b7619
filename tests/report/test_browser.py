"""Pages as a reader meets them: opened from a file, without a network, in a real browser."""

import base64

import altair as alt
import nbformat.v4 as new
import polars as pl
import pytest

from helpers import html
from helpers.charts import base
from helpers.report import cells
from helpers.report.index import Shelf, all_studies, study_index
from helpers.report.page import Failure
from hostile import HOSTILE, NAMES
from report.built import CALM, complaints, inks, linked, made, output, points, shown, study_of

pytestmark = pytest.mark.usefixtures("in_a_report")

TOGETHER = [HOSTILE[n::5] for n in range(5)]
"""The hostile texts, many to a page."""


def test_a_brush_reduces_the_linked_view(tmp_path, browser, opened):
    from selenium.webdriver import ActionChains

    table = points(300)
    path, _ = made(tmp_path, shown(base.finish(linked(table), title="Map", caption="A map.", table=table)))
    assert opened(path) == [path.resolve().as_uri()]
    counted = """
        const view = window.workbench.views[0];
        const names = Object.keys(view.getState({data: () => true}).data || {});
        const held = names.map((name) => view.data(name)).filter((rows) => rows.length && "__count" in rows[0]);
        return held.map((rows) => rows.reduce((sum, row) => sum + row.__count, 0));"""
    before = browser.execute_script(counted)
    assert max(before) == 300
    svg = browser.find_element("css selector", ".chart svg")
    ActionChains(browser).move_to_element_with_offset(svg, -200, -60).click_and_hold().move_by_offset(
        90, 90
    ).release().perform()
    browser.execute_async_script("setTimeout(arguments[0], 400)")
    after = browser.execute_script(counted)
    assert 0 < max(after) < 200
    assert complaints(browser) == []


def test_light_and_dark_change_the_ink_without_drawing_anew(tmp_path, browser, opened):
    path, _ = made(tmp_path, shown(base.finish(linked(points(30)), title="Map", caption="A map.", table=points(3))))
    opened(path)
    ink = "return [...document.querySelectorAll('.chart svg text')].map((t) => t.getAttribute('fill'))[0];"
    assert browser.execute_script(ink) == "#3d444d"
    browser.find_element("id", "mode").click()
    assert browser.execute_script(ink) == "#d3d8de"
    assert browser.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(21, 24, 28)"


@pytest.mark.parametrize("width", [1280, 800, 400])
def test_nothing_is_wider_than_the_screen(tmp_path, browser, opened, width):
    table = points(200)
    wide = pl.DataFrame({f"a_long_column_{n}": ["words " * 20] for n in range(12)})
    path, _ = made(
        tmp_path,
        shown(base.finish(linked(table), title="Map", caption="A map.", table=wide)),
        output({"text/html": html.cell(html.table(wide))}),
        output({"text/html": html.cell(html.table(pl.DataFrame({"hash": ["f" * 900]})))}),
        title="W" * 200,
    )
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    )
    try:
        opened(path)
        assert browser.execute_script("return document.documentElement.scrollWidth") == width
        assert (
            browser.execute_script("const c = document.querySelector('.chart'); return c.scrollWidth - c.clientWidth")
            <= 2
        )
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_views_that_go_below_each_other_name_their_lines(tmp_path, browser, opened):
    table = points(20)
    first = alt.Chart(table, width=300).mark_bar().encode(x="count():Q", y=alt.Y("theme:N"))
    second = alt.Chart(table, width=300).mark_bar().encode(x="count():Q", y=alt.Y("theme:N", axis=None))
    figure = base.finish(first | second, title="Two", caption="Side by side.", table=table)
    path, _ = made(tmp_path, shown(figure))
    named = "return [...document.querySelectorAll('.chart text')].filter((t) => t.textContent === 'theme 3').length"
    for width, times in ((1280, 1), (400, 2)):
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        try:
            opened(path)
            assert browser.execute_script(named) == times
        finally:
            browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_ten_charts_over_3000_passages_stay_small(tmp_path, browser, opened):
    texts = [f"Passage {n}: " + " ".join(f"word{(n * 7 + k) % 997}" for k in range(50)) for n in range(3000)]
    table = points(3000, text=texts)
    figures = [
        base.finish(linked(table, tooltip=("theme", "text")), title=f"Map {n}", caption="A map.", table=table.head(50))
        for n in range(10)
    ]
    path, _ = made(tmp_path, *(shown(figure) for figure in figures))
    assert path.stat().st_size < 3_000_000
    assert opened(path) == [path.resolve().as_uri()]
    painted = inks(browser)
    assert len(painted) == 10
    assert min(painted) > 1000
    assert complaints(browser) == []


def test_numbers_can_be_taken_along(tmp_path, browser, opened):
    table = points(3, text=["=1+1", "b", "c"])
    path, _ = made(tmp_path, shown(base.finish(linked(table), title="A map!", caption="c", table=table)))
    opened(path)
    browser.execute_script("""
        window.taken = {};
        URL.createObjectURL = (blob) => { blob.text().then((text) => (window.taken.text = text)); return "blob:x"; };
        HTMLAnchorElement.prototype.click = function () { window.taken.name = this.download; };
        document.querySelector("button.take").click();""")
    browser.execute_async_script("setTimeout(arguments[0], 200)")
    taken = browser.execute_script("return window.taken")
    assert taken["name"] == "a-map.csv"
    assert taken["text"].splitlines()[0] == "x,y,side,theme,text"
    assert taken["text"].splitlines()[1].endswith(",'=1+1")


def test_every_chart_has_its_words_and_the_page_its_landmarks(tmp_path, browser, opened):
    table = points(30)
    figure = base.finish(
        linked(table),
        title="Map",
        caption="A map.",
        description="Dots and bars.",
        table=table,
        how_to_read="Look.",
        notes=["Two left out."],
    )
    path, _ = made(tmp_path, shown(figure))
    opened(path)
    told = browser.execute_script("""
        const one = (what) => document.querySelectorAll(what).length;
        return {words: document.querySelector(".chart").getAttribute("aria-label"), caption: one("figcaption .caption"),
                rows: one("figcaption tbody tr"), main: one("main"), h1: one("h1"), skip: one("a.skip[href='#main']"),
                lang: document.documentElement.lang, contents: one(".contents a"),
                dead: [...document.querySelectorAll("a[href^='#']")].filter(
                  (a) => !document.getElementById(a.hash.slice(1))).length};""")
    assert told == {
        "words": "Dots and bars.",
        "caption": 1,
        "rows": 30,
        "main": 1,
        "h1": 1,
        "skip": 1,
        "lang": "en",
        "contents": 2,
        "dead": 0,
    }


def test_nothing_shuts_a_reader_out(tmp_path, browser, opened, faults):
    table = points(40)
    figure = base.finish(linked(table), title="Map", caption="A map.", table=table, how_to_read="Look.", notes=["One."])
    claim = {"grade": "suggested", "sentence": "One writes more.", "reasons": ["few outlets"]}
    path, built = made(tmp_path, shown(figure), output({cells.CLAIM: claim}), output({"text/html": html.table(table)}))
    index = tmp_path / "index.html"
    shelf = Shelf("bridge", "Bridges", study_of(CALM), (built.entry,), {built.entry.name: built}, None)
    index.write_text(study_index(shelf, zipped="../bridge.zip"), encoding="utf-8")
    for page in (path, index):
        opened(page)
        assert faults() == []
        browser.find_element("id", "mode").click()
        assert faults() == []


def test_a_page_printed_cuts_nothing_and_repeats_no_contents(tmp_path, browser, opened):
    wide = pl.DataFrame({f"column {n}": ["some words of text " * 4, "short"] for n in range(9)})
    figure = base.finish(linked(points(30)), title="Map", caption="A map.", table=points(3))
    path, _ = made(tmp_path, shown(figure), output({"text/html": html.cell(html.table(wide))}))
    size = {"width": 680, "height": 1000, "deviceScaleFactor": 1, "mobile": False}  # A4 without its margins
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    opened(path)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        told = browser.execute_script("""
            const all = (what) => [...document.querySelectorAll(what)].filter((one) => one.getClientRects().length);
            const ends = all("table, .chart svg").map((one) => one.getBoundingClientRect().right);
            return {hidden: all("nav, .code, button, .contents, .bibtex").length, cited: all(".cited").length,
                    cut: Math.max(...ends) > innerWidth};""")
        assert told == {"hidden": 0, "cited": 1, "cut": False}
        assert base64.b64decode(browser.print_page()).startswith(b"%PDF")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("texts", TOGETHER, ids=range(len(TOGETHER)))
def test_hostile_text_runs_nothing(tmp_path, browser, opened, texts):
    outputs, few = [], [text.encode("utf-8", "replace").decode() for text in texts]  # what polars and files can hold
    for hostile, text in zip(texts, few, strict=True):
        outputs += of_hostile(hostile, text)
    about = study_of(CALM | {text: (text,) for text in few}, " ".join(few))
    path, _ = made(tmp_path, *outputs, about=about, failure=Failure(3, " ".join(texts), " ".join(texts)))
    assert opened(path) == [path.resolve().as_uri()]
    hover(browser)
    assert ran(browser) == NOTHING
    painted = inks(browser)
    assert len(painted) == len(texts) and min(painted) > 0


def of_hostile(hostile: str, few: str) -> list:
    """Every kind of output that a notebook can have, made of one hostile text."""
    table = points(6, **{name: [few] * 6 for name in (*NAMES, "title")})
    chart = (
        alt.Chart(table, width=400, title=few[:200])
        .mark_point(size=4000)
        .encode(x="x:Q", y="y:Q", color="title:N", href="url:N", tooltip=["image", "title"])
    )
    claim = {"grade": "claimed", "sentence": hostile, "reasons": [hostile], "topic": hostile}
    passages = pl.DataFrame(
        {
            "text": [few],
            "side": [few],
            "outlet": [few],
            "title": [few],
            "url": [few],
            "language": [few],
            "speaker": [few],
            "constructed": [True],
        }
    )
    figure = base.finish(chart, title=few, caption=few, description=few, how_to_read=few, notes=[few], table=table)
    return [
        shown(figure),
        output({cells.CLAIM: claim, "text/plain": hostile}),
        output({cells.RUN: {hostile: {hostile: [hostile]}}}),
        output({"text/html": hostile}),
        output({"text/markdown": hostile}),
        output({"text/plain": hostile}),
        output({"text/html": html.cell(html.passages(passages, mark="window"))}),
        new.new_output("stream", name="stdout", text=hostile),
        new.new_output("stream", name="stderr", text=hostile),
    ]


def test_hostile_text_runs_nothing_on_an_index(tmp_path, browser, opened):
    texts = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
    claims = [{"grade": text, "sentence": text, "reasons": [text]} for text in HOSTILE]
    chart = alt.Chart(points(3)).mark_point().encode(x="x:Q").properties(title=texts[0])
    figure = base.finish(chart, title=texts[0], caption="c", description=texts[1], table=points(3))
    told = [output({cells.CLAIM: claim}) for claim in claims]
    sides = study_of(CALM | {text: (text,) for text in texts}, "\n".join(texts))
    _, built = made(tmp_path, shown(figure), *told, about=sides, title=" ".join(HOSTILE))
    trouble = "\n".join(HOSTILE)
    shelf = Shelf("bridge", trouble, sides, (built.entry,), {built.entry.name: built}, trouble)
    pages = {
        "index.html": study_index(shelf, zipped="../bridge.zip"),
        "studies.html": all_studies([shelf], out=tmp_path),
    }
    for name, text in pages.items():
        (tmp_path / name).write_text(text.encode("utf-8", "replace").decode(), encoding="utf-8")
        assert opened(tmp_path / name) == [(tmp_path / name).resolve().as_uri()]
        assert ran(browser) == NOTHING


NOTHING = {"hacked": None, "mains": 1, "shown": "block", "handlers": 0, "links": [], "held": []}


def ran(browser) -> dict:
    """What of the hostile texts took effect; the policy (`held`) must not even have been needed."""
    made = browser.execute_script("""
        const one = (what) => document.querySelectorAll(what).length;
        return {hacked: window.hacked ?? null, mains: one("main"), shown: getComputedStyle(document.body).display,
                handlers: one("[onerror], [onload], [onfocus], iframe, object, form:not(.vega-bindings)"),
                links: [...document.links].map((a) => a.href.baseVal ?? a.href)
                  .filter((address) => !/^(file|https?):/.test(address))};
        """)
    return made | {"held": [line for line in complaints(browser) if "Content Security" in line]}


def hover(browser) -> None:
    """Moves over the middle of each chart's marks, so that tooltips show."""
    from selenium.webdriver import ActionChains

    for mark in browser.find_elements("css selector", ".chart svg .mark-symbol path")[:2]:
        ActionChains(browser).move_to_element(mark).perform()
