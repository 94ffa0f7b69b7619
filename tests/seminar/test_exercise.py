"""The exercises: they run, they give the planted numbers, and the students' copies carry no solution."""

import json
import re
from pathlib import Path

import nbformat
import polars as pl
import pytest
import yaml
from IPython.core.interactiveshell import InteractiveShell

from constructed import passages
from helpers.analyse.copies import copies
from helpers.corpora import load
from helpers.errors import InputError
from helpers.seminar.exercise import BEGIN, END, STUB, coded_paragraphs, solved, stripped, told
from helpers.seminar.traps import traps
from helpers.study import open_study

ROOT = Path(__file__).resolve().parents[2]
BOOKS = sorted((ROOT / "notebooks" / "seminar").glob("*.ipynb"))
TRUTH = yaml.safe_load((ROOT / "data" / "teaching" / "truth.yml").read_text(encoding="utf-8"))["traps"]
new = nbformat.v4


@pytest.fixture(scope="module")
def documents():
    return copies(load(open_study("teaching"), progress=False).table).table


def read(path):
    return nbformat.read(path, as_version=4)


def run(notebook):
    """What the variables are after a run of all cells. Charts and tables show themselves as in JupyterLab."""
    shell = InteractiveShell()
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            done = shell.run_cell(cell.source, silent=True)
            assert done.success, f"cell {number}: {done.error_in_exec or done.error_before_exec}"
    return shell.user_ns


def test_there_are_four():
    assert [path.stem for path in BOOKS] == ["1_wire_copy", "2_dominant_outlet", "3_quotation", "4_what_is_not_there"]


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)
def test_cells_are_short_define_nothing_and_carry_no_output(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
            assert len(source.splitlines()) <= 14
            assert not re.search(r"^\s*(?:def|class) ", source, re.M)
    assert "guess = None" in path.read_text(encoding="utf-8"), "a cell in which the student writes a number"


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)
def test_the_teachers_copy_runs_to_the_planted_numbers(path, documents, monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks" / "seminar")
    made = solved(read(path))
    assert BEGIN not in str(made) and END not in str(made)
    held = run(made)
    labels = {name: name for name in ("multipolar", "civilisations", "rights", "sovereignty", "rules_based")}
    coded = coded_paragraphs(documents).with_columns(pl.col(list(labels)) * 100)
    trap = {trap.notebook: trap for trap in traps(coded, labels, unit=" %")}[path.stem]
    assert held["naive"] == pytest.approx(trap.wrong), "the plan asks for the number that the exercise shows"
    assert held["right"] == pytest.approx(trap.right)


def test_the_numbers_are_those_of_the_truth(monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks" / "seminar")
    wire, dominant = (run(solved(read(path))) for path in BOOKS[:2])
    clusters = TRUTH["wire_copy"]["clusters"]
    assert wire["right"] == len(clusters)
    assert wire["naive"] == sum(1 + len(cluster["copies"]) for cluster in clusters)
    assert dominant["naive"] == pytest.approx(TRUTH["dominant_outlet"]["points_of_side_pooled"], abs=0.5)
    assert dominant["right"] == pytest.approx(TRUTH["dominant_outlet"]["points_of_side_without_it"], abs=0.5)


@pytest.mark.parametrize("path", BOOKS, ids=lambda p: p.stem)
def test_the_students_copy_carries_no_solution_and_runs(path, monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks" / "seminar")
    made = stripped(read(path))
    text = "\n".join(cell.source for cell in made.cells)
    assert STUB in text and "For the teacher" not in text
    solutions = re.findall(rf"{BEGIN}\n(.*?){END}", "\n".join(cell.source for cell in read(path).cells), re.S)
    assert solutions
    for solution in solutions:
        for line in filter(None, map(str.strip, solution.splitlines())):
            if len(line) > 12:
                assert line not in text
    assert run(made)["right"] is None


def test_by_hand():
    book = new.new_notebook(
        cells=[
            new.new_code_cell(f"x = None\n{BEGIN}\nx = 7\ny = 8\n{END}\nprint(x)"),
            new.new_code_cell(f"if x:\n    {BEGIN}\n    x = 9\n    {END}", execution_count=3),
            new.new_markdown_cell("Nothing to hide."),
        ]
    )
    assert [cell.source for cell in stripped(book).cells] == [
        f"x = None\n{STUB}\nprint(x)", f"if x:\n    {STUB}", "Nothing to hide."
    ]  # fmt: skip
    assert [cell.source for cell in solved(book).cells] == [
        "x = None\nx = 7\ny = 8\nprint(x)", "if x:\n    x = 9", "Nothing to hide."
    ]  # fmt: skip
    assert stripped(book).cells[1].execution_count is None and book.cells[1].execution_count == 3


@pytest.mark.parametrize("source", [f"{BEGIN}\nx = 1", f"x = 1\n{END}", f"{END}\nx\n{BEGIN}"])
def test_a_lone_marker_is_an_error_and_no_leak(source):
    with pytest.raises(InputError, match="without its partner"):
        stripped(new.new_notebook(cells=[new.new_code_cell(source)]))


def test_truth_is_known_of_the_constructed_corpus_alone():
    frame = passages([("d1", "west", "One", "Text.")])
    with pytest.raises(InputError, match="known of the constructed corpus alone"):
        coded_paragraphs(frame)


def test_paragraphs_carry_what_was_planned(documents):
    coded = coded_paragraphs(documents)
    gold = pl.read_csv(ROOT / "data" / "teaching" / "gold.csv").filter(pl.col("junk").is_null())
    assert coded.height == gold.height
    assert coded["multipolar"].sum() == sum("multipolar" in (held or "").split() for held in gold["frames"])
    first = coded.filter(document_id="t-cc-01", paragraph=1).row(0, named=True)
    assert first["text"].startswith("Tavaria did not buy eleven thousand processors") and first["rivalry"] == 1


@pytest.mark.parametrize(
    ("guess", "naive", "right", "expected"),
    [
        (12, 17.25, 2.9, ["12 %", "17.2 %", "2.9 %", "Because."]),
        (None, 3, None, ["–", "3 %", "Write your own answer above first."]),
        (0, 0, 0, ["0 %"]),
    ],
)
def test_told(guess, naive, right, expected):
    shown = told(guess, naive=naive, right=right, unit=" %", because="Because.").data
    for words in expected:
        assert words in shown
    assert ("Because." in shown) == (right is not None)


def test_told_escapes():
    assert "<script>" not in told(1, naive=1, right=1, unit="<script>", because="<script>").data
