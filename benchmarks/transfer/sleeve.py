"""Sleeves learnt from drawings, asked about photographs: how far does the synthetic catalogue carry?

    python benchmarks/transfer/sleeve.py PHOTOGRAPHS [--out FILE] [--count N] [--steps N] [--size PX] [--seeds N ...]

Trains a ResNet-18 from scratch on drawn tops and dresses (four sleeve types), with the paper's recipe and with its robust one,
and tests it on drawn products held out and on the photographs of clothing-dataset-small that show a long-sleeved shirt or a
T-shirt (Long sleeve, Short sleeve), all of them. Writes one JSON file with every number, its interval, the command and versions.
"""

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from robustfashion.atomic import write_json
from robustfashion.commandline import ProgressBar
from robustfashion.data.cache import cache_root
from robustfashion.data.catalogue import Catalogue, Task
from robustfashion.data.pixels import build_pixels
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.scan import scan
from robustfashion.data.sources import load_catalogue, open_catalogue
from robustfashion.data.splits import Target
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.models.inference import predict_arrays
from robustfashion.models.recipes import RECIPES
from robustfashion.models.training import TrainSettings, train
from robustfashion.progress import Progress
from robustfashion.provenance import provenance
from robustfashion.stats import Estimate, balanced_accuracy_bootstrap, cluster_bootstrap
from robustfashion.taxonomy import classes

COLUMN = "sleeve_type"
PHOTOGRAPHED = {"longsleeve": "Long sleeve", "t-shirt": "Short sleeve"}
"""Folders of the photographs, and what their pictures show."""
RECIPE_NAMES = ("paper", "robust")


@dataclass(frozen=True)
class Pictures:
    """Pictures with known sleeves."""

    pixels: NDArray[np.uint8]
    labels: NDArray[np.int64]
    groups: list[str]


def drawn(count: int, preprocessing: Preprocessing, progress: Progress) -> tuple[dict[str, Pictures], str]:
    """Training and test pictures of the synthetic catalogue, and its content hash."""
    settings = SyntheticSettings(count=count, seed=21, mix={"top": 0.5, "dress": 0.5}, long_side_px=(240, 640))
    catalogue, _ = load_catalogue("synthetic", synthetic=settings, target=Target(column=COLUMN), progress=progress)
    parts = {split: pictures(catalogue.usable().in_split(split), preprocessing, progress) for split in ("train", "test")}
    return parts, catalogue.fingerprint()


def photographed(folder: Path, preprocessing: Preprocessing, progress: Progress) -> Pictures:
    """All photographs of a long-sleeved shirt or a T-shirt, whatever split the set files them under."""
    catalogue = scan(open_catalogue(folder), progress=progress).usable()
    sleeves = [PHOTOGRAPHED.get(str(label)) for label in catalogue.column("label")]
    return pictures(catalogue.replace(**{COLUMN: sleeves}), preprocessing, progress)


def pictures(catalogue: Catalogue, preprocessing: Preprocessing, progress: Progress) -> Pictures:
    """Those rows that have a sleeve type."""
    labels = catalogue.targets(Task(COLUMN, classes(COLUMN)))
    kept = catalogue.take(np.flatnonzero(labels >= 0))
    pixels = build_pixels(kept, [preprocessing], cache_root(), progress=progress)[preprocessing.name]
    return Pictures(pixels, labels[labels >= 0], [str(group) for group in kept.column("group")])


def measured(logits: NDArray[np.float32], shown: Pictures, among: list[int]) -> dict[str, Any]:
    """Accuracy and balanced accuracy of the best of the classes ``among``, and who is taken for whom."""
    answers = np.asarray(among)[logits[:, among].argmax(axis=1)]
    right = (answers == shown.labels).astype(np.float64)
    accuracy = cluster_bootstrap(right[:, None], shown.groups, seed=0)[0]
    even = balanced_accuracy_bootstrap(right, shown.labels, shown.groups, seed=0)
    present = np.unique(shown.labels)
    names = classes(COLUMN)
    taken = {names[k]: {names[a]: int(((shown.labels == k) & (answers == a)).sum()) for a in among} for k in present.tolist()}
    return {"accuracy": plain(accuracy), "balanced_accuracy": plain(even), "chance": 1 / len(among), "taken_for": taken}


def plain(estimate: Estimate) -> dict[str, float]:
    """As JSON knows it."""
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high, "n": estimate.n}


def main() -> None:
    """Train, ask, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photographs", type=Path, help="folder of clothing-dataset-small")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/transfer/results/sleeve.json"))
    parser.add_argument("--count", type=int, default=6000, help="drawn pictures")
    parser.add_argument("--steps", type=int, default=900, help="optimiser steps of 64 pictures")
    parser.add_argument("--size", type=int, default=80, help="side of the network's input, in px")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--precision", default="bf16-mixed", choices=["32-true", "bf16-mixed"])
    arguments = parser.parse_args()
    preprocessing = Preprocessing(canvas=2 * arguments.size, size=arguments.size)
    both = [classes(COLUMN).index(name) for name in PHOTOGRAPHED.values()]
    with ProgressBar() as progress:
        real = photographed(arguments.photographs, preprocessing, progress)
        parts, data_hash = drawn(arguments.count, preprocessing, progress)
        runs = []
        for name in RECIPE_NAMES:
            for seed in arguments.seeds:
                settings = TrainSettings(
                    recipe=replace(RECIPES[name], schedule="cosine"), classes=classes(COLUMN), max_steps=arguments.steps,
                    batch_size=64, seed=seed, precision=arguments.precision,
                )  # fmt: skip
                model = train(parts["train"].pixels, parts["train"].labels, settings, progress)
                logits = {key: predict_arrays(model, p.pixels)[0] for key, p in (("drawn", parts["test"]), ("real", real))}
                every = list(range(len(classes(COLUMN))))
                runs.append({
                    "recipe": name, "seed": seed,
                    "drawn, four types": measured(logits["drawn"], parts["test"], every),
                    "photographs, four types": measured(logits["real"], real, every),
                    "photographs, the two types that occur": measured(logits["real"], real, both),
                })  # fmt: skip
    shown = {key: str(value) if isinstance(value, Path) else value for key, value in vars(arguments).items()}
    shown["photographs"] = arguments.photographs.name
    stamp = provenance(arguments.seeds[0], "cpu", data_hash).to_dict()
    write_json(arguments.out, {"settings": shown, "train_images": len(parts["train"].labels), "provenance": stamp, "runs": runs})
    sys.stdout.write(f"{arguments.out}\n")


if __name__ == "__main__":
    main()
