"""A lesson as a class has it: sheets coded in a browser without a network, files returned, and the reveal."""

import json
import random
import re
import time
from pathlib import Path

import krippendorff
import numpy as np
import polars as pl
import pytest

from helpers import cli
from helpers.codebook import open_codebook
from helpers.report.sheet import sheet_page
from helpers.seminar.codes import read_codes
from helpers.seminar.sheet import Sheet, guess_codes, read_key
from report.conftest import browser, faults, opened  # noqa: F401  (fixtures)

FOLDER = Path("seminar/town")
ERRS = {"A": 0.0, "B": 0.05, "C": 0.15, "D": 0.3, "E": 0.5}
"""How often each of the five simulated coders gives the other code."""
CODE_KEYS = {1: "y", 0: "n", None: "u"}


@pytest.fixture
def drawn(workplace):
    """Sheets for five coders, and the passages behind them."""
    assert cli.main(["seminar", "sheet", "town", "--coders", "5", "--common", "9", "--own", "3"]) == 0
    return read_key(FOLDER / "key.json"), pl.read_parquet(FOLDER / "sample.parquet")


@pytest.fixture
def page(workplace, browser):  # noqa: F811
    """page(passages) writes a sheet of those texts and returns its path."""

    def write(*texts):
        frames = open_codebook(workplace / "data" / "codebooks" / "frames.yml").frames
        passages = tuple((f"{n:08x}", text, "en") for n, text in enumerate(texts))
        guesses = (("s1", "State media"), ("s2", "Western"))
        sheet = Sheet("A", "d1d1d1", passages, (frames["rights"], frames["growth"]), guesses, 5, True)
        path = workplace / "sheet.html"
        path.write_text(sheet_page(sheet), encoding="utf-8", newline="\n")
        return path

    yield write
    browser.execute_script("try { localStorage.clear(); } catch (error) { /* refused */ }")


def plan_of(key, sample):
    """coder -> its answers in the order of the sheet: (codes in the order of the frames, guess)."""
    truth = {i: ("prisoner" in text, "railway" in text) for i, text in sample.select("id", "text").iter_rows()}
    side = dict(sample.select("id", "side").iter_rows())
    code_of = {side: code for code, side in guess_codes(key).items()}
    order = [("prisoner", "railway")[frame == "growth"] for frame in key.frames]
    made = {}
    for coder, rows in key.sheets.items():
        chance = random.Random(coder)
        answers = []
        for _, passage in rows:
            codes = [int(truth[passage][word == "railway"]) for word in order]
            codes = [1 - code if chance.random() < ERRS[coder] else code for code in codes]
            if chance.random() < 0.05:
                codes[0] = None
            guess = code_of[side[passage]] if chance.random() < 0.6 else chance.choice([*code_of.values(), None])
            answers.append((codes, guess))
        made[coder] = answers
    return made


def press(browser, *keys):  # noqa: F811
    from selenium.webdriver import ActionChains

    ActionChains(browser, duration=0).send_keys(*keys).perform()


def click(browser, selector):  # noqa: F811
    button = browser.find_element("css selector", selector)
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()


def by_keys(browser, codes, guess, sides):  # noqa: F811
    """One passage with the keyboard alone, and on to the next."""
    from selenium.webdriver import Keys

    place = len(sides) + 1 if guess is None else sides.index(guess) + 1
    press(browser, *(CODE_KEYS[code] for code in codes), str(place), Keys.ARROW_RIGHT)


def by_clicks(browser, frames, codes, guess):  # noqa: F811
    """One passage with clicks alone, and on to the next."""
    for frame, code in zip(frames, codes, strict=True):
        click(browser, f"[data-frame='{frame}'] [data-code='{json.dumps(code)}']")
    click(browser, f"[data-guess='{guess or 'none'}']")
    click(browser, "#next")


def saved(browser, folder):  # noqa: F811
    """Clicks on Save and returns the file, as soon as it is whole."""
    folder.mkdir(exist_ok=True, parents=True)
    there = set(folder.glob("*.json"))
    behaviour = {"behavior": "allow", "downloadPath": str(folder.resolve())}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    click(browser, "#save")
    end = time.monotonic() + 10
    while not (new := set(folder.glob("*.json")) - there):
        assert time.monotonic() < end, "no file was saved"
        time.sleep(0.05)
    return new.pop()


def complaints(browser):  # noqa: F811
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def shown(browser):  # noqa: F811
    return browser.execute_script("return document.body.dataset.step")


