"""The one place that turns values into HTML: tables, passages to read, and the escaping of everything.

Text of strangers is hostile until shown otherwise. Whatever goes into HTML passes through `escape`; addresses
become links through `link` alone; a table that leaves as CSV has its formulas disarmed in `csv`.
Every function returns a fragment of HTML that is safe to show. No inline style, no script: classes only.
"""

import datetime
import html as _html
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from helpers.sides import Look, looks, readable
from helpers.stylesheet import STYLE
from helpers.tables import need

LONGEST_CELL, LONGEST_PASSAGE = 240, 2400
"""Characters shown of a cell of a table, and of a passage; the rest is an ellipsis."""
DASH = "–"

_FORMULA = r"^([\s\u200b\u2060\ufeff\u00ad]*[=+\-@\t\r|＝＋－＠])"
"""How a text begins that a spreadsheet would run, also in full width and behind what is not seen."""
# Controls that reorder or hide text (bidirectional embedding, override and isolate; zero-width; C0 and C1).
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(value: object) -> str:
    """The text of `value` without characters that reorder or hide what stands around them."""
    return _UNSEEN.sub("", str(value))


def escape(value: object) -> str:
    """`value` as text that is safe between tags and inside a quoted attribute."""
    return _html.escape(clean(value), quote=True)


def clip(text: str, most: int) -> str:
    """The first `most` characters of `text`, with an ellipsis where there were more."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def address(value: object) -> str | None:
    """`value` where it is a web address (http or https, with a host), else None."""
    text = str(value or "").strip()
    if re.search(r"[\s\\<>\"'`]", text) or _UNSEEN.search(text) or len(text) > 2000:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme.lower() in ("http", "https") and parts.hostname and "@" not in parts.netloc else None


def link(url: object, words: object) -> str:
    """`words` as a link to `url` where that is a web address, else plain `words`."""
    there = address(url)
    if there is None:
        return escape(words)
    return f'<a href="{escape(there)}" rel="noopener noreferrer nofollow" target="_blank">{escape(words)}</a>'


def chip(look: Look) -> str:
    """A side's mark in its colour, and its name."""
    return f'<span class="side side-{look.number}" data-sign="{look.sign}">{escape(look.name)}</span>'


def number(value: float, *, decimals: int | None = None, percent: bool = False) -> str:
    """A number to read: thousands separated, a true minus, two significant decimals below one.

    `percent`: a share of 0-1 as per cent with one decimal."""
    if value is None or math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if percent:
        shown = f"{100 * value:.1f} %"
    elif isinstance(value, int):
        shown = f"{value:,}"
    else:
        places = _places(abs(value)) if decimals is None else decimals
        shown = f"{value:,.{places}f}"
        if value and float(shown.replace(",", "")) == 0:
            shown = f"{value:.1e}" if abs(value) < 1e-4 else f"{value:.2g}"
        elif not float(shown.replace(",", "")):
            shown = shown.lstrip("-")
    return shown.replace("-", "−") if "e" not in shown else shown


def _places(size: float) -> int:
    if not size:
        return 2
    return next((places for least, places in ((100, 0), (10, 1), (0.1, 2), (0.01, 3)) if size >= least), 4)


def table(
    frame: pl.DataFrame,
    *,
    columns: Mapping[str, str] | Sequence[str] | None = None,
    rows: int = 20,
    heading: str | None = None,
    percent: Iterable[str] = (),
) -> str:
    """`frame` as a table to read.

    columns   which, in order; a mapping gives their headings. None: all but vectors
    rows      how many are shown; the rest is counted in a line below
    heading   the table's caption
    percent   columns with shares of 0-1, shown as per cent

    Columns `side`, `other` and `sides` show readable names. Nulls are a dash. Raises InputError where a column is
    absent."""
    if columns is None:
        columns = [name for name, kind in frame.schema.items() if not isinstance(kind, pl.Array)]
    headings = dict(columns) if isinstance(columns, Mapping) else {name: name.replace("_", " ") for name in columns}
    need(frame, headings, where="html.table", do="Name columns that the table has.")
    shown, shares = frame.head(rows), set(percent)
    cells = {name: _column(shown[name], percent=name in shares) for name in headings}
    right = {name: _kind(shown[name]) for name in headings}
    head = "".join(f'<th scope="col"{right[name]}>{escape(words)}</th>' for name, words in headings.items())
    body = "".join(
        "<tr>" + "".join(f"<td{right[name]}>{cells[name][row]}</td>" for name in headings) + "</tr>"
        for row in range(shown.height)
    )
    caption = f"<caption>{escape(heading)}</caption>" if heading else ""
    rest = frame.height - shown.height
    more = f'<p class="more">{rest:,} more {"row" if rest == 1 else "rows"}</p>' if rest else ""
    if not frame.height:
        more = '<p class="more">no rows</p>'
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{escape(heading or "table")}">'
        f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{more}"
    )


