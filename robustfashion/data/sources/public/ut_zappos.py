"""UT-Zappos50K (University of Texas at Austin): 50,025 shoes on white, 136 × 102 px."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.data.sources.public.tables import find_file, read_csv
from robustfashion.errors import InputError

LAYOUT = "ut-zap50k-images/<Category>/<SubCategory>/<Brand>/<CID>.jpg and ut-zap50k-data/meta-data.csv"

_META = ("HeelHeight", "Insole", "Closure", "Gender", "Material", "ToeStyle")
_PLACE = r"(?:^|/)(?P<category>[^/]+)/(?P<sub>[^/]+)/(?P<brand>[^/]+)/(?P<cid>[^/]+)\.[^./]+$"
_SQUARE = "ut-zap50k-images-square"


def read(place: Place) -> Iterator[Records]:
    """Every picture, joined by its CID to ``meta-data.csv``; then rows of that table without a picture.

    A CID ``100627-72`` is the file ``100627.72.jpg``; colours of one shoe share the part before the dash, which is the group.
    A brand that ends in a dot has a folder that ends in ``%2E``. Several values of one field are separated by semicolons.
    """
    table, bad = read_csv(find_file(place.root, "meta-data.csv", LAYOUT), ("CID", "HeelHeight"))
    files = records.pictures(records.inventory(place.root))
    parts = pc.extract_regex(files, _PLACE)
    if parts.null_count == len(parts):
        raise InputError(f"{place.root}: no pictures in folders of categories; expected {LAYOUT}")
    cid = pc.replace_substring(pc.struct_field(parts, "cid"), ".", "-")
    known = records.column(table, "CID")
    reason = pc.coalesce(
        records.where(pc.is_null(cid), "lies outside the folders of categories"),
        records.where(pc.invert(pc.is_in(cid, value_set=known)), "its CID is not in meta-data.csv"),
        records.where(_second_copy(files), "a square copy of another picture"),
    )
    raw = {"Category": pc.struct_field(parts, "category"), "SubCategory": pc.struct_field(parts, "sub")}
    raw["Brand"] = pc.replace_substring(pc.struct_field(parts, "brand"), "%2E", ".")
    raw |= {name: _several(records.look_up(cid, known, records.column(table, name))) for name in _META}
    yield Records(files, files, raw, group=pc.replace_substring_regex(cid, r"-.*$", ""), reason=reason)
    lost = known.filter(pc.invert(pc.is_in(known, value_set=cid)))
    n = len(lost)
    empty = {name: pa.nulls(n, array.type) for name, array in raw.items()}
    why = records.constant("its picture is not in the folder", n)
    yield Records(records.joined("meta-data.csv: ", lost), records.constant("", n), empty, reason=why)
    yield records.lines_refused("meta-data.csv", bad, tuple(raw))


def _several(values: pa.Array) -> pa.Array:
    return pc.split_pattern(values, ";")


def _second_copy(files: pa.Array) -> pa.Array:
    """Pictures of the square variant, where the other is there too: boolean [n]."""
    square = pc.match_substring(files, _SQUARE)
    both = pc.any(square).as_py() and not pc.all(square).as_py()
    return square if both else pc.equal(square, None)
