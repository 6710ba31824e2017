"""Orientation as Pillow's exif_transpose finds it: EXIF of either byte order and any type, XMP, damage, in every kind of file."""

import io
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin

from robustfashion.pictures.decode import Decode, decode_bytes
from tests.data.images import encoded, picture

PIXELS = picture(29, 17)
ORIENTATIONS = range(1, 9)
TYPES = {
    "BYTE": (1, "B"), "SHORT": (3, "H"), "LONG": (4, "I"), "SBYTE": (6, "b"), "UNDEFINED": (7, "B"), "SSHORT": (8, "h"),
    "SLONG": (9, "i"), "FLOAT": (11, "f"), "DOUBLE": (12, "d"), "IFD": (13, "I"), "LONG8": (16, "Q"),
}  # fmt: skip


def tiff(entries, order="<", start=8):
    """A TIFF block of one directory; entries are (tag, type, count, payload)."""
    directory = struct.pack(order + "H", len(entries))
    behind, data = start + 2 + 12 * len(entries) + 4, b""
    for tag, kind, count, payload in entries:
        inside = payload.ljust(4, b"\0") if len(payload) <= 4 else struct.pack(order + "I", behind + len(data))
        data += payload if len(payload) > 4 else b""
        directory += struct.pack(order + "HHI", tag, kind, count) + inside
    magic = b"II*\0" if order == "<" else b"MM\0*"
    return magic + struct.pack(order + "I", start) + bytes(start - 8) + directory + bytes(4) + data


def with_exif(kind, block):
    """A file with this block as it stands, which Pillow might mend."""
    if kind == "JPEG":
        data = encoded(PIXELS, quality=95)
        body = b"Exif\0\0" + block
        return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[20:]
    if kind == "PNG":
        data = encoded(PIXELS, "PNG")
        chunk = b"eXIf" + block
        return data[:-12] + struct.pack(">I", len(block)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[-12:]
    return encoded(PIXELS, "WEBP", lossless=True, exif=block)


def pillow(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(io.BytesIO(data))
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def same_as_pillow(data, turned=None):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = decode_bytes(data, Decode(exif_orientation=True))
    np.testing.assert_array_equal(got, pillow(data))
    assert got.flags.c_contiguous
    if turned is not None:
        assert (got.shape[0] == 17) == turned


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [*ORIENTATIONS, 0, 9, 65535])
def test_all_values(kind, order, orientation):
    block = tiff([(270, 2, 8, b"a shirt\0"), (274, 3, 1, struct.pack(order + "H", orientation))], order, start=20)
    same_as_pillow(with_exif(kind, block), turned=orientation in (5, 6, 7, 8))
    np.testing.assert_array_equal(decode_bytes(with_exif(kind, block)).shape, PIXELS.shape)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", TYPES)
def test_all_types(kind, order):
    number, letter = TYPES[kind]
    for orientation in (1, 3, 6):
        same_as_pillow(with_exif("JPEG", tiff([(274, number, 1, struct.pack(order + letter, orientation))], order)))
    same_as_pillow(with_exif("PNG", tiff([(274, number, 2, struct.pack(order + letter * 2, 8, 3))], order)))


@pytest.mark.parametrize("kind", [5, 10])
@pytest.mark.parametrize("fraction", [(6, 1), (12, 2), (6, 0), (13, 2), (0, 3)])
def test_fractions(kind, fraction):
    same_as_pillow(with_exif("JPEG", tiff([(274, kind, 1, struct.pack("<II", *fraction))])))


def test_text_is_no_number():
    same_as_pillow(with_exif("JPEG", tiff([(274, 2, 2, b"6\0")])), turned=False)


def test_of_several_the_first_one_counts():
    """As Pillow has it since 12; earlier ones took the last."""
    entries = [(274, 3, 1, struct.pack("<H", 6)), (271, 2, 3, b"ab\0"), (274, 3, 1, struct.pack("<H", 3))]
    for given, orientation in ((entries, 6), (entries[::-1], 3)):
        got = decode_bytes(with_exif("JPEG", tiff(given)), Decode(exif_orientation=True))
        np.testing.assert_array_equal(got, pillow(with_exif("JPEG", tiff([(274, 3, 1, struct.pack("<H", orientation))]))))


XMP = {
    "attribute": '<x:xmpmeta><rdf:Description tiff:Orientation="{}"/></x:xmpmeta>',
    "element": "<x:xmpmeta><tiff:Orientation>{}</tiff:Orientation></x:xmpmeta>",
    "nothing": "<x:xmpmeta>{}</x:xmpmeta>",
}


def with_xmp(kind, packet, exif=b""):
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet)
        return encoded(PIXELS, "PNG", pnginfo=info, exif=exif)
    options = {"lossless": True} if kind == "WEBP" else {}
    return encoded(PIXELS, kind, xmp=packet.encode(), **({"exif": exif} if exif else {}), **options)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("form", XMP)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_xmp(kind, form, orientation):
    same_as_pillow(with_xmp(kind, XMP[form].format(orientation)), turned=form != "nothing" and orientation > 4)


