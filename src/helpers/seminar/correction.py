"""Shares of passages that carry a frame, by side: the machine's answer for all, corrected by hand codes of some.

The estimand. For side s with outlets O_s, of these documents D_o and of these passages i = 1 ... n_d, the share is

    theta_s = 1/|O_s| sum_o 1/|D_o| sum_d 1/n_d sum_i E[Y_i]  =  sum_i w_i E[Y_i],    sum_i w_i = 1,

Y_i the mean code of the passage's coders (1 the frame is present, 0 absent): outlets count equally, documents within
an outlet, passages within a document (METHODS, rule 1). It is the share as these coders code; where they all err one
way, so does it, which is why their agreement is asked as well.

The estimate (design-based supervised learning: Egami, Hinck, Stewart and Wei 2023, NeurIPS 36, section 3.2). With y_i
the machine's probability, R_i whether the passage was coded and pi_i the probability of that, known from the draw,

    z_i = y_i + (R_i / pi_i) (Y_i - y_i),    theta^_s = sum_i w_i z_i:

E[z_i] = E[Y_i] over draws, whatever y_i is, as long as y_i does not depend on R_i: it comes from heads of other
documents (helpers.seminar.unseen), to which the mean error that codes of other documents show on this side is added.
That shift changes no expectation, and takes what the machine gets wrong for a whole side out of the spread of z.

Passages of one document hang together, so the unit is the document (or text with its copies): the interval draws
documents anew within outlets, which are fixed (helpers.analyse.contrasts), and is drawn up on the scale of log-odds.
It holds the chance of the draw, as z carries it, and that of the documents. Passages that were drawn and not coded are
taken as missing at random within their stratum.
"""

import math
from collections.abc import Sequence

import numpy as np
import polars as pl

from helpers.analyse.contrasts import Contrasts, compare
from helpers.analyse.heads import FOLDS
from helpers.analyse.units import units
from helpers.codebook import Codebook
from helpers.encode import Encoder
from helpers.errors import InputError
from helpers.phrases import count
from helpers.results import result
from helpers.seminar.agreement import agreement, checked, majority
from helpers.seminar.sample import Sample, population
from helpers.seminar.unseen import unseen
from helpers.seminar.validation import verdicts

COLUMNS = (
    "frame", "side", "share", "low", "high", "half_width", "machine", "machine_low", "machine_high", "coders_low",
    "coders_high", "coded_share", "n_drawn", "n_codes", "n_documents", "n_yes", "n_no", "alpha", "alpha_low",
    "validated", "wanting", "more",
)  # fmt: skip
PRIOR_CODES = 5.0
"""By so many codes without an error the machine's mean error on a side is drawn to nought."""


@result
class Corrected:
    """Shares of passages that carry a frame.

    table      one row per (frame, side):
        share, low, high          corrected, 0-1, with a 95 % interval (these outlets, other documents, other draws)
        half_width                of that, percentage points
        machine, machine_low, machine_high   the same without correction: what heads alone would have said, 0-1
        coders_low, coders_high   range of `share` when each coder's codes are left out in turn, 0-1
        coded_share               plain mean of the codes, 0-1: of the passages drawn, not of the side
        n_drawn, n_codes (passages), n_documents (coded), n_yes, n_no (passages; ties are neither)
        alpha, alpha_low          agreement on the frame, all sides together
        validated, wanting        whether this share may be relied on; if not, why and how many codes more, in words
        more                      passages of this side still to be coded, as far as the interval and the rarer code
                                  are concerned; null: no number would do, or none can be told
    contrasts  of the corrected shares (value share_<frame>) between sides
    machine    of the uncorrected ones
    passages   those that shares are about: id, document_id, side, outlet, member, group, weight, fold, and of each
               frame share_<frame> (the machine's, 0-1), has_<frame>, corrected_<frame> (z; alone it says nothing)
    """

    table: pl.DataFrame
    contrasts: Contrasts
    machine: Contrasts
    passages: pl.DataFrame
    frames: tuple[str, ...]
    labels: dict[str, str]
    n_coders: int
    voice: str
    seed: int


