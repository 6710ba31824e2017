"""Which sizes a network takes: told on shapes alone, as the network itself says when it is asked."""

import numpy as np
import pytest
import timm
import torch

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.golden_record import GoldenRecord
from robustfashion.models.input_size import check_takes, fixed_size
from robustfashion.models.training import TrainSettings, train
from robustfashion.models.trunk import Trunk
from tests.models.samples import halves


@pytest.mark.parametrize(
    ("architecture", "size", "batch", "training"),
    [
        ("resnet18", 32, 2, True), ("resnet18", 32, 1, True), ("resnet18", 32, 1, False), ("resnet18", 65, 1, True),
        ("inception_v3", 64, 3, True), ("inception_v3", 107, 2, False), ("vit_tiny_patch16_224", 224, 1, True),
        ("swin_tiny_patch4_window7_224", 224, 2, True), ("coat_tiny", 224, 1, False), ("vit_tiny_patch16_224", 96, 2, True),
        ("swin_tiny_patch4_window7_224", 112, 2, False),
        ("mobilenetv3_small_050", 32, 1, True),
    ],
)  # fmt: skip
def test_told_as_the_network_does(architecture, size, batch, training):
    network = timm.create_model(architecture, num_classes=3).train(training)
    network.get_submodule(next(iter(dict(network.named_children())))).eval()
    modes = [module.training for module in network.modules()]
    before = {name: value.clone() for name, value in network.state_dict().items()}
    try:
        check_takes(network, size, batch, training)
        told = True
    except InputError:
        told = False
    assert [module.training for module in network.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    network.train(training)
    try:
        with torch.no_grad():
            network(torch.zeros(batch, 3, size, size))
        does = True
    except (RuntimeError, ValueError, AssertionError):
        does = False
    assert told == does


@pytest.mark.parametrize(
    ("architecture", "size", "batch", "message"),
    [
        ("inception_v3", 64, 4, r"size is 64, which this network cannot take \(Calculated padded input.*\); use size 299, or"),
        ("vit_tiny_patch16_224", 96, 4, r"size is 96.*\(Input height \(96\) doesn't match model \(224\)\.\); use size 224, or"),
        ("resnet18", 32, 1, r"batch_size is 1, and at 32 x 32 px batch normalisation has one value per channel.*use at least 2"),
    ],
)
def test_the_message_names_what_would_do(architecture, size, batch, message):
    with pytest.raises(InputError, match=message) as caught:
        check_takes(timm.create_model(architecture), size, batch, training=True)
    assert "\n" not in str(caught.value)


def test_fixed_sizes():
    assert [fixed_size(name) for name in ("vit_tiny_patch16_224", "swin_tiny_patch4_window7_224", "resnet18", "no_such")] == [
        224, 224, None, None,
    ]  # fmt: skip


VIT, SIDE = "vit_tiny_patch16_224", 48


def test_transformer_at_another_size_from_training_to_answer(tmp_path):
    """Built for the pictures' size, which goes into its checkpoint; golden images are answered, too."""
    images, labels = halves(12, size=SIDE)
    trained = train(images, labels, TrainSettings(VIT, max_epochs=1, batch_size=5, accelerator="cpu"))
    assert trained.image_size == SIDE and trained.backbone.pos_embed.shape[1] == (SIDE // 16) ** 2 + 1
    save_checkpoint(trained, tmp_path / "vit.safetensors", Preprocessing.parse("pillow.bilinear", 60, SIDE))
    loaded = load_classifier(tmp_path / "vit.safetensors")
    assert isinstance(loaded.description.golden, GoldenRecord) and loaded.description.network.image_size == SIDE
    batch = torch.from_numpy(images).permute(0, 3, 1, 2)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(batch), trained(batch))


def test_trunks_are_built_for_their_pictures():
    trunk = Trunk(VIT, "none", image_size=SIDE)
    assert trunk.embed(np.zeros((2, SIDE, SIDE, 3), np.uint8)).shape == (2, 192)
    with pytest.raises(InputError, match="size is 64, which this network cannot take"):
        Trunk("inception_v3", "none", image_size=64)
    own = Classifier("resnet18", image_size=SIDE)
    assert own.image_size is None and "image_size" not in own.settings()
