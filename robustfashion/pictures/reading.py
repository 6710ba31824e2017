"""From a location to pixels, or a refusal with its reason: read once, decoded as often as there are ways to decode it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from robustfashion.errors import InputError
from robustfashion.pictures.decode import Decode, Pixels, decode_bytes
from robustfashion.pictures.files import read_bytes

_Made = TypeVar("_Made")

AS_STORED = Decode()
"""Full scale, the EXIF orientation ignored."""


@dataclass(frozen=True)
class Picture:
    """A picture file that was read."""

    location: str
    """Local path or fsspec URL."""
    data: bytes
    """The whole file."""

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the bytes, 64 hexadecimal digits."""
        return hashlib.sha256(self.data).hexdigest()

    def decode(self, settings: Decode = AS_STORED) -> Pixels:
        """Pixels uint8 RGB [H, W, 3], decoded anew at every call.

        Raises:
            InputError: see :func:`~robustfashion.pictures.decode.decode_bytes`; ``where`` is the location.
        """
        return decode_bytes(self.data, settings, self.location)


@dataclass(frozen=True)
class Refusal:
    """Why nothing was made of a picture."""

    reason: str
    """Without the location, so that equal reasons can be counted."""
    sha256: str | None
    """Of the bytes; None where they could not be read or looked at, so that nothing is known of them."""


def read_picture(location: str | Path) -> Picture:
    """Read a picture file, whose bytes are then decoded by :meth:`Picture.decode`.

    Raises:
        InputError: missing, unreadable, too large; see :func:`~robustfashion.pictures.files.read_bytes`.
    """
    return Picture(str(location), read_bytes(str(location)))


def decode_file(location: str | Path, settings: Decode = AS_STORED) -> Pixels:
    """Pixels uint8 RGB [H, W, 3] of a local file or fsspec URL.

    Raises:
        InputError: it cannot be read (:func:`read_picture`) or decoded (:meth:`Picture.decode`).
    """
    return read_picture(location).decode(settings)


def attempt(location: str | Path, make: Callable[[Picture], _Made]) -> _Made | Refusal:
    """What ``make`` makes of a picture, or why it cannot: for bulk work, which goes on after a bad file.

    Args:
        location: local path or fsspec URL; its bytes are read once.
        make: given the picture; an :class:`~robustfashion.errors.InputError` that it raises becomes the refusal's reason.
    """
    try:
        picture = read_picture(location)
    except InputError as error:
        return Refusal(error.why, None)
    try:
        return make(picture)
    except InputError as error:
        return Refusal(error.why, picture.sha256)
    except MemoryError:  # says nothing about the bytes
        return Refusal(
            f"not enough memory to decode its {len(picture.data)} bytes; close other programs or use fewer workers", None
        )
