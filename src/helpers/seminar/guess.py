"""Guess the side: how well a class, and a classifier, tell whose text a passage is once the names are taken out.

What can still be told is subject, style and frame together, so how well it can be told is the most that any of them
explains. A classifier that is tested on outlets it has learned from recognises the outlet; tested on outlets that it
has never seen, what it recognises is what the outlets of a side have in common.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from zlib import crc32

import numpy as np
import polars as pl

from helpers.analyse.heads import FOLDS, SCALE, STRENGTH
from helpers.analyse.resampling import bootstrap_weights
from helpers.errors import InputError
from helpers.results import result
from helpers.seminar.sample import population
from helpers.sides import readable
from helpers.tables import need

CLASS, CLASSIFIER, UNSEEN = "class", "classifier", "classifier, outlets unseen"

MOST_OF_A_DOCUMENT = 6
"""Passages of one document that are looked at, drawn at random, besides those the class judged: documents count equally
whatever their length, and a speech of a hundred passages would take the models' time and teach them little more."""

Block = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Rows of one side, rows of the other, and their scores, which may be compared with each other."""


@result
class Guess:
    """How well sides are told apart.

    table     one row per (who, asked, side, other):
        who        class | classifier (tested in folds of whole documents, copies together) | classifier, outlets unseen
                   (every document judged by a model that saw neither its outlet nor the one it is compared with)
        asked      judged (the passages that the class judged) | all (of the study)
        auc        probability that a passage of `side` is held likelier to be of `side` than one of `other`, 0-1; .5:
                   chance. Of all passages outlets count equally, documents within them, passages within these; of
                   judged ones each passage the same
        low, high  95 % interval: bootstrap of documents within outlets (all) or sides (judged); for outlets unseen from
                   the spread of outlets; null where a side has fewer than two of these. Models are taken as learned,
                   so it is too short: with nothing to tell it lacks .5 in about 20 % of corpora (benchmarks/guess.json)
        n_passages, n_documents of both sides together
    accuracy  one row per who (class, classifier), on the passages the class judged: accuracy (mean over sides of the
              share of guesses that are right, 0-1), low, high (bootstrap of documents), chance (0-1), n_guesses,
              n_cannot_tell (of these; they count as wrong)
    guesses   one row per (side, guess): n; null: cannot tell
    said      what is absent and why, in words
    """

    table: pl.DataFrame
    accuracy: pl.DataFrame
    guesses: pl.DataFrame
    said: tuple[str, ...]
    replicates: int
    seed: int


@dataclass(frozen=True)
class _Corpus:
    """A study's passages as arrays; side, member, document and fold are numbers, `of` the table they come from."""

    of: pl.DataFrame
    names: tuple[str, ...]
    x: np.ndarray
    side: np.ndarray
    member: np.ndarray
    document: np.ndarray
    fold: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class _Resampling:
    """What is drawn anew (the numbers of `strata` are drawn on their own), and how often."""

    weight: np.ndarray
    strata: np.ndarray
    replicates: int
    seed: int


