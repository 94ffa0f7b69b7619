"""Frame heads: shares of passages that carry a frame, learned from hand codes.

A score says which passages carry more of a frame; only codes say how many carry it. A head is a
logistic regression on the passage's embedding and its score on that frame. Its margins are made
into probabilities by Platt's method (Platt 1999) on predictions for documents that it had not
seen, so that over the coded passages the mean probability equals the coded share. What is reported
of the coded passages themselves is cross-validated once more around all of that: no passage is
judged by a head, a calibration or a threshold that has seen its document or a copy of it.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from helpers.analyse.frames import score
from helpers.analyse.resampling import bootstrap_weights
from helpers.codebook import Codebook
from helpers.encode import Encoder
from helpers.errors import InputError
from helpers.results import result
from helpers.tables import need

FEWEST_CODES = 10
"""Codes of the rarer kind (yes, or no) that a head needs: two for each of FOLDS, the least on which a
threshold can be chosen."""
FOLDS = 5
"""Of whole documents, copies together; also the fewest documents that the rarer code must stand in."""
SCALE = 5.0
"""Factor on the L2-normalised embedding, beside a score of standard deviation 1."""
STRENGTH = 0.1
"""scikit-learn's C: the penalty that did best in cross-validation on the training part of the teaching corpus."""
REPLICATES = 2000


