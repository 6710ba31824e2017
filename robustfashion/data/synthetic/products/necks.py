"""Necklines: the upper edge of a garment, from the left armpit over both shoulders to the right armpit.

Product units: 1 is about 90 cm on a person; x = 0 the body's middle, y = 0 the base of the neck.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from robustfashion.data.synthetic.curves import Points, along, arc, join, line, mirrored, points, ribbon, spline

ARMPIT_Y = 0.215


@dataclass(frozen=True)
class Yoke:
    """Upper part of a body: what all necklines need to know."""

    neck: float
    """Half width of the neck opening."""
    depth: float
    """Depth of the opening below the base of the neck."""
    shoulder: float
    """Half width of the shoulders."""
    chest: float
    """Half width at the armpits."""
    sleeved: bool = False

    def side(self, start: float) -> Points:
        """From the neck's point (``start``, 0) along the right shoulder and armhole to the armpit."""
        tip = (self.shoulder, 0.045)
        armhole = spline([tip, (self.shoulder - 0.022, 0.12), (self.chest, ARMPIT_Y)], 6)
        return join(line((start, (start - self.neck) * 0.1), tip, 4)[:-1], armhole)


@dataclass(frozen=True)
class Neck:
    """A neckline as drawn."""

    edge: Points
    """Upper edge of the front, from the left armpit to the right."""
    behind: tuple[Points, ...] = ()
    """Inside of the back that shows through the opening."""
    straps: tuple[Points, ...] = ()
    pieces: tuple[tuple[str, Points], ...] = ()
    """Named pieces laid on top: collar, tube."""


def _open(yoke: Yoke, front: Points, start: float) -> Neck:
    """Both shoulders covered; ``front`` runs from the left neck point to the right."""
    side = yoke.side(start)
    back = arc((0, -0.004), (start * 0.98, 0.022), 180, 0, 16)
    return Neck(join(mirrored(side), front[1:-1], side), (join(front, back[::-1]),))


def _round(yoke: Yoke) -> Neck:
    depth = 0.05 + 0.09 * yoke.depth
    return _open(yoke, arc((0, 0), (yoke.neck, depth), 180, 0, 24), yoke.neck)


def _v(yoke: Yoke) -> Neck:
    depth, n = 0.14 + 0.17 * yoke.depth, yoke.neck
    side = spline([(n, 0), (n * 0.60, depth * 0.48), (0, depth)], 6)
    return _open(yoke, _vee(side), n)


def _vee(side: Points) -> Points:
    """Left to right out of the right half that runs from the neck point down to the middle."""
    return join(side * (-1.0, 1.0), side[::-1][1:])


def _square(yoke: Yoke) -> Neck:
    depth, n = 0.10 + 0.10 * yoke.depth, yoke.neck * 1.15
    return _open(yoke, points([(-n, 0), (-n * 0.96, depth), (n * 0.96, depth), (n, 0)]), n)


def _boat(yoke: Yoke) -> Neck:
    n = yoke.shoulder * 0.82
    return _open(yoke, arc((0, (n - yoke.neck) * 0.1), (n, 0.030 + 0.02 * yoke.depth), 180, 0, 24), n)


def _collared(yoke: Yoke) -> Neck:
    neck, depth = _v(Yoke(yoke.neck, -0.35 + 0.25 * yoke.depth, yoke.shoulder, yoke.chest)), 0.0875 + 0.0425 * yoke.depth
    n = yoke.neck
    flap = points(
        [
            (n * 0.9, -0.045),
            (n * 1.28, -0.01),
            (n * 1.25 + 0.02, depth * 0.95),
            (0.045 + n * 0.2, depth + 0.035),
            (0.004, depth - 0.006),
            (n * 0.62, 0.02),
        ]
    )
    band = join(arc((0, -0.03), (n * 0.95, 0.02), 180, 360, 12), arc((0, 0.01), (n * 0.95, 0.03), 0, 180, 12))
    return Neck(
        neck.edge, neck.behind, pieces=(("collar_band", band), ("collar_left", flap * (-1.0, 1.0)), ("collar_right", flap))
    )


def _tube(yoke: Yoke, height: float, low: float) -> Points:
    n = yoke.neck
    left = spline([(-n, low), (-n * 0.86, -height * 0.5), (-n * 0.80, -height)], 5)
    right = left[::-1] * (-1.0, 1.0)
    return join(left, arc((0, -height), (n * 0.80, 0.014), 180, 360, 10), right, arc((0, low), (n, 0.045), 0, 180, 14))


def _turtleneck(yoke: Yoke) -> Neck:
    neck = _round(Yoke(yoke.neck, -0.2, yoke.shoulder, yoke.chest))
    low, fold = _tube(yoke, 0.115, 0.005), _tube(Yoke(yoke.neck * 1.07, 0, 0, 0), 0.118, -0.045)
    return Neck(neck.edge, pieces=(("tube", low), ("tube_fold", fold)))


def _high(yoke: Yoke) -> Neck:
    neck = _round(Yoke(yoke.neck, -0.2, yoke.shoulder, yoke.chest))
    return Neck(neck.edge, pieces=(("tube", _tube(yoke, 0.055, 0.01)),))