def guess(
    vectors: pl.DataFrame, guesses: pl.DataFrame | None = None, *, voice: str = "outlet", replicates: int = 2000,
    seed: int = 7,
) -> Guess:  # fmt: skip
    """`vectors`: the study's passages with `embedding` of their *masked* text (helpers.seminar.masking); `guesses`:
    coder, id, guess (a side; null: cannot tell), or None. Texts that stand on several sides are left out.

    Raises InputError where there are fewer than two sides, or a guess is of a passage or a side that is not there."""
    corpus = _corpus(vectors, [] if guesses is None else guesses["id"].to_list(), voice=voice, seed=seed)
    given = _checked(guesses, vectors, corpus)
    class_scores, times = _class_scores(given, corpus)
    scores, judged = _scores(corpus), times > 0
    everything = _Resampling(corpus.weight, corpus.member, replicates, seed)
    of_judged = _Resampling(judged.astype(float), corpus.side, replicates, seed)
    rows, said = [], [] if len(given) else ["Nobody has guessed: the classifier stands alone."]
    for a, b in combinations(range(len(corpus.names)), 2):
        pair = {"side": corpus.names[a], "other": corpus.names[b]}
        folds = list(_fold_blocks(corpus, scores[:, a] - scores[:, b], a, b))
        rows.append({"who": CLASSIFIER, "asked": "all", **pair, **_auc(folds, corpus, everything)})
        alone = [corpus.names[s] for s in (a, b) if len(np.unique(corpus.member[corpus.side == s])) < 2]
        apart = [] if alone else list(_unseen_blocks(corpus, a, b))
        if alone:
            said.append(f"{' and '.join(map(readable, alone))}: one outlet, which cannot be left out.")
        else:
            rows.append({"who": UNSEEN, "asked": "all", **pair, **_auc(apart, corpus, everything, outlets=True)})
        if judged[corpus.side == a].any() and judged[corpus.side == b].any():
            whole = [(*(np.flatnonzero(corpus.side == s) for s in (a, b)),
                      *((class_scores[:, a] - class_scores[:, b])[corpus.side == s] for s in (a, b)))]  # fmt: skip
            for who, blocks in ((CLASS, whole), (CLASSIFIER, folds), (UNSEEN, apart)):
                kept = [_only(block, judged) for block in blocks]
                if any(len(block[0]) and len(block[1]) for block in kept):
                    rows.append(
                        {"who": who, "asked": "judged", **pair, **_auc(kept, corpus, of_judged, outlets=who == UNSEEN)}
                    )
    accuracy = _accuracy(given, scores, corpus, of_judged) if judged.any() else _NOBODY
    told = given.group_by("side", "guess").agg(n=pl.len().cast(pl.Int64)).sort("side", "guess")
    said = list(dict.fromkeys(said))
    return Guess(pl.DataFrame(rows, infer_schema_length=None), accuracy, told, tuple(said), replicates, seed)


_NOBODY = pl.DataFrame(
    schema={"who": pl.String, "accuracy": pl.Float64, "low": pl.Float64, "high": pl.Float64, "chance": pl.Float64,
            "n_guesses": pl.Int64, "n_cannot_tell": pl.Int64}
)  # fmt: skip


def _corpus(vectors: pl.DataFrame, asked: list[str], *, voice: str, seed: int) -> _Corpus:
    need(vectors, ["embedding"], where="passages", do="Encode the masked passages first.")
    there = population(vectors, voice=voice)
    there = there.filter(pl.col("side").n_unique().over("group") == 1)
    lots = np.random.default_rng(seed).permutation(len(there))
    there = there.with_columns(_lot=pl.Series(lots), _whole=pl.col("weight").sum().over("document_id"))
    kept = (pl.col("_lot").rank("ordinal").over("document_id") <= MOST_OF_A_DOCUMENT) | pl.col("id").is_in(asked)
    there = there.filter(kept).with_columns(weight=pl.col("_whole") / pl.len().over("document_id"))
    names = tuple(there["side"].unique().sort())
    if len(names) < 2:
        raise InputError("nothing to tell apart", where="guess", expected="passages of at least two sides",
                         found=", ".join(names) or "none")  # fmt: skip
    side, document = (np.unique(there[c].to_numpy().astype(str), return_inverse=True)[1] for c in ("side", "group"))
    member = np.unique((there["side"] + "|" + there["member"]).to_numpy().astype(str), return_inverse=True)[1]
    first = np.unique(document, return_index=True)[1]
    # Each side's documents are dealt out in turn, so that every fold has its part of each.
    fold_of = np.zeros(len(first), dtype=int)
    for s in range(len(names)):
        own = np.flatnonzero(side[first] == s)
        fold_of[np.random.default_rng([seed, s]).permutation(own)] = np.arange(len(own)) % FOLDS
    x = SCALE * there["embedding"].to_numpy().astype(np.float64)
    return _Corpus(there, names, x, side, member, document, fold_of[document], there["weight"].to_numpy())


def _checked(guesses: pl.DataFrame | None, vectors: pl.DataFrame, corpus: _Corpus) -> pl.DataFrame:
    """coder, id, guess and the true side, of the passages of the corpus."""
    if guesses is None:
        return pl.DataFrame(schema={"coder": pl.String, "id": pl.String, "guess": pl.String, "side": pl.String})
    need(guesses, ["coder", "id", "guess"], where="guesses", do="Read them with `workbench seminar codes STUDY`.")
    given = guesses.select(pl.col("coder", "id", "guess").cast(pl.String))
    strange = given.join(vectors, on="id", how="anti")
    if len(strange):
        raise InputError("a guess is of no passage of this study", where=f"guesses of {strange['coder'][0]}",
                         found=strange["id"][0], do="Keep guesses apart from those of another study.")  # fmt: skip
    odd = given.filter(~pl.col("guess").is_in(corpus.names))
    if len(odd):
        raise InputError("a guess is of no side", where=f"guesses of {odd['coder'][0]}", found=odd["guess"][0],
                         expected=", ".join(corpus.names))  # fmt: skip
    return given.join(corpus.of.select("id", "side"), on="id").sort("coder", "id")


