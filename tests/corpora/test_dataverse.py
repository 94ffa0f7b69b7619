"""The archive under a DOI, fetched from a server on this machine that answers as a Dataverse repository does."""

import hashlib
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from helpers.corpora import dataverse, fetch
from helpers.corpora.debate import packed, read_debate
from helpers.errors import InputError
from served import Served, served

DOI = "doi:10.7910/DVN/0TJX8Y"
LIST = f"/api/datasets/:persistentId/?persistentId={DOI}"
SPEECH = (
    "We come to this hall as friends of the river states and ask the Assembly to open the old treaty once again today."
)


def archive_of(folder: Path, n: int = 1) -> bytes:
    session = folder / "TXT" / "Session 72 - 2017"
    session.mkdir(parents=True)
    for number in range(n):
        noise = "".join(hashlib.sha512(f"{number} {k}".encode()).hexdigest() for k in range(60))
        name = f"A{chr(65 + number // 26)}{chr(65 + number % 26)}_72_2017.txt"
        (session / name).write_text(f"{SPEECH} {noise}", encoding="utf-8")
    return packed(folder / "TXT")


def entry(number: int, name: str, content: bytes, **more: Any) -> dict[str, Any]:
    checksum = {"type": "MD5", "value": hashlib.md5(content).hexdigest()}
    file = {"id": number, "filename": name, "filesize": len(content), "md5": checksum["value"], "checksum": checksum}
    return {"label": name, "restricted": False, "dataFile": {**file, **more}}


def offer(there: Served, *entries: dict[str, Any]) -> None:
    listed = {"status": "OK", "data": {"id": 1, "latestVersion": {"versionNumber": 12, "files": list(entries)}}}
    there.routes[LIST] = (200, {"Content-Type": "application/json"}, json.dumps(listed).encode())


def file(content: bytes, *, cut: int | None = None, each: float = 0.0):
    """A file that knows Range; its first answer breaks off after `cut` bytes; `each`: seconds between pieces."""
    answers: list[int] = []

    def answer(headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        time.sleep(each)
        start = int(match[1]) if (match := re.fullmatch(r"bytes=(\d+)-", headers.get("Range", ""))) else 0
        rest = content[start:]
        answers.append(start)
        if cut is not None and len(answers) == 1:
            return 206 if start else 200, {"Content-Length": str(len(rest))}, rest[:cut]
        return 206 if start else 200, {}, rest

    answer.answers = answers  # type: ignore[attr-defined]
    return answer


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with served({}) as there:
        monkeypatch.setattr(dataverse, "SERVER", there.address)
        yield there


def test_the_newest_archive_by_its_year_verified_by_the_listed_checksum(repository: Served, tmp_path: Path) -> None:
    content = archive_of(tmp_path)
    books = entry(1, "Codebook 2030.pdf", b"%PDF")
    offer(repository, books, entry(2, "UNGDC_1946-2022.zip", b"old"), entry(3, "UNGDC_1946-2024.zip", content))
    repository.routes["/api/access/datafile/3"] = file(content)
    place = fetch("un-general-debate", progress=False)
    assert place.name == "UNGDC_1946-2024.zip" and place.read_bytes() == content
    assert read_debate(place).table["country"].to_list() == ["AAA"]
    record = json.loads((place.parent / "record.json").read_text(encoding="utf-8"))
    assert record["sha256"] == hashlib.sha256(content).hexdigest() and record["from"] == DOI
    asked = len(repository.asked)
    assert fetch("un-general-debate", progress=False) == place and len(repository.asked) == asked


def test_a_connection_that_breaks_goes_on_from_there(repository: Served, tmp_path: Path) -> None:
    content = archive_of(tmp_path, n=60)
    offer(repository, entry(3, "UNGDC.zip", content))
    repository.routes["/api/access/datafile/3"] = there = file(content, cut=len(content) // 2)
    assert fetch("un-general-debate", progress=False).read_bytes() == content
    assert there.answers[0] == 0 and len(content) // 4 < there.answers[1] <= len(content) // 2


def test_a_server_without_ranges_is_asked_for_the_whole(repository: Served, tmp_path: Path, own_cache: Path) -> None:
    content = archive_of(tmp_path)
    offer(repository, entry(3, "UNGDC.zip", content))
    repository.routes["/api/access/datafile/3"] = (200, {}, content)
    (own_cache / "corpora").mkdir()
    checksum = hashlib.md5(content).hexdigest()
    (own_cache / "corpora" / f".md5{checksum[:21]}.part").write_bytes(b"what came before")
    assert fetch("un-general-debate", progress=False).read_bytes() == content


@pytest.mark.parametrize("kind", ["SHA-1", "SHA-256", "SHA-512"])
def test_other_checksums(repository: Served, tmp_path: Path, kind: str) -> None:
    content = archive_of(tmp_path)
    value = hashlib.new(kind.replace("-", "").lower(), content).hexdigest()
    offer(repository, entry(3, "UNGDC.zip", content, checksum={"type": kind, "value": value}))
    repository.routes["/api/access/datafile/3"] = file(content)
    assert fetch("un-general-debate", progress=False).read_bytes() == content


def leftovers(cache: Path) -> list[str]:
    return [path.name for path in (cache / "corpora").iterdir()] if (cache / "corpora").is_dir() else []


def test_a_damaged_archive_is_not_kept(repository: Served, tmp_path: Path, own_cache: Path) -> None:
    content = archive_of(tmp_path)
    offer(repository, entry(3, "UNGDC.zip", content))
    repository.routes["/api/access/datafile/3"] = file(content[:-1] + b"X")
    with pytest.raises(InputError, match=r"arrived damaged.*expected md5:\w+.*again; nothing was kept"):
        fetch("un-general-debate", progress=False)
    assert leftovers(own_cache) == []


def test_an_archive_of_something_else_is_not_kept(repository: Served, own_cache: Path) -> None:
    offer(repository, entry(3, "UNGDC.zip", b"no archive at all"))
    repository.routes["/api/access/datafile/3"] = file(b"no archive at all")
    with pytest.raises(InputError, match="the archive is damaged or no archive"):
        fetch("un-general-debate", progress=False)
    assert leftovers(own_cache) == []


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ((403, {}, b"no"), r"answer 403 of http://127"),
        ((202, {}, b""), "answer 202"),
        ((200, {}, b"<html>Are you human?</html>"), "no list of files, but a page"),
        ((200, {}, b'{"status": "OK"}'), "an answer without a list of files"),
        ((200, {}, b'{"data": {"latestVersion": {"files": []}}}'), "no archive, but no file that is open to all"),
    ],
)
def test_a_repository_that_answers_otherwise(repository: Served, answer: Any, found: str) -> None:
    repository.routes[LIST] = answer
    with pytest.raises(InputError, match=rf"{found}.*https://doi\.org/10\.7910/DVN/0TJX8Y.*--from PATH") as raised:
        fetch("un-general-debate", progress=False)
    assert "\n" not in str(raised.value)


