"""Documents are cut into passages: sentences kept whole, voices told apart, offsets exact."""

from helpers.prepare.passages import prepare

__all__ = ["prepare"]
