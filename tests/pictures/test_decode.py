"""Decoding: every kind the issue names, against OpenCV or Pillow's own tools, and everything that must be refused."""

import io
import re
import struct
import warnings
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps, features

import robustfashion
from robustfashion.errors import InputError
from robustfashion.pictures.decode import Decode, decode_bytes
from robustfashion.pictures.reading import decode_file
from tests.data import images
from tests.data.images import encoded

HEIGHT, WIDTH = 61, 47


def picture(height=HEIGHT, width=WIDTH, seed=0):
    return images.picture(height, width, seed)


def pillow(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def opencv(data):
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)[:, :, ::-1]


def on_white(rgba):
    alpha = rgba[:, :, 3:].astype(np.float64)
    return np.floor((rgba[:, :, :3] * alpha + 255 * (255 - alpha)) / 255 + 0.5).astype(np.uint8)


@pytest.mark.parametrize(
    "options",
    [
        {"quality": 30},
        {"quality": 90, "subsampling": "4:4:4"},
        {"quality": 90, "subsampling": "4:2:2"},
        {"quality": 75, "subsampling": "4:2:0"},
        {"quality": 95, "subsampling": "4:2:0", "progressive": True},
        {"quality": 80, "optimize": True, "restart_marker_blocks": 3},
        {"quality": 80, "mode": "L"},
        {"quality": 80, "keep_rgb": True},
        {"quality": 85, "mode": "L", "progressive": True},
    ],
)
@pytest.mark.parametrize("size", [(HEIGHT, WIDTH), (1, 1), (16, 33), (200, 8)])
def test_jpeg_equals_pillow_and_opencv(options, size):
    data = encoded(picture(*size), **options)
    got = decode_bytes(data)
    np.testing.assert_array_equal(got, pillow(data))
    np.testing.assert_array_equal(got, opencv(data))
    np.testing.assert_array_equal(decode_bytes(data + b"\0"), got)  # bytes after the end: Pillow's way


def test_profile_is_ignored():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    np.testing.assert_array_equal(decode_bytes(encoded(picture(), icc_profile=profile)), decode_bytes(encoded(picture())))


def test_real_photographs_equal_pillow_and_opencv(real_photos):
    for path in sorted(real_photos.glob("validation/*/*.jpg"))[::40]:
        data = path.read_bytes()
        np.testing.assert_array_equal(decode_file(path), pillow(data), err_msg=str(path))
        np.testing.assert_array_equal(decode_file(path), opencv(data), err_msg=str(path))


@pytest.mark.slow
def test_all_real_photographs_equal_pillow(real_photos):
    for path in sorted(real_photos.glob("*/*/*.jpg")):
        np.testing.assert_array_equal(decode_file(path), pillow(path.read_bytes()), err_msg=str(path))


def test_cmyk_jpeg():
    cmyk = Image.fromarray(picture()).convert("CMYK")
    got = decode_bytes(encoded(cmyk, quality=100, subsampling=0))
    ink = 255 - np.asarray(cmyk).astype(np.float64)
    want = ink[:, :, :3] * ink[:, :, 3:] / 255
    assert got.shape == (HEIGHT, WIDTH, 3)
    assert np.abs(got - want).mean() < 2


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1"])
def test_png_equals_opencv(mode):
    data = encoded(picture(), "PNG", mode)
    np.testing.assert_array_equal(decode_bytes(data), opencv(data))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_alpha_is_laid_on_white(kind):
    alpha = np.linspace(0, 255, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH, 1).astype(np.uint8)
    rgba = np.concatenate([picture(), alpha], axis=2)
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    np.testing.assert_array_equal(decode_bytes(encoded(rgba, kind, **options)), on_white(rgba))


def test_gray_with_alpha():
    rgba = np.asarray(Image.fromarray(picture()).convert("LA").convert("RGBA")).copy()
    rgba[:, :, 3] = 100
    data = encoded(np.stack([rgba[:, :, 0], rgba[:, :, 3]], axis=2), "PNG")
    np.testing.assert_array_equal(decode_bytes(data), on_white(rgba))


@pytest.mark.parametrize(("kind", "table"), [("PNG", 3), ("PNG", bytes([0, 128, 255])), ("GIF", 3)])
def test_transparent_palette(kind, table):
    image = Image.fromarray(picture()).quantize(7)
    index, palette = np.asarray(image), np.array(image.getpalette()).reshape(-1, 3)
    alpha = np.full(256, 255)
    alpha[: len(table) if isinstance(table, bytes) else 0] = list(table) if isinstance(table, bytes) else []
    if isinstance(table, int):
        alpha[table] = 0
    want = on_white(np.concatenate([palette[index], alpha[index][:, :, None]], axis=2))
    np.testing.assert_array_equal(decode_bytes(encoded(image, kind, transparency=table)), want)


def test_gif_gives_its_first_frame():
    first, second = (Image.fromarray(picture(seed=seed)).quantize(16) for seed in (1, 2))
    data = encoded(first, "GIF", save_all=True, append_images=[second])
    np.testing.assert_array_equal(decode_bytes(data), np.asarray(first.convert("RGB")))


