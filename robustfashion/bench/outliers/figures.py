"""Figures of the outlier suite: curves, histograms, the front."""

from collections.abc import Sequence

import numpy as np

from robustfashion.bench.outliers.operating import Operating, words
from robustfashion.bench.outliers.scoring import REFERENCE, Scored, best_scores
from robustfashion.bench.outliers.study import Subject
from robustfashion.bench.outliers.table4 import counts
from robustfashion.rejection.cascade import Assessment
from robustfashion.rejection.measures import accepted_curve
from robustfashion.result import Axis, Curve, Figure, FrontPoint, Group, Mark, curve_figure, front_figure, histogram
from robustfashion.result.histograms import Threshold
from robustfashion.stats import Estimate

_BINS = 40
_HIGHLIGHTED = 4


def risk_coverage(found: Scored, subject: Subject) -> Figure | None:
    """Share of wrong tags, outliers among them, against the share of pictures that get one: the noisy set as it is."""
    judged = found.natural
    if not len(judged.products):
        return None
    everything = len(subject.noisy.ids)
    wanted = list(dict.fromkeys([REFERENCE, *best_scores(found), *judged.names]))[:_HIGHLIGHTED]
    curves = []
    for name in judged.names:
        curve = accepted_curve(judged.column(name), judged.outlier, judged.wrong)
        accepted = curve.ordinary + curve.outliers
        there = accepted > 0
        risk = (curve.wrong + curve.outliers)[there] / accepted[there]
        role = "highlighted" if name in wanted else "muted"
        curves.append(Curve(found.title(name), (accepted[there] / everything).tolist(), risk.tolist(), role=role))  # type: ignore[arg-type]
    marks = [_counted("your threshold", subject, gated=False)]
    marks += [_counted(f"behind the {subject.gate.name}", subject, gated=True)] if subject.gate else []
    return curve_figure(
        "risk-coverage", "Risk and coverage", x=Axis("pictures that get a tag", "share", 0, 1),
        y=Axis("tags that are wrong", "share", better="low"), curves=curves, marks=[mark for mark in marks if mark],
        doc="The noisy set as it is: outliers with a tag count as wrong. Every score from its surest picture on; the "
            "marks are the "
        "deployed threshold on max softmax.",
    )  # fmt: skip


def _counted(name: str, subject: Subject, *, gated: bool) -> Mark | None:
    point = subject.gated if gated else subject.alone
    found = None if point is None else counts(subject.case, point)
    if found is None or found.risk is None:
        return None
    across, up = found.coverage, found.risk
    return Mark(
        name,
        across.value,
        up.value,
        "rule" if gated else "paper",
        x_interval=(across.low, across.high),
        y_interval=(up.low, up.high),
    )


def histograms(found: Scored, subject: Subject) -> Figure | None:
    """Top-1 confidence of ordinary pictures, right and wrong, and of each tier of outliers."""
    judged = found.judged
    if not len(judged.products):
        return None
    confidence = -judged.column(REFERENCE)
    if confidence.min() < 0:  # a score that is not minus the confidence
        confidence = 1 + confidence
    edges = np.linspace(min(1 / len(subject.noisy.classes), float(confidence.min())), 1.0, _BINS + 1)
    groups = [
        ("ordinary, right", ~judged.outlier & ~judged.wrong, "ordinary"),
        ("ordinary, wrong", ~judged.outlier & judged.wrong, "mistakes"),
    ]
    tiers = sorted({tier for tier in judged.tiers if tier is not None})
    groups += [(f"outliers: {tier}", np.array([t == tier for t in judged.tiers]), "outliers") for tier in tiers]
    shown = [
        Group(name, np.histogram(np.clip(confidence[rows], edges[0], edges[-1]), edges)[0].tolist(), family)
        for name, rows, family in groups
        if rows.any()
    ]
    return histogram(
        "confidence", "How sure the classifier is of "
            "what", x=Axis("top-1 confidence", "share"), edges=edges.tolist(), groups=shown,
        thresholds=[Threshold("your threshold", subject.thresholds.overall)],
        doc="Pictures of the noisy set and the pool whose class is a tag; each group as shares of its own number.",
    )  # fmt: skip


def front(found: Operating) -> Figure | None:
    """What the thresholds can buy on the half of the choice, and the named points as assessed on the other half."""
    simulation = found.simulation
    measures = simulation.measures
    known = simulation.front()
    if not len(known):
        return None
    step = max(1, len(known) // 400)
    points = [
        FrontPoint(
            float(measures["coverage"][i]),
            float(measures["risk"][i]),
            float(measures["cost"][i]),
            words(simulation.point(int(i))),
        )
        for i in known[::step]
    ]
    marks = [mark for name, assessment in found.named.items() if (mark := _mark(name, assessment))]
    return front_figure(
        "front", "What the thresholds can buy", x=Axis("ordinary pictures with a tag", "share", better="high"),
        y=Axis("tags that are wrong", "share", better="low"), cost=Axis("cost of a picture", "number", better="low"),
        points=points,
        marks=marks, doc="Points: thresholds of gate and classifier that no other pair beats in risk, coverage and cost, "
            "on the half on "
        "which the recommended point was chosen. Marks: named points on the other half, with 95 % intervals; oracles "
            "cannot be had.",
    )  # fmt: skip


def _mark(name: str, assessment: Assessment) -> Mark | None:
    x, y = assessment.estimates["coverage"], assessment.estimates["risk"]
    if x is None or y is None:
        return None
    kind = "oracle" if "perfect" in name else {"threshold alone": "paper", "recommended": "chosen"}.get(name, "rule")
    return Mark(name, x.value, y.value, kind, words(assessment.point), _interval(x), _interval(y))  # type: ignore[arg-type]


def _interval(estimate: Estimate) -> tuple[float, float]:
    return estimate.low, estimate.high


def of(*figures: Figure | None) -> Sequence[Figure]:
    """Those that there are."""
    return [figure for figure in figures if figure is not None]
