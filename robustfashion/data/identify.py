"""Which resize turned one picture into another: every known method through the usual stages, compared pixel by pixel.

A production thumbnail is explained by a :class:`Way`: how the original was decoded, what was padded, fitted or cropped, which
method resized, and through which JPEG the result went. Emulations and libraries are exact, so an explanation is either exact or
there is none: a resampler that is not in :data:`~robustfashion.resize.METHODS` is told as "none of these", with the nearest ways.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.identifying.jpeg import COMMON_ENCODINGS, Jpeg, hidden_encodings, jpeg_of
from robustfashion.data.identifying.screen import REPRESENTATIVES, Slack, distance, possible
from robustfashion.data.identifying.settings import Setting, likely, settings_of
from robustfashion.data.policy import MAX_SIDE_PX
from robustfashion.errors import InputError
from robustfashion.pictures.decode import decode_bytes
from robustfashion.resize.reencode import JpegEncoding, reencode

__all__ = ["COMMON_ENCODINGS", "Match", "Way", "describe", "identify", "joint", "verdict"]

Pixels = NDArray[np.uint8]

NEAR_LEVELS = 0.05
"""Mean absolute difference, in levels, up to which a JPEG is explained but for the rounding of another decoder or encoder."""
NOT_TRIED = (
    "crops off the centre", "two resizes one after the other", "a JPEG of the padded canvas", "WebP or AVIF between the stages",
    "colour profiles", "gamma-correct resampling", "sharpening or blur", "trimmed margins",
)  # fmt: skip
"""Stages that services use and that are not looked for."""
_TRIED_WITH_JPEG = 80
"""Pictures that differ from each other; many ways can give one."""
_AS_NEAR = 0.1
"""Levels that a second exact way may be further off than the first, before the method is chosen."""
_THREADS = max(2, min(4, os.cpu_count() or 1))
_UNKNOWN_ALPHA = 2.0
"""Bounds of methods are taken so many times wider where alpha is resized, on which they were not measured."""


@dataclass(frozen=True)
class Way:
    """One way from an original to a result; sizes are left out, so that pairs of other sizes can share it."""

    method: str
    """Resize method, ``library.filter``."""
    stages: tuple[str, ...]
    """What happened, in order: ``exif``, ``draft``, ``pad``, ``fit500``, ``resize``, ``crop``, ``jpeg75`` …"""
    side: int | None = None
    """Shorter (or longer) side after the resize, in px, where more than the result is resized and its middle is cut out."""
    options: str = field(default="", compare=False)
    """Of the preprocessing's text that does the same behind ``method``; empty: there is none, or it is the paper's."""

    @property
    def preprocessing(self) -> str | None:
        """Text of the preprocessing that does the same; None where ``options`` is empty."""
        return f"{self.method}+{self.options}" if self.options else None


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
            "side": self.way.side,
            "preprocessing": self.way.preprocessing,
            "differing_pixels": self.differing_pixels,
            "max_difference": self.max_difference,
            "pixels": self.pixels,
            "mean_difference": self.mean_difference,
            "exact": self.exact,
        }


@dataclass(frozen=True)
class _Result:
    """What is to be explained."""

    pixels: Pixels
    jpeg: Jpeg | None
    """That the file is."""
    hidden: Sequence[str]
    """Encodings that a lossless file may have gone through."""
    every: bool
    """Whether ways that come nowhere near are rendered, too."""

    def noise(self, image: Pixels) -> float:
        """Mean absolute difference, in levels, that a JPEG behind the resize makes to such a picture."""
        if self.jpeg is not None:
            return distance(self.jpeg.through(image), image)
        return max((distance(reencode(image, JpegEncoding.parse(text)), image) for text in self.hidden), default=0.0)


def identify(
    original: bytes,
    result: bytes,
    canvases: Sequence[int] = (500,),
    names: tuple[str, str] = ("original", "result"),
    every: bool = False,
) -> list[Match]:
    """All ways from one file to the other that come near, nearest first.

    Geometries and methods that are too far off by a cheap look are passed over. The bounds are measured, with a margin of two,
    not proved: ``every`` does without.

    Args:
        original: bytes of the file before.
        result: bytes of the file after.
        canvases: sides in px of the square that pictures may have been fitted and padded to (the paper: 500).
        names: stand first in messages.
        every: render all ways, which takes some ten times as long.

    Raises:
        InputError: a file that cannot be decoded, no canvas in range.
    """
    for side in canvases:
        if not 1 <= side <= MAX_SIDE_PX:
            raise InputError(f"canvas is {side}; it is the side of a square in px, 1 to {MAX_SIDE_PX}")
    pixels, jpeg = decode_bytes(result, name=names[1]), jpeg_of(result)
    found = _Result(pixels, jpeg, hidden_encodings(pixels) if jpeg is None else (), every)
    usual = settings_of(original, pixels, canvases, jpeg is None and not found.hidden, names[0])
    settings = [(0.0, setting) for setting in usual] if every else likely(usual, pixels, _pool().map)
    tried = _all_tried(found, settings)
    tried.sort(key=lambda pair: _order(pair[1]))
    matches = [match for _, match in tried]
    if found.hidden and not any(match.exact for match in matches):
        matches += _with_jpeg(found, tried)
        matches.sort(key=_order)
    best: dict[Way, Match] = {}
    for match in matches:
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
    nearest = f"; nearest: {describe(matches[0].way)}" if matches else ""
    return f"none of these: no known method gives these pixels{nearest}; not tried: {', '.join(NOT_TRIED)}"


def describe(way: Way) -> str:
    """A way in words: ``java2d.bilinear (pad, resize, jpeg75)``, and as a preprocessing's text where it is one."""
    text = f" = {way.preprocessing}" if way.preprocessing else f" by {way.side} px" if way.side else ""
    return f"{way.method} ({', '.join(way.stages)}){text}"


