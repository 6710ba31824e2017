"""From matplotlib figures to SVG that may stand in a page: themed, without styles, with ids of its own."""

import io
import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.figure import Figure

from robustfashion.report.palette import INK, variables

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "robustfashion",
    "text.parse_math": False,  # a label is text, whatever dollar signs it holds
    "axes.unicode_minus": True,
    "font.size": 9.5,
    "text.color": INK,
}
_DROPPED = {"font-family", "font"}
_REFERENCE = re.compile(r"url\(#([^)]+)\)|^#(.+)$")


@contextmanager
def own_settings() -> Iterator[None]:
    """Matplotlib's defaults with ours on top, whatever the user's matplotlibrc says; put back afterwards."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_SETTINGS)
        yield


def to_svg(figure: Figure, name: str, label: str) -> Markup:
    """Inline SVG of a figure drawn with the stand-in colours of :mod:`robustfashion.report.palette`.

    Args:
        figure: drawn within :func:`own_settings`.
        name: prefix of the ids, different for every drawing of a page.
        label: what a screen reader says.
    """
    buffer = io.BytesIO()
    with own_settings(), warnings.catch_warnings():
        # Glyphs are measured with matplotlib's font and drawn with the reader's, which may well have them.
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure.savefig(buffer, format="svg", bbox_inches="tight", pad_inches=0.04, transparent=True, metadata=_NO_METADATA)
    root = ET.fromstring(buffer.getvalue())
    _tidy(root, name)
    width, height = (float(root.attrib.pop(side).removesuffix("pt")) for side in ("width", "height"))
    root.attrib |= {
        "role": "img", "aria-label": label, "width": f"{width * 4 / 3:.0f}", "height": f"{height * 4 / 3:.0f}",
    }  # fmt: skip
    return Markup(ET.tostring(root, encoding="unicode"))


_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


def _tidy(root: ET.Element, name: str) -> None:
    for parent in root.iter():
        for child in list(parent):
            if child.tag.endswith("}metadata") or child.tag.endswith("}style"):
                parent.remove(child)
    used = {found[1] or found[2] for e in root.iter() for v in e.attrib.values() for found in _REFERENCE.finditer(v)}
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = _attributes(element, used, name)
        if element.tag == "path":
            element.set("d", " ".join(_rounded(element.get("d", "")).split()))


def _attributes(element: ET.Element, used: set[str], name: str) -> dict[str, str]:
    plain = {key.rpartition("}")[2]: value for key, value in element.attrib.items() if key not in ("style", "version")}
    if plain.get("id") not in used:
        plain.pop("id", None)
    for part in element.get("style", "").split(";"):
        key, _, value = part.partition(":")
        if value and key.strip() not in _DROPPED:
            plain[key.strip()] = _themed(value.strip())
    plain = {key: _REFERENCE.sub(lambda found: _renamed(found, name), value) for key, value in plain.items()}
    if "id" in plain:
        plain["id"] = f"{name}-{plain['id']}"
    return plain


def _renamed(found: re.Match[str], name: str) -> str:
    return f"url(#{name}-{found[1]})" if found[1] else f"#{name}-{found[2]}"


def _themed(value: str) -> str:
    known = variables().get(value)
    return f"var(--{known[0]})" if known else value


def _rounded(path: str) -> str:
    return re.sub(r"-?\d+\.\d+", lambda found: f"{float(found[0]):.2f}", path)
