"""An ImageNet network that nobody here trained, adopted and served: the suite counts what timm, torchvision and OpenCV count."""

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest
import timm
import torch
from PIL import Image, ImageFilter
from torchvision.transforms import InterpolationMode, v2

from robustfashion.bench.resize.settings import ResizeSettings
from robustfashion.bench.resize.suite import resize
from robustfashion.models.adopt import AdoptSettings, adopt
from robustfashion.models.lite0 import ARCHITECTURE, lite0_tensors

pytestmark = pytest.mark.slow
COUNT = 24


def _pictures(folder: Path) -> list[Path]:
    """Blurred noise of odd sizes: ImageNet networks are unsure of it, so that many classes change."""
    folder.mkdir()
    rng = np.random.default_rng(5)
    for i in range(COUNT):
        noise = Image.fromarray(rng.integers(0, 256, (301 + 3 * i, 411 - 2 * i, 3), np.uint8))
        noise.filter(ImageFilter.GaussianBlur(1 + i % 5)).save(folder / f"{i:02}.png")
    return sorted(folder.iterdir())


def _opencv(image: Image.Image) -> Image.Image:
    """Shorter side 256 as torchvision rounds it, by OpenCV."""
    width, height = image.size
    size = (256, int(256 * height / width)) if width <= height else (int(256 * width / height), 256)
    return Image.fromarray(cv2.resize(np.asarray(image), size, interpolation=cv2.INTER_LINEAR))


def test_changes_are_those_of_an_independent_script(tmp_path):
    files = _pictures(tmp_path / "photos")
    adopt(AdoptSettings("lite0", classes="imagenet-1k"), tmp_path / "imagenet.ckpt")
    found = resize(
        ResizeSettings(
            data=str(tmp_path / "photos"), checkpoint=tmp_path / "imagenet.ckpt", serve_methods=("opencv.linear", "pillow.box"),
            cache=tmp_path / "cache", accelerator="cpu", threshold=0.05,
        )
    )  # fmt: skip

    network = timm.create_model(ARCHITECTURE, num_classes=1000).eval()
    network.load_state_dict(lite0_tensors())
    ways = {name: v2.Resize(256, InterpolationMode(name)) for name in ("bicubic", "box")} | {"linear": _opencv}
    sure, top = {}, {}
    for name, way in ways.items():
        cropped = [np.asarray(v2.CenterCrop(224)(way(Image.open(file)))) for file in files]
        batch = (torch.from_numpy(np.stack(cropped)).permute(0, 3, 1, 2).float() / 255 - 0.5) / 0.5
        with torch.inference_mode():
            sure[name], top[name] = network(batch).softmax(1).max(1)

    rows = list(csv.DictReader(found.lists["changed_products.csv"].splitlines()))
    total = 0
    for name, method in (("linear", "opencv.linear"), ("box", "pillow.box")):
        other = {file.name for k, file in enumerate(files) if top[name][k] != top["bicubic"][k]}
        mine = [row for row in rows if row["served_with"] == method]
        assert {row["image"] for row in mine if row["class_before"] != row["class_after"]} == other
        for row in mine:
            k = int(row["image"][:2])
            assert float(row["confidence_before"]) == pytest.approx(float(sure["bicubic"][k]), abs=1e-4)
            assert float(row["confidence_after"]) == pytest.approx(float(sure[name][k]), abs=1e-4)
        total += len(other)
    assert total >= 3, "pictures that change nothing would prove nothing"
