"""Intervals and tests on counts and paired outcomes of the pictures of products: arrays in, numbers out; numpy and scipy only.

Pictures of one product are not independent, so that products are resampled, flipped or counted as a whole everywhere.
Definitions and conventions are those of Agresti (2013), *Categorical Data Analysis*, where no other source is named. What each
number promises, and what simulation found of it, stands in docs/statistics.md.
"""

from robustfashion.stats.change import SEEDS_NEEDED, Change, paired_change, simultaneous_changes
from robustfashion.stats.estimate import Estimate, FloatArray, wilson, wilson_share
from robustfashion.stats.rates import quantile_estimate, ratio_bootstrap, share_bootstrap
from robustfashion.stats.resampling import balanced_accuracy_bootstrap, cluster_bootstrap, group_resamples
from robustfashion.stats.significance import cochran_q, holm, mcnemar, sign_flip_test

__all__ = [
    "SEEDS_NEEDED",
    "Change",
    "Estimate",
    "FloatArray",
    "balanced_accuracy_bootstrap",
    "cluster_bootstrap",
    "cochran_q",
    "group_resamples",
    "holm",
    "mcnemar",
    "paired_change",
    "quantile_estimate",
    "ratio_bootstrap",
    "share_bootstrap",
    "sign_flip_test",
    "simultaneous_changes",
    "wilson",
    "wilson_share",
]
