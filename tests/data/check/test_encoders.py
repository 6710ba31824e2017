"""Who wrote a JPEG: files of known encoders at known qualities."""

import pytest

from robustfashion.data.check import encoders
from robustfashion.data.check.encoders import Encoder, encoder_of, scaled
from robustfashion.data.check.jpeg import read_header
from robustfashion.resize.reencode import java_tables
from tests.data.images import encoded, picture
from tests.resize.jdk import Jdk, write_raw

JAVA_MARK = (b"JFIF\0\x01\x01", b"JFIF\0\x01\x02")


@pytest.mark.parametrize("quality", range(1, 101))
def test_quality_of_pillow(quality):
    assert encoder_of(read_header(encoded(picture(16, 16), quality=quality))) == Encoder(encoders.LIBJPEG, quality, True)


def test_gray_and_cmyk():
    assert encoder_of(read_header(encoded(picture(16, 16), mode="L", quality=83))) == Encoder(encoders.LIBJPEG, 83, True)
    assert encoder_of(read_header(encoded(picture(16, 16), mode="CMYK", quality=40))).quality == 40


def test_opencv():
    import cv2

    data = cv2.imencode(".jpg", picture(16, 16), [cv2.IMWRITE_JPEG_QUALITY, 64])[1].tobytes()
    assert encoder_of(read_header(data)) == Encoder(encoders.LIBJPEG, 64, True)


def test_java_by_its_jfif_version():
    data = encoded(picture(16, 16), quality=75).replace(*JAVA_MARK)
    assert encoder_of(read_header(data)) == Encoder(encoders.JAVA, 75, True)
    for percent in (12, 37, 81):
        data = encoded(picture(16, 16), qtables=java_tables(percent / 100)).replace(*JAVA_MARK)
        assert encoder_of(read_header(data)) == Encoder(encoders.JAVA, percent, True)


@pytest.mark.jdk
def test_java_itself(tmp_path):
    jdk = Jdk.compile(tmp_path)
    if jdk is None:
        pytest.skip("no JDK (java, javac) on the PATH")
    raw = write_raw(tmp_path / "picture.raw", picture(29, 37))
    percents = {"default": 75, "0.05": 5, "0.3": 30, "0.49": 49, "0.5": 50, "0.8": 80, "0.95": 95, "1": 100}
    jdk.encode([(raw, quality, tmp_path / f"{quality}.jpg") for quality in percents])
    for quality, percent in percents.items():
        header = read_header((tmp_path / f"{quality}.jpg").read_bytes())
        assert encoder_of(header) == Encoder(encoders.JAVA, percent, True), quality


def test_mozjpeg_and_photoshop():
    table = list(scaled(encoders._ROBIDOUX, 75))
    data = encoded(picture(16, 16), qtables=[table, table])
    assert encoder_of(read_header(data)) == Encoder(encoders.MOZJPEG, 75, True)
    assert encoder_of(read_header(encoded(picture(16, 16), quality="web_high"))).family == encoders.PHOTOSHOP


def test_other_tables_get_the_nearest_quality():
    luminance = [step + 1 for step in scaled(encoders._annex_k()[0], 60)]
    found = encoder_of(read_header(encoded(picture(16, 16), qtables=[luminance, luminance])))
    assert (found.family, found.exact) == (encoders.CUSTOM, False)
    assert 55 <= found.quality <= 60
