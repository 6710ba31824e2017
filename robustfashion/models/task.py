"""Which of the taxonomy's fourteen tasks some classes are."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from robustfashion import taxonomy
from robustfashion.errors import InputError


@dataclass(frozen=True)
class TaskDescription:
    """A task of the taxonomy, or classes of one's own; the field ``taxonomy`` of a checkpoint."""

    kind: str
    """``product type``, ``attribute`` or ``own``."""
    task: str | None
    """Its name; None for classes of one's own."""
    reading: str
    """Of the taxonomy."""
    labels: list[str]
    """Of the whole task."""
    missing: list[str]
    """Labels that are not among the classes."""
    product_types: list[str]
    """Whose validators gate it."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint."""
        return asdict(self)


def describe_task(classes: Sequence[str]) -> TaskDescription:
    """The task that has these classes."""
    name = taxonomy.task_of(classes)
    if name is None:
        return TaskDescription("own", None, "corrected", list(classes), [], [])
    labels = list(taxonomy.classes(name))
    attribute = taxonomy.attributes().get(name)
    kind, gates = ("product type", [name]) if attribute is None else ("attribute", list(attribute.product_types))
    return TaskDescription(kind, name, "corrected", labels, [label for label in labels if label not in classes], gates)


def read_task(value: object, source: str) -> TaskDescription | None:
    """The field ``taxonomy`` of a checkpoint's description; None where it has none.

    Raises:
        InputError: it is damaged.
    """
    if value is None:
        return None
    names = [field.name for field in fields(TaskDescription)]
    if not isinstance(value, Mapping) or any(name not in value for name in names):
        raise InputError(f"{source}: field 'taxonomy' is {value!r}; expected a table of {', '.join(names)}, the file is damaged")
    for name in ("labels", "missing", "product_types"):
        if not isinstance(value[name], list) or not all(isinstance(label, str) for label in value[name]):
            raise InputError(
                f"{source}: field 'taxonomy.{name}' is {value[name]!r}; expected a list of names, the file is damaged"
            )
    return TaskDescription(**{name: value[name] for name in names})
