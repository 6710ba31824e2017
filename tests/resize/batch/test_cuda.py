"""The path of CUDA where there is none: devices by fake tensors, and only operations that every device rounds alike."""

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from robustfashion.resize.batch import BATCH_METHODS
from robustfashion.resize.batch.methods import plan_for
from robustfashion.resize.batch.uniform import resize_by_plan
from tests.resize.batch.cases import SIZES, batch

CUDA = torch.device("cuda", 0)
FEW_SIZES = [*SIZES[8:12], *SIZES[16:17], *SIZES[-4:]]

# One IEEE rounding each (mul, add, sub, div), or none. No sums of unknown order, no fused products, no matrix products.
FLOAT_OPERATIONS = {
    "aten.mul.Tensor", "aten.add_.Tensor", "aten.add.Tensor", "aten.sub.Tensor", "aten.div.Tensor", "aten.floor.default",
    "aten.round_.default", "aten.clamp_.default", "aten.ge.Scalar", "aten._to_copy.default", "aten.zeros.default",
    "aten.index_select.default", "aten.select.int", "aten.slice.Tensor", "aten.unsqueeze.default", "aten.detach.default",
    "aten.unbind.int",
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_fake_plans_are_kept():
    plan_for.cache_clear()
    yield
    plan_for.cache_clear()


@pytest.mark.skipif(torch.version.cuda is None, reason="torch is built without CUDA")
@pytest.mark.parametrize("method", BATCH_METHODS)
def test_everything_happens_on_the_device(method):
    """Fake tensors refuse to mix devices and know the shapes and types that CUDA would give."""
    for source, target in FEW_SIZES:
        with FakeTensorMode(allow_non_fake_inputs=True):
            images = torch.empty((2, 3, *source), dtype=torch.uint8, device=CUDA)
            planes = plan_for(method, source, target, CUDA)(images.reshape(-1, *source))
            assert (planes.device, planes.dtype, planes.shape) == (CUDA, torch.uint8, (6, *target))
            resize_by_plan(images, torch.empty((2, 3, *target), dtype=torch.uint8, device=CUDA), method)


class FloatOperations(TorchDispatchMode):
    """Names of the operations that read or make floats; no value may be read from the device."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        assert str(function) != "aten._local_scalar_dense.default", "waits for the device"
        leaves = tree_leaves((args, kwargs, result))
        if any(isinstance(leaf, torch.Tensor) and leaf.is_floating_point() for leaf in leaves):
            self.names.add(str(function))
        return result


@pytest.mark.parametrize("method", BATCH_METHODS)
def test_operations_round_alike_everywhere(method):
    seen = set()
    for source, target in FEW_SIZES:
        plan = plan_for(method, source, target, torch.device("cpu"))
        with FloatOperations() as operations:
            plan(batch(source).reshape(-1, *source))
        seen |= operations.names
    assert seen <= FLOAT_OPERATIONS
    assert bool(seen) == (method in ("opencv.area", "java_image.smooth"))