def _kind(values: pl.Series) -> str:
    """The class of a column's cells: numbers stand right, sentences keep room on a narrow screen."""
    if values.dtype.is_numeric():
        return ' class="n"'
    long = values.dtype == pl.String and (values.str.len_chars().max() or 0) > 60  # type: ignore[operator]
    return ' class="long"' if long else ""


def _column(values: pl.Series, *, percent: bool) -> list[str]:
    if values.dtype.is_float():
        sizes = values.drop_nulls().drop_nans().abs()
        middle = sizes.filter(sizes > 0).median()
        decimals = _places(float(middle)) if isinstance(middle, int | float) else 2
        return [escape(DASH if v is None else number(v, decimals=decimals, percent=percent)) for v in values]
    return [_cell(value, name=values.name) for value in values]


def _cell(value: Any, *, name: str) -> str:
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return number(value)
    if isinstance(value, str) and name in ("side", "other"):
        return _broken(clip(readable(value), LONGEST_CELL))
    if isinstance(value, list | tuple | pl.Series):
        parts = [readable(v) if name == "sides" and isinstance(v, str) else str(v) for v in value]
        return _broken(clip(", ".join(parts), LONGEST_CELL))
    return _broken(clip(str(value), LONGEST_CELL))


def _broken(text: str) -> str:
    """`text`, escaped, with places where a word of more than 32 characters may break."""
    return "".join(
        "<wbr>".join(escape(part[i : i + 24]) for i in range(0, len(part), 24)) if len(part) > 32 else escape(part)
        for part in re.split(r"(\s+)", clean(text))
    )


def csv(frame: pl.DataFrame) -> str:
    """`frame` as CSV text for a spreadsheet: text that a spreadsheet would run as a formula gets an apostrophe
    before it; vectors are left out, lists become text."""
    flat = []
    for name, kind in frame.schema.items():
        if isinstance(kind, pl.Array):
            continue
        values = frame[name]
        if isinstance(kind, pl.List):
            values = pl.Series(name, [None if v is None else ", ".join(map(str, v)) for v in values], dtype=pl.String)
        elif isinstance(kind, pl.Struct):
            values = pl.Series(name, [None if v is None else str(v) for v in values], dtype=pl.String)
        if values.dtype in (pl.String, pl.Categorical, pl.Enum):
            values = values.cast(pl.String).str.replace(_FORMULA, "'$1")
        flat.append(values.rename(re.sub(_FORMULA, r"'\1", name)))
    return pl.DataFrame(flat).write_csv() if flat else ""


def day(date: datetime.date | None, precision: str | None = None) -> str:
    """A date to read, no finer than it is known: "7 February 2017", "February 2017", "2017"."""
    if date is None:
        return ""
    shown = {"month": f"{date:%B %Y}", "year": f"{date.year}"}
    return shown.get(precision or "day", f"{date.day} {date:%B %Y}")


def passages(
    frame: pl.DataFrame,
    *,
    rows: int = 20,
    sides: Iterable[str] | None = None,
    show: Sequence[str] = (),
    mark: str | None = None,
) -> str:
    """Passages to read: each as a quotation, with its side, outlet, date, title (a link where its address is one of
    the web) and, where it was written for teaching, a badge.

    frame   columns `text`, `side`, `outlet`; shown where there: speaker, title, url, date, voice, constructed
    rows    how many are shown; the rest is counted in a line below
    sides   all sides of the study, so that colours are those of the charts
    show    further columns to name beside each, such as a similarity
    mark    regular expression; what it matches is highlighted (case-insensitive)"""
    need(frame, ("text", "side", "outlet", *show), where="html.passages", do="Pass a table of passages.")
    seen = looks([*(sides or ()), *frame["side"].drop_nulls()])
    items = [_passage(row, seen=seen, show=show, mark=mark) for row in frame.head(rows).iter_rows(named=True)]
    rest = frame.height - len(items)
    more = f'<p class="more">{rest:,} more</p>' if rest else ""
    return f'<ol class="passages">{"".join(items)}</ol>{more}' if items else '<p class="more">no passages</p>'


