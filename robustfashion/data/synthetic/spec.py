"""The specification of one picture: everything is decided here, before a pixel is drawn."""

import colorsys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from robustfashion import taxonomy
from robustfashion.data.synthetic.parameters import Value, parameters
from robustfashion.data.synthetic.settings import SyntheticSettings
from robustfashion.errors import InputError

Colour = tuple[int, int, int]

_ASPECTS = {"1:1": 1.0, "3:4": 3 / 4, "4:5": 4 / 5, "2:3": 2 / 3, "16:9": 16 / 9}
_BLOCK = 6
"""Pictures per block; each block holds one style with one picture, one with two and one with three, in random order."""
_GOLDEN = (5**0.5 - 1) / 2
_STREAM_BLOCK, _STREAM_STYLE, _STREAM_VIEW, _STREAM_MIX = range(4)


def stream(seed: int, *key: int) -> np.random.Generator:
    """Random numbers that depend on ``seed`` and ``key`` alone."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *key])))


def style_stream(seed: int, style: int, purpose: str) -> np.random.Generator:
    """Random numbers for details that all pictures of a style share."""
    return stream(seed, _STREAM_STYLE, style, zlib.crc32(purpose.encode()))


@dataclass(frozen=True)
class ProductSpec:
    """One product photograph, before pixels."""

    seed: int
    index: int
    product_type: str
    style: int
    """Number of the product; pictures of one style share everything but colours and the scene."""
    view: int
    """Number of the picture within its style."""
    shape: Mapping[str, Value]
    """Silhouette, from ``ranges/<product type>.yaml``."""
    fabric: Mapping[str, Value]
    """Material and pattern, from ``ranges/fabric.yaml``."""
    colours: tuple[Colour, Colour, Colour]
    """Ground, contrast and accent colour, RGB."""
    palette: str
    """Name of the ground colour in ``ranges/colours.yaml``."""
    scene: Mapping[str, Value]
    """Pose, framing, light, background and file, from ``ranges/scene.yaml``."""
    size: tuple[int, int]
    """Native (height, width) in px."""

    def number(self, name: str) -> float:
        """A numeric parameter of the silhouette, the fabric or the scene."""
        return float(self._find(name))

    def word(self, name: str) -> str:
        """A named choice of the silhouette, the fabric or the scene."""
        return str(self._find(name))

    def _find(self, name: str) -> Value:
        for part in (self.shape, self.fabric, self.scene):
            if name in part:
                return part[name]
        raise KeyError(name)

    def style_stream(self, purpose: str) -> np.random.Generator:
        """Random numbers for details that all pictures of the style share."""
        return style_stream(self.seed, self.style, purpose)

    def view_stream(self, purpose: str) -> np.random.Generator:
        """Random numbers for details of this picture alone."""
        return stream(self.seed, _STREAM_VIEW, self.index, zlib.crc32(purpose.encode()))

    @property
    def period(self) -> float:
        """Period of the pattern in px of the file, never below what its pixels can carry."""
        return max(self.number("period") * max(self.size) / 500, 2.6)

    @property
    def group(self) -> str:
        """Identity of the product: pictures of one group never lie in two splits."""
        return f"synthetic-{self.seed}-style-{self.style:06d}"

    @property
    def image_id(self) -> str:
        """Unique name of the picture."""
        return f"synthetic-{self.seed}-{self.index:06d}"

    @property
    def file_name(self) -> str:
        """Path of the file below the catalogue's folder."""
        return f"images/{self.index // 1000:03d}/{self.image_id}.{self.word('file')}"

    def attributes(self) -> dict[str, str]:
        """Attribute labels whose cue is drawn, by attribute name; the parameter of the same name in the type's ranges."""
        known = taxonomy.attributes()
        return {name: str(value) for name, value in self.shape.items() if name in known and value in known[name].labels}


