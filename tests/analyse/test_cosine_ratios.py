from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest

from constructed import passages
from helpers.analyse.cosine_ratios import cosine_ratios
from helpers.analyse.embedding_regression import regress
from helpers.analyse.nearest_windows import nearest_windows
from helpers.analyse.windows import MASK
from windowed import windowed

AT = {"trade": 0.0, "tariffs": 0.1, "market": 0.85, "peace": 1.65, "war": np.pi}


@dataclass(frozen=True)
class Toy:
    """Words at known angles."""

    name: str = "toy"
    dimension: int = 2
    fingerprint: str = "71" * 32

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        angles = np.array([AT.get(text, 3.0) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def corpus(angles: np.ndarray, texts: list[str], sides: list[str]):
    rows = [(f"d{k:03}", side, side.upper()) for k, side in enumerate(sides)]
    found = windowed(rows, np.stack([np.cos(angles), np.sin(angles)], axis=1))
    found = replace(found, table=found.table.with_columns(text=pl.Series([f"{t} {MASK}" for t in texts])))
    return found, passages([(*row, f"{text} term") for row, text in zip(rows, texts, strict=True)])


def test_ratios_by_hand() -> None:
    # East at .2, west at 1.2, without any spread: the cosine of a word at w to either is cos(w - .2) and cos(w - 1.2).
    east, west = ["trade tariffs market the war"] * 12, ["peace market 2017 term war"] * 12
    found, frame = corpus(np.repeat([0.2, 1.2], 12), east + west, ["east"] * 12 + ["west"] * 12)
    made = cosine_ratios(found, frame, encoder=Toy())
    table = {row["word"]: row for row in made.table.iter_rows(named=True)}
    # "the", "2017" and the term are no candidates; war points away from both; tariffs says the same as trade, and of
    # two words as often used the nearer stands for both.
    assert set(table) == {"tariffs", "market", "peace"}
    for word, row in table.items():
        assert row["ratio"] == pytest.approx(np.cos(AT[word] - 0.2) / np.cos(AT[word] - 1.2), rel=1e-5)
        assert row["low"] == pytest.approx(row["ratio"], rel=1e-5) == pytest.approx(row["high"], rel=1e-5)
    assert (table["market"]["n_documents"], table["market"]["other_n_documents"]) == (12, 12)
    assert (table["peace"]["n_documents"], table["peace"]["other_n_documents"]) == (0, 12)
    assert made.table["word"].to_list() == ["tariffs", "market", "peace"]


def test_words_that_a_side_never_wrote_beside_the_term_are_not_shown() -> None:
    texts = ["trade market"] * 12 + ["peace"] * 11 + ["peace trade"]
    found, frame = corpus(np.repeat([0.2, 1.2], 12), texts, ["east"] * 12 + ["west"] * 12)
    words = cosine_ratios(found, frame, encoder=Toy()).table["word"].to_list()
    assert sorted(words) == ["market", "peace", "trade"]
    rare = cosine_ratios(found, frame.head(9), encoder=Toy())
    assert rare.table.is_empty() and rare.n_words == 0


def test_a_small_side_is_not_farther_from_every_word() -> None:
    """Both sides point to 0 alike; one has eight times the texts. Undebiased, the long mean of the few would be 1/12 of
    the spread longer, and each word farther from it."""
    rng = np.random.default_rng(3)
    ratios, held = [], []
    for _ in range(30):
        angles = rng.normal(0, 0.6, 108)
        found, frame = corpus(angles, ["trade"] * 108, ["east"] * 96 + ["west"] * 12)
        row = cosine_ratios(found, frame, encoder=Toy()).table.row(0, named=True)
        ratios.append(row["ratio"])
        held.append(row["low"] <= 1 <= row["high"])
    assert abs(np.mean(ratios) - 1) < 3 * np.std(ratios) / np.sqrt(30)
    assert np.mean(held) >= 0.83


def test_one_side_or_no_match_gives_no_word() -> None:
    found, frame = corpus(np.repeat([0.2, 1.2], [12, 5]), ["trade"] * 17, ["east"] * 12 + ["west"] * 5)
    assert cosine_ratios(found, frame, encoder=Toy()).table.is_empty()
    none = replace(found, table=found.table.clear())
    assert cosine_ratios(none, frame, encoder=Toy()).table.is_empty()


def test_windows_to_read_are_of_different_documents_and_outlets() -> None:
    # East at 0 with one stray at 1.5, west at 1; two windows of e00 say the same.
    angles = np.concatenate([np.linspace(-0.3, 0.3, 20), [1.5], np.linspace(0.8, 1.6, 12), [0.0]])
    sides = ["east"] * 21 + ["west"] * 12
    rows = [(f"e{k:02}" if s == "east" else f"w{k:02}", s, "AB"[k % 2] if s == "east" else "C")
            for k, s in enumerate(sides)] + [("m", "moon", "M")]  # fmt: skip
    found = windowed(rows, np.stack([np.cos(angles), np.sin(angles)], axis=1))
    made = nearest_windows(found, regress(found), most=2)
    typical = made.table.filter(side="east", way="typical")
    assert typical["outlet"].sort().to_list() == ["A", "B"] and typical["rank"].to_list() == [1, 2]
    assert made.table["document_id"].to_list().count("e20") == 0 and "embedding" not in made.table.columns
    distinct = made.table.filter(side="east", way="distinct")
    assert distinct["ahead"].min() > typical["ahead"].min()
    # The second lies at least so far from the first that it does not say the same (cosine .95).
    assert typical["similarity"][0] > 0.99 > 0.95 > typical["similarity"][1]
    assert set(made.table["side"]) == {"east", "west"} and not made.sides.filter(side="moon")["asked"].item()
