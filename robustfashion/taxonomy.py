"""Five product types and nine attributes of the paper, with all labels of its Table 5; the only place that counts classes.

The paper contradicts itself, so there are two readings:

* ``paper``: Table 5 and Table 1 as printed. Sandal style has seven lines of which two say "Platform"; heel type lists eight
  labels although Table 1 counts seven; the attribute and category cells of Table 5 stand one row too low from sandal style
  on, so that neck style's labels stand beside "sandal style | Shoes". For looking things up and for comparing with the paper.
* ``corrected``: what a classifier can be trained on, and the default. Labels are distinct (heel type 8, sandal style 6),
  assigned by their meaning and by the counts of Table 1; 51 in all, which is also the sum of Table 1's counts: most likely
  one sandal label was lost and one heel label gained between the tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from robustfashion.errors import InputError

Reading = Literal["paper", "corrected"]

PRODUCT_TYPES: tuple[str, ...] = ("luggage", "watch", "shoe", "dress", "top")
"""Product-type validators of Table 3, in its order. Each is one binary classifier: this type or not."""


PRODUCT_TYPE_FIGURES: dict[str, tuple[int, float]] = {
    "luggage": (185_036, 0.9948), "watch": (45_880, 0.9730), "shoe": (300_000, 0.9924), "dress": (189_975, 0.9838),
    "top": (119_567, 0.9856),
}  # fmt: skip
"""Images and accuracy of each validator in Table 3."""


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
    stated_classes: int
    """Number of classes in Table 1; differs from ``len(labels)`` where the paper contradicts itself."""
    dataset_size: int
    accuracy: float
    """Share of correct predictions in Table 1."""
    tags_updated: int | None
    note: str = ""


_ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute(
        "sleeve_type", "Shirts, Blouses, T-Shirts, Dresses", ("top", "dress"),
        ("Long sleeve", "Short sleeve", "3/4 sleeve", "Sleeveless"), 4, 61_702, 0.9290, 8_070_507,
    ),
    Attribute(
        "boot_style", "Shoes", ("shoe",),
        ("Biker boots", "Chelsea boots", "Chukka boots", "Classic boots", "Combat boots", "Desert boots", "Snow boots",
         "Wellington boots"), 8, 19_009, 0.8940, 8_337_490,
        "No boot validator exists: any shoe reaches this classifier.",
    ),
    Attribute(
        "display_type", "Watches", ("watch",), ("Analogue", "Analogue-Digital", "Chronograph", "Digital"), 4, 22_288, 0.9262,
        782_765,
    ),
    Attribute(
        "heel_type", "Shoes", ("shoe",),
        ("Wedge", "Stiletto", "Kitten Heel", "Cone Heel", "Western Heel", "Block Heel", "Louis Heel", "Flat"), 7, 14_127, 0.8793,
        584_711, "Table 1 states 7 classes, Table 5 lists 8; all 8 are kept.",
    ),
    Attribute("shell_type", "Luggage", ("luggage",), ("Hard", "Soft"), 2, 69_535, 0.9377, 347_424),
    Attribute(
        "sandal_style", "Shoes", ("shoe",), ("Ankle-Strap", "Espadrille", "Platform", "Gladiator", "Slingback", "T-Bar"), 7,
        16_128, 0.8689, None, "Table 5 prints 7 lines, \"Platform\" twice: 6 distinct labels, the seventh is unknown.",
    ),
    Attribute(
        "skirt_length", "Dresses, Skirts", ("dress",), ("Mini", "Knee-Long", "Midi", "Maxi"), 4, 28_109, 0.9078, None,
        "Covers skirts too, for which the paper has no product-type validator.",
    ),
    Attribute(
        "neck_style", "Apparel", ("top", "dress"),
        ("Asymmetric", "Collared", "Boat Neck", "Round Neck", "Turtleneck", "V-Neck", "Halterneck", "One-Shoulder", "Sweetheart",
         "Square", "High Neck", "Off the Shoulder"), 12, 30_231, 0.9060, None,
        "Its row in Table 5 has no attribute cell; the category is that of Table 1.",
    ),
    Attribute("number_of_wheels", "Luggage", ("luggage",), ("0", "2", "4"), 3, 107_958, 0.9356, None),
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
