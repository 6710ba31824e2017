"""Pictures inside the page: as data URIs, within a budget, and never fewer than the figures name."""

import base64
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from PIL import Image

from robustfashion.errors import InputError

_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class Care(IntEnum):
    """How faithfully a page must show a picture."""

    SHOWN = 0
    """It only says which product is meant."""
    COMPARED = 1
    """It stands beside others to be compared: as it is for as long as there is room."""
    EXACT = 2
    """An amplified difference: the bytes as they are."""


@dataclass(frozen=True)
class Picture:
    """One picture as the page holds it; width and height in px."""

    uri: str
    width: int
    height: int


@dataclass(frozen=True)
class Embedded:
    """Pictures by name, and what was done to make them fit; empty when nothing was."""

    pictures: dict[str, Picture] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class _Step:
    """One way to encode the pictures: WebP quality by care (0 = as they are)."""

    shown: int
    compared: int
    note: str


_STEPS = (
    _Step(0, 0, ""),
    _Step(92, 0, "The gallery's pictures are re-encoded as WebP (quality 92) to keep this page small."),
    _Step(85, 95, "Pictures are re-encoded as WebP (quality 85 and 95; differences untouched) to keep this page small."),
    _Step(75, 88, "Pictures are re-encoded as WebP (quality 75 and 88; differences untouched) to keep this page small."),
)
_ORIGINALS = " As they were measured, they are in the folder images beside result.json."


def embed(images: Mapping[str, bytes], uses: Iterable[tuple[str, Care]], budget: int) -> Embedded:
    """Data URIs of all used pictures in at most ``budget`` characters: unchanged if they fit, else re-encoded step by step.

    Args:
        images: PNG, JPEG or WebP bytes by name.
        uses: name and care of every place of the page that shows a picture.
        budget: characters for the URIs of all places together.

    Raises:
        InputError: a used picture is absent, is neither PNG, JPEG nor WebP or is damaged, or the pictures do not fit.
    """
    places: Counter[str] = Counter()
    care: dict[str, Care] = {}
    for name, needed in uses:
        places[name] += 1
        care[name] = max(needed, care.get(name, Care.SHOWN))
    for name in sorted(care.keys() - images.keys()):
        raise InputError(f"images/{name}: a figure shows this picture, but it is not there; run the suite again")
    size = 0
    for step in _STEPS:
        quality = {Care.SHOWN: step.shown, Care.COMPARED: step.compared, Care.EXACT: 0}
        pictures = {name: _picture(name, images[name], quality[care[name]]) for name in sorted(care)}
        size = sum(len(picture.uri) * places[name] for name, picture in pictures.items())
        if size <= budget:
            return Embedded(pictures, step.note + _ORIGINALS if step.note else "")
    raise InputError(
        f"{places.total()} pictures need {size:,} bytes at the lowest quality, but the page has room for {max(budget, 0):,}; "
        "show fewer or smaller pictures"
    )


def _picture(name: str, data: bytes, quality: int) -> Picture:
    kind = next((kind for magic, kind in _KINDS.items() if data.startswith(magic)), None)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "image/webp"
    if kind is None:
        raise InputError(f"images/{name}: neither PNG, JPEG nor WebP; run the suite again")
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            width, height = image.size
            if quality:
                buffer = io.BytesIO()
                image.convert("RGB").save(buffer, "WEBP", quality=quality, method=4)
                if buffer.tell() < len(data):
                    data, kind = buffer.getvalue(), "image/webp"
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"images/{name}: cannot be read ({error}); run the suite again") from error
    return Picture(f"data:{kind};base64,{base64.b64encode(data).decode()}", width, height)
