"""Which column of the catalogue holds the truth of a task, stated once.

* A product type is what the picture shows: ``product_type``, where the catalogue knows it of any picture. A watch that is filed
  under dresses is a watch, whatever its ``label`` says. Where no picture has a product type, the labels are all there is.
* An attribute is its own column.
* The source's own labels are ``label``: what a picture is filed under.
"""

import pyarrow.compute as pc

from robustfashion import taxonomy
from robustfashion.data.catalogue import Catalogue
from robustfashion.errors import InputError

OWN_LABELS = "label"
"""Name of the task that tells the source's own labels apart."""


def truth_column(catalogue: Catalogue, name: str) -> str:
    """Column that a task is trained on and judged by.

    Args:
        catalogue: decides between ``product_type`` and ``label``.
        name: :data:`OWN_LABELS`, a product type (told from the rest), or an attribute.

    Raises:
        InputError: no such task.
    """
    if name in taxonomy.PRODUCT_TYPES:
        shown, reasons = catalogue.table["product_type"], catalogue.table["reason"]
        known = pc.any(pc.and_(pc.is_valid(shown), pc.is_null(reasons)), min_count=0).as_py()
        return "product_type" if known else "label"
    if name != OWN_LABELS and name not in taxonomy.attributes():
        known_tasks = ", ".join((*taxonomy.attributes(), *taxonomy.PRODUCT_TYPES))
        raise InputError(f"task is {name!r}; use {OWN_LABELS} or one of {known_tasks}")
    return name
