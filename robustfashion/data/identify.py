"""Which resize turned one picture into another: every known method through the usual stages, compared pixel by pixel.

A production thumbnail is explained by a :class:`Way`: how the original was decoded, what was padded, fitted or cropped, which
method resized, and through which JPEG the result went. Emulations and libraries are exact, so an explanation is either exact or
there is none: a resampler that is not in :data:`~robustfashion.resize.METHODS` is told as "none of these", with the nearest ways.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from PIL import Image, JpegImagePlugin

from robustfashion.data.policy import MAX_SIDE_PX
from robustfashion.data.preprocess import Preprocessing, pad_white
from robustfashion.errors import InputError
from robustfashion.pictures.decode import Decode, decode_bytes, fitted_size
from robustfashion.resize import METHODS, resize
from robustfashion.resize.reencode import JpegEncoding, java_tables, reencode

Pixels = NDArray[np.uint8]

COMMON_ENCODINGS = ("jpeg75", "jpeg80", "jpeg85", "jpeg90", "jpeg95", "java_jpeg0.75", "java_jpeg0.9", "jpeg90-444")
"""Tried between resizing and a lossless file where nothing explains the pixels without a JPEG."""
NEAR_LEVELS = 0.05
"""Mean absolute difference, in levels, up to which a JPEG is explained but for the rounding of another decoder or encoder."""
_TRIED_WITH_JPEG = 80
"""Pictures that differ from each other; many ways can give one."""
_SUBSAMPLINGS = {0: "4:4:4", 1: "4:2:2", 2: "4:2:0"}


@dataclass(frozen=True)
class Way:
    """One way from an original to a result; sizes are left out, so that pairs of other sizes can share it."""

    method: str
    """Resize method, ``library.filter``."""
    stages: tuple[str, ...]
    """What happened, in order: ``exif``, ``draft``, ``pad``, ``fit500``, ``resize``, ``crop``, ``jpeg75`` …"""


@dataclass(frozen=True)
class Match:
    """How near a way comes to the result; several pairs are added up."""

    way: Way
    differing_pixels: int
    """Pixels of which at least one channel differs."""
    pixels: int
    """Pixels compared."""
    max_difference: int
    """Largest difference of one channel value, in levels."""
    mean_difference: float
    """Mean absolute difference, in levels."""
    checksum: int = field(default=0, repr=False, compare=False)
    """Of the pixels that the way gives (one pair): ways of one checksum are one picture."""

    @property
    def exact(self) -> bool:
        """Whether every pixel is the same."""
        return self.differing_pixels == 0

    @property
    def near(self) -> bool:
        """Whether the difference is below what a JPEG's rounding leaves, and the way ends in one."""
        return self.mean_difference <= NEAR_LEVELS and "jpeg" in self.way.stages[-1]

    def to_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "method": self.way.method,
            "stages": list(self.way.stages),
            "differing_pixels": self.differing_pixels,
            "max_difference": self.max_difference,
            "pixels": self.pixels,
            "mean_difference": self.mean_difference,
            "exact": self.exact,
        }


@dataclass(frozen=True)
class _Jpeg:
    """The JPEG that a result file is: what its header says of its encoder."""

    name: str
    tables: list[list[int]]
    subsampling: str

    def through(self, image: Pixels) -> Pixels:
        """The image, encoded and decoded again: uint8 RGB [H, W, 3]."""
        buffer = BytesIO()
        Image.fromarray(image).save(buffer, "JPEG", qtables=self.tables, subsampling=self.subsampling)
        return decode_bytes(buffer.getvalue())


def identify(
    original: bytes, result: bytes, canvases: Sequence[int] = (500,), names: tuple[str, str] = ("original", "result")
) -> list[Match]:
    """All ways from one file to the other, nearest first.

    Args:
        original: bytes of the file before.
        result: bytes of the file after.
        canvases: sides in px of the square that pictures may have been fitted and padded to (the paper: 500).
        names: stand first in messages.

    Raises:
        InputError: a file that cannot be decoded, no canvas in range.
    """
    for side in canvases:
        if not 1 <= side <= MAX_SIDE_PX:
            raise InputError(f"canvas is {side}; it is the side of a square in px, 1 to {MAX_SIDE_PX}")
    found = decode_bytes(result, name=names[1])
    jpeg = _jpeg_of(result)
    matches = []
    for stages, decoded, methods in _decoded(original, found.shape[:2], names[0]):
        for plan, render in _plans(decoded.shape[:2], found.shape[:2], canvases):
            for method in methods:
                pixels = _attempt(render, decoded, method)
                if pixels is not None:
                    matches.append(_match(Way(method, (*stages, *plan)), pixels, found, jpeg))
    if jpeg is None and not any(match.exact for match in matches):
        matches += _with_jpeg(original, found, sorted(matches, key=_order), canvases, names[0])
    best: dict[Way, Match] = {}
    for match in sorted(matches, key=_order):
        best.setdefault(match.way, match)
    return list(best.values())


