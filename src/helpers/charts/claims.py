"""How claims show themselves: the strongest in words, those withheld counted with their reasons."""

from collections.abc import Sequence

from helpers.analyse.claims import Claim, withheld


def tell(made: Sequence[Claim], *, topic: str, most: int = 6) -> None:
    """Shows the `most` strongest claims one below the other, then one line that counts those withheld.

    `topic` is a plural noun: "frames", "themes". Claims beyond `most` stand in the figure's table."""
    from IPython.display import display

    for claim in [claim for claim in made if claim.grade != "withheld"][:most]:
        display(claim)
    display(withheld(made, topic=topic))


def held(voice: str, copies: str) -> str:
    """What an analysis held fixed, for the end of a sentence."""
    voices = {"outlet": "the outlets' own voice", "quoted": "quoted voices only", "all": "all voices"}
    counted = {"one": "copies counted once", "all": "copies counted each", "original": "originals of copies only"}
    return f"{voices[voice]}, {counted[copies]}"
