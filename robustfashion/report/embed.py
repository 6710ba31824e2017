"""Pictures inside the page: as data URIs, within a budget, and never fewer than the figures name."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image

from robustfashion.errors import InputError

_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True)
class Wanted:
    """Names of the pictures that a page shows, by how faithfully it must show them."""

    exact: frozenset[str] = frozenset()
    """Amplified differences: the bytes as they are."""
    compared: frozenset[str] = frozenset()
    """Pictures that stand beside each other to be compared: lossless as long as possible."""
    shown: frozenset[str] = frozenset()
    """Pictures that only say which product it is."""

    @property
    def every(self) -> frozenset[str]:
        """All names."""
        return self.exact | self.compared | self.shown


@dataclass(frozen=True)
class Picture:
    """One picture as the page holds it."""

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
    """One way to encode the pictures: WebP quality of the shown and of the compared ones (0 = as they are)."""

    shown: int
    compared: int
    note: str


_STEPS = (
    _Step(0, 0, ""),
    _Step(92, 0, "The gallery's pictures are re-encoded as WebP (quality 92) to keep this page small."),
    _Step(85, 95, "Pictures are re-encoded as WebP (quality 85 and 95; differences untouched) to keep this page small."),
    _Step(75, 88, "Pictures are re-encoded as WebP (quality 75 and 88; differences untouched) to keep this page small."),
)
ORIGINALS = " The pictures as they were measured are beside result.json, in images/."


def embed(images: Mapping[str, bytes], wanted: Wanted, budget: int) -> Embedded:
    """Data URIs of all wanted pictures in at most ``budget`` characters: unchanged if they fit, else re-encoded step by step.

    Raises:
        InputError: a wanted picture is absent, is neither PNG nor JPEG or is damaged, or the pictures do not fit.
    """
    for name in sorted(wanted.every - images.keys()):
        raise InputError(f"images/{name}: a figure names this picture, but it is not there; run the suite again")
    size = 0
    for step in _STEPS:
        pictures = {name: _picture(name, images[name], _quality(name, wanted, step)) for name in sorted(wanted.every)}
        size = sum(len(picture.uri) for picture in pictures.values())
        if size <= budget:
            return Embedded(pictures, step.note + ORIGINALS if step.note else "")
    raise InputError(
        f"{len(wanted.every)} pictures need {size:,} bytes at the lowest quality, the page has room for {max(budget, 0):,}; "
        "show fewer or smaller pictures"
    )


def _quality(name: str, wanted: Wanted, step: _Step) -> int:
    if name in wanted.exact:
        return 0
    return step.compared if name in wanted.compared else step.shown


def _picture(name: str, data: bytes, quality: int) -> Picture:
    kind = next((kind for magic, kind in _KINDS.items() if data.startswith(magic)), None)
    if kind is None:
        raise InputError(f"images/{name}: neither PNG nor JPEG; run the suite again")
    try:
        with Image.open(io.BytesIO(data)) as image:
            width, height = image.size
            if quality:
                buffer = io.BytesIO()
                image.convert("RGB").save(buffer, "WEBP", quality=quality, method=4)
                if buffer.tell() < len(data):
                    data, kind = buffer.getvalue(), "image/webp"
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"images/{name}: cannot be read ({error}); run the suite again") from error
    return Picture(f"data:{kind};base64,{base64.b64encode(data).decode()}", width, height)
