"""From a file to the network's square. The paper's way: pad white to a square canvas, then resize to the network's input.

One short text names a serving variant in YAML, tables and file names: a resize method, then options after ``+``::

    pillow.bilinear                         the paper's Python side
    java2d.bilinear+jpeg75                  resized by Java, sent to the network as a JPEG of quality 75
    java2d.bilinear+fit=thumbnailator.default+exif+draft
    pillow.bicubic+shorter=256+crop=224     no canvas: another policy (:mod:`robustfashion.data.policy`), here torchvision's
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robustfashion.data.policy import DEFAULT_SIZE, MAX_SIDE_PX, OPTIONS, Policy
from robustfashion.errors import InputError
from robustfashion.pictures.decode import DECODING_CODE, Decode, decode_bytes, decoder_versions, fitted_size
from robustfashion.pictures.reading import decode_file
from robustfashion.provenance import content_digest, source_digest
from robustfashion.resize import METHODS, check_method, resize
from robustfashion.resize.reencode import JpegEncoding, reencode

Pixels = NDArray[np.uint8]

DEFAULT_CANVAS = 500
"""Side of the paper's canvas, in px."""

DEFAULT_METHOD = "pillow.bilinear"
_WHITE = 255
_AT_CANVAS = "@canvas"


@dataclass(frozen=True)
class Preprocessing:
    """From file bytes to the network's input; the same text on the training and the serving side gives the same pixels."""

    method: str = DEFAULT_METHOD
    """Resize method from the canvas to the network's input."""
    fit_method: str | None = None
    """Resize method that fits pictures larger than the canvas into it. None: the same as ``method``."""
    canvas: int = DEFAULT_CANVAS
    """Side of the white square, in px; of no meaning with a policy, and then the default."""
    size: int = DEFAULT_SIZE
    """Side of the network's input, in px."""
    reencode: str | None = None
    """JPEG encoding through which the result goes, as a service sends it: ``jpeg75``, ``java_jpeg0.75``; with ``@canvas``
    appended, the padded canvas goes through it instead, as a catalogue stores it. None: no JPEG between the stages."""
    decode: Decode = field(default_factory=Decode)
    """How files become pixels."""
    policy: Policy | None = None
    """In place of the canvas. None: the paper's pad-to-square."""

    def __post_init__(self) -> None:
        for name in ("canvas", "size"):
            value = getattr(self, name)
            if not 1 <= value <= MAX_SIDE_PX:
                raise InputError(f"{name} is {value}; it is the side of a square in px, 1 to {MAX_SIDE_PX}")
        for method in (self.method, self.fit_method or self.method):
            check_method(method)
        if self.reencode is not None:  # one spelling, so that equal settings have equal names and digests
            suffix = _AT_CANVAS if self.reencode.endswith(_AT_CANVAS) else ""
            encoding = JpegEncoding.parse(self.reencode.removesuffix(_AT_CANVAS))
            object.__setattr__(self, "reencode", encoding.name + suffix)
        if self.policy is not None:
            self._check_policy(self.policy)
            object.__setattr__(self, "canvas", DEFAULT_CANVAS)

    def _check_policy(self, policy: Policy) -> None:
        if self.size != policy.crop:
            raise InputError(f"size is {self.size}, but the square of {policy.name} has {policy.crop} px; make the two equal")
        for option, given in ((f"fit={self.fit_method}", self.fit_method is not None), (str(self.reencode), self._at_canvas)):
            if given:
                raise InputError(f"{option} is of the canvas, and {policy.name} has none; leave one of them out")

    @classmethod
    def parse(
        cls, text: str, canvas: int = DEFAULT_CANVAS, size: int | None = None, policy: Policy | None = None
    ) -> "Preprocessing":
        """Read ``method[+option...]``.

        Options: a JPEG encoding (``jpeg75``), ``fit=METHOD``, ``exif``, ``draft`` (to the canvas) or ``draftN`` (to N px); of a
        policy ``shorter=N``, ``longer=N`` or ``squash[=N]`` with ``crop=N`` and ``pad=COLOUR``.

        Args:
            text: as above.
            canvas: side in px, for texts without a policy.
            size: side of the network's input in px. None: what the text (or ``policy``) says, else 224.
            policy: of texts that name none. None: the paper's canvas.

        Raises:
            InputError: unknown method or option, an option given twice, sides out of range, options that contradict each other
                or the size.
        """
        method, *options = text.split("+")
        try:
            policy = _policy_of(options, size) or policy
        except InputError as error:
            raise InputError(f"preprocessing {text!r}: {error}") from error
        side = size if size is not None else DEFAULT_SIZE if policy is None else policy.crop
        result = cls(method, canvas=canvas, size=side, policy=policy)
        seen: set[str] = set()
        for option in options:
            if option.partition("=")[0] in OPTIONS:
                continue
            kind, result = _with_option(result, option, text)
            if kind in seen:
                raise InputError(f"preprocessing {text!r}: {kind} is given twice")
            seen.add(kind)
        return result

    @property
    def name(self) -> str:
        """Text that :meth:`parse` reads back, given the same ``canvas`` and ``size`` (which it leaves out)."""
        parts = [self.method]
        if self.fit_method is not None and self.fit_method != self.method:
            parts.append(f"fit={self.fit_method}")
        if self.policy is not None:
            parts.append(self.policy.name)
        if self.reencode is not None:
            parts.append(self.reencode)
        if self.decode.exif_orientation:
            parts.append("exif")
        if self.decode.draft is not None:
            to_canvas = self.policy is None and self.decode.draft == self.canvas
            parts.append("draft" if to_canvas else f"draft{self.decode.draft}")
        return "+".join(parts)

    def apply(self, image: Pixels) -> Pixels:
        """Bring one decoded picture to the network's square: uint8 RGB [H, W, 3] to [size, size, 3].

        Without a policy larger pictures are first fitted (see :func:`~robustfashion.pictures.decode.fitted_size`), smaller ones
        are padded only; the picture stands in the middle, an odd pixel of padding goes to the right and to the bottom.

        Raises:
            InputError: not uint8 RGB; a picture so narrow that its longer side would become huge.
        """
        *_, (_, result) = self.steps(image)
        return result

    def steps(self, image: Pixels) -> Iterator[tuple[str, Pixels]]:
        """What :meth:`apply` does, one step after the other: each step's name, and uint8 RGB [h, w, 3] after it.

        The names are of :data:`robustfashion.models.golden_record.PIXEL_STEPS`.

        Raises:
            InputError: as :meth:`apply`.
        """
        if self.policy is None:
            image = self._padded(image)
            yield "canvas", image
            if self._at_canvas:
                image = self._reencoded(image)
                yield "reencode", image
            image = resize(image, (self.size, self.size), self.method)
            yield "resize", image
        else:
            image = resize(image, self.policy.resized(*image.shape[:2]), self.method)
            yield "resize", image
            if self.policy.placing is not None:
                image = self.policy.placed(image)
                yield self.policy.placing, image
        if self.reencode is not None and not self._at_canvas:
            yield "reencode", self._reencoded(image)

    def on_canvas(self, image: Pixels) -> Pixels:
        """What :meth:`apply` does before the last resize where there is no policy: uint8 RGB [H, W, 3] to [canvas, canvas, 3].

        It is fitted, padded, and re-encoded where that is to happen at the canvas.

        Raises:
            InputError: not uint8 RGB.
        """
        padded = self._padded(image)
        return self._reencoded(padded) if self._at_canvas else padded

    def _padded(self, image: Pixels) -> Pixels:
        height, width = fitted_size(image.shape[0], image.shape[1], self.canvas)
        if (height, width) != image.shape[:2]:
            image = resize(image, (height, width), self.fit_method or self.method)
        return pad_white(image, self.canvas)

    def finish(self, image: Pixels) -> Pixels:
        """What :meth:`apply` does after the last resize: uint8 RGB [size, size, 3] re-encoded, or as it is."""
        return image if self.reencode is None or self._at_canvas else self._reencoded(image)

    @property
    def _at_canvas(self) -> bool:
        return self.reencode is not None and self.reencode.endswith(_AT_CANVAS)

    def _reencoded(self, image: Pixels) -> Pixels:
        text = (self.reencode or "").removesuffix(_AT_CANVAS)
        return reencode(image, JpegEncoding.parse(text))

    def load(self, path: str | Path) -> Pixels:
        """Decode a file or fsspec URL and :meth:`apply`: uint8 RGB [size, size, 3].

        Raises:
            InputError: the file cannot be decoded.
        """
        return self.apply(decode_file(path, self.decode))

    def load_bytes(self, data: bytes, name: str = "image") -> Pixels:
        """Decode a file's bytes and :meth:`apply`; ``name`` stands first in messages.

        Raises:
            InputError: the bytes cannot be decoded.
        """
        return self.apply(decode_bytes(data, self.decode, name))

    def digest(self) -> str:
        """Hash of everything that can change a pixel: settings, code, library versions; part of every cache key."""
        fit = self.fit_method or self.method
        versions = [METHODS[method].version() for method in (self.method, fit)]
        decoding = [self.decode.exif_orientation, self.decode.draft, decoder_versions()]
        code = source_digest(*DECODING_CODE, "data/preprocess.py", "data/policy.py", "resize")
        policy = None if self.policy is None else self.policy.name
        return content_digest(self.method, fit, self.canvas, self.size, policy, self.reencode, versions, decoding, code)


