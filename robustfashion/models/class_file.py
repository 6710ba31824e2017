"""Class names in the order of a network's outputs, from whatever file says them. Loads no torch."""

import csv
import io
import json
import re
import reprlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from robustfashion.delimited import DELIMITERS, decode_text, read_delimited
from robustfashion.errors import InputError, first_line

_INSIDE = ("class_to_idx", "classes", "names", "label_names", "id2label", "labels")
"""Keys of files that say more than the classes, as a Hugging Face config.json or a YOLO data.yaml."""
_DEPTH = 4
_NUMBERED = re.compile(r"(\d{1,9})\s*(?:[:,;)=\t ]|\.(?=\s))\s*(.+)")
_NUMBER_LAST = re.compile(r".+[:,;=\t ]\s*(\d{1,9})")
_MOST_DIGITS = 9
"""Of a class number; Python itself refuses to read thousands."""


def read_classes(path: Path) -> tuple[str, ...]:
    """Read class names in class order.

    All are text in UTF-8 or UTF-16 (:mod:`robustfashion.delimited`). Plain text: one name a line, all of them perhaps with their
    numbers (``0 dress``). CSV or TSV: a column of numbers and one of names, or one of names alone. JSON or YAML: a list, names by
    number, or numbers by name (torchvision's ``class_to_idx``), perhaps under a key of that name; where a number has a list of
    names (Keras's ``imagenet_class_index.json``), the first counts.

    Raises:
        InputError: no such file, another form, numbers that do not go from 0 to the last class, several columns or keys that may
            be the names, fewer than two classes, a name twice.
    """
    if not path.is_file():
        raise InputError(f"--classes {path}: no such file; it has one class name a line, in the order of the network's outputs")
    data, source, suffix = path.read_bytes(), f"--classes {path}", path.suffix.lower()
    if suffix in (".json", ".yaml", ".yml"):
        names = in_order(_parsed(decode_text(data, source), suffix, source), source)
    elif suffix in (".csv", ".tsv"):
        names = _of_table(data, suffix, source)
    else:
        names = _of_lines(decode_text(data, source), source)
    return checked_classes(names, source)


def checked_classes(names: Sequence[str], source: str) -> tuple[str, ...]:
    """Check that names can be classes.

    Raises:
        InputError: fewer than two, an empty name, half a character, or a name twice.
    """
    if len(names) < 2:
        raise InputError(f"{source}: names {len(names)} classes; a classifier tells at least two apart")
    if not all(names):
        raise InputError(f"{source}: class {list(names).index('')} has no name")
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if any(0xD800 <= ord(character) <= 0xDFFF for character in name):  # JSON can say it, no file can hold it
            raise InputError(f"{source}: class {index} is {name!r}, which holds half a character; write it in full")
        if name in first:
            raise InputError(
                f"{source}: classes {first[name]} and {index} are both called {name!r}; names must differ, so add what tells "
                "them apart (of ImageNet, the synset: `--classes imagenet-1k` has these)"
            )
        first[name] = index
    return tuple(names)


def in_order(value: Any, source: str, depth: int = _DEPTH) -> list[str]:  # noqa: ANN401 - any value out of JSON
    """Class names of a parsed file, see :func:`read_classes`; down to ``depth`` tables inside each other.

    Raises:
        InputError: another form, numbers that are not 0, 1, 2, ..., or two keys that name the classes otherwise.
    """
    if isinstance(value, Mapping):
        keys = [key for key in _INSIDE if isinstance(value.get(key), list | Mapping)]
        if not keys:
            return _by_number(value, source)
        if depth == 0:
            raise InputError(f"{source}: {keys[0]!r} lies in more than {_DEPTH} tables; give the names by themselves")
        found = [in_order(value[key], source, depth - 1) for key in keys]
        other = next((key for key, names in zip(keys, found, strict=True) if names != found[0]), None)
        if other is not None:
            raise InputError(f"{source}: {keys[0]!r} and {other!r} name the classes otherwise; keep the one that is right")
        return found[0]
    if not isinstance(value, list):
        raise InputError(f"{source}: holds a {type(value).__name__}; expected a list of class names, or names by number")
    return [_name(each, source) for each in value]


def _by_number(table: Mapping[Any, Any], source: str) -> list[str]:
    """Names by number (also as text), or numbers by name."""
    pairs: list[tuple[int, str]] = []
    for key, value in table.items():
        by_name = type(value) is int
        number, name = (value, key) if by_name else (key, value)
        if not (type(number) is int or (isinstance(number, str) and _is_number(number))):
            raise InputError(
                f"{source}: entry {reprlib.repr(key)} is {reprlib.repr(value)}; expected a name by number, as 0: dress, or a "
                "number by name"
            )
        first = name[0] if isinstance(name, list) and name else name
        pairs.append((int(number), _name(first, source)))
    return _numbered(pairs, source)


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= _MOST_DIGITS


def _numbered(pairs: Sequence[tuple[int, str]], source: str) -> list[str]:
    """Names in the order of their numbers, which are 0, 1, 2, ..."""
    found: dict[int, str] = {}
    for number, name in pairs:
        if number in found:
            raise InputError(f"{source}: number {number} has two names, {found[number]!r} and {name!r}")
        found[number] = name
    gap = next((index for index in range(len(found)) if index not in found), None)
    if gap is not None:
        raise InputError(f"{source}: numbers go from 0 to the last class, as the network's outputs do; {gap} has no name")
    return [found[index] for index in range(len(found))]


