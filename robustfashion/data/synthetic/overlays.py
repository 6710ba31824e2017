"""What shops print over their photographs: badges and watermarks. They say nothing about the product."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from robustfashion.data.synthetic.canvas import overlay
from robustfashion.data.synthetic.curves import ellipse, points, rounded_box, turned
from robustfashion.data.synthetic.products.glyphs import words, words_width
from robustfashion.data.synthetic.spec import Colour, ProductSpec

_BADGES: tuple[Colour, ...] = ((200, 30, 40), (24, 24, 26), (30, 110, 70), (232, 160, 30), (40, 80, 170))


def badge(image: Image.Image, spec: ProductSpec) -> None:
    """A disc or a flag with a word in a corner."""
    rng = spec.view_stream("overlay")
    text = ("NEW", "SALE", "-30", "-50", "TOP", "2 FOR 1")[int(rng.integers(6))]
    radius = float(rng.uniform(0.06, 0.09)) * min(image.size)
    margin = radius * 1.25
    x = margin if rng.random() < 0.5 else image.width - margin
    y = margin if rng.random() < 0.75 else image.height - margin
    outline = (
        ellipse((x, y), (radius, radius))
        if rng.random() < 0.6
        else rounded_box(x - radius, y - radius * 0.5, x + radius, y + radius * 0.5, radius * 0.1)
    )
    overlay(image, [outline], _BADGES[int(rng.integers(len(_BADGES)))])
    size = radius * 1.5 / words_width(text, 1.0)
    overlay(image, words(text, x - words_width(text, size) / 2, y - size / 2, size, 0.17), (255, 255, 255))


def watermark(image: Image.Image, spec: ProductSpec) -> None:
    """Faint letters across the picture."""
    rng = spec.view_stream("overlay")
    text = "".join(rng.choice(list("ABCDEHKLMNORSTVX"), int(rng.integers(5, 10))))
    size = float(rng.uniform(0.45, 0.75)) * image.width / words_width(text, 1.0)
    middle = points([(image.width / 2, image.height * float(rng.uniform(0.3, 0.8)))])[0]
    letters = words(text, middle[0] - words_width(text, size) / 2, middle[1] - size / 2, size)
    angle = float(rng.choice([0.0, -30.0]))
    tone: Colour = (255, 255, 255) if rng.random() < 0.5 else (90, 90, 94)
    overlay(image, [turned(np.asarray(letter), angle, middle) for letter in letters], tone, 0.28)


OVERLAYS: dict[str, Callable[[Image.Image, ProductSpec], None]] = {"badge": badge, "watermark": watermark}
"""Overlays by name."""
