from dataclasses import replace

import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.separability.label_issues import LabelIssue, label_issues, out_of_fold, precision_at
from robustfashion.stats import wilson
from tests.separability.clouds import gaussians, points_of, relabelled_products


def noisy():
    return relabelled_products(gaussians(0, products=200, classes=4, apart=7.0, pictures=2), np.random.default_rng(0), 0.08)


def test_wrong_labels_come_first():
    points, wrong = noisy()
    found = label_issues(points, out_of_fold(points))
    assert precision_at(found, wrong, 20).value >= 0.95
    assert precision_at(found, wrong, 12, points.groups) == wilson(12, 12)
    rows = [issue.row for issue in found]
    assert len(set(rows) & set(wrong)) > 0.8 * len(wrong)
    assert [issue.score for issue in found] == sorted(issue.score for issue in found)
    true = gaussians(0, products=200, classes=4, apart=7.0, pictures=2)
    hits = [issue for issue in found if issue.row in set(wrong)]
    assert all(issue.given == points.classes[points.labels[issue.row]] != issue.suggested for issue in found)
    assert np.mean([issue.suggested == true.classes[true.labels[issue.row]] for issue in hits]) > 0.9


def test_clean_labels_have_few_candidates():
    points = gaussians(0, products=200, classes=4, apart=7.0, pictures=2)
    assert len(label_issues(points, out_of_fold(points))) <= 4


def test_probabilities_have_not_seen_the_product():
    """Features that tell the product and nothing else: whoever has seen it is right, and whoever has not guesses."""
    rng = np.random.default_rng(0)
    points = points_of(
        np.repeat(rng.normal(size=(80, 200)), 3, axis=0), np.repeat(rng.permutation(80) % 2, 3), np.repeat(np.arange(80), 3)
    )
    found = out_of_fold(points)
    assert found.sum(axis=1) == pytest.approx(1)
    assert (found.argmax(axis=1) == points.labels).mean() == pytest.approx(0.5, abs=0.17)
    assert (out_of_fold(points) == found).all()
    assert (out_of_fold(points, 1) != found).any()


def test_probabilities_are_right_where_it_is_easy():
    points = gaussians(0, products=90, classes=3, apart=9.0)
    wider = replace(points, classes=("a", "unseen", "b", "c"), labels=np.array([0, 2, 3])[points.labels])
    found = out_of_fold(wider)
    assert (found.argmax(axis=1) == wider.labels).mean() > 0.97
    assert (found[:, 1] == 0).all()
    assert isinstance(label_issues(wider, found), list)
    constant = replace(wider, features=np.hstack([wider.features, np.full((90, 1), 4, np.float32)]))
    assert out_of_fold(constant).argmax(axis=1).tolist() == found.argmax(axis=1).tolist()


def test_precision():
    issues = [LabelIssue(row, "a", "b", 0.1) for row in (5, 3, 8, 1)]
    assert precision_at(issues, {5, 8}, 3) == wilson(2, 3)
    assert precision_at(issues, [5], 99) == wilson(1, 4)
    groups = ["w", "x", "w", "y", "w", "y", "w", "w", "z"]
    assert precision_at(issues, {5, 3, 1}, 3, groups) == wilson(2, 3), "rows 5 and 3 are one product"
    assert precision_at(issues, {3}, 1, ["w", "x", "w", "y", "w", "y", "w", "w", "w"]) == wilson(0, 1), "at its first, which is 5"
    assert precision_at([], {1}, 5) is None


@pytest.mark.parametrize("seed", range(6))
def test_a_class_whose_products_are_in_another_too(seed):
    """Both products of the small class have pictures of the large one: their folds differ all the same."""
    rng = np.random.default_rng(seed)
    points = points_of(rng.normal(size=(42, 3)), [0] * 40 + [1] * 2, [*range(40), 0, 1])
    found = out_of_fold(points, seed)
    assert found.sum(axis=1) == pytest.approx(1)
    assert (found[:, 1] > 0).all()


def test_bad_input():
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="'class 1' has 1 product: label issues need two"):
        out_of_fold(points_of(rng.normal(size=(9, 2)), [0] * 8 + [1]))
    with pytest.raises(InputError, match="at least two classes"):
        out_of_fold(points_of(rng.normal(size=(9, 2)), [0] * 9))
    with pytest.raises(InputError, match="constant"):
        out_of_fold(points_of(np.ones((8, 2)), [0, 1] * 4))
    with pytest.raises(ValueError, match=r"\(8, 3\) of 8 pictures of 2 classes"):
        label_issues(points_of(np.ones((8, 2)), [0, 1] * 4), np.ones((8, 3)))
