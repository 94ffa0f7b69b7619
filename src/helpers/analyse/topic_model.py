"""A second opinion on the themes: a structural topic model of the same passages (Roberts, Stewart and Airoldi 2016,
Journal of the American Statistical Association 111), fitted by the library `topica` where somebody has installed it.

It sees words where the themes see vectors, and takes the side into account: the two err in other ways. What is compared
is the sign of each difference between sides, in the share of a theme and in the share of the topic most like it. Both
are means of outlets over documents with the house's intervals: the model's own standard errors take passages for
independent, and are not used.
"""

from collections.abc import Callable, Sequence
from importlib.util import find_spec

import numpy as np
import polars as pl

from helpers.analyse.composition import value_of
from helpers.analyse.contrasts import Contrasts, compare
from helpers.analyse.themes import Themes
from helpers.analyse.units import units
from helpers.errors import InputError
from helpers.prepare.tokens import FUNCTION_WORDS, token_table
from helpers.results import result
from helpers.tables import need

Fit = Callable[[Sequence[Sequence[str]], np.ndarray, int, int], np.ndarray]
"""(texts as words, (n, sides - 1) covariate, number of topics, seed) -> (n, topics) shares of topics, adding to 1."""

LEAST_PASSAGES, LEAST_WORDS = 5, 5
"""A word stands in at least so many passages; a passage has at least so many words left."""
ALIKE = 0.2
"""Least Jaccard overlap of a theme's passages with those that a topic is largest in: below that it is not the theme's
counterpart, and nothing is compared."""


@result
class SecondOpinion:
    """Themes beside the topics of another method.

    table   one row per (theme, side, other): theme, label, topic, words (the topic's most probable), jaccard (0-1, of
            the passages of the theme with those that the topic is largest in), difference, low, high (share of passages
            in the theme, outlet-equal), topic_difference, topic_low, topic_high (the same for the topic's share), clear
            (neither interval includes zero), same (sign). Themes without a counterpart have no row
    themes  one row per theme: theme, label, topic, words, jaccard, found
    shared  adjusted mutual information between themes and each passage's largest topic
    """

    table: pl.DataFrame
    themes: pl.DataFrame
    shared: float
    n_passages: int
    seed: int


def installed() -> bool:
    """Whether the library of the structural topic model is there."""
    return find_spec("topica") is not None


def second_opinion(
    themes: Themes,
    shares: Contrasts,
    *,
    voice: str = "outlet",
    copies: str = "one",
    seed: int = 7,
    fit: Fit | None = None,
) -> SecondOpinion:
    """Fits as many topics as there are themes to the same passages, and compares the sides on both.

    `shares`: composition(themes) with this `voice` and `copies`; `fit`: another topic model (None: topica's). Raises
    InputError where topica is not installed, or passages have too few words."""
    need(themes.passages, ["text", "language", "side", "theme"], where="second_opinion", do="Run themes(passages).")
    texts = _words(themes.passages)
    kept = themes.passages.with_columns(_words=texts).filter(pl.col("_words").list.len() >= LEAST_WORDS).sort("id")
    if len(kept) < 10 * len(themes.table):
        raise InputError("too few passages with words", where="second_opinion", found=len(kept))
    names = kept["side"].unique().sort().to_list()
    covariate = (kept["side"].to_numpy()[:, None] == np.array(names[1:])[None]).astype(np.float64)
    found = (fit or _topica)(kept["_words"].to_list(), covariate, len(themes.table), seed)
    columns = [f"topic_{k + 1}" for k in range(found.shape[1])]
    largest = pl.Series("_topic", found.argmax(1) + 1)
    scored = kept.with_columns(largest, *(pl.Series(name, found[:, k]) for k, name in enumerate(columns)))
    pairs = _counterparts(scored, themes, columns)
    contrasts = compare(units(scored, columns, voice=voice, copies=copies), columns, unit="share", seed=seed)
    return SecondOpinion(_beside(pairs, shares, contrasts), pairs, _shared(scored), len(kept), seed)


def _topica(texts: Sequence[Sequence[str]], covariate: np.ndarray, count: int, seed: int) -> np.ndarray:
    try:
        import topica
    except ImportError as error:
        raise InputError(
            "the library topica is not installed", where="second_opinion", do="pip install topica"
        ) from error
    model, names = topica.STM(num_topics=count, seed=seed), [f"side {k}" for k in range(covariate.shape[1])]
    model.fit([list(words) for words in texts], covariate, prevalence_names=names)
    return np.asarray(model.doc_topic)


