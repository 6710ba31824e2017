"""Golden images: what they are, and that their steps are those of the preprocessing."""

from io import BytesIO

import numpy as np
import pytest
import torch
from PIL import Image

from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.classifier import Classifier
from robustfashion.models.golden import IMAGES, image_files, image_set, network_values, observe, pixel_steps, record
from robustfashion.models.golden_record import REFUSED, PixelPrint, block_means
from robustfashion.pictures.decode import Decode, decode_bytes
from tests.models import golden_drawing
from tests.models.samples import NET


def test_the_files_never_change():
    """Checkpoints everywhere know the images by this digest."""
    assert image_set() == "5d1710beeeeca3e7c78af17faff64d6ad52ea912dd535ae04cd9b7583a697458"
    assert tuple(image_files()) == IMAGES and len(IMAGES) == 8


def test_what_the_images_cover():
    opened = {name: Image.open(BytesIO(data)) for name, data in image_files().items()}
    assert {name: image.mode for name, image in opened.items()} == {
        "portrait.jpg": "RGB", "large.jpg": "RGB", "gray.jpg": "L", "oriented.jpg": "RGB", "cmyk.jpg": "CMYK",
        "palette.png": "P", "fine.png": "RGB", "veiled.webp": "RGBA",
    }  # fmt: skip
    assert opened["oriented.jpg"].getexif()[274] == 6
    assert "transparency" in opened["palette.png"].info
    assert "progressive" in opened["large.jpg"].info and min(opened["large.jpg"].size) > 500
    assert len({image.size for image in opened.values()}) == 8 and all(image.width != image.height for image in opened.values())
    assert sum(map(len, image_files().values())) < 80_000


def test_lossless_images_are_the_drawn_ones():
    decoded = {name: decode_bytes(data) for name, data in image_files().items()}
    assert np.array_equal(decoded["fine.png"], golden_drawing.fine())
    numbers = golden_drawing.palette()
    colours = np.array(golden_drawing.palette_colours(), np.uint8).reshape(-1, 3)
    colours[0] = 255  # transparent, laid on white
    assert np.array_equal(decoded["palette.png"], colours[numbers])


@pytest.mark.parametrize("name", ["portrait", "large", "gray", "oriented"])
def test_lossy_images_are_near_the_drawn_ones(name):
    drawn = getattr(golden_drawing, name)().astype(float)
    decoded = decode_bytes(image_files()[f"{name}.jpg"]).astype(float)
    assert np.abs(decoded - (drawn if drawn.ndim == 3 else drawn[:, :, None])).mean() < 5


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("pillow.bilinear", ["decode", "canvas", "resize"]),
        ("java2d.bilinear+fit=opencv.area+exif+draft", ["decode", "canvas", "resize"]),
        ("opencv.area+jpeg75", ["decode", "canvas", "resize", "reencode"]),
        ("pillow.lanczos+java_jpeg0.6@canvas", ["decode", "canvas", "reencode", "resize"]),
    ],
)
def test_steps_end_where_the_preprocessing_ends(text, steps):
    preprocessing = Preprocessing.parse(text, canvas=260, size=47)
    for name, data in image_files().items():
        found = dict(pixel_steps(preprocessing, data, name))
        assert list(found) == steps
        assert np.array_equal(found["decode"], decode_bytes(data, preprocessing.decode))
        assert found["canvas"].shape == (260, 260, 3) and found["resize"].shape == (47, 47, 3)
        assert np.array_equal(found[steps[-1]], preprocessing.load_bytes(data))
        if len(steps) == 4:
            assert not np.array_equal(found["reencode"], found[steps[steps.index("reencode") - 1]])


