"""JPEG headers: Pillow's own reading of its files is the oracle."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from robustfashion.data.check.jpeg import read_header
from tests.data.images import encoded, picture


@pytest.mark.parametrize("quality", [1, 17, 50, 75, 91, 100])
def test_tables_are_those_that_pillow_reads(quality):
    data = encoded(picture(31, 44), quality=quality)
    header = read_header(data)
    with Image.open(io.BytesIO(data)) as image:
        assert header.tables == tuple(tuple(image.quantization[k]) for k in (0, 1))
    assert (header.height, header.width, header.components) == (31, 44, 3)
    assert header.jfif == (1, 1)


@pytest.mark.parametrize(("option", "name"), [(0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")])
def test_subsampling(option, name):
    assert read_header(encoded(picture(31, 44), subsampling=option)).subsampling == name


def test_progressive_gray_cmyk_profile_exif():
    assert not read_header(encoded(picture(9, 8))).progressive
    assert read_header(encoded(picture(9, 8), progressive=True)).progressive
    gray = read_header(encoded(picture(9, 8), mode="L"))
    assert (gray.subsampling, gray.components, len(gray.tables)) == ("gray", 1, 1)
    assert read_header(encoded(picture(9, 8), mode="CMYK")).components == 4
    marked = read_header(encoded(picture(9, 8), icc_profile=b"profile", exif=b"Exif\0\0II*\0"))
    assert marked.profile and marked.exif and not marked.photoshop


def test_photoshop_segment_and_fill_bytes():
    data = encoded(picture(9, 8))
    segment = b"Photoshop 3.0\0rest"
    own = b"\xff\xff\xff\xed" + (len(segment) + 2).to_bytes(2, "big") + segment
    assert read_header(data[:2] + own + data[2:]).photoshop


def test_stray_bytes_between_segments_are_passed_over():
    data = encoded(picture(9, 8))
    place = data.index(b"\xff\xdb")
    assert read_header(data[:place] + bytes(5) + data[place:]) == read_header(data)


def test_sixteen_bit_tables():
    steps = np.arange(300, 364, dtype=">u2").tobytes()
    body = b"\x10" + steps
    data = encoded(picture(9, 8), mode="L")
    place = data.index(b"\xff\xdb")
    wide = data[:place] + b"\xff\xdb" + (len(body) + 2).to_bytes(2, "big") + body + data[place + 69 :]
    table = read_header(wide).tables[0]
    assert table[:3] == (300, 301, 305)  # zigzag: 0, 1, 8, 16, 9, 2
    assert sorted(table) == list(range(300, 364))


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\xd8", b"\xff\xd8\x00\x00", encoded(picture(9, 8), "PNG"), b"text"])
def test_what_is_no_jpeg(data):
    assert read_header(data) is None


_WHOLE = encoded(picture(23, 31))


@given(st.integers(0, 700), st.integers(0, 255))
def test_damage_never_raises(place, value):
    damaged = bytearray(_WHOLE)
    damaged[place % len(damaged)] = value
    read_header(bytes(damaged))
    read_header(_WHOLE[:place])
