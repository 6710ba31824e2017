"""``python -m robustfashion.models``: what it prints and how it ends."""

import json
import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.__main__ import main
from robustfashion.models.checkpoint import checkpoint_digest, checkpoint_thresholds, load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.description import RecordedPreprocessing
from robustfashion.models.recorded_thresholds import RecordedThresholds
from robustfashion.models.weights import read_weights
from robustfashion.predictions import PredictionTable, write_predictions
from tests.models.samples import NET

PREPROCESSING = Preprocessing.parse("pillow.bilinear", canvas=120, size=48)


@pytest.fixture
def checkpoint(tmp_path):
    save_checkpoint(Classifier(NET, ("Hard", "Soft")), tmp_path / "[red]shell.ckpt", preprocessing=PREPROCESSING, threshold=0.8)
    return tmp_path / "[red]shell.ckpt"


def _ends(arguments, status):
    if status == 0:
        main(arguments)
        return
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == status


def _rewritten(path, change):
    content = torch.load(path, weights_only=True)
    change(content)
    torch.save(content, path)
    return str(path)


def test_doctor_healthy(checkpoint, capsys):
    _ends(["doctor", str(checkpoint)], 0)
    shown = capsys.readouterr().out
    assert shown.count("same") == 8 * 5 and "drifted" not in shown
    assert "task     shell_type, gated by luggage" in shown
    assert shown.splitlines()[-1] == f"{checkpoint}: healthy", "names are printed as they are, not as markup"


def _as_by_pillow_9(content):
    described = content["robustfashion"]
    described["stages"]["resize"]["versions"]["pillow.bilinear"] = "9"
    described["golden"]["images"]["fine.png"]["resize"]["digest"] = "0"


def test_doctor_drifted(checkpoint, capsys):
    path = _rewritten(
        checkpoint, lambda content: content["robustfashion"]["stages"]["resize"]["versions"].update({"pillow.bilinear": "9"})
    )
    _rewritten(checkpoint, lambda c: c["robustfashion"]["golden"]["images"]["fine.png"]["resize"].update(digest="0"))
    _ends(["doctor", path], 1)
    shown = capsys.readouterr().out
    assert "drifted 0" in shown and "version  resize: pillow.bilinear 9 then," in shown
    assert "reason   resize (pillow.bilinear) in fine.png" in shown and "way out  resize: install the library of then" in shown
    assert shown.endswith("drifted\n")
    _ends(["doctor", path, "--json"], 1)
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "drifted" and told["drifted"] == ["resize"] and len(told["findings"]) == 8 * 5
    assert told["versions"]["resize"]["pillow.bilinear"][0] == "9"


def test_doctor_unusable(checkpoint, tmp_path, capsys):
    path = _rewritten(checkpoint, lambda content: content["state_dict"]["backbone.fc.bias"].fill_(float("nan")))
    _ends(["doctor", path], 2)
    assert "weight 'backbone.fc.bias' holds NaN or infinities (1 of" in capsys.readouterr().err
    (tmp_path / "text.ckpt").write_text("no checkpoint")
    for name in ("text.ckpt", "absent.ckpt"):
        _ends(["doctor", str(tmp_path / name)], 2)
        message = capsys.readouterr().err
        assert message.startswith("error: ") and name in message and message.count("\n") == 1


@pytest.mark.parametrize("threshold", [7, "high", [0.5]])
def test_doctor_of_unusable_thresholds(checkpoint, threshold, capsys):
    _ends(["doctor", _rewritten(checkpoint, lambda content: content["robustfashion"].update(threshold=threshold))], 2)
    assert "threshold" in capsys.readouterr().err


def _as_before(content):
    for name in ("golden", "stages", "taxonomy", "class_thresholds"):
        content["robustfashion"].pop(name)


def test_old_checkpoint_is_loaded_and_can_be_recorded(checkpoint, tmp_path, capsys):
    path = _rewritten(checkpoint, _as_before)
    load_classifier(checkpoint)
    _ends(["doctor", path], 3)
    shown = capsys.readouterr().out
    assert "written before golden images were recorded" in shown and "models record" in shown
    out = tmp_path / "new.safetensors"
    _ends(["record", path, str(out)], 0)
    _ends(["doctor", str(out)], 0)
    old, new = load_classifier(checkpoint), load_classifier(out)
    assert new.description.thresholds.overall == 0.8 and new.description.provenance == old.description.provenance
    assert all(torch.equal(a, b) for a, b in zip(old.state_dict().values(), new.state_dict().values(), strict=True))


