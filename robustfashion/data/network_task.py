"""What a given network tells apart, in the terms of a catalogue: its classes are known, the catalogue's labels are found out."""

from collections import Counter

from robustfashion import taxonomy
from robustfashion.data.catalogue import Catalogue, Task
from robustfashion.data.truth import OWN_LABELS, truth_column
from robustfashion.decisions import rest_of
from robustfashion.errors import InputError

_NAMED = 8
"""Labels that a note names."""


def name_of_classes(classes: tuple[str, ...]) -> str:
    """The task that a network of these classes does: one of the fourteen, the class it tells from the rest, else ``label``."""
    known = taxonomy.task_of(classes)
    if known is not None:
        return known
    rest = rest_of(classes)
    return OWN_LABELS if rest is None else classes[1 - rest]


def checkpoint_task(catalogue: Catalogue, classes: tuple[str, ...], positive: str | None) -> Task:
    """The data's truth in the classes of a given network.

    Its labels where any is one of the classes, else the column of the attribute that the classes are of. Data without labels is
    enough to count changes.

    Raises:
        InputError: data and network have no class in common, or ``positive`` is not what the network tells.
    """
    told = positive_of(classes, positive)
    usable = catalogue.usable()
    known = {label for label in usable.column("label") if label is not None}
    name = name_of_classes(classes)
    if name in taxonomy.attributes() and not known & set(classes) and any(usable.column(name)):
        return Task(name, classes)
    column = truth_column(catalogue, told) if told in taxonomy.PRODUCT_TYPES else "label"
    if not known and column == "label":
        return Task("label", classes, told)
    if told is not None:
        if told not in usable.truth(column, told).to_pylist():  # pictures of one class alone are enough to evaluate
            raise InputError(f"{catalogue.root}: no image is labelled {told!r}, which the checkpoint tells from the rest")
        return Task(column, ("other", told), told)
    if not known & set(classes):
        raise InputError(
            f"{catalogue.root}: its classes ({', '.join(sorted(known)[:10])}) and the checkpoint's ({', '.join(classes[:10])}) "
            "have none in common; rename the folders or labels to the checkpoint's classes, or count changes without labels: "
            "--ignore_labels true of `bench`, or `predict`"
        )
    return Task("label", classes)


def strangers(catalogue: Catalogue, task: Task, left_out: bool = True) -> str:
    """Words on pictures whose label a network does not know; empty: there are none.

    Args:
        catalogue: scanned.
        task: the data's truth in the network's classes.
        left_out: they are not asked about; else they have no truth.
    """
    if task.positive is not None:  # all other labels are the rest
        return ""
    truth = catalogue.usable().ordinary().truth(task.column, None).drop_null().to_pylist()
    found = Counter(label for label in truth if label not in task.classes)
    if not found:
        return ""
    named = ", ".join(f"{label} {count}" for label, count in sorted(found.items())[:_NAMED])
    named += ", …" if len(found) > _NAMED else ""
    what = "are left out" if left_out else "count as unlabelled"
    return f"{found.total()} pictures {what}: their labels are none of the checkpoint's classes ({named})."


def positive_of(classes: tuple[str, ...], positive: str | None) -> str | None:
    """The class that a network tells from the rest; None where it has a class for each label.

    Raises:
        InputError: another one is asked for.
    """
    if rest_of(classes) != 0:  # ours; another order is another team's, whose labels are all classes
        return None
    if positive not in (None, classes[1]):
        raise InputError(f"positive is {positive!r}, but the checkpoint tells {classes[1]!r} from the rest; leave it out")
    return classes[1]