def joint(pairs: Sequence[Sequence[Match]]) -> list[Match]:
    """Ways that can be tried on every pair, their differences added up, nearest first: one verdict for several pairs."""
    if not pairs:
        return []
    by_way = [{match.way: match for match in matches} for matches in pairs]
    shared = [way for way in by_way[0] if all(way in other for other in by_way[1:])]
    return sorted((_sum(way, [other[way] for other in by_way]) for way in shared), key=_order)


def verdict(matches: Sequence[Match]) -> str:
    """One sentence: which ways explain every pixel, or that none does."""
    exact = [match for match in matches if match.exact]
    if exact:
        ways = "; ".join(describe(match.way) for match in exact[:6]) + (f"; {len(exact) - 6} more" if len(exact) > 6 else "")
        several = f" ({len(exact)} ways give these pixels; more pairs tell them apart)" if len(exact) > 1 else ""
        return f"exact: {ways}{several}"
    if matches and matches[0].near:
        return f"{describe(matches[0].way)}, but for the rounding of a JPEG ({matches[0].mean_difference:.3f} levels on average)"
    return "none of these: no known method gives these pixels" + (f"; nearest: {describe(matches[0].way)}" if matches else "")


def describe(way: Way) -> str:
    """A way in words: ``java2d.bilinear (pad, resize, jpeg75)``."""
    return f"{way.method} ({', '.join(way.stages)})"


def _order(match: Match) -> tuple[float, int, int, str, tuple[str, ...]]:
    """Nearest first; among equals the shorter way."""
    return match.mean_difference, match.max_difference, len(match.way.stages), match.way.method, match.way.stages


def _sum(way: Way, matches: Sequence[Match]) -> Match:
    pixels = sum(match.pixels for match in matches)
    mean = sum(match.mean_difference * match.pixels for match in matches) / pixels
    worst = max(match.max_difference for match in matches)
    return Match(way, sum(match.differing_pixels for match in matches), pixels, worst, mean)


