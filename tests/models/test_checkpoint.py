"""Checkpoints: written, read back, and refused with the reason and the way out."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from robustfashion.data.preprocess import Preprocessing
from robustfashion.errors import InputError
from robustfashion.models import golden
from robustfashion.models.checkpoint import (
    checkpoint_digest,
    checkpoint_preprocessing,
    checkpoint_thresholds,
    load_classifier,
    provenance_of,
    record_thresholds,
    save_checkpoint,
)
from robustfashion.models.classifier import Classifier
from robustfashion.models.golden_record import NotRecorded
from robustfashion.models.inference import predict_arrays
from robustfashion.models.recorded_thresholds import RecordedThresholds

CLASSES = ("other", "dress", "top")
NET = "test_resnet"
SMALL = Preprocessing.parse("pillow.bilinear", canvas=70, size=48)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    found = Classifier(NET, CLASSES, recipe="robust", normalisation="imagenet")
    for module in found.modules():  # statistics other than 0 and 1, so that a lost buffer is seen
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
    return found.eval()


@pytest.fixture(scope="module")
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 48, 48, 3)).astype(np.uint8)


@pytest.mark.parametrize("suffix", [".ckpt", ".safetensors"])
def test_round_trip(tmp_path, model, pixels, suffix):
    path = tmp_path / f"deep/er/model{suffix}"
    preprocessing = Preprocessing.parse("pillow.bilinear+jpeg75", canvas=70, size=48)
    save_checkpoint(model, path, preprocessing=preprocessing, threshold=0.75, seed=11)
    found = load_classifier(path, classes=CLASSES, architecture=NET)
    for ours, theirs in zip(predict_arrays(found, pixels), predict_arrays(model, pixels), strict=True):
        assert np.array_equal(ours, theirs)
    assert (found.classes, found.architecture, found.recipe, found.normalisation) == (
        CLASSES, NET, model.recipe, "imagenet",
    )  # fmt: skip
    assert (found.description.thresholds.overall, found.description.seed) == (0.75, 11)
    assert set(found.description.provenance["versions"]) >= {"python", "torch", "timm", "Pillow"}
    assert checkpoint_preprocessing(found) == preprocessing
    assert not found.training
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_digest_is_of_the_network_not_of_the_file(tmp_path, model):
    paths = [tmp_path / name for name in ("a.ckpt", "b.ckpt", "c.safetensors")]
    for number, path in enumerate(paths):
        save_checkpoint(model, path, threshold=0.5 + number / 10, seed=number)
    assert len({checkpoint_digest(path) for path in paths}) == 1
    changed = copy.deepcopy(model)
    changed.backbone.get_classifier().bias.data[1] += 1e-6
    save_checkpoint(changed, tmp_path / "d.ckpt")
    renamed = copy.deepcopy(model)
    renamed.classes = ("other", "skirt", "top")
    save_checkpoint(renamed, tmp_path / "e.ckpt")
    digests = {checkpoint_digest(tmp_path / name) for name in ("a.ckpt", "d.ckpt", "e.ckpt")}
    assert len(digests) == 3
    torch.save(model.state_dict(), tmp_path / "plain.pth")
    assert len(checkpoint_digest(tmp_path / "plain.pth")) == 64


def test_only_plain_values_are_written(tmp_path, model):
    save_checkpoint(model, tmp_path / "a.ckpt", SMALL, threshold=0.5)
    assert len(model.describe().golden.prints) == 8

    def plain(value):
        if isinstance(value, dict):
            return all(type(k) is str and plain(v) for k, v in value.items())
        if isinstance(value, list):
            return all(map(plain, value))
        return value is None or type(value) in (str, int, float, bool)

    assert plain(model.describe().to_dict())
    torch.load(tmp_path / "a.ckpt", weights_only=True)


def test_another_architecture(tmp_path, model):
    save_checkpoint(model, tmp_path / "a.ckpt")
    with pytest.raises(InputError, match=r"a\.ckpt: holds a test_resnet, but a resnet50 is asked for"):
        load_classifier(tmp_path / "a.ckpt", architecture="resnet50")


def test_other_classes(tmp_path, model):
    save_checkpoint(model, tmp_path / "a.ckpt")
    with pytest.raises(InputError, match=r"tells 3 classes apart \(other, dress, top\), the data has 2 \(other, dress\)"):
        load_classifier(tmp_path / "a.ckpt", classes=("other", "dress"))
    with pytest.raises(InputError, match=r"in order are other, dress, top, the data's are dress, other, top"):
        load_classifier(tmp_path / "a.ckpt", classes=("dress", "other", "top"))


def _rewritten(tmp_path, model, change):
    save_checkpoint(model, tmp_path / "a.ckpt")
    content = torch.load(tmp_path / "a.ckpt", weights_only=True)
    change(content)
    torch.save(content, tmp_path / "a.ckpt")
    return tmp_path / "a.ckpt"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c["state_dict"].pop("backbone.conv1.0.weight"), r"lacks 1 weights \('backbone\.conv1\.0\.weight'\)"),
        (lambda c: c["state_dict"].update(stray=torch.ones(1)), r"has 1 too many \('stray'\)"),
        (lambda c: c["state_dict"].update({"mean": torch.ones(2, 1, 1)}), r"weight 'mean' has shape \[2, 1, 1\]"),
        (lambda c: c["robustfashion"].pop("recipe"), "field 'recipe' is missing"),
        (lambda c: c["robustfashion"].update(classes="dress"), "field 'classes'"),
        (lambda c: c["robustfashion"].update(classes=["dress"]), "at least two"),
        (lambda c: c["robustfashion"].update(architecture="resnet5"), "did you mean"),
        (lambda c: c["robustfashion"].update(architecture=None), "field 'architecture'"),
        (lambda c: c["robustfashion"].update(recipe={"lr": "fast"}), r"a\.ckpt: "),
        (lambda c: c["robustfashion"].update(format_version=99), "checkpoint format 99"),
    ],
)
def test_damaged(tmp_path, model, change, message):
    path = _rewritten(tmp_path, model, change)
    with pytest.raises(InputError, match=message) as caught:
        load_classifier(path)
    assert str(path) in str(caught.value)


def test_foreign_state_dict_and_its_way_out(tmp_path, model):
    torch.save(model.backbone.state_dict(), tmp_path / "foreign.pth")
    with pytest.raises(
        InputError, match=r"foreign\.pth: weights without a robustfashion description.*`python -m robustfashion\.models adopt`"
    ):
        load_classifier(tmp_path / "foreign.pth")
    taken = Classifier(NET, ("a", "b"), pretrained=str(tmp_path / "foreign.pth"), normalisation="imagenet")
    for name, value in taken.backbone.state_dict().items():
        assert torch.equal(value, model.backbone.state_dict()[name]) or name.startswith("fc.")


def test_thresholds_beside_objects_that_are_not_read(tmp_path, model):
    save_checkpoint(model, tmp_path / "own.ckpt", SMALL)
    content = torch.load(tmp_path / "own.ckpt", weights_only=True)
    torch.save({**content, "callbacks": {"mine": Path("/x")}}, tmp_path / "more.ckpt")
    thresholds = RecordedThresholds(0.5, {})
    with pytest.raises(InputError, match=r"more\.ckpt: holds objects beside the weights.*\.safetensors"):
        record_thresholds(tmp_path / "more.ckpt", tmp_path / "out.ckpt", thresholds)
    record_thresholds(tmp_path / "more.ckpt", tmp_path / "out.safetensors", thresholds)
    assert load_classifier(tmp_path / "out.safetensors").description.thresholds == thresholds


def test_a_robustfashion_checkpoint_as_base(tmp_path, model):
    save_checkpoint(model, tmp_path / "base.safetensors")
    taken = Classifier(NET, ("a", "b"), pretrained=str(tmp_path / "base.safetensors"))
    assert torch.equal(taken.backbone.conv1[0].weight, model.backbone.conv1[0].weight)
    assert taken.backbone.get_classifier().weight.shape[0] == 2


def test_checkpoint_without_preprocessing(tmp_path, model):
    save_checkpoint(model, tmp_path / "a.ckpt")
    assert checkpoint_preprocessing(load_classifier(tmp_path / "a.ckpt")) is None


def test_writing_draws_nothing_and_leaves_the_model_as_it_was(tmp_path, model):
    training = copy.deepcopy(model)
    training.train()
    training.backbone.conv1[0].eval()
    before = [module.training for module in training.modules()]
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    save_checkpoint(training, tmp_path / "a.ckpt", preprocessing=SMALL)
    assert torch.equal(torch.rand(3), expected)
    assert [module.training for module in training.modules()] == before
    assert all(torch.equal(a, b) for a, b in zip(training.state_dict().values(), model.state_dict().values(), strict=True))


def test_golden_images_are_those_of_the_written_weights(tmp_path, model):
    """As where a callback writes averaged weights in place of the model's."""
    averaged = {name: value * 0.5 if value.is_floating_point() else value for name, value in model.state_dict().items()}
    named = copy.deepcopy(model)
    named.description = provenance_of(named, SMALL)
    own, other = named.describe().golden, named.describe(averaged).golden
    assert own.weights != other.weights
    assert own.prints["fine.png"]["resize"] == other.prints["fine.png"]["resize"]
    assert own.values["fine.png"]["logits"] != other.values["fine.png"]["logits"]


