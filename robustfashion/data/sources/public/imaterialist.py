"""iMaterialist Challenge (FGVC4 2017, Fashion 2018): labels of pictures that lie behind URLs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.data.sources.public.tables import find_file, json_object, read_csv, rows_of
from robustfashion.errors import InputError
from robustfashion.pictures.folders import find_files

LAYOUT_2017 = "fgvc4_iMat.{train,validation}.data.json, fgvc4_iMat.task_map.json and fgvc4_iMat.label_map.json"
LAYOUT_2018 = "{train,validation,test}.json and iMat_fashion_2018_label_map_228.csv"

TASKS_2017 = (
    "dress:length", "dress:collar", "dress:sleeve length", "dress:occasion", "outerwear:type", "outerwear:sleeve length",
    "outerwear:collar", "pants:type", "shoe:type", "shoe:heel type", "shoe:back counter type", "shoe:boot type",
    "shoe:flat type", "shoe:pump type", "shoe:up height",
)  # fmt: skip
TASKS_2018 = ("category", "neckline", "sleeve", "style", "gender", "material", "pattern", "color")

_PARTS_2017 = {"train": "fgvc4_iMat.train.data.json", "validation": "fgvc4_iMat.validation.data.json"}
_PARTS_2018 = {"train": "train.json", "validation": "validation.json", "test": "test.json"}
# Copies differ in the names of keys, in numbers or texts for ids, and in one URL or a list; the first is the fallback's form.
_FORMS = [(kind, url) for kind in (pa.string(), pa.int64()) for url in (pa.list_(pa.string()), pa.string())]


def read_2017(place: Place) -> Iterator[Records]:
    """Every picture, its labels as one field per task (``shoe:heel type``); ``kind`` is what stands before the colon."""
    names = {kind: _names(find_file(place.root, f"fgvc4_iMat.{kind}_map.json", LAYOUT_2017), kind) for kind in ("task", "label")}
    for split, path in _parts(place.root, _PARTS_2017, LAYOUT_2017):
        whole = json_object(path, *(_schema(kind, url, kind) for kind, url in _FORMS))
        notes = rows_of(whole, "annotations")
        task = records.look_up(_either(notes, "taskId", "task_id"), *names["task"])
        label = records.look_up(_either(notes, "labelId", "label_id"), *names["label"])
        image = _either(notes, "imageId", "image_id")
        fields = {name: (records.mask_of(pc.equal(task, name)), label) for name in TASKS_2017}
        fields["kind"] = (records.mask_of(pc.is_valid(task)), pc.replace_substring_regex(task, ":.*$", ""))
        fields["unknown"] = (records.mask_of(pc.or_(pc.is_null(task), pc.is_null(label))), _either(notes, "labelId", "label_id"))
        yield from _pictures(split, rows_of(whole, "images"), image, fields, place)


def read_2018(place: Place) -> Iterator[Records]:
    """Every picture, its labels as one field per task (``neckline``); ``unknown``: numbers that the label table lacks."""
    file = find_file(place.root, "iMat_fashion_2018_label_map_228.csv", LAYOUT_2018)
    table, bad = read_csv(file, ("labelId", "labelName", "taskName"))
    known, names, tasks = (records.column(table, name) for name in ("labelId", "labelName", "taskName"))
    for split, path in _parts(place.root, _PARTS_2018, LAYOUT_2018):
        whole = json_object(path, *(_schema(kind, url, pa.list_(kind)) for kind, url in _FORMS))
        notes = rows_of(whole, "annotations")
        several = pc.coalesce(notes["labelId"].combine_chunks(), notes["label_id"].combine_chunks())
        image = _either(notes, "imageId", "image_id").take(pc.list_parent_indices(several))
        number = pc.cast(several.flatten(), records.TEXT)
        label, task = records.look_up(number, known, names), records.look_up(number, known, tasks)
        fields = {name: (records.mask_of(pc.equal(task, name)), label) for name in TASKS_2018}
        fields["unknown"] = (records.mask_of(pc.is_null(label)), number)
        yield from _pictures(split, rows_of(whole, "images"), image, fields, place)
    yield records.lines_refused(file.name, bad, (*TASKS_2018, "unknown"))


def _schema(identity: Any, url: Any, label: Any) -> pa.Schema:  # noqa: ANN401 - Arrow types have no stubs
    image = [("imageId", identity), ("image_id", identity), ("url", url)]
    note = [("imageId", identity), ("image_id", identity), ("labelId", label), ("label_id", label)]
    note += [("taskId", identity), ("task_id", identity)]
    return pa.schema([("images", pa.list_(pa.struct(image))), ("annotations", pa.list_(pa.struct(note)))])


def _parts(root: Path, names: dict[str, str], layout: str) -> Iterator[tuple[str, Path]]:
    found = {split: find_files(root, name) for split, name in names.items()}
    if not any(found.values()):
        raise InputError(f"{root}: no file {' or '.join(names.values())}; expected {layout}")
    for split, paths in found.items():
        if paths:
            yield split, paths[0]


def _names(path: Path, kind: str) -> tuple[pa.Array, pa.Array]:
    """Ids and names of ``{"taskInfo": [{"taskId": …, "taskName": …}]}``."""

    def schema(identity: Any) -> pa.Schema:  # noqa: ANN401 - see _schema
        """The file's schema, with identities of this type."""
        entry = pa.struct([(f"{kind}Id", identity), (f"{kind}Name", pa.string())])
        return pa.schema([(f"{kind}Info", pa.list_(entry))])

    table = rows_of(json_object(path, schema(pa.string()), schema(pa.int64())), f"{kind}Info")
    return _either(table, f"{kind}Id"), records.column(table, f"{kind}Name")


