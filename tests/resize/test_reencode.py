"""JPEG re-encoding: settings as text, Pillow's own encoder as oracle, Java's tables. The JDK itself is asked in test_jdk.py."""

import io

import numpy as np
import pytest
from PIL import Image

from robustfashion.errors import InputError
from robustfashion.resize.reencode import JAVA_DEFAULT, JpegEncoding, encode_jpeg, java_tables, reencode
from tests.resize.images import CASES

IMAGE = next(case for case in CASES if case.content == "garment" and case.height > 90).image()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("jpeg75", JpegEncoding(75, "4:2:0", "pillow")),
        ("jpeg1", JpegEncoding(1)),
        ("jpeg100-444", JpegEncoding(100, "4:4:4")),
        ("jpeg90-422", JpegEncoding(90, "4:2:2")),
        ("java_jpeg0.75", JAVA_DEFAULT),
        ("java_jpeg0.123", JpegEncoding(0.123, encoder="java")),
        ("java_jpeg1", JpegEncoding(1, encoder="java")),
        ("java_jpeg0", JpegEncoding(0, encoder="java")),
    ],
)
def test_text(text, encoding):
    assert JpegEncoding.parse(text) == encoding
    assert encoding.name == text
    assert JpegEncoding.parse(encoding.name) == encoding


def test_text_that_is_not_shortest():
    assert JpegEncoding.parse("jpeg075-420").name == "jpeg75"
    assert JpegEncoding.parse("java_jpeg.50").name == "java_jpeg0.5"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("jpeg0", "quality is 0; Pillow's is a whole number, 1 to 100"),
        ("jpeg101", "quality is 101"),
        ("jpeg75-411", "subsampling is '4:1:1'"),
        ("jpeg", "'jpeg'; examples: jpeg75"),
        ("jpeg٧٥", "examples"),
        ("png", "examples"),
        ("java_jpeg75", r"quality is 75\.0; Java's is between 0 and 1"),
        ("java_jpeg0.9-444", "examples"),
        ("", "examples"),
    ],
)
def test_refused_text(text, message):
    with pytest.raises(InputError, match=message):
        JpegEncoding.parse(text)


def test_refused_settings():
    with pytest.raises(InputError, match="always writes 4:2:0"):
        JpegEncoding(0.5, "4:4:4", "java")
    with pytest.raises(InputError, match="encoder is 'turbo'"):
        JpegEncoding(75, encoder="turbo")
    with pytest.raises(InputError, match=r"quality is 75\.5"):
        JpegEncoding(75.5)
    with pytest.raises(InputError, match="quality is nan"):
        JpegEncoding(float("nan"), encoder="java")


@pytest.mark.parametrize("text", ["jpeg75", "jpeg30", "jpeg90-444", "jpeg60-422"])
def test_pillow(text):
    encoding = JpegEncoding.parse(text)
    buffer = io.BytesIO()
    Image.fromarray(IMAGE).save(buffer, "JPEG", quality=int(encoding.quality), subsampling=encoding.subsampling)
    assert encode_jpeg(IMAGE, encoding) == buffer.getvalue()
    result = reencode(IMAGE, encoding)
    np.testing.assert_array_equal(result, np.array(Image.open(buffer)))
    assert result.flags.writeable
    assert 0 < np.abs(result.astype(int) - IMAGE).mean() < 12


def test_default_is_pillows():
    buffer = io.BytesIO()
    Image.fromarray(IMAGE).save(buffer, "JPEG")
    np.testing.assert_array_equal(reencode(IMAGE), np.array(Image.open(buffer)))


def test_java_tables_are_libjpegs_from_a_half_on_but_at_85():
    """Known of the JDK: 100 q gives the same tables, except at 0.85, and mostly not below 0.5."""
    differing = []
    for percent in range(1, 101):
        ours = Image.open(io.BytesIO(encode_jpeg(IMAGE[:16, :16], JpegEncoding(percent / 100, encoder="java"))))
        theirs = Image.open(io.BytesIO(encode_jpeg(IMAGE[:16, :16], JpegEncoding(percent))))
        if ours.quantization != theirs.quantization:
            differing.append(percent)
    assert [percent for percent in differing if percent >= 50] == [85]
    assert len([percent for percent in differing if percent < 50]) == 34


def test_java_tables_at_the_ends():
    assert java_tables(1) == [[1] * 64, [1] * 64]
    assert java_tables(0) == java_tables(0.01) == [[255] * 64, [255] * 64]


def test_java_default_gives_pillows_pixels():
    np.testing.assert_array_equal(reencode(IMAGE, JAVA_DEFAULT), reencode(IMAGE, JpegEncoding(75)))


def test_bad_images():
    with pytest.raises(InputError, match="dtype float64"):
        reencode(IMAGE / 255)
    with pytest.raises(InputError, match="at most 65500 px"):
        reencode(np.zeros((65_501, 1, 3), np.uint8))
