"""Batches of one size: every method equals ``resize`` in every pixel, whatever the device, the strides and the chunks."""

import subprocess
import sys
from collections import Counter
from weakref import finalize

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from robustfashion.errors import InputError
from robustfashion.resize import METHODS, resize_batch
from robustfashion.resize.batch import BATCH_METHODS, java, uniform
from robustfashion.resize.batch import resize_batch as resize_batch_bounded
from robustfashion.resize.batch.checks import check_device
from robustfashion.resize.batch.methods import check_offered, plan_for
from robustfashion.resize.batch.uniform import images_a_chunk, resize_by_plan
from tests.resize.batch.cases import SIZES, batch, one_by_one

CPU = torch.device("cpu")


def by_plan(images, size, method, **options):
    """The path of CUDA, wherever the images are."""
    result = torch.full((len(images), 3, *size), 77, dtype=torch.uint8, device=images.device)
    resize_by_plan(images, result, method, **options)
    return result


def test_what_is_offered():
    families = Counter(name.split(".")[0] for name in BATCH_METHODS)
    assert families == {"pillow": 16, "opencv": 6, "java2d": 3, "java_image": 2}
    assert set(METHODS) - set(BATCH_METHODS) >= {"opencv.cubic", "torch.bilinear", "torchvision.bicubic_antialias"}


@pytest.mark.parametrize("method", BATCH_METHODS)
def test_equal_to_resize(method):
    for source, target in SIZES:
        images = batch(source)
        expected = one_by_one(images, target, method)
        for found in (resize_batch(images, target, method), by_plan(images, target, method)):
            assert torch.equal(found, expected), f"{source} to {target}"


side = st.integers(1, 70)


@pytest.mark.parametrize("method", BATCH_METHODS)
@settings(max_examples=5, deadline=None, database=None)
@given(source=st.tuples(side, side), target=st.tuples(side, side), seed=st.integers(0, 2**32 - 1))
def test_equal_at_any_size(method, source, target, seed):
    images = batch(source, 2, seed)
    expected = one_by_one(images, target, method)
    assert torch.equal(resize_batch(images, target, method), expected)
    assert torch.equal(by_plan(images, target, method), expected)


@pytest.mark.gpu
@pytest.mark.parametrize("method", BATCH_METHODS)
def test_equal_to_resize_on_cuda(method):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    for source, target in SIZES:
        images = batch(source)
        for layout in (torch.contiguous_format, torch.channels_last):
            found = resize_batch(images.cuda().contiguous(memory_format=layout), target, method)
            assert found.device.type == "cuda"
            assert torch.equal(found.cpu(), one_by_one(images, target, method)), f"{source} to {target}, {layout}"


@pytest.mark.parametrize("method", sorted(set(METHODS) - set(BATCH_METHODS)))
def test_all_methods_on_the_cpu(method):
    images = batch((37, 53))
    for size in ((19, 80), (37, 53)):
        assert torch.equal(resize_batch(images, size, method), one_by_one(images, size, method))


@pytest.mark.parametrize("method", BATCH_METHODS)
def test_memory_layout_does_not_matter(method):
    images = batch((40, 66), 4)
    views = {
        "channels_last": images.contiguous(memory_format=torch.channels_last),
        "sliced": images[:, :, ::2, 3:60],
        "sliced channels_last": images.contiguous(memory_format=torch.channels_last)[::2, :, 1:39],
        "reversed channels": images.flip(1),
        "transposed": images.transpose(2, 3),
        "expanded": images[:1].expand(4, 3, 40, 66),
    }
    for name, view in views.items():
        before = view.clone()
        expected = one_by_one(view, (17, 30), method)
        assert torch.equal(resize_batch(view, (17, 30), method), expected), name
        assert torch.equal(by_plan(view, (17, 30), method), expected), name
        assert torch.equal(view, before), f"{name} was overwritten"


def test_layout_of_the_result():
    images = batch((40, 66))
    assert resize_batch(images, (17, 30)).is_contiguous()
    interleaved = resize_batch(images.contiguous(memory_format=torch.channels_last), (17, 30))
    assert interleaved.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("method", BATCH_METHODS)
def test_same_size_is_a_copy(method):
    images = batch((31, 42))
    for found in (resize_batch(images, (31, 42), method), by_plan(images, (31, 42), method)):
        assert torch.equal(found, images)
        assert found.data_ptr() != images.data_ptr()


