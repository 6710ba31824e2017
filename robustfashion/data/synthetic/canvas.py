"""From parts to pixels: masks drawn large and reduced, colours and patterns at native size, light enlarged from a grid."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from robustfashion.data.synthetic.curves import Points
from robustfashion.data.synthetic.patterns import Grid, coverage
from robustfashion.data.synthetic.scene import Piece, Pose, Surface, darker
from robustfashion.data.synthetic.shading import Array, Light, brightness

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in px."""

_OVERSAMPLING = 3
_CELLS = 128
"""Cells of the light grid along the picture's long side."""
_FLAT = 0.9
"""Brightness of a flat surface, so that what faces the light can be brighter."""


def fill_mask(outlines: Sequence[Points], holes: Sequence[Points], box: Box, factor: int = _OVERSAMPLING) -> Image.Image:
    """Share of each pixel of ``box`` that lies in one of the outlines and in none of the holes: an ``L`` image."""
    size = ((box[2] - box[0]) * factor, (box[3] - box[1]) * factor)
    sheet = Image.new("L", size)
    draw = ImageDraw.Draw(sheet)
    for colour, group in ((255, outlines), (0, holes)):
        for outline in group:
            # Pillow counts pixel centres, hence the half.
            draw.polygon(((outline - box[:2]) * factor - 0.5).ravel().tolist(), fill=colour)
    return sheet.reduce(factor)


@lru_cache(maxsize=256)
def _table(gain: float) -> list[int]:
    return [round(k * gain) for k in range(256)]


def scaled(image: Image.Image, gain: float) -> Image.Image:
    """An ``L`` image times ``gain`` in [0, 1]."""
    return image.point(_table(gain)) if gain < 1 else image


def overlay(image: Image.Image, outlines: Sequence[Points], colour: tuple[int, int, int], opacity: float = 1.0) -> None:
    """Fill outlines (in px) on a picture with one flat colour."""
    corners = np.concatenate(outlines)
    low, high = np.floor(corners.min(axis=0) - 1), np.ceil(corners.max(axis=0) + 1)
    left, top = (max(int(v), 0) for v in low)
    right, bottom = (min(int(v), n) for v, n in zip(high, image.size, strict=True))
    if right > left and bottom > top:
        box = (left, top, right, bottom)
        image.paste(colour, box, scaled(fill_mask(outlines, (), box), opacity))


