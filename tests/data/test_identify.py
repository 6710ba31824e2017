"""identify: the right method for every method, stages and JPEGs, and "none of these" for a resampler it does not know."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from robustfashion.data.identify import Way, identify, joint, verdict
from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.pictures.decode import Decode, decode_bytes
from robustfashion.resize import METHODS, resize
from robustfashion.resize.__main__ import main
from tests.data.images import encoded, picture

TALL = picture(97, 61, seed=4)
OTHER = picture(83, 118, seed=5)


def _png(image):
    return encoded(image, "PNG")


def _exact(original, result, **options):
    return [match.way for match in identify(original, result, **options) if match.exact]


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_named(method):
    pairs = [identify(_png(image), _png(resize(image, size, method))) for image, size in ((TALL, (29, 23)), (OTHER, (31, 40)))]
    matches = joint(pairs)
    assert Way(method, ("resize",)) in [match.way for match in matches if match.exact]
    assert "exact" in verdict(matches)


def test_enlarged():
    way = Way("java2d.bicubic", ("resize",))
    assert way in _exact(_png(TALL), _png(resize(TALL, (150, 101), "java2d.bicubic")))


@pytest.mark.parametrize(
    ("options", "stages"),
    [({"canvas": 97}, ("pad", "resize")), ({"canvas": 50}, ("fit50", "resize")), ({"canvas": 120}, ("pad120", "resize"))],
)
def test_canvas(options, stages):
    result = Preprocessing("java2d.bilinear", canvas=options["canvas"], size=32).apply(TALL)
    assert Way("java2d.bilinear", stages) in _exact(_png(TALL), _png(result), canvases=(50, 120))
    assert all(way.stages == stages for way in _exact(_png(TALL), _png(result), canvases=(50, 120)))


def test_crop_and_letterbox():
    cover = resize(OTHER, (30, 42), "pillow.bicubic")[:, 6:36]
    assert Way("pillow.bicubic", ("resize", "crop")) in _exact(_png(OTHER), _png(cover))
    square = resize(np.ascontiguousarray(OTHER[:, 18:101]), (30, 30), "pillow.bicubic")
    assert Way("pillow.bicubic", ("crop", "resize")) in _exact(_png(OTHER), _png(square))
    box = np.full((30, 30, 3), 255, np.uint8)
    box[4:25] = resize(OTHER, (21, 30), "opencv.area")
    assert Way("opencv.area", ("resize", "pad")) in _exact(_png(OTHER), _png(box))


@pytest.mark.parametrize(("quality", "name"), [(75, "jpeg75"), (91, "jpeg91"), (60, "jpeg60")])
def test_result_is_a_jpeg(quality, name):
    result = encoded(resize(TALL, (41, 29), "java2d.bilinear"), "JPEG", quality=quality)
    assert Way("java2d.bilinear", ("resize", name)) in _exact(_png(TALL), result)


def test_jpeg_in_between_that_the_file_does_not_show():
    result = Preprocessing.parse("java2d.bilinear+jpeg85", canvas=97, size=48).apply(TALL)
    assert Way("java2d.bilinear", ("pad", "resize", "jpeg85")) in _exact(_png(TALL), _png(result))


def test_turned_by_exif():
    exif = Image.Exif()
    exif[0x0112] = 6
    original = encoded(TALL, "JPEG", exif=exif)
    upright = decode_bytes(original, Decode(exif_orientation=True))
    assert upright.shape == (61, 97, 3)
    assert _exact(original, _png(resize(upright, (20, 33), "opencv.linear"))) == [Way("opencv.linear", ("exif", "resize"))]


def test_thumbnail_with_draft():
    original = encoded(picture(640, 480, seed=3), "JPEG")
    with Image.open(io.BytesIO(original)) as image:
        image.thumbnail((64, 64))
        result = _png(np.asarray(image))
    assert any(way == Way("pillow.bicubic_gap2", ("draft", "resize")) for way in _exact(original, result))


def test_unknown_resampler_is_none_of_these():
    linear = (TALL / 255.0) ** 2.2  # gamma-correct box: no method here does that
    small = linear[:96, :60].reshape(32, 3, 20, 3, 3).mean((1, 3)) ** (1 / 2.2)
    matches = identify(_png(TALL[:96, :60].copy()), _png((small * 255 + 0.5).astype(np.uint8)))
    assert not any(match.exact for match in matches)
    assert verdict(matches).startswith("none of these")


def test_order_and_joint():
    first = identify(_png(TALL), _png(resize(TALL, (29, 23), "java2d.bilinear")))
    means = [match.mean_difference for match in first]
    assert means == sorted(means) and first[0].exact
    second = identify(_png(OTHER), _png(resize(OTHER, (29, 23), "opencv.area")))
    both = joint([first, second])
    assert not any(match.exact for match in both) and joint([]) == []
    ours = next(match for match in both if match.way == Way("java2d.bilinear", ("resize",)))
    alone = next(match for match in second if match.way == ours.way)
    assert (ours.differing_pixels, ours.max_difference) == (alone.differing_pixels, alone.max_difference)
    assert ours.pixels == 2 * 29 * 23 and ours.mean_difference == pytest.approx(alone.mean_difference / 2)


def test_bad_input():
    with pytest.raises(InputError, match="result"):
        identify(_png(TALL), b"text")
    with pytest.raises(InputError, match="canvas is 0"):
        identify(_png(TALL), _png(TALL), canvases=(0,))


def test_command(tmp_path, capsys):
    for name, image in (("a", TALL), ("b", OTHER)):
        for folder, pixels, suffix in (
            ("before", image, ".png"),
            ("after", resize(image, (29, 23), "java2d.bicubic"), ".png" if name == "a" else ".png.png"),
        ):
            (tmp_path / folder / "sub").mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / "sub" / f"{name}{suffix}").write_bytes(_png(pixels))
    (tmp_path / "before" / "c.jpg").write_bytes(b"")
    (tmp_path / "after" / "c.png").write_bytes(_png(TALL))
    main(["identify", str(tmp_path / "before"), str(tmp_path / "after")])
    out, err = capsys.readouterr()
    assert "exact: java2d.bicubic (resize)" in out and "2 pairs, 1 left out" in out and "c.jpg" in err
    main(["identify", str(tmp_path / "before/sub/a.png"), str(tmp_path / "after/sub/a.png"), "--json"])
    best = json.loads(capsys.readouterr().out)[0]
    assert best["method"] == "java2d.bicubic" and best["differing_pixels"] == best["max_difference"] == 0
    assert best["stages"] == ["resize"]
    (tmp_path / "after" / "c.png").unlink()
    (tmp_path / "after" / "c.png").symlink_to("nowhere.png")
    (tmp_path / "before" / "d.png").write_bytes(_png(TALL))
    main(["identify", str(tmp_path / "before"), str(tmp_path / "after")])
    out, err = capsys.readouterr()
    assert "(2 pairs, 2 left out)" in out and "c.png: a link whose target" in err and "1 without a result: d.png" in err


def test_every_way_is_tried_where_nothing_is_passed_over(tmp_path, capsys):
    """A result of another picture: nothing is near; the quick look leaves methods out, `every` none."""
    original, result = _png(TALL[:40, :33]), _png(resize(OTHER, (15, 11), "pillow.box"))
    quick, every = identify(original, result), identify(original, result, every=True)
    ways = {match.way: match for match in every}
    assert {way.method for way in ways} == set(METHODS) and len(every) > len(quick)
    plain = [match for match in quick if "jpeg" not in match.way.stages[-1]]  # JPEGs are tried behind the nearest
    assert plain and all(ways[match.way].differing_pixels == match.differing_pixels for match in plain)
    (tmp_path / "a.png").write_bytes(original)
    (tmp_path / "b.png").write_bytes(result)
    for more in ([], ["--all"]):
        main(["identify", str(tmp_path / "a.png"), str(tmp_path / "b.png"), *more])
        assert ("--all also tries" in capsys.readouterr().out) == (not more)


@pytest.mark.parametrize(
    ("files", "message"), [(["a.png"], "1 files"), (["a.png", "none.png"], "no such file"), ([".", "empty"], "no pictures")]
)
def test_command_bad_input(files, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.png").write_bytes(_png(TALL))
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit) as end:
        main(["identify", *files])
    assert end.value.code == 2 and message in capsys.readouterr().err
