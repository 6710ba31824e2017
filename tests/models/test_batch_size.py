"""The largest batch: found, told, and nothing else changed."""

from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch

from robustfashion.data.datamodule import FashionDataModule
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.errors import InputError
from robustfashion.models import batch_size
from robustfashion.models.batch_size import LargestBatch, largest_fitting
from robustfashion.models.classifier import Classifier
from robustfashion.models.quiet import quiet_lightning
from tests.models.samples import NET


@pytest.mark.parametrize("memory", [8, 9, 31, 100, 1000, 4096])
def test_search_ends_within_a_sixteenth_of_the_memory(memory):
    tried = []

    def attempt(n):
        tried.append(n)
        if n > memory:
            raise torch.OutOfMemoryError

    found = largest_fitting(attempt, 8, 4096)
    assert memory * 15 / 16 - 1 <= found <= memory
    assert found in tried and len(tried) < 20


def test_search_stops_at_the_limit():
    assert largest_fitting(lambda _: None, 8, 100) == 100


def test_other_errors_are_not_swallowed():
    def broken(_):
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        largest_fitting(broken, 8, 16)


def test_what_is_refused():
    def never(_):
        raise torch.OutOfMemoryError

    with pytest.raises(InputError, match="not even 8 images fit"):
        largest_fitting(never, 8, 16)
    with pytest.raises(InputError, match="share is 0"):
        LargestBatch(share=0)


def data(folder: Path) -> FashionDataModule:
    drawn = SyntheticSettings(count=60, mix={"dress": 0.5, "watch": 0.5}, long_side_px=(60, 60))
    return FashionDataModule(positive="dress", canvas=64, size=32, batch_size=4, synthetic=drawn, cache_dir=folder)


def fitted(module: FashionDataModule, callbacks: list[pl.Callback]) -> Classifier:
    pl.seed_everything(0)
    model = Classifier(NET, module.classes)
    with quiet_lightning():
        trainer = pl.Trainer(accelerator="cpu", max_epochs=1, callbacks=callbacks, logger=False, enable_checkpointing=False,
                         enable_progress_bar=False, enable_model_summary=False)  # fmt: skip
        trainer.fit(model, datamodule=module)
    return model


def test_training_takes_the_batch_and_begins_as_it_would_have(tmp_path, monkeypatch):
    plain, searched = data(tmp_path), data(tmp_path)
    real = batch_size._step

    def small(model, count, size):
        real(model, count, size)
        if count > 13:
            raise torch.OutOfMemoryError

    monkeypatch.setattr(batch_size, "_step", small)
    callback = LargestBatch(start=2, share=1.0)
    second = fitted(searched, [callback])
    assert callback.found == searched.batch_size == searched.train_dataloader().batch_size == 13
    plain.batch_size = 13
    first = fitted(plain, [])
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name]), name
