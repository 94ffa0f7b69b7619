"""How far themes hang on chance, and what they leave out: benchmarks/themes.json.

    python benchmarks/themes.py [STUDY.yml]

For the studies teaching and world-2017 and, where given, for a user's study: AMI of the themes over three seeds, over
all passages (no theme being a label of its own) and over those that belong to a theme under both seeds; AMI of two
single k-means runs, for comparison; the share without a theme; for teaching also the share of the planted junk that
is in no theme or no passage. Also writes 20 passages of each theme, drawn at random, to reading-NAME.jsonl, which
is not committed: benchmarks/reading.md has their ids and verdicts.
"""

import json
import sys
import time
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score

from helpers.analyse.copies import copies
from helpers.analyse.themes import Themes, how_many, themes
from helpers.corpora import load
from helpers.encode import encode
from helpers.paths import data_folder
from helpers.prepare import prepare
from helpers.study import open_study

HERE = Path(__file__).parent
SEEDS = (7, 8, 9)


def of_study(name: str) -> pl.DataFrame:
    study = open_study(name)
    documents = copies(load(study).table).table
    return encode(prepare(documents, words=study.words), encoder=study.encoder)


def ami(a: Themes, b: Themes) -> tuple[float, float]:
    """Over all passages, no theme being a label; over those with a theme under both."""
    x, y = (t.passages.sort("id")["theme"].fill_null(0).to_numpy() for t in (a, b))
    both = (x > 0) & (y > 0)
    return adjusted_mutual_info_score(x, y), adjusted_mutual_info_score(x[both], y[both])


def single_runs(passages: pl.DataFrame, k: int) -> float:
    vectors = passages["embedding"].to_numpy()
    runs = [KMeans(k, n_init=1, random_state=seed).fit_predict(vectors) for seed in SEEDS[:2]]
    return adjusted_mutual_info_score(*runs)


def junk(found: Themes) -> dict[str, float]:
    gold = pl.read_csv(data_folder() / "teaching" / "gold.csv").filter(pl.col("junk").is_not_null())
    placed = found.passages.drop_nulls("theme").select("document_id", "start", "end")
    inside = gold.join(placed, on="document_id", suffix="_p").filter(
        (pl.col("start") < pl.col("end_p")) & (pl.col("end") > pl.col("start_p"))
    )
    kept = inside.select("document_id", "paragraph").unique().height
    return {"planted": gold.height, "in_no_theme": gold.height - kept, "share": round(1 - kept / gold.height, 3)}


def drawn(found: Themes) -> pl.DataFrame:
    """20 passages of each theme, at random: theme, words, id, text."""
    rows = found.passages.drop_nulls("theme").sort("id").with_columns(_r=pl.int_range(pl.len()).shuffle(seed=1))
    rows = rows.sort("theme", "_r").group_by("theme", maintain_order=True).head(20)
    return rows.join(found.table.select("theme", "words"), on="theme").select("theme", "words", "id", "text")


def measured(name: str, passages: pl.DataFrame) -> dict:
    started = time.process_time()
    found = [themes.__wrapped__(passages, seed=SEEDS[0])]
    drawn(found[0]).write_ndjson(HERE / f"reading-{name}.jsonl")
    found += [themes.__wrapped__(passages, seed=seed) for seed in SEEDS[1:]]
    seconds = (time.process_time() - started) / len(SEEDS)
    pairs = [ami(a, b) for a, b in combinations(found, 2)]
    made = {
        "passages": len(passages),
        "themes": how_many(len(passages)),
        "ami_over_seeds": [round(a, 3) for a, _ in pairs],
        "ami_over_seeds_with_theme": [round(b, 3) for _, b in pairs],
        "ami_of_two_single_kmeans_runs": round(single_runs(passages, how_many(len(passages))), 3),
        "agreement_of_halves": [round(f.agreement, 3) for f in found],
        "without_theme": [round(f.unassigned, 3) for f in found],
        "processor_seconds": round(seconds, 1),
    }
    if name == "teaching":
        made["junk"] = [junk(f) for f in found]
    return made


def main() -> None:
    result: dict = {}
    for study in ("teaching", "world-2017", *sys.argv[1:2]):
        name = Path(study).stem
        result[name] = measured(name, of_study(study))
        print(name, json.dumps(result[name], indent=1), flush=True)
    result["seeds"], result["numpy"] = list(SEEDS), np.__version__
    (HERE / "themes.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
