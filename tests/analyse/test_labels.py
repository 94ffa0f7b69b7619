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


def named(texts: list[str]) -> list[str]:
    """The label of the first group, which has six documents of each text; the second writes of cables."""
    rows = [(f"t{k}{i}", "east", "A", text) for k in range(6) for i, text in enumerate(texts)]
    rows += [(f"c{k}", "west", "B", "The cable of the seabed") for k in range(6)]
    return label_words(passages(rows, theme=[1] * (6 * len(texts)) + [2] * 6), by="theme")[1]


def test_words_that_stand_together_are_one_name() -> None:
    assert named(["The port of Lower Valdis. Lower Valdis", "Tariffs, the port"]) == ["lower valdis", "port", "tariffs"]


def test_a_phrase_is_named_in_full() -> None:
    assert named(["The North Vael Sea. The tariff"]) == ["north vael sea", "tariff"]
    # The sea has other names as well, and so no longer one.
    assert "vael sea" in named(["The North Vael Sea, the West Vael Sea, the Vael Sea. The tariff"])


def test_a_phrase_takes_the_place_of_a_word_that_is_mostly_in_it() -> None:
    # "concord" stands six times in the phrase and twice alone, "assembly" only in the phrase.
    assert named(["The Concord Assembly and the Concord Assembly and the Concord Assembly of the Concord"]) == [
        "concord assembly"
    ]
    # Of ten mentions of the minister one has her first name.
    assert named(["The minister. " * 9 + "Alda Minister"])[0] == "minister"
    assert "alda minister" not in named(["The minister. " * 9 + "Alda Minister"])
