"""Charts that lead to texts: a box to its passages, a word to its lines, an interval to what it stands on."""

from dataclasses import replace

import altair as alt
import polars as pl
import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

import themed
from constructed import passages
from helpers.analyse.words import keyness
from helpers.charts import base, theme_map
from helpers.charts import words as charts
from helpers.charts.linked import SHORTEST
from helpers.codebook import Codebook, Frame
from hostile import HOSTILE
from report.built import complaints, made, points, shown

pytestmark = pytest.mark.usefixtures("in_a_report")

LISTED = """return {said: document.querySelector(".behind [role=status]").textContent,
  shown: document.querySelectorAll(".behind .passages > li").length,
  marks: [...new Set([...document.querySelectorAll(".behind mark")].map((mark) => mark.textContent))].sort(),
  links: [...document.querySelectorAll(".behind .passages a")].map((a) => a.href)};"""


def box(browser):
    chart = browser.find_element("css selector", ".chart svg, .chart canvas")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", chart)
    drag = ActionChains(browser).move_to_element_with_offset(chart, -250, -120)
    drag.click_and_hold().move_by_offset(140, 160).release().perform()
    WebDriverWait(browser, 20).until(lambda _: "in the box" in browser.execute_script(LISTED)["said"])


def test_a_box_lists_its_passages_with_sides_frames_marks_and_links(tmp_path, browser, opened, faults):
    found = themed.made(60, text="The court holds that order")
    pairs = pl.Series("url", [("https://example.org/a", "javascript:alert(1)")[n % 2] for n in range(120)])
    found.passages.replace_column(found.passages.get_column_index("url"), pairs)
    frames = {n: Frame(n, n.capitalize(), "d", (), (), ("e",), (), control=n == "rain") for n in ("law", "rain")}
    scored = found.passages.select("id", frame_law=pl.int_range(pl.len()) * 1.0, frame_rain=pl.lit(0.0))
    figure = theme_map.map(found, scored=scored, codebook=Codebook("town", "town.yml", frames, {}))
    path, _ = made(tmp_path, shown(figure))
    assert opened(path) == [path.resolve().as_uri()]
    whole = browser.execute_script(LISTED)
    assert whole["said"] == "120 passages, of 120 documents and 4 outlets or speakers: East 60, West 60."
    assert whole["shown"] == 6 and set(whole["links"]) <= {"https://example.org/a"} and whole["links"]
    assert set(whole["marks"]) <= {"court", "order"} and "order" in whole["marks"]
    box(browser)
    inside = browser.execute_script(LISTED)
    counted = int(inside["said"].split()[0])
    assert "passages in the box" in inside["said"] and 0 < counted < 120
    rows = browser.execute_script("""return [...document.querySelectorAll(".behind table tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent));""")
    assert rows[0] == ["frame", "all", "East", "West"] and [row[0] for row in rows[1:]] == ["Law"]
    assert faults() == []
    browser.find_element("css selector", ".behind .choose button").click()
    WebDriverWait(browser, 20).until(lambda _: browser.execute_script(LISTED)["said"] == whole["said"])
    assert complaints(browser) == []


def test_without_a_mouse_passages_are_chosen_by_theme_and_side(tmp_path, browser, opened):
    path, _ = made(tmp_path, shown(theme_map.map(themed.made(24))))
    opened(path)
    theme, side = (Select(one) for one in browser.find_elements("css selector", ".behind select"))
    assert [one.text for one in theme.options] == ["all", "1 order, rule, law", "2 trade, goods", "unassigned"]
    side.select_by_visible_text("West")
    theme.select_by_visible_text("2 trade, goods")
    said = browser.execute_script(LISTED)
    assert (
        said["said"] == "8 passages, of 8 documents and 2 outlets or speakers: East 0, West 8." and said["shown"] == 6
    )
    browser.find_element("css selector", ".behind > button").send_keys(Keys.ENTER)
    assert browser.execute_script(LISTED)["shown"] == 8


