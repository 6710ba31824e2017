"""Soles and heels of shoes by the cues of the heel labels: height, width at the seat and at the tip, outline."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from robustfashion.data.synthetic.curves import Points, along, even, join, line, points, ribbon, shifted, spline
from robustfashion.data.synthetic.scene import Piece, Surface, fabric, flat, mix, plain, shade
from robustfashion.data.synthetic.shading import Body
from robustfashion.data.synthetic.spec import Colour, ProductSpec


@dataclass(frozen=True)
class Last:
    """Line on which the foot stands: flat at the toe, rising over the arch, flat at the heel."""

    height: float
    """Of the heel above the toe."""
    platform: float
    """Thickness of the sole at the toe."""
    spring: float
    """Height of the toe's tip over the ground."""

    def y(self, x: float) -> float:
        """Height at ``x`` in [0, 1]; negative is up."""
        rise = min(max((x - 0.30) / 0.50, 0.0), 1.0)
        tip = min(max(1 - x / 0.22, 0.0), 1.0) ** 2
        return -self.platform - self.height * rise * rise * (3 - 2 * rise) - self.spring * tip

    def bed(self, start: float, end: float) -> Points:
        """The line from ``start`` to ``end``."""
        return np.array([(x, self.y(x)) for x in even(start, end, 40).tolist()])


def _straight(last: Last, seat: float, tip: float, back: float) -> Points:
    """Heel with widths ``seat`` and ``tip`` whose back leans in by ``back``."""
    y = last.y(1.0)
    rear = spline([(1.0, y), (1.0 - back * 0.75, y * 0.45), (1.0 - back, 0.0)], 8)
    front = spline(
        [(1.0 - back - tip, 0.0), (1.0 - back - tip - (seat - tip) * 0.22, y * 0.5), (1.0 - seat, last.y(1.0 - seat))], 8
    )
    return join(rear, front)


def _kitten(last: Last) -> Points:
    return _straight(last, 0.15, 0.035, 0.055)


def _stiletto(last: Last) -> Points:
    return _straight(last, 0.15, 0.022, 0.045)


def _cone(last: Last) -> Points:
    y = last.y(1.0)
    return points([(1.0, y), (0.945, 0.0), (0.895, 0.0), (0.80, last.y(0.80))])


def _block(last: Last) -> Points:
    y = last.y(1.0)
    return points([(1.0, y), (0.992, 0.0), (0.835, 0.0), (0.81, last.y(0.81))])


def _western(last: Last) -> Points:
    y = last.y(1.0)
    return points([(1.005, y), (0.945, 0.0), (0.79, 0.0), (0.775, last.y(0.775))])


def _louis(last: Last) -> Points:
    y = last.y(1.0)
    rear = spline([(1.0, y), (0.945, y * 0.55), (0.935, y * 0.3), (0.975, 0.0)], 8)
    return join(rear, spline([(0.85, 0.0), (0.868, y * 0.3), (0.845, y * 0.6), (0.79, last.y(0.79))], 8))


def _wedge(last: Last) -> Points:
    return join([(1.0, last.y(1.0)), (0.985, 0.0), (0.34, 0.0)], last.bed(0.30, 1.0))


HEELS: dict[str, Callable[[Last], Points]] = {
    "Kitten Heel": _kitten, "Stiletto": _stiletto, "Cone Heel": _cone, "Block Heel": _block, "Western Heel": _western,
    "Louis Heel": _louis, "Wedge": _wedge,
}  # fmt: skip
"""Outlines by label; ``Flat`` has a sole only."""


def sole_surface(spec: ProductSpec) -> Surface:
    """Surface of the sole: a sandal's is covered with the cloth of its straps where it has their colour."""
    covered = spec.word("sole") == "ground" and spec.word("family") == "sandal" and spec.word("sole_material") == "plain"
    return fabric(spec) if covered else plain(spec.colour("sole"))


