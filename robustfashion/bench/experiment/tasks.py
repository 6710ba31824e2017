"""What a classifier tells apart: one of the paper's fourteen tasks, one class against the rest, or one's own labels."""

from dataclasses import dataclass
from typing import Literal

from robustfashion import taxonomy
from robustfashion.data.catalogue import Catalogue
from robustfashion.data.network_task import name_of_classes
from robustfashion.data.splits import Target
from robustfashion.data.truth import OWN_LABELS, truth_column
from robustfashion.errors import InputError
from robustfashion.paper import TABLE_1, TABLE_3, ClassifierFigures

Kind = Literal["attribute", "product type", "labels"]


@dataclass(frozen=True)
class TaskSpec:
    """One task by name, and the column of the catalogue that holds its truth."""

    name: str
    kind: Kind
    target: Target

    @property
    def printed(self) -> ClassifierFigures | None:
        """The paper's figures of it, where Table 1 or 3 has it, whatever it is called here."""
        task = self.target.positive or self.target.column
        return None if self.kind == "labels" else (TABLE_1 | TABLE_3).get(task)


def task_spec(name: str, catalogue: Catalogue) -> TaskSpec:
    """The task of this name: an attribute, a product type, ``label`` (every label a class), or one label against the rest.

    Raises:
        InputError: unknown name.
    """
    if name == OWN_LABELS:
        return TaskSpec(name, "labels", Target(column="label"))
    if name in taxonomy.PRODUCT_TYPES:
        return TaskSpec(name, "product type", Target(name, truth_column(catalogue, name)))
    attributes = taxonomy.attributes()
    if name in attributes:
        return TaskSpec(name, "attribute", Target(column=name))
    if name in catalogue.usable().column("label"):
        return TaskSpec(name, "labels", Target(name))
    known = ", ".join((*attributes, *taxonomy.PRODUCT_TYPES))
    raise InputError(f"task is {name!r}; use {OWN_LABELS}, a label of the data, or one of {known}")


def teachable(catalogue: Catalogue) -> list[str]:
    """Tasks of the paper for which the data has at least two classes; the data's own labels where there is none."""
    usable = catalogue.usable()
    found = [name for name in taxonomy.attributes() if len(set(usable.column(name)) - {None}) > 1]
    kinds = set(usable.column("product_type")) | set(usable.column("label"))
    found += [name for name in taxonomy.PRODUCT_TYPES if name in kinds and len(kinds - {None}) > 1]
    return found or [OWN_LABELS]


def spec_of_classes(classes: tuple[str, ...]) -> TaskSpec:
    """The task that a given network of these classes does."""
    name = name_of_classes(classes)
    if name in taxonomy.attributes():
        return TaskSpec(name, "attribute", Target(column=name))
    if name == OWN_LABELS:
        return TaskSpec(name, "labels", Target())
    return TaskSpec(name, "product type" if name in taxonomy.PRODUCT_TYPES else "labels", Target(name))
