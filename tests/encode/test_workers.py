import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import numpy as np
import psutil
import pytest

from helpers.encode import open_encoder, workers

TEXTS = [f"The harbour of Meridian was closed on day {i} because of ice." for i in range(12)]


@pytest.fixture(scope="module")
def fast():
    return open_encoder("fast")


@dataclass
class Waiting:
    """Opens as `fast` elsewhere; here it waits until a worker has taken a chunk, and then gives zeros."""

    fingerprint: str
    taken: threading.Event
    name: str = "fast"
    dimension: int = 512

    def encode(self, texts):
        assert self.taken.wait(60)
        time.sleep(0.05)
        return np.zeros((len(texts), 512), dtype=np.float32)


class Watched(list):
    """Texts that tell when a thread beside the main one, the one that serves a worker, reads them."""

    def __init__(self, texts):
        super().__init__(texts)
        self.taken = threading.Event()

    def __getitem__(self, i):
        if threading.current_thread() is not threading.main_thread():
            self.taken.set()
        return super().__getitem__(i)


@pytest.fixture
def started(monkeypatch):
    processes = []
    original = workers._start

    def start(name):
        processes.append(original(name))
        return processes[-1]

    monkeypatch.setattr(workers, "_start", start)
    return processes


def gather(encoder, texts, chunks, *, processes=2):
    made = np.full((len(texts), 512), np.nan, dtype=np.float32)
    for rows, vectors in workers.encode_chunks(texts, chunks, encoder=encoder, processes=processes):
        made[rows] = vectors
    return made


def test_a_worker_gives_the_same_vectors(fast, started):
    texts = Watched(TEXTS)
    made = gather(Waiting(fast.fingerprint, texts.taken), texts, [[0, 2, 4], [5, 3, 1]])
    assert (made[[0, 2, 4]] == 0).all()
    assert np.abs(made[[1, 3, 5]] - fast.encode([TEXTS[i] for i in (1, 3, 5)])).max() < 1e-6
    assert [process.poll() is not None for process in started] == [True]


def test_what_a_killed_worker_leaves_is_encoded_here(fast, started):
    texts = Watched(["x" * 200_000] * 4)

    def kill():
        texts.taken.wait(60)
        started[0].kill()

    threading.Thread(target=kill).start()
    with pytest.warns(RuntimeWarning, match="ended early .*encoded by the others"):
        made = gather(Waiting(fast.fingerprint, texts.taken), texts, [[0], [1], [2], [3]])
    assert (made == 0).all()


@pytest.fixture
def given_up(monkeypatch):
    event = threading.Event()
    original = workers._obituary

    def obituary(*of):
        words = original(*of)
        event.set()
        return words

    monkeypatch.setattr(workers, "_obituary", obituary)
    return event


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fast", "another model of the same name"),
        ("nothing of this name", "InputError: .*no encoder 'nothing of this name'"),
    ],
)
def test_a_worker_that_cannot_be_used_says_why(name, said, given_up):
    with pytest.warns(RuntimeWarning, match=said):
        made = gather(Waiting("0" * 64, given_up, name=name), TEXTS, [[i] for i in range(12)])
    assert (made == 0).all()


def test_no_interpreter_to_start(fast, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.warns(RuntimeWarning, match="No worker process could be started"):
        made = gather(fast, TEXTS, [[0, 1, 2], list(range(3, 12))])
    assert np.abs(made - fast.encode(TEXTS)).max() < 1e-6


@pytest.mark.parametrize(
    ("texts", "cores", "free", "gpu", "expected"),
    [
        (599, 8, 64e9, False, 1),
        (600, 8, 64e9, False, 2),
        (100_000, 8, 64e9, False, 8),
        (100_000, 64, 640e9, False, 16),
        (100_000, 8, 3e9, False, 3),
        (100_000, 8, 1e9, False, 1),
        (100_000, 1, 64e9, False, 1),
        (100_000, 8, 64e9, True, 1),
    ],
)
def test_how_many(fast, texts, cores, free, gpu, expected, monkeypatch):
    monkeypatch.setattr(workers, "_cores", lambda: cores)
    monkeypatch.setattr(workers, "_free_memory", lambda: int(free))
    monkeypatch.setattr(workers, "_on_gpu", lambda encoder: gpu)
    assert workers.how_many(fast, texts) == expected


def test_an_encoder_of_the_users_own_stays_in_one_process():
    assert workers.how_many(Waiting("0" * 64, threading.Event()), 100_000) == 1


def test_cores_and_memory_of_this_machine():
    assert 1 <= workers._cores() <= (os.cpu_count() or 1)
    assert 0 < workers._free_memory() <= psutil.virtual_memory().total


# No `if __name__ == "__main__"`: a user's plain script must not start itself again.
PLAIN = """
print("started", flush=True)
import polars as pl
from helpers.encode import encode
texts = [f"The harbour was closed on day {i}. " * LENGTH for i in range(COUNT)]
made = encode(pl.DataFrame({"id": texts, "text": texts}), encoder="fast", workers=2, progress=False)
print("done", made.height, flush=True)
"""


@pytest.fixture
def plain(tmp_path):
    def run(*, count, length):
        script = tmp_path / "script.py"
        script.write_text(PLAIN.replace("COUNT", str(count)).replace("LENGTH", str(length)), encoding="utf-8")
        # A file that would stand in for a module of the standard library, were the folder searched first.
        (tmp_path / "signal.py").write_text("raise SystemExit('the wrong module')", encoding="utf-8")
        here = {"WORKBENCH_CACHE": str(tmp_path / "cache"), "PYTHONSAFEPATH": "1"}
        return subprocess.Popen(
            [sys.executable, str(script)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            env=os.environ | here,
        )

    return run


def test_a_plain_script_runs_once(plain):
    out, error = plain(count=200, length=4).communicate(timeout=120)
    assert out == "started\ndone 200\n", error
    assert error == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_their_parent(plain, how):
    run = plain(count=2000, length=40)
    children: list[psutil.Process] = []
    until = time.monotonic() + 60
    while not children and time.monotonic() < until:
        time.sleep(0.1)
        children = psutil.Process(run.pid).children()
    assert children
    time.sleep(1)
    run.send_signal(how)
    run.communicate(timeout=60)
    assert run.returncode != 0
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []
