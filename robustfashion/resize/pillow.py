"""Pillow's resize filters. Reducing filters widen with the reduction, so that they do not alias (nearest does).

``*_gapG`` are the same filters with ``reducing_gap=G``: a whole-number box reduction comes first, then the filter;
``Image.thumbnail`` does it with a gap of 2. The other shortcut of ``thumbnail``, JPEG draft mode, concerns files, not
arrays: see :class:`robustfashion.pictures.decode.Decode`.
"""

from collections.abc import Callable

import numpy as np

from robustfashion.resize.method import Method, Pixels, Size, distribution_version

FILTERS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")
GAPS = (2, 3)
"""2 is what ``Image.thumbnail`` uses; 3 is the value from which Pillow calls the result close to fair."""


def _resizer(filter_name: str, gap: int | None) -> Callable[[Pixels, Size], Pixels]:
    def resize(image: Pixels, size: Size) -> Pixels:
        """Resize by Pillow."""
        from PIL import Image

        height, width = size
        resampling = Image.Resampling[filter_name.upper()]
        gap_or_none = None if gap is None else float(gap)
        return np.array(Image.fromarray(image).resize((width, height), resampling, reducing_gap=gap_or_none))

    return resize


def _method(filter_name: str, gap: int | None = None) -> Method:
    suffix = "" if gap is None else f"_gap{gap}"
    option = "" if gap is None else f", reducing_gap={gap}.0"
    origin = f"PIL.Image.Image.resize, Resampling.{filter_name.upper()}{option}"
    return Method(f"pillow.{filter_name}{suffix}", _resizer(filter_name, gap), origin, distribution_version("Pillow"))


METHODS = [_method(name) for name in FILTERS] + [_method(name, gap) for gap in GAPS for name in FILTERS if name != "nearest"]