def correct(
    passages: pl.DataFrame,
    codes: pl.DataFrame,
    *,
    sample: Sample,
    codebook: Codebook,
    encoder: str | Encoder = "default",
    seed: int = 7,
) -> Corrected:
    """Shares by side of every frame that was coded.

    `passages`: all of the study, with `embedding` by `encoder`; `codes`: coder, id, frame, code (1 | 0 | null);
    `sample`: what was drawn from these passages. Without codes everything is empty. Raises InputError where no code is
    of a frame of the codebook, where a passage drawn is not in the corpus any more or a coded one was not drawn, and
    where there are fewer than two sides."""
    codes = checked(codes)
    if codes.is_empty():
        return _nothing(sample.design.voice, seed)
    there = population(passages, voice=sample.design.voice)
    drawn = _drawn(sample, codes, there)
    names = [name for name in codebook.frames if name in set(codes.drop_nulls("code")["frame"])]
    if not names:
        found = ", ".join(codes["frame"].unique().sort()) or "none"
        raise InputError("no codes of a frame of the codebook", where="codes", expected=", ".join(codebook.frames),
                         found=found, do="Code passages first.")  # fmt: skip
    means = majority(codes)
    wide = means.pivot("frame", index="id", values="code").rename(
        {name: f"code_{name}" for name in names}, strict=False
    )
    coded = there.join(wide.select("id", *(f"code_{name}" for name in names)), on="id").sort("id")
    judged = unseen(there, coded, codebook, encoder=encoder, seed=seed).join(drawn, on="id", how="left").sort("id")
    predicted = judged.select(f"share_{name}" for name in names).to_numpy().astype(np.float64)
    observed = _observed(means, judged["id"], names)
    z = _outcomes(judged, predicted, observed)
    judged = judged.with_columns(pl.Series(f"corrected_{name}", z[:, k]) for k, name in enumerate(names))
    corrected = _contrasts(passages, judged["id"], z, names=names, voice=sample.design.voice, seed=seed)
    machine = _contrasts(passages, judged["id"], predicted, names=names, voice=sample.design.voice, seed=seed)
    table = _table(judged, observed, names=names, corrected=corrected, machine=machine)
    alone = [
        _shares(judged, _outcomes(judged, predicted, _observed(majority(codes.filter(pl.col("coder") != coder)),
                                                               judged["id"], names)), names)
        for coder in codes["coder"].unique().sort()
    ]  # fmt: skip
    table = table.join(_ranges(alone), on=["frame", "side"], how="left", maintain_order="left")
    kept = ["id", "document_id", "side", "outlet", "member", "group", "weight", "fold"]
    kept += [f"{kind}_{name}" for name in names for kind in ("share", "has", "corrected")]
    return Corrected(
        verdicts(table, agreement(codes, seed=seed).table).select(COLUMNS), corrected, machine, judged.select(kept),
        tuple(names), {name: codebook.frames[name].label for name in names}, codes["coder"].n_unique(),
        sample.design.voice, seed,
    )  # fmt: skip


def validated(found: Corrected, *, scores: Contrasts | None = None) -> dict[str, bool]:
    """For claims.Gate(validated=...): whether hand codes validate a value, on every side and for each two of them.

    Keys are frame_<name>, the mean score, and share_<name>, the corrected share: "<value>" for all sides, and
    "<value>|<side>|<other>" for a contrast. With the contrasts of `scores`, a score that puts two sides in the other
    order than corrected shares do (their interval away from zero) is not valid for these two, nor for all."""
    held = {(frame, side): bool(ok) for frame, side, ok in found.table.select("frame", "side", "validated").iter_rows()}
    sides = found.table["side"].unique().sort().to_list()
    made = {}
    for name in found.frames:
        for value in (f"frame_{name}", f"share_{name}"):
            pairs = {(a, b): held[name, a] and held[name, b] for a in sides for b in sides if a != b}
            if scores is not None and value.startswith("frame"):
                pairs |= dict.fromkeys(_opposed(found, scores, name), False)
            made[value] = all(pairs.values())
            made |= {f"{value}|{a}|{b}": ok for (a, b), ok in pairs.items()}
    return made


def _opposed(found: Corrected, scores: Contrasts, name: str) -> set[tuple[str, str]]:
    """Two sides (in either order) whose scores differ the other way than their corrected shares surely do."""
    of_scores = scores.table.filter(pl.col("value") == f"frame_{name}").select("side", "other", score="difference")
    of_shares = found.contrasts.table.filter(pl.col("value") == f"share_{name}")
    sure = of_shares.filter(pl.col("low") * pl.col("high") > 0).join(of_scores, on=["side", "other"])
    opposed = sure.filter(pl.col("difference") * pl.col("score") < 0).select("side", "other").rows()
    return {pair for a, b in opposed for pair in ((a, b), (b, a))}


