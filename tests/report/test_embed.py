"""Pictures in the page: as they are while there is room, re-encoded by their use, never left out."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from robustfashion.errors import InputError
from robustfashion.report.embed import Care, embed
from tests.report.samples import picture


def _photo(size=160):
    """A smooth picture with some grain, as photographs have."""
    y, x = np.mgrid[:size, : size + 8]
    grain = np.random.default_rng(1).normal(0, 6, (size, size + 8, 3))
    pixels = np.clip(np.stack([x, y, (x + y) / 2], axis=2) + grain, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue(), pixels


PHOTO, PIXELS = _photo()
IMAGES = {"exact.png": PHOTO, "compared.png": PHOTO, "shown.png": PHOTO, "unused.png": b"not even a picture"}
USES = [("exact.png", Care.EXACT), ("compared.png", Care.COMPARED), ("shown.png", Care.SHOWN)]


def _bytes(uri):
    head, _, data = uri.partition(",")
    return head, base64.b64decode(data)


def test_unchanged_while_there_is_room():
    embedded = embed(IMAGES, USES, 10**6)
    assert embedded.note == "" and set(embedded.pictures) == {name for name, _ in USES}
    for found in embedded.pictures.values():
        assert _bytes(found.uri) == ("data:image/png;base64", PHOTO)
        assert (found.width, found.height) == (168, 160)


def test_gallery_gives_way_first_then_the_compared_pictures_and_the_exact_ones_never():
    full = sum(len(p.uri) for p in embed(IMAGES, USES, 10**6).pictures.values())
    first = embed(IMAGES, USES, full - 1)
    assert [_bytes(first.pictures[name].uri)[0] for name, _ in USES] == [
        "data:image/png;base64", "data:image/png;base64", "data:image/webp;base64"
    ]  # fmt: skip
    assert "quality 92" in first.note and "result.json" in first.note
    second = embed(IMAGES, USES, sum(len(p.uri) for p in first.pictures.values()) - 1)
    assert _bytes(second.pictures["exact.png"].uri)[1] == PHOTO
    assert "image/webp" in second.pictures["compared.png"].uri
    for name in ("compared.png", "shown.png"):
        with Image.open(io.BytesIO(_bytes(second.pictures[name].uri)[1])) as image:
            error = np.asarray(image.convert("RGB"), dtype=np.float64) - PIXELS
        assert 10 * np.log10(255**2 / (error**2).mean()) > 28


def test_a_picture_shown_twice_counts_twice_and_keeps_its_strictest_care():
    one = len(embed(IMAGES, USES[:1], 10**6).pictures["exact.png"].uri)
    twice = [("exact.png", Care.SHOWN), ("exact.png", Care.EXACT)]
    assert _bytes(embed(IMAGES, twice, 2 * one).pictures["exact.png"].uri)[1] == PHOTO
    with pytest.raises(InputError, match="2 pictures need"):
        embed(IMAGES, twice, 2 * one - 1)


def test_no_room_is_an_error_that_says_how_much():
    with pytest.raises(InputError, match=r"3 pictures need [\d,]+ bytes .* room for 0"):
        embed(IMAGES, USES, -5)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "not there"),
        (b"<svg onload='alert(1)'/>", "neither PNG, JPEG nor WebP"),
        (PHOTO[:99], "cannot be read"),
        (b"", "neither"),
    ],
)
def test_bad_picture(data, reason):
    images = {} if data is None else {"a.png": data}
    with pytest.raises(InputError, match=rf"images/a\.png: .*{reason}"):
        embed(images, [("a.png", Care.SHOWN)], 10**6)


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_other_kinds_of_files(kind):
    data = picture(kind=kind.upper())
    assert embed({"a": data}, [("a", Care.SHOWN)], 10**6).pictures["a"].uri == (
        f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
    )