class Shard(torch.Tensor):
    """Stands for a part of a weight that lies on several devices."""


def test_shards_cannot_be_asked(model):
    named = copy.deepcopy(model)
    named.description = provenance_of(named, SMALL)
    shards = {name: value.as_subclass(Shard) for name, value in model.state_dict().items()}
    assert named.describe(shards).golden == NotRecorded("written in shards")


def test_only_the_first_process_asks(model, monkeypatch):
    named = copy.deepcopy(model)
    named.description = provenance_of(named, SMALL)
    monkeypatch.setattr(torch.distributed, "is_initialized", lambda: True)
    for rank in (0, 1):
        monkeypatch.setattr(torch.distributed, "get_rank", lambda rank=rank: rank)
        assert ("golden" in named.describe().to_dict()) == (rank == 0)


def test_weights_are_written_even_where_golden_images_fail(tmp_path, model, monkeypatch):
    def fail(*_args):
        raise RuntimeError("no memory")

    monkeypatch.setattr(golden, "record", fail)
    save_checkpoint(model, tmp_path / "a.ckpt", preprocessing=SMALL)
    assert load_classifier(tmp_path / "a.ckpt").description.golden == NotRecorded("RuntimeError: no memory")


@pytest.mark.parametrize("suffix", [".ckpt", ".safetensors"])
def test_readable_by_others(tmp_path, model, suffix):
    save_checkpoint(model, tmp_path / f"a{suffix}")
    assert (tmp_path / f"a{suffix}").stat().st_mode & 0o777 == 0o644


