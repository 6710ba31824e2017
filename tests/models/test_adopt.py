"""Networks that were trained elsewhere, adopted: the answers are those of timm's own network after timm's own transform."""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
import torchvision
from PIL import Image
from safetensors.torch import save_file
from timm.data import create_transform, resolve_data_config
from timm.models import save_for_hf
from timm.utils import CheckpointSaver, ModelEmaV3

from robustfashion.errors import InputError
from robustfashion.models import adopt_cli
from robustfashion.models.__main__ import describe, main
from robustfashion.models.adopt import AdoptSettings, adopt
from robustfashion.models.checkpoint import checkpoint_digest, checkpoint_preprocessing, load_classifier
from robustfashion.models.doctor import examine
from robustfashion.models.lite0 import lite0_tensors

SMALL = "mobilenetv3_small_050"
CLASSES = ("shirt", "dress", "shoe", "bag", "hat")


def _picture(tmp_path, height=150, width=201):
    rows, columns = np.mgrid[:height, :width]
    picture = np.stack([rows % 256, columns % 256, (rows * columns) % 256], axis=2).astype(np.uint8)
    Image.fromarray(picture).save(tmp_path / "picture.png")
    return tmp_path / "picture.png"


def _asked(checkpoint, picture):
    """Logits of a picture file by our checkpoint, through the preprocessing that it names."""
    model = load_classifier(checkpoint)
    pixels = checkpoint_preprocessing(model).load(picture)
    with torch.inference_mode():
        return model(torch.from_numpy(pixels).permute(2, 0, 1)[None])[0]


def _timms(network, picture, **config):
    config = resolve_data_config(config, pretrained_cfg=network.pretrained_cfg)
    with Image.open(picture) as image, torch.inference_mode():
        return network.eval()(create_transform(**config, is_training=False)(image.convert("RGB"))[None])[0]


def _names(path, names=CLASSES):
    path.write_text("\n".join(names) + "\n")
    return str(path)


@pytest.fixture(scope="module")
def lite0(tmp_path_factory):
    """The ImageNet network at hand, as timm builds it."""
    network = timm.create_model("tf_efficientnet_lite0").eval()
    network.load_state_dict({name: value.contiguous() for name, value in lite0_tensors().items()})
    return network


@pytest.fixture(scope="module")
def small():
    torch.manual_seed(3)
    network = timm.create_model(SMALL, num_classes=len(CLASSES))
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return network.eval()


def _save_state(network, path):
    torch.save(network.state_dict(), path)
    return path


def _save_safetensors(network, path):
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, path.with_suffix(".safetensors"))
    return path.with_suffix(".safetensors")


def _save_hub_folder(network, path):
    names = timm.data.ImageNetInfo("imagenet-1k").label_names()
    save_for_hf(network, path.with_suffix(""), model_config={"label_names": names}, safe_serialization=False)
    return path.with_suffix("")


def _save_training(network, path):
    """What timm's train.py writes: its own saver, arguments, optimiser, EMA."""
    arguments = argparse.Namespace(model="tf_efficientnet_lite0", lr=0.1, img_size=None, mean=None, crop_pct=None, opt_betas=None)
    parallel = torch.nn.DataParallel(network)
    optimizer = torch.optim.SGD(network.parameters(), 0.1, momentum=0.9)
    saver = CheckpointSaver(
        parallel, optimizer, args=arguments, model_ema=ModelEmaV3(network), checkpoint_dir=path.parent, recovery_dir=path.parent,
        unwrap_fn=lambda model: model,
    )  # fmt: skip
    saver.save_checkpoint(3, metric=np.float64(75.3))
    return path.parent / "model_best.pth.tar"


FORMS = [
    _save_hub_folder,
    _save_training,
    *(pytest.param(form, marks=pytest.mark.slow) for form in (_save_state, _save_safetensors)),
]


