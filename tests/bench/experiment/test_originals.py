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
    assert found == {"a/x.jpg": Original(90, True, 83), "a/y.png": Original(40, False, None), "a/z.jpg": Original(50, True, 70)}
    rows = dict(originals_table(part, Preprocessing("pillow.box", canvas=60, size=30), 2).rows)
    assert rows["longer side, px: smallest, median, largest"] == "40, 50, 90"
    assert rows["larger than the canvas of 60 px, so fitted into it first"] == "1 of 3 (33.3 %)"
    assert next(value for name, value in rows.items() if "padded" in name) == "2 of 3 (66.7 %)"
    assert rows["JPEG files"] == "2 of 3 (66.7 %)" and "83 (1)" in str(list(rows.values())[-1])
