"""Work shared among threads so that its result does not depend on how many there are; BLAS on one thread meanwhile."""

import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # comes with scikit-learn

from robustfashion.machine import thread_count

T = TypeVar("T")
_NAME = "robustfashion-rows"


def pieces(n: int, size: int) -> list[slice]:
    """Rows 0 to n in pieces of ``size``, the last one shorter."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def each(work: Callable[[slice], T], parts: Sequence[slice]) -> list[T]:
    """What ``work`` gives for each part, in their order; parts side by side, BLAS on one thread in each.

    The parts must not depend on the number of threads; then nothing does.
    """
    # One of the pool's own threads that waited for the others might wait for ever.
    alone = len(parts) < 2 or _of_the_pool() or threads() == 1
    with one_blas_thread():
        return [work(part) for part in parts] if alone else list(_pool(threads()).map(work, parts))


def threads() -> int:
    """Threads for work that keeps a core busy, at least 1."""
    return _counted(frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None)


def threads_of(asked: int | None) -> int:
    """The threads asked for; None: those of this machine.

    Raises:
        ValueError: less than one.
    """
    if asked is not None and asked < 1:
        raise ValueError(f"threads = {asked}; one at least")
    return threads() if asked is None else asked


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """BLAS on one thread, whose sums are added in one order; decorates functions too.

    At the sizes here more threads gain little, and beside a busy process they cost twenty times the work.

    The limit is the process's, so that callers of several threads take turns: one that ended first would take it off another, and
    that one then leave the process on one thread for ever. The pool's own threads work for a caller who has it.
    """
    if _of_the_pool():
        yield
        return
    with _TURN, _libraries(len(sys.modules)).limit(limits=1, user_api="blas"):
        yield


def _of_the_pool() -> bool:
    return threading.current_thread().name.startswith(_NAME)


class _Turn:
    """A lock that a forked process has anew: a thread that stayed behind may have held it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()

    def __enter__(self) -> None:
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def renew(self) -> None:
        """Take a new lock."""
        self.lock = threading.RLock()


_TURN = _Turn()


@cache
def _pool(workers: int) -> ThreadPoolExecutor:
    """Kept: to start threads takes as long as some scores."""
    return ThreadPoolExecutor(workers, thread_name_prefix=_NAME)


@cache
def _counted(_cpus: frozenset[int] | None) -> int:
    """Control groups are files, which take longer to read than some scores."""
    return thread_count()


@lru_cache(maxsize=1)
def _libraries(_modules: int) -> ThreadpoolController:
    """Looked for anew when a module has been imported, which may have brought a BLAS of its own."""
    return ThreadpoolController().select(user_api="blas")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # threads stay behind
    os.register_at_fork(after_in_child=_TURN.renew)
