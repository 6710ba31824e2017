"""Backbones against torchvision and timm themselves."""

import pytest
import timm
import torch
import torchvision
from timm.models import _builder

from robustfashion.errors import InputError
from robustfashion.models.backbones import create_backbone
from robustfashion.models.fitting import Source, fit_body
from robustfashion.models.matching import head_names
from robustfashion.models.torchvision_backbones import without_auxiliary_heads

IMAGENET_MEAN = torch.tensor([0.485, 0.456, 0.406]).reshape(3, 1, 1)
IMAGENET_STD = torch.tensor([0.229, 0.224, 0.225]).reshape(3, 1, 1)


def _torchvision_googlenet(num_classes=1000):
    torch.manual_seed(3)
    return torchvision.models.GoogLeNet(num_classes, aux_logits=True, transform_input=True, init_weights=True).eval()


@pytest.fixture
def published_googlenet(monkeypatch):
    """torchvision's own network with random weights stands for the file that its URL names; returns it."""
    original = _torchvision_googlenet()
    asked = []

    def download(url, **options):
        asked.append((url, options))
        return {name: value.clone() for name, value in original.state_dict().items()}

    monkeypatch.setattr(_builder, "load_state_dict_from_url", download)
    original.asked = asked
    return original


def test_googlenet_answers_as_torchvision_does(published_googlenet):
    ours = create_backbone("googlenet", 1000, "imagenet").eval()
    image = torch.rand(2, 3, 96, 64, generator=torch.Generator().manual_seed(0))
    config = ours.pretrained_cfg
    mean, std = (torch.tensor(config[key]).reshape(3, 1, 1) for key in ("mean", "std"))
    with torch.inference_mode():
        expected = published_googlenet((image - IMAGENET_MEAN) / IMAGENET_STD)
        found = ours((image - mean) / std)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    url, options = published_googlenet.asked[0]
    assert url == torchvision.models.GoogLeNet_Weights.IMAGENET1K_V1.url
    assert options["weights_only"] is True


def test_pretrained_body_with_another_head(published_googlenet):
    ours = create_backbone("googlenet", 7, "imagenet")
    assert ours.fc.weight.shape == (7, 1024)
    assert torch.equal(ours.inception5b.branch1.conv.weight, published_googlenet.inception5b.branch1.conv.weight)


