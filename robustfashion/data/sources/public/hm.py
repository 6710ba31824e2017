"""H&M Personalized Fashion Recommendations (Kaggle competition): ``articles.csv`` and one picture per article."""

from collections.abc import Iterator

import pyarrow.compute as pc

from robustfashion.data.sources.public import records
from robustfashion.data.sources.public.records import Place, Records
from robustfashion.data.sources.public.tables import find_file, read_csv
from robustfashion.errors import InputError

LAYOUT = "articles.csv beside images/<first three digits>/<article_id>.jpg"

_COLUMNS = (
    "prod_name", "product_type_name", "product_group_name", "index_group_name", "section_name", "garment_group_name",
    "detail_desc",
)  # fmt: skip


def read(place: Place) -> Iterator[Records]:
    """Rows of ``articles.csv``, those without a picture refused; then pictures without a row.

    Ids have ten digits; tools that take them for numbers lose the leading zero, which is put back. Colours of one product
    share the first seven digits, which are the group.
    """
    table, bad = read_csv(find_file(place.root, "articles.csv", LAYOUT), ("article_id", "product_type_name"))
    ids = pc.utf8_lpad(records.column(table, "article_id"), 10, "0")
    files = records.pictures(records.inventory(place.root))
    if not len(files):
        raise InputError(f"{place.root}: no pictures; expected {LAYOUT}")
    path = records.look_up(ids, records.stem(files), files)
    raw = {name: records.column(table, name) for name in _COLUMNS}
    reason = records.where(pc.is_null(path), "its picture is not in the folder")
    yield Records(ids, pc.fill_null(path, ""), raw, group=pc.utf8_slice_codeunits(ids, 0, 7), reason=reason)
    yield records.lines_refused("articles.csv", bad, _COLUMNS)
    yield records.leftover(files, path, _COLUMNS, "no row in articles.csv")
