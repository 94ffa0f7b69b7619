"""What the intervals of means over time are worth, and what before-after finds, on simulated corpora.

    python benchmarks/over_time.py

writes benchmarks/over_time.json. Coverage: outlets fixed, with twelve periods and four outlets of unlike size, one to
a hundred documents in a period; how often the 95 % interval holds the mean of the outlets that stand in the period, by
the number of documents, beside the percentile interval of the bootstrap that contrasts use. Before and after: six
outlets; how often the interval holds the truth where all moved, where none did, and where outlets entered and left.
"""

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from analyse.test_before_after import simulated  # noqa: E402
from helpers.analyse.intervals import cells, over_strata, with_interval  # noqa: E402
from helpers.analyse.resampling import unit_weights  # noqa: E402

CORPORA, BOOTSTRAPPED, PERIODS = 1000, 60, 12
SIZES = np.array([2, 1, 0.7, 0.4])
"""Of the outlets, beside one another."""
CLASSES = [(1, 4), (5, 9), (10, 29), (30, 1000)]
KINDS = {
    "normal": lambda rng, mean: mean + rng.normal(size=len(mean)),
    "skewed": lambda rng, mean: mean + rng.exponential(size=len(mean)) - 1,
    "other spread in each period": None,
    "counts": lambda rng, mean: rng.poisson(np.exp(mean) * rng.gamma(1, 1, size=len(mean))).astype(float),
}


def drawn(documents: float, kind: str, *, corpora: int, seed: int) -> tuple[pl.DataFrame, np.ndarray]:
    """Units of `corpora` corpora (each a side of its own), and the true means (corpora, periods, outlets)."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(documents * SIZES, size=(corpora, PERIODS, len(SIZES)))
    truth = rng.normal(0, 0.5, size=n.shape)
    at = np.repeat(np.arange(n.size), n.ravel())
    corpus, period, outlet = np.unravel_index(at, n.shape)
    if KINDS[kind] is None:
        spread = np.exp(rng.normal(0, 0.5, size=(corpora, PERIODS)))
        x = truth.ravel()[at] + spread[corpus, period] * rng.normal(size=len(at))
    else:
        x = KINDS[kind](rng, truth.ravel()[at])
    frame = pl.DataFrame({"side": corpus, "period": period, "stratum": outlet, "x": x})
    return frame, np.exp(truth) if kind == "counts" else truth


def covered(documents: float, kind: str, *, seed: int) -> pl.DataFrame:
    """One row per corpus and period: n, whether the interval holds the truth."""
    frame, truth = drawn(documents, kind, corpora=CORPORA, seed=seed)
    made = cells(frame, ["x"], by=["period"])
    true = made.with_columns(true=truth[made["side"], made["period"], made["stratum"]])
    true = true.group_by("side", "period").agg(pl.col("true").mean(), pl.col("n").sum())
    found = with_interval(over_strata(made, by=["side", "period"])).join(true, on=["side", "period"])
    return found.select("n", held=pl.col("true").is_between("low", "high"))


def bootstrapped(documents: float, *, seed: int) -> pl.DataFrame:
    """The same of the bootstrap's percentile interval, single documents pooled within their side."""
    frame, truth = drawn(documents, "normal", corpora=BOOTSTRAPPED, seed=seed)
    rows = []
    for (corpus, period), part in frame.group_by("side", "period"):
        part = part.sort("stratum").with_columns(
            pl.col("side").cast(pl.String), unit=pl.int_range(pl.len()).cast(pl.String), spans_sides=pl.lit(False)
        )
        weights, x = unit_weights(part, replicates=1000, seed=seed), part["x"].to_numpy()
        outlet = part["stratum"].to_numpy()
        total = mass = np.zeros(len(weights))
        for one in np.unique(outlet):
            own = weights[:, outlet == one]
            times = own[:, 0] if own.shape[1] == 1 else np.ones(len(own))
            total = total + times * (own @ x[outlet == one]) / np.where(own.sum(1) > 0, own.sum(1), 1)
            mass = mass + times
        low, high = np.nanquantile(total / np.where(mass > 0, mass, np.nan), [0.025, 0.975])
        true = truth[corpus, period, np.unique(outlet)].mean()
        rows.append((len(part), bool(low <= true <= high)))
    return pl.DataFrame(rows, schema={"n": pl.Int64, "held": pl.Boolean}, orient="row")


def by_class(found: pl.DataFrame) -> dict[str, dict[str, float]]:
    """Documents in the period -> how many periods, and in which share of them the interval holds."""
    made = {}
    for low, high in CLASSES:
        part = found.filter(pl.col("n").is_between(low, high)).drop_nulls()
        if part.height > 200:
            made[f"{low} to {high}"] = {"periods": part.height, "held": round(part["held"].mean(), 3)}
    return made


def before_after() -> dict[str, dict[str, float]]:
    """150 corpora a seed, ten seeds."""
    made = {}
    settings = {
        "none moved": (0.0, {}),
        "all moved by .8": (0.8, {"jump": 0.8}),
        "outlets came and went": (0.0, {"turnover": True}),
    }
    for name, (truth, given) in settings.items():
        found = pl.concat(simulated(seed, **given) for seed in range(10))
        held = found.select(pl.lit(truth).is_between("low", "high").mean()).item()
        zero = found.select((~pl.lit(0.0).is_between("low", "high")).mean()).item()
        made[name] = {"corpora": found.height, "change": round(found["change"].mean(), 3), "held": round(held, 3),
                      "told_from_zero": round(zero, 3)}  # fmt: skip
    return made


if __name__ == "__main__":
    steps = (1, 4, 20)
    figures = {
        "coverage": {k: by_class(pl.concat(covered(d, k, seed=s) for s, d in enumerate(steps))) for k in KINDS},
        "coverage_of_the_bootstrap": by_class(pl.concat(bootstrapped(d, seed=s) for s, d in enumerate(steps))),
        "before_after": before_after(),
    }
    (HERE / "over_time.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
