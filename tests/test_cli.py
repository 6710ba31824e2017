"""The console script: dispatch, and fit, validate, test, predict end to end on a tiny folder of images."""

import json
import re
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from robustfashion import __main__ as entry
from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.checkpoint import checkpoint_preprocessing, load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.inference import predict_arrays
from robustfashion.models.trained_on import TrainedOn
from robustfashion.predictions import read_predictions
from tests.models.samples import NET, halves


def test_usage_lists_every_command(capsys):
    entry.main(["--help"])
    shown = capsys.readouterr().out
    assert all(re.search(rf"^  {name} ", shown, re.MULTILINE) for name in [*entry.TRAINING, *entry.COMMANDS])
    entry.main([])
    assert capsys.readouterr().out == shown


def test_fit_from_a_base(photos, cache, trained, tmp_path, monkeypatch):
    """The pixels that the base knows, and what it was trained on, go along."""
    monkeypatch.chdir(tmp_path)
    base = load_classifier(trained)
    base.trained_on = TrainedOn.of(["ab" * 32], ["elsewhere"])
    save_checkpoint(base, tmp_path / "raw.ckpt")
    save_checkpoint(Classifier(NET, normalisation="imagenet"), tmp_path / "imagenet.ckpt")
    for k, (name, pictures, complete) in enumerate((("raw", 35, True), ("imagenet", 34, False))):
        entry.main(
            ["fit", *_arguments(photos, cache), "--trainer.max_epochs", "1", "--model.pretrained", f"{name}.ckpt",
             "--trainer.enable_model_summary", "false"]
        )  # fmt: skip
        (path,) = (tmp_path / f"runs/version_{k}/checkpoints").glob("*.ckpt")
        model = load_classifier(path)
        assert model.normalisation == model.description.network.normalisation == name
        assert model.trained_on.counts == {"pictures": pictures, "products": pictures, "complete": complete}


@pytest.mark.parametrize(("given", "hint"), [("resise", "did you mean 'resize'"), ("tset", "'test'"), ("zzz", "use one of fit")])
def test_unknown_command(given, hint, capsys):
    with pytest.raises(SystemExit) as caught:
        entry.main([given])
    assert caught.value.code == 2
    message = capsys.readouterr().err
    assert hint in message and message.startswith("error: ") and message.count("\n") == 1


@pytest.mark.parametrize("name", entry.COMMANDS)
def test_commands_go_to_their_package_with_the_rest_of_the_arguments(name, monkeypatch):
    asked = []
    package = SimpleNamespace(main=lambda argv: asked.append(argv))
    monkeypatch.setattr(entry, "import_module", lambda module: package if module == f"robustfashion.{name}.__main__" else None)
    entry.main([name, "--flag", "value"])
    assert asked == [["--flag", "value"]]


@pytest.mark.parametrize("name", entry.COMMANDS)
def test_commands_exist(name):
    module = entry.import_module(f"robustfashion.{name}.__main__")
    assert callable(module.main)