def test_thresholds_by_class(tmp_path, model):
    save_checkpoint(model, tmp_path / "a.safetensors", SMALL, threshold=0.5, class_thresholds={"dress": 0.875})
    assert load_classifier(tmp_path / "a.safetensors").description.thresholds.by_class == {"dress": 0.875}
    with pytest.raises(InputError, match="class_thresholds names 'hat'"):
        save_checkpoint(model, tmp_path / "b.ckpt", SMALL, class_thresholds={"hat": 0.5})
    assert not (tmp_path / "b.ckpt").exists()


@pytest.mark.parametrize(
    ("threshold", "by_class", "wanted"),
    [
        (None, {}, None),
        (0.5, {}, [0.5, 0.5, 0.5]),
        (0.5, {"top": 0.75}, [0.5, 0.5, 0.75]),
        (None, {"dress": 0.875}, [0.25, 0.875, 0.25]),  # below 1/3: every picture that is no dress gets a tag
    ],
)
def test_thresholds_for_suites(tmp_path, model, threshold, by_class, wanted):
    save_checkpoint(model, tmp_path / "a.ckpt", SMALL, threshold=threshold, class_thresholds=by_class)
    found = checkpoint_thresholds(load_classifier(tmp_path / "a.ckpt"))
    assert wanted is None if found is None else found.of(CLASSES).tolist() == wanted


def test_a_new_classifier_carries_no_thresholds():
    assert checkpoint_thresholds(Classifier(NET, CLASSES)) is None
    assert checkpoint_preprocessing(Classifier(NET, CLASSES)) is None


def test_interrupted_write_leaves_the_old_file(tmp_path, model, monkeypatch):
    path = tmp_path / "a.ckpt"
    save_checkpoint(model, path, threshold=0.25)

    def fail(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(torch, "save", fail)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(model, path, threshold=0.5)
    monkeypatch.undo()
    assert load_classifier(path).description.thresholds.overall == 0.25
    assert [p.name for p in tmp_path.iterdir()] == ["a.ckpt"]


def test_thresholds_leave_a_trainings_state_alone(tmp_path):
    """A checkpoint of a training that may go on keeps its optimiser and its place."""
    path = tmp_path / "a.ckpt"
    save_checkpoint(Classifier(NET, ("a", "b")), path)
    content = torch.load(path, weights_only=True)
    torch.save(content | {"epoch": 7, "optimizer_states": [{"state": {}, "param_groups": []}]}, path)
    record_thresholds(path, path, RecordedThresholds(0.7, {}))
    after = torch.load(path, weights_only=True)
    assert after["epoch"] == 7 and after["optimizer_states"] and checkpoint_thresholds(load_classifier(path)).overall == 0.7
