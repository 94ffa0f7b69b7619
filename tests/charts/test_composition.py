"""What each side writes about, drawn and told, beside the same without the outlets' style."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.composition import composition
from helpers.analyse.erasure import counterparts
from helpers.analyse.themes import Themes
from helpers.charts import composition as charts
from helpers.errors import InputError

# four outlets a side, ten documents each: nine of ten about theme 1 in the east, about theme 2 in the west
ROWS = [(f"{s}{o}{k}", s, f"{s} {o}", "text") for s in ("east", "west") for o in range(4) for k in range(10)]
MOSTLY = [(1 if row[1] == "east" else 2) if k % 10 else (2 if row[1] == "east" else 1) for k, row in enumerate(ROWS)]
TURNED = [3 - theme for theme in MOSTLY]


def made(themes=MOSTLY, *, support=0.8, form=None, labels=("order, rule, law", "trade, goods")) -> Themes:
    frame = passages(ROWS, theme=themes).with_columns(pl.col("theme").cast(pl.Int32))
    table = pl.DataFrame(
        {"theme": [1, 2], "label": labels, "support": [support] * 2, "form": [form] * 2, "n_documents": [40, 40]},
        schema_overrides={"theme": pl.Int32, "form": pl.String},
    )
    return Themes(frame, table, np.eye(2), 0.8, 0.0, 7, 60)


def beside(found: Themes, other: Themes):
    """As if `other` were the themes without style, its numbers kept: composition and who is who."""
    table = found.table.select("theme", "label", erased="theme", jaccard=pl.lit(0.9), found=pl.lit(True))
    return composition(other, copies="all"), replace(counterparts(found, other), table=table)


def test_each_side_is_drawn_with_its_interval() -> None:
    found = made()
    figure = charts.shares(composition(found), found, erased=beside(found, found))
    assert figure.table.select("theme", "side", "mean").rows() == [
        ("1 order, rule, law", "east", pytest.approx(0.9)), ("1 order, rule, law", "west", pytest.approx(0.1)),
        ("2 trade, goods", "east", pytest.approx(0.1)), ("2 trade, goods", "west", pytest.approx(0.9)),
        ("unassigned", "east", 0.0), ("unassigned", "west", 0.0),
    ]  # fmt: skip
    rules, dots = figure.chart.to_dict()["layer"]
    assert rules["encoding"]["x"]["field"] == "low" and rules["encoding"]["x2"]["field"] == "high"
    assert dots["encoding"]["shape"]["field"] == dots["encoding"]["yOffset"]["field"] == "side"
    assert "percentage points" in figure.caption and figure.notes[0].endswith("strongest of 2 contrasts made here.")


def test_the_composition_of_other_themes_is_refused() -> None:
    found = made()
    with pytest.raises(InputError, match="not the composition of these themes"):
        charts.shares(composition(found), replace(found, table=found.table.head(1)), erased=beside(found, found))


def test_what_holds_without_style_may_be_claimed() -> None:
    found = made()
    claims = charts.told(composition(found), found, erased=beside(found, found), copies="all")
    assert {claim.grade for claim in claims} == {"claimed"} and len(claims) == 2  # p = 2 / 70
    assert [claim.sentence.split(" (")[0] for claim in claims] == [
        "East give more of their passages to the theme ‘order, rule, law’ than West, by 80.0 percentage points",
        "West give more of their passages to the theme ‘trade, goods’ than East, by 80.0 percentage points",
    ]
    assert all(claim.sentence.endswith("copies counted each.") for claim in claims)


def reasons(themes: Themes, other: Themes, **changed: pl.Expr) -> list[str]:
    compared, pairs = beside(themes, other)
    pairs = replace(pairs, table=pairs.table.with_columns(**changed))
    claims = charts.told(composition(themes), themes, erased=(compared, pairs))
    assert {claim.grade for claim in claims} == {"described"}
    assert all("4 outlets" in claim.sentence for claim in claims)
    assert all("the 4 of East: east 0, east 1, east 2 and east 3" in claim.reasons for claim in claims)
    return [reason for claim in claims for reason in claim.reasons]


def test_what_turns_or_goes_without_style_stays_with_these_outlets() -> None:
    found = made()
    assert "the sign turns once the outlets’ style is erased" in reasons(found, made(TURNED))
    gone = reasons(found, found, found=pl.lit(False))
    assert "the theme does not come back once the outlets’ style is erased" in gone


def test_loose_themes_and_forms_stay_with_these_outlets() -> None:
    loose, opening = made(support=0.39), made(form="openings")
    assert "only 39 % of the passages nearest to the theme’s own stand in it" in reasons(loose, loose)
    assert "the theme is held together by a form, openings of texts" in reasons(opening, opening)


def test_both_are_drawn_beside_each_other() -> None:
    found = made()
    figure = charts.without_style(composition(found), found, erased=beside(found, made(TURNED)))
    assert figure.table.select("theme", "side", "other", "difference", "without").rows() == [
        ("1 order, rule, law", "east", "west", pytest.approx(80), pytest.approx(-80)),
        ("2 trade, goods", "east", "west", pytest.approx(-80), pytest.approx(80)),
    ]
    assert "the sign of 2 of 2 differences turns, and 0 of 2 themes cannot be found again" in figure.caption
    assert "\u202e" not in str(figure.chart.to_dict()["datasets"])
