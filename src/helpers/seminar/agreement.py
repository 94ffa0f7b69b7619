"""How far coders agree with each other, and the machine with them.

Codes that another coder would not have given measure the coder. Krippendorff's alpha says how much of what chance
alone would let them differ by is gone: 1 where nobody differs, 0 where the codes might have been dealt at random.
"""

import numpy as np
import polars as pl

from helpers.analyse.resampling import bootstrap_weights
from helpers.errors import InputError
from helpers.results import result
from helpers.tables import need

FEWEST_OF_A_KIND = 5
"""Passages that most coders say yes to, and no to, before alpha gets an interval: with fewer, resamples lack one kind
again and again."""
CODES = {"coder": pl.String, "id": pl.String, "frame": pl.String, "code": pl.Int64}


@result
class Agreement:
    """How far coders agree.

    table     one row per frame, in the order of the codes:
        alpha              Krippendorff's alpha for nominal codes, at most 1; null where all codes are the same
        low, high          95 % interval: percentiles of alpha over passages drawn anew, with replacement; null where
                           most coders say yes, or no, to fewer than FEWEST_OF_A_KIND of them
        agreement          share of pairs of codes of one passage that are the same, 0-1
        n_coders, n_passages (coded by two or more), n_codes (on these), n_yes, n_no (passages of these to which most
                           coders say so)
    pairs     one row per (frame, coder, other): n (passages both coded), both, neither, only_coder, only_other
              (how many of these), agreement (0-1)
    disputed  one row per (frame, id) on which coders differ: n_coders, n_yes, disagreement (share of pairs of its
              coders that differ, 0-1); the most disputed first
    """

    table: pl.DataFrame
    pairs: pl.DataFrame
    disputed: pl.DataFrame
    level: float
    replicates: int
    seed: int


@result
class Against:
    """The machine held against the coders.

    table   one row per (frame, side): precision (share of the passages to which the machine says yes that the coders
            say yes to, 0-1) and recall (share of those the coders say yes to that the machine finds, 0-1), both as they
            are in all passages of the side (weights: what a passage stands for, over its probability of being drawn),
            with precision_low, ... (95 %, bootstrap of documents; null where fewer than two documents have such a
            passage); n_passages, n_documents, n_yes (passages that most coders say yes to), n_machine
    """

    table: pl.DataFrame
    level: float
    replicates: int
    seed: int


def agreement(codes: pl.DataFrame, *, replicates: int = 2000, seed: int = 7, level: float = 0.95) -> Agreement:
    """Agreement on every frame of a table of codes: coder, id, frame, code (1 present, 0 absent, null not said).

    The passages are the units of the interval; which coders a class has is taken as given. In simulations with 12
    coders and 20-40 passages the interval held the truth 92-95 % of the time and its lower limit lay above it 1-2 %,
    with three coders 92 % and 6 % (benchmarks/correction.json). Alpha describes the passages that several coders read:
    where these hold more carriers of a frame than the corpus, it is the alpha of such a selection. Raises InputError
    where the table is not as it must be."""
    codes = checked(codes)
    names = codes["frame"].unique(maintain_order=True).to_list()
    rows = [_row(name, codes.filter(pl.col("frame") == name), replicates, seed, level) for name in names]
    schema = {"frame": pl.String, "alpha": pl.Float64, "low": pl.Float64, "high": pl.Float64, "agreement": pl.Float64,
              "n_coders": pl.Int64, "n_passages": pl.Int64, "n_codes": pl.Int64, "n_yes": pl.Int64,
              "n_no": pl.Int64}  # fmt: skip
    return Agreement(pl.DataFrame(rows, schema=schema), _pairs(codes), _disputed(codes), level, replicates, seed)


def alpha(values: np.ndarray) -> float:
    """Krippendorff's alpha of nominal `values` (units, coders), nan where a coder gave none.

    alpha = 1 - (n - 1) sum_u [sum_{c<k} n_uc n_uk / (m_u - 1)] / sum_{c<k} n_c n_k, over units u with m_u >= 2 codes;
    n_uc codes of category c in u, n_c in all, n = sum n_c (Krippendorff 2019, Content Analysis, chapter 12.3). nan
    where all codes are the same, or no unit has two."""
    return float(_alphas(*_counts(values), np.ones((1, len(values))))[0])


