"""Sizes and places as other programs compute them: they round differently, and one pixel decides."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.policy import Colour
from robustfashion.pictures.decode import fitted_size

Pixels = NDArray[np.uint8]
Size = tuple[int, int]
"""(height, width) in px."""

_Offset = Callable[[int], int]
_OFFSETS: tuple[tuple[str, _Offset], ...] = (
    ("", lambda room: round(room / 2)),  # torchvision: halves to the even one
    ("_floor", lambda room: room // 2),
    ("_ceil", lambda room: -(-room // 2)),
)


def covering(source: Size, size: Size) -> Iterator[tuple[str, Size]]:
    """Sizes of the source's aspect that cover ``size``, each once, with the suffix of its name: cut to whole px, or rounded."""
    height, width = source
    if size[0] * width > size[1] * height:  # the height decides
        sizes = [(size[0], int(size[0] * width / height)), (size[0], round(size[0] * width / height))]
    else:
        sizes = [(int(size[1] * height / width), size[1]), (round(size[1] * height / width), size[1])]
    yield "", (max(size[0], sizes[0][0]), max(size[1], sizes[0][1]))
    if sizes[1] != sizes[0]:
        yield "_round", sizes[1]


def contained(source: Size, size: Size) -> Iterator[Size]:
    """Sizes of the source's aspect inside ``size``, each once: of timm, ImageOps.contain, rounded half up, cut to whole px."""
    height, width = source
    tall = height * size[1] > width * size[0]
    ratio = height / size[0] if tall else width / size[1]
    timm = (round(height / ratio), round(width / ratio))
    pillow = (size[0], round(width / height * size[0])) if tall else (round(height / width * size[1]), size[1])
    half_up = fitted_size(height, width, size[0]) if size[0] == size[1] and max(source) > size[0] else timm
    cut = (int(height / ratio), int(width / ratio))
    cut = (size[0], cut[1]) if tall else (cut[0], size[1])
    for found in dict.fromkeys((timm, pillow, half_up, cut)):
        yield max(1, found[0]), max(1, found[1])


def cuts(have: Size, want: Size) -> Iterator[tuple[str, Size]]:
    """Offsets (top, left) of a centred cut of ``want`` px out of ``have``, each once, with the suffix of its name."""
    seen = set()
    for suffix, offset in _OFFSETS:
        place = offset(have[0] - want[0]), offset(have[1] - want[1])
        if place not in seen:
            seen.add(place)
            yield suffix, place


def cut(image: Pixels, place: Size, size: Size) -> Pixels:
    """The ``size`` px of an image [H, W, C] that begin at ``place``, (top, left)."""
    (top, left), (height, width) = place, size
    return np.ascontiguousarray(image[top : top + height, left : left + width])


def places(have: Size, want: Size) -> Iterator[tuple[str, Size]]:
    """Places (top, left) of a picture of ``have`` px on ``want``: in the middle, odd px on either side, in two corners."""
    room = want[0] - have[0], want[1] - have[1]
    middle = room[0] // 2, room[1] // 2
    yield "", middle
    upper = -(-room[0] // 2), -(-room[1] // 2)
    if upper != middle:
        yield "_ceil", upper
    yield "_topleft", (0, 0)
    yield "_bottomright", room


def placed(image: Pixels, place: Size, size: Size, colour: Colour) -> Pixels:
    """An image [H, W, 3] at ``place`` on ``size`` px of one colour."""
    result = np.full((*size, 3), colour, np.uint8)
    (top, left), (height, width) = place, image.shape[:2]
    result[top : top + height, left : left + width] = image
    return result


def aspect_cuts(source: Size, size: Size) -> Iterator[tuple[str, Size, Size]]:
    """Centred cuts of the aspect of ``size``: name's suffix, place and size, each once; whole px rounded or cut off."""
    height, width = source
    tall = height * size[1] > width * size[0]
    seen = set()
    for rounding, whole in (("", round), ("_cut", int)):
        side = max(1, whole(width * size[0] / size[1] if tall else height * size[1] / size[0]))
        want = (side, width) if tall else (height, side)
        for suffix, place in cuts(source, want):
            if (place, want) not in seen:
                seen.add((place, want))
                yield rounding + suffix, place, want
