"""The usual geometries between an original and a result, as functions that any method carries out."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from robustfashion.data.identifying import geometry
from robustfashion.data.identifying.margins import canvas_colour, margin_colour
from robustfashion.data.identifying.originals import Original, Resizer
from robustfashion.data.identifying.screen import distance
from robustfashion.data.policy import MAX_SIDE_PX, Colour, centred, colour_name
from robustfashion.pictures.decode import fitted_size
from robustfashion.resize import METHODS, resize

Pixels = NDArray[np.uint8]
Size = tuple[int, int]

CROP_PCTS = (0.875, 0.9, 0.95, 0.96, 0.94, 0.935, 0.965, 0.85, 0.8)
"""Shares of the shorter side that evaluation transforms cut out; beside them sides of 232 and 256 for 224 px, and the nearest."""

_FILLED = 1.5
_NEAREST_SIDES = 3
_ENOUGH_PX = 32
_PILLOW = tuple(name for name in METHODS if name.startswith("pillow.") and "_gap" not in name)


@dataclass(frozen=True)
class Plan:
    """One geometry."""

    stages: tuple[str, ...]
    render: Callable[[Pixels, str, Resizer], Pixels]
    """The original's pixels, a method and the original's resizer: uint8 [h, w, C], the original's channels, the result's size."""
    options: str = ""
    """Of a preprocessing's text that does the same with its method; empty: there is none."""
    side: int | None = None
    """To which the resize brings the shorter side, where ``stages`` does not tell."""
    methods: Sequence[str] | None = None
    """Those that can carry it out; None: all."""
    of_any_size: bool = True
    """Whether the same picture of another size can be rendered, too."""


def usual_plans(
    original: Original, found: Pixels, canvases: Sequence[int], sides: Sequence[int], lossless: bool
) -> Iterator[Plan]:
    """The usual geometries from an original to a result, each once; those whose margins the result does not have are left out.

    Args:
        original: read in some way.
        found: the result, uint8 RGB [h, w, 3].
        canvases: sides in px of the square that pictures may have been fitted and padded to.
        sides: to which the shorter side may have been brought before a square was cut out, in px.
        lossless: whether the result is as it was made; margins that went through a JPEG are not of one colour.
    """
    source, size = original.pixels.shape[:2], found.shape[:2]
    square = size[0] == size[1]
    yield Plan(("resize",), lambda image, method, resizer: resizer(image, size, method), "squash" if square else "")
    yield from _covering(source, size)
    yield from _cut_first(source, size)
    if original.opaque and square:
        yield from _canvases(source, found, canvases, lossless)
    if original.opaque:
        yield from _contained(source, found, lossless)
    if square:
        yield from _larger(original, found, sides, lossless)


def _covering(source: Size, size: Size) -> Iterator[Plan]:
    square = size[0] == size[1]
    for rounding, covering in geometry.covering(source, size):
        if covering == size:
            continue
        for suffix, place in geometry.cuts(covering, size):
            options = f"shorter={size[0]}+crop={size[0]}" if square and not rounding and not suffix else ""
            yield Plan((f"resize{rounding}", f"crop{suffix}"), partial(_resized_and_cut, covering, place, size), options)


def _resized_and_cut(larger: Size, place: Size, size: Size, image: Pixels, method: str, resizer: Resizer) -> Pixels:
    return geometry.cut(resizer(image, larger, method), place, size)


def _cut_first(source: Size, size: Size) -> Iterator[Plan]:
    if source[0] * size[1] == source[1] * size[0]:
        return
    for suffix, place, want in geometry.aspect_cuts(source, size):
        yield Plan((f"crop{suffix}", "resize"), partial(_cut_and_resized, place, want, size), of_any_size=False)
    yield Plan(("fit",), partial(_fit, size), methods=_PILLOW)


def _cut_and_resized(place: Size, want: Size, size: Size, image: Pixels, method: str, resizer: Resizer) -> Pixels:
    return resizer(geometry.cut(image, place, want), size, method)


def _fit(size: Size, image: Pixels, method: str, _: Resizer) -> Pixels:
    """ImageOps.fit: the cut is at fractions of px."""
    resampling = Image.Resampling[method.removeprefix("pillow.").upper()]
    return np.array(ImageOps.fit(Image.fromarray(image), size[::-1], resampling))


def _contained(source: Size, found: Pixels, lossless: bool) -> Iterator[Plan]:
    """The whole picture, resized, and a margin of one colour on two sides, or on one."""
    size = found.shape[:2]
    for number, fitted in enumerate(geometry.contained(source, size)):
        if fitted == size:
            continue
        for suffix, place in geometry.places(fitted, size):
            colour = margin_colour(found, place, fitted, lossless)
            if colour is None:
                continue
            usual = number == 0 and not suffix and size[0] == size[1]
            options = f"longer={size[0]}+pad={colour_name(colour)}" if usual else ""
            render = partial(_resized_and_placed, fitted, place, size, colour)
            yield Plan(("resize", f"pad{suffix}{_tone(colour)}"), render, options)


def _resized_and_placed(
    fitted: Size, place: Size, size: Size, colour: Colour, image: Pixels, method: str, resizer: Resizer
) -> Pixels:
    return geometry.placed(resizer(image, fitted, method), place, size, colour)


