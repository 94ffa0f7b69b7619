"""The same study gives the same numbers in any order of rows and on any number of threads (METHODS, rule 8)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

from helpers.analyse.copies import copies
from helpers.corpora import load
from helpers.encode import cache, encode
from helpers.encode.encoders import open_encoder
from helpers.prepare import prepare
from helpers.study import open_study
from reproduced import Words, small

TESTS = Path(__file__).resolve().parent
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS", "VECLIB_MAXIMUM_THREADS")


def teaching():
    study = open_study("teaching")
    return prepare(copies(load(study).table).table, words=study.words)


def scored(passages):
    """Two values of a passage: a coordinate of its vector, and how much of it is quoted."""
    return passages.with_columns(
        score=pl.col("embedding").arr.get(3).cast(pl.Float64), other=pl.col("quoted_share").cast(pl.Float64)
    )


def embedded():
    """The teaching corpus with its vectors where they are in the cache, else with a toy's: those take minutes."""
    passages, encoder = teaching(), open_encoder("default")
    texts = passages["text"].str.replace_all(r"\s+", " ").str.strip_chars().unique()
    keys = [cache.key_of(text, encoder.fingerprint) for text in texts]
    kept = cache.look_up(cache.cache_file(encoder.fingerprint), keys, dimension=encoder.dimension)
    return scored(encode(passages, encoder=encoder if len(kept) == len(keys) else Words(), progress=False))


def begun(path, *, order, threads):
    return subprocess.Popen(
        [sys.executable, str(TESTS / "reproduced.py"), order, str(path)],
        env={**os.environ, **{name: str(threads) for name in THREADS}},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def numbers(row):
    return {name: value for name, value in row.items() if isinstance(value, float)}


@pytest.mark.parametrize("made", [small, embedded])
def test_a_study_is_the_same_in_any_order_and_on_any_number_of_threads(made, tmp_path):
    path = tmp_path / "passages.parquet"
    made().write_parquet(path)
    both = begun(path, order="given", threads=1), begun(path, order="shuffled", threads=2)
    one, two = (json.loads(process.communicate()[0]) for process in both)
    for first, second in zip(one["contrasts"], two["contrasts"], strict=True):
        assert len(first) == len(second) > 0
        for row, other in zip(first, second, strict=True):
            assert numbers(row) == pytest.approx(numbers(other), rel=1e-6, abs=1e-12) and len(numbers(row)) >= 3
            assert {n: v for n, v in row.items() if n not in numbers(row)} == {
                n: v for n, v in other.items() if n not in numbers(other)
            }
    assert one["themes"].keys() == two["themes"].keys() and len(set(one["themes"].values())) > 3
    same = adjusted_rand_score(list(one["themes"].values()), [two["themes"][key] for key in one["themes"]])
    assert same >= 0.99