@pytest.mark.parametrize("save", FORMS)
def test_imagenets_network_answers_as_timms_own(tmp_path, lite0, save):
    path, out = save(lite0, tmp_path / "network.pth"), tmp_path / "adopted.safetensors"
    named = {} if path.is_dir() else {"classes": "imagenet-1k"}
    architecture = "tf_efficientnet_lite0" if save in (_save_state, _save_safetensors) else None
    found = adopt(AdoptSettings(str(path), architecture, **named), out)
    assert found.preprocessing.name == "pillow.bicubic+shorter=256+crop=224"
    assert len(found.classes) == 1000 and found.classes[:2] == ("n01440764", "n01443537")
    picture = _picture(tmp_path, 300, 401)
    ours, theirs = _asked(out, picture), _timms(lite0, picture)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-4)
    assert ours.topk(5).indices.tolist() == theirs.topk(5).indices.tolist()
    description = load_classifier(out).description
    assert description.trained_on is None and description.seed is None and examine(out).exit_status == 0
    assert description.other["adopted"]["file"] == (path / "pytorch_model.bin" if path.is_dir() else path).name


def test_every_form_of_one_network_has_one_digest(tmp_path, small):
    forms = [_save_state(small, tmp_path / "a.pth"), _save_safetensors(small, tmp_path / "b.pth")]
    torch.save({"state_dict": {f"module._orig_mod.net.{k}": v for k, v in small.state_dict().items()}}, tmp_path / "c.ckpt")
    digests = set()
    for path in [*forms, tmp_path / "c.ckpt"]:
        for suffix in (".safetensors", ".ckpt"):
            out = tmp_path / f"out{suffix}"
            digests.add(adopt(AdoptSettings(str(path), SMALL, _names(tmp_path / "n.txt")), out).digest)
            assert checkpoint_digest(out) in digests
    assert len(digests) == 1


def test_the_average_is_taken_when_asked_for(tmp_path, small):
    average = {name: value * 0.9 if value.is_floating_point() else value for name, value in small.state_dict().items()}
    torch.save({"state_dict": small.state_dict(), "state_dict_ema": average}, tmp_path / "w.pth.tar")
    settings = AdoptSettings(str(tmp_path / "w.pth.tar"), SMALL, _names(tmp_path / "n.txt"))
    plain = adopt(settings, tmp_path / "plain.ckpt")
    assert any("state_dict_ema" in note and "--ema" in note for note in plain.notes)
    adopt(AdoptSettings(settings.weights, SMALL, settings.classes, averaged=True), tmp_path / "ema.ckpt")
    for name, weights in (("plain", small.state_dict()), ("ema", average)):
        found = load_classifier(tmp_path / f"{name}.ckpt").backbone.state_dict()
        assert torch.equal(found["conv_stem.weight"], weights["conv_stem.weight"])


def test_what_the_training_was_told_counts(tmp_path, small):
    """timm's train.py with --img-size, --mean, ...: the network expects those, not the architecture's own."""
    told = {"img_size": 96, "mean": [0.1, 0.2, 0.3], "std": [0.4, 0.5, 0.6], "crop_pct": 1.0, "interpolation": "bilinear"}
    content = {"arch": SMALL, "state_dict": small.state_dict(), "args": argparse.Namespace(model=SMALL, device="cuda", **told)}
    torch.save(content, tmp_path / "w.pth.tar")
    found = adopt(AdoptSettings(str(tmp_path / "w.pth.tar"), classes=_names(tmp_path / "n.txt")), tmp_path / "out.ckpt")
    assert found.preprocessing.name == "pillow.bilinear+shorter=96+crop=96"
    assert found.scaling.mean == (0.1, 0.2, 0.3)
    picture = _picture(tmp_path)
    torch.testing.assert_close(_asked(found.out, picture), _timms(small, picture, **told), rtol=0, atol=1e-4)


