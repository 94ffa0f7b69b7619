"""Small pieces of sentences: a number with its noun, a share in per cent, names in a row."""

from collections.abc import Iterable


def count(n: int, noun: str) -> str:
    """A number with its noun: "1 document", "1,204 documents"."""
    return f"{n:,} {noun}" + ("" if n == 1 else "s")


def per_cent(share: float) -> str:
    """A share (0-1) in whole per cent: "54 %"."""
    return f"{100 * share:.0f} %"


def listed(names: Iterable[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    given = list(names)
    return " and ".join(filter(None, [", ".join(given[:-1]), given[-1]]))
