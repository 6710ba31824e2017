"""No method is passed over in the geometry in which it made the picture: the bounds hold on pictures of every kind."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from robustfashion.data.identify import identify
from robustfashion.data.identifying.screen import BOUNDS, REPRESENTATIVES
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.resize import METHODS
from tests.data.images import encoded, picture

GEOMETRIES = ("shorter=73+crop=64", "shorter=64+crop=64", "squash=62+crop=56", "longer=90+pad=white", "squash=250", "squash=31")
"""Reduced, enlarged, and both."""


def _noise():
    return np.random.default_rng(1).integers(0, 256, (151, 202, 3)).astype(np.uint8)


def _stripes():
    image = np.full((170, 133, 3), 255, np.uint8)
    image[:, ::2] = (10, 90, 40)
    image[60:120, 30:100] = (np.arange(70)[None, :, None] // 3 % 2 * 200).astype(np.uint8)
    return image


def _text():
    image = Image.new("RGB", (190, 140), "white")
    for k in range(12):
        ImageDraw.Draw(image).text((7 * k, 11 * k), f"size {k}", fill="black")
    return np.asarray(image)


KINDS = {
    "photograph": lambda: picture(180, 127, seed=3),
    "noise": _noise,
    "soft": lambda: np.asarray(Image.fromarray(_noise()).filter(ImageFilter.GaussianBlur(2))),
    "stripes": _stripes,
    "text": _text,
}


def _is_known_to_be_missed(kind, method):
    """Stripes of one px, halved and then blurred: no fast filter comes near (docs/resizers.md)."""
    return kind == "stripes" and method.startswith("imgscalr.") and method.endswith("_antialias")


def _is_named(image, method, options):
    try:
        result = Preprocessing.parse(f"{method}+{options}").apply(image)
    except InputError:
        return True  # no answer for these sizes
    return any(match.exact and match.way.method == method for match in identify(encoded(image, "PNG"), encoded(result, "PNG")))


@pytest.mark.parametrize("kind", KINDS)
def test_every_method_is_named_in_some_geometry(kind):
    image, step = KINDS[kind](), len(KINDS)
    chosen = [m for m in list(METHODS)[list(KINDS).index(kind) :: step] if not _is_known_to_be_missed(kind, m)]
    assert [m for k, m in enumerate(chosen) if not _is_named(image, m, GEOMETRIES[k % len(GEOMETRIES)])] == []


@pytest.mark.slow
@pytest.mark.parametrize("options", GEOMETRIES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_fifth_method_is_named_in_every_geometry(kind, options):
    image, first = KINDS[kind](), list(KINDS).index(kind) + GEOMETRIES.index(options)
    chosen = [method for method in list(METHODS)[first % 5 :: 5] if not _is_known_to_be_missed(kind, method)]
    assert [method for method in chosen if not _is_named(image, method, options)] == []


def test_every_method_has_a_bound_or_is_a_representative():
    assert set(BOUNDS) | set(REPRESENTATIVES) == set(METHODS)
    assert not set(BOUNDS) & set(REPRESENTATIVES) and {one for one, _ in BOUNDS.values()} <= set(REPRESENTATIVES)
