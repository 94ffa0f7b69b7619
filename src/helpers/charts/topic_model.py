"""The picture of a second opinion: each difference in the share of a theme beside that of the topic most like it."""

import altair as alt
import polars as pl

from helpers.analyse.topic_model import ALIKE, SecondOpinion
from helpers.charts import base
from helpers.charts.base import Figure, finish
from helpers.errors import InputError
from helpers.phrases import count, per_cent
from helpers.sides import readable

THEME, TOPIC = "theme", "topic of the other method"


def signs(found: SecondOpinion) -> Figure:
    """Differences between sides in percentage points, by theme and by topic. Raises InputError where no theme has a
    topic like it."""
    if found.table.is_empty():
        raise InputError("no theme has a topic like it", where="charts.topic_model", do="Look at its table of themes.")
    pair = pl.struct("side", "other").map_elements(
        lambda row: f"{readable(row['side'])} − {readable(row['other'])}", return_dtype=pl.String
    )
    percent = ("difference", "low", "high", "topic_difference", "topic_low", "topic_high")
    table = found.table.with_columns(*(pl.col(name) * 100 for name in percent), pair=pair)
    long = pl.concat(
        table.select("label", "words", "jaccard", "pair", what=pl.lit(what), at=at, low=low, high=high)
        for what, (at, low, high) in ((THEME, percent[:3]), (TOPIC, percent[3:]))
    )
    order = table["label"].unique(maintain_order=True).to_list()
    pairs = table["pair"].unique(maintain_order=True).to_list()
    reach = float(long.select(pl.max_horizontal(pl.col("low", "high", "at").abs()).max()).item() or 1)
    panels = []
    for k, name in enumerate(pairs):
        one = alt.Chart(long, title=name, width=150, height=alt.Step(11)).transform_filter(
            alt.FieldEqualPredicate(field="pair", equal=name)
        )
        one = one.encode(
            y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labels=k == 0, labelLimit=230)),
            yOffset=alt.YOffset("what:N", sort=[THEME, TOPIC]),
            color=alt.Color("what:N", scale=alt.Scale(domain=[THEME, TOPIC], range=[base.INK, base.ACCENT]),
                            legend=alt.Legend(title=None, orient="top") if k == 0 else None),
        )  # fmt: skip
        x = alt.X("at:Q", title="percentage points" if k == len(pairs) // 2 else None,
                  scale=alt.Scale(domain=[-reach, reach]))  # fmt: skip
        tooltip = ["label", "words", alt.Tooltip("jaccard:Q", format=".2f"), "pair", "what",
                   *(alt.Tooltip(f"{n}:Q", format="+.1f") for n in ("at", "low", "high"))]  # fmt: skip
        zero = alt.Chart().mark_rule(color=base.RULE).encode(x=alt.datum(0))
        panels.append(
            zero
            + one.mark_rule(strokeWidth=1.4).encode(x=alt.X("low:Q"), x2="high:Q")
            + one.mark_point(size=50, filled=True).encode(x=x, tooltip=tooltip)
        )
    clear = found.table.filter("clear")
    lost = found.themes.filter(~pl.col("found"))
    return finish(
        alt.hconcat(*panels, spacing=10),
        title="A second opinion: themes beside the topics of a structural topic model",
        caption=f"{int(found.table['same'].sum())} of {count(len(found.table), 'difference')} have the same sign in"
        f" both; of the {len(clear)} that both tell from zero, {int(clear['same'].sum())}.",
        how_to_read="Two marks for each theme: the difference in its share of passages, and in the share of the topic"
        " that is largest in most of the same passages. Lines: 95 % intervals over documents. The topic model sees"
        " words where themes see vectors; the two need not agree on what belongs together.",
        description="Dots with intervals, two for each theme and pair of sides.",
        table=table.select("label", "topic", "words", "jaccard", "side", "other", *percent, "clear", "same"),
        notes=(
            f"Adjusted mutual information of themes and topics: {found.shared:.2f} ({found.n_passages:,} passages).",
            *((f"{count(len(lost), 'theme')} of {len(found.themes)} have no topic like them (an overlap of at least"
               f" {per_cent(ALIKE)}), and are not compared.",) if len(lost) else ()),
        ),
    )  # fmt: skip
