"""`robustfashion predict` writes all that is known of network and pictures."""

import numpy as np
import pytest
import torch
from PIL import Image

from robustfashion import __main__ as entry
from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.checkpoint import checkpoint_digest, load_classifier
from robustfashion.models.classifier import Classifier
from robustfashion.models.devices import device_name
from robustfashion.models.prediction_file import network_digest
from robustfashion.predictions import open_predictions
from tests.models.samples import NET, halves

LINES = 40


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    """Forty pictures of twenty products, with splits; of the test split one is an outlier and one not labelled."""
    folder = tmp_path_factory.mktemp("manifest")
    images, labels = halves(LINES, size=32)
    lines = ["path,label,id,group,split,outlier_kind"]
    for i, (image, label) in enumerate(zip(images, labels, strict=True)):
        Image.fromarray(image).save(folder / f"{i}.png")
        split = "train" if i < 16 else "validation" if i < 24 else "test"
        name = "" if i == 30 else "dress" if label else "shoe"
        lines.append(f"{i}.png,{name},{i:03},p{i // 2},{split},{'person' if i == 33 else ''}")
    (folder / "pictures.csv").write_text("\n".join(lines) + "\n")
    return folder / "pictures.csv"


@pytest.fixture(scope="module")
def asked(manifest, tmp_path_factory):
    """Checkpoint of a short `fit`, and the table that `predict` writes of it."""
    folder = tmp_path_factory.mktemp("run")
    options = [
        "--data.data", str(manifest), "--data.positive", "dress", "--data.canvas", "48", "--data.size", "32",
        "--data.batch_size", "7", "--data.cache_dir", str(folder / "cache"), "--model.architecture", NET,
        "--data.serve_method", "java2d.bilinear+jpeg75", "--trainer.accelerator", "cpu", "--trainer.enable_progress_bar", "false",
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        entry.main(["fit", *options, "--trainer.max_steps", "3", "--trainer.enable_model_summary", "false"])
        checkpoint = next(folder.rglob("*.ckpt"))
        entry.main(["predict", *options, "--ckpt_path", str(checkpoint), "--predictions", "table.parquet"])
    return checkpoint, open_predictions(folder / "table.parquet")


def test_pictures_are_described(asked, manifest):
    table = asked[1]
    rows = [line.split(",") for line in manifest.read_text().splitlines()[1:]]
    assert table.ids == tuple(row[2] for row in rows) and table.groups == tuple(row[3] for row in rows)
    assert table.splits == tuple(row[4] for row in rows)
    assert table.outlier_kinds == tuple(row[5] or None for row in rows) and "person" in table.outlier_kinds
    assert table.classes == ("other", "dress")
    assert table.labels.tolist() == [{"": -1, "dress": 1, "shoe": 0}[row[1]] for row in rows] and -1 in table.labels


def test_last_layer_makes_the_logits(asked):
    checkpoint, table = asked
    assert table.last_layer is not None and table.features.shape[1] > 1
    np.testing.assert_allclose(
        table.features @ table.last_layer.weight.T + table.last_layer.bias, table.logits, rtol=1e-5, atol=1e-5
    )
    weights = load_classifier(checkpoint).backbone.get_classifier().weight.detach().numpy()
    np.testing.assert_array_equal(table.last_layer.weight, weights)


def test_origin_is_the_checkpoint_and_the_preprocessing(asked):
    checkpoint, table = asked
    preprocessing = Preprocessing.parse("java2d.bilinear+jpeg75", canvas=48, size=32)
    assert table.origin.network == checkpoint_digest(checkpoint) == network_digest(load_classifier(checkpoint))
    assert (table.origin.preprocessing, table.origin.preprocessing_digest) == (preprocessing.name, preprocessing.digest())
    assert table.origin.made_by["device"] == device_name("cpu") == "cpu"
    assert torch.__version__.startswith(table.origin.made_by["torch"]) and "robustfashion" in table.origin.made_by


def test_digest_is_that_of_weights_and_classes(asked):
    model = load_classifier(asked[0])
    before = network_digest(model)
    model.recipe = Classifier(NET, recipe="robust").recipe
    assert network_digest(model) == before
    model.classes = ("other", "shoe")
    assert network_digest(model) != before
    model.classes = ("other", "dress")
    with torch.no_grad():
        next(model.parameters()).add_(1e-3)
    assert network_digest(model) != before
