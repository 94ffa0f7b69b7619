import collections
import csv
import datetime
import json
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from exported import HARBOUR, RIVER, pdf_of, wrapped
from helpers.corpora import catalogue, fetch, load, pages
from helpers.corpora.catalogue import read_catalogue
from helpers.corpora.debate import states
from helpers.corpora.fetch import cached
from helpers.corpora.polite import Manners
from helpers.corpora.recipes import recipe
from helpers.errors import InputError
from helpers.paths import data_folder
from helpers.study import open_study, parse_study
from served import HTML, Served, page, served


def rows() -> list[dict[str, str]]:
    with (data_folder() / "catalogue.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_ids_and_addresses_come_once() -> None:
    listed = rows()
    addresses = [re.sub(r"^https?://(?:www\.)?", "", row["url"]).rstrip("/").lower() for row in listed]
    assert len({row["id"] for row in listed}) == len(set(addresses)) == len(listed) == 325
    assert all(row["url"].startswith(("http://", "https://")) for row in listed)


def test_dates_are_days_months_or_years_that_exist() -> None:
    lengths = {"day": 10, "month": 7, "year": 4, "": 0}
    for row in rows():
        assert len(row["date"]) == lengths[row["date_precision"]], row["id"]
        if row["date"]:
            day = datetime.date.fromisoformat((row["date"] + "-01-01")[:10])
            assert datetime.date(1945, 1, 1) <= day <= datetime.date(2026, 12, 31), row["id"]


def test_labels_are_consistent() -> None:
    said: dict[str, set[tuple[str, str]]] = {}
    for row in rows():
        assert row["side"] in ("state_media", "western", "un")
        assert row["funding"] in ("state", "public", "private", "intergovernmental")
        assert row["title_by"] in ("publisher", "catalogue") and row["seen"] in ("yes", "no")
        assert re.fullmatch("[a-z]{2}", row["language"]) and row["title"] and row["subject"]
        assert (row["country"] == "") == (row["side"] == "un") and (not row["country"] or row["country"] in states())
        said.setdefault(row["outlet"], set()).add((row["side"], row["country"]))
    assert all(len(labels) == 1 for labels in said.values()), "an outlet is on one side and in one country"


LONG = [*RIVER, *HARBOUR, *(f"{text} That was said on the second day." for text in (*RIVER, *HARBOUR))]


@pytest.fixture
def listed(own_data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A catalogue of five pages on a server of this machine, of which two can be had there and one in the archive."""
    with served(
        {"/vote": (200, HTML, page("A vote on the river | Gazette", LONG)), "/closed": (403, HTML, b"")}
    ) as there:
        raw = pdf_of(own_data / "a.pdf", [[part for text in LONG for part in wrapped(text)]]).read_bytes()
        there.routes["/res.pdf"] = (200, {"Content-Type": "application/pdf"}, raw)
        old = page("One form", LONG, head='<meta property="article:published_time" content="2024-03-27T10:00:00Z">')
        there.routes[f"/web/202403id_/{there.address}/old"] = (200, HTML, old)
        rows = [
            ("st-vote", "state_media", "River Gazette", "2024-03-26", "A vote on the river", "publisher", "/vote"),
            ("we-old", "western", "The Harbour Post", "2024-03", "on a form for ships", "catalogue", "/old"),
            ("we-closed", "western", "The Harbour Post", "2024-03-28", "=A closed one", "publisher", "/closed"),
            ("un-res", "un", "River Assembly", "2024", "Resolution 1", "publisher", "/res.pdf"),
            ("un-gone", "un", "River Assembly", "2024", "Resolution 2", "publisher", "/gone"),
        ]
        with (own_data / "catalogue.csv").open("w", encoding="utf-8", newline="") as opened:
            names = (
                "id",
                "side",
                "outlet",
                "date",
                "title",
                "title_by",
                "url",
                "country",
                "kind",
                "language",
                "subject",
            )
            writer = csv.writer(opened)
            writer.writerow(names)
            writer.writerows([(*row[:-1], there.address + row[-1], "", "news", "en", "AI governance") for row in rows])
        monkeypatch.setattr(pages, "MANNERS", Manners(pause=0.0, timeout=20.0, archive=f"{there.address}/web/"))
        yield there


def test_pages_become_documents_with_the_labels_of_the_catalogue(listed: Served, own_cache: Path, capsys) -> None:
    manifest = fetch("ai-governance")
    assert manifest == own_cache / "corpora" / "ai-governance" / "pages.json" == cached("ai-governance")
    assert (
        "3 of 5 pages (state_media 1 of 1, un 1 of 2, western 1 of 2); the others are listed" in capsys.readouterr().err
    )
    table = read_catalogue(manifest).table.sort("id")
    assert table.select("id", "side", "outlet", "title").rows() == [
        ("st-vote", "state_media", "River Gazette", "A vote on the river"),
        ("un-res", "un", "River Assembly", "Resolution 1"),
        ("we-old", "western", "The Harbour Post", "One form"),
    ]
    assert [str(day) for day in table["date"]] == ["2024-03-26", "2024-01-01", "2024-03-27"]
    assert table["date_precision"].to_list() == ["day", "year", "day"] and set(table["language"]) == {"en"}
    assert " ".join(table["text"][1].split()) == " ".join(LONG) and table["text"][0].split("\n")[-len(LONG) :] == LONG
    assert "through" in table["source"][2] and table["source"][0].startswith(f"{listed.address}/vote, retrieved 20")
    gone = pl.read_csv(manifest.with_name("not-fetched.csv"))
    assert gone.select("id", "side").rows() == [("un-gone", "un"), ("we-closed", "western")]
    assert "refuses programs" in gone["reason"][1] and "the archive" in gone["reason"][0]


def test_what_could_not_be_fetched_is_counted_among_what_a_study_leaves_out(listed: Served, tmp_path: Path) -> None:
    given = {"name": "own", "corpus": "ai-governance", "sides": {"a": ["River Gazette"], "b": ["The Harbour Post"]}}
    corpus = load(parse_study(json.dumps(given), path=tmp_path / "own.yml"), progress=False)
    assert corpus.table["id"].to_list() == ["st-vote", "we-old"]
    left = {(reason, n) for reason, _, _, n in corpus.left_out.rows()}
    assert ("not fetched", 2) in left and ("on no side", 1) in left
    asked = len(listed.asked)
    load(parse_study(json.dumps(given), path=tmp_path / "own.yml"), progress=False)
    assert len(listed.asked) == asked, "opening a study again asks nobody"


def test_the_command_tries_again_what_failed_and_takes_pages_saved_by_hand(listed: Served, tmp_path: Path) -> None:
    fetch("ai-governance", progress=False)
    listed.routes["/gone"] = (200, HTML, page("Resolution 2", LONG))
    assert read_catalogue(fetch("ai-governance", progress=False)).table.height == 3
    assert read_catalogue(fetch("ai-governance", progress=False, retry=True)).table.height == 4
    assert listed.paths().count("/vote") == 1
    saved = tmp_path / "saved"
    saved.mkdir()
    with pytest.raises(InputError, match=r"no file there is named after an entry.*expected names like st-vote\.html"):
        fetch("ai-governance", source=saved, progress=False)
    (saved / "we-closed.html").write_bytes(page("A closed one", LONG))
    table = read_catalogue(fetch("ai-governance", source=saved, progress=False)).table
    assert table.height == 5 and "saved by hand" in table.filter(pl.col("id") == "we-closed")["source"][0]


def test_nothing_fetched_is_one_line_that_says_what_to_do(listed: Served, tmp_path: Path, own_cache: Path) -> None:
    listed.routes.clear()
    with pytest.raises(
        InputError, match=r"ai-governance: no page could be fetched.*workbench fetch ai-governance"
    ) as raised:
        fetch("ai-governance", progress=False)
    assert "\n" not in str(raised.value) and not (own_cache / "corpora" / "ai-governance").exists()
    given = json.dumps({"name": "own", "corpus": "ai-governance", "sides": {"a": ["River Gazette"]}})
    with pytest.raises(InputError, match=r"no part of the corpus can be had.*--from FOLDER"):
        load(parse_study(given, path=tmp_path / "own.yml"), progress=False)


def test_a_full_disk_keeps_what_was_fetched(listed: Served, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Path.write_bytes

    def full(path: Path, content: bytes) -> int:
        if ".pdf" in path.name:
            raise OSError(28, "No space left on device", str(path))
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match=r"ai-governance cannot be stored.*No space left on device.*Make room"):
        fetch("ai-governance", progress=False)
    assert not (own_cache / "corpora" / "ai-governance").exists()
    monkeypatch.undo()
    monkeypatch.setenv("WORKBENCH_CACHE", str(own_cache))
    assert not list((own_cache / "pages").rglob("*.part")), "nothing half written"


def test_a_page_that_has_left_the_cache_is_listed(listed: Served, own_cache: Path) -> None:
    manifest = fetch("ai-governance", progress=False)
    for path in (own_cache / "pages").glob("*/*.pdf"):
        path.unlink()
    reading = read_catalogue(manifest)
    assert reading.table.height == 2
    assert "no longer in the cache" in reading.rejected.filter(pl.col("id") == "un-res")["reason"][0]


def test_a_damaged_list(own_data: Path) -> None:
    (own_data / "catalogue.csv").write_text("id,address\n1,x\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"the list of addresses cannot be read.*Restore"):
        fetch("catalogue", progress=False)


def test_the_study_names_every_outlet_of_its_corpus_on_its_side() -> None:
    chosen = catalogue.entries(recipe("ai-governance"))
    listed: dict[str, set[str]] = {}
    for row in chosen:
        listed.setdefault(row["side"], set()).add(row["outlet"])
    assert listed == {side: set(members) for side, members in open_study("ai-governance").sides.items()}
    counted = collections.Counter(row["side"] for row in chosen)
    assert counted == {"state_media": 2, "western": 7, "un": 13}, "as data/corpora.yml and the study say"
