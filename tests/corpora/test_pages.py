"""Pages fetched from a server on this machine: what is kept, what is left out and why, going on where it stopped."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exported import HARBOUR, RIVER, pdf_of, wrapped
from helpers.corpora.article import article_in
from helpers.corpora.pages import Kept, Missed, collect, read_record
from helpers.corpora.polite import Manners
from helpers.errors import InputError
from served import HTML, Served, page, served

LONG = [*RIVER, *HARBOUR, *(f"{text} That was said on the second day." for text in (*RIVER, *HARBOUR))]
ARTICLE = page("A vote on the river", LONG)


def manners(there: Served, **given: float) -> Manners:
    """Quick ones, with an archive that is a path of the same server."""
    return Manners(**{"pause": 0.0, "timeout": 20.0, **given}, archive=f"{there.address}/web/")


def run(there: Served, *paths: str, date: str | None = "2024-03-26") -> dict[str, Kept | Missed]:
    found = collect([(there.address + path, date) for path in paths], manners=manners(there))
    return {one.address.removeprefix(there.address): one for one in found}


def test_a_page_is_kept_as_it_came_and_not_asked_for_again(own_cache: Path) -> None:
    with served({"/a": (200, HTML, ARTICLE)}) as there:
        kept = run(there, "/a")["/a"]
        assert isinstance(kept, Kept) and kept.content() == ARTICLE and kept.via == "publisher"
        assert (own_cache / "pages" / kept.file).name == f"{kept.sha256}.html"
        assert run(there, "/a")["/a"] == kept and there.paths() == ["/robots.txt", "/a"]
        (own_cache / "pages" / kept.file).write_bytes(b"something else")
        assert kept.content() is None
        assert run(there, "/a")["/a"] == kept and there.paths().count("/a") == 2, "a changed file is fetched again"


def test_what_is_gone_comes_from_the_archive_and_says_so() -> None:
    with served({}) as there:
        there.routes[f"/web/20240326id_/{there.address}/a"] = (200, HTML, ARTICLE)
        kept = run(there, "/a", "/b")
        assert isinstance(kept["/a"], Kept) and kept["/a"].via == "archive"
        assert kept["/a"].answered == f"{there.address}/web/20240326id_/{there.address}/a"
        missed = Missed(f"{there.address}/b", "the page is gone (404); the archive: the page is gone (404)")
        assert kept["/b"] == missed


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_refusal_is_not_got_around(status: int) -> None:
    with served({"/a": (status, HTML, b"no")}) as there:
        missed = run(there, "/a")["/a"]
        assert isinstance(missed, Missed) and f"({status})" in missed.reason
        assert there.paths() == ["/robots.txt", "/a"]


def test_a_page_closed_by_robots_is_not_looked_for_in_the_archive() -> None:
    with served({"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /a")}) as there:
        assert isinstance(run(there, "/a")["/a"], Missed) and there.paths() == ["/robots.txt"]


def test_a_paywall_is_told_by_its_length_and_by_what_the_page_says_of_itself() -> None:
    stub = page("A vote on the river", RIVER[:1])
    closed = page("A vote", LONG, head='<script type="application/ld+json">{"isAccessibleForFree": "False"}</script>')
    with served({"/stub": (200, HTML, stub), "/closed": (200, HTML, closed), "/free": (200, HTML, ARTICLE)}) as there:
        found = run(there, "/stub", "/closed", "/free")
        assert isinstance(found["/free"], Kept)
        for path in ("/stub", "/closed"):
            missed = found[path]
            assert isinstance(missed, Missed) and missed.reason.startswith("only ") and "subscription" in missed.reason
        assert not [path for path in there.paths() if path.startswith("/web/")]


def test_what_failed_is_tried_again() -> None:
    with served({"/a": (500, HTML, b"")}) as there:
        assert isinstance(run(there, "/a")["/a"], Missed)
        there.routes["/a"] = (200, HTML, ARTICLE)
        assert isinstance(run(there, "/a")["/a"], Kept)


def test_without_a_network_it_stops_early() -> None:
    closed = [socket.create_server(("127.0.0.1", 0)) for _ in range(13)]
    hosts = [f"http://127.0.0.1:{one.getsockname()[1]}/a" for one in closed]
    for one in closed:
        one.close()
    quick = Manners(pause=0.0, timeout=20.0, archive=f"{hosts.pop()}/web/")
    found = [one for one in collect([(host, None) for host in hosts], manners=quick) if isinstance(one, Missed)]
    assert [one.reason == "not tried: no server could be reached" for one in found] == [False] * 5 + [True] * 7
    assert found[0].reason == "no connection to the server; the archive: no connection to the server"


def test_hosts_take_turns() -> None:
    with served({f"/{n}": (200, HTML, ARTICLE) for n in (1, 2)}) as one, served({"/3": (200, HTML, ARTICLE)}) as two:
        wanted = [(f"{one.address}/1", None), (f"{one.address}/2", None), (f"{two.address}/3", None)]
        assert [kept.address[-1] for kept in collect(wanted, manners=manners(one))] == ["1", "3", "2"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_stopped_and_killed_runs_go_on_from_there(own_cache: Path, how: int) -> None:
    code = (
        "import sys; from helpers.corpora.pages import collect; from helpers.corpora.polite import Manners\n"
        "wanted = [(f'{sys.argv[1]}/{n}', None) for n in range(40)]\n"
        "for one in collect(wanted, manners=Manners(pause=0.1)): pass"
    )
    with served({f"/{n}": (200, HTML, ARTICLE) for n in range(40)}) as there:
        child = subprocess.Popen([sys.executable, "-c", code, there.address], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while len(there.asked) < 6 and time.monotonic() < deadline:
            time.sleep(0.02)
        child.send_signal(how)
        child.wait()
        records = [read_record(path) for path in (own_cache / "pages" / "records").glob("*.json")]
        whole = [one for one in records if isinstance(one, Kept)]
        assert len(records) == len(whole) >= 3, "what is there is whole"
        before = len(there.asked)
        found = run(there, *(f"/{n}" for n in range(40)), date=None)
        assert all(isinstance(one, Kept) for one in found.values()) and len(found) == 40
        assert len(there.asked) - before == 40 - len(whole) + 1


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("utf-8", "cp1251"),
        (None, "utf-8"),
        ("windows-1251", "cp1251"),
        ("x", "cp1251"),
    ],
)
def test_the_encoding_that_a_server_declares_is_believed_only_where_it_fits(
    declared: str | None, encoding: str
) -> None:
    words = "Совет речных государств собрался в понедельник, чтобы решить, кто может брать воду в сухой год."
    head = "<meta charset='windows-1251'>" if encoding == "cp1251" else ""
    content = page("Голосование о реке", [f"{words} День {n}." for n in range(8)], head=head, encoding=encoding)
    found = article_in(content, kind="text/html", charset=declared, name="a")
    assert words in found["text"]


def test_a_pdf_is_read(tmp_path: Path) -> None:
    raw = pdf_of(tmp_path / "a.pdf", [[part for text in LONG for part in wrapped(text)]]).read_bytes()
    with served({"/a": (200, {"Content-Type": "application/pdf"}, raw)}) as there:
        kept = run(there, "/a")["/a"]
        assert isinstance(kept, Kept) and kept.kind == "application/pdf" and kept.file.endswith(".pdf")
        text = article_in(raw, kind=kept.kind, charset=None, name="a")["text"]
        assert " ".join(text.split()) == " ".join(LONG)


@pytest.mark.parametrize(
    "content",
    [
        b"<div>" * 100_000,
        b"\x00\x01\x02" * 3000,
        b"<html><body>" + b"<script>alert(1)</script>" * 2000,
        b"<!DOCTYPE html [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><html><body>&b;</body></html>",
        b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj",
        b"<p>" + b"word " * 5 + b"</p>",
    ],
)
def test_hostile_pages_are_refused_in_words(content: bytes) -> None:
    kind = "application/pdf" if content.startswith(b"%PDF") else "text/html"
    with pytest.raises(InputError):
        article_in(content, kind=kind, charset=None, name="a")


def test_a_record_that_is_no_record_is_nothing(tmp_path: Path) -> None:
    for content in ("", "[]", "{}", json.dumps({"address": "a", "more": 1}), "{broken"):
        (tmp_path / "a.json").write_text(content, encoding="utf-8")
        assert read_record(tmp_path / "a.json") is None
