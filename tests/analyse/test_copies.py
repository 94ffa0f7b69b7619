"""The same text under several mastheads: what is found, what is not, and that Jaccard is exact."""

import datetime
import random
import re
from itertools import combinations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.analyse.copies import COMMONPLACE, copies, near_pairs
from helpers.errors import InputError


def story(seed, n=300):
    """A text of n different-looking words."""
    drawn = random.Random(seed)
    return " ".join(f"{drawn.choice('bdfgklmnprst')}{drawn.choice('aeiou')}{drawn.randrange(4000)}" for _ in range(n))


def documents(texts, **columns):
    n = len(texts)
    plain = {"id": [f"d{i}" for i in range(n)], "outlet": [f"O{i}" for i in range(n)], "side": ["a"] * n,
             "date": [datetime.date(2017, 1, 1 + i % 28) for i in range(n)], "text": texts}  # fmt: skip
    return pl.DataFrame({**plain, **columns}, schema_overrides={"date": pl.Date})


def shingles(text):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + 5]) for i in range(max(1, len(words) - 4))} if words else set()


def jaccard(a, b):
    a, b = shingles(a), shingles(b)
    return len(a & b) / len(a | b) if a | b else 0.0


PARAGRAPHS = [story(i, 60) for i in range(6)]
ORIGINAL = "\n".join(PARAGRAPHS)
DROPPED = "\n".join(PARAGRAPHS[:5])
CHANGED = ORIGINAL.replace(PARAGRAPHS[2].split()[30], "other").replace(PARAGRAPHS[4].split()[10], "words")


def test_verbatim_and_near_copies_are_found_and_others_are_not():
    texts = [ORIGINAL, ORIGINAL, DROPPED, CHANGED, story(99, 360)]
    made = copies(documents(texts))
    assert made.table["copy_cluster"].to_list() == ["d0", "d0", "d0", "d0", None]
    assert made.table["copy_rank"].to_list() == [0, 1, 2, 3, None]
    assert set(made.pairs.select("document_id", "other_id").rows()) == set(combinations(["d0", "d1", "d2", "d3"], 2))
    kinds = {(row["document_id"], row["other_id"]): row["kind"] for row in made.pairs.iter_rows(named=True)}
    assert [pair for pair, kind in kinds.items() if kind == "exact"] == [("d0", "d1")]


def test_every_jaccard_is_that_of_the_sets():
    texts = [ORIGINAL, ORIGINAL.upper(), DROPPED, CHANGED]
    of = dict(zip([f"d{i}" for i in range(4)], texts, strict=True))
    made = copies(documents(texts))
    assert made.pairs.height == 6
    for row in made.pairs.iter_rows(named=True):
        assert row["jaccard"] == pytest.approx(jaccard(of[row["document_id"]], of[row["other_id"]]), abs=1e-12)
    # one of six paragraphs of 60 words gone: 296 of 356 shingles stay
    assert jaccard(ORIGINAL, DROPPED) == pytest.approx(296 / 356)


def test_clusters_over_sides_are_described():
    frame = documents(
        [ORIGINAL, CHANGED, ORIGINAL, story(5), story(6)],
        outlet=["Agency", "Post", "Post", "Post", "Daily"], side=["a", "b", "a", "a", "b"],
        date=[datetime.date(2017, 1, 3), datetime.date(2017, 1, 2), None, None, None],
    )  # fmt: skip
    made = copies(frame)
    assert made.clusters.rows(named=True) == [
        {"copy_cluster": "d1", "n_documents": 3, "n_outlets": 2, "n_sides": 2, "outlets": "Agency, Post",
         "first": datetime.date(2017, 1, 2), "last": datetime.date(2017, 1, 3)}
    ]  # fmt: skip
    ranks = made.table.drop_nulls("copy_rank").select("id", "copy_rank")
    assert ranks.rows() == [("d0", 1), ("d1", 0), ("d2", 2)], "the earliest leads, the undated comes last"
    assert made.pairs.select("document_id", "side", "other_id", "other_outlet", "other_side").rows() == [
        ("d0", "a", "d2", "Post", "a"),
        ("d1", "b", "d0", "Agency", "a"),
        ("d1", "b", "d2", "Post", "a"),
    ], "the earlier one first"


