"""What may be said of a difference, now that it is known what other choices make of it."""

from dataclasses import replace

import polars as pl

from helpers.analyse.claims import Claim
from helpers.analyse.robustness import CHOICES, Robustness
from helpers.phrases import count, per_cent


def limits(found: Robustness) -> dict[str, str]:
    """What `claims.Gate` needs to know: why nothing beyond described is said of a difference whose sign turns over the
    grid; empty where it never does."""
    turned = found.table.filter(~pl.col("same"))
    if turned.is_empty():
        return {}
    worst = found.options.sort("same", "choice", "option").row(0, named=True)
    why = (
        f"its sign turns in {len(turned):,} of {count(len(found.table), 'specification')} of defensible choices, most "
        f"often with {CHOICES[worst['choice']]}: {worst['option']} ({per_cent(1 - worst['same'])} of these)"
    )
    pairs = ((found.side, found.other), (found.other, found.side))
    return {f"{found.value}|{side}|{other}": why for side, other in pairs}


def over_choices(whole: Claim, found: Robustness) -> Claim:
    """The claim of the same contrast with what other choices make of it; its grade stays. A difference that is withheld
    stays so, and nothing is added."""
    if whole.grade == "withheld":
        return whole
    numbers = dict(whole.numbers) | {name: found.share(name) for name in ("same", "away", "beyond")}
    return replace(whole, sentence=f"{whole.sentence} {said(found)}", numbers=numbers)


def said(found: Robustness) -> str:
    """What other choices make of a difference, in a sentence that names no side."""
    n, turn = len(found.table), 1 if found.table["estimate"][0] > 0 else -1
    towards = (turn * found.table["estimate"]).to_list()
    floored = not found.table["floor"].null_count()
    beyond = f" is larger than a control frame’s in {_part(found, 'beyond')}," if floored else ""
    made = (
        f"Over {count(n, 'specification')} of defensible choices the difference runs from {min(towards):z.2f} to "
        f"{max(towards):z.2f} standard deviations: it has this sign in {_part(found, 'same')},{beyond} and has an "
        f"interval away from zero in {_part(found, 'away')}."
    )
    least = float(found.table["overlap"].min()) if "overlap" in found.table.columns else 1.0  # type: ignore[arg-type]
    if least == 1.0:
        return made
    shared = f"{per_cent(least)} of the passages of both in common or more"
    return f"{made} In each the theme most like it stands for it, with {shared}."


def _part(found: Robustness, column: str) -> str:
    share = found.share(column)
    return {0.0: "none", 1.0: "all"}.get(share, f"{int(found.table[column].sum()):,}")