def test_a_lesson_from_the_sheets_to_the_reveal(drawn, browser, opened, faults, capsys):  # noqa: F811
    key, sample = drawn
    plans, sides = plan_of(key, sample), list(guess_codes(key))
    returned = FOLDER / "returned"
    for coder, answers in plans.items():
        path = FOLDER / "sheets" / f"coder-{coder}.html"
        assert opened(path) == [path.resolve().as_uri()], "no request but for the page itself"
        click(browser, "#begin")
        for number, (codes, guess) in enumerate(answers):
            if coder == "B" and number == 5:
                opened(path)  # closed in the middle, and opened again
                assert browser.find_element("id", "begin").text == "Go on"
                click(browser, "#begin")
                assert browser.find_element("id", "where").text == f"Passage 6 of {len(answers)}"
            if coder == "A":
                by_clicks(browser, key.frames, codes, guess)
            else:
                by_keys(browser, codes, guess, sides)
        assert browser.find_element("id", "left").text == "All passages are coded. Thank you."
        file = saved(browser, returned)
        assert file.name == f"codes-{coder}-{key.draw}.json"
        assert complaints(browser) == []
    (returned / f"codes-C-{key.draw}.json").rename(returned / "from a telephone.json")
    capsys.readouterr()
    assert cli.main(["seminar", "codes", "town"]) == 0
    told = capsys.readouterr().out
    assert "5 files; 5 of 5 sheets came back" in told and "from a telephone.json: renamed; it is sheet C" in told
    expect_codes(key, plans)
    expect_alpha(key)
    assert cli.main(["seminar", "reveal", "town"]) == 0
    reveal = FOLDER / "reveal.html"
    assert opened(reveal) == [reveal.resolve().as_uri()]
    assert browser.execute_script("return document.documentElement.dataset.charts") == "drawn"
    assert browser.find_elements("css selector", ".undrawn") == [] and len(
        browser.find_elements("css selector", ".chart.drawn")
    ) >= 3  # fmt: skip
    assert complaints(browser) == []
    text = reveal.read_text(encoding="utf-8")
    assert all(outlet in text for outlet in sample["outlet"].unique()), "now it is said who wrote what"
    assert text.count('<div class="read">') >= sample.height
    assert faults() == []
    assert cli.main(["seminar", "plan", "town"]) == 0
    opened(FOLDER / "plan.html")
    assert faults() == []


def expect_codes(key, plans):
    """Every code and guess that was clicked or typed is in the tables, and no other."""
    codes = pl.read_parquet(FOLDER / "codes.parquet")
    guesses = {(c, i): g for c, i, g, _ in pl.read_parquet(FOLDER / "guesses.parquet").iter_rows()}
    held = {(c, i, f): code for c, i, f, code, _ in codes.iter_rows()}
    sides = guess_codes(key)
    meant, told = {}, {}
    for coder, answers in plans.items():
        for (_, passage), (given, guess) in zip(key.sheets[coder], answers, strict=True):
            meant |= {(coder, passage, frame): code for frame, code in zip(key.frames, given, strict=True)}
            told[coder, passage] = sides.get(guess)
    assert held == meant and guesses == told
    assert codes["seconds"].min() is not None and codes["seconds"].min() >= 0


def expect_alpha(key):
    """alpha of each frame is that of the library, on the matrix of the returned files."""
    codes = read_codes(FOLDER / "returned", key).codes
    found = dict(pl.read_csv(FOLDER / "agreement.csv").select("frame", "alpha").iter_rows())
    assert set(found) == set(key.frames)
    for frame in key.frames:
        wide = codes.filter(pl.col("frame") == frame).pivot("id", index="coder", values="code").drop("coder")
        matrix = wide.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        expected = krippendorff.alpha(reliability_data=matrix, level_of_measurement="nominal")
        assert not np.isnan(expected) and found[frame] == pytest.approx(expected, abs=1e-12)


def test_back_and_forth_keeps_what_was_said(page, browser, opened):  # noqa: F811
    from selenium.webdriver import Keys

    opened(page("One.", "Two.", "Three."))
    click(browser, "#begin")
    assert not browser.find_element("id", "guess").is_displayed(), "the guess comes after the codes"
    press(browser, "1", "1", "2")
    pressed = "return [...document.querySelectorAll('[aria-pressed=true]')].map((b) => b.textContent.trim())"
    assert browser.execute_script(pressed) == ["no", "yes"]
    assert browser.find_element("id", "guess").is_displayed()
    press(browser, Keys.ARROW_RIGHT)
    assert browser.execute_script(pressed) == []
    assert browser.find_element("id", "done").text == "0 of 3 done"
    press(browser, Keys.ARROW_LEFT)
    assert browser.execute_script(pressed) == ["no", "yes"]
    press(browser, Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN, "2")
    assert browser.execute_script(pressed) == ["no", "yes", "2 Western"]
    assert browser.find_element("id", "done").text == "1 of 3 done"
    click(browser, "#pause")
    assert "2 of 3 passages are not finished" in browser.find_element("id", "left").text
    click(browser, "#open button")
    assert browser.find_element("id", "where").text == "Passage 2 of 3"


def test_keys_can_be_switched_off(page, browser, opened):  # noqa: F811
    opened(page("One.", "Two."))
    click(browser, ".keys summary")
    click(browser, "#keyed")
    click(browser, "#begin")
    press(browser, "y", "1")
    assert browser.find_elements("css selector", "[aria-pressed=true]") == []


