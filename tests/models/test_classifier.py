"""The classifier: scaling, features, metrics."""

import numpy as np
import pytest
import pytorch_lightning as pl
import timm
import torch
from torch.utils.data import DataLoader

from robustfashion.errors import InputError
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier, _each_once
from robustfashion.models.quiet import quiet_lightning
from robustfashion.models.recipes import RECIPES, Recipe
from tests.models.samples import NET, halves


def _image(n=3, size=64):
    return torch.randint(0, 256, (n, 3, size, size), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_raw_is_rgb_over_255():
    image = _image()
    torch.testing.assert_close(Classifier(NET).scale(image), image.float() / 255)


@pytest.mark.parametrize("own", ["raw", "imagenet"])
def test_initial_weights_get_the_pixels_that_they_know(tmp_path, own):
    assert Classifier(NET).normalisation == "raw"
    save_checkpoint(Classifier(NET, normalisation=own), tmp_path / "base.ckpt")
    taken = Classifier(NET, ("a", "b"), pretrained=str(tmp_path / "base.ckpt"))
    assert taken.normalisation == taken.settings()["normalisation"] == own
    save_checkpoint(taken, tmp_path / "later.ckpt")
    assert load_classifier(tmp_path / "later.ckpt").normalisation == own
    said = Classifier(NET, ("a", "b"), pretrained=str(tmp_path / "base.ckpt"), normalisation="raw")
    assert said.normalisation == "raw"
    torch.save(said.state_dict(), tmp_path / "foreign.pth")
    assert Classifier(NET, pretrained=str(tmp_path / "foreign.pth")).normalisation == "imagenet"


def test_imagenet_normalisation_is_the_backbones_own():
    image = _image()
    for name in ("resnet18", "googlenet"):
        config = timm.models.get_pretrained_cfg(name)
        mean, std = (torch.tensor(v).reshape(3, 1, 1) for v in (config.mean, config.std))
        found = Classifier(name, normalisation="imagenet").scale(image)
        torch.testing.assert_close(found, (image.float() / 255 - mean) / std, rtol=1e-5, atol=1e-5)
    assert found.is_contiguous(memory_format=torch.channels_last)


def test_scaling_leaves_the_image_alone():
    image = _image()
    before = image.clone()
    Classifier(NET)(image)
    assert torch.equal(image, before)


# Every way in which timm ends a network: linear, MLP head, norm before the linear layer, two heads, a convolution as head.
@pytest.mark.parametrize(
    "name",
    ["alexnet", "googlenet", "resnet18", "test_vit", "test_convnext", "test_efficientnet", "test_byobnet", "test_mambaout",
     "deit_tiny_distilled_patch16_224", "mobilenetv3_small_050"],
)  # fmt: skip
def test_features_lead_to_the_logits(name):
    torch.manual_seed(0)
    size = timm.models.get_pretrained_cfg(name).input_size[1] if "vit" in name or "deit" in name else 64
    model = Classifier(name, ("a", "b", "c")).eval()
    with torch.inference_mode():
        logits, features = model.logits_and_features(_image(2, size))
        torch.testing.assert_close(logits, model(_image(2, size)), rtol=1e-4, atol=1e-5)
    assert logits.shape == (2, 3) and features.ndim == 2 and features.shape[0] == 2
    assert features.shape[1] == model.backbone.head_hidden_size


def test_optimiser_follows_the_recipe():
    model = Classifier(NET, recipe=Recipe("own", lr=0.3, momentum=0.5, weight_decay=0.2).to_dict())
    optimiser = model.configure_optimizers()
    assert isinstance(optimiser, torch.optim.SGD)
    group = optimiser.param_groups[0]
    assert (group["lr"], group["momentum"], group["weight_decay"], group["nesterov"]) == (0.3, 0.5, 0.2, False)
    assert sum(p.numel() for p in group["params"]) == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"classes": ("one",)}, "at least two"),
        ({"classes": ("a", "b", "a")}, "'a' more than once"),
        ({"recipe": "best"}, "paper, robust"),
        ({"normalisation": "none"}, "'raw' or 'imagenet', or numbers"),
        ({"pretrained": "no/such.pth"}, "no such checkpoint"),
    ],
)
def test_unusable_arguments(options, message):
    with pytest.raises(InputError, match=message):
        Classifier(NET, **options)


class Items(torch.utils.data.Dataset):
    def __init__(self, images, labels):
        self.images, self.labels = images, labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return {"image": torch.from_numpy(self.images[i]).permute(2, 0, 1), "label": int(self.labels[i]), "index": i}