def _tone(colour: Colour) -> str:
    return "" if colour == (255, 255, 255) else f"={colour_name(colour)}"


def _canvases(source: Size, found: Pixels, canvases: Sequence[int], lossless: bool) -> Iterator[Plan]:
    """The paper's: fitted into a square, padded, then resized."""
    size = found.shape[0]
    own = (size,) if max(source) < size else ()
    for canvas in dict.fromkeys((max(source), *canvases, *own)):
        if canvas > MAX_SIDE_PX or (source[0] == source[1] == canvas):
            continue
        first = "pad" if canvas == max(source) else f"fit{canvas}" if max(source) > canvas else f"pad{canvas}"
        inside = [source]
        if max(source) > canvas:
            inside = list(dict.fromkeys((fitted_size(*source, canvas), *geometry.contained(source, (canvas, canvas)))))
        for fitted in inside:
            for suffix, place in geometry.places(fitted, (canvas, canvas)):
                colour = canvas_colour(found, place, fitted, canvas, lossless)
                if colour is not None:
                    render = partial(_on_canvas, fitted, place, colour, (canvas, size))
                    yield Plan((f"{first}{suffix}{_tone(colour)}", "resize"), render)


def _on_canvas(
    fitted: Size, place: Size, colour: Colour, sides: tuple[int, int], image: Pixels, method: str, resizer: Resizer
) -> Pixels:
    canvas, size = sides
    if image.shape[:2] != fitted:
        image = resizer(image, fitted, method)
    return resizer(geometry.placed(image, place, (canvas, canvas), colour), (size, size), method)


def _larger(original: Original, found: Pixels, sides: Sequence[int], lossless: bool) -> Iterator[Plan]:
    """A resize to more than the result, of which the middle is cut out: by the shorter side, of both sides, by the longer one."""
    source, size = original.pixels.shape[:2], found.shape[0]
    whole = (size, size)
    for side in sides:
        for rounding, larger in geometry.covering(source, (side, side)):
            for suffix, place in geometry.cuts(larger, whole):
                options = "" if rounding or suffix else f"shorter={side}+crop={size}"
                render = partial(_resized_and_cut, larger, place, whole)
                yield Plan((f"resize{rounding}", f"crop{suffix}"), render, options, side)
        both = (side, side)
        render = partial(_resized_and_cut, both, next(geometry.cuts(both, whole))[1], whole)
        if source[0] != source[1]:
            yield Plan(("squash", "crop"), render, f"squash={side}+crop={size}", side)
        yield from _boxed(original, found, side, lossless)


def _boxed(original: Original, found: Pixels, side: int, lossless: bool) -> Iterator[Plan]:
    """The border mode of timm: the longer side brought to more than the square, the rest padded."""
    source, size = original.pixels.shape[:2], found.shape[0]
    height, width = next(geometry.contained(source, (side, side)))
    if not original.opaque or min(height, width) >= size:
        return
    kept = (min(height, size), min(width, size))
    colour = margin_colour(found, ((size - kept[0]) // 2, (size - kept[1]) // 2), kept, lossless)
    if colour is not None:
        options = f"longer={side}+crop={size}+pad={colour_name(colour)}"
        yield Plan(
            ("resize", f"crop_pad{_tone(colour)}"), partial(_resized_and_centred, (height, width), size, colour), options, side
        )


def _resized_and_centred(fitted: Size, size: int, colour: Colour, image: Pixels, method: str, resizer: Resizer) -> Pixels:
    return centred(resizer(image, fitted, method), (size, size), colour)


def near_sides(image: Pixels, found: Pixels) -> list[int]:
    """Sides above the result's that may explain it by a cut: the usual ones, and of all up to half as much again the nearest.

    The picture is reduced once and looked at under every side by a fast filter; a wrong side shifts it, most at the margins.

    Args:
        image: the original, uint8 [H, W, C].
        found: the result, a square: uint8 RGB [h, h, 3].
    """
    size = found.shape[0]
    usual = dict.fromkeys([math.floor(size / share) for share in CROP_PCTS] + [round(size / share) for share in CROP_PCTS])
    usual |= dict.fromkeys((232, 256) if size == 224 else ())
    sides = [side for side in usual if side > size]
    if size < _ENOUGH_PX:
        return sides
    small, far = reduced(np.ascontiguousarray(image[:, :, :3]), round(_FILLED * size)), {}
    for side in range(size + 1, math.ceil(_FILLED * size) + 1):
        larger = next(geometry.covering(small.shape[:2], (side, side)))[1]
        place = next(geometry.cuts(larger, (size, size)))[1]
        far[side] = distance(geometry.cut(resize(small, larger, "opencv.linear"), place, (size, size)), found)
    return list(dict.fromkeys((*sorted(far, key=lambda side: far[side])[:_NEAREST_SIDES], *sides)))


def reduced(image: Pixels, side: int) -> Pixels:
    """uint8 [H, W, C], averaged over squares of whole px while its shorter side stays at least ``side`` px long.

    By a broken factor the finest stripes would turn into others.
    """
    factor = min(image.shape[:2]) // side
    return image if factor <= 1 else np.array(Image.fromarray(image).reduce(factor))
