"""Asks other people's servers for pages as a guest: robots.txt is obeyed, one request at a time and a pause after each
for every host, waits that are asked for are kept, pages stay under a size, and the program says who it is.

A refusal (403, a subscription, robots.txt) is taken for an answer: nothing is tried to get around it.
"""

import datetime
import email.utils
import ipaddress
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from helpers.errors import InputError

NAME = "text-workbench"
AGENT = f"{NAME}/0.1 (comparative text analysis; single pages from a list, obeys robots.txt; python-requests)"
MOST_REDIRECTS = 5
LARGEST_ROBOTS = 500_000
"""Bytes of a robots.txt that are read, as RFC 9309 asks for at least."""
REFUSALS = (401, 402, 403, 407, 451)


@dataclass(frozen=True)
class Manners:
    """How to behave; times in seconds. `pause` after each request to a host (its own Crawl-delay where that is longer,
    up to `longest_pause`), `longest_wait` that a server may ask for before it is left alone for this run, `timeout`
    for an answer and `longest` for a whole page, `largest` page in bytes; `archive`: address of the Wayback Machine."""

    pause: float = 2.0
    longest_pause: float = 30.0
    longest_wait: float = 60.0
    timeout: float = 20.0
    longest: float = 120.0
    largest: int = 50_000_000
    archive: str = "https://web.archive.org/web/"


@dataclass(frozen=True)
class Page:
    """What a server sent: the address that answered, the bytes, their kind (`text/html`) and declared encoding."""

    address: str
    content: bytes
    kind: str
    charset: str | None


class NotFetchedError(Exception):
    """Why a page was not had. `gone`: an archive may have it. `unreachable`: no server answered."""

    def __init__(self, reason: str, *, gone: bool = False, unreachable: bool = False) -> None:
        super().__init__(reason)
        self.gone, self.unreachable = gone, unreachable


@dataclass
class Visitor:
    """One run's visits: what each host's robots.txt says, when it may be asked again, and whether it was given up."""

    manners: Manners
    rules: dict[str, Any] = field(default_factory=dict)
    free: dict[str, float] = field(default_factory=dict)
    given_up: dict[str, NotFetchedError] = field(default_factory=dict)

    def get(self, address: str) -> Page:
        """The page at `address`, redirects followed. Raises NotFetchedError with the reason."""
        first = address
        for _ in range(MOST_REDIRECTS + 1):
            host = _host(address, first)
            if host in self.given_up:
                raise self.given_up[host]
            self._allowed(address, host)
            status, headers, content, final = self._ask(address, host)
            if status in (301, 302, 303, 307, 308) and headers.get("Location"):
                address = urljoin(final, headers["Location"])
                continue
            return _page(status, headers, content, final, first)
        raise NotFetchedError(f"more than {MOST_REDIRECTS} redirects")

    def _allowed(self, address: str, host: str) -> None:
        if host not in self.rules:
            self.rules[host] = self._robots(address, host)
        rules = self.rules[host]
        if rules is None:
            return
        if not rules.can_fetch(address, NAME):
            raise NotFetchedError("robots.txt asks programs to leave this page alone")
        if (rules.crawl_delay(NAME) or 0) > self.manners.longest_pause:
            raise NotFetchedError(f"robots.txt asks for {rules.crawl_delay(NAME):g} seconds between requests")

    def _robots(self, address: str, host: str) -> Any:
        """The rules of a host; None where it has none. A robots.txt that is there and cannot be read forbids all."""
        from protego import Protego

        parts = urlsplit(address)
        asked = f"{parts.scheme}://{parts.netloc}/robots.txt"
        for _ in range(MOST_REDIRECTS + 1):
            status, headers, content, final = self._ask(asked, _host(asked, address), limit=LARGEST_ROBOTS)
            if status in (301, 302, 303, 307, 308) and headers.get("Location"):
                asked = urljoin(final, headers["Location"])
                continue
            if 200 <= status < 300:
                return Protego.parse(content.decode("utf-8", errors="replace"))
            if status >= 500 or status == 429:
                self.given_up[host] = NotFetchedError(f"its robots.txt cannot be read now ({status}); run again later")
                raise self.given_up[host]
            return None
        return None

    def _ask(self, address: str, host: str, *, limit: int = 0) -> tuple[int, Any, bytes, str]:
        """One request, and a second where the server asks to wait a moment: status, headers, content, address."""
        for attempt in (1, 2):
            status, headers, content = self._once(address, host, limit)
            if status not in (429, 503):
                break
            wait = _seconds(headers.get("Retry-After"))
            if wait is None and status == 503:
                break
            if attempt == 2 or wait is None or wait > self.manners.longest_wait:
                asked = f" for {wait:.0f} seconds" if wait else ""
                self.given_up[host] = NotFetchedError(f"the server asks to be left alone{asked}; run again later")
                raise self.given_up[host]
            self.free[host] = time.monotonic() + wait
        return status, headers, content, address

    def _once(self, address: str, host: str, limit: int) -> tuple[int, Any, bytes]:
        import requests

        time.sleep(max(0.0, self.free.get(host, 0.0) - time.monotonic()))
        started = time.monotonic()
        try:
            with requests.get(
                address,
                headers={"User-Agent": AGENT, "Accept": "text/html,application/pdf,text/plain;q=0.9,*/*;q=0.1"},
                timeout=(self.manners.timeout / 2, self.manners.timeout),
                allow_redirects=False,
                stream=True,
            ) as answer:
                held = bytearray()
                for part in answer.iter_content(65536):
                    held += part
                    if limit and len(held) > limit:
                        break
                    if len(held) > self.manners.largest:
                        raise NotFetchedError(f"larger than {self.manners.largest / 1e6:g} MB")
                    if time.monotonic() - started > self.manners.longest:
                        raise NotFetchedError(f"not there after {self.manners.longest:g} seconds", gone=True)
                return answer.status_code, answer.headers, bytes(held)
        except requests.Timeout:
            error = NotFetchedError(f"no answer within {self.manners.timeout:g} seconds", gone=True, unreachable=True)
        except requests.ConnectionError:
            error = NotFetchedError("no connection to the server", gone=True, unreachable=True)
        except (requests.RequestException, ValueError, OSError) as other:
            raise NotFetchedError(f"no usable answer ({type(other).__name__})", gone=True) from None
        finally:
            self.free[host] = time.monotonic() + self._pause(host)
        self.given_up[host] = error
        raise error

    def _pause(self, host: str) -> float:
        rules = self.rules.get(host)
        asked = float(rules.crawl_delay(NAME) or 0) if rules is not None else 0.0
        return max(self.manners.pause, asked)


