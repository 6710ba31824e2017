"""Why weights do not fit, in words that lead on."""

import pytest
import timm
import torch
from timm.layers import resample_abs_pos_embed
from torch import nn

from robustfashion.errors import InputError
from robustfashion.models.architecture_hints import siblings
from robustfashion.models.backbones import create_backbone
from robustfashion.models.fitting import Source, fit_body, fit_head


def _saved(tmp_path, name, **options):
    torch.save(timm.create_model(name, **options).state_dict(), tmp_path / f"{name}.pth")
    return str(tmp_path / f"{name}.pth")


@pytest.mark.parametrize(
    ("held", "named"),
    [
        ("resnet50", "resnet18"), ("resnet18", "resnet34"), ("resnet34", "resnet18"), ("resnet18", "mobilenetv3_small_050"),
        ("convnext_atto", "convnext_femto"),
        *(pytest.param(*pair, marks=pytest.mark.slow) for pair in (
            ("efficientnet_b0", "resnet50"), ("vit_tiny_patch16_224", "vit_base_patch16_224"),
        )),
    ],
)  # fmt: skip
def test_the_likely_architecture_is_named(tmp_path, held, named):
    with pytest.raises(InputError, match=rf"another architecture, name that one instead: they fit {held}$"):
        create_backbone(named, 2, _saved(tmp_path, held))


def test_what_the_file_says_is_passed_on(tmp_path):
    torch.save({"arch": "my_net", "state_dict": {"a.weight": torch.ones(3, 4)}}, tmp_path / "w.pth")
    with pytest.raises(InputError, match=r"\(the file says 'my_net'\)"):
        create_backbone("resnet18", 2, str(tmp_path / "w.pth"))


@pytest.mark.parametrize(("name", "channels"), [("resnet18", 1), ("convnext_atto", 4), ("vit_tiny_patch16_224", 1)])
def test_other_channels_are_explained(tmp_path, name, channels):
    with pytest.raises(InputError, match=rf"takes pictures of {channels} channels?, and .*three, RGB") as caught:
        create_backbone(name, 2, _saved(tmp_path, name, in_chans=channels, num_classes=3))
    assert "another architecture" not in str(caught.value)
    assert (".repeat(1, 3, 1, 1) / 3" in str(caught.value)) == (channels == 1)


def test_the_way_out_for_gray_networks_answers_alike(tmp_path):
    gray = timm.create_model("resnet18", in_chans=1, num_classes=3).eval()
    state = gray.state_dict()
    state["conv1.weight"] = state["conv1.weight"].repeat(1, 3, 1, 1) / 3
    ours = timm.create_model("resnet18", num_classes=3).eval()
    ours.load_state_dict(fit_body(ours, state, Source("w", "resnet18")).weights, strict=False)
    ours.fc.load_state_dict(gray.fc.state_dict())
    picture = torch.rand(2, 1, 64, 48)
    with torch.inference_mode():
        torch.testing.assert_close(ours(picture.repeat(1, 3, 1, 1)), gray(picture), rtol=1e-4, atol=1e-5)


def test_positions_of_another_size_are_resampled_as_timm_does(tmp_path):
    torch.manual_seed(2)
    source = timm.create_model("vit_tiny_patch16_384", num_classes=3)
    torch.save({"model": {f"module.{name}": value for name, value in source.state_dict().items()}}, tmp_path / "w.pth")
    found = create_backbone("vit_tiny_patch16_224", 2, str(tmp_path / "w.pth"))
    expected = resample_abs_pos_embed(source.pos_embed, [14, 14], num_prefix_tokens=1)
    torch.testing.assert_close(found.pos_embed, expected)
    assert torch.equal(found.blocks[3].attn.qkv.weight, source.blocks[3].attn.qkv.weight)


@pytest.mark.slow
def test_patches_of_another_size_are_another_architecture(tmp_path):
    with pytest.raises(InputError, match="another architecture"):
        create_backbone("vit_tiny_patch16_224", 2, _saved(tmp_path, "vit_base_patch32_224"))
    other = timm.create_model("vit_tiny_patch16_224", patch_size=32).state_dict()
    with pytest.raises(InputError, match=r"'patch_embed\.proj\.weight' has shape \[192, 3, 32, 32\]|'pos_embed' has shape"):
        fit_body(timm.create_model("vit_tiny_patch16_224"), other, Source("w", "vit_tiny_patch16_224"))


def test_one_output_is_no_other_architecture(tmp_path):
    assert create_backbone("resnet18", 2, _saved(tmp_path, "resnet18", num_classes=1)).fc.weight.shape == (2, 512)


def _heads(tensors):
    model = timm.create_model("resnet18", num_classes=4)
    body = {name: value for name, value in model.state_dict().items() if not name.startswith("fc.")}
    source = Source("w.pth", "resnet18")
    return fit_head(model, fit_body(model, body | tensors, source), source)


def test_the_whole_wants_a_head_and_names_what_it_found():
    assert _heads({"fc.weight": torch.ones(7, 512), "fc.bias": torch.ones(7)})["fc.weight"].shape == (7, 512)
    with pytest.raises(InputError, match=r"no head \('fc.weight' is missing\).*pretrained"):
        _heads({})
    mlp = nn.Sequential(nn.Linear(512, 32), nn.ReLU(), nn.Linear(32, 3))
    with pytest.raises(InputError, match=r"head of another build.*fc\.0\.weight \[32, 512\].*fc\.2\.weight \[3, 32\]"):
        _heads({f"fc.{name}": value for name, value in mlp.state_dict().items()})
    with pytest.raises(InputError, match=r"has shape \[7, 64\], resnet18 needs \[classes, 512\]"):
        _heads({"fc.weight": torch.ones(7, 64), "fc.bias": torch.ones(7)})


def test_siblings_differ_in_numbers_and_sizes():
    assert {"resnet18", "resnet50"} <= set(siblings("resnet34")) and "resnet50d" not in siblings("resnet34")
    assert "vit_small_patch16_224" in siblings("vit_base_patch16_224")
    assert "convnext_base" in siblings("convnext_tiny")
