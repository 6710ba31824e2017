"""From prediction tables to the tables of the resize suite; numpy only."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.study import ResizeStudy, Run
from robustfashion.bench.verdicts import NO_LOSS
from robustfashion.consistency import unanimous, worst_case
from robustfashion.result import Cell, Column, Table
from robustfashion.stats import (
    Change,
    Estimate,
    FloatArray,
    cochran_q,
    holm,
    paired_change,
    share_bootstrap,
    sign_flip_test,
    simultaneous_changes,
    wilson_share,
)

Comparison = tuple[Row, str]
"""Networks of a row, served with another method than the training method."""

_OF_LABELS = {
    "Accuracy", "Δ accuracy", "Detectable", "Negative flips", "Positive flips", "Wrong to wrong", "p (sign flips, Holm)",
    "p (equivalence, Holm)", "Accuracy per seed", "Balanced accuracy", "Cochran's Q", "p (Cochran)",
}  # fmt: skip
"""Columns that mean nothing where the images have no labels."""


def accuracy(study: ResizeStudy, row: Row, method: str) -> Estimate:
    """Accuracy averaged over seeds with the Wilson interval of one network on n images."""
    return shared.accuracy(study.correct(row, method))


def balanced_accuracy(study: ResizeStudy, row: Row) -> Estimate:
    """Mean over classes of the share that is right under the training method; bootstrap over products, mean over seeds."""
    return shared.balanced_accuracy(study.correct(row, study.reference), study.labels, study.groups)


def has_learned(study: ResizeStudy, row: Row) -> bool:
    """Whether balanced accuracy is above chance by its whole interval."""
    return shared.has_learned(study.correct(row, study.reference), study.labels, study.groups)


def changes_of(study: ResizeStudy, row: Row) -> dict[str, Change]:
    """Accuracy under each other method minus under the training method, each by itself."""
    return {method: paired_change(study.differences(row, method), study.groups) for method in study.methods[1:]}


def delta(study: ResizeStudy, row: Row) -> dict[str, Estimate]:
    """The differences of :func:`changes_of` with their intervals; for the largest of them see :func:`simultaneous_deltas`."""
    return {method: change.estimate for method, change in changes_of(study, row).items()}


def simultaneous_deltas(study: ResizeStudy) -> dict[Comparison, Estimate]:
    """The same differences of all rows with intervals that hold all at once: those of the largest and smallest are among them."""
    others = study.methods[1:]
    blocks = [np.stack([study.differences(row, method) for method in others], axis=2) for row in study.rows]
    found = simultaneous_changes(blocks, study.groups, shared.BOOTSTRAP_SEED)
    return {
        (row, method): change.estimate
        for row, changes in zip(study.rows, found, strict=True)
        for method, change in zip(others, changes, strict=True)
    }


def churn(study: ResizeStudy, row: Row) -> dict[str, Estimate]:
    """Share of images whose class changes against the training method, by method; all seeds; products resampled."""
    others = study.methods[1:]
    changed = np.stack([changed_classes(study, row, method) for method in others], axis=1)
    found = share_bootstrap(changed, np.ones_like(changed), study.groups, shared.BOOTSTRAP_SEED)
    return {method: share for method, share in zip(others, found, strict=True) if share is not None}


def changed_classes(study: ResizeStudy, row: Row, method: str) -> FloatArray:
    """Share of seeds that give each image another class than under the training method: [n] in 0..1."""
    tables = [run.tables for run in study.seeds_of(row)]
    return np.asarray(np.mean([of[method].predicted != of[study.reference].predicted for of in tables], axis=0, dtype=np.float64))


def comparisons(study: ResizeStudy) -> list[Comparison]:
    """Every row under every other method than the training method."""
    return [(row, method) for row in study.rows for method in study.methods[1:]]


def significance(study: ResizeStudy) -> dict[Comparison, float]:
    """P-values that accuracy is the same: sign flips over products of the mean over seeds, Holm-adjusted over all comparisons."""
    keys = comparisons(study)
    raw = [sign_flip_test(study.differences(*key), study.groups, shared.BOOTSTRAP_SEED) for key in keys]
    return dict(zip(keys, holm(raw), strict=True))


def equivalence(study: ResizeStudy) -> dict[Comparison, float]:
    """P-values that accuracy differs by two points or more: two one-sided tests, Holm-adjusted over all comparisons."""
    found = {(row, m): change.equivalence(NO_LOSS) for row in study.rows for m, change in changes_of(study, row).items()}
    return dict(zip(found, holm(list(found.values())), strict=True))


def detectable(study: ResizeStudy) -> dict[Comparison, float]:
    """A true change that would have been significant with about 80 % probability at the least, Holm's first step allowed for."""
    level = 0.05 / max(1, len(comparisons(study)))
    return {(row, m): change.detectable(level) for row in study.rows for m, change in changes_of(study, row).items()}


def seed_churn(study: ResizeStudy, row: Row) -> FloatArray | None:
    """Share of the pairs of seeds that differ on each image, same pixels: [n] in 0..1; None with one seed."""
    tables = [run.tables[study.reference].predicted for run in study.seeds_of(row)]
    pairs = [a != b for a, b in combinations(tables, 2)]
    return np.asarray(np.mean(pairs, axis=0, dtype=np.float64)) if pairs else None