def pseudo_outcomes(
    predicted: np.ndarray, observed: np.ndarray, inclusion: np.ndarray, *, weight: np.ndarray, sides: np.ndarray,
    folds: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """z of the module's head, (passages, v).

    predicted, observed (passages, v): the machine's probability, and the mean code or nan; inclusion (passages,) or
    (passages, v); weight, sides (whole numbers from 0), folds (0 ... FOLDS - 1) of the passages (passages,)."""
    n_cells = (int(sides.max()) + 1) * FOLDS
    indicator = np.zeros((n_cells, len(sides)))
    indicator[sides * FOLDS + folds, np.arange(len(sides))] = 1
    coded = ~np.isnan(observed)
    probability = inclusion[:, None] if inclusion.ndim == 1 else inclusion
    standing = np.where(coded, weight[:, None] / probability, 0.0)
    errors = indicator @ (standing * np.where(coded, observed - predicted, 0.0))
    masses, counts = indicator @ standing, indicator @ coded.astype(float)
    errors, masses, counts = (v.reshape(-1, FOLDS, predicted.shape[1]) for v in (errors, masses, counts))
    total = masses.sum(1, keepdims=True)
    typical = total / np.maximum(counts.sum(1, keepdims=True), 1)
    rest = total - masses + PRIOR_CODES * typical
    shift = (errors.sum(1, keepdims=True) - errors) / np.where(rest > 0, rest, 1)
    shifted = predicted + shift.reshape(n_cells, -1)[sides * FOLDS + folds]
    return shifted + np.where(coded, (observed - shifted) / probability, 0.0)


def _nothing(voice: str, seed: int) -> Corrected:
    none = Contrasts(pl.DataFrame(), pl.DataFrame(), pl.DataFrame(), (), "share of passages, 0-1", 0.95, 0, seed)
    return Corrected(pl.DataFrame(schema=dict.fromkeys(COLUMNS)), none, none, pl.DataFrame(), (), {}, 0, voice, seed)


def _drawn(sample: Sample, codes: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """id, inclusion, stratum of the passages drawn."""
    drawn = sample.table.select("id", "inclusion", "stratum").unique("id").sort("id")
    gone = drawn.join(there, on="id", how="anti")
    if len(gone):
        raise InputError(
            f"{count(len(gone), 'passage')} of the sample are not in this corpus", where="sample", found=gone["id"][0],
            do="The study has changed since the sheets were drawn; put it back, or draw again.",
        )  # fmt: skip
    strange = codes.join(drawn, on="id", how="anti")
    if len(strange):
        raise InputError("a coded passage was not drawn", where=f"codes of {strange['coder'][0]}",
                         found=strange["id"][0], do="Keep codes apart from those of another draw.")  # fmt: skip
    return drawn


def _observed(means: pl.DataFrame, ids: pl.Series, names: Sequence[str]) -> np.ndarray:
    """(passages, frames) mean codes, nan where nobody gave one."""
    wide = pl.DataFrame({"id": ids})
    for name in names:
        of_frame = means.filter(pl.col("frame") == name).select("id", pl.col("mean").alias(name))
        wide = wide.join(of_frame, on="id", how="left", maintain_order="left")
    return wide.select(pl.col(names).cast(pl.Float64).fill_null(math.nan)).to_numpy()


def _outcomes(judged: pl.DataFrame, predicted: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Pseudo-outcomes, the probability of being drawn taken times the part of its stratum that was coded; the part of
    the side where nothing of the stratum was. nan on sides where nothing was coded."""
    sides = np.unique(judged["side"].to_numpy().astype(str), return_inverse=True)[1]
    strata = np.unique(judged["stratum"].fill_null("").to_numpy().astype(str), return_inverse=True)[1]
    inclusion = judged["inclusion"].fill_null(math.nan).to_numpy()
    standing = np.where(np.isnan(inclusion), 0.0, judged["weight"].to_numpy() / inclusion)[:, None]
    coded = ~np.isnan(observed)
    answered = [_by(cells, standing * coded) / np.maximum(_by(cells, standing + 0 * coded), 1e-300)
                for cells in (strata, sides)]  # fmt: skip
    part = np.where(answered[0] > 0, answered[0], answered[1])
    probability = np.where(coded, np.minimum(inclusion[:, None] * part, 1.0), 1.0)
    z = pseudo_outcomes(predicted, observed, probability, weight=judged["weight"].to_numpy(), sides=sides,
                        folds=judged["fold"].to_numpy())  # fmt: skip
    return np.where(answered[1] > 0, z, np.nan)


def _by(cells: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sums of the rows of each cell, back at each row."""
    sums = np.zeros((cells.max() + 1, values.shape[1]))
    np.add.at(sums, cells, values)
    return sums[cells]


def _contrasts(
    passages: pl.DataFrame, ids: pl.Series, values: np.ndarray, *, names: Sequence[str], voice: str, seed: int
) -> Contrasts:
    columns = [f"share_{name}" for name in names]
    valued = pl.DataFrame({"id": ids, **{column: values[:, k] for k, column in enumerate(columns)}}).fill_nan(None)
    labels = [name for name in passages.columns if name not in columns and name != "embedding"]
    joined = passages.select(labels).drop_nulls("side").join(valued, on="id", how="left", maintain_order="left")
    of_units = units(joined, columns, voice=voice)
    return compare(of_units, columns, unit="share of passages, 0-1", seed=seed)


def _shares(judged: pl.DataFrame, z: np.ndarray, names: Sequence[str]) -> pl.DataFrame:
    """frame, side, share: sums of w z."""
    valued = judged.select("side", "weight").with_columns(pl.Series(name, z[:, k]) for k, name in enumerate(names))
    sums = valued.group_by("side").agg((pl.col(name) * pl.col("weight")).sum() for name in names)
    return sums.unpivot(index="side", variable_name="frame", value_name="share")


def _ranges(alone: Sequence[pl.DataFrame]) -> pl.DataFrame:
    share = pl.col("share").fill_nan(None)
    return pl.concat(alone).group_by("frame", "side").agg(coders_low=share.min(), coders_high=share.max())


def _table(
    judged: pl.DataFrame, observed: np.ndarray, *, names: Sequence[str], corrected: Contrasts, machine: Contrasts
) -> pl.DataFrame:
    """The numbers of Corrected.table, and `coding` (see needed_codes)."""
    rows = []
    sides = judged["side"].to_numpy().astype(str)
    standing = (judged["weight"] / judged["inclusion"]).fill_null(0.0).to_numpy()
    documents = np.unique(judged["group"].to_numpy().astype(str), return_inverse=True)[1]
    drawn = judged["inclusion"].is_not_null().to_numpy()
    for k, name in enumerate(names):
        y, error = observed[:, k], observed[:, k] - judged[f"share_{name}"].to_numpy()
        for side in np.unique(sides):
            at = ((sides == side) & ~np.isnan(y)).nonzero()[0]
            around = error[at] - (error[at].mean() if len(at) else 0.0)
            of_document = np.bincount(documents[at], standing[at] * around)
            rows.append(
                {"frame": name, "side": str(side), "coded_share": float(y[at].mean()) if len(at) else None,
                 "n_drawn": int((drawn & (sides == side)).sum()), "n_codes": len(at),
                 "n_documents": len(np.unique(documents[at])), "n_yes": int((y[at] > 0.5).sum()),
                 "n_no": int((y[at] < 0.5).sum()), "coding": float(np.square(of_document).sum())}
            )  # fmt: skip
    frame = pl.col("value").str.strip_prefix("share_")
    shares = corrected.sides.select("side", "low", "high", frame=frame, share="mean")
    plain = machine.sides.select("side", frame=frame, machine="mean", machine_low="low", machine_high="high")
    made = pl.DataFrame(rows, infer_schema_length=None).join(shares, on=["frame", "side"], how="left")
    made = made.join(plain, on=["frame", "side"], how="left", maintain_order="left")
    low, high = on_log_odds(*(made[name].to_numpy() for name in ("share", "low", "high")))
    made = made.with_columns(low=pl.Series(low).fill_nan(None), high=pl.Series(high).fill_nan(None))
    return made.with_columns(half_width=50 * (pl.col("high") - pl.col("low")))


def on_log_odds(share: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The interval of a share whose bootstrap interval is low to high, drawn up on the scale of log-odds (Korn and
    Graubard 1998, Survey Methodology 24): it stays within 0-1, and holds what it says where a share is near an end."""
    within = (share > 0) & (share < 1)
    inner = np.where(within, share, 0.5)
    centre, reach = np.log(inner / (1 - inner)), (high - low) / 2 / (inner * (1 - inner))
    ends = (1 / (1 + np.exp(-np.clip(centre + sign * reach, -500, 500))) for sign in (-1, 1))
    return tuple(np.where(within, end, np.clip(old, 0, 1)) for end, old in zip(ends, (low, high), strict=True))  # type: ignore[return-value]
