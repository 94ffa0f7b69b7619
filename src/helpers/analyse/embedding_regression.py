"""Whether sides use a term in other contexts: embedding regression (Rodriguez, Spirling and Stewart 2023).

The vectors of a term's windows are regressed on sides; the squared norm of the difference between two sides says how
far apart their uses lie. A document is what is counted: its windows are one mean, copies of a text are one text, and
outlets of a side weigh the same. That is least squares of texts on their outlets, a side being the mean of its outlets'
coefficients; without covariates it is weighted least squares on sides. Norms are debiased (helpers.analyse.debiased).
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import polars as pl

from helpers.analyse.alike import of_units
from helpers.analyse.debiased import (
    Fit,
    estimable,
    fit,
    inner_products,
    interval,
    null_floor,
    permute,
    squared_norm,
)
from helpers.analyse.term_texts import REST, Texts, gathered, text_units
from helpers.analyse.units import FEWEST_DOCUMENTS
from helpers.analyse.windows import Windows
from helpers.errors import InputError
from helpers.phrases import listed
from helpers.results import result
from helpers.sides import side_name

SPLIT_FROM = 4
"""Outlets of each side from which on there is a null floor of squared distances."""


@result
class Regression:
    """How far apart the contexts lie in which sides use a term.

    table    one row per (side, other):
        squared_norm             squared distance of the sides' mean windows, debiased: 0 where they are one, below 0
                                 by chance; vectors have length 1, so that 2 is the distance of unrelated ones
        low, high                95 % interval: these outlets, other documents of theirs
        naive                    the same before what chance adds was taken off
        relative, relative_low, relative_high   in the squared distance of two documents of one outlet
        by_outlets               what the sides would lie apart on average if outlets differed as they do within sides,
                                 and sides did not; null where no side has two outlets
        null_floor               what 95 of 100 such sides stay under; null where a side has under four outlets
        p, p_smallest, n_assignments   permutation of whole outlets, those with too few documents apart; null where a
                                 side has none
        alone_low, alone_high    range of squared_norm when each outlet is left out in turn; `weakest`: the outlet
                                 without which it is smallest
        n_documents, n_windows, n_texts, n_members (outlets that count), and other_n_... of the other
        dates_alike, kinds_alike, languages_alike, unlike   as in Contrasts.table, of the texts with the term; what is
                                 held fixed is in `unlike` no more
        asked, said              whether it can be asked; else numbers are null, and this is said in place
    sides    one row per side: n_documents; n_using (documents with the term), n_windows, n_texts (copies once) and
             n_members of its mean, n_set_aside (documents of outlets too small for it), n_spanning (texts that stand
             on other sides too, and tell nothing apart: left out), asked, said
    members  side, member, n_documents, n_windows, n_texts, counted (has FEWEST_DOCUMENTS texts with the term; smaller
             ones together are REST, which counts where it has as many), in_mean (by itself or within REST)
    senses        (sides, d) mean windows, row for row with `sides`; nan where not asked
    coefficients  (pairs, d) differences, row for row with `table`
    """

    table: pl.DataFrame
    sides: pl.DataFrame
    members: pl.DataFrame
    senses: np.ndarray
    coefficients: np.ndarray
    term: str
    words: int
    adjust: tuple[str, ...]
    encoder: str
    voice: str
    copies: str
    level: float
    seed: int


def regress(
    found: Windows, *, adjust: Sequence[str] = (), copies: str = "one", level: float = 0.95, seed: int = 7
) -> Regression:
    """The squared norm of the difference between each pair of sides in the contexts of a term.

    adjust   what is held fixed: year (of the date), kind, country, or another column of the windows, each of its
             values an indicator; a contrast that has none in common cannot be asked, and says so
    seed     of the permutation, where outlets (or speakers) are too many to be enumerated

    A side with fewer than FEWEST_DOCUMENTS texts with the term is not asked. Raises InputError where a column of
    `adjust` is absent or there are fewer than two sides."""
    names = found.sides["side"].sort().to_list()
    if len(names) < 2:
        given = listed(names) or "none"
        raise InputError("nothing to compare", where="regress", expected="two sides or more", found=given)
    everything = text_units(found, adjust, copies)
    texts = gathered(found, everything)
    fitted = fit(texts.y, texts.cell, texts.others) if len(texts.y) else None
    sides = _sides(found, everything, texts)
    senses = np.full((len(names), everything.select(pl.col("^_v.*$")).width), np.nan)
    if fitted is not None:
        for k in sides["asked"].arg_true():
            senses[k] = texts.share(names[k]) @ fitted.means
    of_side = {row["side"]: row for row in sides.to_dicts()}
    alike = of_units(texts.rows, names, fixed=adjust)
    rows = []
    for side, other in combinations(names, 2):
        why = _unasked(of_side[side], of_side[other], texts, fitted, adjust)
        rows.append({"side": side, "other": other, "asked": why is None, "said": why})
        for prefix, name in (("", side), ("other_", other)):
            rows[-1] |= {
                f"{prefix}{counted}": of_side[name][counted] for counted in ("n_windows", "n_texts", "n_members")
            }
            rows[-1][f"{prefix}n_documents"] = of_side[name]["n_used"]
        if why is None and fitted is not None:
            rows[-1] |= _contrast(texts, fitted, (side, other), level=level, seed=seed) | alike.get((side, other), {})
    return Regression(
        table=_tidy(rows),
        sides=sides.drop("n_used"),
        members=_members(everything, texts),
        senses=senses,
        coefficients=np.stack([senses[i] - senses[j] for i, j in combinations(range(len(names)), 2)]),
        term=found.term,
        words=found.words,
        adjust=tuple(adjust),
        encoder=found.encoder,
        voice=found.voice,
        copies=copies,
        level=level,
        seed=seed,
    )


def _sides(found: Windows, everything: pl.DataFrame, texts: Texts) -> pl.DataFrame:
    used = texts.rows.group_by("side").agg(
        n_used=pl.col("n_documents").sum(), n_windows=pl.col("n_passages").sum(), n_texts=pl.len(),
        n_members=pl.col("member").filter("counted").n_unique(),
    )  # fmt: skip
    whole = everything.group_by("side").agg(
        n_using=pl.col("n_documents").sum(), n_own=(~pl.col("spans_sides")).sum(),
        n_spanning=pl.col("spans_sides").sum(),
        _spanning=pl.col("n_documents").filter("spans_sides").sum(),
    )  # fmt: skip
    table = found.sides.join(whole, on="side", how="left").join(used, on="side", how="left")
    table = table.with_columns(pl.col(pl.UInt32, pl.UInt64).cast(pl.Int64)).with_columns(
        pl.selectors.integer().fill_null(0), asked=pl.col("n_texts").fill_null(0) > 0
    )
    names = {side: side_name(side) for side in table["side"]}
    said = pl.format(
        "Cannot be asked of this corpus: {} of {} documents of {} have ‘{}’, and {} texts are needed.",
        "n_using", "n_documents", pl.col("side").replace_strict(names), pl.lit(found.term), pl.lit(FEWEST_DOCUMENTS),
    )  # fmt: skip
    aside = pl.col("n_using") - pl.col("n_used") - pl.col("_spanning")
    table = table.with_columns(n_set_aside=aside, said=pl.when(~pl.col("asked")).then(said))
    names_of = ("side", "n_documents", "n_using", "n_windows", "n_texts", "n_members", "n_set_aside", "n_spanning",
                "asked", "said", "n_used")  # fmt: skip
    return table.select(names_of).sort("side")


def _unasked(a: dict, b: dict, texts: Texts, fitted: Fit | None, adjust: Sequence[str]) -> str | None:
    """Why two sides cannot be compared, or None."""
    few = " ".join(filter(None, [a["said"], b["said"]]))
    if few or fitted is None:
        return few or None
    if estimable(fitted, texts.share(a["side"]) - texts.share(b["side"])):
        return None
    return f"{listed(adjust).capitalize()} cannot be held fixed: it is never the same on both sides."


def _contrast(texts: Texts, fitted: Fit, sides: tuple[str, str], *, level: float, seed: int) -> dict:
    a, b = (texts.share(side) for side in sides)
    estimate, naive = squared_norm(fitted, a - b)
    low, high = interval(fitted, a - b, level=level)
    apart = float((a + b) @ (np.bincount(texts.cell, fitted.noise) / np.bincount(texts.cell)))
    products = inner_products(fitted)
    alone = {texts.cells["member"][k]: d @ products @ d for k, d in _without(a, b).items()}
    first, second = (np.flatnonzero(_outlets(texts, side)) for side in sides)
    many = min(len(first), len(second)) >= SPLIT_FROM
    return {
        "squared_norm": estimate, "low": low, "high": high, "naive": naive,
        "relative": estimate / apart, "relative_low": low / apart, "relative_high": high / apart,
        "by_outlets": _between(products, [first, second]),
        "null_floor": null_floor(fitted.means[first], fitted.means[second], naive - estimate) if many else None,
        "alone_low": min(alone.values(), default=None), "alone_high": max(alone.values(), default=None),
        "weakest": min(alone, key=lambda name: alone[name]) if alone else None,
        **_permuted(texts, fitted, sides, seed),
    }  # fmt: skip


def _outlets(texts: Texts, side: str) -> np.ndarray:
    """(k,) whether a cell is an outlet of `side` that counts."""
    of_side = (texts.cells["side"] == side).to_numpy()
    return of_side & ~texts.cells["member"].is_in([REST, side]).to_numpy()


def _without(a: np.ndarray, b: np.ndarray) -> dict[int, np.ndarray]:
    """The contrast of shares a - b without each cell that is not its side's only one."""
    made = {}
    for one, sign in ((a, 1.0), (b, -1.0)):
        there = np.flatnonzero(one)
        for k in there if len(there) > 1 else ():
            rest = np.where(np.arange(len(one)) == k, 0.0, one)
            made[int(k)] = sign * rest / rest.sum() + (a - b - sign * one)
    return made


