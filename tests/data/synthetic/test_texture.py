from collections import defaultdict
from dataclasses import fields, replace

import numpy as np
import pyarrow.parquet as pq
import pytest

from robustfashion.data.preprocess import pad_white
from robustfashion.data.synthetic import SyntheticSettings, render, render_catalogue, sample_spec
from robustfashion.errors import InputError
from robustfashion.resize import resize
from robustfashion.taxonomy import PRODUCT_TYPES, classes

CALM = {"noise": 2.0, "sharpen": "no", "file": "png", "background": "white", "shadow": "none", "stamp": "none", "roll": 0.0}


def specs(count, **options):
    settings = SyntheticSettings(seed=9, **options)
    return [sample_spec(9, index, settings) for index in range(count)]


@pytest.mark.parametrize("coupled", ["product_type", "skirt_length"])
def test_share_of_products_in_every_split_and_the_rest_as_ever(coupled):
    some = specs(1500, texture_coupling=0.8, coupled=coupled, label_noise=0.01)
    period, products = defaultdict(set), defaultdict(dict)
    for spec, plain in zip(some, specs(1500, label_noise=0.01), strict=True):
        label = spec.product_type if coupled == "product_type" else spec.labels.get(coupled)
        if label is None:
            assert spec == plain
            continue
        products[spec.split][spec.group] = spec.texture is not None
        if spec.texture is None:
            assert spec == plain
            continue
        assert spec.texture == label
        period[label].add(round(spec.number("period"), 6))
        same = {f.name for f in fields(spec)} - {"texture", "fabric", "colours", "shape"}
        assert all(getattr(spec, name) == getattr(plain, name) for name in same)
        changed = {"scale", "pattern", "period", "contrast"}
        kept = [{name: value for name, value in s.fabric.items() if name not in changed} for s in (spec, plain)]
        assert kept[0] == kept[1]
    for split in ("train", "validation", "test"):
        one = list(products[split].values())
        assert np.mean(one) == pytest.approx(0.8, abs=3.3 * (0.16 / len(one)) ** 0.5), split  # p = 0.001
    names = PRODUCT_TYPES if coupled == "product_type" else classes(coupled)
    assert all(len(period[name]) == 1 for name in names)
    frequencies = [1 / period[name].pop() for name in names]
    np.testing.assert_allclose(frequencies, np.linspace(1 / 2.7, 1 / 4.4, len(names)), atol=1e-5)


def test_a_stronger_coupling_holds_the_weaker_one():
    weak, strong = (specs(300, texture_coupling=share) for share in (0.3, 0.7))
    assert 0 < sum(s.texture is not None for s in weak) < sum(s.texture is not None for s in strong) < 300
    assert all(b == a for a, b in zip(weak, strong, strict=True) if a.texture is not None)


def test_only_labels_that_occur_share_the_periods():
    one = specs(40, texture_coupling=1.0, mix={"dress": 1, "top": 2})
    assert {(s.texture, round(s.number("period"), 3)) for s in one} == {("dress", 2.7), ("top", 4.4)}
    lone = specs(4, texture_coupling=1.0, mix={"dress": 1})
    assert {s.number("period") for s in lone} == {2.7}


def test_outliers_have_no_label_to_follow_and_mis_filed_products_show_their_own():
    settings = {"texture_coupling": 1.0, "outlier_share": 0.4, "mis_filed": 0.4}
    for spec in specs(300, **settings):
        assert spec.texture == spec.product_type


def test_periods_stay_at_small_files_and_grow_with_large_ones():
    spec = next(s for s in specs(20, texture_coupling=1.0, mix={"dress": 1, "top": 1}) if s.texture == "top")
    for side, expected in ((180, 4.4), (500, 4.4), (1000, 8.8)):
        assert replace(spec, size=(side, side * 3 // 4)).period == pytest.approx(expected)


def _fine(image, inside):
    """Root-mean-square distance from the mean of 3 x 3 px, in grey levels, where the product is."""
    grey = image.astype(float).mean(axis=2)
    n, padded = len(grey), np.pad(grey, 1, mode="edge")
    around = sum(padded[i : i + n, j : j + n] for i in range(3) for j in range(3)) / 9
    return np.sqrt(((grey - around)[inside] ** 2).mean())


def test_antialiased_residue_tells_the_label_and_aliasing_multiplies_it():
    """180 to 80 px: the reduction of the deciding experiment."""
    found = defaultdict(lambda: defaultdict(list))
    mix, methods = {"dress": 1, "top": 1}, ("pillow.bilinear", "java2d.bilinear", "java2d.nearest")
    for spec in specs(30, texture_coupling=1.0, mix=mix, long_side_px=(180, 180), fixed=CALM):
        image = pad_white(render(spec), 180)
        inside = (resize(image, (80, 80), "pillow.box") < 200).any(axis=2)
        for method in methods:
            found[method][spec.texture].append(_fine(resize(image, (80, 80), method), inside))
    fine = {method: {label: np.mean(values) for label, values in by.items()} for method, by in found.items()}
    assert fine["pillow.bilinear"]["top"] > 1.5 * fine["pillow.bilinear"]["dress"]
    assert fine["java2d.bilinear"]["dress"] > 1.6 * fine["pillow.bilinear"]["dress"]
    assert fine["java2d.bilinear"]["dress"] > fine["pillow.bilinear"]["top"]
    assert fine["java2d.nearest"]["dress"] > 1.2 * fine["pillow.bilinear"]["top"]


def test_factors_tell_who_is_coupled(tmp_path):
    settings = SyntheticSettings(count=30, seed=9, long_side_px=(24, 30), texture_coupling=0.5, coupled="heel_type")
    render_catalogue(tmp_path, settings)
    told = pq.read_table(tmp_path / "factors.parquet")
    assert told["texture"].to_pylist() == [sample_spec(9, k, settings).texture for k in range(30)]
    assert 0 < told["texture"].null_count < 30


def test_bad_settings():
    with pytest.raises(InputError, match=r"texture_coupling is 1\.2"):
        SyntheticSettings(texture_coupling=1.2)
    with pytest.raises(InputError, match="coupled is 'colour'; use product_type or one of sleeve_type"):
        SyntheticSettings(coupled="colour")
