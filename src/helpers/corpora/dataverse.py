"""Fetches the newest archive of a data set that stands in a Dataverse repository under a DOI.

The repository lists the files of the data set with their checksums; the file is taken by its number, goes on where an
earlier try stopped, and counts only when its checksum is the listed one.
"""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import InputError

SERVER = "https://dataverse.harvard.edu"
TRIES = 3
TIMEOUT = 60.0
"""Seconds without a byte."""


@dataclass(frozen=True)
class Listed:
    """A file of a data set: its name, address, size in bytes and checksum as pooch writes it (`md5:...`)."""

    name: str
    address: str
    size: int
    checksum: str


def newest(doi: str, *, endings: Sequence[str], like: str) -> Listed:
    """The file with the latest year in its name, among those with one of `endings` (and with a name like `like`, where
    there is any), of the latest version of the data set `doi` (doi:10...).

    Raises InputError where the repository cannot be reached, answers something else, or has no such file."""
    answer = _json(f"{SERVER}/api/datasets/:persistentId/?persistentId={doi}", doi)
    try:
        files = [_listed(entry["dataFile"]) for entry in answer["data"]["latestVersion"]["files"] if _open(entry)]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _error(doi, "an answer without a list of files and checksums") from None
    fitting = [one for one in files if one.name.lower().endswith(tuple(endings))]
    chosen = [one for one in fitting if re.search(like, one.name, re.I)] or fitting
    if not chosen:
        names = ", ".join(one.name for one in files[:5]) or "no file that is open to all"
        raise _error(doi, f"no archive, but {names}")
    return max(chosen, key=lambda one: (max(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", one.name), default=""), one.name))


def bring(listed: Listed, folder: Path, *, parts: Path, progress: bool = True) -> Path:
    """The file, whole and verified, in `folder`. What came of it so far is kept in the folder `parts` under its
    checksum, so that a later call goes on from there. Raises InputError; OSError where the disk is full."""
    import pooch

    part = parts / f".{re.sub(r'[^0-9a-z]', '', listed.checksum.lower())[:24]}.part"

    def download(address: str, output: str, _: object) -> None:
        for attempt in range(1, TRIES + 1):
            if _more(address, part, listed, last=attempt == TRIES, progress=progress):
                break
        shutil.move(part, output)

    pooch.get_logger().setLevel("WARNING")  # it announces what we announce
    try:
        found = pooch.retrieve(listed.address, listed.checksum, fname=listed.name, path=folder, downloader=download)
    except InputError:
        raise
    except ValueError:
        what = f"{listed.name} arrived damaged or is another file: its checksum is wrong"
        raise InputError(what, expected=listed.checksum, do="Run the same command again; nothing was kept.") from None
    return Path(found)


def _more(address: str, part: Path, listed: Listed, *, last: bool, progress: bool) -> bool:
    """Adds to `part` what is missing of it; whether it is complete. Raises InputError where the `last` try fails."""
    import requests
    from tqdm.auto import tqdm

    have = part.stat().st_size if part.exists() else 0
    if have >= listed.size > 0:
        return True
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        with requests.get(address, headers=headers, stream=True, timeout=(20, TIMEOUT)) as answer:
            if answer.status_code not in (200, 206):
                raise _error(listed.name, f"answer {answer.status_code}")
            resumed = answer.status_code == 206
            bar = tqdm(
                total=listed.size or None, initial=have if resumed else 0, unit="B", unit_scale=True, leave=False
            )
            with bar, part.open("ab" if resumed else "wb") as opened:
                bar.disable = not progress
                for piece in answer.iter_content(1 << 16):
                    opened.write(piece)
                    bar.update(len(piece))
    except requests.RequestException as error:
        if last:
            have = part.stat().st_size if part.exists() else 0
            so_far = f"; {have / 1e6:.1f} of {listed.size / 1e6:.1f} MB are kept" if have else ""
            raise _error(listed.name, f"{type(error).__name__} after {TRIES} tries{so_far}") from None
        return False
    return not listed.size or part.stat().st_size >= listed.size


def _json(address: str, doi: str) -> Any:
    import requests

    try:
        answer = requests.get(address, headers={"Accept": "application/json"}, timeout=(20, TIMEOUT))
    except requests.RequestException as error:
        raise _error(doi, f"no connection to {SERVER} ({type(error).__name__})") from None
    if answer.status_code != 200:
        raise _error(doi, f"answer {answer.status_code} of {SERVER}")
    try:
        return answer.json()
    except ValueError:
        raise _error(doi, f"no list of files, but a page, from {SERVER}") from None


def _listed(given: dict[str, Any]) -> Listed:
    checksum = given.get("checksum") or {"type": "MD5", "value": given["md5"]}
    kind = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512"}[checksum["type"]]
    name = Path(str(given["filename"]).replace("\\", "/")).name
    size = int(given.get("filesize") or 0)
    return Listed(name, f"{SERVER}/api/access/datafile/{int(given['id'])}", size, f"{kind}:{checksum['value']}")


def _open(entry: dict[str, Any]) -> bool:
    return not entry.get("restricted")


def _error(what: str, found: str) -> InputError:
    page = f"https://doi.org/{what.removeprefix('doi:')}" if what.startswith("doi:") else "its page"
    return InputError(
        "could not be fetched",
        where=what,
        found=found,
        do=f"Check the network and run the same command again, or download the archive from {page} in a browser, and "
        "give it with --from PATH.",
    )
