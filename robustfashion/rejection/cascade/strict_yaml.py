"""YAML as data only: no tags, no aliases, no key twice, bounded size; and fields read from it by name and type."""

import math
import reprlib
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

import yaml

from robustfashion.errors import InputError, first_line, printable

_LARGEST = 1_000_000
_DEEPEST = 20
T = TypeVar("T")


def load(text: str, where: str) -> object:
    """What a YAML text holds.

    Raises:
        InputError: too long or too deep, no YAML, a tag, an alias, or a key twice.
    """
    if len(text) > _LARGEST:
        raise InputError(f"{len(text)} characters; an operating point has at most {_LARGEST}", where)
    try:
        return yaml.load(text, _StrictLoader)  # a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InputError(f"this is no YAML that can be read ({printable(_line(error))})", where) from error


class Fields:
    """A mapping out of a YAML text: each field is asked for by name and type, and none may be left over.

    Args:
        value: what should be the mapping.
        where: the text's file.
        name: of the mapping in it; empty: the whole text.

    Raises:
        InputError: it is no mapping of texts.
    """

    def __init__(self, value: object, where: str, name: str = "") -> None:
        self.where, self.name = where, name
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise self.wrong("", value, "a mapping with texts as keys")
        self._left = dict(value)

    def wrong(self, field: str, value: object, wanted: str) -> InputError:
        """The error for a value."""
        path = printable(".".join(part for part in (self.name, field) if part)) or "the text"
        return InputError(f"{path} is {reprlib.repr(value)}; it should be {wanted}", self.where)

    def __contains__(self, field: str) -> bool:
        return field in self._left

    def raw(self, field: str, wanted: str) -> object:
        """A field that must be there."""
        if field not in self._left:
            path = printable(".".join(part for part in (self.name, field) if part))
            raise InputError(f"{path} is missing; it should be {wanted}", self.where)
        return self._left.pop(field)

    def text(self, field: str) -> str:
        """A text that must be there."""
        return self._text(field, self.raw(field, "a text"))

    def _text(self, field: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.wrong(field, value, 'a text (put it into quotes: "2")')
        return value

    def number(self, field: str) -> float:
        """A finite number that must be there."""
        return self._number(field, self.raw(field, "a number"))

    def _number(self, field: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
            raise self.wrong(field, value, "a finite number")
        return float(value)

    def count(self, field: str) -> int:
        """A whole number, 0 or more, that must be there."""
        value = self.raw(field, "a whole number")
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
            raise self.wrong(field, value, "a whole number, 0 or more")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """A list of texts that must be there."""
        value = self.raw(field, "a list of texts")
        if not isinstance(value, list):
            raise self.wrong(field, value, "a list of texts")
        return tuple(self._text(f"{field}[{i}]", one) for i, one in enumerate(value))

    def below(self, field: str) -> "Fields":
        """A mapping that must be there."""
        return Fields(self.raw(field, "a mapping"), self.where, ".".join(part for part in (self.name, field) if part))

    def items(self, field: str) -> list["Fields"]:
        """A list of mappings that must be there."""
        value = self.raw(field, "a list")
        if not isinstance(value, list):
            raise self.wrong(field, value, "a list")
        path = ".".join(part for part in (self.name, field) if part)
        return [Fields(one, self.where, f"{path}[{i}]") for i, one in enumerate(value)]

    def each(self, read: Callable[["Fields", str], T]) -> Mapping[str, T]:
        """All that is left, each read by a method of this class: ``fields.each(Fields.number)``."""
        return {name: read(self, name) for name in list(self._left)}

    def end(self) -> None:
        """Check that nothing is left over.

        Raises:
            InputError: a field that there is not, such as a misspelt one.
        """
        if self._left:
            field, value = next(iter(self._left.items()))
            raise self.wrong(field, value, "left out: there is no such field")


def _finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number that no float holds
        return False


def _line(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        line = "" if error.problem_mark is None else f" in line {error.problem_mark.line + 1}"
        return f"{error.problem or error.context}{line}"[:200]
    return first_line(error)


class _StrictLoader(yaml.SafeLoader):
    """Aliases could make a small text endless, and of a key that stands there twice YAML silently takes the last."""

    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """A node; an alias is refused: a small file could unfold into a large one."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(None, None, "an alias (*name)", None)
        if self._depth >= _DEEPEST:
            raise yaml.constructor.ConstructorError(None, None, f"more than {_DEEPEST} levels", None)
        self._depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._depth -= 1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """A mapping; a doubled key is refused: the last one would win unseen."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for i, key in enumerate(keys) if key in keys[:i]), None)
        if twice is not None:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice!r:.80} stands there twice", node.start_mark)
        return super().construct_mapping(node, deep)
