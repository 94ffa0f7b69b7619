"""The share of a theme over choices: the first specification is the composition itself, others find the theme again,
and what hangs on the choice is seen to."""

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.composition import composition
from helpers.analyse.robust_claims import limits, said
from helpers.analyse.theme_choices import ERASED, LEFT, ThemeGrid, theme_robustness, usual_themes
from helpers.analyse.themes import membership, themes
from helpers.errors import InputError
from helpers.study import open_study

WHO = [("a", "A1"), ("a", "A2"), ("b", "B1"), ("b", "B2")]


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def made():
    """240 passages of four subjects in 120 documents of four outlets; side a writes more of the first two than b."""
    rng = np.random.default_rng(5)
    centres = rng.normal(size=(4, 40))
    rows, places = [], []
    for k in range(240):
        side, outlet = WHO[k % 4]
        subject = rng.choice(4, p=[0.4, 0.3, 0.2, 0.1] if side == "a" else [0.1, 0.2, 0.3, 0.4])
        word = ("harbour", "vaccine", "tariff", "orbit")[subject]
        rows.append((f"d{k // 8:02}{outlet}", side, outlet, f"The {word} and a {word} of the {word}."))
        places.append(centres[subject] + 0.4 * rng.normal(size=40))
    vectors = np.array(places) / np.linalg.norm(places, axis=1, keepdims=True)
    kind = pl.Array(pl.Float32, 40)
    plain = {"copy_cluster": pl.lit(None, pl.String), "copy_rank": pl.lit(None, pl.Int32)}
    frame = passages(rows).with_columns(embedding=pl.Series(vectors.astype(np.float32), dtype=kind), **plain)
    return frame, themes(frame, count=4, runs=60)


def over(made, value="theme_1", **given):
    frame, found = made
    return theme_robustness(frame, found, value, sides=("a", "b"), grid=ThemeGrid(**given))


def test_the_first_specification_is_the_composition_itself(made):
    found = over(made, count=(4, 3), style=(LEFT, ERASED))
    first = found.table.row(0, named=True)
    row = composition(made[1]).table.row(by_predicate=pl.col("value") == "theme_1", named=True)
    assert first["main"] and first["overlap"] == 1.0 and first["floor"] is None
    assert first["estimate"] == pytest.approx(row["standardised"])
    assert (first["low"], first["high"]) == pytest.approx((row["std_low"], row["std_high"]), abs=0.05)


def test_a_theme_that_is_there_is_found_again_under_other_choices(made):
    found = over(made, count=(4, 5), style=(LEFT, ERASED))
    assert len(found.table) == 2 * 2 * 3, "nothing is copied or quoted: neither voice nor copies is a choice"
    assert found.table["same"].all()
    again = found.table.filter(themes="4")["overlap"]
    assert again.to_list() == [1.0] * 6, "four there are"
    assert 0.5 < found.table["overlap"].min() < 1.0, "a fifth splits one of them in two"
    assert set(found.choices["choice"]) == {"themes", "style", "weights", "together"}
    assert limits(found) == {}
    least = round(100 * found.table["overlap"].min())
    assert said(found).endswith(f"with {least} % of the passages of both in common or more.")


def test_where_the_theme_is_the_same_throughout_nothing_is_said_of_what_stands_for_it(made):
    found = over(made, style=(LEFT,))
    assert found.table["overlap"].to_list() == [1.0] * 3 and "stands for it" not in said(found)


def test_the_grid_of_a_study(made):
    study = open_study("teaching")
    grid = usual_themes(study, made[1])
    assert (grid.count, grid.style) == ((4, 3, 5), (LEFT, ERASED)) and grid.voice[0] == study.voice
    quick = usual_themes(study, made[1], anew=False)
    assert (quick.count, quick.style) == (None, (LEFT,))


def test_membership_is_that_of_the_themes(made):
    frame, found = made
    numbers = membership(frame.sample(fraction=1, shuffle=True, seed=2), count=4, runs=60)
    shuffled = frame.sample(fraction=1, shuffle=True, seed=2).select("id").with_columns(mine=pl.Series(numbers))
    both = found.passages.select("id", "theme").join(shuffled, on="id")
    assert both["theme"].fill_null(0).to_list() == both["mine"].to_list()


def test_no_such_theme(made):
    with pytest.raises(InputError, match="theme_robustness: no such theme; expected theme_1, theme_2"):
        over(made, "theme_9")
