"""All resize methods by name."""

import difflib
import fnmatch

from robustfashion.errors import InputError
from robustfashion.resize import (
    affine_op,
    djl,
    halving,
    imgscalr,
    java2d,
    java_image,
    opencv,
    pillow,
    tensorflow,
    thumbnailator,
    torch,
    twelvemonkeys,
)
from robustfashion.resize.method import Method

_LIBRARIES = (
    pillow, opencv, torch, java2d, java_image, affine_op, halving, thumbnailator, imgscalr, twelvemonkeys, tensorflow, djl,
)  # fmt: skip

METHODS: dict[str, Method] = {method.name: method for library in _LIBRARIES for method in library.METHODS}
"""All resize methods by name, ``library.filter``."""

_OF_JAVA = (java2d, java_image, affine_op, halving, thumbnailator, imgscalr, twelvemonkeys)


def is_java(name: str) -> bool:
    """Whether pictures that went through this preprocessing (``java2d.bilinear+jpeg75``, say) were resized by Java code."""
    return name.split("+")[0] in {method.name for library in _OF_JAVA for method in library.METHODS}


def check_method(name: str) -> Method:
    """The method of this name.

    Raises:
        InputError: there is none; the message lists names that are near.
    """
    method = METHODS.get(name) if isinstance(name, str) else None
    if method is None:
        raise InputError(f"unknown resize method {name!r}; {_suggestion(str(name))}")
    return method


def methods_like(text: str) -> list[str]:
    """Methods that a shell's pattern stands for (``java2d.*``, ``*``), with what follows its first ``+``; else ``text`` alone.

    Raises:
        InputError: a pattern that stands for none.
    """
    pattern, plus, options = text.partition("+")
    if not any(sign in pattern for sign in "*?["):
        return [text]
    found = fnmatch.filter(METHODS, pattern)
    if not found:
        raise InputError(f"no resize method is like {pattern!r}; `python -m robustfashion.resize --list` names all")
    return [f"{name}{plus}{options}" for name in found]


def _suggestion(name: str) -> str:
    library, _, filter_name = name.partition(".")
    near = [known for known in METHODS if known.split(".")[0] == library or known.split(".")[1] in (filter_name, name)]
    near = difflib.get_close_matches(name, METHODS, n=3, cutoff=0.7) or near
    if near:
        return f"did you mean {', '.join(near)}? `python -m robustfashion.resize --list` names all"
    return f"methods are {', '.join(METHODS)}"
