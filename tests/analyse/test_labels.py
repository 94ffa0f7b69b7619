from constructed import passages
from helpers.analyse.labels import label_words


def test_a_theme_is_named_by_words_that_stand_in_it_alone() -> None:
    """A word of one theme only must be counted by its texts, not by the themes that it stands in."""
    rows = [(f"t{k}", "east", "A", "The tariff, the grain") for k in range(6)]
    rows += [(f"c{k}", "west", "B", "The cable, the seabed") for k in range(6)]
    rows += [("r", "west", "B", "A rare word, rare word")]
    found = label_words(passages(rows, theme=[1] * 6 + [2] * 7), by="theme")
    # "rare" stands in one text, and a word needs five.
    assert set(found[1]) == {"tariff", "grain"}
    assert set(found[2]) == {"cable", "seabed"}


def test_copies_of_a_text_count_once() -> None:
    rows = [(f"t{k}", "east", "A", "tariff, grain") for k in range(6)] + [
        (f"c{k}", "west", "B", "cable") for k in range(6)
    ]
    clusters = [None] * 6 + ["c0"] * 6
    found = label_words(passages(rows, theme=[1] * 6 + [2] * 6, copy_cluster=clusters), by="theme")
    # Six copies are one text.
    assert set(found[1]) == {"tariff", "grain"} and found[2] == []
