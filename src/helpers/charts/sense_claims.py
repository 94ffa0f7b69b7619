"""What may be said of the contexts in which two sides use a term: the claim gate for squared norms.

The thresholds are those of helpers.analyse.claims, and one is added. Sides differ in whatever they write, so that the
contexts of any term differ: a difference counts as the term's only where it is larger than what the same documents
differ by elsewhere (windows.elsewhere).
"""

from collections.abc import Mapping

from helpers.analyse.claims import GRADES, Claim, unlike
from helpers.analyse.embedding_regression import Regression
from helpers.analyse.thresholds import THRESHOLDS
from helpers.analyse.units import SHARED
from helpers.analyse.wording import outlets, unnamed
from helpers.charts.claims import held
from helpers.phrases import count, listed, per_cent
from helpers.sides import side_name


def sense_claims(found: Regression, elsewhere: Regression | None = None) -> list[Claim]:
    """One claim for each pair of sides, the strongest grade and the largest distance first.

    `elsewhere`: the regression of the same documents' other windows; without it nothing is more than described."""
    controls = {} if elsewhere is None else {(row["side"], row["other"]): row for row in elsewhere.table.to_dicts()}
    made = []
    for row in found.table.iter_rows(named=True):
        control = controls.get((row["side"], row["other"]))
        grade, reasons = judge(row, control=control)
        if grade in ("suggested", "claimed") and found.table.height > 1:
            reasons.append(f"one of {found.table.height} contrasts made here; p is not adjusted for their number")
        if grade == "described":
            reasons += unnamed({row[key]: _members(found, row[key]) for key in ("side", "other")})
        made.append(Claim(found.term, grade, _sentence(found, row, control, grade), tuple(reasons), row))
    return sorted(made, key=lambda claim: (GRADES.index(claim.grade), -float(claim.numbers["squared_norm"] or 0)))


def judge(row: Mapping, *, control: Mapping | None) -> tuple[str, list[str]]:
    """The grade of one row of Regression.table, and why it is not higher (or that it is highest).

    A distance is never below 0 but by chance, so that only its lower limit tells it from nothing."""
    t = {name: threshold.value for name, threshold in THRESHOLDS.items()}
    if not row["asked"]:
        return "withheld", [row["said"][0].lower() + row["said"][1:].rstrip(".")]
    fewest = min(row["n_texts"], row["other_n_texts"])
    few_outlets = min(row["n_members"], row["other_n_members"])
    lacking = []
    if row["low"] is None:
        lacking.append("no interval can be had")
    elif row["low"] <= 0:
        lacking.append("the interval includes zero")
    lacking += _no_more_than(row, control)
    if few_outlets < t["outlets_to_suggest"]:
        needed = f"{count(few_outlets, 'outlet')} with the term in at least {t['documents_to_ask']:.0f} documents"
        lacking.append(f"a side stands on {needed}: an outlet is not a side")
    if row["alone_low"] is not None and row["alone_low"] < t["kept_to_suggest"] * row["squared_norm"]:
        kept = max(row["alone_low"] / row["squared_norm"], 0.0) if row["squared_norm"] > 0 else 0.0
        lacking.append(f"leaving {row['weakest']} out leaves {per_cent(kept)} of it: it is that outlet's")
    lacking += unlike(row, "dates", "languages")
    kinds = unlike(row, "kinds")
    if lacking:
        return "described", lacking + kinds
    lacking += kinds
    if row["p_smallest"] > t["p_to_claim"]:
        lacking.append(
            f"so few outlets cannot reach p = {t['p_to_claim']:g}: the smallest possible is {row['p_smallest']:.2f}"
        )
    elif row["p"] > t["p_to_claim"]:
        lacking.append(f"permuting whole outlets gives p = {row['p']:.2f} (smallest possible {row['p_smallest']:.3f})")
    if fewest < t["documents_to_claim"]:
        lacking.append(f"{fewest} documents on one side, {t['documents_to_claim']:.0f} needed for a claim")
    if lacking:
        return "suggested", lacking
    return "claimed", [f"permuting whole outlets gives p = {row['p']:.3f} (smallest possible {row['p_smallest']:.3f})"]


