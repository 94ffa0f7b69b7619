"""A study's pages, the numbers of its charts and what it was made from, as one zip to mail or to keep.

The same pages give the same bytes. Names in the zip are made here; no title, outlet or text becomes a part of a path.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers.paths import data_folder
from helpers.report.foot import Citation
from helpers.report.page import Page
from helpers.study import Study

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_READ_ME = """{title}

{line}

index.html      begin here: it opens in any browser, without a network
slides.html     its findings as slides
tables/         the numbers of every chart, as CSV; text that a spreadsheet would run has an apostrophe before it
records.json    what each page was made from: hashes, versions, seed
citation.bib    how to cite it
source/         the study's file and its codebook
"""


def packed(name: str, members: Mapping[str, str | bytes]) -> bytes:
    """A zip of `members` (path in it -> content), all in one folder `name`, in the order of their names."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zipped:
        for path in sorted(members):
            info = zipfile.ZipInfo(f"{slug(name)}/{path}", date_time=_FIRST_DAY)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            content = members[path]
            zipped.writestr(info, content.encode("utf-8", "replace") if isinstance(content, str) else content)
    return held.getvalue()


def members(pages: Iterable[Page], *, index: str, title: str, cited: Citation) -> dict[str, str | bytes]:
    """What goes into a study's zip: its pages, their tables and records, and how to cite it."""
    made: dict[str, str | bytes] = {"index.html": index, "citation.bib": cited.bibtex + "\n"}
    made["README.txt"] = _READ_ME.format(title=title, line=cited.line)
    records = {}
    for page in pages:
        made[page.entry.file] = page.text
        records[page.entry.file] = page.record
        made |= {f"tables/{slug(page.entry.name)}-{name}.csv": "\ufeff" + text for name, text in page.tables.items()}
    made["records.json"] = json.dumps(records, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return made


def sources(study: Study) -> dict[str, str | bytes]:
    """The study's file and its codebook, as they stand, as far as they are there."""
    book = study.codebook
    places = (study.path.parent / book, Path(book), data_folder() / "codebooks" / book)
    there = next((path for path in places if path.is_file()), None)
    found = {"source/study.yml": study.path, "source/codebook.yml": there}
    return {name: path.read_bytes() for name, path in found.items() if path and path.is_file()}


def slug(text: str) -> str:
    """`text` as a part of a file's name on any system: letters and digits of English, - and _."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:80] or "study"
