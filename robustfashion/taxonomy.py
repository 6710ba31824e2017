"""Five product types and nine attributes of the paper, with all labels of its Table 5; the only place that names classes.

The paper contradicts itself, so there are two readings:

* ``paper``: Table 5 and Table 1 as printed. Sandal style has seven lines of which two say "Platform"; heel type lists eight
  labels although Table 1 counts seven; the attribute and category cells of Table 5 stand one row too low from sandal style
  on, so that neck style's labels stand beside "sandal style | Shoes". For looking things up and for comparing with the paper.
* ``corrected``: what a classifier can be trained on, and the default. Labels are distinct (heel type 8, sandal style 6),
  assigned by their meaning and by the counts of Table 1; 51 in all, which is also the sum of Table 1's counts: most likely
  one sandal label was lost and one heel label gained between the tables.

The counts and every other figure of the paper stand in :mod:`robustfashion.paper`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from robustfashion.errors import InputError

Reading = Literal["paper", "corrected"]

PRODUCT_TYPES: tuple[str, ...] = ("luggage", "watch", "shoe", "dress", "top")
"""Product-type validators of Table 3, in its order. Each is one binary classifier: this type or not."""


@dataclass(frozen=True)
class Attribute:
    """One attribute classifier of Table 1."""

    name: str
    category: str
    """Category cell of Table 5, as printed."""
    product_types: tuple[str, ...]
    """Product types whose validator gates this attribute."""
    labels: tuple[str, ...]
    """Class names in the order of Table 5; their index is the class number."""
    note: str = ""


_ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute(
        "sleeve_type", "Shirts, Blouses, T-Shirts, Dresses", ("top", "dress"),
        ("Long sleeve", "Short sleeve", "3/4 sleeve", "Sleeveless"),
    ),
    Attribute(
        "boot_style", "Shoes", ("shoe",),
        ("Biker boots", "Chelsea boots", "Chukka boots", "Classic boots", "Combat boots", "Desert boots", "Snow boots",
         "Wellington boots"),
        "No boot validator exists: any shoe reaches this classifier.",
    ),
    Attribute(
        "display_type", "Watches", ("watch",), ("Analogue", "Analogue-Digital", "Chronograph", "Digital"),
    ),
    Attribute(
        "heel_type", "Shoes", ("shoe",),
        ("Wedge", "Stiletto", "Kitten Heel", "Cone Heel", "Western Heel", "Block Heel", "Louis Heel", "Flat"),
        "Table 1 states 7 classes, Table 5 lists 8; all 8 are kept.",
    ),
    Attribute("shell_type", "Luggage", ("luggage",), ("Hard", "Soft")),
    Attribute(
        "sandal_style", "Shoes", ("shoe",), ("Ankle-Strap", "Espadrille", "Platform", "Gladiator", "Slingback", "T-Bar"),
        "Table 5 prints 7 lines, \"Platform\" twice: 6 distinct labels, the seventh is unknown.",
    ),
    Attribute(
        "skirt_length", "Dresses, Skirts", ("dress",), ("Mini", "Knee-Long", "Midi", "Maxi"),
        "Covers skirts too, for which the paper has no product-type validator.",
    ),
    Attribute(
        "neck_style", "Apparel", ("top", "dress"),
        ("Asymmetric", "Collared", "Boat Neck", "Round Neck", "Turtleneck", "V-Neck", "Halterneck", "One-Shoulder", "Sweetheart",
         "Square", "High Neck", "Off the Shoulder"),
        "Its row in Table 5 has no attribute cell; the category is that of Table 1.",
    ),
    Attribute("number_of_wheels", "Luggage", ("luggage",), ("0", "2", "4")),
)  # fmt: skip


# Table 5 as printed, where it differs from the corrected reading.
_PRINTED_SANDALS = ("Ankle-Strap", "Espadrille", "Platform", "Gladiator", "Platform", "Slingback", "T-Bar")


def attributes(reading: Reading = "corrected") -> dict[str, Attribute]:
    """Attributes by name, in the order of Table 1.

    Raises:
        InputError: unknown reading.
    """
    if reading not in ("paper", "corrected"):
        raise InputError(f"taxonomy reading is {reading!r}; use 'paper' or 'corrected'")
    found = {attribute.name: attribute for attribute in _ATTRIBUTES}
    if reading == "paper":
        found["sandal_style"] = replace(found["sandal_style"], category="", labels=_PRINTED_SANDALS)
        found["neck_style"] = replace(found["neck_style"], category="Shoes")
    return found


def vocabulary(column: str) -> tuple[str, ...] | None:
    """Values that a column of the catalogue may have, in their order; None for columns that the taxonomy does not rule."""
    if column == "product_type":
        return PRODUCT_TYPES
    known = attributes()
    return known[column].labels if column in known else None


def classes(task: str) -> tuple[str, ...]:
    """Distinct class names of one of the fourteen classifiers, in class order: ``("other", "dress")`` for a product type.

    Raises:
        InputError: ``task`` is neither a product type nor an attribute.
    """
    if task in PRODUCT_TYPES:
        return ("other", task)
    known = attributes()
    if task not in known:
        raise InputError(f"task is {task!r}; use one of {', '.join((*PRODUCT_TYPES, *known))}")
    return known[task].labels


def task_of(names: Sequence[str]) -> str | None:
    """Which of the fourteen tasks these classes are of, some of its labels being enough (but not one); None: of none."""
    for task in (*PRODUCT_TYPES, *attributes()):
        # A catalogue may lack labels; one label alone, such as "other", proves nothing.
        if len(names) > 1 and set(names) <= set(classes(task)):
            return task
    return None
