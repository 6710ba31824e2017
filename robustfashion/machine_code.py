"""Machine code of loops, kept on disk for later processes where there is room for it."""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kept(function: _Function, signature: Any = None, **options: Any) -> _Function:  # noqa: ANN401 - numba has no types
    """A function compiled by numba; loaded from disk where it has been compiled before.

    Where nothing can be kept (a read-only installation without a home), each process compiles for itself. numba looks at the file
    that the function stands in: a change of another file's function that it calls is not noticed, so that loops that call one
    another stand in one file.

    Args:
        function: of arrays and numbers.
        signature: its types; None: those of the first call.
        options: of :func:`numba.njit`.
    """
    made: _Function
    try:
        made = njit(signature, cache=True, **options)(function)
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
        made = njit(signature, **options)(function)
    return made


def compiled(function: _Function, fastmath: bool | set[str] = False) -> _Function:
    """A loop that leaves Python's lock to other threads and divides by zero as numpy does; decorates functions too.

    Args:
        function: of arrays and numbers.
        fastmath: LLVM's licences; True: all of them.
    """
    return kept(function, nogil=True, error_model="numpy", fastmath=fastmath)
