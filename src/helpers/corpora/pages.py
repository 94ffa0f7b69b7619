"""Pages of the web that were fetched, kept in the user's cache as they came, each under the checksum of its content.

A page is stored before the next is asked for, so that Ctrl-C or a killed process loses at most the one under way.
Nothing of them ever stands in the repository: the texts are their publishers'.
"""

import datetime
import hashlib
import json
import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from helpers.corpora.article import article_in
from helpers.corpora.polite import Manners, NotFetchedError, Page, Visitor, archived
from helpers.errors import InputError
from helpers.paths import cache_folder
from helpers.progress import steps

MANNERS = Manners()
HOSTS_IN_VAIN = 5
"""So many different hosts out of reach, and none that answered: there is no network, and the rest need not be tried."""
UNREACHED = "no server could be reached"
NOT_TRIED = f"not tried: {UNREACHED}"
ENDINGS = {"application/pdf": ".pdf", "text/plain": ".txt"}


@dataclass(frozen=True)
class Kept:
    """A page in the cache: its address, the one that answered, kind and declared encoding, sha256 and name of its
    file, the day it was retrieved, and from whom (`publisher`, `archive`, `by hand`)."""

    address: str
    answered: str
    kind: str
    charset: str | None
    sha256: str
    file: str
    retrieved: str
    via: str

    def content(self) -> bytes | None:
        """The page as it came; None where the file is gone or is no longer what was stored."""
        try:
            content = (_folder() / self.file).read_bytes()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == self.sha256 else None


@dataclass(frozen=True)
class Missed:
    """An address whose page could not be had, and why."""

    address: str
    reason: str


def collect(
    wanted: Iterable[tuple[str, str | None]], *, manners: Manners | None = None, progress: bool = False
) -> Iterator[Kept | Missed]:
    """For each address (with the date of its page, where known), in another order: the page, from the cache or fetched.
    Hosts take turns, so that the pause of one is spent on another. What could not be had before is asked for again.

    A page that is gone, or whose server is out of reach or fails, is looked for in the archive; one that its publisher
    refuses, or does not show in full, is not."""
    visitor = Visitor(manners or MANNERS)
    in_vain: set[str] = set()
    answered = False
    turns = list(_in_turn(wanted))
    for address, date in steps(turns, total=len(turns), name="fetching") if progress else turns:
        record = _record(address)
        known = read_record(record)
        if isinstance(known, Kept):
            yield known
            continue
        if not answered and len(in_vain) >= HOSTS_IN_VAIN:
            yield Missed(address, NOT_TRIED)
            continue
        try:
            found: Kept | Missed = _fetched(visitor, address, date)
            answered = True
        except NotFetchedError as error:
            found = Missed(address, str(error))
            if error.unreachable:
                in_vain.add(urlsplit(address).netloc)
            else:
                answered = True
        _write(record, json.dumps(asdict(found), indent=1, ensure_ascii=False).encode())
        yield found


def keep(address: str, page: Page, *, via: str) -> Kept:
    """Stores a page and returns its record. Raises OSError where the disk is full."""
    checksum = hashlib.sha256(page.content).hexdigest()
    file = f"{checksum[:2]}/{checksum}{ENDINGS.get(page.kind, '.html')}"
    _write(_folder() / file, page.content)
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    kept = Kept(address, page.address, page.kind, page.charset, checksum, file, day, via)
    _write(_record(address), json.dumps(asdict(kept), indent=1, ensure_ascii=False).encode())
    return kept


def read_record(record: Path) -> Kept | Missed | None:
    """What the cache knows of a page; None where nothing, or no longer the whole of it."""
    try:
        given = json.loads(record.read_text(encoding="utf-8"))
        if "reason" in given:
            return Missed(**given)
        kept = Kept(**given)
    except (OSError, ValueError, TypeError):
        return None
    return kept if kept.content() is not None else None


def _fetched(visitor: Visitor, address: str, date: str | None) -> Kept:
    try:
        page = visitor.get(address)
        article_in(page.content, kind=page.kind, charset=page.charset, name=address)
        return keep(address, page, via="publisher")
    except NotFetchedError as error:
        if not error.gone:
            raise
        first, unreachable = str(error), error.unreachable
    except InputError as error:
        raise NotFetchedError(error.what) from None
    try:
        page = visitor.get(archived(address, date, visitor.manners))
        article_in(page.content, kind=page.kind, charset=page.charset, name=address)
    except NotFetchedError as error:
        raise NotFetchedError(f"{first}; the archive: {error}", unreachable=unreachable and error.unreachable) from None
    except InputError as error:
        raise NotFetchedError(f"{first}; the archive: {error.what}") from None
    return keep(address, page, via="archive")


def _in_turn(wanted: Iterable[tuple[str, str | None]]) -> Iterator[tuple[str, str | None]]:
    """One address of each host after the other, as long as there are any."""
    hosts: dict[str, deque[tuple[str, str | None]]] = {}
    for address, date in wanted:
        try:
            host = urlsplit(address).netloc
        except ValueError:
            host = ""
        hosts.setdefault(host, deque()).append((address, date))
    while hosts:
        for host in list(hosts):
            yield hosts[host].popleft()
            if not hosts[host]:
                del hosts[host]


def _folder() -> Path:
    return cache_folder() / "pages"


def _record(address: str) -> Path:
    name = hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return _folder() / "records" / f"{name}.json"


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        scratch.write_bytes(content)
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)
