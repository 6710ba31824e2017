"""Progress on stderr: a bar on a terminal; in a log a line of each finished step, and of a long one every half minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console

EVERY_S = 30.0
"""Seconds between two lines of a step in a log."""


@dataclass
class _Step:
    """What is being done."""

    what: str
    began: float
    told: float
    """When something was last said about it."""
    first: int
    """Done when it began: of work that goes on where it stopped."""
    done: int = 0


class ProgressBar:
    """A ``(what, done, total)`` callback that draws a bar on stderr; one line stays of each finished step.

    Without a terminal there is no bar, but a line every half minute, with count, rate and the time that is left. A step told of
    within another one lies inside it; the outer one goes on afterwards.

    Args:
        console: where to; None: stderr.
        clock: seconds.
    """

    def __init__(self, console: "Console | None" = None, clock: Callable[[], float] = time.monotonic) -> None:
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
        self._shown: str | None = None
        self._task = self._bars.add_task("starting", total=None)
        self._clock = clock
        self._open: list[_Step] = []

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        while self._open:
            self._finish()
        if self._console.is_terminal:
            self._bars.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` are done of ``what``."""
        step = self._step(what, done)
        step.done = done
        if self._console.is_terminal:
            self._draw(what, done, total)
        elif self._clock() - step.told >= EVERY_S and done < total:
            self._tell(step, total)
        if done >= total:
            self._finish()

    def _step(self, what: str, done: int) -> _Step:
        """The step of that name, innermost from now on: what lay inside it and was left before its end is finished."""
        if any(step.what == what for step in self._open):
            while self._open[-1].what != what:
                self._finish()
        else:
            now = self._clock()
            self._open.append(_Step(what, now, now, done))
        return self._open[-1]

    def _draw(self, what: str, done: int, total: int) -> None:
        if what != self._shown:
            self._shown = what
            self._bars.reset(self._task, total=total, description=what)
        self._bars.update(self._task, completed=done, total=total)

    def _tell(self, step: _Step, total: int) -> None:
        now = self._clock()
        rate = (step.done - step.first) / (now - step.began)
        left = f", {rate:.3g} a second, {_duration((total - step.done) / rate)} left" if rate else ""
        self._print(f"{step.what}: {step.done:,} of {total:,} ({step.done / total:.0%}){left}")
        for outer in self._open:
            outer.told = now

    def _finish(self) -> None:
        step = self._open.pop()
        now = self._clock()
        self._print(f"{step.what} ({now - step.began:.1f} s)")
        for outer in self._open:
            outer.told = now

    def _print(self, text: str) -> None:
        self._console.print(f"  {text}", markup=False, highlight=False, soft_wrap=True)


def _duration(seconds: float) -> str:
    """``40 s``, ``12 min``, ``3 h 05 min``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02} min"
