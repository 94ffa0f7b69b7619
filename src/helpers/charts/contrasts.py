"""How contrasts show themselves: the differences with what they stand on."""

from helpers import html
from helpers.analyse.contrasts import Contrasts
from helpers.results import shows


@shows(Contrasts)
def _contrasts(found: Contrasts) -> str:
    columns = {"value": "value", "side": "side", "other": "against", "difference": "difference", "low": "from",
               "high": "to", "p": "p (outlets)", "p_smallest": "smallest p", "n_documents": "documents",
               "other_n_documents": "against ", "n_members": "outlets", "other_n_members": "against  ",
               "flips": "sign turns without"}  # fmt: skip
    said = (
        f"Differences between means of outlets ({found.unit}), with {100 * found.level:.0f} % intervals for other"
        f" documents of these outlets ({found.replicates:,} resamples); p by exchanging whole outlets between the two"
        " sides, and the smallest p that so few outlets can reach. A sentence about sides is the claim gate’s."
    )
    shown = html.table(found.table, columns=columns, rows=24, heading="Contrasts")
    return html.cell(f'{shown}<p class="notes">{html.escape(said)}</p>')
