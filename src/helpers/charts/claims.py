"""How claims show themselves: the strongest in words, the others counted with their reasons."""

from collections.abc import Sequence

from helpers.analyse.claims import Claim, is_open, rest


def tell(made: Sequence[Claim], *, topic: str, most: int = 6) -> None:
    """Shows the `most` strongest claims one below the other, then one line that counts the others.

    What may be nothing is told in that line, unless there is nothing stronger to tell. `topic` is a plural noun:
    "frames", "themes". Claims that are only counted stand in the figure's table. What is withheld as a whole, and is
    about no pair of sides, is told in its own words."""
    from IPython.display import display

    heard = [claim for claim in made if claim.grade != "withheld"]
    told = ([claim for claim in heard if not is_open(claim)] or heard[:1])[:most]
    whole = [claim for claim in made if claim.grade == "withheld" and "side" not in claim.numbers]
    others = [claim for claim in made if claim not in whole]
    for claim in [*told, *whole, rest(others, told, topic=topic)]:
        if claim is not None:
            display(claim)


def held(voice: str, copies: str) -> str:
    """What an analysis held fixed, for the end of a sentence."""
    voices = {"outlet": "the outlets' own voice", "quoted": "quoted voices only", "all": "all voices"}
    counted = {"one": "copies counted once", "all": "copies counted each", "original": "originals of copies only"}
    return f"{voices[voice]}, {counted[copies]}"
