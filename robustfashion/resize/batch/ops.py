"""Exact arithmetic on planes: what the resizers are made of, in ordinary torch operations on any device.

Planes are ``[P, H, W]``, P = images x channels. Whole numbers are summed in int32, whose sums do not depend on the order;
float32 is multiplied and added one tap at a time, in the library's own order, each product and each sum rounded (IEEE), so
that a CPU and a GPU agree. Not for ``torch.compile``: a compiler may fuse a product and a sum into one rounding.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

ROWS, COLUMNS = 1, 2
"""Dimensions of planes."""


@dataclass(frozen=True)
class Taps:
    """Interpolation of one axis with K taps, on a device."""

    at: Tensor
    """Source position of each tap, int64 [K, target]."""
    weight: Tensor
    """Weight of each tap, int32 or float32 [K, target]; 0 where a target pixel has fewer taps."""


def to_device(array: NDArray[np.generic], device: torch.device) -> Tensor:
    """A copy of the array on the device."""
    return torch.from_numpy(np.array(array, order="C")).to(device)


def index_on(positions: NDArray[np.integer], device: torch.device) -> Tensor:
    """Positions as ``index_select`` takes them."""
    return to_device(positions.astype(np.int64), device)


def taps_on(at: NDArray[np.integer], weight: NDArray[np.generic], device: torch.device) -> Taps:
    """Tables of shape [target, K] on the device."""
    return Taps(index_on(at.T, device), to_device(weight.T, device))


def along(values: Tensor, axis: int) -> Tensor:
    """A vector [target] such that it multiplies planes along this axis."""
    return values[:, None] if axis == ROWS else values


def pick(planes: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Each target pixel copies one source pixel: [P, H, W] to [P, h, w]."""
    return planes.index_select(ROWS, rows).index_select(COLUMNS, columns)


def whole_sums(planes: Tensor, taps: Taps, axis: int) -> Tensor:
    """Weighted sums along one axis, int32; planes and weights are whole numbers, and sums stay below 2^31.

    Product and sum are one operation here, which halves the traffic; whole numbers are not rounded.
    """
    total = planes.index_select(axis, taps.at[0]) * along(taps.weight[0], axis)
    for at, weight in zip(taps.at[1:], taps.weight[1:], strict=True):
        total.addcmul_(planes.index_select(axis, at), along(weight, axis))
    return total


def float_sums(planes: Tensor, taps: Taps, axis: int) -> Tensor:
    """Weighted sums along one axis, float32, tap after tap; a tap of weight 0 changes nothing.

    Product and sum are two operations here: as one, a device may round them once.
    """
    total = planes.index_select(axis, taps.at[0]).to(torch.float32) * along(taps.weight[0], axis)
    for at, weight in zip(taps.at[1:], taps.weight[1:], strict=True):
        product = planes.index_select(axis, at).to(torch.float32) * along(weight, axis)
        total += product
    return total


def shifted(sums: Tensor, bits: int) -> Tensor:
    """Sums in units of 2^-bits, rounded half up and clipped to uint8; overwrites them."""
    return sums.add_(1 << (bits - 1)).bitwise_right_shift_(bits).clamp_(0, 255).to(torch.uint8)


def to_even(values: Tensor) -> Tensor:
    """float32 rounded half to even and clipped to uint8; overwrites them."""
    return values.round_().clamp_(0, 255).to(torch.uint8)