def _either(table: pa.Table, *names: str) -> pa.Array:
    """The first of these columns that has a value, as text."""
    return pc.coalesce(*(records.column(table, name) for name in names))


def _pictures(
    split: str, images: pa.Table, image: pa.Array, fields: dict[str, tuple[np.ndarray, pa.Array]], place: Place
) -> Iterator[Records]:
    """Records of one split; ``image`` is the picture of each label, ``fields`` which labels are a field's own."""
    ids = _either(images, "imageId", "image_id")
    at = pc.fill_null(pc.index_in(image, value_set=ids), -1).to_numpy()
    raw = {}
    for name, (own, values) in fields.items():
        chosen = own & (at >= 0)
        raw[name] = records.lists(at[chosen], values.filter(pa.array(chosen)), len(ids))
    path = pc.coalesce(_local(ids, split, place), _first(images["url"].combine_chunks()), records.constant("", len(ids)))
    names = records.joined(f"{split}/", ids)
    reason = records.where(pc.equal(path, ""), "it has no URL")
    yield Records(names, path, raw, split=records.constant(split, len(ids)), reason=reason)
    lost = pc.unique(image.filter(pa.array(at < 0)).drop_null())
    empty = {name: pa.nulls(len(lost), records.TEXTS) for name in raw}
    why = records.constant("labels for a picture that is not listed", len(lost))
    yield Records(records.joined(f"{split}/", lost), records.constant("", len(lost)), empty, reason=why)


def _first(urls: pa.Array) -> pa.Array:
    """The first URL of each list, or the one URL."""
    if not pa.types.is_list(urls.type):
        return urls
    offsets, lengths = urls.offsets.to_numpy()[:-1], pc.fill_null(pc.list_value_length(urls), 0).to_numpy()
    return urls.values.take(pa.array(offsets, mask=lengths == 0))


def _local(ids: pa.Array, split: str, place: Place) -> pa.Array:
    """Pictures fetched before: ``images/<split>/<id>.jpg`` or ``<split>/<id>.jpg``."""
    files = records.pictures(records.inventory(place.root))
    own = files.filter(pc.equal(records.basename(records.dirname(files)), split))
    return records.look_up(ids, records.stem(own), own)
