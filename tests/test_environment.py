"""environment.yml and requirements.lock say what pyproject.toml says."""

import contextlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from rattler import MatchSpec

from helpers import cli

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ASKED = [Requirement(r) for r in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"])]
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
PINS = [line for line in LOCK if not line.startswith("#")]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_environment_is_what_pyproject_says():
    written = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert written == tool("environment").environment((ROOT / "pyproject.toml").read_text(encoding="utf-8")), (
        "run: python make.py environment"
    )


def test_every_conda_line_is_a_match_spec():
    lines = [line for line in ENVIRONMENT["dependencies"] if isinstance(line, str)]
    assert len(lines) > 20
    for line in lines:
        spec = MatchSpec(line, strict=True)
        assert spec.name is not None, line
    assert MatchSpec("pytorch-cpu >=2.6,<3").name.normalized == "pytorch-cpu"


def test_conda_brings_no_cuda_and_pip_lines_parse():
    (by_pip,) = [line["pip"] for line in ENVIRONMENT["dependencies"] if isinstance(line, dict)]
    assert by_pip[-1] == "-e ."
    assert {Requirement(line).name for line in by_pip[:-1]} == tool("environment").ONLY_PIP
    assert not [line for line in ENVIRONMENT["dependencies"] if str(line).startswith(("pytorch ", "torch"))]
    assert ENVIRONMENT["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize("odd", ["torch", "jupyter[all]>=1", "colorama>=0.4; sys_platform == 'win32'", "x @ file:///x"])
def test_what_conda_cannot_say_is_refused(odd):
    with pytest.raises(ValueError, match="can be translated for conda"):
        tool("environment").split(odd)


def test_binder_installs_what_running_needs():
    written = (ROOT / "binder" / "environment.yml").read_text(encoding="utf-8")
    assert written == tool("environment").binder((ROOT / "pyproject.toml").read_text(encoding="utf-8")), (
        "run: python make.py environment"
    )
    told = yaml.safe_load(written)
    (by_pip,) = [line["pip"] for line in told["dependencies"] if isinstance(line, dict)]
    specs = {MatchSpec(line).name.normalized: line for line in told["dependencies"] if isinstance(line, str)}
    tables = tool("environment")
    needed = {Requirement(r).name for r in PROJECT["dependencies"]}
    assert {Requirement(line).name for line in by_pip} == tables.ONLY_PIP & needed
    assert set(specs) == {tables.RENAMED.get(n, n) for n in needed - tables.ONLY_PIP} | {"python", "pip", "setuptools"}
    # It looks for a Python that is named exactly, by this pattern, and takes its own base for it.
    assert re.fullmatch(r"python\s*=+\s*([\d.]*)", specs["python"])[1] == PROJECT["requires-python"].lstrip(">=")


def test_binder_builds_with_commands_that_exist():
    path = ROOT / "binder" / "postBuild"
    if shutil.which("bash"):
        subprocess.run(["bash", "-n", path.name], cwd=path.parent, check=True)
    assert os.name == "nt" or os.access(path, os.X_OK)
    lines = [shlex.split(line, comments=True) for line in path.read_text(encoding="utf-8").splitlines()]
    install, report = [line for line in lines if line[:1] == ["python"]]
    assert install[:4] == ["python", "-m", "pip", "install"] and install[-2:] == ["--editable", "."]
    assert report[:3] == ["python", "-m", "helpers"]
    assert cli._parser().parse_args(report[3:]).studies == ["teaching"]


def test_lock_is_plain_pins_sorted_without_cuda():
    for line in PINS:
        assert re.fullmatch(r'[a-z0-9-]+==[0-9][0-9a-z.]*( ; sys_platform [!=]= "(win32|darwin|linux)")?', line), line
        assert not re.match("nvidia|cuda|triton|uvloop|pip==", line), line
    assert sorted(PINS) == PINS
    assert "torch==2.13.0" in PINS


def test_lock_holds_every_requirement_within_its_range():
    pinned = {Requirement(line).name: Requirement(line) for line in PINS}
    for requirement in ASKED:
        pin = pinned.get(canonicalize_name(requirement.name))
        assert pin is not None and pin.marker is None, f"{requirement}: run python make.py lock"
        (specifier,) = pin.specifier
        assert requirement.specifier.contains(specifier.version), f"{requirement}: run python make.py lock"


def test_lock_runs_on_the_first_release_of_the_lowest_python():
    assert PROJECT["requires-python"] == ">=3.11"
    looked_at = 0
    for pin in map(Requirement, PINS):
        with contextlib.suppress(metadata.PackageNotFoundError):
            there = metadata.distribution(pin.name)
            if there.version.split("+")[0] in pin.specifier:
                looked_at += 1
                assert SpecifierSet(there.metadata["Requires-Python"] or "").contains("3.11.0"), pin
    assert looked_at > 100


def test_lock_has_what_other_systems_need():
    for line in ('colorama==0.4.6 ; sys_platform == "win32"', 'ptyprocess==0.7.0 ; sys_platform != "win32"'):
        assert line in PINS


ALL = {(system, python) for system in ("linux", "darwin", "win32") for python in ("3.11", "3.12", "3.13", "3.14")}


@pytest.mark.parametrize(
    ("where", "marker"),
    [
        (ALL, ""),
        ({w for w in ALL if w[0] != "win32"}, ' ; sys_platform != "win32"'),
        ({w for w in ALL if w[0] == "darwin"}, ' ; sys_platform == "darwin"'),
        ({w for w in ALL if w[1] in ("3.13", "3.14")}, ' ; python_version >= "3.13"'),
        ({w for w in ALL if w[0] != "linux"}, ' ; (sys_platform == "darwin" or sys_platform == "win32")'),
    ],
)
def test_marker_of_a_pin(where, marker):
    assert tool("lock").marker(where) == marker