def test_torchvisions_reference_training(tmp_path):
    torch.manual_seed(4)
    network = torchvision.models.mobilenet_v2(num_classes=3).eval()
    told = argparse.Namespace(
        model="mobilenet_v2", val_resize_size=83, val_crop_size=64, interpolation="bilinear", output_dir="."
    )
    state = {f"module.{name}": value for name, value in network.state_dict().items()}
    average = {"n_averaged": torch.tensor(2)} | state
    torch.save(
        {"model": network.state_dict(), "model_ema": average, "optimizer": {}, "args": told, "epoch": 1}, tmp_path / "w.pth"
    )
    settings = AdoptSettings(str(tmp_path / "w.pth"), classes=_names(tmp_path / "n.txt", "abc"))
    found = adopt(settings, tmp_path / "out.safetensors")
    assert (found.architecture, found.preprocessing.name) == ("mobilenetv2_100", "pillow.bilinear+shorter=83+crop=64")
    picture = _picture(tmp_path)
    transform = torchvision.transforms.Compose(
        [
            torchvision.transforms.Resize(83), torchvision.transforms.CenterCrop(64), torchvision.transforms.ToTensor(),
            torchvision.transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        ]
    )  # fmt: skip
    with torch.inference_mode(), Image.open(picture) as image:
        torch.testing.assert_close(_asked(found.out, picture), network(transform(image)[None])[0], rtol=0, atol=1e-4)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_half_precision(tmp_path, small, kind):
    half = {name: value.to(kind) if value.is_floating_point() else value for name, value in small.state_dict().items()}
    torch.save(half, tmp_path / "w.pth")
    adopt(AdoptSettings(str(tmp_path / "w.pth"), SMALL, _names(tmp_path / "n.txt")), tmp_path / "out.ckpt")
    found = load_classifier(tmp_path / "out.ckpt").backbone.conv_stem.weight
    assert torch.equal(found, half["conv_stem.weight"].float())


def test_one_output_and_two_classes(tmp_path):
    torch.manual_seed(5)
    network = timm.create_model(SMALL, num_classes=1).eval()
    path, out = _save_state(network, tmp_path / "w.pth"), tmp_path / "out.safetensors"
    found = adopt(AdoptSettings(str(path), SMALL, _names(tmp_path / "n.txt", ("no", "yes"))), out)
    assert any("sigmoid" in note for note in found.notes)
    picture = _picture(tmp_path)
    expected = torch.sigmoid(_timms(network, picture))[0]
    torch.testing.assert_close(torch.softmax(_asked(out, picture), 0)[1], expected, rtol=0, atol=1e-6)
    with pytest.raises(InputError, match=r"has one output, and .* names 5 classes.*sigmoid"):
        adopt(AdoptSettings(str(path), SMALL, _names(tmp_path / "n.txt")), out)


HEADS = (
    "convnext_atto", "resnet18", "vit_tiny_patch16_224", "deit_tiny_distilled_patch16_224", "googlenet", "densenet121",
    "efficientvit_m0", "mobilevit_xxs", "swin_tiny_patch4_window7_224", "inception_v3", "resmlp_12_224", "ghostnet_050",
    "mixer_s32_224", "regnety_002", "dla34", "repvgg_a0", "nfnet_l0", "edgenext_xx_small", "maxvit_rmlp_pico_rw_256",
)  # fmt: skip


@pytest.mark.parametrize("name", ["levit_128s", *(pytest.param(name, marks=pytest.mark.slow) for name in HEADS)])
def test_heads_of_many_builds(tmp_path, name):
    torch.manual_seed(6)
    network = timm.create_model(name, num_classes=3).eval()
    path = _save_state(network, tmp_path / "w.pth")
    found = adopt(AdoptSettings(str(path), name, _names(tmp_path / "n.txt", "abc")), tmp_path / "out.safetensors")
    picture = _picture(tmp_path)
    torch.testing.assert_close(_asked(found.out, picture), _timms(network, picture), rtol=1e-4, atol=1e-4)
    assert examine(found.out).exit_status == 0


def test_what_is_asked_for_comes_first(tmp_path, small):
    settings = AdoptSettings(
        str(_save_state(small, tmp_path / "w.pth")), SMALL, _names(tmp_path / "n.txt"), "opencv.area+jpeg75", 90, 48,
        "mean=0.5/std=0.25",
    )  # fmt: skip
    found = adopt(settings, tmp_path / "out.ckpt")
    described = describe(tmp_path / "out.ckpt")
    assert (found.preprocessing.name, described["canvas"], described["size"]) == ("opencv.area+jpeg75", 90, 48)
    assert described["normalisation"] == "mean=0.5,0.5,0.5/std=0.25,0.25,0.25"
    assert adopt(AdoptSettings(settings.weights, SMALL, settings.classes, size=64), tmp_path / "s.ckpt").preprocessing.size == 64


def _refused(message, tmp_path, **settings):
    with pytest.raises(InputError, match=message) as caught:
        adopt(AdoptSettings(**settings), tmp_path / "out.ckpt")
    assert "\n" not in str(caught.value) and not (tmp_path / "out.ckpt").exists()


