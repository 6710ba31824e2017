"""Where and why of an error stay apart."""

import pickle

import pytest

from robustfashion.errors import InputError


@pytest.mark.parametrize(
    ("error", "where", "why", "text"),
    [
        (InputError("zero bytes", where="a: b.jpg"), "a: b.jpg", "zero bytes", "a: b.jpg: zero bytes"),
        (InputError("workers is 0; it must be at least 1"), None, "workers is 0; it must be at least 1", None),
    ],
)
def test_where_and_why(error, where, why, text):
    for same in (error, pickle.loads(pickle.dumps(error))):  # as it comes out of a worker process
        assert (same.where, same.why, str(same)) == (where, why, text or why)