def heel_parts(spec: ProductSpec, last: Last) -> list[Piece]:
    """The heel and, for stacked ones, its layers."""
    label = spec.word("heel_type")
    if label not in HEELS:
        return []
    outline = _heel_outline(spec, last, label)
    jute = spec.word("sole_material") == "jute"
    stacked = not jute and (label == "Western Heel" or spec.word("heel_cover") == "stacked")
    sole = spec.colour("sole")
    surface = plain(sole) if jute or stacked else (fabric(spec) if label == "Wedge" else plain(spec.colours[0]))
    parts = [Piece("heel", (outline,), surface, Body(0.9, 0.03, max(spec.number("gloss"), 0.06), 14.0))]
    if stacked and label != "Stiletto":
        lines = [ribbon(line((outline[:, 0].min(), y), (1.0, y)), 0.004) for y in np.arange(-0.025, last.y(1.0), -0.028)]
        clipped = [np.clip(o, (_left(outline, o[0, 1]), -9), (_right(outline, o[0, 1]), 9)) for o in lines]
        parts.append(flat("layers", clipped, shade(sole), 0.5)) if clipped else None
    if jute:
        return [*parts, *_braid(outline, last, shade(sole))]
    tip = outline[outline[:, 1] > -1e-9]
    left, right = tip[:, 0].min(), tip[:, 0].max()
    parts.append(flat("tip", [points([(left, -0.014), (right, -0.014), (right, 0.0), (left, 0.0)])], (30, 28, 28), 0.9))
    return parts


def _heel_outline(spec: ProductSpec, last: Last, label: str) -> Points:
    """Outline of the heel; an ambiguous one leans to the outline of its neighbour."""
    outline, doubt = HEELS[label](last), spec.doubts.get("heel_type")
    if doubt is None or doubt.toward not in HEELS:
        return outline
    if label == "Wedge":  # the arch opens in front; half of the wedge is left at the border
        start = 0.30 + 0.25 * doubt.amount
        return join([(1.0, last.y(1.0)), (0.985, 0.0), (start + 0.06, 0.0)], last.bed(start, 1.0))
    share = 0.5 * doubt.amount
    blended: Points = along(outline, 80) * (1 - share) + along(HEELS[doubt.toward](last), 80) * share
    blended[np.abs(blended[:, 1]) < 0.006, 1] = 0.0
    return blended


def _braid(outline: Points, last: Last, dark: Colour) -> list[Piece]:
    """Ropes of jute, one above the other, twisted."""
    ropes, twists = [], []
    for k, y in enumerate(np.arange(-0.012, last.y(1.0), -0.026)):
        left, right = _left(outline, float(y)), _right(outline, float(y))
        ropes.append(ribbon(line((left, y + 0.013), (right, y + 0.013)), 0.005))
        twists += [
            ribbon(line((x, y + 0.009), (x + 0.016, y - 0.009)), 0.005)
            for x in np.arange(left + 0.012 * (k % 2), right - 0.016, 0.026)
        ]
    return [flat("ropes", ropes, dark, 0.8), flat("twists", twists, dark, 0.6)]


def _crossings(outline: Points, y: float) -> list[float]:
    a, b = outline, np.roll(outline, -1, axis=0)
    hit = (a[:, 1] - y) * (b[:, 1] - y) < 0
    share = (y - a[hit, 1]) / (b[hit, 1] - a[hit, 1])
    return sorted((a[hit, 0] + share * (b[hit, 0] - a[hit, 0])).tolist())


def _left(outline: Points, y: float) -> float:
    found = _crossings(outline, y)
    return found[0] if found else float(outline[:, 0].min())


def _right(outline: Points, y: float) -> float:
    found = _crossings(outline, y)
    return found[-1] if found else float(outline[:, 0].max())


