"""Samples of whole products: nested, random, and the same whatever else there is."""

import numpy as np

from robustfashion.bench.sensitivity.forecast.sample import chosen, larger_than_asked, products_of


def groups(count=120):
    rng = np.random.default_rng(4)
    return [f"p{i}" for i in np.repeat(np.arange(count), rng.integers(1, 6, count))]


def test_smaller_samples_are_part_of_larger_ones():
    names = np.array(groups())
    found = {size: chosen(names, size, 7) for size in (50, 100, 200)}
    for size, rows in found.items():
        assert size - 5 < len(rows) <= size and (np.diff(rows) > 0).all()
        inside = set(names[rows])
        assert [i for i, name in enumerate(names) if name in inside] == rows.tolist(), "products are whole"
    assert set(found[50]) < set(found[100]) < set(found[200])


def test_order_and_seed():
    names = np.array(groups())
    place = np.random.default_rng(0).permutation(len(names))
    first, moved = chosen(names, 60, 1), chosen(names[place], 60, 1)
    assert set(names[first]) == set(names[place][moved])
    assert set(names[first]) != set(names[chosen(names, 60, 2)])


def test_every_product_comes_equally_often():
    names = [f"p{i}" for i in range(40)]
    count = np.zeros(40)
    for seed in range(2000):
        count[chosen(names, 10, seed)] += 1
    assert np.abs(count / 2000 - 0.25).max() < 0.04


def test_all_of_few_and_part_of_one():
    assert chosen(["a", "b"], 200, 0).tolist() == [0, 1]
    assert chosen(["a"] * 30, 12, 0).tolist() == list(range(12))


def test_products_asked_in_part_are_not_counted():
    assert products_of(["a", "a", "b", "c"], ["a", "a", "c"]) == 3
    assert products_of(["a", "a", "b", "c"], ["a", "c"]) is None
    assert products_of(["a"] * 30, ["a"] * 12) is None


def test_products_that_no_sample_has_room_for():
    groups = ["large"] * 50 + ["middle"] * 4 + ["a", "b", "b", "c"]
    assert larger_than_asked(groups, ["a", "b", "b"]) == 54 and larger_than_asked(groups, ["middle"] * 4) == 50
    assert larger_than_asked(groups, groups) == 0
