"""Callbacks: the paper's early stopping, and progress for callers that draw their own bar."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytorch_lightning as pl
import torch

from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier

ProgressFunction = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, how much there is."""


class OverfitStopping(pl.Callback):
    """Stop when training accuracy runs away from validation accuracy: the paper's rule (section 2), which gives no number.

    Args:
        gap: difference of the two accuracies, in (0, 1), from which an epoch counts as deviating.
        patience: deviating epochs in a row after which training stops.
    """

    def __init__(self, gap: float = 0.1, patience: int = 3) -> None:
        if not 0 < gap < 1:
            raise InputError(f"gap is {gap}; a difference of accuracies lies in (0, 1)")
        if patience < 1:
            raise InputError(f"patience is {patience}; it must be at least 1 epoch")
        self.gap = gap
        self.patience = patience
        self.deviating = 0
        self.stopped_epoch: int | None = None

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Compare the epoch's two accuracies; both are over all processes, so all decide alike."""
        if trainer.sanity_checking or not isinstance(pl_module, Classifier) or trainer.state.fn != "fit":
            return
        training = pl_module.train_metrics()[1]
        validation = float(trainer.callback_metrics["val/accuracy"])
        self.deviating = self.deviating + 1 if training - validation > self.gap else 0
        if self.deviating >= self.patience:
            self.stopped_epoch = trainer.current_epoch
            trainer.should_stop = True

    def state_dict(self) -> dict[str, Any]:
        """State that a resumed run goes on from."""
        return {"deviating": self.deviating}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a saved state."""
        self.deviating = int(state_dict["deviating"])


class EpochSeed(pl.Callback):
    """Start torch's random numbers anew with every epoch, by seed, epoch and process.

    So a resumed run draws (dropout) what the uninterrupted one would have drawn.

    Args:
        seed: at least 0.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:  # noqa: ARG002
        """Seed the generators of all devices."""
        state = np.random.SeedSequence([self.seed, trainer.current_epoch, trainer.global_rank]).generate_state(1, np.uint32)
        torch.manual_seed(int(state[0]))


class StepProgress(pl.Callback):
    """Report optimiser steps to a ``(what, done, total)`` function."""

    def __init__(self, progress: ProgressFunction, what: str) -> None:
        self.progress = progress
        self.what = what
        self.total = 0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:  # noqa: ARG002
        """Show an empty bar while the first, slowest step runs."""
        self.total = int(trainer.estimated_stepping_batches)
        self.progress(self.what, 0, self.total)

    def on_train_batch_end(self, trainer: pl.Trainer, *_unused: Any) -> None:  # noqa: ANN401 - module, outputs, batch, number
        """One step further."""
        self.progress(self.what, trainer.global_step, self.total)
