"""Transparent pictures as Pillow converts them."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from robustfashion.pictures.alpha import with_alpha

RGBA = np.random.default_rng(5).integers(0, 256, (19, 23, 4), dtype=np.uint8)


def written(image, kind, **options):
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_large_pictures_without_a_warning(mode, monkeypatch):
    """A picture above the size at which Pillow warns (89 megapixels); warnings are errors here."""
    image = Image.fromarray(RGBA).convert(mode) if mode != "P" else Image.fromarray(RGBA).convert("RGB").quantize(16)
    data = written(image, "PNG", **({"transparency": 3} if mode == "P" else {}))
    with Image.open(BytesIO(data)) as opened:
        want = np.array(opened.convert("RGBA"))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", RGBA.shape[0] * RGBA.shape[1] - 1)
    with pytest.raises(Image.DecompressionBombWarning):
        Image.open(BytesIO(data))
    found = with_alpha(data)
    assert found is not None and np.array_equal(found, want) and (found[:, :, 3] < 255).any()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "JPEG", "BMP"])
def test_none_where_nothing_is_transparent(kind):
    assert with_alpha(written(Image.fromarray(RGBA).convert("RGB"), kind)) is None
    assert with_alpha(b"text") is None


@pytest.mark.parametrize(("kind", "options"), [("WEBP", {"lossless": True, "exact": True}), ("PNG", {})])
def test_other_kinds(kind, options):
    assert np.array_equal(with_alpha(written(Image.fromarray(RGBA), kind, **options)), RGBA)
