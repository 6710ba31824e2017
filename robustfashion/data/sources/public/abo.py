"""Amazon Berkeley Objects: 147,702 listings of a shop and 398,212 pictures."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.mapping import flatten
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.data.sources.public.tables import BadLines, json_lines, read_csv
from robustfashion.errors import InputError
from robustfashion.pictures.folders import find_files

LAYOUT = "listings/metadata/listings_<0-9a-f>.json.gz, images/metadata/images.csv.gz and images/original/… or images/small/…"

_SAID = pa.list_(pa.struct([("language_tag", pa.string()), ("value", pa.string())]))
_TEXTS = ("item_name", "bullet_point", "style", "item_keywords")
_SCHEMA = pa.schema(
    [
        ("item_id", pa.string()), ("domain_name", pa.string()), ("main_image_id", pa.string()),
        ("product_type", pa.list_(pa.struct([("value", pa.string())]))), *[(name, _SAID) for name in _TEXTS],
    ]
)  # fmt: skip
_FIELDS = ("product_type", "name", "text")


def read(place: Place) -> Iterator[Records]:
    """Every picture; the ones that are a listing's main picture have its fields, the others are refused.

    Fields: ``product_type``, ``name`` and ``text`` (name, bullet points, style, key words), English only. Listings that show
    the same picture, and listings of the same item in several countries, are one product. Listings without a picture are
    refused records.
    """
    base = _images(place.root)
    table, bad = read_csv(_find(place.root, "images.csv"), ("image_id", "path"))
    ids, path = records.column(table, "image_id"), records.column(table, "path")
    listings, lines = _listings(place)
    main = listings["main_image_id"].combine_chunks()
    at = pc.fill_null(pc.index_in(main, value_set=ids), -1).to_numpy()
    raw = {name: _of_pictures(listings[name].combine_chunks(), at, len(ids)) for name in _FIELDS}
    prefix = f"{base.relative_to(place.root).as_posix()}/"
    files = records.joined(prefix, records.pictures(records.inventory(base)))
    names = records.joined(prefix, path)
    shown = np.zeros(len(ids), dtype=bool)
    shown[at[at >= 0]] = True
    reason = pc.coalesce(
        records.where(pa.array(~shown), "not the main picture of a listing"),
        records.where(pc.invert(pc.is_in(names, value_set=files)), "its picture is not in the folder"),
    )
    licence = records.constant(_licence(place.root), len(ids))
    yield Records(ids, names, raw, group=_products(listings, at, len(ids)), licence=licence, reason=reason)
    yield _without_picture(listings, at)
    yield records.lines_refused("images.csv", bad, _FIELDS)
    for name, refused in lines:
        yield records.lines_refused(name, refused, _FIELDS)
    yield records.leftover(files, names, _FIELDS, "no row in images.csv")


def _find(root: Path, name: str) -> Path:
    found = sorted([*find_files(root, name), *find_files(root, f"{name}.gz")])
    if not found:
        raise InputError(f"{root}: no file {name}.gz; expected {LAYOUT}")
    return found[0]


def _images(root: Path) -> Path:
    base = _find(root, "images.csv").parent.parent
    for name in ("original", "small"):
        if (base / name).is_dir():
            return base / name
    raise InputError(f"{base}: neither a folder original nor small; expected {LAYOUT}")


def _listings(place: Place) -> tuple[pa.Table, list[tuple[str, BadLines]]]:
    """One row per listing with the fields and the main picture, and the lines that cannot be read."""
    shards = [path for path in find_files(place.root, "listings_*.json*") if re.fullmatch(r"\.json(\.gz)?", _suffix(path))]
    if not shards:
        raise InputError(f"{place.root}: no listings; expected {LAYOUT}")
    parts, lines = [], []
    for done, shard in enumerate(shards):
        for table, bad in json_lines(shard, _SCHEMA):
            parts.append(_english(table))
            if bad:
                lines.append((shard.name, bad))
        place.progress("reading listings", done + 1, len(shards))
    return pa.concat_tables(parts), lines


def _suffix(path: Path) -> str:
    return "".join(path.suffixes)


def _english(table: pa.Table) -> pa.Table:
    n = len(table)
    spoken = [_values(table[name].combine_chunks()) for name in _TEXTS]
    every = np.concatenate([parents for parents, _ in spoken]), pa.concat_arrays([values for _, values in spoken])
    kinds = _values(table["product_type"].combine_chunks())
    plain = {name: table[name] for name in ("item_id", "domain_name", "main_image_id")}
    return pa.table(
        {
            **plain,
            "product_type": records.lists(*kinds, n),
            "name": records.lists(*spoken[0], n),
            "text": records.lists(*every, n),
        }
    )


def _values(array: pa.Array) -> tuple[np.ndarray, pa.Array]:
    """Rows and values of a field: those in English, where languages are given."""
    parents, entries = pc.list_parent_indices(array).to_numpy(), array.flatten()
    value = pc.struct_field(entries, "value")
    kept = pc.is_valid(value)
    if entries.type.get_field_index("language_tag") >= 0:
        tag = pc.struct_field(entries, "language_tag")
        kept = pc.and_(kept, pc.fill_null(pc.starts_with(tag, "en"), True))
    return parents[records.mask_of(kept)], value.filter(kept)


def _of_pictures(array: pa.Array, at: np.ndarray, n: int) -> pa.Array:
    """Values of listings as values of their main pictures."""
    parents, values = flatten(array)
    picture = at[parents]
    return records.lists(picture[picture >= 0], values.filter(pa.array(picture >= 0)), n)


def _products(listings: pa.Table, at: np.ndarray, n: int) -> pa.Array:
    """Per picture the first item (in sorted order) among those linked to it through listings."""
    items = listings["item_id"].combine_chunks().dictionary_encode()
    known = np.flatnonzero((at >= 0) & records.mask_of(pc.is_valid(items)))
    code = items.indices.to_numpy(zero_copy_only=False)[known].astype(np.int64)
    size = n + len(items.dictionary)
    edges = coo_array((np.ones(len(known), dtype=np.int8), (at[known], n + code)), shape=(size, size))
    _, part = connected_components(edges, directed=False)
    names = np.array(items.dictionary.to_pylist(), dtype=object)
    order = np.argsort(names) if len(names) else np.zeros(0, dtype=int)
    first: np.ndarray = np.full(part.max(initial=0) + 1, -1)
    first[part[n:][order[::-1]]] = order[::-1]
    chosen = first[part[:n]]
    return items.dictionary.take(pa.array(chosen, mask=chosen < 0))


def _without_picture(listings: pa.Table, at: np.ndarray) -> Records:
    rest = listings.filter(pa.array(at < 0)).combine_chunks()
    main = records.column(rest, "main_image_id")
    why = pc.if_else(pc.is_null(main), "a listing without a main picture", "its main picture is not in images.csv")
    ids = records.joined(
        "listing ",
        pc.fill_null(records.column(rest, "item_id"), "?"),
        " ",
        pc.fill_null(records.column(rest, "domain_name"), "?"),
    )
    empty = {name: pa.nulls(len(rest), records.TEXTS) for name in _FIELDS}
    return Records(ids, records.constant("", len(rest)), empty, reason=why)


def _licence(root: Path) -> str | None:
    """As the copy itself states it: early ones were CC BY-NC 4.0, later ones CC BY 4.0."""
    for path in sorted([*find_files(root, "LICENSE*"), *find_files(root, "README*")]):
        if path.is_file():
            said = path.name + path.read_text(encoding="utf-8", errors="replace")
            if re.search(r"BY-NC|NonCommercial|Non-Commercial", said, re.IGNORECASE):
                return "CC-BY-NC-4.0"
            if re.search(r"CC[ -]BY[ -]4\.0|Attribution 4\.0", said, re.IGNORECASE):
                return "CC-BY-4.0"
    return None