class Canvas:
    """A picture under construction."""

    def __init__(self, background: Image.Image, pose: Pose, light: Light) -> None:
        self.image = background
        self._pose = pose
        self._light = light
        self._covered = Image.new("L", background.size)

    def _box(self, outlines: Sequence[Points], margin: float = 1.0) -> Box | None:
        corners = np.concatenate(outlines)
        low, high = np.floor(corners.min(axis=0) - margin), np.ceil(corners.max(axis=0) + margin)
        left, top = (max(int(v), 0) for v in low)
        right, bottom = (min(int(v), n) for v, n in zip(high, self.image.size, strict=True))
        return (left, top, right, bottom) if right > left and bottom > top else None

    def paint(self, part: Piece) -> None:
        """Lay a part over what is there."""
        outlines = [self._pose.to_px(outline) for outline in part.outlines]
        box = self._box(outlines)
        if box is None:
            return
        mask = fill_mask(outlines, [self._pose.to_px(hole) for hole in part.holes], box)
        if part.casts > 0:
            self._cast(outlines, part.casts)
        colours = self._colours(part, mask, box)
        if part.opacity < 1:
            mask = scaled(mask, part.opacity)
        self.image.paste(colours, box, mask)
        self._covered.paste(255, box, mask)

    def _cast(self, outlines: Sequence[Points], strength: float) -> None:
        """Darken the parts below around the outlines, away from the light."""
        x, y, z = self._light.direction()
        reach = 0.012 * self._pose.scale
        moved = [outline - reach * np.array([x, y]) / z for outline in outlines]
        box = self._box(moved, 3 * reach)
        if box is None:
            return
        factor = max(round(reach / 2), 1)
        small = (0, 0, -(-(box[2] - box[0]) // factor), -(-(box[3] - box[1]) // factor))
        mask = fill_mask([(outline - box[:2]) / factor for outline in moved], (), small, 1)
        mask = mask.filter(ImageFilter.GaussianBlur(reach / factor)).resize(
            (box[2] - box[0], box[3] - box[1]), Image.Resampling.BILINEAR
        )
        mask = scaled(ImageChops.multiply(mask, self._covered.crop(box)), strength)
        self.image.paste((0, 0, 0), box, mask)

    def _colours(self, part: Piece, mask: Image.Image, box: Box) -> Image.Image | tuple[int, int, int]:
        if part.body is None:
            return part.surface.colours[0]
        size = mask.size
        step = max(max(self.image.size) / _CELLS, 1.0)
        grid = (max(round(size[0] / step), 2), max(round(size[1] / step), 2))
        where = self._cells(box, grid)
        small = np.asarray(mask.resize(grid, Image.Resampling.BOX), dtype=np.float64) / 255
        cell = step / self._pose.scale
        diffuse, highlight = brightness(small, where, cell, part.body, self._light)
        warp = self._warp(part, where, size) if part.surface.layers and part.body.relief is not None else None
        colours = self._pattern(part.surface, box, warp)
        for outline, surface in part.inlays:
            colours.paste(self._pattern(surface, box, warp), (0, 0), fill_mask([self._pose.to_px(outline)], (), box))
        colours = ImageChops.multiply(colours, self._tinted(diffuse, size))
        if part.body.gloss > 0:
            shine = _enlarge(highlight, size)
            colours = ImageChops.screen(colours, Image.merge("RGB", (shine, shine, shine)))
        return colours

    def _cells(self, box: Box, grid: tuple[int, int]) -> tuple[Array, Array]:
        x = box[0] + (np.arange(grid[0]) + 0.5) * (box[2] - box[0]) / grid[0]
        y = box[1] + (np.arange(grid[1]) + 0.5) * (box[3] - box[1]) / grid[1]
        return self._pose.to_units(*np.meshgrid(x, y))

    def _tinted(self, diffuse: Array, size: tuple[int, int]) -> Image.Image:
        shade = _enlarge(diffuse * _FLAT, size)
        if self._light.warmth == 0:
            return Image.merge("RGB", (shade, shade, shade))
        return Image.merge("RGB", [scaled(shade, gain) for gain in self._light.tint()])

    def _warp(
        self, part: Piece, where: tuple[Array, Array], size: tuple[int, int]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """Displacement of the pattern by the folds: small where the pattern is fine, lest it pass the Nyquist limit."""
        if part.body is None or part.body.relief is None:
            return None
        share = min(max(part.surface.period / 30, 0.2), 1.2)
        height = part.body.relief(*where) * share * self._pose.scale
        field = np.asarray(Image.fromarray(height.astype(np.float32)).resize(size, Image.Resampling.BICUBIC))
        return field, field * np.float32(0.5)

    def _pattern(self, surface: Surface, box: Box, warp: tuple[NDArray[np.float32], NDArray[np.float32]] | None) -> Image.Image:
        size = (box[2] - box[0], box[3] - box[1])
        ground = Image.new("RGB", size, surface.colours[0])
        if not surface.layers:
            return ground
        origin = self._pose.offset - box[:2]
        angle = self._pose.direction(surface.angle)
        grid = Grid(surface.period, angle, (float(origin[0]), float(origin[1])), warp, self._pose.mirrored)
        for layer in surface.layers:
            colour = surface.colours[layer.colour] if layer.colour >= 0 else darker(surface.colours[0], 0.5)
            ground.paste(colour, (0, 0, *size), coverage(layer, grid, *size))
        return ground


def _enlarge(field: Array, size: tuple[int, int]) -> Image.Image:
    small = Image.fromarray(np.rint(np.clip(field, 0, 1) * 255).astype(np.uint8))
    return small.resize(size, Image.Resampling.BICUBIC)
