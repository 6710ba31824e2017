"""What a checkpoint keeps of the golden images: digests and block means of pixels, values of floating-point numbers.

Of pixels (decode, canvas, resize, crop, pad, reencode) a digest is kept, since whole numbers are equal or they are not, and the
means of 8 x 8 blocks, which tell how far they went apart. Of floating-point numbers (normalise, logits) the values themselves,
since other processors round otherwise.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError
from robustfashion.provenance import content_digest

Pixels = NDArray[np.uint8]
Values = Mapping[str, Mapping[str, list[float]]]
"""Numbers by image and step."""

PIXEL_STEPS = ("decode", "canvas", "resize", "crop", "pad", "reencode")
VALUE_STEPS = ("normalise", "logits")
STEPS = (*PIXEL_STEPS, *VALUE_STEPS)
"""From file to answer, in order (``reencode`` stands before ``resize`` where the canvas is what goes through a JPEG).

``canvas`` is of the paper's preprocessing, ``crop`` and ``pad`` are of other policies: no record has them all.
"""

REFUSED = "refused"
"""Digest of an image that the settings refuse (``max_pixels``), or that these libraries cannot decode."""

_BLOCKS = 8
_LEVELS = 256
"""Block means are kept in 1/256 of a level."""


@dataclass(frozen=True)
class PixelPrint:
    """What is kept of one image after one step."""

    digest: str
    """SHA-256 over size and pixels, or :data:`REFUSED`."""
    size: tuple[int, int] = (0, 0)
    """Height and width, in px."""
    blocks: bytes = b""
    """Means over 8 x 8 blocks (fewer where a side is shorter), row by row, RGB, in 1/256 level, two bytes each."""

    @classmethod
    def of(cls, image: Pixels) -> "PixelPrint":
        """Print of uint8 RGB [H, W, 3]."""
        means = np.rint(block_means(image, _BLOCKS) * _LEVELS).astype("<u2")
        return cls(content_digest(list(image.shape), image.tobytes()), (image.shape[0], image.shape[1]), means.tobytes())

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> "PixelPrint":
        """The inverse of :meth:`to_dict`; KeyError, TypeError or ValueError where it is damaged."""
        height, width = (int(side) for side in value["size"])
        return cls(str(value["digest"]), (height, width), base64.b64decode(value["blocks"], validate=True))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint."""
        return {"digest": self.digest, "size": list(self.size), "blocks": base64.b64encode(self.blocks).decode()}

    def shift(self, other: "PixelPrint") -> float | None:
        """Largest difference of a block's mean, in levels; None where the sizes differ or one was refused."""
        if self.size != other.size or len(self.blocks) != len(other.blocks) or REFUSED in (self.digest, other.digest):
            return None
        a, b = (np.frombuffer(each.blocks, "<u2").astype(np.int64) for each in (self, other))
        return float(np.abs(a - b).max(initial=0)) / _LEVELS


@dataclass(frozen=True)
class GoldenRecord:
    """What a checkpoint keeps of all golden images."""

    image_set: str
    """Digest of the images themselves: prints of another set cannot be compared."""
    weights: str
    """SHA-256 over the network's weights and buffers."""
    prints: Mapping[str, Mapping[str, PixelPrint]]
    """By image and step, in the order of the steps."""
    values: Values
    """By image and step; refused images have none."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint."""
        images = {
            name: {step: found.to_dict() for step, found in steps.items()}
            | {step: list(numbers) for step, numbers in self.values.get(name, {}).items()}
            for name, steps in self.prints.items()
        }
        return {"set": self.image_set, "weights": self.weights, "images": images}


@dataclass(frozen=True)
class NotRecorded:
    """Why a checkpoint keeps nothing of the golden images."""

    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint."""
        return {} if self.reason is None else {"reason": self.reason}


def read_golden(golden: object, source: str) -> GoldenRecord | NotRecorded | None:
    """The field ``golden`` of a checkpoint's description; None where it has none, as before robustfashion 0.2.

    Raises:
        InputError: it is damaged.
    """
    if golden is None:
        return None
    if isinstance(golden, Mapping) and "images" not in golden:
        reason = golden.get("reason")
        return NotRecorded(None if reason is None else str(reason))
    try:
        return _read_record(golden)  # type: ignore[arg-type]  # what is no mapping is a TypeError
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"{source}: field 'golden' cannot be read ({error!r}); the file is damaged") from error


def _read_record(golden: Mapping[str, Any]) -> GoldenRecord:
    images = {str(name): dict(steps) for name, steps in golden["images"].items()}
    prints = {
        name: {step: PixelPrint.read(found) for step, found in steps.items() if step in PIXEL_STEPS}
        for name, steps in images.items()
    }
    values = {
        name: {step: [float(value) for value in found] for step, found in steps.items() if step not in PIXEL_STEPS}
        for name, steps in images.items()
    }
    return GoldenRecord(str(golden["set"]), str(golden["weights"]), prints, values)


def block_means(image: NDArray[Any], blocks: int) -> NDArray[np.float64]:
    """Means of [H, W, 3] over a grid of ``blocks`` x ``blocks``, fewer where a side is shorter: float64 [h, w, 3]."""
    sums = image.astype(np.float64)
    for axis in (0, 1):
        side = image.shape[axis]
        count = min(blocks, side)
        edges = np.arange(count + 1) * side // count
        shape = [1, 1, 1]
        shape[axis] = count
        sums = np.add.reduceat(sums, edges[:-1], axis=axis) / np.diff(edges).reshape(shape)
    return sums
