"""What may be said of how a difference splits: never more than may be said of the difference itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from helpers.analyse.claims import GRADES, Claim
from helpers.analyse.decomposition import Decomposition
from helpers.errors import InputError
from helpers.phrases import per_cent
from helpers.sides import side_name

NOT_CLAIMED = "the split rests on themes, whose number and edges are choices"
NOTHING_HOLDS = "neither selection nor presentation holds"
NAMES = {"presentation": "presentation", "selection": "selection", "apart": "no common support"}


def split_claims(whole: Sequence[Claim], found: Decomposition) -> list[Claim]:
    """One claim for each of `whole`, the claims of the same contrasts, strongest grade and largest difference first.

    Its grade is that of the whole, suggested at the most, and described where neither selection nor presentation holds
    (Decomposition, `lacking`). Raises InputError where a contrast has not been split."""
    keys = ("value", "side", "other")
    parts: dict[tuple, dict[str, dict]] = {}
    for row in found.table.iter_rows(named=True):
        parts.setdefault(tuple(row[key] for key in keys), {})[row["part"]] = row
    absent = [claim for claim in whole if tuple(claim.numbers[key] for key in keys) not in parts]
    if absent:
        raise InputError(
            f"the difference on {absent[0].topic!r} has not been split", where="split_claims",
            expected=", ".join(found.values), do="Give decompose() the same passages and values.",
        )  # fmt: skip
    made = [_claim(claim, parts[tuple(claim.numbers[key] for key in keys)]) for claim in whole]
    return sorted(made, key=lambda c: (GRADES.index(c.grade), -abs(float(c.numbers["standardised"] or 0))))


def _claim(whole: Claim, parts: Mapping[str, dict]) -> Claim:
    """The sentence on the whole, and one on its parts."""
    a, b = (str(whole.numbers[key]) for key in ("side", "other"))
    numbers = dict(whole.numbers) | {part: row["standardised"] for part, row in parts.items() if part != "total"}
    if whole.grade == "withheld":
        pair = f"{side_name(a)} and {side_name(b)}"
        said = f"Nothing is said of how the difference on ‘{whole.topic}’ between {pair} splits."
        return replace(whole, sentence=said, numbers=numbers)
    turn = -1 if (parts["total"]["standardised"] or 0) < 0 else 1
    aside = {a: parts["total"]["aside"], b: parts["total"]["other_aside"]}
    first, second = (a, b) if turn > 0 else (b, a)
    sentence = (
        f"{whole.sentence} Of this, {_part(parts['presentation'], turn)} is presentation, found within the same "
        f"themes; {_part(parts['selection'], turn)} is selection, by the themes they write about; "
        f"{_part(parts['apart'], turn, said=False)} comes of themes without common support, which hold "
        f"{per_cent(aside[first])} of the passages of {side_name(first)} and {per_cent(aside[second])} of those of "
        f"{side_name(second)}."
    )
    lacking = [f"{NAMES[p]}: {parts[p]['lacking']}" for p in ("presentation", "selection") if parts[p]["lacking"]]
    grade, reasons = whole.grade, [*whole.reasons, *lacking]
    if grade == "claimed":
        grade, reasons = "suggested", [NOT_CLAIMED, *reasons]
    if len(lacking) == 2 and grade == "suggested":
        grade, reasons = "described", [NOTHING_HOLDS, *reasons]
    return replace(whole, grade=grade, sentence=sentence, reasons=tuple(reasons), numbers=numbers)


def _part(row: Mapping, turn: int, *, said: bool = True) -> str:
    """A part in standard deviations, with its interval, and whether it holds where that is to be `said`."""
    if row["standardised"] is None:
        return "an unknown part"
    low, high = sorted((turn * row["std_low"], turn * row["std_high"]))
    holds = "; does not hold" if said and row["lacking"] else ""
    return f"{turn * row['standardised']:z.2f} ({low:z.2f} to {high:z.2f}{holds})"


def holding(found: Decomposition, whole: Sequence[Claim]) -> pl.DataFrame:
    """The table of a decomposition with `said`: holds, does not hold, or withheld with the whole difference."""
    silent = [(c.numbers["value"], c.numbers["side"], c.numbers["other"]) for c in whole if c.grade == "withheld"]
    keys = pl.DataFrame(silent, schema={"value": pl.String, "side": pl.String, "other": pl.String}, orient="row")
    marked = found.table.join(keys.with_columns(_silent=True), on=["value", "side", "other"], how="left",
                              maintain_order="left")  # fmt: skip
    holds = pl.when(pl.col("lacking").is_null()).then(pl.lit("holds")).otherwise(pl.lit("does not hold"))
    return marked.with_columns(said=pl.when(pl.col("_silent")).then(pl.lit("withheld")).otherwise(holds)).drop(
        "_silent"
    )