def test_resize_help_does_not_load_torch():
    code = (
        "import sys\nfrom robustfashion.__main__ import main\n"
        "try: main(['resize', '--help'])\nexcept SystemExit as end: assert not end.code\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Folder of two classes, 24 images each, told apart by which half is brighter."""
    root = tmp_path_factory.mktemp("photos")
    images, labels = halves(48, size=44)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        path = root / ("dress" if label else "shoe") / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(image[:, :37]).save(path)
    return root


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def _arguments(photos, cache):
    return [
        "--data.data", str(photos), "--data.positive", "dress", "--data.canvas", "48", "--data.size", "32",
        "--data.batch_size", "8", "--data.cache_dir", str(cache), "--model.architecture", NET,
        "--trainer.accelerator", "cpu", "--trainer.enable_progress_bar", "false",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def trained(photos, cache, tmp_path_factory):
    """Checkpoint of a `robustfashion fit` with early stopping and both recipes' fields."""
    folder = tmp_path_factory.mktemp("fit")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        entry.main(
            ["fit", *_arguments(photos, cache), "--trainer.max_epochs", "8", "--model.recipe", "robust",
             "--trainer.callbacks+", "robustfashion.models.callbacks.OverfitStopping", "--trainer.callbacks.gap", "0.9",
             "--trainer.enable_model_summary", "false"]
        )  # fmt: skip
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    checkpoint = next(name for name in files if name.endswith(".ckpt"))
    assert files == {"runs/version_0/config.yaml", "runs/version_0/metrics.csv", checkpoint}
    return folder / checkpoint


def test_fit_writes_a_checkpoint_with_everything(trained):
    model = load_classifier(trained, classes=("other", "dress"), architecture=NET)
    assert model.recipe.name == "robust"
    preprocessing = checkpoint_preprocessing(model)
    assert (preprocessing.name, preprocessing.canvas, preprocessing.size) == ("pillow.bilinear", 48, 32)
    assert len(model.description.provenance["data_hash"]) == 64
    assert model.trained_on.counts == {"pictures": 34, "products": 34, "complete": True}


def test_fit_twice_is_the_same_network(photos, cache, trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.rand(7)
    entry.main(
        ["fit", *_arguments(photos, cache), "--trainer.max_epochs", "8", "--model.recipe", "robust",
         "--trainer.enable_model_summary", "false"]
    )  # fmt: skip
    again = torch.load(next(tmp_path.rglob("*.ckpt")), weights_only=True)["state_dict"]
    first = torch.load(trained, weights_only=True)["state_dict"]
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_fit_with_consistency(photos, cache, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    entry.main(
        ["fit", *_arguments(photos, cache), "--data.methods", "[pillow.bilinear, opencv.area]", "--trainer.max_epochs", "1",
         "--model.recipe.name", "paper", "--model.recipe.consistency", "2", "--model.recipe.consistency_on", "first",
         "--trainer.enable_model_summary", "false"]
    )  # fmt: skip
    model = load_classifier(next(tmp_path.rglob("*.ckpt")))
    assert (model.recipe.consistency, model.recipe.consistency_on) == (2.0, "first")


def test_terminal_shows_how_the_pictures_are_prepared(photos, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    entry.main(["test", *_arguments(photos, tmp_path / "cache"), "--ckpt_path", str(trained)])
    assert re.search(r"\r[^\r\n]+: 5/\d+.*\n", capsys.readouterr().err)


@pytest.mark.parametrize("name", ["validate", "test"])
def test_accuracy_of_a_checkpoint(name, photos, cache, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    entry.main([name, *_arguments(photos, cache), "--ckpt_path", str(trained)])
    shown = capsys.readouterr().out
    phase = "val" if name == "validate" else "test"
    accuracy = float(re.search(rf"{phase}/accuracy\s+\S\s+([\d.]+)", shown)[1])
    assert accuracy > 0.7
    assert list(tmp_path.iterdir()) == []


def test_predict_writes_the_table(photos, cache, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    entry.main(["predict", *_arguments(photos, cache), "--ckpt_path", str(trained), "--predictions", "out/table.parquet"])
    assert "out/table.parquet" in capsys.readouterr().out
    table = read_predictions(tmp_path / "out/table.parquet")
    assert table.classes == ("other", "dress")
    assert sorted(table.ids) == sorted(str(path.relative_to(photos)) for path in photos.rglob("*.png"))
    assert [table.splits.count(split) for split in ("train", "validation", "test")] == [34, 5, 9]  # as the training divided
    assert all((name.startswith("dress")) == bool(label) for name, label in zip(table.ids, table.labels, strict=True))
    model = load_classifier(trained)
    pixels = np.stack([checkpoint_preprocessing(model).load(photos / name) for name in table.ids])
    logits, features = predict_arrays(model, pixels, accelerator="cpu")
    np.testing.assert_allclose(table.logits, logits, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(table.features, features, rtol=1e-4, atol=1e-5)
    assert sorted(tmp_path.iterdir()) == [tmp_path / "out"]


def test_a_suites_checkpoint_can_be_tested_too(photos, cache, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    save_checkpoint(load_classifier(trained), tmp_path / "own.ckpt")
    entry.main(["test", *_arguments(photos, cache), "--ckpt_path", "own.ckpt"])
    assert "test/accuracy" in capsys.readouterr().out


class Shell:
    """Pickle that writes a file when it is loaded without care."""

    def __init__(self, proof):
        self.proof = proof

    def __reduce__(self):
        import os

        return (os.system, (f"touch {self.proof}",))


ASKED = ["absent", "text", "code", "foreign", "positive", "labels", "canvas", "methods", "architecture", "normalisation", "data"]


@pytest.mark.parametrize("case", ASKED)
def test_bad_checkpoint_or_contradiction_is_one_line(case, photos, cache, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.ckpt").write_text("not a network\n" * 9)
    torch.save({"state_dict": {"w": torch.ones(1)}, "x": Shell(tmp_path / "proof")}, tmp_path / "code.ckpt")
    torch.save(Classifier(NET).backbone.state_dict(), tmp_path / "foreign.ckpt")
    shutil.copytree(photos / "shoe", tmp_path / "more/shoe")
    shutil.copytree(photos / "shoe", tmp_path / "more/watch")
    given = ["--ckpt_path", str(trained)]
    cases = {
        "absent": (["--ckpt_path", "absent.ckpt"], "absent.ckpt: no such checkpoint file"),
        "text": (["--ckpt_path", "text.ckpt"], "text.ckpt: not a"),
        "code": (["--ckpt_path", "code.ckpt"], r"code.ckpt: refused.*posix\.system"),
        "foreign": (["--ckpt_path", "foreign.ckpt"], "foreign.ckpt: weights without a robustfashion description"),
        "positive": ([*given, "--data.positive", "shoe"], "positive is 'shoe', but the checkpoint tells 'dress'"),
        "labels": ([*given, "--data.data", str(tmp_path / "more")], "no image is labelled 'dress'"),
        "canvas": ([*given, "--data.canvas", "64"], r"\.ckpt: was trained with canvas 48, but data.canvas is 64; leave it out"),
        "methods": ([*given, "--data.methods", "opencv.area"], "was trained on pillow.bilinear, but data.methods is opencv.area"),
        "architecture": ([*given, "--model.architecture", "resnet34"], f"architecture {NET}, but model.architecture is resnet34"),
        "normalisation": (
            [*given, "--model.normalisation", "imagenet"],
            "raw, but model.normalisation is imagenet",
        ),
        "data": ([*given, "--data.data", str(tmp_path / "nowhere")], "nowhere"),
    }
    arguments, message = cases[case]
    with pytest.raises(SystemExit) as caught:
        entry.main(["test", *_arguments(photos, cache), *arguments])
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert re.search(message, error) and error.startswith("error: ") and error.count("\n") == 1, error
    assert not (tmp_path / "proof").exists()


@pytest.mark.parametrize(
    "case", ["recipe", "architecture", "positive", "accelerator", "devices", "package", "best", "pixels", "pairs"]
)
def test_training_that_cannot_begin_is_one_line(case, photos, cache, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    cases = {
        "recipe": (["--model.recipe.weight_decay", "0.3"], "add name: paper or robust"),
        "architecture": (["--model.architecture", "resnet5"], "did you mean resnet50"),
        "positive": (["--data.positive", "hat"], "hat"),
        "accelerator": (["--trainer.accelerator", "tpu"], "trainer: "),
        "devices": (["--trainer.devices", "0"], "trainer: .*devices"),
        "package": (["--trainer.logger", "CometLogger"], "settings: .*comet.*install the package"),
        "best": (["--ckpt_path", "best"], "ckpt_path is 'best'; a training goes on from a file"),
        "pairs": (
            ["--model.recipe.name", "paper", "--model.recipe.consistency", "1"],
            "'paper' wants consistency, and methods names one; name two",
        ),
        "pixels": (["--ckpt_path", str(trained), "--data.canvas", "52"], "began with other pixels .canvas is 48 there, 52 now"),
    }
    arguments, message = cases[case]
    with pytest.raises(SystemExit) as caught:
        entry.main(["fit", *_arguments(photos, cache), *arguments])
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert re.search(message, error) and error.startswith("error: ") and error.count("\n") == 1, error


@pytest.mark.parametrize("name", ["validate", "test", "predict"])
@pytest.mark.parametrize("given", [[], ["--ckpt_path", "last"], ["--ckpt_path", "hpc"], ["--config", "own.yaml"]])
def test_an_untrained_network_has_no_answers(name, given, photos, cache, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.yaml").write_text("ckpt_path: best\n")
    if given[1:] == ["hpc"]:
        shutil.copytree(trained.parents[2], tmp_path / "runs")
    with pytest.raises(SystemExit) as caught:
        entry.main([name, *_arguments(photos, cache), *given])
    assert caught.value.code == 2
    shown = capsys.readouterr()
    assert re.fullmatch(f"error: {name}: .*untrained network has no answers; add --ckpt_path FILE.*\n", shown.err), shown.err
    assert (f"; the newest of runs is runs/version_0/checkpoints/{trained.name}" in shown.err) == (given[1:] == ["hpc"])
    assert shown.out == ""


@pytest.mark.filterwarnings("ignore:Checkpoint directory .* exists and is not empty")
@pytest.mark.parametrize("word", ["last", "file"])
def test_a_training_goes_on_with_the_same_pixels_only(word, photos, cache, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    saving = ["--trainer.callbacks+", "pytorch_lightning.callbacks.ModelCheckpoint", "--trainer.callbacks.save_last", "true",
              "--trainer.callbacks.dirpath", "kept", "--trainer.enable_model_summary", "false"]  # fmt: skip
    entry.main(["fit", *_arguments(photos, cache), *saving, "--trainer.max_epochs", "1"])
    given = ["--ckpt_path", "last" if word == "last" else "kept/last.ckpt", "--trainer.max_epochs", "2"]
    with pytest.raises(SystemExit):
        entry.main(["fit", *_arguments(photos, cache), *saving, *given, "--data.canvas", "56"])
    assert "its training began with other pixels (canvas is 48 there, 56 now)" in capsys.readouterr().err
    entry.main(["fit", *_arguments(photos, cache), *saving, *given])


def test_a_place_without_room_for_predictions_is_told_first(tmp_path, capsys):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit):
        entry.main(
            [
                "predict",
                "--data.data",
                "nowhere",
                "--ckpt_path",
                "nowhere.ckpt",
                "--predictions",
                str(tmp_path / "file/p.parquet"),
            ]
        )
    assert str(tmp_path / "file") in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fit", "--data.data", "nowhere"], "nowhere: no such folder or file"),
        (["test", "--config", "own.yaml"], "absent.ckpt: no such checkpoint file"),
        (["predict", "--ckpt_path=absent.ckpt"], "absent.ckpt: no such checkpoint file"),
        (["validate"], "validate: no checkpoint is given"),
        (["fit", "--data.data", "."], "runs lies inside .: "),
        (["fit", "--ckpt_path", "best"], "ckpt_path is 'best'; a training goes on from a file"),
        (["fit", "--config", "twice.yaml"], "twice.yaml, line 2: 'seed_everything' is there twice"),
        (["predict", "--ckpt_path", "absent.ckpt", "--predictions", "table.csv"], "call it table.parquet"),
    ],
)
def test_told_without_torch(arguments, message, tmp_path):
    (tmp_path / "own.yaml").write_text("data:\n  data: nowhere\nckpt_path: absent.ckpt\n")
    (tmp_path / "twice.yaml").write_text("seed_everything: 1\nseed_everything: 2\n")
    code = (
        "import sys\nfrom robustfashion.__main__ import main\n"
        f"try: main({arguments!r})\nexcept SystemExit as end: assert end.code == 2\n"
        "assert not {'torch', 'timm', 'pytorch_lightning'} & sys.modules.keys()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert message in done.stderr and done.stderr.count("\n") == 1


def test_a_network_is_no_training_to_go_on_with(photos, cache, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("own.ckpt", "own.safetensors"):
        save_checkpoint(load_classifier(trained), tmp_path / name, Preprocessing.parse("pillow.bilinear", 48, 32))
        with pytest.raises(SystemExit):
            entry.main(["fit", *_arguments(photos, cache), "--ckpt_path", name])
        assert f"{name}: holds a network, but no state of a training" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:Be aware that when using `ckpt_path`")
def test_a_training_without_a_step_says_so(photos, cache, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    more = ["--trainer.enable_model_summary", "false", "--ckpt_path", str(trained), "--trainer.default_root_dir", "elsewhere"]
    entry.main(["fit", *_arguments(photos, cache), *more, "--trainer.max_epochs", "8"])
    assert re.search(r"note: Nothing was trained; the checkpoint has \d+ steps behind it", capsys.readouterr().err)
    assert (tmp_path / "elsewhere/version_0/config.yaml").is_file() and not (tmp_path / "runs").exists()


def test_pictures_of_other_classes_are_named(photos, cache, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    save_checkpoint(Classifier(NET, ("dress", "hat")), tmp_path / "two.ckpt", Preprocessing.parse("pillow.bilinear", 48, 32))
    count = len(list(photos.glob("shoe/*")))
    words = f"their labels are none of the checkpoint's classes (shoe {count})."
    for name in ("test", "predict"):
        entry.main([name, "--data.data", str(photos), "--data.cache_dir", str(cache), *PLAIN, "--ckpt_path", "two.ckpt"])
        what = "are left out" if name == "test" else "count as unlabelled"
        assert f"{count} pictures {what}: {words}" in capsys.readouterr().err
    options = ["--checkpoint", "two.ckpt", "--serve_methods", "[pillow.box]", "--cache", str(cache)]
    entry.main(["bench", "resize", "--data", str(photos), *options])
    tables = json.loads((tmp_path / "reports/resize/result.json").read_text())["tables"]
    assert f"{count} pictures are left out: {words}" in next(t["note"] for t in tables if t["id"] == "accounting")


PLAIN = ["--trainer.accelerator", "cpu", "--trainer.enable_progress_bar", "false"]


def test_what_the_checkpoint_records_need_not_be_said(photos, cache, trained, tmp_path, monkeypatch, capsys):
    """The same numbers, to the last digit, as with all of the training's options."""
    monkeypatch.chdir(tmp_path)
    data = ["--data.data", str(photos), "--data.cache_dir", str(cache)]
    shown = []
    for options in (_arguments(photos, cache), [*data, *PLAIN], [*data, *PLAIN, "--data.serve_method", "java2d.nearest"]):
        entry.main(["test", *options, "--ckpt_path", str(trained)])
        shown.append(capsys.readouterr())
    assert shown[0].out == shown[1].out and "note: The data is that of the checkpoint's training." in shown[1].err
    assert shown[2].out != shown[0].out
    assert f"note: {trained} was trained on pillow.bilinear and is asked about java2d.nearest.\n" in shown[2].err
    assert "is asked about" not in shown[0].err + shown[1].err


def test_pictures_of_the_training_are_not_tested_wherever_they_lie(photos, cache, trained, tmp_path, monkeypatch, capsys):
    """A folder with other pictures besides is another catalogue: its splits are not the training's, what was seen is known."""
    monkeypatch.chdir(tmp_path)
    for path in sorted(photos.rglob("*.png"))[:40]:
        (tmp_path / "new" / path.parent.name).mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / "new" / path.parent.name / f"copy-{path.name}")
    entry.main(["predict", "--data.data", "new", "--data.cache_dir", str(cache), *PLAIN, "--ckpt_path", str(trained)])
    table = read_predictions(tmp_path / "predictions.parquet")
    seen = sum(table.splits[i] == "train" for i in range(40))
    assert len(table.ids) == 40 and set(table.splits) == {"train", "test"} and 20 < seen < 34
    assert f"note: The data brings no test split: all usable pictures are test pictures. {seen} pictures, which the" in (
        capsys.readouterr().err
    )
    entry.main(["test", "--data.data", "new", "--data.cache_dir", str(cache), *PLAIN, "--ckpt_path", str(trained)])
    assert "test/accuracy" in capsys.readouterr().out
    only = tmp_path / "only"
    for name, split in zip(table.ids, table.splits, strict=True):
        if split == "train":
            (only / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tmp_path / "new" / name, only / name)
    with pytest.raises(SystemExit):
        entry.main(["test", "--data.data", "only", "--data.cache_dir", str(cache), *PLAIN, "--ckpt_path", str(trained)])
    assert "give pictures that it was not trained on, or `predict`" in capsys.readouterr().err


@pytest.mark.parametrize("layout", ["unlabelled", "one class", "batches"])
def test_predict_answers_for_every_picture(layout, photos, cache, trained, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    places = {"unlabelled": "{n}.png", "one class": "dress/{n}.png", "batches": "batch-{b}/{n}.png"}
    rng = np.random.default_rng(3)
    for n in range(9):
        file = tmp_path / "new" / places[layout].format(n=n, b=n % 2)
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (31 + n, 40, 3), np.uint8)).save(file)
    broken = file.with_name("broken.png")
    broken.write_bytes(file.read_bytes()[:200])
    entry.main(["predict", "--data.data", "new", "--data.cache_dir", str(cache), *PLAIN, "--ckpt_path", str(trained)])
    table = read_predictions(tmp_path / "predictions.parquet")
    assert len(table.ids) == 9 and table.classes == ("other", "dress") and set(table.splits) == {"test"}
    assert table.labels.tolist() == [1 if layout == "one class" else -1] * 9
    shown = capsys.readouterr()
    assert re.search(r"^refused: \S*broken.png: ", shown.err, re.MULTILINE) and shown.out.endswith(
        "9 predictions: predictions.parquet\n"
    )


def test_describe(trained, capsys):
    entry.main(["models", "describe", str(trained)])
    shown = capsys.readouterr().out
    assert f'"architecture": "{NET}"' in shown and '"digest"' in shown
    with pytest.raises(SystemExit):
        entry.main(["models", "describe", "nowhere.ckpt"])
    assert capsys.readouterr().err == "error: nowhere.ckpt: no such checkpoint file\n"
