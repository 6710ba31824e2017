"""From parts to pixels: masks drawn large and reduced, colours and patterns at native size, light enlarged from a grid."""

import math
from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from robustfashion.data.synthetic.curves import Points
from robustfashion.data.synthetic.patterns import Grid, coverage
from robustfashion.data.synthetic.scene import Piece, Pose, Surface, darker
from robustfashion.data.synthetic.shading import Array, Light, brightness
from robustfashion.data.synthetic.spec import Colour
from robustfashion.data.synthetic.tones import Box, blends, coloured, lay, lit, scaled, tints

_OVERSAMPLING = 3
_CELLS = 128
"""Cells of the light grid along the picture's long side."""
_FLAT = 0.9
"""Brightness of a flat surface, so that what faces the light can be brighter."""


def fill_mask(outlines: Sequence[Points], holes: Sequence[Points], box: Box, factor: int = _OVERSAMPLING) -> Image.Image:
    """Share of each pixel of ``box`` that lies in one of the outlines and in none of the holes: an ``L`` image."""
    size = ((box[2] - box[0]) * factor, (box[3] - box[1]) * factor)
    sheet, corner = Image.new("L", size), np.array(box[:2])
    draw = ImageDraw.Draw(sheet)
    for colour, group in ((255, outlines), (0, holes)):
        if group:
            # Pillow counts pixel centres, hence the half.
            values = ((np.concatenate(group) - corner) * factor - 0.5).ravel().tolist()
            ends = [0, *accumulate(2 * len(outline) for outline in group)]
            for start, end in pairwise(ends):
                draw.polygon(values[start:end], fill=colour)
    return sheet.reduce(factor)


def bounds(outlines: Sequence[Points], size: tuple[int, int], margin: float = 1.0) -> Box | None:
    """The part of a picture of ``size`` (width, height) around outlines in px; None where they lie outside."""
    corners = np.concatenate(outlines)
    low, high = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    left, top = (max(math.floor(v - margin), 0) for v in low)
    right, bottom = (min(math.ceil(v + margin), n) for v, n in zip(high, size, strict=True))
    return (left, top, right, bottom) if right > left and bottom > top else None


def overlay(image: Image.Image, outlines: Sequence[Points], colour: Colour, opacity: float = 1.0) -> None:
    """Fill outlines (in px) on a picture with one flat colour."""
    box = bounds(outlines, image.size)
    if box is not None:
        lay(image, colour, box, scaled(fill_mask(outlines, (), box), opacity))


