"""How long work tells how far it is: a callback, drawn by whoever has a terminal."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called in the main thread with what is being done, how many are done, how many there are."""


def silent(what: str, done: int, total: int) -> None:
    """A progress callback that says nothing."""
