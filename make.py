"""Sets up the workbench in .venv and runs a command in it; needs only Python.

python make.py report       the reports of the shipped studies (or of those named after it)
python make.py lab          JupyterLab on the notebooks
python make.py test         style, types and all tests
python make.py doctor       what is installed and whether it is as it should be
python make.py setup        only the environment
python make.py clean        removes .venv, reports and caches of the tools
python make.py lock         writes requirements.lock anew from pyproject.toml
python make.py environment  writes environment.yml anew from pyproject.toml
"""

import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  before any syntax that an older Python cannot read
    sys.exit(
        "error: the workbench needs Python 3.11 or newer; this is {}.{} ({}).\n"
        "Install Python 3.11, then run: python3.11 make.py {}".format(
            *sys.version_info[:2], sys.executable, " ".join(sys.argv[1:]) or "report"
        )
    )

ROOT = Path(__file__).resolve().parent
LEFTOVERS = (".venv", "reports", "build", "dist", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis")
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|name resolution|getaddrinfo failed|Network is unreachable"
    r"|ConnectTimeout|ReadTimeout|ProxyError|Max retries exceeded"
)


class SetupError(Exception):
    """What went wrong, in words for the user."""


def main(arguments: list[str]) -> int:
    """Runs the command named first; returns its exit status."""
    command, rest = (arguments or ["help"])[0], arguments[1:]
    commands = {
        "report": lambda: run([python(), "-m", "helpers", "report", *rest]),
        "lab": lambda: run([python(), "-m", "helpers", "lab", *rest]),
        "doctor": lambda: run([python(), "-m", "helpers", "doctor", *rest]),
        "test": lambda: test(rest),
        "setup": lambda: 0,
    }
    try:
        if command in commands:
            set_up(ROOT)
            return commands[command]()
        if command == "clean":
            return clean(ROOT)
        if command == "lock":
            return lock(rest)
        if command == "environment":
            return run([sys.executable, ROOT / "tools" / "environment.py", *rest])
    except SetupError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from here.", file=sys.stderr)
        return 130
    print(__doc__)
    return 0 if command in ("help", "-h", "--help") else 2


