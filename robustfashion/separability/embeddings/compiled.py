"""Machine code for loops over points."""

from typing import Any

from robustfashion.machine_code import kept

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}


def compiled(function: Any, *, fastmath: bool | set[str]) -> Any:  # noqa: ANN401 - numba has no types
    """Machine code for the types of the first call, kept on disk where there is room for it.

    Args:
        function: of arrays and numbers.
        fastmath: LLVM's licences; True: all of them.
    """
    return kept(function, **_OPTIONS, fastmath=fastmath)
