"""Echoes: pairs found as brute force finds them, nulls and tests as worked out by hand, and what was planted found."""

import datetime
import difflib
import re
from collections import Counter
from itertools import combinations

import numpy as np
import polars as pl
import pytest

from constructed import passages
from echoed import drawn
from helpers.analyse import echo_null, echo_tests
from helpers.analyse.echo_kinds import best_of_documents, least_bits
from helpers.analyse.echo_null import Null, expected_beyond, threshold
from helpers.analyse.echo_pairs import FORMULA, Pairs, alike, shared_runs
from helpers.analyse.echo_rows import Days, days, inside, order, outside, rows_of, usual_lag
from helpers.analyse.echo_voice import quoted_spans
from helpers.analyse.echoes import echoes
from helpers.errors import InputError

DAY = datetime.date(2017, 5, 1)
FOUND = {"lag": 7, "shuffles": 99}


def later(n):
    return DAY + datetime.timedelta(days=n)


def rows(texts, *, outlets=None, dates=None, **columns):
    """Passages of one document each with hand-made vectors, one direction a passage."""
    n = len(texts)
    outlets = outlets or [f"O{k}" for k in range(n)]
    vectors = pl.Series("embedding", np.eye(n, dtype=np.float32), dtype=pl.Array(pl.Float32, n))
    given = [
        (f"d{k}", outlet.lower(), outlet, text) for k, (outlet, text) in enumerate(zip(outlets, texts, strict=True))
    ]
    return passages(given, date=dates or [DAY] * n, **columns).with_columns(vectors)


def run(*args, **kwargs):
    return echoes.__wrapped__(*args, **{**FOUND, **kwargs})


# dates


def test_a_date_is_as_many_days_as_it_may_be():
    frame = pl.DataFrame({"date": [datetime.date(2016, 2, 1)] * 3, "date_precision": ["day", "month", "year"]})
    first, last = days(frame)
    origin = datetime.date(1970, 1, 1)
    assert [str(origin + datetime.timedelta(days=int(d))) for d in first] == ["2016-02-01", "2016-02-01", "2016-01-01"]
    assert [str(origin + datetime.timedelta(days=int(d))) for d in last] == ["2016-02-01", "2016-02-29", "2016-12-31"]


def test_what_is_known_of_two_dates():
    year, early, late = (
        Days(np.array(0), np.array(364)),
        Days(np.array(100), np.array(100)),
        Days(np.array(370), np.array(370)),
    )
    assert (order(year, early), order(year, late), order(late, year), order(late, late)) == (0, 1, -1, 0)
    assert not inside(year, early, 7) and not outside(year, early, 7), "within the year: neither can be said"
    assert not inside(year, late, 7) and not outside(year, late, 7)
    assert outside(year, late, 5) and inside(year, late, 370) and not inside(year, late, 369)


def test_the_usual_lag_has_company():
    dense = rows_of(rows(["word"] * 40, outlets=["A", "B"] * 20, dates=[later(k) for k in range(40)]))[0]
    assert usual_lag(dense) == 30, "two days a text of the other outlet: 3 within 7, 12 on average within 30"
    yearly = rows(["word"] * 40, outlets=["A", "B"] * 20, dates=[datetime.date(1990 + k, 1, 1) for k in range(40)])
    assert usual_lag(rows_of(yearly.with_columns(date_precision=pl.lit("year")))[0]) == 730


# pairs


def test_runs_are_those_that_brute_force_finds():
    drawn_words = np.random.default_rng(3)
    texts = [" ".join(f"w{k}" for k in drawn_words.integers(3, size=30)) for _ in range(12)]
    texts = [text + f" x{k}" for k, text in enumerate(texts)]
    words = [re.findall(r"\w+", text) for text in texts]
    common = Counter(s for w in words for s in {tuple(w[k : k + 5]) for k in range(len(w) - 4)})
    assert max(common.values()) <= FORMULA
    wanted = {}
    for a, b in combinations(range(12), 2):
        size = difflib.SequenceMatcher(None, words[a], words[b], autojunk=False).find_longest_match().size
        if size >= 5:
            wanted[(a, b)] = size
    found = shared_runs(rows_of(rows(texts))[0])
    name = [int(i[1:-4]) for i in rows_of(rows(texts))[0].table["id"]]
    made = {tuple(sorted((name[i], name[j]))): n for i, j, n in zip(found.i, found.j, found.words, strict=True)}
    assert len(wanted) > 20 and made == wanted
    for i, j, n, a, b in zip(found.i, found.j, found.words, found.at_i, found.at_j, strict=True):
        assert words[name[i]][a : a + n] == words[name[j]][b : b + n]