@pytest.fixture
def refused(browser):  # noqa: F811
    """A browser that refuses to keep anything for the page."""
    source = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
    yield
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    browser.execute_cdp_cmd("Page.navigate", {"url": "about:blank"})


def test_without_storage_it_warns_and_goes_on_from_a_file(page, browser, opened, refused, tmp_path):  # noqa: F811
    path = page("One.", "Two.")
    opened(path)
    assert "does not keep your answers by itself" in browser.find_element("id", "unkept").text
    click(browser, "#begin")
    press(browser, "y", "n", "1")
    click(browser, "#pause")
    file = saved(browser, tmp_path / "downloads")
    opened(path)
    assert browser.find_element("id", "begin").text == "Start"
    click(browser, "#start details summary")
    browser.find_element("id", "again").send_keys(str(file))
    wait = time.monotonic() + 5
    while "taken over" not in browser.find_element("id", "again-said").text and time.monotonic() < wait:
        time.sleep(0.05)
    assert browser.find_element("id", "again-said").text == "1 passage taken over."
    assert browser.find_element("id", "begin").text == "Go on"
    click(browser, "#begin")
    assert browser.find_element("id", "where").text == "Passage 2 of 2"
    assert complaints(browser) == []


def test_a_file_of_another_sheet_is_not_taken(page, browser, opened, tmp_path):  # noqa: F811
    opened(page("One."))
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"draw": "other", "coder": "A", "answers": []}')
    click(browser, "#start details summary")
    browser.find_element("id", "again").send_keys(str(wrong))
    time.sleep(0.3)
    assert browser.find_element("id", "again-said").text == "This is no file of sheet A of this draw."


def test_the_text_to_copy_is_the_file(page, browser, opened):  # noqa: F811
    opened(page("One."))
    click(browser, "#begin")
    press(browser, "y", "u", "3")
    click(browser, "#next")
    held = json.loads(browser.execute_script("return document.getElementById('text').value"))
    assert set(held) == {"what", "version", "draw", "coder", "saved", "finished", "answers"}
    (answer,) = held["answers"]
    seconds = answer.pop("seconds")
    assert answer == {"id": "00000000", "codes": {"rights": 1, "growth": None}, "guess": None} and seconds >= 0


def test_every_control_has_a_name_and_room_for_a_finger(page, browser, opened, faults):  # noqa: F811
    size = {"width": 360, "height": 700, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        opened(page("W" * 300 + " One of [country] and [person].", "Two."))
        for step in ("start", "code", "end"):
            assert shown(browser) == step
            assert browser.execute_script("return document.documentElement.scrollWidth") == 360
            for control in browser.find_elements("css selector", "button, summary, input, textarea, progress"):
                if control.is_displayed():
                    assert control.accessible_name, control.get_attribute("outerHTML")
                    if control.tag_name in ("button", "summary"):
                        assert control.size["height"] >= 44 and control.size["width"] >= 44
            assert faults() == []
            if step == "start":
                click(browser, "#begin")
                press(browser, "y", "n")
            elif step == "code":
                click(browser, "#pause")
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


CONTRAST = """
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.disabled) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push([element.textContent.trim().slice(0, 40), (a + 0.05) / (b + 0.05)]);
  }
  return low;"""


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_stands_out_from_its_ground(page, browser, opened, mode):  # noqa: F811
    feature = {"name": "prefers-color-scheme", "value": mode}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    try:
        opened(page("One of [country].", "Two."))
        assert browser.execute_script(CONTRAST) == []
        click(browser, "#begin")
        press(browser, "y", "n", "1")
        assert browser.execute_script(CONTRAST) == []
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_hostile_passages_are_text(page, browser, opened):  # noqa: F811
    hostile = ("<script>window.hacked=1</script>", "<img src=x onerror=window.hacked=2>", "</li><svg onload=hacked=3>",
               "\u202egnp.exe", "<a id=panel>x</a>", "{{7*7}}", "[country]<b>[person]")  # fmt: skip
    path = page(*hostile)
    assert opened(path) == [path.resolve().as_uri()]
    assert browser.execute_script("return window.hacked === undefined")
    assert len(browser.find_elements("css selector", "#passages > li")) == len(hostile)
    assert complaints(browser) == []


def test_on_paper_every_passage_has_its_boxes(page, browser, opened):  # noqa: F811
    opened(page("One.", "Two.", "Three."))
    click(browser, "#begin")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        boxes = browser.find_elements("css selector", "#passages .boxes")
        assert len(boxes) == 3 and all(box.is_displayed() for box in boxes)
        assert re.sub(r"\s+", " ", boxes[0].text) == (
            "Rights ☐ yes ☐ no ☐ unsure Growth ☐ yes ☐ no ☐ unsure Who wrote it? ☐ State media ☐ Western ☐ cannot tell"
        )
        assert not any(button.is_displayed() for button in browser.find_elements("css selector", "button"))
        assert browser.find_element("id", "start-title").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
