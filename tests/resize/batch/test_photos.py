"""Photographs through every batched method, on every path that a CPU has."""

import pytest
import torch

from robustfashion.pictures.reading import decode_file
from robustfashion.resize import resize_batch
from robustfashion.resize.batch import BATCH_METHODS
from robustfashion.resize.batch.uniform import resize_by_plan
from tests.resize.batch.cases import one_by_one


@pytest.mark.slow
@pytest.mark.parametrize("method", BATCH_METHODS)
def test_photographs(method, real_photos):
    files = sorted(real_photos.rglob("*.jpg"))[::400]
    assert len(files) >= 5
    for path in files:
        interleaved = torch.from_numpy(decode_file(path).copy()).permute(2, 0, 1)[None]
        for size in ((224, 224), (299, 170), (64, 48)):
            expected = one_by_one(interleaved, size, method)
            planned = torch.empty_like(expected)
            resize_by_plan(interleaved, planned, method)
            for found in (planned, resize_batch(interleaved, size, method), resize_batch(interleaved.contiguous(), size, method)):
                assert torch.equal(found, expected), f"{path} to {size}"
