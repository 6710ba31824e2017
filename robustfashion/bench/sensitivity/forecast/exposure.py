"""How exposed each picture is: the modelled probability that its tag changes, by its margin, its detail and the method."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from robustfashion.bench.sensitivity.forecast.subject import Subject
from robustfashion.stats import FloatArray

LEAST = 5
"""Changes, and pictures times methods without one, below which nothing is fitted."""
_FOLDS = 5
_SMALL = 0.05
"""Logits that are added to a margin before its logarithm is taken; nobody tells 0.01 from 0.02."""


@dataclass(frozen=True)
class Exposure:
    """Probabilities in the order of pictures and serving methods."""

    probabilities: FloatArray | None
    """That the tag changes [n, m], in 0..1; None: too few changes, or too few pictures without one, to fit anything."""
    auc: float | None
    """Probability that of a changed and an unchanged answer the changed one has the larger modelled probability, where the model
    has not seen their products (folds); None: too few products with a change."""
    order: tuple[int, ...]
    """Rows of the pictures, the most exposed first; by margin where nothing is fitted."""

    def mean(self, row: int) -> float | None:
        """Mean over methods of one picture's probabilities."""
        return None if self.probabilities is None else float(self.probabilities[row].mean())


def exposure(subject: Subject) -> Exposure:
    """Fit a logistic regression of changed tags on the logarithms of tag margin and (where it is known) detail, and on methods.

    It is fitted on the very pictures that it orders, which is what it is for: to say where to look first.
    """
    changed = np.stack([subject.tags_change(method) for method in subject.others], axis=1)
    count, total = int(changed.sum()), changed.size
    by_margin = np.argsort(subject.tag_margin, kind="stable")
    if not LEAST <= count <= total - LEAST:
        return Exposure(None, None, tuple(by_margin.tolist()))
    design, answers = _design(subject, changed.shape[1]), changed.reshape(-1)
    found = model().fit(design, answers).predict_proba(design)[:, 1].reshape(changed.shape)
    order = np.lexsort((subject.tag_margin, -found.mean(axis=1)))
    groups = np.repeat(np.asarray(subject.groups), changed.shape[1])
    return Exposure(np.asarray(found, dtype=np.float64), _auc(design, answers, groups), tuple(order.tolist()))


def features(margin: FloatArray, detail: FloatArray | None) -> FloatArray:
    """What changes are regressed on, of each picture: logarithms of its margin and detail, [n, 1 or 2]."""
    columns = [np.log(np.minimum(margin, 1e6) + _SMALL)]
    if detail is not None:
        columns.append(np.log1p(detail))
    return np.stack(columns, axis=1)


def _design(subject: Subject, methods: int) -> FloatArray:
    """A line for each picture and method: features, and one indicator for each method."""
    of_pictures = np.repeat(features(subject.tag_margin, subject.detail), methods, axis=0)
    of_methods = np.tile(np.eye(methods), (subject.n, 1))
    return np.concatenate([of_pictures, of_methods], axis=1)


def model() -> Any:  # noqa: ANN401 - scikit-learn has no types
    """Logistic regression of changes on features, as everything here fits it."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=1.0, max_iter=1000)


def _auc(design: FloatArray, answers: FloatArray, groups: np.ndarray) -> float | None:
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold

    if len(set(groups[answers > 0].tolist())) < 2 * _FOLDS:
        return None
    scores = np.zeros(len(answers))
    for fit, test in GroupKFold(_FOLDS).split(design, answers, groups):
        if len(np.unique(answers[fit])) < 2:
            return None
        scores[test] = model().fit(design[fit], answers[fit]).decision_function(design[test])
    return float(roc_auc_score(answers, scores))
