"""Reading ``result.json``: the text is untrusted, every field is checked and a damaged one is named."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from robustfashion.errors import InputError
from robustfashion.result.decode import Damaged, decode
from robustfashion.result.kinds import KINDS
from robustfashion.result.suite_result import FORMAT, SuiteResult

_OLD_NAMES = {"methods": "glossary"}
"""Fields that had another name before formats."""


def load_result(path: Path) -> SuiteResult:
    """Read a ``result.json`` back, images beside it included; lists (CSV files) stay where they are.

    Raises:
        InputError: the file is missing, not JSON, of a newer format, or one of its fields is damaged; names the field.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse)
        folder = path.parent / "images"
        images = {p.name: p.read_bytes() for p in sorted(folder.iterdir())} if folder.is_dir() else {}
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: not a suite's result.json ({type(error).__name__}: {error}); run the suite again") from error
    try:
        result = decode(SuiteResult, _without_format(raw, path))
        for k, figure in enumerate(result.figures):
            decode(KINDS[figure.kind], figure.data, f"figures[{k}].data")
    except Damaged as error:
        raise InputError(f"{path}: {error}; it is damaged or not a suite's result: run the suite again") from error
    return replace(result, images=images)


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _without_format(raw: Any, path: Path) -> Any:  # noqa: ANN401 - any JSON value
    """The result itself; files from before formats have no number."""
    if not isinstance(raw, dict):
        return raw
    if "format" not in raw:
        return {_OLD_NAMES.get(name, name): value for name, value in raw.items()}
    number = raw["format"]
    if type(number) is not int or number < 1:
        raise Damaged(f"format is {number!r}, not a whole number from 1 on")
    if number > FORMAT:
        raise InputError(
            f"{path}: written by a newer robustfashion, format {number}; this one reads up to {FORMAT}; update robustfashion"
        )
    return {name: value for name, value in raw.items() if name != "format"}