def _words(passages: pl.DataFrame) -> pl.Series:
    """The telling words of each passage: no function words, no numbers, none that is rare."""
    rows = token_table(passages).filter(~pl.col("ends_phrase"), ~pl.col("token").is_in(list(FUNCTION_WORDS)))
    often = pl.col("row").n_unique().over("token") >= LEAST_PASSAGES
    rows = rows.filter(pl.col("token").str.contains(r"\p{L}{2}"), often)
    held = rows.group_by("row").agg(pl.col("token").alias("words"))
    every = pl.DataFrame({"row": np.arange(len(passages), dtype=np.uint32)})
    joined = every.join(held, on="row", how="left", maintain_order="left")
    return joined["words"].fill_null(pl.Series([[]], dtype=pl.List(pl.String)).first())


def _counterparts(scored: pl.DataFrame, themes: Themes, columns: list[str]) -> pl.DataFrame:
    """Each theme with one topic, so that overlaps are largest together (Hungarian method)."""
    from scipy.optimize import linear_sum_assignment

    both = scored.drop_nulls("theme")
    a = both["theme"].to_numpy()[:, None] == themes.table["theme"].to_numpy()
    b = both["_topic"].to_numpy()[:, None] == np.arange(1, len(columns) + 1)
    common = a.T.astype(np.float64) @ b
    overlap = common / np.maximum(a.sum(0)[:, None] + b.sum(0) - common, 1)
    of_theme, of_topic = linear_sum_assignment(-overlap)
    topic = dict(zip(of_theme.tolist(), (of_topic + 1).tolist(), strict=True))
    words = _typical(scored)
    numbers = [topic.get(k) for k in range(len(themes.table))]
    jaccard = [float(overlap[k, n - 1]) if n else 0.0 for k, n in enumerate(numbers)]
    return themes.table.select("theme", "label").with_columns(
        topic=pl.Series(numbers, dtype=pl.Int64),
        words=pl.Series([words.get(n, "") if n else "" for n in numbers], dtype=pl.String),
        jaccard=pl.Series(jaccard, dtype=pl.Float64),
        found=pl.Series([value >= ALIKE for value in jaccard], dtype=pl.Boolean),
    )


def _typical(scored: pl.DataFrame, most: int = 5) -> dict[int, str]:
    """Words of the passages that a topic is largest in, by how much more often they stand there than elsewhere."""
    rows = scored.select("_topic", word="_words").explode("word").drop_nulls()
    counts = rows.group_by("_topic", "word").len()
    share = pl.col("len") / pl.col("len").sum().over("_topic")
    whole = pl.col("len").sum().over("word") / pl.col("len").sum()
    best = counts.with_columns(lift=share * (share / whole).log()).sort("lift", "word", descending=[True, False])
    listed = best.group_by("_topic", maintain_order=True).agg(pl.col("word").head(most))
    return {topic: ", ".join(words) for topic, words in listed.iter_rows()}


def _beside(pairs: pl.DataFrame, shares: Contrasts, topics: Contrasts) -> pl.DataFrame:
    known = pairs.filter("found").with_columns(
        value=pl.col("theme").map_elements(value_of, return_dtype=pl.String), other_value=pl.format("topic_{}", "topic")
    )
    mine = shares.table.select("value", "side", "other", "difference", "low", "high")
    theirs = topics.table.select(
        "side", "other", other_value="value", topic_difference="difference", topic_low="low", topic_high="high"
    )
    away = [pl.col(low) * pl.col(high) > 0 for low, high in (("low", "high"), ("topic_low", "topic_high"))]
    return (
        known.join(mine, on="value", how="inner", maintain_order="left")
        .join(theirs, on=["other_value", "side", "other"], how="inner", maintain_order="left")
        .with_columns(clear=away[0] & away[1], same=pl.col("difference") * pl.col("topic_difference") > 0)
        .drop("value", "other_value", "found")
    )


def _shared(scored: pl.DataFrame) -> float:
    from sklearn.metrics import adjusted_mutual_info_score

    both = scored.drop_nulls("theme")
    return float(adjusted_mutual_info_score(both["theme"], both["_topic"])) if len(both) else 0.0
