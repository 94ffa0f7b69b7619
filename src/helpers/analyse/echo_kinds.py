"""The kinds of echo, each with its candidates, its null and its threshold.

words       a run of words in both outlets' own voice
quotation   a run of words that either quotes: a layer of its own, for both may have it from a third
meaning     likeness in meaning and in rarer words, without such a run, among passages in the outlets' own voice
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.analyse import echo_null
from helpers.analyse.echo_pairs import Pairs, alike, shared_runs
from helpers.analyse.echo_rows import Rows
from helpers.analyse.echo_tests import excess
from helpers.analyse.echo_voice import in_captions, quoted_runs, run_spans

KINDS = ("verbatim", "quotation", "paraphrase")
SHORTEST_RUN = 7
"""Words. Shorter runs are said by everybody."""
STRONGEST = 1_000
"""Pairs of a kind that the test of excess rests on: the most alike, whatever their dates."""
SLOPE = {"verbatim": 5.0, "quotation": 5.0, "paraphrase": 0.05}
"""In what the null falls by a factor of e, where a corpus is too small to tell: as in news of 2017 and 2018."""
BINS = 40


@dataclass(frozen=True, eq=False)
class Kind:
    """Candidates of one kind.

    pairs       across members, as strong as can be, inside and outside the window and between
    inside, outside  masks of `pairs`
    threshold   the value from which on at most the share asked is false; infinite: none
    row         what is said of it in the result's table
    spans       (pairs, 4) start and end of the shared run in i, and in j; the whole passage for a paraphrase
    quoted      (pairs, 2) whether it is quoted in i, in j
    cosine      (pairs,) of the vectors; nan where that was not among the most alike
    """

    name: str
    pairs: Pairs
    inside: np.ndarray
    outside: np.ndarray
    threshold: float
    row: dict
    spans: np.ndarray
    quoted: np.ndarray
    cosine: np.ndarray
    shape: pl.DataFrame


def kinds(
    rows: Rows, lag: int, *, documents: pl.DataFrame | None, false_share: float, dealt: np.ndarray, seed: int
) -> list[Kind]:
    """The three kinds in the order of KINDS."""
    every = np.ones(len(rows.document), dtype=bool)
    counts = echo_null.count_pairs(rows, lag, kept=every)
    every_run = shared_runs(rows)
    every_run = every_run.where(every_run.words >= SHORTEST_RUN)
    runs = every_run.where(_across(rows, every_run))
    one, other = run_spans(rows, runs)
    said = ~(in_captions(rows, runs.i, one) | in_captions(rows, runs.j, other))
    runs, one, other = runs.where(said), one[said], other[said]
    quoted = np.stack([quoted_runs(rows, runs.i, one, documents), quoted_runs(rows, runs.j, other, documents)], axis=1)
    spans = np.concatenate([one, other], axis=1)
    repeats: np.ndarray = np.logical_or(quoted[:, 0], quoted[:, 1])
    made = []
    for name, kept in (("verbatim", ~repeats), ("quotation", repeats)):
        pairs = runs.where(kept)
        nulls = {"other days": (pairs, counts)}
        bare = np.full(len(pairs.i), np.nan)
        made.append(_kind(name, rows, pairs, nulls, (lag, false_share, dealt), (spans[kept], quoted[kept], bare)))
    made.append(_paraphrase(rows, every_run, (lag, false_share, dealt), seed))
    return made


def _paraphrase(rows: Rows, verbatim: Pairs, asked: tuple, seed: int) -> Kind:
    lag = asked[0]
    own_voice = (rows.table["voice"] == "outlet").to_numpy()
    near, cosine = alike(rows, lag, seed=seed)
    n = len(rows.document)
    kept = own_voice[near.i] & own_voice[near.j] & ~np.isin(near.i * n + near.j, verbatim.i * n + verbatim.j)
    near, cosine = near.where(kept), cosine[kept]
    across = _across(rows, near)
    counts = echo_null.count_pairs(rows, lag, kept=own_voice)
    pairs, own = near.where(across), near.where(~across)
    nulls = {"other days": (pairs, counts), "own pairs": (own, counts)}
    length = rows.table["text"].str.len_chars().to_numpy().astype(np.int64)
    zero = np.zeros(len(pairs.i), dtype=np.int64)
    spans = np.stack([zero, length[pairs.i], zero, length[pairs.j]], axis=1)
    return _kind("paraphrase", rows, pairs, nulls, asked, (spans, np.zeros((len(zero), 2), dtype=bool), cosine[across]))


def _across(rows: Rows, pairs: Pairs) -> np.ndarray:
    return rows.member[rows.document[pairs.i]] != rows.member[rows.document[pairs.j]]


def _kind(
    name: str,
    rows: Rows,
    pairs: Pairs,
    nulls: dict[str, tuple[Pairs, echo_null.Counts]],
    asked: tuple[int, float, np.ndarray],
    beside: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> Kind:
    lag, false_share, dealt = asked
    inside, outside = echo_null.when(rows, pairs, lag)
    found = np.sort(pairs.value[inside & best_of_documents(rows, pairs)])[::-1]
    floor = float(min([0.0 if name != "paraphrase" else 1.0, *pairs.value, *nulls.get("own pairs", (pairs,))[0].value]))
    made = {}
    for null, (null_pairs, counts) in nulls.items():
        own = null == "own pairs"
        there = best_of_documents(rows, null_pairs) & (True if own else outside)
        weights = echo_null.weights_of(rows, counts, null_pairs, own=own)[there]
        unit = echo_null.unit_of(counts, own=own)
        made[null] = echo_null.Null(null_pairs.value[there], weights, floor, SLOPE[name], unit)
    beyond = {null: echo_null.expected_beyond(made[null], found) for null in made}
    expected = np.maximum.reduce(list(beyond.values()))
    enough = found >= (-1 if name == "paraphrase" else least_bits(len(rows.first)))
    threshold = echo_null.threshold(found[enough], expected[enough], false_share)
    number = int((found >= threshold).sum())
    row = {
        "kind": name,
        "threshold": None if np.isinf(threshold) else threshold,
        "n_found": number,
        "n_candidates": len(found),
        "n_pairs": int((pairs.value[inside] >= threshold).sum()),
        **{f"expected_{null.replace(' ', '_')}": _at(beyond.get(null), number) for null in ("other days", "own pairs")},
        "false_share": float(expected[number - 1] / number) if number else None,
        "n_undated": int((pairs.value[~inside & ~outside] >= threshold).sum()),
        **_excess(rows, pairs, lag, dealt, SLOPE[name]),
        "said": None if number else _why(int(enough.sum()), expected, beyond, false_share),
    }
    return Kind(name, pairs, inside, outside, threshold, row, *beside, _shape(name, found, made))


def least_bits(n_documents: int) -> float:
    """The weight that a run must have at least: log2 of the number of pairs of documents. Words drawn on their own
    would then meet in one pair at the most. Lighter runs are titles, places and figures of one event, which everybody
    has in the same words, and which texts of other days, with other events, cannot tell (benchmarks/reading.md)."""
    return float(np.log2(max(n_documents * (n_documents - 1) / 2, 1)))


def best_of_documents(rows: Rows, pairs: Pairs) -> np.ndarray:
    """Whether a pair is the strongest of its two documents (the first of several): these are counted, for nine pairs
    of two documents that tell of one thing are one observation."""
    a, b = np.sort([rows.document[pairs.i], rows.document[pairs.j]], axis=0)
    order = np.lexsort((-pairs.value, b, a))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(a[order]) != 0) | (np.diff(b[order]) != 0)
    made = np.zeros(len(order), dtype=bool)
    made[order[first]] = True
    return made


def _at(expected: np.ndarray | None, number: int) -> float | None:
    return float(expected[number - 1]) if expected is not None and number else None


def _why(n: int, expected: np.ndarray, beyond: dict[str, np.ndarray], false_share: float) -> str:
    if not n:
        return "no pair within the lag is alike enough to be looked at"
    best = int(np.argmin(expected[:n] / np.arange(1, n + 1)))
    null = max(beyond, key=lambda name: float(beyond[name][best]))
    if np.isinf(expected[best]):
        none = {"other days": "no texts of two outlets surely lie further apart than the lag",
                "own pairs": "no outlet has two texts within the lag"}[null]  # fmt: skip
        return f"cannot be asked of this corpus: {none}, so that nothing tells an echo from likeness"
    like = {"other days": "texts of other days", "own pairs": "two reports of one outlet on the same days"}[null]
    return (
        f"cannot be told from {like}: of the {best + 1:,} most alike, {expected[best]:,.0f} would be expected "
        f"without any echo, and at most {100 * false_share:.0f} % may be"
    )


def _excess(rows: Rows, pairs: Pairs, lag: int, dealt: np.ndarray, slope: float) -> dict[str, float | None]:
    """The strongest pairs, chosen without their dates: how much of them lies inside the window, and by chance."""
    if not len(pairs.i):
        return {"seen": None, "by_chance": None, "p": None}
    least = np.sort(pairs.value)[::-1][: STRONGEST + 1][-1]
    best = pairs.where(pairs.value >= least)
    links = (rows.document[best.i], rows.document[best.j])
    strength = best.value - least + slope
    seen, chance, p = excess(rows, links, strength, lag, dealt)
    return {"seen": seen / strength.sum(), "by_chance": chance / strength.sum(), "p": p}


def _shape(name: str, found: np.ndarray, nulls: dict[str, echo_null.Null]) -> pl.DataFrame:
    """How many pairs are at least as alike as each of BINS values: found, and expected of each null."""
    whole = np.concatenate([found, *(null.values for null in nulls.values())])
    if not len(whole):
        return pl.DataFrame(schema={"kind": pl.String, "of": pl.String, "value": pl.Float64, "n": pl.Float64})
    at = np.linspace(float(whole.min()), float(whole.max()), BINS)
    counts = {"found": (found[None] >= at[:, None] - 1e-12).sum(1).astype(float)}
    counts |= {of: echo_null.expected_beyond(null, at) for of, null in nulls.items() if np.isfinite(null.unit)}
    return pl.concat([pl.DataFrame({"kind": name, "of": of, "value": at, "n": n}) for of, n in counts.items()])