def test_a_run_weighs_by_its_rarer_plain_words():
    """Four documents: of the run "the quiet harbour kept Osmar Tal", `the` is in 4 (0 bits), `quiet`, `harbour` and
    `kept` in 2 (1 bit each), and the names weigh nothing."""
    shared = "the quiet harbour kept Osmar Tal"
    frame = rows([f"one {shared} two", f"three {shared} four", "the sea", "the land"])
    found = shared_runs(rows_of(frame)[0])
    assert (found.words.tolist(), found.value.tolist(), found.at_i.tolist()) == ([6], [3.0], [1])
    assert least_bits(4) == pytest.approx(np.log2(6))


def test_formulas_are_no_part_of_a_run():
    greeting = "permit me to congratulate you warmly on your election"
    many = [f"{greeting} a{k} b{k} c{k}" for k in range(FORMULA + 1)]
    assert len(shared_runs(rows_of(rows(many))[0]).i) == 0
    assert len(shared_runs(rows_of(rows(many[:3]))[0]).i) == 3


def test_likeness_is_that_of_all_pairs():
    made = rows_of(drawn(1, documents=20).passages)[0]
    found, cosine = alike(made, 7, seed=7)
    every = made.vectors @ made.vectors.T
    of = made.document
    near = {
        (i, j)
        for i, j in combinations(range(len(of)), 2)
        if of[i] != of[j] and every[i, j] >= cosine.min() - 1e-6
        and (made.member[of[i]] != made.member[of[j]] or abs(made.first[of[i]] - made.first[of[j]]) <= 7)
    }  # fmt: skip
    assert set(zip(found.i.tolist(), found.j.tolist(), strict=True)) == near and len(near) > 100
    assert np.allclose(cosine, every[found.i, found.j], atol=1e-6)
    assert (found.value >= cosine - 1e-9).all(), "rarer words only add"


# nulls


def test_pairs_are_counted_as_brute_force_counts_them():
    made = rows_of(drawn(2, documents=15).passages)[0]
    counts = echo_null.count_pairs(made, 30, kept=np.ones(len(made.document), dtype=bool))
    wanted = np.zeros((2, 4, 4, 2))
    for i, j in combinations(range(len(made.document)), 2):
        a, b = made.document[[i, j]]
        if a == b:
            continue
        far = abs(int(made.first[a] - made.first[b])) > 30
        m, o, same = made.member[a], made.member[b], int(made.theme[i] == made.theme[j])
        wanted[int(far), m, o, same] += 1
        if m != o:
            wanted[int(far), o, m, same] += 1
    assert np.allclose(counts.inside, wanted[0]) and np.allclose(counts.outside, wanted[1])


@pytest.mark.parametrize("own", [False, True])
def test_the_null_stands_for_all_pairs_inside(own):
    made = rows_of(drawn(2, documents=15).passages)[0]
    counts = echo_null.count_pairs(made, 30, kept=np.ones(len(made.document), dtype=bool))
    i, j = np.array(list(combinations(range(len(made.document)), 2))).T
    a, b = made.document[i], made.document[j]
    far = np.abs(made.first[a] - made.first[b]) > 30
    across = made.member[a] != made.member[b]
    kept = (a != b) & ((~across & ~far) if own else (across & far))
    zero = np.zeros(int(kept.sum()), dtype=int)
    every = Pairs(i[kept], j[kept], zero.astype(float), zero, zero, zero)
    total = echo_null.weights_of(made, counts, every, own=own).sum()
    wanted = ((a != b) & across & ~far).sum()
    assert total == pytest.approx(wanted)
    assert echo_null.unit_of(counts, own=own) == pytest.approx(wanted / kept.sum())


