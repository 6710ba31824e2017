"""Logits as columns, float64 [k, n]: arithmetic over classes is then arithmetic on long vectors.

It is fast for the few classes of a product classifier, and a row's result cannot depend on its batch: classes are added one
after another, for every row in the same order (numpy's own sums add in an order that depends on the shape).
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from robustfashion.stats import FloatArray


def columns_of(logits: NDArray[np.float32] | FloatArray) -> FloatArray:
    """Logits [n, k] as float64 [k, n]."""
    found = np.empty(logits.shape[::-1])
    for k, column in enumerate(found):
        column[:] = logits[:, k]
    return found


def total(columns: Iterable[FloatArray]) -> FloatArray:
    """Sum over classes [n], class after class."""
    found: FloatArray | None = None
    for column in columns:
        if found is None:
            found = column.copy()
        else:
            found += column
    if found is None:
        raise ValueError("no classes")
    return found


def largest(columns: FloatArray) -> FloatArray:
    """Largest of each row [n]."""
    found: FloatArray = columns[0].copy()
    for column in columns[1:]:
        np.maximum(found, column, out=found)
    return found


def exponentials(columns: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """exp(logit - largest) [k, n], their sum [n], which is at least 1, and the largest [n]."""
    top = largest(columns)
    powers = columns - top
    np.exp(powers, out=powers)
    return powers, total(powers), top


def energy_of(columns: FloatArray, temperature: float = 1.0) -> FloatArray:
    """-T log sum exp(logit / T), [n]."""
    scaled = columns if temperature == 1.0 else columns / temperature
    found = largest(scaled)
    sums, power = np.zeros_like(found), np.empty_like(found)
    for column in scaled:
        np.subtract(column, found, out=power)
        sums += np.exp(power, out=power)
    found += np.log(sums, out=sums)
    return np.negative(found, out=found) if temperature == 1.0 else np.multiply(found, -temperature, out=found)


def energy_of_rows(logits: NDArray[np.float32]) -> FloatArray:
    """-log sum exp(logit) of rows [n, k] of float32 logits, float64 [n].

    Without a shift, which saves two passes, where a row's sum is far from the ends of float64; other rows, whose largest logit is
    beyond some 460, are shifted by it. Which way a row goes is its own affair.
    """
    powers = columns_of(logits)
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        np.exp(powers, out=powers)
        sums: FloatArray = powers[0]
        for power in powers[1:]:
            sums += power
        strange = None
        if len(sums) and not (sums.min() > _LEAST and sums.max() < _MOST):
            strange = np.flatnonzero(~((sums > _LEAST) & (sums < _MOST)))
        np.log(sums, out=sums)
    found = np.negative(sums, out=sums)
    if strange is not None:
        found[strange] = energy_of(columns_of(logits[strange]))
    return found


def complements(powers: FloatArray, sums: FloatArray) -> FloatArray:
    """1 - probability of every class, [k, n], without loss of digits where a probability is almost 1."""
    first = powers.argmax(axis=0)
    rest = total(np.where(first == k, 0.0, column) for k, column in enumerate(powers))
    return np.stack([np.where(first == k, rest, sums - column) for k, column in enumerate(powers)]) / sums


_LEAST, _MOST = 1e-200, 1e200
"""Sums of exponentials within these have all their digits."""
