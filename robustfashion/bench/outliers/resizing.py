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
from robustfashion.stats import Estimate, holm, share_bootstrap

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


def moved(study: OutlierStudy) -> list[Moved]:
    """Every method, without and with the gate."""
    subject = study.first
    points = [
        ("threshold alone", subject.alone),
        *([(subject.gate.name, subject.gated)] if subject.gate and subject.gated else []),
    ]
    found = []
    for method, tables in study.resized.items():
        other = replace(subject, noisy=replace(tables.noisy, labels=subject.noisy.labels))
        case = case_of(other.noisy, tables.gates)
        found += [_moved(subject, case, method, where, point) for where, point in points]
    return found


def _moved(subject: Subject, case: Case, method: str, where: str, point: Point) -> Moved:
    before, after = (decided(point, of.answers).tags >= 0 for of in (subject.case, case))
    (flips,) = share_bootstrap(
        (before != after).astype(np.float64)[:, None], np.ones((len(before), 1)), subject.noisy.products, shared.BOOTSTRAP_SEED
    )
    assert flips is not None  # there are pictures
    outlier = subject.outlier
    return Moved(method, where, flips, int((outlier & after & ~before).sum()), int((outlier & before & ~after).sum()))


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
