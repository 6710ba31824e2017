"""JSON values back into dataclasses, field by field, so that a damaged field is named.

The fields' type hints say what may stand there: dataclasses, literals, sequences, tuples, dicts, text, numbers, None and ``Any``.
"""

import reprlib
import sys
from collections.abc import Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
_JSON: dict[Any, type | UnionType] = {
    str: str, int: int, float: int | float, bool: bool, NoneType: NoneType, dict: dict, list: list, tuple: list, Sequence: list,
    Literal: str,
}  # fmt: skip
_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false", NoneType: "null", dict: "an object"}


class Damaged(ValueError):
    """A value that is not what its place asks for: ``where: what``."""


def decode(kind: type[T], value: object, where: str = "") -> T:
    """A dataclass from the JSON value that ``plain`` makes of it; a field with a default may be absent.

    Args:
        kind: the dataclass.
        value: as :func:`json.loads` gives it.
        where: place of the value in its file, for messages.

    Raises:
        Damaged: a field that is absent, unknown or of another form.
    """
    found: T = _value(kind, value, where)
    return found


def _value(hint: Any, value: Any, where: str) -> Any:  # noqa: ANN401 - any type hint, any JSON value
    if hint is Any:
        return value
    members = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    member = next((member for member in members if _matches(member, value)), None)
    if member is None:
        raise Damaged(f"{where or 'the file'} is {reprlib.repr(value)}, not {' or '.join(map(_word, members))}")
    origin = get_origin(member)
    if is_dataclass(member):
        return _fields(member, value, where)
    if origin is Literal:
        if value not in get_args(member):
            raise Damaged(f"{where} is {reprlib.repr(value)}; known are {', '.join(get_args(member))}")
        return value
    if origin is dict:
        return {key: _value(get_args(member)[1], item, f"{where}.{key}") for key, item in value.items()}
    if origin is tuple:
        return _tuple(get_args(member), value, where)
    if origin in (list, Sequence):
        return _list(get_args(member)[0], value, where)
    if isinstance(value, int | float) and not abs(value) <= sys.float_info.max:
        raise Damaged(f"{where} is {reprlib.repr(value)}, too large a number")
    return value


def _list(hint: Any, value: list[Any], where: str) -> list[Any]:  # noqa: ANN401 - any type hint, any JSON values
    if _plain(hint, value):
        return list(value)
    return [_value(hint, item, f"{where}[{k}]") for k, item in enumerate(value)]


def _plain(hint: Any, items: list[Any]) -> bool:  # noqa: ANN401 - any type hint, any JSON values
    """Whether all items are text, numbers or None as the hint has them: the many numbers of a map are read at once."""
    found = {type(item) for item in items}
    if not found <= {int, float, str, NoneType}:
        return False
    known = set(get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,))
    if not found <= (known | {int} if float in known else known):
        return False
    most = sys.float_info.max
    return found <= {str, NoneType} or all(item is None or type(item) is str or -most <= item <= most for item in items)


def _matches(member: Any, value: Any) -> bool:  # noqa: ANN401 - any type hint, any JSON value
    """Whether the value's outer form is that of the hint; a bool is no number."""
    kind = dict if is_dataclass(member) else _JSON[get_origin(member) or member]
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def _word(member: Any) -> str:  # noqa: ANN401 - any type hint
    if is_dataclass(member):
        return "an object"
    return _WORDS.get(get_origin(member) or member, "text" if get_origin(member) is Literal else "a list")


def _tuple(members: tuple[Any, ...], value: list[Any], where: str) -> tuple[Any, ...]:
    if len(value) != len(members):
        raise Damaged(f"{where} has {len(value)} entries, not {len(members)}")
    return tuple(_value(hint, item, f"{where}[{k}]") for k, (hint, item) in enumerate(zip(members, value, strict=True)))


def _fields(kind: Any, value: dict[str, Any], where: str) -> Any:  # noqa: ANN401 - any dataclass
    known = {f.name: f for f in fields(kind) if not f.metadata.get("beside")}
    for name in value.keys() - known.keys():
        raise Damaged(f"{_under(where, name)} is not known")
    for name, field in known.items():
        if name not in value and field.default is MISSING and field.default_factory is MISSING:
            raise Damaged(f"{_under(where, name)} is missing")
    hints = _hints(kind)
    found = {name: _value(hints[name], value[name], _under(where, name)) for name in known if name in value}
    try:
        return kind(**found)
    except Damaged:
        raise
    except ValueError as error:
        raise Damaged(f"{where or 'the file'}: {error}") from error


def _under(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


@cache
def _hints(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    return get_type_hints(kind)
