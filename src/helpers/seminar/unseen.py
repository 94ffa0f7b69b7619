"""What heads say of every passage of a corpus, from codes of other documents only.

A head that has seen a passage's code agrees with it too well; a correction by that code would then find nothing to
correct. So the corpus is cut into folds of whole documents, copies together, and each fold is judged by heads that
learned from the codes of the others (Chernozhukov et al. 2018 call it cross-fitting).
"""

import numpy as np
import polars as pl

from helpers.analyse.heads import FOLDS, Head, coded_frames, groups_of, train_head, vectors_and_directions, wanting_of
from helpers.codebook import Codebook
from helpers.encode import Encoder
from helpers.tables import need


def unseen(
    passages: pl.DataFrame,
    coded: pl.DataFrame,
    codebook: Codebook,
    *,
    encoder: str | Encoder = "default",
    seed: int = 7,
) -> pl.DataFrame:
    """`passages` with `fold` (0, 1, ...), and for every column code_<frame> of `coded` share_<frame> (probability that
    the passage carries the frame, 0-1) and has_<frame>.

    `coded`: passages with embedding, document_id, side and codes 1, 0 or null, as heads.fit takes them. Where the codes
    of the other folds are too few for a head, their share of yes stands for every passage, and has_<frame> says
    which of yes and no is more frequent. Raises InputError where a column is absent or a code is none."""
    needed = ["id", "document_id", "embedding"]
    need(passages, needed, where="passages", do="Run encode(passages) first.")
    need(coded, [*needed, "side"], where="coded passages", do="Run encode(passages) first.")
    names, coded = coded_frames(coded, codebook), coded.sort("id")
    x, directions = vectors_and_directions(coded, codebook, encoder=encoder)
    groups, of_passage = groups_of(coded), groups_of(passages)
    fold_of = _folds(groups, of_passage, seed=seed)
    own, fold = (np.array([fold_of[str(group)] for group in some]) for some in (groups, of_passage))
    vectors = passages["embedding"].to_numpy().astype(np.float64)
    columns = [pl.Series("fold", fold, dtype=pl.Int64)]
    for name in names:
        there = coded[f"code_{name}"].is_not_null().to_numpy()
        codes = coded[f"code_{name}"].cast(pl.Int64).fill_null(0).to_numpy()
        share, has = np.zeros(len(fold)), np.zeros(len(fold), bool)
        for k in range(FOLDS):
            learn, judge = (there & (own != k)).nonzero()[0], fold == k
            if wanting_of(codes[learn], groups[learn]):
                head = _constant(codes[learn], x.shape[1])
            else:
                head = train_head(x[learn], directions[name], codes[learn], groups[learn], seed=seed)
            share[judge] = head.share(vectors[judge])
            has[judge] = share[judge] >= head.threshold
        columns += [pl.Series(f"share_{name}", share.astype(np.float32)), pl.Series(f"has_{name}", has)]
    return passages.with_columns(columns)


def _folds(coded: np.ndarray, there: np.ndarray, *, seed: int) -> dict[str, int]:
    """Group -> fold. Groups with codes are dealt out first, so that every fold has its part of them."""
    rng = np.random.default_rng(seed)
    dealt = [*rng.permutation(np.unique(coded)), *rng.permutation(np.setdiff1d(there, coded))]
    return {str(group): k % FOLDS for k, group in enumerate(dealt)}


def _constant(codes: np.ndarray, d: int) -> Head:
    """The share of yes for everybody; half a yes and half a no more, so that it is neither 0 nor 1."""
    yes = float(codes.sum()) + 0.5
    return Head(np.zeros(d), float(np.log(yes / (len(codes) + 1 - yes))), 0.5)
