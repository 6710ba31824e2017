"""The labels say what is drawn."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from robustfashion.data.synthetic import SyntheticSettings, render, sample_spec
from robustfashion.data.synthetic.products import PRODUCTS
from robustfashion.data.synthetic.products.silhouette import FLOOR_Y, HIP_Y
from robustfashion.taxonomy import PRODUCT_TYPES

COUNT = 150


@cache
def drawn(product_type):
    settings = SyntheticSettings(seed=8, mix={product_type: 1.0}, ambiguity=0.0)
    return [
        (spec, PRODUCTS[product_type](spec))
        for spec in (sample_spec(8, k, settings) for k in range(COUNT * (2 if product_type == "shoe" else 1)))
    ]


def outlines(product, name):
    return [outline for part in product.parts if part.name == name for outline in part.outlines]


def test_skirt_length_is_where_the_hem_hangs():
    ends = {"Mini": (0.22, 0.38), "Knee-Long": (0.46, 0.56), "Midi": (0.64, 0.78), "Maxi": (0.90, 1.0)}
    for spec, product in drawn("dress"):
        hem = np.median(np.sort(outlines(product, "body")[0][:, 1])[-20:])
        low, high = ends[spec.attributes()["skirt_length"]]
        assert low - 0.05 < (hem - HIP_Y) / (FLOOR_Y - HIP_Y) < high + 0.06


def test_every_dress_is_longer_than_every_top_but_just():
    legs = {kind: [spec.number("leg") for spec, _ in drawn(kind)] for kind in ("dress", "top")}
    assert 0 < min(legs["dress"]) - max(legs["top"]) < 0.12


@pytest.mark.parametrize("product_type", ["dress", "top"])
def test_sleeves(product_type):
    for spec, product in drawn(product_type):
        sleeves = outlines(product, "sleeve")
        label = spec.attributes()["sleeve_type"]
        expected = 0 if label == "Sleeveless" else (1 if spec.word("neck_style") == "One-Shoulder" else 2)
        assert len(sleeves) == expected
        if sleeves:
            reach = max(sleeve[:, 1].max() for sleeve in sleeves)
            low, high = {"Short sleeve": (0.22, 0.52), "3/4 sleeve": (0.44, 0.68), "Long sleeve": (0.60, 0.80)}[label]
            assert low < reach < high, label


def test_heels():
    heights = {
        "Kitten Heel": (0.10, 0.17), "Stiletto": (0.28, 0.42), "Cone Heel": (0.20, 0.35), "Block Heel": (0.15, 0.38),
        "Western Heel": (0.12, 0.18), "Louis Heel": (0.15, 0.28),
    }  # fmt: skip
    for spec, product in drawn("shoe"):
        label, heels = spec.attributes()["heel_type"], outlines(product, "heel")
        assert bool(heels) == (label != "Flat")
        if label in heights and spec.word("sole") != "jute":
            low, high = heights[label]
            assert low <= spec.number("heel_height") <= high
            tip = np.ptp(heels[-1][np.abs(heels[-1][:, 1]) < 1e-6][:, 0])
            assert (tip < 0.04) == (label in ("Stiletto", "Kitten Heel")), label
        if label == "Wedge":
            assert np.ptp(heels[-1][:, 0]) > 0.6


def test_displays():
    for spec, product in drawn("watch"):
        label, names = spec.attributes()["display_type"], [part.name for part in product.parts]
        assert ("segments" in names) == (label in ("Digital", "Analogue-Digital"))
        assert ("hands" in names) == (label != "Digital")
        if label == "Chronograph":
            assert names.count("sub_dial") >= 2
            assert len(outlines(product, "crown")) == 3


def test_luggage():
    for spec, product in drawn("luggage"):
        labels, names = spec.attributes(), [part.name for part in product.parts]
        assert names.count("wheel") == int(labels["number_of_wheels"])
        assert ("kick_plate" in names) == (labels["number_of_wheels"] == "2")
        assert ("latches" in names) == (labels["number_of_wheels"] == "0" and labels["shell_type"] == "Hard")
        if labels["shell_type"] == "Hard":
            assert "pocket" not in names


def test_boots():
    marks = {
        "Biker boots": "boot_strap", "Chelsea boots": "gore", "Chukka boots": "laces", "Classic boots": "zip",
        "Combat boots": "laces", "Desert boots": "nap", "Snow boots": "fur", "Wellington boots": "gleam",
    }  # fmt: skip
    seen = set()
    for spec, product in drawn("shoe"):
        label, names = spec.attributes().get("boot_style"), {part.name for part in product.parts}
        assert (spec.word("family") == "boot") == (label is not None)
        if label is None:
            continue
        seen.add(label)
        assert marks[label] in names
        holes = [hole for part in product.parts if part.name == "sole" for hole in part.holes]
        assert bool(holes) == (label == "Combat boots")
        eyelets = sum(len(part.outlines) for part in product.parts if part.name == "eyelets")
        laced = {"Chukka boots": (2, 3), "Desert boots": (2, 3), "Combat boots": (6, 10), "Snow boots": (4, 4)}
        if spec.word("pair") == "single":
            low, high = laced.get(label, (0, 0))
            assert low <= eyelets <= high, label
    assert seen == set(marks)


def test_sandals():
    marks = {
        "Ankle-Strap": {"ankle_strap", "counter", "strap"}, "Espadrille": {"twists", "front", "knot"}, "Platform": {"strap"},
        "Gladiator": {"spine", "bar"}, "Slingback": {"sling", "front"}, "T-Bar": {"bar", "ankle_strap"},
    }  # fmt: skip
    seen = set()
    for spec, product in drawn("shoe"):
        label, names = spec.attributes().get("sandal_style"), {part.name for part in product.parts}
        assert (spec.word("family") == "sandal") == (label is not None)
        if label is None:
            continue
        seen.add(label)
        assert marks[label] <= names
        assert (spec.number("platform") >= 0.10) == (label == "Platform")
        assert ("ankle_strap" in names) == (label not in ("Platform", "Slingback"))
        assert ("spine" in names) == (label == "Gladiator")
        assert ("bar" in names) == (label in ("Gladiator", "T-Bar"))
    assert seen == set(marks)


@pytest.mark.parametrize("product_type", ["dress", "top", "shoe", "watch", "luggage"])
def test_outlines_are_sound(product_type):
    for _, product in drawn(product_type):
        for part in product.parts:
            assert part.outlines, part.name
            for outline in (*part.outlines, *part.holes):
                assert outline.ndim == 2
                assert outline.shape[1] == 2
                assert len(outline) >= 3
                assert np.isfinite(outline).all()
            for colour in part.surface.colours:
                assert all(0 <= channel <= 255 for channel in colour)
            assert all(layer.colour < len(part.surface.colours) for layer in part.surface.layers), part.name


FITTINGS = {"buckle", "pin", "buttons", "hands", "hanger"}
"""Small parts of metal, horn or wood, on few products."""


@pytest.mark.parametrize("product_type", PRODUCT_TYPES)
def test_parts_bring_no_colour_of_their_own(product_type):
    """Of a grey picture every part is grey: otherwise a histogram of colours would know the product by its material."""
    settings = SyntheticSettings(seed=2, mix={product_type: 1.0})
    seen, coloured = set(), set()
    for index in range(150):
        spec = replace(sample_spec(2, index, settings), colours=((120, 120, 120), (60, 60, 60), (190, 190, 190)))
        for part in PRODUCTS[product_type](spec).parts:
            surfaces = [part.surface, *(surface for _, surface in part.inlays)]
            seen.add(part.name)
            if any(max(colour) - min(colour) > 9 for surface in surfaces for colour in surface.colours):
                coloured.add(part.name)
    assert coloured <= FITTINGS
    assert len(seen - FITTINGS) >= 8


@pytest.mark.parametrize("product_type", ["dress", "top"])
def test_panels_change_the_colour_and_not_the_shape(product_type):
    settings = SyntheticSettings(seed=2, mix={product_type: 1.0})
    kinds = set()
    for index in range(60):
        spec = sample_spec(2, index, settings)
        (body,) = (part for part in PRODUCTS[product_type](spec).parts if part.name == "body")
        unpanelled = replace(spec, shape={**spec.shape, "panel": "none"})
        (bare,) = (part for part in PRODUCTS[product_type](unpanelled).parts if part.name == "body")
        np.testing.assert_array_equal(body.outlines[0], bare.outlines[0])
        kinds.add(spec.word("panel"))
        assert bool(body.inlays) == (spec.word("panel") != "none")
        assert all(surface.colours == (spec.colour("panel_colour"),) for _, surface in body.inlays)
    assert kinds == {"none", "lower", "band", "sides"}


def test_lower_panel_is_painted():
    settings = SyntheticSettings(seed=2, mix={"dress": 1.0}, long_side_px=(260, 260))
    spec = sample_spec(2, 4, settings)
    plain = {**spec.shape, "panel": "none", "panel_colour": "contrast", "panel_from": 0.5, "sleeve_colour": "ground"}
    calm = {**spec.scene, "background": "white", "shadow": "none", "noise": 0.0, "sharpen": "no", "stamp": "none"}
    spec = replace(spec, shape=plain, scene=calm, colours=((200, 30, 30), (30, 30, 200), (30, 200, 30)))
    bare = render(spec).astype(int)
    blocked = render(replace(spec, shape={**plain, "panel": "lower"})).astype(int)
    changed = np.abs(bare - blocked).max(axis=2) > 40
    rows = np.flatnonzero(changed.any(axis=1))
    product = np.flatnonzero((bare.min(axis=2) < 150).any(axis=1))
    assert rows[-1] >= product[-1] - 6, "down to the hem"
    assert rows[0] > product[0] + 0.3 * np.ptp(product), "and not above the armpits"
    assert (blocked[changed][:, 2] > blocked[changed][:, 0]).mean() > 0.9, "in the contrast colour"
