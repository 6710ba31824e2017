"""``python -m robustfashion.models``: what it prints and how it ends."""

import json
import subprocess
import sys

import pytest
import torch

from robustfashion.data.preprocess import Preprocessing
from robustfashion.models.__main__ import main
from robustfashion.models.checkpoint import load_classifier, save_checkpoint
from robustfashion.models.classifier import Classifier
from robustfashion.models.description import RecordedPreprocessing
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
