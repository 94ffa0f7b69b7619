import hashlib
import subprocess
import sys
import textwrap
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from helpers.encode import cache, encode
from helpers.errors import InputError


@dataclass
class Toy:
    """Three numbers from a text's sha256; remembers what it was asked."""

    name: str = "toy"
    dimension: int = 3
    fingerprint: str = "70" * 32
    asked: list[list[str]] = field(default_factory=list)

    def encode(self, texts):
        self.asked.append(list(texts))
        return np.array([vector_of(text) for text in texts])

    @property
    def texts(self):
        return [text for batch in self.asked for text in batch]


def vector_of(text):
    numbers = np.frombuffer(hashlib.sha256(text.encode()).digest()[:3], dtype=np.uint8).astype(np.float32) + 1
    return numbers / np.linalg.norm(numbers)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    return tmp_path / "vectors"


def passages(*texts):
    return pl.DataFrame(
        {"id": [f"d#{i}" for i in range(len(texts))], "text": texts}, schema_overrides={"text": pl.String}
    )


def test_rows_keep_their_order_and_columns():
    texts = ["a long text of several words", "b", "a text", "b", "the longest text of all of them, by far"]
    given = passages(*texts)
    made = encode(given, encoder=Toy(), progress=False)
    assert made.drop("embedding").equals(given)
    assert made.schema["embedding"] == pl.Array(pl.Float32, 3)
    assert np.array_equal(made["embedding"].to_numpy(), np.array([vector_of(text) for text in texts]))


def test_equal_texts_are_encoded_once():
    toy = Toy()
    encode(passages("b", "a", "b", "b"), encoder=toy, progress=False)
    assert sorted(toy.texts) == ["a", "b"]


def test_white_space_counts_as_one_space():
    toy = Toy()
    made = encode(passages("one  two", "one\n\ttwo", " one\u00a0two "), encoder=toy, progress=False)
    assert toy.texts == ["one two"]
    assert made["text"].to_list() == ["one  two", "one\n\ttwo", " one\u00a0two "]


def test_the_second_time_nothing_is_encoded(capsys):
    first, second = Toy(), Toy()
    made = encode(passages("a", "b", "c"), encoder=first, progress=False)
    capsys.readouterr()
    again = encode(passages("c", "b", "d"), encoder=second)
    assert second.texts == ["d"]
    assert again["embedding"][0].to_list() == made["embedding"][2].to_list()
    capsys.readouterr()
    encode(passages("a", "d"), encoder=second)
    assert second.texts == ["d"]
    assert capsys.readouterr().err == ""


def test_another_fingerprint_is_another_cache():
    encode(passages("a"), encoder=Toy(), progress=False)
    other = Toy(fingerprint="71" * 32)
    encode(passages("a"), encoder=other, progress=False)
    assert other.texts == ["a"]


def test_progress_goes_to_stderr(capsys):
    encode(passages("a", "b"), encoder=Toy())
    said = capsys.readouterr()
    assert said.out == ""
    assert "encoding" in said.err and "2/2" in said.err


def test_texts_of_like_length_come_together():
    toy = Toy()
    encode(passages(*(f"{i} " + "x" * (i * 37 % 200) for i in range(200))), encoder=toy, progress=False)
    lengths = [len(text) for text in toy.texts]
    assert lengths == sorted(lengths, reverse=True)
    assert [len(batch) for batch in toy.asked] == [64, 64, 64, 8]


def test_no_passages():
    made = encode(passages(), encoder=Toy(), progress=False)
    assert made.height == 0
    assert made.schema["embedding"] == pl.Array(pl.Float32, 3)


def test_an_older_embedding_is_replaced():
    older = encode(passages("a"), encoder=Toy(dimension=3), progress=False)
    assert encode(older, encoder=Toy(), progress=False).columns == ["id", "text", "embedding"]


@pytest.mark.parametrize("empty", ["", "  \n ", None])
def test_an_empty_text_is_named(empty):
    with pytest.raises(InputError, match=r"1 passages have no text, first 'd#1'"):
        encode(passages("a", empty), encoder=Toy())


def test_a_missing_column_is_named():
    with pytest.raises(InputError, match="'text'"):
        encode(pl.DataFrame({"id": ["a"]}), encoder=Toy())


def test_no_worker_is_too_few():
    with pytest.raises(InputError, match="workers must be 1 or more; found 0"):
        encode(passages("a"), encoder=Toy(), workers=0)


