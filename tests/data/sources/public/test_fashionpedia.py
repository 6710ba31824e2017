import numpy as np
import pytest

from robustfashion.data.sources.public import import_public
from robustfashion.data.sources.public.fashionpedia import _Boxes, _owners, crop
from robustfashion.errors import InputError
from robustfashion.pictures.reading import decode_file
from tests.data.sources.public import miniatures


@pytest.mark.parametrize(
    ("box", "wanted"),
    [([10, 20, 30, 60], (8, 16, 32, 64)), ([0, 0, 50, 80], (0, 0, 50, 80)), ([45.2, 70.4, 49.9, 79.9], (45, 69, 50, 80))],
)
def test_crop_with_a_tenth_around_it(box, wanted):
    pixels = np.random.default_rng(0).integers(0, 256, (80, 50, 3), dtype=np.uint8)
    left, top, right, bottom = wanted
    np.testing.assert_array_equal(crop(pixels, np.array(box, float)), pixels[top:bottom, left:right])


@pytest.mark.parametrize("box", [[5, 5, 5, 5], [60, 10, 70, 20], [-20, -20, -10, -10]])
def test_boxes_without_pixels(box):
    assert isinstance(crop(np.zeros((80, 50, 3), np.uint8), np.array(box, float)), InputError)


def test_written_cutouts_are_the_pixels(tmp_path):
    miniatures.fashionpedia(tmp_path / "set")
    import_public("fashionpedia", tmp_path / "set", tmp_path / "out")
    whole = decode_file(tmp_path / "set" / "test" / "0010.jpg")
    np.testing.assert_array_equal(decode_file(tmp_path / "out" / "images" / "validation" / "1.png"), whole[4:76, 6:54])


def test_owners_against_a_loop():
    rng = np.random.default_rng(4)
    n = 400
    corner, size = rng.uniform(0, 60, (n, 2)), rng.uniform(1, 40, (n, 2))
    boxes = _Boxes(rng.integers(0, 23, n), rng.integers(0, 2, n), np.hstack([corner, corner + size]))
    parts, garments = np.flatnonzero(boxes.category == 1), np.flatnonzero(boxes.category == 0)
    wanted = set()
    for part in parts:
        x0, y0, x1, y1 = boxes.box[part]
        inside = []
        for garment in garments:
            a0, b0, a1, b1 = boxes.box[garment]
            common = max(0, min(x1, a1) - max(x0, a0)) * max(0, min(y1, b1) - max(y0, b0))
            if boxes.image[part] == boxes.image[garment] and common >= 0.8 * (x1 - x0) * (y1 - y0):
                inside.append(garment)
        if len(inside) == 1:
            wanted.add((part, inside[0]))
    found = set(zip(*_owners(boxes, parts, garments), strict=True))
    assert found == wanted and 5 < len(wanted) < len(parts)
