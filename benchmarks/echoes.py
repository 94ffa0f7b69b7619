"""Whether the nulls and tests of echoes keep what they promise, on corpora drawn as they come (tests/echoed.py), and
what is found and missed in the teaching corpus, whose borrowings are known.

    python benchmarks/echoes.py [--runs 500]

Writes echoes.json:

    excess       nobody echoes anybody: share of runs whose p of excess is at most .05, .1, .5 (it should be that), and
                 share of runs in which anything is called an echo; the same where everybody reports the same events
    planted      20 echoes planted, in meaning or word for word, with and without events: mean share of pairs of
                 documents found that are false (promised: at most a third), mean share of the planted found
    direction    two outlets tell of the same stories within days, and neither leads: share of runs with p <= .05 by
                 turning time round, story by story, and by shuffling dates, as is often done; and where one leads
    precursors   nobody follows the source, and links are chosen on the same dates: share of runs with p <= .05
    teaching     recall and precision of the five planted borrowings by lag and by the false share asked
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import polars as pl

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests"))

from echoed import drawn  # noqa: E402
from helpers.analyse import echo_tests  # noqa: E402
from helpers.analyse.copies import copies  # noqa: E402
from helpers.analyse.echo_rows import Rows  # noqa: E402
from helpers.analyse.echoes import Echoes, echoes  # noqa: E402
from helpers.analyse.precursors import precursors  # noqa: E402
from helpers.analyse.themes import themes  # noqa: E402
from helpers.corpora import load  # noqa: E402
from helpers.encode import encode  # noqa: E402
from helpers.prepare import prepare  # noqa: E402
from helpers.study import open_study  # noqa: E402

# Stories and documents of two outlets in the simulation of direction, and the days they are spread over.
STORIES, FILLER, SPAN = 12, 60, 400


def search(frame: pl.DataFrame, **settings: object) -> Echoes:
    """echoes() without the cache."""
    return echoes.__wrapped__(frame, **{"lag": 7, "shuffles": 99, **settings})  # type: ignore[attr-defined]


def levels(p: np.ndarray) -> dict:
    return {f"p_at_most_{level}": round(float((p <= level).mean()), 4) for level in (0.05, 0.1, 0.5)}


def excess(runs: int) -> dict:
    made = {}
    for name, events in (("no echo", 0), ("no echo, the same events", 12)):
        found = [search(drawn(seed, documents=40, events=events).passages) for seed in range(runs)]
        p = np.array([one.kinds["p"][2] for one in found])
        n = np.array([one.pairs.height for one in found])
        made[name] = {"runs": runs, "any_found": round(float((n > 0).mean()), 4), **levels(p),
                      "pairs_found_where_any": round(float(n[n > 0].mean()), 1) if n.any() else 0}  # fmt: skip
    made["no echo, the same events"]["note"] = "p is of closeness in time, which events bring about: it should be small"
    return made


def planted(runs: int) -> dict:
    made = {}
    for verbatim in (False, True):
        for events in (0, 12):
            false, recall = [], []
            for seed in range(runs):
                corpus = drawn(seed, planted=20, events=events, verbatim=verbatim)
                wanted = {(a[:5], b[:5]) for a, b in corpus.planted}
                pairs = search(corpus.passages).pairs.select("source_document", "follower_document").unique().rows()
                recall.append(len(wanted & set(pairs)) / len(wanted))
                if pairs:
                    false.append(len(set(pairs) - wanted) / len(pairs))
            name = f"{'same words' if verbatim else 'same meaning'}{', the same events' if events else ''}"
            made[name] = {"runs": runs, "false_share": round(float(np.mean(false)), 4),
                          "false_share_95th": round(float(np.quantile(false, 0.95)), 4),
                          "recall": round(float(np.mean(recall)), 4)}  # fmt: skip
    return made


def direction(runs: int) -> dict:
    made = {}
    for name, ahead in (("neither leads", 0), ("the first leads by two days", 2)):
        turned, shuffled = [], []
        for seed in range(runs):
            rng = np.random.default_rng(seed)
            n = 2 * (STORIES + FILLER)
            member = np.arange(n) % 2
            day = rng.integers(SPAN, size=n)
            when = rng.integers(SPAN, size=STORIES)
            one, other = np.arange(0, 2 * STORIES, 2), np.arange(1, 2 * STORIES, 2)
            day[one], day[other] = when + rng.integers(-3, 4, STORIES), when + rng.integers(-3, 4, STORIES) + ahead
            documents = pl.DataFrame({"theme": [0] * n, "date_precision": ["day"] * n})
            rows = Rows(pl.DataFrame(), np.zeros((0, 0)), np.zeros(0), np.zeros(0), documents, member, day, day)
            ways = np.sign(day[other] - day[one]).astype(float)
            turned.append(echo_tests.lead(ways, np.arange(STORIES), seed=seed)[0])
            dealt = echo_tests.shuffled(echo_tests.strata(rows), 199, seed=seed)
            chance = echo_tests.by_chance(rows, (one, other), member, 7, dealt)
            difference = np.abs(chance[:, 0, 1] - chance[:, 1, 0])
            shuffled.append(((difference >= abs(ways.sum())).sum() + 1) / 200)
        made[name] = {"runs": runs, "by_stories": round(float((np.array(turned) <= 0.05).mean()), 4),
                      "by_shuffled_dates": round(float((np.array(shuffled) <= 0.05).mean()), 4)}  # fmt: skip
    return made


def placebo(runs: int) -> dict:
    p = []
    for seed in range(runs):
        corpus = drawn(seed, documents=40).passages
        # So loose a promise brings links where there are none to be had: what they show is the choice of the threshold.
        made = precursors(corpus, search(corpus, false_share=0.95), source="a", shuffles=99)
        p.append(made.table["p"][0])
    value = np.array([one for one in p if one is not None and one < 1])
    return {"runs": runs, "with_links": len(value), **levels(value)}


def teaching() -> list[dict]:
    import yaml

    study = open_study("teaching")
    truth = yaml.safe_load((HERE.parent / "data" / "teaching" / "truth.yml").read_text(encoding="utf-8"))
    wanted = {(pair["source"].split("#")[0], pair["document"]) for pair in truth["traps"]["borrowing"]["pairs"]}
    documents = copies(load(study).table).table
    passages = encode(prepare(documents, words=study.words), encoder=study.encoder, progress=False)
    themed = themes(passages, count=study.themes.count, seed=study.seed).passages.select("id", "theme")
    passages = passages.join(themed, on="id", how="left", maintain_order="left")
    made = []
    for lag in (90, 365, 730):
        for share in (0.1, 0.25, 1 / 3, 0.5):
            found = search(passages, documents=documents, lag=lag, false_share=share)
            own = found.table.filter(kind="paraphrase")
            pairs = set(own.select("source_document", "follower_document").rows())
            made.append(
                {"lag": lag, "false_share_asked": round(share, 3), "paraphrases": len(pairs),
                 "borrowings_found": len(wanted & pairs), "of": len(wanted),
                 "precision": round(len(wanted & pairs) / len(pairs), 3) if pairs else None,
                 "same_words": found.table.filter(kind="verbatim").height}
            )  # fmt: skip
    return made


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=500)
    runs = asked.parse_args().runs
    figures = {"excess": excess(runs), "planted": planted(max(runs // 5, 1)), "direction": direction(2 * runs),
               "precursors": placebo(runs), "teaching": teaching()}  # fmt: skip
    (HERE / "echoes.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
