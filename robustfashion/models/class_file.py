"""Class names in the order of a network's outputs, from whatever file says them. Loads no torch."""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from robustfashion.errors import InputError

_INSIDE = ("class_to_idx", "classes", "names", "label_names", "id2label", "labels")
"""Keys of files that say more than the classes, as a Hugging Face config.json or a YOLO data.yaml."""
_NUMBERED = re.compile(r"(\d+)\s*[:,;\t ]\s*(.+)")


def read_classes(path: Path) -> tuple[str, ...]:
    """Read class names in class order.

    Text: one name a line, all of them perhaps with their numbers (``0 dress``). CSV or TSV: a column of numbers and one of names.
    JSON or YAML: a list, names by number, or numbers by name (torchvision's ``class_to_idx``), perhaps under a key of that name;
    where a number has a list of names (Keras's ``imagenet_class_index.json``), the first counts.

    Raises:
        InputError: no such file, another form, a number without a name, fewer than two classes, a name twice.
    """
    if not path.is_file():
        raise InputError(f"--classes {path}: no such file; it has one class name a line, in the order of the network's outputs")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"--classes {path}: not UTF-8 text; save it as UTF-8") from error
    suffix = path.suffix.lower()
    if suffix in (".json", ".yaml", ".yml"):
        names = in_order(_parsed(text, path), str(path))
    elif suffix in (".csv", ".tsv"):
        names = _of_table(text, "\t" if suffix == ".tsv" else ",", path)
    else:
        names = _of_lines(text, path)
    return checked_classes(names, str(path))


def checked_classes(names: Sequence[str], source: str) -> tuple[str, ...]:
    """Check that names can be classes.

    Raises:
        InputError: fewer than two, an empty name, or a name twice.
    """
    if len(names) < 2:
        raise InputError(f"{source}: names {len(names)} classes; a classifier tells at least two apart")
    if not all(names):
        raise InputError(f"{source}: class {list(names).index('')} has no name")
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in first:
            raise InputError(
                f"{source}: classes {first[name]} and {index} are both called {name!r}; names must differ, so add what tells "
                "them apart (of ImageNet, the synset: `--classes imagenet-1k` has these)"
            )
        first[name] = index
    return tuple(names)


def in_order(value: Any, source: str) -> list[str]:  # noqa: ANN401 - any value out of JSON
    """Class names of a parsed file, see :func:`read_classes`.

    Raises:
        InputError: another form, or numbers that are not 0, 1, 2, ...
    """
    if isinstance(value, Mapping):
        inside = next((value[key] for key in _INSIDE if isinstance(value.get(key), list | Mapping)), None)
        return _by_number(value, source) if inside is None else in_order(inside, source)
    if not isinstance(value, list):
        raise InputError(f"{source}: holds a {type(value).__name__}; expected a list of class names, or names by number")
    return [_name(each, source) for each in value]


def _by_number(table: Mapping[Any, Any], source: str) -> list[str]:
    """Names by number (also as text), or numbers by name."""
    pairs: list[tuple[int, str]] = []
    for key, value in table.items():
        by_name = type(value) is int
        number, name = (value, key) if by_name else (key, value)
        if not (type(number) is int or (isinstance(number, str) and number.isdecimal())):
            raise InputError(f"{source}: entry {key!r} is {value!r}; expected a name by number, as 0: dress, or a number by name")
        pairs.append((int(number), _name(name, source)))
    return _numbered(pairs, source)


def _numbered(pairs: Sequence[tuple[int, str]], source: str) -> list[str]:
    """Names in the order of their numbers, which are 0, 1, 2, ..."""
    found: dict[int, str] = {}
    for number, name in pairs:
        if number in found:
            raise InputError(f"{source}: number {number} has two names, {found[number]!r} and {name!r}")
        found[number] = name
    gap = next((index for index in range(len(found)) if index not in found), None)
    if gap is not None:
        raise InputError(f"{source}: numbers go from 0 to the last class; {gap} has no name")
    return [found[index] for index in range(len(found))]


def _name(value: Any, source: str) -> str:  # noqa: ANN401
    first = value[0] if isinstance(value, list) and value else value
    if isinstance(first, bool) or not isinstance(first, str | int | float):
        raise InputError(f"{source}: holds {value!r} where a class name is expected")
    return str(first).strip()


def _parsed(text: str, path: Path) -> Any:  # noqa: ANN401
    import yaml

    try:
        return json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise InputError(f"--classes {path}: cannot be read ({str(error).splitlines()[0]})") from error


def _of_lines(text: str, path: Path) -> list[str]:
    lines = [line.strip() for line in text.rstrip().split("\n")]
    empty = next((number for number, line in enumerate(lines, 1) if not line), None)
    if empty is not None:
        raise InputError(f"--classes {path}: line {empty} is empty; one class name a line, in the order of the network's outputs")
    numbered = [_NUMBERED.fullmatch(line) for line in lines]
    pairs = [(int(match[1]), match[2]) for match in numbered if match is not None]
    if sorted(number for number, _ in pairs) == list(range(len(lines))):  # every line has its number, and all are there
        return [name.strip() for _, name in sorted(pairs)]
    return lines


def _of_table(text: str, delimiter: str, path: Path) -> list[str]:
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines(), delimiter=delimiter) if any(row)]
    if rows and not any(cell.isdecimal() for cell in rows[0]) and any(cell.isdecimal() for row in rows[1:] for cell in row):
        rows = rows[1:]  # a header
    width = min((len(row) for row in rows), default=0)
    for column in range(width):
        if width > 1 and all(row[column].isdecimal() for row in rows):
            other = 1 if column == 0 else 0
            return _numbered([(int(row[column]), row[other]) for row in rows], str(path))
    if width != 1:
        raise InputError(f"--classes {path}: expected a column of numbers from 0 and one of names")
    return [row[0] for row in rows]