def test_gray_png_of_16_bit_is_scaled_not_clipped():
    levels = np.arange(HEIGHT * WIDTH, dtype=np.uint32).reshape(HEIGHT, WIDTH) * 65535 // (HEIGHT * WIDTH - 1)
    data = encoded(levels.astype(np.uint16), "PNG")
    got = decode_bytes(data)
    np.testing.assert_array_equal(got, opencv(data))
    np.testing.assert_array_equal(got[:, :, 1], levels >> 8)


def test_colour_png_of_16_bit():
    image = (picture().astype(np.uint16) << 8) + picture(seed=1)
    data = cv2.imencode(".png", image[:, :, ::-1])[1].tobytes()
    np.testing.assert_array_equal(decode_bytes(data), image >> 8)


@pytest.mark.parametrize(
    ("kind", "options"), [("WEBP", {"lossless": True}), ("WEBP", {"quality": 80}), ("BMP", {})], ids=["lossless", "lossy", "bmp"]
)
def test_other_kinds(kind, options):
    data = encoded(picture(), kind, **options)
    np.testing.assert_array_equal(decode_bytes(data), np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_an_option(orientation, kind):
    exif = Image.Exif()
    exif[0x010E] = "some text before it"
    exif[274] = orientation
    data = encoded(picture(), kind, exif=exif, **({"lossless": True} if kind == "WEBP" else {}))
    plain = decode_bytes(data)
    assert plain.shape == (HEIGHT, WIDTH, 3)
    upright = decode_bytes(data, Decode(exif_orientation=True))
    want = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    np.testing.assert_array_equal(upright, np.asarray(want))
    assert upright.flags.c_contiguous


@pytest.mark.parametrize(
    "tail", [b"", b"II*\0", b"MM\0*\0\0\0\x08\0\x09", b"II*\0\xff\xff\xff\xff", b"II*\0\x08\0\0\0\x01\0\x1a\x01\x05\0"]
)
def test_damaged_exif_warns_nobody(tail):
    data = encoded(picture())
    block = b"Exif\0\0" + tail
    data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + data[20:]  # and without JFIF's resolution
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert decode_bytes(data, Decode(exif_orientation=True)).shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize(("side", "scale"), [(500, 1), (201, 1), (200, 2), (101, 2), (60, 4), (50, 4), (49, 8), (10, 8)])
def test_draft_decodes_at_reduced_scale(side, scale):
    data = encoded(picture(400, 300), quality=95)
    image = Image.open(io.BytesIO(data))
    image.draft(None, (300 // scale, 400 // scale))
    got = decode_bytes(data, Decode(draft=side))
    assert got.shape == (400 // scale, -(-300 // scale), 3)
    np.testing.assert_array_equal(got, np.asarray(image))


def test_draft_leaves_other_kinds_alone():
    np.testing.assert_array_equal(decode_bytes(encoded(picture(), "PNG"), Decode(draft=8)), picture())


def test_there_is_one_way_from_a_file_to_pixels():
    """Several would give several answers about a damaged file."""
    package = Path(robustfashion.__file__).parent
    own = {"report/embed.py"}  # figures that a suite wrote itself
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"\b(Image\.open|imdecode|imread|decode_jpeg|decode_image|read_image)\(", path.read_text())
    }
    assert {name for name in found if not name.startswith("pictures/")} == own


def test_result_is_writable_and_contiguous():
    got = decode_bytes(encoded(picture()))
    assert got.flags.c_contiguous
    assert got.flags.writeable
    assert got.dtype == np.uint8


def _png_header(width, height):
    """A PNG that claims a size and holds nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = b""
    for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")):
        chunks += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return b"\x89PNG\r\n\x1a\n" + chunks


def _jpeg_bomb():
    data = bytearray(encoded(picture()))
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = struct.pack(">HH", 30_000, 30_000)
    return bytes(data)


def _webp_bomb(kind, body):
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


BOMBS = {
    "png": _png_header(30_000, 30_000),
    "jpeg": _jpeg_bomb(),
    "gif": b"GIF89a" + struct.pack("<HH", 30_000, 30_000) + b"\0\0\0,\0\0\0\0\1\0\1\0\0\2\2\x44\1\0;",
    "webp extended": _webp_bomb(b"VP8X", b"\0\0\0\0" + (29_999).to_bytes(3, "little") * 2),
    "webp lossless": _webp_bomb(b"VP8L", b"\x2f" + (16_000 | 16_000 << 14).to_bytes(4, "little") + bytes(20)),
    "webp lossy": _webp_bomb(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 16_000, 16_000) + bytes(20)),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_bomb_is_refused_by_its_header(kind):
    with pytest.raises(InputError, match=r"shirt\.jpg: \d+ x \d+ px .* max_pixels = 100000000; not .* make a smaller copy"):
        decode_bytes(BOMBS[kind], name="shirt.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP"])
def test_limit_is_ours_not_that_of_pillow(kind, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1_000)
    data = encoded(picture(), kind)
    assert decode_bytes(data, Decode(max_pixels=HEIGHT * WIDTH)).shape == (HEIGHT, WIDTH, 3)
    with pytest.raises(InputError, match=f"{WIDTH} x {HEIGHT} px are more than max_pixels = {HEIGHT * WIDTH - 1}"):
        decode_bytes(data, Decode(max_pixels=HEIGHT * WIDTH - 1))


@pytest.mark.parametrize("kind", ["WEBP", "GIF"])
def test_kinds_that_pillow_checks_itself_are_refused_before_it_warns(kind, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", HEIGHT * WIDTH - 1)
    with pytest.raises(InputError, match=f"{WIDTH} x {HEIGHT} px are more than Pillow's limit of {HEIGHT * WIDTH - 1}"):
        decode_bytes(encoded(picture(), kind))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "zero bytes"),
        (b"<html>404 not found</html>", r"text, not an image \(begins with '<html>404"),
        (b"\x00\x01\x02\x03binary", "not an image of a known kind .begins with bytes 00 01 02"),
        (b"RIFF\0\0\0\0WAVEfmt ", "not an image of a known kind"),
        (b"\0\0\0\x1cftypheic\0\0\0\0mif1heic", "HEIC, whatever its name says; convert it; supported are JPEG"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIC, whatever"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1miafavif", "AVIF, whatever"),
        (b"%PDF-1.4 x", "PDF, whatever"),
        (b"version https://git-lfs.github.com/spec/v1\n", "text, not an image .*, a pointer of Git LFS: run `git lfs pull`"),
        (b"\xff\xd8\xff", "damaged header"),
        (b"\x89PNG\r\n\x1a\n", "damaged header|truncated"),
        (b"RIFF\x0c\0\0\0WEBPVP8 \x04\0\0\0", "damaged header"),
        (b"RIFF\x10\0\0\0WEBPVP8 \x04\0\0\0", "truncated file: a WebP of 24 bytes by its header has 20"),
    ],
)
def test_refused(data, message):
    with pytest.raises(InputError, match=f"^shirt.jpg: .*({message})"):
        decode_bytes(data, name="shirt.jpg")


@pytest.mark.parametrize("kind", ["TIFF", "AVIF", "JPEG2000"])
def test_other_kinds_are_named(kind):
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow writes no AVIF")
    with pytest.raises(InputError, match=f"^shirt.jpg: {kind.replace('JPEG', 'JPEG ')}.* whatever its name says; convert it"):
        decode_bytes(encoded(picture(), kind), name="shirt.jpg")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.98])
def test_truncated(kind, share):
    data = encoded(picture(200, 150), kind)
    with pytest.raises(InputError, match=r"^a/b: (truncated file|damaged)"):
        decode_bytes(data[: int(len(data) * share)], name="a/b")


def test_jpeg_that_lacks_a_single_byte_more_than_its_end_marker():
    data = encoded(picture(200, 150))
    with pytest.raises(InputError, match=r"damaged JPEG: its data ends early .*; fetch the file again"):
        decode_bytes(data[:-40])


def test_damaged_bytes_never_escape_as_other_errors():
    rng = np.random.default_rng(5)
    for kind in ("PNG", "WEBP", "GIF", "BMP"):
        whole = encoded(picture(), kind)
        for _ in range(60):
            data = bytearray(whole)
            for place in rng.integers(8, len(data), 4):
                data[place] = rng.integers(256)
            try:
                assert decode_bytes(bytes(data), Decode(max_pixels=10_000)).ndim == 3
            except InputError:
                continue


def test_unsupported_colour_mode(monkeypatch):
    data = encoded(picture(), "PNG")
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.mode", "LAB")
    with pytest.raises(InputError, match=r"shirt: (colour mode LAB is not supported; save it as RGB|damaged)"):
        decode_bytes(data, name="shirt")


def test_files(tmp_path):
    with pytest.raises(InputError, match=r"gone\.jpg: file not found"):
        decode_file(tmp_path / "gone.jpg")
    with pytest.raises(InputError, match="not a regular file"):
        decode_file(tmp_path)
    (tmp_path / "shirt.png").write_bytes(encoded(picture(), "PNG"))
    for location in (tmp_path / "shirt.png", f"file://{tmp_path}/shirt.png"):
        np.testing.assert_array_equal(decode_file(location), picture())
    with pytest.raises(InputError, match="cannot be read"):
        decode_file(f"file://{tmp_path}/gone.png")
    with pytest.raises(InputError, match=r"nosuch://a: file not found \(nosuch:// begins no URL"):
        decode_file("nosuch://a")


@pytest.mark.parametrize("settings", [{"draft": 0}, {"max_pixels": 0}])
def test_settings_are_checked(settings):
    with pytest.raises(InputError, match=next(iter(settings))):
        Decode(**settings)
