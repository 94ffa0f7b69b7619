"""Frames: how far a passage presents its issue in the ways a codebook defines.

A frame's direction is the mean vector of its examples less a quarter of that of its
counter-examples, with the direction of the codebook's background statements (policy prose that
carries no frame) taken out. Its score is the cosine of the passage to that direction. It uses the
frame's own statements and the background only, so that adding a frame changes no other. Similarity
is weak evidence: until hand codes have validated a frame, sides are compared on mean scores in
standard deviations, never on shares of passages.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from helpers.analyse.contrasts import Contrasts, compare
from helpers.analyse.units import units
from helpers.codebook import Codebook
from helpers.encode import Encoder, encode
from helpers.errors import InputError
from helpers.results import result
from helpers.tables import need

COUNTER_WEIGHT = 0.25
"""Chosen on the training part of the teaching corpus: see benchmarks/frames.json."""


@result
class Frames:
    """Frame scores of passages.

    passages  as they came in, with frame_<name> (Float32, cosine, -1 to 1; higher: more of the frame)
              for every frame and axis_<name>, axis_<name>_intensity (Float32) for every axis
    table     one row per frame: frame, label, control, definition, n_examples, n_counter_examples,
              mean, sd (of passages), wording (smallest squared correlation of the score with the one
              that lacks an example, 0-1: how little it hangs on any one wording)
    contrasts of the frames' mean scores between sides, control frames included
    floors    for each pair of sides, the largest difference of a control frame: effects no larger are withheld
    """

    passages: pl.DataFrame
    table: pl.DataFrame
    contrasts: Contrasts
    floors: dict[str, float]
    codebook: Codebook
    voice: str
    copies: str
    seed: int


def frames(
    passages: pl.DataFrame,
    codebook: Codebook,
    *,
    encoder: str | Encoder = "default",
    voice: str = "outlet",
    copies: str = "one",
    seed: int = 7,
) -> Frames:
    """Scores every passage on every frame and axis of the codebook, and compares the sides.

    `encoder` must be the one that made the passages' embeddings. Raises InputError where they are
    absent or of another dimension."""
    scored, table = score(passages, codebook, encoder=encoder)
    columns = codebook.columns(control=False) + codebook.columns(control=True)
    contrasts = compare(units(scored, columns, voice=voice, copies=copies), columns, unit="score", seed=seed)
    return Frames(scored, table, contrasts, control_floors(contrasts, codebook), codebook, voice, copies, seed)


def score(
    passages: pl.DataFrame, codebook: Codebook, *, encoder: str | Encoder = "default"
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The passages with their score columns, and the table of Frames (see there)."""
    need(passages, ["embedding"], where="passages", do="Run encode(passages) first.")
    vectors = passages["embedding"].to_numpy()
    statements = _statements(codebook, encoder)
    if vectors.shape[1] != next(iter(statements.values())).shape[1]:
        raise InputError(
            "passages and codebook were encoded by different encoders",
            where="frames",
            expected=f"dimension {vectors.shape[1]}",
            do="Give frames() the encoder that encode() had.",
        )  # fmt: skip
    background = _direction(_mean(statements, codebook.background)) if codebook.background else None
    columns, rows = {}, []
    for name, frame in codebook.frames.items():
        examples = np.concatenate([statements[text] for text in frame.examples])
        counter = COUNTER_WEIGHT * _mean(statements, frame.counter_examples) if frame.counter_examples else 0.0
        values = vectors @ _direction(examples.mean(0) - counter, without=background)
        less = (np.delete(examples, i, axis=0).mean(0) for i in range(len(examples)))
        wordings = np.stack([vectors @ _direction(mean - counter, without=background) for mean in less])
        columns[f"frame_{name}"] = values.astype(np.float32)
        rows.append(
            {"frame": name, "label": frame.label, "control": frame.control, "definition": frame.definition,
             "n_examples": len(frame.examples), "n_counter_examples": len(frame.counter_examples),
             "mean": float(values.mean()), "sd": float(values.std()), "wording": _agreement(values, wordings)}
        )  # fmt: skip
    for name, axis in codebook.axes.items():
        bias, intensity = _axis(vectors, _mean(statements, axis.low), _mean(statements, axis.high))
        columns[f"axis_{name}"] = bias.astype(np.float32)
        columns[f"axis_{name}_intensity"] = intensity.astype(np.float32)
    made = passages.with_columns(pl.Series(name, values) for name, values in columns.items())
    return made, pl.DataFrame(rows)