def _halter(yoke: Yoke) -> Neck:
    n = yoke.neck * 0.95
    side = spline([(n, -0.02), (n + 0.02, 0.07), (yoke.chest - 0.035, 0.16), (yoke.chest, ARMPIT_Y + 0.02)], 6)
    front = arc((0, -0.02), (n - 0.022, 0.06 + 0.10 * yoke.depth), 180, 0, 20)
    loop = ribbon(arc((0, -0.02), (n - 0.012, 0.030), 180, 360, 14), 0.02)
    return Neck(join(mirrored(side), front, side), straps=(loop,))


def _one_shoulder(yoke: Yoke) -> Neck:
    side = yoke.side(yoke.neck * 1.1)
    left = points([(-yoke.chest, ARMPIT_Y + 0.02)])
    sweep = spline([(-yoke.chest, ARMPIT_Y + 0.02), (-0.05, 0.15), (yoke.neck * 0.7, 0.07), (yoke.neck * 1.1, 0.003)], 6)
    return Neck(
        join(left, sweep[1:-1], side),
        (join(sweep, spline([(yoke.neck * 1.1, 0.003), (0.0, 0.11), (-yoke.chest * 0.9, ARMPIT_Y)], 5)),),
    )


def _asymmetric(yoke: Yoke) -> Neck:
    """A slash from one shoulder to below the other side of the neck."""
    n, depth = yoke.neck, 0.13 + 0.10 * yoke.depth
    wide = min(n * 1.75, yoke.shoulder * 0.92)
    slash = spline([(-wide, (wide - n) * 0.1), (-wide * 0.3, depth * 0.55), (n * 0.95, depth)], 8)
    front = join(slash, spline([(n * 0.95, depth), (n * 1.12, depth * 0.45), (n * 1.15, 0.0)], 6)[1:])
    back = spline([(n * 1.15, 0.0), (0.0, 0.022), (-wide, (wide - n) * 0.1)], 8)
    left = mirrored(yoke.side(wide))
    return Neck(join(left, front[1:-1], yoke.side(n * 1.15)), (join(front, back),))


def _off_shoulder(yoke: Yoke) -> Neck:
    wide = yoke.shoulder + 0.035
    edge = spline([(-wide, 0.13), (-wide * 0.5, 0.105), (0, 0.10), (wide * 0.5, 0.105), (wide, 0.13)], 8)
    return Neck(join([(-yoke.chest, ARMPIT_Y + 0.03)], edge, [(yoke.chest, ARMPIT_Y + 0.03)]))


def _sweetheart(yoke: Yoke) -> Neck:
    """Two lobes: held by straps, or cut into a front with shoulders where there are sleeves."""
    if yoke.sleeved:
        n, low = yoke.neck * 1.35, 0.115 + 0.03 * yoke.depth
        half = spline([(n, 0.0), (n * 0.99, low * 0.75), (n * 0.80, low), (n * 0.42, low - 0.004), (0.0, low + 0.045)], 6)
        return _open(yoke, _vee(half), n)
    half = spline([(0.0, 0.205), (0.03, 0.165), (0.085, 0.148), (0.135, 0.165), (yoke.chest, ARMPIT_Y + 0.005)], 6)
    strap = ribbon(spline([(0.098, 0.158), (0.100, 0.09), (0.086, 0.01)], 6), 0.012 + 0.016 * yoke.depth)
    return Neck(join(half[::-1] * (-1.0, 1.0), half[1:]), straps=(strap * (-1.0, 1.0), strap))


NECKS: dict[str, Callable[[Yoke], Neck]] = {
    "Round Neck": _round, "V-Neck": _v, "Square": _square, "Boat Neck": _boat, "Collared": _collared,
    "Turtleneck": _turtleneck, "High Neck": _high, "Halterneck": _halter, "One-Shoulder": _one_shoulder,
    "Asymmetric": _asymmetric, "Off the Shoulder": _off_shoulder, "Sweetheart": _sweetheart,
}  # fmt: skip
"""Necklines by label; ``Yoke.depth`` is in [0, 1] within the label's interval."""

_TUBES = {("Turtleneck", "High Neck"): -0.42, ("High Neck", "Turtleneck"): 0.5, ("High Neck", "Round Neck"): -0.6}
"""How much higher a collar stands that lies at the border to another label."""


def neckline(label: str, yoke: Yoke, toward: str | None = None, amount: float = 0.0) -> Neck:
    """The neckline of a label; an ambiguous one lies up to halfway to another label's.

    Args:
        label: its label.
        yoke: the body.
        toward: the other label.
        amount: 0 = as the label says, 1 = halfway.
    """
    neck = NECKS[label](yoke)
    if toward is None:
        return neck
    if (label, toward) in _TUBES:
        up = np.array([1.0, 1 + _TUBES[label, toward] * amount])
        pieces = tuple((name, np.where(piece[:, 1:] < 0, piece * up, piece)) for name, piece in neck.pieces)
        return replace(neck, pieces=pieces)
    other, share = NECKS[toward](yoke), amount / 2
    edge = along(neck.edge, 160) * (1 - share) + along(other.edge, 160) * share
    # What shows through lies in one of the two openings; the body covers the rest.
    return replace(neck, edge=edge, behind=neck.behind + other.behind)
