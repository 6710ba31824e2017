"""From prediction tables to the tables of the accuracy suite; numpy only."""

import numpy as np
from numpy.typing import NDArray

from robustfashion.bench import measures as shared
from robustfashion.bench.accuracy.study import AccuracyStudy, Answers, TaskResult
from robustfashion.bench.verdicts import LEARNED
from robustfashion.calibration import (
    brier_scores,
    calibration_error,
    calibration_p_value,
    debiased_calibration_error,
    mean_estimate,
    negative_log_likelihoods,
    top_label,
)
from robustfashion.decisions import accepted
from robustfashion.result import Cell, Column, Table, table_of
from robustfashion.stats import (
    Estimate,
    group_resamples,
    holm,
    sign_flip_test,
    wilson,
)


def accuracy(result: TaskResult) -> Estimate:
    """Mean over seeds, with the Wilson interval of one network on n images."""
    return shared.accuracy(result.correct)


def balanced_accuracy(result: TaskResult) -> Estimate:
    """Mean over classes of the share that is right; bootstrap over products, mean over seeds."""
    return shared.balanced_accuracy(result.correct, result.labels, result.groups)


def has_learned(result: TaskResult) -> bool:
    """Whether balanced skill is at least :data:`~robustfashion.bench.verdicts.LEARNED`."""
    return shared.has_learned(asked(result))


def asked(result: TaskResult) -> shared.Asked:
    """What its networks say, mean over seeds."""
    return shared.Asked(result.correct, result.labels, result.groups, len(result.classes))


def confusion(run: Answers) -> NDArray[np.int64]:
    """Images by label [k] and answer [k]."""
    k = len(run.table.classes)
    return np.bincount(run.table.labels * k + run.table.predicted, minlength=k * k).reshape(k, k).astype(np.int64)


def macro_f1(classifier: TaskResult) -> Estimate:
    """Mean over classes of F1 = 2 TP / (2 TP + FP + FN), a class that neither occurs nor is answered left out; mean over seeds.

    Interval: whole products resampled.
    """
    k = len(classifier.classes)
    weights, member = group_resamples(classifier.groups, shared.BOOTSTRAP_SEED)
    values, drawn = [], []
    for run in classifier.runs:
        cell = run.table.labels * k + run.table.predicted
        per_group = np.zeros((weights.shape[1], k * k))
        np.add.at(per_group, (member, cell), 1.0)
        values.append(_f1(per_group.sum(axis=0)[None], k)[0])
        drawn.append(_f1(weights @ per_group, k))
    low, high = np.percentile(np.mean(drawn, axis=0), [2.5, 97.5])
    return Estimate(float(np.mean(values)), float(low), float(high), classifier.n)


def _f1(cells: NDArray[np.float64], k: int) -> NDArray[np.float64]:
    tables = cells.reshape(-1, k, k)
    right = np.diagonal(tables, axis1=1, axis2=2)
    both = tables.sum(axis=1) + tables.sum(axis=2)
    scores = np.divide(2 * right, both, out=np.full_like(both, np.nan), where=both > 0)
    return np.asarray(np.nanmean(scores, axis=1))


_ACCURACY_COLUMNS = [
    Column("Classifier", "text", "task; behind from: where the body of a transferred network came from"),
    Column("Architecture", "text", "timm's name"),
    Column("Classes", "count", "labels told apart"),
    Column("Train images", "count", "images that it learnt from"),
    Column(
        "Accuracy",
        "share",
        "share of test images whose top class is the label; mean over seeds; Wilson 95 % interval",
    ),
    Column("Per seed", "text", "accuracy of each network"),
    Column("Balanced accuracy", "share", "mean over classes of the share that is right; bootstrap over products"),
    Column(
        "Balanced skill",
        "share",
        f"balanced accuracy above chance as a share of what is possible above it; from {LEARNED:.0%} on a network has learned",
    ),
    Column("Macro F1", "share", "mean over classes of 2 TP / (2 TP + FP + FN); bootstrap over products; not a share of anything"),
    Column("Chance", "share", "balanced accuracy of an answer that does not look: 1 / classes"),
    Column("Always the commonest", "share", "accuracy of always giving the most frequent class of the test images"),
    Column("Paper's images", "count", "data set size in Table 1 or 3 (a private data set)"),
    Column("Paper's accuracy", "share", "accuracy in Table 1 or 3"),
]


