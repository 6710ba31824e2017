"""How far an answer is from another one: from another class, and from another tag. In logits, so that 99 and 99.9 % differ."""

import numpy as np

from robustfashion.decisions import NO_TAG, Thresholds, rest_of, tags
from robustfashion.predictions import PredictionTable
from robustfashion.stats import FloatArray

_LEAST = 1e-12


def class_margin(table: PredictionTable) -> FloatArray:
    """Largest logit minus the second largest, the log of the ratio of their probabilities: [n], at least 0.

    Infinite for a network of a single class.
    """
    logits = np.sort(table.logits.astype(np.float64), axis=1)
    if logits.shape[1] == 1:
        return np.full(len(logits), np.inf)
    return np.asarray(logits[:, -1] - logits[:, -2])


def tag_margin(table: PredictionTable, thresholds: Thresholds) -> FloatArray:
    """How far log-odds must move before the tag is another one: [n], at least 0.

    With a tag: until the class falls below its threshold, or another class comes first. Without: until a class that is a tag (not
    the rest, where one label is told from it) reaches its threshold and comes first. This is the margin to which a change of tags
    is most sensitive; that of classes knows nothing of thresholds.

    Args:
        table: answers under the training method.
        thresholds: deployed.
    """
    probabilities = np.clip(table.probabilities, _LEAST, 1 - _LEAST)
    odds = np.log(probabilities) - np.log1p(-probabilities)
    limits = np.clip(thresholds.of(table.classes), _LEAST, 1 - _LEAST)
    above = odds - (np.log(limits) - np.log1p(-limits))
    rows, top = np.arange(len(odds)), table.predicted
    behind = table.logits.astype(np.float64)[rows, top][:, None] - table.logits
    lost = np.minimum(above[rows, top], class_margin(table))
    gains = np.maximum(-above, behind)
    rest = rest_of(table.classes)
    if rest is not None:
        gains[:, rest] = np.inf
    tagged = tags(table.probabilities, thresholds, table.classes) != NO_TAG
    return np.asarray(np.maximum(np.where(tagged, lost, gains.min(axis=1)), 0.0))
