"""Eight golden images and what a classifier makes of them, step by step: how a later machine knows that it does the same.

The images are files of this package, encoded once and fixed: JPEGs of odd sizes, one larger than the canvas, gray, CMYK and lying
on its side by its EXIF tag; a PNG with a transparent palette colour and one of stripes down to 1 px; a WebP that fades out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, distributed, nn

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.golden_record import REFUSED, GoldenRecord, NotRecorded, PixelPrint, Pixels, Values, block_means
from robustfashion.models.matching import head_names
from robustfashion.models.pixel_network import PixelNetwork
from robustfashion.models.weights import digest_parts
from robustfashion.pictures.decode import decode_bytes
from robustfashion.provenance import content_digest

IMAGES = (
    "portrait.jpg", "large.jpg", "gray.jpg", "oriented.jpg", "cmyk.jpg", "palette.png", "fine.png", "veiled.webp",
)  # fmt: skip

_VALUE_BLOCKS = 4
_BODIES_KEPT = 4


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
    yield from preprocessing.steps(image)


def network_values(network: PixelNetwork, observed: Observed, names: Iterable[str] = IMAGES) -> Values:
    """Normalised input (means of 4 x 4 blocks) and logits by image, in one pass on the CPU; refused images are left out."""
    kept = [name for name in names if name in observed.pixels]
    if not kept:
        return {}
    batch = torch.from_numpy(np.stack([observed.pixels[name] for name in kept])).permute(0, 3, 1, 2)
    with torch.inference_mode():
        scaled = network.scale(batch).permute(0, 2, 3, 1).float().numpy()
        logits = _asked(network, batch).float().numpy()
    return {
        name: {"normalise": _plain(block_means(image, _VALUE_BLOCKS)), "logits": _plain(row)}
        for name, image, row in zip(kept, scaled, logits, strict=True)
    }


_bodies: dict[str, Tensor | None] = {}
"""Features of the golden images by body and pixels: the heads of a study have one body, which is asked once. None: its logits are
not those of the last layer on its features alone (auxiliary heads)."""


def _asked(network: PixelNetwork, batch: Tensor) -> Tensor:
    """Logits of uint8 [n, 3, S, S]."""
    last = network.backbone.get_classifier()
    if not isinstance(last, nn.Linear):
        logits: Tensor = network(batch)
        return logits
    head = head_names(network.backbone)
    body = {name: weight for name, weight in network.backbone.state_dict().items() if name not in head}
    scaling = network.mean.flatten().tolist(), network.std.flatten().tolist()
    pixels = content_digest(np.ascontiguousarray(batch.numpy()).tobytes())
    key = content_digest(network.architecture, scaling, list(batch.shape), pixels, *digest_parts(body))
    if key not in _bodies:
        if len(_bodies) >= _BODIES_KEPT:
            _bodies.clear()
        _bodies[key] = _features(network, batch)
    features = _bodies[key]
    found: Tensor = network(batch) if features is None else last(features)
    return found


def _features(network: PixelNetwork, batch: Tensor) -> Tensor | None:
    """Input of the last layer [n, d], if that alone gives the network's logits."""
    maps = network.backbone.forward_features(network.scale(batch))
    features: Tensor = network.backbone.forward_head(maps, pre_logits=True)
    whole, last = network(batch[:1]), network.backbone.get_classifier()(features[:1])
    # One image in a batch of its own: rounding differs.
    same = whole.shape == last.shape and torch.allclose(whole, last, rtol=1e-3, atol=1e-4)
    return features if same else None


def _plain(values: NDArray[Any]) -> list[float]:
    return [float(f"{value:.7g}") for value in values.ravel().tolist()]


def record(preprocessing: Preprocessing, network: PixelNetwork) -> GoldenRecord:
    """What a checkpoint keeps of the golden images.

    Args:
        preprocessing: that of the checkpoint.
        network: as the checkpoint's reader builds it, on the CPU, in eval mode.
    """
    observed = observe(preprocessing)
    return GoldenRecord(image_set(), weights_digest(network), observed.prints, network_values(network, observed))


def golden_of(
    preprocessing: Preprocessing | None, build: Callable[[Mapping[str, Tensor]], PixelNetwork], weights: Mapping[str, Tensor]
) -> GoldenRecord | NotRecorded | None:
    """What a checkpoint that is about to be written keeps of the golden images: as its weights answer, once loaded elsewhere.

    Args:
        preprocessing: that of the checkpoint; None = none.
        build: a network that holds these weights, on the CPU, in eval mode; may draw random numbers.
        weights: those that are written.

    Returns:
        None on all processes but the first, which writes.
    """
    if distributed.is_available() and distributed.is_initialized() and distributed.get_rank() > 0:
        return None
    if preprocessing is None:
        return NotRecorded("written without a preprocessing")
    if any(type(weight) not in (Tensor, nn.Parameter) for weight in weights.values()):
        return NotRecorded("written in shards")
    try:
        with torch.random.fork_rng(devices=[]):  # a network's first weights are drawn: not from the training's stream
            network = build(weights)
        return record(preprocessing, network)
    except Exception as error:  # a long training's weights are worth more than what can be said about them
        return NotRecorded(f"{type(error).__name__}: {error}"[:500])


def weights_digest(network: PixelNetwork) -> str:
    """SHA-256 over the network's weights and buffers, by name; mean and deviation of the input are seen by ``normalise``."""
    return content_digest(*digest_parts(network.backbone.state_dict()))
