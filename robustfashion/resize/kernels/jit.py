"""How the kernels are compiled, and the types that they take.

Images are rows, uint8 [H, 3 W]; horizontal indices count bytes, not pixels. Indices are unsigned, since numba would first
test a signed one for being negative. Unsigned and signed integers mixed become float64 in numba, hence the typed constants.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numba import njit, types
from numpy.typing import NDArray

from robustfashion.machine_code import kept
from robustfashion.resize.affine_axes import EdgeTaps
from robustfashion.resize.convolution import Convolution
from robustfashion.resize.coordinates import Cover, Taps

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")

Rows = NDArray[np.uint8]

_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
"""Other threads may run meanwhile; division by zero is not looked for, so that loops with divisions vectorise."""

GREEN = np.uintp(1)
BLUE = np.uintp(2)
PIXEL = np.uintp(3)
"""Bytes from a red sample to the green and the blue one, and to the next pixel."""


def _array(dtype: types.Type, dimensions: int, *, writable: bool = False) -> types.Array:
    """C-contiguous. A parameter declared read-only takes writable arrays too, not the other way round."""
    return types.Array(dtype, dimensions, "C", readonly=not writable)


_NAMED_TUPLE: Callable[..., types.Type] = types.NamedTuple
_UNIFORM_TUPLE: Callable[..., types.Type] = types.UniTuple

ROWS = _array(types.uint8, 2)
ROWS_OUT = _array(types.uint8, 2, writable=True)
INDEX = _array(types.uintp, 1)
TAPS = _NAMED_TUPLE((_array(types.uintp, 2), _array(types.int32, 2)), Taps)
EDGE_TAPS = _NAMED_TUPLE((_array(types.uintp, 2), _array(types.float64, 2)), EdgeTaps)
CONVOLUTION = _NAMED_TUPLE((_array(types.uintp, 2), _array(types.float64, 2), _array(types.boolean, 1)), Convolution)
PAIR = _UNIFORM_TUPLE(types.intp, 2)
DIVISOR = _array(types.float32, 2)


def cover_type(amount: types.Type) -> types.Type:
    """The type of a :class:`Cover` whose overlaps are of this type."""
    amounts = _array(amount, 1)
    return _NAMED_TUPLE((INDEX, INDEX, amounts, amounts, INDEX, amounts, types.intp, amount), Cover)


def compiled(
    result: types.Type, *parameters: types.Type
) -> Callable[[Callable[_Parameters, _Result]], Callable[_Parameters, _Result]]:
    """Compile for exactly these types, without the GIL, and keep the machine code on disk for later processes.

    No fastmath: the float kernels rely on IEEE rounding and on the written order.
    """

    def decorate(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
        """The function's machine code."""
        machine_code: Callable[_Parameters, _Result] = kept(function, result(*parameters), **_OPTIONS)
        return machine_code

    return decorate


def inlined(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
    """A part of kernels, compiled into each of them."""
    part: Any = njit(**_OPTIONS)(function)
    typed: Callable[_Parameters, _Result] = part
    return typed