@result
class Heads:
    """One head for each frame that enough was coded for.

    table     one row per frame: frame, label, n_coded (passages), n_positive, n_documents,
              n_positive_documents, coded_share (0-1), share (mean probability, 0-1), auc, f1, precision,
              recall (0-1; cross-validated by document and copy cluster), threshold (probability from which
              a passage counts as a yes), intercept
    sides     one row per (frame, side): n_coded, n_documents, coded_share, share (0-1, each document equal),
              bias (share less coded_share, percentage points), low, high (95 % interval of bias, bootstrap
              of documents; null where there is one document). A share of this side is wrong by that much.
    passages  the coded passages, sorted by id, with share_<frame> and has_<frame> from heads that had not
              seen their document; null where a passage was not coded for the frame
    refused   one row per frame without a head: frame, n_coded, n_positive, n_positive_documents, needed
              (what is wanting, in words)
    weights   (frames, d) float64: log-odds of frame k = embedding @ weights[k] + table.intercept[k]
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    passages: pl.DataFrame
    refused: pl.DataFrame
    weights: np.ndarray
    codebook: str
    encoder: str
    seed: int


def fit(coded: pl.DataFrame, codebook: Codebook, *, encoder: str | Encoder = "default", seed: int = 7) -> Heads:
    """Learns a head for every frame with a column code_<frame> (1 yes, 0 no, null: nobody coded it).

    `coded`: passages with `embedding`, made by `encoder`. Raises InputError where a code is not 0 or 1,
    a column names no frame of the codebook, or no frame has FEWEST_CODES of yes and of no."""
    need(coded, ["id", "document_id", "side", "embedding"], where="coded passages", do="Run encode(passages) first.")
    names = coded_frames(coded, codebook)
    coded = coded.sort("id")
    x, directions = vectors_and_directions(coded, codebook, encoder=encoder)
    groups = groups_of(coded)
    rows, sides, refused, weights, columns = [], [], [], [], []
    for name in names:
        at = coded[f"code_{name}"].is_not_null().to_numpy().nonzero()[0]
        y = coded[f"code_{name}"].drop_nulls().cast(pl.Int64).to_numpy()
        wanting = wanting_of(y, groups[at])
        counts = {"frame": name, "n_coded": len(at), "n_positive": int(y.sum()),
                  "n_positive_documents": len(np.unique(groups[at][y == 1]))}  # fmt: skip
        if wanting:
            refused.append({**counts, "needed": wanting})
            continue
        share, has = _out_of_fold(x[at], directions[name], y, groups[at], seed=seed)
        head = train_head(x[at], directions[name], y, groups[at], seed=seed)
        weights.append(head.weights)
        columns += _columns(name, share, has, len(coded), at=at)
        rows.append(
            {"frame": name, "label": codebook.frames[name].label, **counts, "n_documents": len(np.unique(groups[at])),
             "coded_share": float(y.mean()), "share": float(share.mean()), **_quality(y, share, has),
             "threshold": head.threshold, "intercept": head.intercept}
        )  # fmt: skip
        sides += _side_rows(name, coded["side"].to_numpy()[at], groups[at], y, share, seed=seed)
    if not rows:
        detail = "; ".join(f"{row['frame']}: {row['needed']}" for row in refused)
        raise InputError("no frame has enough codes for a head", where="coded passages", found=detail, do="Code more.")
    schema = {"frame": pl.String, "n_coded": pl.Int64, "n_positive": pl.Int64, "n_positive_documents": pl.Int64}
    named = encoder if isinstance(encoder, str) else type(encoder).__name__
    return Heads(
        pl.DataFrame(rows), pl.DataFrame(sides, infer_schema_length=None), coded.with_columns(columns),
        pl.DataFrame(refused, schema={**schema, "needed": pl.String}), np.stack(weights), codebook.name, named, seed,
    )  # fmt: skip


def apply(heads: Heads, passages: pl.DataFrame) -> pl.DataFrame:
    """`passages` with share_<frame> (Float32, probability that the passage carries the frame; its mean is a
    share) and has_<frame> (Boolean) for every head.

    Meant for passages that nobody coded: of the coded ones heads.passages holds the predictions that may
    be reported. Raises InputError where embeddings are absent or of another dimension."""
    need(passages, ["embedding"], where="passages", do="Run encode(passages) first.")
    x = passages["embedding"].to_numpy()
    if x.shape[1] != heads.weights.shape[1]:
        raise InputError(
            "passages and heads were encoded by different encoders", where="heads", found=f"dimension {x.shape[1]}",
            expected=f"dimension {heads.weights.shape[1]}", do=f"Encode the passages with {heads.encoder!r}.",
        )  # fmt: skip
    columns: list[pl.Series] = []
    for weights, row in zip(heads.weights, heads.table.iter_rows(named=True), strict=True):
        share = Head(weights, row["intercept"], row["threshold"]).share(x)
        columns += _columns(row["frame"], share, share >= row["threshold"], len(x))
    return passages.with_columns(columns)


@dataclass(frozen=True)
class Head:
    """Log-odds of a yes = x @ weights + intercept; a yes from probability `threshold` on."""

    weights: np.ndarray
    intercept: float
    threshold: float

    def share(self, x: np.ndarray) -> np.ndarray:
        """Probability of a yes for each row of x."""
        return _probability(x @ self.weights + self.intercept)


def vectors_and_directions(
    coded: pl.DataFrame, codebook: Codebook, *, encoder: str | Encoder
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The embeddings (n, d), and of each frame the direction (d,) whose product with them is its score."""
    x = coded["embedding"].to_numpy().astype(np.float64)
    unit_vectors = pl.Series("embedding", np.eye(x.shape[1], dtype=np.float32), dtype=coded.schema["embedding"])
    # A score is linear in the embedding, so the scores of the unit vectors are its direction.
    directions, _ = score(unit_vectors.to_frame(), codebook, encoder=encoder)
    return x, {name: directions[f"frame_{name}"].to_numpy().astype(np.float64) for name in codebook.frames}


