"""Bands of target rows on several threads, on demand: the kernels hold no lock, and rows do not depend on one another."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np

from robustfashion.errors import InputError

_Table = TypeVar("_Table", bound=NamedTuple)

_threads: ContextVar[int] = ContextVar("threads", default=1)

_MIN_ROWS = 16
"""Handing a band to a thread costs about as much as computing these."""


@contextmanager
def row_threads(number: int) -> Iterator[None]:
    """Within it, the resizers computed here (Java's) work on this many threads; the pixels are the same.

    Raises:
        InputError: less than one.
    """
    if number < 1:
        raise InputError(f"threads is {number}; it must be at least 1")
    token = _threads.set(number)
    try:
        yield
    finally:
        _threads.reset(token)


def in_bands(rows: int, work: Callable[[slice], object]) -> None:
    """Call ``work`` for slices that make up ``range(rows)``: one slice, or as many as there are threads."""
    bands = min(_threads.get(), rows // _MIN_ROWS)
    if bands <= 1:
        work(slice(0, rows))
        return
    borders = [rows * band // bands for band in range(bands + 1)]
    slices = [slice(start, stop) for start, stop in pairwise(borders)]
    running = [_pool().submit(work, band) for band in slices[1:]]
    work(slices[0])
    for band in running:
        band.result()


def cut(table: _Table, band: slice) -> _Table:
    """The rows ``band`` of a table of one axis: of each of its arrays."""
    return table._replace(**{name: field[band] for name, field in table._asdict().items() if isinstance(field, np.ndarray)})


@lru_cache(1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), "resize")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a forked process has no threads of its parent