def _order(match: Match) -> tuple[float, int, int, str, tuple[str, ...]]:
    """Nearest first; among equals the shorter way."""
    return match.mean_difference, match.max_difference, len(match.way.stages), match.way.method, match.way.stages


def _sum(way: Way, matches: Sequence[Match]) -> Match:
    if len({match.way.options for match in matches}) > 1:  # squares of several sizes
        way = replace(way, options="")
    pixels = sum(match.pixels for match in matches)
    mean = sum(match.mean_difference * match.pixels for match in matches) / pixels
    worst = max(match.max_difference for match in matches)
    return Match(way, sum(match.differing_pixels for match in matches), pixels, worst, mean)


def _all_tried(found: _Result, settings: Sequence[tuple[float, Setting]]) -> list[tuple[Setting, Match]]:
    """All methods in all settings, nearest first; once one is exact, only in those that come as near as it does."""
    tried: list[tuple[Setting, Match]] = []
    limit = float("inf")
    for start in range(0, len(settings), _THREADS):
        asked = [(far, setting) for far, setting in settings[start : start + _THREADS] if far <= limit]
        for (far, _), pairs in zip(asked, _pool().map(lambda pair: _tried(found, pair[1]), asked), strict=True):
            tried += pairs
            if any(match.exact for _, match in pairs):
                limit = min(limit, far + _AS_NEAR)
    return tried


def _tried(found: _Result, setting: Setting) -> list[tuple[Setting, Match]]:
    """All methods in one setting, but for those that cannot give the result."""
    own = setting.plan.methods
    methods = [method for method in setting.original.methods if own is None or method in own]
    asked = REPRESENTATIVES if own is None and not found.every else ()
    shown = {name: image for name in asked if (image := setting.render(name)) is not None}
    if asked and len(shown) == len(REPRESENTATIVES):
        noise = found.noise(shown["pillow.bilinear_gap2"])
        wider = 1.0 if setting.original.opaque else _UNKNOWN_ALPHA
        source, size = setting.original.pixels.shape, found.pixels.shape
        smaller = size[0] < source[0] and size[1] < source[1]
        methods = possible(shown, found.pixels, methods, Slack(noise, wider, smaller))
    pictures = {method: shown[method] if method in shown else setting.render(method) for method in methods}
    known: dict[int, Match] = {}
    return [
        (setting, _match(_way(setting, method), image, found, known)) for method, image in pictures.items() if image is not None
    ]


def _way(setting: Setting, method: str) -> Way:
    """How a method in a setting is called."""
    before, after = setting.original.stages, setting.original.after
    options = "" if before or after else setting.plan.options
    return Way(method, (*before, *setting.plan.stages, *after), setting.plan.side, options)


def _match(way: Way, image: Pixels, found: _Result, known: dict[int, Match]) -> Match:
    """How near a picture comes to the result; ``known`` are those of pictures that came before."""
    if found.jpeg is not None:
        way = replace(way, stages=(*way.stages, found.jpeg.name), options=way.options and f"{way.options}+{found.jpeg.name}")
    checksum = crc32(np.ascontiguousarray(image).data)
    if checksum not in known:
        known[checksum] = _compared(way, image if found.jpeg is None else found.jpeg.through(image), found.pixels, checksum)
    return replace(known[checksum], way=way)


def _compared(way: Way, image: Pixels, found: Pixels, checksum: int) -> Match:
    difference = np.abs(image.astype(np.int16) - found)
    count = int(difference.any(axis=2).sum())
    return Match(way, count, found.shape[0] * found.shape[1], int(difference.max()), float(difference.mean()), checksum)


def _with_jpeg(found: _Result, nearest: Sequence[tuple[Setting, Match]]) -> list[Match]:
    """The nearest pictures again, with a JPEG behind them that the result does not show any more."""
    ways: dict[int, list[tuple[Setting, Match]]] = {}
    for setting, match in nearest:
        if match.checksum in ways or len(ways) < _TRIED_WITH_JPEG:
            ways.setdefault(match.checksum, []).append((setting, match))

    def sent(members: Sequence[tuple[Setting, Match]]) -> list[Match]:
        """One picture through every encoding."""
        setting, first = members[0]
        image = setting.render(first.way.method)
        if image is None:
            return []
        matches = []
        for text in found.hidden:
            match = _compared(first.way, reencode(image, JpegEncoding.parse(text)), found.pixels, 0)
            matches += [replace(match, way=_through(other.way, text)) for _, other in members]
        return matches

    return [match for matches in _pool().map(sent, ways.values()) for match in matches]


def _through(way: Way, encoding: str) -> Way:
    return replace(way, stages=(*way.stages, encoding), options=way.options and f"{way.options}+{encoding}")


@lru_cache(1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, "identify")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a forked process has no threads of its parent