def _class_scores(given: pl.DataFrame, corpus: _Corpus) -> tuple[np.ndarray, np.ndarray]:
    """(passages, sides) share of a passage's guesses for each side, and (passages,) how many guesses it has."""
    row = {id_: k for k, id_ in enumerate(corpus.of["id"])}
    at = np.array([row[id_] for id_ in given["id"]], dtype=int)
    times = np.bincount(at, minlength=len(row))
    shares = np.zeros((len(row), len(corpus.names)))
    for s, name in enumerate(corpus.names):
        of_side = at[(given["guess"] == name).fill_null(False).to_numpy()]
        shares[:, s] = np.bincount(of_side, minlength=len(row)) / np.maximum(times, 1)
    return shares, times


def _model(corpus: _Corpus, rows: np.ndarray):
    """Logistic regression in which each side weighs the same."""
    from sklearn.linear_model import LogisticRegression

    side, weight = corpus.side[rows], corpus.weight[rows].copy()
    for s in np.unique(side):
        weight[side == s] /= weight[side == s].sum()
    weight *= len(rows) / weight.sum()
    return LogisticRegression(C=STRENGTH, max_iter=1000).fit(corpus.x[rows], side, sample_weight=weight)


def _scores(corpus: _Corpus) -> np.ndarray:
    """(passages, sides) log-odds up to a constant of each passage, from models of the other folds."""
    made = np.zeros((len(corpus.side), len(corpus.names)))
    for k in range(FOLDS):
        test = corpus.fold == k
        learn = np.flatnonzero(~test)
        if test.any() and len(np.unique(corpus.side[learn])) == len(corpus.names):
            odds = _model(corpus, learn).decision_function(corpus.x[test])
            made[test] = odds if odds.ndim == 2 else np.stack([-odds / 2, odds / 2], axis=1)
    return made


def _fold_blocks(corpus: _Corpus, score: np.ndarray, a: int, b: int) -> Iterator[Block]:
    for k in range(FOLDS):
        first, second = (np.flatnonzero((corpus.fold == k) & (corpus.side == s)) for s in (a, b))
        yield first, second, score[first], score[second]


def _unseen_blocks(corpus: _Corpus, a: int, b: int) -> Iterator[Block]:
    """Outlets of either side (in up to FOLDS groups) left out two by two, so that neither side is short of one."""
    rows = np.flatnonzero((corpus.side == a) | (corpus.side == b))
    parts = [np.array_split(np.unique(corpus.member[corpus.side == s]), FOLDS) for s in (a, b)]
    for mine, others in product(*([part for part in of_side if len(part)] for of_side in parts)):
        out = np.isin(corpus.member, np.concatenate([mine, others]))
        odds = _model(corpus, rows[~out[rows]])
        first, second = (np.flatnonzero(np.isin(corpus.member, part)) for part in (mine, others))
        # The model's second side is the larger number, b.
        yield first, second, *(-odds.decision_function(corpus.x[part]) for part in (first, second))


def _only(block: Block, kept: np.ndarray) -> Block:
    first, second, a, b = block
    return first[kept[first]], second[kept[second]], a[kept[first]], b[kept[second]]


def _auc(
    blocks: list[Block], corpus: _Corpus, drawn: _Resampling, *, outlets: bool = False
) -> dict[str, float | int | None]:
    """Sum over comparable pairs of documents (d, e) of wins over sum of pairs, each passage with its weight; the same
    with the documents drawn anew, or with the spread of outlets."""
    rows = [np.unique(np.concatenate([block[k] for block in blocks])) for k in (0, 1)]
    documents = [np.unique(corpus.document[of_side]) for of_side in rows]
    wins, pairs = np.zeros((len(documents[0]), len(documents[1]))), np.zeros((len(documents[0]), len(documents[1])))
    for first, second, a, b in blocks:
        if not len(first) or not len(second):
            continue
        into = [_into(documents[k], corpus.document[part], drawn.weight[part]) for k, part in ((0, first), (1, second))]
        better = (a[:, None] > b[None, :]) + 0.5 * (a[:, None] == b[None, :])
        wins += into[0] @ better @ into[1].T
        pairs += np.outer(into[0].sum(1), into[1].sum(1))
    made: dict[str, float | int | None] = {"auc": float(wins.sum() / pairs.sum()), "low": None, "high": None}
    if outlets:
        at = np.unique(corpus.document, return_index=True)[1]
        made |= _over_outlets(wins, pairs, [corpus.member[at[of_side]] for of_side in documents])
    elif min(map(len, documents)) > 1:
        times = [_times(of_side, corpus, drawn) for of_side in documents]
        above, below = (np.einsum("rd,rd->r", times[0] @ of_pairs, times[1]) for of_pairs in (wins, pairs))
        low, high = np.nanquantile(above / np.where(below > 0, below, np.nan), [0.025, 0.975])
        made |= {"low": float(low), "high": float(high)}
    return made | {"n_passages": sum(map(len, rows)), "n_documents": sum(map(len, documents))}


