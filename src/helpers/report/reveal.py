"""The page on which a class learns what it did: who wrote what, how far it agreed, and what its codes change."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import polars as pl
from markupsafe import Markup

from helpers import html
from helpers.analyse.claims import Claim
from helpers.charts import base
from helpers.charts.base import Figure
from helpers.codebook import Codebook
from helpers.report import assets, cells
from helpers.report.about import About
from helpers.report.foot import foot
from helpers.report.islands import Island
from helpers.seminar.correction import Corrected
from helpers.seminar.guess import Guess
from helpers.seminar.reveal import Read
from helpers.sides import Look, looks, readable

MOST_DISPUTED = 3
"""Passages shown beside the agreement; all of them stand below."""
MOST_CLAIMS = 4


@dataclass(frozen=True)
class Revealed:
    """What the page is made of. `sides`: all of the study, for the colours; `figures`: section (agreement, guess,
    correction, machine) -> chart, as far as there is one; `claims` about the corrected shares, strongest first."""

    read: Read
    corrected: Corrected
    guessed: Guess
    codebook: Codebook
    sides: tuple[str, ...]
    figures: Mapping[str, Figure]
    claims: Sequence[Claim]


def reveal_page(shown: Revealed, *, about: About) -> str:
    """The page of the reveal."""
    island = Island(config=base.theme())
    figures = {name: Markup(cells.figure(base.as_json(chart), island)) for name, chart in shown.figures.items()}
    together = pl.col("n_coders") == pl.col("n_coders").max()
    common, own = shown.read.passages.filter(together), shown.read.passages.filter(~together)
    disputed = common.filter(pl.col("differ") > 0).head(MOST_DISPUTED)
    parts = {"coders": _coders(shown), "claims": _claims(shown), "disputed": _passages(disputed, shown),
             "common": _passages(common, shown), "own": _passages(own, shown)}  # fmt: skip
    scripts = assets.scripts(charts=bool(island.figures))
    return assets.filled(
        "reveal.html",
        scripts=scripts,
        more_styles=[assets.asset("reveal.css")],
        n_coders=shown.read.coders.height,
        accuracy={row["who"]: row for row in shown.guessed.accuracy.iter_rows(named=True)},
        wanting=_wanting(shown),
        n_common=common.height,
        n_own=own.height,
        figures=figures,
        **foot(about, record=about.record, day=None, page="The reveal"),
        island=Markup(island.text()),
        **{name: Markup(text) for name, text in parts.items()},
    )


def _labels(shown: Revealed) -> dict[str, str]:
    return {name: frame.label for name, frame in shown.codebook.frames.items()}


def _coders(shown: Revealed) -> str:
    columns = {"coder": "coder", "right": "share right", "n_right": "right", "n_guesses": "guesses",
               "n_coded": "passages coded", "n_unsure": "unsure", "minutes": "minutes"}  # fmt: skip
    ordered = shown.read.coders.sort("right", descending=True, nulls_last=True)
    return html.table(ordered, columns=columns, rows=100, percent=("right",))


def _claims(shown: Revealed) -> str:
    return "".join(cells.claim(asdict(claim)) for claim in shown.claims[:MOST_CLAIMS])


def _wanting(shown: Revealed) -> list[tuple[str, str, str]]:
    """(frame, side, what is wanting) of every share that may not be relied on."""
    rows = shown.corrected.table.filter(~pl.col("validated")).iter_rows(named=True)
    return [(_labels(shown)[row["frame"]], readable(row["side"]), row["wanting"] or "") for row in rows]


def _passages(rows: pl.DataFrame, shown: Revealed) -> str:
    codes, guesses = (table.partition_by("id", as_dict=True) for table in (shown.read.codes, shown.read.guesses))
    nothing = shown.read.codes.clear(), shown.read.guesses.clear()
    made = []
    for number in range(rows.height):
        row = rows.slice(number, 1)
        key = (row["id"][0],)
        said = _codes(codes.get(key, nothing[0]), _labels(shown))
        told = _guesses(guesses.get(key, nothing[1]), row["side"][0], looks(shown.sides))
        made.append(
            f'<div class="read">{html.passages(row, sides=shown.sides)}<ul class="said">{said}{told}</ul></div>'
        )
    return "".join(made)


def _codes(codes: pl.DataFrame, labels: dict[str, str]) -> str:
    """A line for each frame: how many say yes, no, unsure."""
    made = ""
    for row in codes.iter_rows(named=True):
        words = {"yes": row["n_yes"], "no": row["n_no"], "unsure": row["n_unsure"]}
        counted = ", ".join(f"{n} {word}" for word, n in words.items() if n)
        split = ' class="split"' if row["n_yes"] and row["n_no"] else ""
        made += f"<li{split}><b>{html.escape(labels[row['frame']])}</b> {html.escape(counted)}</li>"
    return made


def _guesses(guesses: pl.DataFrame, side: str, seen: dict[str, Look]) -> str:
    """A line with the sides that were guessed, the true one marked."""
    made = []
    for row in guesses.iter_rows(named=True):
        name = html.chip(seen[row["guess"]]) if row["guess"] in seen else "cannot tell"
        right = " right" if row["guess"] == side else ""
        made.append(f'<span class="told{right}">{name} {row["n"]}</span>')
    return f"<li><b>Guessed</b> {' '.join(made)}</li>" if made else ""
