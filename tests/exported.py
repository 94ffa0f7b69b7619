"""Files in the layouts of news databases, made for the tests: constructed text of fictional outlets."""

import io
import zlib
from pathlib import Path

RIVER = [
    "The council of the river states met on Monday to settle who may draw water in a dry year.",
    "Delegates of the upper basin said that the old treaty no longer served them, and asked for a vote.",
]
HARBOUR = [
    "Harbour masters along the northern coast have agreed on a single form for every ship that calls.",
    "The form replaces nine others, and captains welcomed it as the first good news of the winter.",
]


def nexis_article(title: str, outlet: str, day: str, paragraphs: list[str], *, language: str = "ENGLISH") -> list[str]:
    head = [title, outlet, day, f"Copyright 2024 {outlet} All Rights Reserved"]
    head += ["Section: WORLD; Pg. 4", "Length: 34 words", "Byline: A. Writer", "Body", ""]
    tail = [
        "",
        "Classification",
        "",
        f"Language: {language}",
        "Publication-Type: Newspaper",
        "Load-Date: March 30, 2024",
    ]
    return [*head, *paragraphs, *tail, "", "End of Document"]


def nexis_cover(*titles: str) -> list[str]:
    lines = ["User Name: = A. Reader", "Date and Time: = Friday, 5 April 2024 10:11:00 GMT", "Job Number: = 1234567"]
    lines.append(f"Documents ({len(titles)})")
    for number, title in enumerate(titles, start=1):
        lines += [f"{number}. {title}", "Client/Matter: -None-", "Search Terms: river", "Narrowed by: -None-"]
    return lines


NEXIS = [
    *nexis_cover("A vote on the river", "One form for all ships"),
    *nexis_article("A vote on the river", "River Gazette (Upland)", "March 26, 2024 Tuesday 11:58 PM GMT", RIVER),
    *nexis_article("One form for all ships", "The Harbour Post", "Mittwoch 27. März 2024", HARBOUR),
]

FACTIVA = [
    ("SE", ["World"]),
    ("HD", ["A vote on the river"]),
    ("BY", ["By A. Writer"]),
    ("WC", ["34 words"]),
    ("PD", ["26 March 2024"]),
    ("ET", ["10:33"]),
    ("SN", ["River Gazette"]),
    ("SC", ["RIVGAZ"]),
    ("LA", ["English"]),
    ("CY", ["Copyright 2024 River Gazette. All Rights Reserved."]),
    ("LP", RIVER[:1]),
    ("TD", RIVER[1:]),
    ("NS", ["gpol : Domestic Politics | ncat : Content Types"]),
    ("AN", ["Document RIVGAZ0020240326ek3q0001b"]),
    ("HD", ["One form for all ships"]),
    ("WC", ["34 words"]),
    ("PD", ["27 March 2024"]),
    ("SN", ["The Harbour Post"]),
    ("SC", ["HARPOS"]),
    ("LA", ["English"]),
    ("CY", ["(c) 2024 The Harbour Post"]),
    ("LP", HARBOUR),
    ("AN", ["Document HARPOS0020240327ek3r0002c"]),
]

FACTIVA_PLAIN = [
    *("World", "A vote on the river", "By A. Writer", "34 words", "26 March 2024", "10:33", "River Gazette", "RIVGAZ"),
    *("English", "Copyright 2024 River Gazette. All Rights Reserved.", "", *RIVER, ""),
    *("Document RIVGAZ0020240326ek3q0001b", "", "One form for all ships", "34 words", "27 March 2024"),
    *("The Harbour Post", "HARPOS", "English", "(c) 2024 The Harbour Post", "", *HARBOUR, ""),
    "Document HARPOS0020240327ek3r0002c",
]

RULE = "_" * 60


