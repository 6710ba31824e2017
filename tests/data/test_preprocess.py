"""The paper's preprocessing: geometry, options, names."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from robustfashion.data.preprocess import Preprocessing, pad_white
from robustfashion.errors import InputError
from robustfashion.pictures.decode import Decode, decode_bytes, fitted_size
from robustfashion.resize import resize
from tests.data.images import encoded, picture, put


@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 600))
@settings(max_examples=200, deadline=None)
def test_fitted_size(height, width, canvas):
    got = fitted_size(height, width, canvas)
    longest = max(height, width)
    if longest <= canvas:
        assert got == (height, width)
    else:
        assert max(got) == canvas
        for side, new in zip((height, width), got, strict=True):
            exact = side * canvas / longest
            assert new == max(1, int(np.floor(exact + 0.5))) or abs(exact + 0.5 - round(exact + 0.5)) < 1e-9


@pytest.mark.parametrize(
    ("size", "canvas", "want"),
    [
        ((400, 534), 500, (375, 500)),
        ((711, 400), 500, (500, 281)),
        ((1, 3000), 500, (1, 500)),
        ((8, 5), 4, (4, 3)),
        ((5, 8), 8, (5, 8)),
    ],
)
def test_fitted_size_rounds_half_up(size, canvas, want):
    assert fitted_size(*size, canvas) == want


@given(st.integers(1, 20), st.integers(1, 20), st.integers(20, 33))
@settings(max_examples=80, deadline=None)
def test_padding_keeps_the_picture_in_the_middle_of_white(height, width, canvas):
    image = picture(height, width)
    padded = pad_white(image, canvas)
    assert padded.shape == (canvas, canvas, 3)
    left, top = (canvas - width) // 2, (canvas - height) // 2
    np.testing.assert_array_equal(padded[top : top + height, left : left + width], image)
    assert (padded == 255).sum() - (image == 255).sum() == 3 * (canvas * canvas - height * width)
    assert 0 <= (canvas - width - left) - left <= 1
    assert 0 <= (canvas - height - top) - top <= 1


def test_padding_cannot_shrink():
    with pytest.raises(InputError, match="picture of 9 x 4 px does not fit a canvas of 8 px"):
        pad_white(picture(9, 4), 8)


@pytest.mark.parametrize(("height", "width"), [(61, 47), (40, 40), (90, 31), (31, 200)])
@pytest.mark.parametrize("fit", [None, "pillow.nearest"])
def test_apply_is_fit_pad_resize(height, width, fit):
    image = picture(height, width)
    got = Preprocessing("pillow.bicubic", fit, canvas=60, size=22).apply(image)
    fitted = image if max(height, width) <= 60 else resize(image, fitted_size(height, width, 60), fit or "pillow.bicubic")
    want = resize(pad_white(fitted, 60), (22, 22), "pillow.bicubic")
    np.testing.assert_array_equal(got, want)
    assert got.shape == (22, 22, 3)
    assert got.dtype == np.uint8


def test_pillow_side_is_pillow():
    image = picture(120, 83)
    fitted = Image.fromarray(image).resize((42, 60), Image.Resampling.BILINEAR)  # 83 * 60 / 120 = 41.5
    canvas = Image.new("RGB", (60, 60), "white")
    canvas.paste(fitted, (9, 0))
    want = canvas.resize((22, 22), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(Preprocessing(canvas=60, size=22).apply(image), np.asarray(want))


def _through_jpeg(image, quality=75):
    return np.asarray(Image.open(io.BytesIO(encoded(image, quality=quality))))


def test_reencoding_comes_last_or_at_the_canvas():
    image = picture(50, 41)
    plain = Preprocessing.parse("pillow.bilinear", canvas=60, size=22)
    last = Preprocessing.parse("pillow.bilinear+jpeg75", canvas=60, size=22).apply(image)
    np.testing.assert_array_equal(last, _through_jpeg(plain.apply(image)))
    stored = Preprocessing.parse("pillow.bilinear+jpeg75@canvas", canvas=60, size=22).apply(image)
    np.testing.assert_array_equal(stored, resize(_through_jpeg(pad_white(image, 60)), (22, 22), "pillow.bilinear"))


def test_decoding_options_reach_the_file(tmp_path):
    exif = Image.Exif()
    exif[274] = 6
    data = encoded(picture(400, 300), exif=exif)
    (tmp_path / "a.jpg").write_bytes(data)
    settings_ = Preprocessing.parse("pillow.bilinear+exif+draft", canvas=90, size=22)
    assert settings_.decode == Decode(exif_orientation=True, draft=90)
    want = settings_.apply(decode_bytes(data, Decode(exif_orientation=True, draft=90)))
    np.testing.assert_array_equal(settings_.load(tmp_path / "a.jpg"), want)
    np.testing.assert_array_equal(settings_.load_bytes(data), want)
    assert (want != Preprocessing.parse("pillow.bilinear", canvas=90, size=22).load(tmp_path / "a.jpg")).any()


@pytest.mark.parametrize(
    "text",
    [
        "pillow.bilinear",
        "java2d.bilinear+jpeg75",
        "java2d.bilinear+jpeg90@canvas",
        "java2d.bilinear+fit=pillow.bicubic+jpeg75+exif+draft",
        "opencv.linear+draft320",
        "opencv.linear+exif",
        "java_image.smooth+java_jpeg0.75",
    ],
)
def test_names_round_trip(text):
    settings_ = Preprocessing.parse(text, canvas=300, size=96)
    assert settings_.name == text
    assert Preprocessing.parse(settings_.name, canvas=300, size=96) == settings_


def test_one_spelling():
    assert Preprocessing.parse("pillow.bilinear+jpeg075-420").name == "pillow.bilinear+jpeg75"
    assert Preprocessing.parse("pillow.bilinear+java_jpeg0.750@canvas").name == "pillow.bilinear+java_jpeg0.75@canvas"


def test_order_of_options_does_not_matter():
    one, two = (Preprocessing.parse(t) for t in ("pillow.bilinear+exif+jpeg75", "pillow.bilinear+jpeg75+exif"))
    assert one == two
    assert one.digest() == two.digest()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pillow.wobbly", r"unknown resize method 'pillow\.wobbly'; did you mean pillow\.\w+"),
        ("", "unknown resize method ''"),
        ("pillow.bilinear+", r"preprocessing 'pillow\.bilinear\+': .*; options are a JPEG encoding"),
        ("pillow.bilinear+fit=nope", "unknown resize method 'nope'"),
        ("pillow.bilinear+gif", r"preprocessing 'pillow\.bilinear\+gif': .*'gif'.*; options are a JPEG encoding"),
        ("pillow.bilinear+exif+exif", "exif is given twice"),
        ("pillow.bilinear+jpeg75+jpeg80", "re-encoding is given twice"),
        ("pillow.bilinear+draft0", "draft is 0"),
    ],
)
def test_texts_that_cannot_be_read(text, message):
    with pytest.raises(InputError, match=message):
        Preprocessing.parse(text)


@pytest.mark.parametrize("sides", [{"canvas": 0}, {"size": 0}, {"size": -3}, {"canvas": 10_000}])
def test_sides_are_checked(sides):
    with pytest.raises(InputError, match=next(iter(sides))):
        Preprocessing(**sides)


def test_digest_sees_everything_that_changes_pixels(monkeypatch):
    texts = ["pillow.bilinear", "pillow.bicubic", "pillow.bilinear+fit=pillow.bicubic", "pillow.bilinear+jpeg75"]
    texts += ["pillow.bilinear+jpeg75@canvas", "pillow.bilinear+exif", "pillow.bilinear+draft"]
    digests = [Preprocessing.parse(text).digest() for text in texts]
    digests += [Preprocessing(canvas=400).digest(), Preprocessing(size=96).digest()]
    assert len(set(digests)) == len(digests)
    assert Preprocessing("pillow.bilinear", "pillow.bilinear").digest() == digests[0]
    monkeypatch.setattr("robustfashion.data.preprocess.decoder_versions", lambda: {"Pillow": "another"})
    assert Preprocessing().digest() != digests[0]


def test_load_names_the_file(tmp_path):
    put(tmp_path / "a.jpg").write_bytes(b"")
    with pytest.raises(InputError, match=r"a\.jpg: zero bytes"):
        Preprocessing().load(tmp_path / "a.jpg")
