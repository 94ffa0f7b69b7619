"""Whether a corrected share may be relied on, and what is wanting where it may not.

A frame is *validated* on a side where coders agree on it, the corrected interval is narrow enough to be of use, and
enough codes of either kind stand behind it for the interval to hold what it says. Else the share is shown as not
validated, with the number of codes that would change that.
"""

import math
from collections.abc import Mapping

import polars as pl

from helpers.phrases import count
from helpers.seminar.agreement import FEWEST_OF_A_KIND as OF_A_KIND_READ_BY_ALL
from helpers.seminar.agreement import needed_passages

LEAST_ALPHA, LEAST_LOWER_LIMIT = 0.667, 0.5
"""Krippendorff's own bound for tentative conclusions, and what its interval must rule out: half way to chance."""
WIDEST = 10.0
"""Percentage points of half an interval. A difference of 25 points between sides is then seen, one of 10 is not."""
FEWEST_OF_A_KIND = 5
"""Codes of yes, and of no, on a side: with fewer the interval covers too little (benchmarks/correction.json)."""


def verdicts(table: pl.DataFrame, agreed: pl.DataFrame) -> pl.DataFrame:
    """`table` (rows of Corrected.table, with `coding`) with alpha, alpha_low, validated, wanting and more; see there.
    `agreed`: the table of an Agreement."""
    of_frame = {row["frame"]: row for row in agreed.iter_rows(named=True)}
    rows = []
    for row in table.iter_rows(named=True):
        more, wanting = _more(row)
        wanting += _disagreement(of_frame[row["frame"]])
        rows.append({"alpha": of_frame[row["frame"]]["alpha"], "alpha_low": of_frame[row["frame"]]["low"],
                     "validated": not wanting, "wanting": "; ".join(wanting) or None, "more": more})  # fmt: skip
    schema = {"alpha": pl.Float64, "alpha_low": pl.Float64, "validated": pl.Boolean, "wanting": pl.String,
              "more": pl.Int64}  # fmt: skip
    return table.with_columns(pl.DataFrame(rows, schema=schema))


def needed_codes(n: int, *, half_width: float, coding: float, widest: float = WIDEST) -> int | None:
    """How many codes m in place of n bring half a 95 % interval from `half_width` to `widest` (percentage points).

    V(m) = V_0 + A n / m: V_0 is what documents differ by, A (`coding`, shares squared) what a sample of n adds,
    estimated by the sum over documents of (sum_i w_i R_i (Y_i - y_i) / pi_i)^2. So m = n / (1 - (V(n) - V*) / A),
    V* the variance wanted. None where that has no solution: documents alone differ by more."""
    if half_width <= widest:
        return n
    over = ((half_width / 196) ** 2 - (widest / 196) ** 2) / coding if coding > 0 else 1.0
    return math.ceil(n / (1 - over) - 1e-9) if over < 1 else None


def _more(row: Mapping) -> tuple[int | None, list[str]]:
    """How many codes more the side wants, and why."""
    n, rarer, kind = row["n_codes"], *min((row["n_yes"], "yes"), (row["n_no"], "no"))
    if row["share"] is None or row["low"] is None:
        return None, ["no passage of this side was coded"]
    if rarer < FEWEST_OF_A_KIND:
        more = math.ceil((FEWEST_OF_A_KIND - rarer) * n / rarer) if rarer else None
        how_many = f"about {count(more, 'code')} more" if more else "nobody can say how many more"
        return more, [f"{FEWEST_OF_A_KIND} codes of {kind} are needed on this side, {rarer} are there: {how_many}"]
    enough = needed_codes(n, half_width=row["half_width"], coding=row["coding"])
    if enough == n:
        return 0, []
    wide = f"the interval is ± {row['half_width']:.1f} points wide, {WIDEST:.0f} is the most"
    if enough is None:
        return None, [f"{wide}: its documents differ so much among themselves that codes alone cannot narrow it"]
    return enough - n, [f"{wide}: about {count(enough - n, 'code')} more"]


def _disagreement(of_frame: Mapping) -> list[str]:
    """What is wanting in the agreement on a frame, in words."""
    estimate, low, n = of_frame["alpha"], of_frame["low"], of_frame["n_passages"]
    if n == 0:
        return ["no two coders read the same passage: agreement cannot be told"]
    if estimate is None or low is None:
        rarer, kind = min((of_frame["n_yes"], "yes"), (of_frame["n_no"], "no"))
        more = math.ceil((OF_A_KIND_READ_BY_ALL - rarer) * n / rarer) if rarer else None
        how_many = f": about {count(more, 'passage')} more that all coders read" if more else ""
        read = f"most coders say {kind} to {rarer} of the {count(n, 'passage')} that several read"
        return [f"agreement cannot be told: {read}, {OF_A_KIND_READ_BY_ALL} are needed{how_many}"]
    if estimate < LEAST_ALPHA:
        return [f"coders agree too little (alpha {estimate:.2f}, {LEAST_ALPHA} needed): more codes do not mend that, a "
                "clearer definition may"]  # fmt: skip
    if low < LEAST_LOWER_LIMIT:
        enough = needed_passages(estimate, low, n, least=LEAST_LOWER_LIMIT) or n
        return [f"agreement is uncertain (alpha {estimate:.2f}, from {low:.2f}; {LEAST_LOWER_LIMIT} needed): about "
                f"{count(max(enough - n, 1), 'passage')} more that all coders read"]  # fmt: skip
    return []
