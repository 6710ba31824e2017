"""One picture: background, shadow, parts, camera."""

import io
from collections.abc import Callable
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from robustfashion.data.synthetic.canvas import Canvas
from robustfashion.data.synthetic.curves import Points, ellipse
from robustfashion.data.synthetic.outliers import PICTURES, THINGS
from robustfashion.data.synthetic.overlays import OVERLAYS
from robustfashion.data.synthetic.products import PRODUCTS
from robustfashion.data.synthetic.scene import Pose, Product, place
from robustfashion.data.synthetic.shading import Light
from robustfashion.data.synthetic.spec import ProductSpec
from robustfashion.data.synthetic.tones import coloured

_SHADOWS = {"none": 0.0, "soft": 0.20, "strong": 0.38}


def render(spec: ProductSpec) -> NDArray[np.uint8]:
    """Draw the picture: uint8 RGB [height, width, 3] of ``spec.size``."""
    return np.array(render_image(spec))


def render_image(spec: ProductSpec) -> Image.Image:
    """As :func:`render`, as a Pillow image."""
    if spec.subject in PICTURES:
        return _camera(PICTURES[spec.subject](spec, render_image), spec)
    product = (PRODUCTS.get(spec.subject) or THINGS[spec.subject])(spec)
    pose = place(product, spec)
    light = Light(*(spec.number(name) for name in ("light_azimuth", "light_elevation", "ambient", "warmth")))
    background = BACKGROUNDS[spec.word("background")](spec)
    if spec.word("shadow") != "none":
        shadow = _shadow(background.size, product, pose, light)
        _darken(background, shadow, _SHADOWS[spec.word("shadow")], spec.word("background") == "white")
    canvas = Canvas(background, pose, light)
    for part in product.parts:
        canvas.paint(part)
    if spec.word("stamp") != "none":
        OVERLAYS[spec.word("stamp")](canvas.image, spec)
    return _camera(canvas.image, spec)


def encode(spec: ProductSpec, image: Image.Image) -> bytes:
    """The file as the shop delivers it: JPEG of the spec's quality and subsampling, or PNG."""
    buffer = io.BytesIO()
    if spec.word("file") == "png":
        image.save(buffer, "PNG", compress_level=4)
    else:
        image.save(buffer, "JPEG", quality=int(spec.number("quality")), subsampling=spec.word("subsampling"))
    return buffer.getvalue()


def _white(spec: ProductSpec) -> Image.Image:
    return Image.new("RGB", spec.size[::-1], (255, 255, 255))


def _graded(spec: ProductSpec, dark: float, light: float) -> Image.Image:
    """Light falls off from a random point to the corners."""
    rng = spec.view_stream("background")
    y, x = np.mgrid[0:12, 0:12] / 11
    distance = np.hypot(x - rng.uniform(0.2, 0.8), y - rng.uniform(0.1, 0.7))
    level = light - (light - dark) * np.clip(distance, 0, 1) ** 1.5
    tone = np.array([1.0, 1.0, 1.0]) - rng.uniform(0, 0.025) * np.array([0, 0.4, 1.0])[:: rng.choice([-1, 1])]
    small = np.rint(np.clip(level[:, :, None] * tone, 0, 255)).astype(np.uint8)
    return Image.fromarray(small).resize(spec.size[::-1], Image.Resampling.BICUBIC)


def _off_white(spec: ProductSpec) -> Image.Image:
    level = spec.number("background_level")
    return _graded(spec, 234 + 12 * level, 247 + 8 * level)


def _grey(spec: ProductSpec) -> Image.Image:
    level = spec.number("background_level")
    return _graded(spec, 150 + 50 * level, 190 + 50 * level)


def _lifestyle(spec: ProductSpec) -> Image.Image:
    """A room out of focus: wall, floor, blurred things."""
    rng = spec.view_stream("background")
    n = 48
    wall = rng.uniform(150, 235) + rng.uniform(-14, 14, 3)
    floor = rng.uniform(70, 180) * np.array([1.1, 1.0, 0.85])
    sheet = Image.new("RGB", (n, n), tuple(int(v) for v in np.clip(wall, 0, 255)))
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((0, int(n * rng.uniform(0.62, 0.8)), n, n), fill=tuple(int(v) for v in np.clip(floor, 0, 255)))
    for _ in range(7):
        x, y, w, h = rng.uniform(-0.1, 1, 2).tolist() + rng.uniform(0.05, 0.35, 2).tolist()
        colour = tuple(int(v) for v in rng.uniform(40, 245, 3) * 0.25 + rng.uniform(20, 190))
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)((x * n, y * n, (x + w) * n, (y + h) * n), fill=colour)
    return sheet.filter(ImageFilter.GaussianBlur(1.6)).resize(spec.size[::-1], Image.Resampling.BICUBIC)


