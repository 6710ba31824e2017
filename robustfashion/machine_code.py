"""Machine code of loops, kept on disk for later processes where there is room for it."""

from collections.abc import Callable
from typing import Any

from numba import njit


def kept(function: Callable[..., Any], signature: Any = None, **options: Any) -> Any:  # noqa: ANN401 - numba has no types
    """A function compiled by numba; loaded from disk where it has been compiled before.

    Where nothing can be kept (a read-only installation without a home), each process compiles for itself. numba looks at the file
    that the function stands in: a change of another file's function that it calls is not noticed.

    Args:
        function: of arrays and numbers.
        signature: its types; None: those of the first call.
        options: of :func:`numba.njit`.
    """
    try:
        return njit(signature, cache=True, **options)(function)
    except RuntimeError as error:
        if "cannot cache" not in str(error):
            raise
        return njit(signature, **options)(function)
