"""Passages of two sides that are about the same thing, to read side by side: how does each present it?

A mean says how far two sides differ; what the difference is made of, only a reader can say. Nearest passages across the
sides within one theme are laid beside each other, those first that differ most in the score: they are chosen for their
difference, and prove none.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from helpers.analyse.strata import without
from helpers.analyse.themes import Themes
from helpers.analyse.units import in_scope
from helpers.errors import InputError
from helpers.results import result
from helpers.tables import need

CALIPER = 0.995
"""Two passages may be a pair when they are more alike than this share of all that could be: passages of the two sides
within one theme."""
SAME = 0.95
"""Cosine from which on two passages are one text in other words (or a copy that went unnoticed), and no pair."""
BINS = 4_000
"""Similarities are counted in so many classes of equal width; the caliper is a limit between two."""
KEPT = ("id", "document_id", "outlet", "speaker", "date", "date_precision", "title", "url", "start", "end", "text",
        "language", "constructed", "voice")  # fmt: skip


@result
class Matched:
    """Pairs of passages of two sides.

    table      one row per pair, in the order to be read: pair (1, 2, ...), theme, label, similarity (cosine of what the
               score is not read from, -1 to 1), difference (score of `side` minus that of `other`, in standard
               deviations of their passages); then side, score and the columns KEPT of the first side's passage,
               and all of these with `other_` before them
    caliper    least similarity of a pair, and by what quantile: CALIPER of the n_possible similarities
    n_mutual   pairs of passages that are each other's nearest within their theme; n_same of them are the same text
               (SAME and more), n_far are less alike than the caliper; of the rest a document (or copied text) keeps one
    """

    table: pl.DataFrame
    value: str
    side: str
    other: str
    caliper: float
    n_possible: int
    n_mutual: int
    n_same: int
    n_far: int
    voice: str
    copies: str


def matched(
    passages: pl.DataFrame,
    *,
    themes: Themes,
    value: str,
    between: tuple[str, str],
    voice: str = "outlet",
    copies: str = "one",
) -> Matched:
    """Pairs of passages of the two sides `between`, each other's nearest within a theme and within the caliper.

    `passages`: with embedding and `value`, a score such as frame_sovereignty; `themes`: made of them. Alike is what is
    alike apart from the score: its direction is taken out of the vectors first, else the most alike would be those
    that differ least. A document, or copied text, is in one pair at most. The largest differences come first, the two
    directions and the outlets by turns.
    Raises InputError where a column or a side is absent, or themes and passages are not of the same passages."""
    need(passages, ["id", "embedding", "side", "outlet", value], where="matched", do="Run encode, then frames.")
    own = themes.passages.select("id", "theme").join(themes.table.select("theme", "label"), on="theme", how="left")
    kept = in_scope(passages, voice=voice, copies=copies).filter(pl.col("side").is_in(between))
    joined = kept.join(own, on="id", how="inner").sort("id")
    if len(joined) != len(kept) or any(side not in set(kept["side"]) for side in between) or between[0] == between[1]:
        raise InputError(
            "no two sides to match" if len(joined) == len(kept) else "themes and passages are not of the same passages",
            where="matched", expected="two sides of these passages, and themes made of them",
            found=f"{' and '.join(between)}; {len(joined)} of {len(kept)} passages in both", do="Check `between`.",
        )  # fmt: skip
    vectors = without(joined["embedding"].to_numpy(), joined.select(value).to_numpy().astype(np.float64))
    vectors = (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)).astype(np.float32)
    cluster = pl.col("copy_cluster") if "copy_cluster" in joined.columns else pl.lit(None, pl.String)
    unit = joined.select(pl.coalesce(cluster, "document_id")).to_series().rank("dense").to_numpy()
    pairs, counts = _mutual(joined, vectors, unit, between)
    caliper = _quantile(counts)
    alike = pairs[:, 2]
    near = pairs[(alike >= caliper) & (alike < SAME)]
    a, b = near[:, 0].astype(int), near[:, 1].astype(int)
    score = joined[value].to_numpy().astype(np.float64)
    difference = (score[a] - score[b]) / (score.std() or 1.0)
    order = _order(difference, joined["outlet"].to_numpy()[a], joined["outlet"].to_numpy()[b], unit[a], unit[b])
    table = _beside(joined.with_columns(score=pl.col(value)), a[order], b[order])
    table = table.with_columns(similarity=pl.Series(near[order, 2]), difference=pl.Series(difference[order]))
    first = ("pair", "theme", "label", "similarity", "difference")
    return Matched(
        table.select(*first, pl.exclude(first)), value, *between, caliper, int(counts.sum()), len(pairs),
        int((alike >= SAME).sum()), int((alike < min(caliper, SAME)).sum()), voice, copies,
    )  # fmt: skip


def _mutual(
    rows: pl.DataFrame, vectors: np.ndarray, unit: np.ndarray, between: tuple[str, str]
) -> tuple[np.ndarray, np.ndarray]:
    """(pairs, 3): row of either side's passage and their similarity, where each is the other's nearest in its theme;
    and how many of all similarities within themes fall into each class. Copies of one text are no pair."""
    counts, made = np.zeros(BINS, dtype=np.int64), [np.empty((0, 3))]
    themes, sides = rows["theme"].to_numpy(), rows["side"].to_numpy()
    for theme in np.unique(rows["theme"].drop_nulls().to_numpy()):
        a, b = (np.flatnonzero((themes == theme) & (sides == side)) for side in between)
        if not (len(a) and len(b)):
            continue
        alike = vectors[a] @ vectors[b].T
        same = unit[a][:, None] == unit[b]
        counts += np.histogram(alike[~same], BINS, (-1.0, 1.0))[0]
        alike[same] = -1.0
        best, back = alike.argmax(1), alike.argmax(0)
        i = np.flatnonzero((back[best] == np.arange(len(a))) & (alike.max(1) > -1.0))
        made.append(np.stack([a[i], b[best[i]], alike[i, best[i]]], axis=1))
    return np.concatenate(made), counts


def _quantile(counts: np.ndarray) -> float:
    """The limit between two classes that CALIPER of all similarities lie below."""
    if not counts.sum():
        return 1.0
    place = int(np.searchsorted(np.cumsum(counts), CALIPER * counts.sum()))
    return float(-1 + 2 * (place + 1) / len(counts))


def _order(
    difference: np.ndarray, outlet: np.ndarray, other: np.ndarray, unit: np.ndarray, other_unit: np.ndarray
) -> np.ndarray:
    """Positions of the pairs to keep, in the order to be read."""
    size, up = np.abs(difference), difference > 0
    queues = [list(_turns(np.flatnonzero(up == way), size, outlet, other)) for way in (True, False)]
    taken: list[int] = []
    seen: set = set()
    for place in range(max(map(len, queues))):
        for queue in queues:
            if place < len(queue):
                at = queue[place]
                if not {unit[at], other_unit[at]} & seen:
                    seen |= {unit[at], other_unit[at]}
                    taken.append(at)
    return np.array(taken, dtype=np.intp)


def _turns(rows: np.ndarray, size: np.ndarray, outlet: np.ndarray, other: np.ndarray) -> Iterator[int]:
    """`rows`, the largest first; the second of the same two outlets as if it were half as large, the third a third."""
    frame = pl.DataFrame({"at": rows, "size": size[rows], "outlet": outlet[rows], "other": other[rows]})
    turn = pl.col("size").rank("ordinal", descending=True).over("outlet", "other")
    yield from frame.with_columns(due=pl.col("size") / turn).sort("due", "at", descending=[True, False])["at"]


def _beside(rows: pl.DataFrame, a: np.ndarray, b: np.ndarray) -> pl.DataFrame:
    columns = ["side", "score", *(name for name in KEPT if name in rows.columns)]
    first = rows[a].select("theme", "label", *columns).with_row_index("pair", offset=1)
    second = rows[b].select(pl.col(name).alias(f"other_{name}") for name in columns)
    return pl.concat([first, second], how="horizontal")
