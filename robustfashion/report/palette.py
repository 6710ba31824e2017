"""Colours of figures, each as a pair for light and dark pages, addressed by CSS variables."""

from functools import cache

import numpy as np
import seaborn as sns
from matplotlib.colors import to_hex, to_rgb

STEPS = 21
"""Colours of a scale; odd, so that a diverging scale has a middle."""

INK, MUTED, RULE, PAGE, CONTEXT = "#010203", "#040506", "#070809", "#0a0b0c", "#0d0e0f"
"""Stand-ins that drawings use; pages replace them by the colours of their theme."""
SERIES = ("#100001", "#100002", "#100003", "#100004", "#100005")
MAP_SERIES = (*SERIES, "#100006", "#100007")
"""Of categories on a map, where a shape tells apart what a colour does not."""

_FIXED: dict[str, tuple[str, str, str]] = {
    INK: ("ink", "#1c1e21", "#e6e6e2"),
    MUTED: ("muted", "#5a6068", "#a4aab2"),
    RULE: ("rule", "#d9d9d4", "#33373d"),
    CONTEXT: ("context", "#c3c3bb", "#474d55"),
    PAGE: ("page", "#fdfdfb", "#15171a"),
    SERIES[0]: ("series-0", "#1f5fa8", "#7db4f0"),
    SERIES[1]: ("series-1", "#b5451b", "#f0906a"),
    SERIES[2]: ("series-2", "#1c7a52", "#5fc79b"),
    SERIES[3]: ("series-3", "#7a4aa8", "#c09be8"),
    SERIES[4]: ("series-4", "#77601a", "#d0b860"),
    MAP_SERIES[5]: ("series-5", "#b02a78", "#f29ac8"),
    MAP_SERIES[6]: ("series-6", "#0b7c8e", "#62cfe0"),
}
RAMP = 7
"""Colours of points by a number, low to high: each at least 3 : 1 on the page, so that no point is lost."""
_RAMP = {"light": (0.58, 0.0), "dark": (0.4, 1.0)}
"""Part of matplotlib's plasma for either theme; lightness rises or falls all along."""
_DIVERGING = (28.0, 250.0)
"""Hues of loss and gain: orange and blue differ for every kind of colour vision."""


def scale(diverging: bool) -> list[str]:
    """Stand-in colours of a scale, low to high; ``on_scale`` gives the text's."""
    return [f"#{'20' if diverging else '21'}00{k:02x}" for k in range(STEPS)]


def on_scale(colour: str) -> str:
    """Stand-in of the text colour on a scale's colour."""
    return f"#3{colour[2:]}"


@cache
def variables() -> dict[str, tuple[str, str, str]]:
    """Stand-in -> (name of the CSS variable, light colour, dark colour)."""
    found = dict(_FIXED)
    low, high = _DIVERGING
    light, dark = (sns.color_palette("plasma", as_cmap=True)(np.linspace(*ends, RAMP)) for ends in _RAMP.values())
    found |= {f"#2200{k:02x}": (f"ramp-{k}", to_hex(light[k]), to_hex(dark[k])) for k in range(RAMP)}
    pairs = {
        True: [sns.diverging_palette(low, high, s=80, l=50, n=STEPS, center=centre) for centre in ("light", "dark")],
        False: [sns.light_palette("#1f5fa8", STEPS), sns.dark_palette("#7db4f0", STEPS)],
    }
    for diverging, (light, dark) in pairs.items():
        for k, stand_in in enumerate(scale(diverging)):
            name = f"{'diverging' if diverging else 'rising'}-{k}"
            found[stand_in] = (name, to_hex(light[k]), to_hex(dark[k]))
            found[on_scale(stand_in)] = (f"on-{name}", text_on(to_hex(light[k])), text_on(to_hex(dark[k])))
    return found


def css() -> str:
    """Declarations of all variables."""
    return "".join(f"--{name}:light-dark({light},{dark});" for name, light, dark in variables().values())


def luminance(colour: str) -> float:
    """Relative luminance, 0..1 (WCAG 2.2)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1..21 (WCAG 2.2)."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def text_on(colour: str) -> str:
    """Black or white, whichever is read better on ``colour``: always at least 4.5 to 1."""
    return max(("#000000", "#ffffff"), key=lambda text: contrast(text, colour))