@pytest.mark.parametrize(("height", "width"), [(33, 17), (5, 24), (8, 8), (1, 3)])
def test_block_means(height, width):
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    found = block_means(image, 8)
    rows, columns = min(8, height), min(8, width)
    assert found.shape == (rows, columns, 3)
    for row in range(rows):
        for column in range(columns):
            y, x = (
                slice(n * side // of, (n + 1) * side // of) for n, side, of in ((row, height, rows), (column, width, columns))
            )
            np.testing.assert_allclose(found[row, column], image[y, x].mean(axis=(0, 1)))


def test_print_round_trip_and_shift():
    image = np.random.default_rng(1).integers(0, 200, (64, 40, 3)).astype(np.uint8)
    first = PixelPrint.of(image)
    assert PixelPrint.read(first.to_dict()) == first and first.shift(first) == 0
    moved = image.copy()
    moved[:8, :5, 1] += 10  # one block
    moved[60, 39, 2] += 20  # one pixel of the last block
    other = PixelPrint.of(moved)
    assert other.digest != first.digest and first.shift(other) == pytest.approx(10, abs=1 / 128)
    assert first.shift(PixelPrint.of(image[:63])) is None
    assert first.shift(PixelPrint(REFUSED)) is None


def test_a_turned_image_has_another_digest():
    flat = np.zeros((3, 5, 3), np.uint8)
    assert PixelPrint.of(flat).digest != PixelPrint.of(flat.swapaxes(0, 1)).digest


def test_refused_images_are_refused_on_both_sides():
    observed = observe(Preprocessing(size=32, decode=Decode(max_pixels=150_000)))
    assert {name for name, steps in observed.prints.items() if steps == {"decode": PixelPrint(REFUSED)}} == {"large.jpg"}
    assert set(observed.pixels) == set(IMAGES) - {"large.jpg"}
    assert set(network_values(Classifier(NET).eval(), observed)) == set(observed.pixels)


def test_values_of_the_network_are_those_of_the_classifier():
    model = Classifier(NET, ("a", "b", "c"), normalisation="imagenet").eval()
    preprocessing = Preprocessing(canvas=300, size=48)
    found = record(preprocessing, model).to_dict()["images"]
    image = preprocessing.load_bytes(image_files()["fine.png"])
    with torch.inference_mode():
        logits = model(torch.from_numpy(image).permute(2, 0, 1)[None])[0]
    np.testing.assert_allclose(found["fine.png"]["logits"], logits, rtol=1e-4, atol=1e-6)
    scaled = (image / 255 - 0.5) / 0.5  # what this architecture's weights expect
    wanted = scaled.reshape(4, 12, 4, 12, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(found["fine.png"]["normalise"], wanted.ravel(), atol=1e-5)


@pytest.mark.parametrize("architecture", [NET, "googlenet"])
def test_heads_of_one_body_ask_it_once(architecture, monkeypatch):
    """Equal to the whole network's logits to the bit; other weights of the body, or another scaling, are asked anew."""
    observed = observe(Preprocessing("pillow.bilinear", canvas=64, size=32))
    model = Classifier(architecture, ("a", "b"), normalisation="raw").eval()
    batch = torch.from_numpy(np.stack(list(observed.pixels.values()))).permute(0, 3, 1, 2)
    seen = []
    ask = model.backbone.forward_features
    monkeypatch.setattr(model.backbone, "forward_features", lambda x: (seen.append(len(x)), ask(x))[1])

    def logits():
        """As they are recorded, and as the network gives them."""
        with torch.inference_mode():
            direct = model.backbone(model.scale(batch)).numpy()
        seen.clear()
        found = np.array([values["logits"] for values in network_values(model, observed).values()], np.float32)
        np.testing.assert_allclose(found, direct, rtol=2e-6, atol=2e-7)  # seven digits are kept
        return len(seen)

    assert logits() == 2 and logits() == 0, "once for the features, and one image to see that they are all it takes"
    with torch.no_grad():
        model.backbone.get_classifier().bias += 1.0
    assert logits() == 0
    with torch.no_grad():
        next(p for name, p in model.backbone.named_parameters() if "weight" in name).mul_(1.5)
    assert logits() == 2
    model.mean += 3.0
    assert logits() == 2


def test_a_network_with_more_than_one_head_is_asked_whole(monkeypatch):
    """The last layer alone does not give its logits."""
    observed = observe(Preprocessing("pillow.bilinear", canvas=64, size=32))
    model = Classifier(NET, ("a", "b")).eval()
    ask = model.backbone.forward
    monkeypatch.setattr(model.backbone, "forward", lambda x: ask(x) + x.mean(dim=(1, 2, 3))[:, None])
    batch = torch.from_numpy(np.stack(list(observed.pixels.values()))).permute(0, 3, 1, 2)
    with torch.inference_mode():
        direct = model(batch).numpy()
    for _ in range(2):
        found = np.array([values["logits"] for values in network_values(model, observed).values()], np.float32)
        np.testing.assert_allclose(found, direct, rtol=2e-6, atol=2e-7)
