import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.separability.sampling import dealt, equal_draw, occupied, relabelled, units_of
from tests.separability.clouds import points_of


def uneven(seed=0):
    """Products of one to three pictures; 40 products of the first class, 13 of the second, 7 of the third."""
    rng = np.random.default_rng(seed)
    member = np.repeat(np.arange(60), rng.integers(1, 4, 60))
    return points_of(rng.normal(size=(len(member), 4)), np.digitize(member, [40, 53]), member)


def test_groups_are_even_in_each_class():
    points = uneven()
    units = units_of(points)
    group = dealt(units, 6, np.random.default_rng(1))
    for label in range(3):
        count = np.bincount(group[units.product[units.label == label]], minlength=6)
        assert count.max() - count.min() <= 1


def test_draw_takes_equally_many_of_each_class():
    points = uneven()
    units = units_of(points)
    group = dealt(units, 6, np.random.default_rng(1))
    size = int(points.counts.min())
    rows = equal_draw(units, group, size, np.random.default_rng(2))
    assert len(set(rows)) == len(rows)
    assert np.bincount(points.labels[rows]).tolist() == [size] * 3
    other = equal_draw(units, group, size, np.random.default_rng(3))
    assert set(other[points.labels[other] == 0]) != set(rows[points.labels[rows] == 0])
    count = np.bincount(group[np.unique(units.member[rows[points.labels[rows] == 0]])], minlength=6)
    assert count.max() - count.min() <= 1, "groups are taken in turn"


@pytest.mark.parametrize("few", [0, 1])
def test_many_products_are_not_held_against_many_pictures(few):
    """20 products of one picture; 20 products of five: not four of these, but one picture of each."""
    labels, member = np.repeat([few, 1 - few], [20, 100]), np.concatenate([np.arange(20), np.repeat(np.arange(20, 40), 5)])
    units = units_of(points_of(np.zeros((120, 1)), labels, member))
    group = dealt(units, 10, np.random.default_rng(0))
    rows = equal_draw(units, group, 20, np.random.default_rng(0))
    assert len(set(member[rows])) == 40
    assert (np.bincount(group[units.member[rows]][labels[rows] == 1 - few]) == 2).all()


def test_whole_products_where_classes_are_alike():
    member = np.repeat(np.arange(60), 3)
    units = units_of(points_of(np.zeros((180, 1)), (member >= 40).astype(int), member))
    rows = equal_draw(units, dealt(units, 10, np.random.default_rng(0)), 60, np.random.default_rng(1))
    assert sorted(np.bincount(np.bincount(member[rows], minlength=60))) == [0, 0, 20, 40]  # 20 not, 40 with all three


def test_relabelled_products_keep_one_label():
    points = uneven()
    unit = units_of(points).unit
    found = relabelled(unit, points.labels, 50, np.random.default_rng(0))
    assert found.shape == (50, len(unit))
    for labels in found:
        assert all(len(set(labels[unit == u])) == 1 for u in range(60))
        assert sorted(np.bincount([labels[unit == u][0] for u in range(60)])) == [7, 13, 40]
    assert (found != points.labels).any(axis=1).all()


def test_a_product_of_two_labels_is_two_units():
    units = units_of(points_of(np.zeros((4, 1)), [0, 1, 1, 0], ["a", "a", "b", "a"]))
    assert units.label.tolist() == [0, 1, 1]
    assert units.product.tolist() == [0, 0, 1]
    assert units.unit.tolist() == [0, 1, 2, 0]
    assert units.per_class(2).tolist() == [1, 2]


def test_classes_without_pictures_are_closed_up():
    points = occupied(points_of(np.zeros((3, 1)), [0, 3, 3], classes=("a", "b", "c", "d")))
    assert points.classes == ("a", "d")
    assert points.labels.tolist() == [0, 1, 1]


@pytest.mark.parametrize(("labels", "word"), [([1, 1], "all 2 pictures are 'b'"), ([], "no pictures")])
def test_one_class_is_refused(labels, word):
    with pytest.raises(InputError, match=word):
        occupied(points_of(np.zeros((len(labels), 2)), labels, classes=("a", "b")))
