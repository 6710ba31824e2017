"""One file, read once: everything that the checks need of it, in about four kilobytes."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from robustfashion.data.check.background import foreground
from robustfashion.data.check.encoders import encoder_of
from robustfashion.data.check.jpeg import JpegHeader, read_header
from robustfashion.data.check.look import Look, fitted, look
from robustfashion.errors import InputError
from robustfashion.pictures.decode import Decode, Pixels
from robustfashion.pictures.reading import Picture

THUMBNAIL_SIDE = 32
HISTOGRAM_BINS = 64
_WORK_SIDE_PX = 256
_NO_JPEG = ("", 0, False, "", False)

_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"), (b"\x89PNG", "PNG"), (b"GIF8", "GIF"), (b"BM", "BMP"), (b"RIFF", "WebP"),
)  # fmt: skip


@dataclass(frozen=True)
class Features:
    """What is kept of one file."""

    kind: str
    """``JPEG``, ``PNG``, ``GIF``, ``BMP`` or ``WebP``."""
    bytes: int
    width: int
    height: int
    thumbnail: Pixels
    """The whole picture stretched to uint8 RGB [32, 32, 3]: what probes see."""
    histogram: NDArray[np.uint16]
    """Shares of 4 x 4 x 4 colours [64] in what is not background, times 65,535; all 0 where nothing is."""
    covered: float
    """Share of the picture that is not background."""
    look: Look
    encoder: str
    """Family of the encoder; empty where the file is not a JPEG."""
    quality: int
    exact: bool
    subsampling: str
    progressive: bool
    profile: bool
    """An embedded ICC colour profile (of JPEGs)."""


def examine(picture: Picture, sha256: str | None) -> Features:
    """Features of one file.

    Args:
        picture: as it was read.
        sha256: of the bytes that the catalogue was made of; None: unknown.

    Raises:
        InputError: it cannot be decoded, or its bytes are not those that the catalogue was made of.
    """
    if sha256 is not None and picture.sha256 != sha256:
        raise InputError("the file changed since the catalogue was made; make or import it again", picture.location)
    data = picture.data
    header = read_header(data)
    # Only a thumbnail is wanted, which a JPEG decoded at a fraction of its scale gives as well and much sooner.
    image = picture.decode(Decode(draft=_WORK_SIDE_PX))
    height, width = (header.height, header.width) if header else image.shape[:2]
    image = fitted(image, _WORK_SIDE_PX)
    product = foreground(image)
    encoder, quality, exact, subsampling, progressive = _jpeg(header)
    return Features(
        kind=next((kind for magic, kind in _MAGIC if data.startswith(magic)), "other"),
        bytes=len(data),
        width=width,
        height=height,
        thumbnail=thumbnail(image),
        histogram=histogram(image[product]),
        covered=float(product.mean()),
        look=look(image),
        encoder=encoder,
        quality=quality,
        exact=exact,
        subsampling=subsampling,
        progressive=progressive,
        profile=header is not None and header.profile,
    )


def _jpeg(header: JpegHeader | None) -> tuple[str, int, bool, str, bool]:
    if header is None or not header.tables:
        return _NO_JPEG
    encoder = encoder_of(header)
    return encoder.family, encoder.quality, encoder.exact, header.subsampling, header.progressive


def thumbnail(image: Pixels) -> Pixels:
    """The picture stretched to uint8 RGB [32, 32, 3] by averaging: its aspect ratio cannot be seen in it."""
    small = cv2.resize(image, (THUMBNAIL_SIDE, THUMBNAIL_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def histogram(colours: Pixels) -> NDArray[np.uint16]:
    """Shares of 4 levels of red x 4 of green x 4 of blue [64] of colours uint8 [n, 3], times 65,535; 0 where there are none."""
    coarse = colours >> 6
    number = coarse[:, 0] * 16 + coarse[:, 1] * 4 + coarse[:, 2]
    counts = np.bincount(number, minlength=HISTOGRAM_BINS)
    return np.asarray(np.rint(counts / max(counts.sum(), 1) * 65_535), dtype=np.uint16)
