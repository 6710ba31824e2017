"""What all command lines share: sub-commands from a dict, errors in one clear line, exit statuses."""

import argparse
import difflib
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from robustfashion import interruption, machine, system_errors
from robustfashion.errors import InputError, printable

UNUSABLE_INPUT, INTERRUPTED, BROKEN_PIPE = 2, 130, 141
"""Exit statuses of every command line; the last two are a shell's for SIGINT and SIGPIPE."""

_NO_MEMORY = ("can't allocate memory", "CUDA out of memory", "MPS backend out of memory", "can't start new thread")
"""Words by which torch and Python say, by a RuntimeError, that the machine has no more to give."""


class Parser(argparse.ArgumentParser):
    """argparse with the manners of all our command lines.

    Options are written in full, and the name that a wrong one is nearest to is said.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - argparse's own
        super().__init__(*arguments, **{"allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        """One line, with the nearest choice where one is near; status 2."""
        found = re.search(r"argument COMMAND: invalid choice: '(.*?)' \(choose from (.*)\)", message)
        if found is not None:
            near = difflib.get_close_matches(found[1], re.findall(r"[\w-]+", found[2]), n=1)
            message = f"no such command: {found[1]!r}; " + (f"did you mean {near[0]!r}?" if near else f"use one of {found[2]}")
        unknown = re.match(r"unrecognized arguments: (--[^\s=]+)", message)
        if unknown is not None:
            message += nearest_option(unknown[1], self)
        self.exit(UNUSABLE_INPUT, f"{self.prog}: error: {message}; see {self.prog} --help\n")


def nearest_option(given: str, parser: argparse.ArgumentParser) -> str:
    """``; did you mean --size?`` for an option that the parser does not know; empty where none is near."""
    known = [name for action in _all_actions(parser) for name in action.option_strings]
    begun = [name for name in known if name.startswith(given) and len(given) > len("--a")]
    near = begun or difflib.get_close_matches(given, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _all_actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _all_actions(inner)


def path(text: str) -> Path:
    """A path from the command line, for ``type=``; ``~`` is the home folder, behind ``=`` too, where shells leave it."""
    if not text:
        raise argparse.ArgumentTypeError("the path is empty")
    return system_errors.expanded(text)


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

    An :class:`InputError` becomes one line on stderr and status 2, and so does what the operating system refuses; Ctrl-C becomes
    130, SIGTERM 143, a reader who has left (``| head``) 141. Any other error is a bug and keeps its traceback.
    """
    machine.set_up()
    _prepare_streams()
    try:
        with interruption.raising():
            status = main()
            sys.stdout.flush()
    except KeyboardInterrupt as stop:
        number = stop.number if isinstance(stop, interruption.Terminated) else None
        sys.stderr.write(f"{'interrupted' if number is None else 'terminated'}; {interruption.MESSAGE}")
        raise SystemExit(INTERRUPTED if number is None else 128 + number) from None
    except BrokenPipeError:
        with suppress(OSError, ValueError):  # no file descriptor behind it; what is buffered goes nowhere, without a complaint
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(BROKEN_PIPE) from None
    except Exception as error:
        message = _expected(error)
        if message is None:
            raise
        sys.stderr.write(f"error: {printable(' '.join(message.splitlines()))}\n")
        _forget_output(error)
        raise SystemExit(UNUSABLE_INPUT) from None
    if status:
        raise SystemExit(status)


def _expected(error: Exception) -> str | None:
    """An error that is no bug, in words; None: it is one."""
    if isinstance(error, InputError):
        return str(error)
    if isinstance(error, OSError):
        return system_errors.in_words(error) if system_errors.is_expected(error) else None
    if isinstance(error, MemoryError) or any(words in str(error) for words in _NO_MEMORY):
        reason = str(error).strip().partition("\n")[0] or "no more memory"
        return f"the machine has no room left ({reason}); use fewer pictures, workers or a smaller batch, or close other programs"
    return None


def _prepare_streams() -> None:
    """Write where nobody reads (``>&-``), and characters that the terminal does not know as escapes."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as the process lives
        elif getattr(stream, "errors", None) == "strict" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _forget_output(error: Exception) -> None:
    """What is buffered for a full disk is not tried again at the end of the process, with a complaint of its own."""
    if isinstance(error, OSError):
        with suppress(OSError, ValueError, AttributeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def dispatch(program: str, description: str, commands: Mapping[str, Command], argv: list[str] | None) -> None:
    """Run the sub-command that the arguments name.

    Args:
        program: as ``python -m robustfashion.data``, for help texts.
        description: of the program.
        commands: by name, in the order of the help text.
        argv: without the program's name; None = the process's own.
    """

    def main() -> int:
        """Parse and run."""
        parser = Parser(prog=program, description=description)
        parsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        for name, command in commands.items():
            command.arguments(parsers.add_parser(name, help=command.help, description=command.help))
        arguments = parser.parse_args(argv)
        return commands[arguments.command].run(arguments)

    run(main)
