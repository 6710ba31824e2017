"""The emulated Java resizers without a JDK: its digests, its checksums, slow references, bounds."""

import json
import os
import subprocess
import sys
import zlib
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robustfashion.errors import InputError
from robustfashion.resize import java_image, resize
from robustfashion.resize.coordinates import bicubic_axis, bilinear_axis, catmull_rom_table, cover_axis
from tests.resize.images import CASES, JAVA_METHODS, golden_source
from tests.resize.jdk import DIGESTS, digest, own_digest
from tests.resize.library_reference import REFERENCE as LIBRARY_REFERENCE
from tests.resize.reference import REFERENCE as JDK_REFERENCE

REFERENCE = JDK_REFERENCE | LIBRARY_REFERENCE
RECORDED = json.loads(DIGESTS.read_text())

# crc32 of the real JDK's pixels: rows of methods, columns of (source, target) as (height, width).
GOLDEN_SIZES = (
    ((375, 500), (224, 224)), ((61, 97), (224, 224)), ((480, 640), (200, 300)),
    ((777, 1001), (224, 224)), ((100, 300), (224, 224)), ((500, 333), (256, 170)),
)  # fmt: skip
GOLDEN = {
    "java2d.nearest": "91433d2a 5af98723 a98a08b5 4a825dac 63979f7e d269a5a0",
    "java2d.bilinear": "b045985e f7af7b33 312b40ab e26bdd7f 4b17e556 597f2b9e",
    "java2d.bicubic": "b6d907fa e9109128 a9b02ba1 f09ae9b1 6c691bb3 37eea4a5",
    "java_image.smooth": "f488e2de 43a2bc3d 3f1b225e 6055c305 543deffd 8bd8fac7",
    "java_image.replicate": "91433d2a 5af98723 da598348 4a825dac 63979f7e d269a5a0",
    "affine_op.nearest": "91433d2a 5af98723 d64b823e 4a825dac 63979f7e d269a5a0",
    "affine_op.bilinear": "8f341464 4c95fd1b 1b484074 13aef255 189f4094 826e07b5",
    "affine_op.bicubic": "11dc191d a1ba86b9 1e6cf034 0c784184 9c869e0e f8059a84",
    "halving.bilinear": "982977c4 f7af7b33 237ef114 16f710f5 4b17e556 597f2b9e",
    "halving.bicubic": "f38843ee e9109128 4de854d0 18b4a527 6c691bb3 37eea4a5",
    "thumbnailator.default": "b045985e e9109128 387268ba 759b5d0e 4b17e556 597f2b9e",
    "thumbnailator.progressive": "b045985e f7af7b33 387268ba 759b5d0e 4b17e556 597f2b9e",
    "imgscalr.speed": "91433d2a 5af98723 a98a08b5 4a825dac 63979f7e d269a5a0",
    "imgscalr.balanced": "b045985e f7af7b33 312b40ab e26bdd7f 4b17e556 597f2b9e",
    "imgscalr.quality": "f38843ee e9109128 4de854d0 f64c15ff 6c691bb3 37eea4a5",
    "imgscalr.ultra_quality": "c92b377a e9109128 f2d57f5c d1defd38 6c691bb3 8845152f",
    "twelvemonkeys.point": "91433d2a 5af98723 d64b823e 4a825dac 63979f7e d269a5a0",
    "twelvemonkeys.box": "ea264eb2 335910e5 b78884e3 b02c3ee8 74258706 81686873",
    "twelvemonkeys.triangle": "9f1603a5 4c95fd1b 886ee024 34bd6a6a 189f4094 826e07b5",
    "twelvemonkeys.hermite": "3fa8d7ed a68b7534 958f95a9 32e87ad9 8d45f94e 96e38698",
    "twelvemonkeys.hanning": "6f662a91 ab8a2e8c 59a2c9a4 a76f2265 04fcb2a5 2d2fbea5",
    "twelvemonkeys.hamming": "0cef9c6c 23a11a9d d46a5563 fe3c5428 19bd5754 d62a80fb",
    "twelvemonkeys.blackman": "02f535d0 381adae8 710c831c 992ad26d db334694 8ce79cb1",
    "twelvemonkeys.gaussian": "2d86b70e 2dad7e67 5f3ecc59 93a4bbd3 566293ff cdde0516",
    "twelvemonkeys.quadratic": "8fc40a97 a1ba86b9 bd1318cd 417d953b 189f4094 826e07b5",
    "twelvemonkeys.cubic": "c823613c f52d3799 1296815b 2558c7d4 e65e4356 8723b7f3",
    "twelvemonkeys.catrom": "3805c977 370f7c9b 1fcec6b8 da162509 89439a32 bc04cd6f",
    "twelvemonkeys.mitchell": "aa78105e 589ffe62 61217757 8fff1190 55204817 7cad1cd1",
    "twelvemonkeys.lanczos": "c7be41c7 f4a1513d 1ab94903 98d6ac2e b1c39275 7472e34b",
    "twelvemonkeys.blackman_bessel": "8c2b8a13 7e2a43bf 6a54da15 af605411 9286adef d7c2a13c",
    "twelvemonkeys.blackman_sinc": "2afc9528 8724a16e 38ec4fc4 8ec605ab 035616c8 00818156",
}


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_all_emulated_methods_are_proved():
    counts = Counter(name.split(".")[0] for name in JAVA_METHODS)
    assert counts == {
        "java2d": 3, "java_image": 2, "affine_op": 3, "halving": 3, "thumbnailator": 4, "imgscalr": 10, "twelvemonkeys": 15,
    }  # fmt: skip
    assert set(JAVA_METHODS) == set(REFERENCE)
    assert set(GOLDEN) <= set(JAVA_METHODS)
    assert tuple(RECORDED["methods"]) == JAVA_METHODS
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_digests_of_the_jdk(case):
    image = case.image()
    assert digest(image) == RECORDED["sources"][case.name], "the generated source itself differs"
    expected = RECORDED["results"][case.name]
    targets = list(case.targets())
    assert [f"{h}x{w}" for h, w in targets] == list(expected)
    wrong = []
    for (h, w), digests in zip(targets, expected.values(), strict=True):
        for method, known in zip(case.methods, digests.split(), strict=True):
            if own_digest(image, (h, w), method) != known:
                wrong.append((f"{h}x{w}", method))
    assert wrong == []


