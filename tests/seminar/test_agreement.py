"""Agreement: alpha by hand, against published figures and the library, and the machine held against the coders."""

import warnings

import numpy as np
import polars as pl
import pytest

from helpers.errors import InputError
from helpers.seminar.agreement import against, agreement, alpha, majority, needed_passages

NAN = float("nan")


def table(values: list[list[float]], *, frame: str = "order") -> pl.DataFrame:
    """Rows of coders, columns of passages; nan: not said."""
    rows = [(f"c{c}", f"p{p:02}", frame, None if np.isnan(v) else int(v))
            for c, row in enumerate(values) for p, v in enumerate(row)]  # fmt: skip
    schema = {"coder": pl.String, "id": pl.String, "frame": pl.String, "code": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def test_alpha_by_hand() -> None:
    # Three passages of two coders: 11, 10, 00. n = 6, three yes and three no; one pair of unlike codes.
    # alpha = 1 - (6 - 1) * 1 / (3 * 3) = 4/9.
    assert alpha(np.array([[1, 1], [1, 0], [0, 0]], float)) == pytest.approx(4 / 9)
    # A third coder on the second passage, who says yes: its unlike pairs 2 / (3 - 1) = 1; n = 7, four yes, three no.
    assert alpha(np.array([[1, 1, NAN], [1, 0, 1], [0, 0, NAN]])) == pytest.approx(1 - 6 * 1 / 12)


def test_alpha_of_published_tables() -> None:
    # Krippendorff 2011, Computing Krippendorff's Alpha-Reliability: two observers, binary, .095; four, with gaps, .743.
    two = np.array([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]], float).T
    assert round(alpha(two), 3) == 0.095
    four = np.array(
        [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
            [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
        ]
    ).T
    assert round(alpha(four), 3) == 0.743


def test_alpha_is_the_library_s() -> None:
    krippendorff = pytest.importorskip("krippendorff")
    rng = np.random.default_rng(2)
    compared = 0
    for _ in range(300):
        values = rng.integers(0, rng.integers(2, 5), (rng.integers(2, 15), rng.integers(2, 7))).astype(float)
        values[rng.random(values.shape) < 0.3] = NAN
        ours = alpha(values)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                theirs = float(krippendorff.alpha(values.T, level_of_measurement="nominal"))
            except ValueError:  # fewer than two codes in all
                theirs = NAN
        assert np.isnan(ours) == np.isnan(theirs)
        if not np.isnan(ours):
            assert ours == pytest.approx(theirs, abs=1e-9)
            compared += 1
    assert compared > 250


def test_codes_that_are_all_the_same_say_nothing_of_agreement() -> None:
    row = agreement(table([[0] * 12, [0] * 12])).table.row(0, named=True)
    assert (row["alpha"], row["low"], row["agreement"], row["n_yes"], row["n_no"]) == (None, None, 1.0, 0, 12)


def test_the_table_counts_passages_of_two_coders_or_more() -> None:
    found = agreement(table([[1, 1, 0, NAN, 1], [1, 0, 0, NAN, NAN], [1, 1, NAN, 0, NAN]])).table.row(0, named=True)
    # Passages 0-2; pairs of equal codes 3 of 3, 1 of 3, 1 of 1.
    assert (found["n_passages"], found["n_codes"], found["n_coders"]) == (3, 8, 3)
    assert found["agreement"] == pytest.approx(5 / 7)
    assert (found["n_yes"], found["n_no"]) == (2, 1)
    assert found["low"] is None


def test_the_interval_is_of_passages_drawn_anew() -> None:
    values = [[1] * 6 + [0] * 6, [1] * 5 + [0] * 7]
    found = agreement(table(values), replicates=4000, seed=3).table.row(0, named=True)
    by_passage = np.array(values, float).T
    rng = np.random.default_rng(8)
    draws = [alpha(by_passage[rng.integers(0, 12, 12)]) for _ in range(4000)]
    assert [found["low"], found["high"]] == pytest.approx(np.nanquantile(draws, [0.025, 0.975]).tolist(), abs=0.03)
    assert found["low"] < found["alpha"] < found["high"] <= 1
    again = agreement(table(values).reverse(), replicates=4000, seed=3).table.row(0, named=True)
    assert found == again


def test_without_five_passages_of_either_kind_there_is_no_interval() -> None:
    assert agreement(table([[1] * 4 + [0] * 20] * 3)).table["low"].to_list() == [None]
    assert agreement(table([[1] * 5 + [0] * 20] * 3)).table["low"].to_list() == [1.0]


def test_how_many_passages_more() -> None:
    # From .8 down to .4 with 20 passages; .5 is reached when the distance of .4 has shrunk to .3: 20 (4/3)^2 = 35.6.
    assert needed_passages(0.8, 0.4, 20, least=0.5) == 36
    assert needed_passages(0.5, 0.4, 20, least=0.5) is None


def test_pairs_and_what_is_disputed() -> None:
    found = agreement(table([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, NAN, 0]]))
    assert found.pairs.rows() == [
        ("order", "c0", "c1", 4, 1, 1, 1, 1, 0.5),
        ("order", "c0", "c2", 3, 1, 1, 1, 0, pytest.approx(2 / 3)),
        ("order", "c1", "c2", 3, 1, 2, 0, 0, 1.0),
    ]
    # Of passage 2 the one pair differs; of passage 1 two of three pairs do.
    assert found.disputed.rows() == [("order", "p02", 2, 1, 1.0), ("order", "p01", 3, 1, pytest.approx(2 / 3))]


