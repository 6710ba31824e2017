"""The committed contact sheets show every label and every kind of outlier."""

from pathlib import Path

import pytest
from PIL import Image

from robustfashion import taxonomy
from robustfashion.data.sheet import _plain
from robustfashion.data.synthetic.outlier_kinds import all_kinds
from robustfashion.data.synthetic.spec import MIS_FILED

DOCS = Path(__file__).parents[3] / "docs"
PAIRS = [(name, label) for name, attribute in taxonomy.attributes().items() for label in attribute.labels]
PAIRS += [("outlier_kind", kind) for kind in (*all_kinds(), MIS_FILED)]


@pytest.mark.parametrize(("column", "value"), PAIRS)
def test_every_label_has_its_sheet(column, value):
    name = f"images/labels/{_plain(column)}-{_plain(value)}.jpg"
    with Image.open(DOCS / name) as sheet:
        assert sheet.width == 8 * 102
    assert f"]({name})" in (DOCS / "labels.md").read_text(encoding="utf-8")


def test_sheets_are_few_and_small():
    files = list((DOCS / "images" / "labels").iterdir())
    assert len(files) == len(PAIRS)
    assert sum(file.stat().st_size for file in files) < 1_500_000