BACKGROUNDS: dict[str, Callable[[ProductSpec], Image.Image]] = {
    "white": _white, "off-white": _off_white, "grey": _grey, "lifestyle": _lifestyle,
}  # fmt: skip
"""What lies behind the product."""


def _shadow(size: tuple[int, int], product: Product, pose: Pose, light: Light) -> Image.Image:
    """Soft shadow (``L``): under a product that stands, beside one that lies or hangs; drawn on few pixels."""
    factor = max(max(size) / 160, 1.0)
    sheet = Image.new("L", (max(round(size[0] / factor), 1), max(round(size[1] / factor), 1)))
    draw = ImageDraw.Draw(sheet)
    bodies = [part for part in product.parts if part.body is not None]
    outlines = [pose.to_px(outline) / factor for part in bodies for outline in part.outlines]
    holes = [pose.to_px(hole) / factor for part in bodies for hole in part.holes]
    corners = np.concatenate(outlines)
    low, high = corners.min(axis=0), corners.max(axis=0)
    x, y, z = light.direction()
    if product.stands:
        outlines, holes = [_floor_shadow(product, pose, x) / factor], []
    reach = 0.02 * float((high - low).max())
    away = np.zeros(2) if product.stands else reach * np.array([x, y - 0.3]) / z
    for tone, group in ((255, outlines), (0, holes)):
        for outline in group:
            draw.polygon((outline - away).ravel().tolist(), fill=tone)
    sheet = sheet.filter(ImageFilter.GaussianBlur(reach * (0.55 if product.stands else 1.0)))
    return sheet.resize(size, Image.Resampling.BICUBIC)


def _darken(background: Image.Image, shadow: Image.Image, strength: float, white: bool) -> None:
    """Multiply a background by its shadow, where there is any; on white the shadow is the product."""
    box = shadow.getbbox()
    if box is None:
        return
    dark = coloured(shadow.crop(box), np.array([[round(255 - k * strength)] * 3 for k in range(256)]))
    background.paste(dark if white else ImageChops.multiply(background.crop(box), dark), box)


def _floor_shadow(product: Product, pose: Pose, from_side: float) -> Points:
    """Flat ellipse under the product, in px; light from the side moves it to the other side."""
    corners = np.concatenate([outline for part in product.parts for outline in part.outlines])
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    away = -0.06 * (right - left) * from_side * (1 if pose.matrix[0, 0] > 0 else -1)
    return pose.to_px(ellipse(((left + right) / 2 + away, bottom), ((right - left) * 0.5, (bottom - top) * 0.018 + 0.006)))


@cache
def _noise_table(sigma_tenths: int) -> bytes:
    """From a random byte to 128 + a normal number, so that noise costs one look-up per pixel."""
    normal = NormalDist(128, sigma_tenths / 10)
    return bytes(round(normal.inv_cdf((k + 0.5) / 256)) for k in range(256))


def _camera(image: Image.Image, spec: ProductSpec) -> Image.Image:
    """Exposure, sharpening as shops do, sensor noise."""
    if spec.word("sharpen") == "yes":
        _sharpen(image)
    if spec.number("noise") < 0.05:
        return image
    width, height = image.size
    table = _noise_table(round(spec.number("noise") * 10))
    raw = spec.view_stream("noise").bytes(width * height)
    noise = Image.frombuffer("L", (width, height), raw.translate(table), "raw", "L", 0, 1)
    return ImageChops.add(image, Image.merge("RGB", (noise, noise, noise)), 1, -128)


def _sharpen(image: Image.Image) -> None:
    """Unsharp mask; plain white all around the product stays as it is, so it is left out."""
    box = ImageChops.invert(image).getbbox()
    if box is not None:
        reach = 8  # farther than three box blurs of radius 1.2 px see
        around = (
            max(box[0] - reach, 0), max(box[1] - reach, 0), min(box[2] + reach, image.width), min(box[3] + reach, image.height)
        )  # fmt: skip
        image.paste(image.crop(around).filter(ImageFilter.UnsharpMask(1.2, 60, 2)), around)
