"""clothing-dataset and clothing-dataset-small (Alexey Grigorev, CC0): photographs of garments taken at home."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.layout import split_folders
from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.records import Place, Records, text
from robustfashion.data.sources.public.tables import find_file, read_csv
from robustfashion.errors import InputError

SMALL_LAYOUT = "{train,validation,test}/<class>/<uuid>.jpg"
FULL_LAYOUT = "images.csv (image,sender_id,label,kids) beside images/<uuid>.jpg"

_FULL_FIELDS = ("label", "kids", "sender_id")


def read_small(place: Place) -> Iterator[Records]:
    """Every file: pictures in class folders, and whatever else lies there, with its reason."""
    files = records.inventory(place.root)
    picture = records.is_picture(files)
    folder = records.dirname(files)
    own, above = (records.basename(part).to_pylist() for part in (folder, records.dirname(folder)))
    splits = split_folders(list({*own, *above}))
    inside = pa.array([name != "" and name not in splits for name in own], pa.bool_())
    split = text([splits.get(name) for name in above])
    if not pc.any(pc.and_(picture, inside)).as_py():
        raise InputError(f"{place.root}: no pictures in class folders; expected {SMALL_LAYOUT}")
    reason = pc.coalesce(
        records.where(pc.invert(picture), "not a picture by its suffix"),
        records.where(pc.invert(inside), "lies outside the class folders"),
    )
    label = pc.if_else(pc.is_null(reason), records.basename(folder), pa.scalar(None, records.TEXT))
    yield Records(files, files, {"class": label}, split=split, reason=reason)


def read_full(place: Place) -> Iterator[Records]:
    """Rows of ``images.csv``, those without a picture refused; then pictures without a row."""
    table, bad = read_csv(find_file(place.root, "images.csv", FULL_LAYOUT), ("image", "label"))
    files = records.pictures(records.inventory(place.root))
    names, stems = records.column(table, "image"), records.stem(files)
    path = records.look_up(names, stems, files)
    reason = records.where(pc.is_null(path), "its picture is not in the folder")
    raw = {name: records.column(table, name) for name in _FULL_FIELDS}
    yield Records(names, pc.fill_null(path, ""), raw, reason=reason)
    yield records.lines_refused("images.csv", bad, _FULL_FIELDS)
    yield records.leftover(files, path, _FULL_FIELDS, "no row in images.csv")