def test_alexnet_answers_as_torchvision_does(tmp_path):
    torch.manual_seed(5)
    original = torchvision.models.AlexNet(num_classes=1000).eval()
    torch.save(original.state_dict(), tmp_path / "alexnet.pth")
    ours = create_backbone("alexnet", 1000, str(tmp_path / "alexnet.pth")).eval()
    ours.classifier[6].load_state_dict(original.classifier[6].state_dict())
    image = torch.rand(2, 3, 64, 80, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(ours(image), original(image))


@pytest.mark.parametrize(("name", "width"), [("googlenet", 1024), ("alexnet", 4096), ("resnet18", 512), ("resnet18_gn", 512)])
@pytest.mark.parametrize("shape", [(64, 64), (96, 72)])
def test_timm_interface(name, width, shape):
    model = timm.create_model(name, num_classes=5).eval()
    image = torch.rand(2, 3, *shape, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        maps = model.forward_features(image)
        pooled = model.forward_head(maps, pre_logits=True)
        logits = model.forward_head(maps)
        assert maps.shape[1] == model.num_features
        assert pooled.shape == (2, width)
        torch.testing.assert_close(model.get_classifier()(pooled), logits)
        torch.testing.assert_close(model(image), logits)
        model.reset_classifier(3)
        assert model(image).shape == (2, 3)
        assert model.num_classes == 3
        model.reset_classifier(0)
        torch.testing.assert_close(model(image), pooled)
        assert timm.create_model(name, num_classes=0).eval()(image).shape == (2, width)


@pytest.mark.parametrize("name", ["googlenet", "alexnet", "resnet18_gn"])
def test_features_only(name):
    model = timm.create_model(name, features_only=True).eval()
    maps = model(torch.rand(1, 3, 224, 224))
    infos = model.feature_info.get_dicts()
    assert [m.shape[1] for m in maps] == [info["num_chs"] for info in infos]
    for found, info in zip(maps, infos, strict=True):
        assert abs(found.shape[2] - 224 / info["reduction"]) <= 1, info


@pytest.mark.parametrize("name", ["googlenet", "alexnet"])
def test_other_channels_and_pooling(name):
    assert timm.create_model(name, num_classes=2, in_chans=1).eval()(torch.rand(2, 1, 64, 64)).shape == (2, 2)
    with pytest.raises(ValueError, match="pool"):
        timm.create_model(name, num_classes=2, global_pool="max")


def test_registered_with_published_weights():
    for name in ("googlenet", "alexnet"):
        config = timm.models.get_pretrained_cfg(name)
        assert config.url.startswith("https://") and config.url.endswith(".pth")
        assert config.num_classes == 1000
        assert timm.is_model(name)


def test_dropout_rate():
    assert create_backbone("googlenet", 2, drop_rate=0.7).dropout.p == 0.7
    assert create_backbone("googlenet", 2).dropout.p == 0.2


@pytest.mark.parametrize(("name", "hint"), [("resnet5", "resnet50"), ("googlent", "googlenet"), ("qqqqqq", "timm.list_models")])
def test_unknown_architecture_names_near_ones(name, hint):
    with pytest.raises(InputError, match=hint):
        create_backbone(name, 2)


def test_unknown_weight_tag():
    with pytest.raises(InputError, match="a1_in1k"):
        create_backbone("resnet18.nothing", 2)


def test_no_published_weights():
    unpublished = next(n for n in timm.list_models("resnet*") if not timm.models.get_pretrained_cfg(n).has_weights)
    with pytest.raises(InputError, match="no ImageNet weights are published"):
        create_backbone(unpublished, 2, "imagenet")


def test_no_network_is_one_clear_error(monkeypatch):
    def fail(*_args, **_options):
        raise OSError("Name or service not known")

    monkeypatch.setattr(_builder, "load_state_dict_from_url", fail)
    with pytest.raises(InputError, match=r"Name or service not known.*path"):
        create_backbone("alexnet", 2, "imagenet")


@pytest.mark.parametrize("prefix", ["", "backbone.", "module.", "model."])
@pytest.mark.parametrize("wrapper", [None, "state_dict", "model"])
def test_body_of_a_state_dict_file(tmp_path, prefix, wrapper):
    torch.manual_seed(1)
    source = create_backbone("resnet18", 9)
    state = {prefix + name: value for name, value in source.state_dict().items()}
    torch.save(state if wrapper is None else {wrapper: state, "epoch": 3}, tmp_path / "weights.pth")
    torch.manual_seed(2)
    fresh = create_backbone("resnet18", 4)
    torch.manual_seed(2)
    found = create_backbone("resnet18", 4, str(tmp_path / "weights.pth"))
    assert torch.equal(found.layer4[1].conv2.weight, source.layer4[1].conv2.weight)
    assert torch.equal(found.bn1.running_mean, source.bn1.running_mean)
    assert torch.equal(found.fc.weight, fresh.fc.weight)


def test_weights_of_another_architecture_are_explained(tmp_path):
    torch.save(create_backbone("resnet18", 2).state_dict(), tmp_path / "r18.pth")
    torch.save(create_backbone("resnet34", 2).state_dict(), tmp_path / "r34.pth")
    with pytest.raises(InputError, match=r"r18.pth: \d+ of \d+ weights of resnet34 are missing.*another architecture"):
        create_backbone("resnet34", 2, str(tmp_path / "r18.pth"))
    with pytest.raises(InputError, match=r"r34.pth: \d+ weights have no place in resnet18"):
        create_backbone("resnet18", 2, str(tmp_path / "r34.pth"))
    wide = {name: torch.zeros((*value.shape, 2)) if name == "conv1.weight" else value
            for name, value in create_backbone("resnet18", 2).state_dict().items()}  # fmt: skip
    with pytest.raises(InputError, match=r"'conv1.weight' has shape \[64, 3, 7, 7, 2\]"):
        fit_body(create_backbone("resnet18", 2), wide, Source("w.pth", "resnet18"))


def test_missing_file():
    with pytest.raises(InputError, match="no such checkpoint file"):
        create_backbone("resnet18", 2, "nowhere.pth")


def test_head_names():
    assert head_names(create_backbone("alexnet", 2)) == {"classifier.6.weight", "classifier.6.bias"}


def test_auxiliary_heads_are_dropped():
    state = without_auxiliary_heads(_torchvision_googlenet(5).state_dict())
    assert set(state) == set(create_backbone("googlenet", 5).state_dict())


def test_alexnet_starts_with_a_signal_in_every_layer():
    torch.manual_seed(0)
    model = create_backbone("alexnet", 2).eval()
    sizes = []
    for layer in [m for m in model.modules() if isinstance(m, torch.nn.Conv2d | torch.nn.Linear)]:
        layer.register_forward_hook(lambda _module, _inputs, output: sizes.append(float(output.std())))
    with torch.inference_mode():
        model(torch.rand(4, 3, 96, 96))  # white noise around 0.5: the least that a picture can bring
    assert len(sizes) == 8 and min(sizes[:7]) > 0.15 and max(sizes[:7]) < 2  # torch's default: 0.009 at the seventh
    assert sizes[7] < 0.5


def test_residual_branches_start_open():
    closed = timm.create_model("resnet18", num_classes=2)
    assert not closed.layer1[0].bn2.weight.any()  # what timm does
    assert all(
        module.weight.all() for module in create_backbone("resnet18", 2).modules() if isinstance(module, torch.nn.BatchNorm2d)
    )


@pytest.mark.parametrize(("name", "blocks"), [("resnet18_gn", 8), ("resnet34_gn", 16)])
def test_group_norm_stands_where_batch_norm_stood(name, blocks):
    """torchvision's ResNet of the same depth, told to normalise by groups, is the oracle: same names, weights and answers."""
    torch.manual_seed(2)
    ours = create_backbone(name, 5).eval()
    build = getattr(torchvision.models, name.removesuffix("_gn"))
    theirs = build(num_classes=5, norm_layer=lambda channels: torch.nn.GroupNorm(32, channels)).eval()
    theirs.load_state_dict(ours.state_dict())
    norms = [module for module in ours.modules() if isinstance(module, torch.nn.GroupNorm)]
    assert len(norms) == 1 + 2 * blocks + 3 and all(norm.weight.all() for norm in norms)  # no branch starts closed
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in ours.modules())
    image = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(ours(image), theirs(image), rtol=1e-4, atol=1e-5)
        ours.train()  # a picture's answer depends on no other, in training neither
        torch.testing.assert_close(ours(image)[:1], ours(image[:1]), rtol=1e-4, atol=1e-5)


def test_group_norm_has_no_published_weights():
    with pytest.raises(InputError, match="no ImageNet weights are published for 'resnet18_gn'"):
        create_backbone("resnet18_gn", 2, "imagenet")
    with pytest.raises(InputError, match="resnet18_gn"):
        create_backbone("resnet18gn", 2)


@pytest.mark.parametrize(("file", "named"), [("resnet18", "resnet18_gn"), ("resnet18_gn", "resnet18")])
def test_weights_of_the_other_norm_are_explained(tmp_path, file, named):
    torch.save(create_backbone(file, 2).state_dict(), tmp_path / "weights.pth")
    with pytest.raises(InputError, match=f"they fit {file}$"):
        create_backbone(named, 2, str(tmp_path / "weights.pth"))
