"""Sets whose separability is known: every measure says what it must."""

import numpy as np
import pytest

from robustfashion.separability.assessment import assessed
from robustfashion.separability.measures import MEASURES
from tests.separability.clouds import gaussians, moons, relabelled_products, shuffled
from tests.stats.worlds import noise

CORRECTED = [name for name, measure in MEASURES.items() if measure.best is not None]


def corrected(points, permutations=60, **options):
    return {name: m.corrected for name, m in assessed(points, space="pca", permutations=permutations, **options).items()}


@pytest.mark.parametrize("classes", [2, 4])
def test_separated_gaussians(classes):
    found = corrected(gaussians(0, products=40 * classes, classes=classes, apart=30.0, pictures=2))
    perfect = {"knn_purity_1", "knn_purity_5", "probe_accuracy", "knn_accuracy", "csg", "bayes_low", "bayes_high"}
    for name in CORRECTED:
        if name in perfect:
            assert found[name].value == pytest.approx(1), name
        else:
            assert found[name].value > 0.75, name  # by its scatter, or by one edge of the tree between classes
    n1 = assessed(gaussians(0, products=80, apart=30.0), space="pca", names=["n1"], permutations=0)["n1"]
    assert n1.value.value == pytest.approx(1 / 79), "a tree over two separated classes has one edge between them"


@pytest.mark.parametrize("apart", [0.0, 30.0])
def test_labels_that_mean_nothing(apart):
    """One Gaussian with random labels, and a label-shuffled copy of separated ones."""
    points = shuffled(gaussians(2, products=120, apart=apart, pictures=2), 7)
    found = assessed(points, space="pca", permutations=100)
    inside = [m.chance.low <= m.value.value <= m.chance.high for m in found.values()]
    assert np.mean(inside) > 0.85  # 95 % of each, and they go together
    for name, measured in found.items():
        assert measured.p > 0.02, name
        assert measured.corrected is None or measured.corrected.value < 0.25, name


@pytest.mark.slow
def test_labels_that_mean_nothing_are_rarely_above_chance():
    """p is at most 0.05 for 5 % of such labels, of each measure."""
    runs = 100
    p = np.array(
        [
            [m.p for m in assessed(shuffled(gaussians(seed, 80, pictures=2), seed), space="pca", permutations=39).values()]
            for seed in range(runs)
        ]
    )
    false = (p <= 0.05).mean(axis=0)
    assert (false <= 0.05 + noise(0.05, runs)).all(), dict(zip(MEASURES, false, strict=True))
    assert (p <= 0.5).mean() == pytest.approx(0.5, abs=0.1)


def test_moons_are_separable_but_not_by_a_line():
    found = assessed(moons(0), space="map", permutations=20)
    probe, neighbours = found["probe_accuracy"], found["knn_accuracy"]
    assert probe.value.high < 0.95 < neighbours.value.low
    assert found["n1"].corrected.low > 0.9
    assert found["silhouette"].corrected.high < 0.6
    assert found["bayes_high"].value.value < 0.01


def test_ten_percent_contamination():
    """Separated classes, a tenth of the products mis-filed: the best classifier errs in 10 %, the nearest neighbour in 18 %."""
    points, _ = relabelled_products(gaussians(1, products=600, apart=30.0), np.random.default_rng(1), 0.1)
    found = assessed(points, space="pca", permutations=20)
    error = found["bayes_high"].value
    assert error.value == 1 - found["knn_purity_1"].value.value
    assert error.low < 0.18 < error.high
    assert found["bayes_low"].value.low < 0.10 < error.value
    assert found["bayes_low"].value.value == pytest.approx(0.10, abs=0.03)
    for name in ("probe_accuracy", "knn_accuracy"):
        assert found[name].value.value == pytest.approx(0.90, abs=0.015), name
    assert found["n1"].value.value == pytest.approx(0.18, abs=0.05)
    clean = corrected(gaussians(1, products=600, apart=30.0), permutations=20)
    for name in CORRECTED:
        assert found[name].corrected.value < clean[name].value, name


def test_nearer_classes_are_less_separable():
    near, far = (corrected(gaussians(3, products=160, apart=apart), 20) for apart in (1.0, 3.0))
    for name in CORRECTED:
        assert near[name].value < far[name].value, name
