"""The order of training images."""

import numpy as np
import pytest
import torch

from robustfashion.data.order import SeededOrder
from robustfashion.data.pixel_dataset import PixelDataset


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


@pytest.mark.parametrize(("n", "world"), [(23, 3), (16, 2), (7, 4)])
def test_processes_share_an_epoch_without_repeats(n, world, monkeypatch):
    alone = SeededOrder(n, seed=5)
    alone.set_epoch(6)
    whole = list(alone)
    parts = []
    for rank in range(world):
        monkeypatch.setattr("robustfashion.data.order._processes", lambda rank=rank: (rank, world))
        order = SeededOrder(n, seed=5)
        order.set_epoch(6)
        parts.append(list(order))
        assert len(order) == len(parts[-1]) == n // world
    taken = [place for part in parts for place in part]
    assert len(set(taken)) == len(taken) == n // world * world and set(taken) <= set(whole)
    for step in range(n // world):  # the steps of all processes are one larger step of one process
        assert [part[step] for part in parts] == whole[step * world : (step + 1) * world]


def test_data_set_is_told_the_epoch():
    pixels = np.random.default_rng(0).integers(0, 256, (6, 5, 5, 3)).astype(np.uint8)

    def noisy(image, rng):
        return image + rng.integers(0, 9, image.shape).astype(np.uint8)

    def epochs(start, count):
        data = PixelDataset([pixels], np.zeros(6, np.int64), noisy, seed=1)
        order = SeededOrder(6, 1, data.start_epoch)
        found = []
        for epoch in range(start, start + count):
            order.set_epoch(epoch)
            found.append(torch.stack([data[i]["image"] for i in sorted(order)]))
        return found

    run, resumed = epochs(0, 4), epochs(2, 2)
    assert torch.equal(run[2], resumed[0]) and torch.equal(run[3], resumed[1])
    assert not torch.equal(run[0], run[2])
