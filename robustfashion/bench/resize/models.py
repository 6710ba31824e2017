"""Tables with a line for each classifier: accuracies by method (Table 2), how far its answer depends on the method, classes."""

from collections.abc import Sequence

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.resize.measures import (
    ACCURACY_DOC,
    accuracy,
    balanced_accuracy,
    balanced_skill,
    mean_share,
    seed_churn,
    without_labels,
)
from robustfashion.bench.resize.study import Classifier, ResizeStudy, Run
from robustfashion.bench.verdicts import LEARNED
from robustfashion.consistency import unanimous, worst_case
from robustfashion.decisions import rest_of
from robustfashion.result import Cell, Column, Table
from robustfashion.stats import cochran_q, holm, paired_change, wilson_share

CLASSIFIER = Column("Classifier", "text", "the task that is told, or the network's architecture and recipe: what differs here")


def table2(study: ResizeStudy) -> Table:
    """Accuracy of every classifier under every method, beside the paper's two columns."""
    columns = [
        CLASSIFIER,
        Column("Paper, Python", "share", "Table 2: accuracy on images resized with the training library (a private data set)"),
        Column("Paper, Java", "share", "Table 2: accuracy on images resized with Java; the paper does not name the Java method"),
        *[Column(method, "share", ACCURACY_DOC) for method in study.methods],
        Column("Worst case", "share", "share of images right under every method at once; mean over seeds; Wilson interval"),
    ]
    rows: list[list[Cell]] = []
    for c in study.everyone:
        worst = np.mean([worst_case(_correct(run, study.methods)) for run in c.runs], axis=0)
        printed = study.printed(c)
        cells: list[Cell] = [c.name, *((printed.python, printed.java) if printed else (None, None))]
        cells += [accuracy(c, method) for method in study.methods]
        rows.append([*cells, wilson_share(float(worst.mean()), c.n)])
    note = f"Training method: {study.reference}. {_sizes(study)}"
    return Table("table2", "Table 2: accuracy by the method that resizes the pictures", columns, rows, note)


def _sizes(study: ResizeStudy) -> str:
    found = {(c.n, c.products) for c in study.everyone}
    if len(found) == 1:
        ((n, products),) = found
        return f"n = {n} images of {products} products."
    return "n, images (products): " + ", ".join(f"{c.name} {c.n} ({c.products})" for c in study.everyone) + "."


def _correct(run: Run, methods: tuple[str, ...]) -> np.ndarray:
    return np.stack([run.tables[method].correct for method in methods], axis=1)


def _cochran(study: ResizeStudy, c: Classifier) -> tuple[float, float]:
    right = np.concatenate([_correct(run, study.methods) for run in c.runs])
    return cochran_q(right, c.groups * len(c.runs), shared.BOOTSTRAP_SEED)


def _threshold_cell(runs: Sequence[Run], classes: tuple[str, ...]) -> Cell:
    """One number, mean over seeds; in words where classes have thresholds of their own."""
    first = runs[0].thresholds
    if not any(run.thresholds.by_class for run in runs):
        return float(np.mean([run.thresholds.overall for run in runs]))
    own = [f"{name} {value:.2f}" for name, value in first.by_class.items()]
    others = "always" if first.overall <= 1 / len(classes) else f"{first.overall:.2f}"
    return ", ".join([*own, *([f"others {others}"] if len(own) < len(classes) else [])])


_COLUMNS = [
    CLASSIFIER,
    Column("Images", "count", "evaluated images"),
    Column("Products", "count", "products among them"),
    Column("Classes", "text", "labels told apart; one against the rest: that label alone is a tag"),
    Column(
        "Seeds",
        "count",
        "networks: of independent trainings; of heads on a frozen network seed 0 learns from all training products, others from "
        "bootstraps of them",
    ),
    Column("Accuracy per seed", "text", "accuracy under the training method, one number per seed"),
    Column(
        "Balanced accuracy",
        "share",
        "mean over classes of the share that is right under the training method; mean over seeds; bootstrap over products",
    ),
    Column(
        "Balanced skill",
        "share",
        "balanced accuracy above chance (1 / classes), as a share of what is possible above it; bootstrap over products",
    ),
    Column(
        "Learned",
        "text",
        f"yes: balanced skill is at least {LEARNED:.0%} and above 0 by its whole interval (or not known: images of one class). "
        "Else it has too little to lose, and is left out of tags, changes and claims (unless no classifier has learned)",
    ),
    Column("Unanimous", "share", "share of images on which all methods give the same class; mean over seeds; products resampled"),
    Column("Cochran's Q", "number", "how unequal the methods' accuracies are, images of all seeds together"),
    Column("p (Cochran)", "p", "that all methods have one accuracy: sign flips over products, Holm-adjusted over classifiers"),
    Column("Seed churn", "share", "share of images on which two seeds differ, same pixels; resampled; n/a with one seed"),
    Column("Threshold", "number", "deployed threshold on the top-1 confidence, mean over seeds"),
]


def models(study: ResizeStudy, trainings: str = "") -> Table:
    """One line per classifier: how far its answer depends on the method at all; ``trainings`` says how they ended."""
    tests = [_cochran(study, c) for c in study.everyone]
    p_values = holm([p for _, p in tests])
    rows: list[list[Cell]] = []
    for c, (q, _), p in zip(study.everyone, tests, p_values, strict=True):
        answers = [np.stack([run.tables[m].predicted for m in study.methods], axis=1) for run in c.runs]
        agree = np.stack([unanimous(of) for of in answers], axis=1).mean(axis=1)
        per_seed = ", ".join(f"{100 * run.tables[c.reference].correct.mean():.1f} %" for run in c.runs)
        between = seed_churn(c)
        rest = rest_of(c.classes)
        told = str(len(c.classes)) if rest is None else f"{c.classes[1 - rest]} or not"
        rows.append([
            c.name, c.n, c.products, told, len(c.runs), per_seed, balanced_accuracy(c), balanced_skill(c),
            "yes" if c.learned else "no", mean_share(agree, c.groups), q, p,
            None if between is None else mean_share(between, c.groups), _threshold_cell(c.runs, c.classes),
        ])  # fmt: skip
    title = "How much each classifier depends on the method"
    table = Table("models", title, _COLUMNS, rows, trainings)
    return table if study.labelled else without_labels(table)


def recalls(study: ResizeStudy) -> Table:
    """Who loses: recall of each class, and its change under every method."""
    columns = [
        CLASSIFIER,
        Column("Class", "text", "true label"),
        Column("Images", "count", "evaluated images of this class"),
        Column("Recall", "share", "share of them that are told right under the training method; mean over seeds; Wilson"),
        *[
            Column(
                f"Δ {method}", "points",
                "recall under this method minus under the training method; t interval over products, each by itself",
            )
            for method in study.methods[1:]
        ],
    ]  # fmt: skip
    rows: list[list[Cell]] = []
    for c in study.classifiers:
        for k, name in enumerate(c.classes):
            there = np.flatnonzero(c.labels == k)
            if not len(there):
                continue
            groups = [c.groups[i] for i in there]
            right = c.correct(c.reference)[there]
            deltas = [paired_change(c.differences(method)[there], groups).estimate for method in study.methods[1:]]
            rows.append([c.name, name, len(there), wilson_share(float(right.mean()), len(there)), *deltas])
    return Table("recalls", "Which classes lose: recall by method", columns, rows)
