"""What all drawings share."""

from dataclasses import dataclass

from markupsafe import Markup

from robustfashion.report.format import number, visible
from robustfashion.result import Unit

LONGEST_NAME = 42
_UNIT_NAMES: dict[Unit, str] = {
    "points": "percentage points",
    "decibel": "dB",
    "seconds": "seconds",
    "levels": "levels of 0..255",
}
_SUFFIXES = (" pp", " %", " dB", " ×", " s")


@dataclass(frozen=True)
class Drawing:
    """One SVG and the words over it; these are empty where the drawing names its lines itself.

    ``narrow``, where there is one, stands in its place on narrow screens.
    """

    title: str
    svg: Markup
    narrow: Markup | None = None


def shorten(text: str) -> str:
    """A name that fits beside a drawing; the whole one stands in the table below it."""
    text = visible(text).replace("\n", " ")
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"


def bare(value: float, unit: Unit) -> str:
    """Number without its unit, which the scale beside it names."""
    text = number(value, unit)
    for suffix in _SUFFIXES:
        text = text.removesuffix(suffix)
    return text


def tick(value: float, unit: Unit) -> str:
    """Number on an axis, without decimals that say nothing: ``80 %``, ``−20``."""
    text = bare(value, unit)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} %" if unit == "share" else text


def named_axis(name: str, unit: Unit) -> str:
    """What runs up a figure of lines, with the unit where the ticks do not carry it and the name does not say it."""
    word = _UNIT_NAMES.get(unit, "")
    return f"{name}, {word}" if word and word not in name else name
