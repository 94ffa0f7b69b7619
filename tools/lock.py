"""Writes requirements.lock: the whole closure of pyproject.toml, test extra included, as plain pins.

Run by `python make.py lock` inside a fresh environment, which it fills. What only another system
needs (colorama on Windows, appnope on macOS) is found by following every package's requirements
with that system's markers, and pinned with a marker of its own. In the end pip is asked, for each
system and Python, whether every pin has a wheel there.
"""

import email
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
TORCH = "torch==2.13.0"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LOWEST = "3.11.0"
"""Distributions stay for years at the first releases of a Python; some packages ask for later ones."""
SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
    "darwin": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "arm64"},
    "win32": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "AMD64"},
}
TAGS = {
    "linux": [f"manylinux{tag}_x86_64" for tag in ("_2_28", "_2_27", "_2_17", "2014", "_2_12", "2010", "_2_5", "1")],
    "darwin": [f"macosx_{major}_0_{kind}" for major in (14, 13, 12, 11) for kind in ("arm64", "universal2")],
    "win32": ["win_amd64"],
}
HEAD = """\
# Every package the workbench needs, tests included, at the version it was tried with.
# Written by `python make.py lock` from pyproject.toml; do not edit.
"""


def main() -> int:
    """Fills this environment and writes the lock; says which pins have no wheel somewhere."""
    pip("install", TORCH, "--no-deps")
    pip("install", TORCH, "setuptools>=77", *roots())
    for name in too_new():
        pip("install", TORCH, f"{name}=={newest(name, LOWEST)}", *roots())
    needed = walk()
    lines = sorted(f"{name}=={version(name)}{marker(where)}" for name, where in needed.items())
    LOCK.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{len(lines)} packages in {LOCK.name}; asking for their wheels", flush=True)
    print("\n".join(f"no wheel of {line}" for line in without_wheel(needed)) or "wheels for all systems and Pythons")
    return 0


def pip(*arguments: str) -> None:
    """Runs pip of this environment, quietly; stops the script where it fails."""
    subprocess.run([sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", *arguments], check=True)


def roots() -> list[str]:
    """The requirements of pyproject.toml with the test extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["test"]]


def too_new() -> list[str]:
    """The installed packages that do not run on the lowest Python."""
    from packaging.specifiers import SpecifierSet

    asked = {there.metadata["Name"]: there.metadata["Requires-Python"] or "" for there in metadata.distributions()}
    return [name for name, python in asked.items() if not SpecifierSet(python).contains(LOWEST)]


def newest(name: str, python: str) -> str:
    """The newest version of a package that has a wheel for that Python."""
    command = ["index", "versions", name, "--only-binary", ":all:", "--python-version", python]
    told = subprocess.run([sys.executable, "-m", "pip", *command], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(([^)]+)\)", told)[0]


def walk() -> dict[str, set[tuple[str, str]]]:
    """Package -> the (system, Python) pairs that need it."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    needed: dict[str, set[tuple[str, str]]] = {}
    for system, markers in SYSTEMS.items():
        for python in PYTHONS:
            environment = {**markers, "python_version": python, "python_full_version": f"{python}.0"}
            environment |= {"implementation_name": "cpython", "platform_python_implementation": "CPython"}
            todo = [Requirement(text) for text in (*roots(), TORCH, "setuptools")]
            seen: set[tuple[str, str]] = set()
            while todo:
                requirement = todo.pop()
                name = canonicalize_name(requirement.name)
                fresh = {(name, extra) for extra in ("", *requirement.extras)} - seen
                if not fresh:
                    continue
                seen |= fresh
                needed.setdefault(name, set()).add((system, python))
                for text in requirements(name, str(requirement.specifier), system):
                    inner = Requirement(text)
                    if inner.marker is None or any(
                        inner.marker.evaluate({**environment, "extra": e}) for _, e in fresh
                    ):
                        todo.append(inner)
    return needed


_FETCHED: dict[str, tuple[str, list[str]]] = {}


def requirements(name: str, specifier: str, system: str) -> list[str]:
    """What a package requires: told by the installed one, else by the wheel for that system."""
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        if name not in _FETCHED:
            _FETCHED[name] = fetch(name, specifier, system)
        return _FETCHED[name][1]


def version(name: str) -> str:
    """The version to pin, without a local part such as +cpu."""
    try:
        return metadata.version(name).split("+")[0]
    except metadata.PackageNotFoundError:
        return _FETCHED[name][0]


def fetch(name: str, specifier: str, system: str) -> tuple[str, list[str]]:
    """Version and requirements of the newest wheel of a package that this system has no use for."""
    with tempfile.TemporaryDirectory() as scratch:
        tags = [part for tag in TAGS[system] for part in ("--platform", tag)]
        pip(
            "download",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--python-version",
            PYTHONS[0],
            *tags,
            "-d",
            scratch,
            name + specifier,
        )
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            (member,) = [n for n in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", n)]
            head = email.message_from_bytes(archive.read(member))
    return head["Version"], head.get_all("Requires-Dist") or []


def marker(where: set[tuple[str, str]]) -> str:
    """The marker of a pin: the systems that need it, and the first Python where not all do."""
    systems, parts = {system for system, _ in where}, []
    if systems == {"linux", "darwin"}:
        parts.append('sys_platform != "win32"')
    elif len(systems) == 1:
        parts.append(f'sys_platform == "{systems.pop()}"')
    elif systems != set(SYSTEMS):
        parts.append("(" + " or ".join(f'sys_platform == "{system}"' for system in sorted(systems)) + ")")
    first = min((python for _, python in where), key=PYTHONS.index)
    if first != PYTHONS[0]:
        parts.append(f'python_version >= "{first}"')
    return " ; " + " and ".join(parts) if parts else ""


def without_wheel(needed: dict[str, set[tuple[str, str]]]) -> list[str]:
    """The pins that have no wheel for a system and Python that need them, as told by pip's index.

    A wheel that holds no machine code serves all systems; only its Requires-Python is looked at."""
    asked = [(name, *where) for name, places in sorted(needed.items()) for where in sorted(places)]
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda one: has_wheel(*one), asked)
    return [
        f"{name}=={version(name)} on {system} with Python {python}"
        for (name, system, python), has in zip(asked, found, strict=True)
        if not has
    ]


def has_wheel(name: str, system: str, python: str) -> bool:
    """Whether there is a wheel of the pinned version for that system and Python."""
    from packaging.specifiers import SpecifierSet

    try:
        there = metadata.distribution(name)
        if "Tag: py3-none-any" in (there.read_text("WHEEL") or "") or "Tag: py2.py3-none-any" in (
            there.read_text("WHEEL") or ""
        ):
            return SpecifierSet(there.metadata["Requires-Python"] or "").contains(python + ".0")
    except metadata.PackageNotFoundError:
        pass
    tags = [part for tag in TAGS[system] for part in ("--platform", tag)]
    command = ["index", "versions", name, "--only-binary", ":all:", "--python-version", python, *tags]
    told = subprocess.run([sys.executable, "-m", "pip", *command], capture_output=True, text=True).stdout
    return version(name) in re.split(r"[,:\s]+", re.sub(r"\+\w+", "", told))


if __name__ == "__main__":
    sys.exit(main())