def _decoded(original: bytes, target: tuple[int, ...], name: str) -> Iterator[tuple[tuple[str, ...], Pixels, Sequence[str]]]:
    """The original as Java reads it, upright by its EXIF tag, and by Pillow's draft mode, where these differ."""
    plain = decode_bytes(original, name=name)
    yield (), plain, tuple(METHODS)
    upright = decode_bytes(original, Decode(exif_orientation=True), name)
    if upright.shape != plain.shape or not np.array_equal(upright, plain):
        yield ("exif",), upright, tuple(METHODS)
    for scale in (2, 4, 8):  # which of them Pillow takes depends on how it was called (thumbnail, draft): all are tried
        reduced = decode_bytes(original, Decode(draft=-(-max(plain.shape) // scale)), name)
        if reduced.shape == plain.shape or reduced.shape[0] < target[0] or reduced.shape[1] < target[1]:
            break
        yield ("draft",), reduced, tuple(method for method in METHODS if method.startswith("pillow."))


_Render = Callable[[Pixels, str], Pixels]


def _plans(
    source: tuple[int, ...], target: tuple[int, ...], canvases: Sequence[int]
) -> Iterator[tuple[tuple[str, ...], _Render]]:
    """The usual ways to bring one shape into another, as functions ``(image, method) -> image``."""
    size = (target[0], target[1])
    yield ("resize",), lambda image, method: resize(image, size, method)
    if size[0] == size[1]:
        for canvas in dict.fromkeys((max(source), *canvases)):
            if canvas <= MAX_SIDE_PX and (source[0] != source[1] or canvas != source[0]):
                yield _canvas_plan(source, canvas, size[0])
        if source[0] != source[1]:
            yield ("resize", "pad"), lambda image, method: _letterbox(image, method, size[0])
    covering = _covering(source, size)
    if covering != size:
        yield ("resize", "crop"), lambda image, method: _centre(resize(image, covering, method), size)
        yield ("crop", "resize"), lambda image, method: resize(_cropped_to_aspect(image, size), size, method)


def _canvas_plan(source: tuple[int, ...], canvas: int, size: int) -> tuple[tuple[str, ...], _Render]:
    first = "pad" if canvas == max(source) else f"fit{canvas}" if max(source) > canvas else f"pad{canvas}"
    return (first, "resize"), lambda image, method: Preprocessing(method, canvas=canvas, size=size).apply(image)


def _letterbox(image: Pixels, method: str, side: int) -> Pixels:
    height, width = image.shape[:2]
    scale = side / max(height, width)
    fitted = fitted_size(height, width, side) if scale < 1 else (max(1, round(height * scale)), max(1, round(width * scale)))
    return pad_white(resize(image, fitted, method), side)


def _covering(source: tuple[int, ...], size: tuple[int, int]) -> tuple[int, int]:
    """The smallest size of the source's aspect that covers ``size``; what stands out is cut away (Resize and CenterCrop)."""
    scale = max(size[0] / source[0], size[1] / source[1])
    return max(size[0], int(source[0] * scale)), max(size[1], int(source[1] * scale))


def _cropped_to_aspect(image: Pixels, size: tuple[int, int]) -> Pixels:
    height, width = image.shape[:2]
    if height * size[1] > width * size[0]:
        return _centre(image, (max(1, round(width * size[0] / size[1])), width))
    return _centre(image, (height, max(1, round(height * size[1] / size[0]))))


def _centre(image: Pixels, size: tuple[int, int]) -> Pixels:
    top, left = round((image.shape[0] - size[0]) / 2), round((image.shape[1] - size[1]) / 2)
    return np.ascontiguousarray(image[top : top + size[0], left : left + size[1]])


def _attempt(render: _Render, image: Pixels, method: str) -> Pixels | None:
    """The rendered picture; None where the method has no answer for these sizes, as Java has none for some."""
    try:
        return render(image, method)
    except InputError:
        return None


def _match(way: Way, pixels: Pixels, found: Pixels, jpeg: _Jpeg | None) -> Match:
    if jpeg is not None:
        way, pixels = Way(way.method, (*way.stages, jpeg.name)), jpeg.through(pixels)
    difference = np.abs(pixels.astype(np.int16) - found)
    count = int(difference.any(axis=2).sum())
    total = found.shape[0] * found.shape[1]
    return Match(way, count, total, int(difference.max()), float(difference.mean()), crc32(pixels.data))


def _with_jpeg(original: bytes, found: Pixels, nearest: Sequence[Match], canvases: Sequence[int], name: str) -> list[Match]:
    """The nearest pictures again, with a JPEG behind them that the result does not show any more."""
    ways: dict[int, list[Way]] = {}
    for match in nearest:
        if match.checksum in ways or len(ways) < _TRIED_WITH_JPEG:
            ways.setdefault(match.checksum, []).append(match.way)
    first = {members[0]: members for members in ways.values()}
    matches = []
    for stages, decoded, _ in _decoded(original, found.shape[:2], name):
        for plan, render in _plans(decoded.shape[:2], found.shape[:2], canvases):
            for way in (way for way in first if way.stages == (*stages, *plan)):
                pixels = render(decoded, way.method)
                for text in COMMON_ENCODINGS:
                    sent = _match(way, reencode(pixels, JpegEncoding.parse(text)), found, None)
                    matches += [replace(sent, way=Way(other.method, (*other.stages, text))) for other in first[way]]
    return matches


def _jpeg_of(data: bytes) -> _Jpeg | None:
    """What the header of a three-component JPEG says of its encoder; None for other files."""
    if not data.startswith(b"\xff\xd8\xff"):
        return None
    with JpegImagePlugin.JpegImageFile(BytesIO(data)) as image:
        subsampling = _SUBSAMPLINGS.get(JpegImagePlugin.get_sampling(image))
        tables = [list(table) for table in image.quantization.values()]
    if subsampling is None or not 1 <= len(tables) <= 2:
        return None
    return _Jpeg(_encoding_name(tables, subsampling), tables, subsampling)


def _encoding_name(tables: list[list[int]], subsampling: str) -> str:
    """The encoding with these tables: Pillow's scale of quality, Java's, or only that it is a JPEG of an unknown encoder."""
    for quality in range(1, 101):
        if tables == _pillow_tables(quality)[: len(tables)]:
            return JpegEncoding(quality, subsampling).name
    for step in range(101):
        if subsampling == "4:2:0" and tables == java_tables(step / 100)[: len(tables)]:
            return JpegEncoding(step / 100, encoder="java").name
    return "jpeg of unknown tables"


def _pillow_tables(quality: int) -> list[list[int]]:
    buffer = BytesIO()
    Image.new("RGB", (8, 8)).save(buffer, "JPEG", quality=quality)
    with JpegImagePlugin.JpegImageFile(BytesIO(buffer.getvalue())) as image:
        return [list(table) for table in image.quantization.values()]
