"""Where computed things are kept between runs."""

import os
from pathlib import Path


def cache_root() -> Path:
    """``$ROBUSTFASHION_CACHE``, else ``$XDG_CACHE_HOME/robustfashion``, else ``~/.cache/robustfashion``; not created here.

    Everything below it can be deleted at any time; it is made again when needed.
    """
    own = os.environ.get("ROBUSTFASHION_CACHE")
    if own:
        return Path(own).expanduser()
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared).expanduser() if shared else Path.home() / ".cache") / "robustfashion"
