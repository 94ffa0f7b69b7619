"""Which passages a class reads: drawn with known probabilities, so that their codes can correct the machine.

A passage counts in the share of its side by what it weighs in a mean of outlets that count equally, of documents
that count equally within an outlet, and of passages that count equally within a document (METHODS, rule 1). It is drawn
with a probability in proportion to that weight: then every coded passage of a stratum stands for the same
part of its side, and no single one can carry the estimate.
"""

import json
import string
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl

from helpers.analyse.units import in_scope, members_are, units
from helpers.errors import InputError
from helpers.phrases import count
from helpers.results import result
from helpers.tables import need

STRATA = ("low", "middle", "high")
"""Thirds of a side's weight by score, each a stratum."""
ALLOCATION = (1, 1, 2)
"""Codes go to the strata in these proportions: where the frame is likely a code says most, and both a head and
an agreement need passages that carry it. Costs 11 % of variance where the score says nothing (sum of W^2 / a)."""


@dataclass(frozen=True)
class Asked:
    """What a class is asked about.

    frames   names of frames (empty: every frame_<name> of the table); strata are made by the largest of their
             scores, each in standard deviations
    voice    outlet (own words), quoted, or all
    """

    frames: tuple[str, ...] = ()
    voice: str = "outlet"


@dataclass(frozen=True)
class Design:
    """How a sample was drawn: what `draw` was given, and how many passages and documents it was drawn from.
    Plain values, for JSON."""

    coders: int
    common: int
    own: int
    seed: int
    frames: tuple[str, ...]
    voice: str
    n_passages: int
    n_documents: int


@result
class Sample:
    """The passages of a class and who reads which.

    table   one row per (coder, passage), sorted by coder and position:
        coder        A, B, ..., Z, AA, ...
        id           of the passage
        position     1, 2, ... on the coder's sheet, in random order
        common       whether every coder reads it
        inclusion    probability that the passage is among those the whole class reads, 0-1; exact
        stratum      "<side>: low | middle | high"
        side, document_id, outlet
    """

    table: pl.DataFrame
    design: Design


