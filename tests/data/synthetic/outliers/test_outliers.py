from itertools import pairwise

import numpy as np
import pytest

from robustfashion.data.synthetic import SyntheticSettings, render, sample_spec
from robustfashion.data.synthetic.outlier_kinds import all_kinds, outlier_kinds
from robustfashion.data.synthetic.outliers import PICTURES, THINGS
from robustfashion.taxonomy import PRODUCT_TYPES


def specs(kind, count, px=120):
    label = next(t for t in PRODUCT_TYPES if kind in outlier_kinds(t, {}))
    settings = SyntheticSettings(seed=3, mix={label: 1.0}, long_side_px=(px, px), outlier_share=1.0, outlier_kinds={kind: 1.0})
    return [sample_spec(3, k, settings) for k in range(0, 6 * count, 6)]


@pytest.mark.parametrize("kind", all_kinds())
def test_pictures_of_every_kind(kind):
    images = []
    for spec in specs(kind, 3):
        assert spec.outlier == kind
        assert (spec.product_type is None) == (kind != "near/other product")
        assert spec.product_type != spec.label
        image = render(spec)
        assert image.shape == (*spec.size, 3)
        assert image.dtype == np.uint8
        np.testing.assert_array_equal(image, render(spec))
        assert image.std() > 3
        images.append(image)
    assert all(a.shape != b.shape or not np.array_equal(a, b) for a, b in pairwise(images))


@pytest.mark.parametrize("kind", sorted(THINGS))
def test_outlines_are_sound(kind):
    for spec in specs(kind, 6):
        parts = THINGS[kind](spec).parts
        assert parts
        for part in parts:
            assert part.outlines, part.name
            for outline in (*part.outlines, *part.holes):
                assert outline.shape[1:] == (2,)
                assert len(outline) >= 3
                assert np.isfinite(outline).all()


@pytest.mark.parametrize("kind", sorted(PICTURES))
def test_native_size_changes_sharpness_not_the_picture(kind):
    if kind in ("far/noise", "junk/collage"):
        pytest.skip("drawn anew at each size")
    small, large = (render(specs(kind, 1, px)[0]).astype(float) for px in (100, 300))
    assert np.abs(small.mean(axis=(0, 1)) - large.mean(axis=(0, 1))).max() < 6
