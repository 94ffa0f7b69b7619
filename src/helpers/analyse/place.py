"""Where texts of the user's own stand among the passages of a corpus: the seed case.

A text is laid beside the corpus, never into it: nothing here changes a theme, a score or a mean of
the corpus, and where the corpus has the text itself or a copy of it, that is left out.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from helpers.analyse.copies import near_pairs
from helpers.analyse.frames import Frames, score
from helpers.analyse.themes import FAR, Themes
from helpers.analyse.typical import Texts, cosine, likeness, measured, texts
from helpers.analyse.units import in_scope, members_are, unit_of
from helpers.encode import Encoder
from helpers.errors import InputError
from helpers.results import result
from helpers.tables import need

ALL = "all sides"
NEIGHBOURS = 5
"""A passage stands on the map at the median of so many of its nearest passages."""
MAYBE_A_COPY = 0.85
"""Documents without a passage so near (cosine) to one of the text's cannot be copies of it, and are not compared."""
MEASURES = ("frames", "wording")


@result
class Placed:
    """Texts among the passages of a corpus.

    table     one row per (document, measure, side). measure: frames (the mean scores of the document's passages, in
              standard deviations of passages; closeness is minus the root mean square difference, 0 at the most) or
              wording (the mean embedding; closeness is the cosine, -1 to 1). Columns document_id, title, outlet,
              own_side, n_passages, measure, and of helpers.analyse.typical.measured: side, closeness, percentile,
              low, high, without, n_texts, nearest, right, by_chance; usual_passages (median of the side's texts).
              A side with fewer than 10 texts has no row
    passages  the texts' passages, without embedding, with theme and label (null: it belongs to none), near_theme
              and near_label (the nearest all the same), centrality (cosine to that theme's centre), x, y
    frames    one row per (passage, frame, among): id, document_id, position, frame, label, control, score, among (a
              side, or ALL), percentile (0-100: passages of `among` that score lower, half of those that score the
              same; each text of the corpus weighs the same), n_passages, n_texts
    near      one row per (passage, side, rank): focus_id, rank, similarity (cosine), and the columns of the corpus's
              passage; of different documents and, of copies, one
    mapped    the corpus's passages as they stand on the map: id, document_id, side, outlet, title, theme, x, y
    members   side, member (outlet or speaker), n_texts, counted (in a stratum of its own)
    left_out  ids of the corpus's documents that are the text itself or a copy of it
    """

    table: pl.DataFrame
    passages: pl.DataFrame
    frames: pl.DataFrame
    near: pl.DataFrame
    mapped: pl.DataFrame
    members: pl.DataFrame
    left_out: tuple[str, ...]
    sides: tuple[str, ...]
    voice: str
    copies: str


def place(
    focus_passages: pl.DataFrame,
    passages: pl.DataFrame,
    *,
    themes: Themes,
    frames: Frames,
    most: int = 5,
    encoder: str | Encoder = "default",
) -> Placed:
    """Places the passages of the user's texts, prepared and encoded as `passages`, of which `themes` and `frames` are.

    `most`: nearest passages of each side. `encoder`: the one of the passages. A passage belongs to its nearest theme
    by the rule of helpers.analyse.themes (FAR); themes' other rule, that several runs agree, cannot be asked of it.
    Everything is counted in the voice and with the copies that `frames` has.
    Raises InputError where there is no passage to place, or the three are not of the same passages."""
    need(focus_passages, ["id", "document_id", "embedding", "side", "outlet"], where="place", do="Run encode first.")
    if focus_passages.is_empty():
        raise InputError(
            "no passage to place", where="place", found="texts of under 40 words, or lines that are no prose",
            do="Check the texts under `focus:`.",
        )  # fmt: skip
    corpus, same = _corpus(focus_passages, passages, themes, frames)
    kept = in_scope(corpus, voice=frames.voice, copies=frames.copies).drop_nulls("side")
    if kept.is_empty():
        raise InputError("the corpus has nothing but this text", where="place", do="Widen the corpus of the study.")
    columns = frames.codebook.columns(control=False)
    focus = score(focus_passages, frames.codebook, encoder=encoder)[0].sort("document_id", "position")
    member = members_are(passages)
    sd = np.maximum(kept.select(columns).to_numpy().std(0), 1e-12)
    values = [kept.select(columns).to_numpy() / sd, _vectors(kept)]
    found = texts(kept, values, member=member, copies=frames.copies)
    own = in_scope(focus, voice=frames.voice)
    table = _typical(own, found, [own.select(columns).to_numpy() / sd, _vectors(own)], member=member)
    labels = dict(themes.table.select("theme", "label").iter_rows())
    return Placed(
        table=table,
        passages=_on_map(focus, corpus, themes, labels).drop("embedding"),
        frames=_percentiles(focus, kept, frames),
        near=_nearest(focus, kept, frames.copies, most),
        mapped=corpus.select("id", "document_id", "side", "outlet", "title", "theme", "x", "y").with_columns(
            theme=pl.col("theme").replace_strict(labels, default=None, return_dtype=pl.String)
        ),
        members=_members(found),
        left_out=same,
        sides=tuple(passages["side"].drop_nulls().unique().sort()),
        voice=frames.voice,
        copies=frames.copies,
    )


