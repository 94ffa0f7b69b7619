"""Runs notebooks side by side, each in a kernel of this very Python, whatever kernels the machine has installed.

Kernels run in sessions of their own, so that Ctrl-C does not reach them: here they are killed with all they started.
"""

import asyncio
import contextlib
import datetime
import logging
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from helpers.html import clean
from helpers.report.page import Failure

_LOG = logging.Logger("kernels", logging.CRITICAL)  # a page tells of a failure; the terminal need not


@dataclass(frozen=True)
class Ran:
    """A notebook after its run: outputs and the day in place, where it stopped if it did, and the time it took."""

    notebook: NotebookNode
    failure: Failure | None
    seconds: float


def run_all(
    notebooks: Sequence[NotebookNode],
    *,
    after: Sequence[int | None],
    folder: Path,
    workers: int,
    done: Callable[[int, Ran], None],
) -> None:
    """Runs `notebooks` in `folder`, `workers` at once; calls `done(number, ran)` as each comes to its end.

    `after`: for each the number of the one that has to come to its end before it begins, or None.

    On Ctrl-C all kernels are killed, then KeyboardInterrupt goes on."""
    finished: Future[None] = Future()
    loop = asyncio.SelectorEventLoop()  # what pyzmq needs, also on Windows

    async def everything() -> None:
        gate = asyncio.Semaphore(workers)
        ended = [asyncio.Event() for _ in notebooks]

        async def one(number: int, notebook: NotebookNode) -> None:
            first = after[number]
            if first is not None:
                await ended[first].wait()
            async with gate:
                ran = await _run(notebook, folder=folder, workers=workers)
            ended[number].set()
            done(number, ran)

        tasks = [asyncio.ensure_future(one(number, notebook)) for number, notebook in enumerate(notebooks)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def work() -> None:
        asyncio.set_event_loop(loop)
        try:
            finished.set_result(loop.run_until_complete(whole))
        except BaseException as error:
            finished.set_exception(error)
        finally:
            loop.close()

    whole = loop.create_task(everything())
    thread = threading.Thread(target=work, name="kernels", daemon=True)
    thread.start()
    try:
        while thread.is_alive():  # a join without an end would not let Ctrl-C through on Windows
            thread.join(0.2)
    except KeyboardInterrupt:
        loop.call_soon_threadsafe(whole.cancel)
        thread.join(20)
        raise
    finished.result()


async def _run(notebook: NotebookNode, *, folder: Path, workers: int) -> Ran:
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpecManager

    # Without a folder of kernelspecs, "python3" is the kernel of the Python that runs this.
    manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NotebookClient(notebook, km=manager, timeout=None, shutdown_kernel="immediate", log=_LOG)
    threads = str(max(1, (os.cpu_count() or 1) // workers))
    environment = {"OMP_NUM_THREADS": threads} | os.environ | {"WORKBENCH_REPORT": "1", "PYTHONIOENCODING": "utf-8"}
    started, failure = time.monotonic(), None
    notebook.metadata["workbench"] = {"day": datetime.date.today().isoformat()}
    try:
        await client.async_execute(cleanup_kc=True, env=environment, cwd=str(folder), stderr=subprocess.DEVNULL)
    except CellExecutionError as error:
        failure = _failure(notebook, f"{error.ename}: {error.evalue}", str(error))
    except DeadKernelError:
        failure = _failure(notebook, "its Python ended without a word; perhaps the memory was not enough", "")
    except asyncio.CancelledError:
        raise
    except Exception as error:
        failure = _failure(notebook, f"it could not be run ({type(error).__name__}: {error})", "")
    finally:
        await asyncio.shield(_killed(manager))
    return Ran(notebook, failure, time.monotonic() - started)


async def _killed(manager: Any) -> None:
    """Ends the kernel and, where the system knows process groups, whatever it started."""
    if not manager.has_kernel:
        return
    group = getattr(manager.provisioner, "pgid", None)
    if group and hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)
    await manager.shutdown_kernel(now=True)


def _failure(notebook: NotebookNode, why: str, trace: str) -> Failure:
    """The failure of the last cell that was begun. An InputError speaks for itself, without its name."""
    begun = [number for number, cell in enumerate(notebook.cells) if cell.get("execution_count") is not None]
    failed = [n for n in begun if any(output.output_type == "error" for output in notebook.cells[n].outputs)]
    plain = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", trace)
    number = (failed or begun or [0])[-1]
    return Failure(number, clean(why.removeprefix("InputError: "))[:2000], clean(plain)[-8000:])