def test_beyond_a_null_by_hand():
    """Two pairs, each standing for 2, at .3 and .5, and one more with an excess of .3 over the floor of .2, which makes
    the mean excess (2 * .1 + 2 * .3 + 2 * .3) / 6 = .2333: beyond the floor 6 exp(-(t - .2) / .2333), at the least what
    was counted."""
    null = Null(np.array([0.3, 0.5]), np.array([2.0, 2.0]), floor=0.2, slope=0.3, unit=2.0)
    tail = 6 * np.exp(-np.array([0.1, 0.3, 0.4]) / (1.4 / 6))
    assert expected_beyond(null, np.array([0.3, 0.5, 0.6])).tolist() == pytest.approx([4.0, 2.0, tail[2]])
    assert tail[0] < 4 and tail[1] < 2
    many = Null(np.arange(100.0), np.ones(100), floor=0.0, slope=0.5, unit=1.0)
    # The 30 highest are 70 to 99, their mean excess over 70 is 14.5.
    assert expected_beyond(many, np.array([50.0, 70.0, 84.5])).tolist() == pytest.approx([50, 30, 30 * np.exp(-1)])
    none = Null(np.zeros(0), np.zeros(0), floor=0.0, slope=5.0, unit=8.0)
    assert expected_beyond(none, np.array([5.0])).tolist() == pytest.approx([8 * np.exp(-1)])
    assert np.isinf(expected_beyond(Null(np.zeros(0), np.zeros(0), 0.0, 5.0, np.inf), np.array([900.0]))).all()


def test_the_threshold_by_hand():
    found, expected = np.array([9.0, 8.0, 7.0, 6.0]), np.array([0.1, 0.6, 0.9, 2.0])
    assert threshold(found, expected, 0.31) == 7.0 and threshold(found, expected, 0.2) == 9.0
    assert threshold(found, expected, 0.05) == float("inf") and threshold(found[:0], expected[:0], 0.5) == float("inf")
    assert threshold(np.array([9.0, 9.0, 9.0]), np.array([0.9] * 3), 0.31) == 9.0, "ties count together"


def test_of_two_documents_the_strongest_pair_counts():
    made = rows_of(drawn(2, documents=3).passages)[0]
    zero = np.zeros(4, dtype=int)
    pairs = Pairs(np.array([0, 1, 0, 3]), np.array([3, 4, 6, 7]), np.array([1.0, 2.0, 5.0, 2.0]), zero, zero, zero)
    assert best_of_documents(made, pairs).tolist() == [False, True, True, True]


# tests


def test_dates_are_dealt_among_documents_of_one_outlet_and_theme():
    made = rows_of(drawn(4, documents=40).passages)[0]
    groups = echo_tests.strata(made)
    dealt = echo_tests.shuffled(groups, 50, seed=1)
    assert (groups[dealt] == groups[None]).all() and (np.sort(dealt, axis=1) == np.arange(len(groups))).all()
    assert (dealt != np.arange(len(groups))).mean() > 0.5
    assert all(len(set(made.member[groups == g])) == 1 for g in np.unique(groups))


def test_who_leads_by_hand():
    """Five stories, four led by the first outlet and one by the other: of 32 ways to turn them round, 12 give a sum of
    at least 3 either way (5 over 5: 1, 5 over 4: 5, twice)."""
    p, smallest, stories = echo_tests.lead(np.array([1.0, 1, 1, 1, -1]), np.arange(5), seed=7)
    assert (p, smallest, stories) == (pytest.approx(12 / 32), 2 / 32, 5)
    assert echo_tests.lead(np.array([1.0] * 40), np.zeros(40, dtype=int), seed=7) == (1.0, 1.0, 1), "one story"
    assert echo_tests.lead(np.zeros(0), np.zeros(0, dtype=int), seed=7) == (1.0, 1.0, 0)
    p, smallest, _ = echo_tests.lead(np.ones(20), np.arange(20), seed=7)
    assert p == smallest == 1 / 10_000


