"""The part of a JPEG file that pixels are made of (ITU-T T.81 annex B): its tables, frame, scans and end."""

import re
from collections.abc import Iterator

_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_UNCODED = {*range(0xE0, 0xF0), 0xFE}
"""APPn and COM: what no coded value depends on."""
_HUFFMAN_SEQUENTIAL = {0xC0, 0xC1}
_SEQUENTIAL = {*_HUFFMAN_SEQUENTIAL, 0xC9}
_ARITHMETIC = {0xC9, 0xCA}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_SCAN, _END, _TABLES = 0xDA, 0xD9, 0xC4
_HOLE = 64
"""Zero bytes: two blocks of coefficients that are all alike."""
_READ_AHEAD = 4
# Inside a scan 0xFF stands before 0x00 (a value), D0 to D7 (a restart) or another 0xFF (filling); else a segment begins.
_NEXT_SEGMENT = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_MARKER = re.compile(rb"\xff+[^\x00\xff]")
_ONLY_SEQUENTIAL = b"\x00\x3f\x00"
"""Spectral selection and approximation, the same in every sequential scan; some encoders write others, and no decoder minds."""


def coded_part(data: bytes, zeros: int | None = None) -> bytes:
    """A JPEG of the same coded data without segments and stray bytes that no coded value depends on, cut behind its end marker.

    Args:
        data: a file that begins with a start marker. Where it is cut off or damaged, the result is so, too.
        zeros: as many of the zero bytes before the marker behind a scan are kept; None: all.
    """
    parts, sequential = [b"\xff\xd8"], False
    for marker, body, scan in _segments(data):
        sequential = marker in _SEQUENTIAL if marker in _FRAMES else sequential
        if marker == _SCAN and sequential:
            body = body[:-3] + _ONLY_SEQUENTIAL
        if marker not in _UNCODED:
            parts.append(bytes((0xFF, marker)) + body + _unpadded(scan, zeros))
    return b"".join(parts)


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """(marker, length and content, data of the scan that begins there) of all segments up to the end marker.

    Stray bytes between segments are passed over, as decoders do.
    """
    place = 2
    while (found := _MARKER.search(data, place)) is not None:
        marker, place = data[found.end() - 1], found.end()
        if marker in _STANDALONE:
            continue
        if marker == _END:
            yield marker, b"", b""
            return
        body = data[place : place + max(2, int.from_bytes(data[place : place + 2], "big"))]
        place, scan = place + len(body), b""
        if marker == _SCAN:
            following = _NEXT_SEGMENT.search(data, place)
            scan = data[place : following.start() if following else len(data)]
            place += len(scan)
        yield marker, body, scan


def _unpadded(scan: bytes, zeros: int | None) -> bytes:
    bare = scan.rstrip(b"\0")
    return scan if zeros is None else scan[: len(bare) + zeros]


def closed(coded: bytes) -> bool:
    """Whether a coded part has its end marker."""
    return coded.endswith(b"\xff\xd9")


def continued(coded: bytes) -> bytes:
    """A closed coded part with other bytes behind its last scan's data.

    Zeros come first: what an arithmetic decoder reads behind the end, of a whole file a few of them (T.81, D.1.8).
    """
    return coded[:-2] + bytes(_READ_AHEAD) + b"\x5a\xc3\x96\x3c" * 16 + coded[-2:]


def is_arithmetic(data: bytes) -> bool:
    """Whether the first frame of a JPEG is coded arithmetically."""
    return next((marker for marker, *_ in _segments(data) if marker in _FRAMES), 0) in _ARITHMETIC


def has_hole(data: bytes) -> bool:
    """Whether zero bytes stand in coded data that cannot hold so many: a lost sector that the decoder reads on through.

    In sequential Huffman data zeros are the shortest code, again and again. Where that is not "end of block" for one of a scan's
    components, it stands for blocks whose 63 coefficients are all alike, which no picture has.
    """
    if bytes(_HOLE) not in data:
        return False
    shortest: dict[int, int] = {}
    for marker, body, scan in _segments(data):
        if marker in _FRAMES and marker not in _HUFFMAN_SEQUENTIAL:
            return False
        if marker == _TABLES:
            shortest |= _shortest_ac_codes(body[2:])
        if marker == _SCAN and bytes(_HOLE) in scan.rstrip(b"\0"):  # behind the data zeros are padding
            used = {selector & 15 for selector in body[4 : 3 + 2 * body[2] : 2]}
            if any(shortest.get(table, 0) != 0 for table in used):
                return True
    return False


def _shortest_ac_codes(tables: bytes) -> dict[int, int]:
    """The value that the shortest code (all zeros) stands for in each AC table of a segment DHT."""
    found = {}
    while len(tables) > 17:
        if tables[0] >> 4:
            found[tables[0] & 15] = tables[17]
        tables = tables[17 + sum(tables[1:17]) :]
    return found