def test_refusals(tmp_path, small):
    weights, classes = str(_save_state(small, tmp_path / "w.pth")), _names(tmp_path / "n.txt")
    four = _names(tmp_path / "4.txt", CLASSES[:4])
    _refused(r"has 5 outputs, but .*4\.txt names 4 classes", tmp_path, weights=weights, architecture=SMALL, classes=four)
    _refused(r"tells 5 classes apart, but not which; add --classes", tmp_path, weights=weights, architecture=SMALL)
    _refused(r"add --architecture NAME", tmp_path, weights=weights, classes=classes)
    torch.save({"arch": "mobilenetv3", "state_dict": small.state_dict()}, tmp_path / "class.pth")  # timm's saver, without args
    _refused(r"add --architecture NAME", tmp_path, weights=str(tmp_path / "class.pth"), classes=classes)
    _refused(r"they fit mobilenetv3_small_050", tmp_path, weights=weights, architecture="mobilenetv3_small_075", classes=classes)
    _refused(r"did you mean", tmp_path, weights=weights, architecture="mobilnetv3_small_050", classes=classes)
    _refused(r"no list of timm's", tmp_path, weights=weights, architecture=SMALL, classes="imagenet-7")
    adopt(AdoptSettings(weights, SMALL, classes), tmp_path / "own.ckpt")
    _refused("is a robustfashion checkpoint already", tmp_path, weights=str(tmp_path / "own.ckpt"))
    headless = {name: value for name, value in small.state_dict().items() if not name.startswith("classifier")}
    torch.save(headless, tmp_path / "h.pth")
    _refused("no head", tmp_path, weights=str(tmp_path / "h.pth"), architecture=SMALL, classes=classes)
    torch.save(small.state_dict() | {"conv_stem.weight": torch.full((16, 3, 3, 3), torch.nan)}, tmp_path / "nan.pth")
    _refused("weights are damaged", tmp_path, weights=str(tmp_path / "nan.pth"), architecture=SMALL, classes=classes)


def test_sizes_of_transformers(tmp_path):
    torch.manual_seed(8)
    network = timm.create_model("vit_tiny_patch16_224", num_classes=5).eval()
    weights = str(_save_state(network, tmp_path / "w.pth"))
    settings = {"weights": weights, "architecture": "vit_tiny_patch16_224", "classes": _names(tmp_path / "n.txt")}
    _refused("size is 8, which this network cannot take", tmp_path, **settings, size=8)
    found = adopt(AdoptSettings(**settings, size=160), tmp_path / "a.ckpt")
    assert any("resampled" in note for note in found.notes)
    picture = _picture(tmp_path)
    network.set_input_size((160, 160))
    torch.testing.assert_close(_asked(found.out, picture), _timms(network, picture, img_size=160), rtol=1e-4, atol=1e-4)


def test_a_transformer_of_the_hub_that_was_built_for_another_size(tmp_path):
    torch.manual_seed(9)
    network = timm.create_model("vit_tiny_patch16_224", num_classes=5, img_size=96).eval()
    found = adopt(AdoptSettings(_hub_folder(tmp_path, network)), tmp_path / "a.ckpt")
    assert found.preprocessing.size == 96 and not found.notes
    picture = _picture(tmp_path)
    torch.testing.assert_close(_asked(found.out, picture), _timms(network, picture, img_size=96), rtol=1e-4, atol=1e-4)


def _hub_folder(tmp_path, network, **changes):
    save_for_hf(network, tmp_path / "hub", model_config={"label_names": list(CLASSES)}, safe_serialization=True)
    config = json.loads((tmp_path / "hub" / "config.json").read_text())
    (tmp_path / "hub" / "config.json").write_text(json.dumps({**config, **changes}))
    return str(tmp_path / "hub")