def accuracy_table(classifiers: list[TaskResult], name: str, title: str) -> Table:
    """One line per classifier beside the paper's."""
    rows: list[list[Cell]] = []
    for c in classifiers:
        per_seed = ", ".join(f"{100 * run.table.correct.mean():.1f} %" for run in c.runs)
        paper: list[Cell] = [c.spec.printed.images, c.spec.printed.accuracy] if c.spec.printed else [None, None]
        common = float(np.bincount(c.labels).max() / c.n)
        learnt = None if c.given else c.counts.train
        rows.append([
            c.name, c.architecture, len(c.classes), learnt, accuracy(c), per_seed, balanced_accuracy(c),
            shared.balanced_skill(asked(c)), macro_f1(c), asked(c).chance, common, *paper,
        ])  # fmt: skip
    return Table(name, title, _ACCURACY_COLUMNS, rows)


def labels_table(study: AccuracyStudy) -> Table:
    """Every label of every classifier: how many there are and how many are found, first seed."""
    columns = [
        Column("Classifier", "text", "task"),
        Column("Label", "text", "true class"),
        Column("Test images", "count", "test images of this class"),
        Column("Recall", "share", "share of them that are told right; first seed; Wilson interval"),
        Column(
            "Precision",
            "share",
            "share of the images given this label that have it; first seed; n/a: never given",
        ),
        Column("Most often taken for", "text", "the other label that they are given most often, and how often"),
    ]
    rows: list[list[Cell]] = []
    for c in study.scratch():
        table = confusion(c.first)
        for k, label in enumerate(c.classes):
            there, given, right = int(table[k].sum()), int(table[:, k].sum()), int(table[k, k])
            wrong = table[k].copy()
            wrong[k] = 0
            mistaken = f"{c.classes[int(wrong.argmax())]} ({int(wrong.max())})" if wrong.max() else None
            recall = wilson(right, there) if there else None
            rows.append([c.name, label, there, recall, wilson(right, given) if given else None, mistaken])
    return Table("labels", "Every label", columns, rows)


def calibration_table(study: AccuracyStudy) -> Table:
    """How far each classifier's confidence can be believed."""
    columns = [
        Column("Classifier", "text", "task"),
        Column("Mean confidence", "share", "mean top-1 probability; the paper's threshold"),
        Column("Accuracy", "share", "of the same network (first seed); Wilson interval"),
        Column(
            "Calibration error",
            "share",
            "root mean square of accuracy - confidence over up to 15 bins that hold equally many images, less what chance adds "
            "(Kumar et al. 2019); interval by inverting the law of the squared gaps, products as clusters",
        ),
        Column(
            "p (calibrated, Holm)",
            "p",
            "that the network is right as often as it is sure: answers drawn as its confidences say; Holm-adjusted over the "
            "classifiers",
        ),
        Column(
            "ECE, plain",
            "share",
            "mean |accuracy - confidence| over 15 bins of equal width, as others print it; above 0 for a calibrated network too, "
            "the more the fewer images there are: compare it at equal n only",
        ),
        Column("Adaptive ECE, plain", "share", "the same over 15 bins that hold equally many images"),
        Column("Brier", "number", "squared distance of the probabilities from the truth, summed over classes, 0..2"),
        Column("NLL", "number", "-log of the label's probability, nats"),
    ]
    rows: list[list[Cell]] = []
    for c, p_value in zip(study.results, calibration_p_values(study), strict=True):
        p = c.first.table.probabilities
        confidence, correct = top_label(p, c.labels)
        rows.append([
            c.name, float(confidence.mean()), wilson(int(correct.sum()), c.n), calibration_of(c), p_value,
            calibration_error(confidence, correct), calibration_error(confidence, correct, "mass"),
            mean_estimate(brier_scores(p, c.labels), c.groups, shared.BOOTSTRAP_SEED),
            mean_estimate(negative_log_likelihoods(p, c.labels), c.groups, shared.BOOTSTRAP_SEED),
        ])  # fmt: skip
    return Table("calibration", "How far the confidence can be believed", columns, rows, "First seed of each classifier.")


def calibration_of(classifier: TaskResult) -> Estimate:
    """Debiased root mean square calibration error of the first seed."""
    return debiased_calibration_error(*top_label(classifier.first.table.probabilities, classifier.labels), classifier.groups)


def calibration_p_values(study: AccuracyStudy) -> list[float]:
    """P-values that each result's first network is calibrated, Holm-adjusted over all results."""
    answers = [top_label(c.first.table.probabilities, c.labels) for c in study.results]
    return holm([calibration_p_value(*of, c.groups, shared.BOOTSTRAP_SEED) for of, c in zip(answers, study.results, strict=True)])


def gain(plain: TaskResult, transferred: TaskResult) -> Estimate:
    """Accuracy with transfer minus from scratch on the same images, seed by seed."""
    return shared.change(plain.right, transferred.right, plain.groups).estimate