def sole_parts(spec: ProductSpec, last: Last) -> list[Piece]:
    """Outsole: down to the ground under flat shoes, a thin layer under heeled ones."""
    bed = last.bed(-0.0, 1.0)
    if spec.word("heel_type") == "Flat":
        return _flat_sole(spec, last, bed)
    thin = np.stack([bed[:, 0], np.minimum(bed[:, 1] + max(last.platform, 0.018), 0.0)], axis=1)
    sole = join(bed, thin[::-1])
    parts = [Piece("sole", (sole,), sole_surface(spec), Body(0.6, 0.015, 0.05, 20), _lug_gaps(spec, thin))]
    return [*parts, *_sole_texture(spec, last, sole)]


def _sole_texture(spec: ProductSpec, last: Last, sole: Points) -> list[Piece]:
    """Rope of espadrilles, crumbs of crepe."""
    kind, dark = spec.word("sole_material"), shade(spec.colour("sole"))
    if kind == "jute":
        twists = [
            ribbon(line((x, last.y(x) + d), (x + 0.018, last.y(x) + d + 0.02)), 0.006)
            for d in np.arange(0.006, last.platform - 0.015, 0.026) for x in np.arange(0.01, 0.98, 0.028)
        ]  # fmt: skip
        ropes = [ribbon(shifted(last.bed(0.0, 1.0), 0, d), 0.005) for d in np.arange(0.028, last.platform - 0.006, 0.026)]
        return [flat("twists", twists, dark, 0.6), flat("ropes", ropes or [sole[:3]], dark, 0.8)]
    if kind == "crepe":
        rng = spec.style_stream("crepe")
        x, share = rng.uniform(0.0, 0.98, 130), rng.uniform(0.1, 0.9, 130)
        crumbs = [
            ribbon(line((a, last.y(a) + b * last.platform), (a + 0.02, last.y(a) + b * last.platform)), 0.007)
            for a, b in zip(x, share, strict=True)
        ]
        return [flat("crumbs", crumbs, dark, 0.4 * (1 - 0.5 * spec.doubt("boot_style")))]
    return []


def _lug_gaps(spec: ProductSpec, ground: Points) -> tuple[Points, ...]:
    """Gaps between the lugs under combat boots."""
    if spec.word("boot_style") != "Combat boots":
        return ()
    flat_part = ground[ground[:, 1] > -0.03]
    starts = np.arange(flat_part[:, 0].min() + 0.02, flat_part[:, 0].max() - 0.03, 0.072)
    return tuple(points([(x, -0.03), (x + 0.026, -0.03), (x + 0.026, 0.01), (x, 0.01)]) for x in starts)


def _flat_sole(spec: ProductSpec, last: Last, bed: Points) -> list[Piece]:
    colour = spec.colour("sole")
    edge = 0.012 if spec.word("family") in ("sneaker", "boot") else 0.006
    ground = np.stack([np.linspace(1.0, 0.0, 40), np.zeros(40)], axis=1)
    ground[:, 1] -= last.spring * np.clip(1 - ground[:, 0] / 0.22, 0, 1) ** 2
    upper = bed - (0, edge)
    outline = join(upper, [(1.0 + edge, last.y(1.0)), (1.0 + edge * 0.8, -0.01)], ground, [(-edge, last.y(0.0) + 0.01)])
    parts = [Piece("sole", (outline,), sole_surface(spec), Body(0.8, 0.025, 0.04, 14.0), _lug_gaps(spec, ground))]
    tread = ground[::-1] - (0, 0.2 * last.platform)
    dark = shade(colour)
    if spec.word("family") in ("sneaker", "boot") and not (
        spec.word("sole_material") == "crepe" or spec.word("boot_style") == "Combat boots"
    ):
        parts.append(flat("tread", [ribbon(tread, 0.3 * last.platform)], mix(colour, dark, 0.55), 0.8))
        parts.append(flat("foxing", [ribbon(shifted(bed, 0, 0.3 * last.platform), 0.004)], dark, 0.5))
    elif last.platform > 0.02:
        parts.append(flat("welt", [ribbon(shifted(bed, 0, 0.006), 0.004)], dark, 0.6))
    return [*parts, *_sole_texture(spec, last, outline)]
