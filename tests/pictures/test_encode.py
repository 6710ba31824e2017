"""Pictures of reports: what was encoded is decoded again."""

import io

import numpy as np
import pytest
from PIL import Image

from robustfashion.pictures.decode import decode_bytes
from robustfashion.pictures.encode import jpeg, png, sprite


def _gradient(height=31, width=47):
    y, x = np.mgrid[:height, :width]
    return np.stack([4 * x, 5 * y, 255 - 3 * x], axis=-1).astype(np.uint8)


def test_png_keeps_every_pixel():
    data = png(_gradient())
    assert data.startswith(b"\x89PNG")
    np.testing.assert_array_equal(decode_bytes(data), _gradient())


def test_jpeg_is_small_and_near():
    data = jpeg(_gradient(124, 188))
    assert data.startswith(b"\xff\xd8\xff")
    found = decode_bytes(data).astype(float)
    assert found.shape == (124, 188, 3)
    smooth = np.full((124, 188, 3), (190, 40, 60), np.uint8)
    assert np.abs(decode_bytes(jpeg(smooth)).astype(int) - smooth).max() <= 2


def _photos(n, height, width):
    """Pictures that differ, each as smooth as a photograph."""
    y, x = np.mgrid[:height, :width] / max(height, width)
    return np.stack([np.stack([255 * x, 255 * y, np.full_like(x, 20 * k)], axis=-1) for k in range(n)]).astype(np.uint8)


def test_every_picture_of_a_sprite_lies_in_its_cell():
    pixels = _photos(11, 64, 64)
    sheet = Image.open(io.BytesIO(sprite(pixels, cell=20, columns=4, quality=95))).convert("RGB")
    assert sheet.size == (80, 60)
    for k, image in enumerate(pixels):
        left, top = k % 4 * 20, k // 4 * 20
        found = np.asarray(sheet.crop((left, top, left + 20, top + 20)), int)
        expected = np.asarray(Image.fromarray(image).resize((20, 20), Image.Resampling.LANCZOS), int)
        assert np.abs(found - expected)[2:-2, 2:-2].mean() < 3  # colours of neighbours run together along their border
    assert np.asarray(sheet.crop((62, 42, 80, 60))).min() > 245, "the cell that is left over is white"


def test_oblong_pictures_of_a_sprite_keep_their_proportions():
    dark = np.zeros((1, 30, 60, 3), np.uint8)
    sheet = Image.open(io.BytesIO(sprite(dark, cell=40))).convert("L")
    rows = np.flatnonzero(np.asarray(sheet)[:, 20] < 128)
    assert sheet.size == (40, 40) and (rows[0], rows[-1]) == (10, 29)


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        ((3, 8, 8), "are not images"),
        ((0, 8, 8, 3), "are not images"),
        ((900, 2, 2, 3), "longer than 16,383 px: use more columns"),
    ],
)
def test_what_makes_no_sprite_is_refused(shape, reason):
    with pytest.raises(ValueError, match=reason):
        sprite(np.zeros(shape, np.uint8), columns=2)
