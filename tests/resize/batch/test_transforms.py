"""The methods as torch modules: same pixels, drawn by seed."""

from collections import Counter

import pytest
import torch

from robustfashion.errors import InputError
from robustfashion.resize import resize_batch
from robustfashion.resize.batch.transforms import RandomResize, Resize
from tests.resize.batch.cases import batch

METHODS = ["pillow.bilinear", "java2d.bilinear", "opencv.cubic"]
IMAGE = batch((60, 83), 1)
DONE = {resize_batch(IMAGE, (19, 30), method).numpy().tobytes(): method for method in METHODS}


def drawn(images):
    """Which of METHODS made each image."""
    return [DONE[image.numpy().tobytes()] for image in images]


def test_the_methods_differ():
    assert len(DONE) == len(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_resize(method):
    images = batch((60, 83))
    assert torch.equal(Resize(19, 30, method)(images), resize_batch(images, (19, 30), method))


def test_a_method_for_each_batch():
    images = IMAGE.repeat(4, 1, 1, 1)
    transform = RandomResize(19, 30, METHODS, seed=3)
    found = [drawn(transform(images)) for _ in range(60)]
    assert all(len(set(methods)) == 1 for methods in found)
    assert {methods[0] for methods in found} == set(METHODS)


def test_a_method_for_each_image():
    found = drawn(RandomResize(19, 30, METHODS, each_image=True, seed=4)(IMAGE.repeat(300, 1, 1, 1)))
    counts = Counter(found)
    assert set(counts) == set(METHODS)
    assert all(60 < count < 140 for count in counts.values())  # 100 expected, standard deviation 8
    assert found != sorted(found)


def test_images_keep_their_places():
    images = batch((60, 83), 20)
    transform = RandomResize(19, 30, METHODS, each_image=True, seed=5)
    methods = RandomResize(19, 30, METHODS, each_image=True, seed=5).draw(20)
    for image, found, method in zip(images, transform(images), methods, strict=True):
        assert torch.equal(found, resize_batch(image[None], (19, 30), method)[0])


def test_seeded_and_resumed():
    def methods(seed, start=0):
        transform = RandomResize(19, 30, METHODS, seed=seed)
        transform.batches = start
        return [transform.draw(1)[0] for _ in range(40)]

    state = torch.random.get_rng_state()
    assert methods(1) == methods(1)
    assert methods(1) != methods(2)
    assert methods(1)[15:] == methods(1, start=15)[:25]
    assert torch.equal(torch.random.get_rng_state(), state)


def test_twice_named_is_twice_as_likely():
    counts = Counter(RandomResize(19, 30, ["java2d.bilinear", *METHODS], seed=6).draw(4000))
    assert 1850 < counts["java2d.bilinear"] < 2150  # 2000 expected, standard deviation 32


def test_no_images():
    for each_image in (False, True):
        assert RandomResize(19, 30, METHODS, each_image=each_image)(IMAGE[:0]).shape == (0, 3, 19, 30)


def test_in_a_network():
    network = torch.nn.Sequential(Resize(19, 30), RandomResize(7, 8, METHODS, each_image=True))
    assert network(batch((60, 83), 5)).shape == (5, 3, 7, 8)
    assert not network.state_dict()
    assert "RandomResize(7, 8, ['pillow.bilinear'" in repr(network)
    assert "Resize(19, 30, 'java2d.bilinear')" in repr(network)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Resize(0, 30), "at least 1 px"),
        (lambda: Resize(19, 30, "pillow.bilinaer"), "did you mean pillow.bilinear"),
        (lambda: RandomResize(19, 30, []), "must be a list of resize methods"),
        (lambda: RandomResize(19, 30, "java2d.nearest"), "must be a list of resize methods"),
        (lambda: RandomResize(19, 30, ["java2d.nearest", "nil"]), "unknown resize method 'nil'"),
        (lambda: RandomResize(19, 30, METHODS, seed=-1), "seed is -1"),
        (lambda: RandomResize(19, 30, METHODS)(IMAGE.float()), "dtype torch.float32"),
        (lambda: RandomResize(19, 30, METHODS, each_image=True)("photo.jpg"), "images is a str"),
    ],
)
def test_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()
