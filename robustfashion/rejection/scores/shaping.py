"""Features reshaped before the last layer: what ReAct, ASH and SCALE have in common."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError, printable
from robustfashion.predictions import PredictionTable
from robustfashion.rejection.scores.checked import last_layer
from robustfashion.stats import FloatArray

KEPT = 0.99
"""Share of ordinary rows whose class must stay as it was."""


def weights_of(table: PredictionTable) -> tuple[FloatArray, FloatArray]:
    """Weight float64 [k, d] and bias float64 [k] of the last layer."""
    layer = last_layer(table)
    return np.ascontiguousarray(layer.weight, dtype=np.float64), layer.bias.astype(np.float64)


def strongest(grid: Sequence[float], rows: PredictionTable, logits: Callable[[float], FloatArray]) -> float:
    """The first percentile whose logits [k, n] leave the class of enough rows as it was, else the last one."""
    for percentile in grid[:-1]:
        if (logits(percentile).argmax(axis=0) == rows.predicted).mean() >= KEPT:
            return percentile
    return grid[-1]


def check_activations(name: str, table: PredictionTable) -> None:
    """Sums of features mean an amount of activation only where none is negative.

    Raises:
        InputError: a feature below zero.
    """
    if table.features.size and table.features.min() < 0:
        row = int(table.features.min(axis=1).argmin())
        raise InputError(
            f"features fall below 0 (to {table.features.min():.3g}, of {printable(table.ids[row])!r}); "
            "the method is for features after a ReLU: use another score for this network",
            f"score {name}",
        )


def scaled(features: NDArray[np.float32], percentile: float, parts: tuple[FloatArray, FloatArray], prune: bool) -> FloatArray:
    """Logits [k, n] of features [n, d] scaled by their strongest, the others set to zero if ``prune``.

    Ties with the weakest of the strongest are kept, all of them.
    """
    from robustfashion.rejection.scores.kernels import scaled_logits

    if not 0 <= percentile < 1:
        raise InputError(f"percentile {percentile}; it must be 0 to 1 without 1", "score")
    features = np.ascontiguousarray(features)
    dropped = min(round(features.shape[1] * percentile), features.shape[1] - 1)
    least = np.ascontiguousarray(np.partition(features, dropped, axis=1)[:, dropped])
    return np.asarray(scaled_logits(features, least, *parts, prune))