def needed_passages(alpha: float, low: float, n: int, *, least: float) -> int | None:
    """Passages coded by several coders until the lower limit of alpha would reach `least`: its distance from alpha
    shrinks as 1 / sqrt(n), so n ((alpha - low) / (alpha - least))^2. None where alpha itself is no larger."""
    if alpha <= least:
        return None
    return int(np.ceil(n * ((alpha - low) / (alpha - least)) ** 2))


def majority(codes: pl.DataFrame) -> pl.DataFrame:
    """One row per (frame, id) that somebody coded: mean (of the coders, 0-1), n_coders, and code: 1 or 0 where more
    than half say so, null on a tie."""
    mean = codes.drop_nulls("code").group_by("frame", "id", maintain_order=True)
    made = mean.agg(mean=pl.col("code").mean(), n_coders=pl.len().cast(pl.Int64))
    code = pl.when(pl.col("mean") > 0.5).then(1).when(pl.col("mean") < 0.5).then(0)
    return made.with_columns(code=code.cast(pl.Int64))


def against(
    judged: pl.DataFrame, codes: pl.DataFrame, *, inclusion: pl.DataFrame, replicates: int = 2000, seed: int = 7
) -> Against:
    """Precision and recall of has_<frame> in `judged` (columns id, side, group, weight, has_<frame>: the passages of
    a correction) against the coders' mean, for each side; empty without codes. `inclusion`: id and inclusion of the
    passages drawn."""
    if codes.is_empty():
        return Against(pl.DataFrame(), 0.95, replicates, seed)
    need(judged, ["id", "side", "group", "weight"], where="judged passages", do="Pass the passages of correct().")
    need(inclusion, ["id", "inclusion"], where="sample", do="Pass the table of draw().")
    level, rows = 0.95, []
    means = majority(checked(codes))
    drawn = inclusion.select("id", "inclusion").unique("id")
    for name in means["frame"].unique(maintain_order=True):
        if f"has_{name}" not in judged.columns:
            continue
        held = judged.select("id", "side", "group", "weight", has=pl.col(f"has_{name}").cast(pl.Float64))
        there = held.join(drawn, on="id").join(means.filter(pl.col("frame") == name), on="id").sort("id")
        for (side,), part in there.group_by("side", maintain_order=True):
            rows.append({"frame": name, "side": side, **_held_against(part, replicates, seed, level)})
    return Against(pl.DataFrame(rows, infer_schema_length=None).sort("frame", "side"), level, replicates, seed)


def checked(codes: pl.DataFrame) -> pl.DataFrame:
    """The columns of CODES. Raises InputError where one is absent, a code is not 1, 0 or null, or a coder coded a
    passage twice."""
    need(codes, CODES, where="codes", do="Read them with `workbench seminar codes STUDY`.")
    try:
        codes = codes.select(pl.col(name).cast(kind) for name, kind in CODES.items())
    except pl.exceptions.PolarsError as error:
        raise InputError(
            "a column of codes has the wrong type", where="codes", found=str(error).splitlines()[0]
        ) from None
    odd = codes.filter(pl.col("code").is_not_null() & ~pl.col("code").is_in([0, 1]))
    if len(odd):
        raise InputError("a code is none", where=f"codes of {odd['coder'][0]}", expected="1, 0 or null",
                         found=odd["code"][0])  # fmt: skip
    twice = codes.filter(pl.struct("coder", "id", "frame").is_duplicated())
    if len(twice):
        coder, id_, frame, _ = twice.row(0)
        raise InputError(f"{coder} coded {id_} twice for {frame!r}", where="codes", do="Keep one file of each coder.")
    return codes


def _row(name: str, codes: pl.DataFrame, replicates: int, seed: int, level: float) -> dict:
    wide = codes.drop_nulls("code").pivot("coder", index="id", values="code").sort("id")
    values = wide.drop("id").to_numpy().astype(float) if len(wide) else np.zeros((0, 0))
    several = (~np.isnan(values)).sum(1) >= 2
    values = values[several]
    counts, disagreements = _counts(values)
    low = high = None
    shares = np.nanmean(values, axis=1) if len(values) else np.zeros(0)
    kinds = {"n_yes": int((shares > 0.5).sum()), "n_no": int((shares < 0.5).sum())}
    if min(kinds.values()) >= FEWEST_OF_A_KIND:
        # Plain draws of n from n: alpha is no mean, and the rescaling for means would not suit its n - 1.
        times = np.random.default_rng(seed).multinomial(len(values), np.full(len(values), 1 / len(values)), replicates)
        ends = np.nanquantile(_alphas(counts, disagreements, times), [(1 - level) / 2, (1 + level) / 2])
        low, high = float(ends[0]), float(ends[1])
    m = counts.sum(1)
    pairs = float((m * (m - 1) / 2).sum())
    differ = float((disagreements * (m - 1)).sum())
    estimate = alpha(values) if len(values) else np.nan
    return {"frame": name, "alpha": None if np.isnan(estimate) else estimate, "low": low, "high": high,
            "agreement": 1 - differ / pairs if pairs else None,
            "n_coders": codes.drop_nulls("code")["coder"].n_unique(), "n_passages": len(values),
            "n_codes": int(m.sum()), **kinds}  # fmt: skip


