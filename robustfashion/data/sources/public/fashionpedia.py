"""Fashionpedia (also iMaterialist-Fashion 2020): people in pictures, each garment and its parts with boxes and attributes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.export import Content, Job, export_each
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.data.sources.public.tables import json_object, rows_of
from robustfashion.errors import InputError
from robustfashion.pictures.decode import Pixels
from robustfashion.pictures.folders import find_files
from robustfashion.pictures.reading import decode_file

LAYOUT = "instances_attributes_{train,val}2020.json and the pictures of train2020.zip and val_test2020.zip"

ITEMS = 27
"""Categories below this are garments and accessories; the others are their parts and decorations."""
COLLAR, SLEEVE, NECKLINE = 28, 31, 33
_WORN_ABOVE = (0, 1, 2, 3, 4, 5, 9, 10, 11, 12)
"""Garments that have sleeves and necks: shirt, top, sweater, cardigan, jacket, vest, coat, dress, jumpsuit, cape."""
_MARGIN = 0.1
_INSIDE = 0.8
_SPLITS = {"train": "train", "val": "validation"}
_SCHEMA = pa.schema(
    [
        ("images", pa.list_(pa.struct([("id", pa.int64()), ("file_name", pa.string())]))),
        ("categories", pa.list_(pa.struct([("id", pa.int64()), ("name", pa.string())]))),
        ("annotations", pa.list_(pa.struct([
            ("id", pa.int64()), ("image_id", pa.int64()), ("category_id", pa.int64()),
            ("bbox", pa.list_(pa.float64())), ("attribute_ids", pa.list_(pa.int64())),
        ]))),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class _Boxes:
    """Annotations as arrays: image, category int64 [n]; box float64 [n, 4] as left, top, right, bottom in px."""

    image: np.ndarray
    category: np.ndarray
    box: np.ndarray

    def take(self, rows: np.ndarray) -> "_Boxes":
        """The given rows."""
        return _Boxes(self.image[rows], self.category[rows], self.box[rows])


def read(place: Place) -> Iterator[Records]:
    """Every garment and accessory, cut out of its picture with a tenth of its size around it, to ``out/images/<split>/<id>.png``.

    Parts (sleeve, neckline, collar) that lie within the box of one garment only are read as its own: the fields ``sleeves`` and
    ``necks`` hold their attribute numbers, ``collar`` that there is one. A part within the boxes of several garments (a
    jacket over a shirt) is nobody's. Pictures without a garment are refused records.
    """
    files = records.pictures(records.inventory(place.root))
    found = {part: find_files(place.root, f"instances_attributes_{part}2020.json") for part in _SPLITS}
    if not any(found.values()):
        raise InputError(f"{place.root}: no annotations; expected {LAYOUT}")
    for part, split in _SPLITS.items():
        if found[part]:
            yield from _part(found[part][0], split, files, place)


def _part(path: Path, split: str, files: pa.Array, place: Place) -> Iterator[Records]:
    whole = json_object(path, _SCHEMA)
    images, categories, notes = (rows_of(whole, name) for name in ("images", "categories", "annotations"))
    valid = pc.equal(pc.list_value_length(notes["bbox"].combine_chunks()), 4)
    bad = notes.filter(pc.invert(pc.fill_null(valid, False)))
    notes = notes.filter(pc.fill_null(valid, False))
    boxes = _boxes(notes)
    items = np.flatnonzero(boxes.category < ITEMS)
    numbers = records.text([str(k) for k in boxes.category[items]])
    picture = records.look_up(
        records.look_up(pa.array(boxes.image[items]), images["id"], images["file_name"]), records.basename(files), files
    )
    kept = notes.take(pa.array(items))
    raw = {
        "category": records.look_up(kept["category_id"].combine_chunks(), categories["id"], categories["name"].combine_chunks()),
        "category_id": numbers,
        "attributes": _as_texts(kept["attribute_ids"].combine_chunks()),
        **_parts(boxes, items, notes["attribute_ids"].combine_chunks()),
    }
    ids = [f"{split}/{k}" for k in kept["id"].to_pylist()]
    reasons = _cut(ids, boxes.take(items), picture.to_pylist(), place)
    yield Records(
        records.text(ids), records.text([f"images/{name}.png" for name in ids]), raw,
        group=records.joined(f"{split}/", pc.cast(kept["image_id"].combine_chunks(), records.TEXT)),
        split=records.constant(split, len(ids)), reason=records.text(reasons), exported=True,
    )  # fmt: skip
    yield _refused(f"{split}/", pc.cast(bad["id"].combine_chunks(), records.TEXT), "its box has not four numbers", raw)
    bare = images.filter(pc.invert(pc.is_in(images["id"], value_set=kept["image_id"].combine_chunks())))
    yield _refused(f"{split}/", bare["file_name"].combine_chunks(), "no garment is marked in it", raw)


def _refused(prefix: str, names: pa.Array, why: str, raw: dict[str, pa.Array]) -> Records:
    n = len(names)
    empty = {name: pa.nulls(n, array.type) for name, array in raw.items()}
    return Records(records.joined(prefix, names), records.constant("", n), empty, reason=records.constant(why, n))


def _boxes(notes: pa.Table) -> _Boxes:
    corner = notes["bbox"].combine_chunks().flatten().to_numpy().reshape(-1, 4).copy()
    corner[:, 2:] += corner[:, :2]
    return _Boxes(notes["image_id"].to_numpy(), notes["category_id"].to_numpy(), corner)


def _as_texts(numbers: pa.Array) -> pa.Array:
    return pc.cast(numbers, records.TEXTS)


def _parts(boxes: _Boxes, items: np.ndarray, attributes: pa.Array) -> dict[str, pa.Array]:
    """Attribute numbers of the sleeves and necklines that are an item's own, and whether it has a collar; [items]."""
    garments = items[np.isin(boxes.category[items], _WORN_ABOVE)]
    parts = np.flatnonzero(np.isin(boxes.category, (COLLAR, SLEEVE, NECKLINE)))
    part, garment = _owners(boxes, parts, garments)
    position = np.searchsorted(items, garment)
    numbers = _as_texts(attributes)
    fields = {}
    for name, category in (("sleeves", SLEEVE), ("necks", NECKLINE)):
        own = boxes.category[part] == category
        chosen = numbers.take(pa.array(part[own], pa.int64()))
        parents = position[own][pc.list_parent_indices(chosen).to_numpy()]
        fields[name] = records.lists(parents, chosen.flatten(), len(items))
    collars = position[boxes.category[part] == COLLAR]
    fields["collar"] = records.lists(collars, records.constant("collar", len(collars)), len(items))
    return fields


