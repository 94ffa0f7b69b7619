"""make.py: sets up once, notices what is unfinished, and says clearly what is wrong."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OLD = "import sys, runpy; sys.version_info = (3, 9, 1, 'final', 0); sys.argv = ['make.py', 'report']; "


@pytest.fixture
def make():
    spec = importlib.util.spec_from_file_location("make", ROOT / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    (root / "requirements.lock").write_text("# head\nvalley==1.0\n", encoding="utf-8")
    (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return root


@pytest.fixture
def asked(make, monkeypatch):
    """pip and venv replaced: the commands asked for, in order."""
    calls = []

    def environment(folder):
        calls.append("venv")
        make.python(folder).parent.mkdir(parents=True)
        make.python(folder).write_text("")

    monkeypatch.setattr(make, "make_environment", environment)
    monkeypatch.setattr(make, "usable", lambda *args: True)
    monkeypatch.setattr(make, "pip", lambda folder, arguments, **more: calls.append(" ".join(arguments[:2])))
    return calls


def wheel(folder, name, *, requires=(), version="1.0"):
    folder.mkdir(exist_ok=True)
    about = f"{name}-{version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(
        f"Requires-Dist: {r}\n" for r in requires
    )
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{name}.py", "HEIGHT = 3\n")
        archive.writestr(f"{about}/METADATA", head)
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")


def test_an_old_python_is_told_in_syntax_it_can_read():
    source = (ROOT / "make.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 7))
    told = subprocess.run(
        [sys.executable, "-c", OLD + "runpy.run_path('make.py', run_name='__main__')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert told.stderr.startswith("error: the workbench needs Python 3.11 or newer; this is 3.9")
    assert "python3.11 make.py report" in told.stderr


def test_sets_up_once_and_again_when_the_lock_changes(make, project, asked):
    make.set_up(project)
    assert asked == ["venv", "install -r", "install --no-deps"]
    make.set_up(project)
    assert len(asked) == 3
    (project / "requirements.lock").write_text("valley==1.1\n", encoding="utf-8")
    make.set_up(project)
    assert asked[3:] == ["install -r", "install --no-deps"]


def test_what_was_killed_half_way_is_finished(make, project, asked, monkeypatch):
    def killed(folder, arguments, **more):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(make, "pip", killed)
        with pytest.raises(KeyboardInterrupt):
            make.set_up(project)
    assert asked == ["venv"] and not (project / ".venv" / "workbench-stamp.json").exists()
    make.set_up(project)
    assert asked == ["venv", "install -r", "install --no-deps"]


def test_a_broken_stamp_and_a_moved_folder_are_noticed(make, project, asked, monkeypatch):
    make.set_up(project)
    stamp = project / ".venv" / "workbench-stamp.json"
    stamp.write_text("{half", encoding="utf-8")
    make.set_up(project)
    assert asked[3:] == ["install -r", "install --no-deps"]
    monkeypatch.undo()
    wanted = make.state(project)
    assert not make.usable(project / ".venv", {**wanted, "root": "elsewhere"}, wanted)
    assert not make.usable(project / ".venv", {**wanted, "python": "3.9"}, wanted)
    assert not make.usable(project / "nowhere", None, wanted)


def test_a_package_that_pip_was_killed_over_is_forgotten(make, tmp_path):
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("whole-1.dist-info", "half-1.dist-info", "~alf", "half"):
        (site / name).mkdir(parents=True)
    (site / "whole-1.dist-info" / "RECORD").write_text("")
    make.forget_half_installed(tmp_path)
    assert sorted(p.name for p in site.iterdir()) == ["half", "whole-1.dist-info"]


def test_a_real_environment_is_made_broken_and_finished(make, project, monkeypatch, capsys):
    """With pip itself, offline: a wheel of our own, an environment left unfinished, no network, CUDA."""
    wheels = project / "wheels"
    wheel(wheels, "valley")
    wheel(wheels, "torch", requires=["nvidia-x; platform_system == 'Linux'"], version="2.13.0")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    real = make.pip

    def pip(folder, arguments, **more):
        if "-e" not in arguments:  # the project of this test has no build system
            real(folder, arguments, **more)

    monkeypatch.setattr(make, "pip", pip)
    make.set_up(project)
    folder = project / ".venv"
    seen = [str(make.python(folder)), "-c", "import valley; print(valley.HEIGHT)"]
    assert subprocess.run(seen, capture_output=True, text=True).stdout == "3\n"
    assert "installing 1 packages" in capsys.readouterr().out

    (record,) = folder.rglob("valley-1.0.dist-info/RECORD")
    record.unlink()
    (module,) = folder.rglob("site-packages/valley.py")
    module.write_text("HEI")
    (folder / "workbench-stamp.json").unlink()
    make.set_up(project)
    assert subprocess.run(seen, capture_output=True, text=True).stdout == "3\n"
    assert "finishing it" in capsys.readouterr().out

    if sys.platform == "linux":
        monkeypatch.delenv("WORKBENCH_CUDA", raising=False)
        with pytest.raises(make.SetupError, match="build for NVIDIA cards"):
            make.refuse_cuda(folder, "torch==2.13.0")
        monkeypatch.setenv("WORKBENCH_CUDA", "1")
        make.refuse_cuda(folder, "torch==2.13.0")

    for name, value in {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    with pytest.raises(make.SetupError, match="pip cannot reach its package index"):
        real(folder, ["install", "no-such-package==1.0"])


def test_what_pip_says_is_told_shortly(make, capsys, tmp_path):
    make.show("Collecting numpy==2.4.6 (from -r requirements.lock (line 25))\n", 25, 179)
    make.show("Collecting scipy==1.17.1 (from -r requirements.lock (line 26))\n", 26, 179)
    make.show("  Downloading torch-2.13.0-cp311-cp311-win_amd64.whl (123.4 MB)\n", 26, 179)
    make.show("  Downloading six-1.17.0-py2.py3-none-any.whl (11 kB)\n", 26, 179)
    make.show("Installing collected packages: a, b, c\n", 26, 179)
    assert capsys.readouterr().out == (
        "  25 of 179 packages looked up\n  downloading torch (123 MB)\n  installing 3 packages\n"
    )
    full = make.reason_of_pip("ERROR: Could not install: [Errno 28] No space left on device\n", tmp_path / "setup.log")
    assert full.startswith("the disk is full")
    other = make.reason_of_pip("a\nERROR: No matching distribution found for x==1\n", tmp_path / "setup.log")
    assert "No matching distribution found for x==1" in other and "setup.log" in other


def test_commands_and_clean(make, project, capsys, monkeypatch):
    assert make.main(["help"]) == 0
    assert make.main(["reprot"]) == 2
    assert "python make.py report" in capsys.readouterr().out
    for name in make.LEFTOVERS:
        (project / name).mkdir()
    (project / "data").mkdir()
    make.clean(project)
    assert sorted(p.name for p in project.iterdir()) == ["data", "pyproject.toml", "requirements.lock"]

    def no_network(root):
        raise make.SetupError("pip cannot reach its package index")

    monkeypatch.setattr(make, "set_up", no_network)
    assert make.main(["report"]) == 2
    assert capsys.readouterr().err == "error: pip cannot reach its package index\n"


def test_the_makefile_only_calls_the_script(make):
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.*)$", text, re.M)[1].split()
    assert set(targets) == {"help", *re.findall(r"^\s*python make\.py (\w+)", make.__doc__, re.M)}
    assert len(text.splitlines()) <= 10