def test_files_that_will_not_do(repository: Served) -> None:
    closed = {**entry(2, "UNGDC.zip", b"x"), "restricted": True}
    offer(repository, entry(1, "Codebook.pdf", b"%PDF"), closed)
    with pytest.raises(InputError, match=r"no archive, but Codebook\.pdf"):
        fetch("un-general-debate", progress=False)
    offer(repository, entry(3, "UNGDC.zip", b"x"))
    with pytest.raises(InputError, match="answer 404"):
        fetch("un-general-debate", progress=False)


def test_no_network(monkeypatch: pytest.MonkeyPatch, own_cache: Path) -> None:
    with served({}) as there:
        pass
    monkeypatch.setattr(dataverse, "SERVER", there.address)
    with pytest.raises(InputError, match=r"no connection to http://127.*download the archive from https://doi\.org"):
        fetch("un-general-debate", progress=False)
    assert leftovers(own_cache) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_fetch_goes_on_from_there(repository: Served, tmp_path: Path, own_cache: Path) -> None:
    content = archive_of(tmp_path, n=100)
    offer(repository, entry(3, "UNGDC.zip", content))
    half, killed = len(content) // 2, threading.Event()

    def halting(_: object) -> tuple[int, dict[str, str], Iterator[bytes]]:
        def pieces() -> Iterator[bytes]:
            yield content[:half]
            killed.wait(60)

        return 200, {"Content-Length": str(len(content))}, pieces()

    repository.routes["/api/access/datafile/3"] = halting
    code = (
        "import sys; from helpers.corpora import dataverse, fetch; dataverse.SERVER = sys.argv[1]\n"
        "fetch('un-general-debate', progress=False)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, repository.address], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not any(p.stat().st_size for p in (own_cache / "corpora").glob(".*.part")) and time.monotonic() < deadline:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait()
    killed.set()
    repository.routes["/api/access/datafile/3"] = there = file(content)
    assert fetch("un-general-debate", progress=False).read_bytes() == content
    assert 0 < there.answers[0] <= half
