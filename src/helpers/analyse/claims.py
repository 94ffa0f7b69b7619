"""The claim gate: which sentence a contrast allows, and why no stronger one (METHODS, rule 6).

Every sentence about sides or outlets that a notebook or a page prints is written from the numbers, here and in
helpers.analyse.wording, with one of four grades: described, suggested, claimed, or withheld.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import polars as pl

from helpers import html
from helpers.analyse.contrasts import Contrasts
from helpers.analyse.thresholds import THRESHOLDS
from helpers.analyse.wording import Wording, sentence, unnamed
from helpers.phrases import count, listed, per_cent
from helpers.sides import side_name

_WHY = {
    "its size": "no larger than what the two sides differ by on a control frame",
    "cannot be asked of this corpus": "cannot be asked of this corpus, with too few documents on one side",
}

GRADES = ("claimed", "suggested", "described", "withheld")


@dataclass(frozen=True)
class Gate:
    """What a contrast is held against besides its own numbers.

    floors     "side|other" -> smallest absolute standardised difference that counts between them (the
               largest one of a control frame, or a null floor); absent: none was measured
    floor_name what the floor is, for the reasons
    validated  value, or "value|side|other" -> whether hand coding has validated the measure; absent: not
    needs      whether a claim needs validation at all (shares of themes and word rates do not)
    limits     value, or "value|side|other" -> why nothing beyond described is said of it
    """

    floors: Mapping[str, float] = field(default_factory=dict)
    floor_name: str = "their largest difference on a control frame"
    validated: Mapping[str, bool] = field(default_factory=dict)
    needs: bool = True
    limits: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Claim:
    """One sentence with its grade, the reasons for it, and the numbers it was written from."""

    topic: str
    grade: str
    sentence: str
    reasons: tuple[str, ...] = ()
    numbers: Mapping[str, float | int | str | None] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict:
        plain = f"[{self.grade}] {self.sentence}" + "".join(f"\n  - {reason}" for reason in self.reasons)
        shown = html.cell(html.claim(self.grade, self.sentence, self.reasons))
        return {"text/plain": plain, "text/html": shown, "application/vnd.workbench.claim+json": asdict(self)}


def claims(
    contrasts: Contrasts, *, wording: Wording, gate: Gate | None = None, values: Sequence[str] | None = None
) -> list[Claim]:
    """One claim per row of `contrasts.table` (of those `values` only), strongest grade and largest effect first."""
    gate = gate or Gate()
    members = _members(contrasts)
    table = contrasts.table if values is None else contrasts.table.filter(pl.col("value").is_in(list(values)))
    made = []
    for row in table.iter_rows(named=True):
        grade, reasons = judge(row, gate=gate)
        text = sentence(row, grade, wording=wording, members=members)
        if grade != "withheld" and row["bca_differs"]:
            low, high = (row[name] / row["sd"] for name in ("bca_low", "bca_high"))
            corrected = f"{low:z.2f} to {high:z.2f} standard deviations"
            reasons.append(f"corrected for bias and skewness the interval is {corrected}")
        if grade == "described":
            reasons += unnamed({side: members[side] for side in (row["side"], row["other"])})
        if grade in ("suggested", "claimed") and len(table) > 1:
            reasons.append(f"one of {len(table)} contrasts made here; {_family(row)}")
        made.append(Claim(wording.measure.get(row["value"], row["value"]), grade, text, tuple(reasons), row))
    return sorted(made, key=lambda c: (GRADES.index(c.grade), -abs(_effect(c.numbers))))


def is_open(claim: Claim) -> bool:
    """Whether what it says may be nothing: its interval includes zero."""
    low, high = claim.numbers.get("low"), claim.numbers.get("high")
    return claim.grade != "withheld" and low is not None and high is not None and float(low) <= 0 <= float(high)


def rest(made: Sequence[Claim], told: Sequence[Claim], *, topic: str) -> Claim | None:
    """One claim that counts those among `made` that were not `told`: withheld, by reason; may be nothing; or merely
    smaller. Its grade is withheld unless there are only smaller ones. None where all were told. `topic`: a plural
    noun."""
    silent = [claim for claim in made if claim.grade == "withheld"]
    untold = [claim for claim in made if claim.grade != "withheld" and claim not in told]
    null = [claim for claim in untold if is_open(claim)]
    counts = [
        f"{len(silent)} {'is' if len(silent) == 1 else 'are'} withheld",
        f"{len(null)} may be nothing",
        f"{len(untold) - len(null)} more {'stands' if len(untold) - len(null) == 1 else 'stand'} in the table",
    ]
    said = [part for part, of in zip(counts, (silent, null, untold[len(null) :]), strict=True) if of]
    if not said:
        return None
    about: dict[tuple[bool, str], list[str]] = {}
    for claim in silent:
        kind = claim.reasons[0].split(":")[0].split(",")[0]
        why = next((why for part, why in _WHY.items() if part in kind), claim.reasons[0])
        about.setdefault((False, f"between {_pair(claim)}, {why}"), []).append(claim.topic)
    for claim in null:
        about.setdefault((True, f"between {_pair(claim)}, the interval includes zero"), []).append(claim.topic)
    reasons = tuple(f"{why}: {_topics(topics)}" for (_, why), topics in sorted(about.items()))
    text = f"Of {count(len(made), 'contrast')} of {topic}, {listed(said)}."
    return Claim(topic, "withheld" if silent or null else "described", text, reasons)


def _topics(topics: Sequence[str]) -> str:
    """In a row; a theme is called by several words, and then a comma parts no two of them."""
    return ("; " if any("," in topic for topic in topics) else ", ").join(sorted(topics))


def _pair(claim: Claim) -> str:
    return f"{side_name(str(claim.numbers['side']))} and {side_name(str(claim.numbers['other']))}"


def judge(row: Mapping, *, gate: Gate) -> tuple[str, list[str]]:
    """The grade of one row of a contrasts table, and why it is not higher (or that it is highest)."""
    t = {name: threshold.value for name, threshold in THRESHOLDS.items()}
    fewest = min(row["n_texts"], row["other_n_texts"])
    few_outlets = min(row["n_members"], row["other_n_members"])
    if fewest < t["documents_to_ask"]:
        return "withheld", [
            f"cannot be asked of this corpus: {fewest} documents on one side, {t['documents_to_ask']:.0f} needed"
        ]
    if row["standardised"] is None:
        return "withheld", ["the measure does not vary in these documents"]
    floor = gate.floors.get(f"{row['side']}|{row['other']}", 0.0)
    if abs(row["standardised"]) <= floor:
        size = f"{abs(row['standardised']):.2f} standard deviations"
        return "withheld", [f"its size, {size}, is no larger than {gate.floor_name} ({floor:.2f})"]
    lacking = []
    if row["low"] is None:
        lacking.append("no interval can be had")
    elif row["low"] <= 0 <= row["high"]:
        lacking.append(f"the interval includes zero{_unseen(row['detectable'], 'being seen')}")
    elif row["bca_low"] is not None and row["bca_low"] <= 0 <= row["bca_high"]:
        lacking.append("the interval corrected for bias and skewness includes zero")
    if (inside := _inside(row)) is not None:
        lacking.append(inside)
    if few_outlets < t["outlets_to_suggest"]:
        needed = f"{count(few_outlets, 'outlet')} of at least {t['documents_to_ask']:.0f} documents"
        lacking.append(f"a side stands on {needed}: an outlet is not a side")
    elif max(row["n_members"], row["other_n_members"]) < t["outlets_to_split"]:
        fewest_split = f"{t['outlets_to_split']:.0f} outlets"
        lacking.append(f"neither side has {fewest_split}: how far outlets of one side differ is not known")
    if row["flips"]:
        lacking.append(f"the sign turns when {_any_of(row['flips'])} is left out")
    elif (kept := _kept(row)) < t["kept_to_suggest"]:
        lacking.append(f"leaving one outlet out leaves {per_cent(kept)} of it: it is that outlet's")
    lacking += unlike(row, "dates", "languages")
    pair = f"{row['value']}|{row['side']}|{row['other']}"
    lacking += [gate.limits[key] for key in (row["value"], pair) if key in gate.limits]
    kinds = unlike(row, "kinds")
    if lacking:
        return "described", lacking + kinds
    lacking += kinds
    if row["p_smallest"] > t["p_to_claim"]:
        lacking.append(
            f"so few outlets cannot reach p = {t['p_to_claim']:g}: the smallest possible is {row['p_smallest']:.2f}"
        )
    elif row["p"] > t["p_to_claim"]:
        missed = _unseen(row["detectable_side"], f"p = {t['p_to_claim']:g}")
        lacking.append(
            f"permuting whole outlets gives p = {row['p']:.2f} (smallest possible {row['p_smallest']:.3f}){missed}"
        )
    elif _adjusted_p(row) > t["p_to_claim"]:
        lacking.append(
            f"permuting whole outlets gives p = {row['p']:.3f}, but {row['p_adjusted']:.2f} once adjusted for the "
            f"{row['n_values']} values that these two sides are compared on"
        )
    if fewest < t["documents_to_claim"]:
        lacking.append(f"{fewest} documents on one side, {t['documents_to_claim']:.0f} needed for a claim")
    if gate.needs and not gate.validated.get(pair, gate.validated.get(row["value"], False)):
        lacking.append("the measure has not been validated by hand coding")
    if lacking:
        return "suggested", lacking
    adjusted = f", {row['p_adjusted']:.3f} adjusted for {row['n_values']} values" if row.get("n_values", 1) > 1 else ""
    smallest = f"(smallest possible {row['p_smallest']:.3f})"
    return "claimed", [f"permuting whole outlets gives p = {row['p']:.3f}{adjusted} {smallest}"]


def _adjusted_p(row: Mapping) -> float:
    adjusted = row.get("p_adjusted")
    return float(row["p"] if adjusted is None else adjusted)


def _family(row: Mapping) -> str:
    """For how many of the contrasts p is adjusted, in words."""
    if row.get("p_adjusted") is None:
        return "p is not adjusted for their number"
    return f"p is adjusted for the {row['n_values']} values that these two sides are compared on"


def unlike(row: Mapping, *aspects: str) -> list[str]:
    """In which of these aspects the two sides' documents are not alike, as reasons; `row`: of Contrasts.table."""
    said = {
        "dates": "of other times ({} alike): a difference may be one of times",
        "languages": "in other languages ({} alike): a difference may be one of languages",
        "kinds": "of other kinds ({} alike): a difference may be one of kind",
    }
    found = (row.get("unlike") or "").split(", ")
    return [
        f"the documents compared here are {said[name].format(per_cent(row[f'{name}_alike']))}"
        for name in aspects
        if name in found
    ]


