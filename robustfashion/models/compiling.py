"""``torch.compile`` for a training, as a callback that a YAML can name."""

from typing import Any

import pytorch_lightning as pl

from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier


class CompiledBackbone(pl.Callback):
    """Compile the network while it is trained; weights, checkpoints and everything after the training stay as they are.

    The first steps take up to minutes, and again whenever a batch of another size or another stage of a thaw comes along. On a
    CPU a C++ compiler must be installed.

    Args:
        backend: of ``torch.compile``.
        mode: of ``torch.compile``; ``reduce-overhead`` uses CUDA graphs, which pay for small networks and images.
    """

    def __init__(self, backend: str = "inductor", mode: str | None = None) -> None:
        self.options: dict[str, Any] = {"backend": backend, "mode": mode}

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:  # noqa: ARG002
        """Compile in place, before a strategy wraps the module.

        Raises:
            InputError: not a Classifier.
        """
        if not isinstance(pl_module, Classifier):
            raise InputError(f"CompiledBackbone compiles a Classifier, not a {type(pl_module).__name__}")
        if stage == "fit":
            pl_module.backbone.compile(**self.options)

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:  # noqa: ARG002
        """Call the network itself again: compiled code can be neither copied nor exported."""
        if isinstance(pl_module, Classifier):
            pl_module.backbone._compiled_call_impl = None
