"""Vectors kept on disk, so that no text is encoded twice: SQLite, one file an encoder, a checksum a row.

SQLite with a write-ahead log is safe against a killed process and against two notebooks at once. What goes wrong
with the cache is said and never stops the work: a vector can always be computed again.
"""

import hashlib
import sqlite3
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from helpers.paths import cache_folder

WAIT = 30.0
"""Seconds to wait for another process that is writing; its transactions take milliseconds."""

KEYS_A_QUERY = 500
"""Below the 999 parameters that every build of SQLite allows."""

DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

TABLE = "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL, checksum BLOB NOT NULL)"


def cache_file(fingerprint: str) -> Path:
    """The cache of the encoder with that fingerprint. Raises InputError where there can be no cache folder."""
    return cache_folder() / "vectors" / f"{fingerprint[:32]}.sqlite"


def key_of(text: str, fingerprint: str) -> bytes:
    """sha256 (32 bytes) of encoder and text."""
    return hashlib.sha256(f"{fingerprint}\0{text}".encode()).digest()


def look_up(file: Path, keys: Sequence[bytes], *, dimension: int) -> dict[bytes, np.ndarray]:
    """The vectors kept for `keys`: key -> (dimension,) float32. What is not kept is not in it.

    Rows that fail their checksum are left out, with a warning that says how many. A damaged file is set aside."""
    found: dict[bytes, np.ndarray] = {}
    if not keys or not file.exists():
        return found
    failed = 0
    try:
        with _opened(file) as connection:
            for first in range(0, len(keys), KEYS_A_QUERY):
                some = keys[first : first + KEYS_A_QUERY]
                marks = ",".join("?" * len(some))
                query = f"SELECT key, vector, checksum FROM vectors WHERE key IN ({marks})"
                for key, vector, checksum in connection.execute(query, some):
                    if checksum == _checksum(key, vector) and len(vector) == 4 * dimension:
                        found[key] = np.frombuffer(vector, dtype="<f4")
                    else:
                        failed += 1
    except (sqlite3.Error, OSError) as error:
        if not _set_aside(file, error):
            say(f"The cache of vectors cannot be read ({file}: {error}); every passage is encoded again.")
    if failed:
        say(f"{failed} cached vectors failed their checksum ({file}); they are computed again.")
    return found


def store(file: Path, keys: Sequence[bytes], vectors: np.ndarray) -> bool:
    """Keeps `vectors` (n, d) under `keys`, in one transaction; replaces what stood there.

    False, with a warning, where nothing can be kept (disk full, read-only, locked): the caller goes on without."""
    rows = []
    for key, vector in zip(keys, np.ascontiguousarray(vectors, dtype="<f4"), strict=True):
        kept = vector.tobytes()
        rows.append((key, kept, _checksum(key, kept)))
    for attempt in (1, 2):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with _opened(file) as connection, connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
            return True
        except (sqlite3.Error, OSError) as error:
            if attempt == 1 and _set_aside(file, error):
                continue
            say(f"Vectors cannot be kept ({file}: {error}); the work goes on, but would begin anew next time.")
            return False
    return False


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, timeout=WAIT)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(TABLE)
        yield connection
    finally:
        connection.close()


def _set_aside(file: Path, error: Exception) -> bool:
    """Renames a damaged file, and says so. False where `error` is of another kind or it cannot be renamed."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF not in DAMAGED:
        return False
    if _sound(file):
        return True  # another process has set it aside and begun anew
    aside = file.with_name(f"{file.stem}.damaged-{time.time_ns()}{file.suffix}")
    try:
        file.rename(aside)
        for end in ("-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)
    except OSError:
        return False
    say(f"The cache of vectors was damaged ({error}); it is set aside as {aside} and begun anew.")
    return True


def _sound(file: Path) -> bool:
    try:
        with _opened(file) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error:
        return False


def _checksum(key: bytes, vector: bytes) -> bytes:
    return hashlib.blake2b(key + vector, digest_size=8).digest()


def say(message: str) -> None:
    """Warns."""
    warnings.warn(message, RuntimeWarning, stacklevel=4)
