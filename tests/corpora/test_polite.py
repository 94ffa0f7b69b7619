"""How the workbench behaves towards other people's servers; every server here is on this machine."""

import datetime
import email.utils
import itertools
import time
from collections.abc import Callable

import pytest

from helpers.corpora.polite import AGENT, Manners, NotFetchedError, Page, Visitor, archived
from served import HTML, page, served

QUICK = Manners(pause=0.0, timeout=20.0, longest=40.0)
ARTICLE = page("A vote on the river", ["The council met on Monday."])


def refused(visitor: Visitor, address: str) -> NotFetchedError:
    with pytest.raises(NotFetchedError) as raised:
        visitor.get(address)
    return raised.value


def test_says_who_it_is_and_asks_for_robots_first() -> None:
    with served({"/a": (200, HTML, ARTICLE)}) as there:
        assert Visitor(QUICK).get(f"{there.address}/a") == Page(f"{there.address}/a", ARTICLE, "text/html", "utf-8")
        assert there.paths() == ["/robots.txt", "/a"]
        assert {headers["User-Agent"] for _, _, headers in there.asked} == {AGENT} and AGENT.startswith(
            "text-workbench/"
        )


def test_robots_txt_is_obeyed_and_read_once() -> None:
    rules = b"User-agent: *\nDisallow: /closed\nDisallow: /*?print\n\nUser-agent: text-workbench\nDisallow: /not-you\n"
    with served({"/robots.txt": (200, {}, rules), "/closed/a": (200, HTML, ARTICLE)}) as there:
        visitor = Visitor(QUICK)
        assert (
            str(refused(visitor, f"{there.address}/not-you/a")) == "robots.txt asks programs to leave this page alone"
        )
        assert visitor.get(f"{there.address}/closed/a").content == ARTICLE, (
            "the group for us holds, not the one for all"
        )
        assert there.paths() == ["/robots.txt", "/closed/a"]
    with served({"/robots.txt": (200, {}, rules.split(b"\n\n")[0])}) as there:
        for path in ("/closed/a", "/open?print"):
            assert not refused(Visitor(QUICK), there.address + path).gone, "no way round it through an archive"
        assert there.paths() == ["/robots.txt"] * 2


@pytest.mark.parametrize(("status", "allowed"), [(404, True), (403, True), (500, False)])
def test_a_robots_txt_that_is_not_there_allows_and_one_that_fails_forbids(status: int, allowed: bool) -> None:
    with served({"/robots.txt": (status, {}, b""), "/a": (200, HTML, ARTICLE)}) as there:
        if allowed:
            assert Visitor(QUICK).get(f"{there.address}/a").content == ARTICLE
        else:
            assert "robots.txt cannot be read now (500)" in str(refused(Visitor(QUICK), f"{there.address}/a"))
            assert there.paths() == ["/robots.txt"]


def test_a_pause_between_requests_to_one_host_and_the_longer_one_it_asks_for() -> None:
    with served({f"/{n}": (200, HTML, ARTICLE) for n in range(3)}) as there:
        visitor = Visitor(Manners(pause=0.2))
        for n in range(3):
            visitor.get(f"{there.address}/{n}")
        times = [moment for _, moment, _ in there.asked]
        assert min(b - a for a, b in itertools.pairwise(times)) >= 0.19 and there.most_at_once == 1
    rules = b"User-agent: *\nCrawl-delay: 0.5\n"
    with served({"/robots.txt": (200, {}, rules), "/1": (200, HTML, ARTICLE), "/2": (200, HTML, ARTICLE)}) as there:
        visitor = Visitor(Manners(pause=0.0))
        visitor.get(f"{there.address}/1")
        visitor.get(f"{there.address}/2")
        assert there.asked[2][1] - there.asked[1][1] >= 0.49
    with served({"/robots.txt": (200, {}, b"User-agent: *\nCrawl-delay: 600\n")}) as there:
        assert "600 seconds between requests" in str(refused(Visitor(QUICK), f"{there.address}/1"))


def test_two_hosts_do_not_wait_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("helpers.corpora.polite.time.sleep", waits.append)
    with served({"/a": (200, HTML, ARTICLE)}) as one, served({"/a": (200, HTML, ARTICLE)}) as two:
        visitor = Visitor(Manners(pause=60.0))
        visitor.get(f"{one.address}/a")
        visitor.get(f"{two.address}/a")
    assert [wait > 0 for wait in waits] == [False, True, False, True], "robots.txt at once, then a pause, for each"


def test_redirects_are_followed_each_with_its_hosts_rules() -> None:
    moved = {"/a": (301, {"Location": "/b"}, b"")}
    with served({"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /x\n")}) as two, served(moved) as one:
        one.routes["/b"] = (302, {"Location": f"{two.address}/x"}, b"")
        assert "robots.txt" in str(refused(Visitor(QUICK), f"{one.address}/a"))
        assert one.paths() == ["/robots.txt", "/a", "/b"] and two.paths() == ["/robots.txt"]
    with served({"/a": (301, {"Location": "/a"}, b"")}) as there:
        assert str(refused(Visitor(QUICK), f"{there.address}/a")) == "more than 5 redirects"


