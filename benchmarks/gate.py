"""How often the claim gate says something of sides that do not differ, and how often it sees a difference.

    python benchmarks/gate.py

writes benchmarks/gate.json. Corpora of passages in documents in outlets on two sides that are compared on twelve values
at once (they are independent: worse than frames, which go together). In the null, outlets differ among themselves and
sides do not; planted is a difference in one of the values, in standard deviations of documents. Of each corpus: whether
any value is suggested or claimed, beside what would be said without the gate (any 95 % interval of documents away from
zero; any p of exchanged outlets under .05, not adjusted), and whether the planted value is among what is said.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from helpers.analyse.claims import Gate, judge  # noqa: E402
from nested import DOCUMENT_SD, PASSAGE_SD, contrast, nested  # noqa: E402

CORPORA, PASSAGES = 400, 4
SETTINGS = [(2, 30, 0.2), (3, 25, 0.0), (3, 25, 0.2), (4, 25, 0.0), (4, 25, 0.2), (4, 25, 0.4), (6, 25, 0.2)]
"""Outlets a side, documents an outlet, standard deviation of outlets' means in that of document means."""
VALUES, ALONE = 12, [(3, 25, 0.2), (3, 25, 0.4), (4, 25, 0.2)]
"""Values that are compared; and settings in which one is compared alone."""
PLANTED = (0.5, 1.0, 1.5)


Setting = tuple[int, int, float]


def corpus(given: Setting, *, values: int, planted: float, seed: int) -> list[tuple]:
    """(grade, interval away from zero, p) of each value; the first is the planted one."""
    outlets, documents, between = given
    drawn = nested(np.random.default_rng([outlets, documents, int(100 * between), seed]), values, outlets=outlets,
                   documents=documents, passages=PASSAGES, between=between)  # fmt: skip
    drawn.values[0, :outlets] += planted * np.sqrt(DOCUMENT_SD**2 + PASSAGE_SD**2 / PASSAGES)
    table = contrast(drawn, seed=seed, replicates=1000)
    return [
        (judge(row, gate=Gate(needs=False))[0], not row["low"] <= 0 <= row["high"], row["p"])
        for row in table.iter_rows(named=True)
    ]


def setting(given: Setting, *, values: int = VALUES, planted: float = 0.0) -> dict:
    """The shares of corpora, with their Monte Carlo errors."""
    made = [corpus(given, values=values, planted=planted, seed=seed) for seed in range(CORPORA)]
    of_null = [held[1:] if planted else held for held in made]
    said = ("suggested", "claimed")

    def share(held: list[bool]) -> dict:
        p = float(np.mean(held))
        return {"share": round(p, 4), "error": round(float(np.sqrt(p * (1 - p) / len(held))), 4)}

    counts = {
        "any_interval": share([any(away for _, away, _ in held) for held in of_null]),
        "any_p": share([any(p <= 0.05 for _, _, p in held) for held in of_null]),
        "any_suggested": share([any(grade in said for grade, *_ in held) for held in of_null]),
        "any_claimed": share([any(grade == "claimed" for grade, *_ in held) for held in of_null]),
        "suggested_of_values": share([grade in said for held in of_null for grade, *_ in held]),
    }
    if planted:
        counts |= {
            "planted_suggested": share([held[0][0] in said for held in made]),
            "planted_claimed": share([held[0][0] == "claimed" for held in made]),
        }
    names = ("outlets_a_side", "documents_an_outlet", "outlets_sd")
    return dict(zip(names, given, strict=True)) | {"values": values, "planted": planted} | counts


def main() -> None:
    """Runs all settings and writes gate.json."""
    start, rows = time.perf_counter(), []
    for given in SETTINGS:
        for planted in (0.0, *(PLANTED if given[2] == 0.2 else ())):
            rows.append(setting(given, planted=planted))
            print(json.dumps(rows[-1]), flush=True)
    rows += [setting(given, values=1) for given in ALONE]
    figures = {"corpora": CORPORA, "passages_a_document": PASSAGES, "settings": rows}
    print(round(time.perf_counter() - start), "s")
    (HERE / "gate.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
