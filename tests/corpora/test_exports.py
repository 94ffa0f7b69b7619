"""Exports of news databases, each in the kinds of file that the database offers."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exported import (
    FACTIVA,
    FACTIVA_PLAIN,
    HARBOUR,
    NEXIS,
    PROQUEST,
    RIVER,
    docx_of,
    factiva_html,
    nexis_article,
    pdf_of,
    proquest_article,
    rtf_of,
    wrapped,
)
from helpers.corpora import read
from helpers.corpora.exports import export_in
from helpers.corpora.files import Reading
from helpers.corpora.lines import Lines
from helpers.errors import InputError


def plain(path: Path, lines: list[str]) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def printed(path: Path, lines: list[str]) -> Path:
    """A PDF of three pages and more with a running head and page numbers."""
    whole = [part for line in lines for part in wrapped(line) or [""] if part]
    size = max(8, len(whole) // 4)
    pages = [whole[n : n + size] for n in range(0, len(whole), size)]
    return pdf_of(
        path, [["The river in the press", *page, f"Page {n} of {len(pages)}"] for n, page in enumerate(pages, 1)]
    )


def both(reading: Reading, *, kind: str = "") -> None:
    """The two articles, whole, under their outlets and dates; where a paragraph of a PDF ends is a guess."""
    found = reading.table.sort("date").select("title", "outlet", "date", "date_precision", "text", "language").rows()
    texts = [" ".join(x.split()) if kind == "pdf" else x for *_, x, _ in found]
    joint = " " if kind == "pdf" else "\n"
    assert [(t, str(d), p, lang) for t, _, d, p, _, lang in found] == [
        ("A vote on the river", "2024-03-26", "day", "en"),
        ("One form for all ships", "2024-03-27", "day", "en"),
    ]
    assert texts == [joint.join(RIVER), joint.join(HARBOUR)]
    assert [outlet.removesuffix(" (Upland)") for _, outlet, *_ in found] == ["River Gazette", "The Harbour Post"]


@pytest.mark.parametrize("kind", ["docx", "rtf", "pdf", "txt"])
def test_nexis_uni_in_one_file(tmp_path: Path, kind: str) -> None:
    make = {"docx": docx_of, "rtf": rtf_of, "pdf": printed, "txt": plain}[kind]
    reading = read(make(tmp_path / f"Files (2).{kind}", NEXIS))
    both(reading, kind=kind)
    assert reading.rejected.is_empty()
    assert (f"Files (2).{kind}", "export", "Nexis Uni") in reading.recognised.rows()
    assert sorted(reading.table["source"]) == [f"Files (2).{kind}, article 1", f"Files (2).{kind}, article 2"]


def test_nexis_uni_one_file_an_article_in_a_zip(tmp_path: Path) -> None:
    made = [
        docx_of(
            tmp_path / "a.docx", nexis_article("A vote on the river", "River Gazette", "March 26, 2024 Tuesday", RIVER)
        ),
        docx_of(
            tmp_path / "b.docx", nexis_article("One form for all ships", "The Harbour Post", "27 March 2024", HARBOUR)
        ),
    ]
    with zipfile.ZipFile(tmp_path / "all.ZIP", "w") as archive:
        for path in made:
            archive.write(path, f"Files/{path.name.replace('.docx', '.DOCX')}")
    both(read(tmp_path / "all.ZIP"))


@pytest.mark.parametrize("kind", ["rtf", "html", "txt", "pdf"])
def test_factiva_with_field_codes(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"Factiva-20240405-1011.{kind}"
    flat = [f"{code}\t{text}" if n == 0 else text for code, texts in FACTIVA for n, text in enumerate(texts)]
    if kind == "rtf":
        rtf_of(path, FACTIVA)
    elif kind == "html":
        factiva_html(path)
    elif kind == "txt":
        plain(path, flat)
    else:
        printed(path, [line.replace("\t", "   ") for line in flat])
    reading = read(path)
    both(reading, kind=kind)
    assert reading.table.sort("date")["id"].to_list() == ["RIVGAZ0020240326ek3q0001b", "HARPOS0020240327ek3r0002c"]
    assert (path.name, "export", "Factiva") in reading.recognised.rows()
    assert (path.name, "text", "LP and TD") in reading.recognised.rows()


@pytest.mark.parametrize("kind", ["rtf", "docx", "txt"])
def test_factiva_without_field_codes(tmp_path: Path, kind: str) -> None:
    make = {"docx": docx_of, "rtf": rtf_of, "txt": plain}[kind]
    both(read(make(tmp_path / f"Factiva.{kind}", FACTIVA_PLAIN)))


@pytest.mark.parametrize("kind", ["txt", "rtf", "docx", "pdf", "html"])
def test_proquest(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"ProQuestDocuments.{kind}"
    if kind == "html":
        body = "".join("<hr>" + "_" * 60 if set(line) == {"_"} else f"<p>{line}</p>" for line in PROQUEST)
        path.write_text(
            f"<html><body>{body}</body></html>".replace("Full text:", "<strong>Full text: </strong>"), encoding="utf-8"
        )
    else:
        {"docx": docx_of, "rtf": rtf_of, "txt": plain, "pdf": printed}[kind](path, PROQUEST)
    reading = read(path)
    both(reading, kind=kind)
    assert reading.table.sort("date").row(0, named=True)["url"] == "https://library.example/docview/71"
    assert reading.rejected.select("row", "reason", "excerpt").rows() == [
        (3, "the export holds no full text of it, only its title and abstract", "Only an abstract")
    ]


def test_proquest_without_rules_between(tmp_path: Path) -> None:
    lines = [*proquest_article("A vote on the river", "River Gazette", "Mar 26, 2024", RIVER, "71")]
    lines += [*proquest_article("One form for all ships", "The Harbour Post", "Mar 27, 2024", HARBOUR, "72")]
    both(read(plain(tmp_path / "a.txt", lines)))


def test_an_article_that_breaks_the_layout_is_listed_and_the_others_are_kept(tmp_path: Path) -> None:
    broken = nexis_article("No day is known", "River Gazette", "soon", RIVER)
    reading = read(plain(tmp_path / "a.txt", [*NEXIS, *broken, *NEXIS[-17:-3]]))
    both(reading)
    assert reading.rejected.select("row", "reason", "excerpt").rows() == [
        (3, "no line of a date between title and text", "No day is known"),
        (4, "the export breaks off within this article", ""),
    ]
    half = [*FACTIVA_PLAIN, "Without a word count", "River Gazette", "", *RIVER, "Document RIVGAZ0020240326ek3q0009z"]
    assert read(plain(tmp_path / "b.txt", half)).rejected["reason"].to_list() == [
        "no line with the number of words: its head cannot be told from its text"
    ]
    empty = [(code, texts) for code, texts in FACTIVA if code not in ("LP", "TD") or texts != HARBOUR]
    assert "neither LP nor TD holds a text" in read(rtf_of(tmp_path / "c.rtf", empty)).rejected["reason"][0]


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["A letter", "", *RIVER, "End of Document"],
        ["Body", "Length: of the river", "HD", "Title: nothing"],
        ["Publication title: how to choose one", "", *RIVER],
        ["IN", "34 words", "TO", *RIVER],
    ],
)
def test_ordinary_texts_are_no_exports(lines: list[str]) -> None:
    assert export_in(Lines(lines)) is None


@given(
    st.lists(st.one_of(st.sampled_from([*NEXIS, *FACTIVA_PLAIN, *PROQUEST, "HD\tx", "AN\t1"]), st.text(max_size=40)))
)
def test_no_order_of_lines_breaks_the_readers(lines: list[str]) -> None:
    found = export_in(Lines(lines))
    assert found is None or all(set(article) <= set(found.columns) for _, article in found.articles)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("id,indexed_date,language,media_name,media_url,publish_date,title,url", "it lists addresses, not texts"),
        ("URL,MobileURL,Date,Title", "it lists addresses, not texts"),
    ],
)
def test_lists_of_addresses_say_what_they_are(tmp_path: Path, head: str, message: str) -> None:
    row = ",".join("https://hill.example/a" if "url" in name.lower() else "x" for name in head.split(","))
    with pytest.raises(InputError, match=rf"{message}.*With --fetch"):
        read(plain(tmp_path / "stories.csv", [head, row]))


def test_gdelt_events(tmp_path: Path) -> None:
    row = "\t".join([*map(str, range(60)), "https://hill.example/a"])
    with pytest.raises(InputError, match=r"GDELT's events.*read that with --fetch"):
        read(plain(tmp_path / "20240326.export.CSV", [row, row]))
