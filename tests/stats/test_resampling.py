"""Means of resampled products against normal theory, scikit-learn and invariances."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from robustfashion.stats import balanced_accuracy_bootstrap, cluster_bootstrap


def test_cluster_bootstrap_without_clusters_agrees_with_normal_theory():
    rng = np.random.default_rng(0)
    values = rng.random((800, 2)) < np.array([0.3, 0.9])
    first, second = cluster_bootstrap(values.astype(float), [str(i) for i in range(800)], seed=5)
    half_width = 1.96 * np.sqrt(0.3 * 0.7 / 800)
    assert (first.high - first.low) / 2 == pytest.approx(half_width, rel=0.15)
    assert second.low < second.value < second.high and first.n == 800


def test_cluster_bootstrap_widens_with_copies():
    rng = np.random.default_rng(1)
    base = (rng.random((100, 1)) < 0.5).astype(float)
    copies = np.repeat(base, 4, axis=0)
    alone = cluster_bootstrap(copies, [str(i) for i in range(400)], seed=2)[0]
    clustered = cluster_bootstrap(copies, [str(i // 4) for i in range(400)], seed=2)[0]
    assert clustered.high - clustered.low > 1.6 * (alone.high - alone.low)
    with pytest.raises(ValueError, match="label per row"):
        cluster_bootstrap(base, ["a"], seed=0)


def test_balanced_accuracy_against_scikit_learn_and_within_bounds():
    rng = np.random.default_rng(3)
    labels = rng.choice(3, 120, p=[0.7, 0.25, 0.05])
    answers = np.where(rng.random(120) < 0.97, labels, (labels + 1) % 3)
    groups = [str(i // 2) for i in range(120)]
    found = balanced_accuracy_bootstrap((answers == labels).astype(float), labels, groups, seed=0)
    assert found.value == pytest.approx(balanced_accuracy_score(labels, answers))
    assert 0 <= found.low <= found.value <= found.high <= 1
    even = np.array([0, 1] * 60)
    right = (rng.random(120) < 0.7).astype(float)
    alone = [str(i) for i in range(120)]
    balanced = balanced_accuracy_bootstrap(right, even, alone, seed=0)
    plain = cluster_bootstrap(right[:, None], alone, seed=0)[0]
    assert (balanced.low, balanced.high) == pytest.approx((plain.low, plain.high), abs=0.02), "equal classes: as accuracy"