def test_record_needs_a_preprocessing(tmp_path, capsys):
    path = tmp_path / "a.ckpt"
    save_checkpoint(Classifier(NET), path)
    _ends(["doctor", str(path)], 3)
    assert "written without a preprocessing" in capsys.readouterr().out
    _ends(["record", str(path), str(path)], 2)
    assert "does not say its preprocessing" in capsys.readouterr().err
    _ends(["record", str(path), str(path), "--preprocessing", "opencv.area", "--canvas", "90", "--size", "32"], 0)
    _ends(["doctor", str(path)], 0)
    assert load_classifier(path).description.preprocessing == RecordedPreprocessing("opencv.area", 90, 32)


def test_record_takes_a_policy(tmp_path, capsys):
    path = tmp_path / "a.ckpt"
    save_checkpoint(Classifier(NET), path)
    text = "pillow.bicubic+shorter=36+crop=32"
    _ends(["record", str(path), str(path), "--preprocessing", text, "--size", "48"], 2)
    assert "its square has 32 px, but size is 48" in capsys.readouterr().err
    _ends(["record", str(path), str(path), "--preprocessing", text], 0)
    _ends(["doctor", str(path)], 0)
    description = load_classifier(path).description
    assert description.recorded_preprocessing() == Preprocessing.parse(text)
    assert list(description.golden.prints["portrait.jpg"]) == ["decode", "resize", "crop"]
    assert description.stages["crop"].settings == {"side": 32, "background": "black"}


@pytest.mark.parametrize("suffix", [".ckpt", ".safetensors"])
@pytest.mark.parametrize(
    ("options", "thresholds", "said"),
    [
        (["--threshold", "0.6"], RecordedThresholds(0.6, {}), "from 0.6:"),
        (["--class", "Soft=0.7"], RecordedThresholds(None, {"Soft": 0.7}), "always, Soft from 0.7:"),
        (["--threshold", "1", "--class", "Soft=0.7", "Hard=0.25"], RecordedThresholds(1, {"Soft": 0.7, "Hard": 0.25}), "from 1,"),
    ],
)
def test_thresholds_are_written(checkpoint, tmp_path, capsys, options, thresholds, said, suffix):
    out = tmp_path / f"out{suffix}"
    _ends(["threshold", str(checkpoint), str(out), *options], 0)
    assert said in capsys.readouterr().out
    before, after = read_weights(checkpoint), read_weights(out)
    assert before.tensors.keys() == after.tensors.keys()
    assert all(torch.equal(value, after.tensors[name]) for name, value in before.tensors.items())
    changed = {key for key in before.metadata if json.dumps(before.metadata[key]) != json.dumps(after.metadata[key])}
    assert changed <= {"threshold", "class_thresholds"} and list(before.metadata) == list(after.metadata)
    assert load_classifier(out).description.thresholds == thresholds
    assert checkpoint_digest(out) == checkpoint_digest(checkpoint)
    _ends(["doctor", str(out)], 0)
    capsys.readouterr()
    _ends(["describe", str(out)], 0)
    told = json.loads(capsys.readouterr().out)
    assert (told["threshold"], told["class_thresholds"]) == (thresholds.overall, thresholds.by_class)


def _table(path, classes, n=9):
    rng = np.random.default_rng(3)
    ids = tuple(map(str, range(n)))
    logits = rng.normal(size=(n, len(classes))).astype(np.float32)
    table = PredictionTable(ids, np.zeros(n, np.int64), logits, np.zeros((n, 4), np.float32), classes)
    write_predictions(table, path)
    return table