ACCURACY_DOC = (
    "share of evaluated images whose top class is the label; mean over seeds; Wilson 95 % interval at n images "
    "(images of one product are treated as independent here; the Δ column's interval does not assume that)"
)


def table2(study: ResizeStudy) -> Table:
    """Accuracy of every row under every method, beside the paper's two columns."""
    columns = [
        Column("Model", "text", "architecture and training recipe"),
        Column("Paper, Python", "share", "Table 2: accuracy on images resized with the training library (a private data set)"),
        Column("Paper, Java", "share", "Table 2: accuracy on images resized with Java; the paper does not name the Java method"),
        *[Column(method, "share", ACCURACY_DOC) for method in study.methods],
        Column("Worst case", "share", "share of images right under every method at once; mean over seeds; Wilson interval"),
    ]
    rows: list[list[Cell]] = []
    for row in study.rows:
        worst = np.mean([worst_case(_correct(run, study.methods)) for run in study.seeds_of(row)], axis=0)
        printed = study.printed(row)
        cells: list[Cell] = [row.name, *((printed.python, printed.java) if printed else (None, None))]
        cells += [accuracy(study, row, method) for method in study.methods]
        rows.append([*cells, wilson_share(float(worst.mean()), study.n)])
    note = f"Training method: {study.reference}. n = {study.n} images of {len(set(study.groups))} products."
    return Table("table2", "Table 2: accuracy by the method that resizes the pictures", columns, rows, note)


def _correct(run: Run, methods: tuple[str, ...]) -> np.ndarray:
    return np.stack([run.tables[method].correct for method in methods], axis=1)


def without_labels(table: Table) -> Table:
    """The table less the columns that speak of right and wrong."""
    kept = [k for k, column in enumerate(table.columns) if column.name not in _OF_LABELS]
    return replace(table, columns=[table.columns[k] for k in kept], rows=[[row[k] for k in kept] for row in table.rows])


def _cochran(study: ResizeStudy, row: Row) -> tuple[float, float]:
    runs = study.seeds_of(row)
    right = np.concatenate([_correct(run, study.methods) for run in runs])
    return cochran_q(right, study.groups * len(runs), shared.BOOTSTRAP_SEED)


def mean_share(values: FloatArray, groups: Sequence[str]) -> Estimate | None:
    """Mean of one number in 0..1 an image [n]; products resampled."""
    table = values[:, None]
    return share_bootstrap(table, np.ones_like(table), groups, shared.BOOTSTRAP_SEED)[0]


def _threshold_cell(runs: Sequence[Run], classes: tuple[str, ...]) -> Cell:
    """One number, mean over seeds; in words where classes have thresholds of their own."""
    first = runs[0].thresholds
    if not any(run.thresholds.by_class for run in runs):
        return float(np.mean([run.thresholds.overall for run in runs]))
    own = [f"{name} {value:.2f}" for name, value in first.by_class.items()]
    others = "always" if first.overall <= 1 / len(classes) else f"{first.overall:.2f}"
    return ", ".join([*own, *([f"others {others}"] if len(own) < len(classes) else [])])


def models(study: ResizeStudy) -> Table:
    """One line per row: how far its answer depends on the method at all."""
    columns = [
        Column("Model", "text", "architecture and training recipe"),
        Column("Seeds", "count", "independently trained networks"),
        Column("Accuracy per seed", "text", "accuracy under the training method, one number per seed"),
        Column(
            "Balanced accuracy",
            "share",
            "mean over classes of the share that is right under the training method; bootstrap over products. Where the interval "
            "reaches 1 / classes, the network may as well give one answer always: it cannot lose anything, and its stability "
            "says nothing",
        ),
        Column(
            "Unanimous", "share", "share of images on which all methods give the same class; mean over seeds; products resampled"
        ),
        Column("Cochran's Q", "number", "how unequal the methods' accuracies are, images of all seeds together"),
        Column("p (Cochran)", "p", "that all methods have one accuracy: sign flips over products, Holm-adjusted over the models"),
        Column("Seed churn", "share", "share of images on which two seeds differ, same pixels; resampled; n/a with one seed"),
        Column("Threshold", "number", "deployed threshold on the top-1 confidence, mean over seeds"),
    ]
    tests = [_cochran(study, row) for row in study.rows]
    p_values = holm([p for _, p in tests])
    rows: list[list[Cell]] = []
    for row, (q, _), p in zip(study.rows, tests, p_values, strict=True):
        runs = study.seeds_of(row)
        answers = [np.stack([run.tables[m].predicted for m in study.methods], axis=1) for run in runs]
        agree = np.stack([unanimous(of) for of in answers], axis=1).mean(axis=1)
        per_seed = ", ".join(f"{100 * run.tables[study.reference].correct.mean():.1f} %" for run in runs)
        between_seeds = seed_churn(study, row)
        rows.append(
            [
                row.name, len(runs), per_seed, balanced_accuracy(study, row), mean_share(agree, study.groups),
                q, p, None if between_seeds is None else mean_share(between_seeds, study.groups),
                _threshold_cell(runs, study.classes),
            ]
        )  # fmt: skip
    title = "How much each model depends on the method"
    if not study.labelled:
        return without_labels(
            Table("models", title, columns, rows, "The images have no labels: nothing can be said of accuracy.")
        )
    note = f"Always answering the most frequent class is right on {100 * study.majority_share:.1f} % of these images."
    return Table("models", title, columns, rows, note)
