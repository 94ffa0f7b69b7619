"""Before and after a date, each outlet against itself.

Outlets come and go, and a side whose other half writes after the date looks changed without a sentence
changed. So only outlets with enough documents on both sides of the date are compared, and what is averaged
is how far each of them moved.
"""

import datetime
from collections.abc import Sequence

import numpy as np
import polars as pl

from helpers.analyse.changes import PHASES, between_sides, of_sides
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.intervals import cells, over_strata, with_interval
from helpers.analyse.over_time import FEWEST, OverTime
from helpers.analyse.resampling import pooled_sd
from helpers.analyse.units import SHARED
from helpers.phrases import count
from helpers.results import result
from helpers.sides import side_name
from helpers.study import Event

NOT_SHOWN = (
    "That a date lies between them does not make what happened then the cause: nothing shows how these outlets would "
    "have written without it, other things happened at the same time, and what was under way before goes on after."
)

MOST_FLIPPED, DRAWN = 15, 9_999
"""Of more outlets, so many random signs stand for all 2^k of them."""

APART = 0.05
"""Share of the documents that must lie between the event and another date, for it to be another one."""


@result
class BeforeAfter:
    """How far outlets moved between the time before a date and the time after it.

    table        one row per (value, side) that can be asked: before, after (means over the outlets that are
                 compared), change, low, high (95 %: these outlets, other documents of theirs), standardised, std_low,
                 std_high (in sd, the standard deviation of documents), p (every outlet's change with its sign turned or
                 not, two-sided), p_smallest, alone_low, alone_high, flips (as in Contrasts), n_outlets, n_before,
                 n_after (documents)
    outlets      one row per (value, side, member): before, after, change, low, high, n_before, n_after, paired (has
                 `least` documents on both sides of the date, and enters the means)
    sides        one row per side: asked, said (why not), n_outlets (paired), n_before, n_after (documents of all its
                 outlets), n_neither (of the day itself, dated too inexactly, or outside the window)
    elsewhere    one row per (value, side, date): the change at other dates of this corpus, for comparison
    changes      the rows of table as a contrast of the side after with itself before, for the claim gate
    differences  how much further one side moved than another: difference in differences
    """

    table: pl.DataFrame
    outlets: pl.DataFrame
    sides: pl.DataFrame
    elsewhere: pl.DataFrame
    changes: Contrasts
    differences: Contrasts
    date: datetime.date
    label: str
    window: int | None
    least: int
    members: str
    voice: str
    copies: str


def before_after(found: OverTime, event: Event, *, window: int | None = None, least: int = FEWEST) -> BeforeAfter:
    """Compares what was counted over time before and after an event.

    `window`: days on either side, None for all there are. `least`: documents (copies being one) that an outlet
    needs on each side; a speaker, who speaks rarely, needs one. Documents of the day itself, and those whose date is
    too inexact to tell, are in neither. A side that has no such outlet cannot be asked."""
    speakers = found.members == "speaker"
    needed = 1 if speakers else least
    rows = found.units.with_columns(phase=_phase(event.date, window))
    near = rows.drop_nulls("phase")
    paired = _paired(near, needed)
    outlets = _outlets(near, paired, found.values)
    kept = near.join(paired.filter("paired"), on=["side", "member"], how="semi")
    moved = outlets.filter("paired")
    table = _table(moved, kept, speakers=speakers)
    elsewhere = _elsewhere(found, event.date, window, needed)
    return BeforeAfter(
        table,
        outlets,
        _sides(rows, paired, event, least=needed),
        elsewhere,
        of_sides(table, moved, kept, elsewhere, event.label),
        between_sides(table, moved, kept, elsewhere),
        event.date,
        event.label,
        window,
        least,
        found.members,
        found.voice,
        found.copies,
    )