@pytest.mark.parametrize("method", METHODS)
def test_no_images(method):
    found = resize_batch(torch.empty((0, 3, 20, 30), dtype=torch.uint8), (7, 5), method)
    assert found.shape == (0, 3, 7, 5)
    assert found.dtype == torch.uint8


@pytest.mark.parametrize("method", ["pillow.bilinear", "opencv.area", "java_image.smooth", "java2d.bicubic"])
def test_chunks(method, monkeypatch):
    images = batch((50, 61), 7)
    runs = []

    def counted(*arguments):
        plan = plan_for(*arguments)
        return lambda planes: (runs.append(planes.shape[0]), plan(planes))[1]

    monkeypatch.setattr(uniform, "plan_for", counted)
    one = 3 * (50 * 61 + 20 * 50 * 40)
    found = by_plan(images, (30, 40), method, chunk_bytes=3 * one + 5)
    assert runs == [9, 9, 3]
    assert torch.equal(found, one_by_one(images, (30, 40), method))
    runs.clear()
    by_plan(images, (30, 40), method, chunk_bytes=1)
    assert runs == [3] * 7


class LiveBytes(TorchDispatchMode):
    """The most bytes that tensors made meanwhile held at a time."""

    def __init__(self):
        super().__init__()
        self.live, self.peak, self.known = 0, 0, set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor) and leaf.untyped_storage()._cdata not in self.known:
                storage = leaf.untyped_storage()
                self.known.add(storage._cdata)
                self.live += storage.nbytes()
                self.peak = max(self.peak, self.live)
                finalize(leaf, self._release, storage._cdata, storage.nbytes())
        return result

    def _release(self, key, size):
        self.known.discard(key)
        self.live -= size


@pytest.mark.parametrize("method", BATCH_METHODS)
@pytest.mark.parametrize(("source", "target"), [((150, 170), (64, 60)), ((40, 50), (130, 140)), ((30, 200), (190, 20))])
def test_memory_is_bounded(method, source, target):
    images = batch(source, 4)
    plan = plan_for(method, source, target, CPU)
    chunk = next(c for c in range(1, 10**9, 1000) if images_a_chunk(source, target, c) >= 4)
    with LiveBytes() as memory:
        plan(images.reshape(-1, *source))
    assert 0 < memory.peak <= chunk


@pytest.mark.parametrize("threads", [1, 3])
def test_threads(threads, monkeypatch):
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)
    images = batch((90, 70), 8)
    for method in ("pillow.bicubic", "opencv.linear", "java_image.smooth", "torchvision.bilinear"):
        assert torch.equal(resize_batch(images, (31, 44), method), one_by_one(images, (31, 44), method))


def test_huge_reductions_by_smooth_leave_the_plan(monkeypatch):
    """So do those where Java's alpha drops below 255, which the plans do not know of."""
    assert java.MAX_TAPS <= 1 << 14
    monkeypatch.setattr(java, "MAX_TAPS", 30)
    plan_for.cache_clear()
    images = batch((611, 403), 2)
    for size in ((90, 70), (11, 7)):
        assert torch.equal(by_plan(images, size, "java_image.smooth"), one_by_one(images, size, "java_image.smooth"))
    plan_for.cache_clear()


def test_nearest_leaves_unpainted_what_java_does():
    images = torch.full((1, 3, 33_000, 1), 9, dtype=torch.uint8)
    for found in (resize_batch(images, (2, 40_000), "java2d.nearest"), by_plan(images, (2, 40_000), "java2d.nearest")):
        assert torch.equal(found, one_by_one(images, (2, 40_000), "java2d.nearest"))
        assert (found == 0).any()


def test_tables_made_in_inference_mode_serve_outside():
    plan_for.cache_clear()
    images = batch((31, 27))
    with torch.inference_mode():
        by_plan(images, (12, 13), "java_image.smooth")
    assert torch.equal(by_plan(images, (12, 13), "java_image.smooth"), one_by_one(images, (12, 13), "java_image.smooth"))


