"""What two sides can be compared on, before anything is: dates, kinds, length, outlets, copies, speakers, language.

A difference between sides whose documents are of other years or other kinds is a difference of years
or kinds as much as of sides. Each verdict is a sentence made from the numbers.
"""

import math
from collections.abc import Mapping
from itertools import combinations

import polars as pl

from helpers.analyse import alike
from helpers.analyse.alike import KNOWN, compared, family
from helpers.analyse.claims import Claim
from helpers.analyse.periods import when
from helpers.analyse.thresholds import THRESHOLDS, Threshold
from helpers.analyse.units import FEWEST_DOCUMENTS
from helpers.phrases import count, per_cent
from helpers.sides import side_name

LIMITS: dict[str, Threshold] = {
    "dates": Threshold(
        alike.LIMITS["dates"], "below that more than a third of a side's documents are of times that the other lacks"
    ),
    "kinds": Threshold(
        alike.LIMITS["kinds"], "below that more than a third of a side's documents are of kinds that the other lacks"
    ),
    "length": Threshold(2.0, "with medians further apart, what fits into a document differs, not only what is chosen"),
    "one outlet": Threshold(0.5, "an outlet that writes half of a side is most of what is found about it"),
    "copies": Threshold(0.2, "with more repeated documents a count of documents is a count of subscribers"),
    "speakers": Threshold(0.5, "a speaker who has half of a side is most of what is found about it"),
    "language": Threshold(
        alike.LIMITS["languages"], "words of different languages cannot be counted against each other"
    ),
}  # fmt: skip
"""dates, kinds, language: overlap of the two sides' shares, 0-1 (1: the same), at least; length: ratio of medians, at
most; one outlet, copies, speakers: share of a side's documents (one outlet: or of its words), below."""

PAIRS = {"side": pl.String, "other": pl.String, "aspect": pl.String, "comparable": pl.Boolean, "value": pl.Float64,
         "sentence": pl.String}  # fmt: skip


def pairs(
    tables: Mapping[str, pl.DataFrame], *, dated: Mapping[tuple[str, str], pl.DataFrame], speakers: bool
) -> pl.DataFrame:
    """One row per pair of sides and aspect, in the order of LIMITS (outlets among them): side, other, aspect,
    comparable (null: cannot be told), value (what was held against the limit), sentence.

    `tables`: sides, table, kinds, languages, voices and copies of a Portrait, and clusters (side, copy_cluster);
    `dated`: alike.in_periods of each pair; `speakers`: whether members are
    speakers of one venue."""
    rows = []
    for a, b in combinations(tables["sides"]["side"].to_list(), 2):
        side_rows = [tables["sides"].row(by_predicate=pl.col("side") == side, named=True) for side in (a, b)]
        made = {
            "dates": _dates(dated[a, b], side_rows),
            "kinds": _shares(tables["kinds"], a, b, "kind", "kinds"),
            "length": _length(side_rows),
            "outlets": _outlets(side_rows, speakers=speakers),
            "one outlet": _one_outlet(tables["table"], a, b, speakers=speakers),
            "copies": _copies(tables["copies"], tables["clusters"], a, b),
            "speakers": _speakers(tables["voices"], side_rows),
            "language": _shares(tables["languages"], a, b, "language", "language"),
        }
        rows += [(a, b, aspect, *found) for aspect, found in made.items() if found is not None]
    return pl.DataFrame(rows, schema=PAIRS, orient="row")


def verdicts(pairs: pl.DataFrame, sides: pl.DataFrame, absent: Mapping[str, list[str]]) -> tuple[Claim, ...]:
    """One claim per pair of sides, described or withheld, its reasons the sentences of each aspect, what stands
    against a comparison first; then one for each side that has no document (`absent`: side -> its outlets)."""
    counts = {row["side"]: row for row in sides.iter_rows(named=True)}
    asked = THRESHOLDS["documents_to_ask"].value
    made = []
    for (a, b), part in pairs.group_by("side", "other", maintain_order=True):
        a, b = str(a), str(b)
        topic = f"{side_name(a)} and {side_name(b)}"
        few = [side for side in (a, b) if counts[side]["n_documents"] < asked]
        if few:
            reasons = [
                f"{_first(side_name(s))}: {count(counts[s]['n_documents'], 'document')}, {asked:.0f} needed"
                for s in few
            ]
            sentence = f"A comparison of {topic} cannot be asked of this corpus."
            made.append(Claim(topic, "withheld", sentence, tuple(reasons), {}))
            continue
        bad, unknown, good = (part.filter(pl.col("comparable").eq_missing(held)) for held in (False, None, True))
        numbers = {row["aspect"]: row["value"] for row in part.iter_rows(named=True)}
        reasons = [*bad["sentence"], *unknown["sentence"], *good["sentence"]]
        sentence = _summed(f"{_whose(counts[a])} and {_whose(counts[b])}", good, bad, unknown)
        made.append(Claim(topic, "described", sentence, tuple(reasons), numbers))
    for side, outlets in absent.items():
        listed = ", ".join(outlets[:6]) + (f" and {len(outlets) - 6} more" if len(outlets) > 6 else "")
        sentence = f"Nothing of {side_name(side)} can be asked of this corpus."
        made.append(Claim(side_name(side), "withheld", sentence, (f"no document of {listed}",), {}))
    return tuple(made)


