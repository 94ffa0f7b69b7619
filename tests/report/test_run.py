import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from helpers.errors import InputError
from helpers.report import report
from helpers.report.kernels import run_all
from helpers.report.run import with_study, write

STUDY = 'STUDY = "teaching"'
SLOW = """
import subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open("started", "w").close()
time.sleep(600)
"""
CLAIM = (
    'display({"application/vnd.workbench.claim+json": {"topic": "t", "grade": "described", '
    '"sentence": f"{STUDY} has a bridge.", "reasons": ["one outlet"]}, "text/plain": "x"}, raw=True)'
)


def test_pages_are_made_kept_and_led_to(workplace, put):
    put("00_first", "# First\n\n## Here", STUDY, CLAIM, "import sys; print(sys.executable)")
    put("01_second", "# Second", STUDY, "import time; print(time.time_ns())")
    lines: list[str] = []
    out = report("bridge", out=workplace / "out", progress=lines.append)
    assert out == workplace / "out" / "index.html"
    pages = {path.name for path in (workplace / "out" / "bridge").iterdir()}
    assert pages == {"00_first.html", "01_second.html", "index.html", "slides.html"}
    first = (workplace / "out" / "bridge" / "00_first.html").read_text(encoding="utf-8")
    assert sys.executable in first
    assert "bridge has a bridge." in first
    index = (workplace / "out" / "bridge" / "index.html").read_text(encoding="utf-8")
    assert "bridge has a bridge." in index
    assert 'href="01_second.html"' in index
    assert 'href="bridge/index.html"' in out.read_text(encoding="utf-8")

    before = (workplace / "out" / "bridge" / "01_second.html").read_text(encoding="utf-8")
    report("bridge", out=workplace / "out", progress=lines.append)
    assert lines[-1] == "[2/2] bridge/01_second: unchanged"
    assert (workplace / "out" / "bridge" / "01_second.html").read_text(encoding="utf-8") == before

    put("01_second", "# Second", STUDY, "print('new')")
    report("bridge", out=workplace / "out", progress=lines.append)
    assert "[1/2] bridge/00_first: unchanged" in lines[-3:]
    assert "new" in (workplace / "out" / "bridge" / "01_second.html").read_text(encoding="utf-8")


def test_a_changed_corpus_runs_again_and_fresh_runs_all(workplace, put):
    put("00_first", "# First", STUDY, "1")
    lines: list[str] = []
    report("bridge", out=workplace / "out", progress=lines.append)
    texts = workplace / "data" / "studies" / "texts.csv"
    texts.write_text(texts.read_text(encoding="utf-8").replace("weighed", "pondered"), encoding="utf-8")
    report("bridge", out=workplace / "out", progress=lines.append)
    assert "unchanged" not in lines[-1]
    report("bridge", out=workplace / "out", fresh=True, progress=lines.append)
    assert "unchanged" not in lines[-1]


def test_a_failing_cell_leaves_the_other_pages_and_tells_why(workplace, put):
    failing = "raise InputError('no <b>bridge</b>', do='Build one.')"
    put("00_first", "# First", STUDY, "from helpers.errors import InputError", failing)
    put("01_second", "# Second", STUDY, "print('done')")
    with pytest.raises(InputError, match=r"bridge/00_first\.html: no <b>bridge</b>\. Build one\."):
        report("bridge", out=workplace / "out", progress=False)
    first = (workplace / "out" / "bridge" / "00_first.html").read_text(encoding="utf-8")
    assert "stopped at cell 4: no &lt;b&gt;bridge&lt;/b&gt;. Build one." in first
    assert "done" in (workplace / "out" / "bridge" / "01_second.html").read_text(encoding="utf-8")
    assert "is not complete" in (workplace / "out" / "bridge" / "index.html").read_text(encoding="utf-8")


def test_a_kernel_that_dies_is_told(workplace, put):
    put("00_first", "# First", STUDY, "import os; os._exit(3)")
    with pytest.raises(InputError, match="its Python ended without a word"):
        report("bridge", out=workplace / "out", progress=False)


