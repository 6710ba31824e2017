"""Policies beside the canvas: texts, and every pixel of timm's and torchvision's evaluation transforms."""

import numpy as np
import pytest
from PIL import Image, ImageOps
from timm.data import create_transform
from torchvision.transforms import v2
from torchvision.transforms._presets import ImageClassification
from torchvision.transforms.functional import InterpolationMode

from robustfashion.data.policy import COLOURS, Policy, colour_name, parse_colour
from robustfashion.data.preprocess import Preprocessing
from robustfashion.data.timm_transform import preprocessing_of
from robustfashion.errors import InputError
from robustfashion.resize import resize
from tests.data.images import picture

SHAPES = [(97, 61), (61, 98), (80, 80), (33, 200), (301, 47), (23, 19), (1, 5), (640, 481)]
"""Tall, wide, square, narrow, tiny: reduced and enlarged."""


def _timm(image, **config):
    transform = create_transform(is_training=False, normalize=False, **config)
    return np.asarray(transform(Image.fromarray(image))).transpose(1, 2, 0)


@pytest.mark.parametrize("mode", ["center", "squash", "border"])
@pytest.mark.parametrize("crop_pct", [0.875, 0.9, 0.95, 1.0, 1.2])
@pytest.mark.parametrize(("interpolation", "size"), [("bicubic", 48), ("bilinear", 37), ("lanczos", 64), ("nearest", 29)])
def test_timm(mode, crop_pct, interpolation, size):
    config = {"input_size": (3, size, size), "interpolation": interpolation, "crop_pct": crop_pct, "crop_mode": mode}
    ours = preprocessing_of(config | {"mean": (0.485, 0.456, 0.406), "architecture": "other fields do no harm"})
    assert Preprocessing.parse(ours.name, size=size) == ours
    for seed, (height, width) in enumerate(SHAPES):
        image = picture(height, width, seed)
        np.testing.assert_array_equal(ours.apply(image), _timm(image, **config), err_msg=f"{height} x {width}")


def test_timm_defaults():
    image = picture(301, 222)
    np.testing.assert_array_equal(
        preprocessing_of({}).apply(image), _timm(image, input_size=(3, 224, 224), interpolation="bicubic")
    )
    assert preprocessing_of({"crop_pct": None, "interpolation": ""}).name == "pillow.bicubic+shorter=256+crop=224"
    config = {"input_size": [3, 224, 224], "test_input_size": [3, 288, 288], "crop_pct": 0.9, "test_crop_pct": 1.0}
    assert preprocessing_of(config).name == "pillow.bicubic+shorter=248+crop=224"
    assert preprocessing_of(config, use_test_size=True).name == "pillow.bicubic+shorter=288+crop=288"
    clip = preprocessing_of({"crop_mode": "border", "mean": (0.48145466, 0.4578275, 0.40821073)})
    assert clip.policy is not None and clip.policy.fill == (123, 117, 104)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"input_size": (3, 224, 320)}, r"input_size is \[3, 224, 320\], which is not square"),
        ({"input_size": (1, 224, 224)}, "1 channels"),
        ({"input_size": 224}, r"expected \(channels, height, width\)"),
        ({"interpolation": "random"}, "interpolation is 'random'; known are nearest, box"),
        ({"crop_mode": "edge"}, "crop_mode is 'edge'; known are center, squash, border"),
        ({"crop_pct": "0.9"}, "crop_pct is '0.9'"),
        ({"crop_pct": -1}, "crop_pct is -1"),
        ({"crop_mode": "border", "mean": (120, 110, 100)}, r"mean is \(120, 110, 100\)"),
    ],
)
def test_configurations_that_cannot_be_used(config, message):
    with pytest.raises(InputError, match=message):
        preprocessing_of(config)


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
@pytest.mark.parametrize(("side", "crop"), [(58, 48), (48, 48), (41, 53), (47, 36), (30, 31)])
def test_torchvision(interpolation, side, crop):
    mode = InterpolationMode(interpolation)
    preset = ImageClassification(crop_size=crop, resize_size=side, interpolation=mode, mean=(0.0,) * 3, std=(1.0,) * 3)
    plain = v2.Compose([v2.Resize(side, mode), v2.CenterCrop(crop)])
    ours = Preprocessing.parse(f"pillow.{interpolation}+shorter={side}+crop={crop}")
    for seed, (height, width) in enumerate(SHAPES):
        image = picture(height, width, seed)
        got = ours.apply(image)
        np.testing.assert_array_equal(got, np.asarray(plain(Image.fromarray(image))))
        levels = (preset(Image.fromarray(image)) * 255).round().byte().numpy().transpose(1, 2, 0)
        np.testing.assert_array_equal(got, levels)


def test_squash_and_letterbox_are_pillows():
    image, size = picture(120, 88), (48, 48)
    whole = Image.fromarray(image)
    squashed = Preprocessing.parse("pillow.lanczos+squash", size=48).apply(image)
    np.testing.assert_array_equal(squashed, np.asarray(whole.resize(size, Image.Resampling.LANCZOS)))
    for colour, value in (("white", "white"), ("gray", (128, 128, 128)), ("#ff00a1", "#ff00a1")):
        boxed = Preprocessing.parse(f"pillow.bicubic+longer=48+pad={colour}").apply(image)
        theirs = ImageOps.pad(whole, size, Image.Resampling.BICUBIC, color=value)  # of 13 px the odd one goes right in both
        np.testing.assert_array_equal(boxed, np.asarray(theirs))


