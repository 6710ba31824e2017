"""Amazon Reviews 2023 (McAuley Lab): metadata of products as JSON lines, pictures behind URLs."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.mapping import flatten
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.data.sources.public.tables import json_lines
from robustfashion.errors import InputError
from robustfashion.pictures.folders import find_files

LAYOUT = "raw/meta_categories/meta_<category>.jsonl (or .jsonl.gz), as meta_Clothing_Shoes_and_Jewelry.jsonl"

DETAILS = {
    "sleeve": ("Sleeve Type", "Sleeve type", "Sleeve Length Description"),
    "neck": ("Neck Style", "Neck style", "Collar Style"),
    "heel": ("Heel Type", "Heel type"),
    "display": ("Display Type", "Watch Display Type", "Display"),
    "shell": ("Shell Type", "Shell type"),
    "wheels": ("Number of Wheels", "Number of wheels"),
    "length": ("Item Length Description", "Skirt Length", "Length"),
    "style": ("Style", "Shoe Style", "Style Name"),
}
"""Field -> keys of ``details`` that hold it; spelling differs from product to product."""
_IMAGE = pa.struct([(name, pa.string()) for name in ("variant", "hi_res", "large", "thumb")])
_SCHEMA = pa.schema(
    [
        ("parent_asin", pa.string()), ("main_category", pa.string()), ("title", pa.string()),
        ("features", pa.list_(pa.string())), ("description", pa.list_(pa.string())), ("categories", pa.list_(pa.string())),
        ("images", pa.list_(_IMAGE)),
        ("details", pa.struct([(key, pa.string()) for keys in DETAILS.values() for key in keys])),
    ]
)  # fmt: skip
_FIELDS = ("main_category", "categories", "leaf", "title", "text", *DETAILS)


def read(place: Place) -> Iterator[Records]:
    """Every product with its main picture's URL; ``text`` is title, features and description, ``leaf`` the last category."""
    files = sorted([*find_files(place.root, "meta_*.jsonl"), *find_files(place.root, "meta_*.jsonl.gz")])
    if not files:
        raise InputError(f"{place.root}: no metadata; expected {LAYOUT}")
    for path in files:
        for table, bad in json_lines(path, _SCHEMA, place.progress):
            yield _products(table.combine_chunks())
            yield records.lines_refused(path.name, bad, _FIELDS)


def _products(table: pa.Table) -> Records:
    ids = records.column(table, "parent_asin")
    named = pc.is_valid(ids)
    url = _picture(table["images"].combine_chunks())
    categories = table["categories"].combine_chunks()
    raw = {
        "main_category": records.column(table, "main_category"),
        "categories": categories,
        "leaf": _end(categories, last=True),
        "title": records.column(table, "title"),
        "text": _text(table),
        **_details(table["details"].combine_chunks()),
    }
    reason = pc.coalesce(
        records.where(pc.invert(named), "it has no parent_asin"), records.where(pc.is_null(url), "it has no picture")
    )
    return Records(pc.fill_null(ids, "(no parent_asin)"), pc.fill_null(url, ""), raw, reason=reason)


def _details(details: pa.Array) -> dict[str, pa.Array]:
    return {name: pc.coalesce(*(pc.struct_field(details, key) for key in keys)) for name, keys in DETAILS.items()}


def _text(table: pa.Table) -> pa.Array:
    said = [flatten(table[name].combine_chunks()) for name in ("title", "features", "description")]
    return records.lists(np.concatenate([rows for rows, _ in said]), pa.concat_arrays([v for _, v in said]), len(table))


def _end(array: pa.Array, last: bool = False) -> pa.Array:
    """First or last value of each list; null where it is empty."""
    parents, values = flatten(array)
    rows, first, often = np.unique(parents, return_index=True, return_counts=True)
    chosen = np.full(len(array), -1, dtype=np.int64)
    chosen[rows] = first + often - 1 if last else first
    return values.take(pa.array(chosen, mask=chosen < 0))


def _picture(images: pa.Array) -> pa.Array:
    """URL of the main picture (the first where none is called MAIN), in the best resolution there is."""
    parents, entries = pc.list_parent_indices(images).to_numpy(), images.flatten()
    url = pc.coalesce(*(pc.struct_field(entries, name) for name in ("hi_res", "large", "thumb")))
    usable = records.mask_of(pc.starts_with(url, "http"))
    main = records.mask_of(pc.equal(pc.struct_field(entries, "variant"), "MAIN"))
    order = np.lexsort((np.arange(len(parents)), ~main, parents))
    order = order[usable[order]]
    rows, first = np.unique(parents[order], return_index=True)
    chosen = np.full(len(images), -1, dtype=np.int64)
    chosen[rows] = order[first]
    return url.take(pa.array(chosen, mask=chosen < 0))
