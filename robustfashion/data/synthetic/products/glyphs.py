"""Digits as strokes: seven segments for displays, polylines for dials; the package needs no font."""

from collections.abc import Sequence

from robustfashion.data.synthetic.curves import Points, arc, line, points, ribbon

_LIT = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc", "8": "abcdefg",
    "9": "abcfgd",
}  # fmt: skip
_ENDS = {
    "a": ((0, 0), (1, 0)), "b": ((1, 0), (1, 1)), "c": ((1, 1), (1, 2)), "d": ((0, 2), (1, 2)), "e": ((0, 1), (0, 2)),
    "f": ((0, 0), (0, 1)), "g": ((0, 1), (1, 1)),
}  # fmt: skip


def segments(text: str, left: float, top: float, height: float) -> list[Points]:
    """Seven-segment digits; ``:`` is a colon, a blank a gap of half a digit."""
    outlines: list[Points] = []
    side, x = height / 2, left
    for char in text:
        if char in _LIT:
            for name in _LIT[char]:
                (x0, y0), (x1, y1) = _ENDS[name]
                gap = 0.12
                dx, dy = (gap if x0 != x1 else 0.0), (gap if y0 != y1 else 0.0)
                start, end = (x + (x0 + dx) * side, top + (y0 + dy) * side), (x + (x1 - dx) * side, top + (y1 - dy) * side)
                outlines.append(ribbon(line(start, end), height * 0.12))
            x += side * 1.5
        else:
            if char == ":":
                outlines += [
                    ribbon(line((x, top + height * k), (x, top + height * (k + 0.09))), height * 0.1) for k in (0.28, 0.65)
                ]
            x += side * 0.5
    return outlines


_STROKES: dict[str, Sequence[Points]] = {
    "0": (arc((0.5, 1), (0.45, 1), 0, 360, 20),), "1": (points([(0.2, 0.4), (0.55, 0), (0.55, 2)]),),
    "2": (points([*arc((0.5, 0.5), (0.45, 0.5), 190, 395, 10), (0.05, 2), (0.98, 2)]),),
    "3": (points([*arc((0.45, 0.5), (0.45, 0.5), 200, 440, 10), *arc((0.45, 1.45), (0.5, 0.55), -80, 160, 10)]),),
    "4": (points([(0.75, 2), (0.75, 0), (0.0, 1.35), (1, 1.35)]),),
    "5": (points([(0.9, 0), (0.15, 0), (0.1, 0.9), *arc((0.45, 1.35), (0.5, 0.62), -110, 150, 10)]),),
    "6": (arc((0.5, 1.4), (0.45, 0.6), 0, 360, 16), points([(0.8, 0), (0.3, 0.6), (0.05, 1.4)])),
    "7": (points([(0.0, 0), (0.95, 0), (0.35, 2)]),),
    "8": (arc((0.5, 0.5), (0.4, 0.5), 0, 360, 14), arc((0.5, 1.5), (0.48, 0.5), 0, 360, 14)),
    "9": (arc((0.5, 0.6), (0.45, 0.6), 0, 360, 16), points([(0.95, 0.6), (0.7, 1.4), (0.2, 2)])),
    "I": (points([(0.3, 0), (0.3, 2)]),), "V": (points([(0, 0), (0.45, 2), (0.9, 0)]),),
    "X": (points([(0, 0), (0.9, 2)]), points([(0.9, 0), (0, 2)])),
}  # fmt: skip
_ADVANCE = {"I": 0.62, "1": 0.95}


def strokes(text: str, centre: Sequence[float], height: float, weight: float = 0.13) -> list[Points]:
    """Digits or Roman numerals around a centre, as outlines of strokes of ``weight`` heights."""
    unit = height / 2
    width = sum(_ADVANCE.get(char, 1.3) for char in text) * unit
    x, outlines = centre[0] - width / 2, []
    for char in text:
        for stroke in _STROKES[char]:
            outlines.append(ribbon(stroke * unit + (x, centre[1] - unit), weight * height))
        x += _ADVANCE.get(char, 1.3) * unit
    return outlines
