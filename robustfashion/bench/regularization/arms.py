"""Ways to answer with a row's networks: as they are, cooled by a temperature, behind validators."""

from collections.abc import Sequence

import numpy as np

from robustfashion.bench.regularization import confidences
from robustfashion.bench.regularization.settings import RegularizationSettings
from robustfashion.bench.regularization.study import INSTEAD, Arm, Kind, Trained
from robustfashion.stats import FloatArray

UNMET = (
    f"no temperature from {confidences.COLDEST:g} to {confidences.HOTTEST:g} makes the network without a remedy as sure on "
    "average as the one with it"
)
"""Why an arm has no control."""


def arm_of(name: str, kind: Kind, trained: Trained, temperatures: Sequence[float] = ()) -> Arm:
    """Networks that answer by their confidence, from its mean on validation pictures on; temperatures divide logits, by seed."""
    degrees = list(temperatures) or [1.0] * len(trained.noisy)
    sure = [confidences.certainty(table, t) for table, t in zip(trained.noisy, degrees, strict=True)]
    own = [confidences.confidence(table, t).mean() for table, t in zip(trained.validation, degrees, strict=True)]
    predicted = np.stack([table.predicted for table in trained.noisy], axis=1)
    return Arm(name, kind, trained, 1 - confidences.by_seed(sure), predicted, 1 - np.array(own), tuple(temperatures))


def cooled(arm: Arm, reference: Trained) -> list[Arm]:
    """The networks without a remedy, as sure on average as those with it: by a temperature alone; none where none does it."""
    found = [
        confidences.temperature_of_confidence(table, float(confidences.confidence(other).mean()))
        for table, other in zip(reference.validation, arm.trained.validation, strict=True)
    ]
    degrees = [degree for degree in found if degree is not None]
    return [arm_of(INSTEAD + arm.name, "temperature", reference, degrees)] if len(degrees) == len(found) else []


def gated(
    arm: Arm, gates: tuple[tuple[Trained, ...], list[list[FloatArray]]], settings: RegularizationSettings, kind: str
) -> Arm:
    """An arm behind the validators; without weight decay it is the paper's."""
    name = f"{kind} gate" if arm.trained.decay <= settings.weight_decays[0] else f"{kind} gate + {arm.name}"
    columns, cuts = [], []
    for seed, (noisy, validation) in enumerate(gates[1]):
        if kind == "hard":
            columns.append(confidences.hard_gate(arm.refusal[:, seed], noisy, settings.gate_threshold))
            cuts.append(float(arm.thresholds[seed]))
        else:
            columns.append(confidences.soft_gate(arm.refusal[:, seed], noisy))
            own = 1 - confidences.confidence(arm.trained.validation[seed])
            cuts.append(float(confidences.soft_gate(own, validation).mean()))
    refusal = confidences.by_seed(columns)
    return Arm(name, "gate", arm.trained, refusal, arm.predicted, np.array(cuts), validators=gates[0])
