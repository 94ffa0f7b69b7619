"""The command line: exit statuses, errors without stack traces, and a quick start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import cli
from helpers.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "sklearn", "altair", "polars", "sentence_transformers", "pandas", "numpy", "yaml")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache"))


def workbench(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "helpers", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def seconds(code):
    """Processor time to run `code` in a fresh interpreter: wall time on a busy machine says nothing."""
    command = [sys.executable, "-c", f"{code}; import time; print(time.process_time())"]
    return min(float(subprocess.run(command, capture_output=True, text=True, cwd=ROOT).stdout) for _ in range(3))


def test_import_is_light_and_quick():
    loaded = f"import sys, helpers, helpers.cli; print([m for m in {HEAVY} if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True, cwd=ROOT)
    assert told.stdout.strip() == "[]"
    assert seconds("import helpers, helpers.cli") - seconds("pass") < 0.5


def test_help_names_every_command():
    told = workbench("--help")
    assert told.returncode == 0
    for name in ("report", "slides", "lab", "fetch", "read", "study", "doctor"):
        assert f"  {name} " in told.stdout
    assert workbench("--version").stdout.startswith("workbench ")
    assert workbench("study", "new", "--help").returncode == 0


def test_a_wrong_command_line_is_status_2():
    assert workbench().returncode == 2
    told = workbench("read", "x.csv")
    assert told.returncode == 2 and "--out" in told.stderr
    told = workbench("doctor", "--wram")
    assert told.returncode == 2 and "--wram" in told.stderr


def test_bad_input_is_one_line_and_status_2(tmp_path):
    told = workbench("read", str(tmp_path / "nowhere.csv"), "--out", str(tmp_path / "x.parquet"))
    assert told.returncode == 2
    assert told.stderr.startswith("error: ") and "no such file" in told.stderr and "Traceback" not in told.stderr
    told = workbench("fetch", "newz-2017")
    assert told.returncode == 2 and "Did you mean 'news-2017'?" in told.stderr


def test_read_writes_a_table(tmp_path):
    (tmp_path / "article.txt").write_text("The lower house met on the bridge. " * 6, encoding="utf-8")
    out = tmp_path / "article.parquet"
    told = workbench(
        "read", str(tmp_path / "article.txt"), "--out", str(out), "--side", "un", "--outlet", "Żupa – 議会"
    )
    assert told.returncode == 0, told.stderr
    assert out.exists() and "Żupa – 議会" in told.stdout


def test_a_narrow_console_does_not_crash(tmp_path):
    (tmp_path / "article.txt").write_text("The lower house met on the bridge. " * 6, encoding="utf-8")
    options = ("--out", str(tmp_path / "a.parquet"), "--outlet", "議会")
    told = workbench("read", str(tmp_path / "article.txt"), *options, PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert told.returncode == 0, told.stderr
    assert "??" in told.stdout


def raising(error):
    def action():
        raise error

    return action


def test_statuses(capsys, tmp_path):
    assert cli.guarded(lambda: 0) == 0
    assert cli.guarded(raising(InputError("no such thing", do="Look."))) == 2
    assert capsys.readouterr().err == "error: no such thing. Look.\n"
    assert cli.guarded(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err.startswith("stopped.")
    assert cli.guarded(raising(PermissionError(13, "Permission denied", "/x/y"))) == 2
    assert "Permission denied: /x/y" in capsys.readouterr().err


def test_a_bug_is_a_line_and_a_log(capsys, tmp_path):
    assert cli.guarded(raising(ZeroDivisionError("division by zero"))) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError: division by zero" in said and "Traceback" not in said
    (log,) = (tmp_path / "cache" / "logs").iterdir()
    assert str(log) in said
    assert "Traceback (most recent call last)" in log.read_text(encoding="utf-8")


def test_a_bug_without_a_cache_is_logged_elsewhere(capsys, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr(cli.tempfile, "tempdir", str(tmp_path / "tmp"))
    assert cli.guarded(raising(ZeroDivisionError())) == 1
    (log,) = (tmp_path / "tmp").iterdir()
    assert str(log) in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device", "vectors.sqlite"),
        RuntimeError("database or disk is full"),
        ValueError("No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_said(error, capsys):
    assert cli.guarded(raising(error)) == 2
    assert capsys.readouterr().err.startswith("error: the disk is full")
    outer = RuntimeError("while saving")
    outer.__cause__ = error
    assert cli.guarded(raising(outer)) == 2


def test_report_passes_on_and_prints_the_address(capsys, monkeypatch, tmp_path):
    import helpers.report

    asked = {}

    def report(studies, **options):
        asked.update(options, studies=studies)
        return tmp_path / "pages" / "index.html"

    monkeypatch.setattr(helpers.report, "report", report, raising=False)
    assert cli.main(["report", "--out", str(tmp_path / "pages"), "--fresh"]) == 0
    assert asked["studies"] == ["teaching", "world-2017"]
    assert asked["out"] == tmp_path / "pages" and asked["fresh"] is True
    asked["progress"]("half done")
    told = capsys.readouterr()
    assert told.out == f"open {(tmp_path / 'pages' / 'index.html').as_uri()}\n" and told.err == "half done\n"


def test_slides_are_those_of_the_report(capsys, monkeypatch, tmp_path):
    import helpers.report

    asked = []
    monkeypatch.setattr(helpers.report, "report", lambda studies, **options: asked.append((studies, options["out"])))
    assert cli.main(["slides", "teaching", "--out", str(tmp_path)]) == 0
    assert asked == [(["teaching"], tmp_path)]
    assert capsys.readouterr().out == f"open {(tmp_path / 'teaching' / 'slides.html').as_uri()}\n"


def test_lab_opens_the_notebooks_with_this_environment(monkeypatch):
    started = {}

    class Child:
        def __init__(self, command, env):
            started.update(command=command, env=env)
            self.waits = 0

        def wait(self):
            self.waits += 1
            if self.waits == 1:
                raise KeyboardInterrupt
            return 0

    monkeypatch.setattr(cli.subprocess, "Popen", Child)
    assert cli.main(["lab", "--no-browser"]) == 0
    command = started["command"]
    assert command[:3] == [sys.executable, "-m", "jupyterlab"] and command[-1] == "--no-browser"
    assert any(part.startswith("--LabApp.default_url=/lab/tree/notebooks") for part in command)
    assert "--LabApp.news_url=None" in command
    assert started["env"]["JUPYTER_PREFER_ENV_PATH"] == "1"
