"""The order of training images."""

from robustfashion.models.order import SeededOrder


def test_each_epoch_is_another_permutation_and_the_same_whenever_it_is_asked():
    order = SeededOrder(20, seed=3)
    orders = []
    for epoch in range(4):
        order.set_epoch(epoch)
        orders.append(list(order))
    assert all(sorted(o) == list(range(20)) for o in orders)
    assert len({tuple(o) for o in orders}) == 4
    order.set_epoch(2)
    assert list(order) == list(order) == orders[2]
    assert list(SeededOrder(20, seed=4)) != orders[0]
    assert len(order) == 20
