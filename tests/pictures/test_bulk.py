"""Bulk work in threads: order, bounded look-ahead, a clean end."""

import threading
import time

import pytest

from robustfashion.errors import InputError
from robustfashion.pictures.bulk import ordered_map
from robustfashion.progress import silent


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_order(workers):
    def slow_first(k):
        time.sleep(0.002 * (k % 3 == 0))
        return k * k

    assert list(ordered_map(slow_first, range(31), workers)) == [k * k for k in range(31)]


def test_no_more_than_a_few_items_are_under_way():
    taken = []
    results = ordered_map(lambda k: k, (taken.append(k) or k for k in range(1000)), 2)
    assert next(results) == 0
    assert len(taken) <= 8
    results.close()
    assert len(taken) <= 8


def test_an_error_ends_the_work():
    done = []

    def fail_at_3(k):
        if k == 3:
            raise InputError("three")
        done.append(k)

    with pytest.raises(InputError, match="three"):
        list(ordered_map(fail_at_3, range(1000), 2))
    assert len(done) < 20
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ThreadPoolExecutor")]


def test_workers_are_checked():
    with pytest.raises(InputError, match="workers is 0"):
        list(ordered_map(str, [1], 0))


def test_silent_takes_what_progress_takes():
    assert silent("reading", 1, 2) is None
