"""Opens what others have packed without trusting it: names that lead outside, passwords, damage, bombs.

Nothing is ever written to disk.
"""

import zipfile
from pathlib import PurePosixPath

from helpers.errors import InputError

LARGEST_FILE = 500_000_000
"""Bytes of one file, unpacked. Ten million news articles do not belong in one table of this workbench."""
LARGEST_ARCHIVE = 2_000_000_000
MOST_MEMBERS = 50_000
HIGHEST_RATIO = 300
"""Unpacked over packed size; text packs 3 to 10 times, a zip bomb 1,000 times."""


def member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, name: str) -> bytes:
    """The content of one member of a ZIP, refused (InputError) where its name leads outside, it is
    locked, damaged, or unpacks to an unlikely size."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    if ".." in parts or info.filename.startswith(("/", "\\")) or ":" in parts[0]:
        raise InputError("a name that leads outside the archive", where=name)
    refuse_unlikely(info, name=name)
    try:
        with archive.open(info) as opened:
            content = opened.read(info.file_size + 1)
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise InputError("damaged in the archive", where=name, found=str(error)[:80]) from None
    except Exception as error:  # zlib.error and lzma.LZMAError share no base with the others
        raise InputError("damaged in the archive", where=name, found=str(error)[:80]) from None
    return content


def refuse_unlikely(info: zipfile.ZipInfo, *, name: str) -> None:
    """Raises InputError where a member is locked or would unpack to an unlikely size."""
    if info.flag_bits & 1:
        raise InputError("locked with a password", where=name, do="Unlock the archive.")
    suspicious = info.file_size > HIGHEST_RATIO * max(1, info.compress_size) and info.file_size > 10_000_000
    if suspicious or info.file_size > LARGEST_FILE:
        raise InputError(
            "unpacks to an unlikely size", where=name, found=f"{info.file_size:,} bytes from {info.compress_size:,}"
        )
