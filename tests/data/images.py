"""Image files for tests of the data layer."""

import io
from pathlib import Path

import numpy as np
from PIL import Image


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Smooth colour, an edge and some noise: uint8 RGB [height, width, 3]."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    smooth = np.stack([x * 255 / width, y * 255 / height, (x + y) * 255 / (height + width)], axis=2)
    smooth[height // 3 :, width // 2 :] = rng.integers(256, size=3)
    return np.clip(smooth + rng.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)


def encoded(image: np.ndarray | Image.Image, kind: str = "JPEG", mode: str | None = None, **options: object) -> bytes:
    """File bytes of a picture."""
    buffer = io.BytesIO()
    made = Image.fromarray(image) if isinstance(image, np.ndarray) else image
    (made.convert(mode) if mode else made).save(buffer, kind, **options)
    return buffer.getvalue()


def put(path: Path, height: int = 31, width: int = 23, seed: int = 0) -> Path:
    """Write one image file, its kind chosen by its suffix; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".gif": "GIF", ".bmp": "BMP"}[path.suffix.lower()]
    path.write_bytes(encoded(picture(height, width, seed), kind))
    return path