def test_a_story_is_what_is_linked():
    made = echo_tests.stories(6, (np.array([0, 1, 4]), np.array([1, 2, 5])))
    assert made[0] == made[1] != made[2]


# the whole


LONG = "grain barges crossing beneath painted bridges carried lanterns salted plums and letters nobody had opened"


def crowd(n):
    """Filler: texts of other outlets on far days, so that there is a null."""
    rng = np.random.default_rng(5)
    return [" ".join(f"f{w}" for w in rng.integers(5000, size=20)) for _ in range(n)]


def planted(texts, outlets, dates):
    filler = crowd(40)
    return rows(
        texts + filler,
        outlets=outlets + [f"F{k % 8}" for k in range(40)],
        dates=dates + [later(40 + 9 * k) for k in range(40)],
    )


def test_the_ledger_names_the_earliest_source():
    texts = [f"a b {LONG} c", f"d {LONG} e", f"{LONG} g h i"]
    found = run(planted(texts, ["Late", "First", "Later"], [later(3), later(1), later(6)]))
    assert found.table.select("source_id", "follower_id", "lag_least", "lag_most", "n_sources", "words").rows() == [
        ("d1#000", "d0#000", 2, 2, 1, 15),
        ("d1#000", "d2#000", 5, 5, 2, 15),
    ]
    row = found.table.row(0, named=True)
    assert row["shared"] == LONG and (row["source_start"], row["follower_start"]) == (10 + 2, 10 + 4)
    assert row["source_end"] - row["source_start"] == len(LONG) and row["source_voice"] == "outlet"
    assert found.pairs["story"].n_unique() == 1 and found.pairs.height == 3
    rows_ = {(r["source"], r["follower"]): r for r in found.follows.iter_rows(named=True)}
    assert rows_[("First", "Late")]["n"] == 1 and rows_[("Late", "First")]["n_back"] == 1


def test_of_one_day_no_order_is_known():
    found = run(planted([f"a b {LONG} c", f"d {LONG} e"], ["A", "B"], [later(1), later(1)]))
    assert found.table.is_empty() and found.pairs["order"].to_list() == ["unknown"]
    assert found.follows["n"].to_list() == [0, 0] and found.follows["n_same"].to_list() == [1, 1]


def test_a_date_known_to_the_year_is_too_rough_for_a_week():
    frame = planted([f"a b {LONG} c", f"d {LONG} e"], ["A", "B"], [datetime.date(2017, 1, 1), later(1)])
    frame = frame.with_columns(
        date_precision=pl.when(pl.col("outlet") == "A").then(pl.lit("year")).otherwise(pl.lit("day"))
    )
    found = run(frame)
    kind = found.kinds.row(0, named=True)
    assert (kind["n_found"], found.pairs.height) == (0, 0)


def test_quotations_are_a_layer_of_their_own():
    texts = [f"The envoy told them: “{LONG}.” Nobody answered", f"So it went. {LONG}. And so on."]
    found = run(planted(texts, ["A", "B"], [later(1), later(3)]))
    assert found.table.select("kind", "quotation", "source_voice", "follower_voice").rows() == [
        ("quotation", True, "quoted", "outlet")
    ]
    assert found.follows.is_empty(), "both may have it from a third"


def test_a_quotation_may_begin_before_its_passage():
    text = f"He said: “We came home. {LONG} and then we slept.” It was late."
    frame = planted([text[24:], f"So it went. {LONG}. And so on."], ["A", "B"], [later(1), later(3)])
    frame = frame.with_columns(start=pl.when(pl.col("id") == "d0#000").then(24).otherwise("start").cast(pl.Int32))
    documents = pl.DataFrame({"id": ["d0"], "text": [text]})
    assert run(frame).table["kind"].to_list() == ["verbatim"]
    assert run(frame, documents=documents).table["kind"].to_list() == ["quotation"]


def test_what_is_not_a_texts_own_voice():
    text = "It rained. “We shall rebuild the bridge,” she said. It rained on."
    (start, end), *rest = quoted_spans(text, "en")
    assert "We shall rebuild" in text[start:end] and "rained on" not in text[start:end] and not rest


