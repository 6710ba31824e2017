"""Generated pictures and the sizes they are resized to: the cases that the JDK decided once and for all (java/digests.json)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from robustfashion.resize import METHODS
from robustfashion.resize.oracle.jdk import JDK_FAMILIES, LIBRARIES

JAVA_METHODS = tuple(name for name in METHODS if name.split(".")[0] in (*JDK_FAMILIES, *LIBRARIES))
ONE_STEP_METHODS = ("java2d.nearest", "java2d.bilinear", "java2d.bicubic", "java_image.smooth", "java_image.replicate")

SIZES = (
    (1, 1), (1, 2), (2, 1), (2, 2), (3, 5), (5, 3), (1, 300), (300, 1), (7, 7), (17, 1000), (1000, 17), (16, 16), (31,
    33), (64, 64), (63, 65), (97, 61), (100, 300), (128, 128), (224, 224), (225, 223), (240, 320), (256, 256), (300,
    200), (333, 500), (375, 500), (480, 640), (500, 333), (500, 500), (512, 384), (511, 513), (600, 450), (640, 480),
    (700, 900), (777, 1001), (1000, 1000), (1080, 720), (1200, 800), (4, 600), (600, 4), (1500, 2000), (2000, 1500),
    (1999, 1501),
)  # fmt: skip


def _noise(height, width, rng):
    return rng.integers(0, 256, (height, width, 3))


def _extremes(height, width, rng):
    return rng.integers(0, 2, (height, width, 3)) * 255


def _lines(height, width, rng):
    """Lines of one pixel, dark on light, horizontal, vertical and diagonal."""
    y, x = np.mgrid[:height, :width]
    drawn = (y % 13 == 5) | (x % 17 == 3) | ((x + y) % 29 == 7)
    return np.where(drawn[:, :, None], rng.integers(0, 60, 3), rng.integers(190, 256, 3))


def _gradient(height, width, rng):
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 255 // width, y * 255 // height, (x + y) * 255 // (height + width)], axis=2)


def _stripes(height, width, rng):
    """Two pixels light, two dark, at full contrast: what aliases first."""
    y, x = np.mgrid[:height, :width]
    return np.stack([(x // 2 % 2) * 255, (y // 2 % 2) * 255, ((x + y) // 2 % 2) * 255], axis=2)


def _checker(height, width, rng):
    y, x = np.mgrid[:height, :width]
    return np.where(((x + y) % 2)[:, :, None] == 1, rng.integers(0, 256, 3), rng.integers(0, 256, 3))


def _colours(height, width, rng):
    """Patches of saturated colours."""
    patches = rng.integers(0, 2, (5, 7, 3)) * 255
    return patches[np.arange(height) * 5 // height][:, np.arange(width) * 7 // width]


def _garment(height, width, rng):
    """A textured shape with a soft edge on white."""
    y, x = np.mgrid[:height, :width]
    radius = ((2 * x + 1) / width - 1) ** 2 + (((2 * y + 1) / height - 1) / 0.8) ** 2
    inside = np.clip((1 - radius) * 12, 0, 1)[:, :, None]
    weave = np.abs((9 * x + 4 * y) % 64 - 32)[:, :, None]
    cloth = rng.integers(20, 200, 3) + weave + rng.integers(0, 16, (height, width, 3))
    return 255 * (1 - inside) + cloth * inside


CONTENTS: tuple[Callable[..., np.ndarray], ...] = (
    _noise, _extremes, _lines, _gradient, _stripes, _checker, _colours, _garment,
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One generated picture and what becomes of it."""

    number: int
    height: int
    width: int

    @property
    def content(self) -> str:
        return CONTENTS[self.number % len(CONTENTS)].__name__.strip("_")

    @property
    def name(self) -> str:
        return f"{self.number:02d}-{self.content}-{self.height}x{self.width}"

    def image(self) -> np.ndarray:
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([20, self.number])))
        made = CONTENTS[self.number % len(CONTENTS)](self.height, self.width, rng)
        return np.ascontiguousarray(made, dtype=np.uint8)

    @property
    def methods(self) -> tuple[str, ...]:
        """All, but for large pictures (time)."""
        return JAVA_METHODS if self.height * self.width <= 120_000 else ONE_STEP_METHODS

    def targets(self) -> Iterator[tuple[int, int]]:
        """Down, up, one axis each way, the same size, next to nothing."""
        h, w = self.height, self.width
        found = [(224, 224), (max(1, h // 2), max(1, w // 3)), (h, w), (1, 1), (2, 3), (299, 170)]
        if h * w <= 200_000:
            found += [(2 * h + 1, 3 * w + 2), (h, max(1, w - 1)), (h + 3, w), (max(1, h // 2), w + 7), (h + 5, max(1, w // 3))]
        yield from dict.fromkeys(found)


CASES = [Case(number, *size) for number, size in enumerate(SIZES)]


def golden_source(height, width):
    """The integer pattern whose Java results are known by checksum."""
    y, x = np.mgrid[:height, :width].astype(np.int64)
    channels = [(x * (7 + 2 * c) + y * (13 + 3 * c) + (x * y) // (c + 2)) & 255 for c in range(3)]
    return np.stack(channels, axis=2).astype(np.uint8)