def transfer_table(study: AccuracyStudy) -> Table:
    """What another network's body is worth, on the same test images."""
    columns = [
        Column("Classifier", "text", "task, and where the body came from"),
        Column("From scratch", "share", "accuracy without transfer; mean over seeds; Wilson interval"),
        Column("With transfer", "share", "accuracy with it"),
        Column(
            "Gain",
            "points",
            "difference on the same images, mean over seeds; t interval over products with a pseudo-product each way; with three "
            "or more seeds also over seeds",
        ),
        Column(
            "p (sign flips, Holm)",
            "p",
            "that accuracy is the same: sign flips over products of the mean over seeds, Holm-adjusted over the transfers",
        ),
    ]
    pairs = study.pairs()
    raw = [sign_flip_test(b.right - a.right, a.groups, shared.BOOTSTRAP_SEED) for a, b in pairs]
    rows: list[list[Cell]] = [
        [b.name, accuracy(a), accuracy(b), gain(a, b), p] for (a, b), p in zip(pairs, holm(raw), strict=True)
    ]
    return Table("transfer", "Transfer against training from scratch", columns, rows)


def training_table(study: AccuracyStudy) -> Table:
    """What the trainings did and cost."""
    epochs = "passes over the training images, the last one perhaps in part; first seed"
    speed = "training images a second on this machine, the first epoch left out where there are more"
    seen = "of the last epoch, over the augmented images as they were seen"
    return table_of("training", "The trainings", study.results, [
        ("Classifier", "text", "task", lambda c: c.name),
        ("Epochs", "count", epochs, lambda c: len(c.first.history) or None),
        ("Steps", "count", "optimiser steps", lambda c: _at_the_end(c, "step")),
        ("Train accuracy", "share", seen, lambda c: _at_the_end(c, "train/accuracy")),
        ("Validation accuracy", "share", "after the last epoch", lambda c: _at_the_end(c, "val/accuracy")),
        ("Images/s", "number", speed, _images_per_second),
    ], "Speeds are those of the run that trained the network.")  # fmt: skip


def _at_the_end(result: TaskResult, name: str) -> float | None:
    """What the last epoch's history says, None where it says nothing."""
    value = result.first.history[-1].get(name) if result.first.history else None
    return int(value) if value is not None and name == "step" else value


def _images_per_second(result: TaskResult) -> float | None:
    timed = result.first.history[1:] or result.first.history
    seconds = sum(entry["seconds"] for entry in timed)
    return sum(entry["images"] for entry in timed) / seconds if seconds else None


def tags_table(study: AccuracyStudy) -> Table | None:
    """What becomes a tag at the deployed thresholds, first seed; None where no result has any."""
    found = [(c, c.thresholds) for c in study.results if c.thresholds is not None]
    rows: list[list[Cell]] = []
    for c, thresholds in found:
        tagged = accepted(c.first.table.probabilities, thresholds.of(c.classes))
        count, right = int(tagged.sum()), int((tagged & c.first.table.correct).sum())
        rows.append([c.name, thresholds.rule, wilson(count, c.n), wilson(right, count) if count else None, wilson(right, c.n)])
    columns = [
        Column("Classifier", "text", "task"),
        Column("Threshold", "text", "where it comes from"),
        Column("Tagged", "share", "share of test images whose confidence reaches the threshold of their class; Wilson interval"),
        Column("Right among them", "share", "share of the tagged images whose tag is the label; n/a: none is tagged"),
        Column("Rightly tagged", "share", "share of all test images that get their label as a tag"),
    ]
    title = "What becomes a tag at the deployed threshold"
    return Table("tags", title, columns, rows, "First seed of each classifier.") if found else None


def accounting_table(study: AccuracyStudy, ordinary: int, outliers: int, note: str) -> Table:
    """What became of the usable images, ``ordinary`` ones and outliers, task by task; each is in one column."""
    beyond = "ordinary images without a label of the task, or beyond max_images or what balances a validator"
    return table_of("accounting", "Every image accounted for", study.scratch(), [
        ("Classifier", "text", "task", lambda c: c.name),
        ("Train", "count", "images that it learnt from", lambda c: c.counts.train),
        ("Validation", "count", "images watched after every epoch", lambda c: c.counts.validation),
        ("Test", "count", "images of every number of this report", lambda c: c.counts.test),
        ("Not for this task", "count", beyond, lambda c: ordinary - c.counts.used),
        ("Outliers", "count", "usable images marked as outliers: nothing is trained or tested on them", lambda _: outliers),
        ("Splits", "text", "how they came about", lambda c: c.split_note),
    ], note)  # fmt: skip
