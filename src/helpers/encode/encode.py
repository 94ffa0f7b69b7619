"""Adds the column `embedding` to passages. Stopped at any moment and started again, it goes on where it was."""

from collections.abc import Generator
from contextlib import closing

import numpy as np
import polars as pl

from helpers.encode import cache, workers
from helpers.encode.encoders import Encoder, open_encoder
from helpers.errors import InputError
from helpers.tables import need


def encode(
    passages: pl.DataFrame, *, encoder: str | Encoder = "default", progress: bool = True, workers: int | None = None
) -> pl.DataFrame:
    """`passages` in the same order, plus `embedding`: Array(Float32, d), L2-normalised (cosine = dot product).

    White space within a text counts as one space. Equal texts are encoded once. Vectors are kept in the cache
    folder, chunk by chunk, and taken from there the next time.

    encoder    `default`, `fast`, a Hugging Face name, a model's folder, or an Encoder
    progress   a bar on stderr while there is something to encode
    workers    processes, this one included; None: as many as cores, memory and the number of new texts make
               worth it

    Raises InputError where a text is empty (naming its id), the encoder cannot be opened, or gives no usable vectors.
    """
    need(passages, ("id", "text"), where="encode", do="Pass the table that prepare() returned.")
    if workers is not None and workers < 1:
        raise InputError("workers must be 1 or more", where="encode", found=workers)
    opened = open_encoder(encoder) if isinstance(encoder, str) else encoder
    texts = _collapsed(passages)
    unique = texts.unique(maintain_order=True)
    vectors = _vectors(unique.to_list(), opened, progress=progress, processes=workers)
    row_of = pl.DataFrame({"text": unique, "row": np.arange(len(unique))})
    rows = pl.DataFrame({"text": texts}).join(row_of, on="text", how="left", maintain_order="left")["row"].to_numpy()
    dtype = pl.Array(pl.Float32, opened.dimension)
    column = (
        pl.Series("embedding", vectors[rows], dtype=dtype) if len(rows) else pl.Series("embedding", [], dtype=dtype)
    )
    return passages.with_columns(column)


def _collapsed(passages: pl.DataFrame) -> pl.Series:
    texts = passages["text"].cast(pl.String).str.replace_all(r"\s+", " ").str.strip_chars()
    empty = (texts.is_null() | (texts == "")).fill_null(True)
    if empty.any():
        first = passages["id"].filter(empty)[0]
        raise InputError(
            f"{int(empty.sum())} passages have no text, first {first!r}",
            where="encode",
            do="Leave them out: passages.filter(pl.col('text').str.strip_chars() != '').",
        )
    return texts


def _vectors(texts: list[str], encoder: Encoder, *, progress: bool, processes: int | None) -> np.ndarray:
    """(n, d) of distinct texts: from the cache, or encoded and kept there."""
    keys = [cache.key_of(text, encoder.fingerprint) for text in texts]
    try:
        file = cache.cache_file(encoder.fingerprint)
    except InputError as error:
        cache.say(f"Vectors cannot be kept ({error})")
        file = None
    kept = cache.look_up(file, keys, dimension=encoder.dimension) if file else {}
    vectors = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    new = []
    for row, key in enumerate(keys):
        if key in kept:
            vectors[row] = kept[key]
        else:
            new.append(row)
    # Closed at once on Ctrl-C: a traceback that is kept (as Jupyter does) would keep the workers running.
    with closing(_encoded(texts, new, encoder, progress=progress, processes=processes)) as batches:
        for rows, made in batches:
            vectors[rows] = made
            if file and not cache.store(file, [keys[row] for row in rows], made):
                file = None
    return vectors


def _encoded(
    texts: list[str], new: list[int], encoder: Encoder, *, progress: bool, processes: int | None
) -> Generator[workers.Done, None, None]:
    """Yields (rows, vectors) of the rows `new`, with a progress bar."""
    if not new:
        return
    from tqdm.auto import tqdm

    # Texts of like length together, so that little is padded; the longest first, so that all processes end at once.
    by_length = sorted(new, key=lambda row: -len(texts[row]))
    size = workers.chunk_size(encoder)
    chunks = [by_length[first : first + size] for first in range(0, len(by_length), size)]
    n = min(processes or workers.how_many(encoder, len(new)), len(chunks))
    with (
        tqdm(total=len(new), desc="encoding", unit=" passages", disable=not progress) as bar,
        closing(workers.encode_chunks(texts, chunks, encoder=encoder, processes=n)) as batches,
    ):
        for rows, made in batches:
            yield rows, _checked(made, len(rows), encoder)
            bar.update(len(rows))


def _checked(made: np.ndarray, n: int, encoder: Encoder) -> np.ndarray:
    made = np.asarray(made, dtype=np.float32)
    where = f"encoder {encoder.name!r}"
    if made.shape != (n, encoder.dimension):
        raise InputError(
            "it gave vectors of the wrong shape", where=where, expected=(n, encoder.dimension), found=made.shape
        )
    lengths = np.linalg.norm(made, axis=1)
    if not np.allclose(lengths, 1, atol=1e-3):
        odd = lengths[~np.isclose(lengths, 1, atol=1e-3)][0]
        raise InputError(
            "it gave vectors that are not L2-normalised", where=where, expected="length 1", found=f"{odd:.4g}"
        )
    return made