def pad_white(image: Pixels, canvas: int) -> Pixels:
    """Place uint8 RGB [H, W, 3] in the middle of a white [canvas, canvas, 3].

    Raises:
        InputError: the picture is larger than the canvas.
    """
    height, width = image.shape[:2]
    if height > canvas or width > canvas:
        raise InputError(f"picture of {height} x {width} px does not fit a canvas of {canvas} px; fit it first")
    if height == width == canvas:
        return image
    padded = np.full((canvas, canvas, 3), _WHITE, dtype=np.uint8)
    top, left = (canvas - height) // 2, (canvas - width) // 2
    padded[top : top + height, left : left + width] = image
    return padded


def _policy_of(options: list[str], size: int | None) -> Policy | None:
    """The policy that a text's options name; None: none."""
    found: dict[str, str] = {}
    for option in options:
        name, _, value = option.partition("=")
        if name in OPTIONS:
            if name in found:
                raise InputError(f"{name} is given twice")
            found[name] = value
    return Policy.parse(found, size) if found else None


def _with_option(settings: Preprocessing, option: str, text: str) -> tuple[str, Preprocessing]:
    """What kind of option it is, and the settings with it."""
    if option == "exif":
        return "exif", replace(settings, decode=replace(settings.decode, exif_orientation=True))
    draft = re.fullmatch(r"draft(\d*)", option)
    if draft:
        if not draft[1] and settings.policy is not None:
            raise InputError(f"preprocessing {text!r}: draft is to the canvas, which there is none; give the side, as draft512")
        side = int(draft[1]) if draft[1] else settings.canvas
        return "draft", replace(settings, decode=replace(settings.decode, draft=side))
    if option.startswith("fit="):
        return "fit", replace(settings, fit_method=option.removeprefix("fit="))
    try:
        return "re-encoding", replace(settings, reencode=option)
    except InputError as error:
        raise InputError(
            f"preprocessing {text!r}: {error}; options are a JPEG encoding (jpeg75), fit=METHOD, exif, draft, draftN, shorter=N, "
            "longer=N, squash, crop=N, pad=COLOUR"
        ) from error
