"""The tables that the libraries are asked for, against their published formulas; no read past the source."""

import math

import cv2
import numpy as np
import PIL
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from robustfashion.resize.batch import opencv_tables, pillow_tables
from robustfashion.resize.batch.pillow_tables import filter_axis, gap_factors, reduce_multiplier, rows_first


def sinc(x):
    return 1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x)


def cubic(x):
    x = abs(x)
    if x < 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0


FILTERS = {
    "box": (0.5, lambda x: float(-0.5 < x <= 0.5)),
    "bilinear": (1.0, lambda x: max(1 - abs(x), 0.0)),
    "hamming": (1.0, lambda x: sinc(x) * (0.54 + 0.46 * math.cos(math.pi * x)) if abs(x) < 1 else 0.0),
    "bicubic": (2.0, cubic),
    "lanczos": (3.0, lambda x: sinc(x) * sinc(x / 3) if -3 <= x < 3 else 0.0),
}


def matrix(source, target, name, length):
    """Weights [target, source] in units of 2^-22, before rounding."""
    support, function = FILTERS[name]
    scale = length / target
    width = max(scale, 1.0)
    found = np.zeros((target, source))
    for t in range(target):
        centre = (t + 0.5) * scale
        low = max(int(centre - support * width + 0.5), 0)
        high = min(int(centre + support * width + 0.5), source)
        weights = np.array([function((x - centre + 0.5) / width) for x in range(low, high)])
        found[t, low:high] = weights / weights.sum()
    return found * 2**22


@pytest.mark.parametrize("name", FILTERS)
@settings(max_examples=60, deadline=None, database=None)
@given(source=st.integers(1, 300), target=st.integers(1, 120), cut=st.integers(0, 3))
def test_pillows_weights(name, source, target, cut):
    length = source - cut / 4 if source > 1 else None
    first, weight = filter_axis(source, target, name, length)
    assert first.min() >= 0
    assert (first + weight.shape[1]).max() <= source
    found = np.zeros((target, source))
    np.put_along_axis(found, first[:, None] + np.arange(weight.shape[1]), weight, axis=1)
    expected = matrix(source, target, name, float(np.float32(length or source)))
    assert np.abs(found - expected).max() <= 0.5 + 0.1  # rounded; 0.54 and 0.46 of hamming are float32 in Pillow
    assert np.abs(weight.astype(np.int64)).sum(axis=1).max() * 255 < 2**31
    assert weight[:, 0].any()
    assert weight[:, -1].any()


def test_large_reductions_are_asked_in_slices(monkeypatch):
    whole = filter_axis(700, 3, "lanczos")
    filter_axis.cache_clear()
    monkeypatch.setattr(pillow_tables, "_SLICE", 5000)
    for found, expected in zip(filter_axis(700, 3, "lanczos"), whole, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("version", ["11.3.0", "12.1.1", "12.2.0", "12.3.0", "13.0.0", "14.0.0.dev0"])
def test_order_of_passes(version, monkeypatch):
    monkeypatch.setattr(PIL, "__version__", version)
    pillow_tables._release.cache_clear()
    release = tuple(map(int, version.split(".")[:2]))
    cases = {
        ((1000, 9), (500, 5)): release >= (12, 2),
        ((1000, 9), (1000, 5)): False,
        ((900, 9), (500, 5)): release >= (13, 0),
        ((30, 20), (11, 11)): release >= (13, 0),
        ((30, 20), (12, 11)): False,
        ((30, 20), (29, 50)): release >= (13, 0),
        ((30, 20), (30, 50)): False,
        ((20, 30), (5, 4)): False,
    }
    assert {sizes: rows_first(*sizes) for sizes in cases} == cases
    pillow_tables._release.cache_clear()


def test_order_of_passes_of_the_installed_pillow():
    """Pillow itself, one axis at a time."""
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (90, 61), dtype=np.uint8))
    for h, w in ((31, 32), (31, 31), (33, 32), (88, 200), (95, 200), (90, 20), (20, 61)):
        steps = [(61, h), (w, h)] if rows_first((90, 61), (h, w)) else [(w, 90), (w, h)]
        expected = image
        for size in steps:
            expected = expected.resize(size, Image.Resampling.BICUBIC)
        np.testing.assert_array_equal(np.asarray(image.resize((w, h), Image.Resampling.BICUBIC)), np.asarray(expected))


@pytest.mark.parametrize("factors", [(1, 2), (2, 2), (3, 1), (3, 5), (7, 6), (4, 9)])
def test_multiplier_of_reduce(factors):
    image = np.random.default_rng(1).integers(0, 256, (9 * factors[0], 8 * factors[1]), dtype=np.uint8)
    sums = image.reshape(9, factors[0], 8, factors[1]).sum(axis=(1, 3), dtype=np.int64)
    cells = np.array(factors[0] * factors[1])
    found = (sums + cells // 2) * reduce_multiplier(cells) >> 24
    np.testing.assert_array_equal(found, np.asarray(Image.fromarray(image).reduce((factors[1], factors[0]))))


def test_gap_factors():
    assert gap_factors((700, 500), (64, 50), 2) == (5, 5)
    assert gap_factors((700, 500), (300, 50), 3) == (1, 3)
    assert gap_factors((10, 10), (40, 5), 2) == (1, 1)


@settings(max_examples=100, deadline=None, database=None)
@given(source=st.integers(1, 400), target=st.integers(1, 400))
def test_opencvs_tables_stay_inside(source, target):
    nearest = [opencv_tables.nearest_axis(source, target, exact) for exact in (False, True)]
    taps = [
        opencv_tables.linear_axis(source, target, rows=True),
        opencv_tables.linear_axis(source, target, rows=False, area=True),
        opencv_tables.linear_exact_axis(source, target),
        opencv_tables.lanczos4_axis(source, target),
        opencv_tables.area_axis(source, target),
    ]
    for at in (*nearest, *(at for at, _ in taps)):
        assert at.min() >= 0
        assert at.max() < source
    for (_, weight), total, slack in zip(taps, (2048, 2048, 256, 2048, 1), (0, 0, 0, 4, 1e-5), strict=True):
        assert np.abs(weight.sum(axis=1) - total).max() <= slack


def test_lanczos4_weights():
    """OpenCV's own, from its float64 arithmetic, away from the edges."""
    source, target, phases = 60, 47, 8
    impulses = (np.arange(source) % phases == np.arange(phases)[:, None]) * 2048.0
    answers = cv2.resize(impulses, (target, phases), interpolation=cv2.INTER_LANCZOS4)
    at, weight = opencv_tables.lanczos4_axis(source, target)
    inside = (np.diff(at, axis=1) == 1).all(axis=1)
    assert inside.sum() > 35
    expected = np.rint(answers[at % phases, np.arange(target)[:, None]])
    np.testing.assert_array_equal(weight[inside], expected[inside])
