"""Transparency in every kind of PNG that has it, and in GIF, WebP and BMP: laid on white.

The files are put together here, bit by bit, so that the truth is known; OpenCV reads those it can as a second opinion.
"""

import struct
import zlib

import cv2
import numpy as np
import pytest

from robustfashion.errors import InputError
from robustfashion.pictures.decode import decode_bytes
from tests.data.images import encoded

HEIGHT, WIDTH = 9, 13
GRAY, COLOUR, PALETTE, GRAY_ALPHA, COLOUR_ALPHA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, COLOUR: 3, PALETTE: 1, GRAY_ALPHA: 2, COLOUR_ALPHA: 4}


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(values, depth, colour, transparent=b"", palette=b""):
    """A PNG of values uint16 [H, W, channels], each of ``depth`` bits."""
    height, width, channels = values.shape
    assert channels == CHANNELS[colour]
    rows = b""
    for row in values:
        bits = "".join(f"{value:0{depth}b}" for value in row.ravel())
        bits += "0" * (-len(bits) % 8)
        rows += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    data += chunk(b"PLTE", palette) if palette else b""
    data += chunk(b"tRNS", transparent) if transparent else b""
    return data + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def values_of(depth, channels, seed=0):
    """Few enough different ones that each occurs, close ones among them."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, min(1 << depth, 7), (HEIGHT, WIDTH, channels))
    return values * ((1 << depth) - 1) // 6 if depth in (4, 8) else values << 13 if depth == 16 else values


def levels(values, depth):
    """Of 8 bits: the high byte of 16, else spread over 0 to 255; RGB [H, W, 3]."""
    scaled = values >> 8 if depth == 16 else values * 255 // ((1 << depth) - 1)
    return np.broadcast_to(scaled, (HEIGHT, WIDTH, 3)).astype(np.uint8)


def on_white(rgb, alpha):
    return np.floor((rgb * alpha.astype(float) + 255 * (255.0 - alpha)) / 255 + 0.5).astype(np.uint8)


@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_gray_with_a_transparent_value(depth):
    values = values_of(depth, 1)
    plain = levels(values, depth)
    np.testing.assert_array_equal(decode_bytes(png(values, depth, GRAY)), plain)
    for key in np.unique(values):
        want = np.where(values == key, 255, plain)
        for high in (0, 1 << depth) if depth < 16 else (0,):  # only the low-order bits count
            data = png(values, depth, GRAY, struct.pack(">H", key | high))
            np.testing.assert_array_equal(decode_bytes(data), want, err_msg=f"{key}")


def test_gray_of_16_bit_whose_high_bytes_are_alike():
    values = np.arange(HEIGHT * WIDTH).reshape(HEIGHT, WIDTH, 1) + 0x1234
    got = decode_bytes(png(values, 16, GRAY, struct.pack(">H", 0x1236)))
    np.testing.assert_array_equal(got, np.where(values == 0x1236, 255, levels(values, 16)))


@pytest.mark.parametrize("depth", [8, 16])
def test_colour_with_a_transparent_value(depth):
    values = values_of(depth, 3)
    values[2, 3] = values[4, 5] = [20, 30, 40]
    values[2, 4] = [20, 30, 41]
    if depth == 16:
        values[2, 3] = values[4, 5] = [0x2010, 0x3010, 0x4010]
        values[2, 4] = [0x2010, 0x3010, 0x4011]  # the same high bytes
    data = png(values, depth, COLOUR, struct.pack(">3H", *values[2, 3]))
    want = np.where((values == values[2, 3]).all(axis=2, keepdims=True), 255, levels(values, depth))
    assert (want[2, 4] != 255).all()
    np.testing.assert_array_equal(decode_bytes(data), want)
    opinion = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if opinion.shape[2] == 4:
        np.testing.assert_array_equal((opinion[:, :, 3] == 0), (want == 255).all(axis=2))


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("colour", [GRAY_ALPHA, COLOUR_ALPHA])
def test_alpha_channel(depth, colour):
    values = np.random.default_rng(1).integers(0, 1 << depth, (HEIGHT, WIDTH, CHANNELS[colour]))
    high = values >> (depth - 8)
    rgb = np.broadcast_to(high[:, :, :-1], (HEIGHT, WIDTH, 3))
    np.testing.assert_array_equal(decode_bytes(png(values, depth, colour)), on_white(rgb, high[:, :, -1:]))


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
@pytest.mark.parametrize("table", [b"\0", b"\xff\0", b"\0\0", b"\x80\x20", b""], ids=lambda table: table.hex() or "none")
def test_palette(depth, table):
    values = values_of(min(depth, 2), 1)
    palette = np.random.default_rng(2).integers(0, 256, (min(1 << depth, 200), 3)).astype(np.uint8)
    alpha = np.full(256, 255)
    alpha[: len(table)] = list(table)
    data = png(values, depth, PALETTE, table, palette.tobytes())
    index = values[:, :, 0]
    np.testing.assert_array_equal(decode_bytes(data), on_white(palette[index], alpha[index][:, :, None]))


@pytest.mark.parametrize("kind", ["WEBP", "BMP", "PNG"])
def test_other_alpha_channels(kind):
    rgba = np.random.default_rng(3).integers(0, 256, (HEIGHT, WIDTH, 4)).astype(np.uint8)
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    if kind == "BMP":  # BITMAPV4HEADER with a mask for alpha, which Pillow does not write
        header = struct.pack("<IiiHHIIiiII", 108, WIDTH, -HEIGHT, 1, 32, 3, 0, 0, 0, 0, 0)
        header += struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + bytes(52)
        data = b"BM" + struct.pack("<IHHI", 122 + rgba.nbytes, 0, 0, 122) + header + rgba[:, :, [2, 1, 0, 3]].tobytes()
    else:
        data = encoded(rgba, kind, **options)
    np.testing.assert_array_equal(decode_bytes(data), on_white(rgba[:, :, :3], rgba[:, :, 3:]))


def test_short_key_is_refused():
    with pytest.raises(InputError, match="damaged header"):
        decode_bytes(png(values_of(8, 3), 8, COLOUR, b"\0\1"))