def _between(products: np.ndarray, sides: list[np.ndarray]) -> float | None:
    """What sides lie apart for no other reason than that their outlets do: half the mean squared distance of two
    outlets of one side, an unbiased variance, times the sum of 1 / outlets."""
    pairs = [products[g, g] + products[h, h] - 2 * products[g, h] for side in sides for g, h in combinations(side, 2)]
    if not pairs or not all(len(side) for side in sides):
        return None
    return float(np.mean(pairs) / 2 * sum(1 / len(side) for side in sides))


def _permuted(texts: Texts, fitted: Fit, sides: tuple[str, str], seed: int) -> dict:
    """Whole outlets exchanged; of sides that are groups of speakers, whole speakers, whose own noise one speech
    cannot tell."""
    k = fitted.n_cells
    if texts.cells["member"].is_in(sides).any():
        held = fitted.y - fitted.design[:, k:] @ (fitted.inverse[k:] @ fitted.y)
        first, second = ((texts.rows["side"] == side).arg_true().to_numpy() for side in sides)
        means, noise = held[np.concatenate([first, second])], np.zeros(len(first) + len(second))
    else:
        first, second = (np.flatnonzero(_outlets(texts, side)) for side in sides)
        both = np.concatenate([first, second])
        means, noise = fitted.means[both], (fitted.inverse[both] ** 2) @ fitted.noise
    if not len(first) or not len(second):
        return {"p": None, "p_smallest": None, "n_assignments": None}
    p, smallest, total = permute(means, noise, len(first), seed=seed)
    return {"p": p, "p_smallest": smallest, "n_assignments": total}


