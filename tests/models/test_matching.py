"""Weights found by the names that a network wants, under any wrappers; two copies told apart; heads told from bodies."""

import itertools

import pytest
import timm
import torch
from torch import nn

from robustfashion.errors import InputError
from robustfashion.models.backbones import create_backbone, load_body
from robustfashion.models.matching import best_table, contradiction, head_names, not_of_a_head, renamed, rivals
from robustfashion.models.weights import read_weights


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(1)
    return timm.create_model("resnet18", num_classes=9)


PREFIXES = ["", "net.", "classifier_net.", "model.backbone.", "module._orig_mod.model.", "_orig_mod.module.", "a.b.c.d.", "0."]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_any_prefix(network, prefix):
    state = network.state_dict()
    others = {"loss.weight": torch.ones(2), "n_averaged": torch.tensor(3), f"{prefix}_ignored": torch.tensor(0)}
    found = renamed({prefix + name: value for name, value in state.items()} | others, state)
    assert all(found[name] is value for name, value in state.items())


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_every_composition_of_wrappers(network, depth):
    state = network.state_dict()
    for parts in itertools.product(["module", "_orig_mod", "model", "my_net"], repeat=depth):
        prefix = ".".join(parts) + "."
        assert set(renamed({prefix + name: value for name, value in state.items()}, state)) == set(state), prefix


def test_wrappers_inside_the_names(network):
    """Compiled or sharded stages, and DataParallel around a part, as PyTorch's own ImageNet example has it for AlexNet."""
    state = network.state_dict()
    for wrapper in ("_orig_mod", "_fsdp_wrapped_module", "module"):
        inside = {name.replace("layer1.", f"layer1.{wrapper}."): value for name, value in state.items()}
        assert set(renamed({f"module.{name}": value for name, value in inside.items()}, state)) == set(state)
    alexnet = timm.create_model("alexnet", num_classes=3)
    parallel = nn.DataParallel(alexnet.features)
    names = {f"features.{name}": value for name, value in parallel.state_dict().items()}
    assert {name for name in alexnet.state_dict() if name.startswith("features.")} == set(renamed(names, alexnet.state_dict()))


def test_a_network_that_itself_has_parts_called_module():
    wanted = {"module.a.weight": torch.ones(2), "module.b.weight": torch.ones(3)}
    found = renamed({f"net.{name}": value for name, value in wanted.items()}, wanted)
    assert set(found) == set(wanted)


def test_of_two_copies_the_weights_or_their_average(network):
    state = network.state_dict()
    average = {name: value * 0.5 for name, value in state.items()}
    for plain, other in (("model.", "ema_model."), ("student.", "teacher."), ("net.", "net_ema.module.")):
        for order in ((plain, other), (other, plain)):
            both = {prefix + name: (state if prefix == plain else average)[name] for prefix in order for name in state}
            assert torch.equal(renamed(both, state)["conv1.weight"], state["conv1.weight"])
            assert torch.equal(renamed(both, state, averaged=True)["conv1.weight"], average["conv1.weight"])


CONTAINERS = [
    ("state_dict",), ("model",), ("model_state_dict",), ("net",), ("weights",), ("params",), ("module",), ("my_network",),
    ("model", "state_dict"), ("checkpoint", "model", "net"),
]  # fmt: skip


@pytest.mark.parametrize("keys", CONTAINERS, ids=".".join)
@pytest.mark.parametrize("average", [None, "state_dict_ema", "model_ema", "ema"])
def test_containers_of_weights_and_of_their_average(tmp_path, network, keys, average):
    state = network.state_dict()
    content = dict(state)
    for key in reversed(keys):
        content = {key: content}
    momentum = {"state": {k: {"momentum_buffer": v} for k, v in enumerate(state.values())}, "named": dict(state)}
    if average is not None:
        content[average] = {"n_averaged": torch.tensor(4)} | {f"module.{name}": value * 0.5 for name, value in state.items()}
    torch.save({"optimizer": momentum, "epoch": 3, "metric": torch.tensor(0.9)} | content, tmp_path / "w.pth")
    file = read_weights(tmp_path / "w.pth")
    assert file.tables[0].key == ".".join(keys)
    assert torch.equal(best_table(file, state).tensors["conv1.weight"], state["conv1.weight"])
    chosen = renamed(best_table(file, state, averaged=True).tensors, state)["conv1.weight"]
    assert torch.equal(chosen, state["conv1.weight"] * (1 if average is None else 0.5))


def test_the_table_that_fits_is_taken_not_the_first(tmp_path, network):
    other = timm.create_model("mobilenetv3_small_050", num_classes=2).state_dict()
    torch.save({"state_dict": other, "student": network.state_dict()}, tmp_path / "w.pth")
    assert torch.equal(create_backbone("resnet18", 2, str(tmp_path / "w.pth")).conv1.weight, network.conv1.weight)


