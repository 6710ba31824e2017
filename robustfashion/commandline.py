"""What all command lines share: sub-commands from a dict, a progress bar, errors in one clear line, exit statuses."""

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from robustfashion import machine
from robustfashion.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

UNUSABLE_INPUT, INTERRUPTED, BROKEN_PIPE = 2, 130, 141
"""Exit statuses of every command line; the last two are a shell's for SIGINT and SIGPIPE."""


@dataclass(frozen=True)
class Command:
    """A sub-command: its help, its arguments, what it does."""

    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    """Prints what was made; returns the exit status."""


def run(main: Callable[[], int | None]) -> None:
    """Run ``main`` and end the process with the status that it returns; None and 0 return to the caller.

    Before it, threads and memory are set up (:func:`robustfashion.machine.set_up`), since ``main`` loads heavy libraries.

    An :class:`InputError` becomes one line on stderr and status 2, Ctrl-C becomes 130, a reader who has left (``| head``) 141.
    """
    machine.set_up()
    try:
        status = main()
    except InputError as error:
        sys.stderr.write(f"error: {error}\n")
        raise SystemExit(UNUSABLE_INPUT) from None
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; finished parts are cached, run the same command again to go on\n")
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        with suppress(OSError, ValueError):  # no file descriptor behind it; what is buffered goes nowhere, without a complaint
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(BROKEN_PIPE) from None
    if status:
        raise SystemExit(status)


def dispatch(program: str, description: str, commands: Mapping[str, Command], argv: list[str] | None) -> None:
    """Run the sub-command that the arguments name.

    Args:
        program: as ``python -m robustfashion.data``, for help texts.
        description: of the program.
        commands: by name, in the order of the help text.
        argv: without the program's name; None = the process's own.
    """
    parser = argparse.ArgumentParser(prog=program, description=description)
    parsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in commands.items():
        command.arguments(parsers.add_parser(name, help=command.help, description=command.help))
    arguments = parser.parse_args(argv)
    run(lambda: commands[arguments.command].run(arguments))


class ProgressBar:
    """A ``(what, done, total)`` callback that draws a bar on stderr; one line stays of each finished step.

    Without a terminal only those lines are printed.
    """

    def __init__(self, console: "Console | None" = None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        self._console = Console(stderr=True) if console is None else console
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bars = Progress(*columns, console=self._console, transient=True)
        self._current: str | None = None
        self._task = self._bars.add_task("starting", total=None)
        self._started = time.monotonic()

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._finish()
        self._bars.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` are done of ``what``."""
        if what != self._current:
            self._finish()
            self._current, self._started = what, time.monotonic()
            self._bars.reset(self._task, total=total, description=what)
        self._bars.update(self._task, completed=done, total=total)

    def _finish(self) -> None:
        if self._current is not None:
            seconds = time.monotonic() - self._started
            self._console.print(f"  {self._current} ({seconds:.1f} s)", markup=False, highlight=False)
        self._current = None
