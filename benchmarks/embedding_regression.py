"""What a debiased squared norm, its interval and its permutation are worth, on 1,000 simulated terms a setting.

    python benchmarks/embedding_regression.py

writes benchmarks/embedding_regression.json. Mean windows of documents in outlets on two sides, 60 dimensions of which
some vary much and most little, as those of sentence vectors do (effective rank 42; 60 in the windows of "governance" in
world-2017), and once more with few that vary (5). Outlets fixed: the mean of the estimate at no difference and at
planted ones, and how often intervals hold the truth: the workbench's; estimate +- t times the jackknife's standard
error; the percentiles of a bootstrap of documents, of the naive norm and of one that is debiased in each replicate (a
mean drawn from a mean holds chance twice). Outlets random: how often sides that do not differ are told apart by
exchanging whole outlets, by the documents' interval, and by the null floor. Cosine ratios: how often their intervals
hold 1 where two sides are alike, with debiased lengths and without. Then the same numbers by topica, where its design
allows (two groups, no outlets); and what width of window and mask do to the two shipped studies, where their texts are.
"""

import json
import time
from pathlib import Path

import numpy as np
from scipy.stats import t

from helpers.analyse import debiased
from helpers.analyse.debiased import fit, interval, null_floor, permute, squared_norm
from helpers.analyse.resampling import bootstrap_weights

HERE = Path(__file__).resolve().parent
RUNS = 1000
DIMENSIONS = np.arange(1, 61)
VARIANCES = 1 / DIMENSIONS**0.5
VARIANCES /= VARIANCES.sum()
STEEP = 1 / DIMENSIONS**1.5
STEEP /= STEEP.sum()
"""As of texts that differ in little but one thing: effective rank 5."""

FIXED = [([12], [12]), ([14], [139]), ([25, 25], [25, 25]), ([10, 30, 60], [12, 15])]
"""Documents of each outlet of one side and of the other."""
TRUTHS = (0.0, 0.02, 0.1, 0.4)
"""Squared distance of the sides; that of two documents of one outlet is 2."""
RANDOM = [(3, 15, 0.2), (4, 15, 0.2), (4, 15, 0.4), (5, 30, 0.2)]
"""Outlets a side, documents an outlet, standard deviation of outlets in that of documents."""
REPLICATES = 400


def drawn(rng: np.random.Generator, means: np.ndarray, cell: np.ndarray, of: np.ndarray = VARIANCES) -> np.ndarray:
    return means[cell] + rng.normal(size=(len(cell), len(of))) * np.sqrt(of)


def outlets(first: list[int], second: list[int]) -> tuple[np.ndarray, np.ndarray]:
    cell = np.repeat(np.arange(len(first) + len(second)), [*first, *second])
    contrast = np.repeat([1 / len(first), -1 / len(second)], [len(first), len(second)])
    return cell, contrast


def fixed(first: list[int], second: list[int], truth: float, of: np.ndarray) -> dict:
    rng = np.random.default_rng([sum(first), sum(second), round(1000 * truth)])
    cell, contrast = outlets(first, second)
    means = rng.normal(size=(len(contrast), 60)) * np.sqrt(of) * 0.2
    means[: len(first)] -= contrast @ means
    direction = rng.normal(size=60) * np.sqrt(of)
    means[: len(first)] += direction * np.sqrt(truth) / np.linalg.norm(direction)
    norms, held = [], {"interval": [], "jackknife": [], "bootstrap_naive": [], "bootstrap_debiased": []}
    for _ in range(RUNS):
        found = fit(drawn(rng, means, cell, of), cell)
        norm, naive = squared_norm(found, contrast)
        norms.append((norm, naive))
        jackknife, _ = debiased._variance(found, contrast)
        far = t.ppf(0.975, len(cell) - len(contrast)) * np.sqrt(jackknife)
        naive_draws = bootstrapped(found, contrast)
        limits = {
            "interval": interval(found, contrast), "jackknife": (norm - far, norm + far),
            "bootstrap_naive": np.quantile(naive_draws, [0.025, 0.975]),
            "bootstrap_debiased": np.quantile(naive_draws - 2 * (naive - norm), [0.025, 0.975]),
        }  # fmt: skip
        for name, (low, high) in limits.items():
            held[name].append(low <= truth <= high)
    got = np.array(norms)
    error = got.std(0) / np.sqrt(RUNS)
    return {
        "documents": [first, second], "effective_rank": round(float(1 / (of**2).sum()), 1), "truth": truth,
        "mean": round(got[:, 0].mean(), 4),
        "monte_carlo_error": round(error[0], 4), "mean_naive": round(got[:, 1].mean(), 4),
        "below_zero": share(got[:, 0] < 0), **{f"cover_{name}": share(of) for name, of in held.items()},
    }  # fmt: skip