def draw(
    scored: pl.DataFrame, *, coders: int, common: int = 20, own: int, seed: int = 7, asked: Asked | None = None
) -> Sample:
    """Draws common + coders * own passages from `scored` (passages with frame_<name>) and deals them out.

    Sides get the same number as far as they have passages. Within each stratum (a third of a side, by score)
    documents are drawn systematically from a list ordered by outlet, with expected numbers in proportion to
    their weight, then passages within each at random. Copies of a text are one document, the earliest of
    its side. Outlets that enter no mean (helpers.analyse.units) are not drawn from. No sheet has two
    passages of one document as long as that can be had. Raises InputError where there are too few passages or a
    number or a frame is not as it must be."""
    for name, value, least in (("coders", coders, 1), ("common", common, 0), ("own", own, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise InputError(f"`{name}`", where="sample", expected=f"a whole number from {least} on", found=repr(value))
    if common + coders * own == 0:
        raise InputError("nothing to read", where="sample", do="Give `common` or `own` above 0.")
    asked = asked or Asked()
    frames = _frames(scored, asked)
    there = stratified(population(scored, voice=asked.voice), frames)
    expected = inclusion(there, common + coders * own)
    rng = np.random.default_rng(seed)
    chosen = next(drawn(there, expected, rng))
    picked = there.with_columns(inclusion=pl.Series(expected))[chosen.tolist()]
    table = _dealt(picked, coders=coders, common=common, rng=rng)
    columns = ("coder", "id", "position", "common", "inclusion", "stratum", "side", "document_id", "outlet")
    n_documents = there["document_id"].n_unique()
    design = Design(coders, common, own, seed, frames, asked.voice, len(there), n_documents)
    order = pl.col("coder").str.len_chars()
    return Sample(table.sort(order, "coder", "position").select(columns), design)


def write_sample(sample: Sample, path: Path) -> None:
    """Writes the table as Parquet, the design beside it in the file's own notes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sample.table.write_parquet(path, metadata={"design": json.dumps(asdict(sample.design))})


def read_sample(path: Path) -> Sample:
    """The sample in a file of `write_sample`. Raises InputError where there is none."""
    try:
        given = json.loads(pl.read_parquet_metadata(path)["design"])
        return Sample(pl.read_parquet(path), Design(**{**given, "frames": tuple(given["frames"])}))
    except FileNotFoundError:
        raise InputError("no sample here", where=path, do="`workbench seminar sheet STUDY` draws one.") from None
    except (KeyError, ValueError, TypeError, OSError, pl.exceptions.PolarsError) as error:
        found = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError("not a sample", where=path, found=found, do="Put the file back as it was written.") from None


def population(passages: pl.DataFrame, *, voice: str = "outlet") -> pl.DataFrame:
    """The passages that shares of sides are about, sorted by id, with
        member   outlet, or speaker, that counts as one in the mean of its side
        group    its document, or cluster of copies on whatever side: what one sheet holds once, and one fold
        weight   share of the side's mean that it makes out; sums to 1 over a side
    Of each cluster of copies on a side there is the earliest document. Members that enter no mean are left out.
    Raises InputError where a column is absent or nothing is left."""
    need(passages, ["id", "document_id", "side", "outlet", "voice"], where="passages", do="Run prepare first.")
    kept = in_scope(passages, voice=voice).drop_nulls("side")
    entered = units(passages.drop_nulls("side"), [], voice=voice)
    entered = entered.filter(pl.col("counted") | ~pl.col("counted").any().over("side"))
    cluster = pl.col("copy_cluster") if "copy_cluster" in kept.columns else pl.lit(None, pl.String)
    rank = pl.col("copy_rank").fill_null(0) if "copy_rank" in kept.columns else pl.lit(0)
    speakers = members_are(passages.drop_nulls("side")) == "speaker"
    kept = kept.with_columns(group=pl.coalesce(cluster, "document_id"), _rank=rank)
    kept = kept.with_columns(unit=pl.col("speaker" if speakers else "group"))
    kept = kept.join(entered.select("unit", "side", "member"), on=["unit", "side"])
    first = pl.col("document_id").sort_by("_rank", "document_id").first().over("group", "side")
    kept = kept.filter(pl.col("document_id") == first)
    weight = (
        1 / pl.len().over("document_id")
        / pl.col("document_id").n_unique().over("side", "member")
        / pl.col("member").n_unique().over("side")
    )  # fmt: skip
    return kept.with_columns(weight=weight).drop("unit", "_rank").sort("id")


def stratified(there: pl.DataFrame, frames: Sequence[str]) -> pl.DataFrame:
    """A population with `stratum`: thirds of each side's weight by the largest score of `frames`, each score in
    standard deviations of all passages."""
    scores = [pl.col(f"frame_{name}").cast(pl.Float64) for name in frames]
    largest = pl.max_horizontal(*(((s - s.mean()) / pl.when(s.std() > 0).then(s.std()).otherwise(1.0)) for s in scores))
    ordered = there.with_columns(_score=largest).sort("side", "_score", "id")
    below = pl.col("weight").cum_sum().over("side") - pl.col("weight") / 2
    third = (below * len(STRATA)).floor().clip(0, len(STRATA) - 1).cast(pl.Int64)
    names = dict(enumerate(STRATA))
    return ordered.with_columns(
        stratum=pl.format("{}: {}", "side", third.replace_strict(names, return_dtype=pl.String))
    ).drop("_score").sort("id")  # fmt: skip


def inclusion(there: pl.DataFrame, n: int) -> np.ndarray:
    """(passages,) the probability that each of a stratified population is among n drawn; sums to n.

    Raises InputError where the population is smaller than n."""
    if n > len(there):
        raise InputError(
            f"the class would read {count(n, 'passage')}, the corpus has {len(there):,} to draw from",
            where="sample", do="Take fewer coders, fewer passages for each, or a larger corpus.",
        )  # fmt: skip
    strata, sides = there["stratum"].to_numpy().astype(str), there["side"].to_numpy().astype(str)
    weight = there["weight"].to_numpy()
    names = np.unique(sides)
    room = [int((sides == side).sum()) for side in names]
    made = np.zeros(len(there))
    for side, of_side in zip(names, allotted(np.ones(len(names)), room, n), strict=True):
        cells = [sides == side] if of_side < 2 * len(STRATA) else []
        cells = cells or [strata == f"{side}: {name}" for name in STRATA]
        parts = ALLOCATION if len(cells) > 1 else (1,)
        sizes = allotted(np.array(parts, float), [int(cell.sum()) for cell in cells], of_side)
        for cell, m in zip(cells, sizes, strict=True):
            made[cell] = _proportional(weight[cell], m)
    return made


def drawn(there: pl.DataFrame, expected: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Draw after draw, each the rows of one sample of a stratified population with inclusion `expected`.

    Documents first: systematic, from a list by stratum and outlet in random order, so that a document of
    expected number t is hit floor(t) or ceil(t) times; then so many of its passages, at random."""
    strata = np.unique(there["stratum"].to_numpy().astype(str), return_inverse=True)[1]
    members = np.unique(there["member"].to_numpy().astype(str), return_inverse=True)[1]
    documents = np.unique(there["document_id"].to_numpy().astype(str), return_inverse=True)[1]
    certain = expected >= 1
    cell = np.unique(np.stack([strata, documents, certain]), axis=1, return_inverse=True)[1]
    first = np.unique(cell, return_index=True)[1]
    n_cells, totals = len(first), np.bincount(cell, expected)
    while True:
        shuffled = rng.permutation(n_cells)
        outlets = rng.permutation(members.max() + 1)[members[first]]
        order = shuffled[np.lexsort((outlets[shuffled], strata[first][shuffled], certain[first][shuffled]))]
        ends = np.cumsum(totals[order])
        # Sums of strata are whole numbers, so a common start is as good as one for each.
        hits = np.zeros(n_cells, dtype=np.int64)
        hits[order] = np.diff(np.floor(np.round(ends, 9) - (1 - rng.random())) + 1, prepend=0)
        shuffled = rng.permutation(len(cell))
        by_cell = shuffled[np.argsort(cell[shuffled], kind="stable")]
        starts = np.cumsum(np.bincount(cell, minlength=n_cells)) - np.bincount(cell, minlength=n_cells)
        rank = np.arange(len(cell)) - starts[cell[by_cell]]
        yield np.sort(by_cell[rank < hits[cell[by_cell]]])


def allotted(parts: np.ndarray, room: Sequence[int], n: int) -> list[int]:
    """Whole numbers that sum to n, in proportion to `parts`, none above its `room`; what one has no room for
    goes to the others."""
    limits, made = np.array(room, float), np.zeros(len(parts))
    open_ = np.ones(len(parts), bool)
    while open_.any():
        fair = parts * open_ * (n - made[~open_].sum()) / (parts * open_).sum()
        full = open_ & (fair >= limits)
        made = np.where(open_, fair, made)
        if not full.any():
            break
        made[full], open_[full] = limits[full], False
    whole = np.floor(made + 1e-9)
    short = round(float(n - whole.sum()))
    whole[np.argsort(-(made - whole) + (whole >= limits) * 9, kind="stable")[:short]] += 1
    return [int(v) for v in whole]


def _proportional(weight: np.ndarray, m: int) -> np.ndarray:
    """Probabilities in proportion to `weight` that sum to m, none above 1."""
    certain = np.zeros(len(weight), bool)
    while True:
        made = np.where(certain, 1.0, 0.0)
        rest = weight[~certain].sum()
        if rest <= 0 or m <= certain.sum():
            return made
        made[~certain] = (m - certain.sum()) * weight[~certain] / rest
        over = ~certain & (made >= 1 - 1e-12)
        if not over.any():
            return made
        certain |= over


def _frames(scored: pl.DataFrame, asked: Asked) -> tuple[str, ...]:
    given = [name.removeprefix("frame_") for name in scored.columns if name.startswith("frame_")]
    absent = [name for name in asked.frames if name not in given]
    if absent or not given:
        raise InputError(
            f"no score of the frame {absent[0]!r}" if absent else "no scores of frames", where="sample",
            expected=", ".join(given) or "columns frame_<name>", do="Run frames(passages, codebook) first.",
        )  # fmt: skip
    return tuple(asked.frames) or tuple(given)


def _dealt(picked: pl.DataFrame, *, coders: int, common: int, rng: np.random.Generator) -> pl.DataFrame:
    """Picked passages with coder and position: `common` of them for all, the others dealt out evenly, sides
    and documents spread over the sheets."""
    picked = picked[rng.permutation(len(picked)).tolist()]
    # Common ones: strata in turn, so that each side and each third is there, and of documents drawn once first.
    ranked = picked.sort(pl.len().over("group") > 1, maintain_order=True)
    ranked = ranked.sort(pl.int_range(pl.len()).over("stratum"), maintain_order=True)
    ranked = ranked.sort(pl.int_range(pl.len()).over("group") > 0, maintain_order=True)
    shared = ranked.head(common)
    rest = picked.join(shared, on="id", how="anti", maintain_order="left")
    names = list(_letters(coders))
    owners = _owners(rest, n_sheets=coders, rng=rng)
    own = rest.with_columns(coder=pl.Series([names[k] for k in owners], dtype=pl.String), common=pl.lit(False))
    both = [shared.with_columns(coder=pl.lit(name), common=pl.lit(True)) for name in names] + [own]
    table = pl.concat([part.select(sorted(part.columns)) for part in both])
    table = table[rng.permutation(len(table)).tolist()]
    return table.with_columns(position=(pl.int_range(pl.len()) + 1).over("coder").cast(pl.Int64))


def _owners(rest: pl.DataFrame, *, n_sheets: int, rng: np.random.Generator) -> list[int]:
    """The sheet of each passage: the fewest of its document, then of its side, then of all; ties at random.
    Documents of many passages are dealt first. Sheets end with the same number."""
    capacity = len(rest) // n_sheets
    groups, sides = rest["group"].to_list(), rest["side"].to_list()
    size = rest.select(pl.len().over("group")).to_series().to_numpy()
    of_group: dict[tuple[int, str], int] = {}
    of_side: dict[tuple[int, str], int] = {}
    held = [0] * n_sheets
    made = [0] * len(rest)
    for i in np.lexsort((rng.random(len(rest)), -size)).tolist():
        open_ = [k for k in range(n_sheets) if held[k] < capacity]
        group, side, lots = groups[i], sides[i], rng.random(n_sheets)
        k = min(open_, key=lambda k: (of_group.get((k, group), 0), of_side.get((k, side), 0), held[k], lots[k]))
        made[i] = k
        held[k] += 1
        of_group[k, group] = of_group.get((k, group), 0) + 1
        of_side[k, side] = of_side.get((k, side), 0) + 1
    return made


def _letters(n: int) -> Iterator[str]:
    """A, B, ..., Z, AA, AB, ..."""
    for k in range(n):
        name, rest = "", k
        while True:
            name = string.ascii_uppercase[rest % 26] + name
            rest = rest // 26 - 1
            if rest < 0:
                break
        yield name
