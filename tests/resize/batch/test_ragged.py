"""Images of many sizes: in their order, grouped by size where that helps, tensors and arrays."""

import numpy as np
import pytest
import torch

from robustfashion.errors import InputError
from robustfashion.resize import resize_ragged
from robustfashion.resize.batch import BATCH_METHODS, ragged
from robustfashion.resize.batch import resize_ragged as resize_ragged_somewhere
from tests.resize.batch.cases import batch, one_by_one

SIZES = [(40, 30), (17, 51), (40, 30), (1, 9), (17, 51), (40, 30), (80, 64), (40, 30)]
IMAGES = [batch(size, 1, seed)[0] for seed, size in enumerate(SIZES)]


def expected(method, images=IMAGES):
    return torch.cat([one_by_one(image[None], (19, 23), method) for image in images])


def array(image, writeable=True):
    pixels = np.array(image.permute(1, 2, 0).numpy(), order="C")
    pixels.setflags(write=writeable)
    return pixels


@pytest.mark.parametrize("method", [*BATCH_METHODS, "opencv.cubic", "torchvision.bilinear"])
def test_keeps_the_order(method):
    found = resize_ragged(IMAGES, (19, 23), method)
    assert found.is_contiguous()
    assert torch.equal(found, expected(method))


@pytest.mark.parametrize("method", BATCH_METHODS)
def test_arrays(method):
    mixed = [array(image, writeable=i % 3 == 0) if i % 2 else image for i, image in enumerate(IMAGES)]
    mixed[1] = np.ascontiguousarray(mixed[1][:, ::-1])[:, ::-1]
    mixed[4] = IMAGES[4].permute(0, 2, 1).contiguous().permute(0, 2, 1)
    assert torch.equal(resize_ragged(mixed, (19, 23), method), expected(method))


@pytest.mark.gpu
@pytest.mark.parametrize("method", BATCH_METHODS)
def test_keeps_the_order_on_cuda(method):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    mixed = [array(image, writeable=i % 3 == 0) if i % 2 else image.cuda() for i, image in enumerate(IMAGES)]
    for chunk_bytes in (1, 1 << 29):
        found = resize_ragged_somewhere(mixed, (19, 23), method, device="cuda", chunk_bytes=chunk_bytes)
        assert found.device.type == "cuda"
        assert torch.equal(found.cpu(), expected(method))


@pytest.mark.parametrize(("chunk_bytes", "groups"), [(1 << 29, 4), (1, 8)])
def test_groups_of_one_size(chunk_bytes, groups, monkeypatch):
    """What happens on CUDA: images of one size are stacked, in chunks."""
    stacks = []

    def stacked(images, result, method, chunk):
        stacks.append(tuple(images.shape))
        resize_by_plan(images, result, method, chunk)

    resize_by_plan = ragged.resize_by_plan
    monkeypatch.setattr(ragged, "resize_by_plan", stacked)
    monkeypatch.setattr(ragged, "_on_host", lambda _place: False)
    mixed = [array(image, writeable=False) if i % 2 else image for i, image in enumerate(IMAGES)]
    found = resize_ragged_somewhere(mixed, (19, 23), "pillow.bilinear", chunk_bytes=chunk_bytes)
    assert torch.equal(found, expected("pillow.bilinear"))
    assert len(stacks) == groups
    assert sum(stack[0] for stack in stacks) == len(IMAGES)


def test_no_images():
    assert resize_ragged([], (19, 23)).shape == (0, 3, 19, 23)


GOOD = IMAGES[0]


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ([GOOD, GOOD.float()], r"image 1 has dtype torch.float32; it must be torch.uint8"),
        ([GOOD, GOOD[None]], r"image 1 has shape \[1, 3, 40, 30\]; a tensor must be RGB \[3, H, W\]"),
        ([GOOD[:2]], r"image 0 has shape \[2, 40, 30\]"),
        ([GOOD, GOOD, GOOD[:, :0]], r"image 2 has shape \[3, 0, 30\]: no pixels"),
        ([GOOD, np.zeros((4, 5, 3))], "image 1: image has dtype float64"),
        ([GOOD, np.zeros((3, 4, 5), np.uint8)], r"image 1: image has shape \[3, 4, 5\]; .*move channels last"),
        ([None], "image 0: image is a NoneType"),
        ([GOOD, GOOD.to("meta")], "device is meta; there is only cpu"),
    ],
)
def test_refused_images(images, message):
    with pytest.raises(InputError, match=message):
        resize_ragged(images, (19, 23))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": (0, 5)}, "at least 1 px"),
        ({"method": "pillow.bilinaer"}, "did you mean pillow.bilinear"),
        ({"chunk_bytes": -1}, "chunk_bytes is -1"),
        ({"device": "tpu"}, "device is 'tpu'; it must be one of cpu, cuda"),
        ({"device": "mps"}, "device is mps; there is only cpu"),
    ],
)
def test_refused_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        resize_ragged_somewhere(IMAGES, **({"size": (19, 23)} | arguments))


def test_images_on_several_devices(monkeypatch):
    monkeypatch.setattr(ragged, "check_pixels", lambda image, _name: image)
    with pytest.raises(InputError, match=r"images are on cpu, meta; say where to resize them: device="):
        resize_ragged([GOOD, GOOD.to("meta")], (19, 23))