@pytest.mark.parametrize("value", [0, 1, 3])
def test_exif_goes_before_xmp(value):
    block = b"Exif\0\0" + tiff([(274, 3, 1, struct.pack("<H", value))])
    for kind in ("JPEG", "PNG", "WEBP"):
        same_as_pillow(with_xmp(kind, XMP["element"].format(6), block), turned=False)
        same_as_pillow(with_xmp(kind, XMP["element"].format(6), b"Exif\0\0" + tiff([(270, 2, 2, b"a\0")])), turned=True)


def test_text_chunk_of_imagemagick():
    block = b"Exif\0\0" + tiff([(274, 3, 1, struct.pack("<H", 8))])
    info = PngImagePlugin.PngInfo()
    info.add_text("Raw profile type exif", f"\nexif\n{len(block):8}\n{block.hex()}\n")
    same_as_pillow(encoded(PIXELS, "PNG", pnginfo=info), turned=True)


DAMAGED = {
    "nothing": b"",
    "no TIFF": b"hello, world",
    "only the magic": b"II*\0",
    "directory beyond the end": b"II*\0\xff\xff\xff\x7f",
    "directory that ends early": tiff([(274, 3, 1, b"\6\0"), (282, 5, 1, bytes(8))])[:24],
    "other values cut off": tiff([(270, 2, 40, b"a" * 40), (274, 3, 1, b"\6\0")])[:-30],
    "more entries than there are": b"II*\0\x08\0\0\0\x63\0" + tiff([(274, 3, 1, b"\6\0")])[10:22],
    "its own value cut off": tiff([(274, 12, 1, struct.pack("<d", 6))])[:-4],
    "none of it": tiff([(274, 3, 0, b"")]),
    "of an unknown type": tiff([(274, 77, 1, b"\6\0")]),
    "the other byte order": b"MM\0*" + tiff([(274, 3, 1, b"\6\0")])[4:],
    "twice Exif": b"Exif\0\0" + tiff([(274, 3, 1, b"\6\0")]),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damaged_blocks_turn_as_pillow_turns_and_warn_nobody(damage):
    data = with_exif("JPEG", DAMAGED[damage])
    try:
        pillow(data)
    except (SyntaxError, struct.error, OSError):  # where Pillow gives up, the picture stays as it is
        np.testing.assert_array_equal(decode_bytes(data, Decode(exif_orientation=True)), decode_bytes(data))
        return
    same_as_pillow(data)


def test_draft_and_cmyk_are_turned_too():
    exif = Image.Exif()
    exif[274] = 6
    for mode in ("RGB", "CMYK", "L"):
        data = encoded(picture(290, 170), mode=mode, exif=exif)
        got = decode_bytes(data, Decode(exif_orientation=True, draft=80))
        np.testing.assert_array_equal(got, np.rot90(decode_bytes(data, Decode(draft=80)), -1))
