"""Dataclasses as JSON values."""

from dataclasses import fields, is_dataclass
from typing import Any

BESIDE = {"beside": True}
"""Metadata of a field that is kept in files beside the JSON, so neither written into it nor read from it."""


def plain(value: Any) -> Any:  # noqa: ANN401 - any field value
    """Lists, dicts, text and numbers: a dataclass is a dict of its fields in their order, a sequence is a list."""
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if not f.metadata.get("beside")}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
