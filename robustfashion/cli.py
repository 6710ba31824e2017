"""What all command lines share: one clear line for an error, and a quiet end on Ctrl-C."""

import sys
from collections.abc import Callable

from robustfashion.errors import InputError


def run(main: Callable[[], object]) -> None:
    """Run ``main``; an :class:`InputError` becomes one line on stderr and exit status 2, Ctrl-C becomes 130."""
    try:
        main()
    except InputError as error:
        sys.stderr.write(f"error: {error}\n")
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; finished parts are cached, run the same command again to go on\n")
        raise SystemExit(130) from None
    except BrokenPipeError:
        raise SystemExit(141) from None
