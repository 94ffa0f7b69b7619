"""JupyterLab as its user meets it: opened by `workbench lab`, in a real browser, without the internet."""

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat.v4 as new
import polars as pl
import pytest

from themed import made

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 240
"""Seconds to wait for anything: a machine that runs other tests beside is slow, and is no failure."""
FLAGS = """--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-dev-shm-usage --window-size=1280,1400"""
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"

SLOW = """
import hashlib
from helpers.encode import encode

class Slow:
    name, dimension, fingerprint, asked = "slow", 2, hashlib.sha256(b"slow").hexdigest(), 0

    def encode(self, texts):
        time.sleep(0.2)
        Slow.asked += len(texts)
        print("chunk", Slow.asked // 64, flush=True)
        return np.tile(np.float32([1, 0]), (len(texts), 1))

many = pl.DataFrame({"id": [f"{n:06}" for n in range(64_000)]}).with_columns(text="id")
"""
CELLS = (
    "import numpy as np, polars as pl\nfrom helpers import charts\nfrom helpers.analyse.themes import Themes\n\n"
    "charts.enable()",
    'passages, table = pl.read_parquet("passages.parquet"), pl.read_parquet("table.parquet")\n'
    "drawn = charts.themes.map(Themes(passages, table, np.eye(2), 0.8, 0.2, 7, 60))\ndrawn",
    "brushed = charts.brush.inside(drawn, passages)\nbrushed",
    'charts.brush.to_csv(brushed, "brushed.csv")',
    "from helpers.progress import steps\nimport time\n\n"
    'for _ in steps(range(20), total=20, name="waiting"):\n    time.sleep(0.2)',
    SLOW,
    "encode(many, encoder=Slow())",
    "Slow.asked = 0\nencode(many.head(128), encoder=Slow())\nSlow.asked",
)
MAP, INSIDE, FILE, BAR, MAKE, LONG, AFTER = range(1, 8)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data/, and in notebooks/ one small notebook and the passages of its map."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "data" / "studies").mkdir(parents=True)
    (folder / "data" / "corpora.yml").write_text("{}", encoding="utf-8")
    (folder / "notebooks").mkdir()
    found = made(60)
    found.passages.with_columns(title=pl.lit("=1+1")).write_parquet(folder / "notebooks" / "passages.parquet")
    found.table.write_parquet(folder / "notebooks" / "table.parquet")
    book = new.new_notebook(cells=[new.new_code_cell(source) for source in CELLS])
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (folder / "notebooks" / "00_start_here.ipynb").write_text(json.dumps(book), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not installed")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS.split(), OFFLINE, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    started.set_script_timeout(PATIENCE)
    started.set_page_load_timeout(PATIENCE)
    yield started
    started.quit()


@pytest.fixture(scope="module")
def lab(workplace: Path, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The browser with the notebook open in it, its kernel ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = tmp_path_factory.mktemp("jupyter")
    homes = {f"JUPYTER_{name}_DIR": str(own / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    homes["JUPYTERLAB_SETTINGS_DIR"] = homes["JUPYTERLAB_WORKSPACES_DIR"] = str(own)
    options = ["--no-browser", f"--port={port}", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"]
    options += ["--IdentityProvider.token=x", "--LabApp.expose_app_in_browser=True"]
    with (own / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "helpers", "lab", *options],
            env=os.environ
            | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])}
            | homes
            | {"WORKBENCH_DATA": str(workplace / "data"), "WORKBENCH_CACHE": str(own / "cache")},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        until(lambda: answers(port) or server.poll() is not None, "JupyterLab to answer")
        assert server.poll() is None, (own / "log").read_text(encoding="utf-8", errors="replace")
        browser.get(f"http://127.0.0.1:{port}/lab/tree/notebooks/00_start_here.ipynb?token=x")
        ready = "return window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
        until(lambda: browser.execute_script(ready), "the notebook's kernel")
        yield browser
    finally:
        stop(server)


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ends the server and the kernels that it started."""
    import psutil

    if server.poll() is not None:
        return
    family = psutil.Process(server.pid).children(recursive=True)
    if os.name != "nt":
        os.killpg(server.pid, signal.SIGTERM)
    server.terminate()
    psutil.wait_procs(family, timeout=15)
    for process in family:
        if process.is_running():
            process.kill()
    server.wait(timeout=15)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def until(reached: Callable[[], Any], what: str) -> Any:
    """What `reached` returns as soon as that is true; fails after PATIENCE seconds."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = reached()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE} s for {what}")


def do(lab: Any, command: str) -> None:
    """Runs a command of JupyterLab, as its menus do; does not wait for the kernel."""
    lab.execute_script("window.jupyterapp.commands.execute(arguments[0])", command)


def run(lab: Any, *numbers: int) -> None:
    """Runs cells, one after the other, and waits for the end of each."""
    for number in numbers:
        before = count(lab, number)
        begin(lab, number)
        until(lambda n=number, b=before: count(lab, n) not in (None, b) and idle(lab), f"cell {number}")


def begin(lab: Any, number: int) -> None:
    lab.execute_script("window.jupyterapp.shell.currentWidget.content.activeCellIndex = arguments[0]", number)
    do(lab, "notebook:run-cell")


def count(lab: Any, number: int) -> int | None:
    read = "return window.jupyterapp.shell.currentWidget.content.model.cells.get(arguments[0]).executionCount"
    return lab.execute_script(read, number)


def idle(lab: Any) -> bool:
    status = "return window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status"
    return lab.execute_script(status) == "idle"


def told(lab: Any, number: int) -> str:
    """The text of a cell's outputs, as a reader sees it."""
    read = (
        "return window.jupyterapp.shell.currentWidget.content.widgets[arguments[0]].outputArea?.node?.innerText ?? ''"
    )
    return lab.execute_script(read, number)


def test_a_box_dragged_over_the_map_reaches_the_next_cell(lab, workplace):
    from selenium.webdriver.common.action_chains import ActionChains

    run(lab, 0, MAP, INSIDE, FILE)
    assert "Nothing is chosen yet" in told(lab, INSIDE) and "no file is written" in told(lab, FILE)
    assert not (workplace / "notebooks" / "brushed.csv").exists()
    picture = until(
        lambda: lab.execute_script(
            "const p = document.querySelector('.vega-embed svg.marks'); p?.scrollIntoView({block: 'start'}); return p"
        ),
        "the chart",
    )
    assert "A map of the passages" in told(lab, MAP) and "The numbers" in told(lab, MAP)

    wide, high = picture.size["width"], picture.size["height"]
    corner = (60 - wide // 2, 90 - high // 2)  # pixels from the middle of the whole picture
    drag = ActionChains(lab).move_to_element_with_offset(picture, *corner).click_and_hold()
    drag.move_by_offset(130, 120).move_by_offset(100, 90).release().perform()

    def passed_on():
        run(lab, INSIDE)
        return "in the box" in told(lab, INSIDE)

    until(passed_on, "the box in Python")
    run(lab, FILE)
    with (workplace / "notebooks" / "brushed.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert f"{len(rows)} passages in the box" in told(lab, INSIDE)
    assert f"{len(rows)} passages written to brushed.csv" in told(lab, FILE)
    assert {row["title"] for row in rows} == {"'=1+1"}
    place = {row["id"]: (float(row["x"]), float(row["y"])) for row in rows}
    low, high = (tuple(f(spot[k] for spot in place.values()) for k in (0, 1)) for f in (min, max))
    others = made(60).passages.filter(~pl.col("id").is_in(list(place))).select("x", "y").rows()
    assert 10 < len(rows) < 110
    assert not [spot for spot in others if all(low[k] <= spot[k] <= high[k] for k in (0, 1))]


def test_a_bar_and_a_stopped_cell_that_loses_nothing(lab):
    begin(lab, BAR)
    until(lambda: "waiting" in told(lab, BAR), "the bar")
    until(lambda: count(lab, BAR) and idle(lab), "the end of the bar's cell")
    until(lambda: "waiting" not in told(lab, BAR), "the bar to go")

    run(lab, MAKE)
    begin(lab, LONG)
    until(lambda: "chunk 3" in told(lab, LONG), "three chunks of vectors")
    assert "encoding" in told(lab, LONG)
    do(lab, "notebook:interrupt-kernel")
    until(lambda: "KeyboardInterrupt" in told(lab, LONG) and idle(lab), "the interrupt")
    run(lab, AFTER)
    assert re.search(r"^0$", told(lab, AFTER), re.MULTILINE), "vectors of finished chunks are kept"
    run(lab, INSIDE)
    assert "in the box" in told(lab, INSIDE)
