"""Many texts over all cores: worker processes with one thread each, and this process beside them.

One thread a process, since two threads in one process wait for each other at every layer. This process encodes
too: it has its first vectors while workers still start, and takes over what a dead worker leaves.
"""

import json
import os
import queue
import subprocess
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from helpers.encode.encoders import Encoder, can_be_reopened
from helpers.encode.worker import receive, send

TEXTS_A_WORKER = 300
"""New texts that make one more worker worth it: its start takes 2.4 s of a core, in which that core encodes some 70."""

MEMORY_A_WORKER = 10**9
"""Bytes, with room to spare: 0.35 GB measured with the default encoder. Larger models bring their weights on top."""

MOST_WORKERS = 16

Done = tuple[list[int], np.ndarray]


def how_many(encoder: Encoder, n_texts: int) -> int:
    """Processes, this one included, that `n_texts` new texts are worth, within cores and free memory.

    1 where a GPU does the work, or where no other process could open the encoder."""
    if n_texts < 2 * TEXTS_A_WORKER or not can_be_reopened(encoder) or _on_gpu(encoder):
        return 1
    room = 1 + int(0.7 * _free_memory() // _memory_of(encoder))
    return max(1, min(_cores(), room, n_texts // TEXTS_A_WORKER, MOST_WORKERS))


def chunk_size(encoder: Encoder) -> int:
    """Texts that are encoded and stored together: on a CPU about two seconds of work, the most that a kill loses."""
    return 2048 if _on_gpu(encoder) else 64


def encode_chunks(
    texts: Sequence[str], chunks: Sequence[list[int]], *, encoder: Encoder, processes: int
) -> Generator[Done, None, None]:
    """Yields (positions, vectors) chunk by chunk, in the order they are done. `chunks` hold positions in `texts`.

    Workers are ended when the iterator is closed, by Ctrl-C as well. What a worker that dies leaves is encoded
    here, with a warning."""
    todo, done = deque(chunks), queue.SimpleQueue[Done | str]()
    left = len(chunks)
    with _workers(processes - 1, encoder, texts, todo, done), _one_thread(processes > 1):
        while left:
            if todo:
                with suppress(IndexError):
                    chunk = todo.popleft()
                    done.put((chunk, encoder.encode([texts[i] for i in chunk])))
            # Never waits for long: a dying worker puts its chunk back, and Windows hears Ctrl-C only in between.
            with suppress(queue.Empty):
                while left:
                    message = done.get(timeout=0.0 if todo else 0.2)
                    if isinstance(message, str):
                        warnings.warn(message, RuntimeWarning, stacklevel=3)
                    else:
                        left -= 1
                        yield message


@contextmanager
def _workers(
    n: int, encoder: Encoder, texts: Sequence[str], todo: "deque[list[int]]", done: "queue.SimpleQueue[Done | str]"
) -> Iterator[None]:
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for _ in range(n):
            try:
                process = _start(encoder.name)
            except OSError as error:
                done.put(f"No worker process could be started ({error}); passages are encoded in this one.")
                break
            processes.append(process)
            drive = _driver(process, encoder, texts, todo, done)
            threading.Thread(target=drive, daemon=True).start()
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


def _start(name: str) -> "subprocess.Popen[bytes]":
    package = str(Path(__file__).resolve().parents[2])
    paths = [package, os.environ.get("PYTHONPATH", "")]
    surroundings = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    return subprocess.Popen(
        # -P: a random.py in the user's folder must not stand in for the real one.
        [sys.executable, "-P", "-m", "helpers.encode.worker", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=surroundings,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _driver(
    process: "subprocess.Popen[bytes]",
    encoder: Encoder,
    texts: Sequence[str],
    todo: "deque[list[int]]",
    done: "queue.SimpleQueue[Done | str]",
) -> Callable[[], None]:
    """What the thread beside a worker does: hands it chunk after chunk until there is none."""

    def drive() -> None:
        chunk: list[int] | None = None
        assert process.stdin and process.stdout
        try:
            if _content(receive(process.stdout), b"r").decode() != encoder.fingerprint:
                raise ValueError("it opened another model of the same name")
            while True:
                try:
                    chunk = todo.popleft()
                except IndexError:
                    return
                send(process.stdin, json.dumps([texts[i] for i in chunk]).encode())
                made = np.frombuffer(_content(receive(process.stdout), b"v"), dtype="<f4")
                done.put((chunk, made.reshape(len(chunk), encoder.dimension)))
                chunk = None
        except (OSError, EOFError, ValueError) as error:
            if chunk is not None:
                todo.appendleft(chunk)
            done.put(_obituary(process, error))

    return drive


def _obituary(process: "subprocess.Popen[bytes]", error: Exception) -> str:
    try:
        code = process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        code = None
    why = "killed, probably for want of memory" if code in (-9, 137) else f"exit code {code}"
    reason = str(error) if not isinstance(error, EOFError) else why
    return f"A worker process of the encoder ended early ({reason}); its passages are encoded by the others."


def _content(message: bytes, kind: bytes) -> bytes:
    if message[:1] != kind:
        raise ValueError(message[1:].decode(errors="replace")[:300])
    return message[1:]


@contextmanager
def _one_thread(wanted: bool) -> Iterator[None]:
    """Keeps torch in this process to one thread, and gives back the user's setting."""
    torch = sys.modules.get("torch")
    if torch is None or not wanted:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _on_gpu(encoder: Encoder) -> bool:
    if not can_be_reopened(encoder) or encoder.name == "fast":
        return False
    import torch

    return torch.cuda.is_available()


def _cores() -> int:
    """Physical cores that this process may use, a container's quota taken into account."""
    from joblib import cpu_count

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where they cannot be told apart it counts logical ones
        return cpu_count(only_physical_cores=True)


def _free_memory() -> int:
    """Bytes, the limit of a Linux container taken into account."""
    import psutil

    free = psutil.virtual_memory().available
    with suppress(OSError, ValueError):
        group = Path("/sys/fs/cgroup")
        limit = int((group / "memory.max").read_text(encoding="ascii"))
        used = int((group / "memory.current").read_text(encoding="ascii"))
        free = min(free, max(0, limit - used))
    return free


def _memory_of(encoder: Encoder) -> int:
    model = getattr(encoder, "model", None)
    if model is None or not hasattr(model, "parameters"):
        return MEMORY_A_WORKER
    weights = sum(p.numel() * p.element_size() for p in model.parameters())
    return MEMORY_A_WORKER + 2 * weights