def _counts(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(units, categories) how often each code was given, 0 in units with fewer than two codes; and (units,) the pairs
    of unlike codes of each, over one less than its codes."""
    categories = np.unique(values[~np.isnan(values)])
    counts = (
        np.stack([(values == c).sum(1) for c in categories], axis=1) if len(categories) else np.zeros((len(values), 0))
    )
    counts = np.where(counts.sum(1, keepdims=True) >= 2, counts, 0).astype(float)
    m = counts.sum(1)
    return counts, (m**2 - (counts**2).sum(1)) / 2 / np.maximum(m - 1, 1)


def _alphas(counts: np.ndarray, disagreements: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(replicates,) alpha with each unit taken as often as `times` (replicates, units) says; nan where undefined."""
    of_category = times @ counts
    n = of_category.sum(1)
    expected = (n**2 - (of_category**2).sum(1)) / 2
    return np.where(expected > 0, 1 - (n - 1) * (times @ disagreements) / np.where(expected > 0, expected, 1), np.nan)


def _pairs(codes: pl.DataFrame) -> pl.DataFrame:
    given = codes.drop_nulls("code")
    both = given.join(given.rename({"coder": "other", "code": "_other"}), on=["frame", "id"])
    a, b = pl.col("code"), pl.col("_other")
    made = both.filter(pl.col("coder") < pl.col("other")).group_by("frame", "coder", "other").agg(
        n=pl.len().cast(pl.Int64), both=((a == 1) & (b == 1)).sum().cast(pl.Int64),
        neither=((a == 0) & (b == 0)).sum().cast(pl.Int64), only_coder=(a > b).sum().cast(pl.Int64),
        only_other=(a < b).sum().cast(pl.Int64), agreement=(a == b).mean(),
    )  # fmt: skip
    return made.sort("frame", "coder", "other")


def _disputed(codes: pl.DataFrame) -> pl.DataFrame:
    made = codes.drop_nulls("code").group_by("frame", "id").agg(
        n_coders=pl.len().cast(pl.Int64), n_yes=pl.col("code").sum().cast(pl.Int64)
    )  # fmt: skip
    m, yes = pl.col("n_coders"), pl.col("n_yes")
    made = made.filter(m >= 2).with_columns(disagreement=2 * yes * (m - yes) / (m * (m - 1)))
    return made.filter(pl.col("disagreement") > 0).sort("disagreement", "n_coders", "frame", "id",
                                                        descending=[True, True, False, False])  # fmt: skip


def _held_against(part: pl.DataFrame, replicates: int, seed: int, level: float) -> dict:
    weight, has, yes = (
        (part["weight"] / part["inclusion"]).to_numpy(),
        part["has"].to_numpy(),
        part["mean"].to_numpy(),
    )
    groups, at = np.unique(part["group"].to_numpy().astype(str), return_inverse=True)
    sums = np.stack([np.bincount(at, weight * v) for v in (has * yes, has, yes)], axis=1)
    made: dict[str, float | int | None] = {
        "n_passages": len(part), "n_documents": len(groups), "n_yes": int((yes > 0.5).sum()),
        "n_machine": int(has.sum()),
    }  # fmt: skip
    draws = bootstrap_weights(len(groups), replicates=replicates, seed=seed) @ sums
    for name, k in (("precision", 1), ("recall", 2)):
        total = sums.sum(0)
        made[name] = float(total[0] / total[k]) if total[k] > 0 else None
        ratios = draws[:, 0] / np.where(draws[:, k] > 0, draws[:, k], np.nan)
        fit = len(groups) > 1 and (sums[:, k] > 0).sum() > 1
        low, high = np.nanquantile(ratios, [(1 - level) / 2, (1 + level) / 2]) if fit else (None, None)
        made |= {f"{name}_low": low, f"{name}_high": high}
    return made
