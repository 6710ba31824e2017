"""The header of a JPEG file (ITU-T T.81 annex B): tables, subsampling, and the marks that encoders leave."""

from collections.abc import Iterator
from dataclasses import dataclass, field

Table = tuple[int, ...]
"""64 steps of quantisation, row by row."""

_ZIGZAG = tuple(
    sorted(range(64), key=lambda i: (i // 8 + i % 8, i // 8 if (i // 8 + i % 8) % 2 else i % 8))
)  # odd diagonals run downwards, even ones upwards
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_STANDALONE = {0x01, *range(0xD0, 0xD9)}
_SCAN, _END, _QUANTISATION, _JFIF, _PHOTOSHOP, _DUCKY = 0xDA, 0xD9, 0xDB, 0xE0, 0xED, 0xEC
_APP1, _APP2 = 0xE1, 0xE2


@dataclass(frozen=True)
class JpegHeader:
    """What stands before the first scan."""

    width: int
    height: int
    components: int
    subsampling: str
    """``4:4:4``, ``4:2:2``, ``4:2:0``, ``4:4:0``, ``4:1:1``, ``4:1:0``; ``gray`` for one component; else the sampling factors, as
    ``3x1,1x1,1x1``."""
    progressive: bool
    tables: tuple[Table, ...]
    """Quantisation table of each component (of the first and the second one where there are three)."""
    jfif: tuple[int, int] | None = None
    """Version in the JFIF segment; None without one."""
    photoshop: bool = False
    """Segments that only Adobe's programs write (APP13 ``Photoshop 3.0``, APP12 ``Ducky``)."""
    exif: bool = False
    profile: bool = False
    """An embedded ICC colour profile."""


@dataclass
class _Read:
    jfif: tuple[int, int] | None = None
    photoshop: bool = False
    exif: bool = False
    profile: bool = False
    tables: dict[int, Table] = field(default_factory=dict)
    frame: tuple[int, bytes] | None = None


def read_header(data: bytes) -> JpegHeader | None:
    """Header of a JPEG file; None where the bytes are not a JPEG or its header is damaged."""
    read = _Read()
    try:
        for marker, body in _segments(data):
            _note(read, marker, body)
        return _header(read)
    except (IndexError, ValueError, KeyError):
        return None


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, body) of the segments before the first scan."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("not a JPEG")
    place = 2
    while True:
        if data[place] != 0xFF:  # stray bytes, which decoders pass over
            place += 1
            continue
        marker = data[place + 1]
        if marker == 0xFF:  # a fill byte
            place += 1
            continue
        if marker in _STANDALONE:
            place += 2
            continue
        if marker in (_SCAN, _END):
            return
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        body = data[place + 4 : place + 2 + length]
        if length < 2 or len(body) != length - 2:
            raise ValueError("a segment is cut off")
        yield marker, body
        place += 2 + length


def _note(read: _Read, marker: int, body: bytes) -> None:
    if marker in _FRAMES:
        read.frame = (marker, body)
    elif marker == _QUANTISATION:
        _note_tables(read.tables, body)
    elif marker == _JFIF and body.startswith(b"JFIF\0"):
        read.jfif = (body[5], body[6])
    elif (marker == _PHOTOSHOP and body.startswith(b"Photoshop 3.0")) or (marker == _DUCKY and body.startswith(b"Ducky")):
        read.photoshop = True
    elif marker == _APP1 and body.startswith(b"Exif\0\0"):
        read.exif = True
    elif marker == _APP2 and body.startswith(b"ICC_PROFILE\0"):
        read.profile = True


def _note_tables(tables: dict[int, Table], body: bytes) -> None:
    """One segment may hold several tables, of 8 or of 16 bits a step, in zigzag order."""
    while body:
        size = 2 if body[0] >> 4 else 1
        steps = body[1 : 1 + 64 * size]
        if len(steps) != 64 * size:
            raise ValueError("a quantisation table is cut off")
        table = [0] * 64
        for k, place in enumerate(_ZIGZAG):
            table[place] = int.from_bytes(steps[size * k : size * (k + 1)], "big")
        tables[body[0] & 15] = tuple(table)
        body = body[1 + 64 * size :]


def _header(read: _Read) -> JpegHeader:
    if read.frame is None:
        raise ValueError("no frame header")
    marker, body = read.frame
    height, width, count = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big"), body[5]
    parts = [body[6 + 3 * k : 9 + 3 * k] for k in range(count)]
    factors = [(part[1] >> 4, part[1] & 15) for part in parts]
    used = dict.fromkeys(part[2] for part in parts)
    tables = tuple(read.tables[number] for number in used)
    return JpegHeader(
        width, height, count, _subsampling(factors), marker in _PROGRESSIVE, tables,
        read.jfif, read.photoshop, read.exif, read.profile,
    )  # fmt: skip


_NAMES = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (1, 2): "4:4:0", (4, 1): "4:1:1", (4, 2): "4:1:0"}


def _subsampling(factors: list[tuple[int, int]]) -> str:
    """The usual name, where the chrominance has one sample a block."""
    if len(factors) == 1:
        return "gray"
    name = _NAMES.get(factors[0])
    if name is None or any(factor != (1, 1) for factor in factors[1:3]):
        return "4:4:4" if len(set(factors)) == 1 else ",".join(f"{h}x{v}" for h, v in factors)
    return name
