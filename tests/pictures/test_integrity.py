"""PNG, GIF, WebP and BMP that are not whole are refused; what stands behind the picture is not looked at."""

import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image, ImageFile

from robustfashion.errors import InputError
from robustfashion.pictures.decode import Decode, decode_bytes
from tests.data.images import encoded, picture

HEIGHT, WIDTH = 83, 62
KINDS = {
    "PNG": encoded(picture(HEIGHT, WIDTH), "PNG"),
    "PNG palette": encoded(Image.fromarray(picture(HEIGHT, WIDTH)).quantize(20), "PNG", transparency=3),
    "GIF": encoded(Image.fromarray(picture(HEIGHT, WIDTH)).quantize(50), "GIF", comment=b"a" * 300),
    "GIF interlaced": encoded(Image.fromarray(picture(HEIGHT, WIDTH)).quantize(50), "GIF", interlace=True),
    "WebP": encoded(picture(HEIGHT, WIDTH), "WEBP", quality=80),
    "WebP lossless": encoded(picture(HEIGHT, WIDTH), "WEBP", lossless=True),
    "BMP": encoded(picture(HEIGHT, WIDTH), "BMP"),
    "BMP gray": encoded(picture(HEIGHT, WIDTH), "BMP", "L"),
    "BMP of one bit": encoded(picture(HEIGHT, WIDTH), "BMP", "1"),
}


def animation(kind):
    frames = [Image.fromarray(picture(HEIGHT, WIDTH, seed)).quantize(40) for seed in (1, 2)]
    options = {"lossless": True} if kind == "WEBP" else {}
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.35, 0.7, 0.97])
@pytest.mark.parametrize("tolerant", [False, True])
def test_cut_files_are_refused(kind, share, tolerant, monkeypatch):
    """Also in a process in which somebody told Pillow to be content with half a picture."""
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", tolerant)
    data = KINDS[kind]
    np.testing.assert_array_equal(decode_bytes(data), np.asarray(on_white(data)))
    with pytest.raises(InputError, match=r"^shoe: (truncated file|damaged)"):
        decode_bytes(data[: int(len(data) * share)], name="shoe")


def on_white(data):
    rgba = Image.open(io.BytesIO(data)).convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba).convert("RGB")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("behind", [b"\0", b"\0" * 999, b"<!-- a server's note -->"])
def test_bytes_behind_the_picture_are_ignored(kind, behind):
    np.testing.assert_array_equal(decode_bytes(KINDS[kind] + behind), decode_bytes(KINDS[kind]))


def test_png_without_its_end_chunk():
    data = KINDS["PNG"]
    with Image.open(io.BytesIO(data[:-12])) as image:
        image.load()  # Pillow does not miss it
    for missing in (12, 13, 4, 1):
        with pytest.raises(
            InputError, match=r"^shoe: truncated file: a PNG that ends before its end chunk \(IEND\); fetch the file"
        ):
            decode_bytes(data[:-missing], name="shoe")


def test_png_with_a_wrong_checksum():
    data = bytearray(KINDS["PNG"])
    start = data.index(b"IDAT")
    end = start + 4 + int.from_bytes(data[start - 4 : start], "big")
    data[end] ^= 1
    with pytest.raises(InputError, match=f"damaged PNG: checksum of chunk IDAT at byte {start - 4} is wrong"):
        decode_bytes(bytes(data))


def chunk(kind, body, wrong=False):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) ^ wrong)


def with_chunks(*chunks, kind="PNG", last=False):
    """Behind the header (25 bytes), or before the end."""
    data = KINDS[kind]
    place = len(data) - 12 if last else 33
    return data[:place] + b"".join(chunks) + data[place:]


