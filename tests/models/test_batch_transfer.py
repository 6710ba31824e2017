"""Batches on their way: augmented once, by their own factors, and only where factors were drawn."""

import copy

import numpy as np
import pytest
import torch

from robustfashion.data.batches import PixelDataset
from robustfashion.models.batch_transfer import BatchTransfer
from robustfashion.models.classifier import Classifier
from robustfashion.models.device_augmentation import RecipeAugmentation, augment
from robustfashion.models.recipes import RECIPES
from tests.models.samples import NET, halves


def _batch(recipe="robust"):
    images, labels = halves(9, 20)
    return PixelDataset([images], labels, RecipeAugmentation(RECIPES[recipe]), seed=2).__getitems__([4, 1, 8, 0])


def test_a_batch_with_factors_is_augmented():
    batch = _batch()
    want = augment(batch["image"].clone(memory_format=torch.preserve_format), batch["factors"])
    assert not torch.equal(want, batch["image"])
    arrived = BatchTransfer()(batch, torch.device("cpu"))
    assert sorted(arrived) == ["image", "index", "label"]
    assert torch.equal(arrived["image"], want)
    assert arrived["index"].tolist() == [4, 1, 8, 0]


def test_a_batch_without_factors_stays_as_it_is():
    images, labels = halves(9, 20)
    batch = PixelDataset([images], labels).__getitems__([4, 1, 8])
    arrived = BatchTransfer()(batch, torch.device("cpu"))
    np.testing.assert_array_equal(arrived["image"].permute(0, 2, 3, 1).numpy(), images[[4, 1, 8]])


def test_the_classifier_augments_on_arrival():
    arrived = Classifier(NET).transfer_batch_to_device(_batch(), torch.device("cpu"), 0)
    assert torch.equal(arrived["image"], BatchTransfer()(_batch(), torch.device("cpu"))["image"])
    copy.deepcopy(Classifier(NET))


@pytest.mark.gpu
def test_a_gpu_gets_the_same_pixels_on_a_stream_of_its_own():
    transfer, device = BatchTransfer(), torch.device("cuda", 0)
    want = BatchTransfer()(_batch(), torch.device("cpu"))["image"].int()
    for _ in range(20):
        found = transfer({key: value.pin_memory() for key, value in _batch().items()}, device)["image"].cpu().int()
        assert (found - want).abs().max() <= 1
