"""How much two points of operation differ in risk: the share of their tags that are wrong, at any outlier share.

Unlike coverage, risk is a ratio whose denominator differs between the points, so that its difference is no mean of differences
of pictures. To first order it is: of what each product adds to either ratio, weighed to the outlier share (the delta method).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import stats as scipy_stats

from robustfashion.rejection.cascade.answers import Case
from robustfashion.rejection.cascade.measures import Weighing
from robustfashion.stats import Change, Estimate, FloatArray
from robustfashion.stats.grouping import group_sums, members

_TAIL = 0.025

Tags = tuple[NDArray[np.bool_], NDArray[np.bool_]]
"""Which pictures get a tag, and which of these tags are wrong (of outliers all are); [n] each."""


def risk_change(first: Tags, second: Tags, case: Case, outlier_share: float | None = None) -> Change | None:
    """Risk at the second point minus risk at the first, with a paired 95 % interval (SCOD risk with a cost of 1).

    Products are the sample, within ordinary pictures and within outliers, whose share is given and not estimated. Two
    pseudo-products join each part, one that changes wholly each way (Bonett & Price 2012), so that points that differ in few
    tags are not certainly alike; where few tags are given, the interval is as wide as these make it. t interval with
    Satterthwaite's degrees of freedom. It holds in 95 % and more, up to always where tags are few (docs/rejection.md).

    Args:
        first: tags of one point.
        second: tags of the other.
        case: the pictures.
        outlier_share: of outliers where the cascade will serve, 0..1; None: that of the set.

    Returns:
        None where a point gives no tag, or nothing is known of a sort of pictures that is expected.

    Raises:
        InputError: an outlier share outside 0..1.
    """
    weighing = Weighing(outlier_share=outlier_share)
    if "risk" in weighing.strata(case).unknown():
        return None
    weights, share = weighing.weights(case), weighing.strata(case).share
    tagged = [float(weights[tags].sum()) for tags, _ in (first, second)]
    if not min(tagged) > 0:
        return None
    risks = [float(weights[wrong].sum()) / of for (_, wrong), of in zip((first, second), tagged, strict=True)]
    of_picture = [
        weights * (wrong - risk * tags) / of for (tags, wrong), risk, of in zip((first, second), risks, tagged, strict=True)
    ]
    moved, value = of_picture[1] - of_picture[0], risks[1] - risks[0]
    parts = [
        _spread(moved[rows], np.asarray(case.products)[rows], of / min(tagged))
        for rows, of in ((~case.outlier, 1 - share), (case.outlier, share))
        if of > 0
    ]
    variance = sum(of for of, _ in parts)
    df = variance**2 / sum(of**2 / max(1, products - 1) for of, products in parts)
    error = math.sqrt(variance)
    half = float(scipy_stats.t.isf(_TAIL, df)) * error
    estimate = Estimate(value, max(-1.0, value - half), min(1.0, value + half), len(case.ids))
    return Change(estimate, value, error, df, sum(products for _, products in parts), seeds_counted=False)


def _spread(moved: FloatArray, products: NDArray[np.str_], whole: float) -> tuple[float, int]:
    """Variance of a sum over the products of one sort, two pseudo-products among them, and how many products there are.

    Args:
        moved: what each picture adds to the difference [n].
        products: of each picture [n].
        whole: what would be added if all of this sort changed wholly.
    """
    member, count = members(products)
    by_product = group_sums(moved, member)
    own = float(np.var(by_product, ddof=1)) * count if count > 1 else 0.0
    padded = count + 2
    return own * (count / padded) ** 2 + 2 * (whole / padded) ** 2, count
