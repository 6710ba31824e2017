"""Thresholds from the plain values that JSON and YAML hold: damaged ones are refused by name and field."""

import math
from collections.abc import Callable, Mapping
from typing import Any, get_args

from robustfashion.errors import InputError
from robustfashion.rejection.thresholds.rates import Rate
from robustfashion.rejection.thresholds.threshold import FORMAT, AnyThreshold, BatchThreshold, Promise, Threshold, What


def read_threshold(values: object, where: str) -> AnyThreshold:
    """The inverse of ``threshold.plain()``; fields that are not known are left out.

    Args:
        values: from a file.
        where: file and field, for messages.

    Raises:
        InputError: another format, a field missing, of another type, or out of range.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"{where}: is {values!r}; expected the table of a threshold")
    if values.get("format") != FORMAT:
        raise InputError(f"{where}: format is {values.get('format')!r}; this robustfashion reads format {FORMAT}")
    reads: dict[Any, Callable[[_Fields], AnyThreshold]] = {"rows": _rows, "batch": _batch}
    kind = values.get("kind")
    if kind not in reads:
        raise InputError(f"{where}: kind is {kind!r}; there are {', '.join(reads)}")
    try:
        return reads[kind](_Fields(values, where))
    except InputError as error:
        raise error if str(error).startswith(where) else InputError(f"{where}: {error}") from error


class _Fields:
    """Fields of one table, each of the type that is asked for."""

    def __init__(self, values: Mapping[Any, Any], where: str) -> None:
        self.values, self.where = values, where

    def get(self, name: str, kind: Any, expected: str) -> Any:  # noqa: ANN401 - as ``kind`` says
        """A field of one of these kinds."""
        value = self.values.get(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise InputError(f"{self.where}: {name} is {value!r}; expected {expected}")
        return value

    def text(self, name: str) -> str:
        """A field that is text."""
        return str(self.get(name, str, "a text"))

    def number(self, name: str) -> float:
        """A field that is a finite number."""
        value = float(self.get(name, int | float, "a number"))
        if not math.isfinite(value):
            raise InputError(f"{self.where}: {name} is {value}; expected a finite number")
        return value

    def share(self, name: str) -> float:
        """A field that is a number in 0..1."""
        value = self.number(name)
        if not 0 <= value <= 1:
            raise InputError(f"{self.where}: {name} is {value}; expected a share from 0 to 1")
        return value

    def count(self, name: str) -> int:
        """A field that is a whole number, 0 or greater."""
        value = int(self.get(name, int, "a count"))
        if value < 0:
            raise InputError(f"{self.where}: {name} is {value}; expected a count")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A field that is a list of texts."""
        found = self.get(name, list | tuple, "a list of texts")
        if not all(isinstance(item, str) for item in found):
            raise InputError(f"{self.where}: {name} is {found!r}; expected a list of texts")
        return tuple(found)

    def inner(self, name: str) -> "_Fields | None":
        """A field that is a mapping itself; None where it is null."""
        found = self.get(name, Mapping | None, "a table, or nothing")
        return None if found is None else _Fields(found, f"{self.where}: {name}")


def _rows(f: _Fields) -> Threshold:
    own = f.inner("by_class") or _Fields({}, "")
    new = f.get("on_new_data", list | tuple | None, "two shares, or nothing")
    bounds = None if new is None else _Fields(dict(zip(("low", "high"), new, strict=False)), f"{f.where}: on_new_data")
    return Threshold(
        f.text("score"), f.text("rule"), f.texts("classes"), f.number("overall"),
        {str(name): -math.inf if value is None else own.number(name) for name, value in own.values.items()},
        _promise(f.inner("promise")), f.count("rows"), f.count("products"), _rate(f.inner("refused")), _rate(f.inner("risk")),
        None if bounds is None else (bounds.share("low"), bounds.share("high")), f.texts("notes"),
    )  # fmt: skip


def _batch(f: _Fields) -> BatchThreshold:
    promise, reference = _promise(f.inner("promise")), f.get("reference", list | tuple, "a list of numbers")
    if promise is None:
        raise InputError(f"{f.where}: promise is missing")
    if not all(isinstance(x, int | float) and math.isfinite(x) for x in reference) or list(reference) != sorted(reference):
        raise InputError(f"{f.where}: reference holds other things than finite numbers in ascending order")
    return BatchThreshold(
        f.text("score"), f.text("rule"), f.texts("classes"), f.share("level"), tuple(map(float, reference)), promise,
        f.count("rows"), f.count("products"), f.texts("notes"),
    )  # fmt: skip


def _promise(f: _Fields | None) -> Promise | None:
    if f is None:
        return None
    what = {name: name for name in get_args(What)}.get(f.text("what"))
    if what is None:
        raise InputError(f"{f.where}: what is {f.text('what')!r}; there are {', '.join(get_args(What))}")
    by_class = f.values.get("by_class", False)
    if not isinstance(by_class, bool):
        raise InputError(f"{f.where}: by_class is {by_class!r}; expected true or false")
    return Promise(what, f.share("rate"), None if f.values.get("confidence") is None else f.share("confidence"), by_class)


def _rate(f: _Fields | None) -> Rate | None:
    if f is None:
        return None
    value, low, high = (f.share(name) for name in ("value", "low", "high"))
    return Rate(value, low, high, f.count("rows"), f.count("products"), f.number("effective"))
