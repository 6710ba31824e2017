"""From the answers of networks to refusals: temperature alone, hard and soft gate. Arrays in, arrays out."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.special import softmax

from robustfashion.decisions import rest_of
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.cascade.registry import joint_levels, type_confidence
from robustfashion.stats import FloatArray

COLDEST, HOTTEST = 0.01, 1000.0
"""Temperatures that are looked at."""
_MET = 1e-6
"""Mean confidences that differ by no more are the same."""


def confidence(table: PredictionTable, temperature: float = 1.0) -> FloatArray:
    """Top-1 probability [n] of logits divided by a temperature."""
    return np.asarray(softmax(table.logits.astype(np.float64) / temperature, axis=1).max(axis=1))


def certainty(table: PredictionTable, temperature: float = 1.0) -> FloatArray:
    """How sure a network is of the tag that it would give [n]: top-1 probability, or that of the one label told from the rest.

    To be none of one label is no tag: who is called the rest stands behind everyone called the label, the surest of it last.
    """
    rest = rest_of(table.classes)
    if rest is None:
        return confidence(table, temperature)
    return np.asarray(softmax(table.logits.astype(np.float64) / temperature, axis=1)[:, 1 - rest])


def temperature_of_confidence(table: PredictionTable, wanted: float) -> float | None:
    """The temperature at which the mean confidence is the wanted one; None where none within the range is."""

    def excess(log_temperature: float) -> float:
        """Mean confidence at a temperature minus the one that is wanted; it falls with the temperature."""
        return float(confidence(table, float(np.exp(log_temperature))).mean()) - wanted

    low, high = float(np.log(COLDEST)), float(np.log(HOTTEST))
    for end in (low, high):
        if abs(excess(end)) <= _MET:
            return float(np.exp(end))
    if not excess(high) < 0 < excess(low):
        return None
    return float(np.exp(brentq(excess, low, high, xtol=1e-6)))


def surest(validators: Mapping[str, PredictionTable]) -> FloatArray:
    """Confidence [n] of validators of which a picture must pass any: that of the surest; by product type."""
    found = {name: type_confidence(table.probabilities, table.classes, name) for name, table in validators.items()}
    return np.asarray(joint_levels((tuple(validators),), found))


def hard_gate(refusal: FloatArray, passes: FloatArray, threshold: float) -> FloatArray:
    """Refusals [n] behind a gate that passes a picture from a confidence [n] on (the paper's validator).

    What the gate refuses stands behind everything that it passes (2 to 3), the least like its type last, so that rows can be
    compared at any coverage.
    """
    return np.where(passes >= threshold, refusal, 3 - passes)


def soft_gate(refusal: FloatArray, passes: FloatArray) -> FloatArray:
    """1 − P(type) · P(class given the type): both networks' doubts in one number, and one threshold."""
    return np.asarray(1 - passes * (1 - refusal))


def by_seed(columns: Sequence[FloatArray]) -> FloatArray:
    """Columns [n] to [n, S]."""
    return np.stack(columns, axis=1)
