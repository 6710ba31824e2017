"""Made-up cells with known flips: no network, no pictures."""

import numpy as np

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.bench.sensitivity.condition import Condition
from robustfashion.bench.sensitivity.settings import SensitivitySettings
from robustfashion.bench.sensitivity.study import Cell, Surface
from robustfashion.decisions import Thresholds
from robustfashion.predictions import PredictionTable

METHODS = ("pillow.bilinear", "java2d.bilinear", "java_image.smooth")
SMALL_NETWORK = Row("resnet18")


def table(margins, labels):
    """Two classes: the logit of the second minus that of the first, two pictures a product."""
    logits = np.stack([np.zeros(len(margins)), np.asarray(margins)], axis=1).astype(np.float32)
    ids = tuple(f"item-{i}" for i in range(len(labels)))
    groups = tuple(f"p{i // 2}" for i in range(len(labels)))
    return PredictionTable(
        ids, np.asarray(labels, np.int64), logits, np.zeros((len(labels), 2), np.float32), ("no", "yes"), groups
    )


def cell(label="plain", lost=0, *, n=400, seeds=(0, 1), expected=False, row=SMALL_NETWORK, back=None, blind=False, canvas=500):
    """A cell that is right under the training method and wrong about its first ``lost`` pictures under java2d.bilinear.

    With ``back`` re-estimated statistics are right about so many of these; ``blind`` networks always say no.
    """
    labels = np.arange(n) % 2
    signs = np.where(labels == 1, 1.0, -1.0) * (1 + np.arange(n) / n)
    signs = -np.abs(signs) if blind else signs
    java, again = signs.copy(), signs.copy()
    java[:lost] *= -1
    again[: lost - (back or 0)] *= -1
    settings = SensitivitySettings(serve_methods=METHODS[1:], row=row, conditions=(), canvas=canvas, seeds=tuple(seeds))

    def runs(served):
        tables = dict(zip(METHODS, (table(signs, labels), table(served, labels), table(signs, labels)), strict=True))
        return tuple(Run(seed, Thresholds(0.6, rule="by hand"), tables) for seed in seeds)

    study = ResizeStudy.of(METHODS[0], METHODS, [Classifier("dress", row, runs(java))])
    other = None if back is None else Classifier("dress", row, runs(again))
    return Cell(
        Condition(label, row=row, expected=expected), settings, study, study.everyone[0], canvas / 224, 100, np.full(n, 3.0),
        "f" * 20, other,
    )  # fmt: skip


def surface(*cells):
    """Of cells; what the suite was told otherwise is the first one's."""
    return Surface(cells)


def noisy_cell(label, noise, *, seed=0, n=600, row=SMALL_NETWORK, canvas=500):
    """A cell whose answers under java2d.bilinear are those of logits with so much noise, more where there is more detail."""
    rng = np.random.default_rng(seed)
    detail = rng.gamma(4, 1.5, n)
    margins = rng.normal(0, 3, n)
    labels = (margins + rng.normal(0, 0.3, n) > 0).astype(np.int64)
    served = [margins + rng.normal(0, 1, n) * noise * detail / 6, margins + rng.normal(0, 1, n) * noise / 20]
    settings = SensitivitySettings(serve_methods=METHODS[1:], row=row, conditions=(), canvas=canvas, seeds=(0,))
    tables = dict(zip(METHODS, (table(values, labels) for values in (margins, *served)), strict=True))
    study = ResizeStudy.of(METHODS[0], METHODS, [Classifier("dress", row, (Run(0, Thresholds(0.9, rule="by hand"), tables),))])
    data = f"{label:_<20}"
    return Cell(Condition(label, row=row), settings, study, study.everyone[0], canvas / 224, 100, detail, data)
