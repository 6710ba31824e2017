"""The part of a JPEG file that pixels are made of (ITU-T T.81 annex B): its tables, frame, scans and end."""

import re

_STANDALONE = {0x01, *range(0xD0, 0xD8)}
_UNCODED = {*range(0xE0, 0xF0), 0xFE}
"""APPn and COM: what no coded value depends on."""
_SEQUENTIAL = {0xC0, 0xC1, 0xC9}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_SCAN, _END = 0xDA, 0xD9
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
    parts, place, sequential = [b"\xff\xd8"], 2, False
    while (found := _MARKER.search(data, place)) is not None:
        marker, place = data[found.end() - 1], found.end()
        if marker in _STANDALONE:
            continue
        if marker == _END:
            parts.append(b"\xff\xd9")
            break
        body = data[place : place + max(2, int.from_bytes(data[place : place + 2], "big"))]
        place += len(body)
        sequential = marker in _SEQUENTIAL if marker in _FRAMES else sequential
        if marker == _SCAN:
            body = body[:-3] + _ONLY_SEQUENTIAL if sequential else body
            end = found.start() if (found := _NEXT_SEGMENT.search(data, place)) else len(data)
            body, place = body + _unpadded(data[place:end], zeros), end
        if marker not in _UNCODED:
            parts.append(bytes((0xFF, marker)) + body)
    return b"".join(parts)


def _unpadded(scan: bytes, zeros: int | None) -> bytes:
    bare = scan.rstrip(b"\0")
    return scan if zeros is None else scan[: len(bare) + zeros]


def closed(coded: bytes) -> bool:
    """Whether a coded part has its end marker."""
    return coded.endswith(b"\xff\xd9")


def with_other_end(coded: bytes) -> tuple[bytes, bytes]:
    """A closed coded part with bytes put behind the last scan's data, and with the last few of those taken away."""
    end = len(coded) - 2
    return coded[:end] + b"\x5a\xc3\x96\x3c" * 16 + coded[end:], coded[: end - 8].rstrip(b"\xff") + coded[end:]
