"""How the table of planted traps shows itself."""

from helpers import html
from helpers.results import shows
from helpers.seminar.trap_table import TrapTable

ELSEWHERE = (
    "The seven traps are planted in the constructed corpus of the study ‘teaching’: wire copy, an outlet that writes "
    "half of its side, a subject of one side alone, quotations, a missing year, borrowing in other words, leftovers of "
    "web pages. What the right answer is, is known of that corpus alone, so that nothing can be shown of this one here."
)


@shows(TrapTable)
def _trap_table(found: TrapTable) -> str:
    if found.table.is_empty():
        return html.cell(f"<p>{html.escape(ELSEWHERE)}</p>")
    columns = {"trap": "trap", "naive": "counted without care", "ours": "by the workbench", "how": "because"}
    shown = html.table(found.table, columns=columns, heading="Traps planted in the constructed corpus")
    scores = "; ".join(f"{trap}, {scores}" for trap, scores in found.table.select("trap", "scores").drop_nulls().rows())
    said = f"With similarity scores in place of what the paragraphs were written to carry: {scores}."
    return html.cell(f'{shown}<p class="notes">{html.escape(said)}</p>')
