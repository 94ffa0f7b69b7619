"""What was searched for and found, to read; and a passage where it stood."""

from helpers import html
from helpers.analyse.search import Found, Place
from helpers.prepare.patterns import matched_words
from helpers.results import shows
from helpers.sides import looks


@shows(Found)
def _found(found: Found) -> str:
    if found.table.is_empty():
        return html.cell(f'<p class="more">Nothing found for {html.escape(repr(found.text))}.</p>')
    show = [name for name in ("similarity", "n_matches") if found.table[name].null_count() < found.table.height]
    sides = found.sides["side"].drop_nulls().to_list()
    marked = matched_words(found.table["text"], found.text) if "n_matches" in show else None
    return html.cell(html.passages(found.table, rows=len(found.table), sides=sides, show=show, mark=marked))


@shows(Place)
def _place(place: Place) -> str:
    look = looks([place.side])[place.side] if place.side else None
    about = [html.chip(look) if look else "", f"<bdi>{html.escape(place.outlet)}</bdi>"]
    about += [f"<bdi>{html.escape(place.speaker)}</bdi>"] if place.speaker else []
    about += [f"<span>{html.escape(html.day(place.date, place.date_precision))}</span>"] if place.date else []
    about += ['<span class="badge">constructed</span>'] if place.constructed else []
    title = html.link(place.url, place.title or place.url or place.id)
    before, here, after = (html.escape(text) for text in (place.before, place.passage, place.after))
    body = f"{before}<mark>{here}</mark>{after}" if here else before
    paragraphs = "".join(f"<p>{line}</p>" for line in _balanced(body) if line)
    beside = [f"before: {html.escape(place.previous)}"] if place.previous else []
    beside += [f"after: {html.escape(place.next)}"] if place.next else []
    side = f' class="side-{look.number}"' if look else ""
    return html.cell(
        f'<ol class="passages"><li{side}><p class="heading">{title}</p>'
        f'<p class="about">{"".join(about)}</p><blockquote dir="auto">{paragraphs}</blockquote>'
        f'<p class="faint">{" · ".join(beside)}</p></li></ol>'
    )


def _balanced(body: str) -> list[str]:
    """Lines of escaped text, a mark that reaches over several of them closed and opened at each."""
    made, open_ = [], False
    for line in body.splitlines():
        begins = "<mark>" if open_ else ""
        last = max(line.rfind("<mark>"), line.rfind("</mark>"))
        if last >= 0:
            open_ = line[last:].startswith("<mark>")
        made.append(f"{begins}{line}{'</mark>' if open_ else ''}".strip())
    return made
