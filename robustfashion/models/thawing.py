"""Transfer by stages: the head learns first, the body stays frozen or thaws from its last stage to its first."""

from typing import Any, Literal

import pytorch_lightning as pl
import torch
from pytorch_lightning.strategies import DDPStrategy
from timm.models import group_parameters
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from robustfashion.errors import InputError
from robustfashion.models.classifier import Classifier
from robustfashion.models.matching import head_names

Freeze = Literal["none", "body", "gradual"]
"""``none``: everything learns; ``body``: the head only; ``gradual``: the head, then one stage of the body after the other."""


class Thawing(pl.Callback):
    """Freeze the body of the network; thaw it by stages.

    Frozen weights keep their values, and frozen batch normalisation its statistics. They are in the optimiser from the beginning,
    without gradients, so that momentum, weight decay and the course of the learning rate need no care when they thaw. What is
    frozen follows from the epoch alone: a resumed training goes on where it was.

    Args:
        every: epochs between two stages; None: the body stays frozen.
    """

    def __init__(self, every: int | None = None) -> None:
        if every is not None and every < 1:
            raise InputError(f"every is {every}; it must be at least 1 epoch, or none")
        self.every = every

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:  # noqa: ARG002
        """Refuse a strategy that would wait for gradients that never come.

        Raises:
            InputError: DDP without looking for unused parameters.
        """
        strategy = trainer.strategy
        options = strategy._ddp_kwargs if isinstance(strategy, DDPStrategy) and trainer.world_size > 1 else None
        if options is not None and not options.get("find_unused_parameters"):
            raise InputError("a frozen body under ddp needs trainer.strategy: ddp_find_unused_parameters_true")

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Freeze and thaw what this epoch's number says."""
        if isinstance(pl_module, Classifier):
            self.apply(pl_module, trainer.current_epoch)
            for optimizer in trainer.optimizers:
                _start_momentum(optimizer)

    def apply(self, model: Classifier, epoch: int) -> None:
        """Set what learns in the given epoch."""
        order = stages(model.backbone)
        thawed = 0 if self.every is None else epoch // self.every
        frozen = set().union(*order[: max(len(order) - thawed, 0)])
        for name, parameter in model.backbone.named_parameters():
            parameter.requires_grad_(name not in frozen)
        for path, module in model.backbone.named_modules():
            if isinstance(module, _BatchNorm) and f"{path}.weight" in frozen:
                module.eval()


def _start_momentum(optimizer: torch.optim.Optimizer) -> None:
    """Give what has just thawed a momentum of 0: torch's fused SGD wants all or none of a group to have one."""
    if not optimizer.state:
        return
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.requires_grad and group.get("momentum", 0) and not optimizer.state[parameter]:
                optimizer.state[parameter]["momentum_buffer"] = torch.zeros_like(parameter)


def stages(backbone: Any) -> list[set[str]]:  # noqa: ANN401 - timm's models share methods, not a base class
    """Names of the body's parameters by stage, from the picture on: timm's own coarse groups, else the top modules."""
    head = head_names(backbone)
    if hasattr(backbone, "group_matcher"):
        grouped = group_parameters(backbone, backbone.group_matcher(coarse=True))
        found = [set(grouped[key]) - head for key in sorted(grouped)]
    else:
        found = [_names(name, child) - head for name, child in backbone.named_children()]
    loose = {name for name, _ in backbone.named_parameters()} - head - set().union(*found)
    return [stage for stage in ([loose] if loose else []) + found if stage]


def _names(path: str, module: nn.Module) -> set[str]:
    return {f"{path}.{name}" for name, _ in module.named_parameters()}
