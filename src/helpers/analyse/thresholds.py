"""The numbers on which the claim gate turns, each with its reason: one table, for every analysis."""

from dataclasses import dataclass

from helpers.analyse import alike, null_floor


@dataclass(frozen=True)
class Threshold:
    """One number of the gate and why it is what it is."""

    value: float
    reason: str


THRESHOLDS: dict[str, Threshold] = {
    "documents_to_ask": Threshold(
        10, "with fewer documents on a side one odd document moves the mean by a tenth or more"
    ),
    "documents_to_claim": Threshold(30, "below that the document-level interval of a skewed score covers too little"),
    "outlets_to_suggest": Threshold(2, "with one outlet nothing tells the outlet from its side"),
    "kept_to_suggest": Threshold(
        0.5,
        "an outlet whose omission takes more than half of a difference is what the difference is about: in the "
        "teaching corpus planted differences keep nine tenths, one outlet's habit under a tenth",
    ),
    "null_percentile": Threshold(
        null_floor.PERCENTILE,
        "a difference inside what 95 of 100 differences by chance stay under is no sign of sides; suggested needs "
        "more, and more than the largest of all that the two sides are compared on would reach by chance",
    ),
    "outlets_to_split": Threshold(
        null_floor.SPLIT_FROM,
        "chance is taken from splits of whole outlets where a side has so many; two have one split only, and where "
        "neither side has more, nothing beyond described is said: what outlets of one side differ by is not known",
    ),
    "power": Threshold(
        null_floor.POWER,
        "what is found four times in five can be missed; what is found less often cannot be looked for",
    ),
    "dates_alike": Threshold(
        alike.LIMITS["dates"],
        "below that more than a third of a side's documents are of times that the other lacks, and no more than "
        "described is said: other documents of these sides would be of other times",
    ),
    "languages_alike": Threshold(
        alike.LIMITS["languages"], "what is counted or measured differs between languages, and no more is described"
    ),
    "kinds_alike": Threshold(
        alike.LIMITS["kinds"],
        "below that nothing is claimed: a difference may be one of kind. It may be suggested, since what a side "
        "writes is often of a kind of its own (resolutions), which other documents of it would be as well",
    ),
    "p_to_claim": Threshold(
        0.05,
        "permutation of whole outlets, the only p that speaks of sides, adjusted for all that the two sides are "
        "compared on; three against three cannot go below .10",
    ),
}
