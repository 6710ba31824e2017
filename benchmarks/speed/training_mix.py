"""What training on several libraries' pixels costs over training on one library's, in one run.

    python benchmarks/speed/training_mix.py [--size 96] [--network resnet18] [--rounds 8] [--images 200]

Ways: pixels of one library; of three, one drawn for each picture and epoch; of three with the consistency loss, whose steps see
each picture twice. All take turns, step by step; each turn gives a ratio to the turn of one library beside it, and the table has
the median ratio of the turns with its quartiles. The pictures' preparation, done once for a catalogue whatever the number of
epochs, is timed apart: decoding and resizing into an empty cache.
"""

import argparse
import contextlib
import io
import os
import statistics
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import pytorch_lightning as pl
import torch
from step_clock import WARM, Clock, Setting
from training import Ticking, pictures

from robustfashion.data.datamodule import FashionDataModule
from robustfashion.models.classifier import Classifier
from robustfashion.models.device_augmentation import RecipeAugmentation
from robustfashion.models.quiet import quiet_lightning
from robustfashion.provenance import git_commit, library_versions

THREE = ("pillow.bilinear", "opencv.linear", "java2d.bilinear")
CONSISTENT = {"name": "paper", "consistency": 12.0}
WAYS: dict[str, tuple[Sequence[str], dict[str, Any]]] = {
    "one library": (THREE[:1], {"name": "paper"}),
    "mix of three libraries": (THREE, {"name": "paper"}),
    "consistency, on the mix": (THREE, CONSISTENT),
    "consistency, on the first": (THREE, CONSISTENT | {"consistency_on": "first"}),
}
"""Methods and recipe by name; the first is what the others are compared with."""


def turn(setting: Setting, folder: Path, methods: Sequence[str], recipe: dict[str, Any]) -> float:
    """Seconds per image, by the median step: of a core where there is one thread, else of the wall's clock."""
    data = FashionDataModule(
        str(folder), methods=list(methods), size=setting.size, batch_size=setting.batch, cache_dir=folder.parent / "cache"
    )
    model = Classifier(setting.network, data.classes, recipe)
    data.augment, data.pairs = RecipeAugmentation(model.recipe), model.recipe.pairs
    clock = Clock(setting)
    trainer = pl.Trainer(
        accelerator="cpu", devices=1, max_epochs=999, callbacks=[Ticking(clock)], logger=False, enable_checkpointing=False,
        limit_val_batches=0, enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(model, datamodule=data)
    column = 1 if torch.get_num_threads() == 1 else 0
    return statistics.median(times[column] for times in clock.per_image())


def preparing(folder: Path, size: int, methods: Sequence[str]) -> float:
    """Wall seconds per picture to decode and resize all pictures for these methods, from an empty cache."""
    with tempfile.TemporaryDirectory() as cache:
        data = FashionDataModule(str(folder), methods=list(methods), size=size, cache_dir=Path(cache), workers=1)
        count = len(data.rows("train"))  # scanned here, which every way needs
        start = time.perf_counter()
        data._pixels(data.rows("train"), "train")
        return (time.perf_counter() - start) / count


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Lightning's words and warnings about this very use."""
    nothing = io.StringIO()
    with quiet_lightning(), warnings.catch_warnings(), contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
        warnings.simplefilter("ignore")
        yield


def table(rounds: list[dict[str, float]]) -> str:
    """Markdown rows: median ms, and ratio to the first way with its quartiles, over the rounds."""
    reference = next(iter(WAYS))
    lines = []
    for name in WAYS:
        ratios = [found[name] / found[reference] for found in rounds]
        low, middle, high = statistics.quantiles(ratios, n=4) if len(ratios) > 1 else ratios * 3
        milliseconds = 1000 * statistics.median(found[name] for found in rounds)
        lines.append(f"| {name} | {milliseconds:.2f} | {middle:.3f} | {low:.3f} to {high:.3f} |")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", default="resnet18", help="any timm model (default: %(default)s)")
    parser.add_argument("--size", type=int, default=96, metavar="PX", help="side of the input (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=16, help="images per step (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=6, help="timed steps of a turn (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=8, help="turns of each way (default: %(default)s)")
    parser.add_argument("--images", type=int, default=200, help="pictures (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads; 1 pins to one core (default: %(default)s)")
    return parser.parse_args()


def main() -> None:
    """Entry point."""
    given = arguments()
    if given.threads == 1 and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    torch.set_num_threads(given.threads)
    cv2.setNumThreads(given.threads)
    setting = Setting(given.network, given.size, given.batch, given.steps, torch.device("cpu"), "32-true", 0, compiled=False)
    print(f"{given.network}, {given.size} px, batches of {given.batch}, {given.threads} thread(s), {given.rounds} rounds of "
          f"{given.steps} steps after {WARM}; commit {git_commit()}; "
          + ", ".join(f"{name} {version}" for name, version in library_versions().items()) + "\n", flush=True)  # fmt: skip
    with tempfile.TemporaryDirectory() as root:
        folder, rounds = pictures(Path(root) / "original", given.images), []
        for number in range(given.rounds):
            order = list(WAYS)[number % len(WAYS) :] + list(WAYS)[: number % len(WAYS)]  # none is always beside the same one
            with hushed():
                rounds.append({name: turn(setting, folder, *WAYS[name]) for name in order})
        with hushed():
            one, three = (statistics.median(preparing(folder, given.size, m) for _ in range(3)) for m in (THREE[:1], THREE))
    unit = "core" if given.threads == 1 else "wall"
    print(
        f"| training | {unit} ms per image and epoch | time ÷ one library | quartiles of the rounds |\n| --- | --- | --- | --- |"
    )
    print(table(rounds))
    print(f"\nPreparing the pictures, once: {1000 * one:.2f} ms each for one library, {1000 * three:.2f} ms for three "
          f"({three / one:.2f} times).")  # fmt: skip


if __name__ == "__main__":
    main()
