"""A constructed study in a folder of its own: a small corpus, two notebooks, and a browser to look at the pages."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import altair as alt
import axe_core_python
import nbformat
import polars as pl
import pytest

from helpers.charts import base

OUTLETS = {
    "state_media": ["Meridian Daily", "Red Harbour Agency"],
    "western": ["The Calder Courier", "Westmark Review"],
    "un": ["Concord General Conference"],
}
SENTENCE = "The committee of the invented town weighed the matter of the bridge again and again until evening came. "

FLAGS = """--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --hide-scrollbars --force-prefers-reduced-motion
--window-size=1280,900"""

STUDY = """
name: bridge
title: How three constructed sides write about a bridge
note: A study made for tests.
corpus: texts.csv
sides:
  state_media: [Meridian Daily, Red Harbour Agency]
  western: [The Calder Courier, Westmark Review]
  un: [Concord General Conference]
seed: 7
"""


def notebook(*cells: str) -> nbformat.NotebookNode:
    """A notebook of those cells: one that begins with # is prose, any other is code."""
    new = nbformat.v4
    return new.new_notebook(
        cells=[
            new.new_markdown_cell(cell) if cell.startswith("#") else new.new_code_cell(cell.strip()) for cell in cells
        ]
    )


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with data/studies/bridge.yml, its corpus, and an empty notebooks folder; cache of its own."""
    for name in ("data/studies", "data/codebooks", "notebooks"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "data" / "corpora.yml").write_text("{}", encoding="utf-8")
    (tmp_path / "data" / "studies" / "bridge.yml").write_text(STUDY, encoding="utf-8")
    rows = [
        {"id": f"{outlet}-{n}", "outlet": outlet, "side": side, "date": f"2020-0{n + 1}-15", "title": f"Bridge {n}"}
        | {"text": f"{outlet} number {n}. " + SENTENCE * 6, "language": "en"}
        for side, outlets in OUTLETS.items()
        for outlet in outlets
        for n in range(4)
    ]
    pl.DataFrame(rows).write_csv(tmp_path / "data" / "studies" / "texts.csv")
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("WORKBENCH_REPORT", raising=False)
    return tmp_path


@pytest.fixture
def put(workplace: Path) -> Callable[..., None]:
    """put(name, *cells) writes notebooks/name.ipynb."""

    def write(name: str, *cells: str) -> None:
        nbformat.write(notebook(*cells), workplace / "notebooks" / f"{name}.ipynb")

    return write


@pytest.fixture
def in_a_report(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Charts as data for a page."""
    monkeypatch.setenv("WORKBENCH_REPORT", "1")
    with alt.renderers.enable("default"), alt.theme.enable("default"):
        base.enable("report")
        yield


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """Chromium without a network, its requests on record; skips where there is none."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not installed")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("profile")
    for flag in FLAGS.split():
        options.add_argument(flag)
    options.add_argument("--host-resolver-rules=MAP * ~NOTFOUND")
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    started.set_script_timeout(90)
    yield started
    started.quit()


@pytest.fixture
def opened(browser) -> Callable[[Path], list[str]]:
    """opened(path) opens a page from its file, waits for its charts, and returns the addresses asked for
    (its own; pictures inside it do not count)."""

    def visit(path: Path) -> list[str]:
        for kind in ("performance", "browser"):
            browser.get_log(kind)
        browser.get(path.resolve().as_uri())
        browser.execute_async_script("const done = arguments[0]; window.workbench.ready.then(() => done());")
        asked = []
        for entry in browser.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                asked.append(message["params"]["request"]["url"])
        return [address for address in asked if not address.startswith("data:image/")]

    return visit


@pytest.fixture
def faults(browser) -> Callable[[], list[str]]:
    """faults() is what axe-core finds serious or critical on the page that is open, with every toggle open."""
    script = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")

    def look() -> list[str]:
        browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true;")
        browser.execute_script(script)
        found = browser.execute_async_script("""
            const done = arguments[0];
            axe.run(document, {resultTypes: ["violations"]}).then((told) => done(told.violations
              .filter((one) => ["serious", "critical"].includes(one.impact))
              .map((one) => one.id + ": " + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)))));""")
        return list(found)

    return look
