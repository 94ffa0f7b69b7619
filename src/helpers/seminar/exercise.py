"""Predict, then see: what the exercises in notebooks/seminar/ stand on.

The constructed corpus is the one corpus of which it is known what every paragraph carries. So a wrong way of counting
can be seen to be wrong, which no real corpus allows.
"""

import copy
import re
from typing import TYPE_CHECKING

import polars as pl
from nbformat import NotebookNode

from helpers import html
from helpers.codebook import open_codebook
from helpers.errors import InputError
from helpers.paths import data_folder

if TYPE_CHECKING:
    from IPython.display import HTML

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "# your turn"
_SOLUTION = re.compile(rf"^([ \t]*){BEGIN}[ \t]*\n(.*?)^[ \t]*{END}[ \t]*$", flags=re.DOTALL | re.MULTILINE)


def gold_paragraphs() -> pl.DataFrame:
    """data/teaching/gold.csv: one row per paragraph of the constructed corpus, its leftovers included."""
    return pl.read_csv(data_folder() / "teaching" / "gold.csv", infer_schema_length=None)


def coded_paragraphs(documents: pl.DataFrame) -> pl.DataFrame:
    """The paragraphs of the constructed corpus with what they were written to carry: one row per paragraph, with the
    labels of its document, `text`, `voice` (outlet | quoted) and a column for each frame (1 carries it, else 0).
    Leftovers of the scraper are left out.

    `documents`: those of the study `teaching`, with copies marked. Raises InputError for any other corpus."""
    gold = gold_paragraphs()
    if not documents["id"].is_in(gold["document_id"].implode()).all():
        raise InputError(
            "what a paragraph truly carries is known of the constructed corpus alone", where="exercise",
            do='Open the study "teaching".',
        )  # fmt: skip
    names = [name for name, frame in open_codebook("governance.yml").frames.items() if not frame.control]
    carried = pl.col("frames").fill_null("").str.split(" ")
    table = gold.filter(pl.col("junk").is_null()).join(documents, left_on="document_id", right_on="id")
    part = pl.col("text").str.slice(pl.col("start"), pl.col("end") - pl.col("start"))
    return (
        table.with_columns(
            part.alias("text"), *(carried.list.contains(name).cast(pl.Float64).alias(name) for name in names)
        )
        .drop("frames", "junk", "copy_of", "borrowed_from", "source")
        .sort("document_id", "paragraph")
    )


def told(guess: float | None, *, naive: float | None, right: float | None, unit: str, because: str) -> "HTML":
    """A guess beside the naive answer and the right one, as a short table; what is still None is a dash.

    `unit` stands behind each number: "%", " texts"."""
    from IPython.display import HTML

    rows = (("your guess", guess), ("counted without thinking", naive), ("counted as it should be", right))
    cells = "".join(
        f'<tr><th scope="row">{name}</th><td class="n">{_shown(value, unit)}</td></tr>' for name, value in rows
    )
    why = f"<p>{html.escape(because)}</p>" if right is not None else "<p>Write your own answer above first.</p>"
    return HTML(html.cell(f"<table><tbody>{cells}</tbody></table>{why}"))


def _shown(value: float | None, unit: str) -> str:
    if value is None or value is ...:
        return html.DASH
    return html.escape(f"{html.number(value, decimals=0 if float(value).is_integer() else 1)}{unit}")


def stripped(notebook: NotebookNode) -> NotebookNode:
    """The students' notebook: every solution (what stands between BEGIN and END) replaced by a comment, outputs gone.

    Raises InputError where a marker has no partner."""
    return _each(notebook, lambda found: f"{found[1]}{STUB}")


def solved(notebook: NotebookNode) -> NotebookNode:
    """The teacher's notebook: with the solutions, without the markers, outputs gone."""
    return _each(notebook, lambda found: found[2].rstrip("\n"))


def _each(notebook, replacement) -> NotebookNode:
    made = copy.deepcopy(notebook)
    for number, cell in enumerate(made.cells, 1):
        cell.source = _SOLUTION.sub(replacement, cell.source)
        if BEGIN in cell.source or END in cell.source:
            raise InputError("a marker without its partner", where=f"cell {number}", do=f"Write {BEGIN} and {END}.")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return made
