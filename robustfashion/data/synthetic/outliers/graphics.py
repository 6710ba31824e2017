"""Flat pictures among product photographs: size charts, placeholders, logos, collages."""

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from robustfashion.data.synthetic.canvas import overlay
from robustfashion.data.synthetic.curves import Points, ellipse, points, ribbon, rounded_box
from robustfashion.data.synthetic.products.glyphs import words, words_width
from robustfashion.data.synthetic.sampling import sample_spec
from robustfashion.data.synthetic.scene import darker, lighter, luma
from robustfashion.data.synthetic.settings import SyntheticSettings
from robustfashion.data.synthetic.spec import Colour, ProductSpec

_SIZES = ("XS", "S", "M", "L", "XL", "2XL", "3XL", "4XL", "5XL", "6XL")
_HEADS = ("SIZE", "BUST", "WAIST", "HIP", "LENGTH", "ARM", "EU")


class _Sheet:
    """Paper whose longer side is 1, with the middle at (0, 0)."""

    def __init__(self, spec: ProductSpec, ground: Colour) -> None:
        self.image = Image.new("RGB", spec.size[::-1], ground)
        self._scale = max(spec.size)
        self._middle = np.array(spec.size[::-1]) / 2
        self.half = (spec.size[1] / self._scale / 2, spec.size[0] / self._scale / 2)

    def fill(self, outlines: Sequence[Points], colour: Colour) -> None:
        """Outlines filled with a colour."""
        overlay(self.image, [outline * self._scale + self._middle for outline in outlines], colour)


def _box(left: float, top: float, right: float, bottom: float) -> Points:
    return points([(left, top), (right, top), (right, bottom), (left, bottom)])


def size_chart(spec: ProductSpec, _draw: Callable[[ProductSpec], Image.Image]) -> Image.Image:
    """A table of sizes."""
    rng, rows, columns = spec.style_stream("chart"), int(spec.number("rows")), int(spec.number("columns"))
    sheet = _Sheet(spec, (255, 255, 255))
    wide, high = sheet.half[0] * 0.92, min(sheet.half[1] * 0.86, 0.046 * (rows + 1))
    x, y = np.linspace(-wide, wide, columns + 1), np.linspace(-high, high, rows + 2)
    head = (44, 46, 52) if spec.word("header") == "dark" else darker(spec.colours[2], 0.2)
    sheet.fill([_box(-wide, -high, wide, float(y[1]))], head)
    sheet.fill([_box(-wide, float(a), wide, float(b)) for a, b in zip(y[1:-1:2], y[2::2], strict=False)], (240, 241, 244))
    rules = [_box(-wide, float(v) - 0.001, wide, float(v) + 0.001) for v in y] + [
        _box(float(v) - 0.001, -high, float(v) + 0.001, high) for v in x
    ]
    sheet.fill(rules, (168, 170, 176))
    step = (float(x[1] - x[0]), float(y[1] - y[0]))
    start, gain = rng.integers(28, 90, columns), rng.integers(2, 5, columns)
    heads: list[Points] = []
    cells: list[Points] = []
    for column in range(columns):
        texts = [_HEADS[column], *[_SIZES[k] if column == 0 else str(start[column] + gain[column] * k) for k in range(rows)]]
        for row, text in enumerate(texts):
            size = min(step[1] * 0.42, step[0] * 0.8 / words_width(text, 1.0))
            left, top = float(x[column]) + (step[0] - words_width(text, size)) / 2, float(y[row]) + (step[1] - size) / 2
            (cells if row else heads).extend(words(text, left, top, size))
    sheet.fill(heads, (252, 252, 252))
    sheet.fill(cells, (60, 62, 68))
    return sheet.image


def placeholder(spec: ProductSpec, _draw: Callable[[ProductSpec], Image.Image]) -> Image.Image:
    """An icon on grey: image not available."""
    tone = round(spec.number("tone"))
    sheet, ink = _Sheet(spec, (tone, tone, tone)), (tone - 70, tone - 70, tone - 68)
    ground = (tone, tone, tone)
    if spec.word("icon") == "camera":
        sheet.fill([rounded_box(-0.14, -0.16, 0.14, 0.04, 0.025), rounded_box(-0.05, -0.195, 0.05, -0.14, 0.012)], ink)
        sheet.fill([ellipse((0, -0.06), (0.07, 0.07))], ground)
        sheet.fill([ellipse((0, -0.06), (0.045, 0.045))], ink)
    else:
        sheet.fill([rounded_box(-0.16, -0.18, 0.16, 0.05, 0.01)], ink)
        sheet.fill([_box(-0.148, -0.168, 0.148, 0.038)], ground)
        sheet.fill(
            [
                points([(-0.13, 0.03), (-0.05, -0.08), (0.01, -0.01), (0.06, -0.06), (0.13, 0.03)]),
                ellipse((0.07, -0.12), (0.022, 0.022)),
            ],
            ink,
        )
    rng = spec.style_stream("words")
    text = ("NO IMAGE", "IMAGE NOT AVAILABLE", "PHOTO COMING SOON", "NO PHOTO")[int(rng.integers(4))]
    size = min(0.045, 2 * sheet.half[0] * 0.86 / words_width(text, 1.0))
    sheet.fill(words(text, -words_width(text, size) / 2, 0.11, size, 0.13), ink)
    return sheet.image


def logo(spec: ProductSpec, _draw: Callable[[ProductSpec], Image.Image]) -> Image.Image:
    """A brand's sign on white."""
    rng = spec.style_stream("logo")
    sheet = _Sheet(spec, (255, 255, 255))
    text = "".join(rng.choice(list("ABCDEFGHKLMNOPRSTUVXZ"), int(spec.number("letters"))))
    colour = spec.colours[0] if luma(spec.colours[0]) < 190 else darker(spec.colours[0], 0.75)
    ink = colour
    reach = sheet.half[0] * 0.6
    if spec.word("shape") == "disc":
        sheet.fill([ellipse((0, 0), (reach, reach), 90)], colour)
        sheet.fill([ribbon(ellipse((0, 0), (reach * 0.88, reach * 0.88), 91), reach * 0.03)], lighter(colour, 0.9))
    elif spec.word("shape") == "bar":
        sheet.fill([_box(-reach * 1.4, -reach * 0.55, reach * 1.4, reach * 0.55)], colour)
    if spec.word("shape") != "none":
        ink = (252, 252, 252)
    size = min(reach * 0.8, reach * 1.5 / words_width(text, 1.0))
    sheet.fill(words(text, -words_width(text, size) / 2, -size / 2, size, float(rng.uniform(0.08, 0.2))), ink)
    return sheet.image


def collage(spec: ProductSpec, draw: Callable[[ProductSpec], Image.Image]) -> Image.Image:
    """Several products on one picture."""
    columns, rows = int(spec.number("columns")), int(spec.number("rows"))
    sheet = Image.new("RGB", spec.size[::-1], (255, 255, 255))
    wide, high = spec.size[1] // columns, spec.size[0] // rows
    side = max(min(wide, high) - 2, 16)
    settings = SyntheticSettings(long_side_px=(side, side), nuisance=0.2)
    first = int(spec.style_stream("collage").integers(1 << 30))
    for k in range(columns * rows):
        # Every sixth picture is of another style.
        tile = draw(sample_spec(spec.seed, 6 * (first + k), settings))
        left, top = (k % columns) * wide + (wide - tile.width) // 2, (k // columns) * high + (high - tile.height) // 2
        sheet.paste(tile, (left, top))
    return sheet
