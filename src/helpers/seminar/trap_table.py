"""The traps that were planted in the constructed corpus: what an analysis without care makes of each, and what the
workbench's own makes of it.

Both numbers are computed. Where a trap is about frames, what counts is what each paragraph was written to carry: so an
error is one of counting, not of reading. What the machine's scores make of the same stands beside it.
"""

from dataclasses import asdict, dataclass

import numpy as np
import polars as pl
import yaml

from helpers.analyse.claims import Gate, judge
from helpers.analyse.context import usage
from helpers.analyse.contrasts import compare
from helpers.analyse.echoes import echoes
from helpers.analyse.frames import Frames
from helpers.analyse.themes import Themes
from helpers.analyse.themes import themes as clustered
from helpers.analyse.units import units
from helpers.encode import encode
from helpers.html import number
from helpers.paths import data_folder
from helpers.phrases import per_cent
from helpers.results import result
from helpers.seminar.exercise import coded_paragraphs, gold_paragraphs
from helpers.seminar.traps import traps
from helpers.sides import side_name
from helpers.study import Study


@dataclass(frozen=True)
class Walked:
    """One trap.

    naive, ours   the two answers in words, and their numbers in ..._value
    how           why ours is another one
    scores        what the machine's scores make of it, where frames are counted
    """

    trap: str
    naive: str
    naive_value: float
    ours: str
    ours_value: float
    how: str
    scores: str | None = None


@result
class TrapTable:
    """The planted traps, one row each, with the columns of Walked. Empty for any other corpus than the constructed one:
    what a right answer would be is not known there."""

    table: pl.DataFrame


def trap_table(study: Study, *, documents: pl.DataFrame, passages: pl.DataFrame, scored: Frames) -> TrapTable:
    """Walks into each planted trap, and past it. `documents`: of the study, with copies marked; `passages` with
    embedding; `scored`: frames of these. Needs the whole constructed corpus; of any other the table is empty, and
    nothing is computed."""
    schema = {f: pl.Float64 if f.endswith("value") else pl.String for f in Walked.__dataclass_fields__}
    if set(documents["id"]) != set(gold_paragraphs()["document_id"]):
        return TrapTable(pl.DataFrame(schema=schema))
    themes = clustered(
        passages, count=study.themes.count, names=study.themes.names, merge=study.themes.merge, seed=study.seed
    )
    planted = yaml.safe_load((data_folder() / "teaching" / "truth.yml").read_text(encoding="utf-8"))
    truth = planted["traps"]
    coded = coded_paragraphs(documents)
    asked = {trap.title: trap for trap in traps(coded, {truth["dominant_outlet"]["frame"]: ""}, unit="")}
    wire, gap = asked["Wire copy"], asked["What is not there"]
    rows = [
        Walked(
            "wire copy", f"{wire.wrong:.0f} documents, each evidence of its own", wire.wrong,
            f"{wire.right:.0f} texts", wire.right,
            "copies of one text count once, and what stands on both sides is exchanged with neither",
        ),
        _dominant(coded, scored, truth["dominant_outlet"]),
        _one_sided(passages, truth["one_sided_subject"]),
        _quotation(coded, scored, planted["planted_differences"]),
        Walked(
            "missing period",
            f"a line through {truth['missing_period']['between'][0][:4]}, as if on {gap.wrong:.1f} documents",
            gap.wrong, f"{gap.right:.0f} documents, and no line", gap.right, "a gap in time is drawn as a gap",
        ),
        _borrowing(passages.join(themes.passages.select("id", "theme"), on="id", how="left"), documents,
                   truth["borrowing"]["pairs"], seed=study.seed),
        _junk(documents, passages, themes, encoder=study.encoder, seed=study.seed),
    ]  # fmt: skip
    return TrapTable(pl.DataFrame([asdict(row) for row in rows], schema=schema))


def _dominant(coded: pl.DataFrame, scored: Frames, planted: dict) -> Walked:
    frame, outlet = planted["frame"], planted["outlet"]
    found = compare(units(coded, [frame]), [frame])
    side = coded.filter(outlet=outlet)["side"][0]
    row = max(_rows_of(found.table, side), key=lambda r: abs(r["difference"]))
    other = row["other"] if row["side"] == side else row["side"]
    heap = dict(found.sides.select("side", 100 * pl.col("documents_mean")).iter_rows())
    kept = min(row["alone_low"] / row["difference"], row["alone_high"] / row["difference"])
    grade, _ = judge(row, gate=Gate(needs=False))
    by_score = scored.contrasts.table.filter(value=f"frame_{frame}", side=row["side"], other=row["other"])
    graded, _ = judge(by_score.row(0, named=True), gate=Gate(floors=scored.floors))
    return Walked(
        "dominant outlet",
        f"{number(heap[side] - heap[other], decimals=1)} points between {side_name(side)} and {side_name(other)} on "
        f"‘{scored.codebook.frames[frame].label}’, all documents in one heap",
        heap[side] - heap[other],
        f"{per_cent(kept)} of it is left without {outlet}: {grade}, not of sides",
        100 * kept,
        "each outlet is left out in turn, and what goes with one is said of that one",
        f"{graded} (scores: {number(by_score['standardised'][0])} standard deviations)",
    )


