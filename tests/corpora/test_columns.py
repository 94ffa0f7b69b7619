import pytest

from helpers.corpora.columns import recognise
from helpers.errors import InputError


@pytest.mark.parametrize(
    ("columns", "roles"),
    [
        (["Headline", "Published", "Full text"], {"title": "Headline", "date": "Published", "text": "Full text"}),
        (["hed", "pubdate", "Body"], {"title": "hed", "date": "pubdate", "text": "Body"}),
        (
            ["TITLE", "Publication", "Content", "Link"],
            {"title": "TITLE", "outlet": "Publication", "text": "Content", "url": "Link"},
        ),
        (["Source", "text"], {"outlet": "Source", "text": "text"}),
        (["source", "Outlet", "text"], {"outlet": "Outlet", "text": "text"}),
        (
            ["Speaker", "Country", "statement", "year"],
            {"speaker": "Speaker", "country": "Country", "text": "statement", "date": "year"},
        ),
        (["text", "Full_Text"], {"text": "Full_Text"}),
    ],
)
def test_names_of_common_exports(columns: list[str], roles: dict[str, str]) -> None:
    assert recognise(columns) == roles


def test_no_text_column_lists_what_was_found() -> None:
    with pytest.raises(InputError, match=r"a\.csv: no column holds the text; .*'Überschrift', 'Datum'"):
        recognise(["Überschrift", "Datum"], where="a.csv")
