"""`workbench seminar codes` and `reveal`: what came back from a class, and the page on which it learns what it did."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from helpers import html
from helpers.charts.agreement import alphas, machine
from helpers.charts.base import Figure, enable
from helpers.charts.correction import share_claims, shares
from helpers.charts.guess import aucs
from helpers.commands.seminar import Opened, Place, identified, opened, whole
from helpers.errors import InputError
from helpers.phrases import count
from helpers.report.about import about
from helpers.report.reveal import Revealed, reveal_page
from helpers.seminar.agreement import Against, Agreement, against, agreement
from helpers.seminar.codes import Returned, read_codes, summary
from helpers.seminar.constructed_class import gold_shares
from helpers.seminar.correction import Corrected, correct
from helpers.seminar.guess import Guess
from helpers.seminar.reveal import read_by_class
from helpers.seminar.sample import read_sample
from helpers.seminar.sheet import Key, read_key
from helpers.seminar.validation import LEAST_ALPHA, LEAST_LOWER_LIMIT
from helpers.sides import readable

MOST_DISPUTED = 3
PLANNED = "As planned: the share of passages that the writers of the constructed corpus meant to carry the frame."


@dataclass(frozen=True)
class Coded:
    """A class's codes with what they say of themselves and of the machine."""

    place: Place
    key: Key
    returned: Returned
    agreed: Agreement
    corrected: Corrected
    machine: Against


def codes(name: str, *, out: Path, source: Path | None = None) -> Path:
    """Reads the files that came back (from `source`, or returned/), writes codes.parquet, codes.csv and the tables of
    agreement, and says what was odd, how far coders agree, and where the machine differs from them.

    Returns the folder. Raises InputError where nothing can be read, or no file has a code."""
    given = opened(name)
    done = _coded(given, out=out, source=source)
    folder, labels = done.place.folder, given.found.codebook.labels()
    for line in summary(done.returned, done.key):
        print(line)
    tables = {"codes": done.returned.codes, "guesses": done.returned.guesses, "returned": done.returned.files,
              "agreement": done.agreed.table, "pairs": done.agreed.pairs, "disputed": done.agreed.disputed,
              "machine": done.machine.table}  # fmt: skip
    for stem, table in tables.items():
        whole(folder / f"{stem}.csv", html.csv(table))
    for stem in ("codes", "guesses"):
        tables[stem].write_parquet(folder / f"{stem}.parquet")
    for line in _told(done, labels, dict(given.found.passages.select("id", "text").iter_rows())):
        print(line)
    print(f"tables: {folder}. The page for the class: workbench seminar reveal {name}")
    return folder


def reveal(name: str, *, out: Path, source: Path | None = None) -> Path:
    """Writes the page on which the class learns who wrote what, how well it guessed and agreed, and what its codes make
    of the machine's shares; returns its path."""
    given = opened(name)
    done = _coded(given, out=out, source=source)
    sample = pl.read_parquet(done.place.sample)
    guessed = identified(given, done.returned.guesses, keep=sample["id"])
    shown = about(given.study, table=given.corpus.table, parts=given.corpus.parts, left_out=given.corpus.left_out)
    revealed = Revealed(
        read_by_class(done.returned, sample), done.corrected, guessed, given.found.codebook, done.key.sides,
        _figures(done, guessed, given, constructed=shown.constructed == "all"), share_claims(done.corrected),
    )  # fmt: skip
    path = done.place.folder / "reveal.html"
    whole(path, reveal_page(revealed, about=shown))
    return path


def _figures(done: Coded, guessed: Guess, given: Opened, *, constructed: bool) -> dict[str, Figure]:
    """The charts of the page, as far as there is something to draw."""
    labels = {name: frame.label for name, frame in given.found.codebook.frames.items()}
    enable("report")
    gold = None
    if constructed:
        with contextlib.suppress(InputError):  # constructed by somebody else, with no plan at hand
            gold = gold_shares(given.found.passages, voice=given.study.voice)
    made = {
        "agreement": alphas(done.agreed, labels=labels),
        "guess": aucs(guessed),
        "correction": shares(done.corrected, gold=gold),
    }
    if gold is not None and isinstance(made["correction"], Figure):
        made["correction"] = replace(made["correction"], notes=(PLANNED,))
    if not done.machine.table["recall"].drop_nulls().is_empty():
        made["machine"] = machine(done.machine, labels=labels)
    return {name: chart for name, chart in made.items() if isinstance(chart, Figure)}


def _coded(given: Opened, *, out: Path, source: Path | None) -> Coded:
    place = Place(out / given.study.name)
    key, sample = read_key(place.key), read_sample(place.draw)
    returned = read_codes(source or place.returned, key)
    if returned.codes.is_empty():
        raise InputError(
            "no file could be used", where=source or place.returned,
            found="; ".join(f"{row['file']}: {row['note']}" for row in returned.files.head(5).iter_rows(named=True)),
        )  # fmt: skip
    study, found = given.study, given.found
    corrected = correct(
        found.passages, returned.codes, sample=sample, codebook=found.codebook, encoder=study.encoder, seed=study.seed
    )
    machine = against(corrected.passages, returned.codes, inclusion=sample.table, seed=study.seed)
    return Coded(place, key, returned, agreement(returned.codes, seed=study.seed), corrected, machine)


def _told(done: Coded, labels: dict[str, str], texts: dict[str, str]) -> Sequence[str]:
    """Agreement, the most disputed passages and the machine against the coders, in lines."""
    least = f"at least {LEAST_ALPHA} is needed, its lower limit at least {LEAST_LOWER_LIMIT}"
    lines = [f"agreement of coders (Krippendorff's alpha; {least}):"]
    width = max(len(labels[f"frame_{name}"]) for name in done.key.frames) + 2
    for row in done.agreed.table.iter_rows(named=True):
        span = " (no interval)" if row["low"] is None else f" ({row['low']:.2f} to {row['high']:.2f})"
        alpha = "all codes are the same" if row["alpha"] is None else f"{row['alpha']:.2f}{span}"
        many = f"{count(row['n_passages'], 'passage')}, {count(row['n_coders'], 'coder')}"
        lines.append(f"  {labels['frame_' + row['frame']]:<{width}} {alpha:<22} {many}")
    if len(done.agreed.disputed):
        lines.append("most disputed:")
    disputed = done.agreed.disputed.unique("id", keep="first", maintain_order=True)
    for row in disputed.head(MOST_DISPUTED).iter_rows(named=True):
        said = f"{row['n_yes']} of {row['n_coders']} say yes"
        lines.append(f"  {labels['frame_' + row['frame']]}, {said}: {html.clip(html.clean(texts[row['id']]), 90)}")
    lines.append("machine against coders (of its yes, how many are theirs; of theirs, how many it finds):")
    for row in done.machine.table.iter_rows(named=True):
        shares = " and ".join("–" if row[k] is None else f"{100 * row[k]:.0f} %" for k in ("precision", "recall"))
        lines.append(f"  {labels['frame_' + row['frame']]:<{width}} {readable(row['side']):<14} {shares}")
    return lines