_CHANCE = "which so few documents can be by chance"


def _dates(periods: pl.DataFrame, rows: list[dict]) -> tuple:
    a, b = (row["side"] for row in rows)
    period = next(iter(periods["period"].drop_nulls()), "year")
    held, both = compared(periods, a, b, "start", limit=LIMITS["dates"].value)
    if both is None:
        known = dict(periods.drop_nulls("start").group_by("side").agg(pl.col("n_documents").sum()).rows())
        few = " and ".join(
            f"{per_cent(known.get(row['side'], 0) / row['n_documents'])} of {side_name(row['side'])}" for row in rows
        )
        return None, None, f"Dates: known for {few} only."
    gaps = []
    for side in (a, b):
        missing = periods.filter((pl.col("side") == side) & pl.col("missing"))["start"].to_list()
        if missing:
            named = [when(day, period) for day in missing[:4]] + (
                [f"{len(missing) - 4} more"] if len(missing) > 4 else []
            )
            gaps.append(f"no document of {side_name(side)} in {_and(named)}")
    rest = f"; {'; '.join(gaps)}" if gaps else ""
    if held:
        return True, both, f"Dates: alike to {per_cent(both)}, {period} by {period}{rest}."
    if held is None:
        return None, both, f"Dates: alike to {per_cent(both)}, {period} by {period}, {_CHANCE}{rest}."
    advice = (
        f": compare within a {period}, or narrow the study’s dates"
        if both > 0
        else f": no {period} has documents of both"
    )
    return False, both, f"Dates: alike to {per_cent(both)} only, {period} by {period}{advice}{rest}."


def _shares(table: pl.DataFrame, a: str, b: str, by: str, aspect: str) -> tuple:
    """Kinds or languages: how alike the two sides' shares are, and the largest of each."""
    name, told = _first(aspect), []
    families = table.with_columns(family().alias("kind")) if by == "kind" else table
    held, both = compared(families, a, b, by, limit=LIMITS[aspect].value)
    for side in (a, b):
        of_side = table.filter(pl.col("side") == side)
        known = of_side.drop_nulls(by)
        if int(known["n_documents"].sum()) < max(KNOWN * int(of_side["n_documents"].sum()), 1):
            return None, None, f"{name}: not known for most of {side_name(side)}."
        top = known.sort("n_documents", by, descending=[True, False]).row(0, named=True)
        told.append((side_name(side), top[by], per_cent(top["n_documents"] / known["n_documents"].sum())))
    largest = "; most often " + " and ".join(f"‘{value}’ for {side} ({share})" for side, value, share in told)
    assert both is not None
    if {share for _, _, share in told} == {"100 %"} and told[0][1] == told[1][1]:
        return True, both, f"{name}: all ‘{told[0][1]}’."
    if held:
        return True, both, f"{name}: alike to {per_cent(both)}{_taken_as_one(table, a, b, by)}{largest}."
    if held is None:
        return None, both, f"{name}: alike to {per_cent(both)}, {_CHANCE}{largest}."
    why = "a difference may be one of kind" if by == "kind" else "words cannot be counted against each other"
    much = f"alike to {per_cent(both)} only" if both else "nothing in common"
    return False, both, f"{name}: {much}{largest}: {why}."


def _taken_as_one(table: pl.DataFrame, a: str, b: str, by: str) -> str:
    """Which kinds of these documents were taken for one, in words."""
    if by != "kind":
        return ""
    named = (
        table.filter(pl.col("side").is_in([a, b]))
        .drop_nulls(by)
        .select("kind", family=family())
        .unique()
        .sort("family", "kind")
    )
    groups = [part["kind"].to_list() for _, part in named.group_by("family", maintain_order=True) if len(part) > 1]
    told = " and ".join(_and(group) for group in groups)
    return f" ({told} counted as one)" if len(groups) == 1 else f" ({told} each counted as one)" if groups else ""


def _length(rows: list[dict]) -> tuple:
    a, b = (row["median"] for row in rows)
    ratio = max(a, b) / min(a, b) if min(a, b) else math.inf
    medians = " and ".join(f"{row['median']:,.0f} for {side_name(row['side'])}" for row in rows)
    if ratio <= LIMITS["length"].value:
        return True, ratio, f"Length: median words of a document are {medians}."
    return False, ratio, f"Length: median words of a document are {medians}, {ratio:.1f} times as many."


