"""What differs between two results of one suite, cell by cell: did an upgrade, another machine or another seed move a number?"""

from collections.abc import Collection, Iterator
from itertools import zip_longest
from typing import Any

from robustfashion.result.plain import plain
from robustfashion.result.suite_result import SuiteResult

MEASURED_ANEW = ("training: Images/s",)
"""Columns that differ between any two runs: speeds."""

_PARTS = ("title", "question", "scale", "headline", "tables", "figures", "claims", "glossary", "refused")
_ABSENT = "(absent)"


def differences(before: SuiteResult, after: SuiteResult, ignored: Collection[str] = MEASURED_ANEW) -> list[str]:
    """One line for each value that is not the same, with where it stands and both values; provenance and settings do not count.

    Args:
        before: a result.
        after: another one of the same suite.
        ignored: columns that are left out, as ``table id: column name``.
    """
    if before.suite != after.suite:
        return [f"suite: {before.suite} -> {after.suite}"]
    found = []
    for part in _PARTS:
        pairs = (_named(plain(getattr(result, part)), ignored) for result in (before, after))
        found += list(_different(part, *pairs))
    names = sorted(before.images.keys() | after.images.keys())
    found += [f"image {name} differs" for name in names if before.images.get(name) != after.images.get(name)]
    return found


def _named(value: Any, ignored: Collection[str]) -> Any:  # noqa: ANN401 - plain JSON value
    """Lists of things with an id as tables by that id, rows of tables as cells by the names of their columns."""
    if isinstance(value, list) and value and all(isinstance(item, dict) and "id" in item for item in value):
        named = {item["id"]: _named(item, ignored) for item in value}
        return named if len(named) == len(value) else [_named(item, ignored) for item in value]
    if isinstance(value, dict) and {"columns", "rows", "id", "note"} <= value.keys():
        names = [f"{k} {column['name']}" for k, column in enumerate(value["columns"])]
        kept = [k for k, column in enumerate(value["columns"]) if f"{value['id']}: {column['name']}" not in ignored]
        rows = [{names[k]: row[k] for k in kept} for row in value["rows"]]
        return value | {"rows": rows, "columns": [value["columns"][k] for k in kept]}
    return value


def _different(where: str, before: Any, after: Any) -> Iterator[str]:  # noqa: ANN401 - plain JSON values
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys((*before, *after)):
            yield from _different(f"{where} / {key}", before.get(key, _ABSENT), after.get(key, _ABSENT))
    elif isinstance(before, list) and isinstance(after, list):
        for place, (a, b) in enumerate(zip_longest(before, after, fillvalue=_ABSENT)):
            yield from _different(f"{where} / {place}", a, b)
    elif before != after:
        yield f"{where}: {_short(before)} -> {_short(after)}"


def _short(value: Any) -> str:  # noqa: ANN401 - plain JSON value
    text = str(value)
    return text if len(text) <= 120 else text[:117] + "…"
