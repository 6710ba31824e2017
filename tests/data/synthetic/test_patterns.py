import numpy as np
import pytest
from PIL import Image

from robustfashion.data.synthetic.patterns import PATTERNS, Grid, band_limited, coverage, filtered

N = 256


def draw(name, period, angle=2.0, warp=None):
    rng = np.random.default_rng(4)
    layer = filtered(name, rng, period)[0]
    return np.asarray(coverage(layer, Grid(period, angle, (3.3, 1.7), warp), N, N), dtype=np.float64)


def power_beyond(field, frequency):
    """Share of the varying power at |f| > frequency (cycles/px) in either direction."""
    window = np.hanning(N)[:, None] * np.hanning(N)[None, :]
    power = np.abs(np.fft.fft2((field - field.mean()) * window)) ** 2
    f = np.abs(np.fft.fftfreq(N))
    return power[np.maximum(f[:, None], f[None, :]) > frequency].sum() / power.sum()


@pytest.mark.parametrize("period", [2.6, 3.3, 4.0, 5.7, 9.0])
@pytest.mark.parametrize("name", sorted(set(PATTERNS) - {"floral"}))
def test_nothing_at_nyquist(name, period):
    field = draw(name, period)
    if field.std() > 2:
        assert power_beyond(field, 0.47) < 0.01


def test_the_measure_sees_aliased_drawing():
    x = np.arange(N)[None, :] + 0 * np.arange(N)[:, None]
    assert power_beyond(np.where(x / 6.3 % 1 < 0.5, 255.0, 0.0), 0.47) > 0.01


@pytest.mark.parametrize("name", ["stripes", "houndstooth", "gingham", "pinstripe"])
@pytest.mark.parametrize("period", [3.2, 4.7, 6.0])
def test_no_moire_at_native_size(name, period):
    field = Image.fromarray(draw(name, period).astype(np.float32))
    small = np.asarray(field.resize((16, 16), Image.Resampling.LANCZOS))[2:-2, 2:-2]
    assert small.std() < 1.5
    assert draw(name, period).std() > 25


def test_warped_cloth_stays_below_nyquist():
    y = np.sin(np.arange(N) / 18)[:, None] + np.zeros((N, N))
    warp = (y.astype(np.float32) * 1.6, y.astype(np.float32))
    assert power_beyond(draw("stripes", 3.4, warp=warp), 0.47) < 0.01
    assert np.abs(draw("stripes", 3.4, warp=warp) - draw("stripes", 3.4)).mean() > 5


def test_stripes_have_their_period_angle_and_duty():
    spectrum = np.abs(np.fft.rfft(draw("stripes", 8.0, angle=0.0)[10] - 127))
    assert np.argmax(spectrum) == N / 8
    assert draw("stripes", 8.0).mean() == pytest.approx(127, abs=4)
    assert draw("breton", 8.0, angle=0.0).std(axis=1).max() < 1e-9
    assert draw("pinstripe", 8.0).mean() == pytest.approx(0.22 * 255, rel=0.25)


def test_band_limit_weights_harmonics_as_pixels_do():
    # Averaging over a pixel by brute force on a grid 64 times as fine; only harmonics below the cut-off are there to compare.
    profile = (np.arange(2048) / 2048 < 0.3).astype(float)
    averaged = np.convolve(np.tile(profile, 3), np.ones(65) / 65, mode="same")[2048:4096]
    got, expected = (np.abs(np.fft.rfft(f))[1:14] for f in (band_limited(profile, 32.0).astype(float), averaged))
    np.testing.assert_allclose(got / got[0], expected / expected[0], atol=0.01)
    unfiltered = np.abs(np.fft.rfft(profile))[1:14]
    assert np.abs(unfiltered / unfiltered[0] - expected / expected[0]).max() > 0.02


def test_houndstooth_is_a_broken_check():
    tile = PATTERNS["houndstooth"](np.random.default_rng(0))[0].field
    assert tile.mean() == pytest.approx(0.5)
    assert not np.array_equal(tile, tile[::-1])
    assert not np.array_equal(tile, np.roll(tile, 64, axis=0))
