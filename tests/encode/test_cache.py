import sqlite3
import subprocess
import sys
import warnings

import numpy as np
import pytest

from helpers.encode import cache

PRINT = "a" * 64


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    return cache.cache_file(PRINT)


def keys(*texts):
    return [cache.key_of(text, PRINT) for text in texts]


VECTORS = np.array([[1.0, 0.0], [0.6, 0.8], [-0.8, 0.6]], dtype=np.float32)


@pytest.fixture
def filled(file):
    assert cache.store(file, keys("a", "b", "c"), VECTORS)
    return file


def change(file, statement, *values):
    with sqlite3.connect(file) as connection:
        connection.execute(statement, values)
    connection.close()


def test_what_was_stored_is_found_bit_for_bit(filled):
    found = cache.look_up(filled, keys("c", "absent", "a"), dimension=2)
    assert set(found) == set(keys("a", "c"))
    assert found[keys("a")[0]].tolist() == [1.0, 0.0]
    assert found[keys("c")[0]].tobytes() == VECTORS[2].tobytes()


def test_key_tells_texts_and_encoders_apart():
    assert len({cache.key_of(t, f) for t in ("a", "b") for f in ("1", "2")}) == 4
    assert len(cache.key_of("a", "1")) == 32


def test_nothing_kept_yet(file):
    assert cache.look_up(file, keys("a"), dimension=2) == {}


def test_more_keys_than_one_query_takes(file):
    many = keys(*map(str, range(1234)))
    vectors = np.arange(1234, dtype=np.float32)[:, None]
    assert cache.store(file, many, vectors)
    found = cache.look_up(file, many, dimension=1)
    assert [float(found[key][0]) for key in many] == list(range(1234))


@pytest.mark.parametrize("part", ["vector", "checksum"])
def test_a_flipped_bit_is_noticed_and_replaced(filled, part):
    bad = keys("b")[0]
    with sqlite3.connect(filled) as connection:
        (value,) = connection.execute(f"SELECT {part} FROM vectors WHERE key = ?", [bad]).fetchone()
    connection.close()
    change(filled, f"UPDATE vectors SET {part} = ? WHERE key = ?", bytes([value[0] ^ 1]) + value[1:], bad)
    with pytest.warns(RuntimeWarning, match="^1 cached vectors failed their checksum"):
        found = cache.look_up(filled, keys("a", "b", "c"), dimension=2)
    assert set(found) == set(keys("a", "c"))
    assert cache.store(filled, [bad], VECTORS[1:2])
    assert set(cache.look_up(filled, keys("a", "b", "c"), dimension=2)) == set(keys("a", "b", "c"))


def test_a_vector_under_another_key_is_noticed(filled):
    change(filled, "DELETE FROM vectors WHERE key = ?", keys("a")[0])
    change(filled, "UPDATE vectors SET key = ? WHERE key = ?", keys("a")[0], keys("b")[0])
    with pytest.warns(RuntimeWarning, match="1 cached vectors"):
        assert cache.look_up(filled, keys("a"), dimension=2) == {}


def test_a_vector_of_another_length_is_not_taken(filled):
    with pytest.warns(RuntimeWarning, match="3 cached vectors"):
        assert cache.look_up(filled, keys("a", "b", "c"), dimension=3) == {}


def test_a_damaged_file_is_set_aside_and_begun_anew(file):
    file.parent.mkdir(parents=True)
    file.write_bytes(b"this is no database" * 500)
    with pytest.warns(RuntimeWarning, match="set aside as .*damaged"):
        assert cache.look_up(file, keys("a"), dimension=2) == {}
    (aside,) = file.parent.glob("*.damaged-*.sqlite")
    assert aside.read_bytes().startswith(b"this is no database")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cache.store(file, keys("a"), VECTORS[:1])
        assert set(cache.look_up(file, keys("a"), dimension=2)) == set(keys("a"))


def test_a_page_overwritten_in_the_middle(file):
    many = keys(*map(str, range(2000)))
    assert cache.store(file, many, np.ones((2000, 64), dtype=np.float32))
    content = bytearray(file.read_bytes())
    content[4096 : 40 * 4096] = b"\xff" * (39 * 4096)
    file.write_bytes(content)
    with pytest.warns(RuntimeWarning, match="set aside"):
        cache.look_up(file, many, dimension=64)
    assert cache.store(file, many, np.ones((2000, 64), dtype=np.float32))
    assert len(cache.look_up(file, many, dimension=64)) == 2000


def test_store_begins_anew_too(file):
    file.parent.mkdir(parents=True)
    file.write_bytes(b"this is no database" * 500)
    with pytest.warns(RuntimeWarning, match="set aside"):
        assert cache.store(file, keys("a"), VECTORS[:1])
    assert set(cache.look_up(file, keys("a"), dimension=2)) == set(keys("a"))


def test_a_place_that_cannot_be_written_to(tmp_path):
    (tmp_path / "vectors").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.warns(RuntimeWarning, match="cannot be kept"):
        assert cache.store(tmp_path / "vectors" / "x.sqlite", keys("a"), VECTORS[:1]) is False


def test_a_locked_cache(filled, monkeypatch):
    monkeypatch.setattr(cache, "WAIT", 0.05)
    other = sqlite3.connect(filled, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert set(cache.look_up(filled, keys("a"), dimension=2)) == set(keys("a"))
        with pytest.warns(RuntimeWarning, match="locked"):
            assert cache.store(filled, keys("d"), VECTORS[:1]) is False
    finally:
        other.close()


FULL = """
import resource, sys, warnings
import numpy as np
from pathlib import Path
from helpers.encode import cache
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
warnings.simplefilter("error")
try:
    cache.store(Path(sys.argv[1]), [bytes([i]) * 32 for i in range(200)], np.ones((200, 512), dtype=np.float32))
except RuntimeWarning as said:
    print("SAID", said)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are of POSIX")
def test_a_full_disk(filled):
    run = subprocess.run([sys.executable, "-c", FULL, str(filled)], capture_output=True, text=True, timeout=60)
    assert run.stdout.startswith("SAID Vectors cannot be kept"), run.stderr
    assert set(cache.look_up(filled, keys("a", "b", "c"), dimension=2)) == set(keys("a", "b", "c"))


WRITER = """
import sys, warnings
import numpy as np
from pathlib import Path
from helpers.encode import cache
warnings.simplefilter("error")
for i in range(60):
    some = [cache.key_of(f"{sys.argv[2]} {i} {j}", "f") for j in range(5)]
    assert cache.store(Path(sys.argv[1]), some, np.full((5, 8), i, dtype=np.float32))
    assert len(cache.look_up(Path(sys.argv[1]), some, dimension=8)) == 5
"""


def test_processes_at_once_lose_nothing(file):
    runs = [subprocess.Popen([sys.executable, "-c", WRITER, str(file), name], stderr=subprocess.PIPE) for name in "pqr"]
    for run in runs:
        _, error = run.communicate(timeout=120)
        assert run.returncode == 0, error.decode()
    every = [cache.key_of(f"{name} {i} {j}", "f") for name in "pqr" for i in range(60) for j in range(5)]
    assert len(cache.look_up(file, every, dimension=8)) == 900
