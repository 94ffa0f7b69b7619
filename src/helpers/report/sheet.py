"""A coder's sheet as one offline page, for any device with a browser, and for paper."""

import re

from helpers.report import assets
from helpers.seminar.masking import TAGS
from helpers.seminar.sheet import Sheet

_TAG = re.compile(rf"\[({'|'.join(TAGS)})\]")


def sheet_page(sheet: Sheet) -> str:
    """The page of a sheet. It holds texts, tokens and definitions; nothing that says whose a passage is."""
    return assets.filled(
        "sheet.html",
        scripts=[assets.asset("sheet.js")],
        more_styles=[assets.asset("sheet.css")],
        sheet=sheet,
        passages=[(token, pieces(text), language) for token, text, language in sheet.passages],
    )


def pieces(text: str) -> list[tuple[str, bool]]:
    """A masked text in pieces: (words, whether they are the tag of a name that was taken out)."""
    return [(piece, number % 2 == 1) for number, piece in enumerate(_TAG.split(text)) if piece]
