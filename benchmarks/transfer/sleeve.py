"""Sleeves learnt from drawings, asked about photographs: how far does the synthetic catalogue carry?

    python benchmarks/transfer/sleeve.py PHOTOGRAPHS [--out FILE] [--count N] [--steps N] [--size PX] [--seeds N ...]

Trains a ResNet-18 from scratch on drawn tops and dresses (four sleeve types), with the paper's recipe and with its robust one,
and tests it on drawn products held out and on the photographs of clothing-dataset-small that show a long-sleeved shirt or a
T-shirt (Long sleeve, Short sleeve), all of them. Writes one JSON file with every number, its interval, the command and versions.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from robustfashion.atomic import write_json
from robustfashion.bench.experiment.division import Division, Part
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.experiment.session import Session
from robustfashion.bench.experiment.settings import ExperimentSettings
from robustfashion.bench.measures import BOOTSTRAP_SEED, balanced_accuracy
from robustfashion.calibration import mean_estimate
from robustfashion.data.splits import Target
from robustfashion.data.synthetic import SyntheticSettings
from robustfashion.predictions import PredictionTable
from robustfashion.progress import Progress
from robustfashion.progress_bar import ProgressBar
from robustfashion.provenance import provenance
from robustfashion.stats import Estimate
from robustfashion.taxonomy import classes

COLUMN = "sleeve_type"
PHOTOGRAPHED = {"longsleeve": "Long sleeve", "t-shirt": "Short sleeve"}
"""Folders of the photographs, and what their pictures show."""
RECIPES = ("paper", "robust")


def photographed(settings: ExperimentSettings, progress: Progress) -> Part:
    """All photographs of a long-sleeved shirt or a T-shirt, whatever split the set files them under."""
    catalogue = Session(settings, progress).catalogue.usable()
    sleeves = [PHOTOGRAPHED.get(str(label)) for label in catalogue.column("label")]
    numbers = np.array([-1 if sleeve is None else classes(COLUMN).index(sleeve) for sleeve in sleeves], np.int64)
    return Part(catalogue.take(np.flatnonzero(numbers >= 0)), numbers[numbers >= 0])


def measured(table: PredictionTable, among: list[int]) -> dict[str, Any]:
    """Accuracy and balanced accuracy of the best of the classes ``among``, and who is taken for whom."""
    answers = np.asarray(among)[table.logits[:, among].argmax(axis=1)]
    right = (answers == table.labels).astype(np.float64)
    present, names = np.unique(table.labels), classes(COLUMN)
    taken = {names[k]: {names[a]: int(((table.labels == k) & (answers == a)).sum()) for a in among} for k in present.tolist()}
    return {
        "accuracy": plain(mean_estimate(right, table.products, BOOTSTRAP_SEED)),
        "balanced_accuracy": plain(balanced_accuracy(right, table.labels, table.products)),
        "chance": 1 / len(among),
        "taken_for": taken,
    }


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
    pixels = {"canvas": 2 * arguments.size, "size": arguments.size}
    drawn = SyntheticSettings(count=arguments.count, seed=21, mix={"top": 0.5, "dress": 0.5}, long_side_px=(240, 640))
    settings = ExperimentSettings(
        synthetic=drawn, max_steps=arguments.steps, batch_size=64, precision=arguments.precision, accelerator="cpu", **pixels
    )
    with ProgressBar() as progress:
        real = photographed(ExperimentSettings(data=str(arguments.photographs), **pixels), progress)
        session = Session(settings, progress)
        division = session.divide(Target(column=COLUMN))
        runs = [run(session, Row(recipe=recipe), seed, division, real) for recipe in RECIPES for seed in arguments.seeds]
    shown = {key: str(value) if isinstance(value, Path) else value for key, value in vars(arguments).items()}
    shown["photographs"] = arguments.photographs.name
    stamp = provenance(arguments.seeds[0], "cpu", division.catalogue.fingerprint()).to_dict()
    write_json(arguments.out, {"settings": shown, "train_images": len(division["train"]), "provenance": stamp, "runs": runs})
    sys.stdout.write(f"{arguments.out}\n")


def run(session: Session, row: Row, seed: int, division: Division, real: Part) -> dict[str, Any]:
    """One network on drawn products held out and on the photographs."""
    network, preprocessing = session.train(row, seed, division), session.settings.preprocessing()
    drawn = session.predictions(network, division["test"], preprocessing)
    photographs = session.predictions(network, real, preprocessing)
    every = list(range(len(classes(COLUMN))))
    both = [classes(COLUMN).index(name) for name in PHOTOGRAPHED.values()]
    return {
        "recipe": row.recipe_name, "seed": seed,
        "drawn, four types": measured(drawn, every),
        "photographs, four types": measured(photographs, every),
        "photographs, the two types that occur": measured(photographs, both),
    }  # fmt: skip


if __name__ == "__main__":
    main()
