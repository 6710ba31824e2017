"""Where computed things are kept between runs."""

import os
from pathlib import Path

from robustfashion.errors import InputError
from robustfashion.system_errors import WriteError, check_place


def cache_root() -> Path:
    """``$ROBUSTFASHION_CACHE``, else ``$XDG_CACHE_HOME/robustfashion``, else ``~/.cache/robustfashion``; not created here.

    Everything below it can be deleted at any time; it is made again when needed.

    Raises:
        InputError: there is no home folder.
    """
    own = os.environ.get("ROBUSTFASHION_CACHE")
    shared = os.environ.get("XDG_CACHE_HOME")
    try:
        if own:
            return Path(own).expanduser()
        return (Path(shared).expanduser() if shared else Path.home() / ".cache") / "robustfashion"
    except RuntimeError as error:  # a container's user without a name and without HOME
        raise InputError("this user has no home folder for the cache; name a folder by ROBUSTFASHION_CACHE") from error


def usable_cache(given: Path | None = None) -> Path:
    """The folder of the cache, which can be written to or made; not made here.

    Args:
        given: by whoever asks; None: :func:`cache_root`.

    Raises:
        InputError: it cannot be written to, or there is no home folder; the message names ROBUSTFASHION_CACHE.
    """
    folder = cache_root() if given is None else given
    try:
        check_place(folder)
    except WriteError as error:
        why = f"the cache {error.why.partition('; ')[0]}; name a folder that you may write to by ROBUSTFASHION_CACHE"
        raise WriteError(why, error.where, error.errno) from error
    return folder
