"""Command lines: one line in place of a traceback, exit statuses, sub-commands, progress with and without a terminal."""

import io
import subprocess
import sys

import pytest
from rich.console import Console

from robustfashion.commandline import Command, ProgressBar, dispatch, run
from robustfashion.errors import InputError


@pytest.mark.parametrize(
    ("raised", "status", "text"),
    [
        (InputError("a.jpg: zero bytes"), 2, "error: a.jpg: zero bytes\n"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (BrokenPipeError(), 141, ""),
    ],
)
def test_run(raised, status, text, capsys):
    def main():
        raise raised

    with pytest.raises(SystemExit) as end:
        run(main)
    assert end.value.code == status
    assert capsys.readouterr().err.startswith(text)


def test_other_errors_are_bugs_and_stay_visible():
    with pytest.raises(ZeroDivisionError):
        run(lambda: 1 // 0)


@pytest.mark.parametrize("status", [None, 0, 1, 3])
def test_status(status):
    if not status:
        run(lambda: status)
        return
    with pytest.raises(SystemExit) as end:
        run(lambda: status)
    assert end.value.code == status


def test_a_reader_who_leaves():
    """As ``| head -1``: status 141, and nothing on stderr."""
    code = (
        "from robustfashion.commandline import run\nimport sys\n"
        "def main():\n    for number in range(100_000): sys.stdout.write(f'{number}\\n')\n"
        "run(main)"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == b"0\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 141
    process.stderr.close()


def _asked(commands_seen):
    def arguments(parser):
        parser.add_argument("count", type=int)

    def add(parsed):
        commands_seen.append(parsed.count)
        return parsed.count

    return {"add": Command("add numbers", arguments, add), "drop": Command("drop numbers", lambda _: None, lambda _: 0)}


def test_dispatch(capsys):
    seen = []
    dispatch("python -m numbers", "Numbers.", _asked(seen), ["add", "0"])
    with pytest.raises(SystemExit) as end:
        dispatch("python -m numbers", "Numbers.", _asked(seen), ["add", "3"])
    assert seen == [0, 3] and end.value.code == 3
    with pytest.raises(SystemExit) as end:
        dispatch("python -m numbers", "Numbers.", _asked(seen), ["add", "three"])
    assert end.value.code == 2 and "python -m numbers add: error" in capsys.readouterr().err
    with pytest.raises(SystemExit) as end:
        dispatch("python -m numbers", "Numbers.", _asked(seen), ["--help"])
    shown = capsys.readouterr().out
    assert end.value.code == 0 and "add numbers" in shown and "drop numbers" in shown and "Numbers." in shown


def test_without_a_terminal_one_line_per_finished_step():
    text = io.StringIO()
    with ProgressBar(Console(file=text)) as progress:
        for done in range(4):
            progress("reading [a]", done, 3)
        progress("asking", 1, 2)
    lines = [line for line in text.getvalue().splitlines() if line.strip()]
    assert [line.split(" (")[0] for line in lines] == ["  reading [a]", "  asking"]
    assert all(line.endswith(" s)") for line in lines)


def test_on_a_terminal_a_bar_counts():
    text = io.StringIO()
    with ProgressBar(Console(file=text, force_terminal=True, width=80)) as progress:
        progress("reading", 2, 7)
    assert "2/7" in text.getvalue() and "reading" in text.getvalue()


def test_without_steps_nothing_is_printed():
    text = io.StringIO()
    with ProgressBar(Console(file=text)):
        pass
    assert not text.getvalue().strip()


def test_importing_is_light():
    code = "import sys, robustfashion.commandline; sys.exit(any(name in sys.modules for name in ('torch', 'rich', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
