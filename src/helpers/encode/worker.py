"""A worker process: texts come in on standard input, vectors go out on standard output.

Started as `python -m helpers.encode.worker NAME` and not through multiprocessing, whose spawned processes run the
user's script again: a script without an `if __name__ == "__main__"` would start workers of workers.

A message is four bytes of length (little-endian), then a letter and its content: `r` ready, the fingerprint; `v`
vectors, float32; `e` an error in words. Texts come as a JSON list.
"""

import json
import os
import signal
import struct
import sys
from typing import IO


def send(stream: IO[bytes], message: bytes) -> None:
    """Writes one message."""
    stream.write(struct.pack("<I", len(message)) + message)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes:
    """Reads one message. Raises EOFError where the other side has gone."""
    size = stream.read(4)
    if len(size) < 4:
        raise EOFError("the other process has ended")
    message = stream.read(struct.unpack("<I", size)[0])
    if len(message) < struct.unpack("<I", size)[0]:
        raise EOFError("the other process ended in the middle of a message")
    return message


def main() -> None:
    """Serves until standard input ends, which it also does when the parent is killed."""
    # Ctrl-C goes to every process of a terminal; the parent ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Whatever a library prints must not fall between the messages.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        from helpers.encode.encoders import open_encoder

        encoder = open_encoder(sys.argv[1])
        if sys.argv[1] != "fast":
            import torch

            torch.set_num_threads(1)
        encoder.encode(["ready"])
        send(out, b"r" + encoder.fingerprint.encode())
        while True:
            texts = json.loads(receive(sys.stdin.buffer))
            send(out, b"v" + encoder.encode(texts).astype("<f4").tobytes())
    except (EOFError, BrokenPipeError):
        return
    except Exception as error:  # said to the parent, which encodes these texts itself
        send(out, b"e" + f"{type(error).__name__}: {error}".encode())


if __name__ == "__main__":
    main()
