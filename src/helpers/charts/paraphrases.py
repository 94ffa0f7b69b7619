"""How documents told in other words show themselves."""

from helpers import html
from helpers.analyse.paraphrases import Paraphrases
from helpers.phrases import count, per_cent
from helpers.results import shows


@shows(Paraphrases)
def _paraphrases(found: Paraphrases) -> str:
    columns = {"document_id": "document", "outlet": "outlet", "other_id": "repeated in", "other_outlet": "outlet ",
               "days": "days later", "share": "passages shared", "cosine": "cosine",
               "n_passages": "passages"}  # fmt: skip
    said = (
        f"{count(found.table.height, 'pair')} of {found.n_documents:,} documents: of the shorter one’s passages at "
        f"least {per_cent(found.least_share)} have a counterpart. Two full reports of one event look the same."
    )
    shown = html.table(found.table, columns=columns, percent=["share"], rows=12, heading="Told in other words")
    return html.cell(f'{shown}<p class="notes">{html.escape(said)}</p>')
