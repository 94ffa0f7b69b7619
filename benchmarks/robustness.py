"""What a grid of choices tells where it is known which difference survives and which a choice makes; what it costs.

    python benchmarks/robustness.py [planted] [cost]

writes benchmarks/robustness.json (the parts named; both without a name).

planted  40 simulated corpora a kind (tests/chosen.py): in how many all specifications have the sign of the planted
         difference, in how many the sign turns, which choice moves the estimate most, and whether the study's own
         interval alone would have told
cost     the grid of the study `teaching` (vectors at hand): specifications, seconds of one core, and how many a second
"""

import json
import os
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from chosen import SURVIVES, TURNS, codebook, corpus  # noqa: E402
from helpers.analyse.copies import copies  # noqa: E402
from helpers.analyse.robust_claims import limits  # noqa: E402
from helpers.analyse.robustness import Grid, robustness, usual  # noqa: E402
from helpers.codebook import open_codebook  # noqa: E402
from helpers.corpora import load  # noqa: E402
from helpers.encode import encode  # noqa: E402
from helpers.prepare import prepare  # noqa: E402
from helpers.seminar.masking import learn, masked  # noqa: E402
from helpers.study import open_study  # noqa: E402
from reproduced import Words  # noqa: E402

CORPORA = 40


def planted() -> dict:
    """Both kinds of corpora."""
    grid = Grid(encoder=(Words(),), voice=("outlet",), copies=("one",))
    made = {}
    for name, plan in (("survives", SURVIVES), ("turns", TURNS)):
        kept, turned, own, moved = 0, 0, 0, {}
        for seed in range(CORPORA):
            found = robustness(
                corpus(np.random.default_rng(seed), **plan), codebook(), frame="order", sides=("a", "b"), grid=grid
            )
            kept += found.share("same") == 1
            turned += bool(limits(found))
            own += bool(found.table["away"][0])
            first = found.choices["choice"][0]
            moved[first] = moved.get(first, 0) + 1
        made[name] = {"corpora": CORPORA, "all_same_sign": kept, "sign_turns": turned, "own_interval_away": own,
                      "specifications": len(found.table), "moves_most": moved}  # fmt: skip
    return made


def cost() -> dict:
    """The grid of the study `teaching`, its vectors being in the cache."""
    study = open_study("teaching")
    documents = copies(load(study, progress=False).table).table
    passages = encode(prepare(documents, words=study.words), encoder=study.encoder)
    book = open_codebook(study.codebook, near=study.path)
    grid = usual(study, mask=partial(masked, mask=learn(passages)))
    asked = {"frame": "sovereignty", "sides": ("state_media", "western")}
    robustness(documents, book, grid=replace(grid, voice=grid.voice[:1], copies=grid.copies[:1]), **asked)
    wall, core = time.perf_counter(), time.process_time()
    found = robustness(documents, book, grid=grid, **asked)
    seconds = time.process_time() - core
    return {"passages": len(passages), "documents": len(documents), "specifications": len(found.table),
            "core_seconds": round(seconds, 1), "wall_seconds": round(time.perf_counter() - wall, 1),
            "per_core_second": round(len(found.table) / seconds, 1), "cores": os.cpu_count(),
            "load_average": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None}  # fmt: skip


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["planted", "cost"]
    path = HERE / "robustness.json"
    figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if "cost" in wanted:
        figures["cost"] = cost()
    if "planted" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["WORKBENCH_CACHE"] = folder
            figures["planted"] = planted()
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
