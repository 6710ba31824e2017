"""Made-up studies: networks that know or do not, arms that refuse as they are told."""

import numpy as np

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.regularization.compared import Compared, compared
from robustfashion.bench.regularization.study import Arm, RegularizationStudy, Trained
from robustfashion.predictions import PredictionTable

ORDINARY, OUTLIERS, SEEDS = 90, 24, 3
KINDS = tuple([None] * ORDINARY + ["near/skirt", "junk/chart", "far/noise"] * (OUTLIERS // 3))
OUTLIER = np.array([kind is not None for kind in KINDS])


def answers(knows: bool, noisy: bool = False, classes: tuple[str, ...] = ("digital", "pointer")) -> PredictionTable:
    """Right answers, or the first class always; two pictures of each product."""
    n = len(KINDS) if noisy else 40
    labels = np.where(OUTLIER, -1, np.arange(n) % 2) if noisy else np.arange(n) % 2
    logits = np.zeros((n, 2), np.float32)
    logits[:, 0] = 1
    if knows:
        logits[labels == 1] = 0, 1
    ids = tuple(f"p{i}" for i in range(n))
    groups = tuple(f"g{i // 2}" for i in range(n))
    kinds = KINDS if noisy else ()
    return PredictionTable(ids, labels.astype(np.int64), logits, np.zeros((n, 0), np.float32), classes, groups, (), kinds)


def trained(
    name: str,
    decay: float = 0.0,
    place: str = "all",
    knows: bool = True,
    classes: tuple[str, ...] = ("digital", "pointer"),
    architecture: str = "resnet18",
) -> Trained:
    row = Row(architecture, "paper" if decay == 0 else {"name": "paper", "weight_decay": decay})
    noisy, test = answers(knows, True, classes), answers(knows, False, classes)
    return Trained(name, architecture, decay, place, row, (noisy,) * SEEDS, (test,) * SEEDS, (test,) * SEEDS)


def validator(product_type: str, knows: bool = True) -> Trained:
    return trained(f"validator: {product_type}", knows=knows, classes=("other", product_type))


def refusals(answers_outliers: float, seed: int = 0) -> np.ndarray:
    """[n, S] in 0..1; below 0.5 are nine tenths of the ordinary pictures, and this share of the outliers."""
    rng = np.random.default_rng(seed)
    low = np.where(OUTLIER, answers_outliers, 0.9)
    one = np.where(rng.random(len(KINDS)) < low, rng.random(len(KINDS)) / 2, 0.5 + rng.random(len(KINDS)) / 2)
    return np.stack([one + 0.001 * rng.random(len(KINDS)) for _ in range(SEEDS)], axis=1)


def arm(name: str, of: Trained, answers_outliers: float = 0.5, kind: str = "decay", seed: int = 0, **fields) -> Arm:
    predicted = np.stack([table.predicted for table in of.noisy], axis=1)
    thresholds = fields.pop("thresholds", np.full(SEEDS, 0.5))
    found = fields.pop("refusal", None)
    return Arm(name, kind, of, refusals(answers_outliers, seed) if found is None else found, predicted, thresholds, **fields)


def study(*arms: Arm, gates: tuple[Trained, ...] = (), **fields) -> RegularizationStudy:
    own = list({one.trained.name: one.trained for one in arms}.values())
    return RegularizationStudy("display_type", own[0].noisy[0], tuple(own), arms, gates, "drawn.", (0, 1, 2), **fields)


def places(**shares: float) -> list[Arm]:
    """The plain arm, then weight decay 1 on all, head and body with their controls; ``shares`` of outliers answered, by name."""
    found = [arm("no weight decay", trained("no weight decay"), shares.get("plain", 0.5))]
    for k, place in enumerate(("all", "head", "body")):
        name = "weight decay 1" if place == "all" else f"weight decay 1 on the {place}"
        found.append(arm(name, trained(name, 1.0, place), shares.get(place, 0.5), seed=k + 1))
    cooled = [arm(f"temperature instead of {one.name}", found[0].trained, shares.get("cooled", 0.5), "temperature", 9,
                  temperatures=(2.0,) * SEEDS) for one in found[1:]]  # fmt: skip
    return [*found, *cooled]


def measured(*arms: Arm, gates: tuple[Trained, ...] = (), resamples: int = 200, **fields) -> Compared:
    return compared(study(*arms, gates=gates, **fields), (0.7,), resamples)
