from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructed import passages
from helpers.analyse.windows import MASK, elsewhere, windows
from helpers.errors import InputError
from helpers.prepare.patterns import find_all


@dataclass(frozen=True)
class Toy:
    """Length and vowels of a text; what matters is what it is asked to encode."""

    name: str = "toy"
    dimension: int = 2
    fingerprint: str = "70" * 32

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        made = np.array([[len(text), 1 + sum(c in "aeiou" for c in text)] for text in texts], dtype=float)
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(autouse=True, scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("WORKBENCH_CACHE", str(folder))
        yield folder


def one(text: str, pattern: str, words: int = 2) -> pl.DataFrame:
    return windows(passages([("d", "east", "A", text)]), "term", pattern, words=words, encoder=Toy()).table


def test_a_window_by_hand() -> None:
    table = one("one two, three (Governance), four five. six", "governance")
    row = table.row(0, named=True)
    assert row["text"] == f"two, three ({MASK}), four five."
    assert (row["before"], row["match"], row["after"]) == ("two, three (", "Governance", "), four five.")
    # The passage begins at 10 of its document.
    assert (row["start"], row["match_start"], row["match_end"], row["end"]) == (14, 26, 36, 49)
    assert row["id"] == "d#000@0" and row["passage_id"] == "d#000" and len(row["embedding"]) == 2


def test_every_match_in_a_window_is_masked_and_has_one_of_its_own() -> None:
    table = one("good governance and bad governance", "governance")
    assert table["text"].to_list() == [f"good {MASK} and bad", f"and bad {MASK}"]
    near = one("good governance not governance", "governance")
    assert near["text"].to_list() == [f"good {MASK} not {MASK}", f"{MASK} not {MASK}"]
    assert near["before"].to_list() == ["good ", "governance not "]


def test_a_match_of_several_words_is_masked_whole_at_the_edge() -> None:
    table = one("a rules-based order is b but c the rules-based order d e", "rules-based order", words=4)
    assert table["text"].to_list() == [f"a {MASK} is b but c", f"b but c the {MASK} d e"]
    table = one("x world order y z world order w", "world order", words=3)
    assert table["text"][0] == f"x {MASK} y z {MASK}" and table["after"][0] == " y z world order"


def test_scripts_without_spaces_have_windows_too() -> None:
    table = one("我们坚持全球治理体系改革和建设", "治理", words=2)
    assert table["before"].to_list() == ["坚持全球"] and table["after"].to_list() == ["体系改革"]


PIECES = ["Multipolar", "multi-polarity", "a", "the\nworld", "x,", "MULTIPOLAR.", "…", "öß", MASK]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14), st.integers(1, 5))
def test_nothing_of_the_term_leaks_and_offsets_hold(pieces: list[str], words: int) -> None:
    text, pattern = " ".join(pieces), r"multi-?polar\w*"
    table = one(text, pattern, words=words)
    assert find_all(table["text"], pattern).is_empty()
    for row in table.iter_rows(named=True):
        whole = row["before"] + row["match"] + row["after"]
        assert text[row["start"] - 10 : row["end"] - 10] == whole
        assert text[row["match_start"] - 10 : row["match_end"] - 10] == row["match"]
        assert row["start"] <= row["match_start"] < row["match_end"] <= row["end"]
        assert row["text"].count(MASK) == whole.count(MASK) + find_all([whole], pattern).height


def test_voices_sides_and_empty_contexts() -> None:
    frame = passages(
        [("a", "east", "A", "the term here"), ("b", "east", "A", "term"), ("c", "west", "B", "nothing"),
         ("d", "west", "B", "their term, quoted")],
        voice=["outlet", "outlet", "outlet", "quoted"],
    )  # fmt: skip
    found = windows(frame, "term", "term", encoder=Toy())
    assert found.table["document_id"].to_list() == ["a"]  # b has no word beside it, d is quoted
    assert found.sides.rows() == [("east", 2), ("west", 1)]
    assert windows(frame, "term", "term", encoder=Toy(), voice="all").table.height == 2
    none = windows(frame, "nowhere", "nowhere", encoder=Toy())
    assert none.table.is_empty() and none.table.schema["embedding"] == pl.Array(pl.Float32, 2)
    with pytest.raises(InputError, match="`words` of a window"):
        windows(frame, "term", "term", words=0, encoder=Toy())


def test_elsewhere_is_in_the_same_documents_without_the_term() -> None:
    texts = ("the term is here, the term is there", "other words stand here", "and still others")
    rows = [(f"d{k}", *(("east", "A") if k < 6 else ("west", "B")), text) for k in range(12) for text in texts]
    frame = passages([*rows, ("e", "east", "A", "a document without it")])
    found = windows(frame, "term", "term", words=3, encoder=Toy())
    other = elsewhere(frame, found, encoder=Toy())
    assert other.table.group_by("document_id").len().sort("document_id").rows() == [
        (d, 2) for d in sorted(found.table["document_id"].unique())
    ]
    assert (
        find_all(other.table["text"], "term").is_empty() and other.table["text"].str.contains(MASK, literal=True).all()
    )
    assert other.sides.equals(found.sides) and elsewhere(frame, found, encoder=Toy()).table.equals(other.table)