def test_what_is_linked_through_a_third_is_one_cluster():
    parts = [story(i, 100) for i in range(4)]
    chain = [
        " ".join(parts[:3]),
        " ".join([*parts[:2], parts[2][:350], parts[3][:350]]),
        " ".join([parts[0], parts[1], parts[3]]),
    ]
    made = copies(documents(chain), least_jaccard=0.55)
    assert jaccard(chain[0], chain[2]) < 0.55
    assert made.table["copy_cluster"].to_list() == ["d0"] * 3


@pytest.mark.parametrize("text", ["one", "one two three", "one two three four five", "one two three four five six"])
def test_short_texts_pair_with_their_equals_only(text):
    assert near_pairs([text, text.upper() + "!", text + " more of it", ""]) == [(0, 1, 1.0)]


def test_texts_without_a_word_pair_with_nothing():
    assert near_pairs(["", "", "...", "!!!"]) == [] and near_pairs([]) == []
    assert copies(documents(["", ""])).table["copy_cluster"].to_list() == [None, None]


def test_the_threshold_is_kept():
    least = jaccard(ORIGINAL, DROPPED)
    assert len(near_pairs([ORIGINAL, DROPPED], least_jaccard=least - 0.001)) == 1
    assert near_pairs([ORIGINAL, DROPPED], least_jaccard=least + 0.001) == []


def test_boilerplate_under_400_texts_makes_no_cluster():
    notice = story("notice", 120)
    made = copies(documents([f"{story(i, 150)}\n{notice}" for i in range(400)]))
    assert made.pairs.height == 0 and made.clusters.height == 0


def test_one_text_400_times_is_one_cluster():
    n = COMMONPLACE + 100
    made = copies(documents([ORIGINAL] * n + [CHANGED, story(1)]))
    assert made.clusters["n_documents"].to_list() == [n + 1]
    assert made.table["copy_cluster"].null_count() == 1


def test_the_order_of_rows_is_no_matter():
    frame = documents([ORIGINAL, DROPPED, CHANGED, story(5), story(6)])
    one, other = copies(frame), copies(frame[::-1])
    assert one.table.equals(other.table) and one.pairs.equals(other.pairs) and one.clusters.equals(other.clusters)


def test_columns_that_are_needed():
    with pytest.raises(InputError, match="column 'date' is absent"):
        copies(documents(["a"]).drop("date"))


def test_recall_against_comparing_all_with_all():
    """Copies of random texts with runs of words replaced, Jaccard .5 to .95; those at .7 or more, counted by sets."""
    drawn = random.Random(7)
    texts = []
    for number in range(70):
        words = story(number, drawn.randrange(80, 400)).split()
        texts.append(" ".join(words))
        for _ in range(3):
            copy, changed, share = words.copy(), 0, drawn.uniform(0.01, 0.13)
            while changed < share * len(words):
                at, run = drawn.randrange(len(words)), drawn.randrange(3, 15)
                copy[at : at + run] = story(drawn.random(), run).split()
                changed += run
            texts.append(" ".join(copy))
    sets = [shingles(text) for text in texts]
    similar = {(i, j): len(a & b) / len(a | b) for (i, a), (j, b) in combinations(enumerate(sets), 2)}
    wanted = {pair for pair, value in similar.items() if value >= 0.7}
    found = {(i, j): value for i, j, value in near_pairs(texts, least_jaccard=0.7)}
    assert len(wanted) >= 100, "too few to tell"
    assert set(found) <= wanted, "a pair below the threshold"
    assert len(wanted & set(found)) / len(wanted) >= 0.99
    assert all(value == pytest.approx(similar[pair], abs=1e-12) for pair, value in found.items())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12).map(" ".join), max_size=6))
def test_of_short_texts_no_pair_is_wrong(texts):
    for i, j, value in near_pairs(texts, least_jaccard=0.5):
        assert i < j and value == pytest.approx(jaccard(texts[i], texts[j]), abs=1e-12) and value >= 0.5