def test_a_study_that_cannot_be_opened_leaves_the_others(workplace, put):
    put("00_first", "# First", STUDY, "print('done')")
    bad = workplace / "data" / "studies" / "bad.yml"
    bad.write_text("name: bad\ncorpus: nothing.csv\nsides: {un: [A]}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"bad: .*no part of the corpus can be had"):
        report(["bad", "bridge"], out=workplace / "out", progress=False)
    assert (workplace / "out" / "bridge" / "00_first.html").exists()
    assert "could not be opened" in (workplace / "out" / "bad" / "index.html").read_text(encoding="utf-8")


def test_a_study_from_elsewhere_is_named_by_its_path(workplace, put, tmp_path):
    put("00_first", "# First", STUDY, "from helpers.study import open_study; print(open_study(STUDY).title)")
    (tmp_path / "other").mkdir()
    text = (workplace / "data" / "studies" / "bridge.yml").read_text(encoding="utf-8")
    path = tmp_path / "other" / "mine.yml"
    path.write_text(
        text.replace("name: bridge", "name: mine").replace("texts.csv", "../data/studies/texts.csv"), encoding="utf-8"
    )
    report(path, out=workplace / "out", progress=False)
    assert "How three constructed sides" in (workplace / "out" / "mine" / "00_first.html").read_text(encoding="utf-8")


def test_with_study_replaces_one_line():
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('STUDY = "teaching"  # the one parameter\nx = 1')])
    assert with_study(made, "it's").cells[0].source == 'STUDY = "it\'s"\nx = 1'
    assert made.cells[0].source.startswith('STUDY = "teaching"')
    with pytest.raises(InputError, match="no cell has the line"):
        with_study(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")]), "a")


def test_nothing_to_run(workplace):
    with pytest.raises(InputError, match="no study named"):
        report([], out=workplace / "out")
    with pytest.raises(InputError, match=r"no notebook named NN_name\.ipynb"):
        report("bridge", out=workplace / "out", progress=False)


def test_write_leaves_the_old_file_when_it_fails(tmp_path, monkeypatch):
    path = tmp_path / "a" / "page.html"
    write(path, "old")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["page.html"]


def test_a_notebook_waits_for_the_one_that_it_follows_and_for_no_other(tmp_path):
    # The second ends only when the third has run, and the third needs what the first wrote.
    first = "import time; time.sleep(1); open('first', 'w').close()"
    second = "import pathlib, time\nwhile not pathlib.Path('third').exists():\n    time.sleep(0.05)"
    third = "open('first').close(); open('third', 'w').close()"
    notebooks = [nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]) for code in (first, second, third)]
    made = {}
    run_all(notebooks, after=[None, None, 0], folder=tmp_path, workers=2, done=made.__setitem__)
    assert list(made) == [0, 2, 1]
    assert [ran.failure for ran in made.values()] == [None] * 3


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_ctrl_c_kills_kernels_and_leaves_finished_pages(workplace, put):
    put("00_first", "# First", STUDY, "print('done')")
    put("01_slow", "# Slow", STUDY, SLOW)
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from helpers.report import report
        try:
            report("bridge", out=Path(sys.argv[1]))
        except KeyboardInterrupt:
            sys.exit(130)
    """)
    running = subprocess.Popen(
        [sys.executable, "-c", script, str(workplace / "out")], stderr=subprocess.PIPE, text=True
    )
    wait_for(workplace / "notebooks" / "started")
    children = psutil.Process(running.pid).children(recursive=True)
    assert len(children) >= 2
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=30) == 130
    gone, alive = psutil.wait_procs(children, timeout=5)
    assert [process.pid for process in alive] == []
    assert len(gone) == len(children)
    pages = workplace / "out" / "bridge"
    assert "done" in (pages / "00_first.html").read_text(encoding="utf-8")
    assert "has not been run" in (pages / "index.html").read_text(encoding="utf-8")


def wait_for(path: Path) -> None:
    for _ in range(400):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} did not come")
