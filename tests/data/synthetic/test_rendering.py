import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from robustfashion.data.synthetic import SyntheticSettings, render, sample_spec
from robustfashion.data.synthetic.overlays import OVERLAYS
from robustfashion.data.synthetic.patterns import PATTERNS
from robustfashion.data.synthetic.products import PRODUCTS
from robustfashion.data.synthetic.rendering import BACKGROUNDS, encode, render_image
from robustfashion.data.synthetic.scene import place
from robustfashion.taxonomy import PRODUCT_TYPES


def specs(product_type, count, px=160, seed=2):
    settings = SyntheticSettings(seed=seed, mix={product_type: 1.0}, long_side_px=(px, px))
    return [sample_spec(seed, index, settings) for index in range(count)]


def with_values(spec, **values):
    """The specification with some values of its shape, fabric or scene replaced."""
    parts = {name: dict(getattr(spec, name)) for name in ("shape", "fabric", "scene")}
    for name, value in values.items():
        next(part for part in parts.values() if name in part)[name] = value
    return replace(spec, **parts)


def quiet(spec):
    """The product alone on white, as drawn."""
    return with_values(spec, background="white", shadow="none", noise=0.0, sharpen="no", stamp="none")


@pytest.mark.parametrize("product_type", PRODUCT_TYPES)
def test_images(product_type):
    for spec in specs(product_type, 12):
        image = render(spec)
        assert image.dtype == np.uint8
        assert image.shape == (*spec.size, 3)
        assert image.flags.c_contiguous


@pytest.mark.parametrize("product_type", PRODUCT_TYPES)
def test_same_specification_same_pixels_in_any_order(product_type):
    some = specs(product_type, 5, px=120)
    first = [render(spec) for spec in some]
    again = [render(spec) for spec in some[::-1]][::-1]
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert all(not np.array_equal(first[0], other) for other in first[1:] if other.shape == first[0].shape)


@pytest.mark.parametrize("product_type", PRODUCT_TYPES)
def test_every_product_shape_stays_in_the_picture_and_fills_its_share(product_type):
    for spec in specs(product_type, 40):
        product = PRODUCTS[product_type](spec)
        corners = np.concatenate([place(product, spec).to_px(o) for part in product.parts for o in part.outlines])
        low, high = corners.min(axis=0), corners.max(axis=0)
        frame = np.array(spec.size[::-1])
        assert low.min() >= -1e-6
        assert (high <= frame + 1e-6).all()
        assert ((high - low) / frame).max() == pytest.approx(spec.number("fill"))
        assert np.isfinite(corners).all()


@pytest.mark.parametrize("product_type", PRODUCT_TYPES)
def test_product_is_where_its_outlines_are(product_type):
    for spec in specs(product_type, 8):
        spec = quiet(spec)
        product = PRODUCTS[product_type](spec)
        corners = np.concatenate([place(product, spec).to_px(o) for part in product.parts for o in part.outlines])
        painted = np.argwhere((render(spec) < 250).any(axis=2))
        # White products have white edges; nothing may lie outside, and most of the height must be there.
        assert (painted.min(axis=0)[::-1] >= corners.min(axis=0) - 2).all()
        assert (painted.max(axis=0)[::-1] <= corners.max(axis=0) + 1).all()
        assert np.ptp(painted[:, 0]) > 0.8 * np.ptp(corners[:, 1])


def test_white_on_white_is_visible():
    for product_type in PRODUCT_TYPES:
        for spec in specs(product_type, 4):
            spec = replace(quiet(with_values(spec, pattern="solid")), colours=((252, 252, 252),) * 3)
            assert (render(spec).min(axis=2) < 245).mean() > 0.02


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_every_pattern_changes_the_picture(name):
    spec = quiet(specs("top", 1)[0])
    period = 40.0 if name in ("floral", "tartan", "windowpane") else 12.0
    drawn = render(with_values(spec, pattern=name, period=period)).astype(int)
    plain = render(with_values(spec, pattern="solid")).astype(int)
    share = (np.abs(drawn - plain).max(axis=2) > 12).mean()
    assert 0.02 < share < 0.9


@pytest.mark.parametrize("name", sorted(BACKGROUNDS))
def test_backgrounds(name):
    spec = with_values(specs("shoe", 1)[0], background=name, noise=0.0, shadow="none", stamp="none")
    image = render(spec).astype(int)
    if name == "white":
        assert (image[:3] == 255).all()
    else:
        assert image[:3].mean() < 254
    np.testing.assert_array_equal(image, render(spec))


@pytest.mark.parametrize("name", sorted(OVERLAYS))
def test_stamps_cover_little(name):
    for spec in specs("dress", 6):
        clean = quiet(spec)
        difference = np.abs(render(with_values(clean, stamp=name)).astype(int) - render(clean).astype(int)).max(axis=2)
        assert 0 < (difference > 0).mean() < 0.15