def bootstrapped(found: debiased.Fit, contrast: np.ndarray) -> np.ndarray:
    """(REPLICATES,) naive squared norms of documents drawn anew within outlets."""
    total = np.zeros((REPLICATES, found.y.shape[1]))
    for k, weight in enumerate(contrast):
        rows = found.y[found.cell == k]
        total += weight * bootstrap_weights(len(rows), replicates=REPLICATES, seed=k) @ rows / len(rows)
    return (total**2).sum(1)


def random(n_outlets: int, documents: int, between: float) -> dict:
    rng = np.random.default_rng([n_outlets, documents, round(100 * between)])
    cell, contrast = outlets([documents] * n_outlets, [documents] * n_outlets)
    p, excluded, beyond = [], [], []
    for _ in range(RUNS):
        found = fit(drawn(rng, rng.normal(size=(2 * n_outlets, 60)) * np.sqrt(VARIANCES) * between, cell), cell)
        norm, naive = squared_norm(found, contrast)
        noise = (found.inverse**2) @ found.noise
        p.append(permute(found.means, noise, n_outlets)[0])
        excluded.append(interval(found, contrast)[0] > 0)
        beyond.append(norm > null_floor(found.means[:n_outlets], found.means[n_outlets:], naive - norm))
    smallest = permute(found.means, noise, n_outlets)[1]
    return {"outlets_a_side": n_outlets, "documents_an_outlet": documents, "outlets_sd": between,
            "p_at_most_.05": share(np.array(p) <= 0.05), "p_at_most_.20": share(np.array(p) <= 0.2),
            "p_smallest": round(smallest, 4), "documents_interval_excludes_0": share(excluded),
            "beyond_null_floor": share(beyond)}  # fmt: skip


def ratios(first: int, second: int) -> dict:
    """Cosine ratio of one word near two sides that are alike."""
    rng = np.random.default_rng([first, second])
    mean = np.full(60, 0.6 / np.sqrt(60))
    word = mean + rng.normal(size=60) * np.sqrt(VARIANCES) * 0.5
    word /= np.linalg.norm(word)
    cell, _ = outlets([first], [second])
    got, held, held_plain, plain = [], [], [], []
    for _ in range(RUNS):
        y = drawn(rng, np.stack([mean, mean]), cell)
        values, values_plain, draws, draws_plain = [], [], [], []
        for k in (0, 1):
            rows = y[cell == k]
            chance = rows.var(0, ddof=1).sum() / len(rows)
            made = bootstrap_weights(len(rows), replicates=REPLICATES, seed=k) @ rows / len(rows)
            own, lengths = rows.mean(0), (made**2).sum(1)
            values.append(own @ word / np.sqrt(max(own @ own - chance, 1e-9)))
            values_plain.append(own @ word / np.sqrt(own @ own))
            draws.append(made @ word / np.sqrt(np.maximum(lengths - 2 * chance, 1e-9)))
            draws_plain.append(made @ word / np.sqrt(lengths))
        got.append(values[0] / values[1])
        plain.append(values_plain[0] / values_plain[1])
        for kept, pair in ((held, draws), (held_plain, draws_plain)):
            low, high = np.quantile(pair[0] / pair[1], [0.025, 0.975])
            kept.append(low <= 1 <= high)
    return {"documents": [first, second], "median_ratio": round(float(np.median(got)), 3), "cover": share(held),
            "median_ratio_naive": round(float(np.median(plain)), 3), "cover_naive": share(held_plain)}  # fmt: skip


