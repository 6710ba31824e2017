"""Speed of training: ours through Lightning beside the bare network and timm's training script, in one run.

    python benchmarks/speed/training.py [--timm-script train.py] [--sizes 96 224] [--precision bf16-mixed] [--compile]
    python benchmarks/speed/training.py --device cuda --batch 256 --steps 60 --workers 8 --precision bf16-mixed

Prints one Markdown table. The bare network trains on float batches that lie on the device; everything else starts at files or at
the pixel cache. ``--timm-script`` is ``train.py`` of the timm repository, which is not part of the timm package; without it, a
loop of timm's public pieces stands in: its dataset, its prefetching loader, its optimiser, and ``loss.item()`` in every step.
"""

import argparse
import contextlib
import io
import logging
import os
import statistics
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")

import cv2
import numpy as np
import pytorch_lightning as pl
import torch
from PIL import Image
from step_clock import WARM, Clock, Seconds, Setting
from torch import nn
from training_peers import timm_pieces, timm_script

from robustfashion.data.cache import cache_root
from robustfashion.data.datamodule import FashionDataModule
from robustfashion.data.sources.loading import rendered_catalogue
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.models.classifier import Classifier
from robustfashion.models.compiling import CompiledBackbone
from robustfashion.models.device_augmentation import RecipeAugmentation
from robustfashion.models.quiet import quiet_lightning
from robustfashion.models.recipes import augmentation
from robustfashion.provenance import git_commit, library_versions

BARE = "bare network, float batches in memory"


