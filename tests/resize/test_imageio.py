"""Files that Java's ImageIO reads otherwise than Pillow does, case by case as docs/resizers.md lists them."""

import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from robustfashion.pictures.decode import Decode
from robustfashion.pictures.reading import decode_file
from tests.resize.images import CASES

pytestmark = pytest.mark.jdk

IMAGE = next(case for case in CASES if case.content == "garment" and case.height > 200).image()


def save(path, image=IMAGE, **options):
    Image.fromarray(image).save(path, "JPEG", quality=90, **options)
    return path


def decoded(jdk, path):
    (pixels,) = jdk.decode([path])
    return pixels


def painted(jdk, path):
    (pixels,) = jdk.paint([path])
    return pixels


def curve(values):
    """An ICC ``curv`` of these 16-bit values."""
    return b"curv" + bytes(4) + struct.pack(f">I{len(values)}H", len(values), *values)


def matrix_profile(colorants, white, values):
    """A display profile of three colorants (in 1/65536) and one tone curve."""
    tags = {b"wtpt": b"XYZ " + bytes(4) + struct.pack(">3i", *white)}
    for name, colorant in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True):
        tags[name] = b"XYZ " + bytes(4) + struct.pack(">3i", *colorant)
    for name in (b"rTRC", b"gTRC", b"bTRC"):
        tags[name] = curve(values)
    for name in (b"desc", b"cprt"):
        tags[name] = b"text" + bytes(4) + b"test\0"
    tags[b"desc"] = b"desc" + bytes(4) + struct.pack(">I", 5) + b"test\0" + bytes(78)
    offset, table, data = 132 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        content += bytes(-len(content) % 4)
        table += name + struct.pack(">II", offset + len(data), len(content))
        data += content
    header = struct.pack(">I4sI4s4s4s", offset + len(data), bytes(4), 0x02300000, b"mntr", b"RGB ", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061) + bytes(48)
    return header + struct.pack(">I", len(tags)) + table + data


def srgb_decoded(u):
    return np.where(u <= 0.04045, u / 12.92, ((u + 0.055) / 1.055) ** 2.4)


JAVA_SRGB = matrix_profile(
    [(28564, 14574, 912), (25253, 46992, 6366), (9373, 3971, 46782)],
    (62269, 65536, 71320),
    np.rint(65535 * srgb_decoded(np.arange(1024) / 1023)).astype(int).tolist(),
)
WIDE = matrix_profile(
    [(39976, 20398, 1275), (13453, 41023, 3981), (9766, 4115, 48804)],
    (63190, 65536, 54061),
    np.rint(65535 * (np.arange(256) / 255) ** 2.2).astype(int).tolist(),
)


def test_orientation_is_ignored(jdk, tmp_path):
    exif = Image.Exif()
    exif[274] = 6
    path = save(tmp_path / "a.jpg", exif=exif)
    np.testing.assert_array_equal(decoded(jdk, path), decode_file(path, Decode(exif_orientation=False)))
    assert decode_file(path, Decode(exif_orientation=True)).shape == (IMAGE.shape[1], IMAGE.shape[0], 3)


def test_profile_is_applied(jdk, tmp_path):
    """Pillow and OpenCV hand out the values of the file; converted to Java's sRGB by Little CMS they are Java's."""
    path = save(tmp_path / "a.jpg", icc_profile=WIDE)
    raw, java = decode_file(path), decoded(jdk, path)
    assert np.abs(raw.astype(int) - java).max() > 20
    profiles = [ImageCms.ImageCmsProfile(io.BytesIO(profile)) for profile in (WIDE, JAVA_SRGB)]
    with Image.open(path) as image:
        converted = ImageCms.profileToProfile(image, *profiles, renderingIntent=0, outputMode="RGB")
    np.testing.assert_array_equal(np.asarray(converted), java)


def test_profile_that_is_srgb_changes_little(jdk, tmp_path):
    path = save(tmp_path / "a.jpg", icc_profile=JAVA_SRGB)
    assert np.abs(decode_file(path).astype(int) - decoded(jdk, path)).max() <= 1


def test_cmyk(jdk, tmp_path):
    """Pillow multiplies (1 - C)(1 - K); Java puts that through the sRGB curve."""
    Image.fromarray(IMAGE).convert("CMYK").save(tmp_path / "a.jpg", quality=90)
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.mode == "CMYK"
        inks = np.asarray(image) / 255
    linear = (1 - inks[:, :, :3]) * (1 - inks[:, :, 3:])
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    java = painted(jdk, tmp_path / "a.jpg")
    np.testing.assert_array_equal(np.floor(255 * encoded + 0.5).astype(np.uint8), java)
    assert np.abs(decode_file(tmp_path / "a.jpg").astype(int) - java).max() > 50


def test_chroma_of_half_height(jdk, tmp_path):
    """4:4:0: with the system's libjpeg-turbo (Debian) as Pillow, with the bundled libjpeg 6b otherwise."""
    factor = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_440
    cv2.imwrite(str(tmp_path / "a.jpg"), IMAGE[:, :, ::-1], [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor])
    own, java = decode_file(tmp_path / "a.jpg"), decoded(jdk, tmp_path / "a.jpg")
    if "Debian" in jdk.version:
        np.testing.assert_array_equal(own, java)
    else:
        assert np.abs(own.astype(int) - java).max() <= 60


def test_gray(jdk, tmp_path):
    """One band, read as it is, and copied by drawImage; what else Java does to it is in test_gray_and_alpha.py."""
    Image.fromarray(IMAGE).convert("L").save(tmp_path / "a.jpg", quality=90)
    own = decode_file(tmp_path / "a.jpg")
    np.testing.assert_array_equal(own, decoded(jdk, tmp_path / "a.jpg"))
    np.testing.assert_array_equal(own, painted(jdk, tmp_path / "a.jpg"))


def test_alpha_cannot_be_written_as_jpeg(jdk, tmp_path):
    from robustfashion.resize.oracle.jdk import write_raw

    raw = write_raw(tmp_path / "a.rgba", np.full((8, 9, 4), 200, np.uint8))
    with pytest.raises(Exception, match="non-zero exit status"):
        jdk.encode([(raw, "default", tmp_path / "a.jpg")])
    assert not (tmp_path / "a.jpg").exists() or (tmp_path / "a.jpg").stat().st_size == 0