def _name(value: Any, source: str) -> str:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InputError(f"{source}: holds {reprlib.repr(value)} where a class name is expected; write it as text, in quotes")
    return str(value).strip()


def _parsed(text: str, suffix: str, source: str) -> Any:  # noqa: ANN401
    import yaml

    try:
        return json.loads(text) if suffix == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{source}: cannot be read ({first_line(error)})") from error


def _of_lines(text: str, source: str) -> list[str]:
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n", text.rstrip())]
    empty = next((number for number, line in enumerate(lines, 1) if not line), None)
    if empty is not None:
        raise InputError(f"{source}: line {empty} is empty; one class name a line, in the order of the network's outputs")
    matches = [match for line in lines if (match := _NUMBERED.fullmatch(line)) is not None]
    numbers = sorted(int(match[1]) for match in matches)
    if len(matches) == len(lines) and (numbers[0] == 0 or numbers == list(range(1, len(lines) + 1))):
        if numbers[0] == 1:
            raise InputError(
                f"{source}: the lines are numbered from 1 to {len(lines)}; outputs of a network are counted from 0: number them "
                "so, or leave the numbers out (where they are part of the names, give a JSON list)"
            )
        return _numbered([(int(match[1]), match[2].strip()) for match in matches], source)
    _check_order(lines, source)
    return lines


def _check_order(lines: Sequence[str], source: str) -> None:
    """Refuse lines that end in the classes' numbers (``dress 1``) and stand in another order: which counts cannot be told."""
    numbers = [int(match[1]) for line in lines if (match := _NUMBER_LAST.fullmatch(line)) is not None]
    if sorted(numbers) == list(range(len(lines))) and numbers != sorted(numbers):
        raise InputError(
            f"{source}: the lines end in the numbers 0 to {len(lines) - 1} and do not stand in their order; write the number "
            "first, as `0 dress` (where numbers are part of the names, give a JSON list)"
        )


def _of_table(data: bytes, suffix: str, source: str) -> list[str]:
    rows = _even(_likeliest(data, suffix, source), source)
    if len(rows[0]) == 1:
        return [row[0] for row in rows]
    body = _body(rows)
    numbers = _number_columns(body)
    if not numbers:
        raise InputError(f"{source}: expected a column of numbers from 0 and one of names")
    complete = [column for column in numbers if sorted(int(row[column]) for row in body) == list(range(len(body)))]
    number = (complete or numbers)[0]
    names = [column for column in range(len(body[0])) if column != number]
    several = names if len(names) > 1 else [number, *names] if complete[1:] and any(row[0] != row[1] for row in body) else []
    if several:
        listed = " and ".join(f"{column + 1} ({rows[0][column]!r})" for column in several)
        what = "names" if several == names else "numbers"
        raise InputError(
            f"{source}: columns {listed} may each be the {what}; keep one column of numbers from 0 and one of names, or the "
            "names alone in their order"
        )
    return _numbered([(int(row[number]), row[names[0]]) for row in body], source)


def _likeliest(data: bytes, suffix: str, source: str) -> list[tuple[int, list[str]]]:
    """Rows with their lines' numbers, by the delimiter under which there is a column of numbers, where none is told."""
    table = read_delimited(data, source)
    told = [table.delimiter] if table.skipped else ["\t"] if suffix == ".tsv" else [table.delimiter, *DELIMITERS]
    failure, readings = None, []
    for delimiter in dict.fromkeys(told):
        try:
            readings.append(_rows(table.text, delimiter, table.skipped))
        except csv.Error as error:
            failure = failure or error
    found = next((rows for rows in readings if _number_columns(_body([row for _, row in rows]))), None)
    if found is None and failure is not None:
        raise InputError(f"{source}: {failure}; a quoted value may not be closed") from failure
    return found or readings[0]


def _rows(text: str, delimiter: str, skipped: int) -> list[tuple[int, list[str]]]:
    """Rows without the empty values at their end, and without those that hold nothing."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    for row in reader:
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            rows.append((reader.line_num + skipped, cells))
    return rows


def _even(rows: Sequence[tuple[int, list[str]]], source: str) -> list[list[str]]:
    """Rows of one width, without columns that hold nothing."""
    if not rows:
        raise InputError(f"{source}: is empty; expected a column of numbers from 0 and one of names")
    first, width = rows[0][0], len(rows[0][1])
    for line, row in rows:
        if len(row) > width:
            raise InputError(
                f"{source}: line {line} has {len(row)} values, line {first} has {width}; quote a name with a delimiter in it"
            )
    filled = [column for column in range(width) if any(row[column : column + 1] not in ([], [""]) for _, row in rows)]
    return [[row[column] if column < len(row) else "" for column in filled] for _, row in rows]


def _body(rows: Sequence[Sequence[str]]) -> Sequence[Sequence[str]]:
    """Without a header: a first row without numbers, where all others have one in the same column."""
    headed = len(rows) > 1 and len(rows[0]) > 1 and not any(map(str.isdecimal, rows[0])) and _number_columns(rows[1:])
    return rows[1:] if headed else rows


def _number_columns(rows: Sequence[Sequence[str]]) -> list[int]:
    """Columns of numbers alone, where there is another one beside."""
    width = min((len(row) for row in rows), default=0)
    if max((len(row) for row in rows), default=0) < 2:
        return []
    return [column for column in range(width) if all(_is_number(row[column]) for row in rows)]
