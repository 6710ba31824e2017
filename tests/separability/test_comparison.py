from dataclasses import replace

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.separability import comparison
from robustfashion.separability.comparison import compare
from robustfashion.separability.measures.probe import ridge_share
from tests.separability.clouds import gaussians, points_of
from tests.stats.worlds import noise


def catalogue(seed, watches=60, of_type=2.0, of_display=2.0, displays=2, pictures=1, dimensions=10, alike=0.6):
    """Watches among as many other products of two kinds, and the same watches by display type."""
    rng = np.random.default_rng(seed)
    product = np.repeat(np.arange(2 * watches), pictures)
    display = np.concatenate([np.arange(watches) % displays, rng.integers(0, displays, watches)])[product]
    is_watch = product < watches
    features = np.sqrt(alike) * rng.normal(size=(2 * watches, dimensions))[product]
    features += np.sqrt(1 - alike) * rng.normal(size=features.shape)
    features[:, 0] += of_type * is_watch
    features[np.arange(len(product)), 1 + display] += of_display / np.sqrt(2)
    kinds = np.where(is_watch, "watch", np.where(product % 2, "shoe", "bag"))
    first = points_of(features, 1 - is_watch, product, ("watch", "rest"))
    second = points_of(features[is_watch], display[is_watch], product[is_watch])
    return first, second, kinds.tolist()


def test_the_larger_difference_is_found():
    first, second, kinds = catalogue(0, of_type=4.0, of_display=1.0, displays=3, watches=66)
    stages = []
    found = compare(first, second, strata=kinds, progress=lambda *stage: stages.append(stage))
    assert found.verdict == "first"
    assert found.p < 0.001
    assert found.first.value > 0.85
    assert found.first.value - found.second.value == pytest.approx(found.difference.value)
    assert found.difference.low > 0
    assert (found.shared, found.per_class, found.first.n, found.second.n, found.difference.n) == (66, 22, 132, 66, 132)
    assert (
        found.note == "22 products of each class in each pair; 1 pair of classes in 20 draws and 3 pairs of classes in 20 draws"
    )
    assert stages[-1] == ("comparison", 4, 4)
    other = compare(second, first)
    assert other.verdict == "second"
    assert found == compare(first, second, strata=kinds)
    assert found != compare(first, second, strata=kinds, seed=1)


def test_neighbours_as_well():
    first, second, _ = catalogue(0, of_type=6.0, of_display=1.0, dimensions=4)
    assert compare(first, second, measure="knn20").verdict == "first"


def test_skill_is_that_of_the_best_line():
    """Two unit Gaussians at distance 2: the best line is right in 84.1 %, which is a skill of 0.683."""
    first, second, _ = catalogue(0, watches=200, dimensions=4)
    found = compare(first, second)
    assert found.per_class == 100
    for skill in (found.first, found.second):
        assert skill.low < 0.683 < skill.high
        assert skill.high - skill.low < 0.4


def test_refits_are_refits():
    """Residuals of a set left out, against learning without it."""
    rng = np.random.default_rng(0)
    n, groups = 70, 10
    target = np.where(rng.random(n) < 0.4, -1.0, 1.0)
    features = rng.normal(size=(n, 7))
    features[:, 0] += target
    block = rng.integers(0, groups, n)
    fold = block % 5
    found = comparison._probe(features, target, fold, block, groups)
    centred = features - features.mean(axis=0)
    share = ridge_share(centred)
    ridge = share / (1 - share) * np.trace(centred @ centred.T) / 7
    for row in range(1 + groups):
        for test in range(5):
            asked, taught = fold == test, (fold != test) & (block != row - 1)
            x, y = features[taught], target[taught]
            about = x - x.mean(axis=0)
            means = [x[y == side].mean(axis=0) for side in (1, -1)]
            slope = np.linalg.solve(about.T @ about + ridge * np.eye(7), means[0] - means[1])
            right = (features[asked] - sum(means) / 2) @ slope * target[asked] > 0
            assert (right == found[row, asked]).all()


