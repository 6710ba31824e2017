"""The table of what changes against the training method: every rate with an interval that resamples products."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.resize import measures
from robustfashion.bench.resize.models import CLASSIFIER
from robustfashion.bench.resize.study import Classifier, ResizeStudy
from robustfashion.bench.verdicts import NO_LOSS
from robustfashion.consistency import confidence_drift, decision_flips, flips, tag_changes
from robustfashion.result import Cell, Column, Table
from robustfashion.stats import Estimate, FloatArray, cluster_bootstrap, quantile_estimate, ratio_bootstrap, share_bootstrap

_RESAMPLED = "mean over seeds; products resampled, with a pseudo-product each way"
_MARGIN = f"{100 * NO_LOSS:g} points"

COLUMNS = [
    CLASSIFIER,
    Column("Serving method", "text", "the method that resized the evaluated pictures"),
    Column("Accuracy", "share", measures.ACCURACY_DOC),
    Column(
        "Δ accuracy",
        "points",
        "accuracy under this method minus under the training method, mean over seeds; t interval over products with a "
        "pseudo-product each way; with three or more seeds also over seeds. Each by itself: the largest of them was selected",
    ),
    Column(
        "Detectable",
        "points",
        "a true change of this size would have been significant with about 80 % probability in this many comparisons, even if "
        "all pictures of a product and all seeds changed together; where they change apart, a smaller one would have been, too",
    ),
    Column("Churn", "share", f"share of images whose predicted class changed; {_RESAMPLED}"),
    Column("Negative flips", "share", f"right under the training method, wrong under this one; {_RESAMPLED}"),
    Column("Positive flips", "share", f"wrong under the training method, right under this one; {_RESAMPLED}"),
    Column("Wrong to wrong", "share", f"wrong under both, with another class; cannot happen with two classes; {_RESAMPLED}"),
    Column(
        "Normalised churn",
        "ratio",
        "churn divided by the churn of two seeds of the same model on the same pixels, products resampled through both; at "
        "least: its lower bound, where the churn of seeds could as well be nothing; n/a with one seed",
    ),
    Column("Decision flips", "share", f"share of images that cross the deployed confidence threshold, either way; {_RESAMPLED}"),
    Column(
        "Tag changes",
        "share",
        "of the images tagged under either method, the share that loses, gains or changes its tag, all seeds together (one label "
        "against the rest: that label alone is a tag); products resampled through both counts, with a pseudo-product each way",
    ),
    Column("Drift, mean", "share", "mean absolute change of the top-1 confidence, in points of confidence; products resampled"),
    Column("Drift, p95", "share", "95th percentile of that change, mean over seeds; Woodruff's interval, mean over seeds"),
    Column(
        "p (sign flips, Holm)",
        "p",
        "that accuracy is the same for these networks: sign flips over products of the mean over seeds, Holm-adjusted over all "
        "rows of this table",
    ),
    Column(
        "p (equivalence, Holm)",
        "p",
        f"that accuracy differs by {_MARGIN} or more: two one-sided t tests, Holm-adjusted over all rows of this table; below "
        f"0.05 the method is shown to change accuracy by less than {_MARGIN}",
    ),
]


def changes(study: ResizeStudy) -> Table:
    """Every row under every other method against the training method."""
    significance, equivalence = measures.significance(study), measures.equivalence(study)
    detectable = measures.detectable(study)
    rows: list[list[Cell]] = []
    for c in study.classifiers:
        deltas, rates = measures.delta(study, c), _rates(study, c)
        for method in study.methods[1:]:
            key = c, method
            head: list[Cell] = [c.name, method, measures.accuracy(c, method), deltas[method], detectable[key]]
            rows.append([*head, *rates[method], significance[key], equivalence[key]])
    rules = sorted({run.thresholds.rule for c in study.classifiers for run in c.runs})
    note = f"Deployed threshold on the top-1 confidence: {'; '.join(rules)}."
    table = Table("changes", "What changes against the training method", COLUMNS, rows, note)
    return table if study.labelled else measures.without_labels(table)


@dataclass(frozen=True)
class _Counts:
    """What becomes of each image of one row under one method."""

    shares: FloatArray
    """How many seeds' [n, 6] changed classes, negative flips, positive flips, wrong to wrong, decision flips, tag changes."""
    among: FloatArray
    """How many seeds' images each of these is a share of [n, 6]."""
    drifts: FloatArray
    """Change of the top-1 confidence [n, S]."""


def _counts(c: Classifier, method: str) -> _Counts:
    shares, among, drifts = [], [], []
    for run in c.runs:
        a, b = run.tables[c.reference], run.tables[method]
        pair = a.probabilities, b.probabilities
        found = flips(a.predicted, b.predicted, c.labels)
        tagged, changed = tag_changes(run.tags[c.reference], run.tags[method])
        crossed = decision_flips(*pair, run.thresholds.of(c.classes))
        shares.append([found.changed, found.negative, found.positive, found.wrong_to_wrong, crossed, changed])
        among.append([*[np.ones(c.n)] * 5, tagged])
        drifts.append(confidence_drift(*pair))
    counted, base = (np.array(found, dtype=np.float64).sum(axis=0).T for found in (shares, among))
    return _Counts(counted, base, np.stack(drifts, axis=1))


def _rates(study: ResizeStudy, c: Classifier) -> dict[str, list[Cell]]:
    """The cells from churn to drift of one classifier, by method; all resampled alike."""
    others, groups, seed = study.methods[1:], c.groups, shared.BOOTSTRAP_SEED
    if not others:
        return {}
    counts = [_counts(c, method) for method in others]
    counted, among = (np.concatenate(found, axis=1) for found in ([of.shares for of in counts], [of.among for of in counts]))
    shares = share_bootstrap(counted, among, groups, seed)
    ratios = _normalised(c, np.stack([of.shares[:, 0] / len(c.runs) for of in counts], axis=1))
    drifts = cluster_bootstrap(np.stack([of.drifts.mean(axis=1) for of in counts], axis=1), groups, seed)
    cells: dict[str, list[Cell]] = {}
    for k, method in enumerate(others):
        own = shares[6 * k : 6 * k + 6]
        cells[method] = [*own[:4], ratios[k], *own[4:], drifts[k], _p95(counts[k].drifts, groups)]
    return cells


def _normalised(c: Classifier, churns: FloatArray) -> list[Cell]:
    """Churns [n, m] by the churn of seeds; where that could as well be nothing, how much it is at the least."""
    between = measures.seed_churn(c)
    if between is None:
        return [None] * churns.shape[1]
    below = np.repeat(between[:, None], churns.shape[1], axis=1)
    found = ratio_bootstrap(churns, below, c.groups, shared.BOOTSTRAP_SEED)
    return [_without_end(ratio) for ratio in found]


def _without_end(ratio: Estimate | None) -> Cell:
    """In words where there is no upper bound; nothing where nothing changed either."""
    if ratio is None or np.isfinite(ratio.high):
        return ratio
    return f"at least {ratio.low:.2f} ×" if ratio.low > 0 else None


def _p95(drifts: FloatArray, groups: Sequence[str]) -> Estimate:
    """95th percentile of each seed's drifts [n, S], mean over seeds of value and bounds."""
    found = [quantile_estimate(of_seed, groups, 0.95) for of_seed in drifts.T]
    value, low, high = np.mean([[e.value, e.low, e.high] for e in found], axis=0)
    return Estimate(float(value), float(low), float(high), len(drifts))
