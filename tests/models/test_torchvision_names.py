"""torchvision's networks under timm's names, against torchvision itself."""

import pytest
import timm
import torch
import torchvision

from robustfashion.models.backbones import create_backbone
from robustfashion.models.fitting import Source, fit_body, fit_head

PAIRS = {"efficientnet_b0": "efficientnet_b0", "mobilenetv2_100": "mobilenet_v2", "convnext_tiny": "convnext_tiny"}
SLOW = {
    "efficientnet_b1": "efficientnet_b1", "efficientnet_b4": "efficientnet_b4", "mnasnet_100": "mnasnet1_0", "vgg11": "vgg11",
    "vgg16_bn": "vgg16_bn", "vit_base_patch16_224": "vit_b_16", "vit_base_patch32_224": "vit_b_32", "densenet121": "densenet121",
    "resnext50_32x4d": "resnext50_32x4d", "wide_resnet50_2": "wide_resnet50_2", "convnext_small": "convnext_small",
}  # fmt: skip


def _lively(network):
    """Random weights of a size that lets every layer count."""
    torch.manual_seed(2)
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if value.is_floating_point():
                value.uniform_(0.5, 1.5) if "running_var" in name else value.normal_(0, 0.03 if value.ndim > 1 else 0.2)
    return network.eval()


@pytest.mark.parametrize(
    ("ours", "theirs"), [*PAIRS.items(), *(pytest.param(*pair, marks=pytest.mark.slow) for pair in SLOW.items())]
)
def test_answers_are_torchvisions(ours, theirs):
    original = _lively(torchvision.models.get_model(theirs, weights=None, num_classes=11))
    model = timm.create_model(ours, num_classes=11).eval()
    source = Source("w.pth", ours)
    wrapped = {f"module.{name}": value for name, value in original.state_dict().items()}
    body = fit_body(model, wrapped, source)
    model.load_state_dict({**model.state_dict(), **body.weights, **fit_head(model, body, source)})
    picture = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(model(picture), original(picture), rtol=1e-4, atol=1e-4)


def test_a_body_under_a_head_of_ones_own(tmp_path):
    original = torchvision.models.efficientnet_b0(weights=None)
    original.classifier = torch.nn.Sequential(torch.nn.Linear(1280, 16), torch.nn.ReLU(), torch.nn.Linear(16, 2))
    torch.save({"model": original.state_dict()}, tmp_path / "w.pth")
    found = create_backbone("efficientnet_b0", 5, str(tmp_path / "w.pth"))
    assert torch.equal(found.conv_stem.weight, original.features[0][0].weight)


def test_inceptions_auxiliary_head_is_left_out(tmp_path):
    original = torchvision.models.inception_v3(weights=None, init_weights=False, aux_logits=True)
    torch.save(original.state_dict(), tmp_path / "w.pth")
    found = create_backbone("inception_v3", 5, str(tmp_path / "w.pth"))
    assert torch.equal(found.Mixed_7c.branch1x1.conv.weight, original.Mixed_7c.branch1x1.conv.weight)
