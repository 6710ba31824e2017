"""Numbers and names as a reader sees them, and the keys that put them in order."""

import math
import re
from dataclasses import dataclass

from robustfashion.result import Cell, Unit
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
    """Parts between which a long name may be broken: behind dots (of no number), underscores and slashes, before a plus."""
    return re.split(r"(?<=[._/])(?<!\d\.)(?=.)|(?=\+)(?<=.)", name)


def number(value: float, unit: Unit) -> str:
    """One number in its unit: ``83.0 %``, ``−12.0 pp``, ``< 0.001``, ``3,409``; NaN is ``n/a``."""
    return _number(value, unit, _places(value, unit))


def interval(low: float, high: float, unit: Unit, value: float | None = None) -> str:
    """Bounds without their unit, ``[79.1, 86.4]``, with as many decimals as :func:`estimate` gives the value."""
    places = _estimate_places(value if value is not None else low, low, high, unit)
    style = _STYLES[unit]
    return f"[{_fixed(low * style.scale, places, style)}, {_fixed(high * style.scale, places, style)}]"


def estimate(value: float, low: float, high: float, unit: Unit) -> str:
    """The value of an interval in its unit; where a bound differs from zero in its sign only, with the decimals to show it."""
    return _number(value, unit, _estimate_places(value, low, high, unit))


def show(cell: Cell, unit: Unit) -> Shown:
    """A table's cell with its order; text in a column of numbers is shown as it is."""
    if isinstance(cell, Estimate):
        text = estimate(cell.value, cell.low, cell.high, unit)
        return Shown(text, interval(cell.low, cell.high, unit, cell.value), cell.n, float(cell.value))
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return Shown(NOT_APPLICABLE, missing=True)
    if isinstance(cell, str):
        return Shown(cell)
    return Shown(number(cell, unit), key=float(cell))


def _number(value: float, unit: Unit, places: int) -> str:
    style = _STYLES[unit]
    if math.isnan(value):
        return NOT_APPLICABLE
    if math.isinf(value):
        return f"{'+' if style.signed else ''}∞" if value > 0 else f"{MINUS}∞"
    if unit == "p":
        return _p_value(value)
    if isinstance(value, int) and style.scale == 1.0:
        return f"{value:,}".replace("-", MINUS) + style.suffix
    return _bounded(value * style.scale, places, style) + style.suffix


def _bounded(scaled: float, places: int, style: _Style) -> str:
    """Fixed decimals, or a bound where these would say zero or all of a number that is neither."""
    if _misread(scaled, places, style):
        smallest = 10.0**-places
        if abs(scaled) > 1:
            return f"> {100 - smallest:.{places}f}"
        return f"< {smallest:.{places}f}" if scaled > 0 else f"> {MINUS}{smallest:.{places}f}"
    return _fixed(scaled, places, style)


def _misread(scaled: float, places: int, style: _Style) -> bool:
    """Whether rounding makes zero (or, of shares, 100 %) of a number that is not; nine decimals are arithmetic's noise."""
    exact, rounded = round(scaled, 9), round(scaled, places)
    return any(rounded == special != exact for special in ((0.0, 100.0) if style is _STYLES["share"] else (0.0,)))


def _places(value: float, unit: Unit) -> int:
    """Decimals: as the unit has it, up to two more where a number would be misread."""
    style = _STYLES[unit]
    if not math.isfinite(value):
        return style.decimals
    if unit == "count" and float(value).is_integer():
        return 0
    more = range(style.decimals, style.decimals + _MORE_DECIMALS)
    return next((p for p in more if not _misread(value * style.scale, p, style)), style.decimals + _MORE_DECIMALS)


def _estimate_places(value: float, low: float, high: float, unit: Unit) -> int:
    """Decimals of a value and its bounds; a signed bound must not be rounded to zero, which would hide on which side it lies."""
    values = (value, low, high) if _STYLES[unit].signed else (value,)
    return max(_places(v, unit) for v in values)


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
