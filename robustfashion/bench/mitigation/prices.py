"""What remedies cost beside accuracy: time of training and of serving."""

from dataclasses import dataclass

import numpy as np

from robustfashion.bench.mitigation.study import Arm

AGAIN = ("row", "control")
"""Kinds of arms that are trained again."""


@dataclass(frozen=True)
class Times:
    """A ratio of times with what was found seed by seed: no interval, since runs were not timed under like conditions."""

    ratio: float
    """Of the means over seeds."""
    least: float
    most: float

    @property
    def text(self) -> str:
        """``1.05 × (0.98 to 1.12)``."""
        return f"{self.ratio:.2f} × ({self.least:.2f} to {self.most:.2f})"


def training_times(arm: Arm, plain: Arm) -> Times | None:
    """Time of training as a multiple of that without a remedy; None: not trained again, or not timed."""
    if arm.kind not in AGAIN:
        return None
    pairs = [(a.seconds, b.seconds) for a, b in zip(arm.runs, plain.runs, strict=True)]
    known = [(a, b) for a, b in pairs if a is not None and b is not None and b > 0]
    if len(known) < len(pairs):
        return None
    ratios = [a / b for a, b in known]
    (above, below) = np.mean(known, axis=0)
    return Times(float(above / below), min(ratios), max(ratios))


def effort(arm: Arm) -> int:
    """Rank of what has to be done: another call, statistics once, several passes for ever, a training."""
    return {"serve": 0, "recalibrate": 1, "ensemble": 2}.get(arm.kind, 3)


def cost(arm: Arm, plain: Arm) -> tuple[int, float, float]:
    """By which of two remedies that cannot be told apart the cheaper is found: effort, training to half its time, serving."""
    times = training_times(arm, plain)
    return effort(arm), 0.0 if times is None else round(2 * times.ratio) / 2, round(2 * arm.passes) / 2