def test_folders_of_the_hub(tmp_path, small):
    folder = _hub_folder(tmp_path, small)
    (tmp_path / "hub" / "model.safetensors").rename(tmp_path / "hub" / "mine.safetensors")
    assert adopt(AdoptSettings(folder), tmp_path / "a.ckpt").classes == CLASSES
    folder = _hub_folder(tmp_path, small, label_names={str(k): name for k, name in enumerate(CLASSES)})
    assert adopt(AdoptSettings(folder), tmp_path / "a.ckpt").classes == CLASSES
    _refused(
        "names no timm architecture, but .*ViT",
        tmp_path,
        weights=_hub_folder(tmp_path, small, architecture=None, architectures=["ViT"]),
    )
    _refused(
        r"model_args global_pool='max'.* answers otherwise",
        tmp_path,
        weights=_hub_folder(tmp_path, small, model_args={"global_pool": "max"}),
    )
    (tmp_path / "hub" / "config.json").write_text("{")
    _refused("cannot be read as JSON", tmp_path, weights=folder)
    (tmp_path / "empty").mkdir()
    _refused("a folder without weights", tmp_path, weights=str(tmp_path / "empty"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pretrained_cfg": [1, 2]}, r"config\.json: pretrained_cfg is \[1, 2\]; expected a table"),
        ({"pretrained_cfg": "x"}, "pretrained_cfg is 'x'"), ({"model_args": ["x"]}, r"model_args is \['x'\]"),
        ({"label_names": "abc"}, "holds a str"), ({"label_names": ["a", ["b"]]}, "where a class name is expected"),
        ({"pretrained_cfg": {"input_size": [3, 10**400, 10**400]}}, "input_size"),
        ({"pretrained_cfg": {"crop_pct": 1e-308}}, "crop_pct is 1e-308"),
        ({"pretrained_cfg": {"mean": "x"}}, "mean .* is 'x'"),
        ({"pretrained_cfg": {"mean": [10**400, 0, 0]}}, "mean"),
        ({"pretrained_cfg": {"interpolation": {"a": 1}}}, "interpolation"),
    ],
)  # fmt: skip
def test_configurations_of_other_types(tmp_path, small, changes, message):
    _refused(message, tmp_path, weights=_hub_folder(tmp_path, small, **changes))


def test_configurations_that_say_little(tmp_path, small):
    folder = _hub_folder(tmp_path, small, pretrained_cfg=None, model_args=None)
    config = tmp_path / "hub" / "config.json"
    config.write_text("\ufeff" + config.read_text(), encoding="utf-8")
    found = adopt(AdoptSettings(folder, size=64), tmp_path / "a.ckpt")
    assert found.classes == CLASSES and found.preprocessing.name == "pillow.bicubic+shorter=73+crop=64"
    config.write_text("[" * 100_000)
    (tmp_path / "a.ckpt").unlink()
    _refused("cannot be read as JSON", tmp_path, weights=folder)
    config.write_text(json.dumps({"architecture": SMALL, "label_names": ["a", "a"], "pretrained_cfg": {}}))
    _refused("classes 0 and 1 are both called 'a'", tmp_path, weights=folder, size=64)
    found = adopt(AdoptSettings(folder, classes=_names(tmp_path / "n.txt"), size=64), tmp_path / "a.ckpt")
    assert found.classes == CLASSES  # what the user says comes before it


GENERAL = [
    "checkpoint_path", "cache_dir", "pretrained_cfg", "pretrained_cfg_overlay", "scriptable", "exportable", "no_jit",
    "features_only", "kwargs", "model_name", "self", "nonsense", "pretrained_strict",
]  # fmt: skip


@pytest.mark.parametrize("name", GENERAL)
def test_a_configuration_tells_timm_nothing_but_layers(tmp_path, small, name, monkeypatch):
    """Least of all to read a file: config.json is a stranger's."""
    read: list[object] = []
    monkeypatch.setattr("timm.models._factory.load_checkpoint", lambda *given, **_: read.append(given))
    said = {
        "model_args": {"global_pool": "avg", name: str(tmp_path / "secret.pth")},
        "pretrained_cfg": {"input_size": [3, 32, 32]},
    }
    message = rf"config\.json: model_args has '{name}', which is no argument of {SMALL}'s layers"
    _refused(message, tmp_path, weights=_hub_folder(tmp_path, small, **said))
    assert not read


def test_arguments_of_the_layers_that_change_no_answer(tmp_path, small):
    arguments = {"global_pool": "avg", "drop_rate": 0.3, "num_classes": 5}
    assert adopt(AdoptSettings(_hub_folder(tmp_path, small, model_args=arguments)), tmp_path / "a.ckpt").classes == CLASSES