def control_floors(contrasts: Contrasts, codebook: Codebook) -> dict[str, float]:
    """For each pair of sides ("side|other"): the largest absolute standardised difference on a control
    frame, which neither side has a reason to carry: so far do their registers alone move a score.
    Empty where the codebook has no control frame."""
    controls = contrasts.table.filter(pl.col("value").is_in(codebook.columns(control=True)))
    largest = controls.group_by("side", "other").agg(pl.col("standardised").abs().max())
    return {f"{side}|{other}": value for side, other, value in largest.iter_rows() if value is not None}


def carriers(scored: Frames, frame: str, *, most: int = 3) -> pl.DataFrame:
    """The passages of each side that score highest on a frame, of different documents and outlets in
    turn: columns of passages, with `score`. Raises InputError where the codebook has no such frame."""
    column = f"frame_{frame}"
    need(scored.passages, [column], where="frames", do=f"One of {', '.join(scored.codebook.frames)}.")
    ranked = (
        scored.passages.filter(pl.col("voice") == scored.voice if scored.voice != "all" else pl.lit(True))
        .sort(column, "id", descending=[True, False])
        .unique(pl.coalesce("copy_cluster", "document_id"), keep="first", maintain_order=True)
        .with_columns(_turn=pl.int_range(pl.len()).over("side", "outlet"))
    )
    return (
        ranked.sort("side", "_turn", pl.col(column), descending=[False, False, True])
        .group_by("side", maintain_order=True)
        .head(most)
        .with_columns(score=pl.col(column))
        .drop("_turn")
    )


def _statements(codebook: Codebook, encoder: str | Encoder) -> dict[str, np.ndarray]:
    """Statement -> (1, d) vector, of all frames and axes, encoded once and kept in the cache."""
    texts = [t for f in codebook.frames.values() for t in (*f.examples, *f.counter_examples)]
    texts += codebook.background
    texts += [t for a in codebook.axes.values() for t in (*a.low, *a.high)]
    unique = list(dict.fromkeys(texts))
    table = pl.DataFrame({"id": [f"statement {i}" for i in range(len(unique))], "text": unique})
    vectors = encode(table, encoder=encoder, progress=False)["embedding"].to_numpy()
    return {text: vectors[i : i + 1] for i, text in enumerate(unique)}


def _mean(statements: dict[str, np.ndarray], texts: Sequence[str]) -> np.ndarray:
    return np.concatenate([statements[text] for text in texts]).mean(0)


def _direction(vector: np.ndarray, *, without: np.ndarray | None = None) -> np.ndarray:
    """The unit vector of `vector`, orthogonal to the unit vector `without`."""
    if without is not None:
        vector = vector - (vector @ without) * without
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def _agreement(values: np.ndarray, wordings: np.ndarray) -> float:
    """Smallest squared correlation of the score with those that lack an example each."""
    if values.std() == 0:
        return 0.0
    return float(min(np.corrcoef(values, other)[0, 1] ** 2 for other in wordings))


def _axis(vectors: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bias: cosine of the passage to the axis (high pole minus low pole). Intensity: squared distance of
    that from the passages' mean bias (FrameAxis: Kwak, An, Jing and Ahn 2021, eq. 2-4, on passages)."""
    bias = vectors @ _direction(high - low)
    return bias, (bias - bias.mean()) ** 2