@pytest.mark.parametrize("method", GOLDEN)
def test_checksums_of_the_jdk(method):
    found = [f"{zlib.crc32(resize(golden_source(*source), target, method)):08x}" for source, target in GOLDEN_SIZES]
    assert found == GOLDEN[method].split()


def test_bicubic_table():
    assert f"{zlib.crc32(catmull_rom_table().astype('<i4')):08x}" == "511ad16c"


side = st.integers(1, 70)


@pytest.mark.parametrize("method", JAVA_METHODS)
@settings(max_examples=15, deadline=None, database=None)
@given(sh=side, sw=side, dh=side, dw=side, seed=st.integers(0, 2**32 - 1), extreme=st.booleans())
def test_equals_slow_reference(method, sh, sw, dh, dw, seed, extreme):
    image = noise(sh, sw, seed)
    if extreme:
        image = np.where(image < 128, 0, 255).astype(np.uint8)
    expected = REFERENCE[method](image, (dh, dw))
    if expected is None:
        with pytest.raises(InputError, match="it stops at"):
            resize(image, (dh, dw), method)
    else:
        np.testing.assert_array_equal(resize(image, (dh, dw), method), expected)


@pytest.mark.parametrize("method", JAVA_METHODS)
@pytest.mark.parametrize("size", [(53, 80), (201, 97), (16, 300)])
def test_threads_do_not_matter(method, size):
    image = noise(111, 130)
    np.testing.assert_array_equal(resize(image, size, method, threads=3), resize(image, size, method))


@settings(max_examples=200, deadline=None)
@given(source=st.integers(1, 3000), target=st.integers(1, 3000))
def test_tables(source, target):
    for axis in (bilinear_axis, bicubic_axis):
        taps = axis(source, target, 3)
        assert (taps.weight.sum(axis=1) == 256).all()
        assert taps.at.max() <= 3 * (source - 1)
        assert (np.diff(taps.at.astype(np.int64), axis=0) >= 0).all()
    assert np.abs(bicubic_axis(source, target, 1).weight).sum(axis=1).max() <= 320
    cover = cover_axis(source, target, 1, "float32")
    total = cover.head + cover.tail + cover.whole * (cover.inner + cover.extra)
    np.testing.assert_array_equal(total, np.full(target, total[0]))
    assert set(np.unique(cover.extra)) <= {0, 1}
    assert ((cover.last - cover.first == 0) | (cover.last - cover.first == 1 + cover.inner + cover.extra)).all()


