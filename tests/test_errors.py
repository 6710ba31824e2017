"""Where and why of an error stay apart."""

import pickle

import pytest

from robustfashion.errors import InputError, first_line, printable


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


def test_text_from_elsewhere_is_one_printable_line():
    assert printable("a\nb\x1b[2J\udcffé\u202e\ud800") == "a\\nb\\x1b[2J\\xffé\\u202e\\ud800"
    assert first_line(ValueError("\n one\x0btwo\nthree")) == "one" and first_line(ValueError(" ")) == "ValueError"
    assert first_line(ValueError("abcde"), 3) == "abc"