def python(folder: Path = ROOT / ".venv") -> Path:
    """The interpreter of a virtual environment, on this system."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(command: list) -> int:
    """Runs a command in the project's folder with the environment's programs first in PATH."""
    paths = [str(python().parent), os.environ.get("PATH", "")]
    child = subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, "PATH": os.pathsep.join(paths), "VIRTUAL_ENV": str(ROOT / ".venv"), "PYTHONUTF8": "1"},
    )
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the child has had it too and ends by itself


def test(rest: list[str]) -> int:
    """Style, types, tests; all of them run, the worst exit status counts."""
    checks = (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["pytest", *rest])
    failed = []
    for check in checks:
        print("== " + " ".join(check), flush=True)
        if run([python(), "-m", *check]):
            failed.append(" ".join(check))
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def clean(root: Path) -> int:
    """Removes what can be made again inside the project's folder; the user's cache stays."""
    for name in LEFTOVERS:
        shutil.rmtree(root / name, ignore_errors=True)
    return 0


def set_up(root: Path) -> None:
    """Makes .venv as requirements.lock says, or finishes or renews one; nothing where it is up to date.

    The stamp is written last, so an environment without it is one that was never finished."""
    folder = root / ".venv"
    stamp, wanted = folder / "workbench-stamp.json", state(root)
    found = read_stamp(stamp)
    if found == wanted and python(folder).exists():
        return
    stamp.unlink(missing_ok=True)
    if folder.exists() and not usable(folder, found, wanted):
        print("setting up: the environment in .venv cannot be used as it is and is made anew")
        shutil.rmtree(folder)
    if not folder.exists():
        print(f"setting up: environment in .venv, Python {platform.python_version()}; a few minutes, once", flush=True)
        make_environment(folder)
    else:
        print("setting up: .venv is unfinished or out of date; finishing it", flush=True)
    forget_half_installed(folder)
    for pin in pins(root):
        if pin.startswith("torch=="):
            refuse_cuda(folder, pin)
    pip(folder, ["install", "-r", str(root / "requirements.lock")], count=len(pins(root)))
    pip(folder, ["install", "--no-deps", "--no-build-isolation", "-e", str(root)])
    stamp.write_text(json.dumps(wanted), encoding="utf-8")
    print("setting up: done", flush=True)


def state(root: Path) -> dict[str, str]:
    """What an environment was made from; another state asks for setting up again."""
    files = b"".join((root / name).read_bytes() for name in ("requirements.lock", "pyproject.toml"))
    version = ".".join(platform.python_version_tuple()[:2])
    return {"files": hashlib.sha256(files).hexdigest(), "python": version, "root": str(root)}


def read_stamp(stamp: Path) -> dict[str, str] | None:
    """The state in a stamp file, or None where there is none that can be read."""
    try:
        return json.loads(stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def usable(folder: Path, found: dict[str, str] | None, wanted: dict[str, str]) -> bool:
    """Whether pip runs there under this version of Python, and the folder was not moved since."""
    if found and (found.get("python"), found.get("root")) != (wanted["python"], wanted["root"]):
        return False
    script = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([str(python(folder)), "-c", script], capture_output=True, text=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and answer.stdout.strip() == wanted["python"]


def make_environment(folder: Path) -> None:
    """A fresh virtual environment with pip."""
    made = subprocess.run([sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        reason = (made.stderr or made.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise SetupError(
            f"Python could not make a virtual environment in {folder} ({reason[0]}).\n"
            "On Debian and Ubuntu: install the package python3-venv. Elsewhere: is the disk full, or write-protected?"
        )


def forget_half_installed(folder: Path) -> None:
    """Lets pip install again what it was killed over: pip writes RECORD last, and renames to ~ what it removes."""
    for site in [*folder.glob("lib/python*/site-packages"), *folder.glob("Lib/site-packages")]:
        for entry in site.iterdir():
            half = entry.name.endswith(".dist-info") and not (entry / "RECORD").exists()
            if half or entry.name.startswith("~"):
                shutil.rmtree(entry, ignore_errors=True)


def pins(root: Path) -> list[str]:
    """The lines of requirements.lock that name a package."""
    lines = (root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def refuse_cuda(folder: Path, torch: str) -> None:
    """Raises SetupError where pip's index has only PyTorch's build for NVIDIA cards (Linux), which brings gigabytes."""
    if sys.platform != "linux" or os.environ.get("WORKBENCH_CUDA") == "1":
        return
    with tempfile.TemporaryDirectory() as scratch:
        told = Path(scratch) / "report.json"
        pip(folder, ["install", "--dry-run", "--no-deps", "--report", str(told), torch], say=False)
        installs = json.loads(told.read_text(encoding="utf-8"))["install"]
    needs = installs[0]["metadata"].get("requires_dist", []) if installs else []
    machine = platform.machine()
    if any(re.match("nvidia|cuda", need) and ("platform_machine" not in need or machine in need) for need in needs):
        raise SetupError(
            "the PyTorch that pip finds here is the build for NVIDIA cards, with gigabytes of CUDA packages.\n"
            "The workbench needs only the CPU build: on pytorch.org, under Get started, choose Linux, Pip and CPU,\n"
            "and put the address that stands there after --index-url into PIP_EXTRA_INDEX_URL:\n"
            "    export PIP_EXTRA_INDEX_URL=<that address>\n"
            "then run the same command again. To take the large build all the same: WORKBENCH_CUDA=1"
        )


def pip(folder: Path, arguments: list[str], *, count: int = 0, say: bool = True) -> None:
    """Runs pip, its talk in .venv/setup.log, progress in short lines. `count`: packages to expect."""
    command = [str(python(folder)), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    # Byte code is written when a module is first used: doing it for all that torch brings takes minutes.
    command[command.index("install") + 1 : 1 + command.index("install")] = ["--progress-bar", "off", "--no-compile"]
    lines: list[str] = []
    with (folder / "setup.log").open("a", encoding="utf-8") as log:
        child = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace"
        )
        assert child.stdout is not None
        seen = 0
        try:
            for line in child.stdout:
                log.write(line)
                lines.append(line)
                seen += bool(re.match(r"(Collecting|Requirement already satisfied:?) \S+==\S+ \(from -r", line))
                if say:
                    show(line, seen, count)
        except KeyboardInterrupt:
            child.terminate()
            raise
        finally:
            child.wait()
    if child.returncode:
        raise SetupError(reason_of_pip("".join(lines), folder / "setup.log"))


def show(line: str, seen: int, count: int) -> None:
    """One short line for what pip says at length: every 25th package, large downloads, installing."""
    large = re.search(r"Downloading ([A-Za-z0-9_.]+)-.*\((\d+)(?:\.\d+)? MB\)", line)
    if large and int(large[2]) >= 20:
        print(f"  downloading {large[1]} ({large[2]} MB)", flush=True)
    elif count and line.startswith("Collecting") and seen % 25 == 0:
        print(f"  {seen} of {count} packages looked up", flush=True)
    elif line.startswith("Installing collected packages:"):
        print(f"  installing {line.count(',') + 1} packages", flush=True)


def reason_of_pip(said: str, log: Path) -> str:
    """A message for the user from what pip said when it failed."""
    if "No space left on device" in said or "Errno 28" in said:
        return (
            f"the disk is full: the environment needs about 2 GB in {log.parent}. Free some space and run this again."
        )
    if NO_NETWORK.search(said):
        return (
            "pip cannot reach its package index: is this machine online, does it need a proxy (HTTPS_PROXY)?\n"
            f"What was fetched is kept; run the same command again. pip's own words are in {log}"
        )
    last = "".join(f"    {line}\n" for line in said.strip().splitlines()[-8:])
    return f"pip could not install the packages:\n{last}All that pip said is in {log}"


def lock(rest: list[str]) -> int:
    """Installs pyproject's requirements into a fresh environment and writes down what came."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "venv"
        make_environment(folder)
        return run([python(folder), ROOT / "tools" / "lock.py", *rest])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
