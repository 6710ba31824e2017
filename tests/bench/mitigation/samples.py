"""Made-up arms with known changes: no network, no pictures."""

import numpy as np

from robustfashion.bench.experiment.row import Row
from robustfashion.bench.mitigation.asking import CONTROL, NONE
from robustfashion.bench.mitigation.study import Arm, MitigationStudy, Run
from robustfashion.decisions import Thresholds
from tests.bench.resize.samples import table

REFERENCE, METHODS = "pillow.bilinear", ("java2d.bilinear", "java2d.nearest")
CLASSES = ("short", "long", "none")
N = 400
"""Pictures, two of each product."""
PLAIN = Row("resnet18")


def labels(n=N):
    return np.arange(n) % len(CLASSES)


def moved(answers, rows):
    """The next class in the given rows."""
    found = answers.copy()
    found[list(rows)] = (found[list(rows)] + 1) % len(CLASSES)
    return found


def run(seed, changed, wrong=range(10), truth=None, seconds=10.0):
    """A network that is wrong in some rows before, and changes the class (and tag) of others by serving method."""
    truth = labels() if truth is None else truth
    before = moved(truth, wrong)
    tables = [table(moved(before, rows), truth, 4.0, CLASSES) for rows in changed]
    clean = table(before, truth, 4.0, CLASSES)
    served = dict(zip(METHODS, tables, strict=True))
    return Run(seed, Thresholds(0.7, rule="by hand"), clean, dict.fromkeys(METHODS, clean), served, seconds=seconds)


def arm(name, changed, kind="row", row=PLAIN, seeds=3, **of_run):
    """Runs that change as many rows in each seed, shifted by two products, so that seeds are alike but not the same.

    Args:
        name: of the arm.
        changed: how many rows change under each method; those from row 100 on.
        kind: of the arm.
        row: of its networks.
        seeds: how many.
        of_run: what else :func:`run` takes.
    """
    rows = [[range(100 + 4 * s, 100 + 4 * s + count) for count in changed] for s in range(seeds)]
    return Arm(name, kind, row, tuple(run(s, rows[s], **of_run) for s in range(seeds)))


def study(*others, plain=(80, 120), trained=True, seeds=3):
    """No remedy changes ``plain`` of 400 tags by method; the others are given."""
    return MitigationStudy("sleeve_type", REFERENCE, METHODS, (arm(NONE, plain, "none", seeds=seeds), *others), trained)


def control(changed=(80, 120)):
    return arm(CONTROL, changed, "control")
