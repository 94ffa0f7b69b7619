"""DOCX, PDF and RTF as lines, and as single documents."""

import io
import zipfile
from pathlib import Path

import pytest

from exported import HARBOUR, RIVER, docx_of, pdf_of, rtf_of, wrapped
from helpers.corpora import archives, lines, read
from helpers.corpora.lines import lines_of, lines_of_html, paragraphs
from helpers.errors import InputError


@pytest.mark.parametrize("kind", ["docx", "rtf", "pdf"])
def test_one_document_with_a_title(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"gazette.{kind}"
    text = ["A vote on the river", *RIVER, *HARBOUR]
    if kind == "pdf":
        pdf_of(path, [[part for line in text for part in wrapped(line)]])
    else:
        {"docx": docx_of, "rtf": rtf_of}[kind](path, text)
    reading = read(path, side="upper", date="2024-03")
    row = reading.table.row(0, named=True)
    assert (row["outlet"], row["side"], str(row["date"]), row["language"]) == ("gazette", "upper", "2024-03-01", "en")
    assert reading.table.height == 1 and reading.rejected.is_empty() and row["source"] == path.name
    if kind != "pdf":
        assert (row["title"], row["text"].split("\n")) == ("A vote on the river", [*RIVER, *HARBOUR])
    else:
        assert " ".join(f"{row['title'] or ''} {row['text']}".split()) == " ".join(text)


def test_letters_beyond_ascii(tmp_path: Path) -> None:
    words = "Señor Núñez’s “café” — 河流 и Волга"
    assert words in lines_of(rtf_of(tmp_path / "a.rtf", [words]).read_bytes(), name="a.rtf").lines
    assert words in lines_of(docx_of(tmp_path / "a.docx", [words]).read_bytes(), name="a.docx").lines
    raw = rb"{\rtf1\ansi\ansicpg1251 \'c2\'ee\'eb\'e3\'e0\par}"
    assert "Волга" in lines_of(raw, name="a.rtf").lines


def test_fonts_of_rtf_tell_the_letters_and_a_hostile_table_of_them_costs_nothing() -> None:
    fonts = rb"{\fonttbl{\f0\fcharset0 Arial;}{\f1\fnil\fcharset204{\*\falt x}Arial Cyr;}}"
    raw = rb"{\rtf1\ansi\ansicpg1252" + fonts + rb"\f1 \'c2\'ee\'eb\'e3\'e0 \f0 caf\'e9\par}"
    assert lines_of(raw, name="a.rtf").lines[0].strip() == "Волга café"
    for hostile in (rb"{\fonttbl" + rb"\f0" * 200_000, rb"{" + b" " * 80 + rb"\fonttbl" + rb"\f0" * 200_000):
        with pytest.raises(InputError, match="there is no text in it"):
            lines_of(rb"{\rtf1" + hostile, name="a.rtf")


def test_a_link_in_rtf_is_its_words(tmp_path: Path) -> None:
    raw = rb'{\rtf1 {\field{\*\fldinst{HYPERLINK "https://hill.example/a"}}{\fldrslt A vote on the river}}\par}'
    assert lines_of(raw, name="a.rtf").lines[0].strip() == "A vote on the river"


def test_a_table_in_word_is_rows_of_cells(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    for row, (code, text) in zip(table.rows, [("HD", "A vote"), ("SN", "River Gazette")], strict=True):
        row.cells[0].text, row.cells[1].text = code, text
    held = io.BytesIO()
    document.save(held)
    assert lines_of(held.getvalue(), name="a.docx").lines[:2] == ["HD\tA vote", "SN\tRiver Gazette"]


def test_running_heads_and_page_numbers_of_a_pdf_are_no_text(tmp_path: Path) -> None:
    words = ["Recalling", "Noting", "Welcoming", "Stressing", "Deciding"]
    pages = [
        ["A/RES/78/999", f"{word} what was said before,", f"24-04903 {n}/5", str(n)] for n, word in enumerate(words, 1)
    ]
    raw = pdf_of(tmp_path / "a.pdf", pages).read_bytes()
    assert lines_of(raw, name="a.pdf").lines == [f"{word} what was said before," for word in words]


def test_paragraphs_of_printed_lines() -> None:
    printed = [
        "The council of the river states met on Monday to settle the gover-",
        "nance of the river, and a self-governing basin asked for self-",
        "governing banks.",
        "Delegates of the upper basin said that the old treaty no longer did",
        "what it should.",
    ]
    assert paragraphs(printed) == [
        "The council of the river states met on Monday to settle the governance of the river, and a self-governing "
        "basin asked for self-governing banks.",
        "Delegates of the upper basin said that the old treaty no longer did what it should.",
    ]
    assert paragraphs(["One", "", "two", "and three"]) == ["One", "two and three"]
    assert paragraphs([]) == []


def test_html_as_lines() -> None:
    page = (
        b"<html><head><title>x</title><style>p{}</style></head><body><p>One<br>two</p><table><tr><td>HD</td><td>A</td>"
    )
    assert [line for line in lines_of_html(page, name="a.html").lines if line.strip()] == ["One", "two", "HD\tA\t"]
    deep = b"<div>" * 50_000 + b"deep"
    assert isinstance(lines_of_html(deep, name="a.html").lines, list)
    assert lines_of_html(b"<!-- nothing -->", name="a.html").lines == []


@pytest.mark.parametrize("kind", ["docx", "pdf", "rtf"])
def test_damaged_files_are_refused_in_words(tmp_path: Path, kind: str) -> None:
    make = {"docx": docx_of, "rtf": rtf_of, "pdf": lambda path, text: pdf_of(path, [text])}[kind]
    whole = make(tmp_path / f"a.{kind}", [*RIVER, *HARBOUR]).read_bytes()
    for raw in (b"%PDF-1.7 nothing", b"PK\x03\x04 nothing", b"words only", whole[: len(whole) // 2]):
        try:
            lines_of(raw, name=f"a.{kind}")
        except InputError as error:
            assert f"a.{kind}: " in str(error) and "Traceback" not in str(error)
    with pytest.raises(InputError, match=r"not a readable|this is no RTF|there is no text"):
        lines_of(b"words only", name=f"a.{kind}")


def test_locked_files(tmp_path: Path) -> None:
    import pypdf

    with pytest.raises(InputError, match="locked with a password, or an old"):
        lines_of(b"\xd0\xcf\x11\xe0" + b"\0" * 600, name="a.docx")
    writer = pypdf.PdfWriter(clone_from=str(pdf_of(tmp_path / "a.pdf", [RIVER])))
    writer.encrypt("secret", algorithm="RC4-128")
    held = io.BytesIO()
    writer.write(held)
    with pytest.raises(InputError, match=r"a\.pdf: locked with a password"):
        lines_of(held.getvalue(), name="a.pdf")


def test_a_scan_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no text in it.*text recognition \(OCR\)"):
        lines_of(pdf_of(tmp_path / "a.pdf", [[], []]).read_bytes(), name="a.pdf")


def test_too_many_pages_and_a_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_PAGES", 2)
    with pytest.raises(InputError, match="too many pages; expected at most 2; found 3"):
        lines_of(pdf_of(tmp_path / "a.pdf", [RIVER] * 3).read_bytes(), name="a.pdf")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 30_000_000)
    with pytest.raises(InputError, match="unpacks to an unlikely size"):
        lines_of(held.getvalue(), name="a.docx")
    assert archives.HIGHEST_RATIO < 1000


@pytest.mark.parametrize(
    ("name", "advice"), [("a.doc", "save it as .docx"), ("a.xlsx", "as CSV"), ("a.rar", "Unpack it")]
)
def test_a_kind_that_is_not_read_says_what_to_do(tmp_path: Path, name: str, advice: str) -> None:
    (tmp_path / name).write_bytes(b"some words")
    with pytest.raises(InputError, match=advice):
        read(tmp_path / name)
