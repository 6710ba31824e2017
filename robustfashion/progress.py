"""How long work tells how far it is: a callback, drawn by whoever has a terminal, and timed by whoever wants to know."""

import time
from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called in the main thread with what is being done, how many are done, how many there are."""


def silent(what: str, done: int, total: int) -> None:
    """A progress callback that says nothing."""


class StageTimes:
    """A progress callback that adds up the seconds of each stage, whatever it is called, and tells another one.

    A stage begins when it is first told of and ends when all of it is done. A stage told of meanwhile lies inside it: its
    time is its own, and the outer stage goes on afterwards.

    Args:
        progress: is told the same.
        clock: seconds.
    """

    def __init__(self, progress: Progress = silent, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds: dict[str, float] = {}
        """By stage, in the order of their first ends."""
        self._progress = progress
        self._clock = clock
        self._began = self._last = clock()
        self._open: list[str] = []

    def __call__(self, what: str, done: int, total: int) -> None:
        """``done`` of ``total`` are done of ``what``."""
        self._charge()
        if what in self._open:
            del self._open[self._open.index(what) + 1 :]  # what lay inside it and was left before its end
        else:
            self._open.append(what)
        if done >= total:
            self._open.pop()
        self._progress(what, done, total)

    def total(self) -> float:
        """Seconds since the start, stages or not."""
        return self._clock() - self._began

    def _charge(self) -> None:
        now = self._clock()
        if self._open:
            self.seconds[self._open[-1]] = self.seconds.get(self._open[-1], 0.0) + now - self._last
        self._last = now