class Canvas:
    """A picture under construction."""

    def __init__(self, background: Image.Image, pose: Pose, light: Light) -> None:
        self.image = background
        self._pose = pose
        self._light = light
        self._tint = tints(light.tint())
        self._covered = Image.new("L", background.size)
        self._laid: list[tuple[Box, Image.Image]] = []
        """Masks of parts that ``_covered`` lacks: it is brought up to date for a shadow alone, and few parts cast one."""

    def paint(self, part: Piece) -> None:
        """Lay a part over what is there."""
        outlines = [self._pose.to_px(outline) for outline in part.outlines]
        box = bounds(outlines, self.image.size)
        if box is None or part.opacity == part.casts == 0:
            return
        mask = fill_mask(outlines, [self._pose.to_px(hole) for hole in part.holes], box)
        if part.casts > 0:
            self._cast(outlines, part.casts)
        colours = self._colours(part, mask, box)
        if part.opacity < 1:
            mask = scaled(mask, part.opacity)
        if isinstance(colours, Image.Image):
            self.image.paste(colours, box, mask)
        else:
            lay(self.image, colours, box, mask)
        self._laid.append((box, mask))

    def _cast(self, outlines: Sequence[Points], strength: float) -> None:
        """Darken the parts below around the outlines, away from the light."""
        x, y, z = self._light.direction()
        reach = 0.012 * self._pose.scale
        moved = [outline - reach * np.array([x, y]) / z for outline in outlines]
        box = bounds(moved, self.image.size, 3 * reach)
        if box is None:
            return
        factor = max(round(reach / 2), 1)
        small = (0, 0, -(-(box[2] - box[0]) // factor), -(-(box[3] - box[1]) // factor))
        mask = fill_mask([(outline - box[:2]) / factor for outline in moved], (), small, 1)
        mask = mask.filter(ImageFilter.GaussianBlur(reach / factor)).resize(
            (box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR
        )
        for where, laid in self._laid:
            self._covered.paste(255, where, laid)
        self._laid.clear()
        mask = scaled(ImageChops.multiply(mask, self._covered.crop(box)), strength)
        lay(self.image, (0, 0, 0), box, mask)

    def _colours(self, part: Piece, mask: Image.Image, box: Box) -> Image.Image | Colour:
        if part.body is None:
            return part.surface.colours[0]
        size = mask.size
        step = max(max(self.image.size) / _CELLS, 1.0)
        grid = (max(round(size[0] / step), 2), max(round(size[1] / step), 2))
        relief = None if part.body.relief is None else part.body.relief(*self._cells(box, grid))
        small = np.asarray(mask.resize(grid, Image.Resampling.BOX), dtype=np.float64) / 255
        diffuse, highlight = brightness(small, relief, step / self._pose.scale, part.body, self._light)
        shade = _enlarge(diffuse * _FLAT, size)
        if part.surface.layers or part.inlays:
            colours = ImageChops.multiply(self._cloth(part, box, relief), coloured(shade, self._tint))
        else:
            colours = coloured(shade, lit(part.surface.colours[0], self._tint))
        if part.body.gloss > 0:
            shine = _enlarge(highlight, size)
            colours = ImageChops.screen(colours, Image.merge("RGB", (shine, shine, shine)))
        return colours

    def _cloth(self, part: Piece, box: Box, relief: Array | None) -> Image.Image:
        """Pattern and inlays before light."""
        warp = self._warp(part.surface, relief, (box[2] - box[0], box[3] - box[1]))
        colours = self._pattern(part.surface, box, warp)
        for outline, surface in part.inlays:
            colours.paste(self._pattern(surface, box, warp), (0, 0), fill_mask([self._pose.to_px(outline)], (), box))
        return colours

    def _cells(self, box: Box, grid: tuple[int, int]) -> tuple[Array, Array]:
        x = box[0] + (np.arange(grid[0]) + 0.5) * (box[2] - box[0]) / grid[0]
        y = box[1] + (np.arange(grid[1]) + 0.5) * (box[3] - box[1]) / grid[1]
        return self._pose.to_units(x[None, :], y[:, None])

    def _warp(
        self, surface: Surface, relief: Array | None, size: tuple[int, int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Displacement of the pattern by the folds: small where the pattern is fine, lest it pass the Nyquist limit."""
        if relief is None or not surface.layers:
            return None
        share = min(max(surface.period / 30, 0.2), 1.2)
        height = relief * share * self._pose.scale
        field = np.asarray(Image.fromarray(height.astype(np.float32)).resize(size, Image.Resampling.BICUBIC))
        return field, field * np.float32(0.5)

    def _pattern(self, surface: Surface, box: Box, warp: tuple[NDArray[np.float32], NDArray[np.float32]] | None) -> Image.Image:
        size = (box[2] - box[0], box[3] - box[1])
        if not surface.layers:
            return Image.new("RGB", size, surface.colours[0])
        origin = self._pose.offset - box[:2]
        angle = self._pose.direction(surface.angle)
        grid = Grid(surface.period, angle, (float(origin[0]), float(origin[1])), warp, self._pose.mirrored)
        colours = [
            surface.colours[layer.colour] if layer.colour >= 0 else darker(surface.colours[0], 0.5) for layer in surface.layers
        ]
        cloth = coloured(coverage(surface.layers[0], grid, *size), blends(surface.colours[0], colours[0]))
        for layer, colour in zip(surface.layers[1:], colours[1:], strict=True):
            lay(cloth, colour, (0, 0, *size), coverage(layer, grid, *size))
        return cloth


def _enlarge(field: Array, size: tuple[int, int]) -> Image.Image:
    small = Image.fromarray(np.rint(np.clip(field, 0, 1) * 255).astype(np.uint8))
    return small.resize(size, Image.Resampling.BICUBIC)
