"""JPEG: simplejpeg's pixels are Pillow's, damage is refused by every way of decoding, and what harms no pixel is not."""

import io
import random
import re
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import simplejpeg
from PIL import Image

from robustfashion.errors import InputError
from robustfashion.pictures.decode import Decode, decode_bytes, fitted_size
from robustfashion.pictures.jpeg import decode_fast, draft_scale, jpeg_size
from tests.data.images import encoded, picture

RARE = {path.stem: path.read_bytes() for path in sorted((Path(__file__).parent / "rare").glob("*.jpg"))}
HEIGHT, WIDTH = 211, 164
WAYS = [Decode(), Decode(draft=60), Decode(exif_orientation=True)]


def subsampled(factor):
    """By OpenCV: kinds that Pillow does not write."""
    flags = [cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor]
    return cv2.imencode(".jpg", picture(HEIGHT, WIDTH), flags)[1].tobytes()


def file_of(**options):
    return encoded(picture(HEIGHT, WIDTH), **{"quality": 92, **options})


FILES = {
    "4:4:4": file_of(subsampling=0),
    "4:2:2": file_of(subsampling=1),
    "4:2:0": file_of(subsampling=2),
    "4:4:0": subsampled(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440),
    "4:1:1": subsampled(cv2.IMWRITE_JPEG_SAMPLING_FACTOR_411),
    "progressive": file_of(progressive=True),
    "optimised": file_of(optimize=True),
    "restarts": file_of(restart_marker_blocks=5),
    "gray": file_of(mode="L"),
    "gray progressive": file_of(mode="L", progressive=True),
    "RGB": file_of(keep_rgb=True),
    "CMYK": file_of(mode="CMYK"),
    "CMYK progressive": file_of(mode="CMYK", progressive=True),
}
UNKNOWN_TO_SIMPLEJPEG = {"factors-22-21-12", "factors-22-22-11", "factors-31-11-11", "factors-42-11-11", "factors-14-11-11"}