@pytest.mark.parametrize(
    ("vectors", "said"),
    [
        (np.ones((2, 4), dtype=np.float32) / 2, "wrong shape"),
        (np.ones((1, 3), dtype=np.float32), "wrong shape"),
        (np.ones((2, 3), dtype=np.float32), "not L2-normalised.*found 1.732"),
        (np.full((2, 3), np.nan, dtype=np.float32), "not L2-normalised.*found nan"),
    ],
)
def test_an_encoder_that_gives_no_usable_vectors(vectors, said, monkeypatch):
    monkeypatch.setattr(Toy, "encode", lambda self, texts: vectors)
    with pytest.raises(InputError, match=said):
        encode(passages("a", "b"), encoder=Toy(), progress=False)


def test_a_flipped_byte_is_said_and_computed_again(folder):
    made = encode(passages("a", "b", "c"), encoder=Toy(), progress=False)
    (file,) = folder.glob("*.sqlite")
    content = file.read_bytes()
    vector = made["embedding"].to_numpy()[1].tobytes()
    assert content.count(vector) == 1
    at = content.index(vector) + 5
    file.write_bytes(content[:at] + bytes([content[at] ^ 8]) + content[at + 1 :])
    toy = Toy()
    with pytest.warns(RuntimeWarning, match="1 cached vectors failed their checksum"):
        again = encode(passages("a", "b", "c"), encoder=toy, progress=False)
    assert toy.texts == ["b"]
    assert again.equals(made)


def test_without_a_cache_the_work_goes_on_and_it_is_said_once(folder):
    folder.write_text("a file where the folder should be", encoding="utf-8")
    texts = [f"text {i}" for i in range(200)]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        made = encode(passages(*texts), encoder=Toy(), progress=False)
    assert [str(one.message)[:22] for one in said] == ["Vectors cannot be kept"]
    assert np.array_equal(made["embedding"].to_numpy(), np.array([vector_of(text) for text in texts]))


def test_a_cache_folder_that_cannot_be_made(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "file" / "folder"))
    with pytest.warns(RuntimeWarning, match="cannot be kept.*Set WORKBENCH_CACHE"):
        made = encode(passages("a"), encoder=Toy(), progress=False)
    assert np.array_equal(made["embedding"].to_numpy()[0], vector_of("a"))


def test_ctrl_c_keeps_the_finished_chunks(monkeypatch):
    texts = [f"text {i:03}" for i in range(200)]

    class Interrupted(Toy):
        def encode(self, texts):
            if len(self.asked) == 2:
                raise KeyboardInterrupt
            return super().encode(texts)

    with pytest.raises(KeyboardInterrupt):
        encode(passages(*texts), encoder=Interrupted(), progress=False)
    toy = Toy()
    encode(passages(*texts), encoder=toy, progress=False)
    assert len(toy.texts) == 200 - 2 * 64


SCRIPT = """
import sys, time
import polars as pl
sys.path.insert(0, {here!r})
from test_encode import Toy
from helpers.encode import encode

class Slow(Toy):
    def encode(self, texts):
        print(len(texts), flush=True)
        time.sleep({seconds})
        return super().encode(texts)

texts = [f"text {{i:03}}" for i in range({first}, {last})]
made = encode(pl.DataFrame({{"id": texts, "text": texts}}), encoder=Slow(), progress=False)
print("done", made.height, flush=True)
"""


def script(*, first=0, last=320, seconds=0.2):
    text = SCRIPT.format(here=str(Path(__file__).parent), first=first, last=last, seconds=seconds)
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(text)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_killed_process_loses_at_most_one_chunk():
    run = script(seconds=0.5)
    for _ in range(3):
        assert run.stdout.readline() == "64\n", run.stderr.read()
    run.kill()  # while the third is encoded
    run.communicate(timeout=60)
    toy = Toy()
    texts = [f"text {i:03}" for i in range(320)]
    made = encode(passages(*texts), encoder=toy, progress=False)
    assert len(toy.texts) == 320 - 2 * 64
    assert np.array_equal(made["embedding"].to_numpy(), np.array([vector_of(text) for text in texts]))


def test_two_processes_at_once():
    runs = [script(first=0, last=320, seconds=0.02), script(first=160, last=480, seconds=0.02)]
    for run in runs:
        out, error = run.communicate(timeout=120)
        assert out.endswith("done 320\n"), error
        assert "Warning" not in error
    toy = Toy()
    encode(passages(*(f"text {i:03}" for i in range(480))), encoder=toy, progress=False)
    assert toy.texts == []


def test_the_cache_is_one_file_an_encoder(folder):
    encode(passages("a"), encoder=Toy(), progress=False)
    assert cache.cache_file(Toy.fingerprint).parent == folder
    assert [file.name for file in folder.glob("*.sqlite")] == ["70" * 16 + ".sqlite"]
