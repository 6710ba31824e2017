"""The kernels of the CPU path: no read or write out of bounds, and nothing kept from one image to the next."""

import os
import subprocess
import sys

import numpy as np
import pytest

from robustfashion.resize import METHODS, resize
from robustfashion.resize.batch import BATCH_METHODS
from robustfashion.resize.batch.host import KERNELS, Resizer

BOUNDS = """
import numpy as np
from robustfashion.resize.batch.host import KERNELS, Resizer
from robustfashion.resize.kernels.planes import pick
try:
    pick(np.zeros((2, 6), np.uint8), np.array([0, 2], np.uintp), np.array([0], np.uintp), np.zeros((2, 1), np.uint8))
except IndexError:
    pass
else:
    raise SystemExit("bounds checking is off")
rng = np.random.default_rng(12)
for _ in range(150):
    sh, sw, dh, dw = map(int, rng.integers(1, 71, 4))
    image = rng.integers(0, 256, (sh, sw, 3), dtype=np.uint8).transpose(2, 0, 1)
    for method in KERNELS:
        resize = Resizer(method, (dh, dw))
        for pixels in (image, np.ascontiguousarray(image)):
            resize(pixels, np.empty((3, dh, dw), np.uint8))
"""


@pytest.mark.slow
def test_no_access_out_of_bounds(tmp_path):
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", BOUNDS], env=environment, check=True)


def test_every_offered_method_has_a_kernel():
    assert set(KERNELS) == set(BATCH_METHODS)


@pytest.mark.parametrize("method", [*BATCH_METHODS, "torch.bilinear"])
def test_one_resizer_for_many_images(method):
    """Planes and interleaved images of two sizes in turns; earlier results stay as they were."""
    rng = np.random.default_rng(5)
    resizer, made = Resizer(method, (21, 33)), []
    for shape in ((40, 50), (40, 50), (27, 64), (40, 50)):
        for interleaved in (True, False, True):
            image = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
            channels_first = image.transpose(2, 0, 1)
            target = np.empty((3, 21, 33), np.uint8)
            resizer(channels_first if interleaved else np.ascontiguousarray(channels_first), target)
            made.append((target, resize(image, (21, 33), method)))
    for found, expected in made:
        np.testing.assert_array_equal(found.transpose(1, 2, 0), expected)


def test_methods_without_a_kernel_are_left_to_themselves(monkeypatch):
    image = np.random.default_rng(6).integers(0, 256, (3, 12, 14), dtype=np.uint8)
    target = np.empty((3, 5, 6), np.uint8)
    assert "opencv.cubic" not in KERNELS
    Resizer("opencv.cubic", (5, 6))(image, target)
    np.testing.assert_array_equal(
        target.transpose(1, 2, 0), METHODS["opencv.cubic"].function(image.transpose(1, 2, 0).copy(), (5, 6))
    )
