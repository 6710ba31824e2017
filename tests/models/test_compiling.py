"""torch.compile as a callback: the same network, and nothing of it left afterwards."""

import copy

import pytest
import pytorch_lightning as pl
import torch

from robustfashion.errors import InputError
from robustfashion.models import training
from robustfashion.models.compiling import CompiledBackbone
from robustfashion.models.training import TrainSettings, train
from tests.models.samples import NET, halves

SETTINGS = TrainSettings(NET, recipe="robust", max_epochs=1, batch_size=6, accelerator="cpu", seed=3)


def _trained(monkeypatch, backend):
    seen = []

    class Noted(CompiledBackbone):
        def __init__(self):
            super().__init__(backend)

        def on_train_batch_end(self, _trainer, pl_module, *_unused):
            seen.append(pl_module.backbone._compiled_call_impl)

    monkeypatch.setattr(training, "CompiledBackbone", Noted)
    settings = TrainSettings(**(vars(SETTINGS) | {"compile": True}))
    return train(*halves(20), settings), seen


@pytest.mark.filterwarnings("ignore:Guards may run slower on Python 3.13.0")
def test_a_compiled_training_gives_the_same_network(monkeypatch):
    plain = train(*halves(20), SETTINGS)
    compiled, seen = _trained(monkeypatch, "eager")
    assert len(seen) == 3
    assert all(seen)
    assert compiled.backbone._compiled_call_impl is None
    copy.deepcopy(compiled)
    assert compiled.state_dict().keys() == plain.state_dict().keys()
    for name, weight in plain.state_dict().items():
        torch.testing.assert_close(compiled.state_dict()[name], weight, rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_compiled_to_machine_code(monkeypatch):
    # torch's compiler pickles what it finds, jsonargparse's older names among it where a command line was parsed in this process.
    monkeypatch.setenv("JSONARGPARSE_DEPRECATION_WARNINGS", "off")
    plain = train(*halves(20), SETTINGS)
    compiled, _ = _trained(monkeypatch, "inductor")
    for name, weight in plain.state_dict().items():
        torch.testing.assert_close(compiled.state_dict()[name], weight, rtol=1e-2, atol=1e-3)


def test_only_a_classifier_is_compiled():
    with pytest.raises(InputError, match="not a LightningModule"):
        CompiledBackbone().setup(pl.Trainer.__new__(pl.Trainer), pl.LightningModule(), "fit")
