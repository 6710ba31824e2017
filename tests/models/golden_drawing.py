"""The eight golden images, drawn in whole numbers: ``python -m tests.models.golden_drawing OUT`` encodes them.

The files in ``robustfashion/models/golden_images`` were encoded once by this script and are fixed since: an encoder of another
version may write other bytes, and checkpoints know the files by their bytes. A new image is a new file beside the old ones.
"""

import sys
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

Pixels = np.ndarray


def _grid(height: int, width: int) -> tuple[Pixels, Pixels]:
    return tuple(np.mgrid[:height, :width].astype(np.int64))


def _rgb(*channels: Pixels) -> Pixels:
    return np.stack([np.clip(channel, 0, 255) for channel in channels], axis=2).astype(np.uint8)


def _dress(height: int, width: int) -> tuple[Pixels, Pixels]:
    """Inside of a flared outline, and folds in -24..24."""
    y, x = _grid(height, width)
    half = width * (12 + 22 * y // height) // 80
    inside = (np.abs(2 * x - width) < 2 * half) & (y > height // 12) & (y < height - height // 12)
    folds = (x * x * 3 // (width + 1) + 2 * y) % 97 - 48
    return inside, folds // 2


def portrait() -> Pixels:
    """uint8 RGB [337, 211, 3]: a garment on nearly white ground."""
    inside, folds = _dress(337, 211)
    y, x = _grid(337, 211)
    ground = 250 - (x + y) // 40
    return _rgb(*[np.where(inside, base + folds, ground) for base in (168, 42, 74)])


def large() -> Pixels:
    """uint8 RGB [1201, 903, 3]: larger than the canvas, soft forms and one hard edge."""
    y, x = _grid(1201, 903)
    hill = 255 - ((x - 400) ** 2 + (y - 700) ** 2) // 2600
    stripes = np.where((x + 2 * y) // 400 % 2 == 0, 30, -10)
    return _rgb(hill, (x * 255 // 903 + stripes), np.where(y < 3 * x // 4 + 200, 210 - y // 12, 60 + x // 9))


def gray() -> Pixels:
    """uint8 [251, 333]: rings that grow finer outwards."""
    y, x = _grid(251, 333)
    rings = ((x - 150) ** 2 + (y - 120) ** 2) // 60 % 256
    return np.abs(2 * rings - 255).astype(np.uint8)


def oriented() -> Pixels:
    """uint8 RGB [190, 301, 3] as stored: lies on its side, corners of four colours."""
    y, x = _grid(190, 301)
    return _rgb(255 * x // 300, 255 * y // 189, np.where((x < 60) & (y < 60), 255, (x + y) // 4))


def cmyk() -> Pixels:
    """uint8 CMYK [173, 229, 4]."""
    y, x = _grid(173, 229)
    channels = (255 * x // 228, 255 * y // 172, (x * y // 40) % 256, 40 + (x + y) // 8)
    return np.stack(channels, axis=2).astype(np.uint8)


def palette() -> Pixels:
    """uint8 palette numbers [147, 260], of which number 0 is transparent."""
    y, x = _grid(147, 260)
    return ((x // 7 + 3 * (y // 11)) % 23 * ((x - 130) ** 2 + (y - 70) ** 2 < 5000)).astype(np.uint8)


def palette_colours() -> list[int]:
    """Red, green, blue of palette number 0, 1, ...: 23 colours."""
    return [value for n in range(23) for value in (n * 11, 255 - n * 9, n * 37 % 256)]


def fine() -> Pixels:
    """uint8 RGB [333, 401, 3]: stripes and checks of 1 to 8 px, each channel of another direction."""
    y, x = _grid(333, 401)
    period = 1 + x // 51
    return _rgb(255 * (x // period % 2), 255 * (y // period % 2), 255 * ((x // period + y // period) % 2))


def veiled() -> Pixels:
    """uint8 RGBA [407, 263, 4]: a garment that fades out."""
    inside, folds = _dress(407, 263)
    y, _ = _grid(407, 263)
    alpha = np.where(inside, 255 - y // 3, 0)
    return np.dstack([_rgb(*[120 + base + folds for base in (-60, 10, 90)]), alpha.astype(np.uint8)])


def _save(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def encoded() -> dict[str, bytes]:
    """File name -> bytes, as this machine's Pillow encodes them."""
    exif = Image.Exif()
    exif[274] = 6
    colours = Image.frombytes("P", (260, 147), palette().tobytes())
    colours.putpalette(palette_colours())
    ink = Image.frombytes("CMYK", (229, 173), cmyk().tobytes())
    return {
        "portrait.jpg": _save(Image.fromarray(portrait()), "JPEG", quality=88),
        "large.jpg": _save(Image.fromarray(large()), "JPEG", quality=60, progressive=True),
        "gray.jpg": _save(Image.fromarray(gray()), "JPEG", quality=80),
        "oriented.jpg": _save(Image.fromarray(oriented()), "JPEG", quality=90, subsampling="4:4:4", exif=exif),
        "cmyk.jpg": _save(ink, "JPEG", quality=85),
        "palette.png": _save(colours, "PNG", transparency=0, optimize=True),
        "fine.png": _save(Image.fromarray(fine()), "PNG", optimize=True),
        "veiled.webp": _save(Image.fromarray(veiled()), "WEBP", quality=80),
    }


if __name__ == "__main__":
    for name, data in encoded().items():
        (Path(sys.argv[1]) / name).write_bytes(data)
