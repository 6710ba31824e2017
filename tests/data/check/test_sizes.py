"""Sizes, shapes, target sizes and encodings."""

import numpy as np
import pytest

from robustfashion.data.check import encoders
from robustfashion.data.check.sizes import encodings, extremes, measures, shape_class, side_clusters, size_class
from robustfashion.data.check.store import build_features
from tests.data.check.pictures import catalogue_of, product, write


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """24 JPEGs with a shorter side of 40 px at two qualities, 6 PNGs of odd sizes, and one large file."""
    root = tmp_path_factory.mktemp("sizes")
    rows = []
    for k in range(30):
        scaled = k < 24
        name = f"{k:02d}.jpg" if scaled else f"{k:02d}.png"
        image = product(40, 53 + k, k) if scaled else product(61 + 3 * k, 47 + k, k)
        write(root / name, image, **({"quality": 70 if k % 3 else 85} if scaled else {}))
        rows.append({"path": name, "label": "a"})
    write(root / "large.jpg", product(240, 1200, 1), quality=70)
    return build_features(catalogue_of(root, [*rows, {"path": "large.jpg", "label": "a"}]), root / "cache")


def test_classes(store):
    assert size_class(store).values == ("1 to 224 px", "1001 to 2000 px")
    assert size_class(store).counts().tolist() == [30, 1]
    assert shape_class(store).values == ("portrait", "landscape")
    assert shape_class(store).counts().tolist() == [6, 25]


def test_measures(store):
    found = measures(store)
    assert found["Shorter side, px"][:24].tolist() == [40] * 24
    assert found["Width / height"][0] == pytest.approx(53 / 40)
    assert found["Bits per pixel"][3] == pytest.approx(8 * store.numbers["bytes"][3] / (40 * 56))


def test_target_size_is_found(store):
    (side,) = side_clusters(store)
    assert (side.side, side.px, side.images) == ("shorter side", 40, 24)
    assert side.written_by == f"JPEG, {encoders.LIBJPEG}, quality 70"
    assert side.written_share == pytest.approx(16 / 24)


def test_encodings(store):
    found = encodings(store)
    assert [(e.kind, e.quality, e.images) for e in found] == [("JPEG", 70, 17), ("JPEG", 85, 8), ("PNG", 0, 6)]
    assert found[0].subsampling == "4:2:0" and found[0].exact and not found[0].progressive
    assert found[2].name == "PNG"
    assert sum(e.images for e in encodings(store, np.array([0, 1, 30]))) == 3


def test_extremes_do_not_overlap(store):
    small, large = extremes(store, 4)
    assert small == [0, 1, 2, 3] and large[0] == 30
    assert not set(extremes(store, 100)[0]) & set(extremes(store, 100)[1])