def coded_frames(coded: pl.DataFrame, codebook: Codebook) -> list[str]:
    """Frames with a column of codes, in the codebook's order; raises where a column is not one."""
    given = [name.removeprefix("code_") for name in coded.columns if name.startswith("code_")]
    unknown = [name for name in given if name not in codebook.frames]
    if unknown or not given:
        raise InputError(
            "codes of no frame" if not given else f"code_{unknown[0]} names no frame of the codebook",
            where="coded passages", expected=", ".join(f"code_{name}" for name in codebook.frames),
            found=", ".join(coded.columns) if not given else None, do="Rename or add the column.",
        )  # fmt: skip
    for name in given:
        column = coded[f"code_{name}"]
        if not (column.dtype.is_numeric() or column.dtype in (pl.Boolean, pl.Null)):
            raise InputError(f"code_{name} holds no numbers", where="coded passages", expected="1, 0 or null",
                             found=column.dtype, do="Make it 1 for yes and 0 for no.")  # fmt: skip
        codes = column.drop_nulls().cast(pl.Float64)
        odd = codes.filter(~codes.is_in([0.0, 1.0]))
        if len(odd):
            raise InputError(f"code_{name} holds other than codes", where="coded passages", expected="1, 0 or null",
                             found=odd[0], do="Where coders differ, settle on one code or leave null.")  # fmt: skip
    return [name for name in codebook.frames if name in given]


def groups_of(coded: pl.DataFrame) -> np.ndarray:
    """What must stay in one fold: the document, or the cluster of copies it belongs to."""
    cluster = pl.col("copy_cluster") if "copy_cluster" in coded.columns else pl.lit(None, pl.String)
    return coded.select(pl.coalesce(cluster, pl.col("document_id"))).to_series().to_numpy().astype(str)


def wanting_of(y: np.ndarray, groups: np.ndarray) -> str | None:
    """How many more codes a head needs, in words; None where there are enough."""
    word, rarer = ("yes", 1) if 2 * y.sum() <= len(y) else ("no", 0)
    n, documents = int((y == rarer).sum()), len(np.unique(groups[y == rarer]))
    if n < FEWEST_CODES:
        missing = FEWEST_CODES - n
        more = f", about {math.ceil(missing * len(y) / n)} passages more at this rate" if n else ""
        return f"{FEWEST_CODES} codes of {word} are needed, {n} are there: {missing} more{more}"
    if documents < FOLDS:
        return f"codes of {word} in {FOLDS} documents are needed, they stand in {documents}: {FOLDS - documents} more"
    return None


