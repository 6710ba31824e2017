"""Sizes and qualities of files that this test writes."""

import numpy as np
from PIL import Image

from robustfashion.bench.experiment.division import Part
from robustfashion.bench.experiment.originals import Original, originals, originals_table
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.sources import open_catalogue


def test_files_as_they_are(tmp_path):
    (tmp_path / "a").mkdir()
    for name, size, options in [
        ("x.jpg", (70, 90), {"quality": 83}),
        ("y.png", (40, 20), {}),
        ("z.jpg", (50, 50), {"quality": 70}),
    ]:
        Image.fromarray(np.full((*size, 3), 90, np.uint8)).save(tmp_path / "a" / name, **options)
    catalogue = open_catalogue(str(tmp_path))
    part = Part(catalogue, np.zeros(3, np.int64))
    found = dict(zip(part.ids, originals(part, Preprocessing("pillow.box", canvas=60, size=30), workers=2), strict=True))
    assert found == {
        "a/x.jpg": Original(90, 70, True, 83),
        "a/y.png": Original(40, 20, False, None),
        "a/z.jpg": Original(50, 50, True, 70),
    }
    rows = dict(originals_table(part, Preprocessing("pillow.box", canvas=60, size=30), 2).rows)
    assert rows["longer side, px: smallest, median, largest"] == "40, 50, 90"
    assert rows["larger than the canvas of 60 px, so fitted into it first"] == "1 of 3 (33.3 %)"
    assert next(value for name, value in rows.items() if "padded" in name) == "2 of 3 (66.7 %)"
    cut = Preprocessing.parse("pillow.box+shorter=50+crop=30")
    table = originals_table(part, cut, 2)
    assert dict(table.rows)["shorter side above 50 px, so reduced"] == "1 of 3 (33.3 %)" and "canvas" not in str(table)
    assert dict(table.rows)["shorter side below 50 px, so enlarged"] == "1 of 3 (33.3 %)"
    assert rows["JPEG files"] == "2 of 3 (66.7 %)" and "83 (1)" in str(list(rows.values())[-1])