@pytest.mark.parametrize(
    "told",
    [{"img_size": "abc"}, {"input_size": [3, 64]}, {"mean": "x"}, {"crop_pct": "a"}, {"crop_pct": -1}, {"interpolation": "evil"},
     {"crop_mode": ["zzz"]}, {"val_crop_size": [1], "val_resize_size": "x"}],
)  # fmt: skip
def test_training_arguments_of_other_types(tmp_path, small, told):
    torch.save({"state_dict": small.state_dict(), "args": argparse.Namespace(model=SMALL, **told)}, tmp_path / "w.pth")
    _refused(r"\w", tmp_path, weights=str(tmp_path / "w.pth"), classes=_names(tmp_path / "n.txt"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classifier.bias": torch.tensor(1.0)}, r"'classifier\.bias' has shape \[\], .* needs \[classes\]"),
        ({"classifier.weight": torch.ones(5)}, r"'classifier\.weight' has shape \[5\], .* needs \[classes, 1024\]"),
        ({"classifier.bias": torch.ones(4)}, "has 5 outputs and its bias 4"),
        ({"classifier.weight": torch.eye(5, 1024).to_sparse()}, "'classifier.weight' is a sparse tensor"),
        ({"conv_stem.weight": torch.tensor(1.0)}, r"'conv_stem\.weight' has shape \[\]"),
    ],
)
def test_weights_of_other_shapes(tmp_path, small, changes, message):
    torch.save(small.state_dict() | changes, tmp_path / "w.pth")
    _refused(message, tmp_path, weights=str(tmp_path / "w.pth"), architecture=SMALL, classes=_names(tmp_path / "n.txt"))


def test_a_policy_that_names_its_own_square(tmp_path, small):
    settings = AdoptSettings(_hub_folder(tmp_path, small), preprocessing="pillow.bicubic+longer=96+pad=white")
    assert adopt(settings, tmp_path / "a.ckpt").preprocessing.size == 96


def test_what_is_read_is_not_overwritten(tmp_path, small, capsys):
    folder = tmp_path / "hub"
    _hub_folder(tmp_path, small)
    names = Path(_names(tmp_path / "n.txt"))
    (tmp_path / "link.ckpt").symlink_to(folder / "model.safetensors")
    before = {path: path.read_bytes() for path in (folder / "model.safetensors", folder / "config.json", names)}
    for out in (*before, tmp_path / "link.ckpt"):
        with pytest.raises(InputError, match=r"--out .*which would be overwritten"):
            adopt(AdoptSettings(str(folder), classes=str(names)), out)
        with pytest.raises(SystemExit):
            main(["adopt", str(folder), "--classes", str(names), "--out", str(out)])
        assert "which would be overwritten" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in before} == before
    adopt(AdoptSettings(str(folder), size=64), folder / "other.ckpt")  # beside them is a place like any other


def test_names_of_a_stranger_do_not_reach_the_terminal_raw(tmp_path, small, capsys):
    folder = _hub_folder(tmp_path, small, label_names=["a\x1b[2Jb", "c\u202ed", "e\rf", "g", "h"])
    main(["adopt", folder, "--size", "64", "--out", str(tmp_path / "a.ckpt")])
    told = capsys.readouterr().out
    assert "a\\x1b[2Jb, c\\u202ed, e\\rf" in told and told.replace("\n", "").isprintable()
    folder = _hub_folder(tmp_path, small, architecture=None, model_type="x\x1b[2Jy")
    with pytest.raises(SystemExit):
        main(["adopt", folder, "--out", str(tmp_path / "a.ckpt")])
    assert "x\\x1b[2Jy" in capsys.readouterr().err


def test_no_network_is_one_line(tmp_path, monkeypatch):
    def fail(*_arguments, **_options):
        raise OSError("Name or service not known")

    monkeypatch.setattr("robustfashion.models.foreign.socket.getaddrinfo", fail)
    monkeypatch.setattr("robustfashion.models.foreign.getproxies", dict)
    _refused(r"hf-hub:a/b: config\.json cannot be fetched \(Name or service not known\)", tmp_path, weights="hf-hub:a/b")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    _refused(r"cannot be fetched from https://.*give its path", tmp_path, weights="resnet18.a1_in1k", classes="imagenet-1k")
    for name in ("../../x y", "a/b/c", "a//b", "x" * 200):
        _refused(r"hf-hub:.*config\.json cannot be fetched", tmp_path, weights=f"hf-hub:{name}")
    _refused("no such file or folder, and no weights that timm knows", tmp_path, weights="blub")