def _page(status: int, headers: Any, content: bytes, final: str, first: str) -> Page:
    if status in REFUSALS:
        raise NotFetchedError(f"the publisher refuses programs or asks for a subscription ({status})")
    if status in (404, 410):
        raise NotFetchedError(f"the page is gone ({status})", gone=True)
    if status >= 500:
        raise NotFetchedError(f"the server failed ({status})", gone=True)
    if status != 200:
        raise NotFetchedError(f"an unexpected answer ({status})")
    if len(urlsplit(final).path.strip("/")) < 4 < len(urlsplit(first).path.strip("/")):
        raise NotFetchedError("the address leads to the front page: the page is gone", gone=True)
    if not content.strip():
        raise NotFetchedError("the page is empty", gone=True)
    said, _, more = headers.get("Content-Type", "text/html").partition(";")
    charset = more.partition("charset=")[2].strip(" \"'").partition(";")[0] or None
    kind = "application/pdf" if content.lstrip()[:5] == b"%PDF-" else said.strip().lower()
    if kind not in ("text/html", "application/xhtml+xml", "text/plain", "application/pdf"):
        raise NotFetchedError(f"no text but {kind[:40] or 'something unnamed'}")
    return Page(final, content, kind, charset)


def _host(address: str, first: str) -> str:
    """Host and port of an address. Refuses addresses that are no web page's, and a way from the public web into
    this machine or its network."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise NotFetchedError("no usable address") from None
    if parts.scheme not in ("http", "https") or not host:
        raise NotFetchedError(f"no address of a web page: {address[:60]}")
    if _inside(host) and not _inside(urlsplit(first).hostname or ""):
        raise NotFetchedError("the address leads into a private network")
    return parts.netloc.rpartition("@")[2].lower()


def _inside(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _seconds(asked: str | None) -> float | None:
    """Seconds that a Retry-After asks for, written as a number or as a date."""
    if not asked:
        return None
    if asked.strip().isdigit():
        return float(asked.strip())
    try:
        until = email.utils.parsedate_to_datetime(asked)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=datetime.UTC)
    return max(0.0, (until - datetime.datetime.now(datetime.UTC)).total_seconds())


def archived(address: str, date: str | None, manners: Manners) -> str:
    """The Wayback Machine's address of the page as it was sent, nearest to `date`, else the latest."""
    if not manners.archive.startswith(("http://", "https://")):
        raise InputError("no address of an archive", found=manners.archive)
    return f"{manners.archive}{(date or '2').replace('-', '')}id_/{address}"
