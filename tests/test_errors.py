"""Command lines end with one line, never a traceback."""

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
