"""Means of few documents: by hand, against the bootstrap they stand for, and how often their intervals hold."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import t

from helpers.analyse.intervals import PRIOR, cells, over_strata, with_interval
from helpers.analyse.resampling import unit_weights


def rows(given: dict[str, list[float]], *, side: str = "east", period: int = 1) -> pl.DataFrame:
    """`given`: stratum -> the values of its units."""
    return pl.DataFrame(
        [(side, period, stratum, x) for stratum, values in given.items() for x in values],
        schema={"side": pl.String, "period": pl.Int64, "stratum": pl.String, "x": pl.Float64},
        orient="row",
    )


def test_one_mean_by_hand() -> None:
    # A: 1, 3 (mean 2, squares 2); B: 4 (no square); C, in another period, 0, 2, 4 (squares 8).
    # Usual spread of the side: (2 + 0 + 8) / (1 + 0 + 2) = 10 / 3.
    both = pl.concat([rows({"A": [1, 3], "B": [4]}), rows({"C": [0, 2, 4]}, period=2)])
    made = cells(both, ["x"], by=["period"]).filter(pl.col("period") == 1).sort("stratum")
    a = (2 + 4 * 10 / 3) / 5 / 2
    b = (0 + 4 * 10 / 3) / 4 / 1
    assert made["n"].to_list() == [2, 1] and made["degrees"].to_list() == [5, 4]
    assert made["variance"].to_list() == pytest.approx([a, b])
    mean = with_interval(over_strata(made, by=["value", "side", "period"])).row(0, named=True)
    assert mean["mean"] == 3 and mean["n_strata"] == 2
    assert mean["variance"] == pytest.approx((a + b) / 4)
    degrees = (a + b) ** 2 / (a**2 / 5 + b**2 / 4)
    assert mean["degrees"] == pytest.approx(degrees)
    half = t.ppf(0.975, degrees) * np.sqrt((a + b) / 4)
    assert (mean["low"], mean["high"]) == (pytest.approx(3 - half), pytest.approx(3 + half))


def test_without_a_second_document_anywhere_there_is_no_interval() -> None:
    made = with_interval(over_strata(cells(rows({"A": [1], "B": [4]}), ["x"], by=[]), by=["value", "side"]))
    assert made["mean"].to_list() == [2.5] and made["low"].to_list() == made["high"].to_list() == [None]
    same = with_interval(over_strata(cells(rows({"A": [1, 1], "B": [1]}), ["x"], by=[]), by=["value", "side"]))
    assert same["low"].to_list() == [None]


def test_a_unit_without_the_value_is_left_out() -> None:
    frame = pl.concat([rows({"A": [1, 3]}), rows({"A": [0.0]}).with_columns(x=pl.lit(None, pl.Float64))])
    assert cells(frame, ["x"], by=[])["n"].to_list() == [2]


def test_with_many_documents_it_is_what_the_bootstrap_gives() -> None:
    rng = np.random.default_rng(3)
    given = {name: list(rng.normal(size=n)) for name, n in (("A", 150), ("B", 60), ("C", 90))}
    frame = rows(given)
    mine = over_strata(cells(frame, ["x"], by=[]), by=["value", "side"]).row(0, named=True)
    units = frame.with_columns(unit=pl.int_range(pl.len()).cast(pl.String), spans_sides=pl.lit(False))
    weights = unit_weights(units, replicates=4000, seed=1)
    draws = np.mean([weights[:, i] @ frame["x"].to_numpy()[i] / len(i) for i in strata(frame)], axis=0)
    assert np.sqrt(mine["variance"]) == pytest.approx(draws.std(), rel=0.04)


def strata(frame: pl.DataFrame) -> list[np.ndarray]:
    names = frame["stratum"].to_numpy()
    return [np.flatnonzero(names == name) for name in np.unique(names)]


def covered(documents: float, draw, *, corpora: int, seed: int) -> tuple[float, int]:
    """Share of intervals that hold the mean of these outlets, over `corpora` of 8 periods and 4 outlets with
    `documents` a cell on average; and their number."""
    rng = np.random.default_rng(seed)
    n = rng.poisson(documents * np.array([2, 1, 0.7, 0.4]), size=(corpora, 8, 4))
    truth = rng.normal(0, 0.5, size=n.shape)
    at = np.repeat(np.arange(n.size), n.ravel())
    x = draw(rng, truth.ravel()[at])
    corpus, period, outlet = np.unravel_index(at, n.shape)
    frame = pl.DataFrame({"side": corpus, "period": period, "stratum": outlet, "x": x})
    made = cells(frame, ["x"], by=["period"])
    expected = made.with_columns(truth=truth[made["side"], made["period"], made["stratum"]])
    expected = expected.group_by("side", "period").agg(pl.col("truth").mean())
    found = with_interval(over_strata(made, by=["side", "period"])).join(expected, on=["side", "period"])
    return found.select(pl.col("truth").is_between("low", "high").mean()).item(), found.height


@pytest.mark.parametrize("documents", [1, 4, 20])
def test_intervals_hold_the_mean_as_often_as_they_say(documents: float) -> None:
    share, n = covered(documents, lambda rng, m: m + rng.normal(size=len(m)), corpora=150, seed=4)
    assert n > 1000 and 0.94 <= share <= 0.98
    skewed, _ = covered(documents, lambda rng, m: m + rng.exponential(size=len(m)) - 1, corpora=150, seed=5)
    assert 0.93 <= skewed <= 0.98


def test_the_prior_is_five_documents() -> None:
    assert PRIOR == 4
