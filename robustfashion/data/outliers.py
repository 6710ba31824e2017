"""Outliers of one's own data: classes named as such, classes held out of training, or a folder of their own.

An outlier is a row with an ``outlier_kind``; drawn ones have ``tier/kind`` or ``mis-filed``
(:mod:`robustfashion.data.synthetic`), the ones marked here ``class/NAME``, ``held out/NAME`` or ``folder/NAME``. They keep
their labels, groups and splits, and are found by :meth:`~robustfashion.data.catalogue.Catalogue.outliers`; networks are trained
and validated on :meth:`~robustfashion.data.catalogue.Catalogue.ordinary` rows only. A row that is an outlier already stays of
its kind.
"""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.catalogue import SCHEMA, Catalogue
from robustfashion.errors import InputError
from robustfashion.pictures.files import is_url, resolve


def mark_outlier_classes(
    catalogue: Catalogue, classes: Sequence[str], column: str = "label", how: Literal["class", "held out"] = "class"
) -> Catalogue:
    """A catalogue in which the pictures of some classes are outliers of kind ``class/NAME`` or ``held out/NAME``.

    Args:
        catalogue: left as it is.
        classes: values of the column.
        column: text column of the catalogue.
        how: ``class``: these are no products to be tagged; ``held out``: they are products, only not trained on.

    Raises:
        InputError: unknown column, a class that no row has.
    """
    if column not in SCHEMA.names:
        raise InputError(f"no column {column!r}; use one of {', '.join(SCHEMA.names)}", where=catalogue.root)
    values = catalogue.table[column]
    known = sorted(pc.unique(values).drop_null().to_pylist())
    unknown = [name for name in classes if name not in known]
    if unknown:
        raise InputError(
            f"no image has {column} {unknown[0]!r}; its classes are {', '.join(known) or '(none)'}", where=catalogue.root
        )
    chosen = pc.is_in(values, value_set=pa.array(classes, pa.string()))
    kind = pc.if_else(chosen, pc.binary_join_element_wise(how, values, "/"), pa.scalar(None, pa.string()))
    return catalogue.replace(outlier_kind=pc.coalesce(catalogue.table["outlier_kind"], kind))


def with_outlier_folder(catalogue: Catalogue, outliers: Catalogue) -> Catalogue:
    """A catalogue followed by the rows of another, which are outliers of kind ``folder/NAME``, NAME being their root's own.

    Ids and groups of the outliers get ``NAME/`` before them (``NAME 2/`` and so on where rows of the catalogue begin like that),
    so that ids stay unique and no product is in both; their paths become absolute. Their splits are kept only where the
    catalogue brings splits, too.

    Args:
        catalogue: the ordinary data; its rows and its root stay as they are.
        outliers: all rows of which are outliers, whatever they are labelled.

    Raises:
        InputError: the outliers' files are local, but the catalogue's root is a URL, at which absolute paths would be looked for.
    """
    local = not is_url(outliers.root)
    if local and is_url(catalogue.root):
        raise InputError(
            f"its pictures are local, those of {catalogue.root} behind a URL; put both on one side", where=outliers.root
        )
    name = _free_name(catalogue, Path(outliers.root.rstrip("/")).name or "outliers")
    table = outliers.table
    root = str(Path(outliers.root).absolute()) if local else outliers.root
    added = outliers.replace(
        id=pc.binary_join_element_wise(name, table["id"], "/"),
        group=pc.binary_join_element_wise(name, table["group"], "/"),
        path=[resolve(root, path) for path in table["path"].to_pylist()],
        outlier_kind=pc.fill_null(table["outlier_kind"], f"folder/{name}"),
    )
    if catalogue.table["split"].null_count == len(catalogue):
        added = added.replace(split=pa.nulls(len(added), pa.string()))
    return Catalogue(pa.concat_tables([catalogue.table, added.table]), catalogue.root)


def _free_name(catalogue: Catalogue, name: str) -> str:
    """The name, numbered where ids or groups of the catalogue begin with it."""
    names = (name if number == 1 else f"{name} {number}" for number in count(1))
    taken = pa.chunked_array([*catalogue.table["id"].chunks, *catalogue.table["group"].chunks], pa.string())
    return next(free for free in names if not pc.any(pc.starts_with(taken, f"{free}/"), min_count=0).as_py())
