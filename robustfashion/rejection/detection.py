"""How well a score tells outliers from ordinary rows. Higher scores are refused; ties count half or wait for the next threshold.

AUPR is average precision: the precision at each threshold, weighed by the recall that it adds. The trapezoid that OpenOOD and
pytorch-ood take joins these points by straight lines, which no threshold reaches; it differs most where outliers are few.
"""

import numpy as np

from robustfashion.rejection.measures import BoolArray, Levels, measure_all
from robustfashion.stats import FloatArray


def auroc(scores: FloatArray, outlier: BoolArray) -> float:
    """Probability that an outlier's score is above an ordinary row's, ties half; NaN without both.

    Args:
        scores: float [n].
        outlier: bool [n].

    Raises:
        InputError: unlike lengths, or a score is NaN. So do all functions here.
    """
    return _measured("auroc", scores, outlier)


def aupr_outlier(scores: FloatArray, outlier: BoolArray) -> float:
    """Average precision with outliers as positives, 0..1; NaN without both kinds of rows."""
    return _measured("aupr_outlier", scores, outlier)


def aupr_ordinary(scores: FloatArray, outlier: BoolArray) -> float:
    """Average precision with ordinary rows as positives (low scores first), 0..1; NaN without both kinds of rows."""
    return _measured("aupr_ordinary", scores, outlier)


def id_rejected_at_ood95(scores: FloatArray, outlier: BoolArray, caught: float = 0.95) -> float:
    """Share of ordinary rows refused at the highest threshold that refuses at least ``caught`` of the outliers.

    The FPR@95 of OpenOOD, pytorch-ood and torch-uncertainty. Between distinct scores, not interpolated; NaN without both.
    """
    return _measured("id_rejected@ood95", scores, outlier, Levels(caught=caught))


def ood_accepted_at_id95(scores: FloatArray, outlier: BoolArray, kept: float = 0.95) -> float:
    """Share of outliers accepted at the lowest threshold that accepts at least ``kept`` of the ordinary rows.

    The FPR@95 of Hendrycks & Gimpel, ODIN and the energy paper. Between distinct scores, not interpolated; NaN without both.
    """
    return _measured("ood_accepted@id95", scores, outlier, Levels(caught=kept))


def detection_error(scores: FloatArray, outlier: BoolArray, prior: float = 0.5) -> float:
    """Least ``prior`` · (outliers accepted) + (1 - ``prior``) · (ordinary rows refused) of all thresholds; NaN without both."""
    return _measured("detection_error", scores, outlier, Levels(prior=prior))


def ccr_at_ood(scores: FloatArray, outlier: BoolArray, wrong: BoolArray, accepted: float = 0.05) -> float:
    """Correct classification rate: ordinary rows that are answered rightly and accepted, as a share of all ordinary rows.

    At the highest threshold that accepts at most ``accepted`` of the outliers; NaN without both kinds of rows.
    """
    return measure_all(scores, outlier, wrong, Levels(outliers_accepted=accepted))["ccr@ood"]


def _measured(name: str, scores: FloatArray, outlier: BoolArray, levels: Levels | None = None) -> float:
    return measure_all(scores, outlier, np.zeros(np.shape(outlier), dtype=bool), levels)[name]