def _passage(row: dict[str, Any], *, seen: dict[str, Look], show: Sequence[str], mark: str | None) -> str:
    look = seen.get(row["side"])
    about = [chip(look) if look else "", f"<bdi>{escape(clip(row['outlet'], LONGEST_CELL))}</bdi>"]
    if row.get("speaker"):
        about.append(f"<bdi>{escape(clip(row['speaker'], LONGEST_CELL))}</bdi>")
    about.append(f"<span>{escape(day(row['date'], row.get('date_precision')))}</span>" if row.get("date") else "")
    if row.get("title") or address(row.get("url")):
        title = clip(row.get("title") or urlsplit(row["url"]).hostname or "source", LONGEST_CELL)
        about.append(f"<cite><bdi>{link(row.get('url'), title)}</bdi></cite>")
    about.append("<span>quoted speech</span>" if row.get("voice") == "quoted" else "")
    for name in show:
        value = row[name]
        shown = number(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        about.append(f"<span>{escape(name.replace('_', ' '))} {shown or _cell(value, name=name)}</span>")
    about.append('<span class="badge">constructed</span>' if row.get("constructed") else "")
    language = row.get("language") or ""
    lang = f' lang="{language}"' if re.fullmatch(r"[a-z]{2,3}", language) else ""
    quotation = _marked(clip(row["text"], LONGEST_PASSAGE), mark)
    side = f' class="side-{look.number}"' if look else ""
    return f'<li{side}><p class="about">{"".join(about)}</p><blockquote dir="auto"{lang}>{quotation}</blockquote></li>'


def _marked(text: str, mark: str | None) -> str:
    if not mark:
        return escape(text)
    made, last = [], 0
    for found in re.finditer(mark, text, flags=re.IGNORECASE):
        if found.end() > found.start():
            made.append(f"{escape(text[last : found.start()])}<mark>{escape(found.group())}</mark>")
            last = found.end()
    return "".join(made) + escape(text[last:])


def beside(caption: str, how_to_read: str | None, notes: Sequence[str]) -> str:
    """What stands under a chart: caption, how to read it, notes."""
    made = [f'<p class="caption">{escape(caption)}</p>']
    if how_to_read:
        made.append(f'<p class="notes"><b>How to read this.</b> {escape(how_to_read)}</p>')
    made += [f'<p class="notes">{escape(note)}</p>' for note in notes]
    return "".join(made)


def folded(frame: pl.DataFrame, *, rows: int = 40) -> str:
    """A table behind a toggle: the numbers of a chart."""
    words = f"The numbers ({frame.height:,} {'row' if frame.height == 1 else 'rows'})"
    return f"<details><summary>{words}</summary>{table(frame, rows=rows)}</details>"


def claim(grade: str, sentence: str, reasons: Sequence[str] = (), *, brief: str | None = None) -> str:
    """A finding in words with its grade (claimed, suggested, described, withheld) and the reasons for it. `brief`:
    its beginning, where the whole is to stand with the reasons, folded."""
    items = "".join(f"<li>{escape(reason)}</li>" for reason in ([sentence] if brief else []) + list(reasons))
    words = f"{'Numbers, and why' if brief else 'Why'} {escape(grade)}"
    why = f"<details><summary>{words}</summary><ul>{items}</ul></details>" if items else ""
    kind = re.sub(r"[^a-z]", "", grade)
    said = f'<p><span class="grade">{escape(grade)}</span> {escape(brief or sentence)}</p>'
    return f'<div class="claim claim-{kind}">{said}{why}</div>'


def cell(fragment: str) -> str:
    """`fragment` as the output of a notebook's cell: with its style in JupyterLab, without in a report, whose page
    has it."""
    style = "" if os.environ.get("WORKBENCH_REPORT") else f"<style>{STYLE}</style>"
    return f'{style}<div class="workbench">{fragment}</div>'