def _vectors(table: pl.DataFrame) -> np.ndarray:
    return table["embedding"].to_numpy().astype(np.float32)


def _corpus(
    focus: pl.DataFrame, passages: pl.DataFrame, themes: Themes, frames: Frames
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The corpus's passages with theme, place and scores, without the texts themselves; and the ids of those."""
    scores = [name for name in frames.passages.columns if name.startswith("frame_")]
    bare = passages.drop("theme", "x", "y", *scores, strict=False)
    if bare.schema["embedding"] != focus.schema["embedding"]:
        raise InputError(
            "the text and the corpus were encoded by different encoders", where="place",
            expected=bare.schema["embedding"], found=focus.schema["embedding"], do="Encode both with the study's.",
        )  # fmt: skip
    whole = bare.join(themes.passages.select("id", "theme", "x", "y"), on="id", maintain_order="left")
    whole = whole.join(frames.passages.select("id", *scores), on="id", maintain_order="left")
    if len(whole) != len(passages):
        raise InputError(
            "themes, frames and passages are not of the same passages", where="place", expected=len(passages),
            found=f"{len(whole)} in all three", do="Give all three the table that encode() returned.",
        )  # fmt: skip
    same = _same_texts(focus, whole)
    return whole.filter(~pl.col("document_id").is_in(same)), tuple(same)


def _same_texts(focus: pl.DataFrame, corpus: pl.DataFrame) -> list[str]:
    """Documents of the corpus that are one of the texts or a copy of it, exact or near-verbatim (see copies)."""
    alike = (_vectors(corpus) @ _vectors(focus).T).max(1) >= MAYBE_A_COPY
    some = corpus.filter(pl.Series(alike))["document_id"].unique()
    own = _joined(focus)
    other = _joined(corpus.filter(pl.col("document_id").is_in(some.implode())))
    pairs = near_pairs([*own["text"], *other["text"]])
    found = [other["document_id"][j - len(own)] for i, j, _ in pairs if i < len(own) <= j]
    hit = pl.col("document_id").is_in(found)
    if "copy_cluster" in corpus.columns:
        clusters = corpus.filter(hit)["copy_cluster"].drop_nulls().unique()
        hit = hit | pl.col("copy_cluster").is_in(clusters.implode()).fill_null(False)
    return corpus.filter(hit)["document_id"].unique().sort().to_list()


def _joined(passages: pl.DataFrame) -> pl.DataFrame:
    ordered = passages.sort("document_id", "position")
    return ordered.group_by("document_id", maintain_order=True).agg(pl.col("text").str.join(" "))


def _on_map(focus: pl.DataFrame, corpus: pl.DataFrame, themes: Themes, labels: dict[int, str]) -> pl.DataFrame:
    own, others = _vectors(focus), _vectors(corpus)
    numbers = themes.table["theme"].to_numpy()
    to_theme, closeness = others @ themes.centroids.T, own @ themes.centroids.T
    # Those that belong to none count as of the theme that they are nearest to, as when the themes were made.
    of = np.where(corpus["theme"].is_null(), numbers[to_theme.argmax(1)], corpus["theme"].fill_null(0).to_numpy())
    nearest = closeness.argmax(1)
    at = np.arange(len(own))
    belongs = []
    for row, theme in zip(at, nearest, strict=True):
        rest = to_theme[of != numbers[theme], theme]
        belongs.append(not len(rest) or bool(closeness[row, theme] >= np.quantile(rest, FAR)))
    order = np.argsort(-(own @ others.T), axis=1, kind="stable")[:, :NEIGHBOURS]
    places = corpus.select("x", "y").to_numpy()[order]
    theme = pl.Series(numbers[nearest], dtype=pl.Int32)
    made = focus.with_columns(
        near_theme=theme,
        near_label=theme.replace_strict(labels, default=None, return_dtype=pl.String),
        centrality=pl.Series(closeness[at, nearest], dtype=pl.Float32),
        x=pl.Series(np.median(places[:, :, 0], axis=1), dtype=pl.Float32),
        y=pl.Series(np.median(places[:, :, 1], axis=1), dtype=pl.Float32),
    )
    mine = pl.when(pl.Series(belongs, dtype=pl.Boolean))
    return made.with_columns(theme=mine.then("near_theme"), label=mine.then("near_label"))


def _percentiles(focus: pl.DataFrame, kept: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    made = []
    for among in (ALL, *kept["side"].unique().sort()):
        part = kept if among == ALL else kept.filter(side=among)
        part = part.with_columns(_unit=unit_of(part, frames.copies))
        weight = part.select(1 / pl.len().over("_unit")).to_series().to_numpy()
        n_texts = part.select(pl.col("_unit").n_unique()).item()
        for name, frame in frames.codebook.frames.items():
            column = f"frame_{name}"
            percentile = _below(focus[column].to_numpy(), part[column].to_numpy(), weight)
            made.append(
                focus.select("id", "document_id", "position", frame=pl.lit(name), label=pl.lit(frame.label),
                             control=pl.lit(frame.control), score=column, among=pl.lit(among),
                             percentile=pl.Series(percentile), n_passages=pl.lit(len(part)), n_texts=pl.lit(n_texts))
            )  # fmt: skip
    return pl.concat(made)


def _below(scores: np.ndarray, others: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Per cent of the weight of `others` that lies below each score, half of what is equal counted."""
    order = np.argsort(others, kind="stable")
    summed = np.concatenate([[0.0], np.cumsum(weight[order])])
    low, high = (np.searchsorted(others[order], scores, side=side) for side in ("left", "right"))  # type: ignore[call-overload]
    return 50 * (summed[low] + summed[high]) / summed[-1]


def _nearest(focus: pl.DataFrame, kept: pl.DataFrame, copies: str, most: int) -> pl.DataFrame:
    near = _vectors(focus) @ _vectors(kept).T
    shown = kept.drop("embedding").with_columns(_unit=unit_of(kept, copies))
    made = []
    for row, focus_id in enumerate(focus["id"]):
        ranked = (
            shown.with_columns(focus_id=pl.lit(focus_id), similarity=pl.Series(near[row], dtype=pl.Float64))
            .sort("similarity", "id", descending=[True, False])
            .unique(["side", "_unit"], keep="first", maintain_order=True)
            .with_columns(rank=pl.int_range(1, pl.len() + 1).over("side"))
        )
        made.append(ranked.filter(pl.col("rank") <= most).sort("side", "rank").drop("_unit"))
    return pl.concat(made).select("focus_id", "rank", "similarity", pl.exclude("focus_id", "rank", "similarity"))


def _typical(own: pl.DataFrame, found: Texts, values: Sequence[np.ndarray], *, member: str) -> pl.DataFrame:
    documents = own.group_by("document_id", maintain_order=True).agg(
        pl.col("title", "outlet").first(), own_side=pl.col("side").first(), member=pl.col(member).first(),
        n_passages=pl.len().cast(pl.Int64),
    ).with_row_index("placed")  # fmt: skip
    index = own.join(documents, on="document_id", maintain_order="left")["placed"].to_numpy()
    usual = found.table.group_by("side").agg(usual_passages=pl.col("n_passages").median())
    made = []
    for at, (measure, near) in enumerate(zip(MEASURES, (likeness, cosine), strict=True)):
        means = np.array([values[at][index == k].mean(0) for k in range(len(documents))])
        rows = measured(found, at, means, near, members=documents["member"].to_list())
        made.append(rows.with_columns(pl.col("placed").cast(pl.UInt32), measure=pl.lit(measure)))
    joined = documents.drop("member").join(pl.concat(made), on="placed", maintain_order="left_right")
    return joined.join(usual, on="side", how="left", maintain_order="left").drop("placed")


def _members(found: Texts) -> pl.DataFrame:
    by = found.table.explode("members").rename({"members": "member"})
    counted = by.group_by("side", "member").agg(
        n_texts=pl.len().cast(pl.Int64), counted=(pl.col("stratum") == pl.col("member")).any()
    )
    return counted.sort("side", "n_texts", "member", descending=[False, True, False])
