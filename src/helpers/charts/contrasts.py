"""How contrasts show themselves: the differences with what they stand on, and how large one must be to be seen."""

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from helpers import html
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.thresholds import THRESHOLDS
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.phrases import per_cent
from helpers.results import shows
from helpers.sides import readable, side_name

SEEN, FLOOR, SIDES = "seen in these outlets", "null floor", "found between sides"
COLOURS = {SEEN: "#3f6bb5", FLOOR: base.FAINT, SIDES: base.ACCENT}
"""Of the three sizes: none of them a side's meaning here."""


def power(found: Contrasts, *, values: Sequence[str] | None = None, labels: Mapping[str, str] | None = None) -> Figure:
    """How large a difference must be to be seen, pair of sides by pair of sides; one tick for each of `values` (None:
    all). `labels`: value -> its name."""
    rows = found.table if values is None else found.table.filter(pl.col("value").is_in(list(values)))
    named = pl.col("value").replace_strict(dict(labels or {}), default=pl.col("value"))
    pair = pl.struct("side", "other").map_elements(lambda r: _pair(r["side"], r["other"]), return_dtype=pl.String)
    wide = rows.select("side", "other", "p_smallest", "null_floor_kind", pair=pair, measure=named,
                       **{SEEN: "detectable", FLOOR: "null_floor", SIDES: "detectable_side"})  # fmt: skip
    table = wide.unpivot([SEEN, FLOOR, SIDES], index=["pair", "measure", "null_floor_kind", "p_smallest"],
                         variable_name="what", value_name="size")  # fmt: skip
    middle = table.group_by("pair", "what").agg(pl.col("size").median(), pl.col("p_smallest").first())
    out_of_reach = middle.filter((pl.col("what") == SIDES) & pl.col("size").is_null())
    out_of_reach = out_of_reach.with_columns(
        size=0.0, said=pl.format("out of reach: p cannot be under {}", pl.col("p_smallest").round(2))
    )
    colour = alt.Color("what:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())),
                       legend=alt.Legend(title=None, orient="top"))  # fmt: skip
    one = alt.Chart(table.drop_nulls("size"), width=430, height=alt.Step(16)).encode(
        y=alt.Y("pair:N", title=None, sort=table["pair"].unique(maintain_order=True).to_list()),
        yOffset=alt.YOffset("what:N", sort=list(COLOURS)),
        x=alt.X("size:Q", title="standard deviations of documents", scale=alt.Scale(zero=True)),
        color=colour,
    )
    tooltip = ["pair", "measure", "what", alt.Tooltip("size:Q", format=".2f"), "null_floor_kind",
               alt.Tooltip("p_smallest:Q", format=".3f")]  # fmt: skip
    ticks = one.mark_tick(thickness=1.5, size=12, opacity=0.55).encode(tooltip=tooltip)
    median = one.mark_point(size=70, filled=True, opacity=1).encode().properties(data=middle.drop_nulls("size"))
    text = one.mark_text(align="left", dx=2, fontSize=11).encode(text="said:N").properties(data=out_of_reach)
    layers = [ticks, median] + ([text] if len(out_of_reach) else [])
    kinds = rows.filter(null_floor_kind="documents")
    return finish(
        alt.layer(*layers),
        title="How large a difference must be to be seen",
        caption=_caption(middle, rows),
        how_to_read=f"One tick for each measure, the dot is the middle one. {SEEN.capitalize()}: smaller differences "
        f"are found by the interval in fewer than {per_cent(THRESHOLDS['power'].value)} of such samples of documents. "
        f"{FLOOR.capitalize()}: what chance alone makes in 95 of 100 cases. {SIDES.capitalize()}: the same for the "
        "permutation of whole outlets, the only test that speaks of sides.",
        description="Strips of the smallest differences that can be seen, for each pair of sides.",
        table=table,
        notes=tuple(
            f"{one}: the null floor is of documents, and optimistic, since neither side has "
            f"{THRESHOLDS['outlets_to_split'].value:.0f} outlets."
            for one in dict.fromkeys(_pair(a, b) for a, b in kinds.select("side", "other").iter_rows())
        ),
    )


def _caption(middle: pl.DataFrame, rows: pl.DataFrame) -> str:
    """What cannot be seen between each pair, at the middle of the measures."""
    sizes = {(pair, what): size for pair, what, size in middle.select("pair", "what", "size").iter_rows()}
    said = []
    for side, other in rows.select("side", "other").unique(maintain_order=True).iter_rows():
        seen, found = (sizes.get((_pair(side, other), what)) for what in (SEEN, SIDES))
        if seen is not None:
            wide = "between sides none" if found is None else f"between sides {found:.2f}"
            said.append(f"{seen:.2f} in these outlets of {side_name(side)} and {side_name(other)}, {wide}")
    return f"What could have been seen, in standard deviations, for the middle measure: {'; '.join(said)}."


def _pair(side: str, other: str) -> str:
    return f"{readable(side)} − {readable(other)}"


@shows(Contrasts)
def _contrasts(found: Contrasts) -> str:
    columns = {"value": "value", "side": "side", "other": "against", "difference": "difference", "low": "from",
               "high": "to", "standardised": "in sd", "null_floor": "null floor", "detectable": "seen from",
               "p": "p (outlets)", "p_adjusted": "adjusted", "p_smallest": "smallest p", "n_documents": "documents",
               "other_n_documents": "against ", "n_members": "outlets", "other_n_members": "against  ",
               "flips": "sign turns without"}  # fmt: skip
    columns = {name: told for name, told in columns.items() if name in found.table.columns}
    parted = int(found.table["bca_differs"].sum()) if len(found.table) else 0
    said = (
        f"Differences between means of outlets ({found.unit}), with {100 * found.level:.0f} % intervals for other"
        f" documents of these outlets ({found.replicates:,} resamples); p by exchanging whole outlets between the two"
        " sides, adjusted for all values that these are compared on, and the smallest p that so few outlets can reach."
        " In standard deviations of documents (sd): the difference, the null floor that chance alone stays under in 95"
        " of 100 cases, and the size from which on the interval finds a difference four times in five. Corrected"
        f" for bias and skewness, {parted} of"
        f" {len(found.table)} intervals would be materially others. A sentence about sides is the claim gate’s."
    )
    shown = html.table(found.table, columns=columns, rows=24, heading="Contrasts")
    return html.cell(f'{shown}<p class="notes">{html.escape(said)}</p>')