HEADS = {
    "own": nn.Linear(512, 3),
    "sequential": nn.Sequential(nn.Dropout(0.2), nn.Linear(512, 4)),
    "mlp": nn.Sequential(nn.Linear(512, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 1)),
    "none": nn.Identity(),
}


@pytest.mark.parametrize("place", ["fc", "my_classes", "head"])
@pytest.mark.parametrize("name", HEADS)
def test_a_body_is_taken_under_any_head(tmp_path, network, name, place):
    body = {key: value for key, value in network.state_dict().items() if not key.startswith("fc.")}
    head = {f"{place}.{key}": value for key, value in HEADS[name].state_dict().items()}
    auxiliary = {"aux_classifier.0.weight": torch.ones(8, 4, 3, 3), "arcface.weight": torch.ones(7, 512)}
    torch.save({"state_dict": {f"model.{key}": value for key, value in (body | head | auxiliary).items()}}, tmp_path / "w.ckpt")
    assert torch.equal(create_backbone("resnet18", 2, str(tmp_path / "w.ckpt")).conv1.weight, network.conv1.weight)


def test_what_no_head_has_is_a_sign_of_another_architecture(network):
    state, head = network.state_dict(), head_names(network)
    signs = {
        "layer1.2.conv1.weight": torch.ones(64, 64, 3, 3), "reg_token": torch.ones(1, 4, 512), "norm_pre.weight": torch.ones(512),
        "stem.1.weight": torch.ones(3, 3, 3, 3), "layer1.7.fc.weight": torch.ones(3, 4),
    }  # fmt: skip
    heads = {"fc.1.bias": torch.ones(3), "head_dist.weight": torch.ones(3, 4), "projector.0.weight": torch.ones(3, 4)}
    assert set(not_of_a_head({**state, **signs, **heads}, state, head)) == set(signs)


def test_more_files_of_more_networks(tmp_path):
    """Names of other families, wrapped: what is found is what timm itself loads."""
    for name in ("vit_tiny_patch16_224", "convnext_atto", "densenet121", "mobilenetv3_small_050", "googlenet"):
        source = timm.create_model(name, num_classes=6)
        torch.save({"model": {f"module.{k}": v for k, v in source.state_dict().items()}}, tmp_path / "w.pth")
        found = create_backbone(name, 3, str(tmp_path / "w.pth")).state_dict()
        head = head_names(source)
        assert all(torch.equal(found[k], v) for k, v in source.state_dict().items() if k not in head), name


def test_no_tables_no_weights(tmp_path):
    torch.save({"optimizer": {"a": torch.ones(2)}}, tmp_path / "w.pth")
    with pytest.raises(InputError, match="holds no weights"):
        read_weights(tmp_path / "w.pth")


def test_two_networks_in_one_file(network, tmp_path):
    """Student and teacher: which of them is meant nobody says; an average is no rival, and neither is a copy."""
    state = network.state_dict()
    student, teacher = (
        {f"{who}.backbone.{k}": v + add for k, v in state.items()} for who, add in (("student", 0), ("teacher", 1))
    )
    assert rivals(student | teacher, state) == ("student.backbone.", "teacher.backbone.")
    same = {name.replace("student", "momentum"): value for name, value in student.items()}
    assert rivals(student | same, state) is None and rivals(student, state) is None
    assert rivals(student | {f"model_ema.{k}": v + 1 for k, v in state.items()}, state) is None
    torch.save(teacher | student, tmp_path / "w.pth")
    with pytest.raises(InputError, match=r"w\.pth: holds two networks, under 'teacher\.backbone\.' and 'student\.backbone\.'"):
        load_body(network, tmp_path / "w.pth", "resnet18")


def test_two_copies_under_wrappers_that_differ(network, tmp_path):
    """Which of the two is meant cannot be told; equal ones may stand beside each other, and another network's do not matter."""
    state = network.state_dict()
    compiled = {f"_orig_mod.{name}": value.clone() for name, value in state.items()}
    assert contradiction(state | compiled, state) is None
    compiled["_orig_mod.layer2.0.conv1.weight"] += 1
    assert contradiction(compiled | state, state) == ("_orig_mod.layer2.0.conv1.weight", "layer2.0.conv1.weight")
    half = {"module.fc.bias": state["fc.bias"].half()}
    assert contradiction(state | half, state) == ("fc.bias", "module.fc.bias")
    assert contradiction(state | {"loss.weight": torch.ones(1), "module.loss.weight": torch.zeros(1)}, state) is None
    averaged = {f"ema_model.module.{name}": value + 1 for name, value in state.items()}
    assert contradiction({f"model.{name}": value for name, value in state.items()} | averaged, state) is None
    torch.save(state | compiled, tmp_path / "w.pth")
    with pytest.raises(InputError, match=r"w\.pth: 'layer2.0.conv1.weight' and '_orig_mod.layer2.0.conv1.weight' are one weight"):
        create_backbone("resnet18", 5, str(tmp_path / "w.pth"))