@pytest.mark.parametrize("method", ["java2d.bilinear", "opencv.area"])
def test_only_the_resizer_differs(method):
    image = picture(97, 61)
    got = Preprocessing.parse(f"{method}+shorter=40+crop=32").apply(image)
    np.testing.assert_array_equal(got, resize(image, (63, 40), method)[16:48, 4:36])  # offsets 15.5 and 4, halves to even


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("pillow.bicubic+shorter=256+crop=224", 224),
        ("pillow.bicubic+shorter=224+crop=224", 224),
        ("java2d.bilinear+shorter=200+crop=224+pad=white+jpeg75+exif", 224),
        ("pillow.bilinear+squash", 224),
        ("pillow.bilinear+squash=256+crop=224", 224),
        ("opencv.area+longer=300+pad=#727272+draft512", 300),
        ("opencv.area+longer=248+crop=224+pad=mean", 224),
    ],
)
def test_names_round_trip(text, size):
    settings = Preprocessing.parse(text)
    assert (settings.name, settings.size) == (text, size)
    assert Preprocessing.parse(settings.name, settings.canvas, settings.size) == settings
    assert Preprocessing.parse(text, canvas=333) == settings, "there is no canvas"
    assert settings.apply(picture(71, 94)).shape == (size, size, 3)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("pillow.bicubic+crop=224+shorter=256", "pillow.bicubic+shorter=256+crop=224"),
        ("pillow.bicubic+exif+pad=#FFFFFF+longer=224+crop=224", "pillow.bicubic+longer=224+pad=white+exif"),
        ("pillow.bicubic+shorter=200+crop=224+pad=#000000", "pillow.bicubic+shorter=200+crop=224"),
        ("pillow.bicubic+squash=224+crop=224", "pillow.bicubic+squash"),
    ],
)
def test_one_spelling(text, same):
    assert Preprocessing.parse(text).name == same
    assert Preprocessing.parse(text).digest() == Preprocessing.parse(same).digest()


def test_size_comes_from_the_text():
    assert Preprocessing.parse("pillow.bicubic+shorter=438+crop=384").size == 384
    assert Preprocessing.parse("pillow.bicubic+squash=96").size == 96
    assert Preprocessing.parse("pillow.bicubic+squash", size=96).size == 96
    assert Preprocessing.parse("pillow.bicubic").size == 224
    with pytest.raises(InputError, match=r"'pillow.bicubic\+shorter=438\+crop=384': its square has 384 px, but size is 224"):
        Preprocessing.parse("pillow.bicubic+shorter=438+crop=384", size=224)


def test_policy_of_texts_that_name_none():
    policy = Preprocessing.parse("pillow.bicubic+shorter=63+crop=48").policy
    kept = Preprocessing.parse("java2d.bilinear+jpeg75", policy=policy)
    assert (kept.name, kept.size) == ("java2d.bilinear+shorter=63+crop=48+jpeg75", 48)
    assert Preprocessing.parse("java2d.bilinear+squash=48", policy=policy).name == "java2d.bilinear+squash"
    with pytest.raises(InputError, match="size is 64, but the square of shorter=63"):
        Preprocessing.parse("java2d.bilinear", size=64, policy=policy)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("shorter=256", r"leaves a picture that is not square; add crop=N"),
        ("crop=224", r"crop= belongs to shorter=N, longer=N or squash"),
        ("pad=white", r"pad= belongs to"),
        ("longer=224", r"add pad=COLOUR: white, black, gray, mean or #rrggbb"),
        ("shorter=256+squash+crop=224", r"shorter and squash contradict each other"),
        ("shorter=256+crop=224+crop=192", r"crop is given twice"),
        ("shorter=256+crop=224+pad=white", r"pad=white means nothing here"),
        ("longer=224+pad=whte", r"colour 'whte' is not known"),
        ("longer=224+pad=#12345", r"colour '#12345' is not known"),
        ("shorter=x+crop=224", r"shorter=x is no side in px"),
        ("shorter=-5+crop=224", r"shorter=-5 is no side in px"),
        ("shorter=0+crop=224", r"shorter is 0"),
        ("shorter=256+crop=9000", r"crop is 9000"),
        ("squash+fit=pillow.box", r"fit=pillow.box is of the canvas, and squash has none"),
        ("squash+jpeg75@canvas", r"jpeg75@canvas is of the canvas"),
        ("squash+draft", r"give the side, as draft512"),
    ],
)
def test_texts_that_cannot_be_read(options, message):
    with pytest.raises(InputError, match=message):
        Preprocessing.parse(f"pillow.bilinear+{options}")


def test_colours():
    for name, value in COLOURS.items():
        assert (parse_colour(name), colour_name(value)) == (value, name)
    assert colour_name(parse_colour("#0a0B0c")) == "#0a0b0c"


def test_digest_sees_the_policy():
    texts = ["", "+shorter=256+crop=224", "+shorter=255+crop=224", "+squash", "+squash=256+crop=224", "+longer=224+pad=white"]
    texts += ["+longer=224+pad=black", "+longer=256+crop=224+pad=black"]
    assert len({Preprocessing.parse(f"pillow.bilinear{text}").digest() for text in texts}) == len(texts)
    with pytest.raises(InputError, match="scaling is 'wider'"):
        Policy("wider", 256, 224)
