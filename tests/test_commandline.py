"""Command lines: one line in place of a traceback, exit statuses, sub-commands."""

import errno
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from robustfashion.commandline import Command, dispatch, run
from robustfashion.errors import InputError
from robustfashion.interruption import Terminated

PACKAGE = Path(__file__).resolve().parents[1] / "robustfashion"


@pytest.mark.parametrize(
    ("raised", "status", "text"),
    [
        (InputError("a.jpg: zero bytes"), 2, "error: a.jpg: zero bytes\n"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (BrokenPipeError(), 141, ""),
        (Terminated(signal.SIGTERM), 143, "terminated; finished parts are cached"),
        (Terminated(signal.SIGHUP), 129, "terminated"),
        (PermissionError(errno.EACCES, "Permission denied", "/root/a"), 2, "error: /root/a: Permission denied; choose a place"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "error: No space left on device; the disk is full"),
        (OSError(errno.EMFILE, "Too many open files", "a.jpg"), 2, "error: a.jpg: Too many open files; too many files are open"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "/nowhere/a"), 2, "error: /nowhere/a: No such file"),
        (MemoryError("Unable to allocate 9 TiB"), 2, "error: the machine has no room left (Unable to allocate 9 TiB)"),
        (RuntimeError("can't start new thread"), 2, "error: the machine has no room left (can't start new thread)"),
    ],
)
def test_run(raised, status, text, capsys):
    def main():
        raise raised

    with pytest.raises(SystemExit) as end:
        run(main)
    assert end.value.code == status
    shown = capsys.readouterr().err
    assert shown.startswith(text) and shown.count("\n") == bool(text)


@pytest.mark.parametrize(
    "raised",
    [
        ZeroDivisionError(),
        KeyError("weights"),
        RuntimeError("shapes differ"),
        OSError("features that were written a moment ago are gone"),
        ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
        FileNotFoundError(errno.ENOENT, "No such file or directory", str(PACKAGE / "report" / "page.html.j2")),
        FileNotFoundError(errno.ENOENT, "No such file or directory"),
    ],
)
def test_other_errors_are_bugs_and_stay_visible(raised):
    def main():
        raise raised

    with pytest.raises(type(raised)) as found:
        run(main)
    assert found.value is raised


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
    for arguments, hint in (
        (["ad"], "no such command: 'ad'; did you mean 'add'?"),
        (["zzz"], "no such command: 'zzz'; use one of"),
        (["drop", "--hel"], "unrecognized arguments: --hel; did you mean --help?"),
        (["drop", "--zzz"], "unrecognized arguments: --zzz; see"),
    ):
        with pytest.raises(SystemExit) as end:
            dispatch("python -m numbers", "Numbers.", _asked(seen), arguments)
        shown = capsys.readouterr().err
        assert end.value.code == 2 and hint in shown and shown.count("\n") == 1, shown
    with pytest.raises(SystemExit) as end:
        dispatch("python -m numbers", "Numbers.", _asked(seen), ["--help"])
    shown = capsys.readouterr().out
    assert end.value.code == 0 and "add numbers" in shown and "drop numbers" in shown and "Numbers." in shown


def test_importing_is_light():
    code = "import sys, robustfashion.commandline; sys.exit(any(name in sys.modules for name in ('torch', 'rich', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _in_a_shell(code, redirections):
    program = f"import sys\nfrom robustfashion.commandline import run\n{code}\nrun(main)"
    return subprocess.run(
        f"exec {sys.executable} -c '{program}' {redirections}", shell=True, check=False, capture_output=True, text=True
    )


def test_nobody_listens():
    """A closed stdout or stderr is no error."""
    assert _in_a_shell("def main(): sys.stdout.write(str(7)); return 3", ">&-").returncode == 3
    assert _in_a_shell("def main(): sys.stderr.write(str(7)); return 3", "2>&-").returncode == 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_behind_stdout():
    ended = _in_a_shell("def main(): sys.stdout.write(str(7))", "> /dev/full")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1) and "the disk is full" in ended.stderr, ended.stderr


def test_characters_that_the_terminal_does_not_know():
    """Names in any script, and file names that are not UTF-8, are printed as escapes."""
    code = "import os\ndef main(): sys.stdout.write(chr(0x5F3A) + chr(0xDCE9))"
    program = f"import sys\nfrom robustfashion.commandline import run\n{code}\nrun(main)"
    ended = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, env={"PYTHONIOENCODING": "ascii"})
    assert (ended.returncode, ended.stdout) == (0, b"\\u5f3a\\udce9"), ended.stderr