def _over_outlets(wins: np.ndarray, pairs: np.ndarray, members: list[np.ndarray]) -> dict[str, float]:
    """The interval that the spread of outlets gives: variance of a two-sample U-statistic (DeLong, DeLong and
    Clarke-Pearson 1988, Biometrics 44) with outlets for cases, t with one degree less than the side with fewer has."""
    from scipy.stats import t

    total, variance, fewest = pairs.sum(), 0.0, np.inf
    share = wins.sum() / total
    for axis, of_side in enumerate(members):
        _, index = np.unique(of_side, return_inverse=True)
        off = np.bincount(index, (wins - share * pairs).sum(1 - axis)) / total
        fewest = min(fewest, len(off))
        variance += (off**2).sum() * len(off) / max(len(off) - 1, 1)
    if fewest < 2:
        return {}
    reach = t.ppf(0.975, fewest - 1) * variance**0.5
    return {"low": float(max(0.0, share - reach)), "high": float(min(1.0, share + reach))}


def _into(documents: np.ndarray, of_row: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """(documents, rows) the weight of each row at its document."""
    made = np.zeros((len(documents), len(of_row)))
    made[np.searchsorted(documents, of_row), np.arange(len(of_row))] = weight
    return made


def _times(documents: np.ndarray, corpus: _Corpus, drawn: _Resampling) -> np.ndarray:
    """(replicates, documents) how often each is drawn, stratum by stratum."""
    first = np.unique(corpus.document, return_index=True)[1]
    strata = drawn.strata[first[documents]]
    made = np.ones((drawn.replicates, len(documents)))
    for stratum in np.unique(strata):
        at = np.flatnonzero(strata == stratum)
        seed = crc32(f"{drawn.seed}|{stratum}".encode())
        made[:, at] = bootstrap_weights(len(at), replicates=drawn.replicates, seed=seed)
    return made


def _accuracy(given: pl.DataFrame, scores: np.ndarray, corpus: _Corpus, drawn: _Resampling) -> pl.DataFrame:
    row = {id_: k for k, id_ in enumerate(corpus.of["id"])}
    at = np.array([row[id_] for id_ in given["id"]], dtype=int)
    judged = np.unique(at)
    number = {name: s for s, name in enumerate(corpus.names)}
    guessed = np.array([number.get(name, -1) for name in given["guess"].to_list()], dtype=int)
    rows = []
    for who, rows_of, said in ((CLASS, at, guessed), (CLASSIFIER, judged, scores[judged].argmax(1))):
        documents = np.unique(corpus.document[rows_of])
        place = np.searchsorted(documents, corpus.document[rows_of])
        times = np.vstack([np.ones(len(documents)), _times(documents, corpus, drawn)])
        shares = []
        for s in np.unique(corpus.side[rows_of]):
            of_side = corpus.side[rows_of] == s
            right, there = (np.bincount(place[of_side], v[of_side], minlength=len(documents))
                            for v in ((said == s).astype(float), np.ones(len(rows_of))))  # fmt: skip
            total = times @ there
            shares.append((times @ right) / np.where(total > 0, total, np.nan))
        drawn_shares = np.mean(shares, axis=0)
        low, high = np.nanquantile(drawn_shares[1:], [0.025, 0.975])
        rows.append({"who": who, "accuracy": float(drawn_shares[0]), "low": float(low), "high": float(high),
                     "chance": 1 / len(corpus.names), "n_guesses": len(rows_of),
                     "n_cannot_tell": int((said < 0).sum())})  # fmt: skip
    return pl.DataFrame(rows, schema=_NOBODY.schema)
