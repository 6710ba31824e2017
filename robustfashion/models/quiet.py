"""Lightning's manners: what it says about itself and not about the run, silenced by message; Ctrl-C as Ctrl-C."""

import logging
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from lightning_fabric.utilities.exceptions import MisconfigurationException

from robustfashion.errors import InputError

# Hints that are right for many projects and wrong for this one; everything else that Lightning says is passed on.
_WARNINGS = (
    r".*does not have many workers which may be a bottleneck",  # small images from a memory map: no worker is faster
    r"The number of training batches \(\d+\) is smaller than the logging interval",  # metrics are logged by epoch
    r"You defined a `validation_step` but have no `val_dataloader`",  # nothing is to be stopped early
    r"`isinstance\(treespec, LeafSpec\)` is deprecated",  # Lightning 2.6 with torch 2.12 and later
    r"You have overridden `transfer_batch_to_device` in `LightningModule`",  # meant so: it augments on arrival
    r"Using `DistributedSampler` with the dataloaders",  # the classifier drops the repeated images
)
_LOGGERS = ("pytorch_lightning", "lightning.pytorch", "lightning_fabric")
_CHATTER = (
    "GPU available", "TPU available", "HPU available", "IPU available", "💡 Tip", "`Trainer.fit` stopped",
    "Using default `ModelCheckpoint`", "LOCAL_RANK", "You are using a CUDA device", "Using 16bit", "Using bfloat16",
    "Detected KeyboardInterrupt", "Seed set to", "Restoring states from", "Loading `train_dataloader` to estimate",
)  # fmt: skip


class _WithoutChatter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Keep everything but the known lines."""
        return not record.getMessage().strip().startswith(_CHATTER)


@contextmanager
def quiet_lightning() -> Iterator[None]:
    """Within the block, Lightning's hints about workers and logging and its hardware banner are not shown."""
    chatter = _WithoutChatter()
    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict) if name.startswith(_LOGGERS)]
    for logger in loggers:
        logger.addFilter(chatter)
    try:
        with warnings.catch_warnings():
            for message in _WARNINGS:
                warnings.filterwarnings("ignore", message=message)
            yield
    finally:
        for logger in loggers:
            logger.removeFilter(chatter)


@contextmanager
def interruptible() -> Iterator[None]:
    """Within the block, Ctrl-C raises KeyboardInterrupt, and SIGTERM what our command lines make of it.

    Lightning makes both an exit with status 1 and ignores Ctrl-C from then on.
    """
    handler = signal.getsignal(signal.SIGINT)
    try:
        yield
    except SystemExit as end:
        stop = end.__context__
        if not isinstance(stop, KeyboardInterrupt):
            raise
        signal.signal(signal.SIGINT, handler)
        raise stop from None


@contextmanager
def refusals_of(what: str) -> Iterator[None]:
    """Within the block, where Lightning is given a user's settings, its refusals of them are one line each.

    Args:
        what: stands first in the message.

    Raises:
        InputError: settings that fit neither this machine nor each other, or that need a package that is not installed.
    """
    try:
        yield
    except (MisconfigurationException, ImportError, ValueError, TypeError, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        raise refusal(what, error) from error


def is_lightnings(error: Exception) -> bool:
    """Whether Lightning itself raised it: of settings, then, and not of a network or of data."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    module = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__", ""))
    return module.startswith(("pytorch_lightning.", "lightning_fabric."))


def refusal(what: str, error: Exception) -> InputError:
    """What Lightning says, in one line behind ``what``."""
    return InputError(f"{what}: {' '.join(str(error).split()) or type(error).__name__}")