def pillow(data, draft=None):
    with Image.open(io.BytesIO(data)) as image:
        if draft is not None:
            image.draft(None, tuple(fitted_size(image.height, image.width, draft)[::-1]))
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("kind", [*FILES, *RARE])
def test_pixels_are_pillows(kind):
    data = (FILES | RARE)[kind]
    np.testing.assert_array_equal(decode_bytes(data), pillow(data))


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("side", [500, 105, 60, 52, 20])
def test_draft_pixels_are_pillows(kind, side):
    np.testing.assert_array_equal(decode_bytes(FILES[kind], Decode(draft=side)), pillow(FILES[kind], side))


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (64, 65), (127, 66), (400, 71)])
@pytest.mark.parametrize("options", [{}, {"subsampling": 1}, {"progressive": True}, {"mode": "L"}], ids=str)
def test_draft_pixels_are_pillows_at_odd_sizes(size, options):
    data = encoded(picture(*size), **options)
    for side in {max(size) // n + 1 for n in (1, 2, 3, 4, 7, 9)}:
        np.testing.assert_array_equal(decode_bytes(data, Decode(draft=side)), pillow(data, side), err_msg=f"{side}")


@pytest.mark.parametrize("kind", [*FILES, *RARE])
def test_who_decodes(kind):
    """Common kinds go the fast way; a slow way for all would pass every other test."""
    data = (FILES | RARE)[kind]
    size = jpeg_size(data)
    assert (size is None) == (kind in UNKNOWN_TO_SIMPLEJPEG)
    fast = None if size is None else decode_fast(data, size, 1)
    slow = kind in UNKNOWN_TO_SIMPLEJPEG or re.search("cmyk|ycck|arithmetic", kind, re.IGNORECASE)
    assert (fast is None) == bool(slow)


def test_scale_is_pillows():
    for height, width, side in [(400, 300, 200), (401, 300, 200), (90, 2000, 250), (37, 5, 4), (800, 800, 100)]:
        image = Image.new("L", (width, height))
        data = encoded(image)
        wanted = fitted_size(height, width, side)
        assert pillow(data, side).shape[0] == -(-height // draft_scale(height, width, wanted))


def middle(data):
    """A place in the middle of the coded data."""
    start = data.index(b"\xff\xda")
    return start + (len(data) - start) // 2


def _cut(data):
    return data[: middle(data)]


def _closed(data):
    return _cut(data) + b"\xff\xd9"


def _zero_tail(data):
    return _cut(data).ljust(len(data), b"\0")


def _closed_zero_tail(data):
    return _zero_tail(data)[:-2] + b"\xff\xd9"


def _end_inside(data):
    return _closed(data) + data[middle(data) :]


def _second_picture_inside(data):
    return _cut(data) + FILES["4:2:0"]


def _without_end(data):
    return data[:-2]


def _end_cut(data):
    return data[:-9] + b"\xff\xd9"


def _hole(data):
    return _cut(data) + bytes(1024) + data[middle(data) + 1024 :]


def _lost_piece(data):
    return _cut(data) + data[middle(data) + 1024 :]


def _rotten(data):
    noise = random.Random(3).choices(range(1, 255), k=1024)
    return _cut(data) + bytes(noise) + data[middle(data) + 1024 :]


TAILS = [_cut, _closed, _zero_tail, _closed_zero_tail, _end_inside, _second_picture_inside, _without_end, _end_cut]
MIDDLES = [_hole, _lost_piece, _rotten]


def _can_be_told(kind, damage):
    if damage is _end_cut:  # seven bytes, of blocks beyond the edge: simplejpeg alone misses them, and cannot judge these kinds
        return kind not in UNKNOWN_TO_SIMPLEJPEG and "arithmetic" not in kind
    return kind != "three-scans" or damage not in (_zero_tail, _closed_zero_tail)  # its own tail is zeros


LOST_ENDS = [(kind, damage) for kind in FILES | RARE for damage in TAILS if _can_be_told(kind, damage)]


@pytest.mark.parametrize(("kind", "damage"), LOST_ENDS, ids=lambda value: value if isinstance(value, str) else value.__name__[1:])
def test_lost_ends_are_refused(kind, damage):
    data = damage((FILES | RARE)[kind])
    for settings in WAYS:
        with pytest.raises(InputError, match=r"^shoe\.jpg: damaged JPEG: .*; fetch the file again$"):
            decode_bytes(data, settings, "shoe.jpg")


@pytest.mark.parametrize("kind", [kind for kind in FILES if "progressive" not in kind])
@pytest.mark.parametrize("damage", MIDDLES, ids=lambda damage: damage.__name__[1:])
def test_broken_middles_are_refused(kind, damage):
    for settings in WAYS:
        with pytest.raises(InputError, match=r"^shoe\.jpg: damaged JPEG: .*; fetch the file again$"):
            decode_bytes(damage(FILES[kind]), settings, "shoe.jpg")


def test_a_lost_sector_is_refused_though_libjpeg_reads_on():
    """Zeros that decode to as many pixels as they replace: libjpeg says nothing."""
    data = encoded(picture(500, 400), quality=90)
    unnoticed = 0
    for place in range(data.index(b"\xff\xda") + 600, len(data) - 600, 61):
        holed = data[:place] + bytes(512) + data[place + 512 :]
        try:
            simplejpeg.decode_jpeg(holed)
            unnoticed += 1
        except ValueError:
            pass
        with pytest.raises(InputError, match="damaged JPEG: its data has a hole of zero bytes"):
            decode_bytes(holed)
    assert unnoticed


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_flat_pictures_have_no_holes(mode):
    """Codes made for them may stand for empty blocks by zeros, thousands in a row."""
    flat = Image.new(mode, (1000, 900), "white")
    flat.paste(Image.fromarray(picture(40, 30)).convert(mode), (20, 30))
    for options in ({"optimize": True}, {"optimize": True, "progressive": True}, {}):
        data = encoded(flat, **options)
        np.testing.assert_array_equal(decode_bytes(data), pillow(data))
    assert bytes(64) in encoded(flat.convert("L"), optimize=True)
    assert bytes(64) in RARE["three-scans"]  # read in test_pixels_are_pillows


def test_lost_restart_interval_is_refused():
    data = FILES["restarts"]
    first, second = (data.index(bytes((0xFF, 0xD0 + n)), middle(data)) for n in (2, 3))
    with pytest.raises(InputError, match="damaged JPEG: a piece of its data is missing or out of place"):
        decode_bytes(data[:first] + data[second:])


def test_lost_scan_is_refused():
    data = FILES["progressive"]
    scans = [found.start() for found in re.finditer(rb"\xff\xda", data)]
    third = data.rindex(b"\xff\xc4", 0, scans[2])
    fourth = data.rindex(b"\xff\xc4", 0, scans[3])
    with pytest.raises(InputError, match="damaged JPEG: a scan is missing or out of place"):
        decode_bytes(data[: data.rindex(b"\xff\xc4", 0, scans[0])] + data[third:fourth] + data[fourth:])


def segment(marker, body):
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def _behind_start(data, what):
    return data[:2] + what + data[2:]


def _with_jfif_revision_3(data):
    return _behind_start(data.replace(data[2:20], b"") if data[3] == 0xE0 else data, segment(0xE0, b"JFIF\0\3\1\0\0\1\0\1\0\0"))


def _with_other_scan_parameters(data):
    place = data.index(b"\xff\xda")
    last = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return data[: last - 3] + b"\1\2\3" + data[last:]


def _with_stray_bytes(data):
    place = data.index(b"\xff\xdb")
    return data[:place] + bytes(7) + data[place:]


def _multi_picture(data):
    buffer = io.BytesIO()
    Image.fromarray(picture(99, 70, 2)).save(buffer, "JPEG")
    index = segment(0xE2, b"MPF\0II*\0\x08\0\0\0\0\0\0\0\0\0")
    return _behind_start(data, index) + buffer.getvalue()


HARMLESS = {
    "zeros behind the end": lambda data: data + bytes(5000),
    "text behind the end": lambda data: data + b"SEFT and a camera's notes" * 9,
    "a video behind the end": lambda data: data + b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 40,
    "an end behind the end": lambda data: data + b"\xff\xd9",
    "a second picture": _multi_picture,
    "half a second picture": lambda data: _multi_picture(data)[:-900],
    "zeros before the end": lambda data: data[:-2] + bytes(37) + b"\xff\xd9",
    "many zeros before the end": lambda data: data[:-2] + bytes(3000) + b"\xff\xd9",
    "filling before the end": lambda data: data[:-2] + b"\xff" * 9 + b"\xff\xd9",
    "stray bytes between segments": _with_stray_bytes,
    "JFIF of an unknown revision": _with_jfif_revision_3,
    "a bad colour profile": lambda data: _behind_start(data, segment(0xE2, b"ICC_PROFILE\0\2\3" + bytes(40))),
    "a comment and a foreign segment": lambda data: _behind_start(data, segment(0xFE, b"\xff\xd9") + segment(0xEB, b"\xff\xd8")),
    "a thumbnail": lambda data: _behind_start(data, segment(0xE1, b"Exif\0\0II*\0" + encoded(picture(20, 16)))),
}


@pytest.mark.parametrize("kind", ["4:2:0", "progressive", "gray", "restarts", "CMYK", "cmyk-arithmetic", "factors-42-11-11"])
@pytest.mark.parametrize("addition", HARMLESS)
def test_what_harms_no_pixel_is_read(kind, addition):
    whole = (FILES | RARE)[kind]
    data = HARMLESS[addition](whole)
    for settings in WAYS:
        np.testing.assert_array_equal(decode_bytes(data, settings), decode_bytes(whole, settings))


def test_scan_parameters_of_a_sequential_file_are_ignored():
    data = _with_other_scan_parameters(FILES["4:2:0"])
    with pytest.raises(ValueError, match="Invalid SOS parameters"):
        simplejpeg.decode_jpeg(data)
    np.testing.assert_array_equal(decode_bytes(data), pillow(data))
    np.testing.assert_array_equal(decode_bytes(data), pillow(FILES["4:2:0"]))
    with pytest.raises(InputError, match="damaged JPEG: its data ends early"):
        decode_bytes(_closed(data))


def test_unknown_adobe_transform_is_ignored():
    data = _behind_start(FILES["4:2:0"].replace(FILES["4:2:0"][2:20], b""), segment(0xEE, b"Adobe\0\x64\0\0\0\0\5"))
    with pytest.raises(ValueError, match="Unknown Adobe color transform"):
        simplejpeg.decode_jpeg(data)
    np.testing.assert_array_equal(decode_bytes(data), pillow(FILES["4:2:0"]))


def test_padding_hides_no_damage():
    data = FILES["4:2:0"]
    for padding in (1, 40, 3000):
        with pytest.raises(InputError, match="damaged JPEG"):
            decode_bytes(data[:-300] + bytes(padding) + b"\xff\xd9")


@pytest.mark.parametrize(("bits", "channels"), [(12, 1), (8, 2)])
def test_other_kinds_are_named(bits, channels):
    data = bytearray(FILES["gray"])
    frame = data.index(b"\xff\xc0")
    data[frame + 4] = bits
    if channels == 2:
        data[frame : frame + 13] = b"\xff\xc0" + struct.pack(">HBHHB", 14, 8, HEIGHT, WIDTH, 2) + b"\1\x11\0\2\x11\0"
    message = rf"not supported \(cannot handle {bits if bits > 8 else channels}-.*save it with 8 bits as gray, RGB or CMYK"
    with pytest.raises(InputError, match=message):
        decode_bytes(bytes(data))


def test_damaged_photographs(real_photos):
    files = sorted(real_photos.glob("*/*/*.jpg"))[::400]
    assert files
    for path in files:
        data = path.read_bytes()
        for damage in (_cut, _closed, _zero_tail, _closed_zero_tail, _end_cut):
            with pytest.raises(InputError, match="damaged JPEG"):
                decode_bytes(damage(data), name=path.name)
        np.testing.assert_array_equal(decode_bytes(HARMLESS["zeros before the end"](data)), pillow(data))
