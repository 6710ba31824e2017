"""timm's training for the training benchmark: its script, called in this process, or a loop of its public pieces."""

import contextlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import timm
import torch
from step_clock import Clock, Seconds, Setting
from timm.data import create_dataset, create_loader  # type: ignore[attr-defined]  # timm exports in its own way
from timm.optim import create_optimizer_v2  # type: ignore[attr-defined]  # as above
from torch import nn


def timm_pieces(setting: Setting, folder: Path, jitter: float) -> list[Seconds]:
    """A loop as timm's script has it, of what the timm package offers."""
    dataset = create_dataset("", root=str(folder), split="train", is_training=True)
    loader = create_loader(
        dataset, (3, setting.size, setting.size), setting.batch, is_training=True, scale=(1.0, 1.0), ratio=(1.0, 1.0), hflip=0.5,
        color_jitter=jitter, num_workers=setting.workers, device=setting.device, use_prefetcher=True, persistent_workers=False,
    )  # fmt: skip
    network: Any = timm.create_model(setting.network, num_classes=5)
    network.to(setting.device, memory_format=torch.channels_last).train()
    if setting.compiled:
        network.compile()
    optimiser: Any = create_optimizer_v2(network, "sgd", lr=0.01, momentum=0.9)
    clock = Clock(setting)
    while True:
        for images, labels in loader:
            if clock.tick():
                return clock.per_image()
            with setting.autocast():
                loss: Any = nn.functional.cross_entropy(network(images.contiguous(memory_format=torch.channels_last)), labels)
            loss.backward()
            optimiser.step()
            loss.item()
            optimiser.zero_grad()


class StopTraining(Exception):
    """The clock has run down."""


class Stamped:
    """A loader that tells the clock of every batch and ends when it has run down."""

    def __init__(self, loader: Any, clock: Clock) -> None:  # noqa: ANN401 - timm's loaders have no types
        self.loader = loader
        self.clock = clock

    def __len__(self) -> int:
        return len(self.loader)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as above
        return getattr(self.loader, name)

    def __iter__(self) -> Iterator[Any]:
        for batch in self.loader:
            if self.clock.tick():
                raise StopTraining
            yield batch


def timm_script(setting: Setting, folder: Path, jitter: float, script: Path) -> list[Seconds]:
    """``train.py`` of timm, called in this process with its own command line."""
    specification = importlib.util.spec_from_file_location("timm_train", script)
    if specification is None or specification.loader is None:
        raise SystemExit(f"{script} is no Python file")
    module: Any = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    clock, epoch = Clock(setting), module.train_one_epoch

    def stamped(number: int, model: Any, loader: Iterable[Any], *rest: Any, **options: Any) -> Any:  # noqa: ANN401 - timm's
        return epoch(number, model, Stamped(loader, clock), *rest, **options)

    module.train_one_epoch = stamped
    before = sys.argv
    sys.argv = [
        str(script), "--data-dir", str(folder), "--model", setting.network, "--num-classes", "5", "--img-size", str(setting.size),
        "--batch-size", str(setting.batch), "--workers", str(setting.workers), "--device", setting.device.type, "--lr", "0.01",
        "--scale", "1", "1", "--ratio", "1", "1", "--color-jitter", str(jitter), "--train-interpolation", "bilinear",
        "--val-split", "", "--channels-last", "--epochs", "99", "--output", str(folder.parent / "timm"),
        *(["--amp", "--amp-dtype", "bfloat16"] if setting.precision == "bf16-mixed" else []),
        *(["--torchcompile"] if setting.compiled else []), *(["--pin-mem"] if setting.device.type == "cuda" else []),
    ]  # fmt: skip
    try:
        with contextlib.suppress(StopTraining):
            module.main()
    finally:
        sys.argv = before
    return clock.per_image()
