"""From prediction tables to the tables of the resize suite; numpy only."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.experiment.row import Row
from robustfashion.bench.resize.study import ResizeStudy, Run
from robustfashion.consistency import Flips, confidence_drift, decision_flips, flips, tag_changes, unanimity, worst_case
from robustfashion.result import Cell, Column, Table
from robustfashion.stats import Estimate, cluster_bootstrap, cochran_q, holm, mcnemar, wilson_share

_OF_LABELS = {
    "Accuracy", "Δ accuracy", "Negative flips", "Positive flips", "Wrong to wrong", "p (McNemar, Holm)", "Accuracy per seed",
    "Balanced accuracy", "Cochran's Q", "p (Cochran)",
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


def delta(study: ResizeStudy, row: Row) -> dict[str, Estimate]:
    """Accuracy under each other method minus under the training method; paired, product-clustered bootstrap intervals."""
    others = study.methods[1:]
    if not others:
        return {}
    values = np.stack([study.difference(row, method) for method in others], axis=1)
    return dict(zip(others, cluster_bootstrap(values, study.groups, shared.BOOTSTRAP_SEED), strict=True))


def churn(study: ResizeStudy, row: Row, method: str) -> Estimate:
    """Share of images whose class changes against the training method, mean over seeds; Wilson interval at n images."""
    return wilson_share(float(np.mean([_flips(study, run, method).churn for run in study.seeds_of(row)])), study.n)


def _flips(study: ResizeStudy, run: Run, method: str) -> Flips:
    return flips(run.tables[study.reference].predicted, run.tables[method].predicted, study.labels)


def mcnemar_holm(study: ResizeStudy) -> dict[tuple[Row, str], float]:
    """Holm-adjusted McNemar p-values over all rows and methods; with several seeds the largest p, so that every seed shows it."""
    keys = [(row, method) for row in study.rows for method in study.methods[1:]]
    raw = []
    for row, method in keys:
        found = [_flips(study, run, method) for run in study.seeds_of(row)]
        raw.append(max(mcnemar(f.negative, f.positive) for f in found))
    return dict(zip(keys, holm(raw), strict=True))


def seed_churn(study: ResizeStudy, row: Row) -> float | None:
    """Share of predictions on which two seeds of one row differ, same pixels, mean over pairs; None with one seed."""
    tables = [run.tables[study.reference].predicted for run in study.seeds_of(row)]
    pairs = [float((a != b).mean()) for a, b in combinations(tables, 2)]
    return float(np.mean(pairs)) if pairs else None


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


_CHANGE_COLUMNS = [
    Column("Model", "text", "architecture and training recipe"),
    Column("Serving method", "text", "the method that resized the evaluated pictures"),
    Column("Accuracy", "share", ACCURACY_DOC),
    Column("Δ accuracy", "points", "accuracy under this method minus under the training method; paired bootstrap over products"),
    Column("Churn", "share", "share of images whose predicted class changed; mean over seeds"),
    Column("Negative flips", "share", "right under the training method, wrong under this one"),
    Column("Positive flips", "share", "wrong under the training method, right under this one"),
    Column("Wrong to wrong", "share", "wrong under both, with another class; cannot happen with two classes"),
    Column(
        "Normalised churn",
        "ratio",
        "churn divided by the churn of two seeds of the same model on the same pixels; n/a with one seed",
    ),
    Column("Decision flips", "share", "share of images that cross the deployed confidence threshold, either way"),
    Column("Tag changes", "share", "of the images tagged under either method, the share that loses, gains or changes its tag"),
    Column("Drift, mean", "share", "mean absolute change of the top-1 confidence, in points of confidence"),
    Column("Drift, p95", "share", "95th percentile of that change"),
    Column(
        "p (McNemar, Holm)", "p", "McNemar's test on the flips, largest over seeds, Holm-adjusted over all rows of this table"
    ),
]


def changes(study: ResizeStudy) -> Table:
    """Every row under every other method against the training method."""
    p_values = mcnemar_holm(study)
    rows: list[list[Cell]] = []
    for row in study.rows:
        deltas = delta(study, row)
        between_seeds = seed_churn(study, row)
        for method in study.methods[1:]:
            rows.append(
                [
                    row.name,
                    method,
                    accuracy(study, row, method),
                    deltas[method],
                    *_change_cells(study, row, method, between_seeds),
                    p_values[row, method],
                ]
            )
    table = Table("changes", "What changes against the training method", _CHANGE_COLUMNS, rows, _threshold_note(study))
    return table if study.labelled else _without_labels(table)


def _without_labels(table: Table) -> Table:
    kept = [k for k, column in enumerate(table.columns) if column.name not in _OF_LABELS]
    return replace(table, columns=[table.columns[k] for k in kept], rows=[[row[k] for k in kept] for row in table.rows])


def _change_cells(study: ResizeStudy, row: Row, method: str, between_seeds: float | None) -> list[Cell]:
    runs, n = study.seeds_of(row), study.n
    found = [_flips(study, run, method) for run in runs]
    changed = churn(study, row, method)
    pairs = [
        (run.thresholds.of(study.classes), run.tables[study.reference].probabilities, run.tables[method].probabilities)
        for run in runs
    ]
    tagged = np.sum([tag_changes(a, b, thresholds) for thresholds, a, b in pairs], axis=0)
    drifts = [confidence_drift(a, b) for _, a, b in pairs]
    return [
        changed,
        float(np.mean([f.negative for f in found])) / n,
        float(np.mean([f.positive for f in found])) / n,
        float(np.mean([f.wrong_to_wrong for f in found])) / n,
        changed.value / between_seeds if between_seeds else None,
        float(np.mean([decision_flips(a, b, thresholds) for thresholds, a, b in pairs])) / n,
        float(tagged[1] / tagged[0]) if tagged[0] else None,
        float(np.mean([d.mean for d in drifts])),
        float(np.mean([d.p95 for d in drifts])),
    ]


def _threshold_note(study: ResizeStudy) -> str:
    rules = sorted({run.thresholds.rule for run in study.runs})
    return f"Deployed threshold on the top-1 confidence: {'; '.join(rules)}."


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
            "Unanimous", "share", "share of images on which all methods give the same class; mean over seeds; Wilson interval"
        ),
        Column("Cochran's Q", "number", "test that all methods have one accuracy; smallest over seeds"),
        Column("p (Cochran)", "p", "its p-value, largest over seeds, Holm-adjusted over the models"),
        Column("Seed churn", "share", "share of images on which two seeds differ, same pixels; n/a with one seed"),
        Column("Threshold", "number", "deployed threshold on the top-1 confidence, mean over seeds"),
    ]
    tests = {row: [cochran_q(_correct(run, study.methods)) for run in study.seeds_of(row)] for row in study.rows}
    p_values = holm([max(p for _, p in tests[row]) for row in study.rows])
    rows: list[list[Cell]] = []
    for row, p in zip(study.rows, p_values, strict=True):
        runs = study.seeds_of(row)
        agree = float(np.mean([unanimity(np.stack([run.tables[m].predicted for m in study.methods], axis=1)) for run in runs]))
        per_seed = ", ".join(f"{100 * run.tables[study.reference].correct.mean():.1f} %" for run in runs)
        between_seeds = seed_churn(study, row)
        rows.append(
            [
                row.name, len(runs), per_seed, balanced_accuracy(study, row), wilson_share(agree, study.n),
                min(q for q, _ in tests[row]), p, None if between_seeds is None else wilson_share(between_seeds, study.n),
                _threshold_cell(runs, study.classes),
            ]
        )  # fmt: skip
    title = "How much each model depends on the method"
    if not study.labelled:
        return _without_labels(
            Table("models", title, columns, rows, "The images have no labels: nothing can be said of accuracy.")
        )
    note = f"Always answering the most frequent class is right on {100 * study.majority_share:.1f} % of these images."
    return Table("models", title, columns, rows, note)