LARGE = zlib.compress(bytes(40_000_000), 9)
BESIDE = {
    "large text": chunk(b"iTXt", b"parameters\0\1\0\0\0" + zlib.compress(b"prompt " * 300_000)),
    "large profile": chunk(b"iCCP", b"press\0\0" + LARGE),
    "large XMP": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + LARGE),
    "bombs": chunk(b"zTXt", b"Raw profile type exif\0\0" + LARGE) * 50,
    "text by a wrong checksum": chunk(b"tEXt", b"Title\0shoe", wrong=True),
    "time by a wrong checksum": chunk(b"tIME", bytes(7), wrong=True),
    "EXIF by a wrong checksum": chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0", wrong=True),
    "an unknown way to pack": chunk(b"zTXt", b"Title\0\7rest") + chunk(b"iCCP", b"x\0\7rest"),
    "short values": chunk(b"gAMA", b"") + chunk(b"pHYs", b"\0") + chunk(b"cHRM", b"\1"),
    "a text without anything": chunk(b"iTXt", b"xmp\0") + chunk(b"zTXt", b"exif\0\0"),
}


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("kind", ["PNG", "PNG palette"])
@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("exif", [False, True])
def test_what_stands_beside_the_pixels_costs_no_picture(beside, kind, last, exif):
    data = with_chunks(BESIDE[beside], kind=kind, last=last)
    np.testing.assert_array_equal(decode_bytes(data, Decode(exif_orientation=exif)), decode_bytes(KINDS[kind]))


def test_metadata_of_a_png_is_never_unpacked_whole():
    tracemalloc.start()
    decode_bytes(with_chunks(*BESIDE.values()), Decode(exif_orientation=True))
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


def test_chunks_that_pixels_are_made_of_are_checked():
    for damaged in (chunk(b"tRNS", bytes(6), wrong=True), chunk(b"IDAt", b"x", wrong=True), chunk(b"iDAT", b"x", wrong=True)):
        with pytest.raises(InputError, match="damaged PNG: checksum of chunk"):
            decode_bytes(with_chunks(damaged))


@pytest.mark.parametrize("hole", [512, 64])
def test_png_with_a_hole(hole):
    data = KINDS["PNG"]
    half = len(data) // 2
    with pytest.raises(InputError, match=r"damaged PNG: checksum of chunk IDAT"):
        decode_bytes(data[:half] + bytes(hole) + data[half + hole :])


def test_png_that_a_tool_closed():
    """Chunks are whole, but the compressed rows end early."""
    data = KINDS["PNG"]
    start = data.index(b"IDAT")
    body = data[start + 4 : start + 4 + int.from_bytes(data[start - 4 : start], "big")]
    body = b"IDAT" + body[: len(body) // 2]
    closed = data[: start - 4] + struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) + data[-12:]
    with pytest.raises(InputError, match="truncated file"):
        decode_bytes(closed)


@pytest.mark.parametrize("kind", ["GIF", "WEBP"])
def test_first_frame_of_an_animation(kind):
    data = animation(kind)
    np.testing.assert_array_equal(decode_bytes(data), np.asarray(on_white(data)))


def test_gif_cut_in_its_second_frame_has_its_first():
    data = animation("GIF")
    np.testing.assert_array_equal(decode_bytes(data[:-700]), decode_bytes(data))


@pytest.mark.parametrize("end", [b"", b";", b"\0;"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_gif_whose_end_is_lost_and_replaced(share, end):
    data = KINDS["GIF"]
    for tail in (end, bytes(len(data) - int(len(data) * share) - len(end)) + end):
        with pytest.raises(InputError, match="truncated file"):
            decode_bytes(data[: int(len(data) * share)] + tail)


def test_webp_says_how_long_it_is():
    data = KINDS["WebP"]
    with pytest.raises(InputError, match=f"truncated file: a WebP of {len(data)} bytes by its header has {len(data) - 9}; fetch"):
        decode_bytes(data[:-9])


def test_bmp_says_how_long_it_is():
    data = KINDS["BMP"]
    with pytest.raises(InputError, match=f"truncated file: a BMP that needs {len(data)} bytes has {len(data) - 5}"):
        decode_bytes(data[:-5])


@pytest.mark.parametrize("top_down", [False, True])
@pytest.mark.parametrize("bits", [24, 32])
def test_bmp_of_other_layouts(bits, top_down):
    image = picture(13, 11)
    rows = image[:, :, ::-1] if bits == 24 else np.concatenate([image[:, :, ::-1], np.zeros((13, 11, 1), np.uint8)], axis=2)
    rows = rows if top_down else rows[::-1]
    body = b"".join(row.tobytes() + bytes(-(11 * bits // 8) % 4) for row in rows)
    header = struct.pack("<IiiHHIIiiII", 40, 11, -13 if top_down else 13, 1, bits, 0, 0, 0, 0, 0, 0)
    data = b"BM" + struct.pack("<IHHI", 54 + len(body), 0, 0, 54) + header + body
    np.testing.assert_array_equal(decode_bytes(data), image)
    with pytest.raises(InputError, match="truncated file: a BMP"):
        decode_bytes(data[:-1])
