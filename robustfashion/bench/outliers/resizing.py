"""Whether scores and refusals move when another library resizes the pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from robustfashion.bench import measures as shared
from robustfashion.bench.outliers.scoring import REFERENCE, Scored
from robustfashion.bench.outliers.study import OutlierStudy, Subject, tag_rows, tiers_of
from robustfashion.rejection import SCORES
from robustfashion.rejection.cascade import Case, Point, case_of, decided
from robustfashion.rejection.judged import Judged
from robustfashion.rejection.resampled import resampled
from robustfashion.result import Cell, Column, Table
from robustfashion.stats import Estimate, holm, share_bootstrap, simultaneous_changes

COMPARED = (REFERENCE, "energy", "knn")


@dataclass(frozen=True)
class Moved:
    """What another method changes at the deployed threshold."""

    method: str
    where: str
    """``threshold alone``, or the validator's name."""
    flipped: Estimate
    """Share of the pictures that are refused under one method and not under the other."""
    newly: int
    """Outliers that only this method gives a tag."""
    no_longer: int
    """Outliers that only the training method gives one."""
    of_all: Estimate
    """``flipped`` with an interval that holds for every method of this place at once: for the one that is picked by it."""


def moved(study: OutlierStudy) -> list[Moved]:
    """Every method, without and with the gate."""
    subject = study.first
    points = [
        ("threshold alone", subject.alone),
        *([(subject.gate.name, subject.gated)] if subject.gate and subject.gated else []),
    ]
    cases = {}
    for method, tables in study.resized.items():
        other = replace(subject, noisy=replace(tables.noisy, labels=subject.noisy.labels))
        cases[method] = case_of(other.noisy, tables.gates)
    by_place = [_moved(subject, cases, where, point) for where, point in points] if cases else []
    return [one for of_method in zip(*by_place, strict=True) for one in of_method]


def _moved(subject: Subject, cases: Mapping[str, Case], where: str, point: Point) -> list[Moved]:
    """Every method at one place."""
    before = decided(point, subject.case.answers).tags >= 0
    after = np.stack([decided(point, case.answers).tags >= 0 for case in cases.values()], axis=1)
    flips = (after != before[:, None]).astype(np.float64)
    products, outlier = subject.noisy.products, subject.outlier
    alone = share_bootstrap(flips, np.ones_like(flips), products, shared.BOOTSTRAP_SEED)
    (together,) = simultaneous_changes([flips[:, None, :]], [products])
    found = []
    for k, (method, flipped, change) in enumerate(zip(cases, alone, together, strict=True)):
        assert flipped is not None  # there are pictures
        newly, no_longer = outlier & after[:, k] & ~before, outlier & before & ~after[:, k]
        of_all = replace(change.estimate, low=max(0.0, change.estimate.low))
        found.append(Moved(method, where, flipped, int(newly.sum()), int(no_longer.sum()), of_all))
    return found


def refusals_table(found: Sequence[Moved], study: OutlierStudy) -> Table:
    """A line for each method, without and with the gate."""
    columns = [
        Column("Serving method", "text", "what resizes the noisy set"),
        Column("Refused by", "text", "the deployed threshold alone, or behind the validator"),
        Column(
            "Decisions that flip",
            "share",
            "pictures that get a tag under one method and none under the other; products resampled",
        ),
        Column("Outliers newly tagged", "count", "only under this method"),
        Column("Outliers no longer tagged", "count", "only under the training method"),
    ]
    rows: list[list[Cell]] = [[m.method, m.where, m.flipped, m.newly, m.no_longer] for m in found]
    n = len(study.first.noisy.ids)
    return Table("resized-refusals", "Refusals under another resize library", columns, rows, f"{n} pictures of the noisy set.")


def scores_table(study: OutlierStudy, scores: Scored) -> Table:
    """AUROC of some scores under every method, against the training method on the same pictures."""
    columns = [
        Column("Serving method", "text", "what resizes the noisy set"),
        Column("Score", "text", "fitted on pictures of the training method"),
        Column("AUROC", "share", "outliers of the noisy set against its ordinary pictures; products resampled"),
        Column("Δ AUROC", "points", "minus that under the training method; paired resamples"),
        Column("p (Holm)", "p", "that it is the same; Holm-adjusted over all rows of this table"),
    ]
    rows: list[list[Cell]] = []
    p_values: list[float] = []
    for name in COMPARED:
        if name not in scores.fitted:
            continue
        for method, values in _by_method(study, scores, name).items():
            rows.append([method, SCORES[name].title, *values[:2]])
            p_values.append(values[2])
    for row, p in zip(rows, holm(p_values) if p_values else [], strict=True):
        row.append(float(p))
    note = "" if rows else "n/a: there are no outliers to tell from ordinary pictures."
    return Table("resized-scores", "Scores under another resize library", columns, rows, note)


def _by_method(study: OutlierStudy, scores: Scored, name: str) -> Mapping[str, tuple[Estimate, Estimate, float]]:
    subject, fitted = study.first, scores.fitted[name]
    rows = tag_rows(subject.noisy)
    table = subject.noisy.take(rows)
    values = {"": fitted(table)} | {method: fitted(of.noisy.take(rows)) for method, of in study.resized.items()}
    judged = replace(Judged.of(table, values), tiers=tiers_of(table))
    if judged.outlier.all() or not judged.outlier.any():
        return {}
    found = resampled(judged, "", shared.BOOTSTRAP_SEED)
    compared = {}
    for method in study.resized:
        estimate, difference = found.values["auroc"][method].estimate, found.differences["auroc"][method]
        assert estimate is not None  # there are both kinds
        compared[method] = (estimate, difference.estimate, difference.p_value)
    return compared