def _no_more_than(row: Mapping, control: Mapping | None) -> list[str]:
    """Why the difference may have nothing to do with the term, or with sides."""
    made = []
    if control is None or control["squared_norm"] is None:
        made.append("what the same documents differ by elsewhere was not measured")
    elif row["low"] is None or row["low"] <= control["squared_norm"]:
        far = f"{control['squared_norm']:.3f}"
        more = "is no more than" if row["squared_norm"] <= control["squared_norm"] else "may be no more than"
        made.append(f"it {more} what the same documents differ by elsewhere ({far}): it need not be about the term")
    if row["null_floor"] is not None and row["squared_norm"] <= row["null_floor"]:
        made.append(f"outlets of one side differ as much among themselves (null floor {row['null_floor']:.3f})")
    elif row["null_floor"] is None and row["by_outlets"] is not None and row["squared_norm"] <= row["by_outlets"]:
        made.append(f"what outlets of one side differ by would make as much ({row['by_outlets']:.3f})")
    return made


def _sentence(found: Regression, row: Mapping, control: Mapping | None, grade: str) -> str:
    a, b = side_name(row["side"]), side_name(row["other"])
    if grade == "withheld":
        return f"How {a} and {b} use the term ‘{found.term}’ is not compared."
    interval = "no interval" if row["low"] is None else f"95 % interval {row['low']:z.3f} to {row['high']:z.3f}"
    size = f"a squared distance of {row['squared_norm']:z.3f} ({interval})"
    share = f"{per_cent(row['relative'])} of that of two documents of one outlet"
    beside = ""
    if control is not None and control["squared_norm"] is not None:
        far = control["squared_norm"]
        as_much = row["low"] is None or row["low"] <= far
        more = "" if not as_much else ", which is no less" if row["squared_norm"] <= far else ", which may be as much"
        beside = f"; elsewhere the same documents lie {far:z.3f} apart{more}"
    fixed = held(found.voice, found.copies) + (f", {listed(found.adjust)} held fixed" if found.adjust else "")
    if grade == "described":
        first, second = _based(found, row, ""), _based(found, row, "other_")
        if row["low"] is None or row["low"] <= 0:
            return (
                f"Between these {first} and these {second}, the contexts of ‘{found.term}’ lie {size} apart, which may "
                f"be nothing{beside}; {fixed}."
            )
        if control is not None and row["squared_norm"] <= (control["squared_norm"] or 0.0):
            return (
                f"The contexts of ‘{found.term}’ in these {first} and in these {second} lie no farther apart than the "
                f"same documents do elsewhere: {size}, {share}, against {control['squared_norm']:z.3f}; {fixed}."
            )
        return (
            f"In these {first}, ‘{found.term}’ stands in other contexts than in these {second}: {size}, {share}"
            f"{beside}; {fixed}."
        )
    return (
        f"{a[0].upper()}{a[1:]} use ‘{found.term}’ in other contexts than {b}: {size}, {share}; "
        f"{_counts(row, '')} of {count(row['n_members'], 'outlet')} against {_counts(row, 'other_')} of "
        f"{row['other_n_members']}, whichever outlet is left out{beside}; {fixed}."
    )


def _counts(row: Mapping, prefix: str) -> str:
    return f"{count(row[f'{prefix}n_documents'], 'document')} ({count(row[f'{prefix}n_windows'], 'use')} of the term)"


def _based(found: Regression, row: Mapping, prefix: str) -> str:
    """Whose documents one side's mean is of, in words."""
    return f"{_counts(row, prefix)} of {outlets(_members(found, row['other' if prefix else 'side']))}"


def _members(found: Regression, side: str) -> list[str]:
    """The outlets whose mean a side's is; all of them where none has enough documents."""
    members = found.members.filter(side=side)
    counted = members.filter("in_mean") if members["in_mean"].any() else members
    return ["texts that several outlets share" if name == SHARED else name for name in counted["member"]]
