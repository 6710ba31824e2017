"""Numbers and names as a reader sees them, and the keys that put them in order."""

import math
import re
from dataclasses import dataclass

from robustfashion.bench.result import Cell, Unit
from robustfashion.stats import Estimate

NOT_APPLICABLE = "n/a"
MINUS = "\N{MINUS SIGN}"

# Control characters, lone surrogates, and characters that turn the direction of text or hide in it: a file name may hold any.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\uffff]"
)


@dataclass(frozen=True)
class _Style:
    scale: float = 1.0
    suffix: str = ""
    decimals: int = 2
    signed: bool = False


# What must not be torn apart at the end of a line: a number and its unit, the bounds of an interval, "n = 180", "p < 0.05".
_TORN = re.compile(r"(?<=[\d.]) (?=%|points?\b|pp\b)|(?<=\d,) (?=[+\-−]?[\d.]+\])|(?<=\b[np]) (?=[=<>] )|(?<=[=<>]) (?=\d)")


_STYLES: dict[Unit, _Style] = {
    "text": _Style(),
    "count": _Style(decimals=1),
    "share": _Style(100.0, " %", 1),
    "points": _Style(100.0, " pp", 1, signed=True),
    "p": _Style(decimals=3),
    "levels": _Style(),
    "decibel": _Style(1.0, " dB", 1),
    "ratio": _Style(1.0, " ×"),
    "seconds": _Style(1.0, " s"),
    "number": _Style(),
}
UNITS: frozenset[str] = frozenset(_STYLES)
_MORE_DECIMALS = 2
"""Extra decimals that a small number may take before it is shown as a bound."""


@dataclass(frozen=True)
class Shown:
    """One cell, ready to print."""

    text: str
    interval: str = ""
    """``[79.1, 86.4]``, empty without one."""
    n: int | None = None
    key: float | None = None
    """Place in a numeric order; None for text and for n/a."""
    missing: bool = False


def visible(text: str) -> str:
    r"""``text`` with every character that cannot be seen written as its code: ``\u202e`` for a right-to-left override."""
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def glued(text: str) -> str:
    """A sentence whose numbers stay in one piece at the end of a line."""
    return _TORN.sub("\N{NO-BREAK SPACE}", text)


def pieces(name: str) -> list[str]:
    """Parts between which a long name may be broken: behind dots, underscores and slashes, before a plus."""
    return re.split(r"(?<=[._/])(?=.)|(?=\+)(?<=.)", name)


def number(value: float, unit: Unit) -> str:
    """One number in its unit: ``83.0 %``, ``−12.0 pp``, ``< 0.001``, ``3,409``; NaN is ``n/a``."""
    if math.isnan(value):
        return NOT_APPLICABLE
    if unit == "p":
        return _p_value(value)
    style = _STYLES[unit]
    return _digits(value, style) + style.suffix


def interval(low: float, high: float, unit: Unit, near: float = math.nan) -> str:
    """Bounds without their unit, ``[79.1, 86.4]``, with as many decimals as the value ``near`` them is shown with."""
    style = _STYLES[unit]
    places = style.decimals if math.isnan(near) else _places(near * style.scale, style)
    return f"[{_fixed(low * style.scale, places, style)}, {_fixed(high * style.scale, places, style)}]"


def show(cell: Cell, unit: Unit) -> Shown:
    """A table's cell with its order; text in a column of numbers is shown as it is."""
    if isinstance(cell, Estimate):
        shown = show(cell.value, unit)
        return Shown(shown.text, interval(cell.low, cell.high, unit, cell.value), cell.n, shown.key, shown.missing)
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return Shown(NOT_APPLICABLE, missing=True)
    if isinstance(cell, str):
        return Shown(cell)
    return Shown(number(cell, unit), key=float(cell))


def _digits(value: float, style: _Style) -> str:
    if math.isinf(value):
        return ("∞" if value > 0 else f"{MINUS}∞") if not style.signed else ("+∞" if value > 0 else f"{MINUS}∞")
    if isinstance(value, int) and style.scale == 1.0:
        return f"{value:,}".replace("-", MINUS)
    scaled = value * style.scale
    places = _places(scaled, style)
    smallest = 10.0**-places
    if scaled and abs(scaled) < smallest / 2:
        return f"< {smallest:.{places}f}" if scaled > 0 else f"> {MINUS}{smallest:.{places}f}"
    return _fixed(scaled, places, style)


def _places(scaled: float, style: _Style) -> int:
    """Decimals: as the unit has it, more where a number other than zero (or than 100 %) would be rounded to it."""
    if isinstance(scaled, float) and scaled.is_integer() and style is _STYLES["count"]:
        return 0
    full = 100.0 if style is _STYLES["share"] else 0.0
    for places in range(style.decimals, style.decimals + _MORE_DECIMALS + 1):
        rounded = round(scaled, places)
        if not any(rounded == special != scaled for special in (0.0, full)):
            return places
    return style.decimals + _MORE_DECIMALS


def _fixed(scaled: float, places: int, style: _Style) -> str:
    rounded = round(scaled, places) + 0.0  # no "-0.0"
    sign = "+" if style.signed and rounded > 0 else ""
    return sign + f"{rounded:,.{places}f}".replace("-", MINUS)


def _p_value(p: float) -> str:
    if p < 0.001:
        return "< 0.001"
    if p == 1:
        return "1"
    if p > 0.999:
        return "> 0.999"
    text = f"{p:.3f}"
    # Rounding must not carry a p-value across the 5 % line.
    return "0.0499" if p < 0.05 and text == "0.050" else text
