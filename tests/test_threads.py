"""Work shared among threads, and BLAS on one: in order, nested, by several callers at once, after a fork."""

import ast
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from robustfashion import threads as pool
from robustfashion.threads import each, one_blas_thread, pieces, threads_of

PACKAGE = Path(pool.__file__).parent


def test_threads_asked_for():
    assert threads_of(3) == 3 and threads_of(None) == pool.threads() >= 1
    with pytest.raises(ValueError, match="threads = 0"):
        threads_of(0)


def test_nobody_else_limits_blas():
    """A limit is the process's: whoever set one beside this module would take it off other callers."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "threadpoolctl":
                found.add(path.relative_to(PACKAGE).as_posix())
    assert found == {"threads.py"}


LATE = """
from robustfashion.threads import one_blas_thread
with one_blas_thread():
    pass
import numpy, scipy.linalg
from threadpoolctl import threadpool_info
with one_blas_thread():
    print({library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"})
"""


def test_a_blas_that_comes_later_is_limited_too():
    environment = os.environ | {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", LATE], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "{1}\n"


def test_parts_keep_their_order_and_may_hold_parts(monkeypatch):
    monkeypatch.setattr(pool, "threads", lambda: 2)
    assert pieces(10, 4) == [slice(0, 4), slice(4, 8), slice(8, 10)] and pieces(0, 4) == []

    def inner(part: slice) -> list[int]:
        return each(lambda one: part.start + one.start, pieces(3, 1))

    assert each(inner, pieces(6, 3)) == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(ZeroDivisionError):
        each(lambda part: 1 // part.start, pieces(6, 3))


def blas():
    """Threads that a BLAS may use."""
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_callers_at_once_each_have_blas_on_one_thread():
    """The one that begins first and ends first takes the limit off nobody, and it is off at the end."""
    seen = []

    def second():
        with one_blas_thread():
            time.sleep(0.2)
            seen.append(blas())

    def elsewhere(work, *args):
        """By a thread that ends, since whoever sets a limit and stays keeps others from it."""
        thread = threading.Thread(target=work, args=args)
        thread.start()
        return thread

    before = blas()
    elsewhere(threadpool_limits, 2, "blas").join()
    if blas() != {2}:
        pytest.skip("this BLAS has a limit for each thread, or none")
    try:
        with one_blas_thread():
            other = elsewhere(second)
            time.sleep(0.1)
            assert blas() == {1}
        other.join(20)
        assert seen == [{1}] and blas() == {2}
    finally:
        elsewhere(threadpool_limits, max(before), "blas").join()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_process_has_threads_of_its_own(monkeypatch):
    monkeypatch.setattr(pool, "threads", lambda: 2)
    each(lambda part: part.start, pieces(6, 1))
    held, forked = threading.Event(), threading.Event()

    def at_work():
        """Another thread that scores meanwhile, and stays behind."""
        with one_blas_thread():
            held.set()
            forked.wait(20)

    other = threading.Thread(target=at_work)
    other.start()
    held.wait(20)
    child = multiprocessing.get_context("fork").Process(target=each, args=(lambda part: part.start, pieces(6, 1)))
    child.start()
    forked.set()
    other.join(20)
    child.join(20)
    alive, code = child.is_alive(), child.exitcode
    child.kill()
    assert not alive and code == 0
