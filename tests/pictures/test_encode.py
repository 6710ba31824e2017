"""Pictures of reports: what was encoded is decoded again."""

import numpy as np

from robustfashion.pictures.decode import decode_bytes
from robustfashion.pictures.encode import jpeg, png


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
