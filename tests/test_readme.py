"""The commands that the README shows exist, parse, and (where that is cheap) run."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from helpers import cli

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = [line for block in re.findall(r"^```sh\n(.*?)^```", TEXT, re.M | re.S) for line in block.splitlines() if line]
TARGETS = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1].split()
CHEAP = ("workbench --help", "workbench doctor")


def test_the_two_commands_come_first():
    assert SHELL[:2] == ["make report", "make test"]


@pytest.mark.parametrize("line", SHELL)
def test_command_parses(line, monkeypatch):
    words = shlex.split(line)
    if words[0] == "make":
        assert words[1] in TARGETS
        assert all(word.startswith("ARGS=") for word in words[2:])
    elif words[:2] == ["python", "make.py"]:
        assert words[2] in TARGETS
    elif words[0] == "conda":
        assert words in (["conda", "env", "create", "-f", "environment.yml"], ["conda", "activate", "text-workbench"])
    else:
        assert words[0] == "workbench"
        ran = []
        for name in ("_report", "_slides", "_lab", "_fetch", "_read", "_study_new", "_seminar", "_doctor"):
            monkeypatch.setattr(cli, name, lambda given, name=name: ran.append(name))
        if "--help" in words:
            with pytest.raises(SystemExit) as stop:
                cli.main(words[1:])
            assert stop.value.code == 0
        else:
            assert cli.main(words[1:]) == 0
            assert len(ran) == 1


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_commands_are_shell():
    subprocess.run(["bash", "-n"], input="\n".join(SHELL), text=True, check=True)


@pytest.mark.parametrize("line", CHEAP)
def test_cheap_command_runs(line, tmp_path):
    assert line in SHELL
    told = subprocess.run(
        [sys.executable, "-m", "helpers", *shlex.split(line)[1:]],
        cwd=ROOT,
        env={**os.environ, "WORKBENCH_CACHE": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_places_named_exist():
    for place in re.findall(r"^\| `([^`]+)`", TEXT, re.M):
        assert place == "reports/" or (ROOT / place).exists(), place