def _members(everything: pl.DataFrame, texts: Texts) -> pl.DataFrame:
    table = everything.filter(~pl.col("spans_sides")).group_by("side", "member").agg(
        pl.col("n_documents").sum().cast(pl.Int64), n_windows=pl.col("n_passages").sum().cast(pl.Int64),
        n_texts=pl.len().cast(pl.Int64), counted=pl.col("counted").first(),
    )  # fmt: skip
    used = texts.rows.select("side", "member").unique().with_columns(in_mean=pl.lit(True))
    table = table.join(used, on=["side", "member"], how="left").with_columns(pl.col("in_mean").fill_null(False))
    return table.sort("side", "member")


def _tidy(rows: list[dict]) -> pl.DataFrame:
    whole = ("side", "other", "squared_norm", "low", "high", "naive", "relative", "relative_low", "relative_high",
             "by_outlets", "null_floor", "p", "p_smallest", "n_assignments", "alone_low", "alone_high",
             "weakest", "dates_alike", "kinds_alike", "languages_alike", "unlike")  # fmt: skip
    counts = [f"{prefix}{name}" for prefix in ("", "other_")
              for name in ("n_documents", "n_windows", "n_texts", "n_members")]  # fmt: skip
    schema: dict = dict.fromkeys(whole, pl.Float64) | dict.fromkeys(counts, pl.Int64)
    schema |= dict.fromkeys(("side", "other", "weakest", "unlike", "said"), pl.String) | {"asked": pl.Boolean}
    schema["n_assignments"] = pl.Int64
    frame = pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")
    return frame.with_columns(pl.selectors.float().fill_nan(None))
