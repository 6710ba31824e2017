"""Work shared among threads so that its result does not depend on how many there are."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]  # comes with scikit-learn

from robustfashion.machine import thread_count


def count_of(threads: int | None) -> int:
    """The threads asked for; None: those of this machine.

    Raises:
        ValueError: less than one.
    """
    if threads is not None and threads < 1:
        raise ValueError(f"threads = {threads}; one at least")
    return thread_count() if threads is None else threads


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """BLAS on one thread, whose sums are added in one order; our own threads take different blocks. Decorates functions too."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()
