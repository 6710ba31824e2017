"""The emulation beside the JDK itself: not one pixel may differ."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from robustfashion.errors import InputError
from robustfashion.pictures.reading import decode_file
from robustfashion.resize import resize
from robustfashion.resize.oracle.jdk import JDK_FAMILIES, LIBRARIES, write_raw
from robustfashion.resize.reencode import JAVA_DEFAULT, JpegEncoding, encode_jpeg, reencode
from tests.resize.images import CASES, JAVA_METHODS, ONE_STEP_METHODS
from tests.resize.jdk import jdk_digests, methods_of, own_digest

pytestmark = pytest.mark.jdk


def test_generated_cases(jdk):
    for start in range(0, len(CASES), 8):
        cases = CASES[start : start + 8]
        for name, targets in jdk_digests(jdk, cases).items():
            case = next(case for case in cases if case.name == name)
            image = case.image()
            for target, digests in targets.items():
                h, w = map(int, target.split("x"))
                own = [own_digest(image, (h, w), method) for method in methods_of(jdk, case)]
                assert own == digests.split(), f"{name} to {target}"


@pytest.mark.parametrize("family", [*JDK_FAMILIES, *LIBRARIES])
def test_random_sizes(jdk, family, tmp_path):
    if family not in jdk.families:
        pytest.skip(f"no jar of {family} ({LIBRARIES[family].package})")
    methods = [method for method in JAVA_METHODS if method.split(".")[0] == family]
    rng = np.random.default_rng(5)
    jobs, images = [], {}
    for number in range(120):
        h, w = (int(2 ** rng.uniform(0, 9)) for _ in range(2))
        suffix = ("raw", "rgb")[number % 2]
        path = write_raw(tmp_path / f"{number}.{suffix}", rng.integers(0, 256, (h, w, 3), dtype=np.uint8))
        images[path] = np.frombuffer(path.read_bytes()[8:], np.uint8).reshape(h, w, 3)
        target = tuple(int(2 ** rng.uniform(0, 9)) for _ in range(2))
        jobs += [(method, path, target) for method in methods]
    for (method, path, size), expected in zip(jobs, jdk.resize(jobs), strict=True):
        if expected.shape[:2] != size:
            with pytest.raises(InputError, match=re.escape(f"it stops at {expected.shape[:2]}")):
                resize(images[path], size, method)
        else:
            assert np.array_equal(resize(images[path], size, method), expected), f"{method} {images[path].shape} to {size}"


def test_extreme_sides(jdk, tmp_path):
    rng = np.random.default_rng(6)
    cases = [((33_000, 1), (2, 40_000)), ((1, 65_500), (2, 224)), ((65_500, 3), (224, 224)), ((1, 1), (1, 65_500))]
    for number, (shape, size) in enumerate(cases):
        image = rng.integers(0, 256, (*shape, 3), dtype=np.uint8)
        path = write_raw(tmp_path / f"{number}.raw", image)
        results = jdk.resize([(method, path, size) for method in ONE_STEP_METHODS])
        for method, expected in zip(ONE_STEP_METHODS, results, strict=True):
            assert np.array_equal(resize(image, size, method), expected), f"{method} {shape} to {size}"


def test_real_photographs_decoded_by_java(jdk, real_photos):
    files = sorted(real_photos.rglob("*.jpg"))[::150]
    assert len(files) >= 20
    sizes = [(224, 224), (299, 299), (100, 37), (700, 301), (1, 5)]
    jobs = [(method, path, size) for path in files for size in sizes for method in ONE_STEP_METHODS]
    images = {path: decode_file(path) for path in files}
    for (method, path, size), expected in zip(jobs, jdk.resize(jobs), strict=True):
        assert np.array_equal(resize(images[path], size, method), expected), f"{method} {path.name} to {size}"


JPEG_KINDS = {
    "444": {"subsampling": "4:4:4", "quality": 95},
    "422": {"subsampling": "4:2:2", "quality": 80},
    "420": {"subsampling": "4:2:0", "quality": 75},
    "420-low": {"subsampling": "4:2:0", "quality": 30},
    "progressive": {"progressive": True, "quality": 85},
    "optimised": {"optimize": True, "quality": 60},
    "restart": {"restart_marker_rows": 1},
}


def test_decode(jdk, tmp_path):
    files = []
    for case in [case for case in CASES if 40 < case.height < 600 and 40 < case.width < 600]:
        for kind, options in JPEG_KINDS.items():
            files.append(tmp_path / f"{case.name}-{kind}.jpg")
            Image.fromarray(case.image()).save(files[-1], **options)
        files.append(tmp_path / f"{case.name}-gray.jpg")
        Image.fromarray(case.image()).convert("L").save(files[-1])
    for path, expected in zip(files, jdk.decode(files), strict=True):
        assert np.array_equal(decode_file(path), expected), path.name


def test_encode(jdk, tmp_path, real_photos):
    images = [case.image() for case in CASES if case.height > 20 and case.width < 700][::3]
    images += [decode_file(path) for path in sorted(real_photos.rglob("*.jpg"))[::500]]
    jobs, encodings = [], []
    for number, image in enumerate(images):
        raw = write_raw(tmp_path / f"{number}.raw", image)
        for quality in ("default", "0.01", "0.1", "0.33", "0.49", "0.5", "0.62", "0.75", "0.85", "0.9", "1"):
            jobs.append((raw, quality, tmp_path / f"{number}-{quality}.jpg"))
            encodings.append((image, JAVA_DEFAULT if quality == "default" else JpegEncoding.parse(f"java_jpeg{quality}")))
    jdk.encode(jobs)
    for (_, quality, path), (image, encoding) in zip(jobs, encodings, strict=True):
        assert scan(path.read_bytes()) == scan(encode_jpeg(image, encoding)), f"{path.name}: another bit stream"
        assert np.array_equal(np.array(Image.open(path)), reencode(image, encoding)), path.name
        if quality == "default":
            assert np.array_equal(reencode(image, JpegEncoding(75)), reencode(image, encoding))


def test_java_reads_what_it_wrote_as_pillow_does(jdk, tmp_path):
    raw = write_raw(tmp_path / "a.raw", CASES[31].image())
    jdk.encode([(raw, "default", tmp_path / "a.jpg")])
    (decoded,) = jdk.decode([tmp_path / "a.jpg"])
    assert np.array_equal(decoded, np.array(Image.open(io.BytesIO((tmp_path / "a.jpg").read_bytes()))))


def scan(data: bytes) -> bytes:
    """From the start-of-scan marker on: the compressed coefficients."""
    return data[data.index(b"\xff\xda") :]