def proquest_article(title: str, outlet: str, day: str, paragraphs: list[str], number: str) -> list[str]:
    text = [f"Full text: {paragraphs[0]}", *paragraphs[1:]] if paragraphs else []
    return [
        *(title, "", "Author: Writer, A", "", f"Publication info: {outlet} ; Upland [Upland] {day}: A.2.", ""),
        *("ProQuest document link", "", "Abstract: What it says in short.", "", "Links: Check the library", ""),
        *(line for part in text for line in (part, "")),
        *("Subject: Rivers; Treaties", "", f"Title: {title}", "", f"Publication title: {outlet}; Upland", ""),
        *("Publication year: 2024", "", f"Publication date: {day}", "", "Language of publication: English", ""),
        *("Document type: News", "", f"ProQuest document ID: {number}", ""),
        *(f"Document URL: https://library.example/docview/{number}", "", "Last updated: 2024-04-01", ""),
        "Database: Upland Newsstream",
    ]


PROQUEST = [
    *(
        RULE,
        "",
        "Document 1 of 3",
        "",
        *proquest_article("A vote on the river", "River Gazette", "Mar 26, 2024", RIVER, "71"),
        "",
    ),
    *(
        RULE,
        "",
        "Document 2 of 3",
        "",
        *proquest_article("One form for all ships", "The Harbour Post", "Mar 27, 2024", HARBOUR, "72"),
        "",
    ),
    *(
        RULE,
        "",
        "Document 3 of 3",
        "",
        *proquest_article("Only an abstract", "The Harbour Post", "Mar 28, 2024", [], "73"),
        "",
    ),
    *(RULE, "", "Contact us at: https://library.example", "", "Copyright (c) 2024 A library. All rights reserved."),
]


def docx_of(path: Path, lines: list[str]) -> Path:
    import docx

    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(path))
    return path


def rtf_of(path: Path, lines: list[str] | list[tuple[str, list[str]]]) -> Path:
    """An RTF of paragraphs, or of a table with a code and its paragraphs in each row."""
    body = ""
    for line in lines:
        if isinstance(line, str):
            body += f"{_rtf(line)}\\par\n"
        else:
            cell = "\\par ".join(map(_rtf, line[1]))
            body += f"\\trowd\\cellx900\\cellx9000 \\b {line[0]}\\b0\\cell {cell}\\cell\\row\n"
    path.write_bytes(b"{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}\n" + body.encode("cp1252") + b"}")
    return path


def _rtf(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
    return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in escaped)


def pdf_of(path: Path, pages: list[list[str]]) -> Path:
    """A PDF of printed lines in Helvetica, written by hand so that no other library is needed."""
    bodies: list[bytes] = []
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for n, lines in enumerate(pages):
        shown = b"\n".join(b"(" + _pdf(line) + b") Tj T*" for line in lines)
        stream = zlib.compress(b"BT /F1 10 Tf 12 TL 50 800 Td\n" + shown + b"\nET")
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {5 + 2 * n} 0 R"
        objects.append(f"{page} /Resources << /Font << /F1 3 0 R >> >> >>".encode())
        objects.append(f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode() + stream + b"\nendstream")
    made = io.BytesIO(b"%PDF-1.4\n")
    made.seek(0, io.SEEK_END)
    for number, content in enumerate(objects, start=1):
        bodies.append(f"{made.tell():010d} 00000 n \n".encode())
        made.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = made.tell()
    made.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + b"".join(bodies))
    made.write(f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    path.write_bytes(made.getvalue())
    return path


def _pdf(line: str) -> bytes:
    return line.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def wrapped(text: str, width: int = 60) -> list[str]:
    """Printed lines of at most `width` characters."""
    import textwrap

    return textwrap.wrap(text, width)


def factiva_html(path: Path, *, encoding: str = "utf-8") -> Path:
    """Factiva's page with field codes, one table an article."""
    rows, articles = "", []
    for code, paragraphs in FACTIVA:
        cell = (
            paragraphs[0]
            if code not in ("LP", "TD")
            else "".join(f'<p class="articleParagraph enarticleParagraph">{p}</p>\n' for p in paragraphs)
        )
        rows += f'<tr><td align="right" class="index"><b>{code}</b>&nbsp;</td><td>{cell}</td></tr>\n'
        if code == "AN":
            articles.append(f'<div class="article enArticle"><table>{rows}</table></div>')
            rows = ""
    head = f'<html><head><meta charset="{encoding}"><title>Factiva</title><style>.x{{color:red}}</style></head>'
    path.write_bytes(f"{head}<body>{''.join(articles)}</body></html>".encode(encoding))
    return path
