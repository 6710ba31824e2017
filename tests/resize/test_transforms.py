"""The methods as albumentations transforms: same pixels, seeded, through YAML and back."""

from collections import Counter

import albumentations
import numpy as np
import pytest
import yaml

from robustfashion.errors import InputError
from robustfashion.resize import resize
from robustfashion.resize.transforms import RandomResize, Resize

IMAGE = np.random.default_rng(4).integers(0, 256, (60, 83, 3), dtype=np.uint8)
METHODS = ["pillow.bilinear", "java2d.bilinear", "opencv.area"]


def drawn(pipeline, count):
    """Which of METHODS made each of ``count`` results."""
    by_pixels = {resize(IMAGE, (19, 30), method).tobytes(): method for method in METHODS}
    return [by_pixels[pipeline(image=IMAGE)["image"].tobytes()] for _ in range(count)]


@pytest.mark.parametrize("method", METHODS)
def test_resize(method):
    pipeline = albumentations.Compose([Resize(19, 30, method)])
    np.testing.assert_array_equal(pipeline(image=IMAGE)["image"], resize(IMAGE, (19, 30), method))


def test_random_resize_is_seeded_by_compose():
    first, again, other = (drawn(albumentations.Compose([RandomResize(19, 30, METHODS)], seed=seed), 40) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_random_resize_draws_evenly():
    counts = Counter(drawn(albumentations.Compose([RandomResize(19, 30, METHODS)], seed=0), 600))
    assert set(counts) == set(METHODS)
    assert all(150 < count < 250 for count in counts.values())  # 200 expected, standard deviation 12


def test_random_resize_with_probability():
    pipeline = albumentations.Compose([RandomResize(19, 30, METHODS, p=0.5)], seed=1)
    shapes = Counter(pipeline(image=IMAGE)["image"].shape for _ in range(200))
    assert set(shapes) == {(19, 30, 3), IMAGE.shape}
    assert 60 < shapes[IMAGE.shape] < 140


@pytest.mark.parametrize("transform", [Resize(19, 30, "java_image.smooth"), RandomResize(19, 30, METHODS, p=0.7)])
def test_serialised(transform):
    text = yaml.safe_dump(albumentations.to_dict(albumentations.Compose([transform])))
    read = albumentations.from_dict(yaml.safe_load(text))
    assert repr(read.transforms[0]) == repr(transform)
    images = []
    for pipeline in (albumentations.Compose([transform], seed=5), read):
        pipeline.set_random_seed(5)
        images.append([pipeline(image=IMAGE)["image"].tobytes() for _ in range(8)])
    assert images[0] == images[1]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Resize(0, 30), "at least 1 px"),
        (lambda: Resize(19, 30, "pillow.bilinaer"), "did you mean pillow.bilinear"),
        (lambda: RandomResize(19, 30, []), "must be a list of resize methods"),
        (lambda: RandomResize(19, 30, ["java2d.nearest", "nil"]), "unknown resize method 'nil'"),
    ],
)
def test_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_refused_image():
    with pytest.raises(InputError, match="dtype float32"):
        albumentations.Compose([Resize(19, 30)])(image=IMAGE.astype(np.float32) / 255)
