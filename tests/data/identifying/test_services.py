"""Thumbnails as other programs make them: torchvision, timm, Pillow's ImageOps, their roundings, gray and transparency."""

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps
from timm.data import create_transform
from torchvision.transforms import v2
from torchvision.transforms.functional import InterpolationMode

from robustfashion.data.identify import Way, identify, joint, verdict
from robustfashion.data.preprocess import Preprocessing
from robustfashion.resize import resize
from robustfashion.resize.alpha import resize_rgba
from tests.data.images import encoded, picture

TALL, WIDE = picture(181, 127, seed=4), picture(118, 163, seed=5)
BICUBIC = Image.Resampling.BICUBIC


def _explained(original, result, **options):
    """Exact ways by method and stages."""
    data = original if isinstance(original, bytes) else encoded(original, "PNG")
    return [match.way for match in identify(data, encoded(result, "PNG"), **options) if match.exact]


def _found(method, stages, ways):
    return next((way for way in ways if (way.method, way.stages) == (method, stages)), None)


@pytest.mark.parametrize("image", [TALL, WIDE])
@pytest.mark.parametrize(("side", "crop"), [(73, 64), (67, 64), (64, 64), (61, 48), (79, 64)])
def test_torchvision(image, side, crop):
    transform = v2.Compose([v2.Resize(side, InterpolationMode.BILINEAR), v2.CenterCrop(crop)])
    way = _found("pillow.bilinear", ("resize", "crop"), _explained(image, np.asarray(transform(Image.fromarray(image)))))
    assert way is not None and way.preprocessing == f"pillow.bilinear+shorter={side}+crop={crop}"
    assert way.side == (side if side != crop else None)


@pytest.mark.parametrize("mode", ["center", "squash", "border"])
@pytest.mark.parametrize("crop_pct", [0.875, 0.9, 0.95, 1.0])
def test_timm_and_the_preprocessing_that_is_named(mode, crop_pct):
    config = {"input_size": (3, 64, 64), "interpolation": "bicubic", "crop_pct": crop_pct, "crop_mode": mode}
    transform = create_transform(is_training=False, normalize=False, **config)
    result = np.asarray(transform(Image.fromarray(WIDE))).transpose(1, 2, 0)
    named = [way.preprocessing for way in _explained(WIDE, result) if way.method == "pillow.bicubic"]
    assert any(text and np.array_equal(Preprocessing.parse(text, size=64).apply(WIDE), result) for text in named)


def test_clip_of_hugging_face_rounds_the_offset_down():
    whole = Image.fromarray(TALL).resize((64, 91), BICUBIC)  # 181 * 64 / 127 = 91.2; of 27 px 13 are above
    ways = _explained(TALL, np.asarray(whole.crop((0, 13, 64, 77))))
    assert _found("pillow.bicubic", ("resize", "crop_floor"), ways) and not any(way.preprocessing for way in ways)


@pytest.mark.parametrize("size", [(64, 64), (72, 50)])
def test_image_ops(size):
    image = Image.fromarray(WIDE)
    fit = ImageOps.fit(image, size, Image.Resampling.LANCZOS)
    assert _found("pillow.lanczos", ("fit",), _explained(WIDE, np.asarray(fit)))
    for colour, tone in (("white", ""), ("black", "=black"), ("#fdfdfd", "=#fdfdfd"), ((128, 128, 128), "=gray")):
        pad = ImageOps.pad(image, size, BICUBIC, color=colour)
        ways = [way for way in _explained(WIDE, np.asarray(pad)) if way.method == "pillow.bicubic"]
        assert any(way.stages[0] == "resize" and way.stages[1].startswith("pad") and way.stages[1].endswith(tone) for way in ways)
    jpeg = encoded(ImageOps.pad(image, size, BICUBIC, color="black"), "JPEG", quality=88)
    found = [match.way for match in identify(encoded(WIDE, "PNG"), jpeg) if match.exact]
    assert any(way.stages[-1] == "jpeg88" and "=black" in way.stages[1] for way in found)


@pytest.mark.parametrize(("left", "suffix"), [(9, ""), (10, "_ceil"), (0, "_topleft"), (19, "_bottomright")])
def test_odd_padding_on_either_side(left, suffix):
    small = resize(TALL, (64, 45), "java2d.bilinear")
    result = np.zeros((64, 64, 3), np.uint8)
    result[:, left : left + 45] = small
    assert _found("java2d.bilinear", ("resize", f"pad{suffix}=black"), _explained(TALL, result))