def _trainer(**options):
    quiet = {"logger": False, "enable_checkpointing": False, "enable_progress_bar": False, "enable_model_summary": False}
    return pl.Trainer(accelerator="cpu", **quiet, **options)


def test_metrics_are_over_all_images_not_over_batches():
    images, labels = halves(23)
    torch.manual_seed(1)
    model = Classifier(NET).eval()
    with quiet_lightning():
        found = _trainer().test(model, DataLoader(Items(images, labels), batch_size=7), verbose=False)[0]
    with torch.inference_mode():
        logits = model.eval()(torch.from_numpy(images).permute(0, 3, 1, 2))
    right = (logits.argmax(1).numpy() == labels).astype(float)
    assert found["test/accuracy"] == pytest.approx(right.mean())
    assert found["test/balanced_accuracy"] == pytest.approx(np.mean([right[labels == k].mean() for k in (0, 1)]))
    expected = torch.nn.functional.cross_entropy(logits, torch.from_numpy(labels))
    assert found["test/loss"] == pytest.approx(float(expected), rel=1e-5)


def test_training_metrics_are_sums_over_the_epoch(monkeypatch):
    images, labels = halves(20)
    torch.manual_seed(2)
    model = Classifier(NET, recipe=Recipe("still", lr=0.0, flip_p=0.0).to_dict())
    seen = []
    original = model.training_step

    def step(batch, batch_idx):
        loss = original(batch, batch_idx)
        seen.append((float(loss.detach()), len(batch["label"])))
        return loss

    monkeypatch.setattr(model, "training_step", step)
    trainer = _trainer(max_epochs=1)
    with quiet_lightning():
        trainer.fit(model, DataLoader(Items(images, labels), batch_size=6))
    expected = sum(loss * n for loss, n in seen) / 20
    assert [n for _, n in seen] == [6, 6, 6, 2]
    assert float(trainer.callback_metrics["train/loss"]) == pytest.approx(expected, rel=1e-6)
    assert 0 <= float(trainer.callback_metrics["train/accuracy"]) <= 1


def test_predict_returns_logits_features_and_places():
    images, labels = halves(11)
    model = Classifier(NET)
    with quiet_lightning():
        parts = _trainer().predict(model, DataLoader(Items(images, labels), batch_size=4))
    assert torch.cat([p["index"] for p in parts]).tolist() == list(range(11))
    logits, features = model.eval().logits_and_features(torch.from_numpy(images).permute(0, 3, 1, 2))
    torch.testing.assert_close(torch.cat([p["logits"] for p in parts]), logits.detach(), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(torch.cat([p["features"] for p in parts]), features.detach(), rtol=1e-4, atol=1e-5)


def test_repeated_images_count_once():
    index = torch.tensor([4, 0, 2, 4, 1, 3, 0])
    logits, labels = torch.stack([index, -index], 1).float(), index * 10
    found, kept = _each_once(logits, labels, index)
    assert kept.tolist() == [0, 10, 20, 30, 40]
    assert found[:, 0].tolist() == [0, 1, 2, 3, 4]


def test_lightning_checkpoint_is_a_robustfashion_checkpoint(tmp_path):
    from robustfashion.data.preprocess import Preprocessing
    from robustfashion.models.checkpoint import load_classifier, provenance_of
    from robustfashion.models.doctor import examine

    images, labels = halves(12)
    model = Classifier(NET, ("below", "above"), recipe="robust")
    model.description = provenance_of(model, Preprocessing(canvas=90, size=32))
    trainer = pl.Trainer(
        accelerator="cpu",
        max_epochs=1,
        logger=False,
        default_root_dir=tmp_path,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    with quiet_lightning():
        trainer.fit(model, DataLoader(Items(images, labels), batch_size=6))
    path = next((tmp_path / "checkpoints").glob("*.ckpt"))
    found = load_classifier(path, classes=("below", "above"), architecture=NET)
    assert examine(path).verdict == "healthy"
    assert found.recipe == RECIPES["robust"]
    assert torch.equal(found.backbone.conv1[0].weight, model.backbone.conv1[0].weight)
    again = Classifier.load_from_checkpoint(path)
    assert again.classes == ("below", "above") and again.recipe == RECIPES["robust"]
    with pytest.raises(InputError, match="tells 2 classes apart"), quiet_lightning():
        _trainer().test(Classifier(NET, ("a", "b", "c")), DataLoader(Items(images, labels)), ckpt_path=path, verbose=False)
