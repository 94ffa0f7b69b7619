"""frames.md: what frames.json says, in words and tables.

python benchmarks/frames_page.py
"""

import json
from pathlib import Path

import polars as pl

HERE = Path(__file__).resolve().parent
METHODS = ("label", "keywords", "score", "head")


def main() -> None:
    figures = json.loads((HERE / "frames.json").read_text(encoding="utf-8"))
    (HERE / "frames.md").write_text(page(figures), encoding="utf-8")


def page(f: dict) -> str:
    """frames.md, every figure of it from frames.json."""
    ranked, whole, test = pl.DataFrame(f["ranking"]), f["planted_whole"], f["planted_test"]
    mean = ranked.group_by("method").agg(pl.col("auc", "f1").mean())
    macro = {m: {"auc": a, "f1": b} for m, a, b in mean.iter_rows()}
    worst = ranked.filter(method="score").sort("auc").head(2)["frame"].to_list()
    per_frame = [
        [name, str(part["n_positive"][0])]
        + [f"{part.filter(method=m)[kind][0]:.2f}" for kind in ("auc", "f1") for m in METHODS]
        for (name,), part in ranked.group_by("frame", maintain_order=True)
    ]
    per_frame.append(["**mean**", ""] + [f"**{macro[m][k]:.3f}**" for k in ("auc", "f1") for m in METHODS])
    best = max(f["choices"], key=lambda row: row["macro_auc"])
    chosen = [
        [f"{row['counter_weight']:g}", "yes" if row["background_out"] else "no", f"{row['macro_auc']:.3f}",
         f"{row['largest_control']:.2f}", str(row["found"]), str(row["false_alarms"])] for row in f["choices"]
    ]  # fmt: skip
    kinds = {"gold": "gold codes", "score": "scores, with the gate", "score_without_floor": "scores, no control floor",
             "head": "heads, mean probability", "head_yes": "heads, counted yeses"}  # fmt: skip
    counts = [
        [part, label, str(e["found"]), str(e["missed"]), str(e["wrong_sign"]), str(e["false_alarms"]),
         f"{e['mean_error_points']:.1f}" if "mean_error_points" in e else ""]
        for part, told in (("test half", test), ("whole", whole)) for key, label in kinds.items() for e in [told[key]]
    ]  # fmt: skip
    pairs = []
    for k, row in enumerate(whole["gold"]["verdicts"]):
        score, head = whole["score"]["verdicts"][k], whole["head"]["verdicts"][k]
        pairs.append(
            [row["frame"], f"{row['side']} - {row['other']}", str(row["points"]), f"{row['size']:.0f}",
             f"{score['size']:.2f}", score["grade"], f"{head['size']:.0f} ({head['low']:.0f} to {head['high']:.0f})",
             f"{head['p']:.2f}", "yes" if head["found"] else "no"]
        )  # fmt: skip
    civil = [
        [row["method"], row["other"], f"{row['naive']['difference']:.2f} (p = {row['naive']['p']:.0e})",
         f"{row['difference']:.2f}", f"{row['least_left']:.2f}", f"{row['p']:.2f}", row["grade"], row["flips"] or ""]
        for row in f["dominant_outlet"]
    ]  # fmt: skip
    kept = [row["least_left"] for row in whole["gold"]["verdicts"] if row["planted"]]
    fewest, most = f["documents_of_an_outlet"]
    said, copied = f["quotation"], f["wire_copy"]
    wire_rows = [
        [row["frame"], *(f"{row[k]:.0f}" for k in ("share_of_copied", "pooled", "each", "once"))]
        for row in copied["frames"] if row["share_of_copied"] > 10
    ]  # fmt: skip
    quoted = [
        [where, f"{100 * share:.0f}", f"{100 * said['share_in_quotations'][where]:.0f}"]
        for where, share in said["code_in_quotations"].items()
    ]
    alarms = [f"{v['frame']}, {v['side']} - {v['other']}" for v in whole["score"]["verdicts"]
              if v["found"] and not v["planted"]]  # fmt: skip
    few = ", ".join(f"{row['member']} ({row['n_documents']})" for row in copied["no_longer_counted"]) or "none"
    return (HERE / "frames_template.md").read_text(encoding="utf-8").format(
        n_train=f["passages"]["train"], n_test=f["passages"]["test"], macro=macro, worst=" and ".join(worst),
        frames=rows_of(["frame", "yes in test", *(f"{k} {m}" for k in ("AUC", "F1") for m in METHODS)], per_frame),
        best=f"{best['counter_weight']:g}, background {'out' if best['background_out'] else 'in'}",
        choices=rows_of(["weight", "background out", "macro AUC", "largest control", "found", "false alarms"], chosen),
        counts=rows_of(["documents", "method", "found of 10", "missed", "wrong sign", "false alarms of 11",
                        "mean error, points"], counts),
        floors=", ".join(f"{pair.replace('|', ' - ')} {floor:.2f}" for pair, floor in whole["score"]["floors"].items()),
        shrunk=whole["head"]["mean_size_of_planted"], full=whole["gold"]["mean_size_of_planted"],
        error=test["head"]["mean_error_points"], corrected=test["head_corrected"]["mean_error_points"],
        gold_error=test["gold"]["mean_error_points"],
        pairs=rows_of(["frame", "sides", "planted, points", "gold, points", "score, sd", "grade", "head, points", "p",
                       "found"], pairs),
        civil=rows_of(["method", "against", "pooled passages", "difference", "least left", "p of outlets", "grade",
                       "sign turns without"], civil),
        kept=min(kept), quoted=rows_of(["passages that quote: frame in side", "gold, %", "heads, %"], quoted),
        all_gold=said["code_all"]["mean_size_of_planted"], own_gold=said["code_outlet"]["mean_size_of_planted"],
        all_head=said["share_all"]["mean_size_of_planted"], own_head=said["share_outlet"]["mean_size_of_planted"],
        copied=copied, few=few,
        wire=rows_of(["frame", "% of copied passages", "pooled", "outlets alike, each copy", "copies once"], wire_rows),
        chosen=next(row for row in f["choices"] if row["counter_weight"] == 0.25 and row["background_out"]),
        fewest=fewest, most=most, bare=whole["score_without_floor"], gated=whole["score"],
        tested=test["score"], alarms=", ".join(alarms) or "none",
    )  # fmt: skip


def rows_of(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *rows]]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