class Untouchable(torch.Tensor):
    """Stands for a tensor on another device."""

    device = torch.device("mps")


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((2, 3, 4, 5), np.uint8), r"images is a ndarray; it must be a torch tensor, uint8 \[N, 3, H, W\]"),
        ([torch.zeros((3, 4, 5), dtype=torch.uint8)], "images is a list"),
        (torch.zeros((2, 3, 4, 5)), r"dtype torch.float32; it must be torch.uint8"),
        (torch.zeros((2, 3, 4, 5), dtype=torch.int8), r"dtype torch.int8"),
        (torch.zeros((2, 3, 4, 5), dtype=torch.bool), r"dtype torch.bool"),
        (torch.zeros((3, 4, 5), dtype=torch.uint8), r"shape \[3, 4, 5\]; it must be RGB \[N, 3, H, W\].*images\[None\]"),
        (torch.zeros((2, 4, 4, 5), dtype=torch.uint8), r"shape \[2, 4, 4, 5\]"),
        (torch.zeros((2, 4, 5, 3), dtype=torch.uint8), r"move channels to dimension 1"),
        (torch.zeros((2, 3, 0, 5), dtype=torch.uint8), r"shape \[2, 3, 0, 5\]: no pixels"),
        (torch.zeros((2, 3, 4, 5), dtype=torch.uint8, device="meta"), r"device is meta; there is only cpu"),
        (torch.zeros((2, 3, 4, 5), dtype=torch.uint8).as_subclass(Untouchable), r"device is mps"),
        (torch.zeros((2, 3, 4, 5), dtype=torch.uint8).to_sparse(), r"layout torch.sparse_coo"),
    ],
)
def test_refused_batches(images, message):
    with pytest.raises(InputError, match=message):
        resize_batch(images, (2, 2))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": (0, 5)}, "at least 1 px"),
        ({"size": (5.0, 5)}, "two whole numbers"),
        ({"size": (20_000, 20_000)}, "more than 100000000 px"),
        ({"method": "pillow.bilinaer"}, "did you mean pillow.bilinear"),
        ({"method": None}, "unknown resize method None"),
        ({"chunk_bytes": 0}, "chunk_bytes is 0; it must be a whole number of bytes above 0"),
        ({"chunk_bytes": 1e9}, r"chunk_bytes is 1000000000.0"),
        ({"chunk_bytes": True}, "chunk_bytes is True"),
    ],
)
def test_refused_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        resize_batch_bounded(batch((4, 5)), **({"size": (2, 2)} | arguments))


def test_result_larger_than_the_memory():
    images = torch.zeros((1, 3, 1, 1), dtype=torch.uint8).expand(10_000_000, 3, 1, 1)
    with pytest.raises(InputError, match=r"10000000 images of size \(9000, 9000\) take 2263\d{3}\.\d GiB, cpu has \d+"):
        resize_batch(images, (9000, 9000))


def test_device_out_of_memory(monkeypatch):
    def full(*_arguments):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB.")

    monkeypatch.setattr(uniform, "resize_arrays", full)
    with pytest.raises(InputError, match="cpu has too little free memory; lower chunk_bytes"):
        resize_batch(batch((4, 5)), (2, 2))


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("opencv.cubic", "Intel's IPP"),
        ("torch.bilinear", "round differently from device to device"),
        ("torchvision.bicubic_antialias", "round differently from device to device"),
        ("java2d.future", "no form for batches yet"),
    ],
)
def test_not_offered_on_cuda(method, reason):
    message = rf"{method} is not offered on cuda: .*{reason}.*; move the images to the CPU, or use pillow.nearest, .*java_image"
    with pytest.raises(InputError, match=message):
        check_offered(method, torch.device("cuda"))
    check_offered(method, CPU)
    check_offered("pillow.lanczos", torch.device("cuda"))


@pytest.mark.parametrize("device", ["tpu", "cuda:0", "mps"])
def test_refused_devices(device):
    if device.startswith("cuda") and torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    with pytest.raises(InputError, match=device.split(":")[0]):
        check_device(device)
    assert check_device("cpu") == CPU


def test_beyond_the_librarys_integers():
    with pytest.raises(InputError, match="overflows Java's 32-bit"):
        resize_batch(torch.zeros((1, 3, 2, 40_000), dtype=torch.uint8), (3, 40_001), "java_image.replicate")


def test_torch_is_loaded_when_called():
    code = (
        "import sys; from robustfashion.resize import resize_batch, resize_ragged; assert 'torch' not in sys.modules\n"
        "import torch; print(resize_batch(torch.zeros((2, 3, 8, 9), dtype=torch.uint8), (4, 5)).shape)"
    )
    run = subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "torch.Size([2, 3, 4, 5])"