def test_captions_are_no_echoes():
    texts = [f"a b {LONG}. [Photo/Agency]", f"d {LONG} e"]
    assert run(planted(texts, ["A", "B"], [later(1), later(3)])).pairs.is_empty()


def test_one_outlets_own_texts_do_not_echo():
    assert run(planted([f"a b {LONG} c", f"d {LONG} e"], ["A", "A"], [later(1), later(3)])).pairs.is_empty()


def test_copies_of_documents_are_counted_apart():
    frame = planted([f"a b {LONG} c"] * 2 + [f"d {LONG} e"], ["A", "B", "C"], [later(1), later(2), later(3)])
    cluster = [{"d0": "d0", "d1": "d0"}.get(d) for d in frame["document_id"]]
    rank = [{"d0": 0, "d1": 1}.get(d) for d in frame["document_id"]]
    found = run(frame.with_columns(copy_cluster=pl.Series(cluster), copy_rank=pl.Series(rank, dtype=pl.Int32)))
    assert found.copies.rows() == [("d0", "d0", "d1", "A", "B")]
    assert found.table.select("source_id", "follower_id").rows() == [("d0#000", "d2#000")]
    assert found.left_out == {"repeats of an earlier document": 1}


def test_what_was_planted_is_found_and_little_else():
    for verbatim in (False, True):
        made = drawn(11, planted=12, events=6, verbatim=verbatim)
        found = run(made.passages)
        wanted = {(a[:5], b[:5]) for a, b in made.planted}
        got = set(found.table.select("source_document", "follower_document").rows())
        assert wanted <= got and len(got - wanted) <= len(got) / 3
        kind = found.kinds.filter(kind="verbatim" if verbatim else "paraphrase").row(0, named=True)
        assert kind["p"] == 0.01 and kind["false_share"] <= 1 / 3 and kind["n_found"] >= 12


def test_where_everybody_reports_one_event_nothing_is_called_an_echo():
    found = [run(drawn(seed, events=6).passages) for seed in range(6)]
    assert sum(one.pairs.height for one in found) == 0
    assert all("one outlet on the same days" in one.kinds["said"][2] for one in found)


def test_without_echoes_the_p_of_excess_is_spread():
    p = [run(drawn(seed, documents=40).passages, shuffles=19).kinds["p"][2] for seed in range(40)]
    assert sum(value <= 0.1 for value in p) <= 9 and 0.35 < float(np.mean(p)) < 0.65


def test_the_order_of_rows_is_no_matter():
    frame = drawn(3, planted=10).passages
    one, other = run(frame), run(frame.sample(fraction=1, shuffle=True, seed=3))
    for name in ("table", "pairs", "kinds", "follows", "sides", "shape", "links"):
        assert getattr(one, name).equals(getattr(other, name)), name


def test_a_corpus_without_a_null_cannot_be_asked():
    frame = rows([f"a b {LONG} c", f"d {LONG} e", "other words", "more words"], dates=[later(k) for k in range(4)])
    found = run(frame)
    assert found.pairs.is_empty() and "cannot be asked of this corpus" in found.kinds["said"][0]


def test_it_is_remembered(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    frame = drawn(3, documents=20, planted=5).passages
    one, other = echoes(frame, **FOUND), echoes(frame, **FOUND)
    assert one.table.equals(other.table) and other.left_out == {} and other.all_sides == ("a", "b")


def test_errors():
    frame = drawn(1, documents=5).passages
    with pytest.raises(InputError, match="'embedding' is absent"):
        run(frame.drop("embedding"))
    with pytest.raises(InputError, match="no dated passage"):
        run(frame.with_columns(date=pl.lit(None, pl.Date)))
    with pytest.raises(InputError, match="one outlet alone"):
        run(frame.with_columns(outlet=pl.lit("A"), side=pl.lit("a")))
    with pytest.raises(InputError, match="false_share"):
        run(frame, false_share=1.5)
    with pytest.raises(InputError, match="lag"):
        run(frame, lag=-1)