def _folds(y: np.ndarray, groups: np.ndarray, *, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """(train, test) rows: whole groups, the codes spread as evenly as they can be."""
    from sklearn.model_selection import StratifiedGroupKFold

    rarer = int(2 * y.sum() <= len(y))
    n = max(2, min(FOLDS, len(np.unique(groups[y == rarer]))))
    return StratifiedGroupKFold(n, shuffle=True, random_state=seed).split(y, y, groups)


def _out_of_fold(
    x: np.ndarray, direction: np.ndarray, y: np.ndarray, groups: np.ndarray, *, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Probability and yes for each row from a head (calibration and threshold included) of the other folds."""
    share, has = np.zeros(len(y)), np.zeros(len(y), bool)
    for train, test in _folds(y, groups, seed=seed):
        head = train_head(x[train], direction, y[train], groups[train], seed=seed)
        share[test] = head.share(x[test])
        has[test] = share[test] >= head.threshold
    return share, has


def train_head(x: np.ndarray, direction: np.ndarray, y: np.ndarray, groups: np.ndarray, *, seed: int) -> Head:
    """A head of all rows, with the calibration and the threshold of its cross-validated margins."""
    margins = np.zeros(len(y))
    for train, test in _folds(y, groups, seed=seed):
        weights, intercept = _regression(x[train], direction, y[train])
        margins[test] = x[test] @ weights + intercept
    slope, shift = _platt(margins, y)
    weights, intercept = _regression(x, direction, y)
    threshold = _threshold(_probability(slope * margins + shift), y)
    return Head(slope * weights, slope * intercept + shift, threshold)


def _regression(x: np.ndarray, direction: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """Logistic regression on (SCALE * embedding, standardised own score), yes and no weighing the same;
    written as one vector on the embedding and an intercept."""
    from sklearn.linear_model import LogisticRegression

    if y.min() == y.max():
        return np.zeros(x.shape[1]), 0.0
    own = x @ direction
    centre, spread = own.mean(), own.std() or 1.0
    features = np.column_stack([SCALE * x, (own - centre) / spread])
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000).fit(features, y)
    on_own = model.coef_[0, -1] / spread
    return SCALE * model.coef_[0, :-1] + on_own * direction, float(model.intercept_[0] - on_own * centre)


def _platt(margins: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope and shift of P(yes) = 1 / (1 + exp(-(slope * margin + shift))). The shift is not penalised, so
    that the mean probability equals the share of yes; the slope is, weakly, so that it stays finite where
    the margins part yes from no. Margins that rank no better than chance get slope 0: everybody the share."""
    from sklearn.linear_model import LogisticRegression

    share = y.mean()
    spread = margins.std()
    if spread > 0:
        model = LogisticRegression(C=10.0, max_iter=1000, tol=1e-8).fit(margins[:, None] / spread, y)
        if model.coef_[0, 0] > 0:
            return float(model.coef_[0, 0] / spread), float(model.intercept_[0])
    return 0.0, float(np.log(share / (1 - share)))


def _threshold(share: np.ndarray, y: np.ndarray) -> float:
    """The probability from which calling a yes gives the best F1; halfway to the next lower one."""
    order = np.argsort(-share, kind="stable")
    values, hits = share[order], np.cumsum(y[order])
    last = np.append(values[1:] < values[:-1], True).nonzero()[0]
    f1 = 2 * hits[last] / (last + 1 + y.sum())
    best = int(np.argmax(f1))
    below = values[last[best + 1]] if best + 1 < len(last) else 0.0
    return float((values[last[best]] + below) / 2)


def _probability(log_odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))


def _quality(y: np.ndarray, share: np.ndarray, has: np.ndarray) -> dict[str, float]:
    from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

    precision, recall, f1, _ = precision_recall_fscore_support(y, has, average="binary", zero_division=0.0)
    auc = roc_auc_score(y, share)
    return {"auc": float(auc), "f1": float(f1), "precision": float(precision), "recall": float(recall)}


def _side_rows(
    name: str, side: np.ndarray, groups: np.ndarray, y: np.ndarray, share: np.ndarray, *, seed: int
) -> list[dict]:
    made = []
    for one in np.unique(side.astype(str)):
        here = side == one
        _, index = np.unique(groups[here], return_inverse=True)
        sizes = np.bincount(index)
        coded, predicted = (np.bincount(index, v[here]) / sizes for v in (y, share))
        errors = 100 * (predicted - coded)
        weights = bootstrap_weights(len(errors), replicates=REPLICATES, seed=seed)
        low, high = np.quantile(weights @ errors / len(errors), [0.025, 0.975]) if len(errors) > 1 else (None, None)
        made.append(
            {"frame": name, "side": one, "n_coded": int(here.sum()), "n_documents": len(sizes),
             "coded_share": float(coded.mean()), "share": float(predicted.mean()), "bias": float(errors.mean()),
             "low": low, "high": high}
        )  # fmt: skip
    return made


def _columns(name: str, share: np.ndarray, has: np.ndarray, n: int, *, at: np.ndarray | None = None) -> list[pl.Series]:
    """share_<name> and has_<name> of n rows; rows not in `at` are null."""
    rows = range(n) if at is None else at.tolist()
    shares: list[float | None] = [None] * n
    yes: list[bool | None] = [None] * n
    for row, p, verdict in zip(rows, share.tolist(), has.tolist(), strict=True):
        shares[row], yes[row] = p, verdict
    return [pl.Series(f"share_{name}", shares, dtype=pl.Float32), pl.Series(f"has_{name}", yes, dtype=pl.Boolean)]
