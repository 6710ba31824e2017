"""What the resize suite draws from its prediction tables, classifier by classifier; numpy only."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.resize.study import Classifier, ResizeStudy
from robustfashion.bench.verdicts import NO_LOSS
from robustfashion.result import Table
from robustfashion.stats import (
    Change,
    Estimate,
    FloatArray,
    holm,
    paired_change,
    share_bootstrap,
    sign_flip_test,
    simultaneous_changes,
)

Comparison = tuple[Classifier, str]
"""A classifier served with another method than the training method."""

_OF_LABELS = {
    "Accuracy", "Δ accuracy", "Detectable", "Negative flips", "Positive flips", "Wrong to wrong", "p (sign flips, Holm)",
    "p (equivalence, Holm)", "Accuracy per seed", "Balanced accuracy", "Balanced skill", "Learned", "Cochran's Q", "p (Cochran)",
}  # fmt: skip
"""Columns that mean nothing where the images have no labels."""

ACCURACY_DOC = (
    "share of evaluated images whose top class is the label; mean over seeds; Wilson 95 % interval at n images "
    "(images of one product are treated as independent here; the Δ column's interval does not assume that)"
)


def accuracy(c: Classifier, method: str) -> Estimate:
    """Accuracy averaged over seeds with the Wilson interval of one network on n images."""
    return shared.accuracy(c.correct(method))


def balanced_accuracy(c: Classifier) -> Estimate:
    """Mean over classes of the share that is right under the training method; bootstrap over products, mean over seeds."""
    return shared.balanced_accuracy(c.correct(c.reference), c.labels, c.groups)


def balanced_skill(c: Classifier) -> Estimate | None:
    """The same above chance, as a share of what is possible above it; None where the images are of one class only."""
    return shared.balanced_skill(c.asked)


def changes_of(study: ResizeStudy, c: Classifier) -> dict[str, Change]:
    """Accuracy under each other method minus under the training method, each by itself."""
    return {method: paired_change(c.differences(method), c.groups) for method in study.methods[1:]}


def delta(study: ResizeStudy, c: Classifier) -> dict[str, Estimate]:
    """The differences of :func:`changes_of` with their intervals; for the largest of them see :func:`simultaneous_deltas`."""
    return {method: change.estimate for method, change in changes_of(study, c).items()}


def pooled_change(classifiers: Sequence[Classifier], method: str) -> Change:
    """Change of accuracy over all answers of several classifiers, however many pictures each is asked about.

    A product's answers of all tasks stand and fall together. The first seeds of all are one network of each task, and so on.
    """
    seeds = min(len(c.runs) for c in classifiers)
    values = np.concatenate([c.differences(method)[:, :seeds] for c in classifiers])
    return paired_change(values, [group for c in classifiers for group in c.groups])


def simultaneous_deltas(study: ResizeStudy, methods: Sequence[str] | None = None) -> dict[Comparison, Estimate]:
    """The same differences of all classifiers with intervals that hold all at once: those of the extreme ones are among them.

    Args:
        study: of which the reported classifiers are taken.
        methods: under these methods; None: under all but the training method.
    """
    others = tuple(study.methods[1:] if methods is None else methods)
    blocks = [np.stack([c.differences(method) for method in others], axis=2) for c in study.classifiers]
    found = simultaneous_changes(blocks, [c.groups for c in study.classifiers], shared.BOOTSTRAP_SEED)
    return {
        (c, method): change.estimate
        for c, changes in zip(study.classifiers, found, strict=True)
        for method, change in zip(others, changes, strict=True)
    }


def largest_loss(deltas: Sequence[Estimate]) -> Estimate:
    """The least of several differences: its interval follows from intervals that hold for all of them at once."""
    least = min(deltas, key=lambda found: found.value)
    return Estimate(least.value, min(d.low for d in deltas), min(d.high for d in deltas), least.n)


def churn(study: ResizeStudy, c: Classifier) -> dict[str, Estimate]:
    """Share of images whose class changes against the training method, by method; all seeds; products resampled."""
    others = study.methods[1:]
    changed = np.stack([changed_classes(c, method) for method in others], axis=1)
    found = share_bootstrap(changed, np.ones_like(changed), c.groups, shared.BOOTSTRAP_SEED)
    return {method: share for method, share in zip(others, found, strict=True) if share is not None}


def changed_classes(c: Classifier, method: str) -> FloatArray:
    """Share of seeds that give each image another class than under the training method: [n] in 0..1."""
    tables = [run.tables for run in c.runs]
    return np.asarray(np.mean([of[method].predicted != of[c.reference].predicted for of in tables], axis=0, dtype=np.float64))


def comparisons(study: ResizeStudy) -> list[Comparison]:
    """Every reported classifier under every other method than the training method."""
    return [(c, method) for c in study.classifiers for method in study.methods[1:]]


def significance(study: ResizeStudy) -> dict[Comparison, float]:
    """P-values that accuracy is the same: sign flips over products of the mean over seeds, Holm-adjusted over all comparisons."""
    keys = comparisons(study)
    raw = [sign_flip_test(c.differences(method), c.groups, shared.BOOTSTRAP_SEED) for c, method in keys]
    return dict(zip(keys, holm(raw), strict=True))


def equivalence(study: ResizeStudy) -> dict[Comparison, float]:
    """P-values that accuracy differs by two points or more: two one-sided tests, Holm-adjusted over all comparisons."""
    found = {(c, m): change.equivalence(NO_LOSS) for c in study.classifiers for m, change in changes_of(study, c).items()}
    return dict(zip(found, holm(list(found.values())), strict=True))


def detectable(study: ResizeStudy) -> dict[Comparison, float]:
    """A true change that would have been significant with about 80 % probability at the least, Holm's first step allowed for."""
    level = 0.05 / max(1, len(comparisons(study)))
    return {(c, m): change.detectable(level) for c in study.classifiers for m, change in changes_of(study, c).items()}


def seed_churn(c: Classifier) -> FloatArray | None:
    """Share of the pairs of seeds that differ on each image, same pixels: [n] in 0..1; None with one seed."""
    tables = [run.tables[c.reference].predicted for run in c.runs]
    pairs = [a != b for a, b in combinations(tables, 2)]
    return np.asarray(np.mean(pairs, axis=0, dtype=np.float64)) if pairs else None


def mean_share(values: FloatArray, groups: Sequence[str]) -> Estimate | None:
    """Mean of one number in 0..1 an image [n]; products resampled."""
    table = values[:, None]
    return share_bootstrap(table, np.ones_like(table), groups, shared.BOOTSTRAP_SEED)[0]


def without_labels(table: Table) -> Table:
    """The table less the columns that speak of right and wrong."""
    kept = [k for k, column in enumerate(table.columns) if column.name not in _OF_LABELS]
    return replace(table, columns=[table.columns[k] for k in kept], rows=[[row[k] for k in kept] for row in table.rows])
