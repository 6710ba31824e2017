"""Selective prediction: what is wrong among the answers that are accepted, lowest scores first.

With a wrong answers among c accepted of n ordinary rows, the risk is a / c and the generalized risk a / n. Rows of one score are
accepted together. Areas take the errors of such a run as coming evenly, which is the mean over all orders of its rows: the
generalized risk is then a straight line over coverage, and the risk is that line divided by the coverage, integrated exactly.
So all tied scores give an AURC equal to the error rate e and an AUGRC of e / 2, a perfect score gives e + (1 - e) ln(1 - e) and
e² / 2, and repeating every row changes nothing. Sums over single rows, as (1 / n) Σ risk, differ from it in the order of 1 / n.
"""

from dataclasses import dataclass

import numpy as np

from robustfashion.rejection.measures import BoolArray, Levels, accepted_curve, measure_all
from robustfashion.stats import FloatArray


@dataclass(frozen=True)
class RiskCoverage:
    """Points of a curve, one for each threshold that accepts something, by rising coverage."""

    thresholds: FloatArray
    """Largest score accepted [k]."""
    coverage: FloatArray
    """Share accepted, above 0 [k]."""
    risk: FloatArray
    """Among those accepted [k]."""


def augrc(scores: FloatArray, wrong: BoolArray) -> float:
    """Area under the generalized risk over coverage (Traub et al. 2024), 0..0.5; NaN where nothing is wrong.

    Args:
        scores: float [n], of ordinary rows.
        wrong: bool [n].

    Raises:
        InputError: unlike lengths, or a score is NaN. So do all functions here.
    """
    return _measured("augrc", scores, wrong)


def aurc(scores: FloatArray, wrong: BoolArray) -> float:
    """Area under the risk over coverage, 0..1; NaN where nothing is wrong."""
    return _measured("aurc", scores, wrong)


def e_aurc(scores: FloatArray, wrong: BoolArray) -> float:
    """AURC above that of a score that puts every wrong answer last, 0..1; NaN where nothing is wrong."""
    return _measured("e_aurc", scores, wrong)


def risk_at_coverage(scores: FloatArray, wrong: BoolArray, coverage: float) -> float:
    """Risk at the first threshold that accepts at least this share of the rows; NaN without rows."""
    return _measured("risk@coverage", scores, wrong, Levels(coverage=coverage))


def coverage_at_risk(scores: FloatArray, wrong: BoolArray, risk: float) -> float:
    """Largest coverage of a threshold whose risk is at most this; 0 where there is none; NaN without rows."""
    return _measured("coverage@risk", scores, wrong, Levels(risk=risk))


def scod_risk(
    scores: FloatArray,
    outlier: BoolArray,
    wrong: BoolArray,
    coverage: float,
    outlier_share: float | None = None,
    beta: float = 1.0,
) -> float:
    """Risk with outliers: ((1 - pi) P(wrong, accepted | ordinary) + beta pi P(accepted | outlier)) / P(accepted).

    At the first threshold that accepts at least ``coverage`` of a mixture with a share pi of outliers.

    Args:
        scores: float [n].
        outlier: bool [n].
        wrong: bool [n]; those of outliers do not count.
        coverage: 0..1, of the mixture.
        outlier_share: pi, 0..1; None: as in the rows.
        beta: cost of an accepted outlier, at least 0.

    Returns:
        The cost, 0..max(1, beta); NaN without outliers or without ordinary rows.
    """
    levels = Levels(coverage=coverage, outlier_share=outlier_share, beta=beta)
    return measure_all(scores, outlier, wrong, levels)["scod_risk"]


def risk_coverage_curve(scores: FloatArray, wrong: BoolArray) -> RiskCoverage:
    """Risk of ordinary rows at every threshold; no points without rows."""
    curve = accepted_curve(scores, np.zeros(np.shape(wrong), dtype=bool), wrong)
    accepted = curve.ordinary[1:]
    return RiskCoverage(curve.thresholds[1:], accepted / max(curve.ordinary[-1], 1.0), curve.wrong[1:] / accepted)


def scod_curve(
    scores: FloatArray, outlier: BoolArray, wrong: BoolArray, outlier_share: float | None = None, beta: float = 1.0
) -> RiskCoverage:
    """SCOD risk and coverage of the mixture at every threshold; arguments as of :func:`scod_risk`.

    Without outliers or without ordinary rows there are no points.
    """
    levels = Levels(outlier_share=outlier_share, beta=beta)
    curve = accepted_curve(scores, outlier, wrong)
    ordinary, outliers = curve.ordinary[-1], curve.outliers[-1]
    if not ordinary or not outliers:
        return RiskCoverage(*(np.empty(0) for _ in range(3)))
    share = outliers / (ordinary + outliers) if levels.outlier_share is None else levels.outlier_share
    strange = share * curve.outliers / outliers
    coverage = (1 - share) * curve.ordinary / ordinary + strange
    cost = (1 - share) * curve.wrong / ordinary + beta * strange
    some = coverage > 0  # with a share of 0 or 1, rows of the other kind accept nothing
    return RiskCoverage(curve.thresholds[some], coverage[some], cost[some] / coverage[some])


def _measured(name: str, scores: FloatArray, wrong: BoolArray, levels: Levels | None = None) -> float:
    return measure_all(scores, np.zeros(np.shape(wrong), dtype=bool), wrong, levels)[name]
