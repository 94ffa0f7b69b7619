"""Corpora whose difference is known to survive every choice, or to be made by one of them.

A text is made of words of three kinds: those of a frame, those of nothing, and those of another subject. Long documents
are as many as short ones, and there are more passages in them: where these carry the frame otherwise than the short
ones, it matters what counts equally.
"""

import numpy as np
import polars as pl

from helpers.codebook import Codebook, Frame
from helpers.tables import as_documents

FRAMED = ["order", "pole", "power", "balance", "centre", "equal", "turn", "share", "voice", "seat"]
PLAIN = [
    "harbour",
    "bread",
    "chair",
    "meadow",
    "window",
    "market",
    "bottle",
    "garden",
    "winter",
    "street",
    "pencil",
    "carpet",
]
OTHER = ["rain", "snow", "cloud", "storm", "wind", "frost", "mist", "hail", "thaw", "drizzle"]
OUTLETS, DOCUMENTS, LONG = 3, 12, 4


def sentence(rng: np.random.Generator, words: list[str], share: float) -> str:
    """Sixteen words, each of `words` with that probability."""
    drawn = np.where(rng.random(16) < share, rng.choice(words, 16), rng.choice(PLAIN, 16))
    return " ".join(drawn).capitalize() + "."


def corpus(rng: np.random.Generator, *, short: tuple[float, float], long: tuple[float, float]) -> pl.DataFrame:
    """Documents of sides a and b, three outlets each. `short`, `long`: the share of the frame's words in the short and
    the long documents of a and of b."""
    rows = []
    for s, side in enumerate("ab"):
        for outlet in range(OUTLETS):
            for d in range(DOCUMENTS):
                share, n = (short[s], 1) if d % 2 else (long[s], LONG)
                share = float(np.clip(share + rng.normal(0, 0.05), 0, 1))
                text = "\n".join(" ".join(sentence(rng, FRAMED, share) for _ in range(5)) for _ in range(n))
                rows.append({"id": f"{side}{outlet}{d:02}", "side": side, "outlet": f"{side.upper()}{outlet}",
                             "text": text, "language": "en", "source": "drawn", "constructed": True,
                             "copy_cluster": None, "copy_rank": None})  # fmt: skip
    return as_documents(pl.DataFrame(rows, infer_schema_length=None))


def codebook() -> Codebook:
    """One frame of six examples, one control frame of the other subject."""
    rng = np.random.default_rng(1)
    made = {}
    for name, words, control in (("order", FRAMED, False), ("weather", OTHER, True)):
        examples = tuple(" ".join(rng.permutation(words)[:7]) for _ in range(6))
        made[name] = Frame(name, name.capitalize(), "d", (), (), examples, (), control=control)
    return Codebook("c", "c.yml", made, {})


SURVIVES = {"short": (0.5, 0.2), "long": (0.5, 0.2)}
TURNS = {"short": (0.7, 0.1), "long": (0.1, 0.4)}
"""Documents counted equally: a .40, b .25. Passages: a (.7 + 4 * .1) / 5 = .22, b (.1 + 4 * .4) / 5 = .34."""