def beside_topica() -> list[dict]:
    """Each vector is given to topica as the vector of a word, and each text as that one word."""
    from topica import embedding_regression

    made = []
    for sizes in ((20, 20), (12, 60)):
        rng = np.random.default_rng(sum(sizes))
        cell = np.repeat([0, 1], sizes)
        y = drawn(rng, np.stack([np.zeros(60), rng.normal(size=60) * np.sqrt(VARIANCES) * 0.4]), cell)
        words = [f"w{k}" for k in range(len(y))]
        found = fit(y, cell)
        norm, naive = squared_norm(found, np.array([-1.0, 1.0]))
        low, high = interval(found, np.array([-1.0, 1.0]))
        row: dict = {"documents": list(sizes), "debiased": norm, "naive": naive, "low": low, "high": high}
        for statistic in ("squared", "squared_deflated"):
            theirs = embedding_regression(
                [[word] for word in words], cell.astype(float), (y, words), statistic=statistic, permutations=0
            )
            row[f"topica_{statistic}"] = float(theirs.normed_estimate[0])
            row[f"topica_{statistic}_interval"] = [float(v) for v in theirs.normed_ci[0]]
            row["largest_difference_of_coefficients"] = float(
                np.abs(theirs.coefficients[0] - (found.means[1] - found.means[0])).max()
            )
        made.append(row)
    return made


def on_texts() -> list[dict]:
    """What the width of the window and the mask do, on the shipped studies whose texts are there."""
    from helpers.analyse import windows as module
    from helpers.analyse.copies import copies
    from helpers.analyse.embedding_regression import regress
    from helpers.corpora import load
    from helpers.errors import InputError
    from helpers.prepare import prepare
    from helpers.study import open_study

    made = []
    for name, term, pattern in (("teaching", "law", r"law\w*"), ("world-2017", "governance", "governance"),
                                ("world-2017", "sovereignty", r"sovereign\w*")):  # fmt: skip
        study = open_study(name)
        try:
            passages = prepare(copies(load(study).table).table, words=study.words)
        except InputError:
            continue
        for words, mask in (*((n, module.MASK) for n in (6, 12, 20, 40)), (20, "something"), (20, "[MASK]"), (20, "")):
            kept, module.MASK = module.MASK, mask
            try:
                start = time.perf_counter()
                found = module.windows(passages, term, pattern, words=words, voice=study.voice)
                around = module.elsewhere(passages, found)
            finally:
                module.MASK = kept
            encoded = time.perf_counter() - start
            start = time.perf_counter()
            asked = regress(found, copies=study.copies)
            seconds = time.perf_counter() - start
            elsewhere = regress(around, copies=study.copies)
            for row, beside in zip(asked.table.to_dicts(), elsewhere.table.to_dicts(), strict=True):
                if row["asked"]:
                    numbers = {k: round(row[k], 4) for k in ("squared_norm", "low", "high", "naive", "relative")}
                    apart = beside["squared_norm"]
                    setting = {"study": name, "term": term, "words": words, "mask": mask}
                    pair = {
                        "side": row["side"],
                        "other": row["other"],
                        "n_texts": [row["n_texts"], row["other_n_texts"]],
                    }
                    spent = {"seconds_windows": round(encoded, 1), "seconds_regress": round(seconds, 2)}
                    control = {"elsewhere": None if apart is None else round(apart, 4)}
                    made.append(setting | pair | numbers | control | spent)
    return made


def share(of: object) -> float:
    return round(float(np.mean(np.asarray(of))), 3)


def main() -> None:
    start = time.perf_counter()
    told = {
        "runs": RUNS,
        "outlets_fixed": [fixed(*sizes, truth, of) for of in (VARIANCES, STEEP) for sizes in FIXED for truth in TRUTHS],
        "outlets_random": [random(*setting) for setting in RANDOM],
        "cosine_ratios": [ratios(*sizes) for sizes in ((14, 139), (30, 30), (15, 15))],
    }
    try:
        told["topica"] = beside_topica()
    except ImportError:
        told["topica"] = "not installed"
    told["texts"] = on_texts()
    told["seconds"] = round(time.perf_counter() - start)
    path = HERE / "embedding_regression.json"
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(path)


if __name__ == "__main__":
    main()
