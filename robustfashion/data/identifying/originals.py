"""An original as different services read it: orientation, draft mode, gray, transparency."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from robustfashion.pictures.alpha import with_alpha
from robustfashion.pictures.decode import Decode, decode_bytes
from robustfashion.resize import METHODS, resize
from robustfashion.resize.alpha import RGBA_METHODS, resize_rgba

Pixels = NDArray[np.uint8]
Size = tuple[int, int]
Resizer = Callable[[Pixels, Size, str], Pixels]

_ALL = tuple(METHODS)
_PILLOW = tuple(name for name in METHODS if name.startswith("pillow."))
_OPENCV = tuple(name for name in METHODS if name.startswith("opencv."))


@dataclass(frozen=True)
class Original:
    """One way to read a file."""

    stages: tuple[str, ...]
    """What was done beside decoding; nothing for the way of Java's ImageIO, with transparency laid on white."""
    pixels: Pixels
    """uint8 [H, W, 3], or [H, W, 4] where alpha is resized, too."""
    methods: Sequence[str] = _ALL
    """Methods that services use with it."""
    resizer: Resizer = resize
    """As many channels come out as go in."""
    after: tuple[str, ...] = ()
    """Stages behind the geometry, and what they do: uint8 [h, w, C] to RGB."""
    finish: Callable[[Pixels], Pixels] = lambda image: image

    @property
    def opaque(self) -> bool:
        """Whether it is RGB."""
        return bool(self.pixels.shape[2] == 3)


def readings(data: bytes, found: Pixels, name: str) -> Iterator[Original]:
    """The ways to read a file, each once; what does not concern it is left out.

    Args:
        data: the file's bytes.
        found: what was made of it; gray readings are tried where it is gray.
        name: stands first in messages.

    Raises:
        InputError: it cannot be decoded.
    """
    plain = decode_bytes(data, name=name)
    yield from _coloured((), plain, found)
    upright = decode_bytes(data, Decode(exif_orientation=True), name)
    if upright.shape != plain.shape or not np.array_equal(upright, plain):
        yield from _coloured(("exif",), upright, found)
    yield from _drafts(data, plain.shape, found, name)
    yield from _transparent(data, plain)


def _drafts(data: bytes, shape: tuple[int, ...], found: Pixels, name: str) -> Iterator[Original]:
    last = shape
    for scale in (2, 4, 8):  # which of them Pillow takes depends on how it was called (thumbnail, draft): all are tried
        reduced = decode_bytes(data, Decode(draft=-(-max(shape) // scale)), name)
        if reduced.shape == shape or min(reduced.shape[:2]) < min(found.shape[:2]):
            return
        if reduced.shape != last:
            yield Original(("draft",), reduced, _PILLOW)
        last = reduced.shape


def is_gray(image: Pixels) -> bool:
    """Whether all channels of uint8 RGB [H, W, 3] are the same."""
    return np.array_equal(image[:, :, 0], image[:, :, 1]) and np.array_equal(image[:, :, 0], image[:, :, 2])


def gray(image: Pixels) -> Pixels:
    """Pillow's luma (ITU-R 601) of uint8 RGB [H, W, 3], three times."""
    return np.array(Image.fromarray(image).convert("L").convert("RGB"))


def gray_opencv(image: Pixels) -> Pixels:
    """OpenCV's luma, rounded otherwise than Pillow's, three times."""
    return np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2).astype(np.uint8)


def _coloured(stages: tuple[str, ...], image: Pixels, found: Pixels) -> Iterator[Original]:
    """As it is; of a gray result also made gray before the resize or after it, as Pillow and as OpenCV do it."""
    yield Original(stages, image)
    if not is_gray(found) or is_gray(image):
        return
    for name, convert, methods in (("gray", gray, _ALL), ("gray_opencv", gray_opencv, _OPENCV)):
        yield Original((*stages, name), convert(image), methods)
        yield Original(stages, image, methods, after=(name,), finish=convert)


def _transparent(data: bytes, plain: Pixels) -> Iterator[Original]:
    """A transparent file laid on black or on white before the resize, without its alpha, and resized with alpha."""
    rgba = with_alpha(data)
    if rgba is None:
        return
    known = [plain]
    for name, flatten in _FLATTEN.items():
        flat = flatten(rgba)
        if not any(np.array_equal(flat, other) for other in known):
            known.append(flat)
            yield Original((name,), flat)
    methods = tuple(method for method in METHODS if method in (*_PILLOW, *_OPENCV, *RGBA_METHODS))
    for name, flatten in {"on_white": _on_white, **_FLATTEN}.items():
        yield Original((), rgba, methods, _resize_rgba, (name,), flatten)


def _resize_rgba(image: Pixels, size: Size, method: str) -> Pixels:
    """Colours and alpha: Pillow's weighted by alpha, OpenCV's each by itself, Java's as Java does it."""
    library, _, rest = method.partition(".")
    if library == "pillow":
        name, _, gap = rest.partition("_gap")
        resampling = Image.Resampling[name.upper()]
        whole = Image.fromarray(image).resize(size[::-1], resampling, reducing_gap=float(gap) if gap else None)
        return np.array(whole)
    if library == "opencv":
        alpha = resize(np.repeat(image[:, :, 3:], 3, axis=2), size, method)
        return np.dstack([resize(np.ascontiguousarray(image[:, :, :3]), size, method), alpha[:, :, 0]])
    return resize_rgba(image, size, method)


def _pasted(rgba: Pixels, colour: str) -> Pixels:
    image = Image.fromarray(rgba)
    flat = Image.new("RGB", image.size, colour)
    flat.paste(image, mask=image.getchannel("A"))
    return np.array(flat)


def _composited(rgba: Pixels, colour: str) -> Pixels:
    image = Image.fromarray(rgba)
    return np.array(Image.alpha_composite(Image.new("RGBA", image.size, colour), image).convert("RGB"))


def _on_white(rgba: Pixels) -> Pixels:
    return _pasted(rgba, "white")


_FLATTEN: dict[str, Callable[[Pixels], Pixels]] = {
    "on_black": lambda rgba: _pasted(rgba, "black"),
    "on_white_composite": lambda rgba: _composited(rgba, "white"),
    "on_black_composite": lambda rgba: _composited(rgba, "black"),
    "no_alpha": lambda rgba: np.ascontiguousarray(rgba[:, :, :3]),
}
"""Beside Pillow's ``paste`` on white: on black, by ``alpha_composite`` (which rounds otherwise), and ``convert("RGB")``."""
