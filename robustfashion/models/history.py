"""What a training did, epoch by epoch, kept with the network."""

import time
from typing import Any

import pytorch_lightning as pl

from robustfashion.models.classifier import Classifier


class History(pl.Callback):
    """Collect losses and accuracies after every epoch, and the speed; :attr:`epochs` holds plain values.

    An entry has ``epoch``, ``step`` (optimiser steps so far), ``images`` (seen in this epoch), ``seconds`` (of training,
    validation not counted), ``train/loss``, ``train/accuracy`` and, where there are validation images, ``val/loss``,
    ``val/accuracy``, ``val/balanced_accuracy``.
    """

    def __init__(self) -> None:
        self.epochs: list[dict[str, float]] = []
        self._images = 0
        self._seconds = 0.0
        self._last = 0.0

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:  # noqa: ARG002
        """A new count."""
        self._images, self._seconds = 0, 0.0
        self._last = time.perf_counter()

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,  # noqa: ARG002
        pl_module: pl.LightningModule,  # noqa: ARG002
        outputs: Any,  # noqa: ANN401, ARG002
        batch: Any,  # noqa: ANN401
        batch_idx: int,  # noqa: ARG002
    ) -> None:
        """Count the batch's images and the time since the last one."""
        now = time.perf_counter()
        self._images += len(batch["label"])
        self._seconds += now - self._last
        self._last = now

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:  # noqa: ARG002
        """Validation is not training."""
        self._seconds += time.perf_counter() - self._last

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:  # noqa: ARG002
        """Training goes on."""
        self._last = time.perf_counter()

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keep the epoch."""
        if not isinstance(pl_module, Classifier):
            return
        loss, accuracy = pl_module.train_metrics()
        entry = {"epoch": float(trainer.current_epoch), "step": float(trainer.global_step), "images": float(self._images),
                 "seconds": self._seconds, "train/loss": loss, "train/accuracy": accuracy}  # fmt: skip
        watched = {key: float(value) for key, value in trainer.callback_metrics.items() if key.startswith("val/")}
        self.epochs.append(entry | watched)