def _inside(row: Mapping) -> str | None:
    """Why a difference may be chance alone, or None where it lies outside the null floor."""
    if row["null_floor"] is None:
        return "no null floor can be had"
    size, of_all = abs(row["standardised"]), row.get("null_floor_all") or row["null_floor"]
    if size > of_all:
        return None
    alike = {
        "outlets": "outlets of one side differ as much among themselves",
        "documents": "halves of an outlet's documents differ as much, which is the optimistic measure",
        "dates": "cut at other dates, these documents differ as much",
    }
    said = f"its size, {size:.2f} standard deviations, is inside the null floor"
    if size > row["null_floor"]:
        kind = row.get("null_floor_all_kind") or row["null_floor_kind"]
        return f"{said} of all {row['n_values']} values ({of_all:.2f}): in one or another, {alike[kind]}"
    return f"{said} ({row['null_floor']:.2f}): {alike[row['null_floor_kind']]}"


def _any_of(flips: str) -> str:
    """The outlets, one of which is enough: "TASS", "TASS or Post"."""
    return " or ".join(filter(None, flips.rpartition(", ")[::2]))


def _unseen(detectable: float | None, what: str) -> str:
    """What was too small to be found here, for the end of a reason."""
    if detectable is None:
        return ""
    power = per_cent(THRESHOLDS["power"].value)
    return f"; a difference under {detectable:.2f} standard deviations had less than an {power} chance of {what}"


def _kept(row: Mapping) -> float:
    """The share of a difference that is left when the outlet that matters most is left out."""
    if row["alone_low"] is None or not row["difference"]:
        return 1.0
    return min(row["alone_low"] / row["difference"], row["alone_high"] / row["difference"])


def _members(contrasts: Contrasts) -> dict[str, tuple[str, ...]]:
    """The counted members of each side; all of them where none is counted."""
    table = contrasts.members.select("side", "member", "counted").unique().sort("side", "member")
    made = {}
    for (side,), part in table.group_by("side", maintain_order=True):
        counted = part.filter(pl.col("counted"))
        made[str(side)] = tuple((counted if len(counted) else part)["member"])
    return made


def _effect(numbers: Mapping) -> float:
    value = numbers.get("standardised")
    return float(value) if value is not None and not math.isnan(float(value)) else 0.0
