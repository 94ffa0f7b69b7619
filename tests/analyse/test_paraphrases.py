"""Documents told in other words: counterparts one to one, by hand."""

import datetime

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.paraphrases import paraphrases
from helpers.errors import InputError

DAY = datetime.date(2017, 5, 1)


def corpus(documents, *, days=None):
    """`documents`: for each, which thoughts (numbers) its passages hold, of an outlet of its own. Passages of one
    thought are at a cosine of .8."""
    rng = np.random.default_rng(2)
    thoughts = np.eye(40)[:20]
    rows, vectors, dates = [], [], []
    noise = np.eye(40)[20:]
    for k, held in enumerate(documents):
        for thought in held:
            rows.append((f"d{k}", "ab"[k % 2], f"O{k}", f"text {len(rows)}"))
            own = noise[len(rows) % 20] * np.sign(rng.normal())
            vectors.append(np.sqrt(0.8) * thoughts[thought] + np.sqrt(0.2) * own)
            dates.append(DAY + datetime.timedelta(days=(days or [0] * len(documents))[k]))
    return passages(rows, date=dates).with_columns(
        pl.Series("embedding", np.array(vectors, dtype=np.float32), dtype=pl.Array(pl.Float32, 40))
    )


def test_most_passages_of_the_shorter_need_a_counterpart():
    found = paraphrases(corpus([[0, 1, 2, 3], [3, 2, 1, 5, 6], [7, 8, 9], [0, 10, 11]], days=[3, 0, 0, 0]))
    assert found.table.select("document_id", "other_id", "days", "share", "n_passages", "kind").rows() == [
        ("d1", "d0", 3, 0.75, 4, "paraphrased")
    ]
    assert found.table["cosine"][0] == pytest.approx(0.8, abs=1e-6) and found.n_documents == 4
    assert paraphrases(corpus([[0, 1, 2, 3], [3, 2, 1, 5, 6]]), least_share=0.8).table.is_empty()
    assert paraphrases(corpus([[0, 1, 2, 3], [3, 2, 1, 5, 6]]), least_cosine=0.85).table.is_empty()


def test_one_formula_fills_no_document():
    assert paraphrases(corpus([[0, 0, 0, 0], [0, 5, 6, 7]])).table.is_empty(), "one counterpart each, not four"


def test_short_documents_are_not_compared():
    assert paraphrases(corpus([[0, 1], [0, 1]])).table.is_empty()


def test_copies_are_left_to_copies():
    frame = corpus([[0, 1, 2], [0, 1, 2]])
    rank = [{"d0": 0, "d1": 1}[d] for d in frame["document_id"]]
    marked = frame.with_columns(copy_cluster=pl.lit("d0"), copy_rank=pl.Series(rank, dtype=pl.Int32))
    assert paraphrases(frame).table.height == 1 and paraphrases(marked).table.is_empty()


def test_errors():
    with pytest.raises(InputError, match="least_share"):
        paraphrases(corpus([[0, 1, 2]]), least_share=0.0)