def place(seed: int, index: int, settings: SyntheticSettings) -> tuple[int, int, str]:
    """Style number, view number and product type of item ``index``.

    Product types follow a golden-ratio sequence per style size, so that any number of items meets the mix within a few items.
    """
    block, position = divmod(index, _BLOCK)
    sizes = stream(seed, _STREAM_BLOCK, block).permutation([1, 2, 3])
    first = np.concatenate([[0], np.cumsum(sizes)])
    number = int(np.searchsorted(first, position, side="right")) - 1
    size = int(sizes[number])
    names = list(settings.weights())
    edges = np.cumsum(list(settings.weights().values()))
    level = (_mix_offset(seed, size) + block * _GOLDEN) % 1.0
    return (
        3 * block + number,
        position - int(first[number]),
        names[min(int(np.searchsorted(edges, level, "right")), len(names) - 1)],
    )


@lru_cache(maxsize=64)
def _mix_offset(seed: int, size: int) -> float:
    return float(stream(seed, _STREAM_MIX, size).random())


def sample_spec(seed: int, index: int, settings: SyntheticSettings) -> ProductSpec:
    """Specification of item ``index``; the same whatever was sampled before and however many items there are.

    Raises:
        InputError: ``index`` or ``seed`` is negative.
    """
    if index < 0 or seed < 0:
        raise InputError(f"seed {seed}, index {index}: both must be 0 or greater")
    style, view, product_type = place(seed, index, settings)
    style_rng = stream(seed, _STREAM_STYLE, style)
    scale = "fine" if style_rng.random() < settings.fine_pattern_share else "coarse"
    fabric = parameters("fabric").sample(style_rng, {"scale": scale})
    shape = parameters(product_type).sample(style_rng, {"pattern": fabric["pattern"]})
    del shape["pattern"]
    view_rng = stream(seed, _STREAM_VIEW, index)
    scene = parameters("scene").sample(view_rng)
    palette = parameters("colours").sample(view_rng)
    low, high = settings.long_side_px
    return ProductSpec(
        seed=seed, index=index, product_type=product_type, style=style, view=view, shape=shape, fabric=fabric,
        colours=_colours(palette, float(fabric["contrast"])), palette=str(palette["name"]), scene=scene,
        size=_size(low * (high / low) ** view_rng.random(), str(scene["aspect"])),
    )  # fmt: skip


def _size(long_side: float, aspect: str) -> tuple[int, int]:
    ratio = _ASPECTS[aspect]
    height, width = (long_side, long_side * ratio) if ratio <= 1 else (long_side / ratio, long_side)
    return max(round(height), 8), max(round(width), 8)


def _colours(palette: Mapping[str, Value], distance: float) -> tuple[Colour, Colour, Colour]:
    found = []
    for prefix in ("", "contrast_", "accent_"):
        hue, saturation, value = (float(palette[f"{prefix}{part}"]) for part in ("hue", "saturation", "value"))
        found.append(tuple(round(255 * c) for c in colorsys.hsv_to_rgb(hue % 1.0, saturation, value)))
    ground, contrast, accent = (np.array(colour, dtype=np.float64) for colour in found)
    return _rgb(ground), _rgb(_apart(contrast, ground, distance)), _rgb(_apart(accent, ground, 50))


def _luma(colour: np.ndarray) -> float:
    return float(colour @ (0.299, 0.587, 0.114))


def _apart(colour: np.ndarray, ground: np.ndarray, distance: float) -> np.ndarray:
    """``colour``, moved to white or black until its luma differs from the ground's by ``distance``."""
    target = _luma(ground) + (distance if _luma(ground) < 128 else -distance)
    luma = _luma(colour)
    if abs(luma - _luma(ground)) >= distance:
        return colour
    if luma < target:
        return colour + (255 - colour) * (target - luma) / max(255 - luma, 1)
    return colour * target / max(luma, 1)


def _rgb(colour: np.ndarray) -> Colour:
    r, g, b = (int(np.clip(round(c), 0, 255)) for c in colour.tolist())
    return r, g, b