class Ticking(pl.Callback):
    """The clock in Lightning's loop."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    def on_train_batch_start(self, trainer: pl.Trainer, *_unused: Any) -> None:  # noqa: ANN401 - Lightning's signature
        """One step more, or the end."""
        if self.clock.tick():
            trainer.should_stop = True


def pictures(folder: Path, count: int, side: int | None = None) -> Path:
    """Synthetic products, 500 px, as a folder of splits of classes; ``side`` makes them square files of that size."""
    catalogue = rendered_catalogue(SyntheticSettings(count=count, seed=3, long_side_px=(500, 500)), cache_root())
    rows = list(zip(map(str, catalogue.column("path")), map(str, catalogue.column("label")), strict=True))
    seen: dict[str, int] = {}
    for path, label in rows:
        seen[label] = seen.get(label, 0) + 1
        for split in ["train"] + (["validation", "test"] if seen[label] <= 2 else []):
            target = folder / split / label / f"{split}_{Path(path).name}"
            target.parent.mkdir(parents=True, exist_ok=True)
            source = Path(catalogue.root) / path
            if side is None:
                target.symlink_to(source)
            else:
                Image.open(source).convert("RGB").resize((side, side)).save(target.with_suffix(".jpg"), quality=95)
    return folder


def bare(setting: Setting) -> list[Seconds]:
    """Forward, backward and step on batches that are where the network is, as it wants them."""
    network = Classifier(setting.network, ["a", "b", "c", "d", "e"]).backbone.to(setting.device).train()
    if setting.compiled:
        network.compile()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, fused=True)
    shape = (setting.batch, 3, setting.size, setting.size)
    images = [torch.rand(shape, device=setting.device).to(memory_format=torch.channels_last) for _ in range(2)]
    labels = torch.arange(setting.batch, device=setting.device) % 5
    clock = Clock(setting)
    while not clock.tick():
        with setting.autocast():
            loss = nn.functional.cross_entropy(network(images[clock.started % 2]), labels)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return clock.per_image()


def ours(setting: Setting, folder: Path, recipe: str, per_image: bool = False) -> list[Seconds]:
    """Data module, classifier and Lightning as ``robustfashion fit`` uses them, with the progress bar."""
    data = FashionDataModule(
        str(folder), size=setting.size, batch_size=setting.batch, num_workers=setting.workers, cache_dir=folder.parent / "cache"
    )
    model = Classifier(setting.network, data.classes, recipe)
    data.augment = augmentation(model.recipe) if per_image else RecipeAugmentation(model.recipe)
    clock = Clock(setting)
    compiling: list[pl.Callback] = [CompiledBackbone()] if setting.compiled else []
    trainer = pl.Trainer(
        accelerator="gpu" if setting.device.type == "cuda" else "cpu", devices=1, precision=setting.precision, max_epochs=99,
        callbacks=[Ticking(clock), *compiling], logger=False, enable_checkpointing=False, limit_val_batches=0,
    )  # fmt: skip
    trainer.fit(model, datamodule=data)
    return clock.per_image()


def ways(setting: Setting, root: Path, count: int, script: Path | None) -> dict[str, Callable[[], list[Seconds]]]:
    """All that is timed at one size, by name."""
    original = root / "original"
    if not original.exists():
        pictures(original, count)
    small = pictures(root / f"side{setting.size}", count, setting.size)
    name = "timm's pieces" if script is None else "timm's train.py"

    def peer(folder: Path, jitter: float) -> list[Seconds]:
        return timm_pieces(setting, folder, jitter) if script is None else timm_script(setting, folder, jitter, script)

    return {
        BARE: lambda: bare(setting),
        "ours, `paper` (flip)": lambda: ours(setting, original, "paper"),
        "ours, `robust`": lambda: ours(setting, original, "robust"),
        "ours, `robust` by albumentations": lambda: ours(setting, original, "robust", per_image=True),
        f"{name}, flip": lambda: peer(original, 0.0),
        f"{name}, flip, files of the network's size": lambda: peer(small, 0.0),
        f"{name}, colour jitter, files of the network's size": lambda: peer(small, 0.4),
    }


def measure(calls: dict[str, Callable[[], list[Seconds]]], rounds: int) -> dict[str, Seconds]:
    """Medians over the steps of interleaved rounds."""
    found: dict[str, list[Seconds]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            nothing = io.StringIO()
            with (
                quiet_lightning(),
                warnings.catch_warnings(),
                contextlib.redirect_stdout(nothing),
                contextlib.redirect_stderr(nothing),
            ):
                warnings.simplefilter("ignore")  # timm's and Lightning's, about this very use
                found[name] += call()
    return {
        name: (statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)) for name, times in found.items()
    }


def table(seconds: dict[str, Seconds], size: int, cores: bool) -> str:
    """Markdown rows of one size."""
    clock = 1 if cores else 0
    reference, peer = seconds[BARE], next(times for name, times in seconds.items() if name.startswith("timm"))
    lines = []
    for name, times in seconds.items():
        ratios = reference[clock] / times[clock], reference[0] / times[0], peer[clock] / times[clock]
        cells = [f"{size} px", name, f"{1000 * times[clock]:.2f}", *(f"{ratio:.3f}" for ratio in ratios)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", help="cpu or cuda (default: %(default)s)")
    parser.add_argument("--network", default="resnet18", help="any timm model (default: %(default)s)")
    parser.add_argument("--sizes", type=int, nargs="+", default=[96, 224], metavar="PX", help="default: 96 224")
    parser.add_argument("--batch", type=int, default=16, help="images per step (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=6, help="timed steps of a turn (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=4, help="turns of each (default: %(default)s)")
    parser.add_argument("--precision", default="32-true", choices=["32-true", "bf16-mixed"], help="default: %(default)s")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads; 1 pins to one core (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=0, help="processes of the loaders (default: %(default)s)")
    parser.add_argument("--images", type=int, default=0, help="pictures (default: enough for a turn without a second epoch)")
    parser.add_argument("--compile", action="store_true", help="torch.compile for all")
    parser.add_argument("--timm-script", type=Path, help="train.py of the timm repository")
    return parser.parse_args()


def main() -> None:
    """Entry point."""
    given = arguments()
    if given.threads == 1 and given.device == "cpu" and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(given.threads)
    logging.disable(logging.INFO)
    np.random.seed(0)  # noqa: NPY002 - timm's augmentation draws from the global streams
    count = given.images or given.batch * (WARM + given.steps + 2)
    cores = given.device == "cpu" and given.threads == 1 and not given.workers
    print(f"{given.network}, batches of {given.batch}, {given.device}, {given.precision}, {given.threads} thread(s), "
          f"{given.rounds} rounds of {given.steps} steps; commit {git_commit()}; "
          + ", ".join(f"{name} {version}" for name, version in library_versions().items()) + "\n")  # fmt: skip
    unit = "core" if cores else "wall"
    print(
        f"| size | training | {unit} ms per image | speed ÷ bare | by the wall's clock | speed ÷ timm, flip |\n|" + " --- |" * 6
    )
    with tempfile.TemporaryDirectory() as folder:
        for size in given.sizes:
            setting = Setting(given.network, size, given.batch, given.steps, torch.device(given.device), given.precision,
                              given.workers, given.compile)  # fmt: skip
            print(table(measure(ways(setting, Path(folder), count, given.timm_script), given.rounds), size, cores), flush=True)


if __name__ == "__main__":
    main()
