"""Pictures and catalogues with known faults."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from robustfashion.data.catalogue import Catalogue, catalogue_from_rows
from robustfashion.data.scan import scan
from tests.data.images import encoded


def product(height: int, width: int, seed: int, colour: tuple[int, int, int] | None = None) -> np.ndarray:
    """A few coloured shapes on white, their places and sizes by the seed: uint8 RGB [height, width, 3]."""
    rng = np.random.default_rng([seed, 7])
    image = Image.new("RGB", (width, height), (255, 255, 255))
    draw = ImageDraw.Draw(image)
    for number in range(6):
        x, y = rng.uniform(0.1, 0.6, 2)
        w, h = rng.uniform(0.1, 0.3, 2)
        drawn = tuple(int(c) for c in rng.integers(0, 200, 3))
        box = (x * width, y * height, (x + w) * width, (y + h) * height)
        (draw.ellipse if number % 2 else draw.rectangle)(box, fill=colour or drawn)
    return np.asarray(image)


def write(path: Path, image: np.ndarray, **options: object) -> None:
    """One file, JPEG or PNG by its suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encoded(image, "PNG" if path.suffix == ".png" else "JPEG", **options))


def catalogue_of(root: Path, rows: list[dict[str, str | None]]) -> Catalogue:
    """Scanned catalogue of files below ``root``; a row needs a path, id and group default to it."""
    return scan(catalogue_from_rows([{"id": row["path"], "group": row["path"], **row} for row in rows], str(root)))