def test_what_most_coders_say() -> None:
    means = majority(table([[1, 1, 0], [0, 1, 0], [NAN, 0, 0]]))
    assert means.sort("id").select("mean", "n_coders", "code").rows() == [
        (0.5, 2, None), (pytest.approx(2 / 3), 3, 1), (0.0, 3, 0),
    ]  # fmt: skip


def test_frames_stand_apart() -> None:
    both = pl.concat([table([[1, 0], [1, 0]]), table([[1, 0], [0, 1]], frame="trade")])
    found = agreement(both).table
    # Trade: 10, 01: n = 4, two of each: 1 - 3 * 2 / 4.
    assert dict(zip(found["frame"], found["alpha"], strict=True)) == {"order": 1.0, "trade": -0.5}


def test_nobody_coded() -> None:
    found = agreement(table([]))
    assert found.table.is_empty() and found.pairs.is_empty() and found.disputed.is_empty()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.drop("frame"), "column 'frame' is absent"),
        (lambda t: t.with_columns(code=pl.lit(2)), "a code is none.*found 2"),
        (lambda t: t.with_columns(code=pl.lit("yes")), "wrong type"),
        (lambda t: pl.concat([t, t]), "c0 coded p00 twice for 'order'"),
    ],
)
def test_what_is_no_table_of_codes(change, told: str) -> None:
    with pytest.raises(InputError, match=told):
        agreement(change(table([[1, 0], [1, 0]])))


def judged() -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Four passages of one side in three documents; the coders' means are 1, 0, 1, 1/2."""
    passages = pl.DataFrame(
        {"id": ["p00", "p01", "p02", "p03"], "side": ["east"] * 4, "group": ["a", "a", "b", "c"],
         "weight": [0.1, 0.1, 0.2, 0.6], "has_order": [True, True, False, True]}
    )  # fmt: skip
    inclusion = pl.DataFrame({"id": ["p00", "p01", "p02", "p03"], "inclusion": [0.5, 0.5, 1.0, 0.5]})
    return passages, table([[1, 0, 1, 1], [1, 0, 1, 0]]), inclusion


def test_the_machine_against_the_coders_by_hand() -> None:
    passages, codes, inclusion = judged()
    row = against(passages, codes, inclusion=inclusion).table.row(0, named=True)
    # Each stands for weight / inclusion: .2, .2, .2, 1.2. The machine's yes: .2 + .2 + 1.2 = 1.6, coders agree to
    # .2 + 0 + .6 = .8. Their yes: .2 + .2 + .6 = 1.0.
    assert (row["precision"], row["recall"]) == (pytest.approx(0.8 / 1.6), pytest.approx(0.8 / 1.0))
    assert (row["n_passages"], row["n_documents"], row["n_yes"], row["n_machine"]) == (4, 3, 2, 3)
    assert row["precision_low"] <= row["precision"] <= row["precision_high"]


def test_documents_are_what_is_drawn_anew() -> None:
    passages, codes, inclusion = judged()
    one = against(passages.with_columns(group=pl.lit("a")), codes, inclusion=inclusion).table.row(0, named=True)
    assert one["n_documents"] == 1 and one["precision_low"] is None and one["precision"] == pytest.approx(0.5)


def test_frames_that_the_machine_did_not_judge_are_left_out() -> None:
    passages, codes, inclusion = judged()
    other = codes.with_columns(frame=pl.lit("trade"))
    assert against(passages, pl.concat([codes, other]), inclusion=inclusion).table["frame"].to_list() == ["order"]
