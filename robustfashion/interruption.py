"""SIGTERM and SIGHUP as Ctrl-C: the work ends where it is, what is finished stays, and the process is gone in a second or two.

Python runs a signal's handler between two of its own instructions. A long call of a library delays it, and so does a thread that
the interpreter waits for at its end. So a thread of ours, which the system wakes at once, ends the process where it takes longer;
and the libraries are not taken down one by one, which takes seconds where torch is loaded.
Files are written under a temporary name (:mod:`robustfashion.atomic`), which is removed then, so that nothing half-made is left.
"""

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

MESSAGE = "finished parts are cached, run the same command again to go on\n"
"""Behind ``interrupted;`` or ``terminated;``."""
TO_NOTICE_S = 1.0
"""Seconds in which a signal should reach Python."""
TO_LEAVE_S = 2.5
"""Seconds in which the process should end after that: pictures under way are finished, what was learned is written."""

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
_STOP = b"\0"  # no signal has this number
_watches: "list[_Watch]" = []
_noticed: list[int] = []


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP; whoever is ready for Ctrl-C is ready for it.

    Args:
        number: of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def raising() -> Iterator[None]:
    """Within the block, SIGTERM and SIGHUP raise :class:`Terminated` in the main thread; a second one ends the process at once.

    A signal that is ignored (``nohup``) or that somebody else handles stays as it is. Elsewhere than in the main thread nothing
    is done.
    """
    caught = [number for number in _SIGNALS if signal.getsignal(number) is signal.SIG_DFL]
    if not caught or threading.current_thread() is not threading.main_thread():
        yield
        return
    watch = _Watch()

    def handle(number: int, _: FrameType | None) -> None:
        """As Ctrl-C."""
        _reset(caught)
        watch.noticed.set()
        _noticed.append(number)
        raise Terminated(number)

    for number in caught:
        signal.signal(number, handle)
    try:
        yield
    finally:
        if not watch.noticed.is_set():
            _reset(caught)
            watch.stop()


def _reset(numbers: Iterable[int]) -> None:
    for number in numbers:
        signal.signal(number, signal.SIG_DFL)


class _Watch:
    """The thread that ends the process where Python does not."""

    def __init__(self) -> None:
        self.noticed = threading.Event()
        self._over = threading.Event()
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self._former = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._thread = threading.Thread(target=self._run, name="signals", daemon=True)
        self._thread.start()
        _watches.append(self)

    def stop(self) -> None:
        """The block is over, and the process goes on."""
        _watches.remove(self)
        _noticed.clear()
        self._over.set()
        signal.set_wakeup_fd(self._former)
        os.write(self._write, _STOP)
        self._thread.join()
        os.close(self._write)
        os.close(self._read)

    def _run(self) -> None:
        while True:
            found = os.read(self._read, 64)
            if not found or _STOP in found:
                return
            numbers = [number for number in found if number in _SIGNALS]
            if numbers:
                break
        if not self.noticed.wait(TO_NOTICE_S):
            with suppress(OSError, ValueError, AttributeError):
                sys.stderr.write(f"terminated; {MESSAGE}")
        elif self._over.wait(TO_LEAVE_S):
            return
        _end(128 + numbers[0])


before_end: list[Callable[[], object]] = []
"""Called where a process is ended that does not end itself."""


def _end(status: int) -> None:
    """End this process and those that it started: workers would wait for it forever."""
    for clean in before_end:
        with suppress(OSError, RuntimeError):
            clean()
    if "multiprocessing" in sys.modules:
        for child in sys.modules["multiprocessing"].active_children():
            child.terminate()
    os._exit(status)


def _in_child() -> None:
    """A forked process has no watching thread, and must not write into its parent's pipe."""
    if not _watches:
        return
    _noticed.clear()
    with suppress(ValueError):  # not the main thread
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:
            if getattr(signal.getsignal(number), "__module__", None) == __name__:
                signal.signal(number, signal.SIG_DFL)


def _leave() -> None:
    """After a signal, and after all that others want done at the end of the process: gone."""
    if not _noticed:
        return
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(128 + _noticed[0])


atexit.register(_leave)  # first, so that it is called last
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
