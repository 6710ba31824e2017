"""Batches on their way: augmented once, by what was drawn for them, also through Lightning's and torch's hands."""

import pickle

import pytest
import torch
from pytorch_lightning.plugins.precision import HalfPrecision
from pytorch_lightning.utilities import move_data_to_device

from robustfashion.data.batch import AUGMENT, Batch, Pending


def fill(images, factors):
    return images + factors.to(images)[:, None, None, None]


def batch():
    image = torch.arange(2 * 3 * 5 * 4, dtype=torch.uint8).reshape(2, 5, 4, 3).permute(0, 3, 1, 2)
    return Batch(
        image=image, label=torch.tensor([1, 0]), index=torch.tensor([8, 3]), augment=Pending(fill, torch.tensor([7.0, 9.0]))
    )


def check(arrived):
    assert isinstance(arrived, Batch)
    assert list(arrived) == ["image", "label", "index"]
    want = batch()["image"] + torch.tensor([7, 9], dtype=torch.uint8)[:, None, None, None]
    assert torch.equal(arrived["image"].cpu(), want)
    assert arrived["image"].is_contiguous(memory_format=torch.channels_last)
    assert arrived["index"].tolist() == [8, 3]


def test_augmented_on_arrival_and_once():
    check(batch().to("cpu"))
    check(batch().to("cpu").to(torch.device("cpu")))
    del (plain := batch())[AUGMENT]
    assert torch.equal(plain.to("cpu")["image"], batch()["image"])


def test_lightning_moves_it():
    check(move_data_to_device(batch(), torch.device("cpu")))


def test_pure_bfloat16_does_not_round_the_factors():
    converted = HalfPrecision("bf16-true").convert_input(batch())
    assert converted[AUGMENT].factors.dtype == torch.float32
    check(converted.to("cpu"))


def test_worker_processes_can_send_it():
    check(pickle.loads(pickle.dumps(batch())).to("cpu"))


@pytest.mark.gpu
def test_a_gpu_gets_it_on_a_stream_of_its_own():
    from torch.utils.data._utils.pin_memory import pin_memory

    for _ in range(20):
        pinned = pin_memory(batch())
        assert pinned["image"].is_pinned()
        check(pinned.to("cuda"))
