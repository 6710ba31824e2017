"""Digits and letters as strokes: seven segments for displays, polylines for dials and labels; the package needs no font."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

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


# Corners (x in 0 to 2, y in 0 to 4) of the polylines of each capital letter.
_LETTERS = {
    "A": "04 10 24|03 23", "B": "00 04 14 23 12 02|00 10 21 12", "C": "20 00 04 24", "D": "00 10 21 23 14 04 00",
    "E": "20 00 04 24|02 12", "F": "20 00 04|02 12", "G": "20 00 04 24 22 12", "H": "00 04|20 24|02 22", "I": "10 14",
    "J": "20 23 14 03", "K": "00 04|20 02 24", "L": "00 04 24", "M": "04 00 12 20 24", "N": "04 00 24 20",
    "O": "00 20 24 04 00", "P": "04 00 20 22 02", "Q": "00 20 24 04 00|13 24", "R": "04 00 20 22 02|12 24",
    "S": "20 00 02 22 24 04", "T": "00 20|10 14", "U": "00 04 24 20", "V": "00 14 20", "W": "00 04 12 24 20",
    "X": "00 24|20 04", "Y": "00 12 20|12 14", "Z": "00 20 04 24", "-": "02 22", "/": "04 20",
}  # fmt: skip


def words_width(text: str, height: float) -> float:
    """Width of :func:`words`."""
    return max(len(text) * 0.75 - 0.25, 0.0) * height


def words(text: str, left: float, top: float, height: float, weight: float = 0.14) -> list[Points]:
    """Capital letters and digits from ``left``, ``top``, as outlines of strokes of ``weight`` heights; else a blank."""
    outlines: list[Points] = []
    for k, char in enumerate(text):
        x = left + 0.75 * height * k
        if char in _LETTERS:
            for path in _LETTERS[char].split("|"):
                corners = points([(int(corner[0]) / 4, int(corner[1]) / 4) for corner in path.split()])
                for start, end in pairwise(corners):
                    reach = (end - start) / max(float(np.hypot(*(end - start))), 1e-9) * weight / 2
                    outlines.append(ribbon(line(start - reach, end + reach) * height + (x, top), weight * height))
        elif char in _STROKES:
            outlines += strokes(char, (x + height / 4, top + height / 2), height, weight)
    return outlines
