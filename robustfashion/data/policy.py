"""How a picture comes to the network's square without the paper's canvas: by its shorter side, by its longer side, or squashed.

These are the evaluation transforms of torchvision and timm, and the letterbox of detectors, with any resize method::

    shorter=256+crop=224          Resize(256), CenterCrop(224): torchvision's presets, timm's crop_mode center
    squash                        Resize((224, 224)): every side to the square, the aspect is lost; timm's crop_mode squash
    longer=224+pad=white          the whole picture in the square, the rest in a colour: timm's crop_mode border
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from robustfashion.errors import InputError

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]
Scaling = Literal["shorter", "longer", "squash"]

MAX_SIDE_PX = 8192
"""Largest side of a square; beyond it a slip of the keyboard is likelier than an intention."""

DEFAULT_SIZE = 224
"""Side of the network's input where nothing says another, in px."""

COLOURS: dict[str, Colour] = {
    "white": (255, 255, 255),
    "black": (0, 0, 0),
    "gray": (128, 128, 128),
    "mean": (124, 116, 104),
}
"""Colours by name; ``mean`` is ImageNet's, rounded as timm rounds it."""

_SCALINGS: tuple[Scaling, ...] = ("shorter", "longer", "squash")
OPTIONS = (*_SCALINGS, "crop", "pad")
"""Options of a preprocessing's text that belong to the policy."""


@dataclass(frozen=True)
class Policy:
    """A picture is resized by one of its sides (or both), then cut or padded in the middle to a square."""

    scaling: Scaling
    """What the resize brings to ``side``: the shorter side, the longer one, or both (``squash``)."""
    side: int
    """In px."""
    crop: int
    """Side of the square that the network sees, in px."""
    fill: Colour = COLOURS["black"]
    """RGB, 0..255, of what the square has beside the picture."""

    def __post_init__(self) -> None:
        if self.scaling not in _SCALINGS:
            raise InputError(f"scaling is {self.scaling!r}; use one of {', '.join(_SCALINGS)}")
        for name, value in ((self.scaling, self.side), ("crop", self.crop)):
            if not 1 <= value <= MAX_SIDE_PX:
                raise InputError(f"{name} is {value}; it is a side in px, 1 to {MAX_SIDE_PX}")

    @property
    def name(self) -> str:
        """Its options in one spelling; of a plain ``squash`` the side is left out, as of the paper's policy."""
        if self.scaling == "squash" and self.side == self.crop:
            return "squash"
        cut = [] if self.scaling == "longer" and self.side == self.crop else [f"crop={self.crop}"]
        filled = [f"pad={colour_name(self.fill)}"] if self.scaling == "longer" or self.fill != COLOURS["black"] else []
        return "+".join([f"{self.scaling}={self.side}", *cut, *filled])

    @property
    def placing(self) -> Literal["crop", "pad"] | None:
        """Name of the step after the resize; None: there is none."""
        if self.scaling == "longer":
            return "pad"
        return "crop" if self.scaling == "shorter" or self.side != self.crop else None

    def resized(self, height: int, width: int) -> tuple[int, int]:
        """(height, width) to which a picture of ``height`` x ``width`` px is resized, in px.

        Of the shorter side as torchvision does it: the other side is cut off to whole px. Of the longer one as timm does it: the
        other is rounded to the nearest, halves to the even one.
        """
        if self.scaling == "squash":
            return self.side, self.side
        if self.scaling == "shorter":
            shorter = min(height, width)
            return int(self.side * height / shorter), int(self.side * width / shorter)
        ratio = max(height, width) / self.side
        return max(1, round(height / ratio)), max(1, round(width / ratio))

    def placed(self, image: Pixels) -> Pixels:
        """The resized picture, uint8 RGB [H, W, 3], in the middle of the square: uint8 [crop, crop, 3].

        What stands out is cut away. An odd pixel goes to the right and the bottom where the square is larger; where it is smaller
        the offset is rounded, halves to the even one, as torchvision does it.
        """
        return centred(image, (self.crop, self.crop), self.fill)

    @classmethod
    def parse(cls, options: Mapping[str, str], size: int | None = None) -> "Policy":
        """Read the options of a text that belong to a policy.

        Args:
            options: values by name, of :data:`OPTIONS`; ``squash`` may be empty.
            size: side of the network's input in px; None: what the options say.

        Raises:
            InputError: options that contradict each other or the size, or lack one that they need.
        """
        given = [name for name in _SCALINGS if name in options]
        if len(given) > 1:
            raise InputError(f"{' and '.join(given)} contradict each other; a picture is resized once")
        if not given:
            first = next(iter(options))
            raise InputError(f"{first}= belongs to shorter=N, longer=N or squash; name one of them")
        (scaling,) = given
        crop = _pixels("crop", options["crop"]) if "crop" in options else None
        if scaling == "squash" and not options["squash"]:
            side = crop or size or DEFAULT_SIZE
        else:
            side = _pixels(scaling, options[scaling])
        if crop is None and scaling == "shorter":
            raise InputError(f"shorter={side} leaves a picture that is not square; add crop=N, as in shorter=256+crop=224")
        crop = side if crop is None else crop
        if size is not None and size != crop:
            raise InputError(f"its square has {crop} px, but size is {size}; leave size out, or make the two equal")
        return cls(scaling, side, crop, _fill(scaling, side, crop, options.get("pad")))


def _fill(scaling: Scaling, side: int, crop: int, text: str | None) -> Colour:
    if text is None:
        if scaling == "longer":
            raise InputError(f"longer={side} leaves room beside the picture; add pad=COLOUR: {_KNOWN_COLOURS}")
        return COLOURS["black"]
    if scaling != "longer" and crop <= side:
        raise InputError(f"pad={text} means nothing here: {scaling}={side}+crop={crop} leaves no room beside the picture")
    return parse_colour(text)


_KNOWN_COLOURS = f"{', '.join(COLOURS)} or #rrggbb"


def parse_colour(text: str) -> Colour:
    """RGB, 0..255, of a name of :data:`COLOURS` or of ``#rrggbb``.

    Raises:
        InputError: neither.
    """
    if text in COLOURS:
        return COLOURS[text]
    digits = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", text)
    if digits is None:
        raise InputError(f"colour {text!r} is not known; use {_KNOWN_COLOURS}")
    red, green, blue = (int(pair, 16) for pair in digits.groups())
    return red, green, blue


def colour_name(colour: Colour) -> str:
    """The name of RGB 0..255, or ``#rrggbb``; the inverse of :func:`parse_colour`."""
    known = {value: name for name, value in COLOURS.items()}
    return known.get(colour) or "#{:02x}{:02x}{:02x}".format(*colour)


def centred(image: Pixels, size: tuple[int, int], fill: Colour) -> Pixels:
    """uint8 RGB [H, W, 3] padded and cut in the middle to ``size``, (height, width) in px, as torchvision's CenterCrop does."""
    if image.shape[:2] == size:
        return image
    result = np.full((*size, 3), fill, dtype=np.uint8)
    rows, columns = (_overlap(have, want) for have, want in zip(image.shape[:2], size, strict=True))
    result[rows[1], columns[1]] = image[rows[0], columns[0]]
    return result


def _overlap(have: int, want: int) -> tuple[slice, slice]:
    """Of one axis the part of the picture that is kept, and where in the square it goes."""
    if have <= want:
        start = (want - have) // 2
        return slice(0, have), slice(start, start + have)
    start = round((have - want) / 2)
    return slice(start, start + want), slice(0, want)


def _pixels(name: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise InputError(f"{name}={text} is no side in px; write {name}=224, say")
    return int(text)
