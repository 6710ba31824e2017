"""Pixel distance: hand-made differences, block invariance, spectrum by Parseval."""

import numpy as np
import pytest

from robustfashion.pixel_distance import fine_energy, pixel_distance


def _images(n=5, h=12, w=9, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, h, w, 3), dtype=np.uint8)


def test_identical():
    found = pixel_distance(_images(), _images())
    assert (found.identical_images, found.mean, found.maximum, found.psnr_db, found.fine_detail_ratio) == (5, 0, 0, None, 1)


def test_by_hand():
    a = np.full((2, 4, 5, 3), 100, np.uint8)
    b = a.copy()
    b[0, 0, 0, 0] = 90
    b[0, 1, 1, 1] = 101
    found = pixel_distance(a, b)
    assert (found.identical_images, found.maximum) == (1, 10)
    assert found.mean == pytest.approx(11 / 120) and found.share_over_1 == pytest.approx(1 / 120)
    assert found.psnr_db == pytest.approx(10 * np.log10(255**2 / (101 / 120)))


def test_blocks_do_not_matter():
    a, b = _images(seed=1), _images(seed=2)
    one, two = pixel_distance(a, b, block=2), pixel_distance(a, b)
    assert one.mean == two.mean and one.fine_detail_ratio == pytest.approx(two.fine_detail_ratio)
    with pytest.raises(ValueError, match="cannot compare"):
        pixel_distance(a, b[:, :-1])


@pytest.mark.parametrize(("h", "w"), [(12, 9), (11, 10)])
def test_fine_energy_of_single_waves(h, w):
    x = np.arange(w)
    period = 2 if w % 2 == 0 else 3  # a whole number of periods fits, so the wave is one line of the spectrum
    wave = 100 + 50 * np.cos(2 * np.pi * x / period)
    grey = np.broadcast_to(wave.round().astype(np.uint8)[None, None, :, None], (1, h, w, 3))
    variance = grey[0, 0, :, 0].astype(float).var()
    assert fine_energy(grey) == pytest.approx(variance, rel=1e-5)
    assert fine_energy(np.full((1, h, w, 3), 77, np.uint8)) == pytest.approx(0, abs=1e-6)
