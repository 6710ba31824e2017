"""Scalings of pixels as texts: one spelling each, the numbers timm's transform uses."""

import numpy as np
import pytest
import timm
import torch
from timm.data import create_transform

from robustfashion.errors import InputError
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.normalisation import MeanStd, checked, mean_std, of_config
from robustfashion.models.training import TrainSettings

CLIP = "mean=0.48145466,0.4578275,0.40821073/std=0.26862954,0.26130258,0.27577711"
NET = "mobilenetv3_small_050"


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("raw", "raw"), ("imagenet", "imagenet"), (CLIP, CLIP), ("mean=0.5/std=0.5", "mean=0.5,0.5,0.5/std=0.5,0.5,0.5"),
        ("std=0.5,.5,5e-1/mean=0.50", "mean=0.5,0.5,0.5/std=0.5,0.5,0.5"), ("mean=0/std=1", "mean=0.0,0.0,0.0/std=1.0,1.0,1.0"),
    ],
)  # fmt: skip
def test_one_spelling(text, spelling):
    assert checked(text) == spelling == checked(spelling)


@pytest.mark.parametrize(
    "text",
    ["none", "", "mean=0.5", "mean=0.5/std=0", "mean=0.5,0.4/std=1", "mean=124/std=58", "mean=nan/std=1", "mean=a/std=1",
     "mean=0.5/std=0.5/std=0.5", "mean=0.5/std=0.5/x", None, 3],
)  # fmt: skip
def test_other_texts_are_refused(text):
    with pytest.raises(InputError, match="'raw' or 'imagenet', or numbers"):
        checked(text)


def test_numbers_of_configurations():
    for name in ("vit_base_patch16_clip_224.openai", "inception_v3.tv_in1k", "tf_efficientnet_lite0.in1k", "resnet18.a1_in1k"):
        config = timm.models.get_pretrained_cfg(name).to_dict()
        found = of_config(config)
        assert found == MeanStd(tuple(config["mean"]), tuple(config["std"])) == mean_std(found.text, {})
    assert of_config({}).mean == (0.485, 0.456, 0.406)
    with pytest.raises(InputError, match=r"mean of the normalisation is \[1, 2\]"):
        of_config({"mean": [1, 2]})


def test_pixels_are_scaled_as_timms_transform_does(tmp_path):
    model = Classifier(NET, ("a", "b"), normalisation=CLIP)
    save_checkpoint(model, tmp_path / "m.safetensors")
    loaded = load_classifier(tmp_path / "m.safetensors")
    assert loaded.normalisation == CLIP
    mean, std = mean_std(CLIP, {}).mean, mean_std(CLIP, {}).std
    transform = create_transform((3, 20, 20), mean=mean, std=std, crop_pct=1.0)
    picture = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    from PIL import Image

    expected = transform(Image.fromarray(picture))
    found = loaded.scale(torch.from_numpy(picture).permute(2, 0, 1)[None])[0]
    torch.testing.assert_close(found, expected, rtol=0, atol=2e-6)


def test_a_base_passes_its_numbers_on(tmp_path):
    save_checkpoint(Classifier(NET, normalisation=CLIP), tmp_path / "m.ckpt")
    assert Classifier(NET, pretrained=str(tmp_path / "m.ckpt")).normalisation == CLIP


def test_settings_are_checked_early():
    assert TrainSettings(normalisation="mean=0.5/std=0.5").normalisation == "mean=0.5,0.5,0.5/std=0.5,0.5,0.5"
    with pytest.raises(InputError, match="normalisation is 'other'"):
        TrainSettings(normalisation="other")