def test_mirror_reverses_the_picture_but_no_digits():
    for product_type, changes in (("shoe", True), ("watch", False)):
        spec = quiet(with_values(specs(product_type, 3)[2], roll=0.0, offset_x=0.0, side="plain", light_azimuth=-90.0))
        one, two = render(spec).astype(int), render(with_values(spec, side="mirrored")).astype(int)
        assert (np.abs(one - two).max() > 60) == changes
        if changes:
            assert np.abs(one - two[:, ::-1]).mean() < 4


def test_noise_has_the_stated_strength():
    spec = with_values(quiet(specs("watch", 1, px=300)[0]), background="grey")
    clean, noisy = render(spec).astype(float), render(with_values(spec, noise=1.7)).astype(float)
    assert (noisy - clean).std() == pytest.approx(1.7, rel=0.08)


def _small(image, resample):
    return np.asarray(Image.fromarray(image).resize((150, 150), resample), dtype=float)


def test_aliasing_comes_from_the_resizer():
    """Fine stripes: subsampling differs from averaging far more than on plain cloth, and averaging shows plain cloth."""
    settings = SyntheticSettings(seed=2, mix={"top": 1.0}, long_side_px=(1000, 1000))
    spec = next(s for k in range(99) if (s := sample_spec(2, k, settings)).size == (1000, 1000))
    spec = replace(quiet(with_values(spec, roll=0.0, fill=0.95)), colours=((30, 30, 30), (235, 235, 235), (90, 90, 90)))
    difference = {}
    for name in ("stripes", "solid"):
        image = render(with_values(spec, pattern=name, period=3.4))
        nearest, box = _small(image, Image.Resampling.NEAREST), _small(image, Image.Resampling.BOX)
        difference[name] = np.sqrt(((nearest - box) ** 2).mean())
    assert difference["stripes"] > 3 * difference["solid"]
    assert difference["stripes"] > 20


def test_encoding():
    spec = specs("dress", 1)[0]
    image = render_image(spec)
    png = with_values(spec, file="png")
    np.testing.assert_array_equal(np.array(Image.open(io.BytesIO(encode(png, image)))), render(png))
    files = {}
    for quality in (60.0, 95.0):
        for subsampling in ("4:2:0", "4:4:4"):
            jpg = with_values(spec, file="jpg", quality=quality, subsampling=subsampling)
            files[quality, subsampling] = data = encode(jpg, image)
            decoded = Image.open(io.BytesIO(data))
            assert decoded.format == "JPEG"
            assert decoded.layer[0][1:3] == ((2, 2) if subsampling == "4:2:0" else (1, 1))
    assert len(files[60.0, "4:2:0"]) < len(files[60.0, "4:4:4"]) < len(files[95.0, "4:4:4"])


def test_native_size_changes_sharpness_not_the_product():
    small, large = (quiet(specs("luggage", 3, px=px)[1]) for px in (200, 600))
    reduced = Image.fromarray(render(large)).resize(small.size[::-1], Image.Resampling.BOX)
    assert np.abs(np.asarray(reduced, dtype=int) - render(small)).mean() < 6


# Mean brightness of 4 x 4 fields. Pillow's versions differ by a grey level here and there, hence the tolerance.
GOLDEN = {
    0: [[254.5, 254.5, 254.5, 254.5], [230.6, 183.5, 187.3, 236.6], [193.8, 144.9, 144.5, 204.8], [254.5, 254.5, 254.5, 254.5]],
    3: [[254.3, 254.3, 198.9, 234.7], [254.4, 251.9, 195.2, 203.9], [254.3, 211.4, 219.9, 220.2], [226.0, 156.7, 244.7, 243.9]],
    5: [[220.1, 211.1, 203.6, 199.6], [220.7, 152.3, 156.0, 199.9], [213.4, 137.2, 151.3, 195.4], [202.1, 161.8, 168.8, 187.4]],
    6: [[246.9, 197.0, 231.9, 243.2], [245.9, 99.1, 198.3, 242.6], [240.9, 91.4, 180.5, 241.2], [234.0, 180.2, 206.0, 238.3]],
    13: [[254.8, 209.9, 238.0, 254.8], [254.3, 127.0, 168.1, 254.8], [253.2, 128.5, 153.3, 254.8], [254.8, 203.7, 215.7, 254.8]],
}


@pytest.mark.parametrize("index", GOLDEN)
def test_golden(index):
    settings = SyntheticSettings(seed=13, long_side_px=(240, 240))
    luma = render(sample_spec(13, index, settings)) @ np.array([0.299, 0.587, 0.114])
    rows = [np.array_split(band, 4, axis=1) for band in np.array_split(luma, 4, axis=0)]
    assert np.array([[field.mean() for field in row] for row in rows]) == pytest.approx(np.array(GOLDEN[index]), abs=4)