@pytest.mark.parametrize(
    ("status", "reason", "gone"),
    [
        (404, "the page is gone (404)", True),
        (410, "the page is gone (410)", True),
        (500, "the server failed (500)", True),
        (401, "the publisher refuses programs or asks for a subscription (401)", False),
        (403, "the publisher refuses programs or asks for a subscription (403)", False),
        (451, "the publisher refuses programs or asks for a subscription (451)", False),
        (418, "an unexpected answer (418)", False),
    ],
)
def test_answers_that_are_no_page(status: int, reason: str, gone: bool) -> None:
    with served({"/a": (status, HTML, ARTICLE)}) as there:
        error = refused(Visitor(QUICK), f"{there.address}/a")
        assert (str(error), error.gone, error.unreachable) == (reason, gone, False)


def test_an_address_that_leads_to_the_front_page() -> None:
    routes = {"/news/2024/a-vote": (302, {"Location": "/"}, b""), "/": (200, HTML, ARTICLE)}
    with served(routes) as there:
        error = refused(Visitor(QUICK), f"{there.address}/news/2024/a-vote")
        assert "the address leads to the front page" in str(error) and error.gone


def once(status: int, headers: dict[str, str]) -> Callable:
    answers = [(status, headers, b"")]
    return lambda _: answers.pop() if answers else (200, HTML, ARTICLE)


@pytest.mark.parametrize("status", [429, 503])
def test_a_wait_that_is_asked_for_is_kept(status: int) -> None:
    with served({"/a": once(status, {"Retry-After": "1"})}) as there:
        assert Visitor(QUICK).get(f"{there.address}/a").content == ARTICLE
        assert there.asked[2][1] - there.asked[1][1] >= 0.99
    later = email.utils.format_datetime(
        datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2), usegmt=True
    )
    with served({"/a": once(status, {"Retry-After": later})}) as there:
        assert Visitor(QUICK).get(f"{there.address}/a").content == ARTICLE


def test_a_host_that_asks_to_be_left_alone_is(status: int = 429) -> None:
    with served({"/a": (status, {"Retry-After": "3600"}, b""), "/b": (200, HTML, ARTICLE)}) as there:
        visitor = Visitor(QUICK)
        assert "left alone for 3600 seconds; run again later" in str(refused(visitor, f"{there.address}/a"))
        refused(visitor, f"{there.address}/b")
        assert there.paths() == ["/robots.txt", "/a"]


def slow(seconds: float) -> Callable:
    def answer(_: object) -> tuple[int, dict[str, str], bytes]:
        time.sleep(seconds)
        return 200, HTML, ARTICLE

    return answer


def test_a_server_that_does_not_answer_or_is_not_there() -> None:
    with served({"/a": slow(1.5), "/b": (200, HTML, ARTICLE)}) as there:
        visitor = Visitor(Manners(pause=0.0, timeout=0.5))
        error = refused(visitor, f"{there.address}/a")
        assert str(error) == "no answer within 0.5 seconds" and error.gone and error.unreachable
        refused(visitor, f"{there.address}/b")
        assert "/b" not in there.paths(), "a host out of reach is not asked again in the same run"
    error = refused(Visitor(QUICK), f"{there.address}/a")
    assert str(error) == "no connection to the server" and error.unreachable


def test_limits_of_size_and_kind() -> None:
    with served({"/a": (200, HTML, b"x" * 300_000), "/b": (200, {"Content-Type": "image/png"}, b"png")}) as there:
        assert str(refused(Visitor(Manners(pause=0.0, largest=100_000)), f"{there.address}/a")) == "larger than 0.1 MB"
        assert str(refused(Visitor(QUICK), f"{there.address}/b")) == "no text but image/png"
    with served(
        {"/a": (200, {"Content-Type": "application/octet-stream"}, b"%PDF-1.7 x"), "/b": (200, HTML, b" ")}
    ) as there:
        assert Visitor(QUICK).get(f"{there.address}/a").kind == "application/pdf"
        assert str(refused(Visitor(QUICK), f"{there.address}/b")) == "the page is empty"


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://x.example/a", "http://[::1", "javascript:alert(1)", "//"]
)
def test_addresses_that_are_none_of_a_web_page(target: str) -> None:
    refused(Visitor(QUICK), target)
    with served({"/a": (302, {"Location": target}, b"")}) as there:
        refused(Visitor(QUICK), f"{there.address}/a")


def test_the_public_web_leads_nowhere_into_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def once(self: Visitor, address: str, host: str, limit: int) -> tuple[int, dict[str, str], bytes]:
        asked.append(address)
        if address.endswith("robots.txt"):
            return 404, {}, b""
        return 302, {"Location": inside}, b""

    monkeypatch.setattr(Visitor, "_once", once)
    for inside in ("http://127.0.0.1/a", "http://localhost:8888/a", "http://169.254.169.254/a", "http://10.0.0.1/a"):
        assert str(refused(Visitor(QUICK), "https://hill.example/a")) == "the address leads into a private network"
        assert inside not in asked


def test_the_archives_address() -> None:
    assert archived("https://hill.example/a?b=1", "2024-03-26", Manners()) == (
        "https://web.archive.org/web/20240326id_/https://hill.example/a?b=1"
    )
    assert archived("https://hill.example/a", None, Manners()).endswith("/web/2id_/https://hill.example/a")