def test_neighbours_are_those_of_other_folds_and_groups():
    rng = np.random.default_rng(1)
    n, groups = 90, 10
    features, target = rng.normal(size=(n, 3)), np.repeat([-1.0, 1.0], n // 2)
    block = rng.integers(0, groups, n)
    found = comparison._knn(features, target, block % 5, block, groups)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    row, i = 4, 17
    allowed = np.flatnonzero((block % 5 != block[i] % 5) & (block != row - 1))
    near = allowed[np.argsort(-unit[allowed] @ unit[i])[:20]]
    vote = target[near].sum() or target[near[0]]
    assert abs(target[near].sum()) == 0 or found[row, i] == (vote * target[i] > 0)


def test_strata_are_drawn_evenly():
    """Of the rest, two kinds: 20 bags and 180 shoes. As many of each are drawn."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [40, 200])
    kinds = np.repeat([0, 1, 2], [40, 20, 180])
    problem = comparison._Problem(points_of(rng.normal(size=(240, 2)), labels), np.arange(240), kinds, np.array([0, 1]))
    block = rng.permutation(240) % 10
    rows = comparison._draw(problem, 1, block, 40, rng)
    assert np.bincount(kinds[rows]).tolist() == [0, 20, 20]
    count = np.bincount(block[comparison._draw(problem, 1, block, 120, rng)], minlength=10)
    assert count.max() - count.min() <= 4


def test_one_picture_of_a_product():
    rng = np.random.default_rng(0)
    points = gaussians(0, products=50, pictures=3)
    problem = comparison._Problem(points, np.repeat(np.arange(50), 3), np.zeros(150, int), np.array([0, 1]))
    draws = [comparison._draw(problem, 0, np.arange(50) % 10, 25, rng) for _ in range(2)]
    assert all(len(set(rows // 3)) == 25 for rows in draws)
    assert set(draws[0]) != set(draws[1]), "another draw takes other pictures"


def test_no_errors_are_not_certainty():
    first, second, _ = catalogue(0, of_type=60.0, of_display=60.0)
    found = compare(first, second)
    assert found.first.value == found.second.value == 1
    assert found.first.low < 0.95
    assert found.verdict == "not shown"
    assert found.difference.low < -0.05 < 0.05 < found.difference.high


def test_constant_features_have_no_skill():
    first, second, _ = catalogue(0)
    found = compare(*(replace(p, features=np.full_like(p.features, 3)) for p in (first, second)))
    assert found.first.value == found.second.value == 0
    assert found.verdict == "not shown"


def test_small_classes_are_left_out():
    first, second, _ = catalogue(0, watches=100, displays=3)
    labels = second.labels.copy()
    labels[np.flatnonzero(labels == 2)[12:]] = 0
    found = compare(first, second.labelled(labels))
    assert found.note.startswith("left out of the second problem, fewer than 20 products: 'class 2' (12); ")


class TestBadInput:
    def test_dimensions(self):
        first, second, _ = catalogue(0)
        with pytest.raises(InputError, match="of 10 and of 7 dimensions"):
            compare(first, replace(second, features=second.features[:, :7]))

    def test_few_products(self):
        first, second, _ = catalogue(0, watches=30)
        with pytest.raises(InputError, match=r"second problem: too few products of a class: 'class 0' \(15\), 'class 1' \(15\)"):
            compare(first, second)

    def test_one_class(self):
        first, second, _ = catalogue(0)
        with pytest.raises(InputError, match="at least two classes"):
            compare(first, second.labelled(np.zeros_like(second.labels)))

    def test_strata(self):
        first, second, _ = catalogue(0)
        with pytest.raises(ValueError, match="3 strata for 120 pictures"):
            compare(first, second, strata=["a"] * 3)


@pytest.mark.slow
@pytest.mark.parametrize("pictures", [1, 3])
def test_false_verdicts(pictures):
    """Both equally separable by construction: a verdict in at most 5 % of 200 catalogues, pictures of a product alike or not."""
    runs = 200
    verdicts = [
        compare(*catalogue(seed, pictures=pictures, watches=50, alike=0.9)[:2], seed=seed).verdict for seed in range(runs)
    ]
    assert sum(verdict != "not shown" for verdict in verdicts) / runs <= 0.05


@pytest.mark.slow
def test_false_verdicts_by_neighbours():
    """Two draws of one source, of three classes each."""
    runs = 200
    false = 0
    for seed in range(runs):
        first, second = (gaussians(2 * seed + i, products=90, classes=3, apart=2.0, pictures=2) for i in range(2))
        second = replace(second, groups=tuple(f"other {name}" for name in second.groups))
        false += compare(first, second, measure="knn20", seed=seed).verdict != "not shown"
    assert false / runs <= 0.05


@pytest.mark.slow
@pytest.mark.parametrize(("watches", "power"), [(60, 0.7), (150, 0.98)])
def test_power(watches, power):
    """Skill 0.87 against 0.52: distances of 3 and of 1.4."""
    runs = 50
    found = [compare(*catalogue(seed, watches=watches, of_type=3.0, of_display=1.4)[:2], seed=seed) for seed in range(runs)]
    assert np.mean([c.verdict == "first" for c in found]) >= power - noise(power, runs)
    truth = np.mean([c.difference.value for c in found])
    assert np.mean([c.difference.low <= truth <= c.difference.high for c in found]) >= 0.95 - noise(0.05, runs)