def test_canvas_of_a_colour_with_the_odd_pixel_above():
    canvas = np.full((163, 163, 3), (10, 200, 30), np.uint8)
    canvas[23:141] = WIDE  # 45 px are free: 23 above, 22 below
    result = resize(canvas, (70, 70), "opencv.area")
    assert _found("opencv.area", ("pad_ceil=#0ac81e", "resize"), _explained(WIDE, result))


def test_gray():
    image = Image.fromarray(TALL)
    first = image.convert("L").resize((50, 70), BICUBIC).convert("RGB")
    assert _found("pillow.bicubic", ("gray", "resize"), _explained(TALL, np.asarray(first)))
    after = image.resize((50, 70), BICUBIC).convert("L")
    assert _found("pillow.bicubic", ("resize", "gray"), _explained(TALL, np.asarray(after.convert("RGB"))))
    small = cv2.resize(cv2.cvtColor(TALL, cv2.COLOR_RGB2GRAY), (50, 70), interpolation=cv2.INTER_AREA)
    assert _found("opencv.area", ("gray_opencv", "resize"), _explained(TALL, np.repeat(small[:, :, None], 3, axis=2)))


@pytest.fixture(scope="module")
def veiled():
    alpha = np.clip(np.hypot(*(np.mgrid[:181, :127] - np.array([90, 63])[:, None, None])) * 4 - 60, 0, 255)
    return np.dstack([TALL, alpha.astype(np.uint8)])


@pytest.mark.parametrize("colour", ["white", "black"])
def test_transparent_before_and_after(veiled, colour):
    original, image = encoded(veiled, "PNG"), Image.fromarray(veiled)
    flat = Image.new("RGB", image.size, colour)
    flat.paste(image, mask=image.getchannel("A"))
    before = () if colour == "white" else ("on_black",)
    ways = _explained(original, np.asarray(flat.resize((50, 70), BICUBIC)))
    assert _found("pillow.bicubic", (*before, "resize"), ways)
    small = image.resize((50, 70), BICUBIC)
    laid = Image.new("RGB", small.size, colour)
    laid.paste(small, mask=small.getchannel("A"))
    assert _found("pillow.bicubic", ("resize", f"on_{colour}"), _explained(original, np.asarray(laid)))
    java = Image.fromarray(resize_rgba(veiled, (70, 50), "java2d.bilinear"))
    laid = Image.new("RGB", java.size, colour)
    laid.paste(java, mask=java.getchannel("A"))
    assert _found("java2d.bilinear", ("resize", f"on_{colour}"), _explained(original, np.asarray(laid)))


def test_transparency_that_is_dropped(veiled):
    result = Image.fromarray(veiled).convert("RGB").resize((50, 70), BICUBIC)
    assert _found("pillow.bicubic", ("no_alpha", "resize"), _explained(encoded(veiled, "PNG"), np.asarray(result)))


def test_pairs_share_the_side_and_not_the_size():
    def pair(image, side, crop):
        """Ways of one picture."""
        result = Preprocessing.parse(f"opencv.area+shorter={side}+crop={crop}").apply(image)
        return identify(encoded(image, "PNG"), encoded(result, "PNG"))

    same = joint([pair(TALL, 73, 64), pair(WIDE, 73, 64)])
    assert Way("opencv.area", ("resize", "crop"), 73) in [match.way for match in same if match.exact]
    other = joint([pair(TALL, 73, 64), pair(WIDE, 70, 64)])
    assert not any(match.exact for match in other)
    sizes = joint([pair(TALL, 64, 64), pair(WIDE, 48, 48)])
    whole = next(match for match in sizes if match.exact and match.way == Way("opencv.area", ("resize", "crop")))
    assert whole.way.preprocessing is None and whole.to_dict()["preprocessing"] is None


def test_what_was_not_tried_is_said():
    crop = resize(np.ascontiguousarray(TALL[3:150, 10:120]), (60, 45), "pillow.bicubic")
    text = verdict(identify(encoded(TALL, "PNG"), encoded(crop, "PNG")))
    assert text.startswith("none of these") and "not tried: crops off the centre" in text and "colour profiles" in text
