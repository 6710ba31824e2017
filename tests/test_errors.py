"""Command lines end with one line, never a traceback; where and why of an error stay apart."""

import pickle

import pytest

from robustfashion import cli
from robustfashion.errors import InputError


@pytest.mark.parametrize(
    ("raised", "status", "text"),
    [(InputError("a.jpg: zero bytes"), 2, "error: a.jpg: zero bytes\n"), (KeyboardInterrupt(), 130, "interrupted")],
)
def test_run(raised, status, text, capsys):
    def main():
        raise raised

    with pytest.raises(SystemExit) as end:
        cli.run(main)
    assert end.value.code == status
    assert capsys.readouterr().err.startswith(text)


def test_other_errors_are_bugs_and_stay_visible():
    with pytest.raises(ZeroDivisionError):
        cli.run(lambda: 1 / 0)


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