def test_a_published_network_by_name(tmp_path, monkeypatch):
    """timm's name; the file stands for what its URL gives."""
    torch.manual_seed(7)
    network = timm.create_model("resnet18").eval()
    path = _save_state(network, tmp_path / "w.pth")
    monkeypatch.setattr("timm.models._hub.check_cached_file", lambda *_: True)
    monkeypatch.setattr("timm.models._hub.download_cached_file", lambda *_: str(path))
    found = adopt(AdoptSettings("resnet18.tv_in1k", classes="imagenet-1k"), tmp_path / "out.ckpt")
    assert (found.architecture, found.preprocessing.name) == ("resnet18", "pillow.bilinear+shorter=256+crop=224")


def test_a_network_of_the_hub(tmp_path, monkeypatch, small):
    folder = tmp_path / "hub"
    _hub_folder(tmp_path, small)

    def fetched(_repository, name, **_options):
        if not (folder / name).exists():
            from huggingface_hub.errors import EntryNotFoundError

            raise EntryNotFoundError(name)
        return str(folder / name)

    monkeypatch.setattr("huggingface_hub.hf_hub_download", fetched)
    monkeypatch.setattr("robustfashion.models.foreign._resolve", lambda _: None)
    found = adopt(AdoptSettings("hf-hub:somebody/mine@main"), tmp_path / "out.ckpt")
    assert found.classes == CLASSES


def test_the_command(tmp_path, small, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"arch": SMALL, "state_dict": small.state_dict()}, "my net.pth.tar")
    main(["adopt", "my net.pth.tar", "--classes", _names(tmp_path / "n.txt")])
    told = capsys.readouterr().out
    assert "5: shirt, dress, shoe, bag, hat" in told and "pillow.bicubic+shorter=256+crop=224: 224 px" in told
    assert "mean 0.485, 0.456, 0.406, std 0.229, 0.224, 0.225" in told and "--checkpoint 'my net.robustfashion.ckpt'" in told
    assert describe(tmp_path / "my net.robustfashion.ckpt")["classes"] == list(CLASSES)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.pth"], "nowhere.pth: no such file or folder"), (["./nowhere"], "no such file"),
        (["w.pth", "--out", "."], "is a folder"), (["w.pth", "--out", "w.pth"], "is WEIGHTS itself"),
        (["w.pth", "--classes", "nowhere.txt"], "nowhere.txt: no such file"),
        (["w.pth", "--out", "/proc/nowhere/x"], "/proc/nowhere: cannot be written"),
        (["w.pth", "--out", "w.pth/x"], "cannot be written"), (["w.pth", "--preprocessing", "pillow.bicubik"], "bicubik"),
        (["w.pth", "--preprocessing", "pillow.bicubic+shorter=96"], "add crop=N"), (["w.pth", "--size", "0"], "size is 0"),
        (["w.pth", "--canvas", "-1"], "canvas is -1"), (["w.pth", "--normalisation", "mean=2"], "normalisation is 'mean=2'"),
    ],
)  # fmt: skip
def test_mistakes_are_told_before_torch_is_loaded(tmp_path, arguments, message, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.pth").touch()
    monkeypatch.setitem(sys.modules, "robustfashion.models.adopt", None)  # an import of it fails
    with pytest.raises(SystemExit) as caught:
        main(["adopt", *arguments])
    assert caught.value.code == 2 and message in capsys.readouterr().err


def test_where_it_goes_when_nobody_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pth.tar").touch()
    (tmp_path / "hub.v2").mkdir()
    names = {"a.pth.tar": "a", "hub.v2": "hub.v2", "hf-hub:timm/resnet18.a1_in1k": "resnet18.a1_in1k", "hf-hub:me/x@v1": "x"}
    for weights, stem in names.items():
        assert adopt_cli.default_out(weights).name == f"{stem}.robustfashion.ckpt"
