"""The largest batch that fits the device's memory: the paper trains with "as many as fit"."""

from collections.abc import Callable

import pytorch_lightning as pl
import torch
from torch import nn

from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier


def largest_fitting(attempt: Callable[[int], None], start: int, limit: int) -> int:
    """Largest number in ``start``..``limit`` for which ``attempt`` does not run out of memory: doubling, then halving the gap.

    Args:
        attempt: does the work for a number of images; raises ``torch.OutOfMemoryError`` where memory is short.
        start: tried first.
        limit: never exceeded.

    Returns:
        A number that was tried and fitted; at most a sixteenth below the largest, since finer steps cost more than they save.

    Raises:
        InputError: not even ``start`` fits, or it is above the limit.
    """
    if not 1 <= start <= limit:
        raise InputError(f"batch sizes from {start} to {limit}: the first must be at least 1 and not above the last")
    if not _fits(attempt, start):
        raise InputError(f"not even {start} images fit the device's memory; use smaller images, a smaller network, or bf16-mixed")
    good, bad = start, limit + 1
    while good < limit:
        size = min(2 * good, limit)
        if not _fits(attempt, size):
            bad = size
            break
        good = size
    while bad - good > max(1, good // 16) and good < limit:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if _fits(attempt, middle) else (good, middle)
    return good


def _fits(attempt: Callable[[int], None], size: int) -> bool:
    try:
        attempt(size)
    except torch.OutOfMemoryError:
        return False
    finally:
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
    return True


class LargestBatch(pl.Callback):
    """Find the largest batch before the training starts, on one process, and tell it to all.

    Lightning's own ``BatchSizeFinder`` runs real steps and refuses distributed strategies. This one runs forward and backward on
    noise with the network as it is, on the first process; gradients are thrown away, and running statistics and random numbers
    put back, so that the training begins as it would have. The momentum that the optimiser is going to hold is accounted for.
    Sets ``datamodule.batch_size``, per process, before the loaders are made.

    Args:
        start: images tried first.
        limit: never exceeded; the training set's size is a limit, too.
        share: of the largest batch that is taken, in (0, 1]: memory is fragmented by and by.
    """

    def __init__(self, start: int = 8, limit: int = 8192, share: float = 0.9) -> None:
        if not 0 < share <= 1:
            raise InputError(f"share is {share}; it lies in (0, 1]")
        self.start = start
        self.limit = limit
        self.share = share
        self.found: int | None = None

    def on_fit_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Search on the first process; all take its answer.

        Raises:
            InputError: no data module with a batch size, or nothing fits.
        """
        data = trainer.datamodule  # type: ignore[attr-defined]  # set by Lightning, unknown to its types
        if not isinstance(pl_module, Classifier) or not hasattr(data, "batch_size"):
            raise InputError("LargestBatch needs a Classifier and a data module with a batch_size")
        limit = min(self.limit, max(int(data.class_counts("train").sum()) // trainer.world_size, 1))
        found = self._search(pl_module, data.serve_preprocessing.size, limit) if trainer.is_global_zero else 0
        self.found = int(trainer.strategy.broadcast(found))
        data.batch_size = self.found

    def _search(self, model: Classifier, size: int, limit: int) -> int:
        buffers = {name: value.clone() for name, value in model.named_buffers()}
        training = model.training
        devices = [model.device] if model.device.type == "cuda" else []
        model.train()
        try:
            with torch.random.fork_rng(devices=devices):
                largest = largest_fitting(lambda n: _step(model, n, size), min(self.start, limit), limit)
        finally:
            model.zero_grad(set_to_none=True)
            model.train(training)
            for name, value in model.named_buffers():
                value.copy_(buffers[name])
        return max(1, largest if largest == limit else int(largest * self.share))


def _step(model: Classifier, count: int, size: int) -> None:
    """Forward and backward of one batch, with the memory of the optimiser's momentum taken meanwhile."""
    momentum = [torch.empty_like(parameter) for parameter in model.parameters()]
    images = torch.randint(0, 256, (count, 3, size, size), dtype=torch.uint8, device=model.device)
    labels = torch.arange(count, device=model.device) % len(model.classes)
    try:
        with model.trainer.precision_plugin.train_step_context():
            nn.functional.cross_entropy(model(images), labels).backward()  # type: ignore[no-untyped-call]
    finally:
        model.zero_grad(set_to_none=True)
        del momentum