@pytest.mark.parametrize("size", [(20, 29), (41, 12), (37, 90)])
def test_integer_and_float_sums_agree(size, monkeypatch):
    image = noise(40, 60)
    fast = java_image.smooth(image, size)
    monkeypatch.setattr(java_image, "_FLOAT32_WHOLE", 0)
    np.testing.assert_array_equal(java_image.smooth(image, size), fast)


def test_smooth_of_huge_reductions():
    # Alpha is summed in float32 too and falls to 254 or 251 for an opaque source: figures of the JDK.
    for (height, width), expected in {(4059, 4173): 254, (5179, 3301): 251}.items():
        image = np.full((height, width, 3), 255, np.uint8)
        assert java_image.smooth(image, (1, 1)).tolist() == [[[expected] * 3]]
    assert java_image.smooth(np.full((1000, 1000, 3), 200, np.uint8), (1, 1)).tolist() == [[[197] * 3]]


def test_nearest_leaves_unpainted_what_java_does():
    # Fixed point of the JDK runs past a source of one column when its format has too few bits.
    result = resize(np.full((33000, 1, 3), 9, np.uint8), (2, 40_000), "java2d.nearest")
    painted = int((result[0, :, 0] == 9).sum())
    assert 0 < painted < 40_000
    assert not result[:, painted:].any()


def test_replicate_overflow():
    with pytest.raises(InputError, match=r"40000 to 40001 px overflows Java's 32-bit"):
        resize(np.zeros((2, 40_000, 3), np.uint8), (3, 40_001), "java_image.replicate")


@pytest.mark.parametrize("method", ["affine_op.nearest", "affine_op.bicubic", "twelvemonkeys.triangle", "twelvemonkeys.lanczos"])
def test_sides_that_medialib_refuses(method):
    assert resize(np.zeros((32_767, 3, 3), np.uint8), (100, 3), method).shape == (100, 3, 3)
    with pytest.raises(InputError, match=r"32768 x 3 px; Java's AffineTransformOp, .*refuses more than 32767 px"):
        resize(np.zeros((32_768, 3, 3), np.uint8), (100, 3), method)


@pytest.mark.parametrize("method", JAVA_METHODS)
def test_constant_stays_constant(method):
    darkened = method.endswith("_antialias")  # its weights add to less than one
    for value in (0, 1, 127, 255):
        result = resize(np.full((31, 47, 3), value, np.uint8), (17, 90), method)
        assert (result[1:-1, 1:-1] == max(0, value - darkened)).all()
        assert (result[[0, -1]] == value).all()


@pytest.mark.parametrize("method", JAVA_METHODS)
def test_channels_are_independent(method):
    image = noise(33, 51)
    np.testing.assert_array_equal(
        resize(np.ascontiguousarray(image[:, :, [2, 0, 1]]), (20, 64), method), resize(image, (20, 64), method)[:, :, [2, 0, 1]]
    )


BOUNDS = """
import numpy as np
from robustfashion.errors import InputError
from robustfashion.resize import resize, row_threads
from robustfashion.resize.kernels.gather import gather
from tests.resize.images import JAVA_METHODS
rng = np.random.default_rng(11)
try:
    gather(np.zeros((2, 6), np.uint8), np.array([0, 2], np.uintp), np.array([0], np.uintp), np.zeros((2, 3), np.uint8))
except IndexError:
    pass
else:
    raise SystemExit("bounds checking is off")
for number in range(150):
    sh, sw, dh, dw = map(int, rng.integers(1, 71, 4))
    image = rng.integers(0, 256, (sh, sw, 3), dtype=np.uint8)
    for method in JAVA_METHODS:
        try:
            resize(image, (dh, dw), method, threads=1 + number % 3)
        except InputError:
            assert "ultra_quality" in method
from robustfashion.resize import java_image
java_image._FLOAT32_WHOLE = 0
for safe in (1 << 14, 0):
    java_image._SAFE_TAPS = safe
    for _ in range(200):
        sh, sw, dh, dw = map(int, rng.integers(1, 71, 4))
        java_image.smooth(rng.integers(0, 256, (sh, sw, 3), dtype=np.uint8), (dh, dw))
"""


@pytest.mark.slow
def test_no_read_out_of_bounds(tmp_path):
    environment = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", BOUNDS], env=environment, check=True)
