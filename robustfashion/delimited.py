"""Text of tables as spreadsheets and Windows write it: UTF-8 or UTF-16, a ``sep=`` line, any of three delimiters."""

import codecs
import re
from dataclasses import dataclass

from robustfashion.errors import InputError

DELIMITERS = (",", ";", "\t")
_TOLD = {",": ",", ";": ";", "\t": "\t", "\\t": "\t", "|": "|"}
"""What a ``sep=`` line may say, and the delimiter that it means."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_WORKBOOKS = ((b"PK\x03\x04", "a workbook (.xlsx or .ods)"), (b"\xd0\xcf\x11\xe0", "a workbook (.xls)"))
_WAY_OUT = "save it as CSV UTF-8 (Excel: Save As, CSV UTF-8; LibreOffice: Unicode (UTF-8))"
_SEP = re.compile(r'"?sep=(\\t|[^\r\n]?)"?[,;\t]*(?:\r\n|\r|\n|$)', re.IGNORECASE)


@dataclass(frozen=True)
class Delimited:
    """A table as text."""

    text: str
    """From its header on, line ends as in the file."""
    delimiter: str
    skipped: int
    """Lines before the header: 1 where there is a ``sep=`` line."""


def decode_text(data: bytes, where: str, way_out: str = _WAY_OUT) -> str:
    """Text of a file in UTF-8, or in UTF-16 or UTF-32 by its byte-order mark; UTF-16 of Latin letters needs none.

    Code pages of Windows are not guessed: no byte tells them apart, and a wrong letter in a path or label is worse than an error.

    Args:
        data: the whole file.
        where: what error messages name.
        way_out: what error messages advise.

    Raises:
        InputError: a workbook, bytes of another encoding, NUL characters.
    """
    for magic, what in _WORKBOOKS:
        if data.startswith(magic):
            raise InputError(f"{what}, not text; {way_out}", where=where)
    bom, encoding = next(((bom, name) for bom, name in _BOMS if data.startswith(bom)), (b"", _without_bom(data)))
    try:
        text = data[len(bom) :].decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise InputError(f"not readable as {encoding.upper()} ({error.reason}); {way_out}", where=where) from error
        bad = len(bom) + error.start
        line = data[:bad].count(b"\n") + 1
        raise InputError(f"line {line} is not UTF-8 (byte {data[bad]:#04x}); {way_out}", where=where) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"line {line} holds a NUL character, so this is no text or a damaged one; {way_out}", where=where)
    return text


def _without_bom(data: bytes) -> str:
    """UTF-16 by its zero bytes: every other byte of Latin letters is zero."""
    start = data[:64]
    even, odd = start[::2], start[1::2]
    if len(start) >= 4 and not any(odd) and all(even):
        return "utf-16-le"
    return "utf-16-be" if len(start) >= 4 and not any(even) and all(odd) else "utf-8"


def read_delimited(data: bytes, where: str) -> Delimited:
    """The text of a table and its delimiter: that of a ``sep=`` line, else the one that its first line has most of.

    Raises:
        InputError: a ``sep=`` line that names none of comma, semicolon, tab and ``|``; see also :func:`decode_text`.
    """
    text = decode_text(data, where)
    told = _SEP.match(text)
    if told:
        if told[1] not in _TOLD:
            raise InputError(f"line 1 is {told[0].strip()!r}; the delimiter is one of , ; | and tab", where=where)
        return Delimited(text[told.end() :], _TOLD[told[1]], 1)
    first = re.split(r"[\r\n]", text.lstrip("\r\n"), maxsplit=1)[0]
    return Delimited(text, max(DELIMITERS, key=first.count), 0)


def without_empty_end(fields: list[str], keep: int = 0) -> list[str]:
    """Fields of a row without the empty ones at their end, which spreadsheets leave; at least ``keep`` of them."""
    last = len(fields)
    while last > keep and not fields[last - 1].strip():
        last -= 1
    return fields[:last]