def test_threshold_of_a_prediction_table(checkpoint, tmp_path, capsys):
    table = _table(tmp_path / "validation.parquet", ("Hard", "Soft"))
    exponentials = [[math.exp(float(logit)) for logit in row] for row in table.logits]
    mean = sum(max(row) / sum(row) for row in exponentials) / len(exponentials)
    given = ["threshold", str(checkpoint), str(checkpoint), "--mean-confidence", str(tmp_path / "validation.parquet")]
    _ends([*given, "--class", "Hard=0.9"], 0)
    found = checkpoint_thresholds(load_classifier(checkpoint))
    assert found.overall == pytest.approx(mean) and found.by_class == {"Hard": 0.9} and found.rule == "carried by the checkpoint"
    for classes, n, message in ((("Soft", "Hard"), 9, "its classes in order are"), (("Hard", "Soft"), 0, "no predictions")):
        _table(tmp_path / "validation.parquet", classes, n)
        _ends(given, 2)
        assert message in capsys.readouterr().err
    (tmp_path / "validation.parquet").write_text("no table")
    _ends(given, 2)
    assert "validation.parquet: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "no threshold is given"),
        (["--threshold", "0"], "threshold is 0.0; a confidence lies in (0, 1]"),
        (["--threshold", "nan"], "threshold is nan"),
        (["--class", "Soft=1.5"], "class_thresholds['Soft'] is 1.5"),
        (["--class", "Hat=0.5"], "class_thresholds names 'Hat'; the classes are Hard, Soft"),
        (["--class", "Soft"], "--class 'Soft': write NAME=X"),
        (["--class", "Soft=0.5", "--class", "Soft=0.6"], "--class names 'Soft' more than once"),
        (["--threshold", "0.5", "--mean-confidence", "x.parquet"], "give one of them"),
    ],
)
def test_unusable_thresholds_write_nothing(checkpoint, tmp_path, capsys, options, message):
    _ends(["threshold", str(checkpoint), str(tmp_path / "out.ckpt"), *options], 2)
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1 and not (tmp_path / "out.ckpt").exists()


def test_half_precision_weights_stay_as_they_are(checkpoint, tmp_path):
    _rewritten(checkpoint, lambda c: c["state_dict"].update({"backbone.fc.bias": c["state_dict"]["backbone.fc.bias"].half()}))
    _ends(["threshold", str(checkpoint), str(tmp_path / "out.ckpt"), "--threshold", "0.5"], 0)
    assert read_weights(tmp_path / "out.ckpt").tensors["backbone.fc.bias"].dtype == torch.float16


def test_notes_are_no_faults(tmp_path, capsys):
    save_checkpoint(Classifier(NET, ("0", "4")), tmp_path / "a.ckpt", preprocessing=PREPROCESSING)
    _ends(["doctor", str(tmp_path / "a.ckpt")], 0)
    shown = capsys.readouterr().out
    assert "note     number_of_wheels without 2" in shown and "note     no threshold" in shown


def test_changed_taxonomy(checkpoint, capsys):
    path = _rewritten(checkpoint, lambda content: content["robustfashion"]["taxonomy"]["labels"].append("Semi"))
    _ends(["doctor", path], 1)
    assert "reason   taxonomy: the labels or gates" in capsys.readouterr().out


def test_describe(checkpoint, capsys):
    _ends(["describe", str(checkpoint)], 0)
    told = json.loads(capsys.readouterr().out)
    assert told["architecture"] == NET and told["taxonomy"]["task"] == "shell_type" and len(told["digest"]) == 64
    assert told["golden"]["fine.png"] == ["decode", "canvas", "resize", "normalise", "logits"]


def test_export_and_describe(checkpoint, tmp_path, capsys):
    out = tmp_path / "shell.torchscript"
    _ends(["export", str(checkpoint), str(out)], 0)
    shown = capsys.readouterr().out
    assert "uint8 [n, 3, 48, 48] -> logits, probabilities; logits up to" in shown
    _ends(["describe", str(out)], 0)
    assert json.loads(capsys.readouterr().out)["classes"] == ["Hard", "Soft"]
    _ends(["export", str(checkpoint), str(out), "--batch", "many"], 2)
    assert "--batch is 'many'" in capsys.readouterr().err


def test_importing_is_light():
    code = "import sys, robustfashion.models.__main__; sys.exit(any(name in sys.modules for name in ('torch', 'rich', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
