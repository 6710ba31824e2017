"""Parameters of scene and cloth that have one value in every picture: the dial ``fixed``."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from robustfashion.data.synthetic.parameters import Value, parameters, ranges
from robustfashion.errors import InputError

_QUOTED = "words with a colon, yes and no need quotes in YAML"


def checked(fixed: Mapping[str, object]) -> dict[str, Value]:
    """The values as pictures are drawn from them: numbers as floats; ``True`` and ``False``, YAML's yes and no, as words.

    Raises:
        InputError: an unknown parameter, a word that is not among the parameter's own, a number outside its limits.
    """
    return {name: _checked(name, value) for name, value in fixed.items()}


def of(file: str, fixed: Mapping[str, Value]) -> dict[str, Value]:
    """Those fixed values that belong to ``ranges/<file>.yaml``."""
    return {name: value for name, value in fixed.items() if name in parameters(file).rules}


def _checked(name: str, value: object) -> Value:
    words, limits = _words(), _limits()
    if name in words:
        word = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
        if word not in words[name]:
            raise InputError(f"fixed {name} is {value!r}; use one of {', '.join(words[name])} ({_QUOTED})")
        return str(word)
    if name not in limits:
        raise InputError(f"fixed names the parameter {name!r}; use {', '.join([*words, *limits])}")
    low, high = limits[name]
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")
    if not low <= number <= high:
        raise InputError(f"fixed {name} is {value!r}; it is a number from {low:g} to {high:g}")
    if name == "quality" and number != int(number):
        raise InputError(f"fixed quality is {value!r}; a JPEG quality is a whole number")
    return number


@cache
def _words() -> dict[str, tuple[str, ...]]:
    """The words that a parameter can have, by parameter."""
    found = {name: _named(rule) for file in ("scene", "fabric") for name, rule in ranges(file).items()}
    return {name: words for name, words in found.items() if words}


def _named(rule: Any) -> tuple[str, ...]:  # noqa: ANN401 - any YAML value
    """Names that a rule chooses among, in order; none where it gives numbers."""
    if not isinstance(rule, dict):
        return ()
    if "of" in rule:
        return tuple(dict.fromkeys(word for inner in rule["of"].values() for word in _named(inner)))
    return tuple(str(word) for word in rule.get("choice", ()))


@cache
def _limits() -> dict[str, tuple[float, float]]:
    """Least and greatest value of the parameters that are numbers."""
    calm = {name: rule[1:] for name, rule in ranges("calm").items() if isinstance(rule, list)}
    return {name: (float(low), float(high)) for name, (low, high) in (calm | ranges("limits")).items()}
