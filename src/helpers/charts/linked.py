"""What a chart leads to on a page: panels that a click on a mark opens, passages that a box drawn over it lists.

Both work without the mouse too: panels are toggles under the chart, and passages can be chosen by theme and side.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from helpers import html
from helpers.prepare.patterns import compile_pattern, pattern_of
from helpers.sides import looks

TEXT_BUDGET, SHORTEST = 900_000, 240
"""Characters of passages that a page carries for one chart; and of one passage at least: of very many each is cut."""


@dataclass(frozen=True, eq=False)
class Panels:
    """Fragments of HTML that marks open.

    heading  what they are, a few words
    fields   columns of a mark that name its panel
    groups   heading of a group -> ((values of `fields`, summary, fragment), ...); summary and fragment are safe HTML
             of helpers.html
    """

    heading: str
    fields: tuple[str, ...]
    groups: Mapping[str, Sequence[tuple[tuple[str, ...], str, str]]]

    def shown(self) -> str:
        """The panels as toggles, folded."""
        made = [f'<p class="heading">{html.escape(self.heading)}</p>']
        for name, items in self.groups.items():
            inner = "".join(
                f'<details data-key="{html.escape(json.dumps(key, ensure_ascii=False, separators=(",", ":")))}">'
                f"<summary>{summary}</summary>{fragment}</details>"
                for key, summary, fragment in items
            )
            summary = f"{html.escape(name)} <span>({len(items)})</span>"
            made.append(f"<details><summary>{summary}</summary>{inner}</details>")
        return f'<div class="panels" data-fields="{html.escape(",".join(self.fields))}">{"".join(made)}</div>'


@dataclass(frozen=True, eq=False)
class Reading:
    """Passages that a page lists for a box over a chart.

    selection  the chart's interval selection over columns x and y
    rows       one for each mark, in the order in which they are listed: x, y, side, about, outlet, document, day,
               title, url (of the web, or null), said (pieces of the text, every second one to be highlighted), quoted,
               constructed (whether written for teaching), and s0, s1, ... the standardised scores
    sides      name of a side -> its number in the style sheet and its sign
    scores     labels of s0, s1, ...
    notes      what is cut or sampled
    """

    selection: str
    rows: pl.DataFrame
    sides: Mapping[str, tuple[int, str]]
    scores: tuple[str, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """What the page's script needs."""
        return {
            "selection": self.selection,
            "rows": self.rows.to_dicts(),
            "sides": {name: list(look) for name, look in self.sides.items()},
            "scores": list(self.scores),
            "notes": list(self.notes),
        }


def reading(
    passages: pl.DataFrame, *, selection: str, words: Mapping[str, str], scores: Mapping[str, str], sides: Sequence[str]
) -> Reading:
    """The passages behind a chart.

    passages   x, y, about, side, outlet, speaker, date, date_precision, document_id, title, url, voice, constructed,
               text, and the score columns; in the order in which they are listed
    words      about -> words to highlight, parted by commas
    scores     column of a score -> its label; shown in standard deviations from the mean of these passages"""
    most = max(SHORTEST, min(html.LONGEST_PASSAGE, TEXT_BUDGET // max(passages.height, 1)))
    patterns = {about: _pattern(said) for about, said in words.items()}
    seen = looks(sides)
    rows, cut = [], 0
    for row in passages.iter_rows(named=True):
        text = html.clean(row["text"] or "")
        cut += len(text) > most
        rows.append(
            {
                "x": row["x"],
                "y": row["y"],
                "side": seen[row["side"]].name,
                "about": row["about"],
                "outlet": html.clip(html.clean(row["speaker"] or row["outlet"]), html.LONGEST_CELL),
                "document": row["document_id"],
                "day": html.day(row["date"], row["date_precision"]),
                "title": html.clip(html.clean(row["title"] or ""), html.LONGEST_CELL),
                "url": html.address(row["url"]),
                "said": _pieces(html.clip(text, most), patterns.get(row["about"])),
                "quoted": row["voice"] == "quoted",
                "constructed": bool(row["constructed"]),
            }
        )
    spread = [pl.col(c).cast(pl.Float64) for c in scores]
    standard = passages.select(
        ((one - one.mean()) / pl.when(one.std() > 0).then(one.std())).round(2).alias(f"s{n}")
        for n, one in enumerate(spread)
    )
    kind: dict[str, Any] = {"url": pl.String, "title": pl.String, "said": pl.List(pl.String)}
    made = pl.DataFrame(rows, schema_overrides=kind)
    note = f"{cut:,} of {passages.height:,} passages are longer than {most:,} characters and are cut here."
    return Reading(
        selection,
        made.hstack(standard.get_columns()) if scores else made,
        {look.name: (look.number, look.sign) for look in seen.values()},
        tuple(scores.values()),
        (note,) if cut else (),
    )


def _pattern(words: str) -> Any:
    """An expression of the words of a label, parted by commas; None where there are none."""
    known = [pattern_of(word) for word in words.split(", ") if word.strip()]
    return compile_pattern("|".join(known), where="words of a theme") if known else None


def _pieces(text: str, pattern: Any) -> list[str]:
    """`text` in pieces, every second one a match of `pattern`."""
    made, last = [], 0
    for found in pattern.finditer(text) if pattern else ():
        if found.end() > found.start():
            made += [text[last : found.start()], found.group()]
            last = found.end()
    return [*made, text[last:]]
