"""Eight golden images and what a classifier makes of them, step by step: how a later machine knows that it does the same.

The images are files of this package, encoded once and fixed: JPEGs of odd sizes, one larger than the canvas, gray, CMYK and lying
on its side by its EXIF tag; a PNG with a transparent palette colour and one of stripes down to 1 px; a WebP that fades out.

Of pixels (decode, canvas, resize, reencode) a digest is kept, since whole numbers are equal or they are not, and the means of
8 x 8 blocks, which tell how far they went apart. Of floating-point numbers (normalise, logits) the values themselves, since other
processors round otherwise.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier
from robustfashion.models.weights import digest_parts
from robustfashion.pictures.decode import decode_bytes
from robustfashion.provenance import content_digest
from robustfashion.resize import resize

Pixels = NDArray[np.uint8]
Values = dict[str, dict[str, list[float]]]
"""Numbers by image and step."""

PIXEL_STEPS = ("decode", "canvas", "resize", "reencode")
VALUE_STEPS = ("normalise", "logits")
STEPS = (*PIXEL_STEPS, *VALUE_STEPS)
"""From file to answer, in order (``reencode`` stands before ``resize`` where the canvas is what goes through a JPEG)."""

IMAGES = (
    "portrait.jpg", "large.jpg", "gray.jpg", "oriented.jpg", "cmyk.jpg", "palette.png", "fine.png", "veiled.webp",
)  # fmt: skip

REFUSED = "refused"
"""Digest of an image that the settings refuse (``max_pixels``), or that these libraries cannot decode."""

_PIXEL_BLOCKS = 8
_VALUE_BLOCKS = 4
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
        means = np.rint(block_means(image, _PIXEL_BLOCKS) * _LEVELS).astype("<u2")
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


@dataclass(frozen=True)
class Observed:
    """What this process makes of the golden images, up to the network's input."""

    prints: Mapping[str, Mapping[str, PixelPrint]]
    """By image and step, in the order of the steps."""
    pixels: Mapping[str, Pixels]
    """uint8 [S, S, 3] by image, of those that are not refused."""


@cache
def image_files() -> dict[str, bytes]:
    """The golden images' bytes by name."""
    folder = resources.files("robustfashion.models") / "golden_images"
    return {name: (folder / name).read_bytes() for name in IMAGES}


@cache
def image_set() -> str:
    """Digest of all golden images: digests of another set cannot be compared."""
    return content_digest(*image_files().values())


@lru_cache(maxsize=8)
def observe(preprocessing: Preprocessing) -> Observed:
    """Take the golden images through a preprocessing, once per process: about 0.1 s."""
    prints: dict[str, dict[str, PixelPrint]] = {}
    pixels: dict[str, Pixels] = {}
    for name, data in image_files().items():
        try:
            steps = dict(pixel_steps(preprocessing, data, name))
        except InputError:
            prints[name] = {"decode": PixelPrint(REFUSED)}
            continue
        prints[name] = {step: PixelPrint.of(image) for step, image in steps.items()}
        pixels[name] = list(steps.values())[-1]
    return Observed(prints, pixels)


def pixel_steps(preprocessing: Preprocessing, data: bytes, name: str) -> Iterable[tuple[str, Pixels]]:
    """A file's pixels after each step, in the steps' order; the last are those of ``preprocessing.load_bytes``.

    Raises:
        InputError: the bytes cannot be decoded.
    """
    image = decode_bytes(data, preprocessing.decode, name)
    yield "decode", image
    at_canvas = preprocessing.reencode is not None and preprocessing.reencode.endswith("@canvas")
    canvas = preprocessing.on_canvas(image)
    if at_canvas:
        plain = Preprocessing(preprocessing.method, preprocessing.fit_method, preprocessing.canvas, preprocessing.size)
        yield "canvas", plain.on_canvas(image)
        yield "reencode", canvas
    else:
        yield "canvas", canvas
    resized = resize(canvas, (preprocessing.size, preprocessing.size), preprocessing.method)
    yield "resize", resized
    if preprocessing.reencode is not None and not at_canvas:
        yield "reencode", preprocessing.finish(resized)


def network_values(model: Classifier, observed: Observed, names: Iterable[str] = IMAGES) -> Values:
    """Normalised input (means of 4 x 4 blocks) and logits by image, in one pass on the CPU; refused images are left out."""
    kept = [name for name in names if name in observed.pixels]
    if not kept:
        return {}
    batch = torch.from_numpy(np.stack([observed.pixels[name] for name in kept])).permute(0, 3, 1, 2)
    with torch.inference_mode():
        scaled = model.scale(batch).permute(0, 2, 3, 1).float().numpy()
        logits = model(batch).float().numpy()
    return {
        name: {"normalise": _plain(block_means(image, _VALUE_BLOCKS)), "logits": _plain(row)}
        for name, image, row in zip(kept, scaled, logits, strict=True)
    }


def _plain(values: NDArray[Any]) -> list[float]:
    return [float(f"{value:.7g}") for value in values.ravel().tolist()]


def record(preprocessing: Preprocessing, model: Classifier) -> dict[str, Any]:
    """What a checkpoint keeps of the golden images: plain values.

    Args:
        preprocessing: that of the checkpoint.
        model: as the checkpoint's reader builds it, on the CPU, in eval mode.
    """
    observed = observe(preprocessing)
    images: dict[str, dict[str, Any]] = {
        name: {step: found.to_dict() for step, found in steps.items()} for name, steps in observed.prints.items()
    }
    for name, values in network_values(model, observed).items():
        images[name] |= values
    return {"set": image_set(), "weights": weights_digest(model), "images": images}


def weights_digest(model: Classifier) -> str:
    """SHA-256 over the network's weights and buffers, by name; mean and deviation of the input are seen by ``normalise``."""
    return content_digest(*digest_parts(model.backbone.state_dict()))