def test_twenty_thousand_passages_are_sampled_and_said(tmp_path, browser, opened):
    figure = theme_map.map(themed.made(10_000, text="A long passage on order. " + "word " * 60))
    assert f"{theme_map.MOST_POINTS:,} of 20,000 passages are drawn, chosen at random." in figure.notes
    cut = next(note for note in figure.notes if "are cut here" in note)
    assert cut.startswith("3,000 of 3,000 passages are longer than 300 characters") and SHORTEST <= 300
    path, _ = made(tmp_path, shown(figure))
    assert path.stat().st_size < 3_000_000
    opened(path)
    assert browser.execute_script("return document.querySelector('.chart').classList.contains('drawn')")
    notes = browser.execute_script("return document.querySelector('figcaption').textContent")
    assert "of 20,000 passages are drawn" in notes and cut in notes
    box(browser)
    counted = int(browser.execute_script(LISTED)["said"].split()[0].replace(",", ""))
    assert 0 < counted < 3_000
    assert complaints(browser) == []


def test_a_word_leads_to_its_lines(tmp_path, browser, opened, faults):
    texts = {"east": "order and peace", "west": "order and liberty", "south": "order and harvest"}
    frame = passages([(f"{s}{k}", s, f"{s} press", text) for s, text in texts.items() for k in range(12)])
    path, _ = made(tmp_path, shown(charts.keyness(keyness(frame), passages=frame)))
    opened(path)
    names = "return [...document.querySelectorAll('.panels details[open]')].map((one) => one.dataset.key || '');"
    assert browser.execute_script(names) == []
    word = browser.execute_script(
        "return [...document.querySelectorAll('.chart text')].find((text) => text.textContent === 'liberty')"
    )
    ActionChains(browser).move_to_element(word).click().perform()
    assert browser.execute_script(names) == ["", '["West","liberty"]']
    for mark in browser.find_elements("css selector", ".chart .mark-symbol path"):
        ActionChains(browser).move_to_element(mark).click().perform()
    assert set(browser.execute_script(names)) == {
        "", '["East","peace"]', '["West","liberty"]', '["South","harvest"]',
    }  # fmt: skip
    focus = "return document.activeElement.tagName + ' ' + document.activeElement.textContent"
    assert browser.execute_script(focus).startswith("SUMMARY ")
    assert faults() == []


def test_an_interval_tells_what_it_stands_on(tmp_path, browser, opened):
    table = points(1, low=[0.0], high=[2.0], mean=[1.0], n_passages=[40], n_documents=[12], n_outlets=[3])
    one = alt.Chart(table, width=500, height=80)
    chart = one.mark_rule(strokeWidth=14).encode(x="low:Q", x2="high:Q") + one.mark_point(size=20).encode(
        x="mean:Q", tooltip=["mean", "n_passages", "n_documents", "n_outlets"]
    )
    path, _ = made(tmp_path, shown(base.finish(chart, title="One", caption="One.", table=table)))
    opened(path)
    line = browser.find_element("css selector", ".chart .mark-rule line")
    ActionChains(browser).move_to_element_with_offset(line, 80, 0).perform()
    told = browser.execute_script("return [...document.querySelectorAll('.bubble > dl > *')].map((e) => e.textContent)")
    assert told == ["mean", "1", "passages", "40", "documents", "12", "outlets", "3"]


def test_hostile_texts_are_listed_and_run_nothing(tmp_path, browser, opened):
    texts = [text.encode("utf-8", "replace").decode() for text in HOSTILE]
    found = themed.made(len(texts), labels=(texts[0], texts[1]))
    twice = pl.Series(texts * 2)
    hostile = found.passages.with_columns(text=twice, outlet=twice, title=twice, url=twice, speaker=twice)
    figure = theme_map.map(replace(found, passages=hostile))
    rows = [(f"{s}{k}", s, f"{s} press", f"{s}word {texts[k]}") for s in ("east", "west") for k in range(60)]
    frame = passages(rows)
    lines = charts.keyness(keyness(frame), passages=frame)
    path, _ = made(tmp_path, shown(figure), shown(lines))
    assert opened(path) == [path.resolve().as_uri()]
    for _ in range(30):
        more = browser.find_element("css selector", ".behind > button")
        if more.is_displayed():
            browser.execute_script("arguments[0].click()", more)
    browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true;")
    assert browser.execute_script(LISTED)["shown"] == 2 * len(texts)
    told = browser.execute_script("""return {hacked: window.hacked ?? null,
      handlers: document.querySelectorAll("[onerror], [onload], [onfocus], iframe, object").length,
      links: [...document.links].map((a) => a.protocol).filter((one) => !/^(file|https?):$/.test(one))}""")
    assert told == {"hacked": None, "handlers": 0, "links": []}
    assert [line for line in complaints(browser) if "Content Security" in line] == []