def _elsewhere(found: OverTime, date: datetime.date, window: int | None, least: int) -> pl.DataFrame:
    """value, side, date, change at dates that cut the corpus elsewhere, at tenths of its units."""
    schema = {"value": pl.String, "side": pl.String, "date": pl.Date, "change": pl.Float64}
    days = found.units.drop_nulls("first")["first"].sort()
    made = [pl.DataFrame(schema=schema)]
    for tenth in range(1, 10):
        other = days[(len(days) * tenth) // 10]
        between = days.is_between(min(date, other), max(date, other)).sum()
        if between < APART * len(days):
            continue
        near = found.units.with_columns(phase=_phase(other, window)).drop_nulls("phase")
        moved = _outlets(near, _paired(near, least), found.values).filter("paired")
        change = moved.group_by("value", "side").agg(pl.col("change").mean())
        made.append(change.select("value", "side", date=pl.lit(other, pl.Date), change="change"))
    return pl.concat(made).unique().sort("value", "side", "date")


def _phase(date: datetime.date, window: int | None) -> pl.Expr:
    """before, after, or null. A day is between first and last; all of these must be on one side."""
    before, after = pl.col("last") < date, pl.col("first") > date
    if window is not None:
        span = datetime.timedelta(days=window)
        before &= pl.col("first") >= date - span
        after &= pl.col("last") <= date + span
    return pl.when(before).then(pl.lit("before")).when(after).then(pl.lit("after"))


def _paired(near: pl.DataFrame, least: int) -> pl.DataFrame:
    """side, member, before, after (texts), n_before, n_after (documents), paired."""
    made = near.group_by("side", "member").agg(
        *(pl.col("n_texts").filter(pl.col("phase") == phase).sum().alias(phase) for phase in PHASES),
        *(pl.col("n_documents").filter(pl.col("phase") == p).sum().cast(pl.Int64).alias(f"n_{p}") for p in PHASES),
    )
    enough = (pl.col("before") >= least) & (pl.col("after") >= least) & (pl.col("member") != SHARED)
    return made.with_columns(paired=enough)


def _outlets(near: pl.DataFrame, paired: pl.DataFrame, values: Sequence[str]) -> pl.DataFrame:
    both = cells(near.with_columns(stratum="member"), values, by=["phase"])
    one, two = (both.filter(pl.col("phase") == phase).drop("phase", "n") for phase in PHASES)
    keys = ["value", "side", "stratum"]
    names = ("mean", "variance", "degrees")
    joined = one.join(two.rename({n: f"{n}_after" for n in names}), on=keys, how="full", coalesce=True)
    v, w = pl.col("variance"), pl.col("variance_after")
    changed = joined.select(
        "value", "side", pl.col("stratum").alias("member"), pl.col("mean").alias("before"),
        pl.col("mean_after").alias("after"), mean=pl.col("mean_after") - pl.col("mean"), variance=v + w,
        degrees=((v + w) ** 2 / (v**2 / pl.col("degrees") + w**2 / pl.col("degrees_after"))).fill_nan(None),
    )  # fmt: skip
    counts = paired.select("side", "member", "n_before", "n_after", "paired")
    order = {value: k for k, value in enumerate(values)}
    return (
        with_interval(changed)
        .join(counts, on=["side", "member"])
        .rename({"mean": "change"})
        .with_columns(paired=pl.col("paired") & pl.col("change").is_not_null())
        .sort(pl.col("value").replace_strict(order, return_dtype=pl.Int64), "side", "member")
        .select("value", "side", "member", "before", "after", "change", "low", "high", "n_before", "n_after", "paired",
                "variance", "degrees")
    )  # fmt: skip


def _means(moved: pl.DataFrame, *, speakers: bool) -> pl.DataFrame:
    """value, side, before, after, change, low, high, variance, degrees, n_outlets, n_before, n_after: over outlets."""
    keys = ["value", "side"]
    if speakers:  # who speaks is what was drawn: his two speeches have no spread of their own
        mean = moved.group_by(keys).agg(
            mean=pl.col("change").mean(), variance=pl.col("change").var() / pl.len(), degrees=pl.len() - 1.0
        )
    else:
        mean = over_strata(moved.select(*keys, "variance", "degrees", pl.col("change").alias("mean")), by=keys)
    sums = moved.group_by(keys, maintain_order=True).agg(
        pl.col("before", "after").mean(), pl.col("n_before", "n_after").sum(), n_outlets=pl.len().cast(pl.Int64)
    )
    return sums.join(with_interval(mean), on=keys, maintain_order="left").rename({"mean": "change"})


def _table(moved: pl.DataFrame, kept: pl.DataFrame, *, speakers: bool) -> pl.DataFrame:
    """BeforeAfter.table, with variance and degrees of the change."""
    of_phase = {
        (str(side), phase): part for (side, phase), part in kept.group_by("side", "phase", maintain_order=True)
    }  # fmt: skip
    rows = []
    for (value, side), part in moved.group_by("value", "side", maintain_order=True):
        changes = part["change"].to_numpy()
        b, a = (of_phase[str(side), phase][str(value)].drop_nulls().to_numpy()[:, None] for phase in PHASES)
        p, smallest = _signs(changes)
        alone = (changes.sum() - changes) / (len(changes) - 1) if len(changes) > 1 else np.array([])
        flips = [m for m, d in zip(part["member"], alone, strict=False) if d * changes.mean() <= 0]
        rows.append(
            {"value": value, "side": side, "sd": float(pooled_sd(a, b)[0]), "p": p, "p_smallest": smallest,
             "alone_low": alone.min() if len(alone) else None, "alone_high": alone.max() if len(alone) else None,
             "flips": ", ".join(flips) or None}
        )  # fmt: skip
    numbers = ("sd", "p", "p_smallest", "alone_low", "alone_high")
    schema = {"value": pl.String, "side": pl.String, **dict.fromkeys(numbers, pl.Float64), "flips": pl.String}
    made = _means(moved, speakers=speakers).join(pl.DataFrame(rows, schema=schema), on=["value", "side"])
    spread = pl.col("sd").fill_nan(None)
    return made.select(
        "value", "side", "before", "after", "change", "low", "high", spread, standardised=pl.col("change") / spread,
        std_low=pl.col("low") / spread, std_high=pl.col("high") / spread, p="p", p_smallest="p_smallest",
        alone_low="alone_low", alone_high="alone_high", flips="flips", n_outlets="n_outlets", n_before="n_before",
        n_after="n_after", variance="variance", degrees="degrees",
    )  # fmt: skip


def _signs(changes: np.ndarray) -> tuple[float, float]:
    """p of the mean change when each outlet's may as well have been its opposite, and the smallest p it can reach."""
    k = len(changes)
    if k <= MOST_FLIPPED:
        signs = 1 - 2 * ((np.arange(2**k)[:, None] >> np.arange(k)) & 1)
        extra, smallest = 0, 2 / 2**k
    else:
        signs = np.random.default_rng(k).choice([-1, 1], size=(DRAWN, k))
        extra, smallest = 1, 1 / (DRAWN + 1)
    beyond = int((np.abs(signs @ changes) >= abs(changes.sum()) * (1 - 1e-9) - 1e-12).sum())
    return (beyond + extra) / (len(signs) + extra), smallest


def _sides(rows: pl.DataFrame, paired: pl.DataFrame, event: Event, *, least: int) -> pl.DataFrame:
    """Every side of the corpus, also one with nothing on either side of the date."""
    made = []
    for (side,), part in rows.group_by("side", maintain_order=True):
        of_side = paired.filter(pl.col("side") == side)
        most = of_side.sort(pl.min_horizontal("before", "after"), "before", "member", descending=True)
        having = ", ".join(f"{m} {b} and {a}" for m, b, a in most.select("member", "before", "after").head(4).rows())
        asked = bool(of_side["paired"].any())
        said = (
            f"Whether {side_name(str(side))} changed with {event.label} cannot be asked of this corpus: no outlet has "
            f"{count(least, 'document')} both before and after it ({having or 'none at all near it'})."
        )
        made.append(
            {"side": side, "asked": asked, "said": None if asked else said, "n_outlets": int(of_side["paired"].sum()),
             **of_side.select(pl.col("n_before", "n_after").sum()).row(0, named=True),
             "n_neither": int(part.filter(pl.col("phase").is_null())["n_documents"].sum())}
        )  # fmt: skip
    return pl.DataFrame(made, schema_overrides={"said": pl.String}).sort("side")
