"""One difference over a grid of defensible choices: would another careful person have found it too?

Every combination of choices is a specification, and each is computed as the contrast itself is, document-level interval
included (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4, specification curves; no test of the curve is
made, since its specifications share their documents). None is better than the others. A difference that turns over them
is a fact about choices.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

import polars as pl

from helpers.analyse.draws import Draws
from helpers.analyse.frames import score
from helpers.analyse.resampling import pooled_sd
from helpers.analyse.units import units
from helpers.codebook import Codebook
from helpers.encode import Encoder, encode
from helpers.errors import InputError
from helpers.prepare import prepare
from helpers.results import result
from helpers.study import Study

CHOICES = {
    "words": "words a passage",
    "encoder": "encoder",
    "names": "names",
    "themes": "number of themes",
    "style": "outlets’ style",
    "voice": "voice",
    "copies": "copies",
    "weights": "what counts equally",
    "wording": "wording of the frame",
}
"""The choices, in the order in which they are made, and how a reader calls them."""

WEIGHTS = ("outlets", "documents", "passages")
"""What counts equally on a side: its outlets, and within them documents (the workbench's own way); all its documents in
one heap; all its passages in one heap, so that a long document weighs more."""

KEPT, MASKED, ALL_EXAMPLES = "kept", "masked", "all examples"
REPLICATES, LEVEL = 2000, 0.95
SHORT, LONG = 50, 110
"""Words of a passage in the other cut: the first, or where the study's own are under 80, the second."""


@dataclass(frozen=True)
class Counting:
    """How documents may be counted; the first of each is what the study has chosen.

    voice, copies   as in helpers.analyse.units
    weights   of WEIGHTS
    """

    voice: Sequence[str] = ("outlet", "all")
    copies: Sequence[str] = ("one", "all", "original")
    weights: Sequence[str] = WEIGHTS


G = TypeVar("G", bound=Counting)


@dataclass(frozen=True)
class Grid(Counting):
    """What may be chosen beside how documents are counted; the first of each is what the study has chosen.

    words     words of a passage (40-120); another number than the study's is encoded anew, as is another encoder
    encoder   names of encoders, or encoders
    wording   whether to leave each of the frame's examples out in turn
    mask      text -> text without names; None: names are kept only. With it, every passage is encoded anew
    """

    words: Sequence[int] = (80,)
    encoder: Sequence[str | Encoder] = ("default",)
    wording: bool = True
    mask: Callable[[str], str] | None = None


@result
class Robustness:
    """One difference between two sides, over a grid of choices.

    table    one row per specification, the study's own first: a column for each choice (of CHOICES), as text; estimate,
             low, high (95 %; in standard deviations of documents, `side` minus `other`), floor (largest difference of a
             control frame under the same choices; null: there is none), n_documents, other_n_documents, overlap (of
             themes only: helpers.analyse.theme_choices), same (sign of the study's own), away (same, interval away from
             zero), beyond (same, larger than the floor), main (is the study's own)
    choices  one row per choice of which the grid has several, the one that moves the estimate most first: choice,
             n_options, share (of the variance of the estimates that goes with it alone, 0-1), lowest, highest (option),
             low, high (mean estimate under these); last `together`: what goes with no choice alone
    options  one row per choice and option: choice, option, mean (estimate), same, away, beyond (shares, 0-1), n
    """

    table: pl.DataFrame
    choices: pl.DataFrame
    options: pl.DataFrame
    value: str
    label: str
    side: str
    other: str
    replicates: int
    seed: int

    def share(self, column: str) -> float:
        """Share (0-1) of the specifications for which `column` (same, away or beyond) is true."""
        return float(self.table[column].cast(pl.Float64).mean() or 0.0)  # type: ignore[arg-type]


def usual(study: Study, *, anew: bool = True, mask: Callable[[str], str] | None = None) -> Grid:
    """The grid of a study: its own choices first, then the others. `anew`: also passages cut to another length, which
    have to be encoded. `mask`: as in Grid."""
    other = SHORT if study.words >= 80 else LONG
    words = (study.words, other) if anew else (study.words,)
    voice, copies = counted(study)
    return Grid(words=words, encoder=(study.encoder,), voice=voice, copies=copies, mask=mask)


def counted(study: Study) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The options of voice and of copies, the study's own first."""
    voices = (study.voice,) if study.voice == "quoted" else ("outlet", "all")
    return _first(study.voice, voices), _first(study.copies, ("one", "all", "original"))


def robustness(
    documents: pl.DataFrame,
    codebook: Codebook,
    *,
    frame: str,
    sides: tuple[str, str],
    grid: Grid | None = None,
    seed: int = 7,
) -> Robustness:
    """The difference of `frame` (a key of the codebook) between two sides under every combination of `grid`.

    `documents`: with copies marked (helpers.analyse.copies). The first specification is the contrast that frames()
    makes. Others than the study's own passages are encoded for these two sides only. Where nothing is copied or quoted
    there is no choice of copies or voice: it would only multiply specifications. Raises InputError where the codebook
    has no such frame, or a side has no document under some choice."""
    grid = grid or Grid()
    if frame not in codebook.frames:
        raise InputError("no such frame", where="robustness", expected=", ".join(codebook.frames), found=repr(frame))
    book, wordings = _wordings(codebook, frame, leave_out=grid.wording)
    columns = [*wordings, *codebook.columns(control=True)]
    rows: list[dict] = []
    names = (KEPT,) if grid.mask is None else (KEPT, MASKED)
    for words, encoder, name in _told(list(product(grid.words, grid.encoder, names))):
        passages = prepare(documents, words=words)
        if rows:
            passages = passages.filter(pl.col("side").is_in(sides))
        else:
            grid = telling(grid, passages.filter(pl.col("side").is_in(sides)))
        if name == MASKED and grid.mask:
            passages = passages.with_columns(text=pl.Series(map(grid.mask, passages["text"]), dtype=pl.String))
        scored, _ = score(encode(passages, encoder=encoder), book, encoder=encoder)
        given = {"words": str(words), "encoder": getattr(encoder, "name", encoder), "names": name}
        for counted_so, made in over_counting(scored.drop("embedding"), columns, sides, grid=grid, seed=seed):
            floor = max((abs(row["estimate"]) for row in made[len(wordings) :]), default=None)
            rows += [given | counted_so | {"wording": told} | row | {"floor": floor}
                     for told, row in zip(wordings.values(), made, strict=False)]  # fmt: skip
    return summed(rows, value=f"frame_{frame}", label=codebook.frames[frame].label, sides=sides, seed=seed)


def over_counting(
    passages: pl.DataFrame, values: Sequence[str], sides: tuple[str, str], *, grid: Counting, seed: int
) -> Iterator[tuple[dict[str, str], list[dict]]]:
    """Every way to count documents, and the differences of `values` that it makes."""
    for voice, copies in product(grid.voice, grid.copies):
        table = units(passages, values, voice=voice, copies=copies)
        for weights in grid.weights:
            chosen = {"voice": voice, "copies": copies, "weights": weights}
            yield chosen, differences(table, values, sides, weights=weights, seed=seed)


def summed(rows: list[dict], *, value: str, label: str, sides: tuple[str, str], seed: int) -> Robustness:
    """The result of a balanced grid: `rows` as in Robustness.table, without same, away, beyond and main."""
    for row in rows:
        if not math.isfinite(row["estimate"]):
            under = ", ".join(f"{CHOICES[name]}: {held}" for name, held in row.items() if name in CHOICES)
            raise InputError(f"{label!r} does not vary under {under}", where="robustness", do="Leave that option out.")
    table = pl.DataFrame(rows, schema_overrides={"floor": pl.Float64}, infer_schema_length=None)
    sign = 1 if table["estimate"][0] > 0 else -1
    towards = pl.col("estimate") * sign
    near = pl.col("low") if sign > 0 else -pl.col("high")
    table = table.with_columns(
        same=towards > 0, away=(towards > 0) & (near > 0),
        beyond=(towards > 0) & (towards > pl.col("floor").fill_null(0.0)), main=pl.int_range(pl.len()) == 0,
    )  # fmt: skip
    return Robustness(table, _shares(table), _options(table), value, label, *sides, REPLICATES, seed)


def differences(
    table: pl.DataFrame, values: Sequence[str], sides: tuple[str, str], *, weights: str, seed: int
) -> list[dict]:
    """Of a table of units and each of `values`: estimate, low, high (in pooled standard deviations of documents, as in
    contrasts), n_documents, other_n_documents. `weights`: of WEIGHTS. Raises InputError where a side is absent."""
    absent = [side for side in sides if side not in table["side"]]
    if absent:
        raise InputError(f"no document of side {absent[0]!r}", where="robustness", do="Name two sides of the study.")
    if weights != "outlets":
        # Drawn within outlets still; a heap of a whole side is a side of one member.
        table = table.with_columns(member="side", counted=True)
    mass = pl.col("n_passages").cast(pl.Float64) if weights == "passages" else pl.lit(1.0)
    rows = table.with_columns(*(pl.col(value) * mass for value in values), _mass=mass)
    draws = Draws(rows, (*values, "_mass"), replicates=REPLICATES, seed=seed, level=LEVEL)
    means, replicates, at = [], [], []
    for side in sides:
        means.append(draws.means[side][:-1] / draws.means[side][-1])
        replicates.append(draws.draws[side][:, :-1] / draws.draws[side][:, -1:])
        at.append([int(i) for key in draws.members_of(side) for i in draws.at[key]])
    x, n = table.select(values).to_numpy(), table["n_documents"]
    spread = pooled_sd(x[at[0]], x[at[1]])
    low, high = draws.interval(replicates[0] - replicates[1]) / spread
    estimate = (means[0] - means[1]) / spread
    counts = {"n_documents": int(n[at[0]].sum()), "other_n_documents": int(n[at[1]].sum())}
    return [
        {"estimate": e, "low": a, "high": b, **counts}
        for e, a, b in zip(estimate.tolist(), low.tolist(), high.tolist(), strict=True)
    ]


def _wordings(codebook: Codebook, frame: str, *, leave_out: bool) -> tuple[Codebook, dict[str, str]]:
    """A codebook of the frame alone in every wording, and the control frames; and column -> wording."""
    whole = codebook.frames[frame]
    frames, told = {frame: whole}, {f"frame_{frame}": ALL_EXAMPLES}
    for i in range(len(whole.examples) if leave_out and len(whole.examples) > 1 else 0):
        name = f"{frame} {i + 1}"
        frames[name] = replace(whole, name=name, examples=whole.examples[:i] + whole.examples[i + 1 :])
        told[f"frame_{name}"] = f"without example {i + 1}"
    controls = {name: one for name, one in codebook.frames.items() if one.control and name != frame}
    return replace(codebook, frames=frames | controls, axes={}), told


def telling(grid: G, passages: pl.DataFrame) -> G:
    """The grid without the options of voice and copies that cannot make a difference to these passages."""
    copied, quoted = passages["copy_cluster"].null_count() < len(passages), "quoted" in passages["voice"]
    return replace(
        grid, copies=grid.copies if copied else grid.copies[:1], voice=grid.voice if quoted else grid.voice[:1]
    )


def _first(own: str, options: Sequence[str]) -> tuple[str, ...]:
    return (own, *(option for option in options if option != own))


def _told(sets: list[tuple]) -> Sequence[tuple]:
    """With a bar on stderr where there are several sets of passages."""
    from tqdm.auto import tqdm

    return tqdm(sets, desc="choices", unit=" sets of passages", disable=len(sets) < 2)


def _several(table: pl.DataFrame) -> list[str]:
    return [choice for choice in CHOICES if choice in table.columns and table[choice].n_unique() > 1]


def _shares(table: pl.DataFrame) -> pl.DataFrame:
    """The sum of squares of each choice's means over that of all estimates: the grid holds every combination once, so
    that choices are orthogonal, and what is left goes with two or more of them together."""
    centre = float(table["estimate"].mean())  # type: ignore[arg-type]
    total = float(((table["estimate"] - centre) ** 2).sum())
    made = []
    for choice in _several(table):
        means = table.group_by(choice).agg(pl.col("estimate").mean(), pl.len()).sort("estimate", choice)
        squares = float((means["len"] * (means["estimate"] - centre) ** 2).sum())
        made.append(
            {"choice": choice, "n_options": len(means), "share": squares / total if total else 0.0,
             "lowest": means[choice][0], "highest": means[choice][-1],
             "low": means["estimate"][0], "high": means["estimate"][-1]}
        )  # fmt: skip
    schema = {"choice": pl.String, "n_options": pl.Int64, "share": pl.Float64, "lowest": pl.String,
              "highest": pl.String, "low": pl.Float64, "high": pl.Float64}  # fmt: skip
    shares = pl.DataFrame(made, schema=schema).sort("share", "choice", descending=[True, False])
    rest = pl.DataFrame([{"choice": "together", "share": max(0.0, 1 - float(shares["share"].sum()))}])
    return pl.concat([shares, rest], how="diagonal") if len(shares) > 1 else shares


def _options(table: pl.DataFrame) -> pl.DataFrame:
    parts = [
        table.group_by(option=choice, maintain_order=True)
        .agg(pl.col("estimate").mean().alias("mean"), pl.col("same", "away", "beyond").mean(), pl.len().alias("n"))
        .select(pl.lit(choice).alias("choice"), pl.all())
        for choice in _several(table)
    ]
    floats = dict.fromkeys(("mean", "same", "away", "beyond"), pl.Float64)
    schema = {"choice": pl.String, "option": pl.String, **floats, "n": pl.UInt32}
    return pl.concat(parts) if parts else pl.DataFrame(schema=schema)
