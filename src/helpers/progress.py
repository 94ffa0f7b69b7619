"""A bar beside long work: in a notebook, on a terminal, and nothing on a page of a report."""

import os
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
AFTER = 2.0
"""Seconds of work after which a bar appears; what is quicker needs none."""


def steps(work: Iterable[T], *, total: int, name: str) -> Iterator[T]:
    """`work` one by one, beside a bar that says how many of `total` are done; it goes away with the work, and when
    the work is stopped. `name`: what is being done, a word or two."""
    from tqdm.auto import tqdm

    hidden = bool(os.environ.get("WORKBENCH_REPORT"))
    with tqdm(work, total=total, desc=name, leave=False, delay=AFTER, disable=hidden) as bar:
        yield from bar