def _owners(boxes: _Boxes, parts: np.ndarray, garments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (part, garment) of those parts that lie (four fifths of their area) within exactly one garment of their picture."""
    garments = garments[np.argsort(boxes.image[garments], kind="stable")]
    first = np.searchsorted(boxes.image[garments], boxes.image[parts], "left")
    count = np.searchsorted(boxes.image[garments], boxes.image[parts], "right") - first
    part = np.repeat(parts, count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    garment = garments[np.repeat(first, count) + within]
    one, other = boxes.box[part], boxes.box[garment]
    common = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    area = (one[:, 2:] - one[:, :2]).prod(axis=1)
    inside = (common > 0).all(axis=1) & (common.prod(axis=1) >= _INSIDE * area)
    part, garment = part[inside], garment[inside]
    _, index, often = np.unique(part, return_index=True, return_counts=True)
    return part[index[often == 1]], garment[index[often == 1]]


def _cut(ids: Sequence[str], boxes: _Boxes, pictures: Sequence[str | None], place: Place) -> list[str | None]:
    """Cut the items out, picture by picture; per item, why that was not possible."""
    of_picture: dict[str, list[int]] = {}
    reasons: list[str | None] = ["its picture is not in the folder"] * len(ids)
    for k, picture in enumerate(pictures):
        if picture is not None:
            of_picture.setdefault(picture, []).append(k)

    def job(picture: str, members: Sequence[int]) -> Job:
        """One picture with its boxes."""

        def content() -> Content:
            """Read and cut the picture, or say why not."""
            try:
                pixels = decode_file(place.root / picture)
            except InputError as error:
                raise InputError(str(error).removeprefix(f"{place.root / picture}: ")) from error
            return [crop(pixels, boxes.box[k]) for k in members]

        return [Path("images") / f"{ids[k]}.png" for k in members], content

    groups = list(of_picture.items())
    found = export_each([job(picture, members) for picture, members in groups], place)
    for (_, members), answers in zip(groups, found, strict=True):
        for k, answer in zip(members, answers, strict=True):
            reasons[k] = answer
    return reasons


def crop(pixels: Pixels, box: np.ndarray) -> Pixels | InputError:
    """A box (left, top, right, bottom in px) with a tenth of its size around it, as far as the picture [H, W, 3] goes.

    An error is returned rather than raised, since the picture's other boxes are none the worse for it.
    """
    margin = _MARGIN * np.tile(box[2:] - box[:2], 2) * np.array([-1, -1, 1, 1])
    limit = np.tile(np.array(pixels.shape[1::-1]), 2)
    left, top, right, bottom = np.clip(np.rint(box + margin), 0, limit).astype(int)
    if right <= left or bottom <= top:
        return InputError("its box has no size, or lies outside the picture")
    return np.ascontiguousarray(pixels[top:bottom, left:right])
