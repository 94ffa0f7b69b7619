"""How long a changed codebook takes beside the first run, and how much memory both take, on the teaching corpus.

    python benchmarks/codebook.py

writes benchmarks/codebook.json. The first run begins with an empty cache: it encodes every passage and statement, and
scores the frames. Then one example of one frame is changed, as a user would, and the same is run again.
"""

import json
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Both runs, then the file."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_CACHE"] = folder
        made = measured()
    (HERE / "codebook.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


def measured() -> dict:
    """Seconds of both runs in one process, their ratio, and the memory at the highest."""
    import psutil

    from helpers.analyse.copies import copies
    from helpers.analyse.frames import frames
    from helpers.codebook import open_codebook
    from helpers.corpora import load
    from helpers.encode import encode
    from helpers.prepare import prepare
    from helpers.study import open_study

    study = open_study("teaching")
    codebook = open_codebook(study.codebook, near=study.path)

    def run(book) -> tuple[float, int]:
        began = time.perf_counter()
        passages = encode(prepare(copies(load(study).table).table, words=study.words), progress=False)
        frames(passages, book, voice=study.voice, copies=study.copies, seed=study.seed)
        return time.perf_counter() - began, passages.height

    first, n = run(codebook)
    name, frame = next(iter(codebook.frames.items()))
    changed = replace(frame, examples=(*frame.examples[:-1], "Each nation shall settle its affairs for itself alone."))
    again, _ = run(replace(codebook, frames={**codebook.frames, name: changed}))
    memory = psutil.Process().memory_info()
    peak = getattr(memory, "peak_wset", None) or _peak()
    return {"passages": n, "first_seconds": round(first, 1), "changed_seconds": round(again, 1),
            "ratio": round(first / again, 1), "peak_gb": round(peak / 1e9, 2)}  # fmt: skip


def _peak() -> int:
    import resource
    import sys

    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else 1024 * size


if __name__ == "__main__":
    main()
