"""Progress on the terminal: one line for what is being done now, one printed line for what is done."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class RichProgress:
    """A ``(what, done, total)`` callback that draws a bar; without a terminal it prints one line per finished step."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._bars = Progress(*columns, console=console, transient=True)
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