def _one_sided(passages: pl.DataFrame, planted: dict) -> Walked:
    subject = planted["subject"]
    found = usage(passages, subject, rf"{subject.removesuffix('s')}\w*").table
    own, others = found.filter(side=planted["side"]), found.filter(pl.col("side") != planted["side"])
    return Walked(
        "one-sided subject",
        f"{number(own['rate'][0], decimals=1)} per 10,000 words of {side_name(planted['side'])} are ‘{subject}’, "
        f"{number(float(others['rate'].max()), decimals=1)} elsewhere: a way of framing",  # type: ignore[arg-type]
        own["rate"][0],
        f"{int(others['n_using'].sum())} of {int(others['n_documents'].sum())} documents of the other sides have the "
        "word: cannot be asked",
        float(others["n_using"].sum()),
        "how a side writes of something is only asked where both sides write of it",
    )


def _quotation(coded: pl.DataFrame, scored: Frames, planted: list[dict]) -> Walked:
    """The planted difference that quotations hide most."""
    labels = {frame["frame"] for frame in planted}
    every, own = (
        compare(units(coded, sorted(labels), voice=voice), sorted(labels)).table for voice in ("all", "outlet")
    )
    rows = []
    for one in planted:
        low, high = (_signed(t, one["frame"], one["side"], one["other"], "difference") for t in (every, own))
        rows.append((abs(high - low), one, 100 * low, 100 * high))
    _, one, heap, words = max(rows, key=lambda row: row[0])
    column, pair = f"frame_{one['frame']}", (one["side"], one["other"])
    quoted = compare(units(scored.passages, [column], voice="all"), [column]).table
    told = [_signed(t, column, *pair, "standardised") for t in (quoted, scored.contrasts.table)]
    return Walked(
        "quotation",
        f"{number(heap, decimals=1)} points between {side_name(pair[0])} and {side_name(pair[1])} on "
        f"‘{scored.codebook.frames[one['frame']].label}’, all that is printed",
        heap,
        f"{number(words, decimals=1)} points in the outlets’ own words ({one['points']} were planted)",
        words,
        "quoted passages are a layer of their own",
        f"{number(told[0])} and {number(told[1])} standard deviations",
    )


def _borrowing(passages: pl.DataFrame, documents: pl.DataFrame, planted: list[dict], *, seed: int) -> Walked:
    found = echoes(passages, documents=documents, seed=seed)
    wanted = {(one["source"].split("#")[0], one["document"]) for one in planted}
    by_kind = {
        kind: wanted & set(part.select("source_document", "follower_document").iter_rows())
        for (kind,), part in found.pairs.group_by("kind")
    }
    cluster = dict(documents.drop_nulls("copy_cluster").select("id", "copy_cluster").iter_rows())
    same = {pair for pair in wanted if cluster.get(pair[0], 0) == cluster.get(pair[1], 1)}
    words = same | by_kind.get("verbatim", set())
    reworded = by_kind.get("paraphrase", set())
    expected = found.kinds.filter(kind="paraphrase")["false_share"][0]
    return Walked(
        "paraphrased borrowing",
        f"{len(words)} of {len(wanted)} found by shared words: the rest pass for the outlets’ own",
        len(words),
        f"{len(reworded | words)} of {len(wanted)} found; {per_cent(expected or 0.0)} of all pairs found are expected "
        "to be false",
        len(reworded | words),
        "passages alike in other words are held against pairs that cannot echo each other",
    )


def _junk(documents: pl.DataFrame, passages: pl.DataFrame, themes: Themes, *, encoder: str, seed: int) -> Walked:
    from sklearn.cluster import KMeans

    texts = documents.select("id", "text")
    parts = gold_paragraphs().drop_nulls("junk").join(texts, left_on="document_id", right_on="id")
    parts = parts.with_columns(text=pl.col("text").str.slice(pl.col("start"), pl.col("end") - pl.col("start")))
    told = encode(parts.select(pl.format("{} {}", "document_id", "start").alias("id"), "text"), encoder=encoder,
                  progress=False)  # fmt: skip
    vectors = np.concatenate([passages["embedding"].to_numpy(), told["embedding"].to_numpy()])
    labels = KMeans(len(themes.table), n_init=4, random_state=seed).fit_predict(vectors)
    reached = len(np.unique(labels[len(passages) :]))
    held = themes.passages.drop_nulls("theme").select("document_id", first="start", last="end")
    overlaps = (pl.col("first") < pl.col("end")) & (pl.col("last") > pl.col("start"))
    inside = parts.join(held, on="document_id").filter(overlaps)
    left = inside.select("document_id", "start").unique().height
    return Walked(
        "junk",
        f"{len(parts)} of {len(parts)} leftovers in a theme, and some in {reached} of {len(themes.table)} themes",
        len(parts),
        f"{left} of {len(parts)} in a theme",
        left,
        "bylines and glued lines are cut away, and what fits nowhere is left in no theme",
    )


def _rows_of(table: pl.DataFrame, side: str) -> list[dict]:
    return list(table.filter((pl.col("side") == side) | (pl.col("other") == side)).iter_rows(named=True))


def _signed(table: pl.DataFrame, value: str, side: str, other: str, column: str) -> float:
    """`column` of a contrast, `side` less `other`, whichever stands first."""
    for sign, (a, b) in ((1, (side, other)), (-1, (other, side))):
        row = table.filter(value=value, side=a, other=b)
        if len(row):
            return sign * float(row[column][0])
    raise KeyError(value)