def _outlets(rows: list[dict], *, speakers: bool) -> tuple:
    noun = "speaker" if speakers else "outlet"
    a, b = (row["n_counted"] for row in rows)
    if min(a, b) < THRESHOLDS["outlets_to_suggest"].value:
        few = [row for row in rows if row["n_counted"] < THRESHOLDS["outlets_to_suggest"].value]
        said = " and ".join(f"{row['n_counted']} of {side_name(row['side'])}" for row in few)
        enough = "" if speakers else " with enough documents"
        why = f"nothing tells the {noun} from its side"
        return False, float(min(a, b)), f"{_first(noun)}s: only {said}{enough}: {why}."
    smallest = (2 if a == b else 1) / math.comb(a + b, a)
    reach = f"p = {smallest:.3f}" if smallest >= 0.001 else "p under .001"
    claim = "" if smallest <= THRESHOLDS["p_to_claim"].value else ", which is no claim about sides"
    told = " and ".join(f"{row['n_counted']} of {side_name(row['side'])}" for row in rows)
    least = "" if speakers else f" with at least {FEWEST_DOCUMENTS} documents of their own"
    return True, float(min(a, b)), f"{_first(noun)}s: {told}{least}; permuting them can reach {reach}{claim}."


def _one_outlet(table: pl.DataFrame, a: str, b: str, *, speakers: bool) -> tuple | None:
    """The outlet that carries most of its side, by documents or by words."""
    if speakers:
        return None
    largest = []
    for side in (a, b):
        part = table.filter(pl.col("side") == side)
        of_words = part["n_words"] / max(part["n_words"].sum(), 1)
        ranked = part.with_columns(most=pl.max_horizontal("share", of_words)).sort(
            "most", "member", descending=[True, False]
        )
        largest.append(ranked.row(0, named=True))
    worst = max(row["most"] for row in largest)
    over = [row for row in largest if row["most"] >= LIMITS["one outlet"].value]
    told = " and ".join(
        f"{row['member']} carries {per_cent(row['share'])} of the documents of {side_name(row['side'])}"
        + (f" ({per_cent(row['most'])} of their words)" if row["most"] > row["share"] + 0.005 else "")
        for row in over or largest
    )
    if over:
        counted = table.filter("counted").group_by("side").len()
        alone = any(n < 2 for n in counted.filter(pl.col("side").is_in([row["side"] for row in over]))["len"])
        tail = ": no other of its side counts" if alone else "; means over outlets keep it from deciding alone"
        return False, worst, f"One outlet: {told}{tail}."
    return True, worst, f"One outlet: none carries half of a side; {told}."


def _copies(table: pl.DataFrame, clusters: pl.DataFrame, a: str, b: str) -> tuple:
    rows = [table.row(by_predicate=pl.col("side") == side, named=True) for side in (a, b)]
    worst = max(row["share"] for row in rows)
    first, second = (set(clusters.filter(pl.col("side") == side)["copy_cluster"].drop_nulls()) for side in (a, b))
    spans = len(first & second)
    shares = " and ".join(f"{per_cent(row['share'])} of {side_name(row['side'])}" for row in rows)
    also = f"; {count(spans, 'text')} {'stands' if spans == 1 else 'stand'} on both sides" if spans else ""
    if worst < LIMITS["copies"].value:
        return True, worst, f"Copies: {shares} repeat an earlier document{also}."
    return False, worst, f"Copies: {shares} repeat an earlier document{also}; count copies once."


def _speakers(voices: pl.DataFrame, rows: list[dict]) -> tuple | None:
    """None where no document of either side is somebody's speech."""
    found = {row["side"]: row for row in voices.iter_rows(named=True)}
    told, worst, spoken = [], 0.0, []
    for row in rows:
        voice = found.get(row["side"])
        spoken.append(voice["n_documents"] / row["n_documents"] if voice else 0.0)
        if voice:
            most = voice["n_most"] / row["n_documents"]
            worst = max(worst, most)
            if most >= LIMITS["speakers"].value:
                told.append(f"{voice['speaker']} speaks in {per_cent(most)} of {side_name(row['side'])}")
    if not any(spoken):
        return None
    if min(spoken) < KNOWN <= max(spoken):
        speech, other = (side_name(row["side"]) for row in rows)
        if spoken[1] > spoken[0]:
            speech, other = other, speech
        told.insert(0, f"{speech} are speeches, {other} are not")
    if told:
        return False, worst, f"Speakers: {'; '.join(told)}."
    return True, worst, f"Speakers: none has more than {per_cent(worst)} of a side."


def _summed(topic: str, good: pl.DataFrame, bad: pl.DataFrame, unknown: pl.DataFrame) -> str:
    name = {"one outlet": "balance of outlets", "outlets": "number of outlets"}
    on, not_on, untold = ([name.get(a, a) for a in part["aspect"]] for part in (good, bad, unknown))
    parts = [f"comparable on {_and(on)}"] if on else ["comparable on nothing looked at"]
    parts += [f"not on {_and(not_on)}"] if not_on else []
    parts += [f"{_and(untold)} cannot be told"] if untold else []
    return f"{_first(topic)}: {'; '.join(parts)}."


def _whose(row: dict) -> str:
    return f"{side_name(row['side'])} ({count(row['n_documents'], 'document')})"


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
